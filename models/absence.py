"""Absences: a mentor is away and a substitute answers; access begins and ends with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.appointments import availability
from models.base import new_id
from models.people import Absence
from models.unit import Unit, sql


class AbsenceFault(Exception):
    """It cannot be set like that; the message is a text's key."""


@dataclass(frozen=True, slots=True)
class Away:
    """An absence with names. Times in milliseconds since 1970."""

    id: int
    mentor_id: int
    mentor_name: str
    substitute_id: int
    substitute_name: str
    starts_at: int
    ends_at: int


_COLUMNS = (
    "SELECT a.id, a.mentor_id, a.substitute_id, a.starts_at, a.ends_at, m.sealed_name AS m_name, s.sealed_name AS s_name"
    " FROM absence a JOIN person m ON m.id = a.mentor_id JOIN person s ON s.id = a.substitute_id"
)
_NOW = "cancelled_at IS NULL AND starts_at <= :now AND ends_at > :now"
_AWAY_NOW = sql(f"SELECT 1 FROM absence WHERE mentor_id = :person AND {_NOW}")
_COVERED_NOW = sql(
    f"SELECT DISTINCT mentor_id FROM absence WHERE substitute_id = :person AND {_NOW} ORDER BY mentor_id"
)
_OVERLAP = sql(
    "SELECT 1 FROM absence WHERE cancelled_at IS NULL AND starts_at < :ends AND ends_at > :starts AND mentor_id = :person"
)
_OF = text(
    f"{_COLUMNS} WHERE a.cancelled_at IS NULL AND a.ends_at > :now AND a.mentor_id IN :people ORDER BY a.starts_at"
).bindparams(bindparam("people", expanding=True))
_ONE = sql(f"{_COLUMNS} WHERE a.id = :id")
_STARTING = sql(
    f"{_COLUMNS} WHERE a.cancelled_at IS NULL AND NOT a.started_told AND a.starts_at <= :now AND a.ends_at > :now ORDER BY a.id"
)
_ENDING = sql(f"{_COLUMNS} WHERE NOT a.ended_told AND (a.ends_at <= :now OR a.cancelled_at IS NOT NULL) ORDER BY a.id")
_STARTED = sql("UPDATE absence SET started_told = :yes WHERE id = :id AND NOT started_told")
_ENDED = sql("UPDATE absence SET ended_told = :yes WHERE id = :id AND NOT ended_told")
_CANCEL = sql("UPDATE absence SET cancelled_at = :now WHERE id = :id AND cancelled_at IS NULL AND ends_at > :now")
_WHOSE = sql("SELECT mentor_id FROM absence WHERE id = :id")
_CANDIDATES = sql(
    "SELECT p.id, p.sealed_name, CASE WHEN EXISTS (SELECT 1 FROM mentorship a JOIN pupil x ON x.id = a.pupil_id"
    " JOIN pupil y ON y.school_class_id = x.school_class_id JOIN mentorship b ON b.pupil_id = y.id"
    " WHERE a.mentor_id = :mentor AND a.until IS NULL AND b.mentor_id = p.id AND b.until IS NULL) THEN 0 ELSE 1 END AS far"
    " FROM person p WHERE p.school_id = :school AND p.staff_number IS NOT NULL AND p.ended_at IS NULL"
    " AND p.account_id IS NOT NULL AND p.id <> :mentor ORDER BY 3, p.id"
)
_ACTIVE = sql(
    "SELECT COUNT(DISTINCT t.id) AS threads FROM message m JOIN thread t ON t.id = m.thread_id"
    " WHERE t.mentor_id = :mentor AND m.written_at >= :starts AND m.written_at < :ends"
)


def _away(unit: Unit, r: Row[Any]) -> Away:
    return Away(
        r.id,
        r.mentor_id,
        unit.vault.open("person", r.mentor_id, "name", r.m_name),
        r.substitute_id,
        unit.vault.open("person", r.substitute_id, "name", r.s_name),
        r.starts_at,
        r.ends_at,
    )


def put(unit: Unit, mentor_id: int, substitute_id: int, starts_at: int, ends_at: int, set_by: int) -> int:
    """Sets an absence. Raises AbsenceFault: over already, overlapping, or the substitute is away or covered by this one."""
    if ends_at <= unit.now_ms or ends_at <= starts_at:
        raise AbsenceFault("away.over")
    if substitute_id == mentor_id:
        raise AbsenceFault("away.self")
    if unit.execute(_OVERLAP, person=mentor_id, starts=starts_at, ends=ends_at).first():
        raise AbsenceFault("away.overlaps")
    if unit.execute(_OVERLAP, person=substitute_id, starts=starts_at, ends=ends_at).first():
        raise AbsenceFault("away.substitute_away")
    fresh = Absence(
        id=new_id(),
        mentor_id=mentor_id,
        substitute_id=substitute_id,
        starts_at=starts_at,
        ends_at=ends_at,
        set_by=set_by,
    )
    unit.session.add(fresh)
    unit.session.flush()
    return fresh.id


def of_mentors(unit: Unit, people: list[int]) -> list[Away]:
    """The absences of these people that last or are to come."""
    if not people:
        return []
    return [_away(unit, row) for row in unit.execute(_OF, people=people, now=unit.now_ms)]


def in_charge(unit: Unit, person_id: int) -> list[int]:
    """The mentors whose work is this person's today: itself where it is not away, and those for whom it covers."""
    covers = [row.mentor_id for row in unit.execute(_COVERED_NOW, person=person_id, now=unit.now_ms)]
    return covers if unit.execute(_AWAY_NOW, person=person_id, now=unit.now_ms).first() else [person_id, *covers]


def one(unit: Unit, absence_id: int) -> Away | None:
    """An absence."""
    row = unit.execute(_ONE, id=absence_id).first()
    return None if row is None else _away(unit, row)


def end(unit: Unit, absence_id: int) -> bool:
    """Ends it now; who waits for a time of this teacher's is looked after. False where it had ended."""
    if unit.write(_CANCEL, id=absence_id, now=unit.now_ms) != 1:
        return False
    availability.look(unit, unit.execute(_WHOSE, id=absence_id).one().mentor_id)
    return True


def candidates(unit: Unit, mentor_id: int, school_id: int) -> list[tuple[int, str]]:
    """Who could answer for a mentor: staff of the school who have joined, those of the same class first."""
    rows = unit.execute(_CANDIDATES, mentor=mentor_id, school=school_id)
    return [(row.id, unit.vault.open("person", row.id, "name", row.sealed_name)) for row in rows]


def starting(unit: Unit) -> list[Away]:
    """Absences that have begun and of which nobody was told; each once."""
    rows = unit.execute(_STARTING, now=unit.now_ms).all()
    return [_away(unit, row) for row in rows if unit.write(_STARTED, id=row.id, yes=True) == 1]


def ending(unit: Unit) -> list[Away]:
    """Absences that are over and of whose end nobody was told; each once."""
    rows = unit.execute(_ENDING, now=unit.now_ms).all()
    return [_away(unit, row) for row in rows if unit.write(_ENDED, id=row.id, yes=True) == 1]


def active_threads(unit: Unit, away: Away) -> int:
    """In how many threads something was written meanwhile."""
    return int(
        unit.execute(_ACTIVE, mentor=away.mentor_id, starts=away.starts_at, ends=min(away.ends_at, unit.now_ms))
        .one()
        .threads
    )
