"""A month of a class's rota: another mentor, a parent, somebody from outside, another day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from handlers.context import Context, Press
from handlers.digest import short_day
from handlers.events import changed, given
from handlers.events.rota import setting_of
from handlers.events.team_rota import is_away, line_of, movable, place, place_at
from handlers.incoming import Wrote
from handlers.telling import when
from handlers.texts import Block
from models.base import from_ms
from models.duties import forms
from models.duties.forms import Asked
from models.events import audience, events, kinds, offers, planning, suggesting
from models.events.planning import Term
from models.events.states import EventState
from models.events.tables import Event

PAGE = 12
LONGEST_NAME = 40
"""Characters of the name of somebody from outside."""


def ask_who(context: Context, class_id: int, code: int) -> None:
    """The class's mentors, with the months that each has already."""
    found = place_at(context, class_id, code)
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
        if event is not None and is_away(context, person, event):
            name = context.words("rota.mentor_away", name=name)
        elif has[person]:
            name = context.words("rota.mentor_has", name=name, count=has[person])
        rows.append([context.named(name, "ewhodo", class_id, code, person)])
    rows.append([context.button("button.back", "eplace", class_id, code)])
    context.change("rota.ask_who", buttons=rows, line=Block(line_of(context, month, event)))


def take_mentor(context: Context, class_id: int, code: int, person_id: int) -> None:
    """Another mentor of the class gives it; an open month gets its first good day."""
    found = place_at(context, class_id, code)
    staff = context.who.staff
    if found is None or staff is None:
        return
    me, term, month, event = found
    if person_id not in planning.teams(context.unit, staff.school_id).get(class_id, ()) or not movable(context, event):
        context.toast("help.button_gone", alert=True)
        return
    if event is not None and is_away(context, person_id, event):
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
    found = place_at(context, class_id, code)
    if found is None:
        return
    context.toast()
    taken = [one for one in offers.of_class(context.unit, class_id) if one.state == "approved"]
    rows = [[context.named(f"{one.name} · {one.about}", "eparentdo", class_id, code, one.id)] for one in taken[:PAGE]]
    rows.append([context.button("button.back", "eplace", class_id, code)])
    context.change("rota.ask_parent" if taken else "rota.no_parent", buttons=rows)


def take_parent(context: Context, class_id: int, code: int, offer_id: int) -> None:
    """A guardian gives it; the chief mentor answers for it."""
    found = place_at(context, class_id, code)
    offer = offers.one(context.unit, offer_id)
    if found is None:
        return
    me, term, month, event = found
    fits = offer is not None and offer.class_id == class_id and offer.state == "approved"
    if offer is None or not fits or not movable(context, event):
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
    if place_at(context, class_id, code) is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "eoutside", class_id, str(code))
    context.change("rota.ask_outside", buttons=[[context.button("button.back", "eplace", class_id, code)]])


def takes_outside(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The name as it was typed: families read it."""
    code = int(wanted.extra)
    found = place_at(context, wanted.subject_id, code)
    if found is None:
        return False
    name = " ".join(event.text.split())
    if len(name) > LONGEST_NAME:
        context.say("rota.outside_long", most=LONGEST_NAME, count=len(name), reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    me, term, month, standing = found
    chief = _answers_for(context, wanted.subject_id, me)
    if not movable(context, standing) or not _fill(
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
    found = place_at(context, class_id, code)
    staff = context.who.staff
    if found is None or staff is None:
        return
    context.toast()
    _, term, month, event = found
    if event is None or not movable(context, event):
        place(context, class_id, code)
        return
    usual = setting_of(context.unit, staff.school_id, term)
    days = planning.days_in(context.unit, staff.school_id, term, usual, context.school.zone).get(month, ())
    now = from_ms(event.starts_at).astimezone(ZoneInfo(context.school.zone)).date()
    shown_days = [
        context.named(_day(context, one), "edaydo", class_id, code, one.toordinal())
        for one in sorted(days)
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
    context.change(key, buttons=rows, line=Block(line_of(context, month, event)))


def _day(context: Context, day: date) -> str:
    """A day with its weekday."""
    return f"{short_day(context.language, day)} {context.words(f'rota.weekday_{day.weekday()}')}"


def take_day(context: Context, class_id: int, code: int, ordinal: int) -> None:
    """Another day of the month, at the same time of day."""
    found = place_at(context, class_id, code)
    staff = context.who.staff
    if found is None or staff is None:
        return
    me, term, month, event = found
    usual = setting_of(context.unit, staff.school_id, term)
    days = planning.days_in(context.unit, staff.school_id, term, usual, context.school.zone).get(month, ())
    day = next((one for one in days if one.toordinal() == ordinal), None)
    if event is None or day is None or not movable(context, event):
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
