"""An outbox row as a call of Telegram's Bot API. The only place that writes Telegram's shapes."""

from __future__ import annotations

import base64
from typing import Any

from telegram import InputFile

from handlers import say
from handlers.texts import units

IDEMPOTENT = frozenset({say.EDIT, say.TOAST, say.REACT, say.MENU, say.LEAVE})
"""Kinds whose repetition changes nothing."""
COUNTED = frozenset({say.TEXT, say.FILE})
"""Kinds that Telegram counts as messages in its limit for a chat."""


def call(kind: str, chat_id: int, payload: dict[str, Any], *, repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    """Method and parameters. `repeat`: it may have gone out before, say so; `plain`: without formatting.

    Raises KeyError for an unknown kind.
    """
    return _CALLS[kind](chat_id, payload, repeat, plain)


def _text(chat_id: int, payload: dict[str, Any], repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    text, spans = payload["text"], payload.get("spans", ())
    mark = payload.get("mark")
    if repeat and mark is not None and units(text) + units(mark["text"]) <= 4096:
        text, spans = _marked(text, spans, mark)
    values: dict[str, Any] = {
        "chat_id": chat_id,
        "text": text,
        "link_preview_options": {"is_disabled": True},
    }
    if spans and not plain:
        values["entities"] = list(spans)
    if payload.get("reply_to") is not None:
        values["reply_parameters"] = {"message_id": payload["reply_to"], "allow_sending_without_reply": True}
    markup = _markup(payload)
    if markup is not None:
        values["reply_markup"] = markup
    return "sendMessage", values


def _marked(text: str, spans: Any, mark: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    raw = text.encode("utf-16-le", "surrogatepass")
    at, extra = mark["at"], units(mark["text"])
    put = (raw[: at * 2] + mark["text"].encode("utf-16-le") + raw[at * 2 :]).decode("utf-16-le", "surrogatepass")
    moved = [{**span, "offset": span["offset"] + extra} if span["offset"] >= at else span for span in spans]
    return put, moved


def _markup(payload: dict[str, Any]) -> dict[str, Any] | None:
    if "buttons" in payload:
        return {
            "inline_keyboard": [
                [{"text": text, "callback_data": data} for text, data in row] for row in payload["buttons"]
            ]
        }
    keyboard = payload.get("keyboard")
    if keyboard == "contact":
        button = {"text": payload["keyboard_text"], "request_contact": True}
        return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
    if keyboard == "remove":
        return {"remove_keyboard": True}
    if keyboard == "reply":
        return {"force_reply": True}
    return None


def _edit(chat_id: int, payload: dict[str, Any], _repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {
        "chat_id": chat_id,
        "message_id": payload["place"],
        "text": payload["text"],
        "link_preview_options": {"is_disabled": True},
        "reply_markup": _markup(payload) or {"inline_keyboard": []},
    }
    if payload.get("spans") and not plain:
        values["entities"] = payload["spans"]
    return "editMessageText", values


def _toast(_chat: int, payload: dict[str, Any], _repeat: bool, _plain: bool) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"callback_query_id": payload["press"]}
    if payload["text"]:
        values |= {"text": payload["text"], "show_alert": payload["alert"]}
    return "answerCallbackQuery", values


def _react(chat_id: int, payload: dict[str, Any], _repeat: bool, _plain: bool) -> tuple[str, dict[str, Any]]:
    sign = [{"type": "emoji", "emoji": payload["sign"]}]
    return "setMessageReaction", {"chat_id": chat_id, "message_id": payload["place"], "reaction": sign}


def _file(chat_id: int, payload: dict[str, Any], _repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {
        "chat_id": chat_id,
        "document": InputFile(base64.b64decode(payload["content"]), filename=payload["name"], attach=False),
        "caption": payload["text"],
        "protect_content": True,
    }
    if payload["spans"] and not plain:
        values["caption_entities"] = payload["spans"]
    return "sendDocument", values


def _menu(chat_id: int, payload: dict[str, Any], _repeat: bool, _plain: bool) -> tuple[str, dict[str, Any]]:
    return "setMyCommands", {
        "commands": [{"command": name, "description": text} for name, text in payload["commands"]],
        "scope": {"type": "chat", "chat_id": chat_id},
    }


def _leave(chat_id: int, _payload: dict[str, Any], _repeat: bool, _plain: bool) -> tuple[str, dict[str, Any]]:
    return "leaveChat", {"chat_id": chat_id}


_CALLS = {
    say.TEXT: _text,
    say.EDIT: _edit,
    say.TOAST: _toast,
    say.REACT: _react,
    say.FILE: _file,
    say.MENU: _menu,
    say.LEAVE: _leave,
}


def place_of(result: object) -> int | None:
    """The id of the message that a call has made."""
    if isinstance(result, dict):
        found = result.get("message_id")
        return found if type(found) is int else None
    return None
