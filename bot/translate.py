"""A Telegram update in our own words (handlers/incoming.py). The only place that reads Telegram's shapes."""

from __future__ import annotations

import re
from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType

from handlers import incoming
from handlers.incoming import Ignored

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

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "message_reaction"]
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
            sender = part.get("from") or part.get("user")
            found = sender.get("id") if isinstance(sender, dict) else None
            return found if type(found) is int and _SMALLEST <= found <= _LARGEST else None
    return None


Event = incoming.Event | incoming.AddedToGroup | incoming.LeftGroup | incoming.GroupMoved | Ignored


def translate(raw: dict[str, Any], bot: Bot) -> Event:
    """What a raw update means. Raises whatever python-telegram-bot raises for one that it cannot read."""
    plain = _plain(raw, bot.id)
    if plain is not None:
        return plain
    update = Update.de_json(raw, bot)
    if update.message is not None:
        return _message(update.message, bot)
    if update.callback_query is not None:
        return _press(update.callback_query, bot)
    if update.edited_message is not None:
        return _edited(update.edited_message, bot)
    if update.message_reaction is not None:
        return _reaction(update.message_reaction, bot)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, bot)
    return Ignored("kind")


# --- nine of ten updates: a text in a private chat and nothing else. Read straight from the dict, four times faster ---

_PLAIN = frozenset({"message_id", "from", "chat", "date", "text"})


def _plain(raw: dict[str, Any], bot_id: int) -> incoming.Event | None:
    """The event of a plain text; nothing where anything at all is unusual, then python-telegram-bot reads it."""
    message = raw.get("message")
    if len(raw) != 2 or type(message) is not dict or message.keys() != _PLAIN:
        return None
    user, chat, place, text = message["from"], message["chat"], message["message_id"], message["text"]
    if type(user) is not dict or type(chat) is not dict or type(place) is not int or type(text) is not str:
        return None
    user_id, code = user.get("id"), user.get("language_code")
    if (
        chat.get("type") != "private"
        or user.get("is_bot") is not False
        or type(user_id) is not int
        or chat.get("id") != user_id
        or not (code is None or type(code) is str)
    ):
        return None
    command = _COMMAND.match(text) if text[:1] == "/" else None
    if command is not None:
        return incoming.Commanded(bot_id, user_id, code, place, command[1].lower(), command[2] or "")
    return incoming.Wrote(bot_id, user_id, code, place, text, (), None)


def _who(user: User, bot: Bot) -> tuple[int, int, str | None]:
    return bot.id, user.id, user.language_code


def _message(message: Message, bot: Bot) -> Event:
    group = None
    if message.chat.type != ChatType.PRIVATE:
        if message.migrate_to_chat_id is not None:
            return incoming.GroupMoved(bot.id, message.chat.id, message.migrate_to_chat_id)
        if message.new_chat_members and message.from_user is not None:
            return incoming.AddedToGroup(bot.id, message.chat.id, message.from_user.id, bool(message.chat.is_forum))
        if message.chat.type == ChatType.CHANNEL or message.left_chat_member is not None or _is_service(message):
            return Ignored("group")
        group = message.chat.id
    user = message.from_user
    if user is None or user.is_bot or message.sender_chat is not None or message.business_connection_id is not None:
        return Ignored("no sender")
    who = _who(user, bot)
    place = message.message_id
    topic = message.message_thread_id if message.is_topic_message else None
    second_hand = message.forward_origin is not None or message.via_bot is not None
    if message.text is not None:
        command = None if second_hand else _COMMAND.match(message.text)
        if command is not None:
            if group is not None:
                return Ignored("command in a group")
            target = message.reply_to_message
            answers = target.message_id if target is not None else None
            return incoming.Commanded(*who, place, command[1].lower(), command[2] or "", answers)
    target = message.reply_to_message
    if target is not None and topic is not None and target.message_id == topic:
        target = None  # in a topic everything answers the message that opened it
    reply = target.message_id if target is not None else None
    media = _media(message)
    if message.contact is not None and media is not None:
        own = message.contact.user_id == user.id and not second_hand
        return incoming.SharedContact(*who, place, message.contact.phone_number, own, media, reply, group, topic)
    if message.text is None and media is None and message.dice is None:
        if _is_service(message):
            return Ignored("service")
        return incoming.SentOther(*who, place, _other(message), group, topic)
    text, entities = message.text, message.entities
    if text is None:
        text, entities = message.caption or "", message.caption_entities
    if message.dice is not None:
        text = f"{message.dice.emoji} {message.dice.value}"
    quote = message.quote.text if message.quote is not None and message.quote.is_manual else None
    return incoming.Wrote(
        *who,
        place,
        text,
        _spans(entities),
        reply,
        () if target is None else _claims(target),
        second_hand,
        media,
        message.media_group_id if media is not None else None,
        quote,
        group,
        topic,
    )


_FILES = ("voice", "video_note", "video", "animation", "document", "audio", "sticker")
_UNSENDABLE = ("story", "game", "invoice", "paid_media", "giveaway", "giveaway_winners", "checklist")


def _media(message: Message) -> dict[str, Any] | None:
    """What the message shows, as a plain dict with all that is needed to send it again."""
    if message.paid_media is not None or message.story is not None:
        return None
    if message.photo:
        return _file("photo", message.photo[-1].file_id, message)
    if message.animation is not None:  # comes with a document of the same file
        return _file("animation", message.animation.file_id, message)
    for kind in _FILES:
        found = getattr(message, kind)
        if found is not None:
            return _file(kind, found.file_id, message)
    if message.venue is not None:
        venue = message.venue
        return {
            "kind": "venue",
            "latitude": venue.location.latitude,
            "longitude": venue.location.longitude,
            "title": venue.title,
            "address": venue.address,
        }
    if message.location is not None:
        place = message.location
        return {"kind": "location", "latitude": place.latitude, "longitude": place.longitude}
    if message.contact is not None:
        card = message.contact
        found = {"kind": "contact", "phone_number": card.phone_number, "first_name": card.first_name}
        return found if card.last_name is None else {**found, "last_name": card.last_name}
    if message.poll is not None:
        return {
            "kind": "poll",
            "question": message.poll.question,
            "options": [option.text for option in message.poll.options],
            "multiple": message.poll.allows_multiple_answers,
        }
    return None


def _file(kind: str, file_id: str, message: Message) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": kind, "file": file_id}
    if message.has_media_spoiler:
        found["spoiler"] = True
    return found


def _other(message: Message) -> str:
    return next((kind for kind in _UNSENDABLE if getattr(message, kind, None) is not None), "other")


_SERVICE = (
    "pinned_message",
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "new_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "migrate_from_chat_id",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "chat_background_set",
    "delete_chat_photo",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "boost_added",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_scheduled",
    "video_chat_participants_invited",
    "users_shared",
    "chat_shared",
    "connected_website",
    "passport_data",
    "proximity_alert_triggered",
    "refunded_payment",
    "successful_payment",
    "web_app_data",
)


def _is_service(message: Message) -> bool:
    return message.text is None and any(getattr(message, name, None) for name in _SERVICE)


def _claims(message: Message) -> tuple[str, ...]:
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    return tuple(button.callback_data for row in rows for button in row if isinstance(button.callback_data, str))


def _spans(entities: Any) -> tuple[dict[str, Any], ...]:
    return tuple(
        {name: value for name in SPAN_FIELDS if (value := getattr(entity, name, None)) is not None}
        for entity in entities
        if entity.type in KEPT_SPANS
    )


def _edited(message: Message, bot: Bot) -> Event:
    private = message.chat.type == ChatType.PRIVATE
    user = message.from_user
    if user is None or user.is_bot or message.sender_chat is not None:
        return Ignored("no sender")
    media = _media(message)
    if media is not None and media["kind"] == "location":
        return Ignored("moving location")  # a live location is an edit every few seconds
    text, entities = message.text, message.entities
    if text is None:
        text, entities = message.caption or "", message.caption_entities
    group = None if private else message.chat.id
    return incoming.Edited(*_who(user, bot), message.message_id, text, _spans(entities), media, group)


def _reaction(change: MessageReactionUpdated, bot: Bot) -> Event:
    if change.user is None or change.user.is_bot:
        return Ignored("no sender")
    signs = tuple(one.emoji for one in change.new_reaction if isinstance(one, ReactionTypeEmoji))
    group = None if change.chat.type == ChatType.PRIVATE else change.chat.id
    return incoming.Reacted(*_who(change.user, bot), change.message_id, signs, group)


def _press(query: CallbackQuery, bot: Bot) -> Event:
    message = query.message
    group = message.chat.id if message is not None and message.chat.type != ChatType.PRIVATE else None
    place = message.message_id if message is not None else None
    return incoming.Pressed(*_who(query.from_user, bot), query.id, place, query.data or "", group)


def _membership(change: ChatMemberUpdated, bot: Bot) -> Event:
    status = change.new_chat_member.status
    if change.chat.type == ChatType.PRIVATE:
        who = _who(change.from_user, bot)
        return incoming.Blocked(*who) if status == ChatMemberStatus.BANNED else incoming.Unblocked(*who)
    if status in (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED):
        chat = change.chat
        return incoming.AddedToGroup(bot.id, chat.id, change.from_user.id, bool(chat.is_forum), joined=True)
    return incoming.LeftGroup(bot.id, change.chat.id)
