"""A pretend Telegram in this process, python-telegram-bot's own Bot on it, and one person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from simulator.application import start
from simulator.client import Person, Telegram
from simulator.state import State

TOKEN = f"700000001:{'A' * 35}"


@dataclass
class Server:
    """A running simulator, with its state at hand, and a way to call the Bot API by hand."""

    url: str
    state: State
    http: aiohttp.ClientSession
    token: str = TOKEN
    bots: list[Bot] = field(default_factory=list)

    async def call(self, method: str, token: str | None = None, **values: Any) -> dict[str, Any]:
        """The whole answer of one call, as JSON; its HTTP status is checked against the error code."""
        async with self.http.post(f"{self.url}/bot{token or self.token}/{method}", json=values) as response:
            found: dict[str, Any] = await response.json()
            assert response.status == found.get("error_code", 200)
            return found

    async def refused(self, method: str, **values: Any) -> str:
        """The description of an answer that must be a refusal."""
        found = await self.call(method, **values)
        assert found["ok"] is False, found
        return str(found["description"])

    async def bot(self, token: str = TOKEN) -> Bot:
        """python-telegram-bot's Bot on this server."""
        made = Bot(token, base_url=f"{self.url}/bot", base_file_url=f"{self.url}/file/bot")
        await made.initialize()
        self.bots.append(made)
        return made


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    runner, url, state = await start("127.0.0.1", 0)
    async with aiohttp.ClientSession() as http:
        found = Server(url, state, http)
        await found.call("getMe")
        yield found
        for bot in found.bots:
            await bot.shutdown()
    await runner.cleanup()


@pytest.fixture
async def telegram(server: Server) -> AsyncIterator[Telegram]:
    """Overrides the project's: this one belongs to the server of this test."""
    async with Telegram(server.url) as found:
        yield found


@pytest.fixture
async def person(telegram: Telegram) -> Person:
    """王芳, who has started the bot; nothing waits in its queue."""
    found = await telegram.person(1001)
    await found.starts()
    return found


@pytest.fixture
async def ptb(server: Server, person: Person) -> Bot:
    """A bot that has fetched what came before."""
    made = await server.bot()
    updates = await made.get_updates()
    await made.get_updates(offset=updates[-1].update_id + 1)
    return made
