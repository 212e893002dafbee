"""Who is asking, and what is theirs. Every read of a person's data starts here, from the account that asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, bindparam, text

from models.base import from_ms
from models.people import Account, RoleKind
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Reach:
    """How an account is reached."""

    bot_id: int
    user_id: int
    language: str
    reachable: bool
    workspace_id: int | None = None
    """The workspace in which this account has its families as topics; its chat is `room`."""
    room: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The line between one guardian and the mentor of one pupil, as it is today.

    `mentor_id` is empty where the pupil has no mentor at present, `mentor` (the way to reach) where the mentor has not
    joined; `substitute_…` say who covers for the mentor at this moment; `thread_id` is empty before the first message.
    """

    pupil_id: int
    pupil_name: str
    school_id: int
    school_class: str
    relation: str
    guardianship_id: int
    guardian_id: int
    guardian: Reach | None
    guardian_quiet: tuple[int, int]
    confirmed: bool
    mentor_id: int | None
    mentor_name: str | None
    mentor_subject: str | None
    mentor_hours: tuple[int, int] | None
    mentor: Reach | None
    substitute_id: int | None
    substitute_name: str | None
    substitute_hours: tuple[int, int] | None
    substitute: Reach | None
    thread_id: int | None
    guardian_wrote_at: int
    mentor_wrote_at: int

    def staff_of(self, person_ids: Iterable[int]) -> int | None:
        """Which of these people is the line's mentor of today, or covers for the mentor now."""
        return next((one for one in person_ids if one in (self.mentor_id, self.substitute_id)), None)

    def belongs_to(self, person_ids: Iterable[int]) -> bool:
        """Whether one of these people stands at either end of it; a guardian does while confirmed."""
        mine = set(person_ids)
        return (self.confirmed and self.guardian_id in mine) or self.staff_of(mine) is not None


@dataclass(frozen=True, slots=True)
class Self:
    """One of the people that an account is: a guardian and a member of staff may share an account."""

    person_id: int
    school_id: int
    name: str
    is_staff: bool
    hours: tuple[int, int]


@dataclass(slots=True)
class Standing:
    """An account and the people behind it; a stranger has none."""

    account_id: int
    bot_id: int
    user_id: int
    language: str
    language_chosen: bool
    reachable: bool
    paused_until: datetime | None
    answering_thread_id: int | None
    answering_until: datetime | None
    topic_item_id: int | None = None
    """The checklist item that was chosen for the next message."""
    topic_until: datetime | None = None
    urgent_mode: str | None = None
    urgent_case_id: int | None = None
    urgent_until: datetime | None = None
    selves: list[Self] = field(default_factory=list)
    children: list[Line] = field(default_factory=list)
    """Lines as a guardian, confirmed ones only."""

    @property
    def has_joined(self) -> bool:
        """Whether anyone of the roster stands behind this account."""
        return bool(self.selves)

    @property
    def staff(self) -> Self | None:
        """The member of staff behind this account."""
        return next((one for one in self.selves if one.is_staff), None)

    @property
    def person_ids(self) -> list[int]:
        """The people behind this account."""
        return [one.person_id for one in self.selves]


_LINE = """
SELECT g.id AS guardianship_id, g.pupil_id, g.person_id AS guardian_id, g.relation, g.confirmed_at,
       pu.sealed_name AS pupil_sealed, pu.school_id, sc.grade, sc.name AS class_name,
       ga.bot_id AS g_bot, ga.user_id AS g_user, ga.language AS g_language, ga.reachable AS g_reachable,
       m.mentor_id, mp.sealed_name AS mentor_sealed, mp.subject, mp.hours_from, mp.hours_to,
       ma.bot_id AS m_bot, ma.user_id AS m_user, ma.language AS m_language, ma.reachable AS m_reachable,
       gp.quiet_from, gp.quiet_to, w.id AS w_id, w.chat_id AS w_chat,
       ab.substitute_id, sp.sealed_name AS s_sealed, sp.hours_from AS s_from, sp.hours_to AS s_to,
       sa.bot_id AS s_bot, sa.user_id AS s_user, sa.language AS s_language, sa.reachable AS s_reachable,
       t.id AS thread_id, t.guardian_wrote_at, t.mentor_wrote_at
FROM guardianship g
JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL
JOIN school_class sc ON sc.id = pu.school_class_id
JOIN person gp ON gp.id = g.person_id AND gp.ended_at IS NULL
LEFT JOIN account ga ON ga.id = gp.account_id
LEFT JOIN mentorship m ON m.pupil_id = g.pupil_id AND m.until IS NULL
LEFT JOIN person mp ON mp.id = m.mentor_id AND mp.ended_at IS NULL
LEFT JOIN account ma ON ma.id = mp.account_id
LEFT JOIN workspace w ON w.account_id = ma.id AND w.state = 'on'
LEFT JOIN absence ab ON ab.mentor_id = m.mentor_id AND ab.cancelled_at IS NULL AND ab.starts_at <= :now
 AND ab.ends_at > :now
LEFT JOIN person sp ON sp.id = ab.substitute_id AND sp.ended_at IS NULL
LEFT JOIN account sa ON sa.id = sp.account_id
LEFT JOIN thread t ON t.pupil_id = g.pupil_id AND t.guardian_id = g.person_id AND t.mentor_id = m.mentor_id
WHERE g.until IS NULL AND """

_OF_GUARDIANS = text(_LINE + "g.confirmed_at IS NOT NULL AND g.person_id IN :people ORDER BY g.id").bindparams(
    bindparam("people", expanding=True)
)
_OF_MENTORS = text(
    _LINE + "m.mentor_id IN :people ORDER BY COALESCE(t.guardian_wrote_at, 0) DESC, sc.grade, sc.name, g.id"
).bindparams(bindparam("people", expanding=True))
_OF_THREAD = sql(_LINE + "t.id = :thread")
_OF_PUPIL = sql(_LINE + "g.pupil_id = :pupil AND g.person_id = :guardian")

_ACCOUNTS = text(
    "SELECT a.id, a.user_id, a.language, a.language_chosen, a.reachable, a.paused_until, a.answering_thread_id,"
    " a.answering_until, a.topic_item_id, a.topic_until,"
    " a.urgent_mode, a.urgent_case_id, a.urgent_until, p.id AS person_id,"
    " p.school_id, p.staff_number, p.sealed_name, p.hours_from, p.hours_to"
    " FROM account a LEFT JOIN person p ON p.account_id = a.id AND p.ended_at IS NULL"
    " WHERE a.bot_id = :bot AND a.user_id IN :users ORDER BY p.id"
).bindparams(bindparam("users", expanding=True))


def _line(unit: Unit, row: Row[tuple[object, ...]]) -> Line:
    r = row
    mentor_open = r.mentor_sealed is not None
    cover = r.s_sealed is not None and r.s_user is not None
    return Line(
        pupil_id=r.pupil_id,
        pupil_name=unit.vault.open("pupil", r.pupil_id, "name", r.pupil_sealed),
        school_id=r.school_id,
        school_class=class_label(r.grade, r.class_name),
        relation=r.relation,
        guardianship_id=r.guardianship_id,
        guardian_id=r.guardian_id,
        guardian=None if r.g_user is None else Reach(r.g_bot, r.g_user, r.g_language, bool(r.g_reachable)),
        guardian_quiet=(r.quiet_from, r.quiet_to),
        confirmed=r.confirmed_at is not None,
        mentor_id=r.mentor_id if mentor_open else None,
        mentor_name=unit.vault.open("person", r.mentor_id, "name", r.mentor_sealed) if mentor_open else None,
        mentor_subject=r.subject,
        mentor_hours=(r.hours_from, r.hours_to) if mentor_open else None,
        mentor=None
        if r.m_user is None or not mentor_open
        else Reach(r.m_bot, r.m_user, r.m_language, bool(r.m_reachable), r.w_id, r.w_chat),
        substitute_id=r.substitute_id if cover else None,
        substitute_name=unit.vault.open("person", r.substitute_id, "name", r.s_sealed) if cover else None,
        substitute_hours=(r.s_from, r.s_to) if cover else None,
        substitute=Reach(r.s_bot, r.s_user, r.s_language, bool(r.s_reachable)) if cover else None,
        thread_id=r.thread_id,
        guardian_wrote_at=r.guardian_wrote_at or 0,
        mentor_wrote_at=r.mentor_wrote_at or 0,
    )


def class_label(grade: str, name: str) -> str:
    """How a class is called: its grade before its name, unless the name already says so."""
    return name if name.startswith(grade) else f"{grade}{' ' if grade.isascii() else ''}{name}"


def standings(unit: Unit, bot_id: int, user_ids: Iterable[int]) -> dict[int, Standing]:
    """The standing of each account that has ever spoken to this bot, in two queries for all of them."""
    users = list(set(user_ids))
    found: dict[int, Standing] = {}
    if not users:
        return found
    of_person: dict[int, Standing] = {}
    for row in unit.execute(_ACCOUNTS, bot=bot_id, users=users):
        who = found.get(row.user_id)
        if who is None:
            who = found[row.user_id] = Standing(
                account_id=row.id,
                bot_id=bot_id,
                user_id=row.user_id,
                language=row.language,
                language_chosen=bool(row.language_chosen),
                reachable=bool(row.reachable),
                paused_until=from_ms(row.paused_until) if row.paused_until else None,
                answering_thread_id=row.answering_thread_id,
                answering_until=from_ms(row.answering_until) if row.answering_until else None,
                topic_item_id=row.topic_item_id,
                topic_until=from_ms(row.topic_until) if row.topic_until else None,
                urgent_mode=row.urgent_mode,
                urgent_case_id=row.urgent_case_id,
                urgent_until=from_ms(row.urgent_until) if row.urgent_until else None,
            )
        if row.person_id is not None:
            name = unit.vault.open("person", row.person_id, "name", row.sealed_name)
            who.selves.append(
                Self(
                    row.person_id,
                    row.school_id,
                    name,
                    row.staff_number is not None,
                    (row.hours_from, row.hours_to),
                )
            )
            of_person[row.person_id] = who
    if of_person:
        for row in unit.execute(_OF_GUARDIANS, people=list(of_person), now=unit.now_ms):
            of_person[row.guardian_id].children.append(_line(unit, row))
    return found


def standing(unit: Unit, bot_id: int, user_id: int) -> Standing | None:
    """The standing of one account, or nothing where it has never spoken to this bot."""
    return standings(unit, bot_id, [user_id]).get(user_id)


def meet(unit: Unit, bot_id: int, user_id: int, language: str) -> Standing:
    """The standing of an account; the first time it speaks it gets a row, with the language its messenger told."""
    known = standing(unit, bot_id, user_id)
    if known is not None:
        return known
    unit.session.add(Account(bot_id=bot_id, user_id=user_id, language=language, created_at=unit.now))
    unit.session.flush()
    fresh = standing(unit, bot_id, user_id)
    assert fresh is not None  # noqa: S101 - it was written one line above
    return fresh


def families(unit: Unit, who: Standing) -> list[Line]:
    """The lines of a mentor to the guardians of today's own pupils, newest message first, joined or not.

    Those of a mentor for whom this account covers now are among them.
    """
    mine = who.person_ids
    if not mine:
        return []
    covered = [row.mentor_id for row in unit.execute(_COVERED, people=mine, now=unit.now_ms)]
    return [_line(unit, row) for row in unit.execute(_OF_MENTORS, people=mine + covered, now=unit.now_ms)]


def lines_of_mentor(unit: Unit, mentor_id: int) -> list[Line]:
    """The lines of one mentor, for what the bot itself has to tell."""
    return [_line(unit, row) for row in unit.execute(_OF_MENTORS, people=[mentor_id], now=unit.now_ms)]


_OF_A_PUPIL = sql(_LINE + "g.pupil_id = :pupil ORDER BY g.id")


def lines_of_pupil(unit: Unit, pupil_id: int) -> list[Line]:
    """The lines of a pupil's guardians to today's mentor, for what the bot itself has to tell."""
    return [_line(unit, row) for row in unit.execute(_OF_A_PUPIL, pupil=pupil_id, now=unit.now_ms)]


_COVERED = text(
    "SELECT DISTINCT mentor_id FROM absence WHERE substitute_id IN :people AND cancelled_at IS NULL"
    " AND starts_at <= :now AND ends_at > :now"
).bindparams(bindparam("people", expanding=True))


def line_of_thread(unit: Unit, thread_id: int) -> Line | None:
    """The line of a thread, or nothing where its mentorship or guardianship has ended."""
    row = unit.execute(_OF_THREAD, thread=thread_id, now=unit.now_ms).first()
    return None if row is None else _line(unit, row)


def line_of_pupil(unit: Unit, pupil_id: int, guardian_id: int) -> Line | None:
    """The line of a pupil's guardian to today's mentor, or nothing where the guardianship has ended."""
    row = unit.execute(_OF_PUPIL, pupil=pupil_id, guardian=guardian_id, now=unit.now_ms).first()
    return None if row is None else _line(unit, row)


_ROLES = text(
    "SELECT DISTINCT r.kind FROM role r WHERE r.until IS NULL AND r.person_id IN :people"
    " UNION SELECT 'chief_mentor' FROM class_team c WHERE c.until IS NULL AND c.chief_mentor_id IN :people"
    " UNION SELECT 'mentor' FROM mentorship m WHERE m.until IS NULL AND m.mentor_id IN :people"
).bindparams(bindparam("people", expanding=True))

CHIEF_MENTOR = "chief_mentor"


def roles(unit: Unit, who: Standing) -> frozenset[str]:
    """The staff roles of an account today: RoleKind values, and CHIEF_MENTOR."""
    staff = [one.person_id for one in who.selves if one.is_staff]
    if not staff:
        return frozenset()
    return frozenset(row.kind for row in unit.execute(_ROLES, people=staff))


_REACH_OF_ROLE = sql(
    "SELECT a.bot_id, a.user_id, a.language, a.reachable FROM role r"
    " JOIN person p ON p.id = r.person_id AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id"
    " WHERE r.kind = :kind AND r.until IS NULL AND p.school_id = :school ORDER BY r.id"
)


def admins(unit: Unit, school_id: int) -> list[Reach]:
    """The admins of a school who have joined and can be reached."""
    rows = unit.execute(_REACH_OF_ROLE, kind=RoleKind.ADMIN.value, school=school_id)
    return [Reach(r.bot_id, r.user_id, r.language, True) for r in rows if r.reachable]


def administers(unit: Unit, who: Standing) -> list[int]:
    """The schools in which this account is an admin today."""
    if RoleKind.ADMIN not in roles(unit, who):
        return []
    rows = unit.execute(
        _ADMIN_SCHOOLS,
        people=[one.person_id for one in who.selves if one.is_staff],
        kind=RoleKind.ADMIN.value,
    )
    return [row.school_id for row in rows]


_ADMIN_SCHOOLS = text(
    "SELECT DISTINCT p.school_id FROM role r JOIN person p ON p.id = r.person_id"
    " WHERE r.until IS NULL AND r.kind = :kind AND r.person_id IN :people"
).bindparams(bindparam("people", expanding=True))


_ONLY_ENDED = text(
    "SELECT DISTINCT a.bot_id, a.user_id, a.language, a.reachable FROM account a JOIN person p ON p.account_id = a.id"
    " WHERE p.id IN :people AND NOT EXISTS"
    " (SELECT 1 FROM person o WHERE o.account_id = a.id AND o.ended_at IS NULL)"
).bindparams(bindparam("people", expanding=True))


def only_ended(unit: Unit, person_ids: list[int]) -> list[Reach]:
    """The accounts of these people behind which nobody of today stands any more."""
    if not person_ids:
        return []
    rows = unit.execute(_ONLY_ENDED, people=person_ids)
    return [Reach(row.bot_id, row.user_id, row.language, bool(row.reachable)) for row in rows]
