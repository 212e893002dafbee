"""The small web server: health, metrics, and the webhook."""

from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from bot.logs import get_logger
from bot.metrics import Metrics

log = get_logger("web")

BODY_LIMIT = 1 << 20
"""Bytes of one update at most; Telegram's are far smaller."""
SILENT = 300.0
"""Seconds without a word from Telegram before the bot counts as not ready."""


@dataclass
class Health:
    """What the bot knows about itself; filled by its parts."""

    started: float = field(default_factory=time.monotonic)
    database_ok: bool = False
    last_heard: float = 0.0
    """Monotonic seconds of the last successful poll; a webhook only hears when somebody writes, so it is not asked."""
    listening: bool = False
    polls: bool = True
    stopped_by: str | None = None

    def reasons(self) -> list[str]:
        """Why the bot is not ready; empty: it is."""
        found = []
        if not self.database_ok:
            found.append("the database does not answer")
        if self.stopped_by:
            found.append(self.stopped_by)
        if not self.listening:
            found.append("not receiving yet")
        elif self.polls and time.monotonic() - self.last_heard > SILENT:
            found.append("nothing heard from Telegram for five minutes")
        return found


def web_app(metrics: Metrics, health: Health, refresh: Callable[[], Awaitable[None]]) -> web.Application:
    """The application with /healthz, /readyz and /metrics; `refresh` brings the figures of the queues up to date."""
    app = web.Application(client_max_size=BODY_LIMIT)

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"alive": True, "seconds": int(time.monotonic() - health.started)})

    async def readyz(_request: web.Request) -> web.Response:
        await refresh()
        reasons = health.reasons()
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)

    async def figures(_request: web.Request) -> web.Response:
        await refresh()
        return web.Response(body=metrics.text(), content_type="text/plain", charset="utf-8")

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", figures)
    return app


def add_webhook(app: web.Application, path: str, secret: str, receive: Callable[[bytes], Awaitable[None]]) -> None:
    """Adds the webhook: 403 for a wrong secret, 413 for too much, 200 only when `receive` has returned, else 503.

    Raises ValueError without a secret: an open door is none.
    """
    if not secret:
        raise ValueError("a webhook needs a secret")
    expected = secret.encode()

    async def handle(request: web.Request) -> web.Response:
        given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return web.Response(status=403)
        try:
            content = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        try:
            await receive(content)
        except Exception as error:
            log.warning("an update could not be stored, Telegram will send it again", error=type(error).__name__)
            return web.Response(status=503)
        return web.Response()

    app.router.add_post(path, handle)


async def serve(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Starts serving; the caller ends it with `cleanup`. Raises OSError where the port is taken."""
    runner = web.AppRunner(app, handle_signals=False, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    await web.TCPSite(runner, host, port).start()
    return runner
