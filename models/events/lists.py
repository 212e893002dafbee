"""Which events somebody sees: those to which one is invited, and those that one has a hand in."""

from __future__ import annotations

from models.events import allowed, audience, events, kinds
from models.events.rules import DAY
from models.events.states import Audience, EventState
from models.events.tables import Event
from models.standing import Standing
from models.unit import Unit, sql

PAST = 200 * DAY
"""So long back lists go: a term and a holiday."""

_INVITED = sql(
    "SELECT DISTINCT e.id, e.starts_at FROM event e WHERE e.state IN ('announced', 'held', 'cancelled', 'not_held')"
    # Another date stands in the first one's invitation; once that is over it stands for itself.
    " AND (e.first_id IS NULL OR NOT EXISTS (SELECT 1 FROM event f WHERE f.id = e.first_id"
    " AND f.state IN ('planned', 'announced') AND f.ends_at > :now))"
    " AND e.ends_at > :since AND (EXISTS (SELECT 1 FROM event_class ec"
    " JOIN pupil pu ON pu.school_class_id = ec.class_id AND pu.ended_at IS NULL JOIN guardianship g"
    " ON g.pupil_id = pu.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " WHERE ec.event_id = e.id AND e.audience = 'classes' AND g.person_id = :person)"
    " OR (e.audience = 'families' AND EXISTS (SELECT 1 FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id"
    " AND pu.ended_at IS NULL JOIN guardianship g ON g.pupil_id = pu.id AND g.until IS NULL"
    " AND g.confirmed_at IS NOT NULL WHERE m.mentor_id = e.host_id AND m.until IS NULL AND g.person_id = :person))"
    " OR (e.audience = 'guests' AND EXISTS (SELECT 1 FROM event_guest eg JOIN person q ON q.id = eg.person_id"
    " WHERE eg.event_id = e.id AND eg.person_id = :person AND (q.staff_number IS NOT NULL OR e.pupil_id IS NULL"
    " OR EXISTS (SELECT 1 FROM guardianship g WHERE g.pupil_id = e.pupil_id AND g.person_id = q.id"
    " AND g.until IS NULL AND g.confirmed_at IS NOT NULL))))"
    " OR (e.audience = 'staff' AND EXISTS (SELECT 1 FROM person p JOIN role r ON r.person_id = p.id"
    " AND r.kind = 'mentor' AND r.until IS NULL WHERE p.id = :person AND p.school_id = e.school_id)))"
    " ORDER BY e.starts_at, e.id"
)
_MINE = sql(
    "SELECT e.id FROM event e WHERE (e.host_id = :person OR e.speaker_id = :person OR e.host_id IN"
    " (SELECT a.mentor_id FROM absence a WHERE a.substitute_id = :person AND a.cancelled_at IS NULL"
    " AND a.starts_at <= :now AND a.ends_at > :now)) AND e.state <> 'proposed' AND e.ends_at > :since"
    " ORDER BY e.starts_at, e.id"
)


def invited(unit: Unit, who: Standing) -> list[Event]:
    """The events to which this account is invited, of this term and a while before, the earliest first."""
    found: dict[int, Event] = {}
    for person in who.person_ids:
        if allowed.stopped(unit, person):
            continue
        for row in unit.execute(_INVITED, person=person, since=unit.now_ms - PAST, now=unit.now_ms).all():
            event = events.must(unit, row.id)
            if event.audience != Audience.GUESTS or audience.invited_as(unit, event, [person]) is not None:
                found.setdefault(row.id, event)
    return sorted(found.values(), key=lambda one: (one.starts_at, one.id))


def mine(unit: Unit, who: Standing) -> list[Event]:
    """The events that this account gives or answers for, the earliest first."""
    found: dict[int, Event] = {}
    for person in who.person_ids:
        for row in unit.execute(_MINE, person=person, since=unit.now_ms - PAST, now=unit.now_ms).all():
            event = events.must(unit, row.id)
            # Who covers for a host does so in all that is not private.
            private = kinds.kind_of(event.kind).private
            if (not private or event.host_id in who.person_ids) and audience.leads(unit, event, who) is not None:
                found.setdefault(row.id, event)
    return sorted(found.values(), key=lambda one: (one.starts_at, one.id))


def ahead(found: list[Event], now_ms: int) -> list[Event]:
    """Those that are to come or going on."""
    return [one for one in found if one.ends_at > now_ms and one.state in (EventState.PLANNED, EventState.ANNOUNCED)]


def past(found: list[Event], now_ms: int) -> list[Event]:
    """Those that were held, and those whose time has passed, the latest first."""
    return [
        one
        for one in reversed(found)
        if one.state == EventState.HELD or (one.ends_at <= now_ms and one.state != EventState.CANCELLED)
    ]


_OTHERS = sql("SELECT id FROM event WHERE first_id = :event ORDER BY starts_at, id")


def sessions_of(unit: Unit, first: Event) -> list[Event]:
    """The further dates of an event."""
    return [events.must(unit, row.id) for row in unit.execute(_OTHERS, event=first.id).all()]
