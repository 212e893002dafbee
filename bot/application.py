"""The process: one database, one web server, one pool of connections, and the bots that it runs; how it starts and stops."""

from __future__ import annotations

import asyncio
import signal
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress

from aiohttp.web import RouteDef
from sqlalchemy import Connection

from bot import inbox
from bot.clock import Clock
from bot.config import Settings
from bot.database import Database, DatabaseGone
from bot.deployment import Deployment, limits_of
from bot.http_client import AiohttpRequest
from bot.lease import Leases
from bot.logs import get_logger
from bot.metrics import Together
from bot.pages import Pages
from bot.roles import Role
from bot.running import RunningBot
from bot.ticks import Ticks
from bot.wake import INBOX, OUTBOX, Listener
from bot.web import HealthOfAll, WebServer, feed_route, web_app, webhook_route
from handlers import feed
from models.unit import Queued, Unit, sql
from models.vault import Vault

log = get_logger("application")

_ONE = sql("SELECT COUNT(*) FROM bot")
MOST_CONNECTIONS = 512
"""Calls to Telegram under way at once, of all bots together."""


class Application:
    """The running process. `role`: what of a bot it does; on SQLite only all."""

    def __init__(self, config: Settings, vault: Vault, *, clock: Clock | None = None, role: Role = Role.ALL) -> None:
        self.config, self.vault, self.clock = config, vault, clock or Clock()
        self.database = Database(config.database_url)
        each = config.each()
        self.deployment = Deployment(
            self.database,
            vault,
            self.clock,
            role,
            Leases(self.database, lambda _name: self.end()),
            AiohttpRequest(pool=min(sum(limits_of(one).in_flight + 8 for one in each), MOST_CONNECTIONS)),
            AiohttpRequest(pool=len(each) + 3),
            self._push,
        )
        alone = not config.bots
        self.bots = [
            RunningBot(one, self.deployment, alone=alone, label="telegram" if alone else f"bots[{number}]")
            for number, one in enumerate(each, 1)
        ]
        self.ticks = Ticks(self.deployment, self.bots)
        self.health = HealthOfAll({_name(bot): bot.health for bot in self.bots})
        self.web_address = ""
        self._by_id = {bot.id: bot for bot in self.bots}
        # Calls are made by name, because their parameters come from rows; the library warns of that.
        warnings.filterwarnings("ignore", message="Please use 'Bot\\.", category=UserWarning)

    def end(self) -> None:
        """Asks the process to stop."""
        self.deployment.ending.set()

    async def tick_now(self) -> None:
        """Asks the tables what is due at this moment and queues it."""
        await self.ticks.tick_now()

    async def in_unit(self, due: Callable[[Unit], object]) -> None:
        """Runs a rule in a transaction of its own and hands on what it has queued."""
        await self.ticks.in_unit(due)

    def _push(self, queued: Sequence[Queued]) -> None:
        """To the sender of each row's own bot; what belongs to a bot of another process is found there."""
        by_bot: dict[int, list[Queued]] = {}
        for one in queued:
            by_bot.setdefault(one.bot_id, []).append(one)
        for bot_id, rows in by_bot.items():
            bot = self._by_id.get(bot_id)
            if bot is not None and bot.delivery is not None:
                bot.delivery.push(rows)

    async def run(self) -> None:
        """Runs until SIGTERM, SIGINT or `end`; returns when everything is put away."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            with suppress(NotImplementedError, RuntimeError):
                loop.add_signal_handler(name, self.end)
        metrics = Together({_name(bot): bot.metrics for bot in self.bots})
        server = WebServer(web_app(metrics, self.health, self._routes()), self.config.web.host, self.config.web.port)
        try:
            # First, so that whoever watches sees why the bot is not ready yet.
            self.web_address = f"http://{self.config.web.host}:{await server.start()}"
            await self.deployment.request.initialize()
            await self.deployment.polling_request.initialize()
            await self._database_answers()
            if not self.deployment.ending.is_set():
                await self._run_bots()
        finally:
            await server.stop()
            await self.database.close()
            await self.deployment.polling_request.shutdown()
            await self.deployment.request.shutdown()

    def _routes(self) -> list[RouteDef]:
        routes = [feed_route(self._feed), *Pages(self.config, self.vault, self.database, self.clock).routes()]
        if self.config.telegram.mode == "webhook" and self.deployment.role.receives:
            for bot in self.bots:
                secret = bot.config.telegram.webhook_secret.get_secret_value()
                routes.append(webhook_route(bot.config.webhook_path, secret, bot.receive))
        return routes

    async def _feed(self, secret: str) -> bytes | None:
        """The calendar of whose address that is."""

        def read(connection: Connection) -> bytes | None:
            unit = Unit(connection, self.vault, self.clock.now())
            return next((found for bot in self.bots if (found := feed.of_secret(unit, bot.id, secret))), None)

        try:
            return await self.database.read(read)
        except DatabaseGone:
            return None

    async def _database_answers(self) -> None:
        while not self.deployment.ending.is_set():
            try:
                await self.database.write(lambda connection: connection.execute(_ONE).scalar())
                await self.database.read(inbox.ids_go_on)
                break
            except DatabaseGone as error:
                log.warning("the database does not answer yet", error=str(error))
                await self.deployment.pause(1.0)
        for bot in self.bots:
            bot.health.database_problem = None

    async def _run_bots(self) -> None:
        """Each by itself: one whose token is wrong does not keep the others. One whose part fails ends the process."""
        leases = asyncio.create_task(self.deployment.leases.run(), name="leases")
        watching = [leases]
        if not self.database.is_sqlite:
            listener = Listener(self.config.database_url, (INBOX, OUTBOX), self._woken)
            watching.append(asyncio.create_task(listener.run(), name="listener"))
        running = [asyncio.create_task(bot.run(), name=bot.label) for bot in self.bots]
        watching += [asyncio.create_task(self._say_ready(bot)) for bot in self.bots]
        watching += self.ticks.start()
        ended = asyncio.create_task(self.deployment.ending.wait())
        try:
            await asyncio.wait({ended, leases, *running}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.end()
            self.ticks.stop()
            await asyncio.wait(running)
            for task in (*watching, ended):
                task.cancel()
            with suppress(DatabaseGone):
                await self.deployment.leases.release()
        for task in (leases, *running):
            if task.done() and not task.cancelled():
                task.result()

    def _woken(self, channel: str, bot_id: int) -> None:
        bot = self._by_id.get(bot_id)
        if bot is not None:
            (bot.wake_worker if channel == INBOX else bot.wake_sender)()

    async def _say_ready(self, bot: RunningBot) -> None:
        await bot.up.wait()
        log.info("ready", web=self.web_address, username=bot.bot.username, role=self.deployment.role.value)


def _name(bot: RunningBot) -> str:
    """How health and figures call it."""
    return bot.config.school.name or str(bot.id)
