"""python -m bot calendar: the school year from a file; all or nothing, every fault at once."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.commands.taking import refused, the_school, work
from bot.config import Settings
from models import school_year
from models.roster.faults import FileFaults
from models.vault import Vault


def import_(config: Settings, vault: Vault, file: Path, school: str, console: Console) -> int:
    """Takes a file's terms, exams, holidays, single days and lesson hours. Answers the exit code."""
    try:
        year = school_year.read(file)
        with work(config, vault) as unit:
            chosen = the_school(unit, school, console)
            if chosen is None:
                return 2
            school_year.take(unit, chosen[0], year, file.name)
    except FileFaults as error:
        return refused(error.faults, console)
    console.print(
        f"{chosen[1]}: {len(year.entries)} entries, lesson hours of {len(year.hours)} stage(s)."
        " A running bot uses them at once.",
        markup=False,
    )
    return 0
