"""Tables as an XLSX file: numbers are numbers, days are days, and what people typed is never a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | date | datetime | None

_LONGEST, _LONGEST_TITLE = 32_767, 31
"""Characters of a cell and of a sheet's title (Excel specifications and limits)."""
_NARROWEST, _WIDEST = 8, 48
"""Columns, in digits of the usual font; longer texts go on in further lines of their cell."""
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_UNWRITABLE = re.compile("[\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold (XML 1.0, Characters), and carriage returns."""
_RISKY = ("=", "+", "-", "@")
_HEAD = PatternFill("solid", fgColor="EAF0F4")
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - workbooks know no zones; the same tables are to be the same file
_PLAIN, _WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. Moments are shown on the clock of their own zone: put them into the reader's before."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[Value]]


def drawn(tables: Sequence[Table], *, name: str) -> bytes:
    """The file, a sheet for each table; `name` is the title in its properties. Without tables it has an empty sheet."""
    book = Workbook()
    book.properties.title = _clean(name)
    book.properties.creator = "mentor bot"
    book.properties.created = _MADE
    empty = book.active
    if tables and empty is not None:
        book.remove(empty)
    for table in tables:
        _fill(book.create_sheet(_title(table.title, book.sheetnames)), table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, table: Table) -> None:
    head = [_cell(sheet, one) for one in table.headings]
    for cell in head:
        cell.font, cell.fill = Font(bold=True), _HEAD
    rows = [head, *([_cell(sheet, one) for one in row] for row in table.rows)]
    for cells in rows:
        sheet.append(cells)
    for number, column in enumerate(zip_longest(*rows), 1):
        shown = max(0 if cell is None else _shown(cell) for cell in column)
        sheet.column_dimensions[get_column_letter(number)].width = max(_NARROWEST, min(shown + 2, _WIDEST))
    sheet.freeze_panes = "A2"
    # On paper the head stands on every page, and no column is cut off.
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _cell(sheet: Worksheet, value: Value) -> Cell:
    """A value as what it is; the sheet gives it its place."""
    cell = Cell(sheet, 1, 1)
    cell.alignment = _WRAPPED if isinstance(value, str) else _PLAIN
    if isinstance(value, str):
        cell.value = _clean(value)[:_LONGEST]
        # A text is a text: neither a formula nor an error's name, and not once somebody has edited it either.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_RISKY)
    elif isinstance(value, datetime):
        cell.value, cell.number_format = value.replace(tzinfo=None), _MOMENT
    elif isinstance(value, date):
        cell.value, cell.number_format = value, _DAY
    else:
        cell.value = value
    return cell


def _shown(cell: Cell) -> int:
    """How many digits wide a cell's longest line is."""
    if isinstance(cell.value, date):
        return len(cell.number_format)
    return max((_width(line) for line in str(cell.value or "").splitlines()), default=0)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def _title(text: str, taken: Sequence[str]) -> str:
    """A title that a workbook allows, and that no other sheet has."""
    base = _NOT_IN_TITLES.sub(" ", _clean(text)).replace("\n", " ").strip(" '")[:_LONGEST_TITLE] or "-"
    used, found, number = {one.lower() for one in taken}, base, 1
    while found.lower() in used:
        number += 1
        end = f" {number}"
        found = base[: _LONGEST_TITLE - len(end)] + end
    return found
