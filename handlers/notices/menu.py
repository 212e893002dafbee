"""The commands, buttons and typed texts of notices, gathered for bot/menu.py and handlers/asked.py."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import CommandHandler, Context, Press, joined
from handlers.incoming import Wrote
from handlers.notices import compose_fields, fix, freeze, going, home, read, report, results, slip, survey
from models.duties.forms import Asked

COMMANDS: dict[str, CommandHandler] = joined(home.COMMANDS, freeze.COMMANDS)
PRESSES: dict[str, Press] = joined(
    home.PRESSES,
    compose_fields.PRESSES,
    read.PRESSES,
    slip.PRESSES,
    survey.PRESSES,
    results.PRESSES,
    going.PRESSES,
    fix.PRESSES,
    freeze.PRESSES,
    report.PRESSES,
)
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = joined(
    compose_fields.TEXTS, slip.TEXTS, fix.TEXTS, freeze.TEXTS
)
home.MORE.append(freeze.rows)
home.PARTS.append(going.rows)
home.PARTS.append(results.parts)
