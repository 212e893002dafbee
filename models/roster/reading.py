"""Files as streams of rows: CSV in UTF-8 (with or without BOM) or GB18030, and XLSX; the first bytes tell which."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from models.roster.faults import Fault, Unreadable
from models.roster.workbook import Workbook

LARGEST = 2 * 2**30
"""Bytes of a file at most."""
_LINE = 2**20
_BLOCK = 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Progress = Callable[[str, int, int], None]
"""Called now and then with what is done, how far, and of how much."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: a CSV file or a sheet of a workbook. `rows` gives (row number from 1, values), once."""

    title: str | None
    rows: Iterator[tuple[int, list[object]]]
    size: int
    """Bytes (CSV) or rows (XLSX, as the file itself says, 0 for unknown)."""
    position: Callable[[int], int]
    """How much of `size` is done after a row."""


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Sheet]]:
    """The sheets of a file. Raises Unreadable, also later while rows are read."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise Unreadable(f"the file cannot be opened ({error.strerror or type(error).__name__})") from None
    if size > LARGEST:
        raise Unreadable("the file is larger than 2 GiB: split it")
    if not start:
        raise Unreadable("the file is empty: expected headings and rows")
    if start.startswith(_OLE):
        raise Unreadable("the workbook is protected by a password or is an old .xls: save it as .xlsx without password")
    if start.startswith(b"PK\x03\x04"):
        book = Workbook(path)
        try:
            yield _sheets(book)
        finally:
            book.close()
        return
    encoding = _encoding(path)
    with path.open("rb") as binary, io.TextIOWrapper(binary, encoding, newline="") as text:
        yield iter([Sheet(None, _records(text), size, lambda _row: binary.tell())])


def _sheets(book: Workbook) -> Iterator[Sheet]:
    for sheet in book.sheets():
        yield Sheet(sheet.title, book.rows(sheet), sheet.max_row or 0, lambda row: row)


def _records(text: TextIO) -> Iterator[tuple[int, list[object]]]:
    lines = _lines(text)
    first = next(lines, "")
    delimiter = max(",\t;", key=first.count)
    number = 0

    def again() -> Iterator[str]:
        yield first
        yield from lines

    reader = csv.reader(again(), delimiter=delimiter, strict=True)
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(f"the row is no valid CSV ({error}): check its quotation marks", number + 1) from None
        number += 1
        yield number, list(record)


def _lines(text: TextIO) -> Iterator[str]:
    number = 0
    while line := text.readline(_LINE):
        number += 1
        if len(line) >= _LINE:
            raise Unreadable("the line is longer than 1,000,000 characters: this is no roster", number)
        yield line


def _encoding(path: Path) -> str:
    """The encoding in which the whole file can be read; told by reading it once."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise Unreadable("the file is in UTF-16: save it as 'CSV UTF-8'")
        with_bom = start.startswith(codecs.BOM_UTF8)
        file.seek(0)
        decoders: dict[str, codecs.IncrementalDecoder] = {"utf-8": codecs.getincrementaldecoder("utf-8")()}
        if not with_bom:
            decoders["gb18030"] = codecs.getincrementaldecoder("gb18030")()
        row, stopped_at = 1, 0
        while True:
            block = file.read(_BLOCK)
            if b"\0" in block:
                row += block[: block.index(b"\0")].count(b"\n")
                raise Unreadable("the file has NUL bytes: it is no CSV; save it again as 'CSV UTF-8'", row)
            for name in list(decoders):
                try:
                    decoders[name].decode(block, final=not block)
                except UnicodeDecodeError as error:
                    del decoders[name]
                    if name == "utf-8":
                        stopped_at = row + block[: max(error.start, 0)].count(b"\n")
            if not decoders:
                raise Unreadable("the text is neither UTF-8 nor GB18030: save it as 'CSV UTF-8'", stopped_at)
            row += block.count(b"\n")
            if not block:
                name = next(iter(decoders))
                return "utf-8-sig" if name == "utf-8" and with_bom else name


def first_sheet(path: Path, take: Callable[[Sheet], None], faults: list[Fault]) -> None:
    """Gives a file's first sheet to `take`; that the file cannot be read is one of the faults."""
    try:
        with opened(path) as sheets:
            for sheet in sheets:
                take(sheet)
                return
    except Unreadable as error:
        faults.append(Fault(path.name, None, error.row, None, None, error.expected))
