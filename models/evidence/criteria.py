"""What stands on a mentor's own sheet: the list that comes with the program, or a school's own, read from a file."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlmodel import select

from models.base import new_id
from models.evidence.counters import COUNTERS, SHARES, STARS
from models.evidence.tables import EvidenceCriterion
from models.roster import reading
from models.roster.faults import Fault, FileFaults
from models.unit import Unit, sql

FILE = Path(__file__).parent / "criteria.csv"
COLUMNS = ("code", "zh", "en", "counter", "unit", "wanted", "star", "about_zh", "about_en")
MAY_BE_EMPTY = ("wanted", "star")
UNITS = ("times", "families", "pupils", "months", "weeks", "hours", "stars")
LONGEST = {"code": 20, "zh": 20, "en": 40, "about_zh": 100, "about_en": 150}
MOST = 20
"""Lines of a list: a sheet, and how each line is counted, are one message each (4,096 characters)."""
_CODE = re.compile(r"[a-z][a-z_]*")
_NUMBER = re.compile(r"(\d{1,4}(?:\.\d)?)(%?)")


@dataclass(frozen=True, slots=True)
class Criterion:
    """A line of the sheet. `wanted` and `star`: in a term, in its unit, or '90%' of what fell due; empty for nothing."""

    code: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    counter: str
    unit: str
    wanted: str
    star: str

    def title(self, language: str) -> str:
        """How it is called."""
        return self.zh if language == "zh_CN" else self.en

    def about(self, language: str) -> str:
        """How it is counted, in a sentence."""
        return self.about_zh if language == "zh_CN" else self.about_en


def number_of(written: str) -> tuple[float, bool] | None:
    """'90%' as (90, True), '10' as (10, False); None of nothing. Raises ValueError for what is no number."""
    if not written:
        return None
    found = _NUMBER.fullmatch(written)
    # A workbook keeps a cell of 90% as 0.9: that is no number of anything.
    if found is None or (found[2] and float(found[1]) > 100) or 0 < float(found[1]) < 1:
        raise ValueError(written)
    return float(found[1]), bool(found[2])


@cache
def defaults() -> tuple[Criterion, ...]:
    """The list that comes with the program."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Criterion(**{name: one[name] for name in COLUMNS}) for one in csv.DictReader(file))


def of_school(unit: Unit, school_id: int) -> tuple[Criterion, ...]:
    """A school's list in its order."""
    rows = unit.session.exec(
        select(EvidenceCriterion).where(EvidenceCriterion.school_id == school_id).order_by("place")
    ).all()
    own = tuple(Criterion(**{name: getattr(row, name) for name in COLUMNS}) for row in rows)
    return own or defaults()


_FORGET = sql("DELETE FROM evidence_criterion WHERE school_id = :school")


def keep(unit: Unit, school_id: int, found: tuple[Criterion, ...]) -> None:
    """Makes this the school's list, in place of the one before. What was handed in keeps its own."""
    unit.write(_FORGET, school=school_id)
    for place, one in enumerate(found):
        values = {name: getattr(one, name) for name in COLUMNS}
        unit.session.add(EvidenceCriterion(id=new_id(), school_id=school_id, place=place, **values))
    unit.session.flush()


def write_out(path: Path) -> None:
    """Writes the list that comes with the program, to be edited. Raises FileExistsError."""
    if path.exists():
        raise FileExistsError(path)
    # With a mark, so that a spreadsheet reads Chinese.
    path.write_text(FILE.read_text("utf-8"), "utf-8-sig")


def read(path: Path) -> tuple[Criterion, ...]:
    """The list in a CSV or XLSX file. Raises FileFaults with every fault at once."""
    faults: list[Fault] = []
    rows: list[tuple[int, dict[str, str]]] = []
    reading.first_sheet(path, lambda sheet: rows.extend(_rows(path.name, sheet, faults)), faults)
    seen: set[str] = set()
    for number, row in rows:
        _check(path.name, number, row, seen, faults)
    if not faults and not 0 < len(rows) <= MOST:
        faults.append(Fault(path.name, None, 0, None, str(len(rows)), f"expected 1 to {MOST} rows"))
    if faults:
        raise FileFaults(sorted(faults, key=lambda one: one.row))
    return tuple(Criterion(**row) for _, row in rows)


def _rows(name: str, sheet: reading.Sheet, faults: list[Fault]) -> list[tuple[int, dict[str, str]]]:
    columns: list[str] = []
    found: list[tuple[int, dict[str, str]]] = []
    for number, cells in sheet.rows:
        texts = ["" if cell is None else str(cell).strip() for cell in cells]
        if not any(texts):
            continue
        if not columns:
            columns = [one.lower() for one in texts]
            missing = [one for one in COLUMNS if one not in columns]
            faults += [
                Fault(name, sheet.title, number, one, None, f"this heading is missing: {one}") for one in missing
            ]
            if missing:
                return []
            continue
        row = dict(zip(columns, [*texts, *[""] * len(columns)], strict=False))
        found.append((number, {one: row[one] for one in COLUMNS}))
    return found


def _check(file: str, number: int, row: dict[str, str], seen: set[str], faults: list[Fault]) -> None:
    def bad(column: str, expected: str) -> None:
        faults.append(Fault(file, None, number, column, row[column][:60], expected))

    for name, value in row.items():
        if not value and name not in MAY_BE_EMPTY:
            bad(name, "must not be empty")
        elif len(value) > LONGEST.get(name, 20):
            bad(name, f"at most {LONGEST.get(name, 20)} characters")
    if row["code"] and not _CODE.fullmatch(row["code"]):
        bad("code", "expected small letters and _")
    elif row["code"] in seen:
        bad("code", "stands twice")
    seen.add(row["code"])
    if row["counter"] and row["counter"] not in COUNTERS:
        bad("counter", f"expected one of {', '.join(COUNTERS)}")
    if row["unit"] and row["unit"] not in UNITS:
        bad("unit", f"expected one of {', '.join(UNITS)}")
    elif row["counter"] in COUNTERS and (row["unit"] == "stars") != (row["counter"] in STARS):
        bad("unit", "stars is for feedback, and feedback has no other")
    for name in MAY_BE_EMPTY:
        try:
            wanted = number_of(row[name])
        except ValueError:
            bad(name, "expected a number like 3, a share like 90%, or nothing")
            continue
        if wanted is not None and wanted[1] and row["counter"] not in SHARES:
            bad(name, f"a share is for {', '.join(SHARES)}")
