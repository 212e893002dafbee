"""What visits leave to do, for the mentor's week: a record that is not written, an agreement to be looked at again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, text

from models.appointments import afterwards, visits
from models.appointments.states import VisitState
from models.unit import Unit, sql

FOLLOW_UP, UNCONFIRMED, LOOK, RECORD = "follow_up", "unconfirmed", "look", "record"
"""Look again: at what was agreed, at what the family has not confirmed, after a visit at which nothing was agreed."""
_LOOKS = {"agreed": FOLLOW_UP, "held": UNCONFIRMED, "closed": LOOK}
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


_FOLLOW_UP = (
    "SELECT v.id AS id, v.pupil_id, p.sealed_name, COALESCE(v.starts_at, v.ended_at) AS at,"
    " v.follow_up_on AS follow_up_on, v.state AS state, {owner} AS owner"
    " FROM {tables} JOIN pupil p ON p.id = v.pupil_id AND p.ended_at IS NULL"
    " WHERE v.follow_up_on <= :until AND v.follow_up_on IS NOT NULL AND v.followed_up_at IS NULL"
    # A day to look again is set by a finished record alone; the family's silence does not take it away.
    " AND v.state IN ('held', 'agreed', 'closed') AND {whose}"
)
_FOLLOW_UPS = text(
    # Whoever took it on, as far as that teacher has part in it still ...
    _FOLLOW_UP.format(
        owner="v.follow_up_by",
        tables="visit v",
        whose=f"v.follow_up_by IN :people AND ((v.follow_up_by = v.companion_id AND {afterwards.STILL})"
        " OR EXISTS (SELECT 1 FROM mentorship m"
        " WHERE m.pupil_id = v.pupil_id AND m.until IS NULL AND m.mentor_id = v.follow_up_by))",
    )
    + " UNION ALL "
    # ... and otherwise the pupil's mentor of today: what the school has promised does not leave with somebody.
    + _FOLLOW_UP.format(
        owner="m.mentor_id",
        tables="mentorship m JOIN visit v ON v.pupil_id = m.pupil_id",
        whose="m.mentor_id IN :people AND m.until IS NULL AND v.follow_up_by <> m.mentor_id"
        f" AND (v.companion_id IS NULL OR v.follow_up_by <> v.companion_id OR NOT {afterwards.STILL})",
    )
    + " ORDER BY follow_up_on, id"
).bindparams(bindparam("people", expanding=True))
_COVERS = text(
    "SELECT mentor_id, substitute_id FROM absence WHERE cancelled_at IS NULL AND starts_at <= :now AND ends_at > :now"
    " AND (mentor_id IN :people OR substitute_id IN :people)"
).bindparams(bindparam("people", expanding=True))
_UNWRITTEN = text(
    "SELECT v.id, v.pupil_id, p.sealed_name, v.starts_at AS at, v.mentor_id FROM visit v"
    # Who is the pupil's mentor no more may not write it either.
    " JOIN mentorship m ON m.pupil_id = v.pupil_id AND m.until IS NULL AND m.mentor_id = v.mentor_id"
    " JOIN pupil p ON p.id = v.pupil_id AND p.ended_at IS NULL LEFT JOIN visit_record r ON r.visit_id = v.id"
    " WHERE v.mentor_id IN :people AND v.starts_at >= :after AND v.ends_at <= :before AND v.purpose = 'visit'"
    # Nobody has to have tapped 'arrived' or 'left'.
    " AND v.state IN ('confirmed', 'in_progress', 'held') AND r.finished_at IS NULL ORDER BY v.starts_at, v.id"
).bindparams(bindparam("people", expanding=True))


def of_people(unit: Unit, people: list[int], until: date, record_hours: int, zone: str) -> dict[int, list[Todo]]:
    """What visits leave to do for these people until a day, that day included: three queries for all of them.

    A record counts as late so many hours after the visit. What is the mentor's is asked of who covers for the mentor.
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
    for row in unit.execute(_FOLLOW_UPS, people=list(acts), until=until, since=afterwards.since(unit)):
        if acts[row.owner] in people:
            found[acts[row.owner]].append(todo(_LOOKS[row.state], row))
    return found


_FOLLOWS = sql(
    f"SELECT v.follow_up_by, v.companion_id, {afterwards.STILL} AS still, m.mentor_id, a.substitute_id FROM visit v"
    " LEFT JOIN mentorship m ON m.pupil_id = v.pupil_id AND m.until IS NULL"
    " LEFT JOIN absence a ON a.mentor_id = m.mentor_id AND a.cancelled_at IS NULL AND a.starts_at <= :now"
    " AND a.ends_at > :now WHERE v.id = :visit AND v.state IN ('held', 'agreed', 'closed')"
    " AND v.follow_up_on IS NOT NULL"
)
_CLOSED = sql(
    "UPDATE visit SET version = version + 1, followed_up_at = :now WHERE id = :visit AND state = 'closed'"
    " AND follow_up_on IS NOT NULL AND followed_up_at IS NULL"
)


def followed_up(unit: Unit, visit_id: int, person_id: int) -> bool:
    """Somebody has looked again at what was agreed. False where that was not this person's to do, or is done already."""
    rows = unit.execute(_FOLLOWS, visit=visit_id, now=unit.now_ms, since=afterwards.since(unit)).all()
    if not any(
        person_id in (row.mentor_id, row.substitute_id)
        or (row.still and person_id == row.follow_up_by == row.companion_id)
        for row in rows
    ):
        return False
    if unit.write(_CLOSED, visit=visit_id, now=unit.now_ms) == 1:
        # Nothing was agreed: the visit was closed with its record.
        visits.log(unit, visit_id, person_id, "followed_up", VisitState.CLOSED)
        return True
    done = visits.move(
        unit,
        visit_id,
        VisitState.FOLLOWED_UP,
        person_id,
        "followed_up",
        only_from=(VisitState.HELD, VisitState.AGREED),
        followed_up_at=unit.now_ms,
    )
    # Nothing is open after that.
    return done and visits.move(unit, visit_id, VisitState.CLOSED, person_id, "closed")
