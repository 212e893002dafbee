"""python -m bot cases: a school's own short cases for mentors; all or nothing, every fault at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.commands.checklist import the_school
from bot.config import Settings
from bot.database import open_engine
from models.training import cases, reading
from models.unit import Unit
from models.vault import Vault


def import_(config: Settings, vault: Vault, file: Path, school: str, console: Console) -> int:
    """Makes the cases of a file the school's own, in the place of those it had. Answers the exit code."""
    engine = open_engine(config.database_url)
    try:
        rows = reading.read(file)
        with engine.begin() as connection:
            chosen = the_school(connection, school, console)
            if chosen is None:
                return 2
            unit = Unit(connection, vault, datetime.now(UTC))
            cases.take(unit, chosen[0], rows)
            unit.finish()
    except reading.CaseFaults as error:
        for fault in error.faults:
            console.print(str(fault), markup=False)
        console.print(f"{len(error.faults)} fault(s). Nothing was imported.", markup=False)
        return 2
    finally:
        engine.dispose()
    console.print(f"{chosen[1]}: {len(rows)} case(s) of its own, beside those of the program.", markup=False)
    return 0
