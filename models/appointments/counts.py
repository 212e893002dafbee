"""Home visits in counts, for chief mentors and admins: by class, form, week. Nothing by mentor, nobody who declined by name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, text

from models.appointments.states import OPEN, TOOK_PLACE, Form, Says, VisitState
from models.base import as_day, to_ms
from models.checklist.coverage import WITHOUT_TERM
from models.standing import class_label
from models.unit import Unit, sql

WEEKS = 12
"""Weeks of the chart."""
BELIEVED = 3
"""A visit that ended more than so many times its planned length after its start did not: 'left' was tapped later."""


class Stands(StrEnum):
    """Where a family stands in a term. A visit that was held counts before one that was declined, both before what is open."""

    HELD = "held"
    DECLINED = "declined"
    AHEAD = "ahead"
    ARRANGING = "arranging"
    """A time was asked for, and somebody has still to agree."""
    INVITED = "invited"
    NOT_INVITED = "not_invited"


_OPEN_STANDS = {
    VisitState.PLANNED: Stands.ARRANGING,
    VisitState.INVITED: Stands.INVITED,
    VisitState.ACCEPTED: Stands.ARRANGING,
    VisitState.CONFIRMED: Stands.AHEAD,
    VisitState.IN_PROGRESS: Stands.AHEAD,
}


@dataclass(frozen=True, slots=True)
class Group:
    """A class: who leads it, and how it is called."""

    id: int
    school_id: int
    name: str
    chief_id: int | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The families of a class in a term, each counted once: `by_form` those who were met, `by` where each one stands."""

    pupils: int
    by: Counter[Stands]
    by_form: Counter[Form]
    not_reached: tuple[int, ...]
    """Pupils whose families neither had a visit nor declined."""

    @property
    def reached(self) -> int:
        """Families that had a visit, or said that they do not want one."""
        return self.by[Stands.HELD] + self.by[Stands.DECLINED]


@dataclass(frozen=True, slots=True)
class Line:
    """One visit of the export: nothing in it says whose. Of one that was declined there is only that it was.

    Minutes are of visits that took place.
    """

    class_id: int
    school_class: str
    day: date | None
    form: Form | None
    kind: str
    state: VisitState
    teachers: int | None
    minutes: int | None


_TOOK = ", ".join(f"'{one.value}'" for one in TOOK_PLACE)
_GOING = ", ".join(f"'{one.value}'" for one in OPEN)
_REACHED = (
    f"v.purpose = 'visit' AND ((v.state IN ({_TOOK}) AND v.starts_at >= :begins)"
    " OR (v.state = 'declined' AND v.ended_at >= :begins))"
)
_TERM = sql(
    "SELECT starts_on FROM term WHERE school_id = :school AND starts_on <= :day ORDER BY starts_on DESC LIMIT 1"
)
_GROUP = sql(
    "SELECT sc.id, sc.school_id, sc.grade, sc.name, c.chief_mentor_id FROM school_class sc"
    " LEFT JOIN class_team c ON c.school_class_id = sc.id AND c.until IS NULL WHERE sc.id = :class"
)
_GROUPS = sql("SELECT id, school_id, grade, name FROM school_class WHERE school_id = :school ORDER BY id")
_OF_CLASS = sql(
    "SELECT pu.id, v.state, v.form, v.starts_at FROM pupil pu LEFT JOIN visit v ON v.pupil_id = pu.id"
    f" AND (({_REACHED}) OR (v.purpose = 'visit' AND v.state IN ({_GOING})))"
    " WHERE pu.school_class_id = :class AND pu.ended_at IS NULL ORDER BY pu.id, v.id"
)
_SCHOOLS = text("SELECT id, school_id FROM school_class WHERE id IN :classes").bindparams(
    bindparam("classes", expanding=True)
)
_REACHED_OF = text(
    "SELECT pu.school_class_id AS class_id, COUNT(*) AS many FROM pupil pu WHERE pu.school_class_id IN :classes"
    f" AND pu.ended_at IS NULL AND EXISTS (SELECT 1 FROM visit v WHERE v.pupil_id = pu.id AND {_REACHED})"
    " GROUP BY pu.school_class_id"
).bindparams(bindparam("classes", expanding=True))
_NAMES = text("SELECT id, sealed_name FROM pupil WHERE id IN :pupils ORDER BY id").bindparams(
    bindparam("pupils", expanding=True)
)
_MET_SCHOOL = sql(
    f"SELECT v.form, v.starts_at FROM visit v WHERE v.school_id = :id AND v.purpose = 'visit' AND v.state IN ({_TOOK})"
    " AND v.starts_at >= :begins"
)
_MET_CLASS = sql(
    "SELECT v.form, v.starts_at FROM pupil pu JOIN visit v ON v.pupil_id = pu.id WHERE pu.school_class_id = :id"
    f" AND v.purpose = 'visit' AND v.state IN ({_TOOK}) AND v.starts_at >= :begins"
)
_LINES = sql(
    "SELECT sc.id AS class_id, v.form, v.kind, v.state, v.starts_at, v.ends_at, v.arrived_at, v.left_at,"
    " v.companion_says FROM school_class sc JOIN pupil pu ON pu.school_class_id = sc.id"
    " JOIN visit v ON v.pupil_id = pu.id WHERE sc.school_id = :school AND v.purpose = 'visit'"
    f" AND ((v.starts_at >= :begins AND v.state IN ({_TOOK}, 'confirmed', 'in_progress', 'no_show', 'cancelled'))"
    " OR (v.state = 'declined' AND v.ended_at >= :begins)) ORDER BY sc.id, v.starts_at, v.id"
)


def term_begins(unit: Unit, school_id: int, zone: str) -> date:
    """The first day of the term, in the holidays of the one before; where the school has entered none, four months ago."""
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    row = unit.execute(_TERM, school=school_id, day=today).first()
    return today - WITHOUT_TERM if row is None else as_day(row.starts_on)


def term_begins_at(unit: Unit, school_id: int, zone: str) -> int:
    """The same as a moment, milliseconds since 1970."""
    return _midnight(term_begins(unit, school_id, zone), zone)


def _midnight(day: date, zone: str) -> int:
    return to_ms(datetime.combine(day, time(), ZoneInfo(zone)))


def group(unit: Unit, class_id: int) -> Group | None:
    """A class, or nothing."""
    row = unit.execute(_GROUP, **{"class": class_id}).first()
    return None if row is None else Group(row.id, row.school_id, class_label(row.grade, row.name), row.chief_mentor_id)


def groups(unit: Unit, school_id: int) -> list[Group]:
    """The classes of a school."""
    rows = unit.execute(_GROUPS, school=school_id)
    return [Group(row.id, row.school_id, class_label(row.grade, row.name), None) for row in rows]


def coverage(unit: Unit, one: Group, zone: str) -> Coverage:
    """How the families of a class stand this term. Rights are the caller's to ask."""
    begins = term_begins_at(unit, one.school_id, zone)
    stands: dict[int, tuple[Stands, Form | None]] = {}
    order = list(Stands)
    for row in unit.execute(_OF_CLASS, begins=begins, **{"class": one.id}):
        found = _stands(row)
        known = stands.get(row.id)
        # Of two visits that were held, the later one counts: rows come in the order in which they were made.
        if known is None or order.index(found) <= order.index(known[0]):
            stands[row.id] = (found, Form(row.form) if row.form else None)
    by_form = Counter(form for one, form in stands.values() if one is Stands.HELD and form is not None)
    reached = (Stands.HELD, Stands.DECLINED)
    missing = tuple(pupil for pupil, (one, _) in stands.items() if one not in reached)
    return Coverage(len(stands), Counter(one for one, _ in stands.values()), by_form, missing)


def _stands(row: Row[Any]) -> Stands:
    if row.state is None:
        return Stands.NOT_INVITED
    state = VisitState(row.state)
    if state in TOOK_PLACE:
        return Stands.HELD
    return _OPEN_STANDS.get(state, Stands.DECLINED)


def reached(unit: Unit, class_ids: list[int], zone: str) -> dict[int, int]:
    """How many families of each of these classes were reached this term."""
    schools: dict[int, list[int]] = {}
    if class_ids:
        for row in unit.execute(_SCHOOLS, classes=class_ids):
            schools.setdefault(row.school_id, []).append(row.id)
    found: dict[int, int] = {}
    for school_id, classes in schools.items():
        begins = term_begins_at(unit, school_id, zone)
        rows = unit.execute(_REACHED_OF, classes=classes, begins=begins)
        found |= {row.class_id: row.many for row in rows}
    return found


def names(unit: Unit, pupil_ids: tuple[int, ...]) -> list[str]:
    """The names of these pupils. Rights are the caller's to ask."""
    if not pupil_ids:
        return []
    rows = unit.execute(_NAMES, pupils=list(pupil_ids))
    return [unit.vault.open("pupil", row.id, "name", row.sealed_name) for row in rows]


def weeks(unit: Unit, zone: str, *, school_id: int = 0, class_id: int = 0) -> dict[date, Counter[Form]]:
    """Visits held in each of the last weeks by form, of a class or of a school; weeks by their Mondays, none left out."""
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    first = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    found: dict[date, Counter[Form]] = {first + timedelta(days=7 * number): Counter() for number in range(WEEKS)}
    statement = _MET_CLASS if class_id else _MET_SCHOOL
    for row in unit.execute(statement, id=class_id or school_id, begins=_midnight(first, zone)):
        day = datetime.fromtimestamp(row.starts_at / 1000, ZoneInfo(zone)).date()
        week = found.get(day - timedelta(days=day.weekday()))
        if week is not None and row.form:
            week[Form(row.form)] += 1
    return found


def lines(unit: Unit, school_id: int, zone: str) -> list[Line]:
    """The visits of a school in this term, for its export: those with a time, and those that were declined."""
    place = ZoneInfo(zone)
    labels = {one.id: one.name for one in groups(unit, school_id)}
    found = []
    for row in unit.execute(_LINES, school=school_id, begins=term_begins_at(unit, school_id, zone)):
        state = VisitState(row.state)
        # The day of a no would say whose no it was to who knows whom was asked that week; nobody has to know.
        timed = state is not VisitState.DECLINED
        found.append(
            Line(
                class_id=row.class_id,
                school_class=labels[row.class_id],
                day=datetime.fromtimestamp(row.starts_at / 1000, place).date() if timed else None,
                form=Form(row.form) if row.form and timed else None,
                kind=row.kind,
                state=state,
                teachers=(2 if row.companion_says == Says.YES else 1) if timed else None,
                minutes=_minutes(row) if state in TOOK_PLACE else None,
            )
        )
    return found


def _minutes(row: Row[Any]) -> int | None:
    """From 'arrived' to 'left' where both were tapped, otherwise as planned; unknown where 'left' was remembered too late."""
    tapped = row.arrived_at is not None and row.left_at is not None
    begins, ends = (row.arrived_at, row.left_at) if tapped else (row.starts_at, row.ends_at)
    if tapped and row.left_at - row.starts_at > BELIEVED * (row.ends_at - row.starts_at):
        return None
    return max(int(ends - begins) // 60_000, 0)
