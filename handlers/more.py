"""/more: what has no place in a menu that must fit a small screen, each by a button that says what it does."""

from __future__ import annotations

from collections.abc import Callable

from handlers import absence, checklist, say
from handlers.city import menu as city
from handlers.context import CommandHandler, Context, Press
from handlers.directory import menu as directory
from handlers.evidence import menu as evidence
from handlers.incoming import Commanded
from handlers.matching import menu as matching
from handlers.pupil_file import menu as pupil_file
from handlers.rights import menu as rights
from handlers.training import menu as training
from models.people import RoleKind
from models.standing import CHIEF_MENTOR, roles

Offers = Callable[[Context, frozenset[str]], list[list[say.Button]]]
"""Rows of buttons for this person with these staff roles; nothing where there is nothing to offer."""


def _everyday(context: Context, mine: frozenset[str]) -> list[list[say.Button]]:
    rows = []
    if RoleKind.MENTOR in mine:
        rows.append([context.button("button.more_checklist", "more_go", "checklist")])
    if RoleKind.MENTOR in mine or CHIEF_MENTOR in mine:
        rows.append([context.button("button.more_away", "more_go", "away")])
    if context.who.children:
        rows.append([context.button("button.more_topics", "more_go", "topics")])
    return rows


OFFERS: tuple[Offers, ...] = (
    pupil_file.offers,
    _everyday,
    directory.more,
    training.more,
    evidence.offers,
    matching.offers,
    city.offers,
    rights.offers,
)
"""In the order of the screen."""
_GO: dict[str, Callable[[Context], None]] = {
    "away": absence.ask,
    "checklist": checklist.show,
    "topics": checklist.topics,
}


def show(context: Context, _event: Commanded | None = None) -> None:
    """/more: everything else that this person can do here."""
    context.toast()
    if not context.who.has_joined:
        context.say("more.stranger")
        return
    mine = roles(context.unit, context.who)
    rows = [row for offer in OFFERS for row in offer(context, mine)]
    context.change("more.view" if rows else "more.nothing", buttons=rows)


def go(context: Context, command: str) -> None:
    """A command by its button."""
    handler = _GO.get(command)
    if handler is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    handler(context)


COMMANDS: dict[str, CommandHandler] = {"more": show}
PRESSES: dict[str, Press] = {"more": Press(show), "more_go": Press(go, (str,))}
