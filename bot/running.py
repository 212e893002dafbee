"""One bot of the process: the parts of its role, from the moment that Telegram knows it until the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from telegram import Bot

from bot import greeting, outbox
from bot.config import Settings
from bot.database import DatabaseGone
from bot.delivery import Delivery
from bot.deployment import Deployment, limits_of, school_settings
from bot.intake import Polling, Webhook
from bot.lease import Lease, all_held
from bot.logs import get_logger
from bot.menu import COMMANDS, PRESSES, set_menu
from bot.metrics import Metrics
from bot.roles import Role
from bot.web import Health
from bot.worker import Worker
from handlers.context import SchoolSettings
from handlers.dispatch import Dispatcher
from models.queues import Lane
from models.unit import sql

log = get_logger("running")

_REGISTER = sql(
    "INSERT INTO bot (id, username) VALUES (:id, :username) ON CONFLICT (id) DO UPDATE SET username = :username"
)
_KNOWN_SCHOOL = sql("SELECT 1 FROM school WHERE name = :name")


@dataclass
class _Part:
    """Something that runs until it is stopped."""

    name: str
    run: Callable[[], Coroutine[Any, Any, None]]
    stop: Callable[[], Awaitable[None]]


class RunningBot:
    """A bot and its parts. `alone`: there is no other in the deployment."""

    def __init__(self, config: Settings, deployment: Deployment, *, alone: bool, label: str) -> None:
        self.config, self.id, self.alone, self.label = config, config.bot_id, alone, label
        self.metrics, self.health = Metrics(), Health(receives=deployment.role.receives)
        self.bot = bot_of(config, deployment)
        self.up = asyncio.Event()
        """Its parts run."""
        self.delivery: Delivery | None = None
        self._deployment = deployment
        self._worker: Worker | None = None
        self._webhook: Webhook | None = None
        self._dispatcher: Dispatcher | None = None
        role, leases = deployment.role, deployment.leases
        self._intake = leases.lease(f"intake:{self.id}") if role.receives else None
        self._sender = leases.lease(f"delivery:{self.id}") if role.sends else None
        self.time = leases.lease(f"ticks:{self.id}") if role.handles else None
        """The right to ask for this bot what is due."""

    def school(self) -> SchoolSettings:
        """Its settings as far as people hear of them."""
        return school_settings(self.config, self.bot.username, alone=self.alone)

    async def receive(self, content: bytes) -> None:
        """An update that Telegram has posted. Raises where it cannot be stored now: Telegram sends it again."""
        if self._webhook is None:
            raise RuntimeError("not ready yet, or another process receives")
        await self._webhook.receive(content)

    def wake_worker(self) -> None:
        """Updates were stored by another process."""
        if self._worker is not None:
            self._worker.wake()

    def wake_sender(self) -> None:
        """Rows were queued by another process."""
        if self.delivery is not None:
            self.delivery.look()

    async def run(self) -> None:
        """Runs the parts of the role once they may, until the end. Raises what a part has failed with."""
        ending, health = self._deployment.ending, self.health
        if not await greeting.meet(self.bot, health, self._deployment, self.label):
            return
        await self._register()
        needed = self._needed()
        health.standing_by = bool(needed)
        if not await all_held(needed, ending.wait()):
            return
        health.standing_by = False
        parts = self._parts()
        introducing = (
            asyncio.create_task(greeting.introduce(self.bot, self.config, health))
            if self._deployment.role.receives
            else None
        )
        ended = asyncio.create_task(ending.wait())
        running = [asyncio.create_task(part.run(), name=part.name) for part in parts]
        self.up.set()
        try:
            await asyncio.wait({ended, *running}, return_when=asyncio.FIRST_COMPLETED)
            for task in running:
                if task.done() and not task.cancelled() and task.exception() is not None:
                    log.error("a part of the bot failed, stopping", part=task.get_name(), exc_info=task.exception())
        finally:
            self.up.clear()
            if introducing is not None:
                introducing.cancel()
            ended.cancel()
            # In this order nothing that was received is lost: no more in, then no more handled, then no more out.
            self._webhook = None
            for part, task in zip(parts, running, strict=True):
                await part.stop()
                with suppress(Exception):
                    await task
        for task in running:
            if not task.cancelled():
                task.result()

    def _needed(self) -> list[Lease]:
        """What has to be held before anything begins: a process that does all does nothing while another one does."""
        found = [one for one in (self._intake, self._sender) if one is not None]
        if self._deployment.role is Role.ALL and self.time is not None:
            found.append(self.time)
        return found

    async def _register(self) -> None:
        values = {"id": self.id, "username": self.bot.username}
        while not self._deployment.ending.is_set():
            try:
                await self._deployment.database.write(lambda connection: connection.execute(_REGISTER, values).rowcount)
                break
            except DatabaseGone as error:
                log.warning("the database does not answer yet", error=str(error))
                await self._deployment.pause(1.0)
        log.info("bot", username=self.bot.username, mode=self.config.telegram.mode, role=self._deployment.role.value)
        name = self.config.school.name
        if name and not self.alone:
            known = await self._deployment.database.read(
                lambda connection: connection.execute(_KNOWN_SCHOOL, {"name": name}).first()
            )
            if known is None:
                log.warning("the roster has no school of this bot's name: nothing becomes due for it", bot=self.label)

    def _parts(self) -> list[_Part]:
        """In the order in which they are stopped."""
        deployment, found = self._deployment, []
        if self._sender is not None:
            self.delivery = Delivery(
                deployment.database,
                deployment.vault,
                self.bot,
                deployment.clock,
                limits_of(self.config),
                self.metrics,
                self._stopped_by,
                self._sender,
                lambda _lease: deployment.ending.set(),
            )
            found.append(_Part("delivery", self.delivery.run, self.delivery.stop))
        if deployment.role.handles:
            self._dispatcher = Dispatcher(COMMANDS, PRESSES, self.school(), set_menu)
            self._worker = Worker(
                deployment.database,
                deployment.vault,
                self.bot,
                self._dispatcher,
                deployment.clock,
                self.metrics,
                deployment.push,
                shared=not deployment.database.is_sqlite,
                wakes=deployment.wakes,
            )
            found.insert(0, _Part("worker", self._worker.run, self._worker.stop))
        if self._intake is not None:
            self._receive(self._intake, found)
        return found

    def _receive(self, lease: Lease, parts: list[_Part]) -> None:
        deployment = self._deployment
        if self.config.telegram.mode == "polling":
            polling = Polling(
                deployment.database,
                deployment.vault,
                self.bot,
                deployment.polling_request,
                deployment.clock,
                self.metrics,
                poll_timeout=self.config.telegram.poll_timeout,
                wake=self.wake_worker,
                on_state=self.health.intake_state,
                lease=lease,
                on_lost=deployment.ending.set,
                notify=deployment.wakes,
            )
            parts.insert(0, _Part("intake", polling.run, polling.stop))
        else:
            self._webhook = Webhook(
                deployment.database,
                deployment.vault,
                self.id,
                deployment.clock,
                self.metrics,
                self.wake_worker,
                lease=lease,
                notify=deployment.wakes,
            )

    def _stopped_by(self, error: str) -> None:
        self.health.sending_stopped("Telegram refuses this bot's calls")
        log.error("Telegram refuses this bot's calls, sending waits", error=error, bot=self.label)

    async def refresh(self) -> None:
        """Asks the tables how much waits, and so whether the database answers."""
        deployment = self._deployment
        try:
            async with asyncio.timeout(2.0):
                depths = await deployment.database.read(lambda connection: outbox.depths(connection, self.id))
        except Exception:
            self.health.database_problem = "it does not answer"
            return
        self.health.database_problem = None
        now = deployment.clock.now_ms()
        for queue in ("inbox", *(lane.name.lower() for lane in Lane)):
            depth, oldest = depths.get(queue, (0, None))
            self.metrics.queue(queue, depth, 0.0 if oldest is None else max(0.0, (now - oldest) / 1000))
        if self._dispatcher is not None:
            self.metrics.ignored(self._dispatcher.ignored)

    async def ask_webhook(self) -> None:
        """With a webhook silence is no illness: whether Telegram answers at all is asked."""
        await self.bot.do_api_request("getWebhookInfo")
        self.health.intake_state(None)


def bot_of(config: Settings, deployment: Deployment) -> Bot:
    """The library's object for a bot, over the process' own connections."""
    return Bot(
        config.telegram.token.get_secret_value(),
        base_url=config.bot_base_url,
        base_file_url=config.file_base_url,
        request=deployment.request,
        get_updates_request=deployment.polling_request,
    )
