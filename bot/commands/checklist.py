"""python -m bot checklist: a school's own list, out and in; all or nothing, every fault at once."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.commands.taking import refused, the_school, work
from bot.config import Settings
from models.checklist import files, items
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


def import_(config: Settings, vault: Vault, folder: Path, school: str, console: Console) -> int:
    """Makes the list in a folder the newest version of a school's. Answers the exit code."""
    try:
        source = files.read(folder)
        with work(config, vault) as unit:
            chosen = the_school(unit, school, console)
            if chosen is None:
                return 2
            items.write_version(unit, chosen[0], source, folder.name)
    except files.ListFaults as error:
        return refused(error.faults, console)
    console.print(
        f"{chosen[1]}: {len(source.items)} items, a new version. A running bot uses it at once.", markup=False
    )
    return 0
