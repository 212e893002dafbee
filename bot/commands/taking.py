"""What the commands that take a file share: the school that is meant, one transaction, all faults told at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import text

from bot.config import Settings
from bot.database import open_engine
from models.unit import Unit
from models.vault import Vault


@contextmanager
def work(config: Settings, vault: Vault) -> Iterator[Unit]:
    """A unit of work on the configured database: committed at the end, or taken back whole by an exception."""
    engine = open_engine(config.database_url)
    try:
        with engine.begin() as connection:
            unit = Unit(connection, vault, datetime.now(UTC))
            yield unit
            unit.finish()
    finally:
        engine.dispose()


_SCHOOLS = text("SELECT id, name FROM school ORDER BY name")


def the_school(unit: Unit, school: str, console: Console) -> tuple[int, str] | None:
    """Id and name of the school that is meant; says which there are where that is not clear."""
    rows = unit.execute(_SCHOOLS).all()
    chosen = [row for row in rows if not school or row.name == school]
    if len(chosen) != 1:
        names = ", ".join(row.name for row in rows) or "none yet: import the roster first"
        console.print(f"Which school? Say it with --school. Schools: {names}", markup=False)
        return None
    return chosen[0].id, chosen[0].name


def refused(faults: Sequence[object], console: Console) -> int:
    """Tells every fault of a file; answers the exit code."""
    for fault in faults:
        console.print(str(fault), markup=False)
    console.print(f"{len(faults)} fault(s). Nothing was imported.", markup=False)
    return 2


def write_table(file: Path, rows: Sequence[Sequence[object]]) -> None:
    """Writes a CSV file with the mark by which a spreadsheet reads Chinese."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    file.write_text(out.getvalue(), "utf-8-sig", newline="")
