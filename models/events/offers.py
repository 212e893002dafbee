"""Guardians who would give a parent class: the chief mentor of the class says yes or no to each offer.

An offer counts as long as its guardian has a child in that class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.contact import FREE
from models.events import allowed, audience, events
from models.events.audience import Invited
from models.events.tables import SpeakerOffer
from models.standing import Reach, Standing, administers, class_label
from models.unit import Unit, sql

LONGEST = 300
MOST = 2
"""Open offers of one guardian."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer with its words and who makes it."""

    id: int
    class_id: int
    group: str
    """The class by name."""
    person_id: int
    name: str
    about: str
    state: str


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class in which a guardian has a child."""

    id: int
    group: str
    person_id: int
    school_id: int


_COLUMNS = (
    "SELECT o.id, o.class_id, o.person_id, o.sealed_about, o.state, sc.grade, sc.name FROM speaker_offer o"
    " JOIN school_class sc ON sc.id = o.class_id"
    f" JOIN person p ON p.id = o.person_id AND p.ended_at IS NULL AND {FREE}"
    " WHERE EXISTS (SELECT 1 FROM guardianship g JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL"
    " WHERE g.person_id = o.person_id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " AND pu.school_class_id = o.class_id)"
)
_OF_CLASS = sql(f"{_COLUMNS} AND o.class_id = :class AND o.state IN ('open', 'approved') ORDER BY o.id")
_OF_PERSON = sql(f"{_COLUMNS} AND o.person_id = :person AND o.state IN ('open', 'approved') ORDER BY o.id")
_ONE = sql(f"{_COLUMNS} AND o.id = :id")
_LED = sql(
    f"{_COLUMNS} AND o.state = 'open' AND EXISTS (SELECT 1 FROM class_team c WHERE c.school_class_id = o.class_id"
    " AND c.until IS NULL AND c.chief_mentor_id = :person) ORDER BY o.id"
)
_WITHOUT_CHIEF = sql(
    f"{_COLUMNS} AND o.state = 'open' AND sc.school_id = :school AND NOT EXISTS (SELECT 1 FROM class_team c"
    " JOIN person q ON q.id = c.chief_mentor_id AND q.ended_at IS NULL AND q.account_id IS NOT NULL"
    " WHERE c.school_class_id = o.class_id AND c.until IS NULL) ORDER BY o.id"
)
_DECIDE = sql("UPDATE speaker_offer SET state = :state, decided_by = :by WHERE id = :id AND state = 'open'")
_WITHDRAW = sql(
    "UPDATE speaker_offer SET state = 'withdrawn' WHERE id = :id AND person_id = :person AND state IN ('open', 'approved')"
)
_UNSAID = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'no longer true'"
    " WHERE state = 'waiting' AND dedupe_key LIKE :keys"
)


def make(unit: Unit, class_id: int, person_id: int, about: str) -> int | None:
    """Keeps an offer. Nothing where this guardian has MOST open ones, or may make none."""
    if allowed.stopped(unit, person_id):
        return None
    if sum(1 for one in of_person(unit, person_id) if one.state == "open") >= MOST:
        return None
    fresh = SpeakerOffer(class_id=class_id, person_id=person_id, sealed_about=b"", state="open", at=unit.now_ms)
    fresh.sealed_about = unit.vault.seal("speaker_offer", fresh.id, "about", about[:LONGEST])
    unit.session.add(fresh)
    unit.session.flush()
    return fresh.id


def _offer(unit: Unit, row: Row[Any]) -> Offer:
    about = unit.vault.open("speaker_offer", row.id, "about", bytes(row.sealed_about))
    name = events.name_of(unit, row.person_id)
    return Offer(row.id, row.class_id, class_label(row.grade, row.name), row.person_id, name, about, row.state)


def of_class(unit: Unit, class_id: int) -> list[Offer]:
    """The offers to a class that are open or were taken up. Rights are the caller's to ask."""
    return [_offer(unit, row) for row in unit.execute(_OF_CLASS, **{"class": class_id}).all()]


def of_person(unit: Unit, person_id: int) -> list[Offer]:
    """The offers of one guardian that are open or were taken up."""
    return [_offer(unit, row) for row in unit.execute(_OF_PERSON, person=person_id).all()]


def one(unit: Unit, offer_id: int) -> Offer | None:
    """An offer, whatever became of it."""
    row = unit.execute(_ONE, id=offer_id).first()
    return None if row is None else _offer(unit, row)


def open_for(unit: Unit, who: Standing) -> list[Offer]:
    """The offers that this account is to answer: of the classes it leads; for an admin, of those without a chief mentor."""
    staff = who.staff
    if staff is None:
        return []
    rows = list(unit.execute(_LED, person=staff.person_id).all())
    for school in administers(unit, who):
        rows += unit.execute(_WITHOUT_CHIEF, school=school).all()
    return [_offer(unit, row) for row in {row.id: row for row in rows}.values()]


def decide(unit: Unit, offer_id: int, person_id: int, *, yes: bool) -> bool:
    """Says yes or no, once. Rights are the caller's to ask."""
    if unit.write(_DECIDE, id=offer_id, by=person_id, state="approved" if yes else "declined") != 1:
        return False
    _unsay(unit, offer_id)
    return True


def withdraw(unit: Unit, offer_id: int, person_id: int) -> bool:
    """Its guardian takes it back; whoever was still to be asked is not."""
    if unit.write(_WITHDRAW, id=offer_id, person=person_id) != 1:
        return False
    _unsay(unit, offer_id)
    return True


def _unsay(unit: Unit, offer_id: int) -> None:
    unit.flush()
    unit.write(_UNSAID, keys=f"offer:{offer_id}:%", now=unit.now_ms)


_OWN = text(
    "SELECT DISTINCT sc.id, sc.grade, sc.name, sc.school_id, g.person_id FROM guardianship g"
    f" JOIN person p ON p.id = g.person_id AND {FREE}"
    " JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL JOIN school_class sc ON sc.id = pu.school_class_id"
    " WHERE g.until IS NULL AND g.confirmed_at IS NOT NULL AND g.person_id IN :people ORDER BY sc.id, g.person_id"
).bindparams(bindparam("people", expanding=True))


def classes(unit: Unit, person_ids: list[int]) -> list[OwnClass]:
    """The classes in which these people have children, each once."""
    found: dict[int, OwnClass] = {}
    for row in unit.execute(_OWN, people=person_ids) if person_ids else []:
        found.setdefault(row.id, OwnClass(row.id, class_label(row.grade, row.name), row.person_id, row.school_id))
    return list(found.values())


_PEOPLE = text(
    "SELECT p.id, p.quiet_from, p.quiet_to, p.hours_from, p.hours_to, p.staff_number, a.bot_id, a.user_id, a.language"
    " FROM person p JOIN account a ON a.id = p.account_id AND a.reachable"
    " WHERE p.ended_at IS NULL AND p.id IN :people ORDER BY p.id"
).bindparams(bindparam("people", expanding=True))


def person(unit: Unit, person_ids: list[int]) -> list[Invited]:
    """How and at which hours these people are told something; who cannot be reached is left out."""
    return [
        Invited(
            row.id,
            Reach(row.bot_id, row.user_id, row.language, True),
            row.staff_number is not None,
            (row.quiet_from, row.quiet_to),
            (row.hours_from, row.hours_to),
            None,
            0,
        )
        for row in (unit.execute(_PEOPLE, people=person_ids).all() if person_ids else [])
    ]


def deciders(unit: Unit, class_id: int) -> tuple[list[Invited], bool]:
    """Who is asked about an offer to a class, and whether that is its chief mentor: otherwise the school's admins."""
    row = unit.execute(audience.CHIEF_OF, **{"class": class_id}).first()
    if row is None:
        return [], False
    chief = person(unit, [] if row.chief_mentor_id is None else [row.chief_mentor_id])
    if chief:
        return chief, True
    return person(unit, list(audience.admins_of(unit, row.school_id))), False


_BOOKED = sql(
    "SELECT e.id FROM event e WHERE e.speaker_id = :person AND e.state IN ('proposed', 'planned', 'announced')"
    " AND e.starts_at > :now AND (e.class_id = :class OR EXISTS (SELECT 1 FROM event_class ec"
    " WHERE ec.event_id = e.id AND ec.class_id = :class)) ORDER BY e.starts_at, e.id"
)


def booked(unit: Unit, one_: Offer) -> list[int]:
    """The events to come of this class that its guardian was chosen to give."""
    rows = unit.execute(_BOOKED, person=one_.person_id, now=unit.now_ms, **{"class": one_.class_id})
    return [row.id for row in rows]
