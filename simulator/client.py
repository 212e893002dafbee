"""People for tests and benches: they press, type and read, over HTTP like everybody else.

    async with Telegram(address) as telegram:
        mother = await telegram.person(1001, "王芳")
        await mother.starts("payload-of-her-link")
        question = await mother.sees("对吗")
        await mother.presses("是", question)
        written = await mother.says("老师好")
        await mother.sees_reaction(written, "👌")

Whatever a person expects and does not get is an AssertionError that lists what the person did get.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

import aiohttp

_LISTED = 30
"""Messages that a complaint lists."""
_PATIENCE = 30.0
"""Seconds for which people wait, where nothing else is said; they stop waiting as soon as it is there."""

_Found = TypeVar("_Found")

Message = dict[str, Any]
"""A message as a phone shows it: message_id, from, text, caption, buttons, reactions ... (control API, chat)."""


class Telegram:
    """The control side of a running simulator, for `async with`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Telegram:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ask(self, how: str, path: str, **what: Any) -> Any:
        if self._session is None:
            raise RuntimeError("use it by `async with`")
        async with self._session.request(how, f"{self.url}/control/{path}", **what) as response:
            content = await response.json()
            if response.status != 200:
                raise AssertionError(content.get("error"))
            return content

    async def post(self, path: str, **body: Any) -> Any:
        """POST /control/<path>. Raises AssertionError with the simulator's words where it refuses."""
        return await self._ask("POST", path, json=body)

    async def get(self, path: str, **query: Any) -> Any:
        """GET /control/<path>. Raises AssertionError with the simulator's words where it refuses."""
        return await self._ask("GET", path, params={name: str(one) for name, one in query.items() if one is not None})

    async def file(self, file_id: str) -> tuple[str, bytes, dict[str, str]]:
        """A file of a message: its type, its content, the headers it is served with. AssertionError where it is unknown."""
        if self._session is None:
            raise RuntimeError("use it by `async with`")
        async with self._session.get(f"{self.url}/control/file/{file_id}") as response:
            if response.status != 200:
                raise AssertionError(f"no such file: {file_id}")
            return response.content_type, await response.read(), dict(response.headers)

    async def person(
        self, number: int, name: str = "王芳", language: str | None = "zh-hans", bot: int | None = None
    ) -> Person:
        """Somebody with an account, and that account's way to one bot (the only one, where none is named)."""
        await self.post("people", people=[{"id": number, "first_name": name, "language_code": language}])
        return Person(self, number, name, bot)

    async def act_all(self, acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Many acts in one request, for load. Each is answered; one that cannot be done has an `error`."""
        return list((await self.post("acts", acts=acts))["answers"])

    async def faults(self, *rules: dict[str, Any], seed: int = 1) -> None:
        """Puts faults in force; none without rules. The same seed makes the same calls fail."""
        await self.post("faults", rules=list(rules), seed=seed)

    async def limits(self, **values: Any) -> None:
        """Changes the flood limits (simulator/limits.py): enforce, per_second, per_chat, per_chat_burst, shuts, ..."""
        await self.post("limits", **values)

    async def calls(self, method: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """The bots' calls after the nth, oldest first, of one method or of all."""
        found = (await self.get("calls", since=since))["calls"]
        return [one for one in found if method is None or one["method"] == method]

    async def stats(self) -> dict[str, Any]:
        """Counts of calls, updates that wait, messages a second."""
        found: dict[str, Any] = await self.get("stats")
        return found

    async def forward(self, seconds: float) -> None:
        """Moves Telegram's clock: presses and updates grow old."""
        await self.post("clock", forward=seconds)

    async def reset(self) -> None:
        """Wipes everything: people, bots, chats, faults."""
        await self.post("reset")


class Person:
    """One person's phone. It remembers what it has looked at, so that `sees` is always about something new."""

    def __init__(self, telegram: Telegram, number: int, name: str, bot: int | None) -> None:
        self.telegram, self.id, self.name, self.bot = telegram, number, name, bot
        self._seq = 0
        self._fresh: dict[int, Message] = {}
        """The bot's messages that changed since they were looked at, by id."""
        self._seen: dict[int, str] = {}
        """Message id to the text that was looked at."""

    # --- what they do ---

    async def act(self, do: str, **values: Any) -> dict[str, Any]:
        """Any act of the control API; answers its message and update ids."""
        found: dict[str, Any] = await self.telegram.post("act", person=self.id, bot=self.bot, do=do, **values)
        return found

    async def starts(self, payload: str | None = None) -> dict[str, Any]:
        """Opens the bot, by a link where there is a payload; who had blocked it unblocks it."""
        return await self.act("start", payload=payload)

    start = starts

    async def says(self, text: str, **values: Any) -> int:
        """Writes, with reply_to, entities, forward_origin ... where given; answers the message's id."""
        return int((await self.act("text", text=text, **values))["message_id"])

    async def replies(self, to: int | Message, text: str, **values: Any) -> int:
        """Answers a message; answers the new message's id."""
        target = to if isinstance(to, int) else to["message_id"]
        return await self.says(text, reply_to=target, **values)

    async def presses(self, button: str, message: Message | int | None = None, timeout: float = _PATIENCE) -> None:
        """Presses the button of that name (or that contains it), of this message or the newest; waits until it is there."""
        target = message["message_id"] if isinstance(message, dict) else message
        deadline = time.monotonic() + timeout
        while True:
            try:
                await self.act("press", button=button, message_id=target)
            except AssertionError as error:
                if "no button" not in str(error) or time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.02)
            else:
                return

    async def opens_page(self, button: str, message: Message | int | None = None, date: float | None = None) -> str:
        """Presses a button that opens a page; answers the address, with the launch data that Telegram signs for it.

        `date` is when, in Unix seconds, where that is not this Telegram's now.
        """
        target = message["message_id"] if isinstance(message, dict) else message
        return str((await self.act("open_page", button=button, message_id=target, date=date))["url"])

    async def edits(self, message_id: int, text: str) -> None:
        """Changes an own message."""
        await self.act("edit", message_id=message_id, text=text)

    async def reacts(self, message: int | Message, emoji: str | None) -> None:
        """Puts a reaction on a message; takes it away without an emoji."""
        await self.act("react", message_id=message if isinstance(message, int) else message["message_id"], emoji=emoji)

    async def sends(self, kind: str, **values: Any) -> int:
        """Sends a photo, voice, document, location ...; answers the message's id."""
        return int((await self.act("send", kind=kind, **values))["message_id"])

    async def sends_album(self, pieces: list[dict[str, Any]], delay: float = 0, **values: Any) -> list[int]:
        """Sends pictures or files as one album, seconds apart where told; answers the messages' ids."""
        if not delay:
            return [int(one) for one in (await self.act("album", pieces=pieces, **values))["message_ids"]]
        group = str(time.monotonic_ns())
        ids: list[int] = []
        for one in pieces:
            if ids:
                await asyncio.sleep(delay)
            found = await self.act("album", pieces=[one], media_group_id=group, **values)
            ids += [int(number) for number in found["message_ids"]]
        return ids

    async def topics(self, **values: Any) -> dict[int, str]:
        """The chat's topics by their ids; changes them where told (mode, delete, close, group)."""
        found = (await self.act("topics", **values))["topics"]
        return {int(key): str(name) for key, name in found.items()}

    async def shares_contact(self, phone: str, **values: Any) -> int:
        """Shares an own phone number; somebody else's with user_id, nobody's with user_id=None."""
        return int((await self.act("contact", phone=phone, **values))["message_id"])

    async def blocks(self) -> None:
        """Blocks the bot."""
        await self.act("block")

    async def unblocks(self) -> None:
        """Takes the bot back."""
        await self.act("unblock")

    # --- what they see ---

    async def chat(self, since: int = 0) -> dict[str, Any]:
        """The whole chat as it stands: messages, menu, keyboard, blocked, toasts."""
        found: dict[str, Any] = await self.telegram.get("chat", person=self.id, bot=self.bot, since=since)
        return found

    async def reads(self) -> list[str]:
        """All texts that the bot's messages show now, oldest first."""
        return [_shown(one) for one in (await self.chat())["messages"] if one["from"] == "bot"]

    async def last(self) -> Message:
        """The bot's newest message. Raises AssertionError where there is none."""
        for one in reversed((await self.chat())["messages"]):
            if one["from"] == "bot":
                return dict(one)
        raise AssertionError(f"{self.name} has no message of the bot")

    async def looks_away(self) -> None:
        """Counts everything that is there as looked at: `sees` finds only what comes or changes later."""
        await self._look(await self.chat(self._seq))
        for one in self._fresh.values():
            self._seen[one["message_id"]] = _shown(one)
        self._fresh.clear()

    async def sees(self, text: str, timeout: float = _PATIENCE) -> Message:
        """Waits for a message of the bot that contains the text and was not looked at before; answers it.

        A message whose text was changed counts as new. Others that are passed over on the way can still be seen
        later: two messages may come in either order. Raises AssertionError after so many seconds.
        """
        deadline = time.monotonic() + timeout
        await self._look(await self.chat(self._seq))
        while True:
            for number in sorted(self._fresh):
                if text in _shown(self._fresh[number]):
                    found = self._fresh.pop(number)
                    self._seen[number] = _shown(found)
                    return found
            rest = deadline - time.monotonic()
            if rest <= 0:
                raise AssertionError(f"{self.name} did not see {text!r} within {timeout} s, but:\n{await self.story()}")
            await self._wait(rest)

    async def finds(self, text: str, timeout: float = _PATIENCE) -> Message:
        """Waits until a message of the bot shows the text, whether it was looked at or not; answers the newest such."""

        def find(chat: dict[str, Any]) -> Message | None:
            return next(
                (one for one in reversed(chat["messages"]) if one["from"] == "bot" and text in _shown(one)), None
            )

        return await self._until(find, f"no {text!r}", timeout)

    async def sees_toast(self, text: str, timeout: float = _PATIENCE) -> Message:
        """Waits for the short answer to a press; answers it: text, and whether it was an alert."""

        def find(chat: dict[str, Any]) -> Message | None:
            return next((one for one in reversed(chat["toasts"]) if text in one["text"]), None)

        return await self._until(find, f"no toast {text!r}", timeout)

    async def sees_reaction(self, message_id: int, sign: str, timeout: float = _PATIENCE) -> None:
        """Waits for the bot's reaction on an own message."""

        def find(chat: dict[str, Any]) -> Message | None:
            fits = (one for one in chat["messages"] if one["message_id"] == message_id)
            return next((one for one in fits if sign in one["reactions"]["bot"]), None)

        await self._until(find, f"no {sign} on message {message_id}", timeout)

    async def sees_nothing_with(self, text: str, seconds: float = 0.5) -> None:
        """Nothing with that text is there after so many seconds."""
        await asyncio.sleep(seconds)
        if any(text in one for one in await self.reads()):
            raise AssertionError(f"{self.name} saw {text!r}:\n{await self.story()}")

    async def sees_nothing(self, for_seconds: float = 0.5) -> None:
        """No message of the bot comes or changes its text within so many seconds."""
        await self.looks_away()
        await asyncio.sleep(for_seconds)
        await self._look(await self.chat(self._seq))
        if self._fresh:
            came = " | ".join(_shown(one) for one in self._fresh.values())
            raise AssertionError(f"{self.name} was to see nothing, but saw {came}:\n{await self.story()}")

    async def sees_keyboard(self, text: str, timeout: float = _PATIENCE) -> Message:
        """Waits for a reply keyboard with such a button; answers the button."""

        def find(chat: dict[str, Any]) -> Message | None:
            buttons = [one for row in chat["keyboard"] or [] for one in row]
            return next((one for one in buttons if text in one["text"]), None)

        return await self._until(find, f"no keyboard with {text!r}", timeout)

    async def sees_menu(self, command: str, timeout: float = _PATIENCE) -> set[str]:
        """Waits until the app's menu has this command; answers the names of all its commands."""

        def find(chat: dict[str, Any]) -> set[str] | None:
            names = {one["command"] for one in chat["menu"]}
            return names if command in names else None

        return await self._until(find, f"no /{command} in the menu", timeout)

    async def menu(self) -> list[str]:
        """The commands that this person's app shows."""
        return [one["command"] for one in (await self.chat())["menu"]]

    async def story(self) -> str:
        """The chat's newest messages in words, for complaints."""
        chat = await self.chat()
        lines = [_line(one) for one in chat["messages"][-_LISTED:]] or ["(nothing)"]
        lines += [f"toast: {one['text']}" for one in chat["toasts"][-3:]]
        if chat["blocked"] or not chat["started"]:
            lines.append("(the bot is blocked)" if chat["blocked"] else "(the bot was not started)")
        return "\n---\n".join(lines)

    async def _look(self, chat: dict[str, Any]) -> None:
        if chat["seq"] < self._seq:
            # The simulator was reset.
            self._fresh.clear()
            self._seen.clear()
        self._seq = chat["seq"]
        for gone in chat["deleted"]:
            self._fresh.pop(gone, None)
        for one in chat["messages"]:
            number = one["message_id"]
            if one["from"] == "bot" and (number in self._fresh or self._seen.get(number) != _shown(one)):
                self._fresh[number] = one

    async def _wait(self, seconds: float) -> None:
        wait = {"since": self._seq, "timeout": max(seconds, 0.01)}
        await self._look(await self.telegram.get("wait", person=self.id, bot=self.bot, **wait))

    async def _until(self, find: Callable[[dict[str, Any]], _Found | None], missing: str, timeout: float) -> _Found:
        deadline = time.monotonic() + timeout
        seq = 0
        while True:
            chat = await self.chat(seq)
            found = find(chat)
            if found is not None:
                return found
            rest = deadline - time.monotonic()
            if rest <= 0:
                raise AssertionError(f"{self.name} saw {missing} within {timeout} s, but:\n{await self.story()}")
            # What changed while this waits is asked for again: nothing of it is lost.
            seq = chat["seq"]
            await self.telegram.get("wait", person=self.id, bot=self.bot, since=seq, timeout=max(rest, 0.01))


def _shown(message: Message) -> str:
    return message["text"] or message.get("caption") or ""


def _line(message: Message) -> str:
    who = "" if message["from"] == "bot" else "> "
    shown = _shown(message) or f"({message['kind']})"
    buttons = "".join(f" [{one['text']}]" for row in message["buttons"] for one in row)
    signs = "".join(f" {one}" for one in message["reactions"]["bot"])
    return f"{who}{shown}{buttons}{signs}"
