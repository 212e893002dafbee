"""Processes wake each other on PostgreSQL: LISTEN and NOTIFY, so that nobody waits for the next look at a table.

A notice is sent within the transaction that it is about, so it arrives with the commit and never before. One that is lost (a
connection broke) costs a second or three: the looks at the tables go on as without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import psycopg
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from bot.logs import get_logger
from models.queues import Lane
from models.unit import Queued, sql

log = get_logger("wake")

INBOX, OUTBOX = "bot_inbox", "bot_outbox"
"""Channels; the payload is the bot's id."""
AT_ONCE = frozenset({Lane.URGENT, Lane.PRESS, Lane.RELAY})
"""Lanes that wake the sender. The others are paced or due later: a look every three seconds is soon enough."""

_NOTIFY = sql("SELECT pg_notify(:channel, :bot)")
_AGAIN = 1.0
"""Seconds before a broken connection is opened again."""


def stored(connection: Connection, bot_id: int) -> None:
    """Updates were stored in this transaction: wakes the workers with its commit."""
    connection.execute(_NOTIFY, {"channel": INBOX, "bot": str(bot_id)})


def queued(connection: Connection, rows: Iterable[Queued]) -> None:
    """Rows were queued in this transaction: wakes their bots' senders with its commit."""
    for bot_id in sorted({one.bot_id for one in rows if one.lane in AT_ONCE}):
        connection.execute(_NOTIFY, {"channel": OUTBOX, "bot": str(bot_id)})


class Listener:
    """A connection of its own that only listens. `on_wake` gets the channel and the bot's id."""

    def __init__(self, url: str, channels: Iterable[str], on_wake: Callable[[str, int], None]) -> None:
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._channels, self._on_wake = tuple(channels), on_wake
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Listens for ever, also after the connection was lost."""
        told = False
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._address,
                    autocommit=True,
                    connect_timeout=10,
                    keepalives=1,
                    keepalives_idle=10,
                    keepalives_interval=5,
                    keepalives_count=3,
                ) as connection:
                    for channel in self._channels:
                        await connection.execute(f"LISTEN {channel}".encode())
                    told = False
                    self.listening.set()
                    async for notice in connection.notifies():
                        if notice.payload.isdigit():
                            self._on_wake(notice.channel, int(notice.payload))
            except (psycopg.Error, OSError) as error:
                if not told:
                    log.warning("cannot listen, tables are looked at only", error=type(error).__name__)
                    told = True
            self.listening.clear()
            await asyncio.sleep(_AGAIN)
