"""Sending: texts, copies and forwards."""

from __future__ import annotations

from typing import Any

from simulator.entities import CAPTION_LIMIT, TEXT_LIMIT, measured, message_text, prepare
from simulator.messages import Message
from simulator.methods import topics
from simulator.methods.chats import known_chat, named, open_chat, within_limits
from simulator.methods.markup import Markup, read_markup
from simulator.parameters import Values, nested, number, truth
from simulator.refusals import bad
from simulator.state import Bot, Chat, State, as_message


def send_message(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, sendMessage."""
    text, spans = message_text(values)
    markup = read_markup(values)
    chat = open_chat(state, bot, values)
    message = new_message(state, bot, chat, values, markup)
    measured(text, TEXT_LIMIT, "message is too long")
    message.text, message.entities = text, named(state, spans)
    preview = nested(values, "link_preview_options") if "link_preview_options" in values else None
    if isinstance(preview, dict):
        message.extra["link_preview_options"] = preview
    return posted(state, bot, chat, message, markup, values)


def new_message(state: State, bot: Bot, chat: Chat, values: Values, markup: Markup) -> Message:
    """A message of the bot that is not yet in the chat. Raises Refused for a reply to nothing."""
    message = Message(0, True, state.date(), reply_to=_reply(state, bot, chat, values))
    message.rows, message.keyboard, message.force_reply = markup.rows, markup.keyboard, markup.force_reply
    message.extra = topics.place(chat, values)
    if "protect_content" in values:
        message.protected = truth(values, "protect_content")
    if "disable_notification" in values:
        message.silent = truth(values, "disable_notification")
    return message


def posted(state: State, bot: Bot, chat: Chat, message: Message, markup: Markup, values: Values) -> dict[str, Any]:
    """Puts it into the chat, within the limits, and answers it as the Bot API tells it."""
    if markup.rows or markup.keyboard:
        markup.measured()
    within_limits(state, bot, chat, values)
    message.id = bot.next_message
    bot.next_message += 1
    if markup.keyboard is not None:
        chat.keyboard, chat.one_time_keyboard = markup.keyboard, markup.one_time
    elif markup.removes:
        chat.keyboard = None
    state.post(bot, chat, message)
    return as_message(bot, chat, message)


def _reply(state: State, bot: Bot, chat: Chat, values: Values) -> int | None:
    if "reply_parameters" not in values and "reply_to_message_id" not in values:
        return None
    given = nested(values, "reply_parameters")
    if given is None:
        given = {name: values.get(name) for name in ("allow_sending_without_reply",)}
        given["message_id"] = values.get("reply_to_message_id")
    if not isinstance(given, dict):
        raise bad("object expected as reply parameters")
    target = number(given, "message_id")
    if not target:
        return None
    where = chat
    if given.get("chat_id") is not None and number(given, "chat_id") != chat.id:
        where = known_chat(state, bot, given)
    found = where.messages.get(target)
    if found is None:
        if truth(given, "allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")
    quote = given.get("quote")
    if quote and str(quote) not in found.shown:
        raise bad("QUOTE_TEXT_INVALID")
    return target if where is chat else None


def copy_message(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, copyMessage: with a new caption where there is one."""
    markup = read_markup(values)
    chat, found = open_chat(state, bot, values), _source(state, bot, values, "message to copy not found")
    if found.kind == "service":
        raise bad("message can't be copied")
    message = new_message(state, bot, chat, values, markup)
    message.kind, message.text, message.caption = found.kind, found.text, found.caption
    message.entities = found.entities
    message.extra = {name: value for name, value in found.extra.items() if name not in ("forward_origin", "via_bot")}
    if found.text is None and values.get("caption") is not None:
        message.caption, message.entities = prepare(values, "caption", "caption_entities")
        measured(message.caption, CAPTION_LIMIT, "message caption is too long")
    return {"message_id": posted(state, bot, chat, message, markup, values)["message_id"]}


def forward_message(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, forwardMessage: it names where the message came from."""
    chat, found = open_chat(state, bot, values), _source(state, bot, values, "message to forward not found")
    if found.kind == "service" or found.protected:
        raise bad("message can't be forwarded")
    source = known_chat(state, bot, values, "from_chat_id")
    author = found.author or (bot.user() if found.mine else source.peer.user())  # type: ignore[union-attr]
    origin = {"type": "user", "date": found.date, "sender_user": author}
    message = new_message(state, bot, chat, values, Markup())
    message.kind, message.text, message.caption = found.kind, found.text, found.caption
    message.entities, message.extra = found.entities, {**message.extra, **found.extra, "forward_origin": origin}
    return posted(state, bot, chat, message, Markup(), values)


def _source(state: State, bot: Bot, values: Values, missing: str) -> Message:
    found = known_chat(state, bot, values, "from_chat_id").messages.get(number(values, "message_id"))
    if found is None:
        raise bad(missing)
    return found
