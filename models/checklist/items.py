"""The items of a school's checklist: versions as rows, the list that comes with the program as version 1."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from models.base import new_id
from models.checklist.tables import ChecklistItem, ChecklistVersion, Wording
from models.unit import Unit, sql

HERE = Path(__file__).parent
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `level` 0 may go to a class, 1 one to one, 2 need to know, 3 never through the relay."""

    id: int
    code: str
    category_zh: str
    category_en: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    direction: str
    cycle: str
    stages: str
    level: int

    @property
    def letter(self) -> str:
        """The category's letter."""
        return self.code[0]

    def title(self, language: str) -> str:
        """How it is called."""
        return self.zh if language == "zh_CN" else self.en

    def about(self, language: str) -> str:
        """What one would write about under it."""
        return self.about_zh if language == "zh_CN" else self.about_en

    def category(self, language: str) -> str:
        """How its category is called."""
        return self.category_zh if language == "zh_CN" else self.category_en

    @property
    def may_be_written(self) -> bool:
        """Whether it may go through the relay at all."""
        return self.level < 3


@dataclass(frozen=True, slots=True)
class Words:
    """Words to start from."""

    fact: str
    school: str
    home: str


_NEWEST = sql("SELECT id FROM checklist_version WHERE school_id = :school ORDER BY number DESC LIMIT 1")
_VERSION_OF = sql(
    "SELECT v.school_id FROM checklist_item i JOIN checklist_version v ON v.id = i.version_id WHERE i.id = :id"
)

_lists: dict[int, tuple[Item, ...]] = {}
"""The items of each version. A version never changes once it is written, so its items may be kept for ever."""
_by_id: dict[int, Item] = {}


def current(unit: Unit, school_id: int) -> tuple[Item, ...]:
    """The school's list of today. A school that has none gets the one that comes with the program."""
    known = unit.notes.get(("checklist", school_id))
    if isinstance(known, tuple):
        return known
    row = unit.execute(_NEWEST, school=school_id).first()
    version_id = _write_default(unit, school_id) if row is None else int(row.id)
    # The key is the version's own random id, so lists of different databases do not meet.
    found = _lists.get(version_id)
    if found is None:
        found = _read(unit, version_id)
        if row is not None:
            _lists[version_id] = found
            _by_id.update({one.id: one for one in found})
    unit.notes[("checklist", school_id)] = found
    return found


def _read(unit: Unit, version_id: int) -> tuple[Item, ...]:
    rows = unit.session.exec(
        select(ChecklistItem).where(ChecklistItem.version_id == version_id).order_by(col(ChecklistItem.position))
    ).all()
    return tuple(_item(one) for one in rows)


def _item(one: ChecklistItem) -> Item:
    return Item(
        one.id,
        one.code,
        one.category_zh,
        one.category_en,
        one.zh,
        one.en,
        one.about_zh,
        one.about_en,
        one.direction,
        one.cycle,
        one.stages,
        one.level,
    )


def item(unit: Unit, item_id: int) -> Item | None:
    """An item of whatever version."""
    known = _by_id.get(item_id)
    if known is not None:
        return known
    row = unit.session.get(ChecklistItem, item_id)
    return None if row is None else _item(row)


def by_code(unit: Unit, school_id: int, code: str) -> Item | None:
    """The item of that code in the school's list of today."""
    return next((one for one in current(unit, school_id) if one.code == code), None)


def level(unit: Unit, item_id: int) -> int:
    """How carefully the item is to be handled; 1 for one that is not known."""
    found = item(unit, item_id)
    return 1 if found is None else found.level


def stage_fits(stages: str, stage: str, grade: int | None = None) -> bool:
    """Whether `stages` ('primary:5-6 junior') covers a stage; the grade counts within the stage, from 1."""
    for one in stages.split():
        name, _, grades = one.partition(":")
        if name != stage:
            continue
        if not grades or grade is None:
            return True
        low, _, high = grades.partition("-")
        if int(low) <= grade <= int(high or low):
            return True
    return False


def wording(unit: Unit, item_id: int, stage: str, language: str) -> Words | None:
    """Words to start from; of another stage where that one has none."""
    rows = unit.session.exec(select(Wording).where(Wording.item_id == item_id, Wording.language == language)).all()
    found = next((one for one in rows if one.stage == stage), rows[0] if rows else None)
    return None if found is None else Words(found.fact, found.school, found.home)


# --- lists as they are written ---


@dataclass(frozen=True, slots=True)
class Source:
    """A whole list as its three files say it."""

    items: tuple[dict[str, str], ...]
    wordings: tuple[dict[str, str], ...]
    categories: dict[str, tuple[str, str]]


def _rows(path: Path) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(csv.DictReader(file))


def default_source() -> Source:
    """The list that comes with the program."""
    categories = {one["letter"]: (one["zh"], one["en"]) for one in _rows(HERE / "categories.csv")}
    return Source(_rows(HERE / "items.csv"), _rows(HERE / "wordings.csv"), categories)


def _write_default(unit: Unit, school_id: int) -> int:
    return write_version(unit, school_id, default_source(), DEFAULT)


def write_version(unit: Unit, school_id: int, source: Source, name: str) -> int:
    """Writes a list as the school's newest version. Answers its id. The source has been checked (files.py)."""
    session = unit.session
    last = session.exec(
        select(ChecklistVersion.number)
        .where(ChecklistVersion.school_id == school_id)
        .order_by(col(ChecklistVersion.number).desc())
    ).first()
    version = ChecklistVersion(school_id=school_id, number=(last or 0) + 1, source=name, made_at=unit.now_ms)
    session.add(version)
    session.flush()
    ids: dict[str, int] = {}
    for position, one in enumerate(source.items):
        zh, en = source.categories[one["category"]]
        ids[one["id"]] = new_id()
        session.add(
            ChecklistItem(
                id=ids[one["id"]],
                version_id=version.id,
                position=position,
                code=one["id"],
                category_zh=zh,
                category_en=en,
                zh=one["zh"],
                en=one["en"],
                about_zh=one["about_zh"],
                about_en=one["about_en"],
                direction=one["direction"],
                cycle=one["cycle"],
                stages=one["stages"],
                level=int(one["level"].removeprefix("L")),
            )
        )
    session.flush()
    for row in source.wordings:
        session.add(
            Wording(
                item_id=ids[row["item"]],
                stage=row["stage"],
                language=row["language"],
                fact=row["fact"],
                school=row["school"],
                home=row["home"],
            )
        )
    session.flush()
    unit.notes.pop(("checklist", school_id), None)
    return version.id
