"""A school's own cases from a file, CSV or XLSX: every fault at once."""

from __future__ import annotations

import re
from pathlib import Path

from models.roster import reading
from models.roster.cells import clean, text_of, within
from models.roster.faults import Fault, FileFaults, Refused
from models.training.cases import BETWEEN

PARTS = ("title", "situation", "question", "steps", "thought")
LONGEST = {"title": 60, "situation": 600, "question": 150, "steps": 600, "thought": 200}
COLUMNS = ("code", "stages", *(f"{part}_{language}" for language in ("zh", "en") for part in PARTS))
MOST = 500
_CODE = re.compile(r"[a-z0-9_-]{1,20}")
_STAGES = {"primary", "junior", "senior"}


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a file with the columns of models/training/cases.csv; one language may be left empty. Raises FileFaults."""
    faults: list[Fault] = []
    rows: list[dict[str, str]] = []
    reading.first_sheet(path, lambda sheet: _sheet(path.name, sheet, rows, faults), faults)
    if not faults and not rows:
        faults.append(Fault(path.name, None, 0, None, None, "no rows: expected at least one case"))
    if len(rows) > MOST:
        faults.append(Fault(path.name, None, 0, None, None, f"expected at most {MOST} cases"))
    if faults:
        raise FileFaults(sorted(faults, key=lambda one: one.row))
    return rows


def _sheet(file: str, sheet: reading.Sheet, rows: list[dict[str, str]], faults: list[Fault]) -> None:
    columns: dict[str, int] = {}
    codes: set[str] = set()
    for number, cells in sheet.rows:
        if not any(str(cell).strip() for cell in cells if cell is not None):
            continue
        if not columns:
            columns = {str(cell).strip().lower(): at for at, cell in enumerate(cells) if cell is not None}
            missing = [one for one in COLUMNS if one not in columns]
            if missing:
                faults.append(Fault(file, sheet.title, number, None, None, f"missing headings: {', '.join(missing)}"))
                return
            continue
        row: dict[str, str] = {}
        for column in COLUMNS:
            at = columns[column]
            value = cells[at] if at < len(cells) else None
            try:
                row[column] = within(clean(text_of(value), form="NFC"), LONGEST.get(column.rpartition("_")[0], 60))
            except Refused as error:
                row[column] = ""
                faults.append(Fault(file, sheet.title, number, column, str(value), str(error)))
        faults += [
            Fault(file, sheet.title, number, column, row[column], expected) for column, expected in _wrong(row, codes)
        ]
        codes.add(row["code"])
        rows.append(row)


def _wrong(row: dict[str, str], codes: set[str]) -> list[tuple[str, str]]:
    found = []
    if not _CODE.fullmatch(row["code"]):
        found.append(("code", "expected up to 20 of a-z, 0-9, _ and -"))
    elif row["code"] in codes:
        found.append(("code", "the code stands twice"))
    if set(row["stages"].split()) - _STAGES:
        found.append(("stages", "expected primary, junior, senior, or nothing for all"))
    written = [one for one in ("zh", "en") if any(row[f"{part}_{one}"] for part in PARTS)]
    found += [
        (f"{part}_{language}", "expected a text, it is empty")
        for language in written or ["zh"]
        for part in PARTS
        if not row[f"{part}_{language}"]
    ]
    found += [
        (f"steps_{language}", f"expected two or three steps with {BETWEEN} between them")
        for language in written
        if row[f"steps_{language}"] and len(_steps(row[f"steps_{language}"])) not in (2, 3)
    ]
    return found


def _steps(written: str) -> list[str]:
    return [one for one in written.split(BETWEEN) if one.strip()]
