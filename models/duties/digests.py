"""Whose weekly digest is due at this moment, each week's once; and the one other prompt of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from models.base import new_id, to_ms
from models.calendar import calendar_of
from models.duties.due import monday
from models.standing import Reach
from models.unit import Unit, sql

BATCH = 100
"""Mentors in one transaction: writers wait for each other."""
GRACE_MINUTES = 60
"""A digest may come out of working hours where its mentor chose that hour, up to this long after it."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A mentor whose digest is due."""

    person_id: int
    school_id: int
    reach: Reach


_CANDIDATES = sql(
    "SELECT p.id, p.school_id, a.bot_id, a.user_id, a.language,"
    " a.reachable FROM person p JOIN account a ON a.id = p.account_id AND a.bot_id = :bot"
    " WHERE p.school_id = :school AND p.ended_at IS NULL"
    " AND (p.digest_day <= :before OR (p.digest_day <= :day AND p.digest_minute <= :minute))"
    " AND (p.hours_from = p.hours_to OR (p.hours_from < p.hours_to AND p.hours_from <= :minute AND :minute < p.hours_to)"
    " OR (p.hours_from > p.hours_to AND (p.hours_from <= :minute OR :minute < p.hours_to))"
    " OR (p.digest_minute <= :minute AND :minute <= p.digest_minute + :grace))"
    " AND (EXISTS (SELECT 1 FROM mentorship m WHERE m.mentor_id = p.id AND m.until IS NULL)"
    " OR EXISTS (SELECT 1 FROM class_team c WHERE c.chief_mentor_id = p.id AND c.until IS NULL))"
    " AND NOT EXISTS (SELECT 1 FROM digest d WHERE d.person_id = p.id AND d.week = :week)"
    " ORDER BY p.id LIMIT :most"
)
_SCHOOLS = sql(
    "SELECT DISTINCT p.school_id FROM person p JOIN account a ON a.id = p.account_id AND a.bot_id = :bot"
    " WHERE p.staff_number IS NOT NULL AND p.ended_at IS NULL"
)
_CLAIM = sql(
    "INSERT INTO digest (id, person_id, week, state, at) VALUES (:id, :person, :week, :state, :now)"
    " ON CONFLICT (person_id, week) DO NOTHING"
)
_STATE = sql("UPDATE digest SET state = :state WHERE person_id = :person AND week = :week")
_MISSED = sql(
    "INSERT INTO digest (id, person_id, week, state, at) SELECT :id, :person, :week, 'expired', :now"
    " WHERE EXISTS (SELECT 1 FROM digest d WHERE d.person_id = :person AND d.week < :week)"
    " ON CONFLICT (person_id, week) DO NOTHING"
)
_PROMPT = sql(
    "INSERT INTO prompt (id, person_id, day, kind, at) VALUES (:id, :person, :day, :kind, :now)"
    " ON CONFLICT (person_id, day) DO NOTHING"
)


def schools(unit: Unit, bot_id: int) -> list[int]:
    """The schools whose staff have joined through this bot."""
    return [row.school_id for row in unit.execute(_SCHOOLS, bot=bot_id)]


def due(unit: Unit, bot_id: int, school_id: int, zone: str) -> list[Receiver]:
    """Up to BATCH mentors whose chosen day and hour of this week have come, who work now, and who got no digest yet.

    A chosen day without school moves to the week's next school day; on a day without school nobody gets one.
    """
    calendar = calendar_of(unit, school_id, zone)
    local = unit.now.astimezone(ZoneInfo(zone))
    today, week = local.date(), monday(local.date())
    if not calendar.is_school_day(today):
        return []
    earlier = [day for day in range(today.weekday()) if calendar.is_school_day(week + timedelta(days=day))]
    rows = unit.execute(
        _CANDIDATES,
        bot=bot_id,
        school=school_id,
        before=max(earlier, default=-1),
        day=today.weekday(),
        minute=local.hour * 60 + local.minute,
        week=week,
        grace=GRACE_MINUTES,
        most=BATCH,
    )
    return [
        Receiver(row.id, row.school_id, Reach(row.bot_id, row.user_id, row.language, bool(row.reachable)))
        for row in rows
    ]


def claim(unit: Unit, person_id: int, week: date, state: str) -> bool:
    """True for the one who makes this week's digest. A week before for which none was made is marked as expired."""
    if unit.write(_CLAIM, id=new_id(), person=person_id, week=week, state=state, now=unit.now_ms) != 1:
        return False
    unit.write(_MISSED, id=new_id(), person=person_id, week=week - timedelta(days=7), now=unit.now_ms)
    return True


def became(unit: Unit, person_id: int, week: date, state: str) -> None:
    """What became of a digest that was claimed."""
    unit.write(_STATE, person=person_id, week=week, state=state)


_SENT = sql("SELECT 1 FROM digest WHERE person_id = :person AND week = :week AND state = 'sent' AND at >= :midnight")


def came_today(unit: Unit, person_id: int, zone: str) -> bool:
    """Whether this person got the week's list today: who waits stands in it, and need not be named once more."""
    local = unit.now.astimezone(ZoneInfo(zone))
    midnight = to_ms(local.replace(hour=0, minute=0, second=0, microsecond=0))
    return unit.execute(_SENT, person=person_id, week=monday(local.date()), midnight=midnight).first() is not None


def prompt(unit: Unit, person_id: int, zone: str, kind: str) -> bool:
    """True where this person may be prompted now: the digest apart, once a day."""
    day = unit.now.astimezone(ZoneInfo(zone)).date()
    return unit.write(_PROMPT, id=new_id(), person=person_id, day=day, kind=kind, now=unit.now_ms) == 1
