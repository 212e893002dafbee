"""The teachers who take part in an appointment as it stands now: who acts as the mentor, and who comes along."""

from __future__ import annotations

from models.appointments import visits
from models.appointments.states import VisitState
from models.appointments.tables import Visit
from models.unit import Unit, sql

_STAYS = sql("SELECT 1 FROM person WHERE id = :person AND ended_at IS NULL")
_STANDS = sql(
    "SELECT 1 FROM visit v JOIN mentorship m ON m.pupil_id = v.pupil_id AND m.mentor_id = v.mentor_id AND m.until IS NULL"
    " WHERE v.id = :visit"
)
_ACTS = sql(
    "SELECT COALESCE((SELECT ab.substitute_id FROM absence ab WHERE ab.mentor_id = :mentor AND ab.cancelled_at IS NULL"
    " AND ab.starts_at <= :at AND ab.ends_at > :at ORDER BY ab.id LIMIT 1), :mentor) AS id"
)


def acts(unit: Unit, visit: Visit, at: int | None = None) -> int:
    """Who acts as the mentor at a moment (ms since 1970; now where none is told)."""
    moment = unit.now_ms if at is None else at
    return int(unit.execute(_ACTS, mentor=visit.mentor_id, at=moment).one().id)


def stands(unit: Unit, visit: Visit) -> bool:
    """Whether its mentor is still the pupil's. One of a mentorship that has ended is called off by the clock (booking.orphans):
    until then it is nobody's but theirs who are there."""
    return visit.state == VisitState.IN_PROGRESS or unit.execute(_STANDS, visit=visit.id).first() is not None


def companions(unit: Unit, visit: Visit) -> list[int]:
    """The second teachers: one, or nobody. Who has left the school is none."""
    found = visits.bound(visit)
    if found is None or unit.execute(_STAYS, person=found).first() is None:
        return []
    return [found]


def teachers(unit: Unit, visit: Visit, at: int | None = None) -> list[int]:
    """Who acts as the mentor (at a moment), then the second teacher."""
    mentor = acts(unit, visit, at)
    return [mentor, *(one for one in companions(unit, visit) if one != mentor)]


def acting(unit: Unit, visit: Visit, person_ids: list[int]) -> int | None:
    """As which of its teachers somebody may act; one who was only asked to come is none."""
    also = companions(unit, visit) if stands(unit, visit) else []
    mine = next((one for one in person_ids if one in also), None)
    if mine is not None:
        return mine
    found = visits.teaches(unit, visit.id, person_ids)
    return None if found is None or (found == visit.companion_id and found not in also) else found
