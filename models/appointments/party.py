"""The teachers who take part in an appointment as it stands now: whose time it holds, and who covers for the mentor.

The row's companion may be somebody who was only asked about another time; held time says who really comes.
"""

from __future__ import annotations

from models.appointments import visits
from models.appointments.states import Says
from models.appointments.tables import Visit
from models.unit import Unit, sql

_HELD = sql(
    "SELECT DISTINCT p.id FROM busy b JOIN person p ON p.id = b.subject_id WHERE b.visit_id = :visit"
    " AND p.ended_at IS NULL AND p.staff_number IS NOT NULL AND p.id <> :mentor"
    " AND p.id NOT IN (SELECT guardian_id FROM visit_guest WHERE visit_id = :visit) ORDER BY p.id"
)
_ACTS = sql(
    "SELECT COALESCE((SELECT ab.substitute_id FROM absence ab WHERE ab.mentor_id = :mentor AND ab.cancelled_at IS NULL"
    " AND ab.starts_at <= :now AND ab.ends_at > :now ORDER BY ab.id LIMIT 1), :mentor) AS id"
)


def companions(unit: Unit, visit: Visit) -> list[int]:
    """The second teachers: one, or nobody."""
    found = [row.id for row in unit.execute(_HELD, visit=visit.id, mentor=visit.mentor_id)]
    if not found and visit.companion_id is not None and visit.companion_says == Says.YES:
        found = [visit.companion_id]
    return found


def teachers(unit: Unit, visit: Visit) -> list[int]:
    """Who acts as the mentor now, then the second teacher."""
    acts = int(unit.execute(_ACTS, mentor=visit.mentor_id, now=unit.now_ms).one().id)
    return [acts, *(one for one in companions(unit, visit) if one != acts)]


def acting(unit: Unit, visit: Visit, person_ids: list[int]) -> int | None:
    """As which of its teachers somebody may act; one who was only asked to come is none."""
    also = companions(unit, visit)
    mine = next((one for one in person_ids if one in also), None)
    if mine is not None:
        return mine
    found = visits.teaches(unit, visit.id, person_ids)
    return None if found is None or (found == visit.companion_id and found not in also) else found
