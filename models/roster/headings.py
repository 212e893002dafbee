"""Headings: which column is which, in Chinese or English, and by them which kind a sheet is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.roster.cells import clean, folded, text_of
from models.roster.faults import Refused, visible

GUARDIANS = 4
"""The most guardians in a pupil's row."""


class Kind(StrEnum):
    """What the rows of a sheet are."""

    PUPILS = "pupils"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a kind of sheet: its name in code and English, in Chinese, and further words for it."""

    name: str
    chinese: str
    more: str = ""
    required: bool = True


_PHONES = "手机 手机号 手机号码 联系电话 电话号码 联系方式 mobile phonenumber mobilenumber mobilephone telephone tel"


def _guardian(n: int) -> tuple[Column, Column, Column]:
    def words(*fields: str) -> str:
        numerals = (str(n), "一二三四"[n - 1])
        found = []
        for who in ("监护人", "家长", "guardian", "parent"):
            for field in fields:
                found += [f"{who}{numeral}{field}" for numeral in numerals]
                found += [f"{who}{field}{numeral}" for numeral in numerals]
                if n == 1:
                    found.append(f"{who}{field}")
        return " ".join(found)

    first = n == 1
    return (
        Column(f"guardian{n}_name", f"监护人{n}姓名", words("姓名", "name"), first),
        Column(
            f"guardian{n}_relation",
            f"监护人{n}关系",
            words("关系", "与学生关系", "称谓", "relation", "relationship"),
            first,
        ),
        Column(f"guardian{n}_phone", f"监护人{n}电话", words("电话", "phone", *_PHONES.split()), first),
    )


_SCHOOL = Column("school", "学校", "学校名称 校名 schoolname")
COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.PUPILS: (
        _SCHOOL,
        Column("stage", "学段", "schoolstage"),
        Column("grade", "年级", "gradename yeargroup"),
        Column("class", "班级", "班 班别 班级名称 classname schoolclass"),
        Column("pupil_number", "学号", "学籍号 学生学号 pupilno pupilid studentnumber studentno studentid"),
        Column("name", "姓名", "学生姓名 pupilname studentname fullname"),
        Column("mentor_number", "导师工号", "导师编号 导师教工号 mentorno mentorid mentorstaffnumber"),
        *(column for n in range(1, GUARDIANS + 1) for column in _guardian(n)),
    ),
    Kind.STAFF: (
        _SCHOOL,
        Column(
            "staff_number",
            "工号",
            "教工号 教师工号 职工号 教职工号 教师编号 staffno staffid teachernumber employeenumber employeeid",
        ),
        Column("name", "姓名", "教师姓名 教职工姓名 staffname teachername fullname"),
        Column("subject", "学科", "任教学科 任教科目 科目 subjects"),
        Column("phone", "电话", _PHONES),
        Column("roles", "角色", "职务 role"),
    ),
}

_MARKS = re.compile(r"必填|选填|required|optional|[*:]")


def _folded(heading: str) -> str:
    return _MARKS.sub("", folded(heading))


_NAMES: dict[Kind, dict[str, str]] = {
    kind: {
        _folded(word): column.name for column in columns for word in (column.name, column.chinese, *column.more.split())
    }
    for kind, columns in COLUMNS.items()
}
_TELLING = {
    kind: set(_NAMES[kind].values()) - set(_NAMES[other].values())
    for kind, other in ((Kind.PUPILS, Kind.STAFF), (Kind.STAFF, Kind.PUPILS))
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column of a sheet stands: `at[name]` counts from 0; `headings` as the file has them."""

    kind: Kind
    at: dict[str, int]
    headings: tuple[str, ...]

    def heading(self, column: str) -> str:
        """How the file itself calls a column."""
        return self.headings[self.at[column]]


def expected_headings(kind: Kind) -> str:
    """The required headings of a kind in both languages, as a sentence's part."""
    return ", ".join(f"{c.chinese} ({c.name})" for c in COLUMNS[kind] if c.required)


def layout_of(row: Sequence[object]) -> tuple[Layout | None, list[tuple[str | None, str]]]:
    """The layout that a row of headings gives, or its faults as (heading, what is expected)."""
    faults: list[tuple[str | None, str]] = []
    written: list[str] = []
    for value in row:
        try:
            written.append(clean(text_of(value)))
        except Refused as refused:
            written.append("")
            faults.append((str(value), str(refused)))
    while written and not written[-1]:
        written.pop()
    keys = [_folded(heading) for heading in written]
    votes = {kind: sum(_NAMES[kind].get(key) in _TELLING[kind] for key in keys if key in _NAMES[kind]) for kind in Kind}
    if votes[Kind.PUPILS] == votes[Kind.STAFF]:
        pupils, staff = expected_headings(Kind.PUPILS), expected_headings(Kind.STAFF)
        expected = f"the headings tell neither pupils nor staff. Expected for pupils: {pupils}; for staff: {staff}"
        return None, [*faults, (None, expected)]
    kind = max(Kind, key=lambda one: votes[one])
    at: dict[str, int] = {}
    for index, (heading, key) in enumerate(zip(written, keys, strict=True)):
        if not heading:
            continue
        column = _NAMES[kind].get(key)
        if column is None:
            known = ", ".join(f"{c.chinese} ({c.name})" for c in COLUMNS[kind])
            faults.append((heading, f"unknown heading in a sheet of {kind}. Expected: {known}"))
        elif column in at:
            faults.append((heading, f"the column {column} stands twice, also as {visible(written[at[column]])}"))
        else:
            at[column] = index
    missing = [c for c in COLUMNS[kind] if c.required and c.name not in at]
    for c in missing:
        faults.append((None, f"the heading {c.chinese} ({c.name}) is missing"))
    for n in range(2, GUARDIANS + 1):
        given = [part for part in ("name", "relation", "phone") if f"guardian{n}_{part}" in at]
        if given and "name" not in given:
            faults.append((None, f"the heading 监护人{n}姓名 (guardian{n}_name) is missing"))
    return (None, faults) if faults else (Layout(kind, at, tuple(written)), [])
