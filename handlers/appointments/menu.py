"""The commands, buttons and typed texts of appointments, gathered for bot/menu.py and handlers/asked.py."""

from __future__ import annotations

from collections.abc import Callable

from handlers.appointments import (
    agreement,
    available,
    before,
    card,
    change,
    choose,
    companion,
    counts,
    during,
    feedback,
    invite,
    mine,
    place,
    propose,
    record,
    record_typed,
    reply,
    safety,
    topics,
)
from handlers.context import CommandHandler, Context, Press, joined
from handlers.incoming import Wrote
from models.duties.forms import Asked

COMMANDS: dict[str, CommandHandler] = {**mine.COMMANDS}
PRESSES: dict[str, Press] = joined(
    available.PRESSES,
    invite.PRESSES,
    choose.PRESSES,
    propose.PRESSES,
    reply.PRESSES,
    companion.PRESSES,
    counts.PRESSES,
    change.PRESSES,
    topics.PRESSES,
    mine.PRESSES,
    before.PRESSES,
    place.PRESSES,
    card.PRESSES,
    during.PRESSES,
    safety.PRESSES,
    record.PRESSES,
    agreement.PRESSES,
    feedback.PRESSES,
)
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = joined(
    invite.TEXTS,
    change.TEXTS,
    topics.TEXTS,
    before.TEXTS,
    place.TEXTS,
    record_typed.TEXTS,
    agreement.TEXTS,
    feedback.TEXTS,
)
