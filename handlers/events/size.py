"""How many people there is room for at an event: said by who gives it; the waiting list moves up by itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from handlers.context import Context, Press
from handlers.events import lead, reply, shown
from handlers.events.change import back, open_one, taken
from handlers.incoming import Wrote
from models.duties import forms
from models.duties.forms import Asked
from models.events import changing, events
from models.events.tables import Event

SIZES = (20, 30, 40, 50, 60)
MOST = 2000
"""People that can be given as a capacity, or counted."""


def ask_capacity(context: Context, event_id: int) -> None:
    """For how many is there room?"""
    found = open_one(context, event_id)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "evcap", event_id)
    sizes = [context.named(str(one), "elcap2", event_id, one) for one in SIZES]
    context.change(
        "lead.capacity_ask",
        buttons=[sizes, [context.button("button.no_limit", "elcap2", event_id, 0)], back(context, event_id)],
        what=shown.title(context.unit, found[0], context.language),
    )


def set_capacity(context: Context, event_id: int, size: int) -> None:
    """So many; 0 for no limit."""
    found = open_one(context, event_id)
    if found is None:
        return
    if not 0 <= size <= MOST:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _capacity(context, found, size or None)


def _capacity(context: Context, found: tuple[Event, int], size: int | None) -> None:
    unit, event = context.unit, found[0]
    moved = changing.capacity_changed(unit, event.id, found[1], size)
    reply.tell_moved_up(unit, tuple((event.id, one) for one in moved or ()), context.school)
    lead.view(context, events.must(unit, event.id), "lead.changed" if moved is not None else "lead.view")


def takes_capacity(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The number as it was typed."""
    found = taken(context, event, wanted.subject_id)
    if found is None:
        return True
    size = number(event.text)
    if not size:
        context.say("lead.number_wrong", most=MOST, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    _capacity(context, found, size)
    return True


def number(text: str) -> int | None:
    """A number of people as it was typed: 35, or 35人; nothing for what is none, or too large."""
    found = re.fullmatch(r"\s*([0-9]{1,4})\s*(人|位|个|people)?\s*", text)
    return int(found[1]) if found and int(found[1]) <= MOST else None


PRESSES: dict[str, Press] = {"elcap": Press(ask_capacity, (int,)), "elcap2": Press(set_capacity, (int, int))}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"evcap": takes_capacity}
