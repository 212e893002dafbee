"""Albums, and another picture in the place of one."""

from __future__ import annotations

import secrets
from typing import Any

from simulator.entities import CAPTION_LIMIT, measured, prepare
from simulator.messages import Message
from simulator.methods.changes import edited
from simulator.methods.chats import named, open_chat, own_message, within_limits
from simulator.methods.files import described, known_file
from simulator.methods.markup import Markup, read_markup
from simulator.methods.messages import new_message
from simulator.parameters import Values, listed, nested
from simulator.refusals import bad
from simulator.state import Bot, State, as_message

_TOGETHER = (frozenset({"photo", "video"}), frozenset({"document"}), frozenset({"audio"}))
_MOST, _LEAST = 10, 2


def send_media_group(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, sendMediaGroup: two to ten pieces of kinds that may stand together, by file_id."""
    pieces = listed(values, "media") or []
    chat = open_chat(state, bot, values)
    if not pieces or any(not isinstance(one, dict) for one in pieces):
        raise bad("there are no messages to send")
    if not _LEAST <= len(pieces) <= _MOST:
        raise bad(
            "wrong number of messages in album" if len(pieces) < _LEAST else "too many messages to send as an album"
        )
    kinds = {str(one.get("type")) for one in pieces}
    if not any(kinds <= together for together in _TOGETHER):
        raise bad("can't use the media of the specified type in the album")
    group = str(secrets.randbits(60))
    made: list[Message] = []
    for one in pieces:
        kind, caption, spans, file = _piece(state, bot, one)
        message = new_message(state, bot, chat, values, Markup())
        message.kind, message.caption, message.entities = kind, caption or None, spans
        message.extra = {**message.extra, kind: file, "media_group_id": group}
        made.append(message)
    within_limits(state, bot, chat, values)
    for message in made:
        message.id = bot.next_message
        bot.next_message += 1
        state.post(bot, chat, message)
    return [as_message(bot, chat, one) for one in made]


def _piece(state: State, bot: Bot, one: Values) -> tuple[str, str, list[dict[str, Any]], Any]:
    kind = str(one.get("type"))
    caption, spans = prepare(one, "caption", "caption_entities")
    measured(caption, CAPTION_LIMIT, "message caption is too long")
    file = known_file(bot, kind, str(one.get("media") or ""))
    return kind, caption, named(state, spans), described(file)


def edit_message_media(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, editMessageMedia: within an album only a kind that may stand there."""
    given = nested(values, "media")
    if not isinstance(given, dict):
        raise bad("can't parse input media")
    markup = read_markup(values)
    chat = open_chat(state, bot, values)
    message = own_message(chat, values, "message to edit not found", "message can't be edited")
    kind, caption, spans, file = _piece(state, bot, given)
    if kind not in ("animation", "audio", "document", "photo", "video"):
        raise bad("unsupported media type")
    group = message.extra.get("media_group_id")
    if group and not any({message.kind, kind} <= together for together in _TOGETHER):
        raise bad("message can't be edited to the type in an album")
    rest = {name: value for name, value in message.extra.items() if name != message.kind}
    message.kind, message.text, message.caption, message.entities = kind, None, caption or None, spans
    message.extra, message.rows = {**rest, kind: file}, markup.rows
    return edited(state, bot, chat, message)
