"""python -m bot districts: which school belongs to which district, from a file; all or nothing, every fault at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.config import Settings
from bot.database import open_engine
from models.city import districts
from models.unit import Unit
from models.vault import Vault


def import_(config: Settings, vault: Vault, file: Path, console: Console) -> int:
    """Takes a file's districts in place of those before. Answers the exit code."""
    engine = open_engine(config.database_url)
    try:
        found = districts.read(file)
        with engine.begin() as connection:
            unit = Unit(connection, vault, datetime.now(UTC))
            districts.keep(unit, found, file.name)
            unit.finish()
    except districts.DistrictFaults as error:
        for fault in error.faults:
            console.print(str(fault), markup=False)
        console.print(f"{len(error.faults)} fault(s). Nothing was imported.", markup=False)
        return 2
    finally:
        engine.dispose()
    console.print(
        f"{len({one.district for one in found})} district(s), {len(found)} school(s). A running bot uses them at once.",
        markup=False,
    )
    return 0
