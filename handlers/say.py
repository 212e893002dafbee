"""What goes out, in our own words: kinds of outbox rows and the shape of their payloads.

No messenger's type stands here; the messenger's wing in bot/ turns a payload into its own calls.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from handlers.texts import Rich
from models.vault import Vault

TEXT = "text"
EDIT = "edit"
TOAST = "toast"
REACT = "react"
FILE = "file"
PICTURE = "picture"
MENU = "menu"
LEAVE = "leave"
MEDIA = "media"
ALBUM = "album"
AMEND = "amend"
ERASE = "erase"
BUTTONS = "buttons"
TOPIC = "topic"
COUNT = "count"

DELIVERED_SIGN = "👌"
"""Put on the sender's own message when the other side has it; one of the reactions that bots may use."""

KEPT_SIGN = "✍"
"""Put on the sender's own message when it is kept, but the other side cannot be reached yet."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what it says, and what it claims when it is pressed; or the address of a page of ours, or of anybody's.

    A page of ours is for private chats only; in a group its button is left out (bot/calls.py).
    """

    text: str
    data: str = ""
    page: str = ""
    link: str = ""


def short(number: int) -> str:
    """A row id in base 36: a button's data has 64 bytes at most."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"


def sign(vault: Vault, bot_id: int, user_id: int, action: str, *args: int | str) -> str:
    """A button's data: action and arguments, signed for one account of one bot, so that nobody else can use it."""
    claim = ":".join([action, *(short(arg) if isinstance(arg, int) else arg for arg in args)])
    return f"{claim}:{vault.sign(f'{bot_id}|{user_id}|{claim}')}"


def claim(vault: Vault, bot_id: int, user_id: int, data: str) -> tuple[str, list[str]] | None:
    """Action and arguments of a button's data, or nothing where it was not made for this account."""
    text, _, signature = data.rpartition(":")
    if not text or len(data) > 64 or not vault.signed(f"{bot_id}|{user_id}|{text}", signature):
        return None
    action, *args = text.split(":")
    return action, args


Rows = Sequence[Sequence[Button]]


def _buttons(rows: Rows) -> list[list[list[str]]]:
    # A page stands third, so that rows which were written before there were pages read the same.
    return [[[one.text, one.data, *_address(one)] for one in row] for row in rows if row]


def _address(one: Button) -> list[str]:
    return ["", one.link] if one.link else [one.page] if one.page else []


@dataclass(frozen=True, slots=True)
class Where:
    """How something of a relayed message is placed: all of it optional, and told by rows, not by guesses.

    `under` is a part of a message whose copy in the same chat it answers; its place is looked up when it goes out, because
    it may not be there yet. `topic_of` is the workspace and the thread whose topic it belongs to.
    """

    reply_to: int | None = None
    quote: str | None = None
    under: tuple[int, int] | None = None
    topic_of: tuple[int, int] | None = None
    silent: bool = False

    def put(self, payload: dict[str, Any]) -> None:
        """Writes what is set into a payload."""
        for name in ("reply_to", "quote", "topic_of"):
            value = getattr(self, name)
            if value is not None:
                payload[name] = value
        if self.under is not None:
            payload["under"] = list(self.under)
        if self.silent:
            payload["silent"] = True


def text(
    rich: Rich,
    *,
    buttons: Rows = (),
    reply_to: int | None = None,
    where: Where | None = None,
    keyboard: str | None = None,
    keyboard_text: str | None = None,
    then: dict[str, Any] | None = None,
    mark: dict[str, Any] | None = None,
) -> str:
    """A message. `keyboard` is contact (a button that shares the own number), remove, or reply (opens the reply field).

    `then` says what to do when it has arrived (see handlers/outcomes.py). `mark` {at, text} is what is put in where the
    message may be a repeat.
    """
    payload: dict[str, Any] = {"text": rich.text}
    if rich.spans:
        payload["spans"] = list(rich.spans)
    if buttons:
        payload["buttons"] = _buttons(buttons)
    if reply_to is not None:
        payload["reply_to"] = reply_to
    if where is not None:
        where.put(payload)
    if keyboard:
        payload["keyboard"] = keyboard
    if keyboard_text:
        payload["keyboard_text"] = keyboard_text
    if then:
        payload["then"] = then
    if mark:
        payload["mark"] = mark
    return orjson.dumps(payload).decode()


def edit(place_id: int, rich: Rich, *, buttons: Rows = (), anew: bool = True) -> str:
    """A change of a message of ours; without buttons they go. Where it cannot be made, the same is said anew, if `anew`."""
    payload: dict[str, Any] = {"place": place_id, "text": rich.text, "spans": list(rich.spans)}
    payload["buttons"] = _buttons(buttons)
    if not anew:
        payload["anew"] = False
    return orjson.dumps(payload).decode()


def media(
    piece: dict[str, Any],
    rich: Rich | None,
    *,
    buttons: Rows = (),
    where: Where | None = None,
    then: dict[str, Any] | None = None,
    mark: dict[str, Any] | None = None,
) -> str:
    """A picture, a file, a place … (handlers/media.py), with a caption where its kind has one."""
    payload: dict[str, Any] = {"media": piece}
    if rich is not None:
        payload |= {"text": rich.text, "spans": list(rich.spans)}
    if buttons:
        payload["buttons"] = _buttons(buttons)
    if where is not None:
        where.put(payload)
    if then:
        payload["then"] = then
    if mark:
        payload["mark"] = mark
    return orjson.dumps(payload).decode()


def album(
    pieces: Sequence[tuple[dict[str, Any], Rich]],
    *,
    where: Where | None = None,
    then: dict[str, Any] | None = None,
    mark: dict[str, Any] | None = None,
) -> str:
    """Two to ten pieces that stand together, each with its caption."""
    payload: dict[str, Any] = {
        "pieces": [{"media": piece, "text": rich.text, "spans": list(rich.spans)} for piece, rich in pieces]
    }
    if where is not None:
        where.put(payload)
    if then:
        payload["then"] = then
    if mark:
        payload["mark"] = mark
    return orjson.dumps(payload).decode()


def amend(
    message_id: int, part: int, what: str, rich: Rich, *, piece: dict[str, Any] | None = None, buttons: Rows = ()
) -> str:
    """A change of a copy, wherever it stands when this goes out. `what` is text, caption or media (with `piece`)."""
    payload: dict[str, Any] = {"of": [message_id, part], "what": what, "text": rich.text, "spans": list(rich.spans)}
    if piece is not None:
        payload["media"] = piece
    if buttons:
        payload["buttons"] = _buttons(buttons)
    return orjson.dumps(payload).decode()


def amend_at(
    place_id: int,
    what: str,
    rich: Rich,
    *,
    piece: dict[str, Any] | None = None,
    buttons: Rows = (),
    then: dict[str, Any] | None = None,
) -> str:
    """A change of a message of ours that stands at a known place; nothing is said instead where it cannot be made. `what`
    is text, caption or media (with `piece`)."""
    payload: dict[str, Any] = {"place": place_id, "what": what, "text": rich.text, "spans": list(rich.spans)}
    if piece is not None:
        payload["media"] = piece
    payload["buttons"] = _buttons(buttons)
    if then:
        payload["then"] = then
    return orjson.dumps(payload).decode()


def erase(message_id: int, part: int, *, then: dict[str, Any] | None = None) -> str:
    """Takes a part of a copy away, wherever it stands when this goes out."""
    payload: dict[str, Any] = {"of": [message_id, part]}
    if then:
        payload["then"] = then
    return orjson.dumps(payload).decode()


def erase_at(place_id: int, *, then: dict[str, Any] | None = None) -> str:
    """Takes a message of ours away that stands at a known place. Telegram lets a bot do so for 48 hours."""
    payload: dict[str, Any] = {"place": place_id}
    if then:
        payload["then"] = then
    return orjson.dumps(payload).decode()


def cover(place_id: int, rich: Rich, *, then: dict[str, Any]) -> str:
    """Other words in the place of a message of ours, without end in time; where it cannot be, nothing is said instead."""
    payload = {"place": place_id, "what": "text", "text": rich.text, "spans": list(rich.spans), "then": then}
    return orjson.dumps(payload).decode()


def buttons_at(rows: Rows, *, place_id: int | None = None, message: tuple[int, int] | None = None) -> str:
    """Other buttons under a message of ours, its text untouched: at a place, or under a part of a copy."""
    payload: dict[str, Any] = {"buttons": _buttons(rows)}
    if place_id is not None:
        payload["place"] = place_id
    if message is not None:
        payload["of"] = list(message)
    return orjson.dumps(payload).decode()


def sign_on_copy(message_id: int, part: int, sign_: str) -> str:
    """A sign on a part of a copy, or none."""
    return orjson.dumps({"of": [message_id, part], "sign": sign_}).decode()


def topic(workspace_id: int, thread_id: int, name: str) -> str:
    """A topic to be made in a workspace for a thread."""
    return orjson.dumps({"name": name, "then": {"workspace": workspace_id, "thread": thread_id}}).decode()


def toast(press_id: str, words: str = "", *, alert: bool = False) -> str:
    """The answer to a press: ends the button's waiting, with a short word or none."""
    return orjson.dumps({"press": press_id, "text": words[:200], "alert": alert}).decode()


def react(place_id: int, sign_: str) -> str:
    """A sign on a message."""
    return orjson.dumps({"place": place_id, "sign": sign_}).decode()


def file(
    name: str,
    content: bytes,
    rich: Rich,
    *,
    buttons: Rows = (),
    silent: bool = False,
    free: bool = False,
    then: dict[str, Any] | None = None,
    mark: dict[str, Any] | None = None,
) -> str:
    """A file with a caption. `free`: it may be saved and passed on, as what a calendar is to take in has to be.

    `mark` as in `text`.
    """
    payload = _made(name, content, rich, buttons, silent)
    if free:
        payload["free"] = True
    if then:
        payload["then"] = then
    if mark is not None:
        payload["mark"] = mark
    return orjson.dumps(payload).decode()


def picture(name: str, content: bytes, rich: Rich, *, buttons: Rows = (), silent: bool = False) -> str:
    """A picture of ours, shown in the chat, with a caption. It lies sealed in its row: keep it below 60 KB."""
    return orjson.dumps(_made(name, content, rich, buttons, silent)).decode()


def _made(name: str, content: bytes, rich: Rich, buttons: Rows, silent: bool) -> dict[str, Any]:
    packed = base64.b64encode(content).decode()
    payload: dict[str, Any] = {"name": name, "content": packed, "text": rich.text, "spans": list(rich.spans)}
    if buttons:
        payload["buttons"] = _buttons(buttons)
    Where(silent=silent).put(payload)
    return payload


def menu(commands: Sequence[tuple[str, str]]) -> str:
    """The chat's own list of commands."""
    return orjson.dumps({"commands": [list(one) for one in commands]}).decode()


def again(payload: dict[str, Any]) -> str:
    """A change that could not be made, as a message of its own."""
    return orjson.dumps({name: payload[name] for name in ("text", "spans", "buttons") if name in payload}).decode()
