"""One process at a time acts for a bot: receives, or sends, or keeps its time. A row says which, until when, and the how-manieth.

The epoch is a fencing token: it rises with every new holder, and who writes for a bot asks within the same transaction whether
it is still the one (`Lease.holds`). So a process that was stopped and wakes later than its time changes nothing.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database, DatabaseGone
from bot.logs import get_logger
from models.unit import sql

log = get_logger("lease")

LIFE_MS = 15_000
"""How long a holder that is silent keeps it."""
RENEW = 4.0
"""Seconds between renewals."""
LOOK = 0.5
"""Seconds between two looks of who stands by."""

# The database's own clock where there is one: two machines' clocks need not agree.
_NOW = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
_READ = text("SELECT name, holder, epoch, until FROM lease WHERE name IN :names").bindparams(
    bindparam("names", expanding=True)
)
_DATABASE_NOW = sql(f"SELECT {_NOW} AS now")
_NEW = sql("INSERT INTO lease (name, holder, epoch, until) VALUES (:name, :holder, 1, :until) ON CONFLICT DO NOTHING")
_TAKE = sql(
    "UPDATE lease SET holder = :holder, epoch = epoch + 1, until = :until WHERE name = :name AND epoch = :epoch"
)
# A holder that was stopped in the midst of a transaction keeps the row until the database ends that: not waited for.
_FREE = text("SELECT name FROM lease WHERE name IN :names FOR UPDATE SKIP LOCKED").bindparams(
    bindparam("names", expanding=True)
)
_RENEW = text(
    "UPDATE lease SET until = :until WHERE name IN :names AND holder = :holder RETURNING name, epoch"
).bindparams(bindparam("names", expanding=True))
_RELEASE = text("UPDATE lease SET until = 0 WHERE name IN :names AND holder = :holder").bindparams(
    bindparam("names", expanding=True)
)
_HOLDS = sql("SELECT 1 FROM lease WHERE name = :name AND holder = :holder AND epoch = :epoch")
# Against a takeover that is under way: it waits for this transaction, or this one for it.
_HOLDS_SHARED = sql(f"{_HOLDS.text} FOR SHARE")


def boot_time() -> float:
    """Seconds of a clock that goes on while the process, or the machine, is stopped."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class NotHeld(Exception):
    """Another process has taken over: what was to be done as the holder must not be done."""


class Lease:
    """One right of this process; `epoch` is 0 until it is held."""

    def __init__(self, name: str, holder: str) -> None:
        self.name, self._holder = name, holder
        self.epoch = 0
        self.held = asyncio.Event()
        self._until = 0.0

    def is_fresh(self) -> bool:
        """Whether nobody else can have taken it yet, as far as this process can tell without asking."""
        return self.held.is_set() and boot_time() < self._until

    def holds(self, connection: Connection) -> bool:
        """Whether it is still held, and stays so until the end of this transaction."""
        shared = connection.dialect.name == "postgresql"
        values = {"name": self.name, "holder": self._holder, "epoch": self.epoch}
        return connection.execute(_HOLDS_SHARED if shared else _HOLDS, values).first() is not None

    def taken(self, epoch: int, asked_at: float) -> None:
        """It was taken, or renewed, by a statement asked for at that moment of `boot_time`."""
        self.epoch, self._until = epoch, asked_at + LIFE_MS / 1000
        self.held.set()

    def lost(self) -> None:
        """Another one has it."""
        self.held.clear()


class Leases:
    """All that one process holds or stands by for. Calls `on_lost` where another one has taken something it held."""

    def __init__(self, database: Database, on_lost: Callable[[str], None]) -> None:
        self._database, self._on_lost = database, on_lost
        self._holder = _own_name()
        self._all: dict[str, Lease] = {}
        self._told: set[str] = set()
        self._changed = asyncio.Event()

    def lease(self, name: str) -> Lease:
        """The right of that name; `run` tries for it from now on."""
        found = self._all.get(name)
        if found is None:
            found = self._all[name] = Lease(name, self._holder)
            self._changed.set()
        return found

    def standing_by(self) -> list[str]:
        """The names of what another process holds."""
        return sorted(name for name, one in self._all.items() if not one.held.is_set() and name in self._told)

    async def run(self) -> None:
        """Takes what is free and renews what is held, for ever."""
        renewed = boot_time()
        while True:
            self._changed.clear()
            wanted = [one for one in self._all.values() if not one.held.is_set()]
            try:
                if wanted:
                    await self._look(wanted)
            except (DatabaseGone, SQLAlchemyError) as error:
                log.warning("the database did not answer, leases wait", error=type(error).__name__)
            if boot_time() - renewed >= RENEW:
                renewed = boot_time()
                await self._renew_held()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK if any(not one.held.is_set() for one in self._all.values()) else 1.0):
                    await self._changed.wait()

    async def _look(self, wanted: list[Lease]) -> None:
        names = [one.name for one in wanted]
        asked = boot_time()
        found = await self._database.write(lambda connection: self._try(connection, names))
        for one in wanted:
            if (epoch := found.get(one.name)) is not None:
                one.taken(epoch, asked)
                self._told.discard(one.name)
            elif one.name not in self._told:
                self._told.add(one.name)
                log.warning("another process runs this bot, standing by until it has ended", lease=one.name)

    def _try(self, connection: Connection, names: list[str]) -> dict[str, int]:
        """Takes those that are free. Answers their epochs."""
        now = self._now(connection)
        rows: dict[str, Row[tuple[str, str, int, int]]] = {
            row.name: row for row in connection.execute(_READ, {"names": names})
        }
        over = [
            row.name for row in rows.values() if row.until <= now or row.holder == self._holder or _dead(row.holder)
        ]
        if over and connection.dialect.name == "postgresql":
            over = [row.name for row in connection.execute(_FREE, {"names": over})]
        taken = {}
        for name in names:
            values = {"name": name, "holder": self._holder, "until": now + LIFE_MS}
            row = rows.get(name)
            if row is None:
                if connection.execute(_NEW, values).rowcount == 1:
                    taken[name] = 1
            elif name in over and connection.execute(_TAKE, {**values, "epoch": row.epoch}).rowcount == 1:
                taken[name] = row.epoch + 1
        return taken

    @staticmethod
    def _now(connection: Connection) -> int:
        if connection.dialect.name == "postgresql":
            return int(connection.execute(_DATABASE_NOW).scalar_one())
        return int(time.time() * 1000)

    async def _renew_held(self) -> None:
        held = {one.name: one for one in self._all.values() if one.held.is_set()}
        if not held:
            return

        def renew(connection: Connection) -> dict[str, int]:
            values = {"names": list(held), "holder": self._holder, "until": self._now(connection) + LIFE_MS}
            return {row.name: row.epoch for row in connection.execute(_RENEW, values)}

        asked = boot_time()
        try:
            kept = await self._database.write(renew)
        except (DatabaseGone, SQLAlchemyError):
            kept = {name: one.epoch for name, one in held.items() if one.is_fresh()}
            for name in held.keys() - kept.keys():
                self._give_up(held[name], "it could not be renewed in time")
            return
        for name, one in held.items():
            if kept.get(name) == one.epoch:
                one.taken(one.epoch, asked)
            else:
                self._give_up(one, "another process has taken it")

    def _give_up(self, one: Lease, why: str) -> None:
        one.lost()
        self._all.pop(one.name, None)
        log.error("this process no longer acts for the bot, stopping", lease=one.name, why=why)
        self._on_lost(one.name)

    async def release(self) -> None:
        """Lets others begin at once with all that this process holds."""
        held = [one.name for one in self._all.values() if one.held.is_set()]
        if held:
            values = {"names": held, "holder": self._holder}
            await self._database.write(lambda connection: connection.execute(_RELEASE, values).rowcount)


async def all_held(leases: Iterable[Lease], ending: Coroutine[Any, Any, object]) -> bool:
    """Waits until all are held. False where the end came first."""

    async def wait() -> None:
        for one in leases:
            await one.held.wait()

    waiting = asyncio.create_task(wait())
    ended = asyncio.create_task(ending)
    await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        return False
    ended.cancel()
    return True


def _place() -> str:
    """This machine, or this container of it: process numbers mean something only within one."""
    with suppress(OSError):
        return f"{socket.gethostname()}/{Path('/proc/self/ns/pid').readlink()}"
    return socket.gethostname()


def _born(pid: str) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]


def _own_name() -> str:
    born = _born("self") if Path("/proc/self/stat").exists() else "0"
    return f"{_place()}|{os.getpid()}|{born}"


def _dead(holder: str) -> bool:
    """Whether the holder was a process of this very machine that is no more (after kill -9 nothing needs to wait)."""
    place, _, rest = holder.partition("|")
    pid, _, born = rest.partition("|")
    if place != _place() or not pid.isdigit() or not Path("/proc/self/stat").exists():
        return False
    try:
        return _born(pid) != born
    except OSError:
        return True
