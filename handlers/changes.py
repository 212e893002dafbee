"""Edits, reactions and recalls: what one side changes afterwards, the other side sees.

A change is a row behind the copy in the same chat's queue, and finds the copy's place when its turn comes; so one that
comes before the copy has gone out is not lost, and one that comes twice does no harm.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson

from handlers import copies, say, urgent
from handlers.context import Context, rich, tell
from handlers.copies import Copy, Part, relation_word
from handlers.incoming import Commanded, Edited, Reacted
from handlers.media import kind_of
from handlers.outcome import Tried
from handlers.texts import moment
from models import albums, choices, conversation
from models.base import from_ms
from models.conversation import HEADER, At, Body, Stored
from models.duties import forms, notes
from models.standing import Line, Reach, line_of_thread
from models.threads import MessageState
from models.unit import Unit, sql

RECALLABLE = timedelta(hours=48)
"""A bot can take back its own messages for 48 hours (Telegram Bot API, deleteMessage)."""
RECENT = 6
"""Own messages that /recall offers."""

SIGNS = frozenset(
    # As they stand in the Bot API's list of ReactionTypeEmoji, without variation selectors.
    [
        *"❤👍👎🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡",
        "❤\u200d🔥",
        "👨\u200d💻",
        "🤷\u200d♂",
        "🤷\u200d♀",
    ]
)
"""Reactions that a bot may use (Telegram Bot API, ReactionTypeEmoji)."""


def _copy(message: Stored, line: Line, to: Reach, zone: str, *, body: Body, edited_at: int | None) -> Copy:
    return Copy(
        line=line,
        by_guardian=message.by_guardian,
        author_id=message.author_id,
        thread_id=message.thread_id,
        message_id=message.message_id,
        body=body,
        to=to,
        item_id=message.item_id,
        edited_at=edited_at,
        hurried=message.hurried,
        zone=zone,
    )


def _receivers(unit: Unit, message: Stored, line: Line) -> list[tuple[Reach, int]]:
    """Who has a copy or is about to get one, and in which chat."""
    ends = [line.mentor, line.substitute] if message.by_guardian else [line.guardian]
    found = []
    for bot_id, chat_id in conversation.copy_chats(unit, message.message_id):
        for reach in ends:
            if reach is not None and reach.bot_id == bot_id and chat_id in (reach.user_id, reach.room):
                found.append((reach, chat_id))
                break
    return found


# --- edits ---


def edited(context: Context, event: Edited) -> None:
    """An edit of an own message: the other side's copy says the same, with a mark and the time."""
    unit, who = context.unit, context.who
    body = Body(event.text, event.spans, () if event.media is None else (event.media,))
    chat_id = event.chat_id or who.user_id
    at = conversation.at_place(unit, who.bot_id, chat_id, event.place_id)
    if at is None:
        if who.user_id not in unit.albums or not albums.amend(unit, who.bot_id, who.user_id, event.place_id, body):
            choices.amend(unit, who, event.place_id, body)
            _of_notice(context, event)
        return
    if at.message_id is None or not at.origin:
        return
    message = conversation.load(unit, at.message_id)
    if message is None or message.state is MessageState.RECALLED:
        return
    whole = _changed(message, at, body)
    if whole == message.body:
        return  # Telegram also tells of an edit where only a link's preview changed
    line = line_of_thread(unit, message.thread_id)
    if line is None or not line.belongs_to(who.person_ids) or message.state is MessageState.REFUSED:
        context.say("relay.edit_too_late", reply_to=event.place_id)
        return
    # An edit could carry what the rules would have held back in a new message.
    if urgent.edited(context, line, message, whole):
        return
    conversation.edit(unit, message, whole, kind_of(whole.media))
    for reach, receiver in _receivers(unit, message, line):
        _amend(unit, message, line, reach, receiver, whole, context.school.zone)


def _of_notice(context: Context, event: Edited) -> None:
    """While a notice is written, its author hears that the notice keeps the words as they were sent."""
    wanted = forms.asked(context.unit, context.who)
    if wanted is not None and wanted.kind == forms.NOTICE and event.chat_id is None:
        context.say(
            "nwrite.edited",
            buttons=[[context.button("button.nw_words", "nwwords", wanted.subject_id)]],
            reply_to=event.place_id,
        )


def _changed(message: Stored, at: At, body: Body) -> Body:
    """The whole message with its one part changed."""
    old = message.body
    if len(old.media) < 2:
        return replace(body, quote=old.quote, about=old.about)
    number = at.part or 0
    if number >= len(old.media):
        return old
    piece = body.media[0] if body.media else old.media[number]
    fresh = {**piece, "text": body.text, "spans": list(body.spans)}
    return replace(old, media=(*old.media[:number], fresh, *old.media[number + 1 :]))


def _amend(unit: Unit, message: Stored, line: Line, reach: Reach, chat_id: int, body: Body, zone: str) -> None:
    before = _copy(message, line, reach, zone, body=message.body, edited_at=message.edited_at)
    _make(unit, message, reach, chat_id, before, replace(before, body=body, edited_at=unit.now_ms))


def item_changed(unit: Unit, message: Stored, line: Line, item_id: int | None, zone: str) -> None:
    """A message is about something else: where that is need-to-know its copy is covered, or uncovered where it is not."""
    for reach, chat_id in _receivers(unit, message, line):
        before = _copy(message, line, reach, zone, body=message.body, edited_at=message.edited_at)
        _make(unit, message, reach, chat_id, before, replace(before, item_id=item_id))


def _make(unit: Unit, message: Stored, reach: Reach, chat_id: int, before: Copy, after: Copy) -> None:
    """Changes what differs between two forms of a copy."""
    _, old = copies.parts_of(unit, before)
    _, new = copies.parts_of(unit, after)
    buttons = copies.buttons_of(unit, after)
    with_buttons = _with_buttons(new)
    known = {part.number: part for part in old}
    for part in new:
        earlier = known.pop(part.number, None)
        if earlier == part:
            continue
        rows = buttons if part.number == with_buttons else ()
        if earlier is None:
            _more(unit, message, part, reach, chat_id, rows)
        elif part.piece is not None and part.rich is None:
            # A kind without a caption cannot be changed in its place: the new one follows it.
            _more(unit, message, part, reach, chat_id, rows)
        else:
            same = earlier.piece is not None and part.piece is not None and _same(earlier.piece, part.piece)
            what = "text" if part.piece is None else "caption" if same else "media"
            _queue(
                unit,
                chat_id,
                reach,
                say.AMEND,
                say.amend(
                    message.message_id,
                    part.number,
                    what,
                    part.rich or rich(""),
                    piece=part.piece if what == "media" else None,
                    buttons=rows,
                ),
                message.author_id if after.body.media else None,
            )
    for number in known:
        _queue(unit, chat_id, reach, say.ERASE, say.erase(message.message_id, number))


def _with_buttons(parts: list[Part]) -> int:
    if parts[0].number == HEADER:
        return HEADER
    return parts[-1].number


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in ("kind", "file", "spoiler"))


def _more(unit: Unit, message: Stored, part: Part, reach: Reach, chat_id: int, rows: say.Rows) -> None:
    then = {"thread": message.thread_id, "message": message.message_id, "parts": [part.number]}
    where = say.Where(under=(message.message_id, 0), silent=True)
    if part.piece is not None:
        payload, kind = say.media(part.piece, part.rich, buttons=rows, where=where, then=then), say.MEDIA
    else:
        payload, kind = say.text(part.rich or rich(""), buttons=rows, where=where, then=then), say.TEXT
    _queue(unit, chat_id, reach, kind, payload, message.author_id if part.piece is not None else None)


def _queue(unit: Unit, chat_id: int, reach: Reach, kind: str, payload: str, author_id: int | None = None) -> None:
    # A change of what the other side has is no new contact, but neither is it an answer to the other side's own act.
    unit.queue(bot_id=reach.bot_id, chat_id=chat_id, kind=kind, payload=payload, author_id=author_id)


def not_amended(unit: Unit, tried: Tried) -> None:
    """A copy can no longer be changed (it is gone or too old): what it says now is said below it."""
    payload = tried.payload
    message = conversation.load(unit, payload["of"][0])
    if message is None:
        return
    then = {"thread": message.thread_id, "message": message.message_id, "parts": [payload["of"][1]]}
    fresh: dict[str, Any] = {
        name: payload[name] for name in ("text", "spans", "buttons", "media") if payload.get(name) is not None
    }
    fresh["then"] = then
    if payload["what"] == "caption" and message.body.media:
        number = min(max(payload["of"][1], 0), len(message.body.media) - 1)
        fresh["media"] = message.body.media[number]
    kind = say.MEDIA if "media" in fresh else say.TEXT
    author_id = message.author_id if "media" in fresh else None
    again = orjson.dumps(fresh).decode()
    unit.queue(bot_id=tried.bot_id, chat_id=tried.chat_id, kind=kind, payload=again, author_id=author_id)


# --- reactions ---


def reacted(context: Context, event: Reacted) -> None:
    """A sign on a copy appears on the writer's own message, a sign on an own message on the other side's copy."""
    unit, who = context.unit, context.who
    at = conversation.at_place(unit, who.bot_id, event.chat_id or who.user_id, event.place_id)
    message = None if at is None or at.message_id is None else conversation.load(unit, at.message_id)
    line = None if message is None else line_of_thread(unit, message.thread_id)
    if at is None or message is None or line is None or not line.belongs_to(who.person_ids):
        return
    sign = next((one for one in event.signs if one.replace("\ufe0f", "") in SIGNS), "")
    if at.origin:
        for reach, chat_id in _receivers(unit, message, line):
            payload = say.sign_on_copy(message.message_id, at.part or 0, sign)
            unit.queue(bot_id=reach.bot_id, chat_id=chat_id, kind=say.REACT, payload=payload)
        return
    origin = conversation.origin_of(unit, message.message_id)
    if origin is None:
        return
    payload = say.react(origin[1], sign or say.DELIVERED_SIGN)
    unit.queue(bot_id=who.bot_id, chat_id=origin[0], kind=say.REACT, payload=payload)


# --- recall ---


def recall(context: Context, event: Commanded) -> None:
    """/recall as an answer to an own message takes it back; alone it offers the latest ones."""
    unit, who = context.unit, context.who
    if event.reply_to is not None:
        at = conversation.at_place(unit, who.bot_id, who.user_id, event.reply_to)
        if at is not None and at.message_id is not None and at.origin:
            _take_back(context, at.message_id)
        else:
            context.say("recall.not_own", reply_to=event.place_id)
        return
    rows = []
    for message in _recent(unit, who.person_ids, unit.now_ms - int(RECALLABLE.total_seconds() * 1000)):
        line = line_of_thread(unit, message.thread_id)
        if line is None or not line.belongs_to(who.person_ids):
            continue
        at_ = moment(context.language, from_ms(message.written_at), context.school.zone)[-5:]
        start = message.body.text or context.words(f"kind.{message.kind}")
        label = f"{at_} {line.pupil_name} · {' '.join(start.split())}"
        rows.append([context.named(label if len(label) <= 40 else f"{label[:39]}…", "recall", message.message_id)])
    context.say("recall.which" if rows else "recall.none", buttons=rows)


_RECENT = (
    "SELECT m.id FROM message m WHERE m.author_id = :person AND m.written_at > :after AND m.state IN"
    " ('queued', 'delivered', 'held') ORDER BY m.id DESC LIMIT :most"
)
_RECENT_SQL = sql(_RECENT)


def _recent(unit: Unit, person_ids: list[int], after: int) -> list[Stored]:
    ids = sorted(
        (row.id for person in person_ids for row in unit.execute(_RECENT_SQL, person=person, after=after, most=RECENT)),
        reverse=True,
    )[:RECENT]
    found = [conversation.load(unit, one) for one in ids]
    return [one for one in found if one is not None]


def take_back(context: Context, message_id: int) -> None:
    """'Take back' under a receipt or in the list."""
    context.toast()
    _take_back(context, message_id)


def _take_back(context: Context, message_id: int) -> None:
    unit, who = context.unit, context.who
    message = conversation.load(unit, message_id)
    mine = message is not None and message.author_id in who.person_ids
    line = None if message is None or not mine else line_of_thread(unit, message.thread_id)
    if message is None or line is None or not line.belongs_to(who.person_ids):
        context.say("recall.not_own")
        return
    if message.state is MessageState.RECALLED:
        context.say("recall.already")
        return
    if message.held_for is not None and message.held_for.value == "urgent":
        context.say("recall.with_people")
        return
    since = max(message.written_at, message.due_at or 0)
    if unit.now_ms - since > RECALLABLE.total_seconds() * 1000:
        context.say("recall.too_old")
        return
    receivers = _receivers(unit, message, line)
    if conversation.call_back(unit, message_id):
        conversation.wipe(unit, message_id)
        notes.taken_back(unit, message_id)
        context.say("recall.done_before")
        return
    for reach, chat_id in receivers:
        copy = _copy(message, line, reach, context.school.zone, body=message.body, edited_at=message.edited_at)
        numbers = [part.number for part in copies.parts_of(unit, copy)[1]]
        if notes.has_card(unit, message_id):
            numbers.insert(0, conversation.CARD)
        for number in numbers:
            then = None
            if number == numbers[-1]:
                then = {"erased": message_id, "by": [who.bot_id, who.user_id], "language": who.language}
            unit.queue(
                bot_id=reach.bot_id,
                chat_id=chat_id,
                kind=say.ERASE,
                payload=say.erase(message_id, number, then=then),
                dedupe_key=f"erase:{message_id}:{number}:{chat_id}:{unit.now_ms // 60_000}",
            )


def erased(unit: Unit, tried: Tried) -> None:
    """The last part of a copy is gone: both sides are told, once."""
    then = tried.payload.get("then")
    message = None if then is None else conversation.load(unit, then["erased"])
    if then is None or message is None or message.state is MessageState.RECALLED:
        return
    conversation.wipe(unit, message.message_id)
    notes.taken_back(unit, message.message_id)
    line = line_of_thread(unit, message.thread_id)
    writer = Reach(then["by"][0], then["by"][1], then["language"], True)
    tell(unit, writer, "recall.done", dedupe_key=f"recall:{message.message_id}:writer", answers=True)
    if line is None:
        return
    other = line.guardian
    if message.by_guardian:
        other = line.mentor
        if line.substitute is not None and line.substitute.user_id == tried.chat_id:
            other = line.substitute
    if other is not None:
        tell(
            unit,
            other,
            "recall.told_mentor" if message.by_guardian else "recall.told_guardian",
            dedupe_key=f"recall:{message.message_id}:other",
            child=line.pupil_name,
            mentor=line.mentor_name or "",
            relation=relation_word(other.language, line.relation),
        )


def not_erased(unit: Unit, tried: Tried) -> None:
    """A copy can no longer be taken away: its writer is told so."""
    then = tried.payload.get("then")
    if then is None:
        return
    writer = Reach(then["by"][0], then["by"][1], then["language"], True)
    tell(unit, writer, "recall.too_old", dedupe_key=f"recall:{then['erased']}:late", answers=True)
