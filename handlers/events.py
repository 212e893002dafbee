"""What comes in, in our own words: a messenger's update is translated into one of these before a handler sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that one account did in its private chat with one of our bots."""

    bot_id: int
    user_id: int
    language_code: str | None
    """The account's own setting, such as zh-hans; may be missing."""


@dataclass(frozen=True, slots=True)
class Wrote(Event):
    """Wrote a text."""

    place_id: int
    text: str
    spans: tuple[dict[str, Any], ...]
    reply_to: int | None
    """The place of what it answers."""
    reply_claims: tuple[str, ...] = ()
    """Data of the buttons under what it answers: signed, so they tell its thread even where its place is not known yet."""
    second_hand: bool = False
    """Forwarded, or through another bot: never a command and never an answer in a dialogue."""


@dataclass(frozen=True, slots=True)
class Commanded(Event):
    """Typed a command."""

    place_id: int
    command: str
    argument: str


@dataclass(frozen=True, slots=True)
class Pressed(Event):
    """Pressed a button under one of our messages. Its data is a claim, never a permission."""

    press_id: str
    place_id: int | None
    """The message with the button; empty where the messenger no longer tells."""
    data: str


@dataclass(frozen=True, slots=True)
class SharedContact(Event):
    """Sent a contact card. `own` where the messenger vouches that it is the sender's own number."""

    place_id: int
    phone: str
    own: bool


@dataclass(frozen=True, slots=True)
class SentOther(Event):
    """Sent what is not text: `kind` is photo, voice, sticker …"""

    place_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Edited(Event):
    """Changed an earlier message."""

    place_id: int


@dataclass(frozen=True, slots=True)
class Blocked(Event):
    """Stopped the bot."""


@dataclass(frozen=True, slots=True)
class Unblocked(Event):
    """Lets the bot write again."""


@dataclass(frozen=True, slots=True)
class AddedToGroup:
    """Someone put the bot into a group, where it has no business."""

    bot_id: int
    chat_id: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing for us: counted by reason."""

    reason: str
