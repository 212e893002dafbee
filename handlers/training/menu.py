"""The commands, buttons and typed texts of training, gathered for bot/menu.py, handlers/asked.py and handlers/more.py."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import CommandHandler, Context, Press, joined
from handlers.incoming import Wrote
from handlers.training import case, export, home
from models.duties.forms import Asked
from models.people import RoleKind

COMMANDS: dict[str, CommandHandler] = joined(home.COMMANDS)
PRESSES: dict[str, Press] = joined(home.PRESSES, export.PRESSES, case.PRESSES)
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = joined(home.TEXTS)


def more(context: Context, mine: frozenset[str]) -> list[list[say.Button]]:
    """What stands in /more: for mentors their hours, for admins the school's sums."""
    if RoleKind.MENTOR in mine or RoleKind.ADMIN in mine:
        return [[context.button("button.more_training", "training")]]
    return []
