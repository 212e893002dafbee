"""The webhook: updates are posted, one at a time for each chat, and again until they are taken."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from typing import Any
from urllib.parse import urlsplit

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from simulator.methods import METHODS, perform
from simulator.parameters import Values, number, string, truth
from simulator.refusals import Refused, bad
from simulator.state import Bot, State, Update
from simulator.updates import allow, expire

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds before the next try after a refusal; doubled each time. Telegram waits longer: tests shall not."""
_DEFAULT_CONNECTIONS = 40
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_POST_TIME = 60
"""Seconds that a bot may take for an answer."""


class Pusher:
    """Posts one bot's updates to its webhook, those of one chat in order, at most `most` at once."""

    def __init__(self, state: State, bot: Bot, values: Values) -> None:
        self.state, self.bot = state, bot
        self.url = string(values, "url")
        self.secret = string(values, "secret_token")
        self.most = min(max(number(values, "max_connections", _DEFAULT_CONNECTIONS), 1), 100)
        self.ip_address = string(values, "ip_address")
        self.error: tuple[int, str] | None = None
        self._lanes: dict[int, deque[Update]] = {}
        self._ready: deque[int] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session = ClientSession(
            timeout=ClientTimeout(total=_POST_TIME), connector=TCPConnector(limit=0, ssl=False)
        )
        for update in bot.updates.values():
            self.take(update)

    def take(self, update: Update) -> None:
        """An update to post, when those of its chat before it are taken."""
        lane = self._lanes.get(update.chat)
        if lane is None:
            self._lanes[update.chat] = deque((update,))
            self._ready.append(update.chat)
            self._start()
        else:
            lane.append(update)

    def _start(self) -> None:
        while self._ready and len(self._tasks) < self.most:
            task = asyncio.create_task(self._serve(self._ready.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and not self._session.closed:
            self._start()

    async def _serve(self, chat: int) -> None:
        """Posts a chat's first update until it is taken; then the chat waits for its next turn."""
        lane = self._lanes[chat]
        update, pause = lane[0], FIRST_PAUSE
        while update.id in self.bot.updates and not await self._post(update):
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            expire(self.state, self.bot)
        self.bot.updates.pop(update.id, None)
        lane.popleft()
        if lane:
            self._ready.append(chat)
        else:
            del self._lanes[chat]

    async def _post(self, update: Update) -> bool:
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        faults = self.state.faults
        taken = False
        try:
            for _ in range(2 if faults.rules and faults.repeats("webhook") else 1):
                async with self._session.post(self.url, data=update.body, headers=headers) as response:
                    taken = 200 <= response.status < 300
                    if not taken:
                        self._failed(f"Wrong response from the webhook: {response.status} {response.reason}")
                    elif response.content_type == "application/json":
                        self._answer(await response.read())
        except TimeoutError:
            self._failed("Read timeout expired")
        except (ClientError, OSError) as error:
            self._failed(f"Connection failed: {type(error).__name__}")
        return taken

    def _failed(self, text: str) -> None:
        self.error = self.state.date(), text

    def _answer(self, body: bytes) -> None:
        """A bot may call a method in its answer; what becomes of it, it never hears."""
        try:
            values = orjson.loads(body)
        except orjson.JSONDecodeError:
            return
        method = METHODS.get(str(values.get("method", "")).lower()) if isinstance(values, dict) else None
        if method is not None:
            status, error = 200, None
            try:
                perform(method, self.state, self.bot, values)
            except Refused as refused:
                status, error = refused.status, refused.text
            self.state.calls.note(self.bot.id, method.name, status, chat_id=values.get("chat_id"), error=error)

    async def close(self) -> None:
        """Ends it; what was not taken stays in the queue."""
        for task in list(self._tasks):
            task.cancel()
        await self._session.close()


class Webhooks:
    """The webhooks of all bots, and the three methods about them."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._pushers: dict[int, Pusher] = {}

    async def set(self, bot: Bot, values: Values) -> bool:
        """Telegram Bot API, setWebhook; without a URL it is deleted. Unlike Telegram it takes plain HTTP too."""
        url = string(values, "url")
        if not url:
            return await self.delete(bot, values)
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        secret = string(values, "secret_token")
        if len(secret) > 256:
            raise bad("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        allow(bot, values)
        await self._stop(bot)
        if truth(values, "drop_pending_updates"):
            bot.updates.clear()
        pusher = self._pushers[bot.id] = Pusher(self.state, bot, values)
        bot.push = pusher.take
        bot.poll += 1  # a getUpdates that waits is ended
        bot.arrived.set()
        return True

    async def delete(self, bot: Bot, values: Values) -> bool:
        """Telegram Bot API, deleteWebhook."""
        await self._stop(bot)
        if truth(values, "drop_pending_updates"):
            bot.updates.clear()
        return True

    async def info(self, bot: Bot, _values: Values) -> dict[str, Any]:
        """Telegram Bot API, getWebhookInfo."""
        pusher = self._pushers.get(bot.id)
        found: dict[str, Any] = {
            "url": pusher.url if pusher else "",
            "has_custom_certificate": False,
            "pending_update_count": len(bot.updates),
        }
        if bot.allowed:
            found["allowed_updates"] = bot.allowed
        if pusher is not None:
            found |= {"max_connections": pusher.most, "ip_address": pusher.ip_address or "127.0.0.1"}
            if pusher.error is not None:
                found["last_error_date"], found["last_error_message"] = pusher.error
        return found

    async def _stop(self, bot: Bot) -> None:
        bot.push = None
        pusher = self._pushers.pop(bot.id, None)
        if pusher is not None:
            await pusher.close()

    async def close(self) -> None:
        """Ends all pushers."""
        pushers, self._pushers = list(self._pushers.values()), {}
        for pusher in pushers:
            pusher.bot.push = None
            await pusher.close()
