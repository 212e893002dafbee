"""A school's own list as three files: read with every fault at once, or written out to be edited."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from models.checklist.items import HERE, Source

ITEMS = ("id", "category", "zh", "en", "about_zh", "about_en", "direction", "cycle", "stages", "level")
WORDINGS = ("item", "stage", "language", "fact", "school", "home")
CATEGORIES = ("letter", "zh", "en")
NAMES = {"items.csv": ITEMS, "wordings.csv": WORDINGS, "categories.csv": CATEGORIES}
LONGEST = 1000
"""Characters of a cell."""
MOST = 26 * 20
_ALLOWED = {
    "direction": {"school_to_home", "home_to_school", "both"},
    "cycle": {"month", "twice_a_term", "term", "year", "event"},
    "level": {"L0", "L1", "L2", "L3"},
    "stage": {"primary", "junior", "senior"},
    "language": {"zh_CN", "en"},
}
_GRADES = {"primary": 6, "junior": 4, "senior": 3}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where."""

    file: str
    row: int
    column: str
    says: str

    def __str__(self) -> str:
        where = f"{self.file}, row {self.row}" if self.row else self.file
        return f"{where}{f', column {self.column}' if self.column else ''}: {self.says}"


class ListFaults(Exception):
    """The files are not a list; `faults` has all that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} fault(s)")
        self.faults = faults


def write_out(folder: Path) -> list[Path]:
    """Writes the list that comes with the program into a folder. Raises FileExistsError where one is there."""
    folder.mkdir(parents=True, exist_ok=True)
    targets = [folder / name for name in NAMES]
    for target in targets:
        if target.exists():
            raise FileExistsError(target)
    for target in targets:
        # With a mark, so that a spreadsheet reads Chinese.
        target.write_text((HERE / target.name).read_text("utf-8"), "utf-8-sig")
    return targets


def read(folder: Path) -> Source:
    """The list in a folder. Raises ListFaults with every fault at once."""
    faults: list[Fault] = []
    tables = {name: _table(folder / name, columns, faults) for name, columns in NAMES.items()}
    categories = _categories(tables["categories.csv"], faults)
    codes = _items(tables["items.csv"], categories, faults)
    _wordings(tables["wordings.csv"], codes, faults)
    if faults:
        raise ListFaults(sorted(faults, key=lambda one: (one.file, one.row, one.column)))
    return Source(tuple(tables["items.csv"]), tuple(tables["wordings.csv"]), categories)


def _table(path: Path, columns: tuple[str, ...], faults: list[Fault]) -> list[dict[str, str]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        faults.append(Fault(path.name, 0, "", f"cannot be read: {error.strerror or error}"))
        return []
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        faults.append(Fault(path.name, 0, "", "neither UTF-8 nor GB18030: save it as CSV UTF-8"))
        return []
    try:
        lines = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        faults.append(Fault(path.name, 0, "", f"is no CSV: {error}"))
        return []
    heading = [one.strip() for one in lines[0]] if lines else []
    if heading != list(columns):
        faults.append(Fault(path.name, 1, "", f"the first row must be: {','.join(columns)}"))
        return []
    found = []
    for number, line in enumerate(lines[1:], 2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) != len(columns):
            faults.append(Fault(path.name, number, "", f"has {len(line)} cells, expected {len(columns)}"))
            continue
        row = {name: cell.strip() for name, cell in zip(columns, line, strict=True)}
        found.append(row)
        for name, cell in row.items():
            if not cell:
                faults.append(Fault(path.name, number, name, "is empty"))
            elif len(cell) > LONGEST:
                faults.append(Fault(path.name, number, name, f"has {len(cell)} characters, at most {LONGEST}"))
            elif cell[0] in "=+@" or any(ord(one) < 32 for one in cell):
                faults.append(Fault(path.name, number, name, "begins like a formula, or holds control characters"))
            elif name in _ALLOWED and cell not in _ALLOWED[name]:
                allowed = ", ".join(sorted(_ALLOWED[name]))
                faults.append(Fault(path.name, number, name, f"'{cell[:40]}' - expected one of {allowed}"))
    if len(found) > MOST * 6:
        faults.append(Fault(path.name, 0, "", f"has {len(found)} rows, that is no checklist"))
        return []
    return found


def _categories(rows: list[dict[str, str]], faults: list[Fault]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for number, row in enumerate(rows, 2):
        letter = row["letter"]
        if len(letter) != 1 or not "A" <= letter <= "Z":
            faults.append(Fault("categories.csv", number, "letter", f"'{letter[:10]}' - expected a letter from A to Z"))
        elif letter in found:
            faults.append(Fault("categories.csv", number, "letter", f"{letter} stands twice"))
        found[letter] = (row["zh"], row["en"])
    return found


def _items(rows: list[dict[str, str]], categories: dict[str, tuple[str, str]], faults: list[Fault]) -> set[str]:
    codes: set[str] = set()
    for number, row in enumerate(rows, 2):
        code = row["id"]
        if not (2 <= len(code) <= 3 and code[0] == row["category"] and code[1:].isdigit()):
            faults.append(
                Fault("items.csv", number, "id", f"'{code[:10]}' - expected the category's letter and a number")
            )
        elif code in codes:
            faults.append(Fault("items.csv", number, "id", f"{code} stands twice"))
        codes.add(code)
        if row["category"] and row["category"] not in categories:
            faults.append(Fault("items.csv", number, "category", f"'{row['category'][:10]}' is not in categories.csv"))
        for name, most in (("zh", 20), ("en", 40)):
            if len(row[name]) > most:
                faults.append(
                    Fault("items.csv", number, name, f"has {len(row[name])} characters, a button holds {most}")
                )
        faults.extend(
            Fault(
                "items.csv", number, "stages", f"'{one[:20]}' - expected primary, junior or senior, or like primary:5-6"
            )
            for one in row["stages"].split()
            if not _is_stage(one)
        )
    if rows and not any(row["level"] != "L3" for row in rows):
        faults.append(Fault("items.csv", 0, "level", "every item is L3: nothing could be written"))
    return codes


def _is_stage(text: str) -> bool:
    name, colon, grades = text.partition(":")
    if name not in _GRADES:
        return False
    if not colon:
        return True
    low, _, high = grades.partition("-")
    high = high or low
    return low.isdigit() and high.isdigit() and 1 <= int(low) <= int(high) <= _GRADES[name]


def _wordings(rows: list[dict[str, str]], codes: set[str], faults: list[Fault]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for number, row in enumerate(rows, 2):
        key = (row["item"], row["stage"], row["language"])
        if row["item"] and row["item"] not in codes:
            faults.append(Fault("wordings.csv", number, "item", f"'{row['item'][:10]}' is not in items.csv"))
        if key in seen:
            faults.append(Fault("wordings.csv", number, "item", "the same item, stage and language stand twice"))
        seen.add(key)
