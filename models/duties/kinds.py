"""The kinds of duties of a school: the list that comes with the program, and the school's own word on each."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlmodel import select

from models.duties.tables import DutyKind
from models.unit import Unit

FILE = Path(__file__).parent / "kinds.csv"
SUBJECTS = ("pupil", "mentor", "team")
ONCE, DAYS, WEEK, TERM = "once", "days", "week", "term"
FIRST = "first_contact"
"""The kind that stands before all others."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `cycle` is once, days, week or term; `low` and `high` its numbers (days, or per cent of the term)."""

    code: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    subject: str
    cycle: str
    low: int
    high: int
    stages: str
    weight: int
    enabled: bool

    def title(self, language: str) -> str:
        """How it is called."""
        return self.zh if language == "zh_CN" else self.en

    def about(self, language: str) -> str:
        """What it asks for, in a sentence."""
        return self.about_zh if language == "zh_CN" else self.about_en


def cycle_of(text: str) -> tuple[str, int, int]:
    """'days:30' as (days, 30, 30), 'term:20-80' as (term, 20, 80), 'week' as (week, 0, 0). Raises ValueError otherwise."""
    name, _, numbers = text.strip().partition(":")
    if name == WEEK and not numbers:
        return WEEK, 0, 0
    low, dash, high = numbers.partition("-")
    first, last = int(low), int(high if dash else low)
    if name in (ONCE, DAYS) and not dash and 1 <= first <= 400:
        return name, first, first
    if name == TERM and 0 <= first <= last <= 100:
        return name, first, last
    raise ValueError(text)


@cache
def defaults() -> tuple[Kind, ...]:
    """The kinds that come with the program."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Kind(
                one["code"],
                one["zh"],
                one["en"],
                one["about_zh"],
                one["about_en"],
                one["subject"],
                *cycle_of(one["cycle"]),
                one["stages"],
                int(one["weight"]),
                one["enabled"] == "yes",
            )
            for one in csv.DictReader(file)
        )


def of_school(unit: Unit, school_id: int) -> tuple[Kind, ...]:
    """The school's kinds, those that are switched off among them: the first contact, then by weight."""
    known = unit.notes.get(("duty kinds", school_id))
    if isinstance(known, tuple):
        return known
    own = {
        row.code: Kind(
            row.code,
            row.zh,
            row.en,
            row.about_zh,
            row.about_en,
            row.subject,
            *cycle_of(row.cycle),
            row.stages,
            row.weight,
            row.enabled,
        )
        for row in unit.session.exec(select(DutyKind).where(DutyKind.school_id == school_id)).all()
    }
    every = {one.code: one for one in defaults()} | own
    found = unit.notes[("duty kinds", school_id)] = tuple(
        sorted(every.values(), key=lambda one: (one.code != FIRST, -one.weight))
    )
    return found


def kind_of(unit: Unit, school_id: int, code: str) -> Kind | None:
    """The kind of that code, or nothing."""
    return next((one for one in of_school(unit, school_id) if one.code == code), None)


def change(
    unit: Unit, school_id: int, code: str, *, enabled: bool | None = None, cycle: str | None = None
) -> Kind | None:
    """Switches a kind on or off, or gives it another cycle, for one school. Raises ValueError for a cycle that is none."""
    base = kind_of(unit, school_id, code)
    if base is None:
        return None
    if cycle is not None:
        cycle_of(cycle)
    row = unit.session.exec(select(DutyKind).where(DutyKind.school_id == school_id, DutyKind.code == code)).first()
    if row is None:
        row = DutyKind(
            school_id=school_id,
            code=code,
            zh=base.zh,
            en=base.en,
            about_zh=base.about_zh,
            about_en=base.about_en,
            subject=base.subject,
            cycle=written(base),
            stages=base.stages,
            weight=base.weight,
            enabled=base.enabled,
        )
    row.enabled = base.enabled if enabled is None else enabled
    row.cycle = row.cycle if cycle is None else cycle
    unit.session.add(row)
    unit.session.flush()
    unit.notes.pop(("duty kinds", school_id), None)
    return kind_of(unit, school_id, code)


def written(kind: Kind) -> str:
    """A kind's cycle as the table writes it."""
    if kind.cycle == WEEK:
        return WEEK
    return f"{kind.cycle}:{kind.low}" if kind.low == kind.high else f"{kind.cycle}:{kind.low}-{kind.high}"
