"""The commands and buttons of the city's counts, of inviting again and of the yearly question, and what /more offers of them."""

from __future__ import annotations

from handlers.city import again, asking, files, knowing, view
from handlers.context import CommandHandler, Context, Press, joined
from handlers.say import Button
from models.people import RoleKind
from models.standing import CHIEF_MENTOR

COMMANDS: dict[str, CommandHandler] = view.COMMANDS
PRESSES: dict[str, Press] = joined(view.PRESSES, files.PRESSES, again.PRESSES, asking.PRESSES, knowing.PRESSES)


def offers(context: Context, mine: frozenset[str]) -> list[list[Button]]:
    """For the centre the city, for admins and chief mentors who has not joined, for admins the yearly question."""
    rows = []
    if RoleKind.CENTRE in mine:
        rows.append([context.button("button.more_city", "ctopen")])
    if RoleKind.ADMIN in mine or CHIEF_MENTOR in mine:
        rows.append([context.button("button.more_again", "ctjoin", 0)])
    if RoleKind.ADMIN in mine:
        rows.append([context.button("button.more_knows", "ctknows", 0)])
    return rows
