"""What all texts of appointments share: words for times and forms, and how people who did not just speak are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers import telling
from handlers.context import SchoolSettings
from handlers.texts import words
from models.appointments import party, visits
from models.appointments.states import Form, Purpose, Reply
from models.appointments.tables import Visit
from models.appointments.visits import Guest
from models.base import to_ms
from models.calendar import calendar_of
from models.hours import opens_at, quiet_until
from models.safeguarding.cases import reach_of
from models.standing import Reach
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher who takes part: how reached (not at all where empty), and working hours."""

    person_id: int
    reach: Reach | None
    hours: tuple[int, int]
    school_id: int


def form_word(language: str, form: str | None) -> str:
    """At home, at school …; an empty text where it is not chosen yet."""
    return words(language, f"visit.form_{Form(form).value}") if form else ""


def title(language: str, visit: Visit) -> str:
    """What it is called: a home visit whatever its form, or a talk at school."""
    return words(language, f"visit.purpose_{Purpose(visit.purpose).value}")


def heading(language: str, visit: Visit) -> str:
    """The same at the beginning of a sentence, a title, a file's name."""
    return words(language, f"visit.heading_{Purpose(visit.purpose).value}")


# --- who takes part ---

_HOURS = sql("SELECT school_id, hours_from, hours_to FROM person WHERE id = :person")


def teacher(unit: Unit, person_id: int) -> Teacher:
    """Somebody of the staff."""
    row = unit.execute(_HOURS, person=person_id).one()
    return Teacher(person_id, reach_of(unit, person_id), (row.hours_from, row.hours_to), row.school_id)


def mentor_of(unit: Unit, visit: Visit) -> Teacher:
    """Who acts as the mentor now: the mentor, or who covers. For what has to be decided."""
    return teacher(unit, party.acts(unit, visit))


def asked_companion(unit: Unit, visit: Visit) -> Teacher | None:
    """The second teacher who was named or asked, whether or not that one comes."""
    return None if visit.companion_id is None else teacher(unit, visit.companion_id)


def teachers(unit: Unit, visit: Visit) -> list[Teacher]:
    """The teachers who come: who acts as the mentor at the time of the visit, then the second teacher."""
    return [teacher(unit, one) for one in party.teachers(unit, visit, visit.starts_at or visit.wish_at)]


def attending(unit: Unit, visit_id: int) -> list[Guest]:
    """The guardians who come."""
    return [one for one in visits.guests(unit, visit_id) if one.reply in (Reply.HOST, Reply.JOINED)]


# --- telling them ---


WAY = 7_200_000
"""Milliseconds before an appointment by which everybody has to know what has changed: at once, if hours would be later."""


def guardian_hears(unit: Unit, guest: Guest, zone: str, before: int | None = None) -> int | None:
    """When this guardian's quiet hours end (ms since 1970); nothing outside them, or where that would be too late for an
    appointment at `before`."""
    until = quiet_until(zone, guest.quiet, unit.now)
    return _in_time(unit, None if until is None else to_ms(until), before)


def _in_time(unit: Unit, hears: int | None, before: int | None) -> int | None:
    late = hears is not None and before is not None and unit.now_ms < before < hears + WAY
    return None if late else hears


def soonest(unit: Unit, visit: Visit, *more: int | None) -> int | None:
    """The next of the times that somebody may set out for: the confirmed one, the one asked for, and those of before."""
    ahead = [one for one in (visit.starts_at, visit.wish_at, *more) if one is not None and one > unit.now_ms]
    return min(ahead, default=None)


def teacher_hears(unit: Unit, one: Teacher, school: SchoolSettings, before: int | None = None) -> int | None:
    """When this teacher's working hours begin (ms since 1970); nothing while they last, where hours are not kept, or where
    that would be too late for an appointment at `before`."""
    if not school.keep_hours:
        return None
    opens = opens_at(calendar_of(unit, one.school_id, school.zone), one.hours, unit.now)
    return _in_time(unit, None if opens is None else to_ms(opens), before)


def tell_guests(
    unit: Unit,
    guests: Sequence[Guest],
    school: SchoolSettings,
    key: str,
    visit: Visit,
    what: str,
    *,
    actions: Sequence[tuple[str, str]] = (),
    before: int | None = None,
    **values: Any,
) -> None:
    """Tells guardians, each in the own language and out of quiet hours, once for this change (`what`, the sequence).

    `actions` are buttons as (text, action); each carries the visit. `before`: a time that no longer holds.
    """
    for guest in guests:
        if guest.reach is None:
            continue
        rows = [[telling.button(unit, guest.reach, text, action, visit.id)] for text, action in actions]
        telling.tell(
            unit,
            guest.reach,
            key,
            dedupe_key=f"visit:{visit.id}:{visit.sequence}.{visit.version}:{what}:{guest.guardian_id}",
            due_at=guardian_hears(unit, guest, school.zone, soonest(unit, visit, before)),
            buttons=rows,
            **values_for(guest.reach.language, visit, school, values),
        )


def tell_teacher(
    unit: Unit,
    one: Teacher | None,
    school: SchoolSettings,
    key: str,
    visit: Visit,
    what: str,
    *,
    actions: Sequence[tuple[str, str]] = (),
    before: int | None = None,
    at_once: bool = False,
    **values: Any,
) -> None:
    """Tells a teacher, within working hours unless that were too late (or it is for `at_once`); else like `tell_guests`."""
    if one is None or one.reach is None:
        return
    rows = [[telling.button(unit, one.reach, text, action, visit.id)] for text, action in actions]
    telling.tell(
        unit,
        one.reach,
        key,
        dedupe_key=f"visit:{visit.id}:{visit.sequence}.{visit.version}:{what}:{one.person_id}",
        due_at=None if at_once else teacher_hears(unit, one, school, soonest(unit, visit, before)),
        buttons=rows,
        **values_for(one.reach.language, visit, school, values),
    )


def values_for(language: str, visit: Visit, school: SchoolSettings, more: dict[str, Any]) -> dict[str, Any]:
    """What the texts of an appointment may name, beside `more`: its title (`heading` at the beginning of
    a sentence), time (confirmed or asked for) and form.

    Of `more`, a value that is a function of the language is asked for its words.
    """
    at = visit.starts_at if visit.starts_at is not None else visit.wish_at
    found = {
        "what": title(language, visit),
        "heading": heading(language, visit),
        "time": telling.when(language, at, school.zone) if at is not None else "",
        "form": form_word(language, visits.form_now(visit)),
    }
    return found | {name: value(language) if callable(value) else value for name, value in more.items()}
