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
    """Wrote something that can be passed on: a text, or `media` with `text` as its caption."""

    place_id: int
    text: str
    spans: tuple[dict[str, Any], ...]
    reply_to: int | None
    """The place of what it answers."""
    reply_claims: tuple[str, ...] = ()
    """Data of the buttons under what it answers: signed, so they tell its thread even where its place is not known yet."""
    second_hand: bool = False
    """Forwarded, or through another bot: never a command and never an answer in a dialogue."""
    media: dict[str, Any] | None = None
    """What is not text (see handlers/media.py): its kind and what is needed to send it again."""
    album: str | None = None
    """The messenger's name of the album that it is a piece of."""
    quote: str | None = None
    """The part that it quotes of what it answers."""
    chat_id: int | None = None
    """The group that it was written in; empty for the private chat."""
    topic: int | None = None
    """The topic that it was written in."""


@dataclass(frozen=True, slots=True)
class Commanded(Event):
    """Typed a command."""

    place_id: int
    command: str
    argument: str
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Pressed(Event):
    """Pressed a button under one of our messages. Its data is a claim, never a permission."""

    press_id: str
    place_id: int | None
    """The message with the button; empty where the messenger no longer tells."""
    data: str
    chat_id: int | None = None
    """The group in which it was pressed; empty for the private chat."""


@dataclass(frozen=True, slots=True)
class SharedContact(Event):
    """Sent a contact card. `own` where the messenger vouches that it is the sender's own number."""

    place_id: int
    phone: str
    own: bool
    media: dict[str, Any]
    """The card itself, for passing it on where the sender says so."""
    reply_to: int | None = None
    chat_id: int | None = None
    topic: int | None = None


@dataclass(frozen=True, slots=True)
class SentOther(Event):
    """Sent what cannot be passed on: `kind` is story, game, paid_media …"""

    place_id: int
    kind: str
    chat_id: int | None = None
    topic: int | None = None


@dataclass(frozen=True, slots=True)
class Edited(Event):
    """Changed an earlier message: what it says and shows from now on."""

    place_id: int
    text: str = ""
    spans: tuple[dict[str, Any], ...] = ()
    media: dict[str, Any] | None = None
    chat_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reacted(Event):
    """Put signs on a message, or took them away: `signs` are those that are there now."""

    place_id: int
    signs: tuple[str, ...]
    chat_id: int | None = None


@dataclass(frozen=True, slots=True)
class Blocked(Event):
    """Stopped the bot."""


@dataclass(frozen=True, slots=True)
class Unblocked(Event):
    """Lets the bot write again."""


@dataclass(frozen=True, slots=True)
class AddedToGroup:
    """Someone put the bot into a group, or speaks in one: it has no business there, unless it is a mentor's workspace."""

    bot_id: int
    chat_id: int
    user_id: int | None = None
    """Who did it."""
    is_forum: bool = False
    """The group has topics."""
    joined: bool = False
    """The bot itself was let in, or given other rights; otherwise somebody else came or spoke."""


@dataclass(frozen=True, slots=True)
class LeftGroup:
    """The bot is no longer in a group, or may no longer write there."""

    bot_id: int
    chat_id: int


@dataclass(frozen=True, slots=True)
class GroupMoved:
    """A group has another id from now on."""

    bot_id: int
    chat_id: int
    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing for us: counted by reason."""

    reason: str
