"""python -m bot checklist: a school's own list, out and in; all or nothing, every fault at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection, text

from bot.config import Settings
from bot.database import open_engine
from models.checklist import files, items
from models.unit import Unit
from models.vault import Vault


def export(folder: Path, console: Console) -> int:
    """Writes the program's own list into a folder. Answers the exit code."""
    try:
        for path in files.write_out(folder):
            console.print(str(path), markup=False)
    except FileExistsError as error:
        console.print(f"{error}: is there already, choose another folder", markup=False)
        return 2
    return 0


def the_school(connection: Connection, school: str, console: Console) -> tuple[int, str] | None:
    """Id and name of the school that is meant; says which there are where that is not clear."""
    rows = connection.execute(text("SELECT id, name FROM school ORDER BY name")).all()
    chosen = [row for row in rows if not school or row.name == school]
    if len(chosen) != 1:
        names = ", ".join(row.name for row in rows) or "none yet: import the roster first"
        console.print(f"Which school? Say it with --school. Schools: {names}", markup=False)
        return None
    return chosen[0].id, chosen[0].name


def import_(config: Settings, vault: Vault, folder: Path, school: str, console: Console) -> int:
    """Makes the list in a folder the newest version of a school's. Answers the exit code."""
    try:
        source = files.read(folder)
    except files.ListFaults as error:
        for fault in error.faults:
            console.print(str(fault), markup=False)
        console.print(f"{len(error.faults)} fault(s). Nothing was imported.", markup=False)
        return 2
    engine = open_engine(config.database_url)
    try:
        with engine.begin() as connection:
            chosen = the_school(connection, school, console)
            if chosen is None:
                return 2
            unit = Unit(connection, vault, datetime.now(UTC))
            items.write_version(unit, chosen[0], source, folder.name)
            unit.finish()
    finally:
        engine.dispose()
    console.print(
        f"{chosen[1]}: {len(source.items)} items, a new version. A running bot uses it at once.", markup=False
    )
    return 0
