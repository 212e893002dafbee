"""python -m bot erase: a pupil or a member of staff who has left, with what the law lets the school keep left standing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from bot.config import Settings
from bot.database import open_engine
from handlers.rights.erase import take_away
from models.rights import datamap, erasing
from models.rights.erasing import Scope
from models.roster.cells import folded_name
from models.unit import Unit
from models.vault import Vault

Say = Callable[[str], None]
FINE, NOT_NOW, NO_DATABASE = 0, 2, 3
"""Exit codes: done, or told what would be; nobody of that number, or not yet; the database is held."""

_PUPILS = text(
    "SELECT p.id, s.name AS school, p.ended_at FROM pupil p JOIN school s ON s.id = p.school_id WHERE p.number = :number"
    " AND (:school = '' OR s.name = :school) ORDER BY p.id"
)
_STAFF = text(
    "SELECT p.id, s.name AS school, p.ended_at FROM person p JOIN school s ON s.id = p.school_id"
    " WHERE p.staff_number = :number AND (:school = '' OR s.name = :school) ORDER BY p.id"
)
_GUARDIANS = text(
    "SELECT DISTINCT p.id, p.sealed_name FROM person p JOIN guardianship g ON g.person_id = p.id WHERE g.pupil_id = :pupil"
)
_BUSY = text("SELECT 1 FROM safety_case WHERE pupil_id = :pupil AND state <> 'closed'")


def erase(
    config: Settings,
    vault: Vault,
    *,
    pupil: str,
    staff: str,
    school: str,
    dry_run: bool,
    console: Console,
    guardian: str = "",
) -> int:
    """Erases, or with `dry_run` tells what would go. With a `guardian`'s name it is that guardian of the pupil alone, who has
    asked the school and cannot do it in the chat any more. Answers the exit code."""

    def say(words: str) -> None:
        console.print(words, markup=False, highlight=False, soft_wrap=True)

    engine = open_engine(config.database_url)
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            scopes = _scopes(connection, vault, pupil, staff, guardian, school, say)
            if scopes is None:
                return NOT_NOW
            unit = Unit(connection, vault, datetime.now(UTC))
            copies, met = erasing.erase(unit, scopes, None)
            if dry_run:
                transaction.rollback()
            else:
                take_away(unit, copies)
                unit.finish()
        _tell(met, len(copies), say, dry_run=dry_run)
        if not dry_run and engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                raw = connection.connection.cursor()
                busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                say("The database's log could not be folded while the bot is busy; the bot does it within the hour.")
    except OperationalError as error:
        say(f"The database cannot be used now ({type(error.orig).__name__}): nothing was erased.")
        return NO_DATABASE
    finally:
        engine.dispose()
    return FINE


def _scopes(
    connection: Connection, vault: Vault, pupil: str, staff: str, guardian: str, school: str, say: Say
) -> list[Scope] | None:
    number = pupil or staff
    rows = connection.execute(_PUPILS if pupil else _STAFF, {"number": number, "school": school}).all()
    if not rows:
        say(f"Nobody has the number {number}.")
        return None
    if len(rows) > 1:
        say(f"{len(rows)} schools have the number {number}: say which one with --school.")
        return None
    row = rows[0]
    if pupil and guardian:
        return _of_guardian(connection, vault, row.id, guardian, say)
    if row.ended_at is None:
        say(f"{number} has not left {row.school}. End them first: import the roster with --end-missing.")
        return None
    unit = Unit(connection, vault, datetime.now(UTC))
    if not pupil:
        return erasing.of_staff(row.id)
    if connection.execute(_BUSY, {"pupil": row.id}).first() is not None:
        say(f"{number} cannot be erased yet: something about this pupil is still in people's hands (/cases).")
        return None
    return erasing.of_pupil(unit, row.id)


def _of_guardian(connection: Connection, vault: Vault, pupil_id: int, guardian: str, say: Say) -> list[Scope] | None:
    wanted = folded_name(guardian)
    found = [
        row.id
        for row in connection.execute(_GUARDIANS, {"pupil": pupil_id})
        if folded_name(vault.open("person", row.id, "name", bytes(row.sealed_name))) == wanted
    ]
    if len(found) != 1:
        say("No guardian of that pupil has this name." if not found else "Two guardians of that pupil have this name.")
        return None
    scopes = erasing.of_guardian(Unit(connection, vault, datetime.now(UTC)), found[0])
    children = sum(scope.name == "line" for scope in scopes)
    say(f"All that is this guardian's, about {children} child(ren): one child alone is erased in the chat (/mydata).")
    return scopes


def _tell(met: Counter[str], copies: int, say: Say, *, dry_run: bool) -> None:
    say("This would be erased:" if dry_run else "Erased:")
    for table, many in sorted(met.items()):
        keep = datamap.entries()[table].keep
        say(f"  {table}: {many} row(s)" + (f". What stays: {keep}" if keep else ""))
    if copies:
        say(f"  {copies} message(s) of the last 48 hours are taken out of chats")
    if not met:
        say("  nothing: all of it was erased before")
    if dry_run:
        say("Dry run: nothing was changed.")
