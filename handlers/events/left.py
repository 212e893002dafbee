"""What the clock does where somebody is not there any more: a host, a speaker, a family that had a place."""

from __future__ import annotations

from functools import partial

from handlers.context import SchoolSettings
from handlers.events import offers, reply, shown
from models.events import audience, care, changing, events, kinds, replies
from models.events.care import LEFT
from models.events.tables import Event
from models.unit import Unit


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """Each told once; each by itself, so that one that fails does not keep the others waiting."""
    for lost in care.elsewhere(unit):
        unit.attempt(partial(_host, unit, lost.event_id, lost.reason, school))
    for lost in care.speakers(unit):
        unit.attempt(partial(_speaker, unit, lost.event_id, -lost.reason, school))
    for event_id in care.ended(unit):
        # The host has lost the pupil: it is off, and nobody is told what it was about who does not know it.
        unit.attempt(partial(changing.called_off, unit, event_id, None))
    for event_id in replies.freed(unit):
        unit.attempt(partial(_move_up, unit, event_id, school))


def _host(unit: Unit, event_id: int, reason: int, school: SchoolSettings) -> None:
    """Who acts decides; where nobody does, the chief mentors or the admins."""
    event = events.must(unit, event_id)
    name = events.name_of(unit, event.host_id)
    for person in _deciders(unit, event, gone=reason == LEFT):
        away = "left.host_self" if person == event.host_id else "left.host_away"
        shown.tell_staff(
            unit,
            person,
            event,
            school,
            "left.host_gone" if reason == LEFT else away,
            f"left.{reason}",
            buttons=[("button.lead_open", "evlead")],
            useful_until=event.starts_at,
            name=name,
        )


def _deciders(unit: Unit, event: Event, *, gone: bool) -> list[int]:
    acts = audience.acts(unit, event)
    first = [] if gone and acts == event.host_id else list(audience.reaches(unit, [acts]))
    if kinds.kind_of(event.kind).private:
        return first
    chiefs = [one for one in audience.chiefs(unit, event) if one != event.host_id]
    return first or list(audience.reaches(unit, chiefs)) or list(audience.admins_of(unit, event.school_id))


def _speaker(unit: Unit, event_id: int, person_id: int, school: SchoolSettings) -> None:
    offers.say_cannot(unit, events.must(unit, event_id), person_id, school)


def _move_up(unit: Unit, event_id: int, school: SchoolSettings) -> None:
    moved = replies.move_up(unit, events.must(unit, event_id))
    reply.tell_moved_up(unit, tuple((event_id, one) for one in moved), school)
