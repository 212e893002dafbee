"""Rounds: for whom, by which rules, in which state. Rights are asked in allowed.py."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from secrets import randbits
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.base import new_id
from models.matching import tellings
from models.unit import Unit, sql

CAPACITY = 15
"""Pupils of a mentor at most, unless the school says otherwise."""
MOST = 40


class RoundState(StrEnum):
    """Where a round is."""

    DRAFT = "draft"
    """Rules are being chosen; nobody has heard of it."""
    WISHES = "wishes"
    PROPOSED = "proposed"
    """There is a proposal, which chief mentors and admins look at and mend; nothing has changed for anybody."""
    LIVE = "live"
    CANCELLED = "cancelled"


RUNNING = (RoundState.DRAFT, RoundState.WISHES, RoundState.PROPOSED)


class Scope(StrEnum):
    """For whom a round is."""

    SCHOOL = "school"
    GRADE = "grade"
    CLASS = "class"


class Switch(StrEnum):
    """Rules that can be on or off."""

    BALANCE = "balance"
    PRIORITY = "priority"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Round:
    """A round as it is now. Times are milliseconds since 1970."""

    id: int
    school_id: int
    scope: Scope
    name: str
    state: RoundState
    version: int
    wishes_until: int | None
    capacity: int
    balance: bool
    priority: bool
    keep: bool
    seed: int
    slack: int | None
    opened_at: int | None
    proposed_at: int | None
    shown_at: int | None
    live_at: int | None
    over_at: int | None
    forgotten_at: int | None
    counts: tuple[int, int, int, int, int]
    """Pupils, families that wished, first, second and third wishes met: once it is forgotten."""

    def takes_wishes(self, now_ms: int) -> bool:
        """Whether wishes can still be given and changed."""
        return self.state is RoundState.WISHES and self.wishes_until is not None and now_ms < self.wishes_until


_FIELDS = (
    "r.id, r.school_id, r.scope, r.name, r.state, r.version, r.wishes_until, r.capacity, r.balance, r.priority, r.keep,"
    " r.seed, r.slack, r.unbounded, r.opened_at, r.proposed_at, r.shown_at, r.live_at, r.over_at, r.forgotten_at, r.pupils,"
    " r.wished, r.first, r.second, r.third"
)
_ONE = sql(f"SELECT {_FIELDS} FROM match_round r WHERE r.id = :id")
_OF_SCHOOLS = text(
    f"SELECT {_FIELDS} FROM match_round r WHERE r.school_id IN :schools AND r.state <> 'cancelled'"
    " ORDER BY r.id DESC LIMIT 12"
).bindparams(bindparam("schools", expanding=True))
_INSERT = sql(
    "INSERT INTO match_round (id, school_id, scope, name, state, version, capacity, balance, priority, keep, seed,"
    " unbounded, created_by, created_at, pupils, wished, first, second, third) VALUES (:id, :school, :scope, :name,"
    " 'draft', 0, :capacity, :yes, :yes, :yes, :seed, :no, :by, :now, 0, 0, 0, 0, 0)"
)
_INSERT_CLASS = sql("INSERT INTO match_class (round_id, class_id) VALUES (:round, :class)")
_TAKEN = text("SELECT 1 FROM match_class WHERE class_id IN :classes AND until IS NULL").bindparams(
    bindparam("classes", expanding=True)
)
_FREE_CLASSES = sql("UPDATE match_class SET until = :now WHERE round_id = :round AND until IS NULL")
_ADD_PUPILS = sql(
    "SELECT pu.id FROM match_class c JOIN pupil pu ON pu.school_class_id = c.class_id AND pu.ended_at IS NULL"
    " WHERE c.round_id = :round AND NOT EXISTS (SELECT 1 FROM match_pupil m WHERE m.round_id = c.round_id"
    " AND m.pupil_id = pu.id) ORDER BY pu.id"
)
_COME = sql(
    "SELECT DISTINCT ms.mentor_id FROM match_pupil m JOIN mentorship ms ON ms.pupil_id = m.pupil_id AND ms.until IS NULL"
    " JOIN role ro ON ro.person_id = ms.mentor_id AND ro.kind = 'mentor' AND ro.until IS NULL WHERE m.round_id = :round"
    " AND NOT EXISTS (SELECT 1 FROM match_mentor n WHERE n.round_id = m.round_id AND n.person_id = ms.mentor_id)"
)
_INSERT_PUPIL = sql(
    "INSERT INTO match_pupil (id, round_id, pupil_id, with_child, why, unmet, applied)"
    " VALUES (:id, :round, :pupil, :no, '', '', '')"
)
_OF_THE_SCHOOL = sql(
    "SELECT DISTINCT p.id FROM person p JOIN role ro ON ro.person_id = p.id AND ro.kind = 'mentor' AND ro.until IS NULL"
    " WHERE p.school_id = :school AND p.ended_at IS NULL ORDER BY p.id"
)
_OF_THE_CLASSES = sql(
    "SELECT DISTINCT p.id FROM person p JOIN role ro ON ro.person_id = p.id AND ro.kind = 'mentor' AND ro.until IS NULL"
    " WHERE p.ended_at IS NULL AND (p.id IN (SELECT m.mentor_id FROM match_class c JOIN pupil pu"
    " ON pu.school_class_id = c.class_id AND pu.ended_at IS NULL JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL"
    " WHERE c.round_id = :round) OR p.id IN (SELECT t.chief_mentor_id FROM match_class c JOIN class_team t"
    " ON t.school_class_id = c.class_id AND t.until IS NULL WHERE c.round_id = :round)) ORDER BY p.id"
)
_INSERT_MENTOR = sql(
    "INSERT INTO match_mentor (id, round_id, person_id, capacity) VALUES (:id, :round, :person, :capacity)"
    " ON CONFLICT (round_id, person_id) DO NOTHING"
)
_CAPACITY = sql(
    "UPDATE match_round SET capacity = :capacity WHERE id = :id AND state IN ('draft', 'wishes', 'proposed')"
)
_UNTIL = sql("UPDATE match_round SET wishes_until = :until WHERE id = :id AND state IN ('draft', 'wishes')")
_SWITCH = {
    one: sql(f"UPDATE match_round SET {one.value} = :on WHERE id = :id AND state IN ('draft', 'wishes', 'proposed')")
    for one in Switch
}
_OPEN = sql(
    "UPDATE match_round SET state = 'wishes', opened_at = :now WHERE id = :id AND state = 'draft' AND wishes_until > :now"
)
_CANCEL = sql(
    "UPDATE match_round SET state = 'cancelled', over_at = :now WHERE id = :id"
    " AND state IN ('draft', 'wishes', 'proposed')"
)
_TAKE = sql("UPDATE match_round SET version = version + 1 WHERE id = :id AND version = :version AND state = 'proposed'")
_TELL = sql(
    "INSERT INTO match_telling (round_id, what, cursor, begun_at) VALUES (:round, :what, 0, :now)"
    " ON CONFLICT (round_id, what) DO NOTHING"
)
_END_TELLINGS = sql("UPDATE match_telling SET done_at = :now WHERE round_id = :round AND done_at IS NULL")


def _round(row: Row[Any]) -> Round:
    return Round(
        row.id,
        row.school_id,
        Scope(row.scope),
        row.name,
        RoundState(row.state),
        row.version,
        row.wishes_until,
        row.capacity,
        bool(row.balance),
        bool(row.priority),
        bool(row.keep),
        row.seed,
        None if row.unbounded else (row.slack or 0),
        row.opened_at,
        row.proposed_at,
        row.shown_at,
        row.live_at,
        row.over_at,
        row.forgotten_at,
        (row.pupils, row.wished, row.first, row.second, row.third),
    )


def one(unit: Unit, round_id: int) -> Round | None:
    """A round by its id."""
    row = unit.execute(_ONE, id=round_id).first()
    return None if row is None else _round(row)


def of_schools(unit: Unit, school_ids: list[int]) -> list[Round]:
    """The latest rounds of these schools, without cancelled ones."""
    return [_round(row) for row in unit.execute(_OF_SCHOOLS, schools=school_ids)] if school_ids else []


def create(unit: Unit, school_id: int, scope: Scope, name: str, class_ids: list[int], by: int) -> int | None:
    """A round for these classes, as a draft. Nothing where one of them is in a round that is not over."""
    if not class_ids or unit.execute(_TAKEN, classes=class_ids).first() is not None:
        return None
    row = new_id()
    unit.write(
        _INSERT,
        id=row,
        school=school_id,
        scope=scope.value,
        name=name,
        capacity=CAPACITY,
        yes=True,
        no=False,
        seed=randbits(31),
        by=by,
        now=unit.now_ms,
    )
    for class_id in class_ids:
        unit.write(_INSERT_CLASS, round=row, **{"class": class_id})
    found = one(unit, row)
    assert found is not None  # noqa: S101 - written above
    of_whom = (
        unit.execute(_OF_THE_SCHOOL, school=school_id)
        if scope is Scope.SCHOOL
        else unit.execute(_OF_THE_CLASSES, round=row)
    )
    add_mentors(unit, row, [person.id for person in of_whom.all()])
    add_pupils(unit, row)
    return row


def add_pupils(unit: Unit, round_id: int) -> int:
    """Pupils who have come into the round's classes since, answering how many; and mentors who have got pupils of it since:
    without them those pupils would be given away."""
    fresh = [row.id for row in unit.execute(_ADD_PUPILS, round=round_id).all()]
    for pupil in fresh:
        unit.later(_INSERT_PUPIL, id=new_id(), round=round_id, pupil=pupil, no=False)
    unit.flush()
    add_mentors(unit, round_id, [row.mentor_id for row in unit.execute(_COME, round=round_id).all()])
    return len(fresh)


def add_mentors(unit: Unit, round_id: int, person_ids: list[int], capacity: int | None = None) -> None:
    """Puts mentors among those of a round."""
    for person in person_ids:
        unit.write(_INSERT_MENTOR, id=new_id(), round=round_id, person=person, capacity=capacity)


def set_capacity(unit: Unit, round_id: int, capacity: int) -> None:
    """How many pupils a mentor has at most, where nothing else is said of one."""
    unit.write(_CAPACITY, id=round_id, capacity=min(max(capacity, 1), MOST))


def set_switch(unit: Unit, round_id: int, switch: Switch, on: bool) -> None:
    """Turns a rule on or off."""
    unit.write(_SWITCH[switch], id=round_id, on=on)


def set_until(unit: Unit, round_id: int, until: int) -> None:
    """Until when wishes are taken."""
    unit.write(_UNTIL, id=round_id, until=until)


def open_(unit: Unit, round_id: int) -> bool:
    """Asks families and mentors for their wishes. False where that is done, or its last moment is missing or past."""
    if unit.write(_OPEN, id=round_id, now=unit.now_ms) != 1:
        return False
    add_pupils(unit, round_id)
    tell(unit, round_id, "families")
    tell(unit, round_id, "mentors")
    return True


def cancel(unit: Unit, round_id: int) -> bool:
    """Ends a round without any change for anybody; not once it is live."""
    before = one(unit, round_id)
    if before is None or unit.write(_CANCEL, id=round_id, now=unit.now_ms) != 1:
        return False
    release(unit, round_id)
    tellings.unsay(unit, round_id, "")
    if before.opened_at is not None:
        tell(unit, round_id, "cancelled")
    return True


def release(unit: Unit, round_id: int) -> None:
    """Its classes may be in another round; nothing more is told of this one."""
    unit.write(_FREE_CLASSES, round=round_id, now=unit.now_ms)
    unit.write(_END_TELLINGS, round=round_id, now=unit.now_ms)


def take(unit: Unit, round_: Round) -> bool:
    """Takes a round's proposal for a change of it. False where it was changed since it was read."""
    return unit.write(_TAKE, id=round_.id, version=round_.version) == 1


def tell(unit: Unit, round_id: int, what: str) -> None:
    """Begins to tell all of a round something, or to do something for all; once for each `what` (spread.py)."""
    unit.write(_TELL, round=round_id, what=what, now=unit.now_ms)
