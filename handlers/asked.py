"""A text that a dialogue asked for: given to the dialogue that asked, before it could be taken for a message."""

from __future__ import annotations

from collections.abc import Callable

from handlers import calendar, notes, review, team
from handlers.context import Context
from handlers.events import Wrote
from models.duties import forms
from models.duties.forms import Asked

TAKERS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {
    **notes.TEXTS,
    **team.TEXTS,
    **review.TEXTS,
    **calendar.TEXTS,
}
"""By the kind that was asked for. Each answers whether it took the text."""


def takes(context: Context, event: Wrote) -> bool:
    """Whether the text was what staff was asked for. Nothing is asked of guardians in this way."""
    if context.who.staff is None or event.media is not None or not event.text:
        return False
    wanted = forms.asked(context.unit, context.who)
    taker = None if wanted is None else TAKERS.get(wanted.kind)
    if wanted is None or taker is None:
        return False
    return taker(context, event, wanted)
