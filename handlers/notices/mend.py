"""The clock's part of a correction or a recall: the next people's messages are changed in place, or taken away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from handlers import say
from handlers.context import SchoolSettings, rich
from handlers.media import CAPTIONED
from handlers.notices import asks, panel, shown
from handlers.notices.feed import children_of, sheet_of
from handlers.notices.shown import Sheet
from handlers.outcome import Tried
from handlers.texts import render
from models.notices import audience, feeding, mending, notices
from models.notices.mending import Held
from models.notices.states import NoticeState
from models.notices.tables import Notice
from models.queues import Lane
from models.unit import Unit

RECALLABLE = int(timedelta(hours=48).total_seconds() * 1000)
"""Milliseconds within which a bot can take back its own messages (Telegram Bot API, deleteMessage)."""


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> bool:
    """Queues what the next people of each such notice get. True where there is more that could be done now."""
    done = False
    for notice_id in mending.open_ones(unit):
        notice = notices.one(unit, notice_id)
        if notice is None or notice.mending is None:
            continue
        if mending.ahead(unit, notice_id) >= feeding.ahead(school.bulk_per_second):
            continue
        part = mending.take(unit, notice)
        if part.waits:
            continue
        if unit.attempt(lambda one=notice, some=part: _mend(unit, one, some, school)):  # type: ignore[misc]
            done = True
    return done


def _mend(unit: Unit, notice: Notice, part: mending.Part, school: SchoolSettings) -> None:
    if notice.state == NoticeState.RECALLED:
        for one in part.people:
            _take_away(unit, notice, one)
    elif part.people:
        _rewrite(unit, notice, part.people)
    mending.put(unit, notice, part)
    if part.last is None:
        unit.session.refresh(notice)
        panel.refresh(unit, notice, school, last=True)


# --- corrected ---


def _rewrite(unit: Unit, notice: Notice, people: list[Held]) -> None:
    sheet = sheet_of(unit, notice)
    ids = [one.person_id for one in people]
    children, _ = children_of(unit, sheet, [one.person_id for one in people if one.family])
    answers = asks.answers_of_all(unit, notice, ids, sheet.content)
    for one in people:
        if not one.reach.reachable or one.place_id is None:
            continue
        known = answers.get(one.person_id, asks.Answers())
        for payload in _edits(sheet, one, one.place_id, children.get(one.person_id, []), known):
            unit.queue(
                bot_id=one.reach.bot_id,
                chat_id=one.reach.user_id,
                kind=say.AMEND,
                lane=Lane.LATER,
                payload=payload,
                author_id=notice.author_id,
                notice_id=notice.id,
            )


def _edits(sheet: Sheet, one: Held, place: int, children: list[audience.Child], answers: asks.Answers) -> list[str]:
    """The changes of one person's messages. Where somebody has opened it twice, the older one is changed too."""
    piece, whole, rows = shown.last_part(sheet, one.reach, children, family=one.family, answers=answers)
    said = sheet.content.said(one.reach.language)
    if piece is not None:
        return [say.amend_at(at, "caption", whole, buttons=rows) for at in (place, *one.places)]
    media = [it for it in said if it.media is not None]
    if not media:
        return [say.amend_at(at, "text", whole, buttons=rows) for at in (place, *one.places)]
    found = [say.amend_at(place, "text", whole, buttons=rows)]
    if len(said) == 1 and media[0].media is not None and media[0].media["kind"] in CAPTIONED and one.places:
        found.append(say.amend_at(one.places[0], "caption", rich(media[0].text, media[0].spans)))
    return found


# --- taken back ---


def _take_away(unit: Unit, notice: Notice, one: Held) -> None:
    """Erases each message; what the messenger does not let go of any more is overwritten. No freeze stops this: it takes
    away what should not be there."""
    erase = unit.now_ms - one.sent_at <= RECALLABLE
    what = _what(unit, notice, one.reach.language)
    for place in (*one.places, *([] if one.place_id is None else [one.place_id])):
        # Of several messages the last one has the words; pictures above it cannot be overwritten.
        words = place == one.place_id or what != ALBUM
        if not erase and not words:
            continue
        then = {"notice_gone": notice.id, "language": one.reach.language, "what": what if words else ""}
        unit.queue(
            bot_id=one.reach.bot_id,
            chat_id=one.reach.user_id,
            kind=say.ERASE if erase else say.AMEND,
            lane=Lane.LATER,
            payload=say.erase_at(place, then=then) if erase else _words(place, then),
            notice_id=notice.id,
        )


ALBUM = "album"


def _what(unit: Unit, notice: Notice, language: str) -> str:
    """What the message with the buttons most likely is: a text, a caption, or a text below pictures."""
    key = ("recalled", notice.id, language)
    if key not in unit.notes:
        said = notices.content(unit, notice).said(language)
        media = [one.media["kind"] for one in said if one.media is not None]
        unit.notes[key] = "text" if not media else "caption" if len(said) == 1 and media[0] in CAPTIONED else ALBUM
    return str(unit.notes[key])


def _words(place: int, then: dict[str, Any]) -> str:
    what = "caption" if then["what"] == "caption" else "text"
    return say.amend_at(place, what, render(then["language"], "nrun.was_taken_back"), then=then)


def not_erased(unit: Unit, tried: Tried) -> None:
    """A message of a notice that was taken back could not be erased: other words stand in its place."""
    then = tried.payload["then"]
    if then["what"]:
        _overwrite(unit, tried, then)


def not_covered(unit: Unit, tried: Tried) -> None:
    """It has no caption after all (a long one stands in a text of its own): tried as a text, once."""
    then = tried.payload["then"]
    if then["what"] == "caption":
        _overwrite(unit, tried, {**then, "what": "text"})


def _overwrite(unit: Unit, tried: Tried, then: dict[str, Any]) -> None:
    unit.queue(
        answers=True,
        bot_id=tried.bot_id,
        chat_id=tried.chat_id,
        kind=say.AMEND,
        lane=Lane.LATER,
        payload=_words(tried.payload["place"], then),
    )
