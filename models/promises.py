"""'Answer by Thursday': what families were promised, kept for each thread, told to the mentor alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.base import new_id
from models.unit import Unit, sql

_CLOSING = re.compile(
    r"好的?|[滴哒嘞呀吧了啦哦的哈您你]|嗯|行|可以|收到|知道|明白|了解|谢谢|感谢|多谢|辛苦|麻烦|不客气|没事|再见|晚安|[李王张周]?老师"
    r"|\b(?:ok|okay|okey|thanks?|thank|you|so|very|much|thx|got|it|noted|great|fine|good|night|bye|sure|all|right)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")
LONGEST_CLOSING = 40
"""Characters: a longer text says more than 'thank you'."""


def needs_answer(text: str) -> bool:
    """Whether somebody who wrote this waits for an answer: 'thank you' and 'all right' close a talk."""
    if not text or len(text) > LONGEST_CLOSING or "?" in text or "？" in text or "吗" in text:
        return True
    rest = _CLOSING.sub("", text)
    return len(rest) == len(text) or _WORD.search(rest) is not None


_ASKED = sql(
    "INSERT INTO promise (id, thread_id, mentor_id, since, due_at) VALUES (:id, :thread, :mentor, :since, :due)"
    " ON CONFLICT DO NOTHING"
)
_ENDED = sql("UPDATE promise SET ended_at = :now, ended_by = :by WHERE thread_id = :thread AND ended_at IS NULL")


def asked(unit: Unit, thread_id: int, mentor_id: int, since: int, due: int) -> None:
    """A guardian waits for an answer; where one waits already, its date stands. Milliseconds since 1970."""
    unit.later(_ASKED, id=new_id(), thread=thread_id, mentor=mentor_id, since=since, due=due)


def answered(unit: Unit, thread_id: int) -> None:
    """The mentor's side has written."""
    unit.later(_ENDED, thread=thread_id, now=unit.now_ms, by="answered")


@dataclass(frozen=True, slots=True)
class Open:
    """A family that waits for an answer. Times in milliseconds since 1970."""

    id: int
    thread_id: int
    mentor_id: int
    since: int
    due_at: int


_OPEN = text(
    "SELECT p.id, p.thread_id, p.mentor_id, p.since, p.due_at FROM promise p JOIN thread t ON t.id = p.thread_id"
    " JOIN mentorship m ON m.pupil_id = t.pupil_id AND m.until IS NULL AND m.mentor_id = p.mentor_id"
    " WHERE p.ended_at IS NULL AND p.mentor_id IN :mentors ORDER BY p.since, p.id"
).bindparams(bindparam("mentors", expanding=True))
_LATE = sql(
    "SELECT id, thread_id, mentor_id, since, due_at FROM promise WHERE ended_at IS NULL AND reminded_at IS NULL"
    " AND due_at <= :now ORDER BY due_at LIMIT 500"
)
_REMINDED = sql("UPDATE promise SET reminded_at = :now WHERE id = :id AND reminded_at IS NULL AND ended_at IS NULL")
_NO_NEED = sql("UPDATE promise SET ended_at = :now, ended_by = 'no_need' WHERE id = :id AND ended_at IS NULL")
_MOVED = sql(
    "UPDATE promise SET ended_at = :now, ended_by = 'moved' WHERE ended_at IS NULL AND mentor_id = :mentor"
    " AND thread_id IN (SELECT id FROM thread WHERE pupil_id = :pupil)"
)
_KEPT = text(
    "SELECT COUNT(*) AS promised, SUM(CASE WHEN ended_at <= due_at THEN 1 ELSE 0 END) AS kept FROM promise"
    " WHERE ended_by = 'answered' AND mentor_id IN :mentors"
).bindparams(bindparam("mentors", expanding=True))
_CLASS_LATE = text(
    "SELECT COUNT(*) AS late FROM promise p JOIN thread t ON t.id = p.thread_id JOIN pupil pu ON pu.id = t.pupil_id"
    " JOIN class_team c ON c.school_class_id = pu.school_class_id AND c.until IS NULL"
    " WHERE p.ended_at IS NULL AND p.due_at <= :before AND c.chief_mentor_id IN :people"
    " AND p.mentor_id NOT IN :people"
).bindparams(bindparam("people", expanding=True))


def waiting(unit: Unit, mentor_ids: list[int]) -> list[Open]:
    """The families that wait for these mentors, the oldest first."""
    if not mentor_ids:
        return []
    rows = unit.execute(_OPEN, mentors=mentor_ids)
    return [Open(row.id, row.thread_id, row.mentor_id, row.since, row.due_at) for row in rows]


def late(unit: Unit) -> list[Open]:
    """Promises whose time has passed and whose mentor was not reminded yet."""
    return [Open(r.id, r.thread_id, r.mentor_id, r.since, r.due_at) for r in unit.execute(_LATE, now=unit.now_ms)]


def reminded(unit: Unit, promise_id: int) -> bool:
    """Notes the one reminder. False where it was noted, or the answer has come."""
    return unit.write(_REMINDED, id=promise_id, now=unit.now_ms) == 1


def no_need(unit: Unit, promise_id: int) -> bool:
    """The mentor says that no answer is needed."""
    return unit.write(_NO_NEED, id=promise_id, now=unit.now_ms) == 1


def moved(unit: Unit, pupil_id: int, mentor_id: int) -> None:
    """The pupil has another mentor: what this one promised is no longer this one's."""
    unit.write(_MOVED, pupil=pupil_id, mentor=mentor_id, now=unit.now_ms)


def kept(unit: Unit, mentor_ids: list[int]) -> tuple[int, int]:
    """How many answers were promised and given, and how many of them in time. For the mentor alone."""
    row = unit.execute(_KEPT, mentors=mentor_ids).one()
    return int(row.promised), int(row.kept or 0)


def late_in_class(unit: Unit, chief_ids: list[int], after: int) -> int:
    """How many families of a chief mentor's classes have waited longer than promised by `after` milliseconds."""
    return int(unit.execute(_CLASS_LATE, people=chief_ids, before=unit.now_ms - after).one().late)
