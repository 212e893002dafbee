"""python -m bot criteria: what stands on mentors' own sheets, out and in; all or nothing, every fault at once."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.commands.taking import refused, the_school, work
from bot.config import Settings
from models.evidence import criteria
from models.roster.faults import FileFaults
from models.vault import Vault


def export(file: Path, console: Console) -> int:
    """Writes the program's own list into a file. Answers the exit code."""
    try:
        criteria.write_out(file)
    except FileExistsError as error:
        console.print(f"{error}: is there already, choose another name", markup=False)
        return 2
    except OSError as error:
        console.print(f"{file}: cannot be written ({error.strerror or type(error).__name__})", markup=False)
        return 2
    console.print(str(file), markup=False)
    return 0


def import_(config: Settings, vault: Vault, file: Path, school: str, console: Console) -> int:
    """Makes a file's list the school's. Answers the exit code."""
    try:
        found = criteria.read(file)
        with work(config, vault) as unit:
            chosen = the_school(unit, school, console)
            if chosen is None:
                return 2
            criteria.keep(unit, chosen[0], found)
    except FileFaults as error:
        return refused(error.faults, console)
    console.print(f"{chosen[1]}: {len(found)} lines. A running bot uses them at once.", markup=False)
    return 0
