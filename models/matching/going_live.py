"""A proposal becomes true: part by part, each pupil exactly once, and what was decided later by somebody else stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from models import mentorships
from models.contact import FREE
from models.matching import rounds, wishes
from models.matching.rounds import Round
from models.mentorships import Change
from models.unit import Unit, sql

BATCH = 40
"""Pupils changed in one transaction: each has several statements, and what families wrote moves with them."""
CHANGED, SAME, NOBODY, LATER = "changed", "same", "nobody", "later"
GONE, MOVED, FAILED, UNHEARD = "gone", "moved", "failed", "unheard"
"""What became of a pupil's row: NOBODY was proposed; somebody gave another mentor LATER than it was proposed; the mentor
or the pupil is GONE; the pupil has MOVED to a class that is not in the round; or it FAILED. UNHEARD is no row's: a mentor
was changed, and nobody at home could be told."""

_GO = sql(
    "UPDATE match_round SET state = 'live', live_at = :now, version = version + 1 WHERE id = :id AND state = 'proposed'"
    " AND version = :version"
)
_PART = sql(
    "SELECT m.id, m.pupil_id, m.mentor_id, m.former_id, m.why, m.unmet, m.wished_by, m.sealed_wish,"
    " ms.mentor_id AS now_id, pu.ended_at, (SELECT COUNT(*) FROM role ro JOIN person p ON p.id = ro.person_id"
    " AND p.ended_at IS NULL WHERE ro.person_id = m.mentor_id AND ro.kind = 'mentor' AND ro.until IS NULL) AS is_mentor,"
    " (SELECT COUNT(*) FROM match_class c WHERE c.round_id = m.round_id AND c.class_id = pu.school_class_id) AS is_here"
    " FROM match_pupil m JOIN pupil pu ON pu.id = m.pupil_id"
    " LEFT JOIN mentorship ms ON ms.pupil_id = m.pupil_id AND ms.until IS NULL"
    " WHERE m.round_id = :round AND m.pupil_id > :after AND m.applied = '' ORDER BY m.pupil_id LIMIT :most"
)
_APPLIED = sql("UPDATE match_pupil SET applied = :applied WHERE id = :id AND applied = ''")
_OVER = sql("UPDATE match_round SET over_at = :now WHERE id = :id AND over_at IS NULL")
_UNDONE = sql(
    "SELECT m.pupil_id, m.applied, pu.sealed_name FROM match_pupil m JOIN pupil pu ON pu.id = m.pupil_id"
    " WHERE m.round_id = :round AND m.applied IN ('nobody', 'later', 'gone', 'moved', 'failed') AND pu.ended_at IS NULL"
    " ORDER BY m.pupil_id"
)
_FAMILIES = sql(
    "SELECT COUNT(*) AS families FROM guardianship g JOIN match_pupil m ON m.pupil_id = g.pupil_id AND m.round_id = :round"
    " JOIN person p ON p.id = g.person_id AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id AND a.reachable = :yes"
    " LEFT JOIN mentorship ms ON ms.pupil_id = m.pupil_id AND ms.until IS NULL WHERE g.until IS NULL"
    " AND g.confirmed_at IS NOT NULL AND (COALESCE(ms.mentor_id, 0) <> m.mentor_id OR m.wished_by = p.id)"
    " AND COALESCE(ms.mentor_id, 0) IN (m.mentor_id, COALESCE(m.former_id, 0)) AND EXISTS (SELECT 1 FROM match_class c"
    f" JOIN pupil pu ON pu.school_class_id = c.class_id AND pu.ended_at IS NULL WHERE c.round_id = :round"
    f" AND pu.id = m.pupil_id) AND {FREE}"
)
_UNHEARD = sql(
    "SELECT m.pupil_id, pu.sealed_name FROM match_pupil m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " WHERE m.round_id = :round AND m.applied = 'changed' AND NOT EXISTS (SELECT 1 FROM guardianship g JOIN person p"
    " ON p.id = g.person_id AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id AND a.reachable = :yes"
    " WHERE g.pupil_id = m.pupil_id AND g.until IS NULL AND g.confirmed_at IS NOT NULL) ORDER BY m.pupil_id"
)
_NAMES = sql(
    "SELECT pu.id, pu.sealed_name, sc.grade, sc.name FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id"
    " AND pu.ended_at IS NULL JOIN school_class sc ON sc.id = pu.school_class_id WHERE m.mentor_id = :mentor"
    " AND m.until IS NULL ORDER BY sc.grade, sc.name, pu.id"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A pupil whose turn it is."""

    row_id: int
    pupil_id: int
    mentor_id: int | None
    why: str
    unmet: str
    wished_by: int | None
    wished: bool
    applied: str
    """What is to become of it; CHANGED is still to be done."""


def families(unit: Unit, round_id: int) -> int:
    """How many guardians hear of it: of pupils whose mentor changes, and those who gave a wish."""
    return int(unit.execute(_FAMILIES, round=round_id, yes=True).one().families)


def go(unit: Unit, round_: Round) -> bool:
    """From this moment the proposal is being made true. False where it was changed meanwhile, or is live already."""
    if unit.write(_GO, id=round_.id, version=round_.version, now=unit.now_ms) != 1:
        return False
    # Who has come into a class since it was proposed is named at the end.
    rounds.add_pupils(unit, round_.id)
    rounds.tell(unit, round_.id, "apply")
    return True


def part(unit: Unit, round_id: int, after: int) -> list[Turn]:
    """The next pupils; empty once all have had their turn."""
    return [_turn(unit, row) for row in unit.execute(_PART, round=round_id, after=after, most=BATCH).all()]


def _turn(unit: Unit, row: Row[Any]) -> Turn:
    if row.ended_at is not None:
        applied = GONE
    elif not row.is_here:
        applied = MOVED
    elif row.mentor_id is None:
        applied = NOBODY
    elif row.now_id == row.mentor_id:
        applied = SAME
    elif row.now_id != row.former_id:
        applied = LATER
    else:
        applied = CHANGED if row.is_mentor else GONE
    wished = bool(wishes.opened(unit, row.id, row.sealed_wish))
    return Turn(row.id, row.pupil_id, row.mentor_id, row.why, row.unmet, row.wished_by, wished, applied)


def apply(unit: Unit, turn: Turn) -> Change | None:
    """Does what is to become of a pupil, once. Raises RuntimeError where another process was there first."""
    change = mentorships.change(unit, turn.pupil_id, turn.mentor_id) if turn.applied == CHANGED else None
    mark(unit, turn, turn.applied)
    return change


def mark(unit: Unit, turn: Turn, applied: str) -> None:
    """Keeps what became of a pupil. Raises RuntimeError where another process was there first: all is taken back then."""
    if unit.write(_APPLIED, id=turn.row_id, applied=applied) != 1:
        raise RuntimeError("another process had the same pupil")


def over(unit: Unit, round_id: int) -> None:
    """Everybody has been told."""
    unit.write(_OVER, id=round_id, now=unit.now_ms)
    rounds.release(unit, round_id)


def undone(unit: Unit, round_id: int) -> list[tuple[int, str, str]]:
    """Pupils of whom nothing was done: id, name, and which of NOBODY, LATER, GONE, MOVED, FAILED; and UNHEARD."""
    rows = [(row, row.applied) for row in unit.execute(_UNDONE, round=round_id)]
    # Whoever cannot be told by the bot is to be told by a person. Somebody who must not be contacted is not told apart here.
    rows += [(row, UNHEARD) for row in unit.execute(_UNHEARD, round=round_id, yes=True)]
    return [(row.pupil_id, unit.vault.open("pupil", row.pupil_id, "name", row.sealed_name), what) for row, what in rows]


def pupils_of(unit: Unit, mentor_id: int) -> list[tuple[str, str, str]]:
    """A mentor's pupils of today: name, grade and class's name; for that mentor's own eyes."""
    return [
        (unit.vault.open("pupil", row.id, "name", row.sealed_name), row.grade, row.name)
        for row in unit.execute(_NAMES, mentor=mentor_id)
    ]
