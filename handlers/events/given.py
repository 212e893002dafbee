"""Who gives a parent class: told when it is settled, asked whether the day suits, and what follows where it does not."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from handlers.appointments.shown import when
from handlers.context import Context, Press, SchoolSettings
from handlers.events import changed, shown
from handlers.texts import Block, words
from models.base import from_ms
from models.events import audience, care, events, planning
from models.events.planning import Step
from models.events.rota import Why
from models.events.states import AHEAD, EventState
from models.events.tables import Event
from models.unit import Unit


def settle(unit: Unit, event_id: int, actor: int, school: SchoolSettings) -> int:
    """What was proposed is settled; its mentor is told. 1 where that was still to do, otherwise 0."""
    if not events.move(unit, event_id, EventState.PLANNED, actor):
        return 0
    changed.tell_new(unit, events.must(unit, event_id), None, school)
    return 1


def fine(context: Context, event_id: int) -> None:
    """'That suits me.'"""
    event = _own(context, event_id)
    if event is None:
        return
    context.toast()
    context.change(
        "given.thanks",
        buttons=[[context.button("button.lead_open", "evlead", event_id)]],
        time=shown.span(context.language, event, context.school.zone),
        classes=shown.groups(context.unit, event, context.language),
    )


def cannot(context: Context, event_id: int) -> None:
    """'That day I cannot': the chief mentor gets a suggestion; nothing changes before somebody says so."""
    event = _own(context, event_id)
    if event is None:
        return
    context.toast()
    told = _suggest(context.unit, event, context.school, f"cannot.{event.sequence}.{event.version}")
    context.change(
        "given.told" if told else "given.nobody",
        buttons=[[context.button("button.classes_back", "clist")]],
        time=shown.span(context.language, event, context.school.zone),
    )


def _own(context: Context, event_id: int) -> Event | None:
    event = events.one(context.unit, event_id)
    mine = context.who.staff
    if (
        event is None
        or mine is None
        or mine.person_id not in (event.host_id, audience.acts(context.unit, event))
        or event.state not in AHEAD
        or event.starts_at <= context.unit.now_ms
    ):
        context.toast("help.button_gone", alert=True)
        return None
    return event


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """Parent classes whose mentor is on leave that day, or has left the school: a suggestion to the chief mentor."""
    for one in care.due(unit):
        _suggest(unit, events.must(unit, one.event_id), school, f"away.{one.reason}")


def _planners(unit: Unit, event: Event) -> list[int]:
    """Who decides: the chief mentor, unless that is the very one who cannot; then the admins."""
    chiefs = [one for one in audience.chiefs(unit, event) if one != event.host_id]
    reached = audience.reaches(unit, chiefs)
    return list(reached) or list(audience.admins_of(unit, event.school_id))


def _suggest(unit: Unit, event: Event, school: SchoolSettings, what: str) -> bool:
    steps, why = planning.suggest(unit, event, school.events, school.zone)
    planners = _planners(unit, event)
    name = events.name_of(unit, event.host_id)
    for person in planners:
        shown.tell_staff(
            unit,
            person,
            event,
            school,
            "given.suggest" if steps else "given.no_suggestion",
            what,
            buttons=[("button.given_do", "egdo"), ("button.given_self", "eplacee")]
            if steps
            else [("button.given_self", "eplacee")],
            useful_until=event.starts_at,
            name=name,
            lines=lambda language: Block("\n".join(_lines(unit, steps, language, school.zone))),
            why=lambda language: words(language, f"given.why_{(why or Why.ALL_AWAY).value}"),
        )
    return bool(planners)


def _lines(unit: Unit, steps: list[Step], language: str, zone: str) -> list[str]:
    lines = []
    for one in steps:
        event = events.must(unit, one.event_id)
        starts, _ = moved(event, one, zone)
        lines.append(
            words(
                language,
                "given.step",
                classes=shown.groups(unit, event, language),
                time=when(language, starts, zone),
                name=events.name_of(unit, one.host_id),
            )
        )
    return lines


def moved(event: Event, step: Step, zone: str) -> tuple[int, int]:
    """Beginning and end on the step's day, at the event's own time of day (ms since 1970)."""
    local = from_ms(event.starts_at).astimezone(ZoneInfo(zone))
    starts, _ = planning.span(step.day, local.hour * 60 + local.minute, zone)
    return starts, starts + event.ends_at - event.starts_at


def do(context: Context, event_id: int) -> None:
    """'Do it like that': reckoned once more, because much may have changed since; then done in one go."""
    unit = context.unit
    event = events.one(unit, event_id)
    actor = None if event is None else audience.plans(unit, event, context.who)
    if event is None or actor is None or event.state not in AHEAD or event.starts_at <= unit.now_ms:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    steps, _ = planning.suggest(unit, event, context.school.events, context.school.zone)
    if not steps:
        context.change("given.no_more", buttons=[[context.button("button.given_self", "eplacee", event_id)]])
        return
    apply(unit, steps, actor, context.school)
    context.change(
        "given.done",
        buttons=[[context.button("button.classes_back", "clist")]],
        lines=Block("\n".join(_lines(unit, steps, context.language, context.school.zone))),
    )


def apply(unit: Unit, steps: list[Step], actor: int, school: SchoolSettings) -> None:
    """Makes the steps true and tells everybody concerned: who gives it now, who did before, who has signed up."""
    for one in steps:
        event = events.must(unit, one.event_id)
        starts, ends = moved(event, one, school.zone)
        what = set()
        if one.host_id != event.host_id:
            what.add("speaker")
        if starts != event.starts_at:
            what.add("time")
        if what:
            changed.by_planner(
                unit, event, actor, school, what, host_id=one.host_id, starts_at=starts, ends_at=ends, absence_told=None
            )


PRESSES: dict[str, Press] = {
    "egok": Press(fine, (int,)),
    "egno": Press(cannot, (int,)),
    "egdo": Press(do, (int,)),
}
