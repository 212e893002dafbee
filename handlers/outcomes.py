"""What follows when something was sent, or was refused for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers import say
from handlers.context import tell
from handlers.conversation import tell_held
from models import conversation
from models.standing import line_of_thread
from models.unit import Unit


@dataclass(frozen=True, slots=True)
class Tried:
    """An outbox row that was tried, with its payload."""

    row_id: int
    bot_id: int
    chat_id: int
    kind: str
    message_id: int | None
    payload: dict[str, Any]


def sent(unit: Unit, tried: Tried, place_id: int | None) -> None:
    """The messenger took it: remembers where it stands, and shows the writer that the other side has it."""
    then = tried.payload.get("then")
    if then is None or place_id is None:
        return
    if "message" not in then:
        conversation.mark_place(unit, tried.bot_id, tried.chat_id, place_id, then["thread"], None)
        return
    if not then.get("delivered"):
        conversation.mark_place(unit, tried.bot_id, tried.chat_id, place_id, then["thread"], then["message"])
        return
    conversation.delivered(unit, tried.bot_id, tried.chat_id, place_id, then["thread"], then["message"])
    if "react" in then:
        chat, place = then["react"]
        unit.queue(bot_id=tried.bot_id, chat_id=chat, kind=say.REACT, payload=say.react(place, say.DELIVERED_SIGN))


def refused_by_person(unit: Unit, tried: Tried) -> None:
    """The account stopped the bot, is gone, or never started it: messages to it are held, their writers told."""
    threads = conversation.unreachable(unit, tried.bot_id, tried.chat_id, tried.message_id)
    tell_held(unit, threads)


def refused_for_good(unit: Unit, tried: Tried) -> None:
    """The messenger will never take this one: its writer is told, so that it can be said in another way."""
    if tried.message_id is None:
        return
    found = conversation.refused(unit, tried.message_id)
    line = line_of_thread(unit, found[0]) if found is not None else None
    if found is None or line is None:
        return
    writer = line.guardian if found[1] else line.mentor
    if writer is not None:
        tell(unit, writer, "relay.refused", dedupe_key=f"refused:{tried.message_id}", child=line.pupil_name)
