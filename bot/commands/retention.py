"""python -m bot retention: what would be forgotten now, kind by kind, in numbers. It changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console
from sqlalchemy.exc import OperationalError

from bot.config import Settings
from bot.database import open_engine
from models.rights import report as due
from models.unit import Unit
from models.vault import Vault


def report(config: Settings, vault: Vault, console: Console) -> int:
    """Prints a line for each kind. Answers the exit code: 0, or 3 where the database cannot be read."""
    engine = open_engine(config.database_url, read_only=True)
    try:
        with engine.connect() as connection:
            found = due.report(Unit(connection, vault, datetime.now(UTC)), config.retention.rules())
    except OperationalError as error:
        console.print(f"The database cannot be read now ({type(error.orig).__name__}).", markup=False)
        return 3
    finally:
        engine.dispose()
    console.print(f"{'kind':<13}{'days':>6}{'due now':>10}  oldest", markup=False)
    for one in found:
        oldest = "" if one.oldest is None else f"{one.oldest:%Y-%m-%d}"
        console.print(f"{one.kind:<13}{one.days:>6}{one.rows:>10}  {oldest}".rstrip(), markup=False)
    console.print("Nothing was changed. A running bot forgets what is due by itself, little by little.", markup=False)
    return 0
