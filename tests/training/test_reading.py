"""A school's own cases: every fault at once, taken as a whole, shown beside the program's."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from models.roster.faults import FileFaults
from models.training import cases, reading
from tests.conftest import KEYS
from tests.school import School

WHOLE = {
    "code": "own_one",
    "stages": "primary",
    "title_zh": "自己的案例",
    "situation_zh": "情境",
    "question_zh": "怎么办？",
    "steps_zh": "一|二",
    "thought_zh": "想一想",
}


def written(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, reading.COLUMNS)
        table.writeheader()
        table.writerows(rows)
    return path


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    bad = [
        WHOLE,
        {**WHOLE, "stages": "college"},
        {**WHOLE, "code": "大写", "steps_zh": "只有一步", "thought_zh": ""},
        {**WHOLE, "code": "two", "title_en": "Only a title"},
        {"code": "three"},
    ]
    with pytest.raises(FileFaults) as error:
        reading.read(written(tmp_path / "cases.csv", *bad))
    assert {(one.row, one.column) for one in error.value.faults} == {
        (3, "code"),
        (3, "stages"),
        (4, "code"),
        (4, "steps_zh"),
        (4, "thought_zh"),
        *((5, f"{part}_en") for part in reading.PARTS[1:]),
        *((6, f"{part}_zh") for part in reading.PARTS),
    }


def test_the_programs_own_file_can_be_taken(tmp_path: Path) -> None:
    assert len(reading.read(cases.FILE)) == len(cases.built_in())
    (tmp_path / "empty.csv").write_text("code,title\n", "utf-8")
    with pytest.raises(FileFaults):
        reading.read(tmp_path / "empty.csv")


def test_cases_are_taken_by_command(
    school: School, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE__URL", database_url)
    monkeypatch.setenv("BOT_KEYS__VALUE", KEYS)
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path / "cases.csv", WHOLE)
    run = CliRunner().invoke
    for _ in range(2):
        assert run(app, ["cases", "import", str(file)]).exit_code == 0
    assert run(app, ["cases", "import", str(written(tmp_path / "bad.csv", {**WHOLE, "code": ""}))]).exit_code == 2
    unit = school.unit()
    every = cases.of_school(unit, school.ids["school"])
    assert [one.code for one in every][:1] == ["own_one"]
    assert len(every) == len(cases.built_in()) + 1
    assert every[0].words("en").title == "自己的案例"
    unit.connection.close()
