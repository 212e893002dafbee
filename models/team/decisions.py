"""What a weekly meeting decided: tasks with an owner and a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.base import as_day, new_id
from models.unit import Unit, sql

LONGEST = 300
"""Characters."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task."""

    id: int
    class_id: int
    text: str
    owner_id: int
    due_on: date
    made_by: int
    done: bool


OWNER_BELONGS = (
    "(EXISTS (SELECT 1 FROM class_team t WHERE t.school_class_id = d.school_class_id AND t.chief_mentor_id = d.owner_id"
    " AND t.until IS NULL) OR EXISTS (SELECT 1 FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " WHERE pu.school_class_id = d.school_class_id AND m.until IS NULL AND (m.mentor_id = d.owner_id"
    " OR EXISTS (SELECT 1 FROM absence a WHERE a.mentor_id = m.mentor_id AND a.substitute_id = d.owner_id"
    " AND a.cancelled_at IS NULL AND a.starts_at <= :now AND a.ends_at > :now))))"
)
"""SQL: the task `d` is of somebody who works in the class's team today; of who does not, the team gives it to another."""
_COLUMNS = "id, school_class_id, sealed_text, owner_id, due_on, made_by, done_at"
_PUT = sql(
    "INSERT INTO team_decision (id, school_class_id, sealed_text, owner_id, due_on, made_by, made_at)"
    " VALUES (:id, :class, :text, :owner, :due, :owner, :now)"
)
_ONE = sql(f"SELECT {_COLUMNS} FROM team_decision WHERE id = :id")
_OPEN = sql(
    f"SELECT {_COLUMNS} FROM team_decision WHERE school_class_id = :class AND done_at IS NULL ORDER BY due_on, id LIMIT 50"
)
_OWNER = sql("UPDATE team_decision SET owner_id = :owner WHERE id = :id AND done_at IS NULL")
_DUE = sql("UPDATE team_decision SET due_on = :due WHERE id = :id AND done_at IS NULL")
_DONE = sql("UPDATE team_decision SET done_at = :now WHERE id = :id AND done_at IS NULL")
_DROP = sql("DELETE FROM team_decision WHERE id = :id AND done_at IS NULL")
_OF_OWNERS = text(
    f"SELECT {_COLUMNS} FROM team_decision d WHERE owner_id IN :owners AND done_at IS NULL AND due_on <= :until"
    f" AND {OWNER_BELONGS} ORDER BY due_on, id"
).bindparams(bindparam("owners", expanding=True))


def _task(unit: Unit, row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        class_id=row.school_class_id,
        text=unit.vault.open("team_decision", row.id, "text", bytes(row.sealed_text)),
        owner_id=row.owner_id,
        due_on=as_day(row.due_on),
        made_by=row.made_by,
        done=row.done_at is not None,
    )


def put(unit: Unit, class_id: int, words: str, owner_id: int, due_on: date) -> int:
    """Keeps a decision as a task of who writes it down, until somebody else is named. Answers its id."""
    row = new_id()
    sealed = unit.vault.seal("team_decision", row, "text", words)
    unit.write(_PUT, id=row, text=sealed, owner=owner_id, due=due_on, now=unit.now_ms, **{"class": class_id})
    return row


def one(unit: Unit, task_id: int) -> Task | None:
    """A task, or nothing. Rights are the caller's to ask."""
    row = unit.execute(_ONE, id=task_id).first()
    return None if row is None else _task(unit, row)


def open_of_class(unit: Unit, class_id: int) -> list[Task]:
    """What is still to do, by date."""
    return [_task(unit, row) for row in unit.execute(_OPEN, **{"class": class_id})]


def open_of(unit: Unit, owner_ids: list[int], until: date) -> list[Task]:
    """What these people have to do by a day for the teams in which they still are, by date."""
    if not owner_ids:
        return []
    return [_task(unit, row) for row in unit.execute(_OF_OWNERS, owners=owner_ids, until=until, now=unit.now_ms)]


def set_owner(unit: Unit, task_id: int, owner_id: int) -> None:
    """Names who does it."""
    unit.write(_OWNER, id=task_id, owner=owner_id)


def set_due(unit: Unit, task_id: int, due_on: date) -> None:
    """Names the day."""
    unit.write(_DUE, id=task_id, due=due_on)


def done(unit: Unit, task_id: int) -> bool:
    """It is done; False where it was already."""
    return unit.write(_DONE, id=task_id, now=unit.now_ms) == 1


def drop(unit: Unit, task_id: int) -> None:
    """It was none after all."""
    unit.write(_DROP, id=task_id)
