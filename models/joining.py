"""How people get in: one-time links, phone numbers that the messenger verified, consent, and leaving again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import bindparam, text
from sqlmodel import select

from models.base import new_id
from models.people import Account, Consent, Guardianship, Invite, Person, Pupil, SchoolClass
from models.standing import Standing, class_label
from models.unit import Unit, sql
from models.vault import token_hash

NOTICE_VERSION = "2026-11"
"""The version of the notice on personal data that people agree to; a changed text is a new version."""
TOKEN_BYTES = 32
"""256 random bits: 43 characters, within the 64 that a link may carry."""
WRONG_LINKS = 10
"""Wrong links in a row before an account has to wait."""
PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's way in, as it is handed out. `token` exists here only; the database keeps its hash."""

    role: str
    """guardian or staff."""
    number: str
    """The pupil's number for a guardian, the staff number otherwise."""
    name: str
    relation: str
    pupil_name: str
    school_class: str
    school_name: str
    token: str
    expires_at: datetime


class Opened(Enum):
    """What a link turned out to be."""

    FRESH = auto()
    """Valid: ask the person whether this is so."""
    AGREEING = auto()
    """This account said yes before and has still to agree to the notice."""
    DONE = auto()
    """This account used it before."""
    USED = auto()
    """Another account used it: told to the admin."""
    WRONG = auto()
    """Unknown, expired, withdrawn, of another school."""
    PAUSED = auto()
    """Too many wrong ones from this account."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What an invite would make a person: guardian of these children, or this member of staff."""

    invite_id: int
    school_id: int
    person_id: int
    person_name: str
    is_staff: bool
    children: tuple[tuple[str, str, str], ...]
    """Name, class and relation of each child."""


_UNJOINED = """
SELECT 'guardian' AS role, pu.number, gp.id AS person_id, gp.sealed_name, g.relation, pu.id AS pupil_id,
       pu.sealed_name AS pupil_sealed, sc.grade, sc.name AS class_name, s.name AS school_name, s.id AS school_id
FROM guardianship g JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL
JOIN person gp ON gp.id = g.person_id AND gp.ended_at IS NULL
JOIN school_class sc ON sc.id = pu.school_class_id JOIN school s ON s.id = pu.school_id
WHERE g.until IS NULL AND (:again = 1 OR g.confirmed_at IS NULL OR gp.account_id IS NULL) AND {guardians}
ORDER BY s.name, sc.grade, sc.name, pu.number, g.id
"""
_UNJOINED_STAFF = """
SELECT 'staff' AS role, p.staff_number AS number, p.id AS person_id, p.sealed_name, '' AS relation,
       s.name AS school_name, s.id AS school_id
FROM person p JOIN school s ON s.id = p.school_id
WHERE p.staff_number IS NOT NULL AND p.ended_at IS NULL AND (:again = 1 OR p.account_id IS NULL) AND {staff}
ORDER BY s.name, p.staff_number
"""


def make_slips(
    unit: Unit,
    *,
    days: int,
    school_ids: list[int] | None = None,
    class_ids: list[int] | None = None,
    staff: bool = True,
    guardians: bool = True,
    number: str | None = None,
    notice_id: int | None = None,
    pupil_ids: list[int] | None = None,
) -> Iterator[Slip]:
    """Makes a one-time link for each guardian and member of staff who has not joined, and yields it once.

    `class_ids` narrows guardians to those classes and staff to the mentors of their pupils; `number` (a pupil's or a
    staff number) narrows to one and includes people who have joined already, for a new telephone; `notice_id` narrows
    guardians to those whom that notice could not reach, in the class because of which they were to get it; `pupil_ids`
    narrows guardians to those of these pupils. `days` is the life of the link.
    """
    values: dict[str, object] = {"again": 1 if number or notice_id else 0}
    of_guardians, of_staff = ["1 = 1"], ["1 = 1"]
    expanding = []
    if school_ids is not None:
        of_guardians.append("s.id IN :schools")
        of_staff.append("s.id IN :schools")
        values["schools"] = school_ids or [0]
        expanding.append("schools")
    if class_ids is not None:
        of_guardians.append("sc.id IN :classes")
        of_staff.append(
            "(p.id IN (SELECT m.mentor_id FROM mentorship m JOIN pupil q ON q.id = m.pupil_id"
            " WHERE m.until IS NULL AND q.school_class_id IN :classes)"
            " OR p.id IN (SELECT c.chief_mentor_id FROM class_team c"
            " WHERE c.until IS NULL AND c.school_class_id IN :classes))"
        )
        values["classes"] = class_ids or [0]
        expanding.append("classes")
    if pupil_ids is not None:
        # Who must not be contacted is not invited again either.
        of_guardians.append(
            "pu.id IN :pupils AND gp.id NOT IN (SELECT nc.person_id FROM no_contact nc WHERE nc.until IS NULL)"
        )
        values["pupils"] = pupil_ids or [0]
        expanding.append("pupils")
    if notice_id is not None:
        # Who has never joined gets a slip for each child that is not joined yet, who has stopped the bot a new way in.
        of_guardians.append(
            "EXISTS (SELECT 1 FROM notice_recipient r WHERE r.notice_id = :notice AND r.person_id = gp.id"
            " AND r.class_id = sc.id AND (r.state = 'blocked' OR (r.state = 'unjoined'"
            " AND (g.confirmed_at IS NULL OR gp.account_id IS NULL))))"
        )
        values["notice"] = notice_id
    if number is not None:
        of_guardians.append("pu.number = :number")
        of_staff.append("p.staff_number = :number")
        values["number"] = number
    for wanted, template, conditions in (
        (staff, _UNJOINED_STAFF, of_staff),
        (guardians, _UNJOINED, of_guardians),
    ):
        if not wanted:
            continue
        statement = text(template.format(guardians=" AND ".join(conditions), staff=" AND ".join(conditions)))
        statement = statement.bindparams(*(bindparam(name, expanding=True) for name in expanding))
        for row in unit.execute(statement, **values).all():
            token = secrets.token_urlsafe(TOKEN_BYTES)
            expires = unit.now + timedelta(days=days)
            is_guardian = row.role == "guardian"
            unit.later(
                _INSERT_INVITE,
                id=new_id(),
                school=row.school_id,
                person=row.person_id,
                pupil=row.pupil_id if is_guardian else None,
                hash=token_hash(token),
                now=unit.now_ms,
                expires=int(expires.timestamp() * 1000),
            )
            yield Slip(
                role=row.role,
                number=row.number,
                name=unit.vault.open("person", row.person_id, "name", row.sealed_name),
                relation=row.relation,
                pupil_name=unit.vault.open("pupil", row.pupil_id, "name", row.pupil_sealed) if is_guardian else "",
                school_class=class_label(row.grade, row.class_name) if is_guardian else "",
                school_name=row.school_name,
                token=token,
                expires_at=expires,
            )


_INSERT_INVITE = sql(
    "INSERT INTO invite (id, school_id, person_id, pupil_id, token_hash, created_at, expires_at)"
    " VALUES (:id, :school, :person, :pupil, :hash, :now, :expires)"
)


def classes(unit: Unit, school_ids: list[int] | None = None) -> list[tuple[int, str]]:
    """Classes as (id, label), of the given schools or of all."""
    statement = select(SchoolClass)
    if school_ids is not None:
        statement = statement.where(SchoolClass.school_id.in_(school_ids))  # type: ignore[attr-defined]
    found = [(one.id, class_label(one.grade, one.name)) for one in unit.session.exec(statement)]
    return sorted(found, key=lambda one: one[1])


def open_link(unit: Unit, who: Standing, token: str, schools: list[int] | None) -> tuple[Opened, Invite | None]:
    """What the link with this payload is for this account. Wrong ones are counted; ten in a row make it wait.

    `schools` are the schools that the bot serves, or None for all.
    """
    account = unit.session.get_one(Account, who.account_id)
    if account.paused_until is not None and account.paused_until > unit.now:
        return Opened.PAUSED, None
    invite = unit.session.exec(select(Invite).where(Invite.token_hash == token_hash(token))).first()
    if invite is not None and schools is not None and invite.school_id not in schools:
        invite = None
    if invite is not None and invite.used_by is not None:
        if invite.used_by != who.account_id:
            return _wrong(unit, account, Opened.USED), invite
        return (Opened.DONE if _is_done(unit, invite, who) else _again(invite, unit)), invite
    if invite is None or invite.withdrawn_at is not None or invite.expires_at <= unit.now:
        return _wrong(unit, account, Opened.WRONG), None
    account.wrong_links = 0
    return Opened.FRESH, invite


def _again(invite: Invite, unit: Unit) -> Opened:
    return Opened.AGREEING if invite.withdrawn_at is None and invite.expires_at > unit.now else Opened.WRONG


def _wrong(unit: Unit, account: Account, answer: Opened) -> Opened:
    account.wrong_links += 1
    if account.wrong_links >= WRONG_LINKS:
        account.wrong_links = 0
        account.paused_until = unit.now + PAUSE
        return Opened.PAUSED if answer is Opened.WRONG else answer
    return answer


def _is_done(unit: Unit, invite: Invite, who: Standing) -> bool:
    person = unit.session.get_one(Person, invite.person_id)
    if person.account_id != who.account_id:
        return False
    if person.staff_number is not None and invite.pupil_id is None:
        return True
    return not any(g.confirmed_at is None for g in _guardianships(unit, invite))


def _guardianships(unit: Unit, invite: Invite) -> list[Guardianship]:
    statement = select(Guardianship).where(
        Guardianship.person_id == invite.person_id,
        Guardianship.until == None,  # noqa: E711
    )
    if invite.pupil_id is not None:
        statement = statement.where(Guardianship.pupil_id == invite.pupil_id)
    return list(unit.session.exec(statement))


def claim_of(unit: Unit, invite: Invite) -> Claim | None:
    """What this invite says, or nothing where the roster no longer holds it."""
    person = unit.session.get_one(Person, invite.person_id)
    children = []
    for guardianship in _guardianships(unit, invite):
        pupil = unit.session.get_one(Pupil, guardianship.pupil_id)
        if pupil.ended_at is None:
            group = unit.session.get_one(SchoolClass, pupil.school_class_id)
            name = unit.vault.open("pupil", pupil.id, "name", pupil.sealed_name)
            children.append((name, class_label(group.grade, group.name), guardianship.relation))
    is_staff = person.staff_number is not None and invite.pupil_id is None
    if person.ended_at is not None or (not children and not is_staff):
        return None
    name = unit.vault.open("person", person.id, "name", person.sealed_name)
    return Claim(invite.id, person.school_id, person.id, name, is_staff, () if is_staff else tuple(children))


def invite_for(unit: Unit, who: Standing, invite_id: int) -> Invite | None:
    """The invite behind a pressed button, if it is still open to this account."""
    invite = unit.session.get(Invite, invite_id)
    if invite is None or invite.withdrawn_at is not None or invite.expires_at <= unit.now:
        return None
    return invite if invite.used_by in (None, who.account_id) else None


def take(unit: Unit, who: Standing, invite: Invite) -> bool:
    """'Yes, that is me': from now on the link belongs to this account alone. False where another was quicker."""
    return unit.write(_TAKE, id=invite.id, account=who.account_id, now=unit.now_ms) == 1


_TAKE = sql(
    "UPDATE invite SET used_by = :account, used_at = COALESCE(used_at, :now)"
    " WHERE id = :id AND withdrawn_at IS NULL AND expires_at > :now AND (used_by IS NULL OR used_by = :account)"
)


def refuse(unit: Unit, invite: Invite) -> bool:
    """'No, that is not me': the link is withdrawn. False where it was before."""
    return unit.write(_REFUSE, id=invite.id, now=unit.now_ms) == 1


_REFUSE = sql("UPDATE invite SET withdrawn_at = :now WHERE id = :id AND withdrawn_at IS NULL AND used_at IS NULL")


def has_consented(unit: Unit, person_ids: list[int]) -> bool:
    """Whether one of these people has agreed to the notice on personal data and not taken it back."""
    if not person_ids:
        return False
    statement = text(
        "SELECT 1 FROM consent WHERE withdrawn_at IS NULL AND version = :version AND person_id IN :people LIMIT 1"
    ).bindparams(bindparam("people", expanding=True))
    return unit.execute(statement, people=person_ids, version=NOTICE_VERSION).first() is not None


def join(unit: Unit, who: Standing, invite: Invite) -> list[int]:
    """Makes the account this person; for a guardian confirms the invite's children and keeps the consent.

    A person who had joined with another account leaves it: one person, one account. Answers the ids of the
    invite's pupils.
    """
    session = unit.session
    person = session.get_one(Person, invite.person_id)
    person.account_id = who.account_id
    person.joined_at = person.joined_at or unit.now
    of_invite: list[int] = []
    if person.staff_number is None or invite.pupil_id is not None:
        if not has_consented(unit, [person.id]):
            session.add(Consent(person_id=person.id, version=NOTICE_VERSION, given_at=unit.now))
        for guardianship in _guardianships(unit, invite):
            guardianship.confirmed_at = guardianship.confirmed_at or unit.now
            of_invite.append(guardianship.pupil_id)
    account = session.get_one(Account, who.account_id)
    account.wrong_links = 0
    account.reachable = True
    session.flush()
    # Other links that say the same are of no more use, and a lost slip must not open a door later.
    unit.write(
        _WITHDRAW_OTHERS,
        person=person.id,
        id=invite.id,
        now=unit.now_ms,
        pupil=invite.pupil_id or 0,
        every=1 if invite.pupil_id is None else 0,
    )
    # A telephone that was given up must not be able to come back by what it once said yes to.
    unit.write(_WITHDRAW_FORMER, person=person.id, account=who.account_id, now=unit.now_ms)
    return of_invite


_WITHDRAW_OTHERS = sql(
    "UPDATE invite SET withdrawn_at = :now WHERE person_id = :person AND id <> :id AND used_at IS NULL"
    " AND withdrawn_at IS NULL AND (:every = 1 OR pupil_id = :pupil)"
)


_WITHDRAW_FORMER = sql(
    "UPDATE invite SET withdrawn_at = :now WHERE person_id = :person AND used_by <> :account AND withdrawn_at IS NULL"
)


def invite_by_phone(unit: Unit, who: Standing, phone: str, schools: list[int] | None) -> list[Invite]:
    """Invites for the people whom the roster holds under a phone number that the messenger vouches for.

    Only people who have not joined: taking over an account that is in use needs a new link from the school.
    `phone` is in E.164 form.
    """
    statement = select(Person).where(
        Person.phone_hash == unit.vault.lookup("phone", phone),
        Person.ended_at == None,  # noqa: E711
    )
    invites = []
    for person in unit.session.exec(statement):
        if schools is not None and person.school_id not in schools:
            continue
        if person.account_id not in (None, who.account_id):
            continue
        unconfirmed = any(
            g.confirmed_at is None
            for g in unit.session.exec(
                select(Guardianship).where(
                    Guardianship.person_id == person.id,
                    Guardianship.until == None,  # noqa: E711
                )
            )
        )
        if person.account_id is not None and not unconfirmed:
            continue
        invite = Invite(
            school_id=person.school_id,
            person_id=person.id,
            created_at=unit.now,
            expires_at=unit.now + timedelta(hours=24),
        )
        unit.session.add(invite)
        invites.append(invite)
    unit.session.flush()
    return invites


def pending(unit: Unit, who: Standing) -> Invite | None:
    """The invite that this account said yes to and has still to agree to."""
    statement = (
        select(Invite)
        .where(Invite.used_by == who.account_id, Invite.withdrawn_at == None, Invite.expires_at > unit.now)  # noqa: E711
        .order_by(Invite.used_at.desc())  # type: ignore[union-attr]
    )
    for invite in unit.session.exec(statement):
        if not _is_done(unit, invite, who) and claim_of(unit, invite) is not None:
            return invite
    return None


def leave(unit: Unit, who: Standing) -> None:
    """Stops everything for this account: consent withdrawn, nobody behind it any more, nothing queued is sent."""
    for one in who.selves:
        unit.write(_LEAVE_CONSENT, person=one.person_id, now=unit.now_ms)
        unit.write(_LEAVE_GUARDIANSHIPS, person=one.person_id)
        unit.write(_LEAVE_PERSON, person=one.person_id)
        unit.write(_LEAVE_INVITES, person=one.person_id, now=unit.now_ms)
    unit.write(_LEAVE_CHOICES, account=who.account_id, now=unit.now_ms)


_LEAVE_CONSENT = sql("UPDATE consent SET withdrawn_at = :now WHERE person_id = :person AND withdrawn_at IS NULL")
_LEAVE_GUARDIANSHIPS = sql("UPDATE guardianship SET confirmed_at = NULL WHERE person_id = :person AND until IS NULL")
_LEAVE_PERSON = sql("UPDATE person SET account_id = NULL, joined_at = NULL WHERE id = :person")
_LEAVE_INVITES = sql("UPDATE invite SET withdrawn_at = :now WHERE person_id = :person AND withdrawn_at IS NULL")
_LEAVE_CHOICES = sql("UPDATE choice SET settled_at = :now WHERE account_id = :account AND settled_at IS NULL")
