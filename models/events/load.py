"""What an evening asks of the one sender: how many last reminders, when the last one leaves, how many would come too late;
and how many of those behind us were not sent.

The reckoning is the queue itself: in the order in which they fall due, then of their start, at an even rate; what has become
useless is not sent and takes no time (bot/schedule.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from models.base import from_ms, to_ms
from models.events import audience, events
from models.events.rules import DAY, MINUTE, EventRules
from models.events.states import AHEAD, COMING, Audience, EventState
from models.hours import at_minute
from models.unit import Unit, sql

DAYS = 14
"""So many days ahead, and back, are looked at."""
STEPS = (75, 90, 120, 150, 180, 240)
"""Minutes before the start at which the last reminder may be set to leave."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The last reminders of one event. `starts_at` in milliseconds since 1970, `minutes` before it they are due."""

    event_id: int
    school_id: int
    starts_at: int
    minutes: int
    people: int

    @property
    def due(self) -> int:
        """When they are queued, milliseconds since 1970."""
        return self.starts_at - self.minutes * MINUTE


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an evening comes to."""

    count: int
    last_at: int | None
    """When the last one would leave if none were left out (ms since 1970); nothing where there is none."""
    late: dict[int, int] = field(default_factory=dict)
    """Event to how many would not be sent."""

    def late_in(self, crowds: Iterable[Crowd], school_id: int | None = None) -> int:
        """How many of these would not be sent, of one school or of all."""
        return sum(self.late.get(one.event_id, 0) for one in crowds if school_id in (None, one.school_id))


def outlook(crowds: Sequence[Crowd], per_second: float) -> Outlook:
    """How the reminders leave, one after the other. Raises ValueError for a rate that is none."""
    if per_second <= 0:
        raise ValueError(per_second)
    gap = 1000 / Fraction(per_second)
    free = everything = Fraction(0)
    late: dict[int, int] = {}
    last: int | None = None
    for one in sorted(crowds, key=lambda c: (c.due, c.starts_at, c.event_id)):
        if not one.people:
            continue
        begins = max(free, Fraction(one.due))
        sent = min(one.people, max(0, ceil((one.starts_at - begins) / gap)))
        if sent:
            free = begins + sent * gap
        if sent < one.people:
            late[one.event_id] = one.people - sent
        everything = max(everything, Fraction(one.due)) + one.people * gap
        last = int(everything - gap)
    return Outlook(sum(one.people for one in crowds), last, late)


def with_at_least(crowds: Iterable[Crowd], minutes: int, school_id: int | None = None) -> list[Crowd]:
    """The same, where those of one school or of all are reminded at least so many minutes before the start."""
    return [
        replace(one, minutes=max(one.minutes, minutes)) if school_id in (None, one.school_id) else one for one in crowds
    ]


def earlier(crowds: Sequence[Crowd], per_second: float) -> int | None:
    """The fewest of STEPS with which none comes too late, if all begin then; where none suffices, with which the fewest do.

    Nothing where all is in time as it is, or no step helps. All schools are offered the same: one sender serves them all, and
    if each only looked after its own, none would be helped.
    """
    before = sum(outlook(crowds, per_second).late.values())
    found: tuple[int, int] | None = None
    for minutes in STEPS if before else ():
        late = sum(outlook(with_at_least(crowds, minutes), per_second).late.values())
        if found is None or late < found[0]:
            found = late, minutes
    return None if found is None or found[0] >= before else found[1]


# --- the rows ---

_HEAD = "SELECT o.id, o.school_id, o.starts_at, o.remind_minutes, (SELECT COUNT(*) FROM "
_REACHED = " JOIN account a ON a.id = p.account_id AND a.reachable WHERE p.ended_at IS NULL AND "
_TAIL = ") AS people FROM event o WHERE o.state = '{}' AND o.starts_at >= :since AND o.starts_at < :until"
_SAID = sql(
    _HEAD
    + "event_reply r JOIN person p ON p.id = r.person_id"
    + _REACHED
    + "r.event_id = o.id AND r.reply IN ({})".format(", ".join(f"'{one.value}'" for one in COMING))
    + _TAIL.format(EventState.ANNOUNCED.value)
)
_INVITED = {
    one: sql(
        _HEAD
        + "person p"
        + _REACHED
        + audience.whom(one).replace(":event", "o.id")
        + _TAIL.format(EventState.PLANNED.value)
        + f" AND o.audience = '{one.value}'"
    )
    for one in Audience
}


def crowds(unit: Unit, rules: EventRules, since: int, until: int) -> list[Crowd]:
    """The last reminders of all events, of all schools, that start in a span (ms since 1970).

    As many as have said that they come; before the invitation, all who would be invited: it cannot be more.
    """
    return [
        Crowd(row.id, row.school_id, row.starts_at, row.remind_minutes or rules.remind_minutes, int(row.people))
        for statement in (_SAID, *_INVITED.values())
        for row in unit.execute(statement, since=since, until=until).all()
    ]


def span(day: date, zone: str) -> tuple[int, int]:
    """A day's beginning and end in milliseconds since 1970."""
    place = ZoneInfo(zone)
    return to_ms(at_minute(day, 0, place)), to_ms(at_minute(day + timedelta(days=1), 0, place))


def by_day(unit: Unit, rules: EventRules, zone: str) -> dict[date, list[Crowd]]:
    """What is ahead from now on, today and so many DAYS more, by the day in that zone, the nearest first."""
    place = ZoneInfo(zone)
    until = span(unit.now.astimezone(place).date() + timedelta(days=DAYS), zone)[1]
    found: dict[date, list[Crowd]] = {}
    for one in sorted(crowds(unit, rules, unit.now_ms, until), key=lambda c: (c.starts_at, c.event_id)):
        found.setdefault(from_ms(one.starts_at).astimezone(place).date(), []).append(one)
    return found


_MINE = sql(
    "SELECT id, starts_at, remind_minutes FROM event WHERE school_id = :school AND starts_at >= :since"
    " AND starts_at < :until AND state IN ({}) ORDER BY id".format(", ".join(f"'{one.value}'" for one in AHEAD))
)


def begin_earlier(
    unit: Unit, rules: EventRules, school_id: int, since: int, until: int, minutes: int, actor: int | None
) -> int:
    """Sets the last reminder of a school's events in a span to at least so many minutes before the start; nobody is told.

    Who may is the caller's to ask. Those whose reminders are on their way already stay. Answers how many were changed.
    Raises ValueError for minutes that are none of STEPS.
    """
    if minutes not in STEPS:
        raise ValueError(minutes)
    changed = 0
    for row in unit.execute(_MINE, school=school_id, since=since, until=until).all():
        now = row.remind_minutes or rules.remind_minutes
        if now < minutes and unit.now_ms < row.starts_at - now * MINUTE:
            events.change(unit, row.id, actor, remind_minutes=minutes)
            changed += 1
    return changed


# --- what was not sent ---

WHATS = ("hour", "day", "notice")
_LATE = text(
    "SELECT event_id, SUM(late) AS many FROM event_telling WHERE event_id IN :events AND what IN ({})"
    " GROUP BY event_id".format(", ".join(f"'{one}'" for one in WHATS))
).bindparams(bindparam("events", expanding=True))
_EXPIRED = sql(
    "SELECT dedupe_key FROM outbox WHERE state = 'expired' AND dedupe_key IS NOT NULL AND finished_at >= :since"
)


def not_sent(unit: Unit, starts: dict[int, int]) -> dict[int, int]:
    """For each event (id to its start, ms since 1970) how many invitations and reminders were not sent because it was too
    late; events of which all went out are left out."""
    found: dict[int, int] = {}
    if not starts:
        return found
    for row in unit.execute(_LATE, events=list(starts)):
        found[row.event_id] = int(row.many)
    for row in unit.execute(_EXPIRED, since=min(starts.values()) - DAYS * DAY):
        head, _, rest = row.dedupe_key.partition(":")
        event_id, _, what = rest.partition(":")
        if head == "event" and event_id.isdecimal() and what.partition(".")[0] in WHATS and int(event_id) in starts:
            found[int(event_id)] = found.get(int(event_id), 0) + 1
    return {event: many for event, many in found.items() if many}


_BEHIND = sql(
    "SELECT id, starts_at FROM event WHERE school_id = :school AND starts_at >= :since AND starts_at < :until"
)


def not_sent_by_day(unit: Unit, school_id: int, zone: str) -> dict[date, int]:
    """The same for a school's days of the last DAYS, today included; days on which all went out are left out."""
    since = unit.now_ms - DAYS * DAY
    rows = unit.execute(_BEHIND, school=school_id, since=since, until=unit.now_ms + DAY).all()
    starts = {row.id: row.starts_at for row in rows}
    found: dict[date, int] = {}
    for event, many in not_sent(unit, starts).items():
        day = from_ms(starts[event]).astimezone(ZoneInfo(zone)).date()
        found[day] = found.get(day, 0) + many
    return dict(sorted(found.items()))
