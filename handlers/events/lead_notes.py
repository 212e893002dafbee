"""Notes and materials for all: what who gives an event sends is gathered, looked at, and then goes to everybody who is
invited."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import Context, Press
from handlers.events import lead, pieces, shown
from handlers.incoming import Wrote
from handlers.telling import when
from models.duties import forms
from models.duties.forms import Asked
from models.events import audience, events, kinds, materials, tellings
from models.events.rules import DAY
from models.events.states import AHEAD, EventState, What
from models.events.tables import Event

KIND = "evnotes"
"""What is asked for: all that comes is gathered, media and albums too (handlers/asked.py)."""


def _found(context: Context, event_id: int) -> tuple[Event, int] | None:
    """The event and as whom, where it has notes and was not called off."""
    found = lead.mine(context, event_id)
    if found is None:
        return None
    event = found[0]
    if not kinds.kind_of(event.kind).notes or event.state not in (*AHEAD, EventState.HELD):
        context.toast("event.over", alert=True)
        return None
    return found


def ask(context: Context, event_id: int) -> None:
    """What is sent next is gathered."""
    found = _found(context, event_id)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, KIND, event_id)
    count = materials.waiting(context.unit, event_id)
    rows = _rows(context, event_id) if count else [[context.button("button.lead_back", "evlead", event_id)]]
    context.say(
        "lead.notes_more" if count else "lead.notes_ask",
        buttons=rows,
        what=shown.title(context.unit, found[0], context.language),
        count=count,
        most=materials.MOST,
    )


def _rows(context: Context, event_id: int) -> list[list[say.Button]]:
    return [
        [context.button("button.notes_look", "elnlook", event_id)],
        [context.button("button.notes_drop", "elndrop", event_id)],
    ]


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A piece: a text, a picture, a file. One of an album like one that comes alone; all are answered once."""
    event_id, unit, who = wanted.subject_id, context.unit, context.who
    found = lead.led(context, event_id)
    if found is None or found[0].state not in (*AHEAD, EventState.HELD):
        forms.end(unit, who)
        context.say("help.button_gone", reply_to=event.place_id)
        return True
    piece = pieces.of(event)
    if piece is None:
        context.say("lead.notes_kind", buttons=_rows(context, event_id), reply_to=event.place_id)
        return True
    kept = materials.add(unit, event_id, found[1], piece)
    # Asked for anew: however long it takes to send them all, the next one belongs to these.
    forms.ask(unit, who, KIND, event_id)
    key = "lead.notes_got" if kept else "lead.notes_full"
    if event.album is None or unit.once(f"{key}:{event_id}:{event.album}", who.bot_id, who.user_id):
        context.say(key, buttons=_rows(context, event_id), reply_to=event.place_id, most=materials.MOST)
    return True


def look(context: Context, event_id: int) -> None:
    """Exactly what would go, and to how many."""
    found = _found(context, event_id)
    if found is None:
        return
    event, _ = found
    waiting = materials.pieces_waiting(context.unit, event_id)
    if not waiting:
        context.toast("lead.notes_nothing", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, KIND, event_id)
    what = shown.title(context.unit, event, context.language)
    pieces.send(context.unit, context.reach, waiting, key="lead.notes_preview", answers=True, what=what)
    if event.state == EventState.PLANNED and context.unit.now_ms < event.starts_at:
        day = event.starts_at - kinds.kind_of(event.kind).notice_days * DAY
        context.say(
            "lead.notes_early",
            buttons=[[context.button("button.lead_open", "evlead", event_id)]],
            day=when(context.language, max(day, context.unit.now_ms), context.school.zone),
        )
        return
    people = _people(context, event)
    context.say(
        "lead.notes_sure",
        buttons=[
            [
                context.button(
                    "button.notes_send", "elnsend", event_id, materials.last(context.unit, event_id), count=people
                )
            ],
            [context.button("button.notes_drop", "elndrop", event_id)],
        ],
        count=len(waiting),
        people=people,
    )


def _people(context: Context, event: Event) -> int:
    own = (event.host_id, event.speaker_id)
    everybody = audience.people(context.unit, event)
    return sum(1 for one in everybody if one.reach.reachable and one.person_id not in own)


def send(context: Context, event_id: int, newest: int) -> None:
    """To all. What came after the preview was not looked at: then it is shown again first."""
    found = _found(context, event_id)
    if found is None:
        return
    unit = context.unit
    event = events.lock(unit, event_id)
    waiting = materials.waiting(unit, event_id)
    early = event is not None and event.state == EventState.PLANNED and unit.now_ms < event.starts_at
    if event is None or not waiting or early:
        context.toast("lead.notes_nothing", alert=True)
        return
    if materials.last(unit, event_id) != newest:
        look(context, event_id)
        return
    context.toast()
    forms.end(unit, context.who)
    number = tellings.next_number(unit, event_id, What.NOTES)
    materials.send(unit, event_id, number)
    tellings.begin(unit, event, What.NOTES, number)
    context.change(
        "lead.notes_going",
        buttons=[[context.button("button.lead_open", "evlead", event_id)]],
        count=waiting,
        people=_people(context, event),
    )


def drop(context: Context, event_id: int) -> None:
    """Nothing of it is sent."""
    found = _found(context, event_id)
    if found is None:
        return
    context.toast()
    forms.end(context.unit, context.who)
    materials.drop(context.unit, event_id)
    context.change(
        "lead.notes_dropped",
        buttons=[
            [context.button("button.lead_notes", "elnotes", event_id)],
            [context.button("button.lead_open", "evlead", event_id)],
        ],
    )


PRESSES: dict[str, Press] = {
    "elnotes": Press(ask, (int,)),
    "elnlook": Press(look, (int,)),
    "elnsend": Press(send, (int, int)),
    "elndrop": Press(drop, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {KIND: takes}
