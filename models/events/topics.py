"""The topics of the monthly parent class: the list that comes with the program, and which of them fit a class and a month."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.checklist.items import stage_fits

FILE = Path(__file__).parent / "topics.csv"
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `stages` as the checklist writes them, `months` those in which it fits best, none where any will do."""

    code: str
    stages: str
    months: tuple[int, ...]
    zh: str
    en: str
    about_zh: str
    about_en: str
    question_zh: str
    question_en: str

    def title(self, language: str) -> str:
        """How it is called."""
        return self.zh if language == "zh_CN" else self.en

    def about(self, language: str) -> str:
        """What a family takes home from it, in a sentence."""
        return self.about_zh if language == "zh_CN" else self.about_en

    def question(self, language: str) -> str:
        """One small thing to try at home after it."""
        return self.question_zh if language == "zh_CN" else self.question_en


@cache
def every() -> tuple[Topic, ...]:
    """The topics that come with the program, in the order of their file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Topic(
                one["code"],
                one["stages"],
                tuple(int(month) for month in one["months"].split()),
                one["zh"],
                one["en"],
                one["about_zh"],
                one["about_en"],
                one["question_zh"],
                one["question_en"],
            )
            for one in csv.DictReader(file)
        )


def by_code(code: str) -> Topic | None:
    """The topic of that code, or nothing."""
    return next((one for one in every() if one.code == code), None)


def fitting(stage: str, grade: int | None, month: int, given: Collection[str]) -> list[Topic]:
    """What fits a class and was not given (`given`: codes of the last year): this month's, any month's, then the nearest."""
    return sorted(
        (one for one in every() if one.code not in given and stage_fits(one.stages, stage, grade)),
        key=lambda one: _away(one, month),
    )


def _away(topic: Topic, month: int) -> int:
    """0 in the topic's own month, 1 where any will do, else more the further its nearest month is, before or after."""
    if not topic.months:
        return 1
    months = min(min((one - month) % _YEAR, (month - one) % _YEAR) for one in topic.months)
    return months + 1 if months else 0
