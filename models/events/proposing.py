"""Which topics fit a class's next parent class: by its stage, its grade and the month, without what it had lately."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from models.base import from_ms
from models.checklist.coverage import stage_names
from models.events import topics
from models.events.rules import DAY
from models.events.tables import Event
from models.events.topics import Topic
from models.unit import Unit, sql

YEAR = 365 * DAY

_CLASSES = sql(
    "SELECT st.name AS stage, sc.grade FROM event_class ec JOIN school_class sc ON sc.id = ec.class_id"
    " JOIN stage st ON st.id = sc.stage_id WHERE ec.event_id = :event ORDER BY sc.id"
)
_GIVEN = sql(
    "SELECT DISTINCT e.topic FROM event e JOIN event_class ec ON ec.event_id = e.id WHERE e.topic <> '' AND e.id <> :event"
    " AND e.state IN ('planned', 'announced', 'held') AND e.starts_at > :since AND e.starts_at < :until"
    " AND (e.first_id IS NULL OR e.first_id <> :event)"
    " AND ec.class_id IN (SELECT class_id FROM event_class WHERE event_id = :event)"
)


def fitting(unit: Unit, event: Event, zone: str) -> list[Topic]:
    """The topics that fit all classes of an event, the best first; what one of them had within a year is left out."""
    rows = unit.execute(_GIVEN, event=event.id, since=event.starts_at - YEAR, until=event.starts_at + YEAR)
    given = {row.topic for row in rows}
    month = from_ms(event.starts_at).astimezone(ZoneInfo(zone)).month
    lists = [
        topics.fitting(*stage_names(row.stage, row.grade), month, given)
        for row in unit.execute(_CLASSES, event=event.id).all()
    ]
    if not lists:
        return [one for one in topics.every() if one.code not in given]
    first, *others = lists
    return [one for one in first if all(one in other for other in others)] or first
