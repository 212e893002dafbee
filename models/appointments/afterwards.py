"""Who of the school has part in what follows a visit: its record, what was agreed, a look back at it; and until when."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import bindparam, text

from models.appointments.states import Says
from models.appointments.tables import Visit
from models.base import from_ms
from models.unit import Unit, sql

DAYS = 30
"""After the visit's end the second teacher has part in it; later than that it is the mentor's alone."""
STILL = (
    "(v.companion_id IS NOT NULL AND COALESCE(v.ends_at, v.ended_at) > :since"
    " AND EXISTS (SELECT 1 FROM pupil still WHERE still.id = v.pupil_id AND still.ended_at IS NULL)"
    " AND EXISTS (SELECT 1 FROM mentorship held WHERE held.pupil_id = v.pupil_id AND held.mentor_id = v.mentor_id"
    " AND held.until IS NULL))"
)
"""SQL on a visit `v`: the pupil is still here, the mentorship of then still holds, and it is not long ago (`since`)."""


def since(unit: Unit) -> int:
    """Visits that ended after this (ms since 1970) are not long ago."""
    return unit.now_ms - DAYS * 86_400_000


def too_late(visit: Visit, day: date) -> bool:
    """Whether the second teacher has no part in it any more by that day: looking again is the mentor's then."""
    return visit.ends_at is not None and day >= from_ms(visit.ends_at).date() + timedelta(days=DAYS)


_MAY = text(
    "SELECT p.id FROM visit v JOIN person p ON p.id IN :people AND p.ended_at IS NULL WHERE v.id = :visit AND"
    " (p.id IN (SELECT m.mentor_id FROM mentorship m WHERE m.pupil_id = v.pupil_id AND m.until IS NULL)"
    f" OR (p.id = v.companion_id AND v.companion_says = :yes AND {STILL})"
    " OR p.id IN (SELECT a.substitute_id FROM absence a JOIN mentorship m ON m.mentor_id = a.mentor_id"
    " AND m.pupil_id = v.pupil_id AND m.until IS NULL WHERE a.cancelled_at IS NULL AND a.starts_at <= :now"
    " AND a.ends_at > :now)) ORDER BY p.id"
).bindparams(bindparam("people", expanding=True))
_KEEPER = sql(
    "SELECT COALESCE((SELECT a.substitute_id FROM absence a WHERE a.mentor_id = m.mentor_id AND a.cancelled_at IS NULL"
    " AND a.starts_at <= :now AND a.ends_at > :now ORDER BY a.id LIMIT 1), m.mentor_id) AS person"
    " FROM mentorship m JOIN person p ON p.id = m.mentor_id AND p.ended_at IS NULL"
    " WHERE m.pupil_id = :pupil AND m.until IS NULL ORDER BY m.id LIMIT 1"
)


def may(unit: Unit, visit_id: int, person_ids: list[int]) -> int | None:
    """As whom of the school somebody may act on the agreement: the pupil's mentor of today, who covers, and for a month
    the second teacher."""
    if not person_ids:
        return None
    row = unit.execute(
        _MAY, visit=visit_id, people=person_ids, now=unit.now_ms, since=since(unit), yes=Says.YES.value
    ).first()
    return None if row is None else int(row.id)


def keeper(unit: Unit, visit: Visit) -> int:
    """Who of the school answers for it now: the pupil's mentor of today, or who covers."""
    row = unit.execute(_KEEPER, pupil=visit.pupil_id, now=unit.now_ms).first()
    return visit.mentor_id if row is None else int(row.person)
