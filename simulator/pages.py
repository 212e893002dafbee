"""Pages that a button opens within the chat: opening one hands over signed launch data."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from simulator.acts import BadAct
from simulator.messages import Message
from simulator.state import Bot, Chat, Group, Person, State

VERSION = "8.0"
"""Of the web apps' interface, as clients tell it in the address."""


def open_page(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    """Presses a button that opens a page, by its text or its `page`; answers the address with the launch data.

    Nothing reaches the bot. `date` is when it is opened, in Unix seconds; otherwise this Telegram's now.
    """
    if chat.blocked:
        raise BadAct("the bot is blocked")
    if isinstance(chat.peer, Group):
        raise BadAct("a group cannot do that")
    message, address = _asked(chat, raw)
    data = launch_data(bot, chat.peer, int(raw.get("date") or _today(state)), f"{state.dice.getrandbits(96):024x}")
    fragment = f"tgWebAppData={quote(data, safe='')}&tgWebAppVersion={VERSION}&tgWebAppPlatform=web"
    return {"message_id": message.id, "update_id": None, "url": f"{address}#{fragment}"}


def _today(state: State) -> int:
    # The page's story may begin at another hour than the machine's.
    clock = state.scene.content.get("clock") if state.scene is not None else None
    return state.date() + int(clock["base"] if clock else 0)


def _asked(chat: Chat, raw: dict[str, Any]) -> tuple[Message, str]:
    wanted, address = raw.get("button"), raw.get("page")
    found = list(_offered(chat, raw.get("message_id")))
    for exact in (True, False):
        for message, text, url in found:
            if url == address or (wanted and (wanted == text if exact else wanted in text)):
                return message, url
    raise BadAct(f"no button {wanted or address!r} there that opens a page")


def _offered(chat: Chat, message_id: object) -> Iterator[tuple[Message, str, str]]:
    for message in chat.newest():
        if message.mine and message_id in (None, message.id):
            for one in (one for row in message.rows for one in row if "web_app" in one):
                yield message, one["text"], one["web_app"]["url"]


def launch_data(bot: Bot, person: Person, date: int, query_id: str) -> str:
    """Signed launch data (Telegram, 'Validating data received via the Mini App').

    The hash is HMAC-SHA256 of all other lines 'name=value' in order, by the HMAC-SHA256 of the token under 'WebAppData'.
    `signature` is for third parties, who have no token; here it is of the right form only.
    """
    user = {"last_name": "", **person.user(), "allows_write_to_pm": True}
    del user["is_bot"]
    values = {
        "query_id": query_id,
        "user": json.dumps(user, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/"),
        "auth_date": str(date),
        "signature": base64.urlsafe_b64encode(hmac.digest(b"", query_id.encode(), "sha512")).decode().rstrip("="),
    }
    lines = "\n".join(f"{name}={values[name]}" for name in sorted(values))
    secret = hmac.digest(b"WebAppData", bot.token.encode(), "sha256")
    values["hash"] = hmac.digest(secret, lines.encode(), "sha256").hex()
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())
