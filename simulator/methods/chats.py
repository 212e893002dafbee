"""Which chat and which message a call means, and the methods about chats themselves."""

from __future__ import annotations

from typing import Any

from simulator.messages import Message
from simulator.parameters import Values, number, string, truth
from simulator.refusals import bad, flood, forbidden
from simulator.state import Bot, Chat, Group, Person, State

_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def known_chat(state: State, bot: Bot, values: Values, name: str = "chat_id") -> Chat:
    """The chat of a call, whether one may write there or not. Raises Refused where the bot knows none."""
    raw = values.get(name)
    chat_id = raw if type(raw) is int else number(values, name)
    chat = bot.chats.get(chat_id)
    if chat is not None:
        return chat
    if raw is None or raw == "":
        raise bad(f"{name} is empty")
    person = state.people.get(chat_id)
    if person is None:
        raise bad("chat not found")
    return state.chat(bot, person)


def open_chat(state: State, bot: Bot, values: Values) -> Chat:
    """The chat of a call, if the bot may write there. Raises Refused with the reason where it may not."""
    chat = known_chat(state, bot, values)
    peer = chat.peer
    if isinstance(peer, Group):
        if chat.blocked:
            raise forbidden("bot is not a member of the supergroup chat")
        return chat
    if peer.deactivated:
        raise forbidden("user is deactivated")
    if not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    return chat


def within_limits(state: State, bot: Bot, chat: Chat, values: Values) -> None:
    """Counts a message against the flood limits. Raises Refused, 429, above them."""
    if state.limits.enforce:
        paid = truth(values, "allow_paid_broadcast")
        wait = state.limits.wait(bot.flow, chat.id, state.now(), paid=paid)
        if wait:
            raise flood(wait)


def own_message(chat: Chat, values: Values, missing: str, foreign: str) -> Message:
    """The bot's message that a call means. Raises Refused with these words."""
    if "message_id" not in values:
        raise bad("message identifier is not specified")
    message = chat.messages.get(number(values, "message_id"))
    if message is None:
        raise bad(missing)
    if not message.mine:
        raise bad(foreign)
    return message


def named(state: State, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entities with the people that they mention; mentions of nobody are dropped."""
    if not any(one["type"] == "text_mention" for one in spans):
        return spans
    found = []
    for one in spans:
        if one["type"] == "text_mention":
            person = state.people.get(number(one["user"], "id"))
            if person is None:
                continue
            one = {**one, "user": person.user()}  # noqa: PLW2901 - the same entity, told in full
        found.append(one)
    return found


def get_me(_state: State, bot: Bot, _values: Values) -> Any:
    """The bot itself."""
    return {
        **bot.user(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def get_chat(state: State, bot: Bot, values: Values) -> Any:
    """A chat, as ChatFullInfo."""
    chat = known_chat(state, bot, values)
    if isinstance(chat.peer, Person) and not chat.started:
        raise bad("chat not found")
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return {
        **chat.peer.chat(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def send_chat_action(state: State, bot: Bot, values: Values) -> Any:
    """Shows the page that the bot is writing."""
    if string(values, "action") not in _ACTIONS:
        raise bad("wrong parameter action in request")
    chat = open_chat(state, bot, values)
    state.tell({"type": "typing", "bot": bot.id, "person": chat.id})
    return True


def leave_chat(state: State, bot: Bot, values: Values) -> Any:
    """Leaves a group; the bot hears of its own leaving."""
    chat = known_chat(state, bot, values)
    if not isinstance(chat.peer, Group):
        raise bad("chat member status can't be changed in private chats")
    if chat.blocked:
        raise forbidden("bot is not a member of the supergroup chat")
    chat.blocked = True
    membership(state, bot, chat, by=bot.user(), old="member", new="left")
    return True


def membership(state: State, bot: Bot, chat: Chat, *, by: dict[str, Any], old: str, new: str) -> int | None:
    """Tells the bot that its own standing in a chat has changed. Answers the update's id."""

    def member(status: str) -> dict[str, Any]:
        return {"user": bot.user(), "status": status, **({"until_date": 0} if status == "kicked" else {})}

    content = {
        "chat": chat.peer.chat(),
        "from": by,
        "date": state.date(),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    }
    return state.queue(bot, "my_chat_member", chat.id, content)
