"""What the steps of an import share: the connection, the keys, the hooks, and the gathered writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Table, bindparam, insert, update
from sqlmodel import SQLModel

import models.people  # noqa: F401  the tables
from models.roster.plan import Plan
from models.roster.reading import Progress, no_progress
from models.roster.staging import Staging
from models.vault import Vault

T = TypeVar("T")

MentorChange = tuple[int, int | None, int | None]
"""Pupil, former mentor and new mentor (people's ids)."""


def table(name: str) -> Table:
    """A table by its name."""
    return SQLModel.metadata.tables[name]


def portions(items: Sequence[T], size: int = 1000) -> list[Sequence[T]]:
    """The items, some at a time."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _no_mentor_changes(_connection: Connection, _changes: list[MentorChange]) -> None:
    """Nobody is told."""


def _no_ended(_connection: Connection, _people: list[int], _pupils: list[int]) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What else has to happen within the import's transaction. Both are called after the rows themselves changed.

    `on_mentor_changes(connection, [(pupil, former mentor or None, new mentor or None)])`;
    `on_ended(connection, people, pupils)`: who ended, in ids. A dry run calls them too and undoes what they wrote.
    """

    on_mentor_changes: Callable[[Connection, list[MentorChange]], None] = _no_mentor_changes
    on_ended: Callable[[Connection, list[int], list[int]], None] = _no_ended


_INSERT_ORDER = (
    "school",
    "stage",
    "school_class",
    "term",
    "person",
    "pupil",
    "guardianship",
    "mentorship",
    "class_team",
    "role",
)


@dataclass(slots=True)
class Work:
    """One import."""

    connection: Connection
    vault: Vault
    now: datetime
    end_missing: bool
    staging: Staging
    hooks: Hooks = field(default_factory=Hooks)
    progress: Progress = no_progress
    plan: Plan = field(default_factory=Plan)
    mentor_changes: list[MentorChange] = field(default_factory=list)
    _inserts: defaultdict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    _updates: defaultdict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def rows(self, statement: Executable) -> list[Any]:
        """The rows that a statement finds."""
        return list(self.connection.execute(statement))

    def insert(self, name: str, values: dict[str, Any]) -> None:
        """Gathers a new row; all rows of a table have the same columns."""
        self._inserts[name].append(values)

    def update(self, name: str, row: int, **values: Any) -> None:
        """Gathers a change of a row that is in the database already."""
        self._updates[name, tuple(values)].append({"row_id": row, **{f"new_{key}": v for key, v in values.items()}})

    def flush(self) -> None:
        """Writes what was gathered: changes first (they end what new rows replace), then new rows, then the hooks."""
        for (name, columns), rows in self._updates.items():
            to = table(name)
            statement = (
                update(to).where(to.c.id == bindparam("row_id")).values({c: bindparam(f"new_{c}") for c in columns})
            )
            self.connection.execute(statement, rows)
        self._updates.clear()
        for name in _INSERT_ORDER:
            if rows := self._inserts.pop(name, []):
                self.connection.execute(insert(table(name)), rows)
        if self.mentor_changes:
            changes, self.mentor_changes = self.mentor_changes, []
            self.hooks.on_mentor_changes(self.connection, changes)
