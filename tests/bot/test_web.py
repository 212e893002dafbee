"""Health, figures and the webhook, over HTTP as others see them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest

from bot import web as served
from bot.metrics import Metrics
from bot.web import MOST_BYTES, Health, WebServer, web_app, webhook_route

SECRET = "hook_SECRET-1"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
TOKEN = "123456789:CANARY_token-abcdefghijklmnopqrstuv"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Served:
    http: aiohttp.ClientSession
    clock: Clock
    health: Health
    metrics: Metrics
    received: list[bytes] = field(default_factory=list)
    error: BaseException | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, content: bytes) -> None:
        await self.gate.wait()
        if self.error:
            raise self.error
        self.received.append(content)

    async def get(self, path: str) -> tuple[int, str]:
        async with self.http.get(path) as answer:
            return answer.status, await answer.text()

    async def post(self, content: bytes, secret: str | None = SECRET, path: str = "/hook") -> int:
        async with self.http.post(path, data=content, headers={HEADER: secret} if secret is not None else {}) as answer:
            return answer.status


@pytest.fixture
async def bot() -> AsyncIterator[Served]:
    clock, metrics = Clock(), Metrics()
    health = Health(clock=clock)
    made = Served(aiohttp.ClientSession(), clock, health, metrics)
    made.gate.set()
    routes = [webhook_route("/hook", SECRET, made.receive), webhook_route("/open", "", made.receive)]
    server = WebServer(web_app(metrics, health, routes), "127.0.0.1", 0)
    port = await server.start()
    await made.http.close()
    made.http = aiohttp.ClientSession(f"http://127.0.0.1:{port}")
    yield made
    await made.http.close()
    await server.stop()


async def test_it_lives_even_when_it_is_not_ready(bot: Served) -> None:
    assert await bot.get("/healthz") == (200, '{"status": "alive"}')
    status, text = await bot.get("/readyz")
    assert status == 503
    assert "database: not opened yet" in text
    assert "receiving: Telegram was not heard yet" in text


async def test_it_is_ready_with_a_database_and_telegram_heard_within_five_minutes(bot: Served) -> None:
    bot.health.database_problem = None
    bot.health.intake_state(None)
    assert await bot.get("/readyz") == (200, '{"status": "ready", "problems": []}')
    bot.clock.now += 299
    assert (await bot.get("/readyz"))[0] == 200
    bot.clock.now += 2
    status, text = await bot.get("/readyz")
    assert status == 503
    assert "was not heard for 301 seconds" in text


async def test_it_is_not_ready_while_telegram_refuses_the_bot_and_shows_no_secret(bot: Served) -> None:
    bot.health.database_problem = None
    bot.health.intake_state(f"401 for {TOKEN}")
    status, text = await bot.get("/readyz")
    assert (status, "CANARY" in text, "401 for <token>" in text) == (503, False, True)
    bot.health.intake_state(None)
    bot.health.sending_stopped("Unauthorized")
    assert "sending: Unauthorized" in (await bot.get("/readyz"))[1]
    bot.clock.now += 91
    bot.health.intake_state(None)
    assert (await bot.get("/readyz"))[0] == 200


async def test_the_database_gone_makes_it_not_ready(bot: Served) -> None:
    bot.health.intake_state(None)
    bot.health.database_problem = "does not answer"
    assert "database: does not answer" in (await bot.get("/readyz"))[1]


async def test_the_figures_are_served(bot: Served) -> None:
    bot.metrics.updates_received(3)
    bot.metrics.update_handled(0.02)
    bot.metrics.update_aside()
    bot.metrics.ignored({"group": 2})
    bot.metrics.sent("text", "ok", 0.05)
    bot.metrics.flood(7.0)
    bot.metrics.queue("relay", 4, 1.5)
    bot.metrics.polled(1_700_000_000.0)
    status, text = await bot.get("/metrics")
    assert status == 200
    for line in (
        "bot_updates_received_total 3.0",
        "bot_updates_handled_total 1.0",
        "bot_updates_aside_total 1.0",
        'bot_updates_ignored{reason="group"} 2.0',
        'bot_update_seconds_bucket{le="0.025"} 1.0',
        'bot_sends_total{kind="text",result="ok"} 1.0',
        "bot_send_seconds_count 1.0",
        "bot_floods_total 1.0",
        "bot_flood_seconds_total 7.0",
        'bot_queue_depth{queue="relay"} 4.0',
        'bot_queue_age_seconds{queue="relay"} 1.5',
        "bot_last_intake_timestamp_seconds 1.7e+09",
    ):
        assert line in text.splitlines()


async def test_figures_of_two_bots_do_not_mix() -> None:
    one, two = Metrics(), Metrics()
    one.updates_received(5)
    assert b"bot_updates_received_total 0.0" in two.text()


async def test_the_webhook_answers_only_after_the_update_is_stored(bot: Served) -> None:
    bot.gate.clear()
    call = asyncio.create_task(bot.post(b'{"update_id": 1}'))
    await asyncio.sleep(0.1)
    assert not call.done()
    bot.gate.set()
    assert await call == 200
    assert bot.received == [b'{"update_id": 1}']


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET.lower(), SECRET + "x", "密"])
async def test_without_the_secret_nothing_is_received(bot: Served, secret: str | None) -> None:
    assert await bot.post(b"{}", secret) == 403
    assert bot.received == []


@pytest.mark.parametrize("secret", [None, "", "x"])
async def test_without_a_secret_of_its_own_the_webhook_stays_shut(bot: Served, secret: str | None) -> None:
    assert await bot.post(b"{}", secret, "/open") == 403


async def test_a_body_above_one_mebibyte_is_refused(bot: Served) -> None:
    assert await bot.post(b"x" * MOST_BYTES) == 200
    assert await bot.post(b"x" * (MOST_BYTES + 1)) == 413
    assert len(bot.received) == 1


async def test_an_update_that_cannot_be_stored_is_asked_for_again(bot: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    bot.error = OSError("disk full")
    assert await bot.post(b"{}") == 503
    monkeypatch.setattr(served, "RECEIVE_TIMEOUT", 0.05)
    bot.error = None
    bot.gate.clear()
    assert await bot.post(b"{}") == 503
    assert bot.received == []


async def test_the_webhook_takes_posts_only(bot: Served) -> None:
    assert (await bot.get("/hook"))[0] == 405
    assert (await bot.get("/elsewhere"))[0] == 404


async def test_a_taken_port_is_said_at_the_start() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = WebServer(web_app(Metrics(), Health()), "127.0.0.1", taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"):
            await server.start()
