"""The commands, buttons, typed texts and ticks of the rights of the person, gathered for bot/menu.py and handlers/asked.py."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import CommandHandler, Context, Press, SchoolSettings, joined
from handlers.incoming import Wrote
from handlers.rights import consent, correct, erase, export, home, log, look, manage, seen
from models.duties.forms import Asked
from models.rights import retention
from models.unit import Unit

COMMANDS: dict[str, CommandHandler] = joined(home.COMMANDS, look.COMMANDS)
PRESSES: dict[str, Press] = joined(
    home.PRESSES,
    seen.PRESSES,
    consent.PRESSES,
    correct.PRESSES,
    erase.PRESSES,
    export.PRESSES,
    look.PRESSES,
    log.PRESSES,
    manage.PRESSES,
)
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = joined(correct.TEXTS, look.TEXTS, log.TEXTS)
offers = manage.offers


def _forget(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    retention.tick(unit, school.retention)


TICKS: tuple[Callable[[Unit, int, SchoolSettings], object], ...] = (
    lambda unit, _bot, _school: erase.tick(unit),
    lambda unit, _bot, _school: consent.tick(unit),
    _forget,
)
