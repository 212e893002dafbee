"""What all commands share: the console, how the configuration and the keys are found, how their faults are told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.config import Settings
from bot.config_reading import find, load
from bot.config_values import ConfigFaults
from bot.keys import vault_of
from models.vault import Vault

console = Console(stderr=True, highlight=False, soft_wrap=True)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="The configuration file (default: config.toml).")]


def settings(config: Path | None, *, need_token: bool = False) -> Settings:
    """The configuration; tells all its faults and exits with 2 where there are any."""
    try:
        return load(find(config), os.environ, need_token=need_token)
    except ConfigFaults as error:
        tell(error)
        raise typer.Exit(2) from None


def tell(error: ConfigFaults) -> None:
    """Prints the faults, a line each."""
    console.print(f"The configuration has {len(error.faults)} fault(s):", markup=False)
    for fault in error.faults:
        console.print(f"  {fault}", markup=False)


def vault_for(found: Settings) -> Vault:
    """The keys of this configuration; tells what is wrong with them and exits with 2."""
    try:
        return vault_of(found)
    except ConfigFaults as error:
        tell(error)
        raise typer.Exit(2) from None
