"""python -m bot calendar: the school year from a file; all or nothing, every fault at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.commands.checklist import the_school
from bot.config import Settings
from bot.database import open_engine
from models import school_year
from models.unit import Unit
from models.vault import Vault


def import_(config: Settings, vault: Vault, file: Path, school: str, console: Console) -> int:
    """Takes a file's terms, exams, holidays, single days and lesson hours. Answers the exit code."""
    engine = open_engine(config.database_url)
    try:
        year = school_year.read(file)
        with engine.begin() as connection:
            chosen = the_school(connection, school, console)
            if chosen is None:
                return 2
            unit = Unit(connection, vault, datetime.now(UTC))
            school_year.take(unit, chosen[0], year, file.name)
            unit.finish()
    except school_year.YearFaults as error:
        for fault in error.faults:
            console.print(str(fault), markup=False)
        console.print(f"{len(error.faults)} fault(s). Nothing was imported.", markup=False)
        return 2
    finally:
        engine.dispose()
    console.print(
        f"{chosen[1]}: {len(year.entries)} entries, lesson hours of {len(year.hours)} stage(s)."
        " A running bot uses them at once.",
        markup=False,
    )
    return 0
