"""What an admin has of rights: requests to correct, the log and whether it is whole, how long what is kept, a look at a talk."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.texts import Block
from models.rights import corrections, report
from models.standing import administers

COUNTED = 10_000
"""So many rows of a kind are counted in the chat."""


def show(context: Context) -> None:
    """The four of them."""
    context.toast()
    if not administers(context.unit, context.who):
        context.say("admin.not_yours")
        return
    waiting = len(corrections.waiting(context.unit, context.who))
    context.change(
        "radmin.view",
        buttons=[
            [context.named(context.words("button.radmin_corrections", count=waiting), "rcwait")],
            [context.button("button.radmin_look", "lk")],
            [context.button("button.radmin_log", "rlog")],
            [context.button("button.radmin_keep", "rkeep")],
            [context.button("button.more_back", "more")],
        ],
    )


def keep(context: Context) -> None:
    """How long each kind is kept, and what would go now: numbers alone."""
    context.toast()
    if not administers(context.unit, context.who):
        context.say("admin.not_yours")
        return
    lines = []
    for one in report.report(context.unit, context.school.retention, COUNTED):
        what = context.words(f"keep.kind_{one.kind}")
        if one.rows:
            lines.append(context.words("keep.row_due", what=what, days=one.days, count=one.rows))
        else:
            lines.append(context.words("keep.row", what=what, days=one.days))
    context.change(
        "keep.view", lines=Block("\n".join(lines)), buttons=[[context.button("button.radmin_back", "radmin")]]
    )


def offers(context: Context, mine: frozenset[str]) -> list[list[say.Button]]:
    """In /more: for everybody the own data, for admins what is to be done about everybody's."""
    if not context.who.has_joined:
        return []
    rows = [[context.button("button.more_mydata", "mydata")]]
    if "admin" in mine:
        rows.append([context.button("button.more_radmin", "radmin")])
    return rows


PRESSES: dict[str, Press] = {
    "radmin": Press(show),
    "rkeep": Press(keep),
}
