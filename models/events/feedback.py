"""Two questions after an event, voluntary: did it help, can it be used at home. Shown in sums of five and five more."""

from __future__ import annotations

from dataclasses import dataclass

from models.base import new_id
from models.events.rules import DAY
from models.events.states import EventState
from models.events.tables import Event
from models.sums import in_steps
from models.unit import Unit, sql

OPEN_DAYS = 14
HELPED, USABLE = 5, 3
"""The highest answer of each question; the lowest is 1."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Answers in sum; nothing at all (0, None) of fewer than five people."""

    count: int = 0
    helped: float | None = None
    """The mean, 1 to 5."""
    usable: int | None = None
    """The share, in per cent, of those who can use it at home, wholly or in part."""


_HELPED = sql(
    "INSERT INTO event_feedback (id, event_id, person_id, helped, at) VALUES (:id, :event, :person, :value, :now)"
    # Answers count in the order of the first question's: one that comes later must not slip in among those shown already.
    " ON CONFLICT (event_id, person_id) DO UPDATE SET helped = :value,"
    " id = CASE WHEN event_feedback.helped IS NULL THEN :id ELSE event_feedback.id END"
)
_USABLE = sql(
    "INSERT INTO event_feedback (id, event_id, person_id, usable, at) VALUES (:id, :event, :person, :value, :now)"
    " ON CONFLICT (event_id, person_id) DO UPDATE SET usable = :value"
)
_OF = sql("SELECT helped, usable FROM event_feedback WHERE event_id = :event AND person_id = :person")
_ALL = sql(
    "SELECT person_id, helped, usable FROM event_feedback WHERE event_id = :event AND helped IS NOT NULL ORDER BY id"
)


def open_for(event: Event, now_ms: int) -> bool:
    """Whether it can be given, or changed: for two weeks after it was held."""
    return event.state == EventState.HELD and event.closed_at is None and now_ms < event.ends_at + OPEN_DAYS * DAY


def give(unit: Unit, event: Event, person_id: int, *, helped: int | None = None, usable: int | None = None) -> bool:
    """Takes an answer in place of the one before. Rights are the caller's to ask. Raises ValueError for what is no answer."""
    for value, most in ((helped, HELPED), (usable, USABLE)):
        if value is not None and not 1 <= value <= most:
            raise ValueError(value)
    if not open_for(event, unit.now_ms):
        return False
    for statement, value in ((_HELPED, helped), (_USABLE, usable)):
        if value is not None:
            unit.write(statement, id=new_id(), event=event.id, person=person_id, value=value, now=unit.now_ms)
    return True


def given(unit: Unit, event_id: int, person_id: int) -> tuple[int | None, int | None]:
    """What somebody has answered to the two questions."""
    row = unit.execute(_OF, event=event_id, person=person_id).first()
    return (None, None) if row is None else (row.helped, row.usable)


def counted(unit: Unit, event_id: int) -> tuple[int, int, int]:
    """Of the answers that may be shown: how many, the sum of the first, and how many can use it."""
    rows = in_steps(unit.execute(_ALL, event=event_id).all(), lambda row: row.person_id)
    return len(rows), sum(row.helped for row in rows), sum(1 for row in rows if (row.usable or 0) > 1)


def sums(unit: Unit, event: Event) -> Sums:
    """What was thought of it. From the first answer on, in steps of five: nobody's can be reckoned out."""
    if event.closed_at is not None:
        count, helped, usable = event.answers, event.help_sum, event.use_sum
    else:
        count, helped, usable = counted(unit, event.id)
    return Sums() if count == 0 else Sums(count, helped / count, round(100 * usable / count))
