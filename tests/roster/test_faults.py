"""Every fault is told at once, with its place; and then nothing is written."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from models.roster.faults import Fault
from tests.roster.office import FATHER, MOTHER, NOW, PUPILS, STAFF, Office, pupil, staff


@pytest.fixture
def people(office: Office) -> Path:
    """A staff file that is fine."""
    return office.csv(STAFF, [staff("T1")], name="staff.csv")


def _with(row: list[str], **cells: str) -> list[str]:
    changed = [*row]
    for column, value in cells.items():
        changed[PUPILS.index(column)] = value
    return changed


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"学校": ""}, "column '学校': found ''; expected a value, the cell is empty"),
        ({"班级": "班" * 41}, f"column '班级': found '{'班' * 41}'; expected at most 40 characters, these are 41"),
        ({"学号": "9" * 41}, f"column '学号': found '{'9' * 41}'; expected at most 40 characters, these are 41"),
        ({"姓名": "长" * 61}, f"column '姓名': found '{'长' * 60}…'; expected at most 60 characters, these are 61"),
        ({"姓名": "=1+1"}, "column '姓名': found '=1+1'; expected text: no cell may begin like a formula (= + - @)"),
        (
            {"姓名": "王\x1b[2J"},
            "column '姓名': found '王\\u001b[2J'; expected text without control characters or line breaks",
        ),
        (
            {"监护人1电话": "5555000"},
            (
                "column '监护人1电话': found '5555000'; expected a telephone number: a mobile of 11 digits, a landline"
                " with its area code, or + and the country's code"
            ),
        ),
        (
            {"监护人1关系": "远" * 21},
            f"column '监护人1关系': found '{'远' * 21}'; expected at most 20 characters, these are 21",
        ),
        (
            {"监护人1姓名": ""},
            "column '监护人1姓名': found ''; expected this guardian's name beside relation or telephone",
        ),
        (
            {"监护人2姓名": "王 芳", "监护人2电话": "13900000000"},
            "column '监护人2姓名': found '王 芳'; this guardian stands twice in the row, also as guardian 1",
        ),
        (
            {"导师工号": "T9"},
            (
                "column '导师工号': found 'T9'; expected the number of a mentor of this school: neither the files nor"
                " the database have it"
            ),
        ),
        ({"导师工号": "T2"}, "column '导师工号': found 'T2'; this member of staff has not the role mentor (导师)"),
    ],
)
def test_a_fault_tells_file_row_column_value_and_what_is_expected(
    office: Office, cells: dict[str, str], told: str
) -> None:
    people = office.csv(STAFF, [staff("T1"), staff("T2", "管理员")])
    path = office.csv(PUPILS, [pupil("0"), _with(pupil("1", MOTHER), **cells)], name="pupils.csv")
    assert office.faults(path, people) == [f"pupils.csv, row 3, {told}"]


def test_every_fault_is_told_at_once_in_the_order_of_the_rows(office: Office) -> None:
    rows = [
        _with(pupil("1", MOTHER), 姓名="", 监护人1电话="1"),
        pupil("2", mentor="T9"),
        pupil("1"),
        pupil("3", mentor="T8"),
    ]
    path = office.csv(PUPILS, rows, name="a.csv")
    people = office.csv(STAFF, [staff("T1", "校长"), staff("T1"), staff("T2", phone="x")], name="b.csv")
    told = office.faults(path, people)
    places = [line.split(":")[0] for line in told]
    assert places == [
        "a.csv, row 2, column '姓名'",
        "a.csv, row 2, column '监护人1电话'",
        "a.csv, row 3, column '导师工号'",
        "a.csv, row 4, column '学号'",
        "a.csv, row 5, column '导师工号'",
        "b.csv, row 2, column '角色'",
        "b.csv, row 3, column '工号'",
        "b.csv, row 4, column '电话'",
    ]


def test_a_number_that_stands_twice_names_both_rows_also_across_files(office: Office, people: Path) -> None:
    first = office.csv(PUPILS, [pupil("1"), pupil("2"), pupil("1")], name="a.csv")
    second = office.xlsx({"学生": [PUPILS, pupil("2")]})
    assert office.faults(first, second, people) == [
        "a.csv, row 4, column '学号': found '1'; this number stands already in row 2",
        "roster.xlsx, sheet '学生', row 2, column '学号': found '2'; this number stands already in a.csv, row 3",
    ]


@pytest.mark.parametrize(
    ("headings", "told"),
    [
        (["a", "b"], "row 1: the headings tell neither pupils nor staff. Expected for pupils: 学校 (school), "),
        (STAFF[:-1], "row 1: the heading 角色 (roles) is missing"),
        ([*STAFF, "生日"], "row 1, column '生日': unknown heading in a sheet of staff. Expected: 学校 (school), "),
        ([*STAFF, "手机号"], "row 1, column '手机号': the column phone stands twice, also as '电话'"),
        ([*PUPILS[:-6], "监护人姓名", "监护人关系"], "row 1: the heading 监护人1电话 (guardian1_phone) is missing"),
        ([*PUPILS, "监护人3电话"], "row 1: the heading 监护人3姓名 (guardian3_name) is missing"),
    ],
)
def test_wrong_headings_are_told_with_what_is_expected(office: Office, headings: list[str], told: str) -> None:
    found = office.faults(office.csv(headings, [["x"] * len(headings)], name="a.csv"))
    assert len(found) == 1
    assert found[0].startswith(f"a.csv, {told}")


def test_a_value_under_no_heading_is_told(office: Office) -> None:
    assert office.faults(office.csv(STAFF, [[*staff("T1"), "", "?"]], name="a.csv")) == [
        "a.csv, row 2: found '?'; this value stands under no heading"
    ]


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ("首席导师:六年级9班", "there is no such class. Expected one of: 三年级1班, 五年级2班"),
        ("首席导师", "expected the class of a chief mentor, as in 首席导师:五年级2班 or chief mentor: Class 2"),
    ],
)
def test_a_chief_mentor_needs_a_class_that_exists(office: Office, roles: str, told: str) -> None:
    pupils = office.csv(PUPILS, [pupil("1", mentor=""), pupil("2", group="三年级1班", mentor="")])
    people = office.csv(STAFF, [staff("T1", roles)], name="b.csv")
    assert office.faults(pupils, people) == [
        f"b.csv, row 2, column '角色': found '{roles.partition(':')[2] or roles}'; {told}"
    ]


def test_a_class_name_that_two_grades_share_is_ambiguous_until_the_grade_is_told(office: Office) -> None:
    rows = [
        ["实验学校", "小学", grade, "2班", str(index), "学生", ""] + [""] * 6
        for index, grade in enumerate(("五年级", "六年级"))
    ]
    pupils = office.csv(PUPILS, rows)
    told = office.faults(pupils, office.csv(STAFF, [staff("T1", "首席导师:2班")], name="b.csv"))
    assert told == [
        (
            "b.csv, row 2, column '角色': found '2班'; several classes are called this."
            " Expected one of: 五年级2班, 六年级2班"
        )
    ]
    for written in ("五年级 2班", "小学五年级(2班)"):
        assert office.run(pupils, office.csv(STAFF, [staff("T1", f"首席导师:{written}")])) == 0, office.told
    assert office.staff()["T1"][4] == ["2班"]


def test_a_class_has_one_chief_mentor(office: Office) -> None:
    people = office.csv(STAFF, [staff("T1", "班主任:五年级2班"), staff("T2", "班主任:五年级2班")], name="b.csv")
    assert office.faults(office.csv(PUPILS, [pupil("1")]), people) == [
        "b.csv, row 3, column '角色': found '五年级2班'; this class has a chief mentor already: 'T1' in b.csv, row 2"
    ]


def test_a_mentor_whom_end_missing_would_end_is_a_fault(office: Office) -> None:
    office.bring([pupil("1")], [staff("T1")])
    files = office.csv(PUPILS, [pupil("1")], name="a.csv"), office.csv(STAFF, [staff("T2")])
    told = office.faults(*files, end_missing=True)
    assert told == [
        (
            "a.csv, row 2, column '导师工号': found 'T1'; --end-missing would end this mentor (or the role): give the"
            " pupil another one"
        )
    ]
    assert office.run(*files) == 0


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", ": the file is empty: expected headings and rows"),
        (b"\n\n  \n", ": the file is empty: expected headings and rows"),
        ("学校,工号".encode("utf-16"), ": the file is in UTF-16: save it as 'CSV UTF-8'"),
        (b"\xef\xbb\xbfa,b\n\xff\xff", ", row 2: the text is neither UTF-8 nor GB18030: save it as 'CSV UTF-8'"),
        (b"a\nb\n\xff\xff\xff", ", row 3: the text is neither UTF-8 nor GB18030: save it as 'CSV UTF-8'"),
        (b"a\nb\0c", ", row 2: the file has NUL bytes: it is no CSV; save it again as 'CSV UTF-8'"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
            ": the workbook is protected by a password or is an old .xls: save it as .xlsx without password",
        ),
        (
            b"PK\x03\x04 no zip at all",
            ": the workbook is broken: open it in a spreadsheet program and save it again as .xlsx",
        ),
        (b"x" * 2_000_000, ", row 1: the line is longer than 1,000,000 characters: this is no roster"),
    ],
)
def test_what_cannot_be_read_is_told(office: Office, content: bytes, told: str) -> None:
    assert office.faults(_bytes(office.folder / "a.csv", content)) == [f"a.csv{told}"]


def test_an_open_quotation_mark_is_told_with_its_row(office: Office) -> None:
    path = office.csv(STAFF, [staff("T1")], name="a.csv")
    path.write_text(path.read_text("utf-8-sig") + '"open,', "utf-8")
    assert office.faults(path) == [
        "a.csv, row 3: the row is no valid CSV (unexpected end of data): check its quotation marks"
    ]


def test_missing_and_huge_files_are_told(office: Office) -> None:
    huge = office.folder / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(2 * 2**30 + 1)
    assert office.faults(office.folder / "none.csv", office.folder, huge) == [
        "none.csv: the file cannot be opened (No such file or directory)",
        f"{office.folder.name}: the file cannot be opened (Is a directory)",
        "huge.csv: the file is larger than 2 GiB: split it",
    ]


def _changed(path: Path, name: str, change: Any) -> Path:
    with zipfile.ZipFile(path) as book:
        parts = {entry: book.read(entry) for entry in book.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as book:
        for entry, content in parts.items():
            book.writestr(entry, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml[: len(xml) // 2],
        lambda xml: xml.replace(b'r="3"', b'r="99999999999"'),
        lambda xml: xml.replace(b'r="3"', b'r="1"'),
        lambda xml: b'<!DOCTYPE a [<!ENTITY b "' + b"b" * 1000 + b'">]>' + xml.replace(b"<sheetData>", b"<x>&c;</x>"),
    ],
)
def test_a_broken_workbook_is_told_and_read_no_further(office: Office, change: Any) -> None:
    book = _changed(office.xlsx({"教职工": [STAFF, staff("T1"), staff("T2")]}), SHEET, change)
    told = office.faults(book)
    assert len(told) == 1
    assert told[0].endswith("the workbook is broken: open it in a spreadsheet program and save it again as .xlsx")


def test_formulas_and_dates_in_a_workbook_are_refused(office: Office) -> None:
    rows: list[Any] = [STAFF, [*staff("T1")], [*staff("T2")], [*staff("T3")]]
    rows[1][2], rows[2][1], rows[3][3] = '=HYPERLINK("http://x")', NOW.replace(tzinfo=None), True
    assert office.faults(office.xlsx({"a": rows})) == [
        (
            "roster.xlsx, sheet 'a', row 2, column '姓名': found '=HYPERLINK(\"http://x\")';"
            " expected text: no cell may begin like a formula (= + - @)"
        ),
        (
            "roster.xlsx, sheet 'a', row 3, column '工号': found '2026-11-23 09:00:00';"
            " the spreadsheet made a date of it: format the cell as text, type it again"
        ),
        "roster.xlsx, sheet 'a', row 4, column '学科': found 'True'; expected text, not true or false",
    ]


def test_a_workbook_of_empty_sheets_is_empty(office: Office) -> None:
    assert office.faults(office.xlsx({"a": [], "b": []})) == [
        "roster.xlsx: the file is empty: expected headings and rows"
    ]


def test_a_fault_reads_as_one_line() -> None:
    fault = Fault("a.csv", "表\n1", 2, "姓名", "x\n", "expected a name")
    assert str(fault) == "a.csv, sheet '表\\u000a1', row 2, column '姓名': found 'x\\u000a'; expected a name"


def test_good_rows_beside_faults_are_not_written_either(office: Office, people: Path) -> None:
    office.bring([pupil("1", MOTHER)])
    office.faults(office.csv(PUPILS, [pupil("1", FATHER), pupil("2", MOTHER), pupil("3", mentor="T9")]), people)
    assert office.guardians("1") == [("王芳", "mother", "+8613800000001")]
