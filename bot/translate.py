"""A Telegram update in our own words (handlers/events.py). The only place that reads Telegram's shapes."""

from __future__ import annotations

import re
from typing import Any

from telegram import Bot, CallbackQuery, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatMemberStatus, ChatType

from handlers import events
from handlers.events import Ignored

_COMMAND = re.compile(r"^/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?:\s+(.*))?$", re.DOTALL)

SPAN_FIELDS = ("type", "offset", "length", "url", "language")
KEPT_SPANS = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "text_link",
        "blockquote",
        "expandable_blockquote",
    }
)
"""Formatting that is passed on. Mentions carry an account, so they are not; links and the like are found again by the
receiving application."""

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
"""What we ask Telegram for; the list is kept there, so it is sent at every start."""

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def update_id_of(raw: Any) -> int | None:
    """The id of a raw update, or nothing where it has no usable one."""
    found = raw.get("update_id") if isinstance(raw, dict) else None
    return found if type(found) is int and 0 <= found <= _LARGEST else None


def owner_of(raw: Any) -> int | None:
    """The account in whose order a raw update stands, or nothing where it belongs to nobody."""
    if not isinstance(raw, dict):
        return None
    for kind in ALLOWED_UPDATES:
        part = raw.get(kind)
        if isinstance(part, dict):
            sender = part.get("from")
            found = sender.get("id") if isinstance(sender, dict) else None
            return found if type(found) is int and _SMALLEST <= found <= _LARGEST else None
    return None


Event = events.Event | events.AddedToGroup | Ignored


def translate(raw: dict[str, Any], bot: Bot) -> Event:
    """What a raw update means. Raises whatever python-telegram-bot raises for one that it cannot read."""
    update = Update.de_json(raw, bot)
    if update.message is not None:
        return _message(update.message, bot)
    if update.callback_query is not None:
        return _press(update.callback_query, bot)
    if update.edited_message is not None:
        message = update.edited_message
        if message.chat.type != ChatType.PRIVATE or message.from_user is None:
            return Ignored("group")
        return events.Edited(*_who(message.from_user, bot), message.message_id)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, bot)
    return Ignored("kind")


def _who(user: User, bot: Bot) -> tuple[int, int, str | None]:
    return bot.id, user.id, user.language_code


def _message(message: Message, bot: Bot) -> Event:
    if message.chat.type != ChatType.PRIVATE:
        # Somebody has added the bot to a group: it has no business there, whatever is said.
        if message.chat.type == ChatType.CHANNEL or message.left_chat_member is not None:
            return Ignored("group")
        return events.AddedToGroup(bot.id, message.chat.id)
    user = message.from_user
    if user is None or user.is_bot or message.sender_chat is not None or message.business_connection_id is not None:
        return Ignored("no sender")
    who = _who(user, bot)
    place = message.message_id
    if message.text is not None:
        second_hand = message.forward_origin is not None or message.via_bot is not None
        command = None if second_hand else _COMMAND.match(message.text)
        if command is not None:
            return events.Commanded(*who, place, command[1].lower(), command[2] or "")
        target = message.reply_to_message
        reply = target.message_id if target is not None else None
        claims = () if target is None else _claims(target)
        return events.Wrote(*who, place, message.text, _spans(message), reply, claims, second_hand)
    if message.contact is not None:
        own = message.contact.user_id == user.id and message.forward_origin is None and message.via_bot is None
        return events.SharedContact(*who, place, message.contact.phone_number, own)
    for kind in (
        "photo",
        "voice",
        "video",
        "video_note",
        "animation",
        "document",
        "audio",
        "sticker",
        "location",
        "poll",
    ):
        if getattr(message, kind):
            return events.SentOther(*who, place, kind)
    if message.effective_attachment is None and any(
        getattr(message, name, None)
        for name in (
            "pinned_message",
            "new_chat_members",
            "left_chat_member",
            "message_auto_delete_timer_changed",
            "write_access_allowed",
            "chat_background_set",
            "delete_chat_photo",
        )
    ):
        return Ignored("service")
    return events.SentOther(*who, place, "other")


def _claims(message: Message) -> tuple[str, ...]:
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    return tuple(button.callback_data for row in rows for button in row if isinstance(button.callback_data, str))


def _spans(message: Message) -> tuple[dict[str, Any], ...]:
    return tuple(
        {name: value for name in SPAN_FIELDS if (value := getattr(entity, name, None)) is not None}
        for entity in message.entities
        if entity.type in KEPT_SPANS
    )


def _press(query: CallbackQuery, bot: Bot) -> Event:
    message = query.message
    if message is not None and message.chat.type != ChatType.PRIVATE:
        return Ignored("group")
    place = message.message_id if message is not None else None
    return events.Pressed(*_who(query.from_user, bot), query.id, place, query.data or "")


def _membership(change: ChatMemberUpdated, bot: Bot) -> Event:
    status = change.new_chat_member.status
    if change.chat.type == ChatType.PRIVATE:
        who = _who(change.from_user, bot)
        return events.Blocked(*who) if status == ChatMemberStatus.BANNED else events.Unblocked(*who)
    if status in (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED):
        return events.AddedToGroup(bot.id, change.chat.id)
    return Ignored("group")
