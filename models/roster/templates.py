"""Empty and filled examples of both tables, as CSV and XLSX, in Chinese and English."""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from models.roster.headings import COLUMNS, Kind

Table = list[list[str]]

_PARENTS = ["林建国", "父亲", "13800000001", "王芳", "母亲", "13800000002"]
_PARENTS_EN = ["Lin Jianguo", "father", "13800000001", "Wang Fang", "mother", "13800000002"]
_PUPILS: dict[str, Table] = {
    "zh": [
        ["示范学校", "小学", "五年级", "五年级2班", "20260001", "林小雨", "T001", *_PARENTS],
        ["示范学校", "小学", "三年级", "三年级1班", "20260002", "林小晴", "T002", *_PARENTS],
        ["示范学校", "初中", "七年级", "七年级3班", "20260003", "陈晨", "", "陈秀兰", "奶奶", "010-55550003"],
    ],
    "en": [
        ["Example School", "Primary", "Grade 5", "Class 2", "20260001", "Lin Xiaoyu", "T001", *_PARENTS_EN],
        ["Example School", "Primary", "Grade 3", "Class 1", "20260002", "Lin Xiaoqing", "T002", *_PARENTS_EN],
        [
            "Example School",
            "Junior",
            "Grade 7",
            "Class 3",
            "20260003",
            "Sam Doe",
            "",
            "Jane Doe",
            "grandmother",
            "+44 20 7946 0003",
        ],
    ],
}
_STAFF: dict[str, Table] = {
    "zh": [
        ["示范学校", "T001", "张老师", "语文", "13800000011", "导师;首席导师:五年级2班"],
        ["示范学校", "T002", "李老师", "数学", "13800000012", "导师;首席导师:三年级1班"],
        ["示范学校", "T003", "赵老师", "", "13800000013", "管理员;值班领导"],
        ["示范学校", "T004", "周老师", "心理", "13800000014", "心理教师"],
    ],
    "en": [
        ["Example School", "T001", "Zhang Wei", "Chinese", "13800000011", "mentor; chief mentor: Grade 5 Class 2"],
        ["Example School", "T002", "Li Na", "Mathematics", "13800000012", "mentor; chief mentor: Grade 3 Class 1"],
        ["Example School", "T003", "Zhao Lei", "", "13800000013", "admin; duty leader"],
        ["Example School", "T004", "Zhou Min", "", "13800000014", "counsellor"],
    ],
}
_TITLES = {"zh": {Kind.PUPILS: "学生", Kind.STAFF: "教职工"}, "en": {Kind.PUPILS: "Pupils", Kind.STAFF: "Staff"}}


def write_templates(out: Path) -> list[Path]:
    """Writes the examples into the folder `out` (made where it is missing) and returns the files. Raises OSError."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for language in ("zh", "en"):
        for state in ("empty", "example"):
            tables = {kind: _table(kind, language, filled=state == "example") for kind in Kind}
            for kind, rows in tables.items():
                path = out / f"{kind}-{language}-{state}.csv"
                # with the BOM spreadsheet programs read Chinese right; without it they guess
                with path.open("w", encoding="utf-8-sig", newline="") as file:
                    csv.writer(file).writerows(rows)
                written.append(path)
            path = out / f"roster-{language}-{state}.xlsx"
            _write_workbook(path, {_TITLES[language][kind]: rows for kind, rows in tables.items()})
            written.append(path)
    return written


def _table(kind: Kind, language: str, *, filled: bool) -> Table:
    headings = [column.chinese if language == "zh" else column.name for column in COLUMNS[kind]]
    rows = (_PUPILS if kind is Kind.PUPILS else _STAFF)[language] if filled else []
    return [headings, *([*row, *[""] * (len(headings) - len(row))] for row in rows)]


def _write_workbook(path: Path, tables: dict[str, Table]) -> None:
    book = Workbook(write_only=True)
    for title, rows in tables.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for index in range(1, len(rows[0]) + 1):
            column = sheet.column_dimensions[get_column_letter(index)]
            column.width = 16
            column.number_format = "@"  # text, so that numbers keep their zeros
        for number, row in enumerate(rows):
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=value or None)
                cell.number_format = "@"
                if number == 0:
                    cell.font = Font(bold=True)
                cells.append(cell)
            sheet.append(cells)
    book.save(path)
