"""What who gives an event is asked by the clock: the topic, whether it was held, the open questions. Each once and, where
that matters, once more."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from models.base import from_ms, to_ms
from models.calendar import calendar_of
from models.events import allowed, audience, kinds
from models.events.rules import DAY, HOUR, MINUTE, EventRules
from models.events.states import AHEAD
from models.events.tables import Event
from models.hours import FAR, at_minute
from models.unit import Unit, sql

AGAIN_DAYS = 10
"""So many days before it the topic is asked for a second time."""
AFTER = 15 * MINUTE
"""So long after its end it is asked whether it was held ..."""
OLD = 7 * DAY
"""... and no more when it ended longer ago than this."""
MORNING = 480
"""Minutes after midnight at which the question is asked again ..."""
NIGHT = 8 * HOUR
"""... which is always so long after the end: an earlier question was the first one."""
MOST = 100

_AHEAD = ", ".join(f"'{one.value}'" for one in AHEAD)
_TOPIC = sql(
    "SELECT id, topic_asked_at, starts_at FROM event WHERE state = 'planned' AND kind = :kind AND topic = ''"
    " AND vote = '' AND first_id IS NULL AND starts_at > :now AND starts_at <= :until"
    " AND (topic_asked_at IS NULL OR (topic_asked_at < starts_at - :again AND starts_at - :again <= :now))"
    " ORDER BY starts_at, id LIMIT :most"
)
_OVER = (
    f"SELECT id, school_id, ends_at FROM event WHERE state IN ({_AHEAD}) AND starts_at > :oldest AND ends_at <= :ended"
)
_HELD = sql(f"{_OVER} AND held_asked_at IS NULL ORDER BY ends_at, id LIMIT :most")
_HELD_AGAIN = sql(f"{_OVER} AND held_asked_at < ends_at + :night ORDER BY ends_at, id")
_QUESTIONS = sql(
    f"SELECT e.id FROM event e WHERE e.state IN ({_AHEAD}, 'held') AND e.closed_at IS NULL AND e.ends_at <= :ended"
    " AND e.questions_asked_at IS NULL AND EXISTS (SELECT 1 FROM event_question q WHERE q.event_id = e.id"
    " AND q.told_at IS NULL) ORDER BY e.ends_at, e.id LIMIT :most"
)
_MARK = {
    column: sql(
        f"UPDATE event SET {column} = :now WHERE id = :id AND ({column} IS NULL OR {column} < :before)",
    )
    for column in ("topic_asked_at", "held_asked_at", "questions_asked_at")
}


def givers(unit: Unit, event: Event) -> list[int]:
    """Who is asked about an event: who acts as its host, and a guardian who gives it."""
    acts = audience.acts(unit, event)
    return sorted({acts, allowed.speaker(unit, event) or acts} if allowed.holds(unit, event) else ())


def topics_due(unit: Unit, rules: EventRules) -> list[tuple[int, int]]:
    """Parent classes whose topic is to be asked for now, marked as asked: event, and the first or the second time."""
    now, again = unit.now_ms, AGAIN_DAYS * DAY
    rows = unit.execute(
        _TOPIC, kind=kinds.CLASS, now=now, until=now + rules.topic_days * DAY, again=again, most=MOST
    ).all()
    found = []
    for row in rows:
        if _mark(unit, "topic_asked_at", row.id, row.starts_at - again):
            found.append((row.id, 1 if row.topic_asked_at is None else 2))
    return found


def held_due(unit: Unit, zone: str) -> list[tuple[int, int]]:
    """Events that are over and of which nobody has said whether they were held, marked as asked: event, and the first or
    the second time, which is the next school morning."""
    now = unit.now_ms
    first = unit.execute(_HELD, oldest=now - OLD, ended=now - AFTER, most=MOST).all()
    found = [(row.id, 1) for row in first if _mark(unit, "held_asked_at", row.id, 0)]
    # All of them are looked at, so that those whose morning has not come are not in the way of the others.
    for row in unit.execute(_HELD_AGAIN, oldest=now - OLD, ended=now - NIGHT, night=NIGHT).all():
        morning = _morning(unit, row.school_id, row.ends_at + AFTER, zone)
        if len(found) < MOST and now >= morning and _mark(unit, "held_asked_at", row.id, morning):
            found.append((row.id, 2))
    return found


def questions_due(unit: Unit, rules: EventRules) -> list[int]:
    """Events whose open questions are to be answered now, marked as asked."""
    rows = unit.execute(_QUESTIONS, ended=unit.now_ms - rules.questions_days * DAY, most=MOST).all()
    return [row.id for row in rows if _mark(unit, "questions_asked_at", row.id, 0)]


def _mark(unit: Unit, column: str, event_id: int, before: int) -> bool:
    """Whether this process is the one that asks."""
    return unit.write(_MARK[column], id=event_id, now=unit.now_ms, before=before) == 1


def _morning(unit: Unit, school_id: int, after_ms: int, zone: str) -> int:
    """The morning of the next school day, milliseconds since 1970."""
    place = ZoneInfo(zone)
    calendar = calendar_of(unit, school_id, zone)
    day = from_ms(after_ms).astimezone(place).date() + timedelta(days=1)
    for _ in range(FAR):
        if calendar.is_school_day(day):
            break
        day += timedelta(days=1)
    return to_ms(at_minute(day, MORNING, place))
