"""When a notice begins and about when the last of its people has it: reckoned beforehand, from the pace, from what waits
already, and from the hours in which people rest. Pure rules on moments (aware, UTC).

Families rest from 21:00 to 07:00, staff outside working hours and on days without school, as they are unless somebody
has set other hours: an estimate, and shown as one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from models.calendar import Calendar
from models.hours import at_minute, opens_at, quiet_until
from models.unit import Unit, sql

QUIET = (1260, 420)
"""A family's rest where nobody has set another, minutes after midnight."""
WORKING = (450, 1110)
"""The same for a teacher's hours."""
FURTHEST = 60
"""Days that are looked ahead."""
Rest = Callable[[datetime], datetime | None]
"""When the rest ends in which a moment lies; nothing outside of it."""
Close = Callable[[datetime], datetime | None]
"""When the next rest begins after a moment outside of it; nothing where there is none."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When people may be told."""

    rest: Rest
    close: Close


ALWAYS = Hours(lambda _at: None, lambda _at: None)
"""An emergency, or a school that does not keep hours."""


def of_families(zone: str, quiet: tuple[int, int] = QUIET) -> Hours:
    """Families' hours in a school's zone."""
    place = ZoneInfo(zone)

    def close(at: datetime) -> datetime | None:
        if quiet[0] == quiet[1]:
            return None
        today = at.astimezone(place).date()
        starts = [at_minute(today + timedelta(days=ahead), quiet[0], place) for ahead in (0, 1)]
        return next(one for one in starts if one > at)

    return Hours(lambda at: quiet_until(zone, quiet, at), close)


def of_staff(calendar: Calendar, hours: tuple[int, int] = WORKING) -> Hours:
    """Teachers' hours on a school's days."""
    place = ZoneInfo(calendar.zone)

    def close(at: datetime) -> datetime | None:
        if hours[0] == hours[1]:
            return None
        return at_minute(at.astimezone(place).date(), hours[1], place)

    return Hours(lambda at: opens_at(calendar, hours, at), close)


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the first people get it and when the last ones do. `first` of the people get it before the first rest; the
    others have it from `again` on (nothing where all get it before)."""

    begins: datetime
    ends: datetime
    first: int
    again: datetime | None


def reckon(starts: datetime, people: int, *, each: int, ahead: int, per_second: float, hours: Hours) -> Forecast:
    """The course of a notice to so many people, `each` messages for everyone, behind `ahead` messages that wait already."""
    pace = max(per_second, 0.001)
    begins = at = hours.rest(starts) or starts
    left = ahead + people * each
    first, again = people, None
    for _ in range(FURTHEST):
        close = hours.close(at)
        needed = left / pace
        if close is None or at + timedelta(seconds=needed) <= close:
            return Forecast(begins, at + timedelta(seconds=ceil(needed)), first, again)
        left = max(left - int((close - at).total_seconds() * pace), 0)
        at = hours.rest(close) or close
        if again is None:
            first, again = max(people - ceil(left / each), 0), at
    return Forecast(begins, at, first, again)


_WAITING = sql(
    "SELECT (SELECT COUNT(*) FROM outbox WHERE notice_id IS NOT NULL AND state = 'waiting') AS queued,"
    " (SELECT COUNT(*) FROM notice_recipient r JOIN notice n ON n.id = r.notice_id AND n.state = 'running'"
    " WHERE r.state = 'waiting') AS waiting"
)


def ahead(unit: Unit) -> int:
    """Messages of other notices that wait now; they share the line, so all of them count as being in front."""
    row = unit.execute(_WAITING).one()
    return int(row.queued) + int(row.waiting)


def moment(milliseconds: int | None, now: datetime) -> datetime:
    """When a notice is to begin: at its moment (milliseconds since 1970), never in the past."""
    if milliseconds is None:
        return now
    return max(datetime.fromtimestamp(milliseconds / 1000, UTC), now)
