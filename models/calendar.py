"""Which days are school days: the school's own word first, then the country's calendar of holidays and make-up days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from models.base import as_day
from models.unit import Unit, sql

FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Holidays on the same day of every year, known before a year's calendar is (State Council, Measures for Holidays, 2024)."""


@lru_cache(maxsize=4096)
def _by_the_country(day: date) -> bool:
    """Whether people work on that day in China, make-up Saturdays and Sundays included; Monday to Friday for years
    whose calendar is not published yet (the State Council's notice comes in November of the year before)."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in FIXED


@lru_cache(maxsize=4096)
def is_public_holiday(day: date) -> bool:
    """Whether that day belongs to a public holiday of China, its bridging days included; of unknown years those alone that
    have a fixed day."""
    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return (day.month, day.day) in FIXED
    return bool(free) and name is not None


def knows(year: int) -> bool:
    """Whether the country's holidays and make-up days of a year are in the library yet."""
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        return False
    return True


@dataclass(frozen=True)
class Calendar:
    """A school's days. `zone` is an IANA name; `days` are those on which the school departs from the country."""

    zone: str
    days: Mapping[date, bool]

    def is_school_day(self, day: date) -> bool:
        """Whether the school works on that day."""
        own = self.days.get(day)
        return _by_the_country(day) if own is None else own


LONGEST_CLOSED = 10
"""Days: a longer holiday (winter, summer) does not hold messages back, they would wait for weeks. It only ends duties."""

_DAYS = sql("SELECT day, is_school_day FROM calendar_day WHERE school_id = :school")
_HOLIDAYS = sql("SELECT first, last FROM calendar_span WHERE school_id = :school AND kind = 'holiday'")


def calendar_of(unit: Unit, school_id: int, zone: str) -> Calendar:
    """The calendar of a school, read once for a unit of work."""
    known = unit.notes.get(("calendar", school_id, zone))
    if isinstance(known, Calendar):
        return known
    days: dict[date, bool] = {}
    for row in unit.execute(_HOLIDAYS, school=school_id):
        first, last = as_day(row.first), as_day(row.last)
        if (last - first).days < LONGEST_CLOSED:
            days |= {first + timedelta(days=one): False for one in range((last - first).days + 1)}
    days |= {as_day(row.day): bool(row.is_school_day) for row in unit.execute(_DAYS, school=school_id)}
    found = unit.notes[("calendar", school_id, zone)] = Calendar(zone, days)
    return found
