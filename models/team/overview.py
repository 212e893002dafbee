"""How a class stands, in counts: for chief mentors and admins. Nothing here is counted by mentor."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.duties import due
from models.duties.due import Due
from models.standing import class_label
from models.unit import Unit

CONTACT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Stand:
    """A class in counts of pupils. `oldest` is since when the longest of those who wait has waited (ms since 1970)."""

    class_id: int
    name: str
    pupils: int
    without_mentor: int
    joined: int
    contacted: int
    waiting: int
    oldest: int | None


_CLASSES = text(
    "SELECT sc.id, sc.grade, sc.name, COUNT(pu.id) AS pupils,"
    " SUM(CASE WHEN m.id IS NULL THEN 1 ELSE 0 END) AS alone,"
    " SUM(CASE WHEN EXISTS (SELECT 1 FROM guardianship g WHERE g.pupil_id = pu.id AND g.confirmed_at IS NOT NULL)"
    " THEN 1 ELSE 0 END) AS joined,"
    " SUM(CASE WHEN EXISTS (SELECT 1 FROM thread t WHERE t.pupil_id = pu.id AND t.mentor_wrote_at >= :after)"
    " THEN 1 ELSE 0 END) AS contacted"
    " FROM school_class sc JOIN pupil pu ON pu.school_class_id = sc.id AND pu.ended_at IS NULL"
    " LEFT JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL"
    " WHERE (sc.school_id IN :schools OR sc.id IN"
    " (SELECT c.school_class_id FROM class_team c WHERE c.until IS NULL AND c.chief_mentor_id = :chief))"
    " GROUP BY sc.id, sc.grade, sc.name ORDER BY sc.id"
).bindparams(bindparam("schools", expanding=True))
_WAITING = text(
    "SELECT pu.school_class_id, COUNT(*) AS waiting, MIN(p.since) AS oldest FROM promise p"
    " JOIN thread t ON t.id = p.thread_id JOIN pupil pu ON pu.id = t.pupil_id"
    " WHERE p.ended_at IS NULL AND pu.school_class_id IN :classes GROUP BY pu.school_class_id"
).bindparams(bindparam("classes", expanding=True))
_MENTORS = text(
    "SELECT DISTINCT m.mentor_id AS id FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " WHERE m.until IS NULL AND pu.school_class_id = :class"
    " UNION SELECT a.substitute_id FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id"
    " JOIN absence a ON a.mentor_id = m.mentor_id AND a.cancelled_at IS NULL AND a.starts_at <= :now AND a.ends_at > :now"
    " WHERE m.until IS NULL AND pu.school_class_id = :class"
    " UNION SELECT c.chief_mentor_id FROM class_team c WHERE c.until IS NULL AND c.school_class_id = :class"
)
_PUPILS = text("SELECT id FROM pupil WHERE school_class_id = :class AND ended_at IS NULL")


def classes(unit: Unit, schools: list[int], chief_id: int) -> list[Stand]:
    """The classes of these schools, and those that this person leads."""
    after = unit.now_ms - CONTACT_DAYS * 86_400_000
    rows = unit.execute(_CLASSES, schools=schools or [0], chief=chief_id, after=after).all()
    waiting = {row.school_class_id: row for row in unit.execute(_WAITING, classes=[row.id for row in rows] or [0])}
    return [
        Stand(
            class_id=row.id,
            name=class_label(row.grade, row.name),
            pupils=row.pupils,
            without_mentor=row.alone,
            joined=row.joined,
            contacted=row.contacted,
            waiting=waiting[row.id].waiting if row.id in waiting else 0,
            oldest=waiting[row.id].oldest if row.id in waiting else None,
        )
        for row in rows
    ]


def not_held(unit: Unit, class_id: int, zone: str) -> dict[str, list[Due]]:
    """The duties of a class whose day has come, by kind: of its pupils, its team, and its mentors taken together."""
    mentors = [row.id for row in unit.execute(_MENTORS, now=unit.now_ms, **{"class": class_id})]
    children = {row.id for row in unit.execute(_PUPILS, **{"class": class_id})}
    found: dict[str, list[Due]] = {}
    for dues in due.of_mentors(unit, mentors, zone).values():
        for one in dues:
            ours = (
                one.subject_id in children
                if one.kind.subject == "pupil"
                else one.kind.subject != "team" or one.subject_id == class_id
            )
            if ours and one.due_on <= due.days_of(unit, one.school_id, zone).today:
                found.setdefault(one.kind.code, []).append(one)
    return found
