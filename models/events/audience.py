"""Who is invited, who is in charge, and who may see what: every read of an event starts here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.contact import FREE
from models.events import allowed, kinds
from models.events.states import Audience, EventState
from models.events.tables import Event
from models.standing import Reach, Standing, administers
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who is invited and has joined. `reach.reachable` is false for who has stopped the bot."""

    person_id: int
    reach: Reach
    staff: bool
    quiet: tuple[int, int]
    hours: tuple[int, int]
    reply: str | None
    people: int


_ALL = {
    Audience.CLASSES: "p.id IN (SELECT g.person_id FROM event_class ec"
    " JOIN pupil pu ON pu.school_class_id = ec.class_id AND pu.ended_at IS NULL"
    " JOIN guardianship g ON g.pupil_id = pu.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " WHERE ec.event_id = :event)",
    Audience.FAMILIES: "p.id IN (SELECT g.person_id FROM event e JOIN mentorship m ON m.mentor_id = e.host_id"
    " AND m.until IS NULL JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " JOIN guardianship g ON g.pupil_id = pu.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " WHERE e.id = :event)",
    Audience.STAFF: "p.staff_number IS NOT NULL AND p.id IN (SELECT r.person_id FROM event e"
    " JOIN person q ON q.school_id = e.school_id"
    " JOIN role r ON r.person_id = q.id AND r.kind = 'mentor' AND r.until IS NULL WHERE e.id = :event)",
    # A guardian as long as it is the pupil's, staff as long as the pupil is one of theirs.
    Audience.GUESTS: "p.id IN (SELECT eg.person_id FROM event_guest eg JOIN event e ON e.id = eg.event_id"
    f" JOIN person q ON q.id = eg.person_id WHERE eg.event_id = :event AND ((q.staff_number IS NOT NULL AND {allowed.TEAM})"
    " OR e.pupil_id IS NULL OR EXISTS (SELECT 1 FROM guardianship g WHERE g.pupil_id = e.pupil_id"
    " AND g.person_id = q.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL)))",
}
_WHO = {one: f"{who} AND {FREE}" for one, who in _ALL.items()}


def whom(one: Audience) -> str:
    """SQL: the person `p` is invited to the event :event."""
    return _WHO[one]


_FROM = (
    " FROM person p LEFT JOIN account a ON a.id = p.account_id"
    " LEFT JOIN event_reply r ON r.event_id = :event AND r.person_id = p.id"
    " WHERE p.ended_at IS NULL AND {who}"
)
_PEOPLE = {
    one: sql(
        "SELECT p.id AS person_id, a.bot_id, a.user_id, a.language, a.reachable, p.quiet_from, p.quiet_to,"
        " p.hours_from, p.hours_to, p.staff_number, r.reply, r.people"
        + _FROM.format(who=who)
        + " AND p.account_id IS NOT NULL AND p.id > :after ORDER BY p.id LIMIT :most"
    )
    for one, who in _WHO.items()
}
_MEMBER = {
    one: text("SELECT p.id" + _FROM.format(who=who) + " AND p.id IN :people").bindparams(
        bindparam("people", expanding=True)
    )
    for one, who in _WHO.items()
}
_COUNT = {
    one: sql(
        "SELECT COUNT(*) AS everyone, SUM(CASE WHEN p.account_id IS NOT NULL AND a.reachable THEN 1 ELSE 0 END) AS reached"
        + _FROM.format(who=who)
    )
    for one, who in _WHO.items()
}


def people(unit: Unit, event: Event, after: int = 0, most: int = 100_000) -> list[Invited]:
    """Those who are invited and have joined, in the order of their ids, from the one after `after`."""
    rows = unit.execute(_PEOPLE[Audience(event.audience)], event=event.id, after=after, most=most)
    return [_invited(row) for row in rows]


def _invited(row: Row[Any]) -> Invited:
    return Invited(
        row.person_id,
        Reach(row.bot_id, row.user_id, row.language, bool(row.reachable)),
        row.staff_number is not None,
        (row.quiet_from, row.quiet_to),
        (row.hours_from, row.hours_to),
        row.reply,
        row.people or 0,
    )


def count(unit: Unit, event: Event) -> tuple[int, int]:
    """How many are invited of those who have joined or not, and how many of them can be reached now."""
    row = unit.execute(_COUNT[Audience(event.audience)], event=event.id).one()
    return int(row.everyone), int(row.reached or 0)


def invited_as(unit: Unit, event: Event, person_ids: list[int]) -> int | None:
    """As which of these people an account is invited today; nothing where it is not, or the event is not out yet."""
    if not person_ids or event.state == EventState.PROPOSED:
        return None
    row = unit.execute(_MEMBER[Audience(event.audience)], event=event.id, people=person_ids).first()
    return None if row is None else int(row.id)


_NAMES = {
    Audience.CLASSES: "SELECT g.person_id, pu.id, pu.sealed_name FROM event_class ec"
    " JOIN pupil pu ON pu.school_class_id = ec.class_id AND pu.ended_at IS NULL"
    " JOIN guardianship g ON g.pupil_id = pu.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " WHERE ec.event_id = :event",
    Audience.FAMILIES: "SELECT g.person_id, pu.id, pu.sealed_name FROM event e JOIN mentorship m"
    " ON m.mentor_id = e.host_id AND m.until IS NULL JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " JOIN guardianship g ON g.pupil_id = pu.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL WHERE e.id = :event",
    # Staff have to know whom it is about, too.
    Audience.GUESTS: "SELECT g.person_id, pu.id, pu.sealed_name FROM event e JOIN pupil pu ON pu.id = e.pupil_id"
    " JOIN event_guest g ON g.event_id = e.id JOIN person p ON p.id = g.person_id WHERE e.id = :event"
    " AND (p.staff_number IS NOT NULL OR EXISTS (SELECT 1 FROM guardianship x WHERE x.pupil_id = pu.id"
    " AND x.person_id = p.id AND x.until IS NULL AND x.confirmed_at IS NOT NULL))",
}
_CHILDREN = {
    one: text(f"{select} AND g.person_id IN :people ORDER BY pu.id").bindparams(bindparam("people", expanding=True))
    for one, select in _NAMES.items()
}


def children(unit: Unit, event: Event, person_ids: list[int]) -> dict[int, list[str]]:
    """The names of each guardian's own children because of whom that guardian is invited; for staff, whom it is about."""
    statement = _CHILDREN.get(Audience(event.audience))
    found: dict[int, list[str]] = {}
    if statement is None or not person_ids:
        return found
    for row in unit.execute(statement, event=event.id, people=person_ids):
        found.setdefault(row.person_id, []).append(unit.vault.open("pupil", row.id, "name", row.sealed_name))
    return found


# --- who is in charge ---

_SUBSTITUTE = sql(
    "SELECT substitute_id FROM absence WHERE mentor_id = :host AND cancelled_at IS NULL AND starts_at <= :now"
    " AND ends_at > :now"
)
_CHIEFS = sql(
    "SELECT DISTINCT c.chief_mentor_id AS id FROM class_team c WHERE c.until IS NULL AND (c.school_class_id = :class"
    " OR c.school_class_id IN (SELECT ec.class_id FROM event_class ec WHERE ec.event_id = :event))"
)


def acts(unit: Unit, event: Event) -> int:
    """Who acts as the host now: the host, or who covers; of what is private, nobody but the host."""
    if kinds.kind_of(event.kind).private:
        return event.host_id
    row = unit.execute(_SUBSTITUTE, host=event.host_id, now=unit.now_ms).first()
    return event.host_id if row is None else int(row.substitute_id)


def chiefs(unit: Unit, event: Event) -> list[int]:
    """The chief mentors of its classes."""
    return [row.id for row in unit.execute(_CHIEFS, event=event.id, **{"class": event.class_id or 0})]


def leads(unit: Unit, event: Event, who: Standing) -> int | None:
    """As which person this account may act for the event: who gives it, who covers, the chief mentor, an admin."""
    staff = who.staff
    if staff is not None and allowed.holds(unit, event):
        if staff.person_id in (event.host_id, acts(unit, event)) or staff.person_id in chiefs(unit, event):
            return staff.person_id
        if not kinds.kind_of(event.kind).private and event.school_id in administers(unit, who):
            return staff.person_id
    return allowed.speaker(unit, event) if event.speaker_id in who.person_ids else None


def only_speaks(event: Event, person_id: int) -> bool:
    """Whether somebody who leads an event does so as the guardian who gives it: the host answers for date and people."""
    return person_id == event.speaker_id and person_id != event.host_id


def plans(unit: Unit, event: Event, who: Standing) -> int | None:
    """As which person this account may change date and speaker: the chief mentor, an admin; the host where no rota rules."""
    staff = who.staff
    if staff is None or not allowed.holds(unit, event):
        return None
    if event.class_id is None and staff.person_id in (event.host_id, acts(unit, event)):
        return staff.person_id
    if kinds.kind_of(event.kind).private:
        return None
    if staff.person_id in chiefs(unit, event) or event.school_id in administers(unit, who):
        return staff.person_id
    return None


_REACHES = text(
    "SELECT p.id AS person_id, a.bot_id, a.user_id, a.language, a.reachable FROM person p"
    f" JOIN account a ON a.id = p.account_id WHERE p.id IN :people AND p.ended_at IS NULL AND {FREE} ORDER BY p.id"
).bindparams(bindparam("people", expanding=True))


def reaches(unit: Unit, person_ids: Iterable[int]) -> dict[int, Reach]:
    """How these people are reached; those who have not joined or have stopped the bot are left out."""
    ids = list(dict.fromkeys(person_ids))
    if not ids:
        return {}
    return {
        row.person_id: Reach(row.bot_id, row.user_id, row.language, True)
        for row in unit.execute(_REACHES, people=ids)
        if row.reachable
    }


CHIEF_OF = sql(
    "SELECT sc.school_id, c.chief_mentor_id FROM school_class sc LEFT JOIN class_team c ON c.school_class_id = sc.id"
    " AND c.until IS NULL WHERE sc.id = :class"
)


def plans_class(unit: Unit, class_id: int, who: Standing) -> int | None:
    """As which person this account may plan the parent classes of a class: its chief mentor, an admin of the school."""
    row = unit.execute(CHIEF_OF, **{"class": class_id}).first()
    staff = who.staff
    if row is None or staff is None:
        return None
    may = staff.person_id == row.chief_mentor_id or row.school_id in administers(unit, who)
    return staff.person_id if may else None


_LED = sql(
    "SELECT school_class_id FROM class_team WHERE until IS NULL AND chief_mentor_id = :person ORDER BY school_class_id"
)


def classes_led(unit: Unit, person_id: int) -> list[int]:
    """The classes of which somebody is the chief mentor."""
    return [row.school_class_id for row in unit.execute(_LED, person=person_id)]


_ADMINS = sql(
    "SELECT r.person_id FROM role r JOIN person p ON p.id = r.person_id AND p.ended_at IS NULL"
    " WHERE r.kind = 'admin' AND r.until IS NULL AND p.school_id = :school ORDER BY r.person_id"
)


def admins_of(unit: Unit, school_id: int) -> dict[int, Reach]:
    """The admins of a school who can be reached."""
    return reaches(unit, [row.person_id for row in unit.execute(_ADMINS, school=school_id)])


_AWAY = sql(
    "SELECT 1 FROM absence WHERE mentor_id = :person AND cancelled_at IS NULL AND starts_at < :ends AND ends_at > :starts"
)


def away_at(unit: Unit, person_id: int, starts_at: int, ends_at: int) -> bool:
    """Whether somebody is on leave at any moment of a span (ms since 1970)."""
    return unit.execute(_AWAY, person=person_id, starts=starts_at, ends=ends_at).first() is not None
