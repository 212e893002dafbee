"""Who says yes to a request, and what that person may know of who asks.

The one who is named on the card, or the chief mentor of the child's class; where there is nobody who can be reached, and
beside them always, the admins of the school.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models import access
from models.directory.content import PARENT, Card, SignUp
from models.directory.requests import CLASS_TODAY, SELECT, STANDS, Request, opened
from models.events import audience, events, offers
from models.events.audience import Invited
from models.standing import Standing, administers, class_label
from models.unit import Unit, sql

_CHIEF = sql(
    "SELECT c.chief_mentor_id FROM class_team c JOIN person p ON p.id = c.chief_mentor_id AND p.ended_at IS NULL"
    " WHERE c.school_class_id = :class AND c.until IS NULL"
)
_CONCERNED = (
    "EXISTS (SELECT 1 FROM person q JOIN person own ON own.account_id = q.account_id WHERE q.id = {who} AND (own.id = {asker}"
    " OR EXISTS (SELECT 1 FROM guardianship ga JOIN guardianship go ON go.pupil_id = ga.pupil_id AND go.until IS NULL"
    " AND go.person_id = own.id WHERE ga.person_id = {asker} AND ga.until IS NULL)))"
)
"""Who asks, or is a guardian of the same child: guardians do not read each other's words."""
_NOT_FREE_TO_ANSWER = text(
    f"SELECT p.id FROM person p WHERE p.id IN :people AND {_CONCERNED.format(who='p.id', asker=':asker')}"
).bindparams(bindparam("people", expanding=True))
_MAY = (
    f"{SELECT} JOIN directory_card c ON c.id = r.card_id WHERE {STANDS} AND (:admin = 1 OR (c.sign_up = 'person'"
    " AND c.approver_id = :me) OR (c.sign_up = 'chief' AND EXISTS (SELECT 1 FROM class_team t WHERE t.until IS NULL"
    " AND t.chief_mentor_id = :me AND t.school_class_id ="
    f" CASE WHEN c.kind = '{PARENT}' THEN c.class_id ELSE {CLASS_TODAY} END)))"
    f" AND NOT {_CONCERNED.format(who=':me', asker='r.person_id')} AND r.school_id = :school"
)
_MAY_ONE = sql(f"{_MAY} AND r.id = :id")
_MAY_OPEN = sql(f"{_MAY} AND r.state = 'open' ORDER BY r.at, r.id")
HOUR = 3_600_000
_OTHER = (
    "SELECT 1 FROM directory_request r JOIN outbox o ON o.state <> 'cancelled'"
    " AND o.dedupe_key = 'dirreq:' || CAST(r.id AS VARCHAR) || ':{what}:' || :person"
    " WHERE r.card_id = :card AND r.state = 'open' AND r.id <> :id AND r.{at} > :after LIMIT 1"
)
_TOLD_OF = sql(_OTHER.format(what="ask", at="at"))
_REMINDED_OF = sql(_OTHER.format(what="askagain", at="reminded_at"))
_STAFF = sql("SELECT 1 FROM person WHERE id = :id AND school_id = :school AND ended_at IS NULL")
_PUPIL = sql(
    "SELECT pu.sealed_name, sc.grade, sc.name, g.relation FROM pupil pu JOIN school_class sc ON sc.id = pu.school_class_id"
    " JOIN guardianship g ON g.pupil_id = pu.id AND g.person_id = :person AND g.until IS NULL WHERE pu.id = :pupil"
)
_FAMILY = sql(
    "SELECT sc.grade, sc.name, g.relation FROM guardianship g JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL"
    " JOIN school_class sc ON sc.id = pu.school_class_id WHERE g.person_id = :person AND g.until IS NULL"
    " AND g.confirmed_at IS NOT NULL AND (CAST(:class AS BIGINT) IS NULL OR sc.id = :class) ORDER BY g.id LIMIT 1"
)
DOUBLE = (
    *("欧阳", "司马", "上官", "诸葛", "夏侯", "皇甫", "尉迟", "公孙"),
    *("慕容", "令狐", "东方", "独孤", "长孙", "宇文", "司徒", "南宫"),
)
"""Family names of two signs that are still met."""


@dataclass(frozen=True, slots=True)
class Asker:
    """What the one who answers may know. For the family: no child. Of a mentor: the name, and of the pupil nothing."""

    group: str
    relation: str
    child: str
    """The given name alone."""
    mentor: str


def given_name(name: str) -> str:
    """A name without its family name."""
    if name.isascii():
        return name.split(" ", maxsplit=1)[0]
    family = 2 if len(name) > 2 and name[:2] in DOUBLE else 1
    return name[family:] or name


def _named(unit: Unit, card: Card, request: Request) -> int | None:
    """The one whose answer is asked first; nobody where that is the admins'."""
    if card.sign_up is SignUp.PERSON and card.approver_id is not None:
        return (
            card.approver_id
            if unit.execute(_STAFF, id=card.approver_id, school=request.school_id).first() is not None
            else None
        )
    class_id = card.class_id if card.kind.code == PARENT else request.class_id
    if card.sign_up is not SignUp.CHIEF or class_id is None:
        return None
    row = unit.execute(_CHIEF, **{"class": class_id}).first()
    return None if row is None else int(row.chief_mentor_id)


def deciders(unit: Unit, card: Card, request: Request) -> list[Invited]:
    """Who is asked; the admins where the one who should be has not joined or cannot be reached."""
    named = _named(unit, card, request)
    found = offers.person(unit, _free(unit, request, [] if named is None else [named]))
    return found or offers.person(unit, _free(unit, request, list(audience.admins_of(unit, request.school_id))))


def _free(unit: Unit, request: Request, people: list[int]) -> list[int]:
    """Those who may answer it: nobody asks somebody about the own request, or that of the same child's other guardian."""
    concerned = unit.execute(_NOT_FREE_TO_ANSWER, people=people, asker=request.person_id).all() if people else []
    return [one for one in people if one not in {row.id for row in concerned}]


def knows(unit: Unit, person_id: int, request: Request, *, again: bool = False) -> bool:
    """Whether somebody was told (reminded) within the hour of another request for the same card that waits still: a
    thousand families at once are one line, and the list behind it has them all."""
    unit.flush()
    values = {"card": request.card_id, "id": request.id, "person": str(person_id), "after": unit.now_ms - HOUR}
    return unit.execute(_REMINDED_OF if again else _TOLD_OF, **values).first() is not None


def decides(unit: Unit, who: Standing, request: Request) -> int | None:
    """As which person this account may answer the request; nothing where it may not. Nobody answers the own request."""
    rights = _rights(unit, who, request.school_id)
    if who.staff is None or rights is None or unit.execute(_MAY_ONE, id=request.id, **rights).first() is None:
        return None
    return who.staff.person_id


def waiting(unit: Unit, who: Standing) -> list[Request]:
    """The requests that this account is to answer, the oldest first: one query, however many wait."""
    rights = None if who.staff is None else _rights(unit, who, who.staff.school_id)
    return [] if rights is None else [opened(unit, row) for row in unit.execute(_MAY_OPEN, **rights).all()]


def _rights(unit: Unit, who: Standing, school_id: int) -> dict[str, int] | None:
    if who.staff is None:
        return None
    return {"me": who.staff.person_id, "school": school_id, "admin": int(school_id in administers(unit, who))}


def asker(unit: Unit, request: Request, reader_id: int) -> Asker:
    """Who asks, for the one who answers; that a child's name was looked at is noted."""
    if request.as_mentor:
        return Asker("", "", "", events.name_of(unit, request.person_id))
    if request.pupil_id is None:
        family = unit.execute(_FAMILY, person=request.person_id, **{"class": request.class_id}).first()
        if family is None:
            return Asker("", "", "", "")
        return Asker(class_label(family.grade, family.name), family.relation, "", "")
    row = unit.execute(_PUPIL, pupil=request.pupil_id, person=request.person_id).first()
    if row is None:
        return Asker("", "", "", "")
    access.note(unit, reader_id, request.pupil_id, "directory_request", guardian_id=request.person_id)
    name = unit.vault.open("pupil", request.pupil_id, "name", row.sealed_name)
    return Asker(class_label(row.grade, row.name), row.relation, given_name(name), "")
