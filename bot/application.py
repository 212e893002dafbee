"""Where all is put together: which handler, which tick, which role's menu; and how the bot starts and stops."""

from __future__ import annotations

import asyncio
import signal
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp.web import RouteDef
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection
from telegram import Bot
from telegram.error import TelegramError

from bot import inbox, outbox
from bot.clock import Clock
from bot.config import Settings
from bot.database import Database, DatabaseGone
from bot.delivery import Delivery
from bot.http_client import AiohttpRequest, Outcome, outcome_of
from bot.intake import Polling, Webhook
from bot.lease import Lease
from bot.limiter import Limits
from bot.logs import get_logger
from bot.menu import COMMANDS, EVERYBODY, PRESSES, set_menu
from bot.metrics import Metrics
from bot.pages import Pages
from bot.translate import ALLOWED_UPDATES
from bot.web import Health, WebServer, feed_route, web_app, webhook_route
from bot.worker import Worker
from handlers import (
    absence,
    calendar,
    conversation,
    digest,
    feed,
    holding,
    notes,
    team,
    urgent,
    waiting,
)
from handlers.appointments import ticks as appointments
from handlers.context import SchoolSettings
from handlers.dispatch import Dispatcher
from handlers.events import spread
from handlers.events import ticks as events
from handlers.texts import words
from models.appointments import safety
from models.base import ids_never_below
from models.events import tellings
from models.queues import Lane
from models.safeguarding import cases
from models.unit import Unit, sql
from models.vault import Vault

log = get_logger("application")

TICK_SECONDS = 20
"""APScheduler only ticks; what is due is asked of the tables (docs/decisions/0005)."""
CLEAN_SECONDS = 3600
REFRESH_SECONDS = 5
SPREAD_SECONDS = 2
"""How soon many people begin to hear what somebody has just changed or sent."""


@dataclass
class _Part:
    """Something that runs until it is stopped."""

    name: str
    run: Callable[[], Coroutine[Any, Any, None]]
    stop: Callable[[], Awaitable[None]]


_REGISTER = sql(
    "INSERT INTO bot (id, username) VALUES (:id, :username) ON CONFLICT (id) DO UPDATE SET username = :username"
)
_HIGHEST = sql(
    "SELECT (SELECT MAX(id) FROM inbox) AS i, (SELECT MAX(id) FROM outbox) AS o, (SELECT MAX(id) FROM message) AS m"
)


class Application:
    """One running bot."""

    def __init__(self, config: Settings, vault: Vault, *, clock: Clock | None = None) -> None:
        self.config, self.vault, self.clock = config, vault, clock or Clock()
        self.metrics, self.health = Metrics(), Health()
        self.database = Database(config.database_url)
        self._request = AiohttpRequest(pool=config.limits.in_flight + 8)
        self._polling_request = AiohttpRequest(pool=4)
        self._ending = asyncio.Event()
        self._push: Callable[[list[Any]], None] = lambda _queued: None
        self.web_address = ""
        self._webhook: Webhook | None = None
        self._bot_id: int | None = None
        self._stuck: set[spread.Key] = set()
        root = config.telegram.api_url.rstrip("/")
        self.bot = Bot(
            config.telegram.token.get_secret_value(),
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._request,
            get_updates_request=self._polling_request,
        )
        # Calls are made by name, because their parameters come from rows; the library warns of that.
        warnings.filterwarnings("ignore", message="Please use 'Bot\\.", category=UserWarning)

    def end(self) -> None:
        """Asks the bot to stop."""
        self._ending.set()

    async def run(self) -> None:
        """Runs until SIGTERM, SIGINT or `end`; returns when everything is put away."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(name, self.end)
        server = WebServer(
            web_app(self.metrics, self.health, [*self._webhook_routes(), feed_route(self._feed), *self._pages()]),
            self.config.web.host,
            self.config.web.port,
        )
        try:
            # First, so that whoever watches sees why the bot is not ready yet.
            self.web_address = f"http://{self.config.web.host}:{await server.start()}"
            await self._prepare()
            if not self._ending.is_set():
                await self._run_parts()
        finally:
            await server.stop()
            await self.database.close()
            await self._polling_request.shutdown()
            await self._request.shutdown()

    async def _feed(self, secret: str) -> bytes | None:
        """The calendar of whose address that is."""
        if self._bot_id is None:
            return None

        def read(connection: Connection) -> bytes | None:
            return feed.of_secret(Unit(connection, self.vault, self.clock.now()), self._bot_id or 0, secret)

        try:
            return await self.database.read(read)
        except DatabaseGone:
            return None

    def _pages(self) -> list[RouteDef]:
        return Pages(self.config, self.vault, self.database, self.clock).routes()

    def _webhook_routes(self) -> list[RouteDef]:
        telegram = self.config.telegram
        if telegram.mode != "webhook":
            return []

        async def receive(content: bytes) -> None:
            if self._webhook is None:
                raise RuntimeError("not ready yet: Telegram sends it again")
            await self._webhook.receive(content)

        return [webhook_route(self.config.webhook_path, telegram.webhook_secret.get_secret_value(), receive)]

    async def _prepare(self) -> None:
        await self._request.initialize()
        await self._polling_request.initialize()
        await self._database_answers()
        row = await self.database.read(lambda connection: connection.execute(_HIGHEST).one())
        ids_never_below(max(row.i or 0, row.o or 0, row.m or 0))
        await self._meet_telegram()

    async def _database_answers(self) -> None:
        while not self._ending.is_set():
            try:
                await self.database.write(lambda connection: connection.execute(_ONE).scalar())
                self.health.database_problem = None
                return
            except DatabaseGone as error:
                log.warning("the database does not answer yet", error=str(error))
                await self._pause(1.0)

    async def _meet_telegram(self) -> None:
        """Asks who the bot is, until Telegram answers; a wrong token is said at once and tried again."""
        wait = 0.5
        while not self._ending.is_set():
            try:
                await self.bot.initialize()
                break
            except TelegramError as error:
                if outcome_of(error) is Outcome.STOP:
                    self.health.intake_state("Telegram does not know this token")
                    log.error("Telegram does not know this token: check [telegram] token")
                else:
                    log.warning("Telegram does not answer yet", error=type(error).__name__)
                await self._pause(wait)
                wait = min(wait * 2, 30.0)
        if self._ending.is_set():
            return
        bot_id, username = self.bot.id, self.bot.username
        self._bot_id = bot_id
        await self.database.write(
            lambda connection: connection.execute(_REGISTER, {"id": bot_id, "username": username}).rowcount
        )
        log.info("bot", username=username, mode=self.config.telegram.mode)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()

    async def _run_parts(self) -> None:
        limits = self.config.limits
        lease = Lease(self.database, f"bot:{self.bot.id}", self.clock, self.end)
        taking = asyncio.create_task(lease.take())
        ending = asyncio.create_task(self._ending.wait())
        await asyncio.wait({taking, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not taking.done():
            taking.cancel()
            return
        taking.result()
        delivery = Delivery(
            self.database,
            self.vault,
            self.bot,
            self.clock,
            Limits(limits.bulk_per_second, limits.chat_per_second, limits.chat_burst, limits.in_flight),
            self.metrics,
            self._stopped_by,
        )
        dispatcher = self._dispatcher()
        worker = Worker(self.database, self.vault, self.bot, dispatcher, self.clock, self.metrics, delivery.push)

        parts = [
            _Part("worker", worker.run, worker.stop),
            _Part("delivery", delivery.run, delivery.stop),
        ]
        if self.config.telegram.mode == "polling":
            polling = Polling(
                self.database,
                self.vault,
                self.bot,
                self._polling_request,
                self.clock,
                self.metrics,
                poll_timeout=self.config.telegram.poll_timeout,
                wake=worker.wake,
                on_state=self.health.intake_state,
            )
            parts.insert(0, _Part("intake", polling.run, polling.stop))
        else:
            self._webhook = Webhook(self.database, self.vault, self.bot.id, self.clock, self.metrics, worker.wake)
        keeping = asyncio.create_task(lease.keep())
        ticking = self._ticks(delivery, dispatcher)
        running = [asyncio.create_task(part.run(), name=part.name) for part in parts]
        introducing = asyncio.create_task(self._introduce())
        log.info("ready", web=self.web_address)
        try:
            await asyncio.wait({ending, *running}, return_when=asyncio.FIRST_COMPLETED)
            for task in running:
                if task.done() and not task.cancelled() and task.exception() is not None:
                    log.error("a part of the bot failed, stopping", part=task.get_name(), exc_info=task.exception())
        finally:
            ticking.shutdown(wait=False)
            introducing.cancel()
            # In this order nothing that was received is lost: no more in, then no more handled, then no more out.
            self._webhook = None
            for part, task in zip(parts, running, strict=True):
                await part.stop()
                with suppress(Exception):
                    await task
            keeping.cancel()
            ending.cancel()
            with suppress(DatabaseGone):
                await lease.release()
        for task in running:
            if not task.cancelled():
                task.result()

    def _dispatcher(self) -> Dispatcher:
        return Dispatcher(COMMANDS, PRESSES, self._school(), set_menu)

    def _school(self) -> SchoolSettings:
        school, hours, urgent_path = self.config.school, self.config.hours, self.config.urgent
        return SchoolSettings(
            name=school.name,
            help_phone=school.phone,
            responsible=school.notice_operator,
            invite_days=school.invite_days,
            bot_username=self.bot.username,
            zone=school.zone,
            keep_hours=hours.keep,
            person_per_minute=self.config.limits.person_per_minute,
            answer_days=hours.answer_days,
            urgent_path=urgent_path.path,
            urgent_minutes=urgent_path.minutes,
            duty_phone=urgent_path.duty_phone,
            levels=self.config.team.levels,
            visits=self.config.visits.rules(),
            events=self.config.events.rules(),
            bulk_per_second=self.config.limits.bulk_per_second,
            public_url=self.config.web.public_url,
        )

    def _stopped_by(self, error: str) -> None:
        self.health.sending_stopped("Telegram refuses this bot's calls")
        log.error("Telegram refuses this bot's calls, sending waits", error=error)

    async def _introduce(self) -> None:
        """Tells Telegram how updates come and which commands there are. Decoration may fail; receiving may not."""
        await self._receive_as_set()
        for language, code in (("en", None), ("zh_CN", "zh")):
            commands = [{"command": name, "description": words(language, f"menu.{name}")} for name in EVERYBODY]
            values: dict[str, Any] = {"commands": commands, "scope": {"type": "all_private_chats"}}
            description: dict[str, Any] = {"description": words(language, "bot.description")}
            for method, parts in (("setMyCommands", values), ("setMyDescription", description)):
                parameters = parts if code is None else {**parts, "language_code": code}
                try:
                    await self.bot.do_api_request(method, api_kwargs=parameters)
                except TelegramError as error:
                    log.warning(
                        "could not set the bot's menu or description", method=method, error=type(error).__name__
                    )

    async def _receive_as_set(self) -> None:
        telegram = self.config.telegram
        wait = 1.0
        while True:
            try:
                if telegram.mode == "polling":
                    await self.bot.do_api_request("deleteWebhook", api_kwargs={"drop_pending_updates": False})
                    return
                await self.bot.do_api_request(
                    "setWebhook",
                    api_kwargs={
                        "url": telegram.webhook_url,
                        "secret_token": telegram.webhook_secret.get_secret_value(),
                        "allowed_updates": ALLOWED_UPDATES,
                        "max_connections": 40,
                        "drop_pending_updates": False,
                    },
                )
                self.health.intake_state(None)
                return
            except TelegramError as error:
                log.warning("could not tell Telegram how to send updates", error=type(error).__name__)
                if telegram.mode == "polling" and outcome_of(error) is Outcome.REFUSED_FORMAT:
                    return
                await asyncio.sleep(wait)
                wait = min(wait * 2, 60)

    # --- ticks ---

    def _ticks(self, delivery: Delivery, dispatcher: Dispatcher) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(timezone="UTC")
        once = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}

        async def clean() -> None:
            now = self.clock.now_ms()
            await self.database.write(lambda connection: inbox.forget(connection, now))
            if self.database.is_sqlite:
                await self.database.fold()

        self._push = delivery.push
        # At once too: what fell due while the bot was away goes first.
        scheduler.add_job(
            _careful(self.tick_now), "interval", seconds=TICK_SECONDS, next_run_time=datetime.now(UTC), **once
        )

        async def refresh() -> None:
            await self._refresh(dispatcher)

        async def ask_webhook() -> None:
            """With a webhook silence is no illness: whether Telegram answers at all is asked."""
            await self.bot.do_api_request("getWebhookInfo")
            self.health.intake_state(None)

        scheduler.add_job(_careful(refresh), "interval", seconds=REFRESH_SECONDS, **once)
        scheduler.add_job(_careful(self._spread_all), "interval", seconds=SPREAD_SECONDS, **once)
        if self.config.telegram.mode == "webhook":
            scheduler.add_job(_careful(ask_webhook), "interval", seconds=60, **once)
        scheduler.add_job(_careful(clean), "interval", seconds=CLEAN_SECONDS, **once)
        scheduler.start()
        return scheduler

    async def tick_now(self) -> None:
        """Asks the tables what is due at this moment and queues it."""
        self._push(await self._tick(lambda unit: self._due(unit, self._school())))
        self._stuck.clear()
        await self._spread_all()
        while await self._digests():
            pass
        # After the digests, which name who waits.
        self._push(await self._tick(lambda unit: waiting.tick(unit, self.bot.id, self._school())))

    async def _spread_all(self) -> None:
        """Tells many people what is to be told them about events, batch after batch."""
        try:
            if not await self.database.read(tellings.any_open):
                return
        except DatabaseGone:
            return  # asked every two seconds: that the database is away is said elsewhere, once
        while await self._spread():
            pass

    async def _spread(self) -> bool:
        """What many are told about events, a batch in a transaction of its own. True where there are more."""
        more = False

        def due(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
            nonlocal more
            try:
                more = spread.tick(unit, school, self._stuck)
            except spread.Stuck as stuck:
                # The others are told; this one is tried again by the next tick.
                self._stuck.add(stuck.telling)
                more = True
                raise

        def work(unit: Unit) -> None:
            _apart(unit, due, self.bot.id, self._school())

        self._push(await self._tick(work))
        return more and not self._ending.is_set()

    async def _digests(self) -> bool:
        """A batch of weekly digests, in a transaction of its own. True where there are more."""
        waits = False

        def due(unit: Unit) -> None:
            nonlocal waits
            waits = digest.tick(unit, self.bot.id, self._school())

        self._push(await self._tick(due))
        return waits and not self._ending.is_set()

    def _due(self, unit: Unit, school: SchoolSettings) -> None:
        # Each by itself: a row that one of them cannot read must not stop the pages about a child's safety.
        for due in (
            urgent.tick,
            absence.tick,
            lambda one, _bot, its: holding.send_due(one, its.zone),
            lambda one, bot, _school: notes.tick(one, bot),
            team.tick,
            calendar.tick,
            *appointments.TICKS,
            *events.TICKS,
        ):
            _apart(unit, due, self.bot.id, school)
        conversation.remind(unit, self.bot.id)

        for visit_id in safety.unanswered(unit):
            log.error("nobody knows whether teachers are back from a visit, phone somebody", visit=visit_id)
        for case_id in cases.unanswered(unit):
            log.error("nobody has answered a safeguarding case, phone somebody", case=case_id)

    async def _tick(self, due: Callable[[Unit], None]) -> list[Any]:
        def work(connection: Connection) -> list[Any]:
            unit = Unit(connection, self.vault, self.clock.now())
            due(unit)
            return list(unit.finish())

        return await self.database.write(work)

    async def _refresh(self, dispatcher: Dispatcher) -> None:
        try:
            async with asyncio.timeout(2.0):
                depths = await self.database.read(lambda connection: outbox.depths(connection, self.bot.id))
        except Exception:
            self.health.database_problem = "it does not answer"
            return
        self.health.database_problem = None
        now = self.clock.now_ms()
        for queue in ("inbox", *(lane.name.lower() for lane in Lane)):
            depth, oldest = depths.get(queue, (0, None))
            self.metrics.queue(queue, depth, 0.0 if oldest is None else max(0.0, (now - oldest) / 1000))
        self.metrics.ignored(dispatcher.ignored)


def _apart(unit: Unit, due: Callable[[Unit, int, SchoolSettings], object], bot_id: int, school: SchoolSettings) -> None:
    """One tick within its own share of the unit: what fails is taken back, said, and tried again by the next tick."""
    try:
        with unit.part():
            _ = unit.session  # a savepoint, so that a refused statement ends this share alone
            due(unit, bot_id, school)
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
        except Exception:
            log.error("a tick failed, it comes again", exc_info=True)

    return run


_ONE = sql("SELECT COUNT(*) FROM bot")
