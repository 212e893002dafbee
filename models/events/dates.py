"""Several dates of one event: which of them somebody sees."""

from __future__ import annotations

from models.events import events, replies
from models.events.states import SIGNED_UP, EventState, Reply
from models.events.tables import Event
from models.unit import Unit


def stands_for(unit: Unit, event: Event, person_id: int) -> tuple[Event, tuple[Reply, int] | None]:
    """The date to show somebody who looks at an event, and what was answered to it: the one signed up for, while it can
    still be changed; else itself, and another one where itself was called off."""
    if not replies.open_for(event, unit.now_ms) and event.state != EventState.CANCELLED:
        return event, replies.of(unit, event.id, person_id)
    dates = [one for one in events.sessions(unit, event) if replies.open_for(one, unit.now_ms)]
    shown = dates[0] if dates and event.state == EventState.CANCELLED else event
    answer = replies.of(unit, shown.id, person_id)
    for one in dates:
        known = replies.of(unit, one.id, person_id)
        if known is not None and known[0] in SIGNED_UP:
            return one, known
        answer = answer or known
    return shown, answer
