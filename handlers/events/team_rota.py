"""A class's part of the rota: its chief mentor swaps months, asks somebody else, takes another day, and says 'fine'."""

from __future__ import annotations

from datetime import date

from handlers import say
from handlers.context import Context, Press
from handlers.events import changed, given
from handlers.events.rota import setting_of
from handlers.events.rota_words import month_word
from handlers.telling import when
from handlers.texts import Block
from models.events import audience, events, planning, suggesting
from models.events.planning import Term
from models.events.states import AHEAD, EventState
from models.events.tables import Event
from models.unit import Unit

PAGE = 12
LONGEST_NAME = 40
"""Characters of the name of somebody from outside."""


def home_rows(context: Context) -> list[list[say.Button]]:
    """The ways here from /classes: a button for each class that one leads."""
    staff = context.who.staff
    if staff is None:
        return []
    names = planning.classes(context.unit, staff.school_id)
    return [
        [context.button("button.rota_team", "eteam", class_id, group=names[class_id])]
        for class_id in audience.classes_led(context.unit, staff.person_id)
        if class_id in names
    ]


def _class(context: Context, class_id: int) -> tuple[int, Term] | None:
    """As whom one may plan the class, and the term; says so where that is not possible."""
    me = audience.plans_class(context.unit, class_id, context.who)
    staff = context.who.staff
    if me is None or staff is None:
        context.toast("help.button_gone", alert=True)
        return None
    term = planning.term_of(context.unit, staff.school_id, context.school.zone)
    if term is None:
        context.toast()
        context.change("rota.no_term_team", buttons=[[context.button("button.classes_back", "clist")]])
        return None
    return me, term


def _places(context: Context, class_id: int, term: Term) -> dict[date, Event]:
    unit = context.unit
    staff = context.who.staff
    school_id = 0 if staff is None else staff.school_id
    return {
        one.month: events.must(unit, one.event_id)
        for one in planning.places(unit, school_id, term, context.school.zone)
        if one.class_id == class_id
    }


def _months(context: Context, school_id: int, term: Term, places: dict[date, Event]) -> list[date]:
    days = planning.days_in(
        context.unit, school_id, term, setting_of(context.unit, school_id, term), context.school.zone
    )
    return sorted({*days, *places})


def code_of(month: date) -> int:
    return month.year * 100 + month.month


def _month(code: int) -> date | None:
    try:
        return date(code // 100, code % 100, 1)
    except (ValueError, OverflowError):
        return None


def show(context: Context, class_id: int) -> None:
    """The class's months: who, when, what about, how far."""
    found = _class(context, class_id)
    staff = context.who.staff
    if found is None or staff is None:
        return
    context.toast()
    _, term = found
    places = _places(context, class_id, term)
    lines, rows = [], list[list[say.Button]]()
    for month in _months(context, staff.school_id, term, places):
        event = places.get(month)
        lines.append(line_of(context, month, event))
        rows.append([context.named(_button(context, month, event), "eplace", class_id, code_of(month))])
    names = planning.classes(context.unit, staff.school_id)
    if any(one.state == EventState.PROPOSED for one in places.values()):
        rows.append([context.button("button.rota_team_fine", "eteamok", class_id)])
    rows.append([context.button("button.classes_back", "clist")])
    context.change(
        "rota.team" if lines else "rota.team_empty",
        buttons=rows,
        group=names.get(class_id, ""),
        term=term.name,
        lines=Block("\n".join(lines)),
    )


def line_of(context: Context, month: date, event: Event | None) -> str:
    if event is None:
        return context.words("rota.line_open", month=month_word(context.language, month))
    topic = events.topic_title(context.unit, event, context.language)
    line = context.words(
        f"rota.line_{event.state}",
        month=month_word(context.language, month),
        time=when(context.language, event.starts_at, context.school.zone),
        name=events.speaker_name(context.unit, event),
    )
    return f"{line}\n   {topic}" if topic else line


def _button(context: Context, month: date, event: Event | None) -> str:
    who = context.words("rota.nobody") if event is None else events.speaker_name(context.unit, event)
    return f"{month_word(context.language, month)} · {who}"


def fine(context: Context, class_id: int) -> None:
    """'Fine like that': what was proposed for the class is settled, and its mentors are told."""
    found = _class(context, class_id)
    if found is None:
        return
    me, term = found
    places = [one.id for one in _places(context, class_id, term).values() if one.state == EventState.PROPOSED]
    given.settled_toast(context, *given.settle(context.unit, places, me, context.school))
    show(context, class_id)


# --- one month ---


def place_at(context: Context, class_id: int, code: int) -> tuple[int, Term, date, Event | None] | None:
    found = _class(context, class_id)
    month = _month(code)
    if found is None:
        return None
    me, term = found
    staff = context.who.staff
    if month is not None and staff is not None and month not in planning.months_of(term):
        # A message may be about another term than today's.
        term = planning.term_at(context.unit, staff.school_id, month) or term
    if month is None or month not in planning.months_of(term):
        context.toast("help.button_gone", alert=True)
        return None
    return me, term, month, _places(context, class_id, term).get(month)


def movable(context: Context, event: Event | None) -> bool:
    """Whether it can still be given to somebody else, or another day."""
    if event is None or event.state == EventState.PROPOSED:
        # What is proposed and was not settled in time gets another day.
        return True
    return event.state in AHEAD and event.starts_at > context.unit.now_ms


def place_of_event(context: Context, event_id: int) -> None:
    """The month of an event, from a message about it."""
    event = events.one(context.unit, event_id)
    if event is None or event.class_id is None or event.month is None:
        context.toast("help.button_gone", alert=True)
        return
    place(context, event.class_id, code_of(event.month))


def place(context: Context, class_id: int, code: int) -> None:
    """One month of the class: what can be changed about it."""
    found = place_at(context, class_id, code)
    if found is None:
        return
    context.toast()
    _, _, month, event = found
    rows: list[list[say.Button]] = []
    if movable(context, event):
        if event is not None:
            rows.append(
                [
                    context.button("button.rota_swap", "eswap", class_id, code),
                    context.button("button.rota_day", "eday", class_id, code),
                ]
            )
        rows.append([context.button("button.rota_mentor", "ewho", class_id, code)])
        rows.append(
            [
                context.button("button.rota_parent", "eparent", class_id, code),
                context.button("button.rota_outside", "eoutside", class_id, code),
            ]
        )
    if event is not None and event.state != EventState.PROPOSED:
        rows.append([context.button("button.lead_open", "evlead", event.id)])
    rows.append([context.button("button.rota_team_back", "eteam", class_id)])
    context.change("rota.month", buttons=rows, line=Block(line_of(context, month, event)))


def ask_swap(context: Context, class_id: int, code: int) -> None:
    """The other months of the class with which it could change round."""
    found = place_at(context, class_id, code)
    if found is None:
        return
    context.toast()
    _, term, month, event = found
    if event is None or not movable(context, event):
        place(context, class_id, code)
        return
    rows = [
        [
            context.named(
                _button(context, other, one), "eswapdo", class_id, code, code_of(other), suggesting.stamp(event, one)
            )
        ]
        for other, one in sorted(_places(context, class_id, term).items())
        if other != month and movable(context, one) and _giver(one) != _giver(event)
    ]
    key = "rota.ask_swap" if rows else "rota.no_swap"
    rows.append([context.button("button.back", "eplace", class_id, code)])
    context.change(key, buttons=rows, line=Block(line_of(context, month, event)))


def _giver(event: Event) -> tuple[int, int | None, bytes | None]:
    return event.host_id, event.speaker_id, event.sealed_speaker


def swap(context: Context, class_id: int, code: int, other_code: int, stood: int) -> None:
    """The two change round; each keeps its day. Who is on leave on the other's day cannot.

    A second press would change them back: where they are no longer as they were shown, only the class is shown.
    """
    found, other = place_at(context, class_id, code), place_at(context, class_id, other_code)
    if found is None or other is None:
        return
    unit, (me, _, _, one), two = context.unit, found, other[3]
    if one is None or two is None or one.id == two.id or not (movable(context, one) and movable(context, two)):
        context.toast("help.button_gone", alert=True)
        return
    for event_id in sorted((one.id, two.id)):
        events.lock(unit, event_id)
    one, two = events.must(unit, one.id), events.must(unit, two.id)
    if suggesting.stamp(one, two) != stood:
        context.toast("rota.swapped_before")
        show(context, class_id)
        return
    for giver, event in ((one, two), (two, one)):
        if giver.sealed_speaker is None and giver.speaker_id is None and is_away(context, giver.host_id, event):
            context.toast(
                "rota.is_away",
                alert=True,
                name=events.name_of(unit, giver.host_id),
                time=when(context.language, event.starts_at, context.school.zone),
            )
            return
    ours, theirs = _who_values(unit, one), _who_values(unit, two)
    done = changed.by_planner(unit, one, me, context.school, {"speaker"}, **theirs)
    done = changed.by_planner(unit, two, me, context.school, {"speaker"}, **ours) and done
    context.toast("rota.swapped" if done else "rota.too_late", alert=not done)
    show(context, class_id)


def _who_values(unit: Unit, event: Event) -> dict[str, object]:
    return {
        "host_id": event.host_id,
        "speaker_id": event.speaker_id,
        "speaker_name": events.opened(unit, event, "speaker"),
        "absence_told": None,
    }


def is_away(context: Context, person_id: int, event: Event) -> bool:
    return audience.away_at(context.unit, person_id, event.starts_at, event.ends_at)


PRESSES: dict[str, Press] = {
    "eteam": Press(show, (int,)),
    "eteamok": Press(fine, (int,)),
    "eplace": Press(place, (int, int)),
    "eplacee": Press(place_of_event, (int,)),
    "eswap": Press(ask_swap, (int, int)),
    "eswapdo": Press(swap, (int, int, int, int)),
}
