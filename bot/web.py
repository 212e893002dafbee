"""What the bot serves: whether it lives, whether it can work, its figures, and the webhook."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from bot.logs import clean, get_logger

log = get_logger("web")

MOST_BYTES = 1024 * 1024
"""A call of the webhook is refused above this."""
PATIENCE = 300.0
"""Seconds without a sign of life from Telegram until the bot counts as not ready."""
STOP_MEMORY = 90.0
"""Seconds that a refusal while sending counts; delivery tries again every 30."""
RECEIVE_TIMEOUT = 30.0
"""Seconds to store one call of the webhook. Telegram gives up after about 60 and sends it again."""
SHUTDOWN_TIMEOUT = 5.0
"""Seconds that calls under way get when the bot stops."""


@dataclass
class Health:
    """What the parts of the bot know about themselves; times of a monotonic clock.

    Long polling calls `intake_state` after each poll. With a webhook silence is no illness: there whoever asks Telegram
    how the webhook is doing calls it, and each call that arrives does.
    """

    clock: Callable[[], float] = time.monotonic
    receives: bool = True
    """Whether this process receives at all."""
    standing_by: bool = False
    """Another process does this one's work, and this one would take over."""
    database_problem: str | None = "not opened yet"
    """Why the database cannot be used; None: it can."""
    _heard_at: float | None = None
    _intake_stopped: str | None = None
    _sending_stopped: str | None = None
    _sending_stopped_at: float = 0.0

    def intake_state(self, problem: str | None) -> None:
        """None: Telegram was just heard. Otherwise why no updates can come (401, 409)."""
        self._intake_stopped = problem
        if problem is None:
            self._heard_at = self.clock()

    def sending_stopped(self, problem: str) -> None:
        """Telegram refused to take anything from this bot (401, 409)."""
        self._sending_stopped, self._sending_stopped_at = problem, self.clock()

    def problems(self) -> list[str]:
        """Why the bot cannot work now, in plain words without secrets; empty: it can."""
        found = []
        if self.database_problem is not None:
            found.append(f"database: {self.database_problem}")
        if self.standing_by:
            found.append("standing by: another process runs this bot")
        elif not self.receives and self._intake_stopped is None:
            pass
        elif self._intake_stopped is not None:
            found.append(f"receiving: {self._intake_stopped}")
        elif self._heard_at is None:
            found.append("receiving: Telegram was not heard yet")
        elif (silent := self.clock() - self._heard_at) > PATIENCE:
            found.append(f"receiving: Telegram was not heard for {silent:.0f} seconds")
        if self._sending_stopped is not None and self.clock() - self._sending_stopped_at < STOP_MEMORY:
            found.append(f"sending: {self._sending_stopped}")
        return [clean(one) for one in found]


class Illness(Protocol):
    """What /readyz asks; `Health` is one."""

    def problems(self) -> list[str]:
        """Why the bot cannot work now; empty: it can."""
        ...


class HealthOfAll:
    """The health of all bots of a process; of several it says whose each problem is."""

    def __init__(self, bots: Mapping[str, Health]) -> None:
        self._bots = bots

    def problems(self) -> list[str]:
        """Why a bot cannot work now; empty: all can. What is the same for all is said once."""
        if len(self._bots) == 1:
            return next(iter(self._bots.values())).problems()
        of_each = {name: health.problems() for name, health in self._bots.items()}
        every = [one for one in next(iter(of_each.values())) if all(one in problems for problems in of_each.values())]
        own = [f"{clean(name)}: {one}" for name, problems in of_each.items() for one in problems if one not in every]
        return every + own


class Figures(Protocol):
    """What /metrics shows; `bot.metrics.Metrics` is one."""

    def text(self) -> bytes:
        """The figures in Prometheus' text form."""
        ...


def web_app(metrics: Figures, health: Illness, routes: Iterable[web.AbstractRouteDef] = ()) -> web.Application:
    """/healthz (the process lives), /readyz (it can work: 200, otherwise 503 with reasons), /metrics, and `routes`."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        problems = health.problems()
        body = {"status": "not ready" if problems else "ready", "problems": problems}
        return web.json_response(body, status=503 if problems else 200)

    async def figures(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app = web.Application(client_max_size=MOST_BYTES)
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", figures), *routes])
    return app


def webhook_route(path: str, secret: str, receive: Callable[[bytes], Awaitable[None]]) -> web.RouteDef:
    """The address that Telegram posts updates to. `receive` returns when the update is committed.

    200 only after that; 503 where it raises or takes too long, so that Telegram sends the update again; 403 without
    the secret in X-Telegram-Bot-Api-Secret-Token (Telegram Bot API, setWebhook), and always where no secret is set.
    """
    known = secret.encode()

    async def webhook(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, known) or not known:
            return web.Response(status=403)
        content = await request.read()
        try:
            async with asyncio.timeout(RECEIVE_TIMEOUT):
                await receive(content)
        except Exception as error:
            # The kind only: the text may hold what a person wrote.
            log.warning("an update could not be stored, Telegram will send it again", error=type(error).__name__)
            return web.Response(status=503)
        return web.Response()

    return web.post(path, webhook)


def feed_route(draw: Callable[[str], Awaitable[bytes | None]]) -> web.RouteDef:
    """Calendar feeds at /calendar/<secret>.ics. An unknown address and one that was replaced are the same 404."""

    async def feed(request: web.Request) -> web.Response:
        content = await draw(request.match_info["secret"])
        headers = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
        if content is None:
            return web.Response(status=404, headers=headers)
        return web.Response(body=content, content_type="text/calendar", charset="utf-8", headers=headers)

    return web.get(r"/calendar/{secret:[0-9a-f]{48}}.ics", feed)


class WebServer:
    """Serves an application until `stop`. Signals are the bot's own business."""

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=SHUTDOWN_TIMEOUT)
        self._host, self._port = host, port

    async def start(self) -> int:
        """Listens; returns the port, which the system chose where 0 was asked. Raises OSError where it is taken."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Takes no new calls, gives those under way a moment."""
        await self._runner.cleanup()
