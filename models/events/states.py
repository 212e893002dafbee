"""Where an event stands, and every move that is allowed. What the table does not name cannot happen."""

from __future__ import annotations

from enum import StrEnum


class EventState(StrEnum):
    """Where an event stands."""

    PROPOSED = "proposed"
    """In the rota that the chief mentor still looks at: nobody else has heard of it."""
    PLANNED = "planned"
    """It will be held; who gives it knows, families are not invited yet."""
    ANNOUNCED = "announced"
    """The invitation has gone out, or is going out."""
    HELD = "held"
    NOT_HELD = "not_held"
    """Its time passed and it did not take place."""
    CANCELLED = "cancelled"
    """Called off before its time."""


S = EventState
MOVES: dict[EventState, frozenset[EventState]] = {
    S.PROPOSED: frozenset({S.PLANNED, S.CANCELLED}),
    S.PLANNED: frozenset({S.ANNOUNCED, S.HELD, S.NOT_HELD, S.CANCELLED}),
    S.ANNOUNCED: frozenset({S.HELD, S.NOT_HELD, S.CANCELLED}),
    # A slip of the finger is set right.
    S.HELD: frozenset({S.NOT_HELD}),
    S.NOT_HELD: frozenset({S.HELD}),
    S.CANCELLED: frozenset(),
}
AHEAD = (S.PLANNED, S.ANNOUNCED)
"""States of an event that will be held."""
COUNTS = (S.PROPOSED, S.PLANNED, S.ANNOUNCED, S.HELD)
"""States that fill a place of the rota."""


def froms(to: EventState) -> tuple[EventState, ...]:
    """From where a state may be reached."""
    return tuple(one for one, goals in MOVES.items() if to in goals)


class Reply(StrEnum):
    """What somebody has answered to an invitation."""

    COME = "come"
    ONLINE = "online"
    WAITING = "waiting"
    """Would come; all places are taken."""
    CANNOT = "cannot"
    NOTES = "notes"
    """Does not come and would like to read what was said."""


COMING = (Reply.COME, Reply.ONLINE)
SIGNED_UP = (Reply.COME, Reply.ONLINE, Reply.WAITING)
"""Replies of those who hear of every change."""


class Form(StrEnum):
    """Where it is held."""

    ROOM = "room"
    ONLINE = "online"
    BOTH = "both"


class Audience(StrEnum):
    """Who is invited. All but the last are worked out when they are needed, so that who comes later is invited too."""

    CLASSES = "classes"
    """The guardians of the pupils of its classes."""
    FAMILIES = "families"
    """The guardians of the host's own pupils."""
    STAFF = "staff"
    """The mentors of the school."""
    GUESTS = "guests"
    """Those who were chosen one by one."""


class What(StrEnum):
    """What many are told about an event, the most pressing first: each once for each sequence of the event."""

    CANCELLED = "cancelled"
    CHANGED = "changed"
    LINK = "link"
    """It begins: the link for those who take part online."""
    HOUR = "hour"
    DAY = "day"
    NOTICE = "notice"
    """The invitation, to all."""
    MENDED = "mended"
    """The invitation of who has not answered is set right where it stands, silently."""
    VOTE = "vote"
    ANSWERS = "answers"
    NOTES = "notes"
    FEEDBACK = "feedback"
