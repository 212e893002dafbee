"""An event that is put together: the way from one question to the next. What each question is stands in create_*.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from handlers import say
from handlers.context import Context
from handlers.texts import Block
from models.duties import forms
from models.events import drafts
from models.events.drafts import Draft, Step

ASKS: dict[Step, Callable[[Context, Draft], None]] = {}
"""How each step is asked; create.py fills it."""
DONE: list[Callable[[Context, Draft], None]] = []
"""What follows when all is known: the preview; create.py fills it."""
TYPED = "nevtext"


def mine(context: Context, draft_id: int) -> Draft | None:
    """The draft of a pressed button; one that was sent, thrown away or begun anew leads nowhere."""
    found = drafts.of(context.unit, context.who)
    if found is None or found.id != draft_id or context.who.staff is None:
        context.toast("help.button_gone", alert=True)
        return None
    return found


def kept(context: Context, one: Draft, **values: Any) -> None:
    """Keeps what was said and goes on."""
    fresh = replace(one, **values)
    drafts.keep(context.unit, context.who, fresh)
    onward(context, fresh)


def onward(context: Context, one: Draft) -> None:
    """The next question, or the preview where all is known."""
    forms.end(context.unit, context.who)
    step = drafts.next_step(one)
    (DONE[0] if step is None else ASKS[step])(context, one)


def ask(
    context: Context,
    one: Draft,
    step: Step,
    key: str,
    rows: list[list[say.Button]],
    *,
    typed: bool = False,
    **values: Any,
) -> None:
    """Asks one thing, with the ways back and out below it. `typed`: the next text is an answer too."""
    context.toast()
    if typed:
        forms.ask(context.unit, context.who, TYPED, one.id, step.value)
    ways = drafts.steps(one)
    at = ways.index(step) if step in ways else 0
    back = []
    if drafts.next_step(one) is None:
        back.append(context.button("button.new_preview", "nevon", one.id))
    elif at:
        back.append(context.button("button.new_back", "nevask", one.id, ways[at - 1].value))
    back.append(context.button("button.new_drop", "nevdrop", one.id))
    kind = one.of_kind.title(context.language)
    context.change(key, buttons=[*rows, back], kind=kind, **values)


def lines(found: list[str]) -> Block:
    """Lines of our own below each other."""
    return Block("\n".join(found))
