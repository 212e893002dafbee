"""The kinds of events that come with the program: a further one is a line in kinds.csv."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.events.states import Audience, Reply

FILE = Path(__file__).parent / "kinds.csv"
CLASS = "parent_class"
"""The kind that the rota plans."""
GROUP = "growth_group"
MENTOR, CHIEF, ADMIN = "mentor", "chief", "admin"


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind. `by` is who may call one: any mentor, the chief mentor of the class, an admin; each may what those before
    it may."""

    code: str
    zh: str
    en: str
    audience: Audience
    by: str
    replies: tuple[Reply, ...]
    minutes: int
    notice_days: int
    """So many days before it the invitation goes out."""
    notes: bool
    questions: bool
    feedback: bool
    sign_in: bool
    private: bool
    """Nobody but those who take part hears of it."""

    def title(self, language: str) -> str:
        """How it is called."""
        return self.zh if language == "zh_CN" else self.en


@cache
def every() -> tuple[EventKind, ...]:
    """All kinds, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            EventKind(
                one["code"],
                one["zh"],
                one["en"],
                Audience(one["audience"]),
                one["by"],
                tuple(Reply(word) for word in one["replies"].split()),
                int(one["minutes"]),
                int(one["notice_days"]),
                *(one[name] == "yes" for name in ("notes", "questions", "feedback", "sign_in", "private")),
            )
            for one in csv.DictReader(file)
        )


def kind_of(code: str) -> EventKind:
    """The kind of that code. Raises LookupError for one that is none."""
    for one in every():
        if one.code == code:
            return one
    raise LookupError(code)
