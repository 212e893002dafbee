"""What a guardian wants to talk about, and the voluntary question sheet. Sealed; the answers are for the mentor alone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.appointments import visits
from models.appointments.states import VisitState
from models.base import new_id
from models.checklist import items
from models.checklist.items import Item
from models.unit import Unit, sql

LONGEST = 500
"""Characters of a text."""
STATES = (VisitState.PLANNED, VisitState.INVITED, VisitState.ACCEPTED, VisitState.CONFIRMED, VisitState.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the sheet."""

    key: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        """As it is asked."""
        return self.zh if language == "zh_CN" else self.en


@cache
def questions() -> tuple[Question, ...]:
    """The sheet, in its order."""
    with (Path(__file__).parent / "questions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Question(row["key"], row["zh"], row["en"]) for row in csv.DictReader(file))


_ANSWER = sql(
    "INSERT INTO visit_answer (id, visit_id, guardian_id, question, sealed_text, at)"
    " VALUES (:id, :visit, :guardian, :question, :text, :now)"
)
_NO_ANSWER = sql(
    "DELETE FROM visit_answer WHERE visit_id = :visit AND guardian_id = :guardian AND question = :question"
)
_ANSWERS = sql("SELECT id, guardian_id, question, sealed_text FROM visit_answer WHERE visit_id = :visit ORDER BY id")


def choices(unit: Unit, school_id: int) -> list[Item]:
    """What can be chosen: the items of the school's checklist that may be written about."""
    return [one for one in items.current(unit, school_id) if one.may_be_written]


def toggle(unit: Unit, visit_id: int, code: str) -> list[str]:
    """A topic is wanted, or not after all. Answers all that are wanted."""
    visit = visits.must(unit, visit_id)
    wanted = visit.topics.split()
    wanted = [one for one in wanted if one != code] if code in wanted else [*wanted, code]
    visits.change(unit, visit_id, STATES, topics=" ".join(wanted))
    return wanted


def say(unit: Unit, visit_id: int, text: str) -> bool:
    """The same in the guardian's own words; False where it is too late."""
    return visits.change(unit, visit_id, STATES, sealed_wish=unit.vault.seal("visit", visit_id, "wish", text))


def said(unit: Unit, visit_id: int) -> str:
    """The guardian's own words. Rights are the caller's to ask."""
    visit = visits.must(unit, visit_id)
    return unit.vault.open("visit", visit_id, "wish", visit.sealed_wish) if visit.sealed_wish else ""


def answer(unit: Unit, visit_id: int, guardian_id: int, question: str, text: str) -> None:
    """Keeps an answer; an earlier one to the same question goes."""
    row = new_id()
    unit.write(_NO_ANSWER, visit=visit_id, guardian=guardian_id, question=question)
    unit.write(
        _ANSWER,
        id=row,
        visit=visit_id,
        guardian=guardian_id,
        question=question,
        text=unit.vault.seal("visit_answer", row, "text", text),
        now=unit.now_ms,
    )


def answers(unit: Unit, visit_id: int) -> list[tuple[Question, str]]:
    """The answers of all guardians, by question. For the mentor alone: rights are the caller's to ask."""
    known = {one.key: one for one in questions()}
    return [
        (known[row.question], unit.vault.open("visit_answer", row.id, "text", row.sealed_text))
        for row in unit.execute(_ANSWERS, visit=visit_id)
        if row.question in known
    ]
