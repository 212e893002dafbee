"""One word stops all media and notices of a person, a role, a school or everybody, what waits already too; another lifts it.

Rows that a freeze meets keep their place and wait in the state 'frozen'. Delivery asks once more before each call, so that
what is put down while it lasts is frozen when its turn comes, and nothing slips past between two processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, text

from models.base import new_id
from models.unit import Unit, sql


class Scope(StrEnum):
    """Whose media and notices."""

    PERSON = "person"
    ROLE = "role"
    """guardian, mentor or admin; of one school or of all."""
    SCHOOL = "school"
    ALL = "all"


ROLES = ("guardian", "mentor", "admin")
"""Roles that can be frozen."""
_IN_ROLE = (
    "(f.school_id IS NULL OR q.school_id = f.school_id) AND ((f.role = 'guardian' AND q.staff_number IS NULL)"
    " OR (f.role <> 'guardian' AND EXISTS (SELECT 1 FROM role fr WHERE fr.person_id = q.id AND fr.kind = f.role"
    " AND fr.until IS NULL)) OR (f.role = 'mentor' AND EXISTS (SELECT 1 FROM mentorship fm WHERE fm.mentor_id = q.id"
    " AND fm.until IS NULL)))"
)
_STOPS = (
    "EXISTS (SELECT 1 FROM freezing f JOIN person q ON q.id = {author} WHERE f.lifted_at IS NULL AND (f.scope = 'all'"
    " OR (f.scope = 'school' AND q.school_id = f.school_id) OR (f.scope = 'person' AND q.id = f.person_id)"
    f" OR (f.scope = 'role' AND {_IN_ROLE})))"
)
_ANY = sql("SELECT 1 FROM freezing WHERE lifted_at IS NULL LIMIT 1")
# The index says both states, and SQLite asks for its very words.
_HELD = "author_id IS NOT NULL AND state IN ('waiting', 'frozen')"
_FREEZE = sql(
    f"UPDATE outbox SET state = 'frozen' WHERE {_HELD} AND state = 'waiting' AND "
    + _STOPS.format(author="outbox.author_id")
)
_LIFT = sql(
    f"UPDATE outbox SET state = 'waiting' WHERE {_HELD} AND state = 'frozen' AND NOT "
    + _STOPS.format(author="outbox.author_id")
)
_FROZEN = sql(f"SELECT 1 FROM outbox WHERE {_HELD} AND state = 'frozen' LIMIT 1")
_FREEZE_THESE = text(
    "UPDATE outbox SET state = 'frozen' WHERE id IN :ids AND state = 'waiting' AND author_id IS NOT NULL AND "
    + _STOPS.format(author="outbox.author_id")
).bindparams(bindparam("ids", expanding=True))
_STOPPED = text(f"SELECT a.id FROM person a WHERE a.id IN :people AND {_STOPS.format(author='a.id')}").bindparams(
    bindparam("people", expanding=True)
)
_MET = sql(
    "SELECT f.id FROM freezing f JOIN person q ON q.id = :person WHERE f.lifted_at IS NULL AND (f.scope = 'all'"
    " OR (f.scope = 'school' AND q.school_id = f.school_id) OR (f.scope = 'person' AND q.id = f.person_id)"
    f" OR (f.scope = 'role' AND {_IN_ROLE})) ORDER BY f.id LIMIT 1"
)
_WRITERS = sql(
    f"SELECT DISTINCT author_id FROM outbox WHERE {_HELD} AND state = 'frozen' AND message_id IS NOT NULL"
    " ORDER BY author_id"
)
_SAME = sql(
    "SELECT id FROM freezing WHERE lifted_at IS NULL AND scope = :scope AND COALESCE(person_id, 0) = :person"
    " AND COALESCE(role, '') = :role AND COALESCE(school_id, 0) = :school"
)
_SET = sql(
    "INSERT INTO freezing (id, scope, person_id, role, school_id, set_by, set_at)"
    " VALUES (:id, :scope, :person, :role, :school, :by, :now)"
)
_OPEN = sql(
    "SELECT id, scope, person_id, role, school_id, set_by, set_at FROM freezing WHERE lifted_at IS NULL ORDER BY id"
)
_END = sql("UPDATE freezing SET lifted_at = :now, lifted_by = :by WHERE id = :id AND lifted_at IS NULL")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A freeze that lasts."""

    id: int
    scope: Scope
    person_id: int | None
    role: str | None
    school_id: int | None
    set_by: int
    set_at: int


def freeze(
    unit: Unit, by: int, scope: Scope, *, person: int | None = None, role: str | None = None, school: int | None = None
) -> int:
    """Stops them from this moment; answers how many that waited it has met. Rights are the caller's to ask."""
    unit.write(_SET, id=new_id(), scope=scope.value, person=person, role=role, school=school, by=by, now=unit.now_ms)
    unit.flush()
    return unit.write(_FREEZE)


def lift(unit: Unit, freeze_id: int, by: int) -> int | None:
    """Ends one freeze; what no other one holds goes on. Answers how many, nothing where it was lifted before."""
    if unit.write(_END, id=freeze_id, by=by, now=unit.now_ms) != 1:
        return None
    return unit.write(_LIFT)


def lift_stray(unit: Unit) -> int:
    """What no freeze holds any more goes on: a sender may have frozen it while the freeze was being lifted, or its author has
    that role no longer. Answers how many."""
    return unit.write(_LIFT) if unit.execute(_FROZEN).first() is not None else 0


def current(unit: Unit) -> list[Frozen]:
    """The freezes that last."""
    return [
        Frozen(r.id, Scope(r.scope), r.person_id, r.role, r.school_id, r.set_by, r.set_at) for r in unit.execute(_OPEN)
    ]


def stopped(unit: Unit, person_ids: Sequence[int]) -> set[int]:
    """Of whom nothing goes out now."""
    if not person_ids or unit.execute(_ANY).first() is None:
        return set()
    return {row.id for row in unit.execute(_STOPPED, people=list(person_ids))}


def meets(unit: Unit, person_id: int) -> int | None:
    """The freeze that stops this person's media and notices now: the one that was set first."""
    if unit.execute(_ANY).first() is None:
        return None
    row = unit.execute(_MET, person=person_id).first()
    return None if row is None else int(row.id)


def one(unit: Unit, freeze_id: int) -> Frozen | None:
    """A freeze that lasts."""
    return next((found for found in current(unit) if found.id == freeze_id), None)


def same(unit: Unit, scope: Scope, person: int | None, role: str | None, school: int | None) -> bool:
    """Whether exactly that is stopped already."""
    values = {"person": person or 0, "role": role or "", "school": school or 0}
    return unit.execute(_SAME, scope=scope.value, **values).first() is not None


def writers(unit: Unit) -> list[int]:
    """Whose messages wait frozen."""
    return [row.author_id for row in unit.execute(_WRITERS)]


def stop_these(connection: Connection, ids: Sequence[int]) -> None:
    """Delivery's last look before a claim: what a freeze meets is frozen instead of sent."""
    if ids and connection.execute(_ANY).first() is not None:
        connection.execute(_FREEZE_THESE, {"ids": list(ids)})
