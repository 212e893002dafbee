"""An admin's look at a conversation: only with a reason, only when a second person has agreed, for a day, seen by both sides.

Whoever agrees is another admin of the school or the chief mentor of the class, and nobody who takes part in the conversation.
What belongs to a safeguarding case is never in it; what is need-to-know stays covered.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, bindparam, text

from models import access
from models.base import new_id
from models.conversation import Stored, stored
from models.rights.erasing import UNERASED
from models.standing import Reach, Standing, administers, class_label
from models.unit import Unit, sql

SHORTEST, LONGEST = 5, 200
"""Characters of a reason."""
OPEN_FOR, ANSWERED_WITHIN = 86_400_000, 3 * 86_400_000
"""Milliseconds: how long it can be read, and within which somebody has to agree."""
MOST = 5
"""Questions of one admin that wait at a time."""
PAGE = 5
WHAT = "thread"


@dataclass(frozen=True, slots=True)
class Side:
    """A guardian whose conversation about a child there may be; `child` and `relation` as the roster has them."""

    pupil_id: int
    guardian_id: int
    school_id: int
    child: str
    school_class: str
    relation: str


@dataclass(frozen=True, slots=True)
class Look:
    """A question and what became of it. Times in milliseconds since 1970."""

    id: int
    side: Side
    asked_by: int
    asker: str
    reason: str
    state: str
    asked_at: int
    until: int | None


_SIDES = (
    "SELECT g.person_id AS guardian_id, g.relation, pu.id AS pupil_id, pu.school_id, pu.sealed_name, sc.grade,"
    " sc.name AS class_name FROM pupil pu JOIN school_class sc ON sc.id = pu.school_class_id"
    " JOIN guardianship g ON g.pupil_id = pu.id AND g.until IS NULL"
    " WHERE EXISTS (SELECT 1 FROM thread t WHERE t.pupil_id = pu.id AND t.guardian_id = g.person_id)"
)
_OF_NUMBER = text(f"{_SIDES} AND pu.number = :number AND pu.school_id IN :schools ORDER BY g.id").bindparams(
    bindparam("schools", expanding=True)
)
_OF_BOTH = sql(f"{_SIDES} AND pu.id = :pupil AND g.person_id = :guardian")


def _side(unit: Unit, row: Row[tuple[object, ...]]) -> Side:
    r = row
    return Side(
        r.pupil_id,
        r.guardian_id,
        r.school_id,
        unit.vault.open("pupil", r.pupil_id, "name", bytes(r.sealed_name)),
        class_label(r.grade, r.class_name),
        r.relation,
    )


def sides(unit: Unit, who: Standing, number: str) -> list[Side]:
    """The guardians of a pupil by its number, as far as there is a conversation; for an admin of the school alone."""
    schools = administers(unit, who)
    if not schools:
        return []
    found = [_side(unit, row) for row in unit.execute(_OF_NUMBER, number=number.strip(), schools=schools).all()]
    return [one for one in found if not _is_own(unit, who, one.pupil_id)]


def side(unit: Unit, who: Standing, pupil_id: int, guardian_id: int) -> Side | None:
    """One of them."""
    row = unit.execute(_OF_BOTH, pupil=pupil_id, guardian=guardian_id).first()
    found = None if row is None else _side(unit, row)
    if found is None or found.school_id not in administers(unit, who) or _is_own(unit, who, pupil_id):
        return None
    return found


_OWN = text("SELECT 1 FROM guardianship WHERE pupil_id = :pupil AND person_id IN :people").bindparams(
    bindparam("people", expanding=True)
)


def _is_own(unit: Unit, who: Standing, pupil_id: int) -> bool:
    """Whether it is a child of this very person: whoever they work for, they must not read the other guardian's words."""
    return unit.execute(_OWN, pupil=pupil_id, people=who.person_ids or [0]).first() is not None


# --- asked, agreed ---

_WAITING = sql(
    "SELECT COUNT(*) AS many FROM thread_look WHERE asked_by = :person AND state = 'asked' AND asked_at > :after"
)
_ASK = sql(
    "INSERT INTO thread_look (id, school_id, pupil_id, guardian_id, asked_by, sealed_reason, state, asked_at)"
    " VALUES (:id, :school, :pupil, :guardian, :by, :reason, 'asked', :now)"
)
_DROP = sql("DELETE FROM thread_look WHERE id = :id AND state = 'asked'")
_LOOK = (
    "SELECT l.id, l.pupil_id, l.guardian_id, l.asked_by, l.sealed_reason, l.state, l.asked_at, l.until, p.sealed_name AS asker"
    " FROM thread_look l JOIN person p ON p.id = l.asked_by WHERE "
)
_ONE = sql(f"{_LOOK} l.id = :id")
_MINE = text(
    f"{_LOOK} l.asked_by IN :people AND (l.until > :now OR l.state = 'asked' AND l.asked_at > :after) ORDER BY l.id DESC"
).bindparams(bindparam("people", expanding=True))
_DECIDERS = sql(
    "SELECT DISTINCT p.id, a.bot_id, a.user_id, a.language FROM person p JOIN account a ON a.id = p.account_id"
    " AND a.reachable WHERE p.ended_at IS NULL AND p.school_id = :school AND p.id <> :by"
    " AND (EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id AND r.kind = 'admin' AND r.until IS NULL)"
    " OR EXISTS (SELECT 1 FROM class_team c JOIN pupil u ON u.school_class_id = c.school_class_id WHERE u.id = :pupil"
    " AND c.chief_mentor_id = p.id AND c.until IS NULL))"
    # Nobody who takes part in it: whoever has been its mentor, covers now, or stands behind the same account as they do.
    " AND NOT EXISTS (SELECT 1 FROM person q WHERE q.account_id = p.account_id AND (q.id = :guardian OR q.id = :by"
    " OR EXISTS (SELECT 1 FROM thread t WHERE t.pupil_id = :pupil AND t.guardian_id = :guardian AND t.mentor_id = q.id)"
    " OR EXISTS (SELECT 1 FROM mentorship m WHERE m.pupil_id = :pupil AND m.until IS NULL AND m.mentor_id = q.id)"
    " OR EXISTS (SELECT 1 FROM absence ab JOIN mentorship m ON m.mentor_id = ab.mentor_id AND m.until IS NULL"
    " WHERE m.pupil_id = :pupil AND ab.substitute_id = q.id AND ab.cancelled_at IS NULL AND ab.ends_at > :now)"
    " OR EXISTS (SELECT 1 FROM guardianship g WHERE g.pupil_id = :pupil AND g.person_id = q.id AND g.until IS NULL)))"
    " ORDER BY p.id"
)
_AGREE = sql(
    "UPDATE thread_look SET state = :state, agreed_by = :person, agreed_at = :now, until = :until"
    " WHERE id = :id AND state = 'asked' AND asked_at > :after"
)


def ask(unit: Unit, who: Standing, one: Side, reason: str) -> int | None:
    """Keeps the question of an admin; None where too many of theirs wait already. The caller has asked `side`."""
    me = next(mine.person_id for mine in who.selves if mine.is_staff and mine.school_id == one.school_id)
    waiting = unit.execute(_WAITING, person=me, after=unit.now_ms - ANSWERED_WITHIN).one().many
    if waiting >= MOST:
        return None
    row = new_id()
    unit.write(
        _ASK,
        id=row,
        school=one.school_id,
        pupil=one.pupil_id,
        guardian=one.guardian_id,
        by=me,
        reason=unit.vault.seal("thread_look", row, "reason", reason),
        now=unit.now_ms,
    )
    return row


def drop(unit: Unit, look_id: int) -> None:
    """A question that nobody could be asked does not wait."""
    unit.write(_DROP, id=look_id)


def _read(unit: Unit, row: Row[tuple[object, ...]]) -> Look | None:
    r = row
    about = unit.execute(_OF_BOTH, pupil=r.pupil_id, guardian=r.guardian_id).first()
    if about is None or r.sealed_reason is None:
        return None
    return Look(
        r.id,
        _side(unit, about),
        r.asked_by,
        unit.vault.open("person", r.asked_by, "name", bytes(r.asker)),
        unit.vault.open("thread_look", r.id, "reason", bytes(r.sealed_reason)),
        r.state,
        r.asked_at,
        r.until,
    )


def look(unit: Unit, look_id: int) -> Look | None:
    """A question; nothing where the guardianship or the child's time at the school has ended. Rights are the caller's to ask."""
    row = unit.execute(_ONE, id=look_id).first()
    return None if row is None else _read(unit, row)


def mine(unit: Unit, who: Standing) -> list[Look]:
    """The questions of an admin that wait or can be read now."""
    people = [one.person_id for one in who.selves if one.is_staff]
    if not people or not administers(unit, who):
        return []
    rows = unit.execute(_MINE, people=people, now=unit.now_ms, after=unit.now_ms - ANSWERED_WITHIN).all()
    return [found for row in rows if (found := _read(unit, row)) is not None]


def deciders(unit: Unit, one: Look) -> list[tuple[int, Reach]]:
    """Who may agree: person and way to reach."""
    rows = unit.execute(
        _DECIDERS,
        school=one.side.school_id,
        by=one.asked_by,
        pupil=one.side.pupil_id,
        guardian=one.side.guardian_id,
        now=unit.now_ms,
    )
    return [(row.id, Reach(row.bot_id, row.user_id, row.language, True)) for row in rows]


def decide(unit: Unit, who: Standing, one: Look, *, agrees: bool) -> bool | None:
    """True for the one press that decides; False where it was decided or is too old; None for who may not."""
    me = next((person for person, _ in deciders(unit, one) if person in who.person_ids), None)
    if me is None:
        return None
    return (
        unit.write(
            _AGREE,
            id=one.id,
            state="agreed" if agrees else "declined",
            person=me,
            now=unit.now_ms,
            until=unit.now_ms + OPEN_FOR if agrees else None,
            after=unit.now_ms - ANSWERED_WITHIN,
        )
        == 1
    )


# --- read ---

_PAGE = sql(
    "SELECT m.id, m.thread_id, m.by_guardian, m.author_id, m.kind, m.sealed_body, m.reply_to_id, m.state, m.held_for, m.due_at,"
    " m.hurried, m.item_id, m.item_by, m.written_at, m.edited_at FROM message m WHERE m.case_id IS NULL"
    f" AND m.state IN ('delivered', 'recalled') AND {UNERASED} AND m.thread_id IN"
    " (SELECT id FROM thread WHERE pupil_id = :pupil AND guardian_id = :guardian)"
    " ORDER BY m.written_at DESC, m.id DESC LIMIT :most OFFSET :skip"
)
_NOTED = sql(
    "SELECT 1 FROM access WHERE pupil_id = :pupil AND guardian_id = :guardian AND person_id = :person AND what = :what"
    " AND at > :after"
)


def page(unit: Unit, who: Standing, look_id: int, number: int) -> tuple[Look, list[Stored]] | None:
    """A page of the conversation, the newest first, one more than PAGE where there is another; nothing for who did not ask,
    is no admin any more, or comes too late. Each opening is a line of the log, with the reason."""
    one = look(unit, look_id)
    if (
        one is None
        or one.asked_by not in who.person_ids
        or one.state != "agreed"
        or one.until is None
        or one.until <= unit.now_ms
        or one.side.school_id not in administers(unit, who)
        or _is_own(unit, who, one.side.pupil_id)
    ):
        return None
    values = {"pupil": one.side.pupil_id, "guardian": one.side.guardian_id}
    known = unit.execute(_NOTED, person=one.asked_by, what=WHAT, after=unit.now_ms - access.LOOK, **values).first()
    if known is None or number == 0:
        access.note(unit, one.asked_by, one.side.pupil_id, WHAT, one.reason, guardian_id=one.side.guardian_id)
    rows = unit.execute(_PAGE, most=PAGE + 1, skip=number * PAGE, **values).all()
    return one, [stored(unit, row) for row in rows]
