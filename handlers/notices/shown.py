"""A notice as somebody sees it: a head that says from whom and for which child, the words, what is asked, the buttons.

Everything here can be made again from the rows, so that a preview is exactly what a parent gets, and a correction finds
what stands there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from handlers import say
from handlers.context import rich
from handlers.media import CAPTION, CAPTIONED, albums
from handlers.notices import asks
from handlers.notices.asks import Answers
from handlers.split import shifted
from handlers.texts import Rich, listed, render, units, words
from models.notices.audience import Audience, Child
from models.notices.content import Content, Piece
from models.notices.states import Level
from models.notices.tables import Notice
from models.standing import Reach, class_label
from models.unit import Unit, sql

LIMIT = 4096
"""UTF-16 units of a message (Telegram Bot API, sendMessage)."""


@dataclass(slots=True)
class Sheet:
    """A notice with all that is the same for everybody who gets it."""

    unit: Unit
    notice: Notice
    content: Content
    audience: Audience
    sender: str
    """Who says it: the school, the class, the mentor, the centre."""
    same: dict[object, Any] = field(default_factory=dict)
    """What was made once for a language."""

    def says(self, language: str) -> str:
        """Who says it, in a language: a mentor is addressed as one."""
        return words(language, "notice.teacher", name=self.sender) if self.notice.level == Level.MENTOR else self.sender


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a notice; the last one carries the buttons."""

    kind: str
    payload: str


_SCHOOL = sql("SELECT name FROM school WHERE id = :id")
_CLASS = sql("SELECT grade, name FROM school_class WHERE id = :id")
_PERSON = sql("SELECT sealed_name FROM person WHERE id = :id")


def sender_of(unit: Unit, notice: Notice, audience: Audience) -> str:
    """Who says it, as people know it."""
    if notice.level == Level.MENTOR:
        row = unit.execute(_PERSON, id=notice.author_id).one()
        return unit.vault.open("person", notice.author_id, "name", row.sealed_name)
    if notice.level == Level.CLASS and len(audience.classes) == 1:
        row = unit.execute(_CLASS, id=audience.classes[0]).one()
        return class_label(row.grade, row.name)
    return str(unit.execute(_SCHOOL, id=notice.school_id).one().name)


def head(sheet: Sheet, language: str, children: list[Child]) -> Rich:
    """The first line: that it is a notice, whose, and for which child."""
    key = "notice.head_emergency" if sheet.notice.emergency else "notice.head"
    found = render(language, key, sender=sheet.says(language))
    if not children:
        return found
    names = listed(language, [one.name for one in children])
    return Rich(words(language, "notice.head_child", head=found.text, names=names), found.spans)


def foot(sheet: Sheet, language: str, *, family: bool) -> str:
    """The last line: where an answer goes."""
    if not family:
        return ""
    return words(language, "notice.foot_mentor" if sheet.notice.level == Level.MENTOR else "notice.foot")


def _whole(parts: list[Rich]) -> Rich:
    text, spans = "", []
    for one in parts:
        if not one.text:
            continue
        if text:
            text += "\n\n"
        spans += shifted(one.spans, units(text))
        text += one.text
    return Rich(text, tuple(spans))


def last_part(
    sheet: Sheet, reach: Reach, children: list[Child], *, family: bool, answers: Answers
) -> tuple[dict[str, Any] | None, Rich, list[list[say.Button]]]:
    """The message with the buttons: the piece whose caption it is (none for a text), its words, its buttons."""
    language = reach.language
    pieces = sheet.content.said(language)
    media = [one for one in pieces if one.media is not None]
    texts = [rich(one.text, one.spans) for one in pieces if one.media is None]
    begins = head(sheet, language, children)
    asked = asks.words_of(sheet.content, language, answers, children)
    ends = Rich(foot(sheet, language, family=family))
    rows = asks.rows(sheet.unit, sheet.notice, sheet.content, reach, children, answers)
    if len(media) == 1 and not texts and media[0].media is not None and media[0].media["kind"] in CAPTIONED:
        whole = _whole([begins, rich(media[0].text, media[0].spans), asked, ends])
        # Whether it is one message does not change with what is answered: it is edited where it stands.
        if units(whole.text) - units(asked.text) + asks.longest(sheet.content, language, children) <= CAPTION:
            return media[0].media, whole, rows
    above = [Rich(words(language, "notice.above"))] if media and not texts else []
    whole = _whole([begins, *above, *texts, asked, ends])
    if units(whole.text) > LIMIT:
        # Many children with long names: their names give way, the words do not.
        whole = _whole([head(sheet, language, []), *above, *texts, asked, ends])
    return None, whole, rows


def messages(
    sheet: Sheet, reach: Reach, children: list[Child], *, family: bool, answers: Answers, person_id: int
) -> list[Message]:
    """What one person gets, in order. `then` in each tells delivery whom it is for (handlers/outcomes.py)."""
    piece, whole, rows = last_part(sheet, reach, children, family=family, answers=answers)
    then = _then(sheet, person_id, last=True)
    begins = head(sheet, reach.language, children)
    if not whole.text.startswith(begins.text):
        begins = head(sheet, reach.language, [])
    mark = {"at": units(begins.text), "text": words(reach.language, "relay.maybe_repeat")}
    if piece is not None:
        return [Message(say.MEDIA, say.media(piece, whole, buttons=rows, then=then, mark=mark))]
    media = [one for one in sheet.content.said(reach.language) if one.media is not None]
    last = Message(say.TEXT, say.text(whole, buttons=rows, then=then, mark=mark))
    return [*_media(sheet, person_id, media), last]


def _then(sheet: Sheet, person_id: int, *, last: bool) -> dict[str, Any]:
    return {"notice": [sheet.notice.id, person_id, int(last)]}


def _media(sheet: Sheet, person_id: int, media: list[Piece]) -> list[Message]:
    captions = [rich(one.text, one.spans) for one in media]
    then = _then(sheet, person_id, last=False)
    found = []
    for group in albums([(number, one.media) for number, one in enumerate(media) if one.media is not None]):
        if len(group) == 1:
            number, piece = group[0]
            caption: Rich | None = captions[number] if piece["kind"] in CAPTIONED else None
            found.append(Message(say.MEDIA, say.media(piece, caption, then=then)))
        else:
            found.append(
                Message(say.ALBUM, say.album([(piece, captions[number]) for number, piece in group], then=then))
            )
    return found


def longest(sheet: Sheet, language: str) -> int:
    """UTF-16 units of the message with the buttons, for a family of three children with long names."""
    name = "某" * 12
    three = [Child(number, name) for number in range(3)]
    reach = Reach(sheet.notice.bot_id, 1, language, True)
    _, whole, _ = last_part(sheet, reach, three, family=True, answers=Answers())
    asked = asks.words_of(sheet.content, language, Answers(), three)
    return units(whole.text) - units(asked.text) + asks.longest(sheet.content, language, three)
