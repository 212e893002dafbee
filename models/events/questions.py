"""Questions to who gives an event: gathered without names, answered once to all, or to the asker alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlmodel import col, select

from models.checklist import items, topic
from models.events import audience, events
from models.events.tables import Event, EventQuestion
from models.masking import masked
from models.unit import Unit, sql

LONGEST = 500
"""Characters of a question; an answer may have LONGEST_ANSWER."""
LONGEST_ANSWER = 1500
MOST = 5
"""Open questions of one person about one event."""
PRIVATE = 2
"""From this level of the checklist on a question is never answered to all."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as who gives the event sees it: without who asked."""

    id: int
    text: str
    private: bool
    answer: str
    told: bool


_OPEN_OF = sql(
    "SELECT COUNT(*) AS many FROM event_question WHERE event_id = :event AND person_id = :person AND told_at IS NULL"
)
_TOLD = sql("UPDATE event_question SET told_at = :now WHERE id = :id AND told_at IS NULL")
_ANSWER = sql("UPDATE event_question SET sealed_answer = :sealed WHERE id = :id AND told_at IS NULL")
_ASKER = sql("SELECT person_id FROM event_question WHERE id = :id")


def too_private(unit: Unit, school_id: int, words: str) -> bool:
    """Whether a text is about something that only few need to know of."""
    found = (items.by_code(unit, school_id, code) for code in topic.propose_items(words)[:2])
    return max((one.level for one in found if one is not None), default=0) >= PRIVATE


def ask(unit: Unit, event: Event, person_id: int, words: str, *, private: bool) -> EventQuestion | None:
    """Keeps a question. Nothing where this person has MOST open ones. What is too private is answered to the asker alone."""
    if unit.execute(_OPEN_OF, event=event.id, person=person_id).one().many >= MOST:
        return None
    fresh = EventQuestion(
        event_id=event.id,
        person_id=person_id,
        sealed_text=b"",
        private=private or too_private(unit, event.school_id, words),
        at=unit.now_ms,
    )
    fresh.sealed_text = unit.vault.seal("event_question", fresh.id, "text", words[:LONGEST])
    unit.session.add(fresh)
    unit.session.flush()
    return fresh


def of(unit: Unit, event_id: int) -> list[Question]:
    """All questions about an event, in the order in which they came. Rights are the caller's to ask."""
    rows = unit.session.exec(
        select(EventQuestion).where(EventQuestion.event_id == event_id).order_by(col(EventQuestion.id))
    ).all()
    return [_question(unit, row) for row in rows]


def open_for(unit: Unit, event: Event, person_id: int | None) -> list[Question]:
    """The questions that wait for an answer, or whose answers wait for being sent, as somebody who leads it may read them.

    A guardian who gives it reads neither what was asked in confidence nor the names of children.
    """
    found = [one for one in of(unit, event.id) if not one.told]
    if person_id is None or not audience.only_speaks(event, person_id):
        return found
    found = [one for one in found if not one.private]
    classes = [number for number, _ in events.classes_of(unit, event.id)]
    texts = masked(unit, classes, [one.text for one in found])
    answers = masked(unit, classes, [one.answer for one in found])
    return [replace(one, text=text, answer=said) for one, text, said in zip(found, texts, answers, strict=True)]


def one(unit: Unit, question_id: int) -> tuple[int, Question] | None:
    """A question, and which event it is about."""
    row = unit.session.get(EventQuestion, question_id, populate_existing=True)
    return None if row is None else (row.event_id, _question(unit, row))


def _question(unit: Unit, row: EventQuestion) -> Question:
    answer = "" if row.sealed_answer is None else unit.vault.open("event_question", row.id, "answer", row.sealed_answer)
    words = unit.vault.open("event_question", row.id, "text", row.sealed_text)
    return Question(row.id, words, bool(row.private), answer, row.told_at is not None)


def answer(unit: Unit, question_id: int, words: str) -> bool:
    """Writes its answer; nothing has gone out yet. False where it has."""
    sealed = unit.vault.seal("event_question", question_id, "answer", words[:LONGEST_ANSWER])
    return unit.write(_ANSWER, id=question_id, sealed=sealed) == 1


def told(unit: Unit, question_id: int) -> bool:
    """Its answer goes out now, or it is laid aside: once. False where that was done before."""
    return unit.write(_TOLD, id=question_id, now=unit.now_ms) == 1


def asker(unit: Unit, question_id: int) -> int | None:
    """Who asked: for sending the answer, not for showing."""
    row = unit.execute(_ASKER, id=question_id).first()
    return None if row is None or row.person_id is None else int(row.person_id)


_PRIVATE = sql("UPDATE event_question SET private = :yes WHERE id = :id AND told_at IS NULL")


def make_private(unit: Unit, question_id: int) -> bool:
    """Its asker wants the answer alone. False where it has been answered already."""
    return unit.write(_PRIVATE, id=question_id, yes=True) == 1
