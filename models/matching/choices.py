"""Whom one may choose: mentors for a family, pupils for a mentor. Names that one sees anyway, or that all families see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from models.standing import class_label
from models.unit import Unit, sql

_MENTORS = sql(
    "SELECT m.id, m.person_id, p.sealed_name, p.subject, EXISTS (SELECT 1 FROM mentorship ms JOIN pupil pu"
    " ON pu.id = ms.pupil_id AND pu.ended_at IS NULL JOIN pupil me ON me.id = :pupil"
    " AND me.school_class_id = pu.school_class_id WHERE ms.mentor_id = m.person_id AND ms.until IS NULL) AS near"
    " FROM match_mentor m JOIN person p ON p.id = m.person_id AND p.ended_at IS NULL WHERE m.round_id = :round"
    " AND (m.capacity IS NULL OR m.capacity > 0) AND EXISTS (SELECT 1 FROM role ro WHERE ro.person_id = p.id"
    " AND ro.kind = 'mentor' AND ro.until IS NULL)"
)
_PUPILS = sql(
    "SELECT m.id, m.pupil_id, pu.sealed_name, sc.grade, sc.name, m.round_id FROM match_pupil m"
    " JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL JOIN school_class sc ON sc.id = pu.school_class_id"
    " WHERE m.round_id = :round AND (pu.school_class_id IN (SELECT o.school_class_id FROM mentorship ms JOIN pupil o"
    " ON o.id = ms.pupil_id AND o.ended_at IS NULL WHERE ms.mentor_id = :mentor AND ms.until IS NULL)"
    " OR pu.school_class_id IN (SELECT t.school_class_id FROM class_team t WHERE t.chief_mentor_id = :mentor"
    " AND t.until IS NULL)) ORDER BY sc.grade, sc.name, pu.number, pu.id"
)
_ALL_MENTORS = sql(
    "SELECT p.id, p.id AS person_id, p.sealed_name, p.subject, 0 AS near FROM person p JOIN role ro ON ro.person_id = p.id"
    " AND ro.kind = 'mentor' AND ro.until IS NULL WHERE p.school_id = :school AND p.ended_at IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM match_mentor m WHERE m.round_id = :round AND m.person_id = p.id) ORDER BY p.id"
)
_ROUND_OF = sql(
    "SELECT round_id FROM match_pupil WHERE id = :id UNION ALL SELECT round_id FROM match_mentor WHERE id = :id"
)
_PERSON = sql("SELECT id, school_id, sealed_name FROM person WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Choice:
    """A mentor who can be chosen; `row_id` in the round, `near`: mentors somebody in the pupil's class now."""

    row_id: int
    person_id: int
    name: str
    subject: str
    near: bool


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil whom a mentor may name."""

    row_id: int
    pupil_id: int
    name: str
    group: str


def _choice(unit: Unit, row: Row[Any]) -> Choice:
    name = unit.vault.open("person", row.person_id, "name", row.sealed_name)
    return Choice(row.id, row.person_id, name, row.subject or "", bool(row.near))


def mentors(unit: Unit, round_id: int, pupil_id: int) -> list[Choice]:
    """The mentors of a round: those who are in the pupil's class already first, then by subject and name."""
    found = [_choice(unit, row) for row in unit.execute(_MENTORS, round=round_id, pupil=pupil_id)]
    return sorted(found, key=lambda one: (not one.near, one.subject, one.name, one.person_id))


def pupils(unit: Unit, round_id: int, mentor_id: int) -> list[Child]:
    """The pupils whom a mentor may name: those of the classes in which this mentor works."""
    return [
        Child(
            row.id,
            row.pupil_id,
            unit.vault.open("pupil", row.pupil_id, "name", row.sealed_name),
            class_label(row.grade, row.name),
        )
        for row in unit.execute(_PUPILS, round=round_id, mentor=mentor_id)
    ]


def others(unit: Unit, round_id: int, school_id: int) -> list[Choice]:
    """Mentors of the school who are not in the round (their `row_id` is the person)."""
    return [_choice(unit, row) for row in unit.execute(_ALL_MENTORS, round=round_id, school=school_id)]


def round_of(unit: Unit, row_id: int) -> int | None:
    """The round to which a pupil's or a mentor's row belongs."""
    row = unit.execute(_ROUND_OF, id=row_id).first()
    return None if row is None else int(row.round_id)


def name_of(unit: Unit, person_id: int | None) -> str:
    """A member of staff's name; empty for nobody."""
    row = None if person_id is None else unit.execute(_PERSON, id=person_id).first()
    return "" if row is None else unit.vault.open("person", row.id, "name", row.sealed_name)
