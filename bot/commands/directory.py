"""python -m bot directory: a school's cards, or those of all schools, in and out; all or nothing, every fault at once."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection

from bot.commands.checklist import the_school
from bot.config import Settings
from bot.database import open_engine
from models.directory import importing, reading
from models.unit import Unit
from models.vault import Vault

_ALL = (None, "All schools")


def _whose(connection: Connection, school: str, everywhere: bool, console: Console) -> tuple[int | None, str] | None:
    return _ALL if everywhere else the_school(connection, school, console)


def import_(
    config: Settings,
    vault: Vault,
    file: Path,
    school: str,
    console: Console,
    *,
    everywhere: bool = False,
    end_missing: bool = False,
) -> int:
    """Takes the cards of a file. Answers the exit code."""
    engine = open_engine(config.database_url)
    try:
        lines = reading.read(file)
        with engine.begin() as connection:
            chosen = _whose(connection, school, everywhere, console)
            if chosen is None:
                return 2
            unit = Unit(connection, vault, datetime.now(UTC))
            done = importing.take(unit, chosen[0], lines, end_missing=end_missing)
            unit.finish()
    except reading.CardFaults as error:
        for fault in error.faults:
            console.print(str(fault), markup=False)
        console.print(f"{len(error.faults)} fault(s). Nothing was imported.", markup=False)
        return 2
    finally:
        engine.dispose()
    console.print(
        f"{chosen[1]}: {done.added} card(s) added, {done.changed} brought up to date, {done.ended} ended."
        " A running bot shows them at once.",
        markup=False,
    )
    return 0


def export(
    config: Settings, vault: Vault, file: Path, school: str, console: Console, *, everywhere: bool = False
) -> int:
    """Writes the cards as a CSV file that can be edited and imported again; never what parents offered, nor any request.
    Answers the exit code."""
    if file.exists():
        console.print(f"{file}: is there already, choose another name", markup=False)
        return 2
    engine = open_engine(config.database_url)
    try:
        with engine.begin() as connection:
            chosen = _whose(connection, school, everywhere, console)
            if chosen is None:
                return 2
            rows = importing.rows(Unit(connection, vault, datetime.now(UTC)), chosen[0])
    finally:
        engine.dispose()
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    # With a mark, so that a spreadsheet reads Chinese.
    file.write_text(out.getvalue(), "utf-8-sig", newline="")
    console.print(f"{chosen[1]}: {len(rows) - 1} card(s) in {file}", markup=False)
    return 0
