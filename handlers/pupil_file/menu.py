"""The commands, buttons and typed texts of pupils' files, gathered for bot/menu.py and handlers/asked.py; its rows in /more."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import CommandHandler, Context, Press, joined
from handlers.incoming import Wrote
from handlers.pupil_file import (
    aims,
    aims_words,
    carry,
    handover_family,
    handover_mentor,
    handover_told,
    home,
    parts,
    write,
)
from models.duties.forms import Asked
from models.people import RoleKind

COMMANDS: dict[str, CommandHandler] = joined(home.COMMANDS)
PRESSES: dict[str, Press] = joined(
    home.PRESSES,
    parts.PRESSES,
    write.PRESSES,
    aims.PRESSES,
    aims_words.PRESSES,
    carry.PRESSES,
    handover_family.PRESSES,
    handover_mentor.PRESSES,
)
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = joined(write.TEXTS, aims_words.TEXTS)
TICKS = (handover_told.tick,)


def offers(context: Context, mine: frozenset[str]) -> list[list[say.Button]]:
    """For guardians and mentors."""
    if not context.who.children and RoleKind.MENTOR not in mine:
        return []
    return [[context.button("button.file_open", "pf")]]
