"""The commands, buttons and typed texts of the directory, gathered for bot/menu.py, handlers/asked.py and handlers/more.py."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import CommandHandler, Context, Press, joined
from handlers.directory import decide, home, manage, offer, offer_decide, request
from handlers.incoming import Wrote
from models.directory import cards
from models.duties.forms import Asked

COMMANDS: dict[str, CommandHandler] = joined(home.COMMANDS)
PRESSES: dict[str, Press] = joined(
    home.PRESSES,
    request.PRESSES,
    decide.PRESSES,
    offer.PRESSES,
    offer_decide.PRESSES,
    manage.PRESSES,
)
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = joined(
    home.TEXTS, request.TEXTS, decide.TEXTS, offer.TEXTS, offer_decide.TEXTS, manage.TEXTS
)
home.MORE += [decide.rows, offer_decide.rows, request.rows, offer.rows, manage.rows]
home.OF_CARD.append(manage.of_card)


def more(context: Context, _mine: frozenset[str]) -> list[list[say.Button]]:
    """What stands in /more."""
    if cards.school_of(context.who) is None:
        return []
    return [[context.button("button.more_directory", "dir")], *offer.rows(context)]
