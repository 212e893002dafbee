"""What guardians and mentors write each other: where a message belongs, what became of it, what waits and for whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import select

from models.base import new_id
from models.standing import Line, Reach, Standing, line_of_pupil
from models.threads import Choice, Draft, MessageState, Thread
from models.unit import Unit, sql

ANSWERING = timedelta(minutes=30)
"""How long 'Answer' waits for the text before a bare text is asked about again."""


class Held(StrEnum):
    """Why a message waits instead of going out."""

    NO_MENTOR = "no_mentor"
    NOT_JOINED = "not_joined"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Body:
    """A text as its writer wrote it. Spans are plain dicts {type, offset, length, …}, lengths in UTF-16 units."""

    text: str
    spans: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> str:
        """What is sealed."""
        return json.dumps({"t": self.text, "s": list(self.spans)}, ensure_ascii=False)

    @staticmethod
    def from_json(raw: str) -> Body:
        """What was sealed."""
        found = json.loads(raw)
        return Body(found["t"], tuple(found["s"]))


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
class Waiting:
    """A message that was held and can go out now."""

    message_id: int
    line: Line
    by_guardian: bool
    body: Body
    to: Reach
    origin: tuple[int, int] | None
    """Chat and place of the writer's own message."""
    reply_place: int | None


_INSERT_MESSAGE = sql(
    "INSERT INTO message (id, thread_id, by_guardian, sealed_body, reply_to_id, state, written_at)"
    " VALUES (:id, :thread, :by_guardian, :body, :reply_to, :state, :now)"
)
_INSERT_PLACE = sql(
    "INSERT INTO place (bot_id, chat_id, place_id, thread_id, message_id)"
    " VALUES (:bot, :chat, :place, :thread, :message) ON CONFLICT DO NOTHING"
)
_GUARDIAN_WROTE = sql("UPDATE thread SET guardian_wrote_at = :now WHERE id = :thread")
_MENTOR_WROTE = sql("UPDATE thread SET mentor_wrote_at = :now WHERE id = :thread")
_OTHER_PLACE = sql(
    "SELECT place_id FROM place WHERE message_id = :message AND bot_id = :bot AND chat_id = :chat"
    " ORDER BY place_id LIMIT 1"
)


def other_end(line: Line, by_guardian: bool) -> tuple[Reach | None, Held | None]:
    """Who receives what is written on this line, and why it would have to wait."""
    if by_guardian and line.mentor_id is None:
        return None, Held.NO_MENTOR
    to = line.mentor if by_guardian else line.guardian
    if to is None or (not by_guardian and not line.confirmed):
        return None, Held.NOT_JOINED
    return (to, None) if to.reachable else (None, Held.UNREACHABLE)


def write(
    unit: Unit,
    line: Line,
    by_guardian: bool,
    body: Body,
    origin: tuple[int, int, int] | None,
    reply_to_id: int | None = None,
) -> Written:
    """Puts a message into the record. `origin` is (bot, chat, place) of the writer's own message.

    The caller has checked that the writer is the line's guardian or mentor of today.
    """
    thread_id = line.thread_id or _thread(unit, line)
    to, held = other_end(line, by_guardian)
    message_id = new_id()
    state = MessageState.HELD if held else MessageState.QUEUED
    unit.later(
        _INSERT_MESSAGE,
        id=message_id,
        thread=thread_id,
        by_guardian=by_guardian,
        body=unit.vault.seal("message", message_id, "body", body.to_json()),
        reply_to=reply_to_id,
        state=state.value,
        now=unit.now_ms,
    )
    if origin is not None:
        mark_place(unit, origin[0], origin[1], origin[2], thread_id, message_id)
    unit.later(_GUARDIAN_WROTE if by_guardian else _MENTOR_WROTE, thread=thread_id, now=unit.now_ms)
    reply_place = None
    if reply_to_id is not None and to is not None:
        reply_place = place_of(unit, reply_to_id, to)
    return Written(message_id, thread_id, to, held, reply_place)


def place_of(unit: Unit, message_id: int, reach: Reach) -> int | None:
    """Where a message stands in someone's chat."""
    row = unit.execute(_OTHER_PLACE, message=message_id, bot=reach.bot_id, chat=reach.user_id).first()
    return None if row is None else int(row.place_id)


def mark_place(unit: Unit, bot_id: int, chat_id: int, place_id: int, thread_id: int, message_id: int | None) -> None:
    """Notes that what stands there belongs to this thread, so that a reply to it finds its way."""
    unit.later(_INSERT_PLACE, bot=bot_id, chat=chat_id, place=place_id, thread=thread_id, message=message_id)


def _thread(unit: Unit, line: Line) -> int:
    unit.write(_NEW_THREAD, id=new_id(), pupil=line.pupil_id, guardian=line.guardian_id, mentor=line.mentor_id)
    if line.mentor_id is None:
        row = unit.execute(_THREAD_WITHOUT, pupil=line.pupil_id, guardian=line.guardian_id).one()
    else:
        row = unit.execute(_THREAD_WITH, pupil=line.pupil_id, guardian=line.guardian_id, mentor=line.mentor_id).one()
    return int(row.id)


_NEW_THREAD = sql(
    "INSERT INTO thread (id, pupil_id, guardian_id, mentor_id) VALUES (:id, :pupil, :guardian, :mentor)"
    " ON CONFLICT DO NOTHING"
)
_THREAD_WITH = sql("SELECT id FROM thread WHERE pupil_id = :pupil AND guardian_id = :guardian AND mentor_id = :mentor")
_THREAD_WITHOUT = sql("SELECT id FROM thread WHERE pupil_id = :pupil AND guardian_id = :guardian AND mentor_id IS NULL")

_AT_PLACE = sql("SELECT thread_id, message_id FROM place WHERE bot_id = :bot AND chat_id = :chat AND place_id = :place")


def at_place(unit: Unit, bot_id: int, chat_id: int, place_id: int) -> tuple[int, int | None] | None:
    """Thread and message of what stands at a place in a chat, or nothing where it is none of ours."""
    row = unit.execute(_AT_PLACE, bot=bot_id, chat=chat_id, place=place_id).first()
    return None if row is None else (row.thread_id, row.message_id)


_DELIVERED = sql("UPDATE message SET state = 'delivered' WHERE id = :message AND state = 'queued'")


def delivered(unit: Unit, bot_id: int, chat_id: int, place_id: int, thread_id: int, message_id: int) -> None:
    """The other side has it, at that place of that chat."""
    mark_place(unit, bot_id, chat_id, place_id, thread_id, message_id)
    unit.later(_DELIVERED, message=message_id)


_REFUSED = sql("UPDATE message SET state = 'refused' WHERE id = :message AND state = 'queued'")


def refused(unit: Unit, message_id: int) -> tuple[int, bool] | None:
    """The messenger will not take this message. Answers its thread and whether the guardian wrote it."""
    row = unit.execute(_THREAD_OF, message=message_id).first()
    if row is None or unit.write(_REFUSED, message=message_id) != 1:
        return None
    return row.thread_id, bool(row.by_guardian)


# --- who cannot be reached, and who can be again ---

_UNREACHABLE = sql("UPDATE account SET reachable = :no WHERE bot_id = :bot AND user_id = :user")
_WAITING_ROWS = sql(
    "SELECT o.message_id, m.thread_id, m.by_guardian FROM outbox o JOIN message m ON m.id = o.message_id"
    " WHERE o.bot_id = :bot AND o.chat_id = :chat AND o.state = 'waiting' ORDER BY o.id"
)
_CANCEL_ROWS = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = :why"
    " WHERE bot_id = :bot AND chat_id = :chat AND state = 'waiting'"
)
_HOLD = sql("UPDATE message SET state = 'held' WHERE id = :message AND state = 'queued'")
_THREAD_OF = sql("SELECT thread_id, by_guardian FROM message WHERE id = :message")


def unreachable(unit: Unit, bot_id: int, user_id: int, refused: int | None) -> dict[int, bool]:
    """This account refuses our messages: nothing more is sent there, and messages to it are held.

    `refused` is the message whose sending found it out. Answers the threads whose writers have to be told, each with
    whether the guardian is the writer.
    """
    unit.write(_UNREACHABLE, no=False, bot=bot_id, user=user_id)
    return stop_sending(unit, bot_id, user_id, refused, "unreachable")


def stop_sending(
    unit: Unit, bot_id: int, user_id: int, refused: int | None = None, why: str = "left"
) -> dict[int, bool]:
    """Cancels all that waits for a chat; messages of people among it are held. Answers as `unreachable`."""
    threads: dict[int, bool] = {}
    if refused is not None:
        row = unit.execute(_THREAD_OF, message=refused).first()
        if row is not None:
            threads[row.thread_id] = bool(row.by_guardian)
            unit.write(_HOLD, message=refused)
    for row in unit.execute(_WAITING_ROWS, bot=bot_id, chat=user_id).all():
        threads[row.thread_id] = bool(row.by_guardian)
        unit.write(_HOLD, message=row.message_id)
    unit.write(_CANCEL_ROWS, bot=bot_id, chat=user_id, now=unit.now_ms, why=why)
    return threads


_REACHABLE = sql("UPDATE account SET reachable = :yes WHERE bot_id = :bot AND user_id = :user AND reachable = :no")


def reachable_again(unit: Unit, bot_id: int, user_id: int) -> bool:
    """The account speaks again. True where it could not be reached before."""
    return unit.write(_REACHABLE, yes=True, no=False, bot=bot_id, user=user_id) == 1


_HELD_FOR = text(
    "SELECT m.id, m.by_guardian, m.sealed_body, m.reply_to_id, t.pupil_id, t.guardian_id"
    " FROM message m JOIN thread t ON t.id = m.thread_id WHERE m.state = 'held'"
    " AND ((m.by_guardian = :yes AND t.mentor_id IN :people) OR (m.by_guardian = :no AND t.guardian_id IN :people))"
    " ORDER BY m.id"
).bindparams(bindparam("people", expanding=True))
_RELEASE = sql("UPDATE message SET state = 'queued' WHERE id = :message AND state = 'held'")
_ORIGIN = sql(
    "SELECT chat_id, place_id FROM place WHERE message_id = :message AND chat_id <> :other ORDER BY place_id LIMIT 1"
)


def release(unit: Unit, person_ids: list[int]) -> list[Waiting]:
    """All that was held for these people and can go out now, in the order in which it was written."""
    if not person_ids:
        return []
    going: list[Waiting] = []
    for row in unit.execute(_HELD_FOR, people=person_ids, yes=True, no=False).all():
        line = line_of_pupil(unit, row.pupil_id, row.guardian_id)
        if line is None:
            continue
        by_guardian = bool(row.by_guardian)
        to, held = other_end(line, by_guardian)
        if to is None or held is not None or unit.write(_RELEASE, message=row.id) != 1:
            continue
        origin = unit.execute(_ORIGIN, message=row.id, other=to.user_id).first()
        going.append(
            Waiting(
                message_id=row.id,
                line=line,
                by_guardian=by_guardian,
                body=Body.from_json(unit.vault.open("message", row.id, "body", row.sealed_body)),
                to=to,
                origin=None if origin is None else (origin.chat_id, origin.place_id),
                reply_place=None if row.reply_to_id is None else place_of(unit, row.reply_to_id, to),
            )
        )
    return going


def hand_over(unit: Unit, pupil_id: int, mentor_id: int | None) -> list[int]:
    """The pupil's mentor has changed: what families wrote and nobody has received follows to the new one.

    Answers the new mentor's person id in a list for `release`, empty without a mentor.
    """
    statement = text(
        "SELECT m.id, m.thread_id, t.guardian_id FROM message m JOIN thread t ON t.id = m.thread_id"
        " WHERE t.pupil_id = :pupil AND m.by_guardian = :yes AND m.state IN ('held', 'queued')"
        " AND (t.mentor_id IS NULL OR t.mentor_id <> :mentor) ORDER BY m.id"
    )
    for row in unit.execute(statement, pupil=pupil_id, yes=True, mentor=mentor_id or 0).all():
        # A row that is on its way this very moment is not called back: its answer decides.
        unit.write(_CANCEL_MESSAGE, message=row.id, now=unit.now_ms)
        if unit.execute(_STILL_GOING, message=row.id).first() is not None:
            continue
        line = line_of_pupil(unit, pupil_id, row.guardian_id)
        if line is None:
            continue
        thread_id = line.thread_id or _thread(unit, line)
        unit.write(_MOVE_MESSAGE, message=row.id, thread=thread_id)
        unit.write(_MOVE_PLACES, message=row.id, thread=thread_id)
    return [] if mentor_id is None else [mentor_id]


_CANCEL_MESSAGE = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'handed over'"
    " WHERE message_id = :message AND state = 'waiting'"
)
_STILL_GOING = sql("SELECT 1 FROM outbox WHERE message_id = :message AND state = 'sending'")
_MOVE_MESSAGE = sql("UPDATE message SET thread_id = :thread, state = 'held' WHERE id = :message")
_MOVE_PLACES = sql("UPDATE place SET thread_id = :thread WHERE message_id = :message")


# --- 'for whom is this?' ---


def ask_later(unit: Unit, who: Standing, body: Body, origin_place: int) -> tuple[int, int, bool]:
    """Keeps a text until its writer has said for whom it is.

    Answers the choice, how many texts wait in it, and whether it is new (then it has to be asked).
    """
    session = unit.session
    choice = session.exec(
        select(Choice).where(Choice.account_id == who.account_id, Choice.settled_at == None)  # noqa: E711
    ).first()
    fresh = choice is None
    if choice is None:
        choice = Choice(account_id=who.account_id, asked_at=unit.now)
        session.add(choice)
        session.flush()
    draft_id = new_id()
    session.add(
        Draft(
            id=draft_id,
            choice_id=choice.id,
            sealed_body=unit.vault.seal("draft", draft_id, "body", body.to_json()),
            origin_place_id=origin_place,
            written_at=unit.now,
        )
    )
    session.flush()
    count = len(session.exec(select(Draft.id).where(Draft.choice_id == choice.id)).all())
    return choice.id, count, fresh


def settle(unit: Unit, who: Standing, choice_id: int) -> list[tuple[Body, int]] | None:
    """Closes a choice and answers its texts with their places, in order; nothing where it was closed before."""
    closed = unit.write(_SETTLE, id=choice_id, account=who.account_id, now=unit.now_ms)
    if closed != 1:
        return None
    drafts = unit.session.exec(select(Draft).where(Draft.choice_id == choice_id).order_by(Draft.id)).all()  # type: ignore[arg-type]
    found = [(Body.from_json(unit.vault.open("draft", d.id, "body", d.sealed_body)), d.origin_place_id) for d in drafts]
    for draft in drafts:
        unit.session.delete(draft)
    return found


_SETTLE = sql("UPDATE choice SET settled_at = :now WHERE id = :id AND account_id = :account AND settled_at IS NULL")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A choice that nobody made for a while."""

    choice_id: int
    reach: Reach
    texts: int


_FORGOTTEN = sql(
    "SELECT c.id, a.bot_id, a.user_id, a.language, a.reachable, COUNT(d.id) AS texts FROM choice c"
    " JOIN account a ON a.id = c.account_id JOIN draft d ON d.choice_id = c.id"
    " WHERE c.settled_at IS NULL AND c.reminded_at IS NULL AND c.asked_at <= :before AND a.bot_id = :bot"
    " GROUP BY c.id, a.bot_id, a.user_id, a.language, a.reachable ORDER BY c.id"
)


def forgotten(unit: Unit, bot_id: int, after: timedelta) -> list[Forgotten]:
    """Choices open for longer than `after` and not reminded of; marks them as reminded."""
    before = unit.now_ms - int(after.total_seconds() * 1000)
    found = []
    for row in unit.execute(_FORGOTTEN, bot=bot_id, before=before).all():
        unit.write(_REMINDED, id=row.id, now=unit.now_ms)
        if row.reachable:
            found.append(Forgotten(row.id, Reach(row.bot_id, row.user_id, row.language, True), row.texts))
    return found


_REMINDED = sql("UPDATE choice SET reminded_at = :now WHERE id = :id AND reminded_at IS NULL")


# --- 'Answer' ---


def answer_next(unit: Unit, who: Standing, thread_id: int) -> None:
    """The next bare text of this account goes to that thread, for ANSWERING from now."""
    unit.write(
        _ANSWERING,
        account=who.account_id,
        thread=thread_id,
        until=unit.now_ms + int(ANSWERING.total_seconds() * 1000),
    )


def answered(unit: Unit, who: Standing) -> None:
    """The text after 'Answer' has come, or was called off."""
    unit.write(_ANSWERING, account=who.account_id, thread=None, until=None)
    who.answering_thread_id = None


_ANSWERING = sql("UPDATE account SET answering_thread_id = :thread, answering_until = :until WHERE id = :account")


def is_answering(unit: Unit, who: Standing) -> int | None:
    """The thread that 'Answer' was pressed for, while that counts."""
    if who.answering_thread_id is None or who.answering_until is None or who.answering_until < unit.now:
        return None
    return who.answering_thread_id


def thread_of(unit: Unit, line: Line) -> int:
    """The line's thread; makes it where nothing was written yet."""
    return line.thread_id or _thread(unit, line)


def thread_row(unit: Unit, thread_id: int) -> Thread | None:
    """The thread itself, of today or of the past."""
    return unit.session.get(Thread, thread_id)
