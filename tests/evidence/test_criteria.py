"""A school's own criteria and the city's districts, by file: all faults at once, nothing imported; or all of it."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from bot.commands import criteria as criteria_command
from bot.commands import districts as districts_command
from bot.config import Settings
from models.evidence import criteria
from models.evidence.counters import COUNTERS
from models.vault import Vault
from tests.evidence.test_own_sheet import opens
from tests.school import Bot, School


def test_the_list_that_comes_with_the_program_is_one(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    criteria.write_out(path)
    assert criteria.read(path) == criteria.defaults()
    longest = criteria.LONGEST
    assert criteria.MOST * (longest["en"] + longest["about_en"] + 3) < 4_000, "one message holds how all are counted"
    assert {one.counter for one in criteria.defaults()} == set(COUNTERS)


def test_all_faults_at_once_and_nothing_is_imported(
    settings: Settings, school: School, vault: Vault, tmp_path: Path
) -> None:
    out = io.StringIO()
    console = Console(file=out, width=400)
    path = tmp_path / "criteria.csv"
    head = ",".join(criteria.COLUMNS)
    path.write_text(
        f"{head}\nContact,联系,Contact,contact_months,times,80%,,说明,about\n"
        "talk,谈心,Talks,messages_sent,times,,,说明,about\n"
        "lecture,主讲,Classes,lectures,times,90%,,说明,about\n"
        "lecture,主讲,Classes,lectures,stars,x,,说明,\n"
        "visit,家访,Visits,home_visits,families,0.9,,说明,about\n",
        "utf-8",
    )
    assert criteria_command.import_(settings, vault, path, "", console) == 2
    said = out.getvalue()
    for fault in ("column 'code'", "column 'counter'", "a share is for", "stands twice", "stars is for feedback"):
        assert fault in said, said
    assert "must not be empty" in said
    assert said.count("a number like 3, a share like 90%") == 2, "a workbook keeps 90% as 0.9"
    assert "Nothing was imported" in said
    assert school.run("SELECT 1 FROM evidence_criterion") == []
    assert criteria_command.export(path, console) == 2, "nothing is overwritten"
    assert criteria_command.export(tmp_path / "nowhere" / "x.csv", console) == 2
    assert "cannot be written" in out.getvalue()


async def test_the_own_list_stands_on_the_sheet_at_once(bot: Bot, vault: Vault, tmp_path: Path) -> None:
    mentor = await bot.joined_mentor()
    console = Console(file=io.StringIO())
    path = tmp_path / "criteria.csv"
    head = ",".join(criteria.COLUMNS)
    path.write_text(f"{head}\nours,我校主讲,Ours,lectures,times,2,1,办了几场。,How many.\n", "utf-8")
    for _ in range(2):
        assert criteria_command.import_(bot.settings, vault, path, "", console) == 0
    text = (await opens(mentor))["text"]
    assert "我校主讲：0 次 · 学校希望 2 次" in text
    assert "每月联系家庭" not in text
    assert "还没到。这句话只有您看得到" in text


def test_districts_by_file(settings: Settings, school: School, vault: Vault, tmp_path: Path) -> None:
    out = io.StringIO()
    console = Console(file=out, width=400)
    path = tmp_path / "districts.csv"
    path.write_text("区,学校\n京口区,没有的学校\n,实验小学\n", "utf-8")
    assert districts_command.import_(settings, vault, path, console) == 2
    assert "row 3" in out.getvalue()
    path.write_text("区,学校\n" + "".join(f"区{one},校{one}\n" for one in range(51)), "utf-8")
    assert districts_command.import_(settings, vault, path, console) == 2
    assert "at most 50 districts" in out.getvalue()
    path.write_text("区,学校\n京口区,没有的学校\n京口区,实验小学\n", "utf-8")
    assert districts_command.import_(settings, vault, path, console) == 2
    assert "no school of that name" in out.getvalue()
    assert school.run("SELECT 1 FROM district") == []
    path.write_text("district,school\n京口区,实验小学\n", "utf-8")
    for _ in range(2):
        assert districts_command.import_(settings, vault, path, console) == 0
    assert school.run("SELECT name FROM district") == [("京口区",)]
    assert len(school.run("SELECT 1 FROM district_school")) == 1
