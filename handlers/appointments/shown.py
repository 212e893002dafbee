"""What all texts of appointments share: words for times and forms, and how people who did not just speak are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers import say
from handlers.context import SchoolSettings
from handlers.texts import moment, render, words
from models.appointments import visits
from models.appointments.states import HOLDING, OUTSIDE, Form, Purpose, Reply, Says
from models.appointments.tables import Visit
from models.appointments.visits import Guest
from models.base import from_ms, to_ms
from models.calendar import calendar_of
from models.hours import opens_at, quiet_until
from models.queues import Lane
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


def when(language: str, at: int, zone: str) -> str:
    """A moment with weekday, date and time, written out."""
    return moment(language, from_ms(at), zone)


def form_word(language: str, form: str | None) -> str:
    """At home, at school …; an empty text where it is not chosen yet."""
    return words(language, f"visit.form_{Form(form).value}") if form else ""


def title(language: str, visit: Visit) -> str:
    """What it is called: a home visit whatever its form, or a talk at school."""
    return words(language, f"visit.purpose_{Purpose(visit.purpose).value}")


# --- who takes part ---

_TEACHER = sql(
    "SELECT p.school_id, p.hours_from, p.hours_to, COALESCE((SELECT ab.substitute_id FROM absence ab"
    " WHERE ab.mentor_id = p.id AND ab.cancelled_at IS NULL AND ab.starts_at <= :now AND ab.ends_at > :now"
    " ORDER BY ab.id LIMIT 1), p.id) AS acts FROM person p WHERE p.id = :person"
)
_HOURS = sql("SELECT school_id, hours_from, hours_to FROM person WHERE id = :person")


def teacher(unit: Unit, person_id: int) -> Teacher:
    """Somebody of the staff."""
    row = unit.execute(_HOURS, person=person_id).one()
    return Teacher(person_id, reach_of(unit, person_id), (row.hours_from, row.hours_to), row.school_id)


def mentor_of(unit: Unit, visit: Visit) -> Teacher:
    """Who acts as the mentor now: the mentor, or who covers."""
    return teacher(unit, unit.execute(_TEACHER, person=visit.mentor_id, now=unit.now_ms).one().acts)


def companion_of(unit: Unit, visit: Visit, *, agreed: bool = True) -> Teacher | None:
    """The second teacher who has agreed (or was asked, where `agreed` is False)."""
    if visit.companion_id is None:
        return None
    # While a confirmed visit is to move, the second teacher is asked about the new time and stays bound to the old one.
    bound = visit.state in HOLDING and visit.form in OUTSIDE
    if agreed and visit.companion_says != Says.YES and not bound:
        return None
    return teacher(unit, visit.companion_id)


def teachers(unit: Unit, visit: Visit) -> list[Teacher]:
    """The teachers who take part, the mentor (or who covers) first."""
    companion = companion_of(unit, visit)
    return [mentor_of(unit, visit), *([companion] if companion is not None else [])]


def attending(unit: Unit, visit_id: int) -> list[Guest]:
    """The guardians who come."""
    return [one for one in visits.guests(unit, visit_id) if one.reply in (Reply.HOST, Reply.JOINED)]


# --- telling them ---


def button(unit: Unit, reach: Reach, key: str, action: str, *args: int | str, **values: Any) -> say.Button:
    """A button for somebody else's message, with a text of the catalogue."""
    return named(unit, reach, words(reach.language, key, **values), action, *args)


def named(unit: Unit, reach: Reach, text: str, action: str, *args: int | str) -> say.Button:
    """A button for somebody else's message that is called after something."""
    return say.Button(text[:60], say.sign(unit.vault, reach.bot_id, reach.user_id, action, *args))


def guardian_hears(unit: Unit, guest: Guest, zone: str) -> int | None:
    """When this guardian's quiet hours end (ms since 1970); nothing outside them."""
    until = quiet_until(zone, guest.quiet, unit.now)
    return None if until is None else to_ms(until)


def teacher_hears(unit: Unit, one: Teacher, school: SchoolSettings) -> int | None:
    """When this teacher's working hours begin (ms since 1970); nothing while they last, or where hours are not kept."""
    if not school.keep_hours:
        return None
    opens = opens_at(calendar_of(unit, one.school_id, school.zone), one.hours, unit.now)
    return None if opens is None else to_ms(opens)


def tell(
    unit: Unit,
    reach: Reach,
    key: str,
    *,
    dedupe_key: str | None,
    due_at: int | None = None,
    useful_until: int | None = None,
    buttons: say.Rows = (),
    **values: Any,
) -> None:
    """Tells somebody who did not ask. With a dedupe key `visit:<id>:…` it is withdrawn once it is no longer true."""
    unit.queue(
        bot_id=reach.bot_id,
        chat_id=reach.user_id,
        kind=say.TEXT,
        lane=Lane.REMINDER,
        payload=say.text(render(reach.language, key, **values), buttons=buttons),
        dedupe_key=dedupe_key,
        due_at=due_at,
        useful_until=useful_until,
    )


def tell_guests(
    unit: Unit,
    guests: Sequence[Guest],
    school: SchoolSettings,
    key: str,
    visit: Visit,
    what: str,
    *,
    actions: Sequence[tuple[str, str]] = (),
    **values: Any,
) -> None:
    """Tells guardians, each in the own language and out of quiet hours, once for this change (`what`, the sequence).

    `actions` are buttons as (text, action); each carries the visit.
    """
    for guest in guests:
        if guest.reach is None:
            continue
        rows = [[button(unit, guest.reach, text, action, visit.id)] for text, action in actions]
        tell(
            unit,
            guest.reach,
            key,
            dedupe_key=f"visit:{visit.id}:{visit.sequence}.{visit.version}:{what}:{guest.guardian_id}",
            due_at=guardian_hears(unit, guest, school.zone),
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
    at_once: bool = False,
    **values: Any,
) -> None:
    """Tells a teacher, within working hours unless it is for `at_once`; otherwise like `tell_guests`."""
    if one is None or one.reach is None:
        return
    rows = [[button(unit, one.reach, text, action, visit.id)] for text, action in actions]
    tell(
        unit,
        one.reach,
        key,
        dedupe_key=f"visit:{visit.id}:{visit.sequence}.{visit.version}:{what}:{one.person_id}",
        due_at=None if at_once else teacher_hears(unit, one, school),
        buttons=rows,
        **values_for(one.reach.language, visit, school, values),
    )


def values_for(language: str, visit: Visit, school: SchoolSettings, more: dict[str, Any]) -> dict[str, Any]:
    """What the texts of an appointment may name, beside `more`: its title, time (confirmed or asked for) and form.

    Of `more`, a value that is a function of the language is asked for its words.
    """
    at = visit.starts_at if visit.starts_at is not None else visit.wish_at
    found = {
        "what": title(language, visit),
        "time": when(language, at, school.zone) if at is not None else "",
        "form": form_word(language, visit.form or visit.wish_form),
    }
    return found | {name: value(language) if callable(value) else value for name, value in more.items()}
