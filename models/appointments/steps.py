"""The steps of a visit's record, as data: record_steps.csv and record_options.csv, in the order in which they are asked."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.checklist.items import stage_fits

HERE = Path(__file__).parent
CHOICE, MANY, ITEMS, WORDS, DAY = "choice", "many", "items", "words", "day"
LONGEST = 500
"""Characters of a step's own words."""


@dataclass(frozen=True, slots=True)
class Option:
    """A ready answer. `stages` is empty where it fits every stage."""

    code: str
    stages: str
    zh: str
    en: str

    def title(self, language: str) -> str:
        """How it is called."""
        return self.zh if language == "zh_CN" else self.en


@dataclass(frozen=True, slots=True)
class Step:
    """One question. `private` is level 2: the two teachers alone; `words` where own words may be typed."""

    code: str
    private: bool
    kind: str
    required: bool
    words: bool
    zh: str
    en: str
    about_zh: str
    about_en: str
    options: tuple[Option, ...]

    def title(self, language: str) -> str:
        """How it is called."""
        return self.zh if language == "zh_CN" else self.en

    def about(self, language: str) -> str:
        """What is asked; may name {levels} or {example}."""
        return self.about_zh if language == "zh_CN" else self.about_en

    def offered(self, stage: str) -> list[Option]:
        """The ready answers for a pupil of this stage."""
        return [one for one in self.options if not one.stages or stage_fits(one.stages, stage)]

    def option(self, code: str) -> Option | None:
        """A ready answer by its code, of whatever stage."""
        return next((one for one in self.options if one.code == code), None)


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def steps() -> tuple[Step, ...]:
    """All steps. Raises ValueError for a kind or part that is none."""
    options: dict[str, list[Option]] = {}
    for row in _rows("record_options.csv"):
        options.setdefault(row["step"], []).append(Option(row["code"], row["stages"], row["zh"], row["en"]))
    found = []
    for row in _rows("record_steps.csv"):
        if row["kind"] not in (CHOICE, MANY, ITEMS, WORDS, DAY) or row["part"] not in ("plain", "private"):
            raise ValueError(f"record_steps.csv: {row}")
        found.append(
            Step(
                row["code"],
                row["part"] == "private",
                row["kind"],
                row["required"] == "yes",
                row["words"] == "yes",
                row["zh"],
                row["en"],
                row["about_zh"],
                row["about_en"],
                tuple(options.get(row["code"], ())),
            )
        )
    return tuple(found)


@cache
def step(code: str) -> Step | None:
    """A step by its code."""
    return next((one for one in steps() if one.code == code), None)
