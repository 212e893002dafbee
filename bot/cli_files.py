"""The commands for a school's own files, each under its own word: checklist, calendar, directory, matching …"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.cli_shared import ConfigFile, console, settings, vault_for

checklist_app = typer.Typer(help="The school's own checklist.", no_args_is_help=True)


@checklist_app.command("export")
def checklist_export(folder: Annotated[Path, typer.Argument(help="Where to write the three files.")]) -> None:
    """Writes the list that comes with the program, to be edited."""
    from bot.commands.checklist import export

    raise typer.Exit(export(folder, console))


@checklist_app.command("import")
def checklist_import(
    folder: Annotated[Path, typer.Argument(help="The folder with items.csv, wordings.csv and categories.csv.")],
    school: Annotated[str, typer.Option(help="The school's name, where there are several.")] = "",
    config: ConfigFile = None,
) -> None:
    """Makes a list the school's newest version; every fault at once, all or nothing."""
    from bot.commands.checklist import import_

    found = settings(config)
    raise typer.Exit(import_(found, vault_for(found), folder, school, console))


calendar_app = typer.Typer(help="The school year.", no_args_is_help=True)


@calendar_app.command("import")
def calendar_import(
    file: Annotated[
        Path, typer.Argument(help="CSV or XLSX with the columns kind, name, first, last, stage, begins, ends.")
    ],
    school: Annotated[str, typer.Option(help="The school's name, where there are several.")] = "",
    config: ConfigFile = None,
) -> None:
    """Takes terms, exams, holidays, single days and lesson hours from a file; every fault at once, all or nothing."""
    from bot.commands.calendar import import_

    found = settings(config)
    raise typer.Exit(import_(found, vault_for(found), file, school, console))


directory_app = typer.Typer(help="The directory: what a school can point to.", no_args_is_help=True)
_SchoolName = Annotated[str, typer.Option(help="The school's name, where there are several.")]
_Everywhere = Annotated[bool, typer.Option("--everywhere", help="For all schools of the deployment, in place of one.")]


@directory_app.command("import")
def directory_import(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, a card a row (docs/directory.md).")],
    school: _SchoolName = "",
    everywhere: _Everywhere = False,
    end_missing: Annotated[
        bool, typer.Option("--end-missing", help="End the cards that are not in this file.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Takes cards from a file, by their codes; every fault at once, all or nothing, repeats safely."""
    from bot.commands.directory import import_

    found = settings(config)
    vault = vault_for(found)
    raise typer.Exit(import_(found, vault, file, school, console, everywhere=everywhere, end_missing=end_missing))


@directory_app.command("export")
def directory_export(
    file: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    school: _SchoolName = "",
    everywhere: _Everywhere = False,
    config: ConfigFile = None,
) -> None:
    """Writes the cards as a file that can be edited and imported again."""
    from bot.commands.directory import export

    found = settings(config)
    raise typer.Exit(export(found, vault_for(found), file, school, console, everywhere=everywhere))


criteria_app = typer.Typer(help="What stands on mentors' own sheets.", no_args_is_help=True)


@criteria_app.command("export")
def criteria_export(file: Annotated[Path, typer.Argument(help="The CSV file to write.")]) -> None:
    """Writes the list that comes with the program, to be edited."""
    from bot.commands.criteria import export

    raise typer.Exit(export(file, console))


@criteria_app.command("import")
def criteria_import(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with the columns of an exported list.")],
    school: Annotated[str, typer.Option(help="The school's name, where there are several.")] = "",
    config: ConfigFile = None,
) -> None:
    """Makes a list the school's own; every fault at once, all or nothing."""
    from bot.commands.criteria import import_

    found = settings(config)
    raise typer.Exit(import_(found, vault_for(found), file, school, console))


districts_app = typer.Typer(help="Which schools stand together in the city's counts.", no_args_is_help=True)


@districts_app.command("import")
def districts_import(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with the columns district and school.")],
    config: ConfigFile = None,
) -> None:
    """Takes the districts from a file, in place of those before; every fault at once, all or nothing."""
    from bot.commands.districts import import_

    found = settings(config)
    raise typer.Exit(import_(found, vault_for(found), file, console))


handover_app = typer.Typer(help="What a family takes to a school of another deployment.", no_args_is_help=True)


@handover_app.command("key")
def handover_key(config: ConfigFile = None) -> None:
    """Prints the public key with which others can tell this deployment's files: for their [handover] trusted."""
    from bot.commands.handover import show_key

    raise typer.Exit(show_key(vault_for(settings(config)), Console(highlight=False, soft_wrap=True)))


@handover_app.command("import")
def handover_import(
    file: Annotated[Path, typer.Argument(help="The signed file that the family brought.")],
    pupil: Annotated[str, typer.Option("--pupil", help="The pupil's number at this school.")],
    school: Annotated[str, typer.Option(help="The school's name, where there are several.")] = "",
    config: ConfigFile = None,
) -> None:
    """Takes a signed file for a pupil; the family reads it in the chat before anybody at the school does."""
    from bot.commands.handover import import_

    found = settings(config)
    raise typer.Exit(import_(found, vault_for(found), file, pupil, school, console))


matching_app = typer.Typer(help="Rounds in which pupils find their mentors.", no_args_is_help=True)


@matching_app.command("import")
def matching_import(
    files: Annotated[list[Path], typer.Argument(help="CSV or XLSX; pupils or mentors is told by the headings.")],
    round_name: Annotated[
        str,
        typer.Option(
            "--round", help="The round's class or grade, or the school's name; needed where several are open."
        ),
    ] = "",
    school: Annotated[str, typer.Option(help="The school's name, where there are several.")] = "",
    config: ConfigFile = None,
) -> None:
    """Takes wishes, sex, priority, pairs and places by numbers; every fault at once, all or nothing, repeats safely."""
    from bot.commands.matching import import_

    found = settings(config)
    raise typer.Exit(import_(found, vault_for(found), files, school, round_name, console))


@matching_app.command("export")
def matching_export(
    out: Annotated[Path, typer.Option("--out", help="The folder to write to.")],
    round_name: Annotated[str, typer.Option("--round", help="As with import.")] = "",
    school: Annotated[str, typer.Option(help="The school's name, where there are several.")] = "",
    config: ConfigFile = None,
) -> None:
    """Writes a round's pupils with the proposed mentors, and its mentors, to be filled and imported; no wishes."""
    from bot.commands.matching import export

    found = settings(config)
    raise typer.Exit(export(found, vault_for(found), out, school, round_name, console))


cases_app = typer.Typer(help="Short cases for mentors.", no_args_is_help=True)


@cases_app.command("import")
def cases_import(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with the columns of models/training/cases.csv.")],
    school: _SchoolName = "",
    config: ConfigFile = None,
) -> None:
    """Makes the cases of a file the school's own; every fault at once, all or nothing."""
    from bot.commands.cases import import_

    found = settings(config)
    raise typer.Exit(import_(found, vault_for(found), file, school, console))


def add_to(app: typer.Typer) -> None:
    """Puts these commands under the program's."""
    app.add_typer(checklist_app, name="checklist")
    app.add_typer(calendar_app, name="calendar")
    app.add_typer(directory_app, name="directory")
    app.add_typer(criteria_app, name="criteria")
    app.add_typer(districts_app, name="districts")
    app.add_typer(handover_app, name="handover")
    app.add_typer(matching_app, name="matching")
    app.add_typer(cases_app, name="cases")
