"""Hours: when a mentor works, when a family rests, and by when an answer is promised. Pure rules on moments.

Hours are minutes after midnight in the school's zone. Equal ends mean 'always' for working hours and 'never' for quiet
ones; ends the other way round go over midnight.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.calendar import Calendar

FAR = 400
"""Days looked ahead at most: a calendar without any school day must not hold a message for ever."""


def at_minute(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """That minute of a day in UTC; one that a clock change leaves out is the moment of the change."""
    days, rest = divmod(minutes, 1440)
    naive = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60))
    return naive.replace(tzinfo=zone).astimezone(UTC)


def _span(day: date, hours: tuple[int, int], zone: ZoneInfo) -> tuple[datetime, datetime]:
    begin, end = hours
    return at_minute(day, begin, zone), at_minute(day, end if end > begin else end + 1440, zone)


def opens_at(calendar: Calendar, hours: tuple[int, int], now: datetime) -> datetime | None:
    """When working hours begin next, always on a school day; nothing while they last."""
    if hours[0] == hours[1]:
        return None
    zone = ZoneInfo(calendar.zone)
    today = now.astimezone(zone).date()
    for ahead in range(-1, FAR):
        day = today + timedelta(days=ahead)
        if not calendar.is_school_day(day):
            continue
        begin, end = _span(day, hours, zone)
        if begin <= now < end:
            return None
        if begin > now:
            return begin
    return None


def quiet_until(zone: str, quiet: tuple[int, int], now: datetime) -> datetime | None:
    """When quiet hours end; nothing outside them."""
    if quiet[0] == quiet[1]:
        return None
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    for ahead in (-1, 0):
        begin, end = _span(today + timedelta(days=ahead), quiet, place)
        if begin <= now < end:
            return end
    return None


def answer_by(calendar: Calendar, hours: tuple[int, int], reaches: datetime, school_days: int) -> datetime:
    """The end of working hours on the `school_days`-th school day after the day on which it reaches the mentor."""
    zone = ZoneInfo(calendar.zone)
    day = reaches.astimezone(zone).date()
    left = school_days
    for _ in range(FAR):
        day += timedelta(days=1)
        if calendar.is_school_day(day):
            left -= 1
            if left == 0:
                break
    ends = (hours[0], 1440) if hours[0] == hours[1] else hours
    return _span(day, ends, zone)[1]
