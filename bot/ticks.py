"""What the clock does: asks the tables what is due, and queues it (docs/decisions/0005).

One process at a time does it. What concerns one school and speaks in its name is asked for each bot, by whoever holds
`ticks:<bot id>`; what is found by people and rows alone, whichever school they are of, is asked once for the deployment,
by who holds `ticks`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection

from bot import inbox, wake
from bot.copies import make_next
from bot.database import DatabaseGone
from bot.deployment import Deployment
from bot.logs import get_logger
from bot.running import RunningBot
from handlers import absence, calendar, conversation, digest, holding, notes, team, urgent_pages, waiting
from handlers.appointments import ticks as appointments
from handlers.city import ticks as city
from handlers.context import SchoolSettings
from handlers.directory import ticks as directory
from handlers.events import spread
from handlers.events import ticks as events
from handlers.matching import spread as matching
from handlers.notices import ticks as notices
from handlers.pupil_file import menu as pupil_file
from handlers.rights import export as copies
from handlers.rights import menu as rights
from models.appointments import safety
from models.events import tellings
from models.matching import tellings as pairs
from models.rights.erasing import FOLD
from models.safeguarding import cases
from models.unit import Queued, Unit

log = get_logger("ticks")

TICK_SECONDS = 20
"""APScheduler only ticks; what is due is asked of the tables (docs/decisions/0005)."""
CLEAN_SECONDS = 3600
REFRESH_SECONDS = 5
SPREAD_SECONDS = 2
"""How soon many people begin to hear what somebody has just changed or sent."""
COPIES = 3
"""Copies of somebody's data that are made in a row."""
WEBHOOK_SECONDS = 60

Tick = Callable[[Unit, int, SchoolSettings], object]

OF_A_SCHOOL: tuple[Tick, ...] = (
    urgent_pages.tick,
    team.tick,
    lambda unit, bot, _school: notes.tick(unit, bot),
    lambda unit, bot, _school: conversation.remind(unit, bot),
)
"""For each bot, with its own school's settings: they name a phone, or go by a bot's people."""
OF_ALL: tuple[Tick, ...] = (
    absence.tick,
    lambda unit, _bot, school: holding.send_due(unit, school.zone),
    lambda unit, _bot, school: holding.send_missed(unit, school.zone),
    calendar.tick,
    *appointments.OF_ALL,
    *events.TICKS,
    directory.tick,
    matching.tick,
    *notices.TICKS,
    *rights.TICKS,
    *city.TICKS,
    *pupil_file.TICKS,
)
"""Once for the deployment: each row says whose it is, and rules and zone are the same for all schools."""


class Ticks:
    """The clock of one process, for those of its bots whose time it holds."""

    def __init__(self, deployment: Deployment, bots: Sequence[RunningBot]) -> None:
        self._deployment, self._bots = deployment, bots
        self._database = deployment.database
        self._common = deployment.leases.lease("ticks") if deployment.role.handles else None
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._stuck: set[spread.Key] = set()

    def start(self) -> list[asyncio.Task[None]]:
        """Begins; answers what is to be cancelled at the end, before `stop`."""
        once = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}

        def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
            self._scheduler.add_job(_careful(work), "interval", seconds=seconds, **once)

        every(REFRESH_SECONDS, self._refresh)
        begun: list[asyncio.Task[None]] = []
        if self._common is not None:
            every(TICK_SECONDS, self.tick_now)
            every(SPREAD_SECONDS, self._spread_all)
            every(CLEAN_SECONDS, self._clean)
            # At once too: what fell due while nobody looked goes first.
            begun = [asyncio.create_task(self._begin(bot)) for bot in self._bots]
        if self._deployment.role.receives and self._bots[0].config.telegram.mode == "webhook":
            every(WEBHOOK_SECONDS, self._ask_webhooks)
        self._scheduler.start()
        return begun

    def stop(self) -> None:
        """No more ticks; what is under way ends by itself."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _begin(self, bot: RunningBot) -> None:
        await bot.up.wait()
        if bot.time is not None:
            await bot.time.held.wait()
            await _careful(lambda: self._tick([bot], self._first() if bot is self._first() else None))()

    def _mine(self) -> list[RunningBot]:
        return [bot for bot in self._bots if bot.up.is_set() and bot.time is not None and bot.time.held.is_set()]

    def _first(self) -> RunningBot | None:
        """By whose name the deployment's ticks are asked; nothing where another process asks."""
        if self._common is None or not self._common.held.is_set():
            return None
        return next((bot for bot in self._bots if bot.up.is_set()), None)

    async def tick_now(self) -> None:
        """Asks the tables what is due at this moment and queues it."""
        await self._tick(self._mine(), self._first())

    async def _tick(self, mine: Sequence[RunningBot], first: RunningBot | None) -> None:
        """What is due for these bots; with `first`, by whose name it is asked, also what is the deployment's."""
        for bot in mine:
            await self.in_unit(lambda unit, bot=bot: _all_apart(unit, OF_A_SCHOOL, bot))  # type: ignore[misc]
        if first is not None:
            await self.in_unit(lambda unit: self._due(unit, first))
        for bot in mine:
            await self.in_unit(lambda unit, bot=bot: _all_apart(unit, appointments.OF_A_SCHOOL, bot))  # type: ignore[misc]
        self._stuck.clear()
        await self._spread_all()
        for turn in city.TURNS if first is not None else ():
            await self._turns(first, turn)
        for bot in mine:
            while await self._more(bot, digest.tick):
                pass
            # After the digests, which name who waits.
            await self.in_unit(lambda unit, bot=bot: waiting.tick(unit, bot.id, bot.school()))  # type: ignore[misc]

    def _due(self, unit: Unit, bot: RunningBot) -> None:
        _all_apart(unit, OF_ALL, bot)
        for visit_id in safety.unanswered(unit):
            log.error("nobody knows whether teachers are back from a visit, phone somebody", visit=visit_id)
        for case_id in cases.unanswered(unit):
            log.error("nobody has answered a safeguarding case, phone somebody", case=case_id)

    async def _spread_all(self) -> None:
        """Tells many people what is to be told them about events and by notices, batch after batch."""
        now = self._deployment.clock.now_ms()
        try:
            events_open, notices_open, pairs_open, copies_open = await self._database.read(
                lambda connection: (
                    tellings.any_open(connection),
                    notices.any_open(connection, now),
                    pairs.any_open(connection),
                    copies.any_open(connection),
                )
            )
        except DatabaseGone:
            return  # asked every two seconds: that the database is away is said elsewhere, once
        while events_open and (bot := self._first()) is not None and await self._spread(bot):
            pass
        while pairs_open and (bot := self._first()) is not None and await self._more(bot, matching.turn):
            pass
        for bot in self._mine() if copies_open else ():
            for _ in range(COPIES):  # the others come in two seconds: a hundred who ask keep nobody's notice waiting
                if not await make_next(self._deployment, bot.id, bot.school(), self.in_unit):
                    break
        for bot in self._mine() if notices_open else ():
            for turn in notices.TURNS:
                while await self._more(bot, turn):
                    pass

    async def _turns(self, bot: RunningBot | None, turn: Callable[[Unit, int, SchoolSettings], bool]) -> None:
        """Some parts of what is done for the whole deployment, each in a transaction of its own."""
        for _ in range(city.PARTS_A_TICK):
            if bot is None or not await self._more(bot, turn):
                return

    async def _more(self, bot: RunningBot, turn: Callable[[Unit, int, SchoolSettings], bool]) -> bool:
        """A batch of what a bot has to do, in a transaction of its own. True where there is more."""
        more = False

        def due(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
            nonlocal more
            more = turn(unit, bot_id, school)

        await self.in_unit(lambda unit: _apart(unit, due, bot))
        return more and not self._deployment.ending.is_set()

    async def _spread(self, bot: RunningBot) -> bool:
        """What many are told about events, a batch in a transaction of its own. True where there are more."""

        def turn(unit: Unit, _bot_id: int, school: SchoolSettings) -> bool:
            try:
                return spread.tick(unit, school, self._stuck)
            except spread.Stuck as stuck:
                # The others are told; this one is tried again by the next tick.
                self._stuck.add(stuck.telling)
                failed.append(stuck)
                raise

        failed: list[spread.Stuck] = []
        return await self._more(bot, turn) or (bool(failed) and not self._deployment.ending.is_set())

    async def in_unit(self, due: Callable[[Unit], object]) -> None:
        """Runs a rule in a transaction of its own and hands on what it has queued."""

        def work(connection: Connection) -> tuple[list[Queued], bool]:
            unit = Unit(connection, self._deployment.vault, self._deployment.clock.now())
            due(unit)
            queued = list(unit.finish())
            if self._deployment.wakes:
                wake.queued(connection, queued)
            return queued, FOLD in unit.notes

        queued, erased = await self._database.write(work)
        if erased:
            await self._database.fold_erased()
        self._deployment.push(queued)

    async def _clean(self) -> None:
        if self._first() is None:
            return
        now = self._deployment.clock.now_ms()
        await self._database.write(lambda connection: inbox.forget(connection, now))
        if self._database.is_sqlite:
            await self._database.fold()

    async def _refresh(self) -> None:
        for bot in self._bots:
            await bot.refresh()

    async def _ask_webhooks(self) -> None:
        for bot in self._bots:
            if bot.up.is_set():
                await _careful(bot.ask_webhook)()


def _all_apart(unit: Unit, ticks: Sequence[Tick], bot: RunningBot) -> None:
    for tick in ticks:
        _apart(unit, tick, bot)


def _apart(unit: Unit, due: Tick, bot: RunningBot) -> None:
    """One tick within its own share of the unit: what fails is taken back, said, and tried again by the next tick."""
    try:
        with unit.part():
            _ = unit.session  # a savepoint, so that a refused statement ends this share alone
            due(unit, bot.id, bot.school())
    except Exception:
        log.error("a part of a tick failed, it comes again", exc_info=True)
    for fault in unit.faults:
        log.error("one of many in a tick failed, the others went on", exc_info=fault)
    unit.faults.clear()


def _careful(tick: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """A tick that fails says so and comes again; APScheduler would only log it in its own way."""

    async def run() -> None:
        try:
            await tick()
        except asyncio.CancelledError:
            return  # the end: what was asked of the database is written, or not at all
        except Exception:
            log.error("a tick failed, it comes again", exc_info=True)

    return run
