"""Receives updates by long polling. An update is stored and committed before it is confirmed to Telegram.

python-telegram-bot's own Updater confirms what is only in memory; its request class and types are used, its loop is not
(docs/decisions/0001).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Connection
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot import inbox, wake
from bot.clock import Clock
from bot.database import Database, DatabaseGone
from bot.http_client import AiohttpRequest, retry_after
from bot.lease import Lease, NotHeld
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.translate import ALLOWED_UPDATES, update_id_of
from models.base import from_ms
from models.unit import sql
from models.vault import Vault

log = get_logger("intake")

BATCH = 100
"""Updates a call at most (Telegram Bot API, getUpdates)."""
_QUIET = timedelta(days=6)
"""After a week without any update Telegram draws the next id at random: an old offset must not confirm it unseen."""
_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,18})')


class _Keeping:
    """Stores what one bot received, as the one who receives for it. Raises NotHeld where that is another process by now."""

    def __init__(self, database: Database, vault: Vault, bot_id: int, lease: Lease, *, notify: bool) -> None:
        self._database, self._vault, self._bot_id = database, vault, bot_id
        self._lease, self._notify = lease, notify

    async def updates(self, updates: Sequence[Any], now: int) -> None:
        """Decoded updates, in one go."""
        await self._write(lambda connection: inbox.store(connection, self._vault, self._bot_id, updates, now))

    async def unreadable(self, content: bytes, number: int | None, now: int) -> None:
        """What is not even JSON."""
        await self._write(
            lambda connection: inbox.store_unreadable(connection, self._vault, self._bot_id, content, number, now)
        )

    async def _write(self, store: Callable[[Connection], None]) -> None:
        def as_receiver(connection: Connection) -> None:
            if not self._lease.holds(connection):
                raise NotHeld(self._lease.name)
            store(connection)
            if self._notify:
                wake.stored(connection, self._bot_id)

        await self._database.write(as_receiver)


class Polling:
    """The polling loop of one bot."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        bot: Bot,
        request: AiohttpRequest,
        clock: Clock,
        metrics: Metrics,
        *,
        poll_timeout: int,
        wake: Callable[[], None],
        on_state: Callable[[str | None], None],
        lease: Lease,
        on_lost: Callable[[], None],
        notify: bool = False,
    ) -> None:
        self._on_lost = on_lost
        self._keep = _Keeping(database, vault, bot.id, lease, notify=notify)
        self._database, self._vault, self._bot, self._request = database, vault, bot, request
        self._clock, self._metrics, self._poll_timeout = clock, metrics, poll_timeout
        self._wake, self._on_state = wake, on_state
        self._stopping = asyncio.Event()
        self._offset: int | None = None
        self._heard = False

    async def stop(self) -> None:
        """Ends the call that waits; what it would have brought is brought again at the next start."""
        self._stopping.set()

    async def run(self) -> None:
        """Polls until `stop`."""
        self._offset = await self._database.read(self._known_offset)
        stopped = asyncio.create_task(self._stopping.wait())
        failures = 0
        try:
            while not self._stopping.is_set():
                polling = asyncio.create_task(self._poll_once())
                await asyncio.wait({polling, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if not polling.done():
                    polling.cancel()
                    with contextlib.suppress(asyncio.CancelledError, TelegramError, DatabaseGone):
                        await polling
                    return
                try:
                    polling.result()
                    failures = 0
                    continue
                except NotHeld:
                    log.error("another process receives for this bot by now: nothing more is stored here")
                    self._on_lost()
                    return
                except Exception as error:
                    failures += 1
                    pause = self._pause(error, failures)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._stopping.wait()
        finally:
            stopped.cancel()

    def _pause(self, error: Exception, failures: int) -> float:
        """Seconds to wait after a failed call; tells health what stops us."""
        if isinstance(error, RetryAfter):
            return retry_after(error)
        if isinstance(error, Conflict):
            self._on_state("another process receives this bot's updates")
            log.error("another process polls with this token, or a webhook is set")
            return 5.0
        if isinstance(error, InvalidToken):
            self._on_state("Telegram does not know this token")
            log.error("Telegram does not know this token")
            return 30.0
        if failures in (1, 10) or failures % 100 == 0:
            log.warning("could not fetch updates, trying again", error=type(error).__name__, failures=failures)
        return float(min(0.2 * 2 ** min(failures, 7), 15.0))

    def _known_offset(self, connection: Connection) -> int | None:
        # After a takeover: what is stored now comes after all that the former holder has stored.
        inbox.ids_go_on(connection)
        row = connection.execute(_OFFSET, {"bot": self._bot.id}).first()
        if row is None or row.last_update_id is None:
            return None
        if self._clock.now() - from_ms(row.last_update_at) > _QUIET:
            return None
        return int(row.last_update_id) + 1

    async def _poll_once(self) -> None:
        content = await self._fetch(BATCH)
        now = self._clock.now_ms()
        try:
            updates = orjson.loads(content)["result"]
            if not isinstance(updates, list):
                raise TypeError
        except (orjson.JSONDecodeError, KeyError, TypeError):
            await self._isolate()
            return
        self._metrics.polled(time.time())
        self._on_state(None)
        self._heard = True
        if not updates:
            return
        await self._keep.updates(updates, now)
        self._metrics.updates_received(len(updates))
        ids = [found for raw in updates if (found := update_id_of(raw)) is not None]
        if ids:
            # Not the largest ever seen: after a quiet week ids may begin anew below it.
            self._offset = max(ids) + 1
        else:
            await asyncio.sleep(1.0)
        self._wake()

    async def _fetch(self, limit: int) -> bytes:
        values: dict[str, Any] = {
            # The first call comes back at once: it tells whether Telegram takes us at all.
            "timeout": self._poll_timeout if limit > 1 and self._heard else 0,
            "limit": limit,
            "allowed_updates": ALLOWED_UPDATES,
        }
        if self._offset is not None:
            values["offset"] = self._offset
        data = RequestData([RequestParameter.from_input(key, value) for key, value in values.items()])
        # The public call decodes the answer as a whole; the bytes are needed where one update in it is broken.
        return await self._request.retrieve_raw(
            f"{self._bot.base_url}/getUpdates", data, read_timeout=self._poll_timeout + 10
        )

    async def _isolate(self) -> None:
        """An answer that is no JSON: fetched one by one, the broken one is kept aside and passed over."""
        single = await self._fetch(1)
        try:
            updates = orjson.loads(single)["result"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            found = _ID.search(single)
            number = int(found[1]) if found else None
            log.error("an update is not JSON, kept aside", bytes=len(single))
            await self._keep.unreadable(single, number, self._clock.now_ms())
            self._metrics.update_aside()
            if number is None:
                raise
            self._offset = number + 1
            return
        if updates:
            now = self._clock.now_ms()
            await self._keep.updates(updates, now)
            ids = [one for raw in updates if (one := update_id_of(raw)) is not None]
            self._offset = max(ids) + 1 if ids else self._offset
            self._wake()


_OFFSET = sql("SELECT last_update_id, last_update_at FROM bot WHERE id = :bot")


class Webhook:
    """Receives updates that Telegram posts: stored and committed before 200 is answered."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        bot_id: int,
        clock: Clock,
        metrics: Metrics,
        wake: Callable[[], None],
        *,
        lease: Lease,
        notify: bool = False,
    ) -> None:
        self._keep = _Keeping(database, vault, bot_id, lease, notify=notify)
        self._clock, self._metrics, self._wake = clock, metrics, wake

    async def receive(self, content: bytes) -> None:
        """Stores one update. Raises DatabaseGone or NotHeld: then Telegram has to send it again."""
        now = self._clock.now_ms()
        try:
            raw = orjson.loads(content)
        except orjson.JSONDecodeError:
            found = _ID.search(content)
            number = int(found[1]) if found else None
            await self._keep.unreadable(content, number, now)
            self._metrics.update_aside()
            return
        await self._keep.updates([raw], now)
        self._metrics.updates_received(1)
        self._metrics.polled(time.time())
        self._wake()
