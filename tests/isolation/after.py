"""What can end between people: each change by its rows, and who had something before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, text
from sqlmodel import SQLModel

from models.base import new_id
from tests.isolation.acting import Stage
from tests.isolation.rows import Rows

Row = dict[str, Any]
Change = Callable[[Connection, Rows], None]


@dataclass(frozen=True, slots=True)
class Ending:
    """A change, and the accounts of those who lose by it."""

    name: str
    former: tuple[str, ...]
    change: Change


def _run(statement: str, **named: str) -> Change:
    """A statement; each value is what the town calls a row. `:now` are milliseconds since 1970, `:id` is a new row's."""
    prepared = text(statement)

    def change(connection: Connection, rows: Rows) -> None:
        values = {key: rows.names[name] for key, name in named.items()}
        if ":now" in statement:
            values["now"] = rows.now_ms
        if ":id" in statement:
            values["id"] = new_id()
        connection.execute(prepared, values)

    return change


def _both(*changes: Change) -> Change:
    def change(connection: Connection, rows: Rows) -> None:
        for one in changes:
            one(connection, rows)

    return change


_NO_MENTOR = "UPDATE mentorship SET until = :now WHERE pupil_id = :pupil AND until IS NULL"
_MENTOR = "INSERT INTO mentorship (id, pupil_id, mentor_id, since) VALUES (:id, :pupil, :mentor, :now)"
_NO_GUARDIAN = "UPDATE guardianship SET until = :now WHERE pupil_id = :pupil AND person_id = :person AND until IS NULL"
_NO_ROLE = "UPDATE role SET until = :now WHERE person_id = :person AND until IS NULL"
_NO_CHIEF = "UPDATE class_team SET until = :now WHERE school_class_id = :class AND until IS NULL"
_CHIEF = "INSERT INTO class_team (id, school_class_id, chief_mentor_id, since) VALUES (:id, :class, :chief, :now)"
_GONE = "UPDATE person SET ended_at = :now WHERE id = :person"
_SILENCE = "INSERT INTO no_contact (id, person_id, set_by, since) VALUES (:id, :person, :by, :now)"

ENDINGS = (
    Ending(
        "another mentor",
        ("M1", "M5"),
        _both(
            _run(_NO_MENTOR, pupil="P1"),
            _run(_MENTOR, pupil="P1", mentor="M2"),
            _run(_NO_CHIEF, **{"class": "A1"}),
            _run(_CHIEF, **{"class": "A1", "chief": "M4"}),
        ),
    ),
    Ending("no mentor any more", ("M2", "SUB"), _run(_NO_MENTOR, pupil="P3")),
    Ending(
        "another mentor, the chief mentor stays",
        ("M3",),
        _both(_run(_NO_MENTOR, pupil="P6"), _run(_MENTOR, pupil="P6", mentor="M4")),
    ),
    Ending("no guardian any more", ("G2",), _run(_NO_GUARDIAN, pupil="P1", person="G2")),
    Ending("guardian of one of two", ("G1",), _run(_NO_GUARDIAN, pupil="P2", person="G1")),
    Ending("speaker without a child in the class", ("G6",), _run(_NO_GUARDIAN, pupil="P6", person="G6")),
    Ending("admin no more", ("ADMIN",), _run(_NO_ROLE, person="ADMIN")),
    Ending("counsellor no more", ("COUNSELLOR",), _run(_NO_ROLE, person="COUNSELLOR")),
    Ending("duty leader no more", ("DUTY",), _run(_NO_ROLE, person="DUTY")),
    Ending("centre no more", ("CENTRE",), _run(_NO_ROLE, person="CENTRE")),
    Ending("mentor's role ended", ("M2",), _run(_NO_ROLE, person="M2")),
    Ending(
        "back from an absence",
        ("SUB",),
        _run("UPDATE absence SET cancelled_at = :now WHERE substitute_id = :person", person="SUB"),
    ),
    Ending(
        "chief mentor no more",
        ("M3",),
        _both(_run(_NO_CHIEF, **{"class": "A2"}), _run(_CHIEF, **{"class": "A2", "chief": "M5"})),
    ),
    Ending("a teacher has left", ("M1",), _run(_GONE, person="M1")),
    Ending("the other school's mentor has left", ("MB",), _run(_GONE, person="MB")),
    Ending("a guardian has left", ("G3",), _run(_GONE, person="G3")),
    Ending("no contact", ("G1",), _run(_SILENCE, person="G1", by="COUNSELLOR")),
    Ending(
        "consent withdrawn",
        ("G4",),
        _run("UPDATE guardianship SET confirmed_at = NULL WHERE person_id = :person", person="G4"),
    ),
    Ending("account left", ("G3",), _run("UPDATE person SET account_id = NULL WHERE id = :person", person="G3")),
    # As the roster's import does it (models/roster/ending.py).
    Ending(
        "a pupil has left",
        ("M2", "SUB", "G3"),
        _both(
            _run("UPDATE pupil SET ended_at = :now WHERE id = :pupil", pupil="P3"),
            _run(_NO_MENTOR, pupil="P3"),
            _run(_NO_GUARDIAN, pupil="P3", person="G3"),
            _run(_GONE, person="G3"),
        ),
    ),
    Ending(
        "a pupil in another class",
        ("M3", "G6"),
        _run("UPDATE pupil SET school_class_id = :class WHERE id = :pupil", pupil="P6", **{"class": "A1"}),
    ),
    Ending(
        "second teacher no more",
        ("M5",),
        _run(
            "UPDATE visit SET companion_id = NULL, companion_says = 'nobody' WHERE companion_id = :person", person="M5"
        ),
    ),
    Ending(
        "second teacher refused",
        ("M1",),
        _run("UPDATE visit SET companion_says = 'no' WHERE companion_id = :person", person="M1"),
    ),
    Ending(
        "not a guest any more",
        ("M4", "COUNSELLOR"),
        _both(
            _run("DELETE FROM event_guest WHERE person_id = :person", person="M4"),
            _run("DELETE FROM event_guest WHERE person_id = :person", person="COUNSELLOR"),
        ),
    ),
    Ending(
        "a notice taken back",
        ("G1", "G3"),
        _run("UPDATE notice_recipient SET state = 'recalled' WHERE person_id IN (:one, :two)", one="G1", two="G3"),
    ),
)
_CHANGED = (
    "person",
    "pupil",
    "guardianship",
    "mentorship",
    "class_team",
    "role",
    "absence",
    "no_contact",
    "visit",
    "event_guest",
    "notice_recipient",
)


@contextmanager
def ended(stage: Stage, one: Ending) -> Iterator[None]:
    """The change is kept for as long as the block lasts."""
    tables = [SQLModel.metadata.tables[name] for name in _CHANGED]
    with stage.engine.begin() as connection:
        kept = {table: [dict(row) for row in connection.execute(select(table)).mappings()] for table in tables}
        one.change(connection, stage.rows)
        now = {table: [dict(row) for row in connection.execute(select(table)).mappings()] for table in tables}
    stage.changed_by_hand()
    try:
        yield
    finally:
        with stage.engine.begin() as connection:
            for table in tables:
                _restore(connection, table, kept[table], now[table])
        stage.changed_by_hand()


def _restore(connection: Connection, table: Table, kept: list[Row], now: list[Row]) -> None:
    keys = [one.name for one in table.primary_key.columns]
    was = {tuple(row[key] for key in keys): row for row in kept}
    is_ = {tuple(row[key] for key in keys): row for row in now}
    changed = sorted((key for key, row in is_.items() if was.get(key) != row), key=lambda key: key in was)
    for key in changed:  # what is new goes first: there is one row at a time
        same = [table.c[name] == value for name, value in zip(keys, key, strict=True)]
        if key in was:
            connection.execute(table.update().where(*same).values(**was[key]))
        else:
            connection.execute(delete(table).where(*same))
    missing = [row for key, row in was.items() if key not in is_]
    if missing:
        connection.execute(insert(table), missing)
