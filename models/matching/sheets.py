"""The cells of a round's files: yes and no, numbers of pupils and mentors as ids; and what is wrong, where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.matching.problem import Sex
from models.roster import cells
from models.roster.faults import Fault, Refused

NONE = ("无", "none", "没有")
_YES, _NO = ("是", "yes", "y", "1", "重点"), ("否", "no", "n", "0")
SEXES = {"男": Sex.BOY, "m": Sex.BOY, "boy": Sex.BOY, "男生": Sex.BOY}
SEXES |= {"女": Sex.GIRL, "f": Sex.GIRL, "girl": Sex.GIRL, "女生": Sex.GIRL}
_BETWEEN = re.compile(r"[\s,，、;；/]+")


@dataclass(slots=True)
class Reader:
    """One sheet's rows: cells by column, and what is wrong with them."""

    file: str
    sheet: str | None
    pupils: Mapping[str, int]
    staff: Mapping[str, int]
    faults: list[Fault]
    number: int = 0
    cells: dict[str, object] = field(default_factory=dict)

    def bad(self, column: str | None, expected: str) -> None:
        """Something is wrong in the row that is read."""
        value = None if column is None else self.cells.get(column)
        self.faults.append(
            Fault(self.file, self.sheet, self.number, column, None if value is None else str(value), expected)
        )

    def text(self, column: str) -> str:
        """A cell as text; what cannot stand is a fault and empty."""
        try:
            return cells.clean(cells.text_of(self.cells.get(column)))
        except Refused as error:
            self.bad(column, str(error))
            return ""

    def flag(self, column: str) -> bool | None:
        """Yes or no."""
        written = self.text(column).casefold()
        if not written:
            return None
        if written not in (*_YES, *_NO):
            self.bad(column, "expected yes or no (是 or 否)")
            return None
        return written in _YES

    def ids(self, column: str, known: Mapping[str, int], what: str, most: int) -> tuple[int, ...] | None:
        """Numbers in a cell as ids: None for an empty cell, nothing for `none`."""
        written = self.text(column)
        if not written:
            return None
        if written.casefold() in NONE:
            return ()
        found = []
        for one in _BETWEEN.split(written):
            if one and one not in known:
                self.bad(column, f"expected the number of {what}, {one[:20]} is none")
            elif one and known[one] in found:
                self.bad(column, f"{one[:20]} stands twice")
            elif one:
                found.append(known[one])
        if len(found) > most:
            self.bad(column, f"expected at most {most}")
        return tuple(found)
