"""What follows when something was sent, or was refused for good."""

from __future__ import annotations

from handlers import changes, say, topics
from handlers.context import tell
from handlers.holding import tell_held
from handlers.notices import compose_preview, mend
from handlers.outcome import Tried
from handlers.texts import DEFAULT, render
from models import conversation, reaching
from models.appointments import places as addresses
from models.notices import marks, panels
from models.standing import line_of_thread
from models.unit import Unit

__all__ = ["Tried"]


def sent(unit: Unit, tried: Tried, places: tuple[int, ...], topic: int | None) -> None:
    """The messenger took it: remembers where it stands, and shows the writer that the other side has it."""
    then = tried.payload.get("then")
    if then is None:
        return
    if "address_gone" in then:
        addresses.gone(unit, then["address_gone"])
        return
    if "erased" in then:
        changes.erased(unit, tried)
        return
    if "address" in then:
        # It stands in a teacher's chat now, and is taken away there after the visit.
        for place in places:
            addresses.shown(unit, then["address"], tried.bot_id, tried.chat_id, place)
        return
    if "notice_gone" in then or "preview" in then:
        return
    if "notice_panel" in then:
        for place in places:
            panels.stands(unit, then["notice_panel"], tried.bot_id, tried.chat_id, place)
        return
    if "notice" in then:
        notice_id, person_id, last = then["notice"]
        marks.sent(unit, notice_id, person_id, places, last=bool(last))
        return
    if "workspace" in then:
        if places:
            topics.topic_made(unit, tried, places[0])
        return
    message_id = then.get("message")
    parts = then.get("parts") or [None] * len(places)
    for place, part in zip(places, parts, strict=False):
        conversation.mark_place(unit, tried.bot_id, tried.chat_id, place, then["thread"], message_id, part)
    if tried.payload.get("topic") is not None:
        topics.fell_through(unit, tried, topic)
    if message_id is None or not then.get("delivered"):
        return
    conversation.delivered(unit, message_id)
    if "react" in then:
        chat, place = then["react"]
        unit.queue(
            answers=True,
            bot_id=tried.bot_id,
            chat_id=chat,
            kind=say.REACT,
            payload=say.react(place, say.DELIVERED_SIGN),
        )


def nothing_there(unit: Unit, tried: Tried) -> None:
    """What it was about stands nowhere: an erasure has nothing to do, a topic is gone."""
    if tried.kind == say.ERASE:
        changes.erased(unit, tried)
    elif "topic_of" in tried.payload:
        topics.fall_back(unit, tried)


def refused_by_person(unit: Unit, tried: Tried) -> None:
    """The account stopped the bot, is gone, or never started it: messages to it are held, their writers told."""
    _notice_refused(unit, tried, by_person=True)
    threads = reaching.unreachable(unit, tried.bot_id, tried.chat_id, tried.message_id)
    tell_held(unit, threads)


def too_late(unit: Unit, tried: Tried) -> None:
    """It was not sent in time: whoever should have had a notice by it waits again, and hours are asked anew."""
    then = tried.payload.get("then") or {}
    if "notice" in then:
        marks.waits_again(unit, then["notice"][0], then["notice"][1])


def _notice_refused(unit: Unit, tried: Tried, *, by_person: bool) -> None:
    then = tried.payload.get("then") or {}
    if "notice" in then:
        notice_id, person_id, _ = then["notice"]
        marks.refused(unit, notice_id, person_id, by_person=by_person)


def is_about_topic(error: str) -> bool:
    """Whether a refusal says that a topic is gone, closed or not possible."""
    text = error.lower()
    return any(
        word in text
        for word in ("message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid", "forum")
    )


def refused_in_room(unit: Unit, tried: Tried, error: str) -> None:
    """A topic or a group does not take it: the conversation goes on in the plain chat."""
    topics.refused(unit, tried, error)


def not_amended(unit: Unit, tried: Tried) -> None:
    """A copy can no longer be changed: what it says now is said below it."""
    if "address_gone" in (tried.payload.get("then") or {}):
        return  # a place on the map, or no longer there: its row asks again for a while
    if "notice_panel" in (tried.payload.get("then") or {}):
        panels.gone(unit, tried.payload["then"]["notice_panel"], tried.bot_id, tried.chat_id, tried.payload["place"])
        return
    if "notice_gone" in (tried.payload.get("then") or {}):
        mend.not_covered(unit, tried)
        return
    if "of" not in tried.payload:
        return  # no copy: what stands there stays as it is
    changes.not_amended(unit, tried)


def not_erased(unit: Unit, tried: Tried) -> None:
    """A copy can no longer be taken away; an address is written over then."""
    then = tried.payload.get("then") or {}
    if "address_gone" in then:
        words = render(then["language"] or DEFAULT, "before.address_gone")
        payload = say.cover(tried.payload["place"], words, then=then)
        unit.queue(answers=True, bot_id=tried.bot_id, chat_id=tried.chat_id, kind=say.AMEND, payload=payload)
        return
    if "notice_gone" in then:
        mend.not_erased(unit, tried)
        return
    changes.not_erased(unit, tried)


def refused_for_good(unit: Unit, tried: Tried) -> None:
    """The messenger will never take this one: its writer is told, so that it can be said in another way."""
    _notice_refused(unit, tried, by_person=False)
    if "preview" in (tried.payload.get("then") or {}):
        compose_preview.refused(unit, tried)
    if tried.message_id is None:
        return
    found = conversation.refused(unit, tried.message_id)
    line = line_of_thread(unit, found[0]) if found is not None else None
    if found is None or line is None:
        return
    writer = line.guardian if found[1] else line.mentor
    if writer is not None:
        tell(unit, writer, "relay.refused", dedupe_key=f"refused:{tried.message_id}", child=line.pupil_name)
