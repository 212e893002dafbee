"""Two questions after an event, voluntary: did it help, can it be used at home. Shown in sums of five and five more."""

from __future__ import annotations

from dataclasses import dataclass

from models.base import new_id
from models.events import events
from models.events.rules import DAY
from models.events.states import EventState
from models.events.tables import Event
from models.sums import FEWEST
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
    " ON CONFLICT (event_id, person_id) DO UPDATE SET helped = :value"
)
_USABLE = sql(
    "INSERT INTO event_feedback (id, event_id, person_id, usable, at) VALUES (:id, :event, :person, :value, :now)"
    " ON CONFLICT (event_id, person_id) DO UPDATE SET usable = :value"
)
_OF = sql("SELECT helped, usable FROM event_feedback WHERE event_id = :event AND person_id = :person")
_COUNT = sql(
    "SELECT COUNT(helped) AS many, COALESCE(SUM(helped), 0) AS helped, COUNT(usable) AS used,"
    " COALESCE(SUM(CASE WHEN usable > 1 THEN 1 ELSE 0 END), 0) AS usable FROM event_feedback WHERE event_id = :event"
)
_SHOW_HELPED = sql("UPDATE event SET answers = :many, help_sum = :sum WHERE id = :event AND answers <= :many - :step")
_SHOW_USABLE = sql(
    "UPDATE event SET use_answers = :many, use_sum = :sum WHERE id = :event AND use_answers <= :many - :step"
)


def open_for(event: Event, now_ms: int) -> bool:
    """Whether it can be given, or changed: for two weeks after it was held."""
    return event.state == EventState.HELD and event.closed_at is None and now_ms < event.ends_at + OPEN_DAYS * DAY


def give(unit: Unit, event: Event, person_id: int, *, helped: int | None = None, usable: int | None = None) -> bool:
    """Takes an answer in place of the one before. Rights are the caller's to ask. Raises ValueError for what is no answer."""
    for value, most in ((helped, HELPED), (usable, USABLE)):
        if value is not None and not 1 <= value <= most:
            raise ValueError(value)
    locked = events.lock(unit, event.id)
    if locked is None or not open_for(locked, unit.now_ms):
        return False
    for statement, value in ((_HELPED, helped), (_USABLE, usable)):
        if value is not None:
            unit.write(statement, id=new_id(), event=event.id, person=person_id, value=value, now=unit.now_ms)
    settle(unit, event.id)
    return True


def settle(unit: Unit, event_id: int) -> None:
    """The sums that are shown follow once five more people have answered; until then they stay as they are, whoever changes
    an answer. So nobody's answer can be reckoned out from two looks."""
    row = unit.execute(_COUNT, event=event_id).one()
    unit.write(_SHOW_HELPED, event=event_id, many=row.many, sum=row.helped, step=FEWEST)
    unit.write(_SHOW_USABLE, event=event_id, many=row.used, sum=row.usable, step=FEWEST)


def given(unit: Unit, event_id: int, person_id: int) -> tuple[int | None, int | None]:
    """What somebody has answered to the two questions."""
    row = unit.execute(_OF, event=event_id, person=person_id).first()
    return (None, None) if row is None else (row.helped, row.usable)


def sums(event: Event) -> Sums:
    """What was thought of it, as far as it may be shown."""
    if not event.answers:
        return Sums()
    usable = round(100 * event.use_sum / event.use_answers) if event.use_answers else None
    return Sums(event.answers, event.help_sum / event.answers, usable)
