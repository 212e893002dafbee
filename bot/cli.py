"""The program: python -m bot run, import, invites, migrate, demo … and what cli_files.py and cli_people.py add."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import cli_files, cli_people
from bot.cli_shared import ConfigFile, console, settings, tell, vault_for
from bot.config import Settings
from bot.config_checks import check
from bot.config_values import ConfigFaults, normal_url
from bot.keys import vault_of
from bot.roles import Role
from models.vault import Vault, VaultError

app = typer.Typer(
    help="The chat bot that a school with a mentor for every pupil runs on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _ready(config: Settings, vault: Vault) -> None:
    """An SQLite database is brought up to date by itself, another has to be already; the keys have to be its own."""
    from bot import schema
    from bot.database import open_engine

    engine = open_engine(config.database_url)
    try:
        if engine.dialect.name == "sqlite":
            saved = schema.upgrade(engine, datetime.now(UTC))
            if saved is not None:
                console.print(f"The database was brought up to date; the former one is {saved}", markup=False)
        elif schema.current(engine) != schema.head():
            console.print("The database is not up to date. Run: python -m bot migrate", markup=False)
            raise typer.Exit(3)
        try:
            schema.keep_mark(engine, vault)
        except VaultError:
            console.print(
                "These keys are not the ones of this database: nothing in it would open. See docs/operator.md."
            )
            raise typer.Exit(2) from None
    finally:
        engine.dispose()


@app.command()
def run(
    config: ConfigFile = None,
    pretend_now: Annotated[
        datetime | None,
        typer.Option(
            help="For a rehearsal: the bot takes this moment (UTC) for now.",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        ),
    ] = None,
    pretend_ahead: Annotated[
        Path | None,
        typer.Option(help="For a rehearsal: a file with the seconds by which the bot's clock goes ahead of that."),
    ] = None,
    role: Annotated[
        Role, typer.Option(help="What this process does; several processes need PostgreSQL (docs/operator.md).")
    ] = Role.ALL,
) -> None:
    """Starts the bot and runs until SIGTERM or Ctrl-C."""
    from bot import logs
    from bot.clock import Clock, follow

    found = settings(config, need_token=True)
    if role is not Role.ALL and normal_url(found.database.url.get_secret_value()).get_backend_name() == "sqlite":
        console.print(
            f"--role {role.value} is one part of several processes, which need PostgreSQL: this database is a SQLite file."
            " Leave --role away, or set [database] url to PostgreSQL.",
            markup=False,
        )
        raise typer.Exit(2)
    logs.set_up(found.logs.level, found.logs.format)
    try:
        vault = vault_of(found)
    except ConfigFaults as error:
        tell(error)
        raise typer.Exit(2) from None
    _ready(found, vault)
    from bot.application import Application

    clock = Clock()
    if pretend_now is not None:
        clock.offset = pretend_now.replace(tzinfo=UTC) - clock.now()

    async def main() -> None:
        running = Application(found, vault, clock=clock, role=role)
        following = (
            None if pretend_ahead is None else asyncio.create_task(follow(clock, pretend_ahead, running.tick_now))
        )
        await running.run()
        if following is not None:
            following.cancel()

    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:
        runner = asyncio.Runner()
    # The writer's thread and the loop take turns; the default of 5 ms is longer than most of what either does.
    sys.setswitchinterval(0.0005)
    with runner:
        runner.run(main())


@app.command()
def classify(
    file: Annotated[Path, typer.Argument(help="A text file, a message a line; - for standard input.")],
) -> None:
    """Tries texts: prints for each line its topics on the checklist and whether it is a signal of danger, as JSON."""
    from bot.commands.classify import Unreadable, lines_of
    from bot.commands.classify import classify as run_it

    try:
        run_it(lines_of(file))
    except Unreadable as error:
        console.print(str(error), markup=False)
        raise typer.Exit(2) from None


@app.command("check-config")
def check_config(config: ConfigFile = None) -> None:
    """Tells every fault of the configuration at once; exit code 2 where there is one."""
    found = settings(config, need_token=True)
    told = check(found)
    for note in told:
        if note.is_note:
            console.print(f"Note: {note}", markup=False)
    faults = [fault for fault in told if not fault.is_note]
    if faults:
        tell(ConfigFaults(faults))
        raise typer.Exit(2)
    console.print("The configuration is fine.")


@app.command()
def migrate(config: ConfigFile = None) -> None:
    """Brings the database's tables up to date; an SQLite database is saved first."""
    from bot import schema
    from bot.database import open_engine

    found = settings(config)
    vault = vault_for(found)
    engine = open_engine(found.database_url)
    saved = schema.upgrade(engine, datetime.now(UTC))
    if saved is not None:
        console.print(f"Saved the former database as {saved}", markup=False)
    try:
        schema.keep_mark(engine, vault)
    except VaultError:
        console.print("These keys are not the ones of this database: nothing in it would open. See docs/operator.md.")
        raise typer.Exit(2) from None
    console.print(f"The database is up to date ({schema.head()}).")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the copy.")], config: ConfigFile = None) -> None:
    """Writes a whole copy of the database, also while the bot runs (SQLite; for PostgreSQL use pg_dump)."""
    from sqlalchemy.engine import make_url

    from bot import schema

    found = settings(config)
    url = make_url(found.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        console.print("This database is PostgreSQL: back it up with pg_dump (see docs/operator.md).")
        raise typer.Exit(2)
    try:
        schema.backup(Path(url.database), file)
    except FileExistsError:
        console.print(f"{file} exists already; nothing was written.", markup=False)
        raise typer.Exit(2) from None
    except FileNotFoundError:
        console.print(f"There is no database at {url.database} yet.", markup=False)
        raise typer.Exit(2) from None
    console.print(
        f"Saved {file}. Keep it apart from {found.keys.file}: one is of no use without the other.", markup=False
    )


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX files; pupils or staff is told by the headings.")],
    config: ConfigFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, change nothing.")] = False,
    end_missing: Annotated[
        bool, typer.Option("--end-missing", help="End who is in the database but not in these files.")
    ] = False,
) -> None:
    """Reads the school's roster: all of it or, where anything is wrong, nothing; repeats safely."""
    from bot.commands.roster import import_files

    found = settings(config)
    vault = vault_for(found)
    _ready(found, vault)
    raise typer.Exit(import_files(found, vault, files, dry_run=dry_run, end_missing=end_missing))


@app.command("roster-template")
def roster_template(
    out: Annotated[Path, typer.Option("--out", help="The folder to write to.")],
    config: ConfigFile = None,
) -> None:
    """Writes empty and filled examples of the roster, as CSV and as XLSX."""
    _ = config  # nothing of it is needed; the option is there because every command has it
    from models.roster.templates import write_templates

    for path in write_templates(out):
        console.print(str(path), markup=False)


@app.command()
def invites(
    out: Annotated[Path, typer.Option("--out", help="The folder to write to.")],
    config: ConfigFile = None,
    school_class: Annotated[
        list[str] | None, typer.Option("--class", help="Only this class, such as 五年级2班 (repeatable); default: all.")
    ] = None,
    number: Annotated[
        str | None,
        typer.Option("--number", help="Only this pupil or member of staff, joined or not (a new telephone)."),
    ] = None,
    school: Annotated[str, typer.Option(help="Only this school, where there are several bots.")] = "",
) -> None:
    """Writes one-time links for everybody who has not joined: a table and a sheet to print. Of several bots, a folder each."""
    from bot.commands.invites import write_invites

    found = settings(config, need_token=True)
    vault = vault_for(found)
    _ready(found, vault)
    each = {one.school.name: one for one in found.each()}
    if school and school not in each:
        console.print(f"No bot is this school's. Known: {', '.join(filter(None, each)) or 'none'}", markup=False)
        raise typer.Exit(2)
    code = 0
    for name, one in each.items():
        if school in ("", name):
            folder = out / name.replace("/", "_") if found.bots else out
            code = max(code, asyncio.run(write_invites(one, vault, folder, school_class or [], number)))
    raise typer.Exit(code)


@app.command()
def demo(
    port: Annotated[int, typer.Option("--port", help="The page's port; the next free one where it is taken.")] = 8080,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the data of this demo for the next one.")] = False,
    config: ConfigFile = None,
) -> None:
    """Shows a school living in a browser page: a pretend Telegram, the real bot, no account needed."""
    from bot.commands.demo import run_demo

    _ = config  # the demo brings its own; the option is there because every command has it
    raise typer.Exit(asyncio.run(run_demo(port, keep=keep)))


cli_files.add_to(app)
cli_people.add_to(app)
