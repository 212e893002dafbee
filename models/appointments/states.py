"""Where an appointment stands, and every move that is allowed. What the table does not name cannot happen."""

from __future__ import annotations

from enum import StrEnum


class VisitState(StrEnum):
    """Where an appointment stands."""

    PLANNED = "planned"
    """A guardian asked for it; the mentor has not answered."""
    INVITED = "invited"
    """The family is asked and has chosen no time; it holds nothing."""
    ACCEPTED = "accepted"
    """A time was chosen, and somebody has still to agree to it: the second teacher, or the mentor. It holds nothing."""
    CONFIRMED = "confirmed"
    """Agreed: it alone holds the time of everybody who takes part."""
    IN_PROGRESS = "in_progress"
    """A teacher has arrived."""
    HELD = "held"
    """It took place; the record is being written, or the family has not confirmed what was agreed."""
    AGREED = "agreed"
    """The guardian has confirmed what was agreed."""
    FOLLOWED_UP = "followed_up"
    """What was agreed was looked at again."""
    CLOSED = "closed"
    """Nothing is open any more; where nothing was agreed there may still be a day to look again."""
    DECLINED = "declined"
    """The family does not want one now. It needs no reason and is held against nobody: the family was reached."""
    CANCELLED = "cancelled"
    """Called off."""
    NO_SHOW = "no_show"
    """Nobody was there."""


S = VisitState
MOVES: dict[VisitState, frozenset[VisitState]] = {
    S.PLANNED: frozenset({S.INVITED, S.ACCEPTED, S.CONFIRMED, S.CANCELLED, S.DECLINED}),
    # Back to 'invited' stands for another form, another time, a companion who cannot: the family chooses again.
    S.INVITED: frozenset({S.INVITED, S.ACCEPTED, S.CONFIRMED, S.DECLINED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.INVITED, S.ACCEPTED, S.CONFIRMED, S.DECLINED, S.CANCELLED}),
    # Confirmed to confirmed is another time that needs nobody's word; to accepted, one that does.
    S.CONFIRMED: frozenset(
        {S.INVITED, S.ACCEPTED, S.CONFIRMED, S.IN_PROGRESS, S.HELD, S.DECLINED, S.CANCELLED, S.NO_SHOW}
    ),
    S.IN_PROGRESS: frozenset({S.CONFIRMED, S.HELD, S.NO_SHOW}),
    S.HELD: frozenset({S.AGREED, S.FOLLOWED_UP, S.CLOSED}),
    S.AGREED: frozenset({S.HELD, S.FOLLOWED_UP, S.CLOSED}),
    S.FOLLOWED_UP: frozenset({S.CLOSED}),
    S.CLOSED: frozenset(),
    S.DECLINED: frozenset(),
    S.CANCELLED: frozenset(),
    S.NO_SHOW: frozenset(),
}

OPEN = (S.PLANNED, S.INVITED, S.ACCEPTED, S.CONFIRMED, S.IN_PROGRESS)
"""States of an appointment that is still to take place: one of each purpose for a pupil."""
HOLDING = (S.CONFIRMED, S.IN_PROGRESS)
"""States that hold people's time."""
TOOK_PLACE = (S.HELD, S.AGREED, S.FOLLOWED_UP, S.CLOSED)
"""States after it was held."""


def froms(to: VisitState) -> tuple[VisitState, ...]:
    """From where a state may be reached."""
    return tuple(one for one, goals in MOVES.items() if to in goals)


class Form(StrEnum):
    """How it is held; the guardian chooses."""

    HOME = "home"
    SCHOOL = "school"
    PUBLIC = "public"
    VIDEO = "video"
    PHONE = "phone"


OUTSIDE = (Form.HOME, Form.PUBLIC)
"""Forms for which teachers go out: two of them by default, with the way between, and a question whether they are back."""


class Purpose(StrEnum):
    """What it is: a home visit in whatever form, or a quarter of an hour of the mentor's set hour."""

    VISIT = "visit"
    HOUR = "hour"


class Says(StrEnum):
    """What the second teacher has said."""

    NOBODY = "nobody"
    ASKED = "asked"
    YES = "yes"
    NO = "no"


class Reply(StrEnum):
    """What a guardian has said to an invitation."""

    INVITED = "invited"
    """Asked, has not answered."""
    HOST = "host"
    """Chose the time: the others are told."""
    JOINED = "joined"
    """Comes along at the time that the other guardian chose."""
    DECLINED = "declined"
