"""The terms that a sheet or a count can be about: a school's own, or half a year where it has entered none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.base import as_day, to_ms
from models.unit import Unit, sql

MOST = 4
"""Terms to choose from, the latest first."""
LEAST_DAYS = 7
"""A month of which a term has fewer days is not one of its months."""

_TERMS = sql(
    "SELECT id, name, starts_on, ends_on FROM term WHERE school_id = :school AND starts_on <= :day"
    " ORDER BY starts_on DESC LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term, both days included. Without a row (`id` empty) it has no name: half a year."""

    id: int | None
    name: str
    begins: date
    ends: date
    zone: str

    @property
    def since(self) -> int:
        """Its first moment, milliseconds since 1970."""
        return midnight(self.begins, self.zone)

    @property
    def until(self) -> int:
        """The first moment after it."""
        return midnight(self.ends + timedelta(days=1), self.zone)

    def months(self) -> list[date]:
        """Its months by their first days, without those of which it has only a few days."""
        found, month = [], self.begins.replace(day=1)
        while month <= self.ends:
            first, last = max(month, self.begins), min(after(month), self.ends + timedelta(days=1))
            if (last - first).days >= LEAST_DAYS:
                found.append(month)
            month = after(month)
        return found


def midnight(day: date, zone: str) -> int:
    """When a day begins, milliseconds since 1970."""
    return to_ms(datetime.combine(day, time(), ZoneInfo(zone)))


def after(month: date) -> date:
    """The first day of the month after a day's."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def today_of(unit: Unit, zone: str) -> date:
    """The day of the unit's moment, in a school's zone."""
    return unit.now.astimezone(ZoneInfo(zone)).date()


def half(day: date) -> tuple[date, date]:
    """The half year in which a day lies: from 1 August or from 1 February, both days included."""
    if 2 <= day.month <= 7:
        return date(day.year, 2, 1), date(day.year, 7, 31)
    year = day.year if day.month >= 8 else day.year - 1
    return date(year, 8, 1), date(year + 1, 1, 31)


def of_school(unit: Unit, school_id: int, zone: str) -> list[Term]:
    """The terms that have begun, the latest first; never empty."""
    today = today_of(unit, zone)
    rows = unit.execute(_TERMS, school=school_id, day=today, most=MOST)
    found = [Term(row.id, row.name, as_day(row.starts_on), as_day(row.ends_on), zone) for row in rows]
    return found or [Term(None, "", *half(today), zone)]


def chosen(unit: Unit, school_id: int, zone: str, begins: date | None) -> Term:
    """The term that begins on that day, otherwise the latest."""
    every = of_school(unit, school_id, zone)
    return next((one for one in every if one.begins == begins), every[0])
