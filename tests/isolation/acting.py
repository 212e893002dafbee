"""One triple: somebody does something with something, and what came of it: what was said to whom, which rows are others now.

It goes the way that an update goes (handlers/dispatch.py), within a transaction that is taken back or kept.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event, select
from sqlmodel import SQLModel

from bot import ticks
from bot.database import open_engine
from bot.menu import COMMANDS, PRESSES, set_menu
from handlers import say, waiting
from handlers.appointments import ticks as appointments
from handlers.context import SchoolSettings
from handlers.dispatch import Dispatcher
from handlers.events import spread
from handlers.incoming import Event
from handlers.matching import spread as matching
from handlers.notices import ticks as notices
from models.unit import Queued, Unit
from tests.isolation.canaries import visible
from tests.isolation.facts import Facts
from tests.isolation.matrix import may_hear
from tests.isolation.matrix_rows import UNCHECKED, may_change
from tests.isolation.rows import BOT, Rows

SETTINGS = SchoolSettings(bot_username="try_bot", public_url="https://school.example", duty_phone="110")
TICKS = (
    *ticks.OF_A_SCHOOL,
    *ticks.OF_ALL,
    *appointments.OF_A_SCHOOL,
    waiting.tick,
    lambda unit, _bot, school: spread.tick(unit, school, set()),
    *notices.TURNS,
    matching.turn,
)
"""All that bot/ticks.py does at one time."""
_WRITES = re.compile(r"^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)\"?", re.IGNORECASE)
Row = dict[str, Any]


@dataclass(slots=True)
class Outcome:
    """What came of a triple."""

    said: list[Queued] = field(default_factory=list)
    heard: dict[int, set[str]] = field(default_factory=dict)
    """Which canaries stand in what went to each chat."""
    changed: list[tuple[str, Row | None, Row | None]] = field(default_factory=list)
    """Table, the row before, the row after."""
    faults: list[str] = field(default_factory=list)


class Stage:
    """The town with somebody acting in it. `tables` are read once and again only after a change that was kept."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self.engine, self.birds = rows, rows.engine, rows.birds
        # Looks at what is kept while the one that acts has not ended.
        self.beside = open_engine(rows.engine.url.render_as_string(hide_password=False), read_only=True)
        self.actor_words: dict[str, int] = {}
        self._written: set[str] = set()
        self._before: dict[str, dict[tuple[Any, ...], Row]] = {}
        self._facts: Facts | None = None
        event.listen(self.engine, "before_cursor_execute", self._note)

    def close(self) -> None:
        """Listens no more."""
        event.remove(self.engine, "before_cursor_execute", self._note)
        self.beside.dispose()

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        found = _WRITES.match(statement)
        if found:
            self._written.add(found[1].lower())

    def changed_by_hand(self) -> None:
        """Rows were changed outside: all is read anew."""
        self._before.clear()
        self._facts = None

    @property
    def facts(self) -> Facts:
        """Who is what to whom in what is kept."""
        if self._facts is None:
            with self.beside.connect() as connection:
                self._facts = Facts(connection, self.rows.now_ms)
        return self._facts

    @contextmanager
    def transaction(self, ahead: int = 0) -> Iterator[Unit]:
        """A unit of work that is taken back, so many milliseconds ahead."""
        with self.engine.connect() as connection:
            share = connection.begin()
            try:
                yield Unit(connection, self.rows.vault, self.rows.now + timedelta(milliseconds=ahead))
            finally:
                share.rollback()

    def act(self, doing: Event, *, typed: str = "", prepare: Any = None) -> Outcome:
        """Does it, looks at what came of it, and takes it back. `prepare` may write within the same transaction before."""
        with self.transaction() as unit:
            if prepare is not None:
                prepare(unit.connection)
            self._written.clear()
            return self.watch(unit, doing)

    def watch(self, unit: Unit, doing: Event) -> Outcome:
        """Does it in this unit and looks at what came of it."""
        outcome = Outcome()
        dispatcher = Dispatcher(COMMANDS, PRESSES, SETTINGS, set_menu)
        try:
            with unit.part():
                dispatcher.handle(unit, doing, {})
            unit.finish()
        except Exception:
            outcome.faults.append("crash: " + traceback.format_exc(limit=-6))
            return outcome
        outcome.faults += [f"within: {error!r}" for error in unit.faults]
        outcome.said = list(unit.queued)
        self._judge(unit.connection, doing.user_id, outcome)
        self._compare(unit.connection, doing.user_id, outcome)
        return outcome

    def clock(self, ahead: int = 0) -> Outcome:
        """What the clock tells people so many milliseconds from now: as an act of nobody. Only what is said is judged."""
        outcome = Outcome()
        with self.transaction(ahead) as unit:
            for tick in TICKS:
                try:
                    with unit.part():
                        _ = unit.session
                        tick(unit, BOT, SETTINGS)
                except Exception:
                    outcome.faults.append("crash: " + traceback.format_exc(limit=-6))
            unit.finish()
            outcome.faults += [f"within: {error!r}" for error in unit.faults]
            outcome.said = list(unit.queued)
            self._judge(unit.connection, 0, outcome, ahead)
        return outcome

    def _judge(self, connection: Connection, actor: int, outcome: Outcome, ahead: int = 0) -> None:
        # What holds only later is judged by what holds then.
        after = Facts(connection, self.rows.now_ms + ahead) if ahead else None
        for one in outcome.said:
            heard = self.birds.heard(visible(one.payload))
            outcome.heard.setdefault(one.chat_id, set()).update(heard)
            wrong = [token for token in heard if ahead or not self._may_hear(self.facts, one, token, actor)]
            if not one.answers and one.kind != say.MENU and self.facts.people(one.chat_id) & self.facts.silent:
                outcome.faults.append(f"no contact: {self.who(one.chat_id)}: {visible(one.payload)[:300]}")
            if one.kind not in (say.TOAST,) and not self.facts.knows(one.bot_id, one.chat_id):
                wrong.append("a chat that nobody has")
            if wrong:
                # What was allowed by the change itself (a substitute, a new child) is judged by what holds after it.
                after = after or Facts(connection, self.rows.now_ms)
                wrong = [token for token in wrong if not self._may_hear(after, one, token, actor)]
            for token in wrong:
                outcome.faults.append(
                    f"heard: {self._named(token)} by {self.who(one.chat_id)}: {visible(one.payload)[:300]}"
                )

    def _compare(self, connection: Connection, actor: int, outcome: Outcome) -> None:
        after: Facts | None = None
        for name in sorted(self._written - UNCHECKED):
            table = SQLModel.metadata.tables.get(name)
            if table is None:
                continue
            before = self._table(name)
            now = _read(connection, name)
            for key in before.keys() | now.keys():
                old, new = before.get(key), now.get(key)
                if old == new:
                    continue
                outcome.changed.append((name, old, new))
                if may_change(self.facts, actor, name, old, new):
                    continue
                after = after or Facts(connection, self.rows.now_ms)
                if not may_change(after, actor, name, old, new):
                    outcome.faults.append(f"changed: {name} {_difference(old, new)}")

    def _may_hear(self, facts: Facts, one: Queued, token: str, actor: int) -> bool:
        if token == "a chat that nobody has":
            return facts.knows(one.bot_id, one.chat_id)
        return may_hear(facts, one.chat_id, self.birds.known.get(token), actor)

    def _named(self, token: str) -> str:
        found = self.birds.known.get(token)
        return token if found is None else f"{found.kind} {found.of}"

    def who(self, user: int) -> str:
        """What the town calls an account."""
        account = self.facts.account_of_chat(user)
        called = [name for name, row in self.rows.names.items() if row == account and name.startswith("@")]
        return called[0] if called else str(user)

    def _table(self, name: str) -> dict[tuple[Any, ...], Row]:
        if name not in self._before:
            with self.beside.connect() as connection:
                self._before[name] = _read(connection, name)
        return self._before[name]


def _read(connection: Connection, name: str) -> dict[tuple[Any, ...], Row]:
    table = SQLModel.metadata.tables[name]
    keys = [one.name for one in table.primary_key.columns]
    found = {}
    for row in connection.execute(select(table)).mappings():
        found[tuple(row[one] for one in keys)] = dict(row)
    return found


def _difference(old: Row | None, new: Row | None) -> str:
    if old is None or new is None:
        return ("made " if old is None else "gone ") + str(
            {k: v for k, v in (new or old or {}).items() if k[:6] != "sealed"}
        )
    return (
        str({k: (old[k], new[k]) for k in old if old[k] != new[k]})
        + " of "
        + str({k: v for k, v in old.items() if k.endswith("id")})
    )
