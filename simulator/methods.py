"""The Bot API's methods that the product calls, with Telegram's refusals in Telegram's words."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from simulator.entities import CAPTION_LIMIT, TEXT_LIMIT, Refused, bad, prepare, units
from simulator.state import Bot, Chat, State

REACTIONS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡"
)
"""Emoji that a bot may react with (Telegram Bot API, ReactionTypeEmoji)."""
PRESS_LIFE = 15.0
"""Seconds in which a press can be answered."""
MESSAGES = frozenset({"sendMessage", "sendDocument", "sendPhoto", "copyMessage"})
"""Methods that the flood limits count."""
_COMMAND = re.compile(r"^[a-z0-9_]{1,32}$")

Values = dict[str, Any]


def _chat(state: State, bot: Bot, values: Values) -> Chat:
    raw = values.get("chat_id")
    if raw in (None, ""):
        raise bad("chat_id is empty")
    try:
        chat_id = int(str(raw))
    except ValueError:
        raise bad("chat not found") from None
    person = state.people.get(chat_id)
    if person is None:
        raise bad("chat not found")
    chat = bot.chats.get(chat_id)
    if person.deactivated:
        raise Refused(403, "Forbidden: user is deactivated")
    if chat is None or not chat.started:
        raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
    if chat.blocked:
        raise Refused(403, "Forbidden: bot was blocked by the user")
    return chat


def _markup(values: Values, chat: Chat) -> dict[str, Any] | None:
    raw = values.get("reply_markup")
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in raw:
        count = 0
        for row in raw["inline_keyboard"]:
            if len(row) > 8:
                raise bad("reply markup is too long")
            for button in row:
                count += 1
                if not str(button.get("text", "")).strip():
                    raise bad("text buttons must be non-empty")
                data = button.get("callback_data")
                if data is None and not button.get("url") and not button.get("copy_text"):
                    raise bad("inline keyboard button text buttons are unallowed in the inline keyboard")
                if data is not None and not 1 <= len(str(data).encode()) <= 64:
                    raise bad("BUTTON_DATA_INVALID")
        if count > 100:
            raise bad("reply markup is too long")
    elif "keyboard" in raw:
        chat.keyboard = [[one if isinstance(one, dict) else {"text": one} for one in row] for row in raw["keyboard"]]
    elif raw.get("remove_keyboard"):
        chat.keyboard = None
    return raw


def _reply(values: Values, chat: Chat) -> int | None:
    parameters = values.get("reply_parameters") or {}
    target = parameters.get("message_id", values.get("reply_to_message_id"))
    if target is None:
        return None
    found = chat.messages.get(int(target))
    if found is None:
        allowed = parameters.get("allow_sending_without_reply", values.get("allow_sending_without_reply"))
        if allowed:
            return None
        raise bad("message to be replied not found")
    return int(target)


def _post(
    state: State, bot: Bot, chat: Chat, values: Values, content: dict[str, Any], markup: dict[str, Any] | None
) -> dict[str, Any]:
    message_id = bot.next_message
    bot.next_message += 1
    now = int(time.time())
    message = {
        "message_id": message_id,
        "from": "bot",
        "date": now,
        "edit_date": None,
        "reply_to": _reply(values, chat),
        "reactions": {"bot": [], "person": []},
        "buttons": _buttons(markup),
        "keyboard": None,
        "force_reply": bool(markup and markup.get("force_reply")),
        **content,
    }
    chat.messages[message_id] = message
    state.touch(bot, chat, "message", message_id)
    return as_message(bot, chat, message)


def _buttons(markup: dict[str, Any] | None) -> list[list[dict[str, Any]]]:
    rows = (markup or {}).get("inline_keyboard") or []
    return [
        [{"text": one["text"], "data": one.get("callback_data"), "url": one.get("url")} for one in row] for row in rows
    ]


def as_message(bot: Bot, chat: Chat, message: dict[str, Any], *, nested: bool = False) -> dict[str, Any]:
    """A stored message as a Message of the Bot API."""
    found: dict[str, Any] = {
        "message_id": message["message_id"],
        "from": bot.user() if message["from"] == "bot" else chat.person.user(),
        "chat": chat.person.chat(),
        "date": message["date"],
    }
    if message.get("edit_date"):
        found["edit_date"] = message["edit_date"]
    if message.get("text") is not None:
        found["text"] = message["text"]
        if message.get("entities"):
            found["entities"] = message["entities"]
    if message.get("caption"):
        found["caption"] = message["caption"]
    found.update(message.get("raw") or {})
    document = message.get("document")
    if document:
        found["document"] = {
            "file_id": document["file_id"],
            "file_unique_id": document["file_id"][:16],
            "file_name": document["file_name"],
            "file_size": document["size"],
        }
    if message["buttons"]:
        found["reply_markup"] = {
            "inline_keyboard": [
                [
                    {
                        "text": one["text"],
                        **({"callback_data": one["data"]} if one["data"] else {"url": one["url"] or ""}),
                    }
                    for one in row
                ]
                for row in message["buttons"]
            ]
        }
    if message.get("reply_to") and not nested:
        target = chat.messages.get(message["reply_to"])
        if target is not None:
            found["reply_to_message"] = as_message(bot, chat, target, nested=True)
    return found


def get_me(_state: State, bot: Bot, _values: Values) -> Any:
    return {
        **bot.user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def send_message(state: State, bot: Bot, values: Values) -> Any:
    chat = _chat(state, bot, values)
    text, spans = prepare(
        values.get("text"),
        values.get("parse_mode"),
        values.get("entities"),
        limit=TEXT_LIMIT,
        empty="message text is empty",
        long="message is too long",
    )
    _flood(state, bot, chat)
    markup = _markup(values, chat)
    return _post(state, bot, chat, values, {"kind": "text", "text": text, "entities": spans}, markup)


def send_document(state: State, bot: Bot, values: Values) -> Any:
    chat = _chat(state, bot, values)
    given = values.get("document")
    if isinstance(given, tuple):
        name, content = given
        if not content:
            raise bad("file must be non-empty")
        if len(content) > 50 << 20:
            raise Refused(413, "Request Entity Too Large")
        file_id = f"BQAC{bot.id}x{len(bot.files)}x{'A' * 20}"
        bot.files[file_id] = (name, content)
    elif isinstance(given, str) and given in bot.files:
        file_id = given
    else:
        raise bad("there is no document in the request" if not given else "wrong file identifier/HTTP URL specified")
    name, content = bot.files[file_id]
    caption, spans = prepare(
        values.get("caption") or "",
        values.get("parse_mode"),
        values.get("caption_entities"),
        limit=CAPTION_LIMIT,
        empty="",
        long="message caption is too long",
    )
    _flood(state, bot, chat)
    document = {"file_name": name, "size": len(content), "file_id": file_id, "path": f"documents/{file_id}"}
    return _post(
        state,
        bot,
        chat,
        values,
        {"kind": "document", "text": None, "caption": caption, "entities": spans, "document": document},
        _markup(values, chat),
    )


def _flood(state: State, bot: Bot, chat: Chat) -> None:
    if not state.limits.enforce:
        return
    now = time.monotonic()
    wait = state.limits.wait(bot.sends, bot.limits.setdefault(chat.person.id, deque()), now)
    if wait:
        raise Refused(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})


def _own_message(chat: Chat, values: Values, missing: str, foreign: str) -> dict[str, Any]:
    try:
        message_id = int(values.get("message_id", 0))
    except (TypeError, ValueError):
        raise bad(missing) from None
    message = chat.messages.get(message_id)
    if message is None:
        raise bad(missing)
    if message["from"] != "bot":
        raise bad(foreign)
    return message


_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current"
    " content and reply markup of the message"
)


def edit_message_text(state: State, bot: Bot, values: Values) -> Any:
    chat = _chat(state, bot, values)
    message = _own_message(chat, values, "message to edit not found", "message can't be edited")
    if message.get("text") is None:
        raise bad("there is no text in the message to edit")
    text, spans = prepare(
        values.get("text"),
        values.get("parse_mode"),
        values.get("entities"),
        limit=TEXT_LIMIT,
        empty="message text is empty",
        long="message is too long",
    )
    buttons = _buttons(_markup(values, chat))
    if (text, spans, buttons) == (message["text"], message["entities"], message["buttons"]):
        raise bad(_SAME)
    message |= {"text": text, "entities": spans, "buttons": buttons, "edit_date": int(time.time())}
    state.touch(bot, chat, "edit", message["message_id"])
    return as_message(bot, chat, message)


def edit_reply_markup(state: State, bot: Bot, values: Values) -> Any:
    chat = _chat(state, bot, values)
    message = _own_message(chat, values, "message to edit not found", "message can't be edited")
    buttons = _buttons(_markup(values, chat))
    if buttons == message["buttons"]:
        raise bad(_SAME)
    message["buttons"] = buttons
    state.touch(bot, chat, "edit", message["message_id"])
    return as_message(bot, chat, message)


def delete_message(state: State, bot: Bot, values: Values) -> Any:
    chat = _chat(state, bot, values)
    message_id = int(values.get("message_id", 0))
    if message_id not in chat.messages:
        raise bad("message to delete not found")
    if time.time() - chat.messages[message_id]["date"] > 48 * 3600:
        raise bad("message can't be deleted for everyone")
    del chat.messages[message_id]
    chat.touched.pop(message_id, None)
    state.touch(bot, chat, "delete")
    return True


def answer_callback_query(state: State, bot: Bot, values: Values) -> Any:
    old = "query is too old and response timeout expired or query ID is invalid"
    press = bot.presses.get(str(values.get("callback_query_id")))
    if press is None or press["answered"] or time.monotonic() - press["at"] > PRESS_LIFE:
        raise bad(old)
    text = values.get("text") or ""
    if units(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    press["answered"] = True
    chat = bot.chats[press["person"]]
    if text:
        chat.toasts.append({"text": text, "alert": _truth(values.get("show_alert")), "seq": chat.seq + 1})
    state.touch(bot, chat, "toast")
    return True


def set_message_reaction(state: State, bot: Bot, values: Values) -> Any:
    chat = _chat(state, bot, values)
    message = chat.messages.get(int(values.get("message_id", 0)))
    if message is None:
        raise bad("message to react not found")
    signs = values.get("reaction") or []
    if not isinstance(signs, list) or len(signs) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(one.get("type") != "emoji" or one.get("emoji") not in REACTIONS for one in signs):
        raise bad("REACTION_INVALID")
    message["reactions"]["bot"] = [one["emoji"] for one in signs]
    state.touch(bot, chat, "reaction", message["message_id"])
    return True


def _scope(values: Values) -> tuple[str, str]:
    scope = values.get("scope") or {"type": "default"}
    name = scope["type"] if "chat_id" not in scope else f"{scope['type']}:{scope['chat_id']}"
    return name, values.get("language_code") or ""


def set_my_commands(state: State, bot: Bot, values: Values) -> Any:
    commands = values.get("commands")
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        if not _COMMAND.match(str(one.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    key = _scope(values)
    if key[0].startswith("chat:"):
        chat = _chat(state, bot, values["scope"])
        bot.commands[key] = commands
        state.touch(bot, chat, "menu")
        return True
    bot.commands[key] = commands
    state.tell({"type": "menu", "bot": bot.id, "person": None})
    return True


def delete_my_commands(_state: State, bot: Bot, values: Values) -> Any:
    bot.commands.pop(_scope(values), None)
    return True


def get_my_commands(_state: State, bot: Bot, values: Values) -> Any:
    return bot.commands.get(_scope(values), [])


def menu(bot: Bot, chat: Chat) -> list[dict[str, str]]:
    """The commands that this person's app shows: the chat's own first, then by language."""
    language = (chat.person.language_code or "").partition("-")[0]
    for scope in (f"chat:{chat.person.id}", "all_private_chats", "default"):
        for code in (language, ""):
            found = bot.commands.get((scope, code))
            if found:
                return found
    return []


def _describe(name: str, limit: int) -> Callable[[State, Bot, Values], Any]:
    def method(_state: State, bot: Bot, values: Values) -> Any:
        text = str(values.get(name) or "")
        if len(text) > limit:
            raise bad(f"{name} is too long")
        bot.described[(name, values.get("language_code") or "")] = text
        return True

    return method


def leave_chat(_state: State, bot: Bot, values: Values) -> Any:
    if bot.groups.pop(int(values.get("chat_id", 0)), None) is None:
        raise bad("chat not found")
    return True


def get_chat(state: State, bot: Bot, values: Values) -> Any:
    return {**_chat(state, bot, values).person.chat(), "accent_color_id": 0, "max_reaction_count": 11}


def get_file(_state: State, bot: Bot, values: Values) -> Any:
    file_id = str(values.get("file_id", ""))
    if file_id not in bot.files:
        raise bad("invalid file_id")
    return {
        "file_id": file_id,
        "file_unique_id": file_id[:16],
        "file_size": len(bot.files[file_id][1]),
        "file_path": f"documents/{file_id}",
    }


def copy_message(state: State, bot: Bot, values: Values) -> Any:
    chat = _chat(state, bot, values)
    source = bot.chats.get(int(values.get("from_chat_id", 0)))
    found = source.messages.get(int(values.get("message_id", 0))) if source else None
    if found is None:
        raise bad("message to copy not found")
    _flood(state, bot, chat)
    content = {name: found.get(name) for name in ("kind", "text", "entities", "caption", "document", "raw")}
    posted = _post(state, bot, chat, values, content, _markup(values, chat))
    return {"message_id": posted["message_id"]}


def nothing(state: State, bot: Bot, values: Values) -> Any:
    """sendChatAction: shown nowhere, but the chat must be there."""
    _chat(state, bot, values)
    return True


def _truth(value: Any) -> bool:
    return value in (True, "true", "True", 1, "1")


METHODS: dict[str, Callable[[State, Bot, Values], Any]] = {
    "getme": get_me,
    "sendmessage": send_message,
    "senddocument": send_document,
    "copymessage": copy_message,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "setmessagereaction": set_message_reaction,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setmydescription": _describe("description", 512),
    "setmyshortdescription": _describe("short_description", 120),
    "setmyname": _describe("name", 64),
    "leavechat": leave_chat,
    "getchat": get_chat,
    "getfile": get_file,
    "sendchataction": nothing,
}
