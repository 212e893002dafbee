"""The commands about what is kept on people: what is due to be forgotten, erasing, the log of who looked."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli_shared import ConfigFile, console, settings, vault_for


def retention(config: ConfigFile = None) -> None:
    """Tells, kind by kind and in numbers, what would be forgotten now; changes nothing."""
    from bot.commands.retention import report

    found = settings(config)
    raise typer.Exit(report(found, vault_for(found), console))


access_app = typer.Typer(help="The log of who looked at a pupil's data.", no_args_is_help=True)


@access_app.command("verify")
def access_verify(
    school: Annotated[str, typer.Option(help="The school's name, where there are several.")] = "",
    expect: Annotated[str, typer.Option(help="NUMBER:CODE as it was told on an earlier day.")] = "",
    config: ConfigFile = None,
) -> None:
    """Goes through the log: 0 where it is whole, 4 where somebody has touched it."""
    from bot.commands.access import verify

    found = settings(config)
    raise typer.Exit(verify(found, vault_for(found), school, expect, console))


def erase(
    pupil: Annotated[str, typer.Option(help="The number of a pupil who has left, with all guardians.")] = "",
    staff: Annotated[str, typer.Option(help="The number of a member of staff who has left.")] = "",
    guardian: Annotated[str, typer.Option(help="With --pupil: this guardian alone, by name, who asked for it.")] = "",
    school: Annotated[str, typer.Option(help="The school's name, where the number stands in several.")] = "",
    config: ConfigFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would go, change nothing.")] = False,
) -> None:
    """Erases what the school keeps on somebody who has left, but for what the law lets it keep (docs/rights.md)."""
    from bot.commands.erase import erase as run_it

    if bool(pupil) == bool(staff) or (guardian and not pupil):
        console.print("Say whom: --pupil NUMBER (with --guardian NAME for one guardian) or --staff NUMBER.")
        raise typer.Exit(2)
    found = settings(config)
    whom = {"pupil": pupil, "staff": staff, "guardian": guardian, "school": school}
    raise typer.Exit(run_it(found, vault_for(found), dry_run=dry_run, console=console, **whom))


def add_to(app: typer.Typer) -> None:
    """Puts these commands under the program's."""
    app.command()(retention)
    app.add_typer(access_app, name="access")
    app.command()(erase)
