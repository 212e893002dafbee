"""Several dates of one event: which of them somebody sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.events import events, replies
from models.events.states import SIGNED_UP, EventState, Reply
from models.events.tables import Event
from models.unit import Unit


def stands_for(unit: Unit, event: Event, person_id: int) -> tuple[Event, tuple[Reply, int] | None]:
    """The date to show somebody who looks at an event, and what was answered to it: the one signed up for, while it can
    still be changed; else itself, and another one where itself was called off."""
    return choose(
        event, events.sessions(unit, event), unit.now_ms, lambda event_id: replies.of(unit, event_id, person_id)
    )


def choose(
    event: Event, sessions: Sequence[Event], now_ms: int, answered: Callable[[int], tuple[Reply, int] | None]
) -> tuple[Event, tuple[Reply, int] | None]:
    """The same where the event's `sessions`, and what was answered to each event, are known already."""
    if not replies.open_for(event, now_ms) and event.state != EventState.CANCELLED:
        return event, answered(event.id)
    dates = [one for one in sessions if replies.open_for(one, now_ms)]
    shown = dates[0] if dates and event.state == EventState.CANCELLED else event
    answer = answered(shown.id)
    for one in dates:
        known = answered(one.id)
        if known is not None and known[0] in SIGNED_UP:
            return one, known
        answer = answer or known
    return shown, answer
