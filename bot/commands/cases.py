"""python -m bot cases: a school's own short cases for mentors; all or nothing, every fault at once."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.commands.taking import refused, the_school, work
from bot.config import Settings
from models.roster.faults import FileFaults
from models.training import cases, reading
from models.vault import Vault


def import_(config: Settings, vault: Vault, file: Path, school: str, console: Console) -> int:
    """Makes the cases of a file the school's own, in the place of those it had. Answers the exit code."""
    try:
        rows = reading.read(file)
        with work(config, vault) as unit:
            chosen = the_school(unit, school, console)
            if chosen is None:
                return 2
            cases.take(unit, chosen[0], rows)
    except FileFaults as error:
        return refused(error.faults, console)
    console.print(f"{chosen[1]}: {len(rows)} case(s) of its own, beside those of the program.", markup=False)
    return 0
