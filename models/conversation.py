"""What guardians and mentors write each other: the record of it, and where each message stands in the messenger."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from models.base import new_id
from models.standing import Line, Reach
from models.threads import Held, MessageState, Thread
from models.unit import Unit, sql

CARD = 900
"""The part of a copy that is a written note's card, a file behind it."""
HEADER = -1
"""The part of a copy that is its header alone, above what carries no caption."""


@dataclass(frozen=True, slots=True)
class Body:
    """A message as its writer wrote it. Spans are plain dicts {type, offset, length, …}, lengths in UTF-16 units.

    `media` are the pictures, files … of it as plain dicts (handlers/media.py); of one piece `text` is the caption, of
    an album each piece has its own.
    """

    text: str
    spans: tuple[dict[str, Any], ...] = ()
    media: tuple[dict[str, Any], ...] = ()
    quote: str | None = None
    about: str | None = None
    """What it answers that the other side has not in the chat, in words: a notice."""

    def to_json(self) -> str:
        """What is sealed."""
        whole: dict[str, Any] = {"t": self.text, "s": list(self.spans)}
        if self.media:
            whole["m"] = list(self.media)
        if self.quote:
            whole["q"] = self.quote
        if self.about:
            whole["a"] = self.about
        return json.dumps(whole, ensure_ascii=False)

    @staticmethod
    def from_json(raw: str) -> Body:
        """What was sealed."""
        found = json.loads(raw)
        return Body(found["t"], tuple(found["s"]), tuple(found.get("m", ())), found.get("q"), found.get("a"))


@dataclass(frozen=True, slots=True)
class Written:
    """A message that is in the record, and where it goes: to `to`, or it is held."""

    message_id: int
    thread_id: int
    to: Reach | None
    held: Held | None
    reply_place: int | None
    """Where the message that it answers stands in the other side's chat."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A message of the record."""

    message_id: int
    thread_id: int
    by_guardian: bool
    author_id: int | None
    kind: str
    body: Body
    reply_to_id: int | None
    state: MessageState
    held_for: Held | None
    due_at: int | None
    hurried: bool
    item_id: int | None
    item_by: str | None
    written_at: int
    edited_at: int | None


_INSERT_MESSAGE = sql(
    "INSERT INTO message (id, thread_id, by_guardian, author_id, kind, sealed_body, reply_to_id, state, held_for, due_at,"
    " hurried, item_id, item_by, written_at) VALUES (:id, :thread, :by_guardian, :author, :kind, :body, :reply_to, :state,"
    " :held_for, :due, :hurried, :item, :item_by, :now)"
)
_INSERT_PLACE = sql(
    "INSERT INTO place (bot_id, chat_id, place_id, thread_id, message_id, part, origin)"
    " VALUES (:bot, :chat, :place, :thread, :message, :part, :origin) ON CONFLICT DO NOTHING"
)
_GUARDIAN_WROTE = sql("UPDATE thread SET guardian_wrote_at = :now WHERE id = :thread")
_MENTOR_WROTE = sql("UPDATE thread SET mentor_wrote_at = :now WHERE id = :thread")


def other_end(line: Line, by_guardian: bool) -> tuple[Reach | None, Held | None]:
    """Who receives what is written on this line, and why it would have to wait."""
    if by_guardian and line.mentor_id is None:
        return None, Held.NO_MENTOR
    if by_guardian and line.substitute is not None and line.substitute.reachable:
        return line.substitute, None
    to = line.mentor if by_guardian else line.guardian
    if to is None or (not by_guardian and not line.confirmed):
        return None, Held.NOT_JOINED
    return (to, None) if to.reachable else (None, Held.UNREACHABLE)


def write(
    unit: Unit,
    line: Line,
    by_guardian: bool,
    body: Body,
    origin: tuple[int, int, Sequence[int]] | None,
    *,
    author_id: int,
    kind: str = "text",
    reply_to_id: int | None = None,
    hold: tuple[Held, int | None] | None = None,
    hurried: bool = False,
    item: tuple[int, str] | None = None,
) -> Written:
    """Puts a message into the record. `origin` is (bot, chat, places) of the writer's own message.

    `hold` keeps it back although the other side could be reached: why, and until when (milliseconds since 1970).
    `item` is the checklist item and who said so. The caller has checked that the writer is the line's guardian, mentor
    of today, or covers for the mentor.
    """
    thread_id = thread_of(unit, line)
    to, held = other_end(line, by_guardian)
    due = None
    if hold is not None and (held is None or hold[0] is Held.URGENT):
        to, (held, due) = None, hold
    message_id = new_id()
    unit.later(
        _INSERT_MESSAGE,
        id=message_id,
        thread=thread_id,
        by_guardian=by_guardian,
        author=author_id,
        kind=kind,
        body=unit.vault.seal("message", message_id, "body", body.to_json()),
        reply_to=reply_to_id,
        state=(MessageState.HELD if held else MessageState.QUEUED).value,
        held_for=None if held is None else held.value,
        due=due,
        hurried=hurried,
        item=None if item is None else item[0],
        item_by=None if item is None else item[1],
        now=unit.now_ms,
    )
    if origin is not None:
        bot_id, chat_id, places = origin
        for part, place in enumerate(places):
            mark_place(unit, bot_id, chat_id, place, thread_id, message_id, part, origin=True)
    unit.later(_GUARDIAN_WROTE if by_guardian else _MENTOR_WROTE, thread=thread_id, now=unit.now_ms)
    reply_place = None
    if reply_to_id is not None and to is not None:
        reply_place = place_of(unit, reply_to_id, to.bot_id, to.room or to.user_id)
    return Written(message_id, thread_id, to, held, reply_place)


_STORED = (
    "SELECT m.id, m.thread_id, m.by_guardian, m.author_id, m.kind, m.sealed_body, m.reply_to_id, m.state, m.held_for,"
    " m.due_at, m.hurried, m.item_id, m.item_by, m.written_at, m.edited_at FROM message m"
)
_LOAD = sql(f"{_STORED} WHERE m.id = :message")


def load(unit: Unit, message_id: int) -> Stored | None:
    """A message of the record, or nothing where there is none. Rights are the caller's to ask."""
    row = unit.execute(_LOAD, message=message_id).first()
    return None if row is None else stored(unit, row)


def stored(unit: Unit, r: Row[Any]) -> Stored:
    """A row of the table as a message; what was taken back has an empty body."""
    sealed = bytes(r.sealed_body)
    return Stored(
        message_id=r.id,
        thread_id=r.thread_id,
        by_guardian=bool(r.by_guardian),
        author_id=r.author_id,
        kind=r.kind,
        body=Body.from_json(unit.vault.open("message", r.id, "body", sealed)) if sealed else Body(""),
        reply_to_id=r.reply_to_id,
        state=MessageState(r.state),
        held_for=None if r.held_for is None else Held(r.held_for),
        due_at=r.due_at,
        hurried=bool(r.hurried),
        item_id=r.item_id,
        item_by=r.item_by,
        written_at=r.written_at,
        edited_at=r.edited_at,
    )


# --- places ---

_PLACE_OF = sql(
    "SELECT place_id FROM place WHERE message_id = :message AND bot_id = :bot AND chat_id = :chat"
    " ORDER BY part, place_id LIMIT 1"
)
_COPY_OF = sql(
    "SELECT place_id FROM place WHERE message_id = :message AND bot_id = :bot AND chat_id = :chat AND part = :part"
    " AND NOT origin ORDER BY place_id DESC LIMIT 1"
)
_ORIGIN_OF = sql(
    "SELECT chat_id, place_id FROM place WHERE message_id = :message AND origin ORDER BY part, place_id LIMIT 1"
)
_COPY_CHATS = sql(
    "SELECT DISTINCT bot_id, chat_id FROM place WHERE message_id = :message AND NOT origin"
    " UNION SELECT bot_id, chat_id FROM outbox WHERE message_id = :message"
    " AND state IN ('waiting', 'frozen', 'sending')"
)
_AT_PLACE = sql(
    "SELECT thread_id, message_id, part, origin FROM place WHERE bot_id = :bot AND chat_id = :chat AND place_id = :place"
)


@dataclass(frozen=True, slots=True)
class At:
    """What stands at a place of a chat."""

    thread_id: int
    message_id: int | None
    part: int | None
    origin: bool
    """It is the writer's own."""


def at_place(unit: Unit, bot_id: int, chat_id: int, place_id: int) -> At | None:
    """What stands at a place in a chat, or nothing where it is none of ours."""
    row = unit.execute(_AT_PLACE, bot=bot_id, chat=chat_id, place=place_id).first()
    return None if row is None else At(row.thread_id, row.message_id, row.part, bool(row.origin))


def place_of(unit: Unit, message_id: int, bot_id: int, chat_id: int) -> int | None:
    """Where a message stands in a chat: its first part, the writer's own or a copy."""
    row = unit.execute(_PLACE_OF, message=message_id, bot=bot_id, chat=chat_id).first()
    return None if row is None else int(row.place_id)


def origin_of(unit: Unit, message_id: int) -> tuple[int, int] | None:
    """Chat and place of the writer's own message."""
    row = unit.execute(_ORIGIN_OF, message=message_id).first()
    return None if row is None else (row.chat_id, row.place_id)


def copy_of(unit: Unit, message_id: int, bot_id: int, chat_id: int, part: int) -> int | None:
    """Where a part of the other side's copy stands."""
    row = unit.execute(_COPY_OF, message=message_id, bot=bot_id, chat=chat_id, part=part).first()
    return None if row is None else int(row.place_id)


def copy_chats(unit: Unit, message_id: int) -> list[tuple[int, int]]:
    """Bot and chat of each copy of a message, also of one that is on its way."""
    return [(row.bot_id, row.chat_id) for row in unit.execute(_COPY_CHATS, message=message_id)]


def mark_place(
    unit: Unit,
    bot_id: int,
    chat_id: int,
    place_id: int,
    thread_id: int,
    message_id: int | None,
    part: int | None = None,
    *,
    origin: bool = False,
) -> None:
    """Notes that what stands there belongs to this thread, so that a reply to it finds its way."""
    unit.later(
        _INSERT_PLACE,
        bot=bot_id,
        chat=chat_id,
        place=place_id,
        thread=thread_id,
        message=message_id,
        part=part,
        origin=origin,
    )


# --- threads ---

_NEW_THREAD = sql(
    "INSERT INTO thread (id, pupil_id, guardian_id, mentor_id) VALUES (:id, :pupil, :guardian, :mentor)"
    " ON CONFLICT DO NOTHING"
)
_THREAD_WITH = sql("SELECT id FROM thread WHERE pupil_id = :pupil AND guardian_id = :guardian AND mentor_id = :mentor")
_THREAD_WITHOUT = sql("SELECT id FROM thread WHERE pupil_id = :pupil AND guardian_id = :guardian AND mentor_id IS NULL")


def thread_of(unit: Unit, line: Line) -> int:
    """The line's thread; makes it where nothing was written yet."""
    if line.thread_id is not None:
        return line.thread_id
    unit.write(_NEW_THREAD, id=new_id(), pupil=line.pupil_id, guardian=line.guardian_id, mentor=line.mentor_id)
    if line.mentor_id is None:
        row = unit.execute(_THREAD_WITHOUT, pupil=line.pupil_id, guardian=line.guardian_id).one()
    else:
        row = unit.execute(_THREAD_WITH, pupil=line.pupil_id, guardian=line.guardian_id, mentor=line.mentor_id).one()
    return int(row.id)


def thread_row(unit: Unit, thread_id: int) -> Thread | None:
    """The thread itself, of today or of the past."""
    return unit.session.get(Thread, thread_id)


# --- what becomes of a message ---

_DELIVERED = sql("UPDATE message SET state = 'delivered' WHERE id = :message AND state = 'queued'")
_REFUSED = sql("UPDATE message SET state = 'refused' WHERE id = :message AND state = 'queued'")
_THREAD_OF = sql("SELECT thread_id, by_guardian FROM message WHERE id = :message")
_HOLD_BACK = sql(
    "UPDATE message SET state = 'held', held_for = :why, due_at = :due WHERE id = :message AND state IN ('queued', 'held')"
)
_KEEP_VERSION = sql(
    "INSERT INTO message_version (id, message_id, sealed_body, replaced_at) VALUES (:id, :message, :body, :now)"
)
_EDIT = sql("UPDATE message SET sealed_body = :body, kind = :kind, edited_at = :now WHERE id = :message")
_CANCEL = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = :why"
    " WHERE message_id = :message AND state IN ('waiting', 'frozen')"
)
_SOME_WENT = sql(
    "SELECT 1 FROM outbox WHERE message_id = :message AND state = 'sending'"
    " UNION SELECT 1 FROM place WHERE message_id = :message AND NOT origin"
)
_WIPE = sql("UPDATE message SET state = 'recalled', sealed_body = :empty, due_at = NULL WHERE id = :message")
_WIPE_VERSIONS = sql("DELETE FROM message_version WHERE message_id = :message")


def delivered(unit: Unit, message_id: int) -> None:
    """The other side has it."""
    unit.later(_DELIVERED, message=message_id)


def refused(unit: Unit, message_id: int) -> tuple[int, bool] | None:
    """The messenger will not take this message. Answers its thread and whether the guardian wrote it."""
    row = unit.execute(_THREAD_OF, message=message_id).first()
    if row is None or unit.write(_REFUSED, message=message_id) != 1:
        return None
    return row.thread_id, bool(row.by_guardian)


def hold_back(unit: Unit, message_id: int, why: Held, due_at: int | None = None) -> bool:
    """Keeps a message that has not been delivered, until `due_at` (milliseconds since 1970) or until it is released."""
    return unit.write(_HOLD_BACK, message=message_id, why=why.value, due=due_at) == 1


def edit(unit: Unit, message: Stored, body: Body, kind: str) -> None:
    """The message says something else from now on; what it said before is kept as a version."""
    old = unit.vault.seal("message_version", message.message_id, "body", message.body.to_json())
    unit.write(_KEEP_VERSION, id=new_id(), message=message.message_id, body=old, now=unit.now_ms)
    sealed = unit.vault.seal("message", message.message_id, "body", body.to_json())
    unit.write(_EDIT, message=message.message_id, body=sealed, kind=kind, now=unit.now_ms)


def call_back(unit: Unit, message_id: int) -> bool:
    """Stops what of a message has not gone out. True where the other side surely has nothing of it."""
    unit.write(_CANCEL, message=message_id, now=unit.now_ms, why="taken back")
    return unit.execute(_SOME_WENT, message=message_id).first() is None


def wipe(unit: Unit, message_id: int) -> None:
    """The message was taken back: its text and its versions go."""
    unit.write(_WIPE, message=message_id, empty=b"")
    unit.write(_WIPE_VERSIONS, message=message_id)
