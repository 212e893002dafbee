"""Handles stored updates: each one's state, effects and outgoing rows are committed together, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection
from telegram import Bot

from bot import inbox
from bot.clock import Clock
from bot.database import Database, DatabaseGone
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.translate import Event, translate
from handlers import holding
from handlers.context import tell
from handlers.dispatch import Dispatcher
from handlers.incoming import AddedToGroup, GroupMoved, Ignored, LeftGroup
from models import albums
from models.standing import Reach, Standing, standing, standings
from models.unit import Queued, Unit
from models.vault import Vault

log = get_logger("worker")

BATCH = 64
"""Updates in one transaction at most. Each is a part of its own: one that fails takes back nothing of the others."""


@dataclass
class _Handled:
    queued: list[Queued]
    received: list[int] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    aside: list[tuple[int, str]] = field(default_factory=list)
    more: bool = False


class Worker:
    """The loop from the inbox to the outbox. `wake` is called when something new was stored."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        bot: Bot,
        dispatcher: Dispatcher,
        clock: Clock,
        metrics: Metrics,
        push: Callable[[list[Queued]], None],
    ) -> None:
        self._database, self._vault, self._bot = database, vault, bot
        self._dispatcher, self._clock, self._metrics, self._push = dispatcher, clock, metrics, push
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    async def stop(self) -> None:
        """Ends after the transaction that is under way."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Handles updates until `stop`; looks by itself once a second, for what is to be tried again."""
        while not self._stopping:
            self._woken.clear()
            try:
                handled = await self._database.write(self._handle)
            except DatabaseGone as error:
                log.warning("the database did not answer, updates wait", error=str(error))
                await asyncio.sleep(0.5)
                continue
            self._report(handled)
            if handled.queued:
                self._push(handled.queued)
            if not handled.more:
                try:
                    async with asyncio.timeout(1.0):
                        await self._woken.wait()
                except TimeoutError:
                    continue

    def _report(self, handled: _Handled) -> None:
        now = self._clock.now_ms()
        for received_at in handled.received:
            self._metrics.update_handled((now - received_at) / 1000)
        for row_id, error in handled.failed:
            log.warning("an update failed and will be tried again", inbox_row=row_id, error=error)
        for row_id, error in handled.aside:
            self._metrics.update_aside()
            log.error("an update was put aside, it needs a look", inbox_row=row_id, error=error)

    def _handle(self, connection: Connection) -> _Handled:
        now = self._clock.now()
        unit = Unit(connection, self._vault, now)
        rows = inbox.due(connection, self._vault, self._bot.id, unit.now_ms, BATCH)
        handled = _Handled(queued=[], more=len(rows) == BATCH)
        self._before(unit)
        if not rows:
            handled.queued = list(unit.finish())
            return handled
        known = standings(unit, self._bot.id, [row.user_id for row in rows if row.user_id is not None])
        waiting: set[int] = set()
        for row in rows:
            if row.user_id in waiting:
                continue
            try:
                event = translate(row.raw, self._bot)
            except Exception as error:
                # What python-telegram-bot cannot read today it will not read tomorrow: no use in trying again.
                unit.later(inbox.ASIDE, id=row.row_id, attempts=row.attempts + 1, error=_name(error))
                handled.aside.append((row.row_id, _name(error)))
                continue
            try:
                with unit.part():
                    self._dispatcher.handle(unit, event, self._fresh(unit, known, event))
            except Exception as error:
                log.debug("handler raised", exc_info=True)
                self._failed(unit, row, error, handled, known)
                if row.user_id is not None:
                    waiting.add(row.user_id)
            else:
                unit.later(inbox.DONE, id=row.row_id)
                handled.received.append(row.received_at)
            if unit.touched:
                known.clear()
        handled.queued = list(unit.finish())
        return handled

    def _before(self, unit: Unit) -> None:
        """What comes before anything new: albums that are quiet by now, and messages whose hour has come."""
        albums.remember_open(unit, self._bot.id)
        for album_id, user_id in albums.quiet(unit, self._bot.id) if unit.albums else ():
            try:
                with unit.part():
                    self._dispatcher.close_album(unit, self._bot.id, album_id, user_id)
            except Exception as error:
                log.error("an album could not be passed on and will be tried again", album=album_id, error=_name(error))
        holding.send_due(unit, self._dispatcher.school.zone)

    def _fresh(self, unit: Unit, known: dict[int, Standing], event: Event) -> dict[int, Standing]:
        """What was read ahead, or read anew where an earlier update of the batch may have changed it."""
        if isinstance(event, AddedToGroup | LeftGroup | GroupMoved | Ignored) or event.user_id in known:
            return known
        found = standing(unit, event.bot_id, event.user_id)
        return {} if found is None else {event.user_id: found}

    def _failed(
        self, unit: Unit, row: inbox.Received, error: Exception, handled: _Handled, known: dict[int, Standing]
    ) -> None:
        attempts = row.attempts + 1
        if attempts < inbox.ATTEMPTS:
            due = unit.now_ms + inbox.wait_before(attempts)
            unit.later(inbox.AGAIN, id=row.row_id, attempts=attempts, due=due, error=_name(error))
            handled.failed.append((row.row_id, _name(error)))
            return
        unit.later(inbox.ASIDE, id=row.row_id, attempts=attempts, error=_name(error))
        handled.aside.append((row.row_id, _name(error)))
        who = known.get(row.user_id) if row.user_id is not None else None
        if who is None and row.user_id is not None:
            who = standing(unit, self._bot.id, row.user_id)
        if who is not None:
            reach = Reach(who.bot_id, who.user_id, who.language, True)
            tell(unit, reach, "admin.set_aside", dedupe_key=f"aside:{row.row_id}")


def _name(error: BaseException) -> str:
    """An error's kind and place, never its text: that may hold what a person wrote."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f"{last.tb_frame.f_code.co_name}:{last.tb_lineno}" if last is not None else "?"
    return f"{type(error).__name__} at {place}"
