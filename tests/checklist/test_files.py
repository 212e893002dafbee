"""A school's own list: out, edited, in again; faults all at once, and old messages keep their item."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine

from bot.commands.checklist import export, import_
from bot.config import Settings
from models.checklist import items
from models.vault import Vault
from tests.school import School


def _console() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=400), out


def test_out_edited_and_in_again_is_a_new_version(
    tmp_path: Path, settings: Settings, vault: Vault, school: School, engine: Engine
) -> None:
    console, out = _console()
    folder = tmp_path / "list"
    assert export(folder, console) == 0
    assert export(folder, console) == 2
    unit = school.unit()
    before = items.current(unit, school.ids["school"])
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    assert len(before) == 40
    path = folder / "items.csv"
    path.write_text(path.read_text("utf-8-sig").replace("作业与用时", "作业时间"), "utf-8")
    assert import_(settings, vault, folder, "", console) == 0, out.getvalue()
    unit = school.unit()
    after = items.by_code(unit, school.ids["school"], "B2")
    old = items.item(unit, next(one.id for one in before if one.code == "B2"))
    assert after is not None
    assert old is not None
    assert (old.zh, after.zh) == ("作业与用时", "作业时间")
    assert old.id != after.id
    unit.connection.rollback()
    unit.connection.close()


def test_every_fault_is_told_at_once_and_nothing_is_imported(
    tmp_path: Path, settings: Settings, vault: Vault, school: School
) -> None:
    console, out = _console()
    folder = tmp_path / "list"
    export(folder, console)
    path = folder / "items.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    lines[1] = "A1,A,=HYPERLINK(1),Manners,a,b,sideways,month,primary:9,L7"
    lines[2] = lines[3]
    path.write_text("\n".join(lines), "utf-8")
    (folder / "categories.csv").write_bytes(b"\xff\xff\xff")
    (folder / "wordings.csv").write_text("what,is,this\n", "utf-8")
    assert import_(settings, vault, folder, "", console) == 2
    said = out.getvalue()
    for part in (
        "row 2, column zh",
        "column direction",
        "primary:9",
        "'L7'",
        "A3 stands twice",
        "UTF-8",
        "first row must be",
    ):
        assert part in said, part
    assert "Nothing was imported" in said
    assert school.run("SELECT COUNT(*) FROM checklist_version") == [(0,)]
    assert import_(settings, vault, tmp_path / "nowhere", "", console) == 2
