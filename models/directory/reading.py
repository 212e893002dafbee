"""A file of cards, CSV or XLSX with Chinese or English headings: read with every fault at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from models.directory.content import PARENT, STAGES, Content, Kind, SignUp, kind_of, kinds
from models.roster import reading
from models.roster.cells import clean, folded, text_of, within
from models.roster.faults import Fault, FileFaults, Refused
from models.school_year import day_of

HEADINGS = {
    "code": ("编号", "code"),
    "kind": ("类别", "kind"),
    "name_zh": ("名称", "name_zh"),
    "name_en": ("英文名称", "name_en"),
    "for_zh": ("用途", "for_zh"),
    "for_en": ("英文用途", "for_en"),
    "where": ("地点", "where"),
    "hours": ("时间", "hours"),
    "contact": ("单位联系方式", "contact"),
    "stages": ("学段", "stages"),
    "places": ("名额", "places"),
    "sign_up": ("报名", "sign_up"),
    "valid_until": ("有效期至", "valid_until"),
}
"""Each column by its Chinese and its English heading, in the order in which they are written out."""
NEEDED = ("code", "kind", "name_zh", "for_zh")
_LONGEST = {
    "code": 40,
    "kind": 40,
    "name_zh": 40,
    "name_en": 80,
    "for_zh": 300,
    "for_en": 500,
    "where": 120,
    "hours": 120,
    "contact": 120,
}
MOST_PLACES = 100_000
_STAGE_WORDS = {
    "小学": "primary",
    "primary": "primary",
    "初中": "junior",
    "junior": "junior",
    "高中": "senior",
    "senior": "senior",
}
_SIGN_UP_WORDS = {
    "": SignUp.NONE,
    "无": SignUp.NONE,
    "不用报名": SignUp.NONE,
    "none": SignUp.NONE,
    "直接报名": SignUp.OPEN,
    "open": SignUp.OPEN,
    "管理员": SignUp.ADMIN,
    "德育处": SignUp.ADMIN,
    "学校": SignUp.ADMIN,
    "admin": SignUp.ADMIN,
    "首席导师": SignUp.CHIEF,
    "班主任": SignUp.CHIEF,
    "chief": SignUp.CHIEF,
    "活动": SignUp.EVENTS,
    "events": SignUp.EVENTS,
}
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[\s\-]?)?1[3-9]\d(?:[\s\-]?\d){8}(?!\d)")
_BETWEEN = re.compile(r"[\s,，、;；/|]+")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file. `approver` is a staff number; `place` says where it stands, for faults that are found later."""

    code: str
    kind: Kind
    content: Content
    stages: tuple[str, ...]
    places: int | None
    sign_up: SignUp
    approver: str
    valid_until: date | None
    place: Fault


def read(path: Path) -> list[Line]:
    """The cards of a file. Raises FileFaults with every fault at once."""
    faults: list[Fault] = []
    lines: list[Line] = []
    reading.first_sheet(path, lambda sheet: _sheet(path.name, sheet, lines, faults), faults)
    if not faults and not lines:
        faults.append(Fault(path.name, None, 0, None, None, "no rows: expected at least one card"))
    if faults:
        raise FileFaults(sorted(faults, key=lambda one: one.row))
    return lines


def of_text(text: str, code: str) -> Line:
    """One card that was written in a message, a line for each heading (名称：…). Raises FileFaults with every fault at once:
    of a line that is none the column is empty and the value its text."""
    faults: list[Fault] = []
    cells: dict[str, object] = {"code": code}
    for number, written in enumerate(text.splitlines(), 1):
        heading, _, value = written.replace("：", ":", 1).partition(":")
        key = next((one for one, names in HEADINGS.items() if folded(heading) in map(folded, names)), None)
        if not written.strip():
            continue
        if key in (None, "code") or not value.strip():
            faults.append(Fault("", None, number, None, written.strip()[:20], "expected a heading, a colon and a text"))
        else:
            cells[str(key)] = value
    line = _Row("", None, 0, cells, faults).line()
    if line is None or faults:
        raise FileFaults(faults)
    return line


def _sheet(file: str, sheet: reading.Sheet, lines: list[Line], faults: list[Fault]) -> None:
    columns: dict[str, int] = {}
    codes: dict[str, int] = {}
    for number, cells in sheet.rows:
        if not any(str(cell).strip() for cell in cells if cell is not None):
            continue
        if not columns:
            columns = _columns(file, sheet.title, number, cells, faults)
            if faults:
                return
            continue
        row = {key: cells[at] for key, at in columns.items() if at < len(cells)}
        line = _Row(file, sheet.title, number, row, faults).line()
        if line is None:
            continue
        before = codes.setdefault(line.code, number)
        if before != number:
            faults.append(
                Fault(file, sheet.title, number, "code", line.code, f"the code stands in row {before} already")
            )
        lines.append(line)


def _columns(file: str, title: str | None, number: int, cells: list[object], faults: list[Fault]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        text = folded(str(cell or ""))
        key = next((one for one, names in HEADINGS.items() if text and text in map(folded, names)), None)
        if key is not None and key in found:
            faults.append(Fault(file, title, number, key, str(cell), "the heading stands twice"))
        elif key is not None:
            found[key] = at
        elif text:
            known = ", ".join(names[0] for names in HEADINGS.values())
            faults.append(Fault(file, title, number, None, str(cell), f"an unknown heading; known are: {known}"))
    faults.extend(
        Fault(file, title, number, one, None, f"this heading is missing: {HEADINGS[one][0]} ({one})")
        for one in NEEDED
        if one not in found
    )
    return found


class _Row:
    """One row while it is read: what is wrong with a cell is noted, and the next cell is looked at."""

    def __init__(
        self, file: str, title: str | None, number: int, cells: dict[str, object], faults: list[Fault]
    ) -> None:
        self._file, self._title, self._number = file, title, number
        self._cells, self._faults, self._before = cells, faults, len(faults)

    def _bad(self, column: str, expected: str) -> None:
        value = self._cells.get(column)
        shown = None if value is None else str(value)
        self._faults.append(Fault(self._file, self._title, self._number, column, shown, expected))

    def _text(self, column: str, *, needed: bool = False) -> str:
        try:
            found = within(clean(text_of(self._cells.get(column)), form="NFC", signs=True), _LONGEST.get(column, 40))
        except Refused as error:
            self._bad(column, str(error))
            return ""
        if _MOBILE.search(unicodedata.normalize("NFKC", found)):
            self._bad(column, "a mobile number is a private person's: give the institution's own line or address")
        if needed and not found:
            self._bad(column, "expected a text, it is empty")
        return found

    def line(self) -> Line | None:
        """The row as a card; nothing where something is wrong with it."""
        code = self._text("code", needed=True)
        kind = self._kind()
        content = Content(
            name_zh=self._text("name_zh", needed=True),
            name_en=self._text("name_en"),
            for_zh=self._text("for_zh", needed=True),
            for_en=self._text("for_en"),
            where=self._text("where"),
            hours=self._text("hours"),
            contact=self._contact(kind),
        )
        sign_up, approver = self._sign_up()
        places = self._parsed("places", _whole, f"expected a whole number from 1 to {MOST_PLACES}, or nothing")
        until = self._parsed("valid_until", day_of, "expected a day like 2027-02-22, or nothing")
        stages = self._stages()
        if len(self._faults) != self._before or kind is None:
            return None
        place = Fault(self._file, self._title, self._number, "sign_up", approver, "")
        return Line(code, kind, content, stages, places, sign_up, approver, until, place)

    def _kind(self) -> Kind | None:
        written = self._text("kind", needed=True)
        found = next((one for one in kinds() if folded(written) in map(folded, (one.code, one.zh, one.en))), None)
        if found == kind_of(PARENT):
            self._bad("kind", "parents offer this themselves in the chat (/directory)")
        elif found is None and written:
            self._bad("kind", f"expected one of {', '.join(one.zh for one in kinds() if one.code != PARENT)}")
        return found

    def _contact(self, kind: Kind | None) -> str:
        written = self._text("contact")
        if written and kind is not None and kind.person:
            self._bad("contact", "expected nothing: a person is reached through the one who answers requests")
        return written

    def _sign_up(self) -> tuple[SignUp, str]:
        written = self._text("sign_up")
        known = _SIGN_UP_WORDS.get(written.lower())
        # Whether that is a staff number of the school, the database says.
        return (SignUp.PERSON, written) if known is None else (known, "")

    def _stages(self) -> tuple[str, ...]:
        written = [one for one in _BETWEEN.split(self._text("stages")) if one]
        found = {_STAGE_WORDS.get(one.lower(), "") for one in written}
        if "" in found:
            self._bad("stages", "expected 小学, 初中, 高中 (primary, junior, senior), or nothing for all")
        return tuple(one for one in STAGES if one in found)

    def _parsed(self, column: str, parse: Callable[[object], _Value], expected: str) -> _Value | None:
        value = self._cells.get(column)
        if value is None or not str(value).strip():
            return None
        try:
            return parse(value)
        except ValueError:
            self._bad(column, expected)
            return None


def _whole(value: object) -> int:
    number = int(text_of(value).strip())
    if not 1 <= number <= MOST_PLACES:
        raise ValueError(value)
    return number
