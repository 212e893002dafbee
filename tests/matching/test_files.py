"""Files into a round and out of it: every fault at once, by numbers, in both languages, and again without harm."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from bot.commands.matching import export, import_
from models.matching import exporting, importing, proposals, rounds
from models.matching.problem import Facts, Sex
from models.matching.rounds import Round, Scope
from models.roster.faults import FileFaults
from models.unit import Unit
from tests.conftest import settings_for
from tests.school import School


def begun(school: School, unit: Unit) -> Round:
    made = rounds.create(
        unit, school.ids["school"], Scope.CLASS, "五年级2班", [school.ids["class"]], school.ids["赵主任"]
    )
    assert made is not None
    found = rounds.one(unit, made)
    assert found is not None
    return found


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8-sig")
    return path


def test_what_files_say_is_taken_and_can_be_taken_again(school: School, tmp_path: Path) -> None:
    unit = school.unit()
    round_ = begun(school, unit)
    pupils = written(
        tmp_path,
        "pupils.csv",
        "学号,性别,重点关注,第一志愿,第二志愿,不能\nS1,女,是,T2,T1,\nS2,男,,,,T2\nS3,,否,无,,\n",
    )
    mentors = written(tmp_path, "mentors.csv", "staff number,capacity,keep,likes\nT1,4,yes,S1 S2\nT2,1,,\n")
    for _ in range(2):
        importing.take(unit, round_, importing.read(unit, round_, [pupils, mentors]))
    loaded, ids = proposals.load(unit, round_), school.ids
    assert loaded.pupils[ids["张小雨"]].wishes == (ids["周静"], ids["李明"])
    assert loaded.pupils[ids["张小雨"]].facts == Facts(Sex.GIRL, True)
    assert loaded.pupils[ids["张小阳"]].facts == Facts(Sex.BOY, False)
    assert not loaded.pupils[ids["张小阳"]].wished
    assert loaded.pupils[ids["陈晨"]].wished
    assert loaded.never == {(ids["张小阳"], ids["周静"])}
    assert loaded.mentors[ids["李明"]].capacity == 4
    assert loaded.mentors[ids["李明"]].wish.liked == (ids["张小雨"], ids["张小阳"])
    unit.connection.close()


def test_every_fault_is_told_at_once(school: School, tmp_path: Path) -> None:
    unit = school.unit()
    round_ = begun(school, unit)
    pupils = written(
        tmp_path,
        "pupils.csv",
        "学号,性别,重点关注,第一志愿,第二志愿,必须,不能\nS1,x,maybe,T2,T2,T1,T1\nS9,,,,,,\nS1,,,,,,\nS3,,,T9,,,\n",
    )
    mentors = written(tmp_path, "mentors.csv", "工号,名额,想带,不便带\nT1,99,S1,S1\nT7,,,\n")
    other = written(tmp_path, "other.csv", "a,b\n1,2\n")
    with pytest.raises(FileFaults) as caught:
        importing.read(unit, round_, [pupils, mentors, other, tmp_path / "none.csv"])
    told = [(fault.file, fault.row, fault.column) for fault in caught.value.faults]
    assert sorted(told, key=str) == sorted(
        [
            ("pupils.csv", 2, "sex"),
            ("pupils.csv", 2, "priority"),
            ("pupils.csv", 2, "first"),
            ("pupils.csv", 2, "must"),
            ("pupils.csv", 3, "number"),
            ("pupils.csv", 4, "number"),
            ("pupils.csv", 5, "first"),
            ("mentors.csv", 2, "capacity"),
            ("mentors.csv", 2, "liked"),
            ("mentors.csv", 3, "staff"),
            ("other.csv", 1, None),
            ("none.csv", 0, None),
        ],
        key=str,
    )
    unit.connection.close()


def test_what_goes_out_has_no_wishes_and_comes_in_again(school: School, tmp_path: Path) -> None:
    unit = school.unit()
    round_ = begun(school, unit)
    pupils = written(tmp_path, "pupils.csv", "学号,性别,重点关注,第一志愿\nS1,女,是,T2\n")
    importing.take(unit, round_, importing.read(unit, round_, [pupils]))
    tables = exporting.tables(unit, round_)
    assert [row[0] for row in tables["pupils"]] == ["学号", "S1", "S2", "S3"]
    assert tables["pupils"][1][1:9] == [""] * 8
    paths = [
        written(tmp_path, f"{name}.csv", "\n".join(",".join(row) for row in table)) for name, table in tables.items()
    ]
    before = proposals.load(unit, round_)
    importing.take(unit, round_, importing.read(unit, round_, paths))
    assert proposals.load(unit, round_).pupils == before.pupils
    unit.connection.close()


def test_the_commands_tell_what_they_did(school: School, database_url: str, tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:1", database_url)
    said = io.StringIO()
    console = Console(file=said, width=200)
    assert export(settings, school.vault, tmp_path / "a", "", "", console) == 2
    assert "Rounds that are not live: none" in said.getvalue()
    unit = school.unit()
    begun(school, unit)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    assert export(settings, school.vault, tmp_path / "a", "", "五年级2班", console) == 0
    assert export(settings, school.vault, tmp_path / "a", "", "", console) == 2
    pupils = written(tmp_path, "pupils.csv", "number,first wish\nS1,T2\nS9,T2\n")
    assert import_(settings, school.vault, [pupils], "", "", console) == 2
    assert "Nothing was imported" in said.getvalue()
    pupils = written(tmp_path, "pupils.csv", "number,first wish\nS1,T2\n")
    assert import_(settings, school.vault, [pupils], "实验小学", "五年级2班", console) == 0
    assert "1 pupils and 0 mentors were read" in said.getvalue()
    assert import_(settings, school.vault, [pupils], "", "七年级", console) == 2
