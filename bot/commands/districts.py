"""python -m bot districts: which school belongs to which district, from a file; all or nothing, every fault at once."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.commands.taking import refused, work
from bot.config import Settings
from models.city import districts
from models.roster.faults import FileFaults
from models.vault import Vault


def import_(config: Settings, vault: Vault, file: Path, console: Console) -> int:
    """Takes a file's districts in place of those before. Answers the exit code."""
    try:
        found = districts.read(file)
        with work(config, vault) as unit:
            districts.keep(unit, found, file.name)
    except FileFaults as error:
        return refused(error.faults, console)
    console.print(
        f"{len({one.district for one in found})} district(s), {len(found)} school(s). A running bot uses them at once.",
        markup=False,
    )
    return 0
