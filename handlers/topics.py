"""A mentor's workspace: each family a topic, in the private chat with the bot or in a group that only the two are in.

Whatever happens to a topic or a group, the conversation goes on in the plain chat; nothing waits for a topic.
"""

from __future__ import annotations

from typing import Any

import orjson

from handlers import say
from handlers.context import Context, Press, tell
from handlers.copies import relation_word
from handlers.incoming import AddedToGroup, Commanded, GroupMoved, LeftGroup
from handlers.outcome import Tried
from handlers.texts import words
from models import topics
from models.queues import Lane
from models.standing import Reach, families, line_of_thread, meet
from models.topics import ASKED, OFF, ON, Owner
from models.unit import Unit

MODES = ("private", "group")


def topic_for(unit: Unit, to: Reach, thread_id: int) -> tuple[int, int] | None:
    """Where a copy for this account belongs: its workspace and the thread, or nothing for the plain chat.

    The first copy of a thread has its topic made before it.
    """
    if to.workspace_id is None or to.room is None:
        return None
    if topics.wanted(unit, to.workspace_id, thread_id):
        _make(unit, to.bot_id, to.room, to.workspace_id, thread_id, to.language)
    return to.workspace_id, thread_id


def _make(unit: Unit, bot_id: int, room: int, workspace_id: int, thread_id: int, language: str) -> None:
    line = line_of_thread(unit, thread_id)
    name = words(language, "workspace.first")
    if line is not None:
        relation = relation_word(language, line.relation)
        name = words(language, "workspace.topic", child=line.pupil_name, relation=relation, group=line.school_class)
    unit.queue(
        answers=True,
        bot_id=bot_id,
        chat_id=room,
        kind=say.TOPIC,
        payload=say.topic(workspace_id, thread_id, name[:120]),
    )


# --- /workspace ---


def show(context: Context, _event: Commanded | None = None) -> None:
    """/workspace: whether families are topics, and where; the ways to change it."""
    own = topics.of_account(context.unit, context.who.account_id)
    on = own is not None and own.state == ON
    rows = [
        [context.button("button.workspace_private", "wsset", "private")],
        [context.button("button.workspace_group", "wsset", "group")],
    ]
    if on:
        rows.append([context.button("button.workspace_off", "wsset", "off")])
    key = "workspace.off" if own is None or not on else "workspace.on_group" if own.is_group else "workspace.on_private"
    context.toast()
    context.change(key, buttons=rows)


def choose(context: Context, mode: str) -> None:
    """Private topics are tried at once; a group has to be made by the mentor; off goes back to the plain chat."""
    context.toast()
    unit, who = context.unit, context.who
    if who.staff is None or not families(unit, who):
        context.change("families.none")
    elif mode == "private":
        workspace = topics.ask(unit, who, who.user_id, is_group=False)
        _try(unit, context.reach, workspace, who.user_id)
        context.change("workspace.trying")
    elif mode == "group":
        context.change("workspace.how_group")
    else:
        own = topics.of_account(unit, who.account_id)
        if own is not None:
            topics.set_state(unit, own.workspace_id, OFF)
            if own.is_group:
                leave(unit, who.bot_id, own.chat_id)
        context.change("workspace.now_off")


def _try(unit: Unit, reach: Reach, workspace_id: int, room: int) -> None:
    """Makes a first topic: the only sure way to learn whether topics work there."""
    name = words(reach.language, "workspace.first")
    unit.queue(
        answers=True,
        bot_id=reach.bot_id,
        chat_id=room,
        kind=say.TOPIC,
        payload=say.topic(workspace_id, 0, name),
        dedupe_key=f"ws:try:{workspace_id}:{unit.now_ms // 10_000}",
    )


# --- groups ---


def added(unit: Unit, event: AddedToGroup, language: str) -> None:
    """The bot is in a group, or somebody joined one or spoke there: it stays only in a mentor's own workspace."""
    owner = topics.of_room(unit, event.bot_id, event.chat_id)
    if owner is None:
        who = meet(unit, event.bot_id, event.user_id, language) if event.user_id is not None else None
        if who is None or who.staff is None or not event.is_forum or not families(unit, who):
            if who is not None and who.staff is not None and who.reachable and families(unit, who):
                # A mentor meant a workspace: without topics it can be none, and the mentor is told how.
                reach = Reach(who.bot_id, who.user_id, who.language, True)
                key = f"ws:notopics:{event.chat_id}:{unit.now_ms // 60_000}"
                tell(unit, reach, "workspace.no_topics", dedupe_key=key)
            leave(unit, event.bot_id, event.chat_id)
            return
        topics.ask(unit, who, event.chat_id, is_group=True)
    elif owner.state == OFF:
        if not event.joined or event.user_id != owner.reach.user_id:
            leave(unit, event.bot_id, event.chat_id)
            return
        topics.set_state(unit, owner.workspace_id, ASKED)  # let in again, or given the rights that it lacked
    _count(unit, event.bot_id, event.chat_id)


def _count(unit: Unit, bot_id: int, chat_id: int) -> None:
    unit.queue(answers=True, bot_id=bot_id, chat_id=chat_id, kind=say.COUNT, payload="{}")


def is_own(unit: Unit, bot_id: int, room: int, user_id: int) -> bool:
    """Whether this account speaks in its own workspace."""
    owner = topics.of_room(unit, bot_id, room)
    return owner is not None and owner.state != OFF and owner.reach.user_id == user_id


def leave(unit: Unit, bot_id: int, chat_id: int) -> None:
    """The bot has no business in that group."""
    unit.queue(
        answers=True,
        bot_id=bot_id,
        chat_id=chat_id,
        kind=say.LEAVE,
        payload="{}",
        dedupe_key=f"leave:{bot_id}:{chat_id}:{unit.now_ms // 60_000}",
    )


def left(unit: Unit, event: LeftGroup) -> None:
    """The bot was put out of a group."""
    owner = topics.of_room(unit, event.bot_id, event.chat_id)
    if owner is not None:
        _end(unit, owner, "workspace.group_gone")


def moved(unit: Unit, event: GroupMoved) -> None:
    """The group has another id from now on."""
    topics.moved(unit, event.bot_id, event.chat_id, event.new_chat_id)


def _end(unit: Unit, owner: Owner, key: str) -> None:
    if topics.set_state(unit, owner.workspace_id, OFF):
        tell(unit, owner.reach, key, dedupe_key=f"ws:{key}:{owner.workspace_id}:{unit.now_ms // 60_000}")


# --- what came of it ---


def counted(unit: Unit, tried: Tried, members: int) -> None:
    """How many are in the group: only the mentor and the bot may be."""
    owner = topics.of_room(unit, tried.bot_id, tried.chat_id)
    if owner is None:
        return
    if members != 2:
        _end(unit, owner, "workspace.not_alone")
        leave(unit, tried.bot_id, tried.chat_id)
    elif owner.state == ASKED:
        _try(unit, owner.reach, owner.workspace_id, owner.chat_id)


def topic_made(unit: Unit, tried: Tried, number: int) -> None:
    """A topic is there: the first one shows that the workspace works."""
    then = tried.payload["then"]
    owner = topics.by_id(unit, then["workspace"])
    if owner is None:
        return
    if then["thread"]:
        topics.made(unit, owner.workspace_id, then["thread"], number)
    if owner.state == ASKED and topics.set_state(unit, owner.workspace_id, ON):
        key = "workspace.on_group" if owner.is_group else "workspace.on_private"
        tell(unit, owner.reach, key, dedupe_key=f"ws:on:{owner.workspace_id}")


def refused(unit: Unit, tried: Tried, error: str) -> None:
    """A call about a topic or in a group was refused: the topic or the workspace ends, what was to be said is said anew."""
    owner = topics.of_room(unit, tried.bot_id, tried.chat_id)
    then = tried.payload.get("then") or {}
    if tried.kind == say.TOPIC:
        if owner is not None:
            _end(unit, owner, "workspace.cannot_group" if owner.is_group else "workspace.cannot_private")
        return
    if owner is not None and tried.kind != say.LEAVE:
        thread = then.get("thread")
        closed = any(word in error.lower() for word in ("topic", "thread"))
        if closed and thread:
            topics.made(unit, owner.workspace_id, thread, None)
        elif not closed:
            _end(unit, owner, "workspace.group_gone")
    fall_back(unit, tried)


def fall_back(unit: Unit, tried: Tried) -> None:
    """Says in the plain chat what was to stand in a topic."""
    if tried.kind not in (say.TEXT, say.MEDIA, say.ALBUM):
        return
    room = tried.payload.get("topic_of")
    owner = topics.by_id(unit, room[0]) if room else topics.of_room(unit, tried.bot_id, tried.chat_id)
    if owner is None:
        return
    payload: dict[str, Any] = {
        name: value for name, value in tried.payload.items() if name not in ("topic", "topic_of", "place_under")
    }
    if owner.is_group:
        payload.pop("reply_to", None)
    unit.queue(
        bot_id=tried.bot_id,
        chat_id=owner.reach.user_id,
        kind=tried.kind,
        lane=Lane.RELAY,
        payload=orjson.dumps(payload).decode(),
        message_id=tried.message_id,
    )


def fell_through(unit: Unit, tried: Tried, topic: int | None) -> None:
    """The messenger took it, but it does not stand in its topic: that topic is gone, later ones go to the plain chat."""
    room, wanted = tried.payload.get("topic_of"), tried.payload.get("topic")
    if room and wanted is not None and topic != wanted:
        topics.made(unit, room[0], room[1], None)


COMMANDS = {"workspace": show}
PRESSES = {"ws": Press(show), "wsset": Press(choose, (str,))}
