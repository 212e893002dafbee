"""Both formats, every encoding, headings in both languages: the same school comes out."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from bot.commands.roster import write_templates
from models.roster import workbook
from models.roster.headings import COLUMNS, Kind, Layout, layout_of
from tests.roster.office import FATHER, MOTHER, PUPILS, STAFF, Office, pupil, staff


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_every_encoding_that_schools_have(office: Office, encoding: str) -> None:
    files = (
        office.csv(PUPILS, [pupil("1", MOTHER)], encoding=encoding),
        office.csv(STAFF, [staff("T1")], encoding=encoding),
    )
    assert office.run(*files) == 0, office.told
    assert office.pupils() == {"1": ("学生1", "五年级2班", "T1")}
    assert office.guardians("1") == [("王芳", "mother", "+8613800000001")]


def test_a_workbook_holds_pupils_and_staff_in_sheets_of_their_own(office: Office) -> None:
    book = office.xlsx({"学生": [PUPILS, pupil("1", MOTHER)], "空": [], "教职工": [STAFF, staff("T1", "导师;管理员")]})
    assert office.run(book) == 0, office.told
    assert office.pupils() == {"1": ("学生1", "五年级2班", "T1")}
    assert office.staff()["T1"] == ("老师T1", None, "语文", ["admin", "mentor"], [])


def test_numbers_that_the_spreadsheet_made_of_text_are_read_as_written(office: Office) -> None:
    row: list[object] = [*pupil("1", MOTHER)]
    row[4], row[9] = 20260001, 13800000001.0
    assert office.run(office.xlsx({"学生": [PUPILS, row], "教职工": [STAFF, staff("T1")]})) == 0, office.told
    assert office.pupils().keys() == {"20260001"}
    assert office.guardians("20260001") == [("王芳", "mother", "+8613800000001")]


def test_headings_may_be_english_in_any_case_and_any_order(office: Office) -> None:
    headings = ["Pupil Number", "NAME", "School", "Stage", "Grade", "Class", "Mentor number"]
    headings += ["Guardian 1 name", "guardian1 Relation", "Guardian1Phone"]
    row = ["1", "Sam", "Example", "Primary", "Grade 5", "Class 2", "T1", "Ann", "Mum", "+44 20 7946 0003"]
    people = [["Example", "T1", "Tom", "Maths", "", "Mentor; Chief mentor: Grade 5 Class 2"]]
    code = office.run(
        office.csv(headings, [row]),
        office.csv(["school", "staff number", "name", "subject", "phone", "roles"], people),
    )
    assert code == 0, office.told
    assert office.guardians("1") == [("Ann", "mother", "+442079460003")]
    assert office.staff()["T1"] == ("Tom", None, "Maths", ["mentor"], ["Class 2"])


def test_width_and_blanks_in_headings_do_not_matter() -> None:
    written = [
        "学 校",
        "\uff08学段\uff09",
        "年级*",
        "班级\uff1a",
        "学号(必填)",
        "姓名",
        "导师工号",
        "监护人1姓名",
        "家长1关系",
        "监护人一电话",
    ]
    layout, faults = layout_of(written)
    assert faults == []
    assert layout is not None
    assert layout.kind is Kind.PUPILS
    assert layout.at["guardian1_phone"] == 9


@pytest.mark.parametrize("kind", list(Kind))
def test_every_word_of_a_column_means_that_column_alone(kind: Kind) -> None:
    for column in COLUMNS[kind]:
        for word in (column.chinese, column.name, *column.more.split()):
            others = [c.name for c in COLUMNS[kind] if c is not column]
            layout, faults = layout_of([*others, word])
            assert isinstance(layout, Layout), (word, faults)
            assert layout.at[column.name] == len(others)


def test_rows_may_be_separated_by_semicolons_or_tabs(office: Office, tmp_path: Path) -> None:
    for index, delimiter in enumerate(";\t"):
        path = tmp_path / f"by{index}.csv"
        lines = [STAFF, [*staff(f"T{index}")]]
        path.write_text("\n".join(delimiter.join(line) for line in lines), "utf-8")
        assert office.run(path) == 0, office.told
    assert office.staff().keys() >= {"T1"}


def test_a_workbook_whose_texts_are_shared_is_read_the_same_also_where_they_lie_on_disk(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [staff(f"T{n}", name=f"甲{n}", phone=f"138{n:08}") for n in range(300)]
    book = share_texts(office.xlsx({"教职工": [STAFF, *people]}))
    for in_memory in (20_000, 5):
        monkeypatch.setattr(workbook, "_IN_MEMORY", in_memory)
        assert office.run(book) == 0, office.told
        assert {number: one[0] for number, one in office.staff().items()} == {f"T{n}": f"甲{n}" for n in range(300)}
    assert "Nothing will change" in office.told


def test_a_shared_text_that_does_not_exist_is_a_fault(office: Office) -> None:
    book = share_texts(office.xlsx({"教职工": [STAFF, staff("T1")]}), keep=8)
    assert len(office.faults(book)) == 1
    assert "the workbook is broken" in office.told


def share_texts(path: Path, keep: int | None = None) -> Path:
    """Rewrites a workbook as spreadsheet programs save it: every text in a list of its own, once."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    texts: dict[str, int] = {}

    def share(found: re.Match[str]) -> str:
        return f'<c r="{found[1]}" t="s"><v>{texts.setdefault(found[2], len(texts))}</v></c>'

    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(r'<c r="(\w+)" t="inlineStr"><is><t[^>]*>(.*?)</t></is></c>', share, parts[sheet])
    assert texts
    items = "".join(f"<si><t>{text}</t></si>" for text in list(texts)[:keep])
    parts["xl/sharedStrings.xml"] = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    )
    override = (
        '<Override PartName="/xl/sharedStrings.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", f"{override}</Types>")
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def test_the_filled_examples_can_be_imported_and_the_empty_ones_say_that_they_are_empty(
    office: Office, tmp_path: Path
) -> None:
    written = write_templates(tmp_path / "out")
    assert len(written) == 12
    for language in ("zh", "en"):
        here = tmp_path / "out"
        assert office.run(here / f"roster-{language}-example.xlsx") == 0, office.told
        assert office.run(here / f"pupils-{language}-example.csv", here / f"staff-{language}-example.csv") == 0
        assert "Nothing will change" in office.told
        told = office.faults(here / f"roster-{language}-empty.xlsx", here / f"pupils-{language}-empty.csv")
        assert [line.endswith("there are headings but no rows") for line in told] == [True] * 3
    assert office.pupils()["20260001"] == ("Lin Xiaoyu", "Class 2", "T001")


def test_a_family_of_two_children_is_one_couple(office: Office) -> None:
    office.bring([pupil("1", MOTHER, FATHER), pupil("2", MOTHER, FATHER, group="三年级1班")])
    assert office.person_of("1", "王芳") == office.person_of("2", "王芳")
    assert office.people() == 3
