"""What guardians thought of a visit, 1 to 5 and a comment: voluntary, and shown in sums of five families and five more."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from models.appointments import visits
from models.appointments.states import TOOK_PLACE
from models.base import new_id
from models.checklist import items, topic
from models.masking import masked
from models.sums import in_steps
from models.unit import Unit, sql

OPEN_DAYS = 30
DAY = 86_400_000
LONGEST = 500
PRIVATE = 2


@dataclass(frozen=True, slots=True)
class Sums:
    """Answers in sum. Nothing at all (0, None, no comments) of fewer than five guardians."""

    count: int = 0
    mean: float | None = None
    comments: tuple[str, ...] = ()


_PUT = sql(
    "INSERT INTO visit_feedback (id, visit_id, guardian_id, stars, at) VALUES (:id, :visit, :guardian, :stars, :now)"
    " ON CONFLICT (visit_id, guardian_id) DO UPDATE SET stars = :stars, at = :now"
)
_ROW = sql("SELECT id, stars, sealed_comment FROM visit_feedback WHERE visit_id = :visit AND guardian_id = :guardian")
_COMMENT = sql("UPDATE visit_feedback SET sealed_comment = :sealed, at = :now WHERE id = :id")
_OF_CLASS = sql(
    "SELECT f.id, f.guardian_id, f.stars, f.sealed_comment, v.school_id FROM visit_feedback f"
    " JOIN visit v ON v.id = f.visit_id JOIN pupil p ON p.id = v.pupil_id"
    " WHERE p.school_class_id = :group AND f.at > :after ORDER BY f.id"
)


def open_for(unit: Unit, visit_id: int) -> bool:
    """Whether it can be given, or changed: for thirty days after the visit."""
    visit = visits.one(unit, visit_id)
    if visit is None or visit.state not in TOOK_PLACE or visit.ended_at is None:
        return False
    return visit.ended_at > unit.now_ms - OPEN_DAYS * DAY


def given(unit: Unit, visit_id: int, guardian_id: int) -> int | None:
    """What this guardian has said: 1 to 5."""
    row = unit.execute(_ROW, visit=visit_id, guardian=guardian_id).first()
    return None if row is None else int(row.stars)


def give(unit: Unit, visit_id: int, guardian_id: int, stars: int) -> bool:
    """Takes 1 to 5, in place of what this guardian said before. Rights are the caller's to ask. Raises ValueError."""
    if not 1 <= stars <= 5:
        raise ValueError(stars)
    if not open_for(unit, visit_id):
        return False
    return unit.write(_PUT, id=new_id(), visit=visit_id, guardian=guardian_id, stars=stars, now=unit.now_ms) == 1


def comment(unit: Unit, visit_id: int, guardian_id: int, words: str) -> bool:
    """A sentence beside the number. False where there is no number, or it is too late."""
    row = unit.execute(_ROW, visit=visit_id, guardian=guardian_id).first()
    if row is None or not open_for(unit, visit_id):
        return False
    sealed = unit.vault.seal("visit_feedback", row.id, "comment", words[:LONGEST])
    return unit.write(_COMMENT, id=row.id, sealed=sealed, now=unit.now_ms) == 1


def sums(unit: Unit, class_id: int, after_ms: int) -> Sums:
    """What the families of a class said since a moment (ms since 1970): how many answers, their mean, comments without
    names and in no order. A comment on something that only few need to know of is left out. Rights are the caller's.

    The answers count from the first one on, in steps of five guardians each: whoever looks before and after an answer does
    not learn it from the difference.
    """
    rows = in_steps(unit.execute(_OF_CLASS, group=class_id, after=after_ms).all(), lambda row: row.guardian_id)
    if not rows:
        return Sums()
    comments = []
    for row in rows:
        if row.sealed_comment is None:
            continue
        words = unit.vault.open("visit_feedback", row.id, "comment", bytes(row.sealed_comment))
        if _level(unit, row.school_id, words) < PRIVATE:
            comments.append(words)
    comments = masked(unit, [class_id], comments)
    secrets.SystemRandom().shuffle(comments)
    return Sums(len(rows), sum(row.stars for row in rows) / len(rows), tuple(comments))


def _level(unit: Unit, school_id: int, words: str) -> int:
    """How private a comment is: as the more private of the two items that it is most likely about."""
    found = (items.by_code(unit, school_id, code) for code in topic.propose_items(words)[:2])
    return max((one.level for one in found if one is not None), default=0)
