"""Faults of a roster: where, what stands there, and what was expected instead."""

from __future__ import annotations

from dataclasses import dataclass

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that has to be put right. `row` counts as the spreadsheet does, 1 is the first; 0: the whole sheet."""

    file: str
    sheet: str | None
    row: int
    column: str | None
    value: str | None
    expected: str

    def __str__(self) -> str:
        place = [self.file]
        if self.sheet is not None:
            place.append(f"sheet {visible(self.sheet)}")
        if self.row:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {visible(self.column)}")
        found = "" if self.value is None else f" found {visible(self.value)!s};"
        return f"{', '.join(place)}:{found} {self.expected}"


class Refused(ValueError):
    """A cell's value cannot stand; the message says what is expected."""


class FileFaults(Exception):
    """A file, or several, that cannot be taken; `faults` holds all that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(one) for one in self.faults))


class Unreadable(Exception):
    """A file cannot be read, from this row on (0: at all); the message says what is expected."""

    def __init__(self, expected: str, row: int = 0) -> None:
        super().__init__(expected)
        self.expected, self.row = expected, row


def visible(text: str) -> str:
    """A value as it may be shown on a terminal: quoted, shortened, nothing in it acts."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) + "'"
