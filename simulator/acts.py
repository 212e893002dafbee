"""What people do in their chat: start, write, answer, press, edit, react, block ... Each becomes Telegram's updates."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from simulator.entities import TEXT_LIMIT, normal, read_entities
from simulator.found import parts_of
from simulator.html import units
from simulator.messages import Message
from simulator.methods.changes import REACTIONS
from simulator.methods.chats import membership
from simulator.refusals import Refused
from simulator.state import Bot, Chat, Group, Person, Press, State, as_message

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEPT_PRESSES = 10_000
Act = Callable[[State, Bot, Chat, dict[str, Any]], dict[str, Any]]


class BadAct(ValueError):
    """An act that cannot be done; the message says why."""


def deliver(state: State, bot: Bot, chat: Chat, message: Message, raw: dict[str, Any]) -> dict[str, Any]:
    """Puts a person's message into the chat and tells the bot. Raises BadAct where the person cannot write there."""
    name = getattr(chat.peer, "first_name", "")
    if not chat.started:
        raise BadAct(f"{name} has not started the bot")
    if chat.blocked:
        raise BadAct(f"{name} has blocked the bot")
    message.reply_to = target_of(chat, raw)
    message.id = bot.next_message
    bot.next_message += 1
    for field in ("forward_origin", "via_bot", "media_group_id", "quote"):
        if raw.get(field):
            message.extra[field] = raw[field]
    if raw.get("thread") is not None:
        if int(raw["thread"]) not in chat.topics:
            raise BadAct(f"no topic {raw['thread']} in this chat")
        message.extra |= {"message_thread_id": int(raw["thread"]), "is_topic_message": True}
    state.post(bot, chat, message)
    update_id = state.queue(bot, "message", chat.id, as_message(bot, chat, message))
    return {"message_id": message.id, "update_id": update_id}


def target_of(chat: Chat, raw: dict[str, Any]) -> int | None:
    """The message that a reply answers: by its id, or the bot's newest that contains one of some texts."""
    wanted = raw.get("reply_to_last")
    if wanted is not None:
        options = [wanted] if isinstance(wanted, str) else list(wanted)
        for message in chat.newest():
            if message.mine and any(one in message.shown for one in options):
                return message.id
        raise BadAct(f"no message with {wanted!r} to answer")
    target = raw.get("reply_to")
    if target is not None and int(target) not in chat.messages:
        raise BadAct(f"no message {target} in this chat")
    return None if target is None else int(target)


def _own(chat: Chat, raw: dict[str, Any]) -> Message:
    message = chat.messages.get(int(raw.get("message_id") or 0))
    if message is None:
        raise BadAct(f"no message {raw.get('message_id')} in this chat")
    return message


def _text(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    ids = []
    answer: dict[str, Any] = {}
    try:
        given = read_entities(raw.get("entities") or [])
        # An app trims before it cuts, and the server trims each part.
        pieces = [normal(*part) for part in parts_of(str(raw.get("text") or ""), given, TEXT_LIMIT)]
    except Refused as refused:
        raise BadAct(refused.text) from refused
    pieces = [piece for piece in pieces if piece[0]]
    if not pieces:
        raise BadAct("an empty text cannot be sent")
    if chat.one_time_keyboard and any(one["text"] == pieces[0][0] for row in chat.keyboard or [] for one in row):
        chat.keyboard, chat.one_time_keyboard = None, False
    for text, spans in pieces:
        answer = deliver(state, bot, chat, Message(0, False, state.date(), text=text, entities=spans), raw)
        ids.append(answer["message_id"])
    return {**answer, "message_ids": ids}


def _reply(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    if raw.get("reply_to") is None and raw.get("reply_to_last") is None:
        raise BadAct("reply needs reply_to or reply_to_last")
    return _text(state, bot, chat, raw)


def _start(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    payload = raw.get("payload")
    if payload is not None and not _PAYLOAD.fullmatch(str(payload)):
        raise BadAct("a start payload has 1 to 64 characters of A-Z a-z 0-9 _ -")
    if chat.blocked:
        _unblock(state, bot, chat, raw)
    chat.started = True
    return _text(state, bot, chat, {**raw, "text": "/start" if payload is None else f"/start {payload}"})


def _edit(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    message = _own(chat, raw)
    if message.mine:
        raise BadAct("only an own message can be edited")
    if chat.blocked:
        raise BadAct("the bot is blocked")
    try:
        given = raw["text"] if "text" in raw else raw["caption"]
        text, spans = normal(str(given), read_entities(raw.get("entities") or []))
    except Refused as refused:
        raise BadAct(refused.text) from refused
    if not text or units(text) > TEXT_LIMIT:
        raise BadAct("an edited text has 1 to 4096 characters")
    if message.text is None:
        message.caption = text
    else:
        message.text = text
    message.entities, message.edit_date = spans, state.date()
    state.touch(bot, chat, "edit", message)
    update_id = state.queue(bot, "edited_message", chat.id, as_message(bot, chat, message))
    return {"message_id": message.id, "update_id": update_id}


def _edit_last(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    """The person's newest message."""
    own = next((one for one in chat.newest() if not one.mine), None)
    if own is None:
        raise BadAct("nothing was written yet")
    return _edit(state, bot, chat, {**raw, "message_id": own.id})


def _react(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    message, emoji = _own(chat, raw), raw.get("emoji")
    if emoji and emoji not in REACTIONS:
        raise BadAct(f"{emoji} is not among the reactions")
    old, message.person_reactions = message.person_reactions, [str(emoji)] if emoji else []
    state.touch(bot, chat, "reaction", message)
    content = {
        "chat": chat.peer.chat(),
        "message_id": message.id,
        "user": _person(chat).user(),
        "date": state.date(),
        "old_reaction": [{"type": "emoji", "emoji": one} for one in old],
        "new_reaction": [{"type": "emoji", "emoji": one} for one in message.person_reactions],
    }
    return {"message_id": message.id, "update_id": state.queue(bot, "message_reaction", chat.id, content)}


def _press(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    if chat.blocked:
        raise BadAct("the bot is blocked")
    message, data = _button(chat, raw)
    press_id = f"{bot.id}{state.dice.getrandbits(63):019d}"
    bot.presses[press_id] = Press(chat.id, state.now())
    while len(bot.presses) > _KEPT_PRESSES:
        bot.presses.popitem(last=False)
    content = {
        "id": press_id,
        "from": _person(chat).user(),
        "message": as_message(bot, chat, message),
        "chat_instance": str(-(chat.id << 20) - bot.id),
        "data": data,
    }
    update_id = state.queue(bot, "callback_query", chat.id, content)
    return {"message_id": message.id, "update_id": update_id, "callback_query_id": press_id}


def _button(chat: Chat, raw: dict[str, Any]) -> tuple[Message, str]:
    """The message and the data of the button that is meant: equal names go before names that contain the text."""
    wanted = raw.get("last_with_button") or raw.get("button")
    names = [wanted] if isinstance(wanted, str) else list(wanted or [])
    for message in [_own(chat, raw)] if raw.get("message_id") else chat.newest():
        if not message.mine or (not message.rows and not raw.get("message_id")):
            continue
        if raw.get("data") is not None:
            return message, str(raw["data"])
        buttons = [one for row in message.rows for one in row if one.get("callback_data")]
        for exact in (True, False):
            for one in buttons:
                if any(name == one["text"] if exact else name in one["text"] for name in names):
                    return message, one["callback_data"]
    raise BadAct(f"no button {wanted!r} there")


def _block(state: State, bot: Bot, chat: Chat, _raw: dict[str, Any]) -> dict[str, Any]:
    return _standing(state, bot, chat, True)


def _unblock(state: State, bot: Bot, chat: Chat, _raw: dict[str, Any]) -> dict[str, Any]:
    return _standing(state, bot, chat, False)


def _standing(state: State, bot: Bot, chat: Chat, blocked: bool) -> dict[str, Any]:
    if chat.blocked == blocked:
        return {"message_id": None, "update_id": None}
    chat.blocked = blocked
    old, new = ("member", "kicked") if blocked else ("kicked", "member")
    update_id = membership(state, bot, chat, by=_person(chat).user(), old=old, new=new)
    state.touch(bot, chat, "person")
    return {"message_id": None, "update_id": update_id}


def _contact(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    person = _person(chat)
    contact: dict[str, Any] = {
        "phone_number": str(raw.get("phone") or ""),
        "first_name": raw.get("first_name") or person.first_name,
    }
    user_id = raw.get("user_id", person.id)
    if user_id:
        contact["user_id"] = user_id
    if chat.one_time_keyboard:
        chat.keyboard, chat.one_time_keyboard = None, False
    message = Message(0, False, state.date(), kind="contact", extra={"contact": contact})
    return deliver(state, bot, chat, message, raw)


def _delete(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    message = _own(chat, raw)
    state.delete(bot, chat, message.id)
    return {"message_id": message.id, "update_id": None}


def _delete_chat(state: State, bot: Bot, chat: Chat, _raw: dict[str, Any]) -> dict[str, Any]:
    for message_id in list(chat.messages):
        state.delete(bot, chat, message_id)
    chat.keyboard = None
    return {"message_id": None, "update_id": None}


def _forward(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    if raw.get("message_id"):
        found = _own(chat, raw)
        author = bot.user() if found.mine else _person(chat).user()
        origin = {"type": "user", "date": found.date, "sender_user": author}
        fresh = Message(
            0, False, state.date(), found.kind, found.text, found.caption, found.entities, dict(found.extra)
        )
        return deliver(state, bot, chat, fresh, {"forward_origin": origin, **raw})
    hidden = {"type": "hidden_user", "date": state.date(), "sender_user_name": "?"}
    return _text(state, bot, chat, {"forward_origin": hidden, **raw})


def _raw(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    """Any update at all, for hostile ones: `update` is put into the queue as it is."""
    return {"message_id": None, "update_id": state.put(bot, chat.id, dict(raw["update"]))}


def _person(chat: Chat) -> Person:
    if isinstance(chat.peer, Group):
        raise BadAct("a group cannot do that")
    return chat.peer


PRIVATE: dict[str, Act] = {
    "start": _start,
    "text": _text,
    "reply": _reply,
    "edit": _edit,
    "edit_last": _edit_last,
    "react": _react,
    "press": _press,
    "block": _block,
    "unblock": _unblock,
    "contact": _contact,
    "forward": _forward,
    "delete": _delete,
    "delete_chat": _delete_chat,
    "raw": _raw,
}
"""What people do in their private chats, files apart, by name."""
