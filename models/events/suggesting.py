"""What to change in the rota because somebody cannot: as little as possible, shown first, done when a person says yes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from zlib import crc32
from zoneinfo import ZoneInfo

from models.base import from_ms
from models.events import audience, planning, rota
from models.events.planning import Setting
from models.events.rota import Why
from models.events.rules import EventRules
from models.events.tables import Event
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Step:
    """One place of a suggestion: who gives it and when, instead of what stands."""

    event_id: int
    host_id: int
    day: date


def own(event: Event) -> bool:
    """Given by its host, not by a guardian or somebody from outside."""
    return event.speaker_id is None and event.sealed_speaker is None


def suggest(
    unit: Unit, event: Event, rules: EventRules, zone: str, classes: Collection[int] | None = None
) -> tuple[list[Step], Why | None]:
    """What to change because this event's host cannot on its day. Nothing and why, where nobody can.

    The event itself may come out with another mentor, with another day, or changed round with another class's. `classes`:
    only these classes' other places may be changed, all where nothing is given. Where a guardian or somebody from outside
    speaks, only who answers for it changes.
    """
    if event.class_id is None or event.month is None:
        return [], Why.NO_TEAM
    day = from_ms(event.starts_at).astimezone(ZoneInfo(zone)).date()
    if not own(event):
        return _answers(unit, event, event.class_id, day)
    term = planning.term_at(unit, event.school_id, event.month, day)
    if term is None:
        return [], Why.NO_TEAM
    row = planning.setting(unit, event.school_id, term.id)
    usual = Setting() if row is None else Setting(row.weekday, row.begins)
    stated = planning.problem(unit, event.school_id, term, usual, rules, zone, keep_announced=True)
    slot = (event.class_id, event.month)
    away = dict(stated.away)
    away[event.host_id] = frozenset(away.get(event.host_id, frozenset()) | {day})
    others = () if classes is None else (one for one in stated.kept if one[0] not in classes)
    fixed = stated.fixed.union(others) - {slot}
    # Only places that stand: filling an open one is not worth leaving this one without anybody.
    days = {one: stated.days[one] for one in stated.kept}
    found = rota.propose(replace(stated, days=days, away=away, fixed=fixed))
    of_slot = {(one.class_id, one.month): one.event_id for one in planning.places(unit, event.school_id, term, zone)}
    steps = [
        Step(of_slot[one.class_id, one.month], one.mentor_id, one.day)
        for one in found.lectures
        if (one.class_id, one.month) in of_slot
        and (one.class_id, one.month) not in fixed
        and stated.kept[one.class_id, one.month] != (one.mentor_id, one.day)
    ]
    if any(one.event_id == event.id for one in steps):
        return steps, None
    why = next((one.why for one in found.unmet if (one.class_id, one.month) == slot), Why.ALL_AWAY)
    return [], why


def _answers(unit: Unit, event: Event, class_id: int, day: date) -> tuple[list[Step], Why | None]:
    """Who could answer for it: the chief mentor first, then the class's other mentors."""
    chief = unit.execute(audience.CHIEF_OF, **{"class": class_id}).first()
    team = planning.teams(unit, event.school_id).get(class_id, ())
    ordered = sorted(team, key=lambda one: (chief is None or one != chief.chief_mentor_id, one))
    for person in ordered:
        if person != event.host_id and not audience.away_at(unit, person, event.starts_at, event.ends_at):
            return [Step(event.id, person, day)], None
    return [], Why.NO_TEAM


def stamp(*places: Event) -> int:
    """A number by which a button knows whether these places still stand as they did: who gives them, and when."""
    said = [
        (one.id, one.host_id, one.speaker_id, bytes(one.sealed_speaker or b""), int(one.starts_at)) for one in places
    ]
    return crc32(repr(said).encode())


def stamp_of(steps: Collection[Step]) -> int:
    """The same for a suggestion: whether it is still the one that was shown."""
    return crc32(repr([(one.event_id, one.host_id, one.day.toordinal()) for one in steps]).encode())


_ROUNDS = sql("SELECT COUNT(*) AS many FROM event_log WHERE event_id = :event AND (what LIKE :who OR what LIKE :when)")


def rounds(unit: Unit, event_id: int) -> int:
    """How often it was given to somebody else, or another day: rises with that alone, so a second press is the same."""
    return int(unit.execute(_ROUNDS, event=event_id, who="%host_id%", when="%starts_at%").one().many)
