"""Who cannot be reached, and who can be again; what is held, and what can go out now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, text

from models.base import to_ms
from models.conversation import Stored, load, origin_of, other_end, place_of, stored, thread_of
from models.notices import marks
from models.standing import Line, Reach, line_of_pupil, line_of_thread
from models.threads import Held
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that was held and can go out now."""

    message: Stored
    line: Line
    to: Reach
    origin: tuple[int, int] | None
    """Chat and place of the writer's own message."""
    reply_place: int | None


_UNREACHABLE = sql("UPDATE account SET reachable = :no WHERE bot_id = :bot AND user_id = :user")
_WAITING_ROWS = sql(
    "SELECT o.message_id, m.thread_id, m.by_guardian FROM outbox o JOIN message m ON m.id = o.message_id"
    " WHERE o.bot_id = :bot AND o.chat_id = :chat AND o.state IN ('waiting', 'frozen') ORDER BY o.id"
)
_CANCEL_ROWS = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = :why"
    # What is to be taken out of the chat still is: Telegram allows it also where the person has left.
    " WHERE bot_id = :bot AND chat_id = :chat AND state IN ('waiting', 'frozen') AND kind <> 'erase'"
)
_HOLD = sql("UPDATE message SET state = 'held', held_for = :why WHERE id = :message AND state = 'queued'")
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
    held = Held.UNREACHABLE.value
    if refused is not None:
        row = unit.execute(_THREAD_OF, message=refused).first()
        if row is not None and unit.write(_HOLD, message=refused, why=held) == 1:
            threads[row.thread_id] = bool(row.by_guardian)
    for row in unit.execute(_WAITING_ROWS, bot=bot_id, chat=user_id).all():
        if unit.write(_HOLD, message=row.message_id, why=held) == 1:
            threads[row.thread_id] = bool(row.by_guardian)
    unit.write(_CANCEL_ROWS, bot=bot_id, chat=user_id, now=unit.now_ms, why=why)
    marks.chat_stopped(unit, bot_id, user_id)
    return threads


_REACHABLE = sql("UPDATE account SET reachable = :yes WHERE bot_id = :bot AND user_id = :user AND reachable = :no")


def reachable_again(unit: Unit, bot_id: int, user_id: int) -> bool:
    """The account speaks again. True where it could not be reached before."""
    return unit.write(_REACHABLE, yes=True, no=False, bot=bot_id, user=user_id) == 1


# --- what can go out now ---

_COLUMNS = (
    "m.id, m.thread_id, m.by_guardian, m.author_id, m.kind, m.sealed_body, m.reply_to_id, m.state, m.held_for, m.due_at,"
    " m.hurried, m.item_id, m.item_by, m.written_at, m.edited_at, t.pupil_id, t.guardian_id"
)
# What people look at first, and what must not go to a family at all, is never released by a rule.
_FREE = "m.state = 'held' AND (m.held_for IS NULL OR m.held_for NOT IN ('urgent', 'no_contact'))"
_HELD_FOR = text(
    f"SELECT {_COLUMNS} FROM message m JOIN thread t ON t.id = m.thread_id WHERE {_FREE}"
    " AND (m.due_at IS NULL OR m.due_at <= :now)"
    " AND ((m.by_guardian = :yes AND t.mentor_id IN :people) OR (m.by_guardian = :no AND t.guardian_id IN :people))"
    " ORDER BY m.id"
).bindparams(bindparam("people", expanding=True))
_DUE = sql(
    f"SELECT {_COLUMNS} FROM message m JOIN thread t ON t.id = m.thread_id WHERE {_FREE}"
    " AND m.due_at IS NOT NULL AND m.due_at <= :now ORDER BY m.id LIMIT :most"
)
# Whose receiver can be reached after all, as models/conversation.other_end has it: asked of the newest alone, because it is
# with its own writing that a message may cross its receiver's return.
_MISSED = sql(
    f"SELECT {_COLUMNS} FROM message m JOIN thread t ON t.id = m.thread_id"
    " WHERE m.id >= COALESCE((SELECT id FROM message ORDER BY id DESC LIMIT 1 OFFSET :newest), 0)"
    " AND m.state = 'held' AND m.held_for IN ('unreachable', 'not_joined') AND m.due_at IS NULL"
    # Counted, not asked with EXISTS: PostgreSQL would read all people and accounts for these few.
    " AND (SELECT COUNT(*) FROM person p JOIN account a ON a.id = p.account_id AND a.reachable WHERE p.ended_at IS NULL"
    " AND p.id = CASE WHEN m.by_guardian THEN t.mentor_id ELSE t.guardian_id END) > 0 ORDER BY m.id LIMIT :most"
)
NEWEST = 5_000
_HURRIED = sql(
    f"SELECT {_COLUMNS} FROM message m JOIN thread t ON t.id = m.thread_id WHERE {_FREE}"
    " AND m.thread_id = :thread AND m.by_guardian = :by_guardian AND m.due_at IS NOT NULL ORDER BY m.id"
)
_RELEASE = sql(
    "UPDATE message SET state = 'queued', held_for = NULL, due_at = NULL, hurried = :hurried"
    " WHERE id = :message AND state = 'held'"
)
_WAITS_FOR_THEM = sql("UPDATE message SET held_for = :why, due_at = NULL WHERE id = :message AND state = 'held'")
MOST_AT_ONCE = 500
"""Messages released in one transaction: at the morning's hour there may be thousands."""


def release(unit: Unit, person_ids: list[int]) -> list[Waiting]:
    """All that was held for these people and can go out now, in the order in which it was written."""
    if not person_ids:
        return []
    rows = unit.execute(_HELD_FOR, people=person_ids, yes=True, no=False, now=unit.now_ms).all()
    return _going(unit, rows)


def release_due(unit: Unit) -> tuple[list[Waiting], list[Stored]]:
    """What waited for its hour and has come to it; and what now turns out to have nobody who could receive it."""
    rows = unit.execute(_DUE, now=unit.now_ms, most=MOST_AT_ONCE).all()
    going = _going(unit, rows)
    gone = {one.message.message_id for one in going}
    left = [row for row in rows if row.id not in gone]
    stuck = []
    for row in left:
        line = line_of_pupil(unit, row.pupil_id, row.guardian_id)
        why = Held.UNREACHABLE if line is None else other_end(line, bool(row.by_guardian))[1] or Held.UNREACHABLE
        # Another process may have let it go out at this moment: then nobody is told that it waits.
        if unit.write(_WAITS_FOR_THEM, message=row.id, why=why.value) == 1:
            stuck.append(stored(unit, row))
    return going, stuck


def release_missed(unit: Unit) -> list[Waiting]:
    """What was held for somebody who could be reached again at that very moment: another process had looked just before,
    and nothing else would let it go until its receiver's next word."""
    return _going(unit, unit.execute(_MISSED, newest=NEWEST, most=MOST_AT_ONCE).all())


def release_now(unit: Unit, message: Stored) -> list[Waiting]:
    """What waits for its hour in this message's thread and direction goes at once: its writer says that it is urgent."""
    rows = unit.execute(_HURRIED, thread=message.thread_id, by_guardian=message.by_guardian).all()
    return _going(unit, rows, hurried=True)


def release_one(unit: Unit, message_id: int) -> Waiting | None:
    """One held message, whatever it was held for; nothing where its receiver cannot be reached or it is not held."""
    message = load(unit, message_id)
    line = None if message is None else line_of_thread(unit, message.thread_id)
    if message is None or line is None:
        return None
    return _one(unit, message, line, hurried=message.hurried)


_UNTIL = sql("UPDATE message SET held_for = 'hours', due_at = :due WHERE id = :message AND state = 'held'")


def hold_until(unit: Unit, message_id: int, at: datetime) -> bool:
    """A held message goes by itself at that moment."""
    return unit.write(_UNTIL, message=message_id, due=to_ms(at)) == 1


def waits_for_receiver(unit: Unit, message_id: int, line: Line, by_guardian: bool) -> None:
    """A held message goes as soon as its receiver can be reached."""
    why = other_end(line, by_guardian)[1] or Held.UNREACHABLE
    unit.write(_WAITS_FOR_THEM, message=message_id, why=why.value)


def _going(unit: Unit, rows: object, *, hurried: bool = False) -> list[Waiting]:
    going: list[Waiting] = []
    for row in list(rows):  # type: ignore[call-overload]
        line = line_of_pupil(unit, row.pupil_id, row.guardian_id)
        if line is None:
            continue
        found = _one(unit, stored(unit, row), line, hurried=hurried or bool(row.hurried))
        if found is not None:
            going.append(found)
    return going


def _one(unit: Unit, message: Stored, line: Line, *, hurried: bool) -> Waiting | None:
    to, held = other_end(line, message.by_guardian)
    if to is None or held is not None:
        return None
    if unit.write(_RELEASE, message=message.message_id, hurried=hurried) != 1:
        return None
    reply = message.reply_to_id
    return Waiting(
        message=replace(message, hurried=hurried),
        line=line,
        to=to,
        origin=origin_of(unit, message.message_id),
        reply_place=None if reply is None else place_of(unit, reply, to.bot_id, to.room or to.user_id),
    )


def hand_over(unit: Unit, pupil_id: int, mentor_id: int | None) -> list[int]:
    """The pupil's mentor has changed: what families wrote and nobody has received follows to the new one.

    Answers the new mentor's person id in a list for `release`, empty without a mentor.
    """
    for row in unit.execute(_UNRECEIVED, pupil=pupil_id, yes=True, mentor=mentor_id or 0).all():
        # A row that is on its way this very moment is not called back: its answer decides.
        unit.write(_CANCEL_MESSAGE, message=row.id, now=unit.now_ms)
        if unit.execute(_STILL_GOING, message=row.id).first() is not None:
            continue
        line = line_of_pupil(unit, pupil_id, row.guardian_id)
        if line is None:
            continue
        thread_id = thread_of(unit, line)
        unit.write(_MOVE_MESSAGE, message=row.id, thread=thread_id, why=Held.UNREACHABLE.value)
        unit.write(_MOVE_PLACES, message=row.id, thread=thread_id)
    return [] if mentor_id is None else [mentor_id]


_UNRECEIVED = sql(
    "SELECT m.id, m.thread_id, t.guardian_id FROM message m JOIN thread t ON t.id = m.thread_id"
    " WHERE t.pupil_id = :pupil AND m.by_guardian = :yes AND m.state IN ('held', 'queued')"
    " AND (t.mentor_id IS NULL OR t.mentor_id <> :mentor) ORDER BY m.id"
)
_CANCEL_MESSAGE = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'handed over'"
    " WHERE message_id = :message AND state IN ('waiting', 'frozen')"
)
_STILL_GOING = sql("SELECT 1 FROM outbox WHERE message_id = :message AND state = 'sending'")
_MOVE_MESSAGE = sql(
    "UPDATE message SET thread_id = :thread, state = 'held', held_for = COALESCE(held_for, :why) WHERE id = :message"
)
_MOVE_PLACES = sql("UPDATE place SET thread_id = :thread WHERE message_id = :message")
