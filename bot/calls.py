"""An outbox row as a call of Telegram's Bot API. The only place that writes Telegram's shapes."""

from __future__ import annotations

import base64
from typing import Any

from telegram import InputFile

from handlers import say
from handlers.media import CAPTION, CAPTIONED, COVERED, FILES
from handlers.texts import units

IDEMPOTENT = frozenset(
    {say.EDIT, say.TOAST, say.REACT, say.MENU, say.LEAVE, say.AMEND, say.ERASE, say.BUTTONS, say.COUNT}
)
"""Kinds whose repetition changes nothing."""
COUNTED = frozenset({say.TEXT, say.FILE, say.PICTURE, say.MEDIA, say.ALBUM})
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
    _where(payload, values, plain)
    markup = _markup(chat_id, payload)
    if markup is not None:
        values["reply_markup"] = markup
    return "sendMessage", values


def _where(payload: dict[str, Any], values: dict[str, Any], plain: bool) -> None:
    """What it answers, its topic, whether it makes a sound. A missing target never stops a message."""
    target = payload.get("reply_to") or payload.get("place_under")
    if target is not None:
        reply: dict[str, Any] = {"message_id": target, "allow_sending_without_reply": True}
        if payload.get("quote") and not plain:
            reply["quote"] = payload["quote"]
        values["reply_parameters"] = reply
    if payload.get("topic") is not None:
        values["message_thread_id"] = payload["topic"]
    if payload.get("silent"):
        values["disable_notification"] = True


def _media(chat_id: int, payload: dict[str, Any], repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"chat_id": chat_id}
    piece = payload["media"]
    kind = piece["kind"]
    if kind in FILES:
        values[kind] = piece["file"]
        if piece.get("spoiler") and kind in COVERED:
            values["has_spoiler"] = True
    elif kind == "poll":
        values |= {
            "question": piece["question"],
            "options": [{"text": option} for option in piece["options"]],
            "allows_multiple_answers": piece["multiple"],
        }
    else:
        values |= {name: value for name, value in piece.items() if name not in ("kind", "spoiler")}
    if kind in CAPTIONED:
        _caption(payload, values, repeat, plain)
    _where(payload, values, plain)
    markup = _markup(chat_id, payload)
    if markup is not None:
        values["reply_markup"] = markup
    return _SEND[kind], values


def _caption(payload: dict[str, Any], values: dict[str, Any], repeat: bool, plain: bool) -> None:
    text, spans, mark = payload.get("text", ""), payload.get("spans", ()), payload.get("mark")
    if repeat and mark is not None and units(text) + units(mark["text"]) <= CAPTION:
        text, spans = _marked(text, spans, mark)
    if text:
        values["caption"] = text
        if spans and not plain:
            values["caption_entities"] = list(spans)


def _input_media(piece: dict[str, Any], text: str, spans: Any, plain: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"type": piece["kind"], "media": piece["file"]}
    if piece.get("spoiler") and piece["kind"] in COVERED:
        found["has_spoiler"] = True
    if text:
        found["caption"] = text
        if spans and not plain:
            found["caption_entities"] = list(spans)
    return found


def _album(chat_id: int, payload: dict[str, Any], repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    pieces = []
    for number, one in enumerate(payload["pieces"]):
        caption: dict[str, Any] = {}
        _caption({**one, "mark": payload.get("mark")}, caption, repeat and number == 0, plain)
        pieces.append(_input_media(one["media"], caption.get("caption", ""), caption.get("caption_entities"), plain))
    values: dict[str, Any] = {"chat_id": chat_id, "media": pieces}
    _where(payload, values, plain)
    return "sendMediaGroup", values


def _amend(chat_id: int, payload: dict[str, Any], _repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"chat_id": chat_id, "message_id": payload["place"]}
    markup = _markup(chat_id, payload)
    if markup is not None:
        values["reply_markup"] = markup
    if payload["what"] == "text":
        values |= {"text": payload["text"], "link_preview_options": {"is_disabled": True}}
        if payload["spans"] and not plain:
            values["entities"] = payload["spans"]
        return "editMessageText", values
    if payload["what"] == "caption":
        values["caption"] = payload["text"]
        if payload["spans"] and not plain:
            values["caption_entities"] = payload["spans"]
        return "editMessageCaption", values
    values["media"] = _input_media(payload["media"], payload["text"], payload["spans"], plain)
    return "editMessageMedia", values


def _erase(chat_id: int, payload: dict[str, Any], _repeat: bool, _plain: bool) -> tuple[str, dict[str, Any]]:
    return "deleteMessage", {"chat_id": chat_id, "message_id": payload["place"]}


def _buttons_at(chat_id: int, payload: dict[str, Any], _repeat: bool, _plain: bool) -> tuple[str, dict[str, Any]]:
    values = {"chat_id": chat_id, "message_id": payload["place"], "reply_markup": _markup(chat_id, payload)}
    return "editMessageReplyMarkup", values


def _topic(chat_id: int, payload: dict[str, Any], _repeat: bool, _plain: bool) -> tuple[str, dict[str, Any]]:
    return "createForumTopic", {"chat_id": chat_id, "name": payload["name"]}


def _count(chat_id: int, _payload: dict[str, Any], _repeat: bool, _plain: bool) -> tuple[str, dict[str, Any]]:
    return "getChatMemberCount", {"chat_id": chat_id}


_SEND = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "animation": "sendAnimation",
    "document": "sendDocument",
    "audio": "sendAudio",
    "voice": "sendVoice",
    "video_note": "sendVideoNote",
    "sticker": "sendSticker",
    "location": "sendLocation",
    "venue": "sendVenue",
    "contact": "sendContact",
    "poll": "sendPoll",
}


def _marked(text: str, spans: Any, mark: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    raw = text.encode("utf-16-le", "surrogatepass")
    at, extra = mark["at"], units(mark["text"])
    put = (raw[: at * 2] + mark["text"].encode("utf-16-le") + raw[at * 2 :]).decode("utf-16-le", "surrogatepass")
    moved = [{**span, "offset": span["offset"] + extra} if span["offset"] >= at else span for span in spans]
    return put, moved


def _markup(chat_id: int, payload: dict[str, Any]) -> dict[str, Any] | None:
    if "buttons" in payload:
        rows = [[_button(*one) for one in row if chat_id > 0 or len(one) != 3] for row in payload["buttons"]]
        return {"inline_keyboard": [row for row in rows if row]}
    keyboard = payload.get("keyboard")
    if keyboard == "contact":
        button = {"text": payload["keyboard_text"], "request_contact": True}
        return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
    if keyboard == "remove":
        return {"remove_keyboard": True}
    if keyboard == "reply":
        return {"force_reply": True}
    return None


def _button(text: str, data: str, page: str = "", link: str = "") -> dict[str, Any]:
    if link:
        return {"text": text, "url": link}
    return {"text": text, "web_app": {"url": page}} if page else {"text": text, "callback_data": data}


def _edit(chat_id: int, payload: dict[str, Any], _repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {
        "chat_id": chat_id,
        "message_id": payload["place"],
        "text": payload["text"],
        "link_preview_options": {"is_disabled": True},
        "reply_markup": _markup(chat_id, payload) or {"inline_keyboard": []},
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
    sign = [{"type": "emoji", "emoji": payload["sign"]}] if payload["sign"] else []
    return "setMessageReaction", {"chat_id": chat_id, "message_id": payload["place"], "reaction": sign}


def _file(chat_id: int, payload: dict[str, Any], repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    return "sendDocument", _upload("document", chat_id, payload, repeat, plain)


def _picture(chat_id: int, payload: dict[str, Any], repeat: bool, plain: bool) -> tuple[str, dict[str, Any]]:
    return "sendPhoto", _upload("photo", chat_id, payload, repeat, plain)


def _upload(kind: str, chat_id: int, payload: dict[str, Any], repeat: bool, plain: bool) -> dict[str, Any]:
    """What we have made ourselves goes out as a part of the request. Guarded against saving, but where it is free."""
    content = base64.b64decode(payload["content"])
    values: dict[str, Any] = {
        "chat_id": chat_id,
        kind: InputFile(content, filename=payload["name"], attach=False),
    }
    if not payload.get("free"):
        values["protect_content"] = True
    _caption(payload, values, repeat, plain)
    _where(payload, values, plain)
    markup = _markup(chat_id, payload)
    if markup is not None:
        values["reply_markup"] = markup
    return values


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
    say.PICTURE: _picture,
    say.MENU: _menu,
    say.LEAVE: _leave,
    say.MEDIA: _media,
    say.ALBUM: _album,
    say.AMEND: _amend,
    say.ERASE: _erase,
    say.BUTTONS: _buttons_at,
    say.TOPIC: _topic,
    say.COUNT: _count,
}


def places_of(result: object) -> tuple[int, ...]:
    """The ids of the messages that a call has made; of a topic that it has made, the topic's."""
    if isinstance(result, dict):
        found = result.get("message_id", result.get("message_thread_id"))
        return (found,) if type(found) is int else ()
    if isinstance(result, list):
        return tuple(place for one in result for place in places_of(one))
    return ()


def topic_of(result: object) -> int | None:
    """The topic in which a sent message stands."""
    first = result[0] if isinstance(result, list) and result else result
    found = first.get("message_thread_id") if isinstance(first, dict) else None
    return found if type(found) is int else None
