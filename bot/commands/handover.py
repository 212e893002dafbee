"""python -m bot handover: this deployment's public key, and a signed file taken for a pupil; every fault said at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bot.config import Settings
from bot.database import open_engine
from models.pupil_file import carried, signed
from models.pupil_file.signed import Refused
from models.unit import Unit
from models.vault import Vault

FAULTS = {
    "unreadable": "the file cannot be read: {found}",
    "too_large": "this is no handover file: it is too large ({found})",
    "not_a_file": "this is no handover file",
    "wrong_version": "the file is of version {found}; this program reads version 1. Bring the older side up to date",
    "unknown_key": "nobody here trusts the key that signed it ({found}). Ask that school for its key by telephone, compare"
    " it, and put it into [handover] trusted",
    "altered": "the file was changed after it was signed. Ask the family for the file as they got it",
    "expired": "the file is out of date ({found}), or this machine's clock is wrong. The family can ask for a new one",
    "no_pupil": "no pupil of today has the number {found}",
    "several_pupils": "several schools have a pupil with the number {found}: say which with --school",
    "another_child": "the file is about a child with another name. Check --pupil",
    "no_mentor": "the pupil {found} has no mentor yet. Give one first: the family is asked whether that one may read it",
    "taken_before": "this file was taken for the pupil {found} before. Nothing was done",
}
"""What is said of each Refused (models/pupil_file/signed.py, carried.py)."""


def show_key(vault: Vault, console: Console) -> int:
    """Prints the public key. Answers the exit code."""
    console.print(signed.public_line(vault.handover_key()), markup=False)
    return 0


def import_(config: Settings, vault: Vault, file: Path, pupil: str, school: str, console: Console) -> int:
    """Takes a file for the pupil with that number. Answers the exit code: 0, or 2 where nothing was taken."""
    now = datetime.now(UTC)
    trusted = {**config.handover.keys(), signed.public_line(vault.handover_key()): "this deployment"}
    engine = open_engine(config.database_url)
    faults: list[Refused] = []
    try:
        content = None
        try:
            with file.open("rb") as stream:
                content = signed.read(stream.read(signed.MOST_BYTES + 1), trusted, int(now.timestamp() * 1000))
        except Refused as error:
            faults.append(error)
        except OSError as error:
            faults.append(Refused("unreadable", error.strerror or ""))
        with engine.begin() as connection:
            unit = Unit(connection, vault, now)
            try:
                # Of what is wrong with the file and with the number both are said.
                carried.take(unit, content, pupil, school) if content else carried.pupil(unit, pupil, school)
            except Refused as error:
                faults.append(error)
                unit.queued.clear()
                connection.rollback()
            else:
                unit.finish()
    finally:
        engine.dispose()
    for fault in faults:
        console.print(f"{file}: {FAULTS[fault.code].format(found=fault.found)}", markup=False)
    if faults:
        console.print(f"{len(faults)} fault(s). Nothing was taken.", markup=False)
        return 2
    console.print(
        f"Taken for the pupil {pupil}. The guardians who have joined are asked in the chat; the mentor sees nothing"
        " before one of them has passed it on.",
        markup=False,
    )
    return 0
