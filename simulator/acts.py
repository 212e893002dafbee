"""What people do: start, write, answer, press, edit, react, block … Each act becomes the updates that Telegram makes of it."""

from __future__ import annotations

import re
import time
from typing import Any

from simulator.entities import found_in, parts_of
from simulator.methods import as_message
from simulator.state import Bot, Chat, Person, State

_PAYLOAD = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
_FILES = frozenset({"photo", "voice", "video", "video_note", "document", "audio", "sticker", "animation"})


class BadAct(ValueError):  # noqa: N818 - it is the asker's fault
    """An act that cannot be done; the message says why."""


def act(state: State, raw: dict[str, Any]) -> dict[str, Any]:
    """Does one act. Answers the message and update that came of it. Raises BadAct."""
    bot = state.bot_by_id(raw.get("bot"))
    if bot is None:
        raise BadAct("no such bot; give its id where there are several")
    person = state.people.get(raw.get("person", 0))
    if person is None:
        raise BadAct(f"no such person: {raw.get('person')}")
    do = _ACTS.get(str(raw.get("do")))
    if do is None:
        raise BadAct(f"unknown act {raw.get('do')!r}, known: {', '.join(sorted(_ACTS))}")
    chat = state.chat(bot, person)
    return do(state, bot, chat, raw)


def _sent(state: State, bot: Bot, chat: Chat, content: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    if not chat.started:
        raise BadAct(f"{chat.person.first_name} has not started the bot")
    if chat.blocked:
        raise BadAct(f"{chat.person.first_name} has blocked the bot")
    message_id = bot.next_message
    bot.next_message += 1
    message = {
        "message_id": message_id,
        "from": "person",
        "date": int(time.time()),
        "edit_date": None,
        "reply_to": _target(chat, raw),
        "reactions": {"bot": [], "person": []},
        "buttons": [],
        "keyboard": None,
        **content,
    }
    chat.messages[message_id] = message
    extra: dict[str, Any] = {}
    for name in ("forward_origin", "via_bot"):
        if raw.get(name):
            extra[name] = raw[name]
    update_id = state.queue(bot, "message", {**as_message(bot, chat, message), **extra})
    state.touch(bot, chat, "message", message_id)
    return {"message_id": message_id, "update_id": update_id}


def _target(chat: Chat, raw: dict[str, Any]) -> int | None:
    wanted = raw.get("reply_to_last")
    if wanted is not None:
        options = [wanted] if isinstance(wanted, str) else list(wanted)
        for message_id in reversed(list(chat.messages)):
            message = chat.messages[message_id]
            if message["from"] == "bot" and any(one in (message.get("text") or "") for one in options):
                return message_id
        raise BadAct(f"no message with {wanted!r} to answer")
    target = raw.get("reply_to")
    if target is not None and int(target) not in chat.messages:
        raise BadAct(f"no message {target} in this chat")
    return None if target is None else int(target)


def _text(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    text = str(raw.get("text", "")).strip()
    if not text:
        raise BadAct("an empty text cannot be sent")
    answer: dict[str, Any] = {}
    for part in parts_of(text):
        spans = [*(raw.get("entities") or []), *found_in(part)]
        answer = _sent(state, bot, chat, {"kind": "text", "text": part, "entities": spans}, raw)
    return answer


def _start(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    payload = raw.get("payload")
    if payload is not None and not _PAYLOAD.match(str(payload)):
        raise BadAct("a start payload has 1 to 64 characters of A-Z a-z 0-9 _ -")
    if chat.blocked:
        _unblock(state, bot, chat, raw)
    chat.started = True
    return _text(state, bot, chat, {**raw, "text": "/start" if payload is None else f"/start {payload}"})


def _edit(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    message = chat.messages.get(int(raw.get("message_id", 0)))
    if message is None or message["from"] != "person":
        raise BadAct("only an own message can be edited")
    message |= {"text": str(raw["text"]), "entities": found_in(str(raw["text"])), "edit_date": int(time.time())}
    update_id = state.queue(bot, "edited_message", as_message(bot, chat, message))
    state.touch(bot, chat, "edit", message["message_id"])
    return {"message_id": message["message_id"], "update_id": update_id}


def _react(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    message = chat.messages.get(int(raw.get("message_id", 0)))
    if message is None:
        raise BadAct("no such message")
    old = [{"type": "emoji", "emoji": one} for one in message["reactions"]["person"]]
    message["reactions"]["person"] = [raw["emoji"]] if raw.get("emoji") else []
    new = [{"type": "emoji", "emoji": one} for one in message["reactions"]["person"]]
    content = {
        "chat": chat.person.chat(),
        "message_id": message["message_id"],
        "user": chat.person.user(),
        "date": int(time.time()),
        "old_reaction": old,
        "new_reaction": new,
    }
    update_id = state.queue(bot, "message_reaction", content)
    state.touch(bot, chat, "reaction", message["message_id"])
    return {"message_id": message["message_id"], "update_id": update_id}


def _press(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    message, data = _button(chat, raw)
    if chat.blocked:
        raise BadAct("the bot is blocked")
    press_id = f"{bot.id}{len(bot.presses)}{int(time.time() * 1000)}"
    bot.presses[press_id] = {"person": chat.person.id, "at": time.monotonic(), "answered": False}
    content = {
        "id": press_id,
        "from": chat.person.user(),
        "message": as_message(bot, chat, message),
        "chat_instance": "1",
        "data": data,
    }
    return {"message_id": message["message_id"], "update_id": state.queue(bot, "callback_query", content)}


def _button(chat: Chat, raw: dict[str, Any]) -> tuple[dict[str, Any], str]:
    wanted = raw.get("last_with_button", raw.get("button"))
    names = [wanted] if isinstance(wanted, str) else list(wanted or [])
    ids = [int(raw["message_id"])] if raw.get("message_id") else list(reversed(list(chat.messages)))
    for message_id in ids:
        message = chat.messages.get(message_id)
        if message is None or message["from"] != "bot":
            continue
        if raw.get("data") is not None and (raw.get("message_id") or message["buttons"]):
            return message, str(raw["data"])
        for row in message["buttons"]:
            for one in row:
                if any(name in one["text"] for name in names) and one["data"]:
                    return message, one["data"]
    raise BadAct(f"no button {wanted!r} there")


def _block(state: State, bot: Bot, chat: Chat, _raw: dict[str, Any]) -> dict[str, Any]:
    chat.blocked = True
    return _membership(state, bot, chat, "member", "kicked")


def _unblock(state: State, bot: Bot, chat: Chat, _raw: dict[str, Any]) -> dict[str, Any]:
    chat.blocked = False
    return _membership(state, bot, chat, "kicked", "member")


def _membership(state: State, bot: Bot, chat: Chat, old: str, new: str) -> dict[str, Any]:
    def member(status: str) -> dict[str, Any]:
        return {"user": bot.user(), "status": status, **({"until_date": 0} if status == "kicked" else {})}

    content = {
        "chat": chat.person.chat(),
        "from": chat.person.user(),
        "date": int(time.time()),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    }
    update_id = state.queue(bot, "my_chat_member", content)
    state.touch(bot, chat, "person")
    return {"message_id": None, "update_id": update_id}


def _contact(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    contact: dict[str, Any] = {
        "phone_number": str(raw.get("phone", "")),
        "first_name": raw.get("first_name") or chat.person.first_name,
    }
    user_id = raw.get("user_id", chat.person.id)
    if user_id:
        contact["user_id"] = user_id
    chat.keyboard = None
    content: dict[str, Any] = {"kind": "contact", "text": None, "entities": [], "raw": {"contact": contact}}
    return _sent(state, bot, chat, content, raw)


def _send(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    kind = str(raw.get("kind"))
    file_id = f"AgAC{bot.id}x{len(bot.files)}x{'B' * 20}"
    file = {"file_id": file_id, "file_unique_id": file_id[:16], "file_size": 1000}
    sized = {**file, "width": 90, "height": 90}
    shapes: dict[str, Any] = {
        "photo": [sized],
        "voice": {**file, "duration": 3},
        "video": {**sized, "duration": 3},
        "video_note": {**file, "length": 240, "duration": 3},
        "document": {**file, "file_name": "file.pdf"},
        "audio": {**file, "duration": 3},
        "sticker": {**sized, "type": "regular", "is_animated": False, "is_video": False},
        "animation": {**sized, "duration": 3},
        "location": {"latitude": 32.2, "longitude": 119.4},
        "dice": {"emoji": "🎲", "value": 3},
    }
    if kind not in shapes:
        raise BadAct(f"unknown kind {kind!r}, known: {', '.join(shapes)}")
    content: dict[str, Any] = {
        "kind": kind,
        "text": None,
        "entities": [],
        "caption": raw.get("caption"),
        "raw": {kind: shapes[kind]},
    }
    return _sent(state, bot, chat, content, raw)


def _add_to_group(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    group_id = int(raw.get("group", -1_000_000_001))
    group = {"id": group_id, "type": "supergroup", "title": str(raw.get("title", "五年级2班家长群"))}
    bot.groups[group_id] = group
    content = {
        "chat": group,
        "from": chat.person.user(),
        "date": int(time.time()),
        "old_chat_member": {"user": bot.user(), "status": "left"},
        "new_chat_member": {"user": bot.user(), "status": "member"},
    }
    return {"message_id": None, "update_id": state.queue(bot, "my_chat_member", content)}


def _say_in_group(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    group = bot.groups.get(int(raw.get("group", -1_000_000_001)))
    if group is None:
        raise BadAct("the bot is in no such group")
    message_id = bot.next_message
    bot.next_message += 1
    text = str(raw.get("text", ""))
    content = {
        "message_id": message_id,
        "from": chat.person.user(),
        "chat": group,
        "date": int(time.time()),
        "text": text,
        "entities": found_in(text),
    }
    return {"message_id": message_id, "update_id": state.queue(bot, "message", content)}


def _raw(state: State, bot: Bot, _chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    """Any update at all, for hostile ones: `update` is put into the queue as it is."""
    update_id = bot.next_update
    bot.next_update += 1
    content = {"update_id": update_id, **raw["update"]}
    bot.updates[update_id] = (time.monotonic(), content)
    bot.arrived.set()
    return {"message_id": None, "update_id": update_id}


_ACTS = {
    "start": _start,
    "text": _text,
    "reply": _text,
    "edit": _edit,
    "react": _react,
    "press": _press,
    "block": _block,
    "unblock": _unblock,
    "contact": _contact,
    "send": _send,
    "add_to_group": _add_to_group,
    "say_in_group": _say_in_group,
    "raw": _raw,
}


def add_people(state: State, people: list[dict[str, Any]]) -> None:
    """Adds people, or changes those who are there."""
    for one in people:
        fields = {
            name: one.get(name)
            for name in ("first_name", "last_name", "username", "language_code", "deactivated")
            if name in one
        }
        known = state.people.get(one["id"])
        if known is None:
            state.people[one["id"]] = Person(one["id"], **{"first_name": f"P{one['id']}", **fields})  # type: ignore[arg-type]
        else:
            for name, value in fields.items():
                setattr(known, name, value)
