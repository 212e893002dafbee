"""One process acts for a bot at a time. A row says which, until when, and the how-manieth it is."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from bot.clock import Clock
from bot.database import Database, DatabaseGone
from bot.logs import get_logger
from models.unit import sql

log = get_logger("lease")

LIFE_MS = 15_000
"""How long a holder that is silent keeps it."""
RENEW = 4.0
"""Seconds between renewals."""

_READ = sql("SELECT holder, epoch, until FROM lease WHERE name = :name")
_NEW = sql("INSERT INTO lease (name, holder, epoch, until) VALUES (:name, :holder, 1, :until) ON CONFLICT DO NOTHING")
_TAKE = sql(
    "UPDATE lease SET holder = :holder, epoch = epoch + 1, until = :until WHERE name = :name AND epoch = :epoch"
)
_RENEW = sql("UPDATE lease SET until = :until WHERE name = :name AND holder = :holder")
_RELEASE = sql("UPDATE lease SET until = 0 WHERE name = :name AND holder = :holder")


class Lease:
    """The right to receive and send for one bot."""

    def __init__(self, database: Database, name: str, clock: Clock, on_lost: Callable[[], None]) -> None:
        self._database, self._name, self._clock, self._on_lost = database, name, clock, on_lost
        started = Path("/proc/self/stat")
        born = started.read_text().rsplit(")", 1)[1].split()[19] if started.exists() else "0"
        self._holder = f"{socket.gethostname()}|{os.getpid()}|{born}"

    async def take(self) -> None:
        """Returns when this process holds it; waits while another one is alive."""
        told = False
        while not await self._database.write(self._try):
            if not told:
                log.warning("another process runs this bot, waiting until it has ended", lease=self._name)
                told = True
            await asyncio.sleep(0.5)

    def _try(self, connection: Connection) -> bool:
        now = self._clock.now_ms()
        values = {"name": self._name, "holder": self._holder, "until": now + LIFE_MS}
        row = connection.execute(_READ, {"name": self._name}).first()
        if row is None:
            return connection.execute(_NEW, values).rowcount == 1
        if row.until > now and row.holder != self._holder and not _dead(row.holder):
            return False
        return connection.execute(_TAKE, {**values, "epoch": row.epoch}).rowcount == 1

    async def keep(self) -> None:
        """Renews it for ever; calls `on_lost` where another process has taken it, or it could not be renewed in time."""
        silent = 0.0
        while True:
            await asyncio.sleep(RENEW)
            try:
                kept = await self._database.write(self._renew)
                silent = 0.0
            except DatabaseGone:
                silent += RENEW
                kept = silent * 1000 < LIFE_MS
            if not kept:
                log.error("this process no longer holds the bot, stopping", lease=self._name)
                self._on_lost()
                return

    def _renew(self, connection: Connection) -> bool:
        values = {"name": self._name, "holder": self._holder, "until": self._clock.now_ms() + LIFE_MS}
        return connection.execute(_RENEW, values).rowcount == 1

    async def release(self) -> None:
        """Lets the next process begin at once."""
        await self._database.write(
            lambda connection: connection.execute(_RELEASE, {"name": self._name, "holder": self._holder}).rowcount
        )


def _dead(holder: str) -> bool:
    """Whether the holder was a process of this very machine that is no more (after kill -9 nothing needs to wait)."""
    host, _, rest = holder.partition("|")
    pid, _, born = rest.partition("|")
    if host != socket.gethostname() or not pid.isdigit() or not Path("/proc/self/stat").exists():
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19] != born
    except OSError:
        return True
