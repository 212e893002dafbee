"""Rows: what a pupil's and a staff member's row must hold, and every fault of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.people import RoleKind
from models.relations import LONGEST, relation_of
from models.roster import cells
from models.roster.faults import Refused
from models.roster.headings import GUARDIANS, Layout

Report = Callable[[str, object, str], None]
"""Told (column, value, what is expected)."""
Place = tuple[str, str, str, str]
"""School, stage, grade and class, as written."""


@dataclass(frozen=True, slots=True)
class GuardianCell:
    """A guardian as a pupil's row has it; `phone` in E.164 form, '' for none."""

    name: str
    relation: str
    phone: str


@dataclass(frozen=True, slots=True)
class PupilRow:
    """A pupil's row; `mentor` is a staff number, '' for none at present."""

    place: Place
    number: str
    name: str
    mentor: str
    guardians: tuple[GuardianCell, ...]


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A staff member's row; `chief_of` are classes as written."""

    school: str
    number: str
    name: str
    subject: str
    phone: str
    roles: frozenset[RoleKind]
    chief_of: tuple[str, ...]


class Reader:
    """Reads the cells of one row after the other and reports what is refused."""

    def __init__(self, layout: Layout, report: Report) -> None:
        self._layout, self._report = layout, report
        self._row: Sequence[object] = ()
        self.faults = 0

    def take(self, row: Sequence[object]) -> None:
        """Begins with a row; values beyond the headings are faults."""
        self._row = row
        self.faults = 0
        headings = self._layout.headings
        if len(row) > len(headings):
            for value in row[len(headings) :]:
                if value is not None and value != "":
                    self.refuse("", value, "this value stands under no heading")
        if len(self._layout.at) < len(headings):
            for heading, value in zip(headings, row, strict=False):
                if not heading and value is not None and value != "":
                    self.refuse("", value, "this value stands under no heading")

    def refuse(self, column: str, value: object, expected: str) -> None:
        """Reports a fault of this row."""
        self.faults += 1
        self._report(self._layout.heading(column) if column in self._layout.at else column, value, expected)

    def raw(self, column: str) -> object:
        """A cell as it is; None where the column or the cell is missing."""
        index = self._layout.at.get(column)
        return self._row[index] if index is not None and index < len(self._row) else None

    def text(self, column: str, read: Callable[[object], str], *, required: bool = False) -> str:
        """A cell read by `read`; '' and a report where it is refused, or required and empty."""
        value = self.raw(column)
        if value is None or value == "":
            found = ""
        else:
            try:
                found = read(value)
            except Refused as refused:
                self.refuse(column, value, str(refused))
                return ""
        if required and not found:
            self.refuse(column, "", "expected a value, the cell is empty")
        return found


def _short(longest: int) -> Callable[[object], str]:
    return lambda value: cells.word(value, longest)


_SCHOOL, _CLASS, _SUBJECT, _RELATION = _short(cells.SCHOOL), _short(cells.CLASS), _short(60), _short(LONGEST)
_ROLES = _short(400)


def pupil_row(reader: Reader) -> PupilRow:
    """The pupil of the row that the reader took; to be used only where it reported no fault."""
    read = reader.text
    return PupilRow(
        place=(
            read("school", _SCHOOL, required=True),
            read("stage", _CLASS, required=True),
            read("grade", _CLASS, required=True),
            read("class", _CLASS, required=True),
        ),
        number=read("pupil_number", cells.number, required=True),
        name=read("name", cells.name, required=True),
        mentor=read("mentor_number", cells.number),
        guardians=_guardians(reader),
    )


_GUARDIAN_COLUMNS = tuple(
    (f"guardian{n}_name", f"guardian{n}_relation", f"guardian{n}_phone") for n in range(1, GUARDIANS + 1)
)


def _guardians(reader: Reader) -> tuple[GuardianCell, ...]:
    found: list[GuardianCell] = []
    names: dict[str, int] = {}
    for n, (name_column, relation_column, phone_column) in enumerate(_GUARDIAN_COLUMNS, 1):
        before = reader.faults
        name = reader.text(name_column, cells.name)
        relation = reader.text(relation_column, _RELATION)
        phone = reader.text(phone_column, cells.phone)
        if not name:
            if (relation or phone) and reader.faults == before:
                reader.refuse(name_column, "", "expected this guardian's name beside relation or telephone")
            continue
        folded = cells.folded_name(name)
        if folded in names:
            reader.refuse(name_column, name, f"this guardian stands twice in the row, also as guardian {names[folded]}")
            continue
        names[folded] = n
        found.append(GuardianCell(name, relation_of(relation), phone))
    return tuple(found)


def staff_row(reader: Reader) -> StaffRow:
    """The staff member of the row that the reader took; to be used only where it reported no fault."""
    read = reader.text
    school = read("school", _SCHOOL, required=True)
    number = read("staff_number", cells.number, required=True)
    name = read("name", cells.name, required=True)
    subject = read("subject", _SUBJECT)
    phone = read("phone", cells.phone)
    written = read("roles", _ROLES)
    try:
        roles, chief_of = roles_of(written)
    except Refused as refused:
        reader.refuse("roles", written, str(refused))
        roles, chief_of = frozenset(), ()
    return StaffRow(school, number, name, subject, phone, roles, chief_of)


_ROLE_WORDS: dict[RoleKind, str] = {
    RoleKind.MENTOR: "mentor 导师 成长导师",
    RoleKind.COUNSELLOR: "counsellor counselor schoolcounsellor schoolcounselor 心理教师 心理老师 心理辅导教师",
    RoleKind.ADMIN: "admin administrator schooladmin 管理员 学校管理员",
    RoleKind.DUTY_LEADER: "dutyleader leaderonduty 值班领导",
    RoleKind.CENTRE: "centre center educationcentre educationcenter 中心 育人中心 协同育人中心",
}
_ROLES_BY_WORD = {word: kind for kind, words in _ROLE_WORDS.items() for word in words.split()}
_CHIEF_WORDS = ("chiefmentor", "首席导师", "班主任")
_EXPECTED_ROLES = (
    "expected roles separated by ';': mentor (导师), chief mentor: CLASS (首席导师:班级, 班主任:班级), "
    "counsellor (心理教师), admin (管理员), duty leader (值班领导), centre (中心)"
)
_CHIEF = re.compile(r"\s*(chief[\s_-]*mentor|首席导师|班主任)\s*:?\s*(.*)", re.IGNORECASE | re.DOTALL)
_SEPARATORS = re.compile(r"[;,、/]")


def roles_of(written: str) -> tuple[frozenset[RoleKind], tuple[str, ...]]:
    """The roles of a cleaned cell, and the classes (as written) of a chief mentor. Raises Refused.

    A chief mentor is also a mentor. What follows a chief mentor's class and is no role is one more class of theirs.
    """
    roles: set[RoleKind] = set()
    classes: list[str] = []
    within_chief = False
    for part in _SEPARATORS.split(written):
        key = cells.folded(part)
        if not key:
            continue
        if kind := _ROLES_BY_WORD.get(key):
            roles.add(kind)
            within_chief = False
        elif (chief := _CHIEF.match(part)) and key.startswith(_CHIEF_WORDS):
            if not cells.folded(chief[2]):
                raise Refused("expected the class of a chief mentor, as in 首席导师:五年级2班 or chief mentor: Class 2")
            roles.add(RoleKind.MENTOR)
            classes.append(chief[2].strip())
            within_chief = True
        elif within_chief:
            classes.append(part.strip())
        else:
            raise Refused(_EXPECTED_ROLES)
    return frozenset(roles), tuple(classes)
