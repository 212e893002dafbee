"""Tables as XLSX, read back: what is a number, a day, a text stays one, and nothing that was typed is run."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from handlers import workbook
from handlers.workbook import Table


def sheets(*tables: Table) -> list[Any]:
    """The sheets of these tables, read back."""
    return list(load_workbook(io.BytesIO(workbook.drawn(tables, name="家访"))).worksheets)


def cell(value: Any) -> Any:
    """A value's cell, read back."""
    return sheets(Table("表", ("一",), [(value,)]))[0]["A2"]


def test_the_head_is_bold_and_stays_in_sight() -> None:
    (sheet,) = sheets(Table("三月", ("学生", "日期", "次数"), [("张小雨", date(2026, 3, 6), 2)]))
    assert sheet.title == "三月"
    assert [one.value for one in sheet[1]] == ["学生", "日期", "次数"]
    assert all(one.font.b for one in sheet[1])
    assert not sheet["A2"].font.b
    assert sheet.freeze_panes == "A2"


def test_days_are_days_and_numbers_are_numbers() -> None:
    day, moment = (
        cell(date(2026, 3, 6)),
        cell(datetime(2026, 3, 6, 11, tzinfo=UTC).astimezone(ZoneInfo("Asia/Shanghai"))),
    )
    assert (day.value.date(), day.number_format, day.is_date) == (date(2026, 3, 6), "yyyy-mm-dd", True)
    assert (moment.value.hour, moment.number_format) == (19, "yyyy-mm-dd hh:mm")
    assert (cell(3).value, cell(0.5).value, cell(3).data_type) == (3, 0.5, "n")
    assert cell(None).value is None


@pytest.mark.parametrize(
    "text", ["=1+1", "=HYPERLINK(0)", "+86138", "-1", "@SUM(A1)", "#N/A", "2026-03-06", "12", "TRUE"]
)
def test_what_was_typed_is_text_whatever_it_looks_like(text: str) -> None:
    found = cell(text)
    assert (found.value, found.data_type) == (text, "s")
    assert found.quotePrefix == text.startswith(("=", "+", "-", "@"))


def test_columns_are_as_wide_as_what_stands_in_them_and_chinese_counts_double() -> None:
    (sheet,) = sheets(Table("表", ("a", "b", "c", "d"), [("张小雨张小雨", "abcdefghijkl", "长" * 300, 1)]))
    widths = [sheet.column_dimensions[one].width for one in "ABCD"]
    assert widths == [14, 14, 48, 8]
    assert sheet["C2"].alignment.wrap_text


def test_rows_may_be_shorter_or_longer_than_the_head_or_missing() -> None:
    found = sheets(Table("表", ("一", "二"), [("x",), ("x", "y", "z")]), Table("空", ("一",), []))
    assert [one.value for one in found[0][3]] == ["x", "y", "z"]
    assert found[1].max_row == 1
    assert len(sheets()) == 1


def test_titles_are_such_as_a_workbook_takes_and_differ() -> None:
    titles = [
        one.title
        for one in sheets(*(Table(name, ("一",), []) for name in ("五/2:班", "五/2:班", "长" * 40, "", "Sheet")))
    ]
    assert titles == ["五 2 班", "五 2 班 2", "长" * 31, "-", "Sheet"]


def test_controls_are_left_out_and_a_text_is_cut_where_a_cell_ends() -> None:
    assert cell("a\x00b\x1b[31m\r\nc\uffff").value == "ab[31m\nc"
    assert len(cell("长" * 40_000).value) == 32_767


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=60))
def test_any_text_reads_back_as_it_was(text: str) -> None:
    assert (cell(text).value or "") == text
    assert len(sheets(Table(text, (text,), []))[0].title) <= 31


def test_the_same_tables_are_the_same_sheets() -> None:
    def parts() -> dict[str, bytes]:
        file = zipfile.ZipFile(io.BytesIO(workbook.drawn([Table("表", ("一",), [("x",)])], name="家访")))
        return {name: file.read(name) for name in file.namelist() if name != "docProps/core.xml"}

    assert parts() == parts()
