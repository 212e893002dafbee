"""Places, contact cards and polls."""

from __future__ import annotations

from typing import Any

from simulator.entities import measured
from simulator.html import units
from simulator.methods.chats import open_chat
from simulator.methods.markup import read_markup
from simulator.methods.messages import new_message, posted
from simulator.parameters import Values, listed, string, truth
from simulator.refusals import bad
from simulator.state import Bot, State

_QUESTION, _OPTION, _OPTIONS = 300, 100, 12


def _degrees(values: Values, name: str, most: float) -> float:
    try:
        found = float(values.get(name))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise bad(f"wrong {name} specified") from None
    if not -most <= found <= most:
        raise bad(f"wrong {name} specified")
    return found


def _location(values: Values) -> dict[str, float]:
    return {"latitude": _degrees(values, "latitude", 90), "longitude": _degrees(values, "longitude", 180)}


def _sent(state: State, bot: Bot, values: Values, kind: str, extra: dict[str, Any]) -> Any:
    markup = read_markup(values)
    chat = open_chat(state, bot, values)
    message = new_message(state, bot, chat, values, markup)
    message.kind = kind
    message.extra = {**message.extra, **extra}
    return posted(state, bot, chat, message, markup, values)


def send_location(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, sendLocation."""
    return _sent(state, bot, values, "location", {"location": _location(values)})


def send_venue(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, sendVenue."""
    title, address = string(values, "title"), string(values, "address")
    if not title:
        raise bad("title is empty")
    if not address:
        raise bad("address is empty")
    place = _location(values)
    return _sent(
        state,
        bot,
        values,
        "venue",
        {"location": place, "venue": {"location": place, "title": title, "address": address}},
    )


def send_contact(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, sendContact."""
    phone, name = string(values, "phone_number"), string(values, "first_name")
    if not phone:
        raise bad("phone_number is empty")
    if not name:
        raise bad("first_name is empty")
    card = {"phone_number": phone, "first_name": name}
    if values.get("last_name"):
        card["last_name"] = string(values, "last_name")
    return _sent(state, bot, values, "contact", {"contact": card})


def send_poll(state: State, bot: Bot, values: Values) -> Any:
    """Telegram Bot API, sendPoll."""
    question = string(values, "question")
    if not question:
        raise bad("poll question must be non-empty")
    measured(question, _QUESTION, "poll question length must not exceed 300")
    texts = [str(one.get("text") if isinstance(one, dict) else one) for one in listed(values, "options") or []]
    if len(texts) < 1:
        raise bad("poll must have at least 1 option")
    if len(texts) > _OPTIONS:
        raise bad(f"poll can't have more than {_OPTIONS} options")
    if any(not text or units(text) > _OPTION for text in texts):
        raise bad("poll options length must not exceed 100")
    poll = {
        "id": str(bot.next_message),
        "question": question,
        "options": [{"text": text, "voter_count": 0, "persistent_id": text} for text in texts],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": truth(values, "is_anonymous") if "is_anonymous" in values else True,
        "type": "regular",
        "allows_multiple_answers": truth(values, "allows_multiple_answers"),
        "allows_revoting": False,
        "members_only": False,
    }
    return _sent(state, bot, values, "poll", {"poll": poll})
