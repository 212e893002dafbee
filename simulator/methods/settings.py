"""What a bot tells of itself: commands for each scope and language, name, descriptions, menu button."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from simulator.methods.chats import known_chat
from simulator.parameters import Values, listed, nested, number, string
from simulator.refusals import bad
from simulator.state import Bot, Chat, State

MOST_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_BROAD = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_NARROW = ("chat", "chat_administrators", "chat_member")


def _language(values: Values) -> str:
    code = string(values, "language_code")
    if code and not _LANGUAGE.fullmatch(code):
        raise bad("invalid language code specified")
    return code


def _scope(state: State, bot: Bot, values: Values) -> tuple[tuple[str, str], Chat | None]:
    """The key of the scope and language, and the chat where the scope is one. Raises Refused."""
    scope = nested(values, "scope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise bad("can't parse BotCommandScope: expected an Object")
    kind, language = scope.get("type"), _language(values)
    if kind in _BROAD:
        return (str(kind), language), None
    if kind not in _NARROW:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    chat = known_chat(state, bot, scope)
    if not chat.started:
        raise bad("chat not found")
    tail = f":{number(scope, 'user_id')}" if kind == "chat_member" else ""
    return (f"{kind}:{chat.id}{tail}", language), chat


def set_my_commands(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, setMyCommands."""
    given = listed(values, "commands")
    if given is None:
        raise bad("can't parse commands: expected an Array")
    key, chat = _scope(state, bot, values)
    if len(given) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    _set(state, bot, key, chat, [_command(one) for one in given])
    return True


def _command(one: Any) -> dict[str, str]:
    if not isinstance(one, dict):
        raise bad("can't parse BotCommand: expected an Object")
    name = str(one.get("command") or "").removeprefix("/")
    text = str(one.get("description") or "").strip()
    if not _COMMAND.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(text) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": text}


def _set(state: State, bot: Bot, key: tuple[str, str], chat: Chat | None, commands: list[dict[str, str]]) -> None:
    if commands:
        bot.commands[key] = commands
    else:
        bot.commands.pop(key, None)
    if chat is not None:
        state.touch(bot, chat, "menu")
    else:
        state.tell({"type": "menu", "bot": bot.id, "person": None})


def delete_my_commands(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, deleteMyCommands."""
    key, chat = _scope(state, bot, values)
    _set(state, bot, key, chat, [])
    return True


def get_my_commands(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, getMyCommands: of exactly this scope and language."""
    return bot.commands.get(_scope(state, bot, values)[0], [])


def menu(bot: Bot, chat: Chat) -> list[dict[str, str]]:
    """The commands that this chat's app shows: the narrowest scope first, in it the person's language first.

    Source: Telegram Bot API, determining list of commands.
    """
    language = (getattr(chat.peer, "language_code", None) or "").partition("-")[0]
    for scope in (f"chat:{chat.id}", "all_private_chats", "default"):
        for code in (language, ""):
            found = bot.commands.get((scope, code))
            if found:
                return found
    return []


def set_described(name: str, limit: int) -> Callable[[State, Bot, Values], Any]:
    """setMyName, setMyDescription, setMyShortDescription."""

    def method(_state: State, bot: Bot, values: Values) -> Any:
        text, language = string(values, name).strip(), _language(values)
        if len(text) > limit:
            raise bad(f"bot {name.replace('_', ' ')} is too long")
        bot.described[(name, language)] = text
        return True

    return method


def get_described(name: str) -> Callable[[State, Bot, Values], Any]:
    """getMyName, getMyDescription, getMyShortDescription: the language's own, or the one for all."""

    def method(_state: State, bot: Bot, values: Values) -> Any:
        language = _language(values)
        missing = (bot.first_name or bot.username) if name == "name" else ""
        return {name: bot.described.get((name, language)) or bot.described.get((name, ""), missing)}

    return method


def set_menu_button(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, setChatMenuButton."""
    button = nested(values, "menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise bad("can't parse menu button: Unsupported type specified")
    if button["type"] == "web_app":
        url = str((button.get("web_app") or {}).get("url", ""))
        if not url.startswith("https://"):
            raise bad(f"menu button web app URL '{url}' is invalid: Only HTTPS links are allowed")
    bot.menu_buttons[known_chat(state, bot, values).id if values.get("chat_id") else 0] = button
    return True


def get_menu_button(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, getChatMenuButton."""
    chat = known_chat(state, bot, values).id if values.get("chat_id") else 0
    return bot.menu_buttons.get(chat) or bot.menu_buttons.get(0) or {"type": "commands"}
