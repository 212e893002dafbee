"""What a sender can choose from: classes with their grades, schools, events. Rights are asked in allowed.py once more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.events import events, kinds
from models.events.rules import DAY
from models.events.states import Audience as EventAudience
from models.events.tables import Event
from models.notices import allowed
from models.notices.audience import Audience
from models.notices.states import Level
from models.notices.tables import Notice
from models.standing import Standing, administers, class_label
from models.unit import Unit, sql

MOST_EVENTS = 20
_BACK, _FORTH = 60 * DAY, 120 * DAY


@dataclass(frozen=True, slots=True)
class Class:
    """A class that can be chosen, and its grade: one of a stage."""

    id: int
    label: str
    grade: str
    stage_id: int

    @property
    def group(self) -> tuple[int, str]:
        """Its grade, of which there is one in each stage."""
        return self.stage_id, self.grade


_CLASSES = (
    "SELECT sc.id, sc.grade, sc.name, sc.stage_id FROM school_class sc WHERE {}"
    " ORDER BY sc.stage_id, sc.grade, sc.name, sc.id"
)
_OF_SCHOOLS = text(_CLASSES.format("sc.school_id IN :schools")).bindparams(bindparam("schools", expanding=True))
_THESE = text(_CLASSES.format("sc.id IN :classes")).bindparams(bindparam("classes", expanding=True))
_SCHOOLS = sql("SELECT id, name FROM school ORDER BY name, id")


def _listed(rows: Iterable[Row[Any]]) -> list[Class]:
    return [Class(row.id, class_label(row.grade, row.name), row.grade, row.stage_id) for row in rows]


def classes(unit: Unit, notice: Notice, whom: Audience) -> list[Class]:
    """The classes among which the sender chooses: those that the author leads, or those of the chosen schools."""
    if notice.level == Level.CLASS:
        led = allowed.classes_led(unit, notice.author_id)
        return _listed(unit.execute(_THESE, classes=led)) if led else []
    if notice.level == Level.SCHOOL and whom.schools:
        return _listed(unit.execute(_OF_SCHOOLS, schools=list(whom.schools)))
    return []


def chosen(unit: Unit, whom: Audience) -> list[Class]:
    """The classes that an audience is narrowed to."""
    return _listed(unit.execute(_THESE, classes=list(whom.classes))) if whom.classes else []


def grades(found: list[Class]) -> list[tuple[Class, list[int]]]:
    """Each grade by its first class, with the ids of all its classes."""
    groups: dict[tuple[int, str], list[Class]] = {}
    for one in found:
        groups.setdefault(one.group, []).append(one)
    return [(several[0], [one.id for one in several]) for several in groups.values()]


def schools(unit: Unit) -> list[tuple[int, str]]:
    """All schools of the deployment: id and name."""
    return [(row.id, row.name) for row in unit.execute(_SCHOOLS)]


def begins_with(unit: Unit, who: Standing, level: Level) -> Audience:
    """The audience that a new notice of that level begins with."""
    staff = who.staff
    if level is Level.MENTOR:
        return Audience(mentor=staff.person_id if staff else 0)
    if level is Level.CLASS:
        led = allowed.classes_led(unit, staff.person_id) if staff else []
        return Audience(classes=tuple(led) if len(led) == 1 else ())
    if level is Level.SCHOOL:
        return Audience(schools=tuple(administers(unit, who)))
    return Audience()


_EVENTS = (
    "SELECT e.id FROM event e WHERE e.state IN ('announced', 'held') AND e.ends_at > :since AND e.starts_at < :until"
    " AND {} ORDER BY e.starts_at DESC, e.id LIMIT :most"
)
_BY_SCHOOL = text(_EVENTS.format("e.school_id IN :those")).bindparams(bindparam("those", expanding=True))
_BY_CLASS = text(
    _EVENTS.format("EXISTS (SELECT 1 FROM event_class ec WHERE ec.event_id = e.id AND ec.class_id IN :those)")
).bindparams(bindparam("those", expanding=True))
_BY_HOST = text(_EVENTS.format("(e.host_id IN :those OR e.speaker_id IN :those)")).bindparams(
    bindparam("those", expanding=True)
)
_ALL = sql(_EVENTS.format("1 = 1"))


def events_of(unit: Unit, notice: Notice, whom: Audience, *, ahead: bool) -> list[Event]:
    """Events whose sign-ups the sender may write to, or (`ahead`) for which the notice may carry the button: those of the
    own schools, classes, or that the author gives. Private ones are never among them."""
    values = {
        "since": unit.now_ms if ahead else unit.now_ms - _BACK,
        "until": unit.now_ms + _FORTH,
        "most": MOST_EVENTS,
    }
    level = Level(notice.level)
    if not allowed.speaks_for(unit, notice):
        return []
    if level is Level.CENTRE and not whom.schools:
        rows = unit.execute(_ALL, **values).all()
    else:
        statement, those = {
            Level.CENTRE: (_BY_SCHOOL, list(whom.schools)),
            Level.SCHOOL: (_BY_SCHOOL, list(whom.schools)),
            Level.CLASS: (_BY_CLASS, allowed.classes_led(unit, notice.author_id)),
            Level.MENTOR: (_BY_HOST, [notice.author_id]),
        }[level]
        rows = unit.execute(statement, **values, those=those).all() if those else []
    found = [events.must(unit, row.id) for row in rows]
    return [one for one in found if not kinds.kind_of(one.kind).private and one.audience != EventAudience.GUESTS]
