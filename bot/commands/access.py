"""python -m bot access verify: whether the log of who looked is whole, and whether a line is what it was on an earlier day."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.config import Settings
from bot.database import open_engine
from models import access
from models.unit import Unit
from models.vault import Vault

WHOLE, UNCLEAR, NO_DATABASE, BROKEN = 0, 2, 3, 4
"""Exit codes."""


def verify(config: Settings, vault: Vault, school: str, expect: str, console: Console) -> int:
    """Goes through the log of each school, or of one. `expect` is NUMBER:CODE of an earlier day. Answers the exit code."""
    number, _, code = expect.partition(":")
    if expect and (not number.isdecimal() or len("".join(one for one in code if one.isalnum())) != 12):
        console.print(
            "--expect takes a number, a colon and the 12 characters, such as 128:ABCD-EFGH-IJKL", markup=False
        )
        return UNCLEAR
    engine = open_engine(config.database_url, read_only=True)
    try:
        with engine.connect() as connection:
            unit = Unit(connection, vault, datetime.now(UTC))
            schools = connection.execute(text("SELECT id, name FROM school ORDER BY name")).all()
            chosen = [row for row in schools if school in ("", row.name)]
            if not chosen or (expect and len(chosen) > 1):
                names = ", ".join(row.name for row in schools) or "none"
                console.print(f"Say which school with --school. Known: {names}", markup=False)
                return UNCLEAR
            code_ = WHOLE
            for row in chosen:
                found = access.verify(unit, row.id, int(number) if expect else 0, code)
                code_ = max(code_, _tell(row.name, found, console))
            return code_
    except OperationalError as error:
        console.print(f"The database cannot be read now ({type(error.orig).__name__}).", markup=False)
        return NO_DATABASE
    finally:
        engine.dispose()


def _tell(school: str, found: access.Checked, console: Console) -> int:
    state = "whole" if found.broken_at is None else f"BROKEN from line {found.broken_at} on"
    console.print(f"{school}: {found.lines} line(s), {state}. Keep: {found.number}:{found.code}", markup=False)
    if found.expected is not None:
        console.print(
            "  the line that was kept is what it was"
            if found.expected
            else "  the line that was kept is NOT what it was",
            markup=False,
        )
    return WHOLE if found.broken_at is None and found.expected is not False else BROKEN
