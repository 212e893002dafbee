"""The Bot API's methods that a bot of ours may call, by their names in lower case, with the parameters they have.

Source: Telegram Bot API 10. Everything else is answered 404, as Telegram answers names that it does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.methods import albums, changes, chats, files, messages, places, settings, topics
from simulator.parameters import Values
from simulator.refusals import bad
from simulator.state import Bot, State

_SENT = (
    "chat_id message_thread_id business_connection_id direct_messages_topic_id disable_notification protect_content"
    " allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters reply_markup"
    " reply_to_message_id allow_sending_without_reply"
)
_CAPTION = "caption parse_mode caption_entities show_caption_above_media has_spoiler thumbnail"
_EDITED = "business_connection_id chat_id message_id inline_message_id reply_markup"
_MEDIA = "duration width height length performer title emoji cover start_timestamp supports_streaming"


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its name as Telegram writes it, what it does, the parameters it has."""

    name: str
    run: Callable[[State, Bot, Values], Any]
    known: frozenset[str]


def perform(method: Method, state: State, bot: Bot, values: Values) -> Any:
    """What the method answers. Raises Refused, also for parameters of a shape that no client of sound mind sends."""
    try:
        return method.run(state, bot, values)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise bad(f"can't parse the parameters of {method.name}: {error}") from error


def _table() -> dict[str, Method]:
    found: dict[str, Method] = {}

    def add(name: str, run: Callable[[State, Bot, Values], Any], known: str = "") -> None:
        found[name.lower()] = Method(name, run, frozenset(known.split()))

    add("getMe", chats.get_me)
    add(
        "sendMessage",
        messages.send_message,
        f"{_SENT} text parse_mode entities link_preview_options disable_web_page_preview",
    )
    add("copyMessage", messages.copy_message, f"{_SENT} {_CAPTION} from_chat_id message_id video_start_timestamp")
    add("forwardMessage", messages.forward_message, f"{_SENT} from_chat_id message_id video_start_timestamp")
    for kind in files.KINDS:
        name = f"send{kind.title().replace('_', '')}"
        known = f"{_SENT} {_CAPTION} {_MEDIA} {kind} disable_content_type_detection"
        add(name, files.send_file(kind), known)
    add("sendMediaGroup", albums.send_media_group, f"{_SENT} media")
    add("sendLocation", places.send_location, f"{_SENT} latitude longitude horizontal_accuracy live_period heading")
    add("sendVenue", places.send_venue, f"{_SENT} latitude longitude title address foursquare_id google_place_id")
    add("sendContact", places.send_contact, f"{_SENT} phone_number first_name last_name vcard")
    add(
        "sendPoll",
        places.send_poll,
        f"{_SENT} question options is_anonymous type allows_multiple_answers correct_option_id explanation",
    )
    add("getFile", files.get_file, "file_id")
    text = "text parse_mode entities link_preview_options disable_web_page_preview"
    add("editMessageText", changes.edit_message_text, f"{_EDITED} {text}")
    add("editMessageCaption", changes.edit_message_caption, f"{_EDITED} {_CAPTION}")
    add("editMessageMedia", albums.edit_message_media, f"{_EDITED} media")
    add("createForumTopic", topics.create_forum_topic, "chat_id name icon_color icon_custom_emoji_id")
    add("getChatMemberCount", topics.get_chat_member_count, "chat_id")
    add("editMessageReplyMarkup", changes.edit_reply_markup, _EDITED)
    add("deleteMessage", changes.delete_message, "chat_id message_id")
    add("deleteMessages", changes.delete_messages, "chat_id message_ids")
    add("answerCallbackQuery", changes.answer_callback_query, "callback_query_id text show_alert url cache_time")
    add("setMessageReaction", changes.set_message_reaction, "chat_id message_id reaction is_big")
    add("setMyCommands", settings.set_my_commands, "commands scope language_code")
    add("getMyCommands", settings.get_my_commands, "scope language_code")
    add("deleteMyCommands", settings.delete_my_commands, "scope language_code")
    for name, title, limit in (
        ("name", "Name", 64),
        ("description", "Description", 512),
        ("short_description", "ShortDescription", 120),
    ):
        add(f"setMy{title}", settings.set_described(name, limit), f"{name} language_code")
        add(f"getMy{title}", settings.get_described(name), "language_code")
    add("setChatMenuButton", settings.set_menu_button, "chat_id menu_button")
    add("getChatMenuButton", settings.get_menu_button, "chat_id")
    add("sendChatAction", chats.send_chat_action, "business_connection_id chat_id message_thread_id action")
    add("leaveChat", chats.leave_chat, "chat_id")
    add("getChat", chats.get_chat, "chat_id")
    return found


METHODS = _table()
