"""Other events at the same time for some of the same people: a person decides whether that matters."""

from __future__ import annotations

from models.events import events
from models.events.audience import whom
from models.events.states import AHEAD, Audience
from models.events.tables import Event
from models.unit import Unit, sql

_AHEAD = "({})".format(", ".join(f"'{one.value}'" for one in AHEAD))
_OVERLAPS = (
    f"o.state IN {_AHEAD} AND o.id <> :event AND o.starts_at < :ends AND o.ends_at > :starts"
    " AND COALESCE(o.first_id, o.id) <> :first"
)
_GUARDIANS = (
    " JOIN guardianship og ON og.pupil_id = op.id AND og.until IS NULL AND og.confirmed_at IS NOT NULL"
    " JOIN person p ON p.id = og.person_id"
)
_FOUND = {
    one: sql(
        "SELECT o.id FROM event o JOIN event_class oc ON oc.event_id = o.id"
        " JOIN pupil op ON op.school_class_id = oc.class_id AND op.ended_at IS NULL"
        f"{_GUARDIANS} WHERE o.audience = 'classes' AND {_OVERLAPS} AND {whom(one)}"
        " UNION SELECT o.id FROM event o JOIN mentorship om ON om.mentor_id = o.host_id AND om.until IS NULL"
        " JOIN pupil op ON op.id = om.pupil_id AND op.ended_at IS NULL"
        f"{_GUARDIANS} WHERE o.audience = 'families' AND {_OVERLAPS} AND {whom(one)}"
        f" UNION SELECT o.id FROM event o WHERE o.host_id = :host AND {_OVERLAPS}"
        f" UNION SELECT o.id FROM event o WHERE o.audience = 'staff' AND o.school_id = :school AND :staff AND {_OVERLAPS}"
    )
    for one in Audience
}


def found(unit: Unit, event: Event) -> list[Event]:
    """Events within the same hours that share a family with it, or who gives it; for staff, other events for staff.

    What is private shows to its own host only. Other dates of the same event are none.
    """
    rows = unit.execute(
        _FOUND[Audience(event.audience)],
        event=event.id,
        first=event.first_id or event.id,
        starts=event.starts_at,
        ends=event.ends_at,
        host=event.host_id,
        school=event.school_id,
        staff=event.audience == Audience.STAFF,
    ).all()
    return sorted((events.must(unit, row.id) for row in rows), key=lambda one: (one.starts_at, one.id))
