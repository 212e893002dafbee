"""Handles stored updates: each one's state, effects and outgoing rows are committed together, or not at all.

On PostgreSQL any number of workers do it at once (`shared`). Each takes whole people, by a lock that ends with its
transaction: so one person's order is kept, and what a killed worker had claimed is as if it never had
(docs/decisions/0018).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection
from telegram import Bot

from bot import inbox, wake
from bot.clock import Clock
from bot.database import Crossed, Database, DatabaseGone, is_crossed
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.translate import Event, translate
from handlers import holding
from handlers.context import tell
from handlers.dispatch import Dispatcher
from handlers.incoming import AddedToGroup, GroupMoved, Ignored, LeftGroup
from models import albums
from models.rights.erasing import FOLD
from models.standing import Reach, Standing, standing, standings
from models.unit import Queued, Unit
from models.vault import Vault

log = get_logger("worker")

BATCH = 64
"""Updates in one transaction at most. Each is a part of its own: one that fails takes back nothing of the others."""
SHARED_BATCH = 24
"""The same where there are several workers: what one has taken, the others cannot."""
SOON_MS = 30
"""Milliseconds before an update is tried again that met with another worker's."""
CROSSINGS = 3
"""So often in a row a transaction may meet with another worker's before its updates are handled one by one."""


@dataclass
class _Handled:
    queued: list[Queued]
    received: list[int] = field(default_factory=list)
    failed: list[tuple[int, str]] = field(default_factory=list)
    aside: list[tuple[int, str]] = field(default_factory=list)
    more: bool = False
    soon: bool = False
    """Something is to be tried again at once."""
    erased: bool = False
    """Something was erased: the log is folded before anybody hears of it."""


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
        *,
        shared: bool = False,
        wakes: bool = False,
    ) -> None:
        self._shared, self._wakes = shared, wakes
        self._batch = SHARED_BATCH if shared else BATCH
        self._trying: inbox.Received | None = None
        """The update of a transaction that has no other."""
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
        crossed = 0
        while not self._stopping:
            self._woken.clear()
            try:
                handled = await self._database.write(self._handle)
                crossed, self._batch = 0, min(self._batch * 2, SHARED_BATCH if self._shared else BATCH)
            except Crossed as error:
                crossed += 1
                log.info("met with another worker, once more", error=str(error), times=crossed)
                if crossed >= CROSSINGS and self._batch == 1 and self._trying is not None:
                    await self._not_this_time(self._trying, str(error))
                    crossed = 0
                elif crossed >= CROSSINGS:
                    crossed, self._batch = 0, 1
                await asyncio.sleep(random.uniform(0.0, 0.02 * 2 ** min(crossed, 5)))  # noqa: S311 - no secret
                continue
            except DatabaseGone as error:
                log.warning("the database did not answer, updates wait", error=str(error))
                await asyncio.sleep(0.5)
                continue
            self._report(handled)
            if handled.erased:
                await self._database.fold_erased()
            if handled.queued:
                self._push(handled.queued)
            if not handled.more:
                try:
                    async with asyncio.timeout(SOON_MS / 1000 if handled.soon else 1.0):
                        await self._woken.wait()
                except TimeoutError:
                    continue

    async def _not_this_time(self, row: inbox.Received, error: str) -> None:
        """An update that by itself cannot be committed, again and again, counts as one that failed."""
        due = self._clock.now_ms() + inbox.wait_before(row.attempts + 1)
        values = {"id": row.row_id, "attempts": row.attempts + 1, "due": due, "error": error}
        aside = row.attempts + 1 >= inbox.ATTEMPTS
        try:
            await self._database.write(
                lambda connection: connection.execute(inbox.ASIDE if aside else inbox.AGAIN, values).rowcount
            )
        except DatabaseGone:
            return
        noted = [(row.row_id, error)]
        self._report(_Handled([], failed=[] if aside else noted, aside=noted if aside else []))

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
        if self._shared:
            inbox.ids_go_on(connection)
        rows = (inbox.claim if self._shared else inbox.due)(
            connection, self._vault, self._bot.id, unit.now_ms, self._batch
        )
        handled = _Handled(queued=[], more=len(rows) == self._batch)
        self._trying = rows[0] if len(rows) == 1 else None
        self._before(unit)
        if self._shared and rows:
            # What another worker has let go meanwhile, and what came before it, is older than what follows.
            inbox.ids_go_on(connection)
        if not rows:
            self._finish(unit, handled)
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
        self._finish(unit, handled)
        return handled

    def _finish(self, unit: Unit, handled: _Handled) -> None:
        handled.queued = list(unit.finish())
        handled.erased = FOLD in unit.notes
        if self._wakes:
            wake.queued(unit.connection, handled.queued)

    def _before(self, unit: Unit) -> None:
        """What comes before anything new: albums that are quiet by now, and messages whose hour has come."""
        albums.remember_open(unit, self._bot.id)
        quiet = albums.quiet(unit, self._bot.id) if unit.albums else []
        # An album comes in its person's order: of whom another worker is handling now, it closes the album itself or later.
        mine = inbox.take_turns(unit.connection, self._bot.id, {user_id for _, user_id in quiet}) if quiet else set()
        for album_id, user_id in albums.quiet(unit, self._bot.id) if mine else ():
            if user_id not in mine:
                continue
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
            crossed = self._shared and is_crossed(error)
            due = unit.now_ms + (SOON_MS if crossed else inbox.wait_before(attempts))
            handled.soon |= crossed
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
