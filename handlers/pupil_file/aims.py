"""Goals of a term: worded by one side, agreed or worded otherwise by the other, looked back at by both."""

from __future__ import annotations

from handlers import say
from handlers.context import Context, Press
from handlers.pupil_file import aims_told, words
from handlers.pupil_file import reader as readers
from handlers.pupil_file.reader import GUARDIAN, MENTOR, Reader
from handlers.texts import Block
from models.pupil_file import goals
from models.pupil_file.goals import Goal
from models.pupil_file.states import GoalState

G = GoalState
SHOWN = 8
"""Goals on a page, where they fit into one message."""


def show(context: Context, side: str, pupil_id: int) -> None:
    """The goals, with what this side can do about each."""
    turn(context, side, pupil_id, 0)


def turn(context: Context, side: str, pupil_id: int, page: int) -> None:
    """A page of them."""
    one = readers.opened(context, side, pupil_id)
    if one is None:
        return
    context.toast()
    show_list(context, one, page)


def show_list(context: Context, one: Reader, page: int = 0) -> None:
    every = [
        (number, goal, words.goal_block(context, number, goal, one))
        for number, goal in enumerate(readers.goals_of(context, one), 1)
    ]
    pages = words.paged(every, lambda found: found[2], SHOWN)
    page = max(0, min(page, len(pages) - 1))
    found = pages[page]
    rows = [
        [context.named(f"{number} · {words.short(goal.text)}", "pfoe", one.side, one.pupil_id, goal.id)]
        for number, goal, _ in found
    ]
    turning = []
    if page:
        turning.append(context.button("button.earlier", "pfop", one.side, one.pupil_id, page - 1))
    if page + 1 < len(pages):
        turning.append(context.button("button.more", "pfop", one.side, one.pupil_id, page + 1))
    rows.append(turning)
    if one.writes:
        rows.append([context.button("button.goal_new", "pfon", one.side, one.pupil_id)])
    blocks = [block for _, _, block in found]
    key = f"file.goals_{'family' if one.side == GUARDIAN else 'mentor'}{'' if found else '_none'}"
    context.change(key, buttons=[*rows, readers.back(context, one)], child=one.child, lines=Block("\n".join(blocks)))


def of_pupil(context: Context, pupil_id: int) -> None:
    """From the week's list."""
    show(context, MENTOR, pupil_id)


def one_goal(context: Context, side: str, pupil_id: int, goal_id: int) -> None:
    """A goal with its buttons."""
    one = readers.opened(context, side, pupil_id)
    goal = None if one is None else readers.goal_of(context, one, goal_id)
    if one is None or goal is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _one(context, one, goal)


def _one(context: Context, one: Reader, goal: Goal) -> None:
    context.change(
        "file.goal",
        buttons=[*_moves(context, one, goal), [context.button("button.back", "pfo", one.side, one.pupil_id)]],
        child=one.child,
        lines=Block(words.goal_block(context, 1, goal, one)),
    )


def _moves(context: Context, one: Reader, goal: Goal) -> list[list[say.Button]]:
    if not one.writes:
        return []
    args = (one.side, one.pupil_id, goal.id)
    waits = G.WITH_FAMILY if one.side == GUARDIAN else G.WITH_MENTOR
    rows = []
    if goal.state == waits:
        rows.append([context.button("button.goal_yes", "pfoy", *args, goal.version)])
    if goal.state != G.AGREED:
        rows.append([context.button("button.goal_other", "pfor", *args)])
    else:
        rows.append([context.button(f"button.goal_{result}", "pfoz", *args, result) for result in goals.RESULTS])
        if any(found.own for found in readers.reviews_of(context, one, goal)):
            rows.append([context.button("button.goal_words", "pfow", *args)])
    if one.side == MENTOR or (goal.own and goal.state == G.WITH_MENTOR):
        rows.append([context.button("button.goal_drop", "pfod", *args)])
    return rows


def to_write(context: Context, side: str, pupil_id: int, goal_id: int) -> tuple[Reader, Goal] | None:
    one = readers.opened(context, side, pupil_id, to_write=True)
    goal = None if one is None else readers.goal_of(context, one, goal_id)
    if one is None or goal is None:
        context.toast("help.button_gone", alert=True)
        return None
    return one, goal


def yes(context: Context, side: str, pupil_id: int, goal_id: int, version: int) -> None:
    """Yes to the other side's words."""
    found = to_write(context, side, pupil_id, goal_id)
    if found is None:
        return
    one, goal = found
    done = goals.agree(context.unit, goal, version, by_guardian=side == GUARDIAN)
    now = readers.goal_of(context, one, goal_id)
    context.toast("file.goal_is_agreed" if done or (now and now.state == G.AGREED) else "file.goal_changed")
    if now is not None:
        _one(context, one, now)
    if done and side == GUARDIAN:
        aims_told.mentor(context, one, goal, "file.goal_told_yes")
    elif done:
        aims_told.families(context, one, goal, "file.goal_told_agreed")


def drop(context: Context, side: str, pupil_id: int, goal_id: int) -> None:
    """Not followed any more."""
    found = to_write(context, side, pupil_id, goal_id)
    if found is None:
        return
    if not goals.drop(context.unit, found[1], by_guardian=side == GUARDIAN):
        context.toast("file.goal_changed")
    else:
        context.toast("file.removed")
    show_list(context, found[0])


def look_back(context: Context, side: str, pupil_id: int, goal_id: int, result: str) -> None:
    """One tap: reached, partly, not yet. With the mentor's first one of a term the families are asked, once."""
    found = to_write(context, side, pupil_id, goal_id)
    if found is None or result not in goals.RESULTS:
        return
    one, goal = found
    if not goals.look_back(context.unit, goal, one.person_id, result, by_guardian=side == GUARDIAN):
        context.toast("file.goal_changed")
        return
    context.toast("file.goal_noted")
    _one(context, one, goal)
    if side == MENTOR:
        aims_told.families(
            context, one, goal, "file.goal_told_back", once=f"file:back:{pupil_id}:{goal.term_id or goal.id}"
        )


_GOAL = (str, int, int)
PRESSES: dict[str, Press] = {
    "pfo": Press(show, (str, int)),
    "pfop": Press(turn, (str, int, int)),
    "pfoe": Press(one_goal, _GOAL),
    "pfod": Press(drop, _GOAL),
    "pfoy": Press(yes, (*_GOAL, int)),
    "pfoz": Press(look_back, (*_GOAL, str)),
    "pfoweek": Press(of_pupil, (int,)),
}
