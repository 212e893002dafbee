"""Handing a sheet in: a mentor's own act. Nobody sees anything before, and it can be taken back until somebody took note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from models import access
from models.base import as_day, new_id
from models.evidence import sheet as sheets
from models.evidence.sheet import Sheet
from models.evidence.terms import Term
from models.unit import Unit, sql

LONGEST = 500
"""Characters of the mentor's own words."""
PAGE = 8

_WORDS = sql("SELECT id, sealed_text FROM evidence_words WHERE person_id = :person AND begins = :begins")
_FORGET_WORDS = sql("DELETE FROM evidence_words WHERE person_id = :person AND begins = :begins")
_SAY = sql(
    "INSERT INTO evidence_words (id, person_id, begins, sealed_text, at) VALUES (:id, :person, :begins, :text, :now)"
)
_EVER = sql(
    "SELECT 1 FROM mentorship WHERE mentor_id = :person UNION ALL"
    " SELECT 1 FROM role WHERE person_id = :person AND kind = 'mentor' LIMIT 1"
)
_HAND = sql(
    "INSERT INTO evidence_sheet (id, school_id, person_id, begins, ends, sealed_content, handed_at)"
    " VALUES (:id, :school, :person, :begins, :ends, :content, :now) ON CONFLICT DO NOTHING"
)
_SHEET = (
    "SELECT s.id, s.school_id, s.person_id, s.begins, s.sealed_content, s.handed_at, s.noted_at, p.sealed_name"
    " FROM evidence_sheet s JOIN person p ON p.id = s.person_id WHERE "
)
_ONE = sql(_SHEET + "s.id = :id")
_LATEST = sql(_SHEET + "s.person_id = :person AND s.begins = :begins ORDER BY s.handed_at DESC LIMIT 1")
_OF_SCHOOL = sql(
    _SHEET + "s.school_id = :school AND (s.noted_at IS NULL) = :open ORDER BY s.handed_at DESC, s.id DESC"
    " LIMIT :most OFFSET :skip"
)
_NOTED = sql(
    "SELECT COUNT(*) AS many FROM evidence_sheet WHERE person_id = :person AND begins = :begins AND noted_at IS NOT NULL"
)
_WAITING = sql("SELECT COUNT(*) AS many FROM evidence_sheet WHERE school_id = :school AND noted_at IS NULL")
_TAKE_BACK = sql("DELETE FROM evidence_sheet WHERE id = :id AND person_id = :person AND noted_at IS NULL")
_NOTE = sql("UPDATE evidence_sheet SET noted_at = :now, noted_by = :by WHERE id = :id AND noted_at IS NULL")


@dataclass(frozen=True, slots=True)
class Handed:
    """A sheet that was handed in. Moments in milliseconds since 1970."""

    id: int
    school_id: int
    person_id: int
    name: str
    begins: date
    sheet: Sheet
    code: str
    """Short: on paper and on the screen, so that the two can be compared."""
    handed_at: int
    noted_at: int | None


def was_mentor(unit: Unit, person_id: int) -> bool:
    """Whether somebody is or was a mentor: the sheet of a term is one's own also after it."""
    return unit.execute(_EVER, person=person_id).first() is not None


def words(unit: Unit, person_id: int, term: Term) -> str:
    """What a mentor says on the own sheet of a term; for that mentor alone."""
    row = unit.execute(_WORDS, person=person_id, begins=term.begins).first()
    return "" if row is None else unit.vault.open("evidence_words", row.id, "text", bytes(row.sealed_text))


def say(unit: Unit, person_id: int, begins: date, said: str) -> None:
    """Keeps these words in place of those before; empty takes them away. Raises ValueError for more than LONGEST."""
    if len(said) > LONGEST:
        raise ValueError(len(said))
    unit.write(_FORGET_WORDS, person=person_id, begins=begins)
    if said:
        row = new_id()
        sealed = unit.vault.seal("evidence_words", row, "text", said)
        unit.write(_SAY, id=row, person=person_id, begins=begins, text=sealed, now=unit.now_ms)


def hand_in(unit: Unit, school_id: int, person_id: int, term: Term) -> Handed | None:
    """Hands in the sheet as it is at this moment. None where one of this term waits already."""
    found = sheets.draw(unit, school_id, person_id, term, words(unit, person_id, term)).sheet
    row = new_id()
    values = {
        "school": school_id,
        "person": person_id,
        "begins": term.begins,
        "ends": term.ends,
        "content": unit.vault.seal("evidence_sheet", row, "content", found.to_json()),
        "now": unit.now_ms,
    }
    if unit.write(_HAND, id=row, **values) != 1:
        return None
    return one(unit, row)


def one(unit: Unit, sheet_id: int) -> Handed | None:
    """A sheet that was handed in, or nothing. Rights are the caller's to ask: its mentor, and the admins of its school."""
    row = unit.execute(_ONE, id=sheet_id).first()
    return None if row is None else _handed(unit, row)


def latest(unit: Unit, person_id: int, term: Term) -> Handed | None:
    """What a mentor handed in last for a term."""
    row = unit.execute(_LATEST, person=person_id, begins=term.begins).first()
    return None if row is None else _handed(unit, row)


def _handed(unit: Unit, row: Row[Any]) -> Handed:
    content = unit.vault.open("evidence_sheet", row.id, "content", bytes(row.sealed_content))
    name = unit.vault.open("person", row.person_id, "name", bytes(row.sealed_name))
    code = access.code_of(unit.vault.lookup("evidence", f"{row.id}:{row.person_id}:{content}"))
    return Handed(
        row.id,
        row.school_id,
        row.person_id,
        name,
        as_day(row.begins),
        Sheet.from_json(content),
        code,
        row.handed_at,
        row.noted_at,
    )


def of_school(unit: Unit, school_id: int, page: int, *, waiting: bool) -> list[Handed]:
    """What was handed in, in the order of handing in and in no other: PAGE of them and one more where there are more."""
    rows = unit.execute(_OF_SCHOOL, school=school_id, open=waiting, most=PAGE + 1, skip=page * PAGE).all()
    return [_handed(unit, row) for row in rows]


def noted(unit: Unit, person_id: int, term: Term) -> int:
    """Of how many of a mentor's sheets of a term somebody has taken note."""
    return int(unit.execute(_NOTED, person=person_id, begins=term.begins).one().many)


def waiting(unit: Unit, school_id: int) -> int:
    """How many wait for somebody to take note."""
    return int(unit.execute(_WAITING, school=school_id).one().many)


def take_back(unit: Unit, sheet_id: int, person_id: int) -> bool:
    """Its mentor takes it back: nothing of it stays. False once somebody has taken note, or where it is gone."""
    return unit.write(_TAKE_BACK, id=sheet_id, person=person_id) == 1


def note(unit: Unit, sheet_id: int, by: int) -> bool:
    """An admin has taken note. False where somebody had before, or it was taken back."""
    return unit.write(_NOTE, id=sheet_id, by=by, now=unit.now_ms) == 1
