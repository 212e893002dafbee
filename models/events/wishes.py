"""Which months a mentor would like, or cannot, for the parent class: asked before the rota is proposed."""

from __future__ import annotations

from datetime import date

from models.base import as_day
from models.unit import Unit, sql

PREFER, CANNOT = "prefer", "cannot"

_PUT = sql(
    "INSERT INTO rota_wish (person_id, month, wish) VALUES (:person, :month, :wish)"
    " ON CONFLICT (person_id, month) DO UPDATE SET wish = :wish"
)
_DROP = sql("DELETE FROM rota_wish WHERE person_id = :person AND month = :month")
_OF = sql("SELECT month, wish FROM rota_wish WHERE person_id = :person")
_ALL = sql(
    "SELECT w.person_id, w.month, w.wish FROM rota_wish w JOIN person p ON p.id = w.person_id WHERE p.school_id = :school"
)


def put(unit: Unit, person_id: int, month: date, wish: str | None) -> None:
    """Keeps a wish, or takes it back. Raises ValueError for what is none, and for what is no first day of a month."""
    if wish not in (PREFER, CANNOT, None) or month.day != 1:
        raise ValueError((month, wish))
    if wish is None:
        unit.write(_DROP, person=person_id, month=month)
    else:
        unit.write(_PUT, person=person_id, month=month, wish=wish)


def of(unit: Unit, person_id: int) -> dict[date, str]:
    """The wishes of one mentor by month."""
    return {as_day(row.month): row.wish for row in unit.execute(_OF, person=person_id)}


def of_school(unit: Unit, school_id: int) -> dict[int, dict[date, str]]:
    """The wishes of a school's mentors."""
    found: dict[int, dict[date, str]] = {}
    for row in unit.execute(_ALL, school=school_id):
        found.setdefault(row.person_id, {})[as_day(row.month)] = row.wish
    return found
