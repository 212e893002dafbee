"""The classes of a school and of a round, and whose chief mentor has looked at the proposal."""

from __future__ import annotations

from dataclasses import dataclass

from models.standing import class_label
from models.unit import Unit, sql

_CLASSES = sql(
    "SELECT sc.id, sc.grade, sc.name, c.looked_at FROM match_class c JOIN school_class sc ON sc.id = c.class_id"
    " WHERE c.round_id = :round ORDER BY sc.grade, sc.name, sc.id"
)
_ALL_CLASSES = sql(
    "SELECT sc.id, sc.stage_id, sc.grade, sc.name, COUNT(pu.id) AS pupils FROM school_class sc LEFT JOIN pupil pu"
    " ON pu.school_class_id = sc.id AND pu.ended_at IS NULL WHERE sc.school_id = :school"
    " GROUP BY sc.id, sc.stage_id, sc.grade, sc.name ORDER BY sc.grade, sc.name, sc.id"
)
_LOOKED = sql("UPDATE match_class SET looked_by = :by, looked_at = :now WHERE round_id = :round AND class_id = :class")
_GIVEN = sql(
    "SELECT COUNT(*) AS pupils, COUNT(m.wished_at) AS wished FROM match_pupil m JOIN pupil pu ON pu.id = m.pupil_id"
    " AND pu.ended_at IS NULL WHERE m.round_id = :round"
)
_GIVEN_MENTORS = sql(
    "SELECT COUNT(*) AS mentors, COUNT(m.wished_at) AS wished FROM match_mentor m JOIN person p ON p.id = m.person_id"
    " AND p.ended_at IS NULL WHERE m.round_id = :round"
)


@dataclass(frozen=True, slots=True)
class Group:
    """A class; `looked`: its chief mentor has looked at the proposal."""

    id: int
    grade: str
    label: str
    pupils: int = 0
    looked: bool = False
    stage: int = 0


def classes_of_school(unit: Unit, school_id: int) -> list[Group]:
    """All classes of a school, with how many pupils they have."""
    return [
        Group(row.id, row.grade, class_label(row.grade, row.name), row.pupils, stage=row.stage_id)
        for row in unit.execute(_ALL_CLASSES, school=school_id)
    ]


def classes(unit: Unit, round_id: int) -> list[Group]:
    """The classes of a round."""
    return [
        Group(row.id, row.grade, class_label(row.grade, row.name), 0, row.looked_at is not None)
        for row in unit.execute(_CLASSES, round=round_id)
    ]


def looked(unit: Unit, round_id: int, class_id: int, by: int) -> None:
    """The chief mentor of a class has looked at its part."""
    unit.write(_LOOKED, round=round_id, by=by, now=unit.now_ms, **{"class": class_id})


@dataclass(frozen=True, slots=True)
class Answers:
    """Of how many pupils and mentors of a round a wish, or that there is none, is known."""

    pupils: int
    families: int
    mentors: int
    of_mentors: int


def answers(unit: Unit, round_id: int) -> Answers:
    """How many have answered."""
    given = unit.execute(_GIVEN, round=round_id).one()
    mentors = unit.execute(_GIVEN_MENTORS, round=round_id).one()
    return Answers(given.pupils, given.wished, mentors.mentors, mentors.wished)
