"""Who still has part in a case: only who was told of it, and only as long as that person has to do with the child.

A mentor has it until the mentorship ends, who covers until the absence does, a chief mentor, a counsellor, a duty leader and an
admin as long as they are that. Who is spared (cases.spare) has none. A case that somebody took who is gone must not lie
there: it is open again.
"""

from __future__ import annotations

from sqlalchemy import bindparam, text

from models.unit import Unit, sql

_HAS = (
    "(EXISTS (SELECT 1 FROM mentorship m WHERE m.pupil_id = c.pupil_id AND m.until IS NULL AND (m.mentor_id = p.id"
    " OR EXISTS (SELECT 1 FROM absence a WHERE a.mentor_id = m.mentor_id AND a.substitute_id = p.id"
    " AND a.cancelled_at IS NULL AND a.starts_at <= :now AND a.ends_at > :now)))"
    " OR EXISTS (SELECT 1 FROM class_team t JOIN pupil pu ON pu.school_class_id = t.school_class_id"
    " WHERE pu.id = c.pupil_id AND t.chief_mentor_id = p.id AND t.until IS NULL)"
    " OR (p.school_id = c.school_id AND EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id AND r.until IS NULL"
    " AND r.kind IN ('counsellor', 'duty_leader', 'admin'))))"
)
_STEPS = sql(
    "SELECT s.person_id FROM case_step s JOIN safety_case c ON c.id = s.case_id"
    f" JOIN person p ON p.id = s.person_id AND p.ended_at IS NULL WHERE s.case_id = :case AND s.role <> 'spared' AND {_HAS}"
)
_OF = text(
    "SELECT DISTINCT s.case_id FROM case_step s JOIN safety_case c ON c.id = s.case_id"
    f" JOIN person p ON p.id = s.person_id AND p.ended_at IS NULL WHERE s.person_id IN :people AND s.role <> 'spared' AND {_HAS}"
).bindparams(bindparam("people", expanding=True))
_ALONE = sql(
    "SELECT c.id FROM safety_case c WHERE c.state = 'acknowledged' AND NOT EXISTS (SELECT 1 FROM person p"
    f" WHERE p.id = c.acknowledged_by AND p.ended_at IS NULL AND {_HAS}) ORDER BY c.id"
)
_OPEN = sql(
    "UPDATE safety_case SET state = 'open', acknowledged_at = NULL, acknowledged_by = NULL, next_at = :now"
    " WHERE id = :id AND state = 'acknowledged'"
)


def people(unit: Unit, case_id: int) -> set[int]:
    """Who was told of a case and still has to do with the child."""
    return {row.person_id for row in unit.execute(_STEPS, case=case_id, now=unit.now_ms)}


def cases_of(unit: Unit, person_ids: list[int]) -> list[int]:
    """The cases in which one of these people has part."""
    if not person_ids:
        return []
    return [row.case_id for row in unit.execute(_OF, people=person_ids, now=unit.now_ms)]


def left_alone(unit: Unit) -> list[int]:
    """Cases whose holder has nothing to do with the child any more: each is open again, and the path goes on."""
    rows = unit.execute(_ALONE, now=unit.now_ms).all()
    return [row.id for row in rows if unit.write(_OPEN, id=row.id, now=unit.now_ms) == 1]
