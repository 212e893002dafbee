"""Counts for those who keep watch over a class or a school: numbers, never names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.standing import class_label
from models.unit import Unit


@dataclass(frozen=True, slots=True)
class Joined:
    """Guardians of a class who have joined, of all in the roster; and its mentors who have not."""

    label: str
    joined: int
    all: int
    mentors_missing: int


_JOINED = (
    "SELECT sc.grade, sc.name, COUNT(g.id) AS everyone,"
    " SUM(CASE WHEN g.confirmed_at IS NOT NULL THEN 1 ELSE 0 END) AS confirmed,"
    " COUNT(DISTINCT CASE WHEN mp.account_id IS NULL THEN mp.id END) AS missing"
    " FROM school_class sc JOIN pupil pu ON pu.school_class_id = sc.id AND pu.ended_at IS NULL"
    " LEFT JOIN guardianship g ON g.pupil_id = pu.id AND g.until IS NULL"
    " LEFT JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL"
    " LEFT JOIN person mp ON mp.id = m.mentor_id"
    " WHERE {condition} GROUP BY sc.id, sc.grade, sc.name ORDER BY sc.grade, sc.name"
)


def joined(unit: Unit, *, school_ids: list[int] | None = None, chief_ids: list[int] | None = None) -> Iterator[Joined]:
    """Counts by class: of these schools, or of the classes that these people are chief mentors of."""
    if school_ids is not None:
        condition, people = "sc.school_id IN :people", school_ids
    else:
        condition = "sc.id IN (SELECT c.school_class_id FROM class_team c WHERE c.until IS NULL AND c.chief_mentor_id IN :people)"
        people = chief_ids or [0]
    statement = text(_JOINED.format(condition=condition)).bindparams(bindparam("people", expanding=True))
    for row in unit.execute(statement, people=people):
        yield Joined(class_label(row.grade, row.name), int(row.confirmed or 0), row.everyone, row.missing)
