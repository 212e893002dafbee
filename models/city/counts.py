"""The city's and a district's counts as they may be seen: rounded, from five up, by school and never below.

1. A number of families is shown from five up, rounded down to a multiple of five; less is 'fewer than five', nothing too.
   So nobody can tell from two looks, or from a number and its complement, what one family did.
2. Sums are sums of what is shown. They say nothing that the rows do not say, and no hidden number can be reckoned out.
3. Parent classes held and planned are counts of classes; they are shown as they are where the school has five families.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.base import as_day
from models.people import RoleKind
from models.standing import Standing, roles
from models.sums import FEWEST
from models.unit import Unit, sql

WHOLE = ("class_held", "class_planned")
MONTHS = 12
"""Of the chart."""

_ROWS = sql(
    "SELECT s.id, s.name, c.what, c.number FROM city_count c JOIN school s ON s.id = c.school_id"
    " WHERE c.span = :span AND c.begins = :begins AND (:district = 0 OR EXISTS"
    " (SELECT 1 FROM district_school d WHERE d.school_id = s.id AND d.district_id = :district)) ORDER BY s.name, s.id"
)
# Added up where the rows are, by the same rule as `shown`: a city's year has some 50,000 of them.
_MONTHS = sql(
    "SELECT c.begins, c.what, SUM(CASE WHEN c.what IN ('class_held', 'class_planned') THEN c.number"
    f" ELSE c.number - c.number % {FEWEST} END) AS number FROM city_count c WHERE c.span = 'month' AND c.begins >= :first"
    f" AND ((c.what NOT IN ('class_held', 'class_planned') AND c.number >= {FEWEST}) OR (c.what IN ('class_held',"
    " 'class_planned') AND EXISTS (SELECT 1 FROM city_count p WHERE p.school_id = c.school_id AND p.span = c.span"
    f" AND p.begins = c.begins AND p.what = 'pupils' AND p.number >= {FEWEST})))"
    " AND (:district = 0 OR EXISTS (SELECT 1 FROM district_school d WHERE d.school_id = c.school_id"
    " AND d.district_id = :district)) GROUP BY c.begins, c.what"
)
_SPANS = sql("SELECT DISTINCT begins FROM city_count WHERE span = :span ORDER BY begins DESC LIMIT :most")
_AS_OF = sql(
    "SELECT MIN(c.at) AS at, COUNT(*) AS schools, COUNT(c.at) AS counted FROM school s"
    " LEFT JOIN city_counted c ON c.school_id = s.id"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A school's numbers as they may be seen: None for fewer than five."""

    name: str
    numbers: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class AsOf:
    """The moment of the oldest count (milliseconds since 1970), and of how many schools there are counts."""

    at: int | None
    counted: int
    schools: int


def may(unit: Unit, who: Standing) -> bool:
    """Whether this account is the centre's today."""
    return RoleKind.CENTRE in roles(unit, who)


def shown(number: int) -> int | None:
    """A number of families as it may be seen."""
    return None if number < FEWEST else number - number % FEWEST


def _seen(numbers: dict[str, int]) -> dict[str, int | None]:
    large = numbers.get("pupils", 0) >= FEWEST
    return {what: (one if large else None) if what in WHOLE else shown(one) for what, one in numbers.items()}


def rows(unit: Unit, who: Standing, span: str, begins: date, district: int = 0) -> list[Row]:
    """The schools by name, each with its numbers; none for who is not the centre's. `district` 0 for all."""
    if not may(unit, who):
        return []
    found: dict[int, tuple[str, dict[str, int]]] = {}
    for row in unit.execute(_ROWS, span=span, begins=begins, district=district):
        found.setdefault(row.id, (row.name, {}))[1][row.what] = row.number
    return [Row(name, _seen(numbers)) for name, numbers in found.values()]


def total(found: Iterable[Row], what: str) -> int | None:
    """The sum of what is shown; None where of no school anything is."""
    known = [one.numbers[what] for one in found if one.numbers.get(what) is not None]
    return sum(one for one in known if one is not None) if known else None


def hidden(found: Iterable[Row], what: str) -> int:
    """Of how many schools the number is not shown."""
    return sum(1 for one in found if what in one.numbers and one.numbers[what] is None)


def months(unit: Unit, who: Standing, district: int = 0) -> dict[date, dict[str, int | None]]:
    """The last months by their first days: the sums of what is shown of their schools."""
    every = spans(unit, who, "month")[:MONTHS]
    found: dict[date, dict[str, int | None]] = {one: {} for one in reversed(every)}
    for row in unit.execute(_MONTHS, first=every[-1], district=district) if every else ():
        # Between the two statements a new month may have been counted.
        found.setdefault(as_day(row.begins), {})[row.what] = int(row.number)
    return found


def spans(unit: Unit, who: Standing, span: str) -> list[date]:
    """The months or terms of which there are counts, the latest first."""
    if not may(unit, who):
        return []
    return [as_day(row.begins) for row in unit.execute(_SPANS, span=span, most=MONTHS * 3)]


def as_of(unit: Unit) -> AsOf:
    """How fresh the counts are."""
    row = unit.execute(_AS_OF).one()
    return AsOf(row.at, row.counted, row.schools)
