"""What goes to many is without names of children and families: of the classes that an event is for."""

from __future__ import annotations

from models.events.states import Audience
from models.events.tables import Event
from models.masking import masked, pupils_in
from models.unit import Unit, sql

_CLASSES = {
    Audience.CLASSES: sql("SELECT class_id AS id FROM event_class WHERE event_id = :event"),
    Audience.FAMILIES: sql(
        "SELECT DISTINCT pu.school_class_id AS id FROM event e JOIN mentorship m ON m.mentor_id = e.host_id"
        " AND m.until IS NULL JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL WHERE e.id = :event"
    ),
    Audience.STAFF: sql(
        "SELECT sc.id FROM event e JOIN school_class sc ON sc.school_id = e.school_id WHERE e.id = :event"
    ),
    Audience.GUESTS: sql(
        "SELECT pu.school_class_id AS id FROM event e JOIN pupil pu ON pu.id = e.pupil_id WHERE e.id = :event"
    ),
}


def classes(unit: Unit, event: Event) -> list[int]:
    """The classes whose families, or whose teachers, hear of it."""
    return [row.id for row in unit.execute(_CLASSES[Audience(event.audience)], event=event.id)]


def clean(unit: Unit, event: Event, texts: list[str]) -> list[str]:
    """The texts with '…' in the place of each name of a pupil or a guardian of these classes."""
    return masked(unit, classes(unit, event), texts)


def child_in(unit: Unit, event: Event, written: str) -> str | None:
    """The name of a pupil of these classes that stands in a text; nothing where there is none."""
    return next((name for name in pupils_in(unit, classes(unit, event)) if name in written), None)
