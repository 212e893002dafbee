"""What a guardian wants to talk about, and the voluntary question sheet. Own words are sealed.

Each guardian's stands alone: the teachers see that of all who come, no guardian sees another's. Answers on the sheet are for
the mentor alone.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.appointments.states import Reply, VisitState
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


@dataclass(frozen=True, slots=True)
class Wish:
    """What one guardian wants to talk about: items of the checklist by their codes, and own words."""

    guardian_id: int
    topics: tuple[str, ...] = ()
    words: str = ""


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


_WISHES = sql("SELECT id, guardian_id, topics, sealed_wish FROM visit_guest WHERE visit_id = :visit ORDER BY id")
_GUEST = sql("SELECT id FROM visit_guest WHERE visit_id = :visit AND guardian_id = :guardian")
_COMING = sql(
    f"SELECT guardian_id FROM visit_guest WHERE visit_id = :visit AND reply IN ('{Reply.HOST.value}', '{Reply.JOINED.value}')"
)
_OPEN = "EXISTS (SELECT 1 FROM visit v WHERE v.id = visit_guest.visit_id AND v.state IN ({}))".format(
    ", ".join(f"'{one.value}'" for one in STATES)
)
_TOPICS = sql(
    f"UPDATE visit_guest SET topics = :topics WHERE visit_id = :visit AND guardian_id = :guardian AND {_OPEN}"
)
_SAY = sql(f"UPDATE visit_guest SET sealed_wish = :sealed WHERE id = :id AND {_OPEN}")


def choices(unit: Unit, school_id: int) -> list[Item]:
    """What can be chosen: the items of the school's checklist that may be written about."""
    return [one for one in items.current(unit, school_id) if one.may_be_written]


def of_visit(unit: Unit, visit_id: int) -> list[Wish]:
    """What everybody who was invited wants to talk about, one by one. Rights are the caller's to ask."""
    return [
        Wish(
            row.guardian_id,
            tuple(row.topics.split()),
            unit.vault.open("visit_guest", row.id, "wish", bytes(row.sealed_wish)) if row.sealed_wish else "",
        )
        for row in unit.execute(_WISHES, visit=visit_id)
    ]


def of_guardian(unit: Unit, visit_id: int, guardian_id: int) -> Wish:
    """What this guardian wants to talk about."""
    return next((one for one in of_visit(unit, visit_id) if one.guardian_id == guardian_id), Wish(guardian_id))


def of_coming(unit: Unit, visit_id: int) -> Wish:
    """What the guardians who come want to talk about, as one wish of nobody's: for the teachers."""
    coming = {row.guardian_id for row in unit.execute(_COMING, visit=visit_id)}
    wishes = [one for one in of_visit(unit, visit_id) if one.guardian_id in coming]
    topics = dict.fromkeys(code for one in wishes for code in one.topics)
    return Wish(0, tuple(topics), "\n".join(one.words for one in wishes if one.words))


def toggle(unit: Unit, visit_id: int, guardian_id: int, code: str) -> bool:
    """A topic is wanted, or not after all. False where it is too late."""
    wanted = of_guardian(unit, visit_id, guardian_id).topics
    wanted = tuple(one for one in wanted if one != code) if code in wanted else (*wanted, code)
    return unit.write(_TOPICS, visit=visit_id, guardian=guardian_id, topics=" ".join(wanted)) == 1


def say(unit: Unit, visit_id: int, guardian_id: int, text: str) -> bool:
    """The same in the guardian's own words; False where it is too late."""
    row = unit.execute(_GUEST, visit=visit_id, guardian=guardian_id).first()
    if row is None:
        return False
    return unit.write(_SAY, id=row.id, sealed=unit.vault.seal("visit_guest", row.id, "wish", text)) == 1


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
