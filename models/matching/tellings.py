"""How far the telling of a round has come: a cursor that moves with what it queues, in one transaction (decision 0016)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from models.contact import FREE
from models.standing import Reach, class_label
from models.unit import Unit, sql

BATCH = 100
"""Pupils or mentors of whom people are told in one transaction."""
FAMILIES, MENTORS, REMIND, REMIND_MENTORS, APPLY, LISTS, CANCELLED = (
    "families",
    "mentors",
    "remind",
    "remind_mentors",
    "apply",
    "lists",
    "cancelled",
)


@dataclass(frozen=True, slots=True)
class Telling:
    """A telling that is not finished."""

    round_id: int
    what: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian of a pupil of the round."""

    pupil_id: int
    pupil_name: str
    person_id: int
    reach: Reach
    quiet: tuple[int, int]
    wished: bool
    present_id: int | None
    """The pupil's mentor of today, where one can wish for that one."""


@dataclass(frozen=True, slots=True)
class Mentor:
    """A mentor of the round."""

    person_id: int
    reach: Reach
    hours: tuple[int, int]
    wished: bool
    takes_part: bool
    """Whether there is any place: without one there is nothing to wish for."""


QUESTIONS = (f"{FAMILIES}:", f"{MENTORS}:", f"{REMIND}:", f"{REMIND_MENTORS}:")
"""How the keys go on of what asks for a wish."""

_UNSAID = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'no longer true'"
    " WHERE state = 'waiting' AND dedupe_key LIKE :keys"
)
_ANY = sql("SELECT 1 FROM match_telling WHERE done_at IS NULL LIMIT 1")
_OPEN = sql(
    "SELECT round_id, what, cursor FROM match_telling WHERE done_at IS NULL ORDER BY begun_at, round_id, what LIMIT 20"
)
_MOVE = sql(
    "UPDATE match_telling SET cursor = :cursor, done_at = :done WHERE round_id = :round AND what = :what"
    " AND cursor = :before AND done_at IS NULL"
)
_NEXT_PUPILS = sql(
    "SELECT MAX(pupil_id) AS last FROM (SELECT pupil_id FROM match_pupil WHERE round_id = :round AND pupil_id > :after"
    " ORDER BY pupil_id LIMIT :most) AS part"
)
_NEXT_MENTORS = sql(
    "SELECT MAX(person_id) AS last FROM (SELECT person_id FROM match_mentor WHERE round_id = :round AND person_id > :after"
    " ORDER BY person_id LIMIT :most) AS part"
)
_GUARDIANS = sql(
    "SELECT m.pupil_id, pu.sealed_name, m.wished_at, p.id AS person_id, p.quiet_from, p.quiet_to, a.bot_id, a.user_id,"
    " a.language, ms.mentor_id AS present_id FROM match_pupil m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " JOIN match_class c ON c.round_id = m.round_id AND c.class_id = pu.school_class_id"
    " JOIN guardianship g ON g.pupil_id = m.pupil_id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " JOIN person p ON p.id = g.person_id AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id"
    " AND a.reachable = :yes LEFT JOIN mentorship ms ON ms.pupil_id = m.pupil_id AND ms.until IS NULL AND EXISTS (SELECT 1"
    " FROM match_mentor n WHERE n.round_id = m.round_id AND n.person_id = ms.mentor_id AND COALESCE(n.capacity, 1) > 0)"
    f" WHERE m.round_id = :round AND m.pupil_id > :after AND m.pupil_id <= :last AND {FREE} ORDER BY m.pupil_id, p.id"
)
_MENTOR_ROWS = sql(
    "SELECT m.person_id, m.wished_at, m.capacity, p.hours_from, p.hours_to, a.bot_id, a.user_id, a.language FROM match_mentor m"
    " JOIN person p ON p.id = m.person_id AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id AND a.reachable = :yes"
    " WHERE m.round_id = :round AND m.person_id > :after AND m.person_id <= :last AND EXISTS (SELECT 1 FROM role ro"
    " WHERE ro.person_id = p.id AND ro.kind = 'mentor' AND ro.until IS NULL) ORDER BY m.person_id"
)
_TOUCHED = sql(
    "SELECT 1 FROM match_pupil WHERE round_id = :round AND applied = 'changed' AND (mentor_id = :person"
    " OR former_id = :person) LIMIT 1"
)


def any_open(connection: Connection) -> bool:
    """Whether anything is still to be told: asked often, so without a unit of work."""
    return connection.execute(_ANY).first() is not None


def open_ones(unit: Unit) -> list[Telling]:
    """The tellings that are not finished."""
    return [Telling(row.round_id, row.what, row.cursor) for row in unit.execute(_OPEN)]


def unsay(unit: Unit, round_id: int, *kinds: str) -> None:
    """What waits for the morning to be told of a round, by how its keys go on, is no longer true."""
    unit.flush()
    for kind in kinds:
        unit.write(_UNSAID, keys=f"match:{round_id}:{kind}%", now=unit.now_ms)


def advance(unit: Unit, one: Telling, cursor: int, *, done: bool) -> None:
    """Keeps how far it has come. Raises RuntimeError where another process was there first: this part is taken back."""
    values = {"round": one.round_id, "what": one.what, "before": one.cursor, "cursor": cursor}
    if unit.write(_MOVE, **values, done=unit.now_ms if done else None) != 1:
        raise RuntimeError("another process tells the same people")


def next_guardians(unit: Unit, one: Telling) -> tuple[int | None, list[Guardian]]:
    """Who can be told of the next pupils, and up to which pupil that is; None where all were told."""
    last = unit.execute(_NEXT_PUPILS, round=one.round_id, after=one.cursor, most=BATCH).one().last
    if last is None:
        return None, []
    rows = unit.execute(_GUARDIANS, round=one.round_id, after=one.cursor, last=last, yes=True)
    return last, [
        Guardian(
            row.pupil_id,
            unit.vault.open("pupil", row.pupil_id, "name", row.sealed_name),
            row.person_id,
            Reach(row.bot_id, row.user_id, row.language, True),
            (row.quiet_from, row.quiet_to),
            row.wished_at is not None,
            row.present_id,
        )
        for row in rows.all()
    ]


def next_mentors(unit: Unit, one: Telling) -> tuple[int | None, list[Mentor]]:
    """The next mentors, and up to which person that is; None where all were told."""
    last = unit.execute(_NEXT_MENTORS, round=one.round_id, after=one.cursor, most=BATCH).one().last
    if last is None:
        return None, []
    rows = unit.execute(_MENTOR_ROWS, round=one.round_id, after=one.cursor, last=last, yes=True)
    return last, [
        Mentor(
            row.person_id,
            Reach(row.bot_id, row.user_id, row.language, True),
            (row.hours_from, row.hours_to),
            row.wished_at is not None,
            row.capacity != 0,
        )
        for row in rows.all()
    ]


def is_touched(unit: Unit, round_id: int, person_id: int) -> bool:
    """Whether a mentor has gained or lost a pupil by the round."""
    return unit.execute(_TOUCHED, round=round_id, person=person_id).first() is not None


# --- when ---

REMIND_BEFORE = 36 * 3_600_000
"""Milliseconds before the end of the wishes at which those who have said nothing are reminded, once: the morning before."""
SHORTEST = 48 * 3_600_000
"""Where wishes are taken for less than this, nobody is reminded."""

_REMINDED = sql(
    "SELECT id FROM match_round WHERE state = 'wishes' AND reminded_at IS NULL AND wishes_until > :now"
    " AND wishes_until <= :soon AND wishes_until - opened_at >= :shortest"
)
_REMIND = sql("UPDATE match_round SET reminded_at = :now WHERE id = :id AND reminded_at IS NULL")
_CLOSED = sql(
    "SELECT id, school_id FROM match_round WHERE state = 'wishes' AND wishes_until <= :now ORDER BY id LIMIT 40"
)
_CHIEFS = sql(
    "SELECT c.class_id, p.id AS person_id, p.hours_from, p.hours_to, sc.grade, sc.name FROM match_class c"
    " JOIN school_class sc ON sc.id = c.class_id"
    " LEFT JOIN class_team t ON t.school_class_id = c.class_id AND t.until IS NULL LEFT JOIN person p"
    " ON p.id = t.chief_mentor_id AND p.ended_at IS NULL WHERE c.round_id = :round ORDER BY sc.grade, sc.name, sc.id"
)
_SHOW = sql("UPDATE match_round SET shown_at = :now WHERE id = :id AND state = 'proposed'")


def to_remind(unit: Unit) -> list[int]:
    """Rounds whose reminder is due; from now on it is not."""
    rows = unit.execute(_REMINDED, now=unit.now_ms, soon=unit.now_ms + REMIND_BEFORE, shortest=SHORTEST).all()
    return [row.id for row in rows if unit.write(_REMIND, id=row.id, now=unit.now_ms) == 1]


def closed(unit: Unit) -> list[tuple[int, int]]:
    """Rounds whose wishes have come to their end and that have no proposal yet, with their schools."""
    return [(row.id, row.school_id) for row in unit.execute(_CLOSED, now=unit.now_ms)]


@dataclass(frozen=True, slots=True)
class Chief:
    """A class of a round and its chief mentor, where it has one."""

    class_id: int
    label: str
    person_id: int | None
    hours: tuple[int, int]


def show(unit: Unit, round_id: int) -> list[Chief]:
    """Chief mentors may look at the proposal from now on. Empty where there is none."""
    if unit.write(_SHOW, id=round_id, now=unit.now_ms) != 1:
        return []
    return [
        Chief(row.class_id, class_label(row.grade, row.name), row.person_id, (row.hours_from or 0, row.hours_to or 0))
        for row in unit.execute(_CHIEFS, round=round_id)
    ]
