"""Telling somebody who did not just speak: a text, buttons for that person alone, and a mark where it may be a repeat."""

from __future__ import annotations

from typing import Any

from handlers import say
from handlers.texts import Rich, moment, render, units, words
from models.base import from_ms
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit


def when(language: str, at: int, zone: str) -> str:
    """A moment with weekday, date and time, written out."""
    return moment(language, from_ms(at), zone)


def button(unit: Unit, reach: Reach, key: str, action: str, *args: int | str, **values: Any) -> say.Button:
    """A button for somebody else's message, with a text of the catalogue."""
    return named(unit, reach, words(reach.language, key, **values), action, *args)


def named(unit: Unit, reach: Reach, text: str, action: str, *args: int | str) -> say.Button:
    """A button for somebody else's message that is called after something."""
    return say.Button(text[:60], say.sign(unit.vault, reach.bot_id, reach.user_id, action, *args))


def repeat_mark(language: str, rich: Rich) -> dict[str, Any]:
    """What its first line says where it may have gone out before."""
    return {"at": units(rich.text.partition("\n")[0]), "text": words(language, "relay.maybe_repeat")}


def tell(
    unit: Unit,
    reach: Reach,
    key: str,
    *,
    dedupe_key: str | None,
    lane: Lane = Lane.REMINDER,
    due_at: int | None = None,
    useful_until: int | None = None,
    buttons: say.Rows = (),
    **values: Any,
) -> None:
    """Tells somebody who did not ask. With a dedupe key `visit:<id>:…` or `event:<id>:…` it is withdrawn once
    it is no longer true."""
    rich = render(reach.language, key, **values)
    unit.queue(
        bot_id=reach.bot_id,
        chat_id=reach.user_id,
        kind=say.TEXT,
        lane=lane,
        payload=say.text(rich, buttons=buttons, mark=repeat_mark(reach.language, rich)),
        dedupe_key=dedupe_key,
        due_at=due_at,
        useful_until=useful_until,
    )
