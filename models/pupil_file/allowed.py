"""As whom somebody may open a pupil's file: a guardian of today, the mentor of today, who covers for the mentor now."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models import access
from models.unit import Unit

LOOKED = "file"
"""How a look of staff is noted (texts `access.file`)."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """A member of staff with a pupil's file: for one mentorship, and nothing that was written before it.

    Who `covers` reads what a class teacher might know too: nothing of level 2, and writes nothing.
    """

    person_id: int
    pupil_id: int
    school_id: int
    mentorship_id: int
    since: int
    covers: bool = False


_GUARDIAN = text(
    "SELECT g.person_id FROM guardianship g JOIN person p ON p.id = g.person_id AND p.ended_at IS NULL"
    " JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL"
    " WHERE g.pupil_id = :pupil AND g.person_id IN :people AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " ORDER BY g.id LIMIT 1"
).bindparams(bindparam("people", expanding=True))
_KEEPER = text(
    "SELECT m.id, m.since, m.mentor_id, pu.school_id, p.id AS person_id FROM mentorship m"
    " JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " JOIN person p ON p.id IN :people AND p.ended_at IS NULL AND p.staff_number IS NOT NULL"
    " WHERE m.pupil_id = :pupil AND m.until IS NULL AND (m.mentor_id = p.id OR EXISTS"
    " (SELECT 1 FROM absence a WHERE a.mentor_id = m.mentor_id AND a.substitute_id = p.id AND a.cancelled_at IS NULL"
    " AND a.starts_at <= :now AND a.ends_at > :now)) ORDER BY m.id"
).bindparams(bindparam("people", expanding=True))


def guardian(unit: Unit, pupil_id: int, person_ids: list[int]) -> int | None:
    """Which of these people is a confirmed guardian of the pupil today."""
    if not person_ids:
        return None
    row = unit.execute(_GUARDIAN, pupil=pupil_id, people=person_ids).first()
    return None if row is None else int(row.person_id)


def keeper(unit: Unit, pupil_id: int, person_ids: list[int]) -> Keeper | None:
    """As whom of the school these people may open the file; the mentor before who covers."""
    if not person_ids:
        return None
    found = [
        Keeper(row.person_id, pupil_id, row.school_id, row.id, row.since, covers=row.person_id != row.mentor_id)
        for row in unit.execute(_KEEPER, pupil=pupil_id, people=person_ids, now=unit.now_ms)
    ]
    return min(found, key=lambda one: one.covers, default=None)


def mentor(unit: Unit, pupil_id: int, person_ids: list[int]) -> Keeper | None:
    """The same for what only the mentor may do: write, set goals, take a card."""
    found = keeper(unit, pupil_id, person_ids)
    return None if found is None or found.covers else found


def looked(unit: Unit, one: Keeper) -> None:
    """Notes that a member of staff looked at the file."""
    access.note(unit, one.person_id, one.pupil_id, LOOKED)


_GUARDIANS = text(
    "SELECT g.person_id FROM guardianship g JOIN person p ON p.id = g.person_id AND p.ended_at IS NULL"
    " WHERE g.pupil_id = :pupil AND g.until IS NULL AND g.confirmed_at IS NOT NULL ORDER BY g.id"
)


def guardians(unit: Unit, pupil_id: int) -> list[int]:
    """A pupil's confirmed guardians of today."""
    return [int(row.person_id) for row in unit.execute(_GUARDIANS, pupil=pupil_id)]
