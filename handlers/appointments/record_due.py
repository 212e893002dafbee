"""The one reminder of a record that is not written."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import telling
from handlers.appointments import shown
from handlers.context import SchoolSettings
from models.appointments import records, visits
from models.appointments.states import VisitState
from models.calendar import calendar_of
from models.duties import digests
from models.unit import Unit

HOUR = 3_600_000
REMIND_HOURS = 12
"""Hours after a visit before which nobody is reminded: what is written the same evening needs no word."""
USEFUL = 3
"""The reminder is of use for so many times the hours in which the record is to be written."""
MOST = 50


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    """Reminds a mentor of a record that is not written: once, in working hours, from twelve hours after the visit."""
    local = unit.now.astimezone(ZoneInfo(school.zone))
    for school_id in digests.schools(unit, bot_id):
        if not school.keep_hours or calendar_of(unit, school_id, school.zone).is_school_day(local.date()):
            _of_school(unit, bot_id, school_id, school, local)


def _of_school(unit: Unit, bot_id: int, school_id: int, school: SchoolSettings, local: datetime) -> None:
    useful = school.visits.record_hours * USEFUL * HOUR
    found = records.unwritten(
        unit,
        bot_id,
        school_id,
        before=unit.now_ms - REMIND_HOURS * HOUR,
        after=unit.now_ms - useful,
        at=local,
        keep_hours=school.keep_hours,
        most=MOST,
    )
    for visit_id in found:
        visit = visits.must(unit, visit_id)
        mentor = shown.mentor_of(unit, visit)
        if mentor.reach is None or records.reader(unit, visit_id, [mentor.person_id]) is None:
            records.asked(unit, visit_id)
            continue
        if shown.teacher_hears(unit, mentor, school) is not None:
            continue
        if not digests.prompt(unit, mentor.person_id, school.zone, "record") or not records.asked(unit, visit_id):
            continue
        telling.tell(
            unit,
            mentor.reach,
            "record.reminder",
            dedupe_key=f"visit:{visit_id}:record",
            useful_until=(visit.ends_at or unit.now_ms) + useful,
            buttons=[
                [
                    telling.button(unit, mentor.reach, "button.record_now", "vrec", visit_id),
                    telling.button(unit, mentor.reach, "button.record_not_held", "vrnot", visit_id),
                ]
                if visit.state == VisitState.CONFIRMED
                else [telling.button(unit, mentor.reach, "button.record_now", "vrec", visit_id)]
            ],
            child=visits.names(unit, visit_id).child,
            time=telling.when(mentor.reach.language, visit.starts_at or 0, school.zone),
        )
