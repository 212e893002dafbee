"""The demo's month of home visits: what a school has behind it before its story begins. Made by the rules themselves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from models.appointments import availability, booking, feedback, slots, visits
from models.appointments.rules import VisitRules
from models.appointments.slots import Wanted
from models.appointments.states import Form, Purpose, Reply, VisitState
from models.calendar import Calendar, is_public_holiday
from models.hours import at_minute
from models.unit import Unit, sql
from models.vault import Vault

ZONE = "Asia/Shanghai"
DAYS = 28
RULES = VisitRules(teachers=1, most_per_week=100, notice_hours=1)
"""What is past was arranged by word of mouth: no second teacher is asked by phone, no notice is kept."""
FORMS = ("home", "home", "school", "video", "home", "phone", "home", "public", "home", "school", "declined", "home")
"""In which form the families were visited, in turn."""
STARS = (5, 4, 5, 5, 3, 4)

_FAMILIES = sql(
    "SELECT p.id, p.school_id, m.mentor_id, MIN(g.person_id) AS guardian FROM pupil p"
    " JOIN mentorship m ON m.pupil_id = p.id AND m.until IS NULL JOIN person t ON t.id = m.mentor_id"
    " JOIN guardianship g ON g.pupil_id = p.id AND g.until IS NULL"
    " WHERE t.staff_number IN ('T002', 'T003') GROUP BY p.id, p.school_id, m.mentor_id, p.number ORDER BY p.number"
)
_JOINED = sql("UPDATE guardianship SET confirmed_at = :now WHERE pupil_id = :pupil AND person_id = :guardian")
_ANY = sql("SELECT 1 FROM visit LIMIT 1")


def seed(connection: Connection, vault: Vault, now: datetime) -> None:
    """Visits of the last weeks for the families of the two mentors who have no phone on the page; once."""
    unit = Unit(connection, vault, now)
    if unit.execute(_ANY).first() is not None:
        return
    families = unit.execute(_FAMILIES).all()
    for mentor in {row.mentor_id for row in families}:
        week = [(day, 16 * 60 + 30, 19 * 60) for day in range(5)] + [(5, 9 * 60, 12 * 60)]
        availability.set_week(unit, mentor, Purpose.VISIT.value, week)
    unit.finish()
    for number, row in enumerate(families):
        ago = DAYS - number * DAYS // max(len(families), 1)
        form = FORMS[number % len(FORMS)]
        _visit(connection, vault, now - timedelta(days=ago), row, form, STARS[number % len(STARS)])


def _visit(connection: Connection, vault: Vault, then: datetime, row: Row[Any], form: str, stars: int) -> None:
    """One visit, from invitation to its end, as if at that time."""
    unit = Unit(connection, vault, then)
    pupil, guardian, mentor = row.id, row.guardian, row.mentor_id
    unit.write(_JOINED, pupil=pupil, guardian=guardian, now=unit.now_ms)
    visit, _ = visits.plan(
        unit,
        school_id=row.school_id,
        pupil_id=pupil,
        mentor_id=mentor,
        purpose=Purpose.VISIT,
        state=VisitState.INVITED,
        actor=mentor,
    )
    visits.says(unit, visit, guardian, Reply.INVITED)
    if form == "declined":
        booking.decline(unit, visit, guardian)
        unit.finish()
        return
    wanted = Wanted(row.school_id, ZONE, Purpose.VISIT, Form(form), pupil, mentor, None, guardian, visit)
    free = slots.free(unit, wanted, RULES)
    if (
        free
        and booking.choose(unit, visit, guardian, Form(form), free[0].starts_at, RULES, ZONE)
        is booking.Result.CONFIRMED
    ):
        unit.finish()
        _held(connection, vault, visit, guardian, mentor, stars)
        return
    unit.finish()


def _held(connection: Connection, vault: Vault, visit_id: int, guardian: int, mentor: int, stars: int) -> None:
    """It took place, where its time has passed."""
    unit = Unit(connection, vault, datetime.now(tz=ZoneInfo(ZONE)))
    visit = visits.must(unit, visit_id)
    if visit.ends_at is None or visit.ends_at > unit.now_ms:
        return
    visits.move(unit, visit_id, VisitState.HELD, mentor, "held", ended_at=visit.ends_at)
    booking.release(unit, visit)
    visits.move(unit, visit_id, VisitState.AGREED, guardian, "agreed")
    feedback.give(unit, visit_id, guardian, stars)
    visits.move(unit, visit_id, VisitState.CLOSED, mentor, "closed")
    unit.finish()


def first_evening(morning: datetime) -> datetime:
    """When the first visit can be that the story's mentor offers: after school on the next day on which it may be."""
    place, calendar = ZoneInfo(ZONE), Calendar(ZONE, {})
    day: date = morning.astimezone(place).date() + timedelta(days=1)
    while day.weekday() > 4 or is_public_holiday(day) or not calendar.is_school_day(day):
        day += timedelta(days=1)
    return at_minute(day, 16 * 60 + 30, place)
