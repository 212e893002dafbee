"""What visits leave to do, as lines of the week's list with their buttons."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.texts import words
from models.appointments.todo import RECORD, Todo


def line(language: str, one: Todo, day: str) -> str:
    """Its line; `day` is the day of the visit in words."""
    return words(language, "visits.record" if one.what == RECORD else "visits.follow_up", child=one.child, day=day)


def row(button: Callable[..., say.Button], one: Todo) -> list[say.Button]:
    """Its buttons: write the record; or what was agreed, and that it was looked at again."""
    if one.what == RECORD:
        return [button("button.visits_record", "vrec", one.visit_id, name=one.child)]
    return [
        button("button.visits_followed", "vfollow", one.visit_id, name=one.child),
        button("button.visits_agreed", "vagree", one.visit_id),
    ]
