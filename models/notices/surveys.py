"""Polls and surveys without names: answers under a keyed hash, shown in sums of five and five more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.notices.content import MOST_QUESTIONS, Content
from models.notices.tables import Notice
from models.sums import FEWEST
from models.unit import Unit, sql

MOST = MOST_QUESTIONS
PACE = 60_000
"""Milliseconds between two countings of a question: a city's answers are not counted at each look."""

_VOTE = sql(
    "INSERT INTO notice_vote (notice_id, question, voter, choice) VALUES (:notice, :question, :voter, :choice)"
    " ON CONFLICT (notice_id, question, voter) DO UPDATE SET choice = :choice"
)
_OF = text(
    "SELECT voter, choice FROM notice_vote WHERE notice_id = :notice AND question = :question AND voter IN :voters"
).bindparams(bindparam("voters", expanding=True))
_COUNT = sql(
    "SELECT choice, COUNT(*) AS many FROM notice_vote WHERE notice_id = :notice AND question = :question GROUP BY choice"
)
_SHOWN = sql("SELECT question, choice, many, at FROM notice_tally WHERE notice_id = :notice ORDER BY question, choice")
_FORGET = sql("DELETE FROM notice_tally WHERE notice_id = :notice AND question = :question")
_SHOW = sql(
    "INSERT INTO notice_tally (notice_id, question, choice, many, at) VALUES (:notice, :question, :choice, :many, :now)"
    # Two people may look at the same moment.
    " ON CONFLICT (notice_id, question, choice) DO UPDATE SET many = :many, at = :now"
)


def voter(unit: Unit, notice_id: int, person_id: int) -> bytes:
    """Under what somebody's answers to one notice are kept: the same each time, and nobody's without the key."""
    return unit.vault.lookup("survey", f"{notice_id}:{person_id}")


def is_open(notice: Notice, now_ms: int) -> bool:
    """Whether it can be answered, or an answer changed."""
    return notice.valid_until is None or now_ms < notice.valid_until


def give(unit: Unit, notice: Notice, person_id: int, question: int, choice: int) -> None:
    """Takes an answer in place of the one before. Rights and numbers are the caller's to ask."""
    key = voter(unit, notice.id, person_id)
    unit.write(_VOTE, notice=notice.id, question=question, voter=key, choice=choice)


def of(unit: Unit, notice_id: int, person_ids: Sequence[int], questions: int) -> dict[int, dict[int, int]]:
    """What each of these people has answered: the number of the choice by question."""
    whose = {voter(unit, notice_id, one): one for one in person_ids}
    found: dict[int, dict[int, int]] = {}
    for question in range(questions) if whose else ():
        # Asked by question, because the key begins with notice and question.
        rows = unit.execute(_OF, notice=notice_id, question=question, voters=list(whose))
        for row in rows:
            found.setdefault(whose[bytes(row.voter)], {})[question] = row.choice
    return found


# --- for the sender ---


@dataclass(frozen=True, slots=True)
class Sums:
    """A question's answers in sum, by choice; empty of fewer than five people."""

    counts: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """People who answered, as far as it may be shown."""
        return sum(self.counts)


def results(unit: Unit, notice: Notice, content: Content) -> list[Sums]:
    """What was answered to each question, as far as it may be shown: the sums follow once five more people have answered,
    until then they stay as they are, whoever changes an answer. So nobody's answer can be reckoned out from two looks."""
    shown: dict[int, dict[int, int]] = {}
    counted: dict[int, int] = {}
    for row in unit.execute(_SHOWN, notice=notice.id).all():
        shown.setdefault(row.question, {})[row.choice] = int(row.many)
        counted[row.question] = row.at
    found = []
    for number, question in enumerate(content.questions):
        before = shown.get(number, {})
        if unit.now_ms - counted.get(number, 0) >= PACE:
            now = {row.choice: int(row.many) for row in unit.execute(_COUNT, notice=notice.id, question=number)}
            if sum(now.values()) >= sum(before.values()) + FEWEST:
                before = now
                unit.write(_FORGET, notice=notice.id, question=number)
                for choice, many in now.items():
                    unit.write(_SHOW, notice=notice.id, question=number, choice=choice, many=many, now=unit.now_ms)
        counts = tuple(before.get(choice, 0) for choice in range(question.count))
        found.append(Sums(counts if sum(counts) else ()))
    return found
