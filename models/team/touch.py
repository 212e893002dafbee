"""日碰头: 'nothing today' or a note to the team, before an hour; a summary for the chief mentor; kept for a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from models.base import as_day, new_id
from models.unit import Unit, sql

KEPT_DAYS = 7
HOURS = (945, 990, 1050)
"""Hours to choose from, in minutes after midnight: 15:45, 16:30, 17:30."""
AHEAD = 60
"""Minutes before the hour at which those are asked who have said nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said on a day; an empty note means 'nothing today'."""

    person_id: int
    day: date
    note: str


@dataclass(frozen=True, slots=True)
class Hour:
    """A class with a daily touch."""

    class_id: int
    school_id: int
    chief_id: int | None
    minute: int


_PUT = sql(
    "INSERT INTO daily_touch (id, school_class_id, person_id, day, sealed_note, at)"
    " VALUES (:id, :class, :person, :day, :note, :now)"
    " ON CONFLICT (school_class_id, person_id, day) DO NOTHING"
)
_ROW = sql("SELECT id FROM daily_touch WHERE school_class_id = :class AND person_id = :person AND day = :day")
_CHANGE = sql("UPDATE daily_touch SET sealed_note = :note, at = :now WHERE id = :id")
_SAID = sql(
    "SELECT id, person_id, day, sealed_note FROM daily_touch WHERE school_class_id = :class AND day >= :since ORDER BY day, id"
)
_HOURS = sql(
    "SELECT h.school_class_id, h.minute, sc.school_id, c.chief_mentor_id FROM touch_hour h"
    " JOIN school_class sc ON sc.id = h.school_class_id"
    " LEFT JOIN class_team c ON c.school_class_id = sc.id AND c.until IS NULL"
    " WHERE h.minute <= :minute AND NOT EXISTS"
    " (SELECT 1 FROM touch_digest d WHERE d.school_class_id = h.school_class_id AND d.day = :day) ORDER BY sc.id"
)
_HOUR = sql("SELECT minute FROM touch_hour WHERE school_class_id = :class")
_SET = sql(
    "INSERT INTO touch_hour (school_class_id, minute, person_id) VALUES (:class, :minute, :person)"
    " ON CONFLICT (school_class_id) DO UPDATE SET minute = :minute, person_id = :person"
)
_OFF = sql("DELETE FROM touch_hour WHERE school_class_id = :class")
_CLAIM = sql(
    "INSERT INTO touch_digest (id, school_class_id, day, state, at) VALUES (:id, :class, :day, :state, :now)"
    " ON CONFLICT (school_class_id, day) DO NOTHING"
)
_FORGET = (
    sql("DELETE FROM daily_touch WHERE day < :before"),
    sql("DELETE FROM touch_digest WHERE day < :before"),
)


def say(unit: Unit, class_id: int, person_id: int, day: date, note: str) -> None:
    """Notes what somebody said today, in place of what was said before."""
    values = {"class": class_id, "person": person_id, "day": day}
    row_id = new_id()
    sealed = unit.vault.seal("daily_touch", row_id, "note", note) if note else None
    if unit.write(_PUT, id=row_id, note=sealed, now=unit.now_ms, **values) == 1:
        return
    known = unit.execute(_ROW, **values).one().id
    sealed = unit.vault.seal("daily_touch", known, "note", note) if note else None
    unit.write(_CHANGE, id=known, note=sealed, now=unit.now_ms)


def said(unit: Unit, class_id: int, since: date) -> list[Said]:
    """What the team said since a day, the oldest first."""
    found = []
    for row in unit.execute(_SAID, since=since, **{"class": class_id}):
        note = "" if row.sealed_note is None else unit.vault.open("daily_touch", row.id, "note", bytes(row.sealed_note))
        found.append(Said(row.person_id, as_day(row.day), note))
    return found


def hour(unit: Unit, class_id: int) -> int | None:
    """When the class's touch ends, minutes after midnight; nothing where it is off."""
    row = unit.execute(_HOUR, **{"class": class_id}).first()
    return None if row is None else int(row.minute)


def set_hour(unit: Unit, class_id: int, minute: int | None, person_id: int) -> None:
    """Switches it on or off."""
    if minute is None:
        unit.write(_OFF, **{"class": class_id})
    else:
        unit.write(_SET, minute=minute, person=person_id, **{"class": class_id})


def open_today(unit: Unit, day: date, minute: int) -> list[Hour]:
    """The classes whose touch ends by then today, and for which no summary was made yet."""
    rows = unit.execute(_HOURS, day=day, minute=minute)
    return [Hour(row.school_class_id, row.school_id, row.chief_mentor_id, row.minute) for row in rows]


def claim(unit: Unit, class_id: int, day: date, state: str) -> bool:
    """True for the one who makes the class's summary of a day."""
    return unit.write(_CLAIM, id=new_id(), day=day, state=state, now=unit.now_ms, **{"class": class_id}) == 1


def forget(unit: Unit, today: date) -> None:
    """What is older than a week goes."""
    for statement in _FORGET:
        unit.write(statement, before=today - timedelta(days=KEPT_DAYS))
