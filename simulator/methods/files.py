"""Files: uploads of every kind, sending again by file_id, and the way to a download."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Callable
from typing import Any

from simulator.entities import CAPTION_LIMIT, measured, prepare
from simulator.methods.chats import named, open_chat
from simulator.methods.markup import read_markup
from simulator.methods.messages import new_message, posted
from simulator.parameters import Values, string
from simulator.refusals import Refused, bad
from simulator.state import Bot, File, State

UPLOAD_LIMIT = 50 << 20
PHOTO_LIMIT = 10 << 20
DOWNLOAD_LIMIT = 20 << 20
"""Bytes (Telegram Bot API, sending files; getFile)."""
KINDS = ("document", "photo", "voice", "video", "video_note", "audio", "animation", "sticker")
_PREFIX = {"document": "BQAC", "photo": "AgAC", "voice": "AwAC", "sticker": "CAAC", "audio": "CQAC"}


def keep_file(bot: Bot, kind: str, name: str, content: bytes) -> File:
    """Keeps a file for a bot and gives it its ids."""
    number = len(bot.files)
    suffix = name.rpartition(".")[2] if "." in name else "bin"
    file_id = f"{_PREFIX.get(kind, 'BAAC')}{number:06d}{secrets.token_urlsafe(30)}"
    file = File(file_id, kind, name, content, f"{kind}s/file_{number}.{suffix}")
    bot.files[file_id] = bot.paths[file.path] = file
    return file


def described(file: File) -> Any:
    """A file as the Bot API describes it in a message."""
    found: dict[str, Any] = {
        "file_id": file.id,
        "file_unique_id": f"AQAD{file.id[4:16]}",
        "file_size": len(file.content),
    }
    match file.kind:
        case "photo":
            return [{**found, "width": 800, "height": 600}]
        case "document":
            return found | {"file_name": file.name, "mime_type": mime_type(file.name)}
        case "voice":
            return found | {"duration": 3, "mime_type": "audio/ogg"}
        case "audio":
            return found | {"duration": 3, "file_name": file.name, "mime_type": mime_type(file.name)}
        case "video_note":
            return found | {"duration": 3, "length": 240}
        case "sticker":
            size = {"width": 512, "height": 512}
            return found | size | {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"}
        case _:
            return found | {"duration": 3, "width": 640, "height": 480, "file_name": file.name}


def mime_type(name: str) -> str:
    """By the name's ending."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


def picture_type(content: bytes) -> str | None:
    """By the first bytes; nothing for what is no picture."""
    return next((kind for start, kind in _PICTURES.items() if content.startswith(start)), None)


def send_file(kind: str) -> Callable[[State, Bot, Values], Any]:
    """sendDocument, sendPhoto and their like."""

    def method(state: State, bot: Bot, values: Values) -> Any:
        caption, spans = prepare(values, "caption", "caption_entities")
        markup = read_markup(values)
        given = _given(kind, values)
        chat = open_chat(state, bot, values)
        message = new_message(state, bot, chat, values, markup)
        measured(caption, CAPTION_LIMIT, "message caption is too long")
        file = keep_file(bot, kind, *given) if isinstance(given, tuple) else known_file(bot, kind, given)
        message.kind, message.caption, message.entities = kind, caption or None, named(state, spans)
        message.extra = {**message.extra, kind: described(file)}
        return posted(state, bot, chat, message, markup, values)

    return method


def _given(kind: str, values: Values) -> tuple[str, bytes] | str:
    given = values.get(kind)
    if isinstance(given, str) and given.startswith("attach://"):
        given = values.get(given.removeprefix("attach://"))
    if isinstance(given, str) and given:
        return given
    if not isinstance(given, tuple):
        raise bad(f"there is no {kind.replace('_', ' ')} in the request")
    name, content = given
    if not content:
        raise bad("file must be non-empty")
    if kind == "photo" and len(content) > PHOTO_LIMIT:
        raise bad(f"file of size {len(content)} bytes is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes")
    if len(content) > UPLOAD_LIMIT:
        raise Refused(413, "Request Entity Too Large")
    return str(name), content


def known_file(bot: Bot, kind: str, file_id: str) -> File:
    """A file by its id. Raises Refused for an unknown one, or one of another kind."""
    file = bot.files.get(file_id)
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if file.kind != kind:
        title, other = (one.replace("_", " ").title() for one in (file.kind, kind))
        raise bad(f"can't use file of type {title} as {other}")
    return file


def get_file(_state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, getFile."""
    file = bot.files.get(string(values, "file_id"))
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if len(file.content) > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return {
        "file_id": file.id,
        "file_unique_id": f"AQAD{file.id[4:16]}",
        "file_size": len(file.content),
        "file_path": file.path,
    }
