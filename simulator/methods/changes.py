"""What a bot does with messages that are there: edit, delete, react, and answer presses."""

from __future__ import annotations

from typing import Any

from simulator.entities import CAPTION_LIMIT, TEXT_LIMIT, measured, message_text, prepare
from simulator.html import units
from simulator.messages import Message
from simulator.methods.chats import named, open_chat, own_message
from simulator.methods.markup import read_markup
from simulator.parameters import Values, listed, number, string, truth
from simulator.refusals import bad
from simulator.state import Bot, Chat, State, as_message

PRESS_LIFE = 15.0
"""Seconds in which a press can be answered."""
DELETE_LIFE = 48 * 3600
"""Seconds in which a message can be deleted (Telegram Bot API, deleteMessage)."""
_EMOJI = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚"
    " 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍"
    " 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
)
_SELECTOR = "\ufe0f"
REACTIONS = frozenset(_EMOJI.split()) | {
    f"❤{_SELECTOR}\u200d🔥",
    f"🤷\u200d♂{_SELECTOR}",
    f"🤷\u200d♀{_SELECTOR}",
}
"""Emoji with which one may react (Telegram Bot API, ReactionTypeEmoji); joined ones also as libraries write them."""
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current"
    " content and reply markup of the message"
)
_MISSING, _FOREIGN = "message to edit not found", "message can't be edited"


def edit_message_text(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, editMessageText. Buttons that are not given again are gone."""
    text, spans = message_text(values)
    spans = named(state, spans)
    markup = read_markup(values)
    chat = open_chat(state, bot, values)
    message = own_message(chat, values, _MISSING, _FOREIGN)
    if message.text is None:
        raise bad("there is no text in the message to edit")
    measured(text, TEXT_LIMIT, "MESSAGE_TOO_LONG")
    markup.measured()
    if (text, spans, markup.rows) == (message.text, message.entities, message.rows):
        raise bad(_SAME)
    message.text, message.entities, message.rows = text, spans, markup.rows
    return edited(state, bot, chat, message)


def edit_message_caption(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, editMessageCaption."""
    caption, spans = prepare(values, "caption", "caption_entities")
    spans = named(state, spans)
    markup = read_markup(values)
    chat = open_chat(state, bot, values)
    message = own_message(chat, values, _MISSING, _FOREIGN)
    if message.text is not None:
        raise bad("there is no caption in the message to edit")
    measured(caption, CAPTION_LIMIT, "message caption is too long")
    markup.measured()
    if (caption or None, spans, markup.rows) == (message.caption, message.entities, message.rows):
        raise bad(_SAME)
    message.caption, message.entities, message.rows = caption or None, spans, markup.rows
    return edited(state, bot, chat, message)


def edit_reply_markup(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, editMessageReplyMarkup."""
    markup = read_markup(values)
    chat = open_chat(state, bot, values)
    message = own_message(chat, values, _MISSING, _FOREIGN)
    markup.measured()
    if markup.rows == message.rows:
        raise bad(_SAME)
    message.rows = markup.rows
    return edited(state, bot, chat, message, dated=message.edit_date is not None)


def edited(state: State, bot: Bot, chat: Chat, message: Message, *, dated: bool = True) -> dict[str, Any]:
    """The message as it is now; those who look at the chat hear of it."""
    if dated:
        message.edit_date = state.date()
    state.touch(bot, chat, "edit", message)
    return as_message(bot, chat, message)


def delete_message(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, deleteMessage: in private chats also the person's."""
    chat = open_chat(state, bot, values)
    if "message_id" not in values:
        raise bad("message identifier is not specified")
    message = chat.messages.get(number(values, "message_id"))
    if message is None:
        raise bad("message to delete not found")
    if state.date() - message.date > DELETE_LIFE:
        raise bad("message can't be deleted for everyone")
    state.delete(bot, chat, message.id)
    return True


def delete_messages(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, deleteMessages: those that are not there are skipped."""
    chat = open_chat(state, bot, values)
    for one in listed(values, "message_ids") or []:
        if one in chat.messages and state.date() - chat.messages[one].date <= DELETE_LIFE:
            state.delete(bot, chat, one)
    return True


def answer_callback_query(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, answerCallbackQuery: once, and in time."""
    text = string(values, "text")
    press = bot.presses.get(string(values, "callback_query_id"))
    if press is None or press.answered or state.now() - press.at > PRESS_LIFE:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if units(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    press.answered = True
    chat = bot.chats[press.chat]
    if text:
        chat.toasts.append({"text": text, "alert": truth(values, "show_alert"), "seq": chat.seq + 1})
    state.touch(bot, chat, "toast")
    return True


def set_message_reaction(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, setMessageReaction: one emoji of the free ones, or none."""
    signs = listed(values, "reaction") or []
    chat = open_chat(state, bot, values)
    message = chat.messages.get(number(values, "message_id"))
    if message is None:
        raise bad("message to react not found")
    if any(not isinstance(one, dict) for one in signs):
        raise bad("can't parse reaction type: expected an Object")
    if len(signs) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(one.get("type") != "emoji" or str(one.get("emoji")) not in REACTIONS for one in signs):
        raise bad("REACTION_INVALID")
    message.bot_reactions = [one["emoji"] for one in signs]
    state.touch(bot, chat, "reaction", message)
    return True
