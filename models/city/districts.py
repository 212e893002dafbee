"""Districts: which schools stand together in the counts. Read from a file with the columns district and school."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.base import new_id
from models.roster import reading
from models.roster.faults import Fault, FileFaults
from models.unit import Unit, sql

COLUMNS = {"district": ("district", "区", "区县"), "school": ("school", "学校")}
LONGEST = 60
MOST = 50
"""Districts: each is a button of one message."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the file: its number there, the district and the school by name."""

    number: int
    district: str
    school: str


def read(path: Path) -> list[Row]:
    """The lines of a CSV or XLSX file. Raises FileFaults with every fault at once."""
    faults: list[Fault] = []
    found: list[Row] = []
    reading.first_sheet(path, lambda sheet: found.extend(_rows(path.name, sheet, faults)), faults)
    seen: set[str] = set()
    for one in found:
        for column, value in (("district", one.district), ("school", one.school)):
            if not 0 < len(value) <= LONGEST:
                faults.append(Fault(path.name, None, one.number, column, value[:20], f"expected 1 to {LONGEST} signs"))
        if one.school in seen:
            faults.append(Fault(path.name, None, one.number, "school", one.school, "stands twice"))
        seen.add(one.school)
    if len({one.district for one in found}) > MOST:
        faults.append(Fault(path.name, None, 0, None, None, f"at most {MOST} districts"))
    if not faults and not found:
        faults.append(Fault(path.name, None, 0, None, None, "no rows: expected a district and a school in each"))
    if faults:
        raise FileFaults(sorted(faults, key=lambda one: one.row))
    return found


def _rows(name: str, sheet: reading.Sheet, faults: list[Fault]) -> list[Row]:
    columns: dict[str, int] = {}
    found = []
    for number, cells in sheet.rows:
        texts = ["" if cell is None else str(cell).strip() for cell in cells]
        if not any(texts):
            continue
        if not columns:
            for at, text in enumerate(texts):
                key = next((one for one, names in COLUMNS.items() if text.lower() in names), None)
                if key is not None:
                    columns[key] = at
            missing = [one for one in COLUMNS if one not in columns]
            faults += [
                Fault(name, sheet.title, number, one, None, f"this heading is missing: {one}") for one in missing
            ]
            if missing:
                return []
            continue
        texts += [""] * (max(columns.values()) + 1 - len(texts))
        found.append(Row(number, texts[columns["district"]], texts[columns["school"]]))
    return found


_SCHOOLS = sql("SELECT id, name FROM school")
_FORGET = sql("DELETE FROM district_school")
_FORGET_NAMES = sql("DELETE FROM district")
_ADD = sql("INSERT INTO district (id, name) VALUES (:id, :name)")
_PUT = sql("INSERT INTO district_school (school_id, district_id) VALUES (:school, :district)")
_ALL = sql("SELECT d.id, d.name FROM district d ORDER BY d.name")


def keep(unit: Unit, rows: list[Row], file: str) -> None:
    """Takes these in place of all districts before. Raises FileFaults for schools that the roster does not have."""
    known = {row.name: row.id for row in unit.execute(_SCHOOLS)}
    faults = [
        Fault(file, None, one.number, "school", one.school, "no school of that name in the roster")
        for one in rows
        if one.school not in known
    ]
    if faults:
        raise FileFaults(faults)
    unit.write(_FORGET)
    unit.write(_FORGET_NAMES)
    ids: dict[str, int] = {}
    for one in rows:
        if one.district not in ids:
            ids[one.district] = new_id()
            unit.write(_ADD, id=ids[one.district], name=one.district)
        unit.write(_PUT, school=known[one.school], district=ids[one.district])


def every(unit: Unit) -> list[tuple[int, str]]:
    """The districts by name: id and name."""
    return [(row.id, row.name) for row in unit.execute(_ALL)]
