"""Reminders of an appointment, a day and two hours before: which are due is worked out from its row at each tick.

Nothing is stored ahead. That one was given (or can no longer be) is noted as the `sequence` that it was for, in one guarded
update: so it is given once, whatever restarts and however many processes ask; a new time has a new sequence.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.appointments import visits
from models.appointments.states import HOLDING, Purpose, VisitState
from models.unit import Unit, sql

MINUTE = 60_000
HOUR = 60 * MINUTE
MOST = 40
"""Appointments in one tick; what is left comes with the next."""
OLDEST = 30 * 24 * HOUR


class Kind(StrEnum):
    """Which reminder."""

    DAY = "day"
    SOON = "soon"


AHEAD = {Kind.DAY: 24 * HOUR, Kind.SOON: 2 * HOUR}
"""So long before the start."""
USELESS = {Kind.DAY: 3 * HOUR, Kind.SOON: 0}
"""Not from so long before the start on: the next one is near, or it has begun."""
WAITS = {Kind.DAY: 3 * HOUR + 1, Kind.SOON: 30 * MINUTE}
"""It may wait for somebody's quiet hours to end, if that is at least so long before the start."""


class Turn(StrEnum):
    """Where a reminder stands at a moment."""

    NOT_YET = "not_yet"
    NOW = "now"
    LATE = "late"
    """Its time fell into downtime and it helps nobody any more."""
    NEVER = "never"
    """There is none: the set hour has only the later one, and who was just told is not reminded."""


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is to be given now, once."""

    visit_id: int
    kind: Kind


def turn(kind: Kind, purpose: Purpose, starts_at: int, confirmed_at: int, now: int) -> Turn:
    """Where a reminder stands. All in milliseconds since 1970."""
    moment = starts_at - AHEAD[kind]
    if confirmed_at > moment or (kind is Kind.DAY and purpose is Purpose.HOUR):
        return Turn.NEVER
    if now < moment:
        return Turn.NOT_YET
    return Turn.NOW if now < starts_at - USELESS[kind] else Turn.LATE


def said_at(kind: Kind, starts_at: int, now: int, hears: int | None) -> int | None:
    """When somebody is told whose quiet hours end at `hears` (nothing outside them); nothing where that is too late."""
    if hears is None:
        return now
    return hears if hears <= starts_at - WAITS[kind] else None


# The index's own condition stands first, in its own words, so that SQLite sees that it may be used.
_DUE = sql(
    "SELECT id, purpose, sequence, starts_at, confirmed_at, day_told, soon_told FROM visit"
    " WHERE state IN ({}) AND state = 'confirmed' AND starts_at > :oldest AND starts_at <= :day"
    " AND (day_told <> sequence OR (soon_told <> sequence AND starts_at <= :soon))"
    # One whose mentorship has ended is about to be called off (booking.orphans): nobody is reminded of it.
    " AND EXISTS (SELECT 1 FROM mentorship m WHERE m.pupil_id = visit.pupil_id AND m.mentor_id = visit.mentor_id"
    " AND m.until IS NULL) ORDER BY starts_at, id LIMIT :most".format(", ".join(f"'{one.value}'" for one in HOLDING))
)
_TAKE = {
    Kind.DAY: sql(
        "UPDATE visit SET day_told = sequence WHERE id = :id AND state = 'confirmed' AND sequence = :sequence"
        " AND starts_at = :starts AND day_told <> sequence"
    ),
    Kind.SOON: sql(
        "UPDATE visit SET soon_told = sequence WHERE id = :id AND state = 'confirmed' AND sequence = :sequence"
        " AND starts_at = :starts AND soon_told <> sequence"
    ),
}


def due(unit: Unit, most: int = MOST) -> list[Due]:
    """The reminders to be given now; who asks first has them. What is too late is noted, once, and given to nobody."""
    now, found = unit.now_ms, []
    rows = unit.execute(
        _DUE, oldest=now - OLDEST, day=now + AHEAD[Kind.DAY], soon=now + AHEAD[Kind.SOON], most=most
    ).all()
    for row in rows:
        for kind, told in ((Kind.DAY, row.day_told), (Kind.SOON, row.soon_told)):
            at = turn(kind, Purpose(row.purpose), row.starts_at, row.confirmed_at or 0, now)
            if told == row.sequence or at is Turn.NOT_YET:
                continue
            if unit.write(_TAKE[kind], id=row.id, sequence=row.sequence, starts=row.starts_at) != 1:
                continue
            if at is Turn.NOW:
                found.append(Due(row.id, kind))
            elif at is Turn.LATE:
                visits.log(unit, row.id, None, "reminder_expired", VisitState.CONFIRMED)
    return found
