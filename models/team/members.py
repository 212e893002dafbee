"""Who belongs to a class's team: the mentors of its pupils, those who cover for them, and its chief mentor."""

from __future__ import annotations

from dataclasses import dataclass

from models.standing import Reach, Standing, class_label
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Team:
    """A class as its team sees it."""

    class_id: int
    name: str
    chief_id: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the team; `reach` is empty where they have not joined."""

    person_id: int
    name: str
    reach: Reach | None


_CLASSES = sql(
    "SELECT sc.id, sc.grade, sc.name, c.chief_mentor_id FROM school_class sc"
    " LEFT JOIN class_team c ON c.school_class_id = sc.id AND c.until IS NULL"
    " WHERE c.chief_mentor_id = :me OR sc.id IN (SELECT pu.school_class_id FROM pupil pu JOIN mentorship m"
    " ON m.pupil_id = pu.id AND m.until IS NULL LEFT JOIN absence a ON a.mentor_id = m.mentor_id"
    " AND a.cancelled_at IS NULL AND a.starts_at <= :now AND a.ends_at > :now"
    " WHERE pu.ended_at IS NULL AND (m.mentor_id = :me OR a.substitute_id = :me)) ORDER BY sc.id"
)
_MEMBERS = sql(
    "SELECT p.id, p.sealed_name, a.bot_id, a.user_id, a.language, a.reachable FROM person p"
    " LEFT JOIN account a ON a.id = p.account_id WHERE p.ended_at IS NULL AND p.id IN ("
    "SELECT m.mentor_id FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " WHERE m.until IS NULL AND pu.school_class_id = :class"
    " UNION SELECT c.chief_mentor_id FROM class_team c WHERE c.school_class_id = :class AND c.until IS NULL) ORDER BY p.id"
)
_PUPILS = sql(
    "SELECT pu.id, pu.sealed_name, m.mentor_id FROM pupil pu"
    " LEFT JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL"
    " WHERE pu.ended_at IS NULL AND pu.school_class_id = :class ORDER BY pu.id"
)


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil of the class."""

    pupil_id: int
    name: str
    mentor_id: int | None


def teams_of(unit: Unit, who: Standing) -> list[Team]:
    """The classes in whose team this person works today."""
    staff = who.staff
    if staff is None:
        return []
    return [
        Team(row.id, class_label(row.grade, row.name), row.chief_mentor_id)
        for row in unit.execute(_CLASSES, me=staff.person_id, now=unit.now_ms)
    ]


def team_of(unit: Unit, who: Standing, class_id: int) -> Team | None:
    """The team of a class, where this person belongs to it."""
    return next((one for one in teams_of(unit, who) if one.class_id == class_id), None)


def members(unit: Unit, class_id: int) -> list[Member]:
    """All of a class's team."""
    return [
        Member(
            row.id,
            unit.vault.open("person", row.id, "name", row.sealed_name),
            None if row.bot_id is None else Reach(row.bot_id, row.user_id, row.language, bool(row.reachable)),
        )
        for row in unit.execute(_MEMBERS, **{"class": class_id})
    ]


def pupils(unit: Unit, class_id: int) -> list[Child]:
    """The pupils of a class."""
    return [
        Child(row.id, unit.vault.open("pupil", row.id, "name", row.sealed_name), row.mentor_id)
        for row in unit.execute(_PUPILS, **{"class": class_id})
    ]
