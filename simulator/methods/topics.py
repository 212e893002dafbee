"""Topics: in a private chat where the account has them on, and in a group that is a forum. And who is in a group.

`mode` of a chat: off, on, broken (every call with a topic is refused, as in May 2026 in all private chats), through (a
message for a topic that is gone lands in the chat itself, as measured).
"""

from __future__ import annotations

from typing import Any

from simulator.methods.chats import open_chat
from simulator.parameters import Values, number, string
from simulator.refusals import bad
from simulator.state import Bot, Chat, Group, State

_MISSING = "message thread not found"


def create_forum_topic(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, createForumTopic."""
    chat = open_chat(state, bot, values)
    name = string(values, "name")
    if chat.topic_mode in ("off", "broken"):
        raise bad("the chat is not a forum" if chat.topic_mode == "off" else _MISSING)
    if isinstance(chat.peer, Group) and not chat.peer.manages_topics:
        raise bad("not enough rights to create a topic")
    if not name or len(name) > 128:
        raise bad("topic name must be non-empty" if not name else "TOPIC_TITLE_TOO_LONG")
    thread_id = bot.next_message
    bot.next_message += 1
    chat.topics[thread_id] = {"name": name, "closed": False}
    state.touch(bot, chat, "topic")
    return {"message_thread_id": thread_id, "name": name, "icon_color": 7322096}


def place(chat: Chat, values: Values) -> dict[str, Any]:
    """The topic of a message that is sent: its fields, or a refusal."""
    if "message_thread_id" not in values:
        return {}
    thread_id = number(values, "message_thread_id")
    if chat.topic_mode in ("off", "broken"):
        raise bad(_MISSING)
    topic = chat.topics.get(thread_id)
    if topic is None:
        if chat.topic_mode == "through":
            return {}
        raise bad(_MISSING)
    if topic["closed"]:
        raise bad("TOPIC_CLOSED")
    return {"message_thread_id": thread_id, "is_topic_message": True}


def get_chat_member_count(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, getChatMemberCount."""
    chat = open_chat(state, bot, values)
    return chat.peer.members if isinstance(chat.peer, Group) else 2
