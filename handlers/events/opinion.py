"""What those who are invited think: the vote on a topic, and two questions after an event."""

from __future__ import annotations

from handlers.context import Context, Press
from handlers.events import shown, spread
from handlers.events.reply import invited
from models.events import audience, feedback, voting
from models.events.audience import Invited
from models.events.tables import Event


def _me(context: Context, event: Event, person: int) -> Invited:
    found = audience.people(context.unit, event, person - 1, 1)
    return found[0]


def vote(context: Context, event_id: int, code: str) -> None:
    """Which topic a guardian would like."""
    found = invited(context, event_id)
    if found is None:
        return
    event, person = found
    if not voting.give(context.unit, event, person, code):
        context.toast("event.vote_over", alert=True)
        return
    context.toast("event.vote_noted")
    rows = spread.vote_rows(context.unit, event, _me(context, event, person), code)
    children = audience.children(context.unit, event, [person]).get(person, [])
    context.change(
        "event.vote",
        buttons=rows,
        head=shown.head(context.unit, event, context.language, children),
        time=shown.span(context.language, event, context.school.zone),
    )


def answer(context: Context, event_id: int, which: str, number: int) -> None:
    """An answer to one of the two questions; pressed again it is changed. With both, a word of thanks."""
    found = invited(context, event_id)
    if found is None:
        return
    event, person = found
    most = {"h": feedback.HELPED, "u": feedback.USABLE}.get(which)
    if most is None or not 1 <= number <= most:
        context.toast("help.button_gone", alert=True)
        return
    kept = (
        feedback.give(context.unit, event, person, helped=number)
        if which == "h"
        else feedback.give(context.unit, event, person, usable=number)
    )
    if not kept:
        context.toast("event.feedback_over", alert=True)
        return
    context.toast("event.feedback_noted")
    helped, usable = feedback.given(context.unit, event.id, person)
    rows = spread.feedback_rows(context.unit, event, _me(context, event, person), helped, usable)
    key = "event.feedback_thanks" if helped and usable else "event.feedback"
    context.change(key, buttons=rows, what=shown.title(context.unit, event, context.language))


PRESSES: dict[str, Press] = {"evvote": Press(vote, (int, str)), "evfb": Press(answer, (int, str, int))}
