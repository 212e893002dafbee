"""The teachers who take part in an appointment as it stands now: who acts as the mentor, and who comes along."""

from __future__ import annotations

from models.appointments import visits
from models.appointments.tables import Visit
from models.unit import Unit, sql

_STAYS = sql("SELECT 1 FROM person WHERE id = :person AND ended_at IS NULL")
_ACTS = sql(
    "SELECT COALESCE((SELECT ab.substitute_id FROM absence ab WHERE ab.mentor_id = :mentor AND ab.cancelled_at IS NULL"
    " AND ab.starts_at <= :at AND ab.ends_at > :at ORDER BY ab.id LIMIT 1), :mentor) AS id"
)


def acts(unit: Unit, visit: Visit, at: int | None = None) -> int:
    """Who acts as the mentor at a moment (ms since 1970; now where none is told)."""
    moment = unit.now_ms if at is None else at
    return int(unit.execute(_ACTS, mentor=visit.mentor_id, at=moment).one().id)


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
    also = companions(unit, visit)
    mine = next((one for one in person_ids if one in also), None)
    if mine is not None:
        return mine
    found = visits.teaches(unit, visit.id, person_ids)
    return None if found is None or (found == visit.companion_id and found not in also) else found
