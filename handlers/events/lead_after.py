"""After an event: was it held, how many came? Asked once the same evening, and once more the next school morning."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from handlers import say, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.events import lead, shown
from handlers.events.size import MOST, number
from handlers.incoming import Wrote
from handlers.texts import words
from models.duties import forms
from models.duties.forms import Asked
from models.events import asking, changing, events, kinds, materials, questions, signin
from models.events.states import EventState
from models.events.tables import Event
from models.standing import Reach
from models.unit import Unit

TAPS = (10, 20, 30, 40)


def _found(context: Context, event_id: int) -> tuple[Event, int] | None:
    """The event and as whom, once it has begun and was not called off."""
    found = lead.mine(context, event_id)
    if found is None:
        return None
    event = found[0]
    if not changing.begun(event, context.unit.now_ms) or event.state == EventState.CANCELLED:
        context.toast("lead.not_begun", alert=True)
        return None
    return found


def yes(context: Context, event_id: int) -> None:
    """It was held; how many came?"""
    found = _found(context, event_id)
    if found is None:
        return
    changing.held(context.unit, event_id, found[1])
    _ask_count(context, events.must(context.unit, event_id))


def no(context: Context, event_id: int) -> None:
    """It was not held."""
    found = _found(context, event_id)
    if found is None:
        return
    context.toast()
    changing.not_held(context.unit, event_id, found[1])
    lead.view(context, events.must(context.unit, event_id))


def ask_count(context: Context, event_id: int) -> None:
    """How many came?"""
    found = _found(context, event_id)
    if found is not None:
        _ask_count(context, found[0])


def _ask_count(context: Context, event: Event) -> None:
    context.toast()
    forms.ask(context.unit, context.who, "evcounted", event.id)
    people = signin.signed(context.unit, event.id)[0]
    context.change(
        "lead.count_ask",
        buttons=[
            _taps(context.unit, context.reach, event),
            [context.button("button.lead_back", "evlead", event.id)],
        ],
        what=shown.title(context.unit, event, context.language),
        signed=_signed(context.language, people),
    )


def _signed(language: str, people: int) -> str:
    return words(language, "lead.signed_so_far", people=people) if people else words(language, "lead.signed_none")


def _taps(unit: Unit, reach: Reach, event: Event) -> list[say.Button]:
    signed = signin.signed(unit, event.id)[0]
    many = list(dict.fromkeys([*([signed] if signed else []), *TAPS]))
    return [telling.button(unit, reach, "button.event_people", "elcount2", event.id, one, count=one) for one in many]


def set_count(context: Context, event_id: int, count: int) -> None:
    """So many came: then it was held as well."""
    found = _found(context, event_id)
    if found is None:
        return
    if not 0 <= count <= MOST:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _counted(context, found, count)


def _counted(context: Context, found: tuple[Event, int], count: int) -> None:
    unit, (event, actor) = context.unit, found
    if context.unit.now_ms >= event.ends_at:
        changing.held(unit, event.id, actor)
    events.change(unit, event.id, actor, counted=count)
    fresh = events.must(unit, event.id)
    if kinds.kind_of(event.kind).notes and not materials.of(unit, event.id):
        context.change(
            "lead.counted_notes",
            buttons=[
                [context.button("button.lead_notes", "elnotes", event.id)],
                [context.button("button.lead_open", "evlead", event.id)],
            ],
            what=shown.title(unit, fresh, context.language),
            count=count,
        )
        return
    lead.view(context, fresh, "lead.changed")


def takes_count(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The number as it was typed."""
    found = lead.led(context, wanted.subject_id)
    count = number(event.text)
    if found is not None and count is None:
        context.say("lead.number_wrong", most=MOST, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    if found is None or count is None or found[0].state == EventState.CANCELLED:
        context.say("help.button_gone", reply_to=event.place_id)
        return True
    _counted(context, found, count)
    return True


# --- the clock ---


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """What is over: where people signed in it was held, as the record shows; otherwise who gives it is asked. Open
    questions are called to mind after a few days."""
    for event_id, time_ in asking.held_due(unit, school.zone):
        unit.attempt(partial(_ask, unit, event_id, time_, school))
    for event_id in asking.questions_due(unit, school.events):
        unit.attempt(partial(_call_to_mind, unit, event_id, school))


def _call_to_mind(unit: Unit, event_id: int, school: SchoolSettings) -> None:
    event = events.must(unit, event_id)
    for person in asking.givers(unit, event):
        count = len(questions.open_for(unit, event, person))
        if not count:
            continue
        shown.tell_staff(
            unit,
            person,
            event,
            school,
            "lead.questions_due",
            "lead_questions",
            buttons=[("button.questions_open", "elqs1")],
            count=count,
        )


def _ask(unit: Unit, event_id: int, time_: int, school: SchoolSettings) -> None:
    event = events.must(unit, event_id)
    people = signin.attendance(unit, event) or 0
    held = people > 0 and changing.held(unit, event_id, None)
    kind = kinds.kind_of(event.kind)
    buttons = [("button.held_yes", "elheld"), ("button.held_no", "elnot")]
    if held:
        buttons = [("button.lead_count", "elcount")]
    if held and kind.notes and not materials.of(unit, event_id):
        buttons.append(("button.lead_notes", "elnotes"))

    def rows(reach: Reach) -> list[list[say.Button]]:
        return [_taps(unit, reach, event)]

    for person in asking.givers(unit, event):
        shown.tell_staff(
            unit,
            person,
            event,
            school,
            "lead.held_count" if held else "lead.held_ask",
            f"lead_held.{time_}",
            rows=rows,
            buttons=buttons,
            at_once=time_ == 1,
            people=people,
        )


PRESSES: dict[str, Press] = {
    "elheld": Press(yes, (int,)),
    "elnot": Press(no, (int,)),
    "elcount": Press(ask_count, (int,)),
    "elcount2": Press(set_count, (int, int)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"evcounted": takes_count}
