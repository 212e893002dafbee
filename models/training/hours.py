"""A mentor's course hours: trainings of the school in which the mentor said 'here', and own entries.

They are the mentor's own: nobody else gets a list by person, the school sees sums from five people up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from models.base import as_day, from_ms, new_id
from models.sums import in_steps
from models.unit import Unit, sql

KIND = "training"
"""The kind of events that counts (models/events/kinds.csv)."""
LONGEST = 60
"""Signs of what a course was."""
MOST_MINUTES = 200 * 60
MOST_OWN = 500
"""Own entries of one mentor."""
TOOK_PLACE = "e.state NOT IN ('not_held', 'cancelled')"


@dataclass(frozen=True, slots=True)
class Course:
    """One course. `event_id` is empty for an own entry, whose name is `name`."""

    id: int
    event_id: int | None
    name: str
    minutes: int
    day: date


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a school: trainings that were held, and of so many people together so many minutes; nothing below five."""

    held: int
    people: int
    minutes: int


_WHO = sql(
    "SELECT p.id, e.starts_at, e.ends_at, s.zone FROM event e JOIN school s ON s.id = e.school_id JOIN person p"
    " ON p.account_id = :account AND p.school_id = e.school_id AND p.staff_number IS NOT NULL AND p.ended_at IS NULL"
    " WHERE e.id = :event AND e.kind = :kind ORDER BY p.id LIMIT 1"
)
_PUT = sql(
    "INSERT INTO training_hours (id, person_id, event_id, minutes, day, sealed_name, at)"
    " VALUES (:id, :person, :event, :minutes, :day, :name, :now) ON CONFLICT (person_id, event_id)"
    # Signed in again, after it was moved or made longer: as it is now.
    " DO UPDATE SET minutes = excluded.minutes, day = excluded.day"
)
_OF = (
    "SELECT h.id, h.event_id, h.minutes, h.day, h.sealed_name FROM training_hours h LEFT JOIN event e ON e.id = h.event_id"
    f" WHERE h.person_id = :person AND (h.event_id IS NULL OR {TOOK_PLACE})"
)
_ALL = sql(f"{_OF} AND h.day >= :since AND h.day <= :until ORDER BY h.day DESC, h.id DESC")
_OWN = sql(f"{_OF} AND h.id = :id AND h.event_id IS NULL")
_COUNT = sql("SELECT COUNT(*) AS many FROM training_hours WHERE person_id = :person AND event_id IS NULL")
_CHANGE = sql(
    "UPDATE training_hours SET minutes = :minutes, day = :day, sealed_name = :name"
    " WHERE id = :id AND person_id = :person AND event_id IS NULL"
)
_REMOVE = sql("DELETE FROM training_hours WHERE id = :id AND person_id = :person AND event_id IS NULL")
_HELD = sql(
    f"SELECT COUNT(*) AS many FROM event e WHERE e.school_id = :school AND e.kind = :kind AND {TOOK_PLACE}"
    " AND e.starts_at >= :since AND e.ends_at < :now"
)
_CREDITED = sql(
    "SELECT h.person_id, h.minutes FROM training_hours h JOIN event e ON e.id = h.event_id WHERE e.school_id = :school"
    f" AND {TOOK_PLACE} AND e.starts_at >= :since AND e.ends_at < :now ORDER BY h.id"
)


def credit(unit: Unit, event_id: int, account_id: int) -> None:
    """Somebody has signed in to an event: where it is a training and that is a member of its school's staff, the hours are
    that person's, once."""
    row = unit.execute(_WHO, event=event_id, account=account_id, kind=KIND).first()
    if row is None:
        return
    unit.write(
        _PUT,
        id=new_id(),
        person=row.id,
        event=event_id,
        minutes=max((row.ends_at - row.starts_at) // 60_000, 1),
        day=from_ms(row.starts_at).astimezone(ZoneInfo(row.zone)).date(),
        name=None,
        now=unit.now_ms,
    )


def _course(unit: Unit, row: Row[Any]) -> Course:
    kept = row.sealed_name
    name = "" if kept is None else unit.vault.open("training_hours", row.id, "name", bytes(kept))
    return Course(row.id, row.event_id, name, row.minutes, as_day(row.day))


def of_person(unit: Unit, person_id: int, since: date, until: date) -> list[Course]:
    """Somebody's courses from a day to another, the latest first. For that person alone."""
    return [_course(unit, row) for row in unit.execute(_ALL, person=person_id, since=since, until=until).all()]


def minutes_of(unit: Unit, person_id: int, since: date, until: date) -> int:
    """Their minutes together."""
    return sum(one.minutes for one in of_person(unit, person_id, since, until))


def own(unit: Unit, course_id: int, person_id: int) -> Course | None:
    """An own entry."""
    row = unit.execute(_OWN, id=course_id, person=person_id).first()
    return None if row is None else _course(unit, row)


def add(unit: Unit, person_id: int, name: str, minutes: int, day: date) -> int | None:
    """A course elsewhere, as the mentor says; nothing where there are too many already. Raises ValueError."""
    _check(name, minutes)
    if unit.execute(_COUNT, person=person_id).one().many >= MOST_OWN:
        return None
    row = new_id()
    kept = unit.vault.seal("training_hours", row, "name", name)
    unit.write(_PUT, id=row, person=person_id, event=None, minutes=minutes, day=day, name=kept, now=unit.now_ms)
    return row


def change(unit: Unit, course_id: int, person_id: int, name: str, minutes: int, day: date) -> bool:
    """Puts an own entry right. Raises ValueError."""
    _check(name, minutes)
    kept = unit.vault.seal("training_hours", course_id, "name", name)
    return unit.write(_CHANGE, id=course_id, person=person_id, minutes=minutes, day=day, name=kept) == 1


def _check(name: str, minutes: int) -> None:
    if not name or len(name) > LONGEST or not 0 < minutes <= MOST_MINUTES:
        raise ValueError((name, minutes))


def remove(unit: Unit, course_id: int, person_id: int) -> bool:
    """Removes an own entry."""
    return unit.write(_REMOVE, id=course_id, person=person_id) == 1


def of_school(unit: Unit, school_id: int, since_ms: int) -> Sums:
    """Trainings held since then, and the hours of the first five, ten … people together: what one of them did is never
    learnt from the difference. Own entries are nobody else's. Rights are the caller's to ask."""
    rows = unit.execute(_CREDITED, school=school_id, since=since_ms, now=unit.now_ms).all()
    shown = in_steps(rows, lambda row: row.person_id)
    held = unit.execute(_HELD, school=school_id, since=since_ms, now=unit.now_ms, kind=KIND).one().many
    return Sums(int(held), len({row.person_id for row in shown}), sum(row.minutes for row in shown))


_TERM = sql("SELECT starts_on, ends_on FROM term WHERE school_id = :school AND starts_on <= :today ORDER BY starts_on")


def term_of(unit: Unit, school_id: int, today: date) -> tuple[date, date]:
    """The first and last day of the term that began last; without any, half a year to today."""
    rows = unit.execute(_TERM, school=school_id, today=today).all()
    if not rows:
        return today - timedelta(days=183), today
    return as_day(rows[-1].starts_on), max(as_day(rows[-1].ends_on), today)
