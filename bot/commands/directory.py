"""python -m bot directory: a school's cards, or those of all schools, in and out; all or nothing, every fault at once."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.commands.taking import refused, the_school, work, write_table
from bot.config import Settings
from models.directory import importing, reading
from models.roster.faults import FileFaults
from models.unit import Unit
from models.vault import Vault

_ALL = (None, "All schools")


def _whose(unit: Unit, school: str, everywhere: bool, console: Console) -> tuple[int | None, str] | None:
    return _ALL if everywhere else the_school(unit, school, console)


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
    try:
        lines = reading.read(file)
        with work(config, vault) as unit:
            chosen = _whose(unit, school, everywhere, console)
            if chosen is None:
                return 2
            done = importing.take(unit, chosen[0], lines, end_missing=end_missing)
    except FileFaults as error:
        return refused(error.faults, console)
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
    with work(config, vault) as unit:
        chosen = _whose(unit, school, everywhere, console)
        if chosen is None:
            return 2
        rows = importing.rows(unit, chosen[0])
    write_table(file, rows)
    console.print(f"{chosen[1]}: {len(rows) - 1} card(s) in {file}", markup=False)
    return 0
