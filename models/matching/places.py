"""Who has a free place for a pupil within the year."""

from __future__ import annotations

from dataclasses import dataclass

from models.matching.requests import Request
from models.unit import Unit, sql

_FREE_MENTORS = sql(
    "SELECT p.id, p.sealed_name, p.subject FROM person p JOIN role ro ON ro.person_id = p.id AND ro.kind = 'mentor'"
    " AND ro.until IS NULL WHERE p.school_id = :school AND p.ended_at IS NULL AND p.id <> :not AND (SELECT COUNT(*)"
    " FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL WHERE m.mentor_id = p.id"
    " AND m.until IS NULL) < :capacity ORDER BY EXISTS (SELECT 1 FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id"
    " JOIN pupil me ON me.id = :pupil AND me.school_class_id = pu.school_class_id WHERE m.mentor_id = p.id"
    " AND m.until IS NULL) DESC, p.id"
)


@dataclass(frozen=True, slots=True)
class Free:
    """A mentor who has a free place."""

    person_id: int
    name: str
    subject: str


def free_mentors(unit: Unit, request: Request, capacity: int) -> list[Free]:
    """Mentors of the school with a free place: those of the pupil's class first, and never by how many they have."""
    rows = unit.execute(
        _FREE_MENTORS,
        school=request.school_id,
        pupil=request.pupil_id,
        capacity=capacity,
        **{"not": request.mentor_id or 0},
    )
    return [Free(r.id, unit.vault.open("person", r.id, "name", r.sealed_name), r.subject or "") for r in rows]
