"""Inviting again: families of which nobody has joined, as counts by class or for their own mentor; and one reminder for who
said 'not now'. Where one guardian of a child has joined, that family is not asked again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.contact import FREE
from models.standing import Reach, class_label
from models.unit import Unit, sql

DAY = 86_400_000
REMIND_DAYS = 3
"""After 'not now' somebody is left in peace for so many days, then reminded once."""

# Guardians who must not be contacted do not count: nobody invites them.
_NOBODY = (
    "pu.ended_at IS NULL AND EXISTS (SELECT 1 FROM guardianship g JOIN person p ON p.id = g.person_id"
    " AND p.ended_at IS NULL WHERE g.pupil_id = pu.id AND g.until IS NULL AND p.id NOT IN"
    " (SELECT nc.person_id FROM no_contact nc WHERE nc.until IS NULL)) AND NOT EXISTS"
    " (SELECT 1 FROM guardianship g JOIN person p ON p.id = g.person_id AND p.account_id IS NOT NULL"
    " WHERE g.pupil_id = pu.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL)"
)
_BY_CLASS = (
    "SELECT sc.id, sc.school_id, sc.grade, sc.name, COUNT(*) AS many FROM school_class sc"
    f" JOIN pupil pu ON pu.school_class_id = sc.id WHERE {_NOBODY} AND {{whose}}"
    " GROUP BY sc.id, sc.school_id, sc.grade, sc.name ORDER BY sc.grade, sc.name"
)
_CHIEFS = "sc.id IN (SELECT c.school_class_id FROM class_team c WHERE c.until IS NULL AND c.chief_mentor_id IN :those)"
_OF_SCHOOLS = text(_BY_CLASS.format(whose="sc.school_id IN :those")).bindparams(bindparam("those", expanding=True))
_OF_CHIEFS = text(_BY_CLASS.format(whose=_CHIEFS)).bindparams(bindparam("those", expanding=True))
_IN_CLASS = sql(f"SELECT pu.id FROM pupil pu WHERE pu.school_class_id = :class AND {_NOBODY} ORDER BY pu.id")
_OF_MENTORS = text(
    "SELECT DISTINCT pu.id FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id WHERE m.until IS NULL"
    f" AND (m.mentor_id IN :those OR m.mentor_id IN (SELECT ab.mentor_id FROM absence ab WHERE ab.substitute_id IN :those"
    f" AND ab.cancelled_at IS NULL AND ab.starts_at <= :now AND ab.ends_at > :now)) AND {_NOBODY}"
).bindparams(bindparam("those", expanding=True))
_MENTORS = sql(
    "SELECT mp.id, a.bot_id, a.user_id, a.language, a.reachable, mp.hours_from, mp.hours_to, COUNT(*) AS many FROM pupil pu"
    " JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL LEFT JOIN absence ab ON ab.mentor_id = m.mentor_id"
    " AND ab.cancelled_at IS NULL AND ab.starts_at <= :now AND ab.ends_at > :now"
    " JOIN person mp ON mp.id = COALESCE(ab.substitute_id, m.mentor_id)"
    f" LEFT JOIN account a ON a.id = mp.account_id WHERE pu.school_class_id = :class AND {_NOBODY}"
    " GROUP BY mp.id, a.bot_id, a.user_id, a.language, a.reachable, mp.hours_from, mp.hours_to"
)


@dataclass(frozen=True, slots=True)
class Missing:
    """A class and how many of its families nobody of has joined."""

    class_id: int
    school_id: int
    label: str
    families: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A mentor with families that have not joined; `reach` is empty where the mentor cannot be written to."""

    person_id: int
    reach: Reach | None
    hours: tuple[int, int]
    families: int


def by_class(unit: Unit, *, school_ids: list[int] | None = None, chief_ids: list[int] | None = None) -> list[Missing]:
    """Classes with families of which nobody has joined: of these schools, or of which these people are chief mentors."""
    statement = _OF_SCHOOLS if school_ids is not None else _OF_CHIEFS
    rows = unit.execute(statement, those=(school_ids if school_ids is not None else chief_ids) or [0])
    return [Missing(row.id, row.school_id, class_label(row.grade, row.name), row.many) for row in rows]


def of_class(unit: Unit, class_id: int) -> list[int]:
    """The pupils of a class of whose families nobody has joined. Rights are the caller's to ask."""
    return [row.id for row in unit.execute(_IN_CLASS, **{"class": class_id})]


def of_mentors(unit: Unit, person_ids: list[int]) -> list[int]:
    """The same of these mentors' own pupils of today, and of those for whom they cover now."""
    return [row.id for row in unit.execute(_OF_MENTORS, those=person_ids or [0], now=unit.now_ms)]


def mentors(unit: Unit, class_id: int) -> list[Asked]:
    """The mentors of a class who have such families; for one who is away, who covers for them now."""
    return [
        Asked(
            row.id,
            Reach(row.bot_id, row.user_id, row.language, True) if row.user_id is not None and row.reachable else None,
            (row.hours_from, row.hours_to),
            row.many,
        )
        for row in unit.execute(_MENTORS, now=unit.now_ms, **{"class": class_id})
    ]


# --- who said 'not now' ---

_SAID = sql(
    "INSERT INTO join_reminder (account_id, invite_id, due_at) VALUES (:account, :invite, :due) ON CONFLICT DO NOTHING"
)
_DUE = sql(
    "SELECT r.account_id, r.invite_id FROM join_reminder r WHERE r.told_at IS NULL AND r.due_at <= :now"
    " ORDER BY r.due_at LIMIT :most"
)
_OPEN = sql(
    "SELECT a.bot_id, a.user_id, a.language, p.school_id FROM invite i JOIN account a ON a.id = i.used_by"
    " JOIN person p ON p.id = i.person_id AND p.ended_at IS NULL WHERE i.id = :invite AND a.id = :account AND a.reachable"
    " AND i.withdrawn_at IS NULL AND i.expires_at > :now AND p.account_id IS NULL AND NOT EXISTS"
    f" (SELECT 1 FROM person o WHERE o.account_id = a.id AND o.ended_at IS NULL) AND {FREE}"
)
_TOLD = sql("UPDATE join_reminder SET told_at = :now WHERE account_id = :account AND told_at IS NULL")


@dataclass(frozen=True, slots=True)
class Hesitant:
    """Somebody who said 'not now' some days ago and can still agree."""

    invite_id: int
    reach: Reach
    school_id: int


def said_later(unit: Unit, account_id: int, invite_id: int) -> None:
    """Somebody said 'not now'. A second 'not now' brings no second reminder."""
    unit.write(_SAID, account=account_id, invite=invite_id, due=unit.now_ms + REMIND_DAYS * DAY)


def hesitant(unit: Unit, most: int) -> list[Hesitant]:
    """Who is to be reminded now; each is answered once in a life. Who needs no reminder any more is passed over."""
    found = []
    for row in unit.execute(_DUE, now=unit.now_ms, most=most).all():
        if unit.write(_TOLD, account=row.account_id, now=unit.now_ms) != 1:
            continue
        one = unit.execute(_OPEN, invite=row.invite_id, account=row.account_id, now=unit.now_ms).first()
        if one is not None:
            reach = Reach(one.bot_id, one.user_id, one.language, True)
            found.append(Hesitant(row.invite_id, reach, one.school_id))
    return found
