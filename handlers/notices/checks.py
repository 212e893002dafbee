"""What should be looked at before a notice goes out, as sentences with their reasons."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers.context import Context, SchoolSettings
from models.base import to_ms
from models.hours import at_minute
from models.notices import attention, checks, forecast, notices
from models.notices.checks import Day, Finding
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


def sentences(context: Context, findings: list[Finding]) -> list[str]:
    """Each finding with its reason."""
    most = context.school.notices.per_week
    return [
        context.words(f"ncheck.{one.kind}", found=one.found, count=one.count, most=most, number=one.count + 1)
        for one in findings
    ]
