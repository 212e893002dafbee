"""People for tests and benches: they press, type and read, over HTTP like everybody else."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp


class Telegram:
    """The control side of a running simulator."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Telegram:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def post(self, path: str, **body: Any) -> Any:
        """POST /control/<path>. Raises AssertionError with the simulator's words where it refuses."""
        assert self._session is not None
        async with self._session.post(f"{self.url}/control/{path}", json=body) as response:
            content = await response.json()
            assert response.status == 200, content.get("error")
            return content

    async def get(self, path: str, **query: Any) -> Any:
        """GET /control/<path>."""
        assert self._session is not None
        wanted = {name: str(value) for name, value in query.items() if value is not None}
        async with self._session.get(f"{self.url}/control/{path}", params=wanted) as response:
            content = await response.json()
            assert response.status == 200, content.get("error")
            return content

    async def person(
        self, number: int, name: str = "王芳", language: str | None = "zh-hans", bot: int | None = None
    ) -> Person:
        """Somebody with an account, and that account's way to one bot."""
        await self.post("people", people=[{"id": number, "first_name": name, "language_code": language}])
        return Person(self, number, name, bot)

    async def faults(self, *rules: dict[str, Any], seed: int = 1) -> None:
        """Puts faults in force; none without rules."""
        await self.post("faults", rules=list(rules), seed=seed)

    async def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """The bot's calls so far."""
        found = (await self.get("calls"))["calls"]
        return [one for one in found if method is None or one["method"] == method]


class Person:
    """One person's phone."""

    def __init__(self, telegram: Telegram, number: int, name: str, bot: int | None) -> None:
        self.telegram, self.id, self.name, self.bot = telegram, number, name, bot
        self._read = 0
        self._seen: set[tuple[int, str]] = set()

    async def act(self, do: str, **values: Any) -> dict[str, Any]:
        """Does something; answers its message and update ids."""
        found: dict[str, Any] = await self.telegram.post("act", person=self.id, bot=self.bot, do=do, **values)
        return found

    async def starts(self, payload: str | None = None) -> dict[str, Any]:
        """Opens the bot, by a link where there is a payload."""
        return await self.act("start", payload=payload)

    async def says(self, text: str, **values: Any) -> int:
        """Writes; answers the message's id."""
        return int((await self.act("text", text=text, **values))["message_id"])

    async def replies(self, to: int | dict[str, Any], text: str, **values: Any) -> int:
        """Answers a message."""
        target = to if isinstance(to, int) else to["message_id"]
        return await self.says(text, reply_to=target, **values)

    async def presses(self, button: str, message: dict[str, Any] | None = None) -> None:
        """Presses the newest button of that name."""
        await self.act("press", button=button, message_id=message["message_id"] if message else None)

    async def chat(self, since: int = 0) -> dict[str, Any]:
        """The whole chat as it stands."""
        found: dict[str, Any] = await self.telegram.get("chat", person=self.id, bot=self.bot, since=since)
        return found

    async def reads(self) -> list[str]:
        """All texts that the bot's messages show now."""
        return [
            one["text"] or one.get("caption") or "" for one in (await self.chat())["messages"] if one["from"] == "bot"
        ]

    async def sees(self, text: str, timeout: float = 10.0) -> dict[str, Any]:
        """Waits for a message of the bot that contains the text and was not seen before; answers it."""
        deadline = time.monotonic() + timeout
        seq = 0
        while True:
            found = await self.telegram.get(
                "wait", person=self.id, bot=self.bot, since=seq, timeout=max(deadline - time.monotonic(), 0.01)
            )
            seq = found["seq"]
            for message in found["messages"]:
                shown = message["text"] or message.get("caption") or ""
                key = (message["message_id"], shown)
                if message["from"] == "bot" and text in shown and key not in self._seen:
                    self._seen.add(key)
                    return dict(message)
            if time.monotonic() >= deadline:
                seen = "\n---\n".join(await self.reads()) or "(nothing)"
                raise AssertionError(f"{self.name} did not see {text!r} within {timeout} s, but:\n{seen}")

    async def sees_menu(self, command: str, timeout: float = 10.0) -> set[str]:
        """Waits until the menu has a command; answers all of them."""
        deadline = time.monotonic() + timeout
        while True:
            names = {str(one["command"]) for one in (await self.chat())["menu"]}
            if command in names:
                return names
            assert time.monotonic() < deadline, f"{self.name} has the menu {names}"
            await asyncio.sleep(0.05)

    async def sees_toast(self, text: str, timeout: float = 10.0) -> None:
        """Waits for the short answer to a press."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if any(text in one["text"] for one in (await self.chat())["toasts"]):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{self.name} saw no toast {text!r}")

    async def sees_reaction(self, message_id: int, sign: str, timeout: float = 10.0) -> None:
        """Waits for the bot's reaction on an own message."""
        deadline = time.monotonic() + timeout
        while True:
            chat = await self.chat()
            found = next(one for one in chat["messages"] if one["message_id"] == message_id)
            if sign in found["reactions"]["bot"]:
                return
            if time.monotonic() >= deadline:
                raise AssertionError(f"{self.name} saw {found['reactions']} instead of {sign} on {found['text']!r}")
            await asyncio.sleep(0.05)

    async def sees_nothing_with(self, text: str, seconds: float = 0.5) -> None:
        """Nothing with that text is there after so many seconds."""
        await asyncio.sleep(seconds)
        assert not any(text in one for one in await self.reads()), f"{self.name} saw {text!r}"
