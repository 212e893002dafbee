"""Whose counts somebody may see: a class its chief mentor and the admins of its school, a school its admins."""

from __future__ import annotations

from handlers.context import Context
from models.appointments import counts
from models.appointments.counts import Group
from models.standing import administers


def group_of(context: Context, class_id: int) -> Group | None:
    """A class whose counts this account may see; otherwise the button leads nowhere."""
    found = counts.group(context.unit, class_id) if context.who.staff is not None else None
    if found is None or not (
        found.chief_id in context.who.person_ids or found.school_id in administers(context.unit, context.who)
    ):
        context.toast("help.button_gone", alert=True)
        return None
    return found


def school_of(context: Context) -> int | None:
    """The school that this account administers; otherwise the button leads nowhere."""
    staff = context.who.staff
    if staff is None or staff.school_id not in administers(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return None
    return staff.school_id
