"""A short case a week, for mentors who want it: a situation, what could be done, one thought. A further one is a line in
cases.csv, or of a school's own file (reading.py).

Which one it is follows from the week alone, so that colleagues of one stage have the same and can talk about it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import bindparam, text

from models.base import new_id
from models.checklist.coverage import stage_names
from models.unit import Unit, sql

FILE = Path(__file__).parent / "cases.csv"
BETWEEN = "|"
"""Between the steps in a cell."""


@dataclass(frozen=True, slots=True)
class Words:
    """A case in one language."""

    title: str
    situation: str
    question: str
    steps: tuple[str, ...]
    thought: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case. Without stages it is for all."""

    code: str
    stages: tuple[str, ...]
    zh: Words
    en: Words

    def words(self, language: str) -> Words:
        """It in a language; in the other one where it has only that."""
        wanted, other = (self.zh, self.en) if language == "zh_CN" else (self.en, self.zh)
        return wanted if wanted.title else other


def words_of(row: dict[str, str], language: str) -> Words:
    """One language's part of a row."""
    return Words(
        row[f"title_{language}"],
        row[f"situation_{language}"],
        row[f"question_{language}"],
        tuple(one.strip() for one in row[f"steps_{language}"].split(BETWEEN) if one.strip()),
        row[f"thought_{language}"],
    )


def case_of(row: dict[str, str]) -> Case:
    """A row of a file of cases."""
    return Case(row["code"], tuple(row["stages"].split()), words_of(row, "zh"), words_of(row, "en"))


@cache
def built_in() -> tuple[Case, ...]:
    """The cases that come with the program, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(case_of(row) for row in csv.DictReader(file))


_OF_SCHOOL = sql("SELECT id, sealed_content FROM training_case WHERE school_id = :school ORDER BY id")
_STAGES = text(
    "SELECT DISTINCT m.mentor_id, st.name FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " JOIN school_class sc ON sc.id = pu.school_class_id JOIN stage st ON st.id = sc.stage_id"
    " WHERE m.until IS NULL AND m.mentor_id IN :people"
).bindparams(bindparam("people", expanding=True))
_REFUSED = text("SELECT person_id FROM training_choice WHERE person_id IN :people AND cases = :no").bindparams(
    bindparam("people", expanding=True)
)
_CHOOSE = sql(
    "INSERT INTO training_choice (person_id, cases, at) VALUES (:person, :cases, :now)"
    " ON CONFLICT (person_id) DO UPDATE SET cases = :cases, at = :now"
)


def of_school(unit: Unit, school_id: int) -> tuple[Case, ...]:
    """A school's own cases first, then those of the program; read once for a unit of work."""
    known = unit.notes.get(("cases", school_id))
    if isinstance(known, tuple):
        return known
    rows = unit.execute(_OF_SCHOOL, school=school_id).all()
    own = [
        case_of(json.loads(unit.vault.open("training_case", row.id, "content", bytes(row.sealed_content))))
        for row in rows
    ]
    found = unit.notes[("cases", school_id)] = (*own, *built_in())
    return found


def fitting(cases: Sequence[Case], stages: set[str]) -> list[Case]:
    """Those that are for one of these stages; for a mentor without pupils, all."""
    return [one for one in cases if not one.stages or not stages or set(one.stages) & stages]


def of_week(cases: Sequence[Case], stages: set[str], week: date) -> Case | None:
    """The case of a week (its Monday): one after the other, and again from the beginning when all were there."""
    found = fitting(cases, stages)
    return found[(week.toordinal() // 7) % len(found)] if found else None


def by_code(unit: Unit, school_id: int, code: str) -> Case | None:
    """The case of that code."""
    return next((one for one in of_school(unit, school_id) if one.code == code), None)


def stages_of(unit: Unit, people: list[int]) -> dict[int, set[str]]:
    """The stages of these mentors' pupils, as far as their names are known."""
    found: dict[int, set[str]] = {one: set() for one in people}
    for row in unit.execute(_STAGES, people=people) if people else []:
        found[row.mentor_id].add(stage_names(row.name, "")[0])
    return found


def wanting(unit: Unit, people: list[int]) -> list[int]:
    """Those of these people who have not said that they want none."""
    refused = {row.person_id for row in unit.execute(_REFUSED, people=people, no=False)} if people else set()
    return [one for one in people if one not in refused]


def choose(unit: Unit, person_id: int, *, cases: bool) -> None:
    """Whether this mentor wants one a week."""
    unit.write(_CHOOSE, person=person_id, cases=cases, now=unit.now_ms)


_PUT = sql(
    "INSERT INTO training_case (id, school_id, code, stages, sealed_content, at)"
    " VALUES (:id, :school, :code, :stages, :content, :now)"
)
_DROP = sql("DELETE FROM training_case WHERE school_id = :school")


def take(unit: Unit, school_id: int, rows: list[dict[str, str]]) -> int:
    """Makes these rows the school's own cases, in the place of those it had. Answers how many."""
    unit.write(_DROP, school=school_id)
    for row in rows:
        fresh = new_id()
        kept = unit.vault.seal("training_case", fresh, "content", json.dumps(row, ensure_ascii=False))
        unit.write(
            _PUT, id=fresh, school=school_id, code=row["code"], stages=row["stages"], content=kept, now=unit.now_ms
        )
    return len(rows)
