"""The commands, buttons and typed texts of mentors' own sheets, and what /more offers of them."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import CommandHandler, Context, Press, joined
from handlers.evidence import files, hand, own, received
from handlers.incoming import Wrote
from handlers.say import Button
from models.duties.forms import Asked
from models.evidence import handing
from models.people import RoleKind
from models.standing import administers

COMMANDS: dict[str, CommandHandler] = own.COMMANDS
PRESSES: dict[str, Press] = joined(own.PRESSES, hand.PRESSES, files.PRESSES, received.PRESSES)
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = hand.TEXTS


def offers(context: Context, mine: frozenset[str]) -> list[list[Button]]:
    """For mentors the own sheet, for admins what was handed in to them."""
    rows = []
    if RoleKind.MENTOR in mine:
        rows.append([context.button("button.more_evidence", "edsheet")])
    staff = context.who.staff
    if RoleKind.ADMIN in mine and staff is not None and staff.school_id in administers(context.unit, context.who):
        many = handing.waiting(context.unit, staff.school_id)
        key = "button.more_evidence_waiting" if many else "button.more_evidence_list"
        rows.append([context.button(key, "edlist", 0, 0, count=many)])
    return rows
