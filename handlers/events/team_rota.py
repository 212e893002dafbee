"""A class's part of the rota: its chief mentor swaps months, asks somebody else, takes another day, and says 'fine'."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from handlers import say
from handlers.appointments.shown import when
from handlers.context import Context, Press
from handlers.digest import short_day
from handlers.events import changed, given
from handlers.events.rota import month_word, setting_of
from handlers.incoming import Wrote
from handlers.texts import Block
from models.base import from_ms
from models.duties import forms
from models.duties.forms import Asked
from models.events import audience, events, kinds, offers, planning, suggesting
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


def _code(month: date) -> int:
    return month.year * 100 + month.month


def _month(code: int) -> date | None:
    try:
        return date(code // 100, code % 100, 1)
    except ValueError:
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
        lines.append(_line(context, month, event))
        rows.append([context.named(_button(context, month, event), "eplace", class_id, _code(month))])
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


def _line(context: Context, month: date, event: Event | None) -> str:
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


def _place(context: Context, class_id: int, code: int) -> tuple[int, Term, date, Event | None] | None:
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


def _movable(context: Context, event: Event | None) -> bool:
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
    place(context, event.class_id, _code(event.month))


def place(context: Context, class_id: int, code: int) -> None:
    """One month of the class: what can be changed about it."""
    found = _place(context, class_id, code)
    if found is None:
        return
    context.toast()
    _, _, month, event = found
    rows: list[list[say.Button]] = []
    if _movable(context, event):
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
    context.change("rota.month", buttons=rows, line=Block(_line(context, month, event)))


def ask_swap(context: Context, class_id: int, code: int) -> None:
    """The other months of the class with which it could change round."""
    found = _place(context, class_id, code)
    if found is None:
        return
    context.toast()
    _, term, month, event = found
    if event is None or not _movable(context, event):
        place(context, class_id, code)
        return
    rows = [
        [
            context.named(
                _button(context, other, one), "eswapdo", class_id, code, _code(other), suggesting.stamp(event, one)
            )
        ]
        for other, one in sorted(_places(context, class_id, term).items())
        if other != month and _movable(context, one) and _giver(one) != _giver(event)
    ]
    key = "rota.ask_swap" if rows else "rota.no_swap"
    rows.append([context.button("button.back", "eplace", class_id, code)])
    context.change(key, buttons=rows, line=Block(_line(context, month, event)))


def _giver(event: Event) -> tuple[int, int | None, bytes | None]:
    return event.host_id, event.speaker_id, event.sealed_speaker


def swap(context: Context, class_id: int, code: int, other_code: int, stood: int) -> None:
    """The two change round; each keeps its day. Who is on leave on the other's day cannot.

    A second press would change them back: where they are no longer as they were shown, only the class is shown.
    """
    found, other = _place(context, class_id, code), _place(context, class_id, other_code)
    if found is None or other is None:
        return
    unit, (me, _, _, one), two = context.unit, found, other[3]
    if one is None or two is None or one.id == two.id or not (_movable(context, one) and _movable(context, two)):
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
        if giver.sealed_speaker is None and giver.speaker_id is None and _is_away(context, giver.host_id, event):
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


def _is_away(context: Context, person_id: int, event: Event) -> bool:
    return audience.away_at(context.unit, person_id, event.starts_at, event.ends_at)


def ask_who(context: Context, class_id: int, code: int) -> None:
    """The class's mentors, with the months that each has already."""
    found = _place(context, class_id, code)
    staff = context.who.staff
    if found is None or staff is None:
        return
    context.toast()
    _, term, month, event = found
    unit, zone = context.unit, context.school.zone
    has: Counter[int] = Counter(one.host_id for one in planning.places(unit, staff.school_id, term, zone) if one.own)
    now = None if event is None or event.speaker_id or event.sealed_speaker else event.host_id
    rows = []
    for person in planning.teams(unit, staff.school_id).get(class_id, ()):
        if person == now:
            continue
        name = events.name_of(unit, person)
        if event is not None and _is_away(context, person, event):
            name = context.words("rota.mentor_away", name=name)
        elif has[person]:
            name = context.words("rota.mentor_has", name=name, count=has[person])
        rows.append([context.named(name, "ewhodo", class_id, code, person)])
    rows.append([context.button("button.back", "eplace", class_id, code)])
    context.change("rota.ask_who", buttons=rows, line=Block(_line(context, month, event)))


def take_mentor(context: Context, class_id: int, code: int, person_id: int) -> None:
    """Another mentor of the class gives it; an open month gets its first good day."""
    found = _place(context, class_id, code)
    staff = context.who.staff
    if found is None or staff is None:
        return
    me, term, month, event = found
    if person_id not in planning.teams(context.unit, staff.school_id).get(class_id, ()) or not _movable(context, event):
        context.toast("help.button_gone", alert=True)
        return
    if event is not None and _is_away(context, person_id, event):
        context.toast(
            "rota.is_away",
            alert=True,
            name=events.name_of(context.unit, person_id),
            time=when(context.language, event.starts_at, context.school.zone),
        )
        return
    done = _fill(context, class_id, month, event, me, term, host_id=person_id, speaker_id=None, speaker_name="")
    _filled(context, event, done=done)
    place(context, class_id, code)


def _fill(
    context: Context,
    class_id: int,
    month: date,
    event: Event | None,
    me: int,
    term: Term,
    **who: object,
) -> bool:
    """Gives a month to somebody: changes what stands there, or makes it. False where it is too late, or no day is left."""
    unit, staff = context.unit, context.who.staff
    if event is not None:
        return changed.by_planner(unit, event, me, context.school, {"speaker"}, **who, absence_told=None)
    if staff is None:
        return False
    usual = setting_of(unit, staff.school_id, term)
    days = planning.days_in(unit, staff.school_id, term, usual, context.school.zone).get(month, ())
    host = who.get("host_id", me)
    assert isinstance(host, int)  # noqa: S101 - every caller gives a person
    for day in days:
        starts, ends = planning.span(day, usual.begins, context.school.zone)
        if not audience.away_at(unit, host, starts, ends):
            row = events.plan(
                unit,
                school_id=staff.school_id,
                kind=kinds.CLASS,
                state=EventState.PLANNED,
                host_id=host,
                starts_at=starts,
                ends_at=ends,
                actor=me,
                rota=(class_id, month),
            )
            if who.get("speaker_id") or who.get("speaker_name"):
                events.change(
                    unit, row, me, speaker_id=who.get("speaker_id"), speaker_name=who.get("speaker_name") or ""
                )
            changed.tell_new(unit, events.must(unit, row), me, context.school)
            return True
    return False


def _not_filled(event: Event | None) -> str:
    return "rota.no_day_left" if event is None else "rota.too_late"


def _filled(context: Context, event: Event | None, *, done: bool) -> None:
    """Says whether a month was given to somebody."""
    context.toast("rota.noted" if done else _not_filled(event), alert=not done)


# --- somebody else than a mentor ---


def ask_parent(context: Context, class_id: int, code: int) -> None:
    """Guardians of the class whose offer was taken up."""
    found = _place(context, class_id, code)
    if found is None:
        return
    context.toast()
    taken = [one for one in offers.of_class(context.unit, class_id) if one.state == "approved"]
    rows = [[context.named(f"{one.name} · {one.about}", "eparentdo", class_id, code, one.id)] for one in taken[:PAGE]]
    rows.append([context.button("button.back", "eplace", class_id, code)])
    context.change("rota.ask_parent" if taken else "rota.no_parent", buttons=rows)


def take_parent(context: Context, class_id: int, code: int, offer_id: int) -> None:
    """A guardian gives it; the chief mentor answers for it."""
    found = _place(context, class_id, code)
    offer = offers.one(context.unit, offer_id)
    if found is None:
        return
    me, term, month, event = found
    fits = offer is not None and offer.class_id == class_id and offer.state == "approved"
    if offer is None or not fits or not _movable(context, event):
        context.toast("help.button_gone", alert=True)
        return
    chief = _answers_for(context, class_id, me)
    done = _fill(context, class_id, month, event, me, term, host_id=chief, speaker_id=offer.person_id, speaker_name="")
    _filled(context, event, done=done)
    place(context, class_id, code)


def _answers_for(context: Context, class_id: int, me: int) -> int:
    """The class's chief mentor, whoever plans."""
    row = context.unit.execute(audience.CHIEF_OF, **{"class": class_id}).first()
    return me if row is None or row.chief_mentor_id is None else int(row.chief_mentor_id)


def ask_outside(context: Context, class_id: int, code: int) -> None:
    """The next text is the name of somebody from outside."""
    if _place(context, class_id, code) is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "eoutside", class_id, str(code))
    context.change("rota.ask_outside", buttons=[[context.button("button.back", "eplace", class_id, code)]])


def takes_outside(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The name as it was typed: families read it."""
    code = int(wanted.extra)
    found = _place(context, wanted.subject_id, code)
    if found is None:
        return False
    name = " ".join(event.text.split())
    if len(name) > LONGEST_NAME:
        context.say("rota.outside_long", most=LONGEST_NAME, count=len(name), reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    me, term, month, standing = found
    chief = _answers_for(context, wanted.subject_id, me)
    if not _movable(context, standing) or not _fill(
        context,
        wanted.subject_id,
        month,
        standing,
        me,
        term,
        host_id=chief,
        speaker_id=None,
        speaker_name=name,
    ):
        context.say(_not_filled(standing), reply_to=event.place_id)
    place(context, wanted.subject_id, code)
    return True


# --- another day ---


def ask_day(context: Context, class_id: int, code: int, page: int = 0) -> None:
    """The other days of the month on which it can be, the usual weekday first."""
    found = _place(context, class_id, code)
    staff = context.who.staff
    if found is None or staff is None:
        return
    context.toast()
    _, term, month, event = found
    if event is None or not _movable(context, event):
        place(context, class_id, code)
        return
    usual = setting_of(context.unit, staff.school_id, term)
    days = planning.days_in(context.unit, staff.school_id, term, usual, context.school.zone).get(month, ())
    now = from_ms(event.starts_at).astimezone(ZoneInfo(context.school.zone)).date()
    shown_days = [
        context.named(short_day(context.language, one), "edaydo", class_id, code, one.toordinal())
        for one in days
        if one != now
    ]
    found_days = shown_days[page * PAGE : (page + 1) * PAGE]
    rows = [found_days[at : at + 3] for at in range(0, len(found_days), 3)]
    turn = []
    if page:
        turn.append(context.button("button.earlier", "edayp", class_id, code, page - 1))
    if len(shown_days) > (page + 1) * PAGE:
        turn.append(context.button("button.more", "edayp", class_id, code, page + 1))
    rows += [turn, [context.button("button.back", "eplace", class_id, code)]]
    key = "rota.ask_day" if shown_days else "rota.no_day"
    context.change(key, buttons=rows, line=Block(_line(context, month, event)))


def take_day(context: Context, class_id: int, code: int, ordinal: int) -> None:
    """Another day of the month, at the same time of day."""
    found = _place(context, class_id, code)
    staff = context.who.staff
    if found is None or staff is None:
        return
    me, term, month, event = found
    usual = setting_of(context.unit, staff.school_id, term)
    days = planning.days_in(context.unit, staff.school_id, term, usual, context.school.zone).get(month, ())
    day = next((one for one in days if one.toordinal() == ordinal), None)
    if event is None or day is None or not _movable(context, event):
        context.toast("help.button_gone", alert=True)
        return
    starts, ends = given.moved(event, suggesting.Step(event.id, event.host_id, day), context.school.zone)
    if (
        event.speaker_id is None
        and event.sealed_speaker is None
        and audience.away_at(context.unit, event.host_id, starts, ends)
    ):
        context.toast(
            "rota.is_away",
            alert=True,
            name=events.name_of(context.unit, event.host_id),
            time=when(context.language, starts, context.school.zone),
        )
        return
    done = changed.by_planner(context.unit, event, me, context.school, {"time"}, starts_at=starts, ends_at=ends)
    _filled(context, event, done=done)
    place(context, class_id, code)


PRESSES: dict[str, Press] = {
    "eteam": Press(show, (int,)),
    "eteamok": Press(fine, (int,)),
    "eplace": Press(place, (int, int)),
    "eplacee": Press(place_of_event, (int,)),
    "eswap": Press(ask_swap, (int, int)),
    "eswapdo": Press(swap, (int, int, int, int)),
    "ewho": Press(ask_who, (int, int)),
    "ewhodo": Press(take_mentor, (int, int, int)),
    "eparent": Press(ask_parent, (int, int)),
    "eparentdo": Press(take_parent, (int, int, int)),
    "eoutside": Press(ask_outside, (int, int)),
    "eday": Press(ask_day, (int, int)),
    "edayp": Press(ask_day, (int, int, int)),
    "edaydo": Press(take_day, (int, int, int)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"eoutside": takes_outside}
