"""What visits leave to do, for the mentor's week: a record that is not written, an agreement to be looked at again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, text

from models.appointments import visits
from models.appointments.states import VisitState
from models.unit import Unit, sql

FOLLOW_UP, RECORD = "follow_up", "record"
LOOKED_BACK_DAYS = 120
"""A record that was not written in a term will not be written; nobody is reminded of it for ever."""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do for one person; `met_on` is the day of the visit."""

    what: str
    visit_id: int
    pupil_id: int
    child: str
    met_on: date


_FOLLOW_UPS = text(
    "SELECT v.id, v.pupil_id, p.sealed_name, COALESCE(v.starts_at, v.ended_at) AS at, v.follow_up_by AS owner"
    " FROM visit v JOIN pupil p ON p.id = v.pupil_id AND p.ended_at IS NULL"
    " WHERE v.follow_up_by IN :people AND v.follow_up_on <= :until AND v.follow_up_on IS NOT NULL"
    " AND v.followed_up_at IS NULL AND v.state = 'agreed' ORDER BY v.follow_up_on, v.id"
).bindparams(bindparam("people", expanding=True))
_COVERS = text(
    "SELECT mentor_id, substitute_id FROM absence WHERE cancelled_at IS NULL AND starts_at <= :now AND ends_at > :now"
    " AND (mentor_id IN :people OR substitute_id IN :people)"
).bindparams(bindparam("people", expanding=True))
_UNWRITTEN = text(
    "SELECT v.id, v.pupil_id, p.sealed_name, v.starts_at AS at, v.mentor_id FROM visit v"
    " JOIN pupil p ON p.id = v.pupil_id AND p.ended_at IS NULL LEFT JOIN visit_record r ON r.visit_id = v.id"
    " WHERE v.mentor_id IN :people AND v.starts_at >= :after AND v.ends_at <= :before AND v.purpose = 'visit'"
    # Nobody has to have tapped 'arrived' or 'left'.
    " AND v.state IN ('confirmed', 'in_progress', 'held') AND r.finished_at IS NULL ORDER BY v.starts_at, v.id"
).bindparams(bindparam("people", expanding=True))


def of_people(unit: Unit, people: list[int], until: date, record_hours: int, zone: str) -> dict[int, list[Todo]]:
    """What visits leave to do for these people until a day, that day included: three queries for all of them.

    A record counts as late so many hours after the visit; it is asked of the mentor, or of who covers.
    """
    found: dict[int, list[Todo]] = defaultdict(list)
    if not people:
        return found
    place = ZoneInfo(zone)

    def todo(what: str, row: Row[Any]) -> Todo:
        child = unit.vault.open("pupil", row.pupil_id, "name", row.sealed_name)
        return Todo(what, row.id, row.pupil_id, child, datetime.fromtimestamp(row.at / 1000, place).date())

    acts = {one: one for one in people}
    for row in unit.execute(_COVERS, people=people, now=unit.now_ms):
        acts[row.mentor_id] = row.substitute_id
    before, after = unit.now_ms - record_hours * 3_600_000, unit.now_ms - LOOKED_BACK_DAYS * 86_400_000
    for row in unit.execute(_UNWRITTEN, people=list(acts), before=before, after=after):
        if acts[row.mentor_id] in people:
            found[acts[row.mentor_id]].append(todo(RECORD, row))
    for row in unit.execute(_FOLLOW_UPS, people=people, until=until):
        found[row.owner].append(todo(FOLLOW_UP, row))
    return found


_FOLLOWS = sql("SELECT follow_up_by FROM visit WHERE id = :visit AND state = 'agreed'")


def followed_up(unit: Unit, visit_id: int, person_id: int) -> bool:
    """Somebody has looked again at what was agreed. False where that was not this person's to do, or is done already."""
    row = unit.execute(_FOLLOWS, visit=visit_id).first()
    if row is None or row.follow_up_by != person_id:
        return False
    return visits.move(
        unit,
        visit_id,
        VisitState.FOLLOWED_UP,
        person_id,
        "followed_up",
        only_from=(VisitState.AGREED,),
        followed_up_at=unit.now_ms,
    )
