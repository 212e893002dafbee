"""A file of cards: all faults at once, in Chinese and English, and it repeats safely."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine

from models.directory import cards, importing, reading
from models.directory.content import SignUp, kinds
from models.roster.faults import FileFaults
from models.vault import Vault
from tests.directory.shelf import line, put
from tests.events.class_of_parents import done
from tests.school import School

ZH = "编号,类别,名称,英文名称,用途,地点,时间,单位联系方式,学段,名额,报名,有效期至\n"
GOOD = "S1,辅导站,青禾社区辅导站,Green Rice station,放学后写作业,青禾路 8 号,16:30,0511-80000000,小学 初中,20,管理员,2027-06-30\n"


def faults_of(path: Path) -> list[tuple[int, str | None]]:
    with pytest.raises(FileFaults) as error:
        reading.read(path)
    return [(one.row, one.column) for one in error.value.faults]


def test_a_chinese_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "cards.csv"
    file.write_text(ZH + GOOD, "gb18030")
    (one,) = reading.read(file)
    assert (one.code, one.kind.code, one.content.name("en")) == ("S1", "station", "Green Rice station")
    assert (one.stages, one.places, one.sign_up) == (("primary", "junior"), 20, SignUp.ADMIN)
    assert one.valid_until == date(2027, 6, 30)
    assert one.content.use("en") == "放学后写作业"


def test_an_english_workbook_is_read(tmp_path: Path) -> None:
    book, file = Workbook(), tmp_path / "cards.xlsx"
    sheet = book.active
    assert sheet is not None
    sheet.append(["code", "kind", "name_zh", "for_zh", "places", "sign_up", "valid_until"])
    sheet.append(["V1", "Libraries and museums", "市图书馆", "看书", 30, "open", date(2027, 1, 31)])
    book.save(file)
    (one,) = reading.read(file)
    assert (one.kind.code, one.places, one.sign_up, one.valid_until) == ("venue", 30, SignUp.OPEN, date(2027, 1, 31))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "cards.csv"
    rows = [
        "A,辅导站,名,,用,,,13812345678,小学,0,管理员,明天",
        "A,没有的类别,,,,,,,大学,x,管理员,",
        "B,社会导师,王老师,,讲历史,,,0511-1,,,管理员,",
        "C,兼职导师（家长）,家长,,修车,,,,,,,",
        f"D,辅导站,{'长' * 41},,用,,,,,,,",
        "E,辅导站,=1+1,,用,,,,,,,",
        "F,辅导站,好,,用,,,,,,,",
        "F,辅导站,好,,用,,,,,,,",
    ]
    file.write_text(ZH + "\n".join(rows), "utf-8-sig")
    assert faults_of(file) == [
        (2, "contact"),
        (2, "places"),
        (2, "valid_until"),
        (3, "kind"),
        (3, "name_zh"),
        (3, "for_zh"),
        (3, "places"),
        (3, "stages"),
        (4, "contact"),
        (5, "kind"),
        (6, "name_zh"),
        (7, "name_zh"),
        (9, "code"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, None)]),
        (ZH, [(0, None)]),
        ("编号,类别\nA,辅导站\n", [(1, "name_zh"), (1, "for_zh")]),
        (ZH.replace("地点", "星座") + GOOD, [(1, None)]),
        (ZH.replace("地点", "名称") + GOOD, [(1, "name_zh")]),
    ],
)
def test_what_is_no_file_of_cards_is_told(tmp_path: Path, text: str, expected: list[tuple[int, str | None]]) -> None:
    file = tmp_path / "cards.csv"
    file.write_text(text, "utf-8")
    assert faults_of(file) == expected


def test_it_repeats_and_ends_what_is_missing(engine: Engine, vault: Vault, tmp_path: Path) -> None:
    school = School(engine, vault)
    mine, zone = school.ids["school"], "Asia/Shanghai"
    unit = school.unit()
    put(unit, school, line("S1"), line("S2", places=3, sign_up="person", approver="T2"))
    put(unit, school, line("S1", name_zh="全市的"), everywhere=True)
    done(unit)
    unit = school.unit()
    found = importing.take(unit, mine, [line("S1", name_zh="改了名"), line("S3")], end_missing=True)
    assert found == importing.Result(1, 1, 1)
    assert importing.take(unit, mine, [line("S1", name_zh="改了名"), line("S3")]) == importing.Result(0, 2, 0)
    done(unit)
    unit = school.unit()
    names = {one.content.name_zh for one in cards.seen(unit, mine, zone) if one.kind.code == "station"}
    assert names == {"改了名", "青禾社区辅导站", "全市的"}
    # What was written out is taken in again as it is, the one that had ended with it.
    importing.take(unit, mine, [line("S2", places=3, sign_up="person", approver="T2")])
    out = io.StringIO()
    csv.writer(out).writerows(importing.rows(unit, mine))
    file = tmp_path / "out.csv"
    file.write_text(out.getvalue(), "utf-8-sig")
    again = reading.read(file)
    assert [(one.code, one.sign_up, one.approver) for one in again] == [
        ("S1", SignUp.ADMIN, ""),
        ("S2", SignUp.PERSON, "T2"),
        ("S3", SignUp.ADMIN, ""),
    ]
    assert importing.take(unit, mine, again) == importing.Result(0, 3, 0)
    done(unit)


def test_an_unknown_approver_is_a_fault_and_nothing_is_taken(engine: Engine, vault: Vault) -> None:
    school = School(engine, vault)
    unit = school.unit()
    with pytest.raises(FileFaults):
        put(unit, school, line("S1"), line("S2", sign_up="person", approver="没有"))
    with pytest.raises(FileFaults):
        put(unit, school, line("S2", sign_up="person", approver="T1"), everywhere=True)
    done(unit)
    assert school.run("SELECT COUNT(*) FROM directory_card") == [(0,)]


def test_a_message_is_read_as_a_card() -> None:
    found = reading.of_text("类别：辅导站\n\n名称：青禾：小站\nfor_zh: 写作业\n名额：5\n", "chat-1")
    assert (found.content.name_zh, found.content.use("en"), found.places) == ("青禾：小站", "写作业", 5)
    with pytest.raises(FileFaults) as error:
        reading.of_text("你好\n名额：很多", "chat-1")
    assert [one.column for one in error.value.faults] == [None, "kind", "name_zh", "for_zh", "places"]


def test_kinds_have_short_names() -> None:
    assert len({one.code for one in kinds()}) == len(kinds())
    assert all(len(one.zh) <= 10 and len(one.en) <= 32 and one.sign for one in kinds())
