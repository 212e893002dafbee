"""XLSX sheets as streams of rows, in memory that does not grow with the file, by openpyxl's own parser.

openpyxl keeps every shared text of a workbook in a list; here all beyond the first thousands lie on disk. Its row
iterator pads gaps and drops rows that stand out of order, so the parser below it is asked directly.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import iterparse
from zipfile import BadZipFile, ZipFile

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS

from models.roster.faults import Unreadable

_UNPACKED = 8 * 2**30
"""Bytes of all parts of a workbook together; a roster of a million pupils has about one GiB."""
_IN_MEMORY = 20_000
_SI = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}si"
_LAST_ROW = 1_048_576
_BROKEN = "the workbook is broken: open it in a spreadsheet program and save it again as .xlsx"


class SharedTexts:
    """The shared texts of a workbook by their place: the first in memory, the others in an unnamed file on disk."""

    def __init__(self) -> None:
        self._first: list[str] = []
        self._count = 0
        self._disk: sqlite3.Connection | None = None
        self._far = lru_cache(maxsize=_IN_MEMORY)(self._fetch)

    def append(self, text: str) -> None:
        """Adds the next text."""
        if self._count < _IN_MEMORY:
            self._first.append(text)
        else:
            if self._disk is None:
                self._disk = sqlite3.connect("", isolation_level=None)
                for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-4096", "secure_delete=ON"):
                    self._disk.execute(f"PRAGMA {pragma}")
                self._disk.execute("CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT)")
                self._disk.execute("BEGIN")
            self._disk.execute("INSERT INTO text VALUES (?, ?)", (self._count, text))
        self._count += 1

    def _fetch(self, index: int) -> str:
        row = self._disk and self._disk.execute("SELECT text FROM text WHERE id = ?", (index,)).fetchone()
        if not row:
            raise IndexError(index)
        return str(row[0])

    def __getitem__(self, index: int) -> str:
        return self._first[index] if 0 <= index < len(self._first) else self._far(index)

    def close(self) -> None:
        """Gives the disk back."""
        if self._disk is not None:
            self._disk.close()


class _Reader(ExcelReader):
    """openpyxl's reader with shared texts on disk."""

    shared_strings: Any

    def read_strings(self) -> None:
        self.shared_strings = SharedTexts()
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            root = None
            for event, node in iterparse(source, ("start", "end")):  # noqa: S314  expat bounds entity expansion
                root = node if root is None else root
                if event == "end" and node.tag == _SI:
                    text = Text.from_tree(node)
                    self.shared_strings.append(text.content if text else "")
                    root.clear()


class Workbook:
    """An open XLSX file. Raises Unreadable where it cannot be opened; close it afterwards."""

    def __init__(self, path: Path) -> None:
        try:
            with ZipFile(path) as archive:
                unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > _UNPACKED:
                raise Unreadable("the workbook unpacks to more than 8 GiB: split it")
            # openpyxl refuses names that do not end in .xlsx; what the file is was seen from its first bytes
            self._file = path.open("rb")
        except (BadZipFile, OSError, ValueError):
            raise Unreadable(_BROKEN) from None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._reader = _Reader(self._file, read_only=True, keep_links=False)
                self._reader.read()
        except Exception:  # a hostile or broken file fails in any way that zip, XML or openpyxl know
            self._file.close()
            raise Unreadable(_BROKEN) from None

    def sheets(self) -> list[Any]:
        """The sheets that have cells, in order."""
        return list(self._reader.wb.worksheets)

    def rows(self, sheet: Any) -> Iterator[tuple[int, list[object]]]:
        """(row number, values) of each row that has cells. A formula's value is a text that begins with =."""
        book: Any = self._reader.wb
        before = 0
        try:
            with sheet._get_source() as source:
                parser = WorkSheetParser(
                    source,
                    self._reader.shared_strings,
                    data_only=False,
                    epoch=book.epoch,
                    date_formats=book._date_formats,
                    timedelta_formats=book._timedelta_formats,
                )
                for number, cells in parser.parse():
                    if not before < number <= _LAST_ROW:
                        raise Unreadable(_BROKEN, before)
                    before = number
                    if not cells:
                        continue
                    values: list[object] = [None] * max(cell["column"] for cell in cells)
                    for cell in cells:
                        value = cell["value"]
                        if cell["data_type"] == "f" and not isinstance(value, str):  # an array's or a table's formula
                            value = f"={getattr(value, 'text', None) or '…'}"
                        values[cell["column"] - 1] = value
                    yield number, values
        except Unreadable:
            raise
        except Exception:  # as above: whatever the file provokes
            raise Unreadable(_BROKEN, before) from None

    def close(self) -> None:
        """Closes the file."""
        self._reader.wb.close()
        strings = self._reader.shared_strings
        if isinstance(strings, SharedTexts):
            strings.close()
        self._file.close()
