"""Days and times of an event that is put together: which are offered, what was typed, and what a person should know."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.calendar import calendar_of, is_public_holiday
from models.events.rules import DAY, HOUR
from models.school_year import DAY_OFF, EXAM, HOLIDAY, SCHOOL_DAY, days_in, kept, times_in
from models.unit import Unit

PAGE_DAYS = 21
FARTHEST = 120
"""Days ahead at most."""
SOONEST = 3
"""Hours ahead at least: an invitation that comes later is of no use."""
EARLIEST, LATEST, STEP = 8 * 60, 20 * 60 + 30, 30
"""Beginnings that stand as buttons, in minutes after midnight."""
TYPED = (6 * 60, 22 * 60)
"""Between these a typed beginning may lie."""
PAGES = (FARTHEST + PAGE_DAYS - 1) // PAGE_DAYS

_OCLOCK = re.compile(r"(上午|早上|中午|下午|傍晚|晚上)?\s*(\d{1,2})\s*点\s*(半|(\d{1,2})\s*分?)?")
_WORDS = re.compile(
    r"上午|早上|中午|下午|傍晚|晚上|改[到成]?|[吧周星期礼拜一二三四五六日天()（）,，。;；]+|\b(on|at|from|(mon|tue|wed|thu|fri|sat|sun)[a-z]*)\b",
    re.I,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+({'|'.join(_MONTHS)})[a-z]*\.?|({'|'.join(_MONTHS)})[a-z]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?)"
    r"(?:,?\s+(\d{4}))?\b",
    re.I,
)
"""12 February, Feb 12, February 12th, 2027: as the bot itself writes days in English."""
_LATE = ("下午", "傍晚", "晚上")


def offered(unit: Unit, school_id: int, zone: str, page: int) -> list[tuple[date, bool]]:
    """School days of three weeks (page 0 begins today), each with whether it lies in an exam week."""
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    calendar = calendar_of(unit, school_id, zone)
    spans = kept(unit, school_id).entries
    found = []
    for ahead in range(page * PAGE_DAYS, min((page + 1) * PAGE_DAYS, FARTHEST + 1)):
        day = today + timedelta(days=ahead)
        inside = {one.kind for one in spans if one.first <= day <= one.last}
        if calendar.is_school_day(day) and HOLIDAY not in inside:
            found.append((day, EXAM in inside))
    return found


def typed(text: str, today: date) -> tuple[date | None, int | None]:
    """Day and beginning (minutes after midnight) that a text names; each may be missing. Raises ValueError for what is
    neither, for two of a kind, and for a day or time that there is not."""
    minutes: list[int] = []

    def spoken(found: re.Match[str]) -> str:
        hour, minute = int(found[2]), 30 if found[3] == "半" else int(found[4] or 0)
        if found[1] in _LATE and hour < 12:
            hour += 12
        if hour > 23 or minute > 59:
            raise ValueError(text)
        minutes.append(hour * 60 + minute)
        return " "

    def named(found: re.Match[str]) -> str:
        month = _MONTHS.index((found[2] or found[3]).lower()) + 1
        day = f"{month}-{found[1] or found[4]}"
        return f" {found[5]}-{day} " if found[5] else f" {day} "

    rest = _OCLOCK.sub(spoken, _NAMED.sub(named, text))
    late = any(word in rest for word in _LATE)
    days, rest = days_in(rest, today)
    times, rest = times_in(rest)
    minutes += [one + 720 if late and one < 720 else one for one in times]
    if _WORDS.sub("", rest).strip() or len(days) > 1 or len(minutes) > 1 or not (days or minutes):
        raise ValueError(text)
    return (days[0] if days else None), (minutes[0] if minutes else None)


def wrong_day(day: date, today: date) -> str:
    """Why an event cannot be on that day, as a word: past, far; empty where it can."""
    if day < today:
        return "past"
    return "far" if (day - today).days > FARTHEST else ""


def wrong(starts_at: int, now: datetime, now_ms: int, zone: str) -> str:
    """Why it cannot begin then (ms since 1970), as a word: past, soon, far, hours; empty where it can."""
    place = ZoneInfo(zone)
    at = datetime.fromtimestamp(starts_at / 1000, place)
    if starts_at <= now_ms:
        return "past"
    if starts_at < now_ms + SOONEST * HOUR:
        return "soon"
    if wrong_day(at.date(), now.astimezone(place).date()):
        return "far"
    return "" if TYPED[0] <= at.hour * 60 + at.minute <= TYPED[1] else "hours"


def warnings(unit: Unit, school_id: int, day: date, zone: str, *, working: bool) -> list[tuple[str, str]]:
    """What somebody should know about a day, as (word, name): exam, holiday, public, off. `working`: it is for staff, to
    whom any day without school says so. A person decides; no day is forbidden."""
    found = []
    for one in kept(unit, school_id).entries:
        if one.first <= day <= one.last and one.kind in (EXAM, HOLIDAY, DAY_OFF):
            found.append(("off" if one.kind == DAY_OFF else one.kind, one.name))
    own = any(one.kind == SCHOOL_DAY and one.first == day for one in kept(unit, school_id).entries)
    if not found and not own and is_public_holiday(day):
        found.append(("public", ""))
    if not found and working and not calendar_of(unit, school_id, zone).is_school_day(day):
        found.append(("off", ""))
    return found


def notice_at(starts_at: int, notice_days: int) -> int:
    """When the invitation is due, in ms since 1970."""
    return starts_at - notice_days * DAY
