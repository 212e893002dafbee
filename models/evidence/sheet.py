"""A mentor's own sheet: each line of the school's criteria with its number, as it is now or as it was handed in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from models.evidence import criteria
from models.evidence.counters import COUNTERS, Count
from models.evidence.record import Record
from models.evidence.terms import Term
from models.unit import Unit


@dataclass(frozen=True, slots=True)
class Line:
    """A line: what it is called in both languages, its number, what is wanted. `done` is None where it is not known yet."""

    code: str
    zh: str
    en: str
    unit: str
    done: float | None
    due: int | None
    many: int
    wanted: str

    def title(self, language: str) -> str:
        """How it is called."""
        return self.zh if language == "zh_CN" else self.en


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet. `words` are the mentor's own; the school's line (`star`) is on none that was handed in."""

    term_name: str
    begins: str
    ends: str
    lines: tuple[Line, ...]
    words: str = ""

    def to_json(self) -> str:
        """What is kept and what its code is made of."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @staticmethod
    def from_json(raw: str) -> Sheet:
        """What was kept."""
        found = json.loads(raw)
        lines = tuple(Line(**one) for one in found.pop("lines"))
        return Sheet(lines=lines, **found)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sheet as it is now, with what its mentor alone sees."""

    sheet: Sheet
    about: dict[str, criteria.Criterion]
    star: dict[str, bool]
    """Of each line that counts for the school's line and whose number is known: whether it is reached."""

    @property
    def reached(self) -> bool | None:
        """Whether the school's line is reached; None where the school has none, or nothing is known yet."""
        return all(self.star.values()) if self.star else None


def reaches(count: Count, written: str) -> bool | None:
    """Whether a number is what is written ('3', '90%'); None where nothing is, or nothing can be said yet."""
    wanted = criteria.number_of(written)
    if wanted is None or count.done is None:
        return None
    number, share = wanted
    if not share:
        return count.done >= number
    if not count.due:
        return None
    return count.done * 100 >= number * count.due


def draw(unit: Unit, school_id: int, mentor_id: int, term: Term, words: str = "") -> Drawn:
    """The sheet of one mentor now. For that mentor alone: rights are the caller's to ask."""
    record = Record(unit, school_id, mentor_id, term)
    lines: list[Line] = []
    star: dict[str, bool] = {}
    about: dict[str, criteria.Criterion] = {}
    for one in criteria.of_school(unit, school_id):
        counter = COUNTERS.get(one.counter)
        count = None if counter is None else counter(record)
        if count is None:
            continue
        about[one.code] = one
        lines.append(Line(one.code, one.zh, one.en, one.unit, count.done, count.due, count.many, one.wanted))
        met = reaches(count, one.star)
        if met is not None:
            star[one.code] = met
    sheet = Sheet(term.name, term.begins.isoformat(), term.ends.isoformat(), tuple(lines), words)
    return Drawn(sheet, about, star)
