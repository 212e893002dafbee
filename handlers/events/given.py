"""Who gives a parent class: told when it is settled, asked whether the day suits, and what follows where it does not."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from zoneinfo import ZoneInfo

from handlers import say, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.events import changed, shown
from handlers.telling import when
from handlers.texts import Block, words
from models.base import from_ms
from models.events import audience, care, events, planning, suggesting
from models.events.rota import Why
from models.events.rules import DAY
from models.events.states import AHEAD, EventState
from models.events.suggesting import Step
from models.events.tables import Event
from models.standing import Reach, administers
from models.unit import Unit

SOONEST = 2 * DAY
"""What is proposed for an earlier moment (ms from now) is not settled: nobody could prepare it, and no family come."""
EACH = 3
"""Suggestions that are reckoned in one tick: each is a proposal of the whole rota, within the tick's transaction."""


def settle(unit: Unit, event_ids: Iterable[int], actor: int, school: SchoolSettings) -> tuple[int, int]:
    """What was proposed is settled; its mentors are told. Answers how many, and how many stay proposed because their day is
    over or too close."""
    done = late = 0
    for event_id in event_ids:
        event = events.lock(unit, event_id)
        if event is None or event.state != EventState.PROPOSED:
            continue
        if event.starts_at < unit.now_ms + SOONEST:
            late += 1
        elif events.move(unit, event_id, EventState.PLANNED, actor):
            done += 1
            changed.tell_new(unit, events.must(unit, event_id), None, school)
    return done, late


def settled_toast(context: Context, done: int, late: int) -> None:
    """Says how many were settled, and what to do with those that could not be."""
    if late:
        context.toast("rota.settled_late", alert=True, count=done, late=late)
    else:
        context.toast("rota.settled", count=done)


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
    # Pressing again says nothing new; being asked again, after others were, does.
    times = suggesting.rounds(context.unit, event.id)
    told = _suggest(context.unit, event, context.school, f"cannot.{event.sequence}.{event.host_id}.{times}")
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
    for one in care.due(unit, EACH):
        event = events.must(unit, one.event_id)
        # Found once each time it is true anew (care.py), so the version does not say it twice.
        _suggest(unit, event, school, f"away.{one.reason}.{event.host_id}.{event.version}")


def _planners(unit: Unit, event: Event) -> list[int]:
    """Who decides: the chief mentor, unless that is the very one who cannot; then the admins."""
    chiefs = [one for one in audience.chiefs(unit, event) if one != event.host_id]
    reached = audience.reaches(unit, chiefs)
    return list(reached) or list(audience.admins_of(unit, event.school_id))


def _suggest(unit: Unit, event: Event, school: SchoolSettings, what: str) -> bool:
    planners, admins = _planners(unit, event), audience.admins_of(unit, event.school_id)
    guest = not suggesting.own(event)
    known: dict[frozenset[int] | None, tuple[list[Step], Why | None]] = {}
    for person in planners:
        may = None if person in admins else frozenset(audience.classes_led(unit, person))
        if may not in known:
            known[may] = suggesting.suggest(unit, event, school.events, school.zone, may)
        steps, why = known[may]
        if steps:
            key = "given.suggest_answers" if guest else "given.suggest"
        else:
            key = "given.no_answering" if guest else "given.no_suggestion"
        shown.tell_staff(
            unit,
            person,
            event,
            school,
            key,
            what,
            rows=partial(_do_row, unit, event, steps),
            buttons=[("button.given_self", "eplacee")],
            useful_until=event.starts_at,
            name=events.name_of(unit, event.host_id),
            speaker=events.speaker_name(unit, event),
            lines=partial(_block, unit, steps, school.zone),
            why=partial(_why, why),
        )
    return bool(planners)


def _do_row(unit: Unit, event: Event, steps: list[Step], reach: Reach) -> list[list[say.Button]]:
    """'Do it like that': knows what stood, and what was suggested, when it was shown."""
    if not steps:
        return []
    stood, wanted = suggesting.stamp(event), suggesting.stamp_of(steps)
    return [[telling.button(unit, reach, "button.given_do", "egdo", event.id, stood, wanted)]]


def _why(why: Why | None, language: str) -> str:
    return words(language, f"given.why_{(why or Why.ALL_AWAY).value}")


def _block(unit: Unit, steps: list[Step], zone: str, language: str) -> Block:
    return Block("\n".join(_lines(unit, steps, language, zone)))


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


def do(context: Context, event_id: int, stood: int, wanted: int) -> None:
    """'Do it like that': reckoned once more, because much may have changed since; then done in one go.

    What somebody has settled meanwhile stays so, and another suggestion than the one that was shown is shown first.
    """
    unit, school = context.unit, context.school
    event = events.one(unit, event_id)
    actor = None if event is None else audience.plans(unit, event, context.who)
    event = None if actor is None else events.lock(unit, event_id)
    if event is None or actor is None or event.state not in AHEAD or event.starts_at <= unit.now_ms:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    myself = [context.button("button.given_self", "eplacee", event_id)]
    back = [context.button("button.classes_back", "clist")]
    if suggesting.stamp(event) != stood:
        context.change(
            "given.settled_already",
            buttons=[myself, back],
            classes=shown.groups(unit, event, context.language),
            time=when(context.language, event.starts_at, school.zone),
            name=events.speaker_name(unit, event),
        )
        return
    all_of_them = event.school_id in administers(unit, context.who)
    may = None if all_of_them else frozenset(audience.classes_led(unit, actor))
    steps, _ = suggesting.suggest(unit, event, school.events, school.zone, may)
    if not steps:
        context.change("given.no_more", buttons=[myself])
        return
    lines = _block(unit, steps, school.zone, context.language)
    if suggesting.stamp_of(steps) != wanted:
        context.change("given.suggest_new", buttons=[*_do_row(unit, event, steps, context.reach), myself], lines=lines)
        return
    guest = not suggesting.own(event)
    done = apply(unit, steps, actor, school)
    if not done:
        context.change("given.no_more", buttons=[myself])
        return
    context.change(
        "given.done_answers" if guest else "given.done",
        buttons=[back],
        lines=_block(unit, done, school.zone, context.language),
    )


def apply(unit: Unit, steps: list[Step], actor: int, school: SchoolSettings) -> list[Step]:
    """Makes the steps true and tells everybody concerned: who gives it now, who did before, who has signed up. Answers those
    for which it was not too late."""
    done = []
    for one in steps:
        event = events.must(unit, one.event_id)
        starts, ends = moved(event, one, school.zone)
        what = set()
        if one.host_id != event.host_id:
            what.add("speaker")
        if starts != event.starts_at:
            what.add("time")
        if what and changed.by_planner(
            unit, event, actor, school, what, host_id=one.host_id, starts_at=starts, ends_at=ends, absence_told=None
        ):
            done.append(one)
    return done


PRESSES: dict[str, Press] = {
    "egok": Press(fine, (int,)),
    "egno": Press(cannot, (int,)),
    "egdo": Press(do, (int, int, int)),
}
