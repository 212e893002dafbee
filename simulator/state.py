"""What this pretend Telegram knows: bots, people, their chats, updates that wait, and who wants to hear of changes."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from simulator.calls import Calls
from simulator.faults import Faults
from simulator.limits import Flow, Limits
from simulator.messages import Message

TOKEN = re.compile(r"^[1-9]\d{0,18}:[A-Za-z0-9_-]{30,}$")
ON_DEMAND = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Updates that come only to bots that name them in allowed_updates (Telegram Bot API, getUpdates)."""
UPDATE_LIFE = 86_400.0
"""Seconds for which an update is kept (Telegram Bot API, getting updates)."""


@dataclass(slots=True)
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
        if self.last_name:
            found["last_name"] = self.last_name
        if self.username:
            found["username"] = self.username
        if self.language_code:
            found["language_code"] = self.language_code
        return found

    def chat(self) -> dict[str, Any]:
        """As the private chat with this person."""
        found: dict[str, Any] = {"id": self.id, "type": "private", "first_name": self.first_name}
        if self.last_name:
            found["last_name"] = self.last_name
        if self.username:
            found["username"] = self.username
        return found


@dataclass(slots=True)
class Group:
    """A group that a bot was added to."""

    id: int
    title: str
    is_forum: bool = False
    members: int = 2
    manages_topics: bool = True
    """Whether the bot may make topics there."""

    def chat(self) -> dict[str, Any]:
        """As a Chat of the Bot API."""
        found = {"id": self.id, "type": "supergroup", "title": self.title}
        return {**found, "is_forum": True} if self.is_forum else found


@dataclass(slots=True)
class Chat:
    """A bot's chat with one person, or with a group."""

    peer: Person | Group
    messages: dict[int, Message] = field(default_factory=dict)
    started: bool = False
    blocked: bool = False
    """The person has blocked the bot; of a group: the bot is not in it any more."""
    keyboard: list[list[dict[str, Any]]] | None = None
    one_time_keyboard: bool = False
    toasts: list[dict[str, Any]] = field(default_factory=list)
    seq: int = 0
    touched: OrderedDict[int, int] = field(default_factory=OrderedDict)
    """Message id to the seq of its last change, in that order."""
    deleted: list[tuple[int, int]] = field(default_factory=list)
    """The seq and the message id of what is gone."""
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    topic_mode: str = "off"
    """See simulator/methods/topics.py."""
    topics: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Name and whether it is closed, by message_thread_id."""

    @property
    def id(self) -> int:
        """The chat's id: the person's, or the group's."""
        return self.peer.id

    def newest(self) -> Iterator[Message]:
        """Its messages, the newest first."""
        return (self.messages[one] for one in reversed(self.messages))


@dataclass(slots=True)
class Update:
    """An update that waits, ready to be sent."""

    id: int
    at: float
    chat: int
    body: bytes


@dataclass(slots=True)
class File:
    """A file that a bot sent or that a person sent to it."""

    id: str
    kind: str
    name: str
    content: bytes
    path: str


@dataclass(slots=True)
class Press:
    """A press of a button that waits for its answer."""

    chat: int
    at: float
    answered: bool = False


@dataclass(slots=True)
class Bot:
    """A bot and all that Telegram holds for it."""

    id: int
    token: str
    username: str
    next_update: int
    next_message: int
    first_name: str = ""
    updates: OrderedDict[int, Update] = field(default_factory=OrderedDict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    poll: int = 0
    """The number of the newest getUpdates: an older one that still waits is ended with a conflict."""
    gone: bool = False
    """Wiped by a reset: its calls that still wait end."""
    allowed: tuple[str, ...] = ()
    """What it named in allowed_updates; nothing for all but those on demand."""
    push: Callable[[Update], None] | None = None
    """Where updates go at once while a webhook is set."""
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: OrderedDict[str, Press] = field(default_factory=OrderedDict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    described: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    paths: dict[str, File] = field(default_factory=dict)
    flow: Flow = field(default_factory=Flow)

    def user(self) -> dict[str, Any]:
        """As a User of the Bot API."""
        name = self.first_name or self.username
        return {"id": self.id, "is_bot": True, "first_name": name, "username": self.username}

    def wants(self, kind: str) -> bool:
        """Whether updates of this kind are made for it."""
        return kind in self.allowed if self.allowed else kind not in ON_DEMAND


@dataclass(slots=True)
class Scene:
    """What the page shows, and how far its story is told."""

    content: dict[str, Any]
    step: int = 0
    acted: int = 0
    """How many acts of the next step are done: what it waits for may still be missing."""
    before: int = 0
    """Where the chat stood that the step waits for, before its acts."""


@dataclass(slots=True)
class State:
    """Everything, and who wants to hear of changes."""

    tokens: frozenset[str] | None = None
    bots: dict[str, Bot] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    limits: Limits = field(default_factory=Limits)
    calls: Calls = field(default_factory=Calls)
    scene: Scene | None = None
    listeners: list[Callable[[dict[str, Any]], None]] = field(default_factory=list)
    ahead: float = 0.0
    """Seconds by which this Telegram's clock is ahead of the machine's."""
    dice: random.Random = field(default_factory=random.Random)
    """For ids that nobody can guess the order of."""
    counters: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Where the update and message ids of bots stood that a reset has wiped: ids never fall."""

    def now(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic() + self.ahead

    def date(self) -> int:
        """The date that messages carry, in Unix seconds."""
        return int(time.time() + self.ahead)

    def bot(self, token: str) -> Bot | None:
        """The bot of a token; made on first use unless the tokens are fixed. A second token of a bot is wrong."""
        found = self.bots.get(token)
        if found is not None or not TOKEN.match(token) or (self.tokens is not None and token not in self.tokens):
            return found
        number = int(token.partition(":")[0])
        if any(one.id == number for one in self.bots.values()):
            return None
        name = "mentor_demo_bot" if not self.bots else f"mentor_demo_{number}_bot"
        # Update ids begin anywhere.
        start = self.counters.get(number, (self.dice.randrange(10_000_000, 900_000_000), 1))
        found = self.bots[token] = Bot(number, token, name, *start)
        return found

    def bot_by_id(self, bot_id: int | None) -> Bot | None:
        """A bot by its id; the only one without."""
        if bot_id is None:
            return next(iter(self.bots.values())) if len(self.bots) == 1 else None
        return next((one for one in self.bots.values() if one.id == bot_id), None)

    def chat(self, bot: Bot, peer: Person | Group) -> Chat:
        """Their chat."""
        found = bot.chats.get(peer.id)
        if found is None:
            found = bot.chats[peer.id] = Chat(peer)
        return found

    def reset(self) -> None:
        """Forgets everything but where ids stand."""
        for bot in self.bots.values():
            self.counters[bot.id] = (bot.next_update, bot.next_message)
            bot.gone = True
            bot.arrived.set()
            for chat in bot.chats.values():
                _wake(chat)
        self.bots.clear()
        self.people.clear()
        self.calls.clear()
        self.faults, self.limits = Faults(), Limits()
        self.scene, self.ahead = None, 0.0
        self.tell({"type": "scene"})

    def post(self, bot: Bot, chat: Chat, message: Message) -> None:
        """Puts a message into a chat."""
        chat.messages[message.id] = message
        self.touch(bot, chat, "message", message)

    def touch(self, bot: Bot, chat: Chat, kind: str, message: Message | None = None) -> None:
        """Something changed in a chat: those who wait for it, and the page, hear of it."""
        chat.seq += 1
        if message is not None:
            message.seq = chat.touched[message.id] = chat.seq
            chat.touched.move_to_end(message.id)
        if chat.waiting:
            _wake(chat)
        if self.listeners:
            event = {"type": kind, "bot": bot.id, "person": chat.id, "seq": chat.seq}
            self.tell(event | {"message_id": message.id} if message is not None else event)

    def delete(self, bot: Bot, chat: Chat, message_id: int) -> None:
        """Takes a message out of a chat."""
        del chat.messages[message_id]
        chat.touched.pop(message_id, None)
        chat.deleted.append((chat.seq + 1, message_id))
        self.touch(bot, chat, "delete")

    def tell(self, event: dict[str, Any]) -> None:
        """Tells the page."""
        for listener in list(self.listeners):
            listener(event)

    def queue(self, bot: Bot, kind: str, chat: int, content: dict[str, Any]) -> int | None:
        """Puts an update into a bot's queue, if it wants that kind. Answers its id."""
        return self.put(bot, chat, {kind: content}) if bot.wants(kind) else None

    def put(self, bot: Bot, chat: int, content: dict[str, Any]) -> int:
        """Puts any update into a bot's queue."""
        update_id = bot.next_update
        bot.next_update += 1
        body = orjson.dumps({"update_id": update_id, **content})
        update = bot.updates[update_id] = Update(update_id, self.now(), chat, body)
        bot.arrived.set()
        if bot.push is not None:
            bot.push(update)
        return update_id


def _wake(chat: Chat) -> None:
    for one in chat.waiting:
        if not one.done():
            one.set_result(None)
    chat.waiting.clear()


def as_message(bot: Bot, chat: Chat, message: Message, *, nested: bool = False) -> dict[str, Any]:
    """A message as a Message of the Bot API; what it answers is told one step deep."""
    found: dict[str, Any] = {
        "message_id": message.id,
        "from": message.author or (bot.user() if message.mine else chat.peer.user()),  # type: ignore[union-attr]
        "chat": chat.peer.chat(),
        "date": message.date,
    }
    found.update(message.content())
    if message.reply_to is not None and not nested:
        target = chat.messages.get(message.reply_to)
        if target is not None:
            found["reply_to_message"] = as_message(bot, chat, target, nested=True)
    return found
