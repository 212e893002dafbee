"""python -m bot matching: a round's wishes, facts, pairs and places from files, and its pairs out again; by numbers alone."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.commands.taking import refused, the_school, work, write_table
from bot.config import Settings
from models.matching import exporting, importing, rounds
from models.matching.rounds import RUNNING, Round
from models.roster.faults import FileFaults
from models.unit import Unit
from models.vault import Vault


def import_(config: Settings, vault: Vault, files: list[Path], school: str, round_name: str, console: Console) -> int:
    """Takes files into a round that is not live. Answers the exit code."""
    try:
        with work(config, vault) as unit:
            found = _round(unit, school, round_name, console)
            if found is None:
                return 2
            rounds.add_pupils(unit, found.id)
            taken = importing.read(unit, found, files)
            importing.take(unit, found, taken)
    except FileFaults as error:
        return refused(error.faults, console)
    console.print(f"{len(taken.pupils)} pupils and {len(taken.mentors)} mentors were read.", markup=False)
    if found.proposed_at is not None:
        console.print("There is a proposal already: have it made anew in the chat.", markup=False)
    return 0


def export(config: Settings, vault: Vault, folder: Path, school: str, round_name: str, console: Console) -> int:
    """Writes a round's pupils and mentors as two files that can be filled and imported. Answers the exit code."""
    with work(config, vault) as unit:
        found = _round(unit, school, round_name, console)
        if found is None:
            return 2
        tables = exporting.tables(unit, found)
    targets = [(folder / f"{name}.csv", table) for name, table in tables.items()]
    if there := [path for path, _ in targets if path.exists()]:
        console.print(f"{there[0]}: is there already, choose another folder", markup=False)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    for path, table in targets:
        write_table(path, table)
        console.print(str(path), markup=False)
    return 0


def _round(unit: Unit, school: str, name: str, console: Console) -> Round | None:
    chosen = the_school(unit, school, console)
    if chosen is None:
        return None
    open_ones = [one for one in rounds.of_schools(unit, [chosen[0]]) if one.state in RUNNING]
    fits = [one for one in open_ones if name in ("", one.name or chosen[1], one.scope.value)]
    if len(fits) == 1:
        return fits[0]
    names = ", ".join(one.name or chosen[1] for one in open_ones) or "none: begin one in the chat with /matching"
    console.print(f"Which round? Say it with --round. Rounds that are not live: {names}", markup=False)
    return None
