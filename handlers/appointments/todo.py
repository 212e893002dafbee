"""What visits leave to do, as lines of the week's list with their buttons."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.texts import words
from models.appointments.todo import FOLLOW_UP, LOOK, RECORD, UNCONFIRMED, Todo

_LINES = {
    RECORD: "visits.record",
    FOLLOW_UP: "visits.follow_up",
    UNCONFIRMED: "visits.unconfirmed",
    LOOK: "visits.look",
}


def line(language: str, one: Todo, day: str) -> str:
    """Its line; `day` is the day of the visit in words."""
    return words(language, _LINES[one.what], child=one.child, day=day)


def row(button: Callable[..., say.Button], one: Todo) -> list[say.Button]:
    """Its buttons: write the record; or that it was looked at again, and what was agreed (or worded), where anything was."""
    if one.what == RECORD:
        return [button("button.visits_record", "vrec", one.visit_id, name=one.child)]
    done = button("button.visits_followed", "vfollow", one.visit_id, name=one.child)
    if one.what == LOOK:
        return [done]
    see = "button.visits_agreed" if one.what == FOLLOW_UP else "button.visits_wording"
    return [done, button(see, "vaweek", one.visit_id)]
