"""What this pretend Telegram knows: bots, people, their private chats, updates that wait."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.faults import Faults
from simulator.limits import Limits

TOKEN = re.compile(r"^\d+:[A-Za-z0-9_-]{30,}$")
DEFAULT_UPDATES = frozenset(
    {"message", "edited_message", "callback_query", "my_chat_member", "channel_post", "inline_query", "poll"}
)
UPDATE_LIFE = 86_400.0
"""Seconds for which an update is kept (Telegram Bot API, getting updates)."""


@dataclass
class Person:
    """Somebody with an account."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    deactivated: bool = False

    def user(self) -> dict[str, Any]:
        """As a User of the Bot API."""
        found: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        return found

    def chat(self) -> dict[str, Any]:
        """As the private chat with this person."""
        found: dict[str, Any] = {"id": self.id, "type": "private", "first_name": self.first_name}
        for name in ("last_name", "username"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        return found


@dataclass
class Chat:
    """A private chat of one person with one bot."""

    person: Person
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By message id, as the page and the tests see them."""
    started: bool = False
    blocked: bool = False
    keyboard: list[list[dict[str, Any]]] | None = None
    toasts: list[dict[str, Any]] = field(default_factory=list)
    seq: int = 0
    touched: OrderedDict[int, int] = field(default_factory=OrderedDict)
    """Message id to the seq of its last change, in that order."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Bot:
    """A bot and all that Telegram holds for it."""

    id: int
    token: str
    username: str
    next_update: int
    next_message: int = 1
    updates: OrderedDict[int, tuple[float, dict[str, Any]]] = field(default_factory=OrderedDict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    poll: int = 0
    """The number of the newest getUpdates: an older one that still waits is ended with a conflict."""
    allowed: frozenset[str] = DEFAULT_UPDATES
    webhook: dict[str, Any] | None = None
    webhook_error: str | None = None
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, dict[str, Any]] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    described: dict[tuple[str, str], str] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    groups: dict[int, dict[str, Any]] = field(default_factory=dict)
    limits: dict[int, deque[float]] = field(default_factory=dict)
    sends: deque[float] = field(default_factory=deque)
    shut_until: float = 0.0

    def user(self) -> dict[str, Any]:
        """As a User of the Bot API."""
        return {"id": self.id, "is_bot": True, "first_name": self.username, "username": self.username}


@dataclass
class State:
    """Everything, and who wants to hear of changes."""

    tokens: frozenset[str] | None = None
    bots: dict[str, Bot] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    calls: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=200_000))
    call_count: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    scene: dict[str, Any] | None = None
    step: int = 0
    listeners: list[Callable[[dict[str, Any]], None]] = field(default_factory=list)

    def bot(self, token: str) -> Bot | None:
        """The bot of a token; made on first use unless the tokens are fixed."""
        found = self.bots.get(token)
        if found is not None or not TOKEN.match(token) or (self.tokens is not None and token not in self.tokens):
            return found
        number = int(token.partition(":")[0])
        name = "mentor_demo_bot" if not self.bots else f"mentor_demo_{number}_bot"
        # Update ids begin anywhere.
        found = self.bots[token] = Bot(number, token, name, random.randrange(10_000_000, 900_000_000))  # noqa: S311
        return found

    def bot_by_id(self, bot_id: int | None) -> Bot | None:
        """A bot by its id; the only one without."""
        if bot_id is None:
            return next(iter(self.bots.values())) if len(self.bots) == 1 else None
        return next((one for one in self.bots.values() if one.id == bot_id), None)

    def chat(self, bot: Bot, person: Person) -> Chat:
        """Their chat."""
        found = bot.chats.get(person.id)
        if found is None:
            found = bot.chats[person.id] = Chat(person)
        return found

    def touch(self, bot: Bot, chat: Chat, kind: str, message_id: int | None = None) -> None:
        """Something changed in a chat: those who wait for it, and the page, hear of it."""
        chat.seq += 1
        if message_id is not None and message_id in chat.messages:
            chat.messages[message_id]["seq"] = chat.seq
            chat.touched[message_id] = chat.seq
            chat.touched.move_to_end(message_id)
        changed, chat.changed = chat.changed, asyncio.Event()
        changed.set()
        if self.listeners:
            self.tell({"type": kind, "bot": bot.id, "person": chat.person.id, "seq": chat.seq})

    def tell(self, event: dict[str, Any]) -> None:
        """Tells the page."""
        for listener in self.listeners:
            listener(event)

    def queue(self, bot: Bot, kind: str, content: dict[str, Any]) -> int | None:
        """Puts an update into a bot's queue, if it asked for that kind. Answers its id."""
        if kind not in bot.allowed:
            return None
        update_id = bot.next_update
        bot.next_update += 1
        bot.updates[update_id] = (time.monotonic(), {"update_id": update_id, kind: content})
        bot.arrived.set()
        return update_id
