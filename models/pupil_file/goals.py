"""Goals of a term: one side words one, the other says yes or words it otherwise; in the end both look back.

Each move is guarded by the wording that was read (`version`), so of two presses one counts and nobody agrees to words that
have changed. Until both have agreed, a guardian's wording is between that guardian and the mentor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from models.base import new_id
from models.pupil_file import entries
from models.pupil_file.allowed import Keeper
from models.pupil_file.cards import DAY, GOES_OVER
from models.pupil_file.states import GOAL_MOVES, GoalState
from models.unit import Unit, sql

G = GoalState
LONGEST = 120
"""Characters of a goal, and of the words with which one looks back."""
WORDINGS = 12
"""Wordings of a goal after which a guardian's further one asks the mentor no more."""
OF_A_DAY = 10
"""Goals that one guardian words anew in a day, dropped ones among them: each asks the mentor."""
MOST = 5
"""Goals of a pupil in a term that are not dropped, without those that another guardian suggests and nobody has agreed to."""
REACHED, PARTLY, NOT_YET = "reached", "partly", "not_yet"
RESULTS = (REACHED, PARTLY, NOT_YET)


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal as who asks may see it. `own`: worded by who asks."""

    id: int
    pupil_id: int
    term_id: int | None
    state: GoalState
    version: int
    text: str
    own: bool
    at: int


@dataclass(frozen=True, slots=True)
class Review:
    """How one side looks back. `words` may be empty."""

    by_guardian: bool
    own: bool
    result: str
    words: str


_FIELDS = "g.id, g.pupil_id, g.term_id, g.state, g.version, g.sealed_text, g.by_person, g.at"
_FOR_GUARDIAN = sql(
    f"SELECT {_FIELDS} FROM file_goal g WHERE g.pupil_id = :pupil AND g.state <> 'dropped'"
    " AND (g.state <> 'with_mentor' OR g.by_person = :person)"
    # A wording that waits for the family is of today's mentor: nobody can say yes to a former one's.
    " AND (g.state <> 'with_family' OR EXISTS (SELECT 1 FROM mentorship m WHERE m.id = g.mentorship_id AND m.until IS NULL))"
    " ORDER BY g.id DESC"
)
_FOR_KEEPER = sql(
    f"SELECT {_FIELDS} FROM file_goal g WHERE g.pupil_id = :pupil AND g.state <> 'dropped'"
    " AND (g.mentorship_id = :mentorship OR (g.state = 'agreed' AND EXISTS"
    " (SELECT 1 FROM handover_item i JOIN handover h ON h.id = i.handover_id WHERE h.mentorship_id = :mentorship"
    f" AND i.kind = 'goal' AND i.source_id = g.id AND {GOES_OVER}))) ORDER BY g.id DESC"
)
_INSERT = sql(
    "INSERT INTO file_goal (id, pupil_id, term_id, mentorship_id, state, version, sealed_text, by_person, at)"
    " VALUES (:id, :pupil, :term, :mentorship, :state, 1, :text, :by, :now)"
)
_COUNT = sql(
    "SELECT COUNT(*) AS many FROM file_goal WHERE pupil_id = :pupil AND state <> 'dropped'"
    " AND (term_id = :term OR (term_id IS NULL AND at > :since))"
    # What nobody but its author and the mentor sees takes nobody else's room, and tells nobody that it is there.
    " AND (state <> 'with_mentor' OR by_person = :by)"
)
_MOVE = sql(
    "UPDATE file_goal SET state = :state, version = version + :more, sealed_text = :text, by_person = :by,"
    " agreed_at = :agreed WHERE id = :id AND state = :was AND version = :version"
)
_OF_DAY = sql("SELECT COUNT(*) AS many FROM file_goal WHERE pupil_id = :pupil AND by_person = :by AND at > :after")
_MENTORSHIP = sql("SELECT id FROM mentorship WHERE pupil_id = :pupil AND until IS NULL")
_TERM_LONG = 200 * 86_400_000
"""Without a term goals of so many milliseconds count as one term's."""


def _goal(unit: Unit, row: Row[Any], person_id: int) -> Goal:
    text = unit.vault.open("file_goal", row.id, "text", bytes(row.sealed_text))
    return Goal(row.id, row.pupil_id, row.term_id, G(row.state), row.version, text, row.by_person == person_id, row.at)


def of_guardian(unit: Unit, pupil_id: int, guardian_id: int) -> list[Goal]:
    """The goals that this guardian may see, the newest first."""
    rows = unit.execute(_FOR_GUARDIAN, pupil=pupil_id, person=guardian_id)
    return [_goal(unit, row, guardian_id) for row in rows]


def of_keeper(unit: Unit, one: Keeper) -> list[Goal]:
    """Those of the own mentorship, and those that the family handed over."""
    rows = unit.execute(_FOR_KEEPER, pupil=one.pupil_id, mentorship=one.mentorship_id)
    return [_goal(unit, row, one.person_id) for row in rows]


def propose(unit: Unit, pupil_id: int, term_id: int | None, words: str, by: int, *, by_guardian: bool) -> int | None:
    """A goal in one side's words; its row. None where there are MOST already, or nobody to agree (no mentor)."""
    entries.hold(unit, pupil_id)
    now = unit.execute(_MENTORSHIP, pupil=pupil_id).first()
    count = unit.execute(_COUNT, pupil=pupil_id, term=term_id, since=unit.now_ms - _TERM_LONG, by=by).one()
    if now is None or count.many >= MOST:
        return None
    if by_guardian and unit.execute(_OF_DAY, pupil=pupil_id, by=by, after=unit.now_ms - DAY).one().many >= OF_A_DAY:
        return None
    row = new_id()
    unit.write(
        _INSERT,
        id=row,
        pupil=pupil_id,
        term=term_id,
        mentorship=now.id,
        state=(G.WITH_MENTOR if by_guardian else G.WITH_FAMILY).value,
        text=unit.vault.seal("file_goal", row, "text", words),
        by=by,
        now=unit.now_ms,
    )
    return row


def _move(unit: Unit, one: Goal, state: GoalState, by: int | None = None, words: str | None = None) -> bool:
    if state not in GOAL_MOVES[one.state]:
        return False
    row = unit.execute(_BY, id=one.id).one()
    return (
        unit.write(
            _MOVE,
            id=one.id,
            state=state.value,
            was=one.state.value,
            version=one.version,
            more=0 if words is None else 1,
            text=unit.vault.seal("file_goal", one.id, "text", one.text if words is None else words),
            by=row.by_person if by is None else by,
            agreed=unit.now_ms if state == G.AGREED else None,
        )
        == 1
    )


_BY = sql("SELECT by_person FROM file_goal WHERE id = :id")


def agree(unit: Unit, one: Goal, version: int, *, by_guardian: bool) -> bool:
    """The other side says yes to the wording that it read. `one` is as that side may see it."""
    waits = G.WITH_FAMILY if by_guardian else G.WITH_MENTOR
    return one.state == waits and one.version == version and _move(unit, one, G.AGREED)


def reword(unit: Unit, one: Goal, words: str, by: int, *, by_guardian: bool) -> bool:
    """One side's other words, while it is not agreed; it is the other side's turn then."""
    if by_guardian and one.version >= WORDINGS:
        return False
    return _move(unit, one, G.WITH_MENTOR if by_guardian else G.WITH_FAMILY, by, words)


def drop(unit: Unit, one: Goal, *, by_guardian: bool) -> bool:
    """Not followed any more. A guardian may take back only an own wording that nobody has agreed to."""
    if by_guardian and not (one.own and one.state == G.WITH_MENTOR):
        return False
    return _move(unit, one, G.DROPPED)


# --- looking back ---

_PUT = sql(
    "INSERT INTO file_goal_review (goal_id, person_id, by_guardian, result, at)"
    " VALUES (:goal, :person, :guardian, :result, :now)"
    " ON CONFLICT (goal_id, person_id) DO UPDATE SET result = :result, at = :now"
)
_WORDS = sql("UPDATE file_goal_review SET sealed_words = :words WHERE goal_id = :goal AND person_id = :person")
_REVIEWS = sql(
    "SELECT goal_id, person_id, by_guardian, result, sealed_words FROM file_goal_review WHERE goal_id = :goal ORDER BY at"
)


def look_back(unit: Unit, one: Goal, person_id: int, result: str, *, by_guardian: bool) -> bool:
    """One side's tap: reached, partly, not yet. It may be changed."""
    if result not in RESULTS:
        raise ValueError(result)
    if one.state != G.AGREED:
        return False
    values = {"goal": one.id, "person": person_id, "guardian": by_guardian}
    return unit.write(_PUT, result=result, now=unit.now_ms, **values) == 1


def add_words(unit: Unit, one: Goal, person_id: int, words: str) -> bool:
    """A sentence beside the tap."""
    sealed = unit.vault.seal("file_goal_review", one.id, f"words of {person_id}", words)
    return unit.write(_WORDS, goal=one.id, person=person_id, words=sealed) == 1


def reviews(unit: Unit, one: Goal, person_id: int, *, by_guardian: bool) -> list[Review]:
    """How the sides look back, as who asks may see it: a guardian sees the school's and the own, no other guardian's."""
    found = []
    for row in unit.execute(_REVIEWS, goal=one.id):
        if by_guardian and row.by_guardian and row.person_id != person_id:
            continue
        words = ""
        if row.sealed_words is not None:
            column = f"words of {row.person_id}"
            words = unit.vault.open("file_goal_review", one.id, column, bytes(row.sealed_words))
        found.append(Review(bool(row.by_guardian), row.person_id == person_id, row.result, words))
    return found
