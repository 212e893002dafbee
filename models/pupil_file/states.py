"""Where a goal and a handover stand, and every move that is allowed. What the tables do not name cannot happen."""

from __future__ import annotations

from enum import StrEnum


class GoalState(StrEnum):
    """Where a goal stands."""

    WITH_FAMILY = "with_family"
    """The mentor has worded it; a guardian says yes, or words it otherwise."""
    WITH_MENTOR = "with_mentor"
    """A guardian has worded it; the mentor says yes, or words it otherwise. No other guardian sees it."""
    AGREED = "agreed"
    """Both have said yes to the same words. From then on each side may look back at it."""
    DROPPED = "dropped"
    """Not followed any more."""


G = GoalState
GOAL_MOVES: dict[GoalState, frozenset[GoalState]] = {
    G.WITH_FAMILY: frozenset({G.AGREED, G.WITH_MENTOR, G.WITH_FAMILY, G.DROPPED}),
    G.WITH_MENTOR: frozenset({G.AGREED, G.WITH_FAMILY, G.WITH_MENTOR, G.DROPPED}),
    G.AGREED: frozenset({G.DROPPED}),
    G.DROPPED: frozenset(),
}


class HandoverState(StrEnum):
    """Where a card stands."""

    PREPARED = "prepared"
    """Made; nobody of the family could be told yet."""
    WITH_FAMILY = "with_family"
    """The guardians were told and may read, strike out, say yes or no."""
    CONSENTED = "consented"
    """A guardian has passed it on: the mentor sees what nobody has struck out."""
    RECEIVED = "received"
    """The mentor has confirmed that it arrived."""
    DECLINED = "declined"
    """The family passes on nothing."""
    EXPIRED = "expired"
    """Nobody answered in time, or there is another mentor by now: nothing went over."""


H = HandoverState
HANDOVER_MOVES: dict[HandoverState, frozenset[HandoverState]] = {
    H.PREPARED: frozenset({H.WITH_FAMILY, H.CONSENTED, H.DECLINED, H.EXPIRED}),
    H.WITH_FAMILY: frozenset({H.CONSENTED, H.DECLINED, H.EXPIRED}),
    H.CONSENTED: frozenset({H.RECEIVED}),
    H.RECEIVED: frozenset(),
    # Whoever said no may think better of it while the card is there.
    H.DECLINED: frozenset({H.CONSENTED, H.EXPIRED}),
    H.EXPIRED: frozenset(),
}
OPEN = (H.PREPARED, H.WITH_FAMILY, H.DECLINED)
"""In these nothing has gone over; a day comes on which they are closed."""
ANSWERABLE = (H.PREPARED, H.WITH_FAMILY, H.CONSENTED, H.RECEIVED, H.DECLINED)
"""In these a guardian may still strike out, add, pass on or take back, as long as the mentorship lasts."""
OVER = (H.CONSENTED, H.RECEIVED)
"""In these the mentor sees what the family let go over."""
