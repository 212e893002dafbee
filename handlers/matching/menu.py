"""The commands, buttons and typed texts of pairs, gathered for bot/menu.py, handlers/asked.py and handlers/more.py."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import CommandHandler, Context, Press, joined
from handlers.incoming import Wrote
from handlers.matching import begin, chiefs, family, home, live, mentor, move, proposal, rematch, rematch_decide, rules
from models.duties.forms import Asked

COMMANDS: dict[str, CommandHandler] = home.COMMANDS
PRESSES: dict[str, Press] = joined(
    home.PRESSES,
    begin.PRESSES,
    chiefs.PRESSES,
    rules.PRESSES,
    family.PRESSES,
    mentor.PRESSES,
    proposal.PRESSES,
    move.PRESSES,
    live.PRESSES,
    rematch.PRESSES,
    rematch_decide.PRESSES,
)
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {**rematch.TEXTS}


def offers(context: Context, mine: frozenset[str]) -> list[list[say.Button]]:
    """What of it stands in /more for this person."""
    return [*home.offers(context, mine), *rematch.offers(context, mine)]
