"""Files and places that people send, groups to which they add the bot, and every act by its name."""

from __future__ import annotations

import base64
from typing import Any

from simulator.acts import PRIVATE, Act, BadAct, deliver
from simulator.entities import CAPTION_LIMIT, normal, read_entities
from simulator.html import units
from simulator.messages import Message
from simulator.methods.chats import membership
from simulator.methods.files import KINDS, described, keep_file
from simulator.pages import open_page
from simulator.refusals import Refused
from simulator.state import Bot, Chat, Group, Person, State, as_message

_NAMES = {"document": "file.pdf", "photo": "photo.jpg", "voice": "voice.oga", "video": "video.mp4", "audio": "song.mp3"}
_PLACE = {"latitude": 32.2, "longitude": 119.4}
_OTHER: dict[str, Any] = {
    "location": _PLACE,
    "venue": {"location": _PLACE, "title": "学校", "address": "学府路1号"},
    "dice": {"emoji": "🎲", "value": 3},
    "poll": {
        "id": "1",
        "question": "?",
        "options": [{"text": one, "voter_count": 0, "persistent_id": one} for one in ("1", "2")],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    },
}
_GROUP = -1_000_000_001
_FILE_SIZE = 1000
"""Bytes of a file that nobody gave content."""


def act(state: State, raw: dict[str, Any]) -> dict[str, Any]:
    """Does one act. Answers the message and update that came of it. Raises BadAct."""
    bot = state.bot_by_id(raw.get("bot"))
    if bot is None:
        raise BadAct("no such bot; give its id where there are several")
    person = state.people.get(raw.get("person", 0))
    if person is None:
        raise BadAct(f"no such person: {raw.get('person')}")
    if person.deactivated:
        raise BadAct(f"{person.first_name} has no account any more")
    do = ACTS.get(str(raw.get("do")))
    if do is None:
        raise BadAct(f"unknown act {raw.get('do')!r}, known: {', '.join(sorted(ACTS))}")
    return do(state, bot, state.chat(bot, person), raw)


def _send(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    """A file, with `content` (text) or `content_base64` where that matters, a place, a poll ..."""
    kind = str(raw.get("kind"))
    extra: dict[str, Any]
    if kind in KINDS:
        content = bytes(_FILE_SIZE)
        if raw.get("content") is not None:
            content = str(raw["content"]).encode()
        elif raw.get("content_base64") is not None:
            content = base64.b64decode(raw["content_base64"])
        name = str(raw.get("file_name") or _NAMES.get(kind, f"{kind}.bin"))
        extra = {kind: described(keep_file(bot, kind, name, content))}
        if kind == "animation":
            extra["document"] = {name: extra[kind][name] for name in ("file_id", "file_unique_id", "file_size")}
    elif kind in _OTHER:
        extra = {kind: _OTHER[kind]}
        if kind == "venue":
            extra["location"] = _PLACE
    else:
        raise BadAct(f"unknown kind {kind!r}, known: {', '.join((*KINDS, *_OTHER))}")
    try:
        caption, spans = normal(str(raw.get("caption") or ""), read_entities(raw.get("caption_entities") or []))
    except Refused as refused:
        raise BadAct(refused.text) from refused
    if units(caption) > CAPTION_LIMIT:
        raise BadAct("a caption has at most 1024 characters")
    message = Message(0, False, state.date(), kind, caption=caption or None, entities=spans, extra=extra)
    return deliver(state, bot, chat, message, raw)


def _album(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    """Several pictures or files at once: an update each, with one media_group_id."""
    group = str(raw.get("media_group_id") or state.dice.getrandbits(60))
    ids = []
    answer: dict[str, Any] = {}
    for one in raw.get("pieces") or []:
        answer = _send(state, bot, chat, {**one, "media_group_id": group, "reply_to": raw.get("reply_to")})
        ids.append(answer["message_id"])
    if not ids:
        raise BadAct("an album needs pieces")
    return {**answer, "message_ids": ids}


def _topic_mode(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    """Topics of the private chat, or of `group`: off, on, broken, through; `delete` or `close` one by its id."""
    target = _group(state, bot, raw) if raw.get("group") else chat
    if raw.get("mode"):
        target.topic_mode = str(raw["mode"])
    if raw.get("delete"):
        target.topics.pop(int(raw["delete"]), None)
    if raw.get("close"):
        target.topics[int(raw["close"])]["closed"] = True
    state.touch(bot, target, "topic")
    return {
        "message_id": None,
        "update_id": None,
        "topics": {str(key): one["name"] for key, one in target.topics.items()},
    }


def _group(state: State, bot: Bot, raw: dict[str, Any]) -> Chat:
    group_id = int(raw.get("group") or _GROUP)
    if group_id >= 0:
        raise BadAct("the id of a group is below 0")
    found = bot.chats.get(group_id)
    return found or state.chat(bot, Group(group_id, str(raw.get("title") or "五年级2班家长群")))


def _add_to_group(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    """The bot hears that it is a member, and sees the service message."""
    group = _group(state, bot, raw)
    group.started, group.blocked = True, False
    if isinstance(group.peer, Group):
        group.peer.is_forum = bool(raw.get("forum"))
        group.peer.members = int(raw.get("members") or 2)
        group.peer.manages_topics = bool(raw.get("rights", True))
        group.topic_mode = "on" if raw.get("forum") else "off"
    by = chat.peer.user()  # type: ignore[union-attr]
    update_id = membership(state, bot, group, by=by, old="left", new="member")
    message = Message(bot.next_message, False, state.date(), "service", author=by)
    message.extra = {"new_chat_members": [bot.user()], "new_chat_member": bot.user()}
    bot.next_message += 1
    state.post(bot, group, message)
    state.queue(bot, "message", group.id, as_message(bot, group, message))
    return {"message_id": message.id, "update_id": update_id, "group": group.id}


def _remove_from_group(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    group = _group(state, bot, raw)
    if not group.started or group.blocked:
        raise BadAct("the bot is in no such group")
    group.blocked = True
    by = chat.peer.user()  # type: ignore[union-attr]
    update_id = membership(state, bot, group, by=by, old="member", new="kicked")
    return {"message_id": None, "update_id": update_id}


def _say_in_group(state: State, bot: Bot, chat: Chat, raw: dict[str, Any]) -> dict[str, Any]:
    """A text in a group. The bot sees all of them only where the act says `"privacy": false`."""
    group = _group(state, bot, raw)
    if not group.started or group.blocked:
        raise BadAct("the bot is in no such group")
    text, spans = normal(str(raw.get("text") or ""), [])
    author = chat.peer.user()  # type: ignore[union-attr]
    message = Message(bot.next_message, False, state.date(), text=text, entities=spans, author=author)
    bot.next_message += 1
    if raw.get("thread") is not None:
        message.extra = {"message_thread_id": int(raw["thread"]), "is_topic_message": True}
    state.post(bot, group, message)
    target = group.messages.get(int(raw.get("reply_to") or 0))
    if target is not None:
        message.reply_to = target.id
    command = any(one["type"] == "bot_command" for one in spans)
    seen = command or f"@{bot.username}" in text or (target is not None and target.mine) or raw.get("privacy") is False
    content = as_message(bot, group, message)
    return {"message_id": message.id, "update_id": state.queue(bot, "message", group.id, content) if seen else None}


ACTS: dict[str, Act] = {
    **PRIVATE,
    "send": _send,
    "album": _album,
    "topics": _topic_mode,
    "open_page": open_page,
    "add_to_group": _add_to_group,
    "remove_from_group": _remove_from_group,
    "say_in_group": _say_in_group,
}
"""Everything that people do, by name."""

_FIELDS = ("first_name", "last_name", "username", "language_code", "deactivated")


def add_people(state: State, people: list[dict[str, Any]]) -> None:
    """Adds people, or changes those who are there. Raises BadAct for somebody without an id."""
    for one in people:
        number = one.get("id")
        if type(number) is not int or number <= 0:
            raise BadAct(f"a person needs an id above 0, not {number!r}")
        known = state.people.get(number)
        if known is None:
            known = state.people[number] = Person(number, f"P{number}")
        for name in _FIELDS:
            if name in one and (name != "first_name" or one[name]):
                setattr(known, name, bool(one[name]) if name == "deactivated" else one[name])
        state.tell({"type": "person", "bot": None, "person": number})
