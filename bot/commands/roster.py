"""python -m bot import and roster-template: the school's roster from files, told before and after, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from bot.config import Settings
from bot.database import open_engine
from handlers.holding import mentor_changed
from models.reaching import stop_sending
from models.roster.apply import apply
from models.roster.faults import visible
from models.roster.loading import load
from models.roster.plan import Plan, Sort
from models.roster.reading import Progress as Tell
from models.roster.staging import Staging
from models.roster.templates import write_templates
from models.roster.work import Hooks, MentorChange, Work
from models.standing import only_ended
from models.unit import Unit
from models.vault import Vault

__all__ = ["import_files", "run_import", "write_templates"]

FINE, FAULTS, NO_DATABASE = 0, 2, 3
"""Exit codes."""
_NO_HOOKS = Hooks()


def run_import(
    engine: Engine,
    vault: Vault,
    files: Sequence[Path],
    *,
    now: datetime,
    dry_run: bool,
    end_missing: bool,
    console: Console,
    hooks: Hooks = _NO_HOOKS,
) -> int:
    """Imports the roster; returns the exit code: 0 fine, 2 for faults of the files, 3 where the database is held.

    All is one transaction: it ends with a commit only where there was no fault and `dry_run` is False. What changes is
    told before the commit and once more after it. Nothing is written to the console but counts, numbers, classes
    and, for faults, the cell that has to be put right.
    """
    with Staging(vault) as staging, _told(console) as progress:
        headings = load(files, staging, progress)
        work = Work(engine.connect(), vault, now, end_missing, staging, hooks, progress)
        try:
            with work.connection, work.connection.begin() as transaction:
                plan = apply(work, headings)
                if plan is None or dry_run:
                    transaction.rollback()
                if plan is None:
                    _tell_faults(console, staging)
                    return FAULTS
                _say(
                    console,
                    f"Read: {staging.pupils} pupils, {staging.guardians} guardians' cells, {staging.staff} staff.",
                )
                _tell_plan(console, plan, end_missing=end_missing)
                if dry_run:
                    _say(console, "Dry run: nothing was changed.")
                    return FINE
        except OperationalError as error:
            _say(console, f"The database cannot be used now ({type(error.orig).__name__}): nothing was imported.")
            return NO_DATABASE
    changes = plan.changes
    _say(console, f"Imported: {changes} changes are written." if changes else "Imported: there was nothing to change.")
    return FINE


def import_files(
    config: Settings,
    vault: Vault,
    files: Sequence[Path],
    *,
    dry_run: bool = False,
    end_missing: bool = False,
    console: Console | None = None,
    hooks: Hooks | None = None,
) -> int:
    """`run_import` into the configured database, now, with `following`. The exit code is that of `run_import`."""
    engine = open_engine(config.database_url)
    try:
        return run_import(
            engine,
            vault,
            files,
            now=datetime.now(UTC),
            dry_run=dry_run,
            end_missing=end_missing,
            console=console or Console(stderr=True, highlight=False, soft_wrap=True),
            hooks=hooks or following(vault),
        )
    finally:
        engine.dispose()


def following(vault: Vault) -> Hooks:
    """What follows an import within its transaction: messages that wait go to the new mentor, none to who has ended."""

    def mentors(connection: Connection, changes: list[MentorChange]) -> None:
        unit = Unit(connection, vault, datetime.now(UTC))
        mentor_changed(unit, changes)
        unit.finish()

    def ended(connection: Connection, people: list[int], _pupils: list[int]) -> None:
        unit = Unit(connection, vault, datetime.now(UTC))
        for reach in only_ended(unit, people):
            stop_sending(unit, reach.bot_id, reach.user_id, why="ended")
        unit.finish()

    return Hooks(mentors, ended)


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _tell_faults(console: Console, staging: Staging) -> None:
    _say(console, f"Nothing was imported: {staging.faults} fault(s).")
    for fault in staging.all_faults():
        _say(console, f"  {fault}")


def _tell_plan(console: Console, plan: Plan, *, end_missing: bool) -> None:
    if not plan.changes:
        _say(console, "Nothing will change: the database knows all of this.")
    for sort in Sort:
        found = plan.of(sort)
        if not found:
            continue
        _say(console, f"{sort.value[0].upper()}{sort.value[1:]}:")
        for what, count in found:
            examples = [visible(one)[1:-1] for one in plan.examples[what]]
            more = f", … and {count - len(examples)} more" if examples and count > len(examples) else ""
            shown = f": {', '.join(examples)}{more}" if examples else ""
            _say(console, f"  {count} {what.text}{shown}")
    if plan.of(Sort.MISSING) and not end_missing:
        _say(console, "They stay as they are. To end them, import again with --end-missing.")


@contextmanager
def _told(console: Console) -> Iterator[Tell]:
    """A progress bar for each file and for the writing, on a terminal only."""
    if not console.is_terminal:
        yield lambda _what, _done, _total: None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, done: int, total: int) -> None:
            shown = visible(what)[1:-1]
            if shown not in tasks:
                tasks[shown] = bar.add_task(shown, total=total or None)
            bar.update(tasks[shown], completed=done, total=total or None)

        yield tell
