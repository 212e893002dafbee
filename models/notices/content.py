"""What a notice says: the same in each language that its author gave, with what is asked below it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

MOST_QUESTIONS = 8
MOST_CHOICES = 10
LONGEST_CHOICE = 40
"""Characters: a button of a small phone."""
LONGEST_TITLE = 40


def is_seen(text: str) -> bool:
    """Whether there is anything to see in it: signs of no width alone make a button that the messenger refuses."""
    return any(one.isprintable() and not one.isspace() for one in text)


@dataclass(frozen=True, slots=True)
class Piece:
    """A text, or a picture, a file … with its caption; spans and media are plain dicts (see models/conversation.Body)."""

    text: str
    spans: tuple[dict[str, Any], ...] = ()
    media: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices; by language where the author gave several."""

    text: dict[str, str]
    choices: dict[str, tuple[str, ...]]

    def asked(self, language: str) -> str:
        """Its words in a language, or in the one there is."""
        return self.text.get(language) or next(iter(self.text.values()))

    def offered(self, language: str) -> tuple[str, ...]:
        """Its choices in a language, or in the one there is."""
        return self.choices.get(language) or next(iter(self.choices.values()))

    @property
    def count(self) -> int:
        """How many choices there are."""
        return len(next(iter(self.choices.values())))


@dataclass(frozen=True, slots=True)
class Content:
    """All that a notice says and asks."""

    title: dict[str, str] = field(default_factory=dict)
    """By language; what lists and receipts call it."""
    pieces: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    """By language; who has another language gets the first."""
    link: tuple[str, str] | None = None
    """A button with an address: its words and the address."""
    read: bool = False
    """A button 'I have read it'."""
    slip: Question | None = None
    """A slip to sign, one for each child."""
    questions: tuple[Question, ...] = ()
    """A poll (one) or a survey (several), without names."""

    @property
    def languages(self) -> tuple[str, ...]:
        """In which languages it is written."""
        return tuple(self.pieces)

    def said(self, language: str) -> tuple[Piece, ...]:
        """Its pieces in a language, or in the first that there is; empty where nothing is written yet."""
        return self.pieces.get(language) or next(iter(self.pieces.values()), ())

    def called(self, language: str) -> str:
        """Its title in a language; where none was given, the beginning of its words."""
        found = self.title.get(language)
        if found:
            return found
        first = next((one.text for one in self.said(language) if is_seen(one.text)), "")
        line = next((one.strip() for one in first.splitlines() if is_seen(one)), "")
        if not line and self.questions:
            line = self.questions[0].asked(language)
        return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"

    @property
    def has_media(self) -> bool:
        """Whether a file of the messenger belongs to it: only the bot that got it can send it."""
        return any(one.media is not None for pieces in self.pieces.values() for one in pieces)

    @property
    def words(self) -> str:
        """All words of it in all languages: for the checks before it goes out."""
        found = [one.text for pieces in self.pieces.values() for one in pieces]
        for question in (*self.questions, *((self.slip,) if self.slip else ())):
            found += question.text.values()
            found += [choice for choices in question.choices.values() for choice in choices]
        return "\n".join([*self.title.values(), *found])

    def with_(self, **changes: Any) -> Content:
        """The same with some of it changed."""
        return replace(self, **changes)

    def to_json(self) -> str:
        """What is sealed."""
        return json.dumps(
            {
                "title": self.title,
                "pieces": {
                    language: [{"t": one.text, "s": list(one.spans), "m": one.media} for one in pieces]
                    for language, pieces in self.pieces.items()
                },
                "link": None if self.link is None else list(self.link),
                "read": self.read,
                "slip": None if self.slip is None else _packed(self.slip),
                "questions": [_packed(one) for one in self.questions],
            },
            ensure_ascii=False,
        )

    @staticmethod
    def from_json(raw: str) -> Content:
        """What was sealed."""
        found = json.loads(raw)
        return Content(
            title=found["title"],
            pieces={
                language: tuple(Piece(one["t"], tuple(one["s"]), one["m"]) for one in pieces)
                for language, pieces in found["pieces"].items()
            },
            link=None if found["link"] is None else (found["link"][0], found["link"][1]),
            read=found["read"],
            slip=None if found["slip"] is None else _question(found["slip"]),
            questions=tuple(_question(one) for one in found["questions"]),
        )


def _packed(one: Question) -> dict[str, Any]:
    return {"text": one.text, "choices": {language: list(choices) for language, choices in one.choices.items()}}


def _question(raw: dict[str, Any]) -> Question:
    return Question(raw["text"], {language: tuple(choices) for language, choices in raw["choices"].items()})
