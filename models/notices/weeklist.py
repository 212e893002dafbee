"""The week's list: notices above a family's few of a week, named in one message at the school's hour.

Which list a notice waits for stands in its recipient's own `due_at`. So each goes into one list, a list that was missed while
the bot was away comes later, and nobody gets two in a week.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from models.base import to_ms
from models.contact import FREE
from models.hours import at_minute
from models.notices.feeding import BATCH as LEAST_AHEAD
from models.notices.feeding import SECONDS_AHEAD
from models.notices.rules import NoticeRules
from models.notices.states import NoticeState, With
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit, sql

BATCH = 200
"""Notices of people looked at in one transaction."""
MOST = 8
"""Notices named in one list: more would not fit a small screen. The others wait for the next one."""
USEFUL = 2 * 86_400_000
"""Milliseconds after its hour in which a list is still worth sending; later its notices go into the next one."""

_DUE = sql(
    "SELECT person_id FROM notice_recipient WHERE state = 'digest' AND due_at <= :now AND bot_id = :bot"
    # In the index's own order: with another one all that is due would be sorted for each part of it.
    " ORDER BY due_at LIMIT :most"
)
_ROWS = text(
    "SELECT r.person_id, r.notice_id, r.due_at, r.user_id, n.state, n.valid_until, n.author_id, n.version, a.language,"
    " a.reachable, p.quiet_from, p.quiet_to, p.ended_at, CASE WHEN p.account_id = a.id THEN 1 ELSE 0 END AS own,"
    f" CASE WHEN {FREE} THEN 1 ELSE 0 END AS free FROM notice_recipient r JOIN notice n ON n.id = r.notice_id"
    " JOIN person p ON p.id = r.person_id JOIN account a ON a.bot_id = r.bot_id AND a.user_id = r.user_id"
    # COALESCE keeps a planner from reading all that is due, by the index of what is due, for these people's few.
    " WHERE r.person_id IN :people AND r.bot_id = :bot AND COALESCE(r.state, '') = 'digest' AND r.due_at <= :now"
    " ORDER BY r.person_id, r.notice_id"
).bindparams(bindparam("people", expanding=True))
_PUT = text(
    "UPDATE notice_recipient SET state = :state, version = :version WHERE notice_id = :notice AND person_id IN :people"
    " AND COALESCE(state, '') = 'digest'"
).bindparams(bindparam("people", expanding=True))
_LATER = text(
    "UPDATE notice_recipient SET due_at = :due WHERE notice_id = :notice AND person_id IN :people"
    " AND COALESCE(state, '') = 'digest'"
).bindparams(bindparam("people", expanding=True))
_AHEAD = sql(
    "SELECT COUNT(*) AS many FROM (SELECT 1 AS one FROM outbox WHERE bot_id = :bot AND state = 'waiting' AND lane = :lane"
    " LIMIT :most) o"
)


@dataclass(frozen=True, slots=True)
class Item:
    """A notice that stands in somebody's list of today. `valid`: it still is one that this person may read."""

    notice_id: int
    version: int
    author_id: int
    due_at: int
    valid: bool


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose list is due. `cannot` says why nothing can go there, and what becomes of the notices then."""

    person_id: int
    reach: Reach
    quiet: tuple[int, int]
    cannot: With | None
    items: list[Item]


def next_at(now: datetime, zone: str, rules: NoticeRules) -> int:
    """When the next list goes out after this moment, in milliseconds since 1970."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    day = today - timedelta(days=today.weekday()) + timedelta(days=rules.list_day)
    found = at_minute(day, rules.list_minute, place)
    while found <= now:
        day += timedelta(days=7)
        found = at_minute(day, rules.list_minute, place)
    return to_ms(found)


def room(unit: Unit, bot_id: int, per_second: float) -> bool:
    """Whether more lists may be put down now: no more than some seconds' worth lies ahead in the outbox, so that nobody's
    notice stands behind a whole city's lists."""
    most = 2 * max(LEAST_AHEAD, int(per_second * SECONDS_AHEAD))
    return int(unit.execute(_AHEAD, bot=bot_id, lane=int(Lane.LATER), most=most).one().many) < most


def due(unit: Unit, bot_id: int) -> list[Due]:
    """The next people whose list is due, each with all that stands in it, the oldest notice first."""
    people = sorted({row.person_id for row in unit.execute(_DUE, bot=bot_id, now=unit.now_ms, most=BATCH)})
    found: dict[int, Due] = {}
    for row in unit.execute(_ROWS, people=people, bot=bot_id, now=unit.now_ms).all() if people else ():
        one = found.get(row.person_id)
        if one is None:
            cannot = None
            if row.ended_at is not None:
                cannot = With.ENDED
            elif not row.own:
                cannot = With.UNJOINED
            elif not row.free:
                cannot = With.WITHHELD
            elif not row.reachable:
                cannot = With.BLOCKED
            reach = Reach(bot_id, row.user_id, row.language, bool(row.reachable))
            one = found[row.person_id] = Due(row.person_id, reach, (row.quiet_from, row.quiet_to), cannot, [])
        out = row.state in (NoticeState.RUNNING, NoticeState.PAUSED, NoticeState.DONE)
        valid = out and (row.valid_until is None or row.valid_until > unit.now_ms)
        one.items.append(Item(row.notice_id, row.version, row.author_id, row.due_at, valid))
    return list(found.values())


def put(unit: Unit, notice_id: int, version: int, people: list[int], state: With) -> bool:
    """What becomes of a notice with these people. False where another process was quicker with one of them."""
    changed = unit.write(_PUT, notice=notice_id, version=version, people=people, state=state.value)
    return changed == len(people)


def postpone(unit: Unit, notice_id: int, people: list[int], until: int) -> None:
    """It waits for a list at or after that moment (milliseconds since 1970)."""
    unit.write(_LATER, notice=notice_id, people=people, due=until)
