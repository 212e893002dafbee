"""Who hears of a goal: the other side, once for each wording, at its hours."""

from __future__ import annotations

from handlers import holding, telling
from handlers.context import Context, tell
from handlers.pupil_file.reader import GUARDIAN, MENTOR, Reader
from models.base import to_ms
from models.pupil_file.goals import Goal
from models.queues import Lane
from models.standing import Line, Reach, lines_of_pupil


def mentor(context: Context, one: Reader, goal: Goal, key: str) -> None:
    """What a guardian did about a goal, to the mentor."""
    lines = lines_of_pupil(context.unit, one.pupil_id)
    line = next((line for line in lines if line.guardian_id == one.person_id), None)
    if line is not None and line.mentor is not None:
        _tell(context, line, line.mentor, MENTOR, goal, key, f"{key}:{goal.id}:{goal.version}")


def families(context: Context, one: Reader, goal: Goal, key: str, once: str = "") -> None:
    """What the mentor did, to every guardian who has joined; with `once` no more often than that says."""
    for line in lines_of_pupil(context.unit, one.pupil_id):
        if line.confirmed and line.guardian is not None:
            again = f"{once or f'{key}:{goal.id}:{goal.version}'}:{line.guardian_id}"
            _tell(context, line, line.guardian, GUARDIAN, goal, key, again)


def _tell(context: Context, line: Line, reach: Reach, side: str, goal: Goal, key: str, dedupe: str) -> None:
    at = holding.goes_at(context.unit, line, by_guardian=side == MENTOR, school=context.school)
    see = telling.button(context.unit, reach, "button.goal_see", "pfoe", side, goal.pupil_id, goal.id)
    tell(
        context.unit,
        reach,
        key,
        dedupe_key=f"file:{dedupe}"[:200],
        lane=Lane.REMINDER,
        due_at=None if at is None else to_ms(at),
        buttons=[[see]],
        child=line.pupil_name,
        text=goal.text,
    )
