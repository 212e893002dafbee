"""Where a notice stands, and where it stands with each of those who are to get it."""

from __future__ import annotations

from enum import StrEnum


class NoticeState(StrEnum):
    """Where a notice stands."""

    DRAFT = "draft"
    """Being written: nobody but its author sees it."""
    ASKED = "asked"
    """For so many that a second person has to agree first."""
    PLANNED = "planned"
    """Decided; it goes out at its time."""
    RUNNING = "running"
    """Going out."""
    PAUSED = "paused"
    """Held by a person; goes on where it stopped."""
    DONE = "done"
    """Nobody waits for it any more."""
    STOPPED = "stopped"
    """Ended by a person: who has it keeps it, nobody else gets it."""
    RECALLED = "recalled"
    """Taken back from those who had it."""
    DROPPED = "dropped"
    """Thrown away, or declined, before anybody had it."""


MOVES: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.DRAFT: frozenset({NoticeState.ASKED, NoticeState.PLANNED, NoticeState.DROPPED}),
    NoticeState.ASKED: frozenset({NoticeState.DRAFT, NoticeState.PLANNED, NoticeState.DROPPED}),
    NoticeState.PLANNED: frozenset({NoticeState.DRAFT, NoticeState.RUNNING, NoticeState.DROPPED}),
    NoticeState.RUNNING: frozenset({NoticeState.PAUSED, NoticeState.DONE, NoticeState.STOPPED, NoticeState.RECALLED}),
    NoticeState.PAUSED: frozenset({NoticeState.RUNNING, NoticeState.STOPPED, NoticeState.RECALLED}),
    # Somebody joins, or can be reached again, while it still is valid.
    NoticeState.DONE: frozenset({NoticeState.RUNNING, NoticeState.RECALLED}),
    NoticeState.STOPPED: frozenset({NoticeState.RECALLED}),
    NoticeState.RECALLED: frozenset(),
    NoticeState.DROPPED: frozenset(),
}
"""From which state a notice may come to which."""
OUT = frozenset({NoticeState.RUNNING, NoticeState.PAUSED, NoticeState.DONE, NoticeState.STOPPED})
"""Some people may have it."""


class With(StrEnum):
    """Where a notice stands with one of those who are to get it."""

    WAITING = "waiting"
    """Its turn has not come."""
    QUEUED = "queued"
    """On its way: a row of the outbox."""
    SENT = "sent"
    """The messenger has taken it."""
    DIGEST = "digest"
    """More than the week's few: it stands in the week's list."""
    LISTED = "listed"
    """It was named in a week's list, to be opened with a tap."""
    BLOCKED = "blocked"
    """The person has stopped the bot."""
    UNJOINED = "unjoined"
    """The person has never joined."""
    FAILED = "failed"
    """The messenger refused it for good."""
    WITHHELD = "withheld"
    """Nothing may go to this person now."""
    ENDED = "ended"
    """The notice was stopped or taken back before its turn."""
    RECALLED = "recalled"
    """Had it; it was taken away again."""


HAVE = frozenset({With.SENT, With.LISTED})
"""Who can read it."""
CANNOT = frozenset({With.BLOCKED, With.UNJOINED, With.FAILED, With.WITHHELD})
"""Who cannot be reached by it."""


class Level(StrEnum):
    """On whose behalf it is sent; see allowed.py."""

    MENTOR = "mentor"
    """To the families of the sender's own pupils."""
    CLASS = "class"
    """To a class of which the sender is the chief mentor."""
    SCHOOL = "school"
    CENTRE = "centre"
    """To all schools of the deployment."""


class Whom(StrEnum):
    """To which people."""

    GUARDIANS = "guardians"
    MENTORS = "mentors"
    STAFF = "staff"
    """Everybody who works there."""
