"""What should be looked at before a notice goes out, as sentences with their reasons."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers.context import Context, SchoolSettings
from handlers.telling import when
from models.base import to_ms
from models.hours import at_minute
from models.notices import attention, checks, forecast, notices, weeklist
from models.notices.checks import Day, Finding
from models.notices.states import Level
from models.notices.tables import Notice
from models.unit import Unit


def found(unit: Unit, notice: Notice, school: SchoolSettings, zone: str) -> list[Finding]:
    """All findings of a notice as it stands now."""
    at = forecast.moment(notice.starts_at, unit.now)
    place = ZoneInfo(zone)
    day = at.astimezone(place).date()
    bounds = Day(
        to_ms(at_minute(day, 0, place)),
        to_ms(at_minute(day + timedelta(days=1), 0, place)),
        attention.week_of(at, zone),
    )
    return checks.found(
        unit,
        notice,
        notices.content(unit, notice),
        notices.audience(notice),
        day=bounds,
        per_week=school.notices.per_week,
        known=(school.help_phone, school.duty_phone),
    )


def sentences(context: Context, notice: Notice, findings: list[Finding]) -> list[str]:
    """Each finding with its reason."""
    school = context.school
    lists = weeklist.next_at(forecast.moment(notice.starts_at, context.unit.now), school.zone, school.notices)
    return [
        context.words(
            # A mentor has another way for what cannot wait.
            "ncheck.week_mentor" if one.kind == "week" and notice.level == Level.MENTOR else f"ncheck.{one.kind}",
            found=one.found,
            count=one.count,
            most=school.notices.per_week,
            number=one.count + 1,
            time=when(context.language, lists, school.zone),
        )
        for one in findings
    ]
