"""Who may no longer have to do with an event: a guardian to whom nothing may go, a speaker who has no child there any
more, a host who has lost the pupil. Nobody is told which of these it is."""

from __future__ import annotations

from models.contact import FREE
from models.events.states import EventState
from models.events.tables import Event
from models.unit import Unit, sql

_MENTORS = (
    "EXISTS (SELECT 1 FROM mentorship m WHERE m.pupil_id = {pupil}.id AND m.mentor_id = {who}.id AND m.until IS NULL)"
)
_CHIEF = (
    "EXISTS (SELECT 1 FROM class_team c WHERE c.school_class_id = {pupil}.school_class_id AND c.chief_mentor_id = {who}.id"
    " AND c.until IS NULL)"
)
TEAM = (
    "(EXISTS (SELECT 1 FROM pupil x WHERE x.id = e.pupil_id AND x.ended_at IS NULL AND ("
    + _MENTORS.format(pupil="x", who="q")
    + " OR "
    + _CHIEF.format(pupil="x", who="q")
    + " OR EXISTS (SELECT 1 FROM mentorship m JOIN pupil y ON y.id = m.pupil_id AND y.ended_at IS NULL"
    " WHERE y.school_class_id = x.school_class_id AND m.mentor_id = q.id AND m.until IS NULL)"
    " OR EXISTS (SELECT 1 FROM role cr WHERE cr.person_id = q.id AND cr.kind = 'counsellor' AND cr.until IS NULL))))"
)
"""SQL: the member of staff `q` has to do with the pupil of the event `e`: mentor, chief mentor, class team, counsellor."""

_STOPPED = sql(f"SELECT 1 FROM person p WHERE p.id = :person AND NOT {FREE}")
HOLDS = (
    "EXISTS (SELECT 1 FROM pupil x JOIN person h ON h.id = e.host_id AND h.ended_at IS NULL AND h.staff_number IS NOT NULL"
    " WHERE x.id = e.pupil_id AND x.ended_at IS NULL AND ("
    + _MENTORS.format(pupil="x", who="h")
    + " OR "
    + _CHIEF.format(pupil="x", who="h")
    + "))"
)
"""SQL: the host of the event `e` has the pupil about whom it is."""
_HOLDS = sql(f"SELECT 1 FROM event e WHERE e.id = :event AND {HOLDS}")
GUARDS = (
    "EXISTS (SELECT 1 FROM event_class ec JOIN pupil pu ON pu.school_class_id = ec.class_id AND pu.ended_at IS NULL"
    " JOIN guardianship g ON g.pupil_id = pu.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " WHERE ec.event_id = {event} AND g.person_id = p.id)"
)
"""SQL: the person `p` has a child in a class of the event."""
_SPEAKS = sql(
    "SELECT 1 FROM person p WHERE p.id = :person AND p.ended_at IS NULL"
    f" AND {FREE} AND (:over = 1 OR {GUARDS.format(event=':event')})"
)


def stopped(unit: Unit, person_id: int) -> bool:
    """Whether nothing may go to this person now."""
    return unit.execute(_STOPPED, person=person_id).first() is not None


def holds(unit: Unit, event: Event) -> bool:
    """Whether the host still has the pupil about whom a consultation is: as the mentor, or chief mentor of the class."""
    if event.pupil_id is None:
        return True
    return unit.execute(_HOLDS, event=event.id).first() is not None


def speaker(unit: Unit, event: Event) -> int | None:
    """The guardian who gives it, as long as that guardian has a child in a class of it and may be written to."""
    return event.speaker_id if event.speaker_id is not None and _speaks(unit, event, over=False) else None


def named(unit: Unit, event: Event) -> int:
    """Whose name stands with it: the guardian's who gives it, or did; otherwise the host's."""
    if event.speaker_id is None:
        return event.host_id
    return event.speaker_id if _speaks(unit, event, over=event.state == EventState.HELD) else event.host_id


def _speaks(unit: Unit, event: Event, *, over: bool) -> bool:
    row = unit.execute(_SPEAKS, person=event.speaker_id, event=event.id, over=int(over)).first()
    return row is not None
