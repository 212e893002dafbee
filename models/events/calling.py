"""Who may call which kind of event, for whom: asked when it is put together, and again when it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.events import audience, events, kinds
from models.events.drafts import Draft
from models.events.kinds import EventKind
from models.events.states import AHEAD, Audience
from models.events.tables import Event
from models.safeguarding.cases import is_stopped
from models.standing import Standing, administers, class_label, families
from models.unit import Unit, sql

MOST_DATES = 5
"""Dates of one event: each is a button below the invitation."""


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil about whom one may call a consultation."""

    id: int
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who may be asked to a consultation. `relation` is a guardian's to the pupil, empty for staff."""

    person_id: int
    name: str
    role: str
    """guardian, mentor, chief, team, counsellor."""
    relation: str
    joined: bool


_CLASSES = sql("SELECT id, grade, name FROM school_class WHERE school_id = :school ORDER BY grade, name")
_PUPILS = sql(
    "SELECT pu.id, pu.sealed_name, sc.grade, sc.name FROM pupil pu JOIN school_class sc ON sc.id = pu.school_class_id"
    " WHERE pu.ended_at IS NULL AND pu.school_id = :school AND (EXISTS (SELECT 1 FROM mentorship m"
    " WHERE m.pupil_id = pu.id AND m.mentor_id = :me AND m.until IS NULL) OR EXISTS (SELECT 1 FROM class_team c"
    " WHERE c.school_class_id = pu.school_class_id AND c.chief_mentor_id = :me AND c.until IS NULL))"
    " ORDER BY sc.grade, sc.name, pu.id"
)
_STAFF = sql(
    "SELECT p.id, p.sealed_name, p.account_id, CASE WHEN EXISTS (SELECT 1 FROM mentorship m WHERE m.pupil_id = :pupil"
    " AND m.mentor_id = p.id AND m.until IS NULL) THEN 'mentor'"
    " WHEN EXISTS (SELECT 1 FROM class_team c JOIN pupil x ON x.school_class_id = c.school_class_id"
    " WHERE x.id = :pupil AND c.chief_mentor_id = p.id AND c.until IS NULL) THEN 'chief'"
    " WHEN EXISTS (SELECT 1 FROM mentorship m JOIN pupil y ON y.id = m.pupil_id AND y.ended_at IS NULL"
    " JOIN pupil x ON x.school_class_id = y.school_class_id WHERE x.id = :pupil AND m.mentor_id = p.id"
    " AND m.until IS NULL) THEN 'team'"
    " WHEN EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id AND r.kind = 'counsellor' AND r.until IS NULL)"
    " THEN 'counsellor' ELSE '' END AS role FROM person p"
    " WHERE p.school_id = :school AND p.staff_number IS NOT NULL AND p.ended_at IS NULL AND p.id <> :me ORDER BY p.id"
)
_GUARDIANS = sql(
    "SELECT g.person_id, g.relation, p.account_id FROM guardianship g JOIN person p ON p.id = g.person_id"
    " AND p.ended_at IS NULL WHERE g.pupil_id = :pupil AND g.until IS NULL AND g.confirmed_at IS NOT NULL ORDER BY g.id"
)
_ROLES = ("guardian", "mentor", "chief", "team", "counsellor")


def kinds_for(unit: Unit, who: Standing) -> list[EventKind]:
    """The kinds that this account may call: none where there is nobody whom it could invite to one."""
    staff = who.staff
    if staff is None:
        return []
    own = any(line.mentor_id == staff.person_id for line in families(unit, who))
    may = {
        Audience.FAMILIES: own,
        Audience.CLASSES: bool(classes_for(unit, who)),
        Audience.GUESTS: bool(pupils_for(unit, who)),
        Audience.STAFF: True,
    }
    admin = staff.school_id in administers(unit, who)
    chief = admin or bool(audience.classes_led(unit, staff.person_id))
    rank = {kinds.MENTOR: True, kinds.CHIEF: chief, kinds.ADMIN: admin}
    return [one for one in kinds.every() if rank[one.by] and may[one.audience]]


def classes_for(unit: Unit, who: Standing) -> dict[int, str]:
    """The classes that one may invite, by name: those of which one is chief mentor, for an admin all of the school."""
    staff = who.staff
    if staff is None:
        return {}
    led = None if staff.school_id in administers(unit, who) else set(audience.classes_led(unit, staff.person_id))
    return {
        row.id: class_label(row.grade, row.name)
        for row in unit.execute(_CLASSES, school=staff.school_id)
        if led is None or row.id in led
    }


def pupils_for(unit: Unit, who: Standing) -> dict[int, Pupil]:
    """About whom one may call a consultation: own pupils, and those of a class of which one is chief mentor."""
    staff = who.staff
    if staff is None:
        return {}
    return {
        row.id: Pupil(
            row.id,
            unit.vault.open("pupil", row.id, "name", row.sealed_name),
            class_label(row.grade, row.name),
        )
        for row in unit.execute(_PUPILS, school=staff.school_id, me=staff.person_id)
    }


def guests_for(unit: Unit, who: Standing, pupil_id: int) -> list[Guest]:
    """Who may be asked to a consultation about a pupil: guardians, the mentor, the class team, counsellors.

    A guardian to whom nothing may go now is not among them. Rights on the pupil are the caller's to ask.
    """
    staff = who.staff
    if staff is None:
        return []
    found = [
        Guest(row.person_id, "", "guardian", row.relation, row.account_id is not None)
        for row in unit.execute(_GUARDIANS, pupil=pupil_id).all()
        if not is_stopped(unit, row.person_id) and row.person_id not in who.person_ids
    ]
    found += [
        Guest(
            row.id, unit.vault.open("person", row.id, "name", row.sealed_name), row.role, "", row.account_id is not None
        )
        for row in unit.execute(_STAFF, pupil=pupil_id, school=staff.school_id, me=staff.person_id)
        if row.role
    ]
    return sorted(found, key=lambda one: _ROLES.index(one.role))


def may_add(unit: Unit, first: Event, who: Standing) -> bool:
    """Whether this account may give an event another date: staff who answer for it."""
    staff = who.staff
    return staff is not None and audience.leads(unit, first, who) == staff.person_id


def may(unit: Unit, who: Standing, one: Draft) -> bool:
    """Whether this account may send that draft now."""
    staff = who.staff
    if staff is None:
        return False
    if one.first_id is not None:
        first = events.one(unit, one.first_id)
        return first is not None and first.state in AHEAD and may_add(unit, first, who)
    if one.host_id != staff.person_id or one.kind not in {kind.code for kind in kinds_for(unit, who)}:
        return False
    wanted = one.of_kind.audience
    if wanted is Audience.CLASSES:
        return bool(one.classes) and set(one.classes) <= classes_for(unit, who).keys()
    if wanted is Audience.GUESTS:
        known = {guest.person_id for guest in guests_for(unit, who, one.pupil_id or 0)}
        return one.pupil_id in pupils_for(unit, who) and bool(one.guests) and set(one.guests) <= known
    return True


_NAMES = text(
    "SELECT pu.id, pu.sealed_name FROM pupil pu WHERE pu.ended_at IS NULL AND (pu.school_class_id IN :classes"
    " OR pu.school_class_id IN (SELECT x.school_class_id FROM pupil x JOIN mentorship m ON m.pupil_id = x.id"
    " AND m.until IS NULL WHERE m.mentor_id = :host AND x.ended_at IS NULL))"
).bindparams(bindparam("classes", expanding=True))


def child_in(unit: Unit, one: Draft, written: str) -> str | None:
    """The name of a child that stands in a text which goes to many families; nothing where there is none."""
    if one.of_kind.audience not in (Audience.CLASSES, Audience.FAMILIES):
        return None
    rows = unit.execute(_NAMES, classes=list(one.classes) or [0], host=one.host_id)
    names = (unit.vault.open("pupil", row.id, "name", row.sealed_name) for row in rows)
    return next((name for name in names if name in written), None)


_WITHOUT = {
    Audience.CLASSES: "pu.school_class_id IN (SELECT ec.class_id FROM event_class ec WHERE ec.event_id = :event)",
    Audience.FAMILIES: "EXISTS (SELECT 1 FROM event e JOIN mentorship m ON m.mentor_id = e.host_id AND m.until IS NULL"
    " WHERE e.id = :event AND m.pupil_id = pu.id)",
}
_SILENT = {
    one: sql(
        f"SELECT COUNT(*) AS many FROM pupil pu WHERE pu.ended_at IS NULL AND {where} AND NOT EXISTS (SELECT 1"
        " FROM guardianship g WHERE g.pupil_id = pu.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL)"
    )
    for one, where in _WITHOUT.items()
}


def without_family(unit: Unit, event: Event) -> int:
    """For how many pupils nobody has joined: those families have to be told in another way."""
    statement = _SILENT.get(Audience(event.audience))
    return 0 if statement is None else int(unit.execute(statement, event=event.id).one().many)
