"""What a card says, how it is kept, and the kinds of cards. A further kind is a line in kinds.csv."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from models.vault import Vault

HERE = Path(__file__).parent
STAGES = ("primary", "junior", "senior")
PARENT = "parent_mentor"
"""The kind of a parent's offer."""
HOTLINE = "hotline"
BUILT_IN = 1000
"""Below it are the ids of everywhere.csv; no row has such an id."""


class SignUp(StrEnum):
    """How one gets a place, and who says yes to it."""

    NONE = "none"
    """Nothing to sign up for: one goes there or phones."""
    OPEN = "open"
    """A place is taken at once; nobody has to say yes."""
    ADMIN = "admin"
    CHIEF = "chief"
    """The chief mentor of the child's class."""
    PERSON = "person"
    """A member of staff who is named."""
    EVENTS = "events"
    """By the dates under /classes: what has a day and an hour is an event."""


ASKED = (SignUp.OPEN, SignUp.ADMIN, SignUp.CHIEF, SignUp.PERSON)
"""Those for which a request is made here."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of cards. `person`: it is about a person, so no way to reach anybody stands on it."""

    code: str
    sign: str
    zh: str
    en: str
    person: bool

    def title(self, language: str) -> str:
        """How it is called."""
        return self.zh if language == "zh_CN" else self.en


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds in the order of the file."""
    with (HERE / "kinds.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Kind(one["code"], one["sign"], one["zh"], one["en"], one["person"] == "yes") for one in csv.DictReader(file)
        )


def kind_of(code: str) -> Kind | None:
    """The kind of that code."""
    return next((one for one in kinds() if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Content:
    """What is read on a card. Of name and use one language may be missing."""

    name_zh: str
    name_en: str
    for_zh: str
    for_en: str
    where: str = ""
    hours: str = ""
    contact: str = ""
    """The institution's own; never a person's."""
    hours_en: str = ""

    def name(self, language: str) -> str:
        """How it is called; in the other language where this one lacks it."""
        return (self.name_zh or self.name_en) if language == "zh_CN" else (self.name_en or self.name_zh)

    def use(self, language: str) -> str:
        """What it is for."""
        return (self.for_zh or self.for_en) if language == "zh_CN" else (self.for_en or self.for_zh)

    def times(self, language: str) -> str:
        """When it is open."""
        return self.hours if language == "zh_CN" or not self.hours_en else self.hours_en


@dataclass(frozen=True, slots=True)
class Card:
    """A card as its readers have it."""

    id: int
    school_id: int | None
    code: str | None
    kind: Kind
    content: Content
    stages: tuple[str, ...]
    places: int | None
    taken: int
    sign_up: SignUp
    approver_id: int | None
    class_id: int | None
    offered_by: int | None
    named: bool
    valid_until: date | None

    @property
    def left(self) -> int | None:
        """How many places are free; None: enough."""
        return None if self.places is None else max(self.places - self.taken, 0)


def sealed(vault: Vault, card_id: int, content: Content) -> bytes:
    """As it is kept."""
    kept = {key: value for key, value in asdict(content).items() if value}
    return vault.seal("directory_card", card_id, "content", json.dumps(kept, ensure_ascii=False))


def opened(vault: Vault, card_id: int, kept: bytes) -> Content:
    """The content of a row."""
    found = json.loads(vault.open("directory_card", card_id, "content", bytes(kept)))
    return Content(**{name: str(found.get(name, "")) for name in Content.__slots__})


@cache
def everywhere() -> tuple[Card, ...]:
    """What holds for everybody in China and comes with the program."""
    kind = kind_of(HOTLINE)
    assert kind is not None  # noqa: S101 - it stands in our own file
    with (HERE / "everywhere.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Card(
                id=int(one["id"]),
                school_id=None,
                code=None,
                kind=kind,
                content=Content(
                    one["name_zh"],
                    one["name_en"],
                    one["for_zh"],
                    one["for_en"],
                    hours=one["hours_zh"],
                    contact=one["contact"],
                    hours_en=one["hours_en"],
                ),
                stages=(),
                places=None,
                taken=0,
                sign_up=SignUp.NONE,
                approver_id=None,
                class_id=None,
                offered_by=None,
                named=False,
                valid_until=None,
            )
            for one in csv.DictReader(file)
        )
