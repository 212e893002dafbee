"""A notice that goes out is held, goes on, or is ended. Each is one transaction: what is queued is taken back in it.

Nobody gets half of a notice and nobody gets it twice: whoever has had the first of several messages, or whose message is
under way, gets the rest; everybody else's rows are cancelled and their turn comes again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.notices import attention, notices
from models.notices.states import NoticeState
from models.notices.tables import Notice
from models.unit import Unit, sql

SENT_KINDS = "('text', 'media', 'album')"
"""Kinds of rows that give somebody a notice; a change of what stands there already is of another kind."""
_HERE = "o.bot_id IN (SELECT id FROM bot) AND o.notice_id = :notice"
# In the order in which a sender claims (by key), so that neither waits for the other for ever.
_LOCK = (
    f"SELECT o.id, o.bot_id, o.chat_id, o.unsure FROM outbox o WHERE {_HERE} AND o.state IN ('waiting', 'frozen')"
    f" AND o.kind IN {SENT_KINDS} ORDER BY o.id"
)
_LOCKS = {"sqlite": sql(_LOCK), "postgresql": sql(f"{_LOCK} FOR UPDATE")}
"""Until this transaction ends no sender can claim these rows. SQLite has one writer, who holds all of them."""
_OPEN = sql(
    f"SELECT o.id, o.bot_id, o.chat_id FROM outbox o WHERE {_HERE} AND o.state IN ('waiting', 'frozen')"
    f" AND o.kind IN {SENT_KINDS} UNION ALL SELECT o.id, o.bot_id, o.chat_id FROM outbox o WHERE {_HERE}"
    f" AND o.state = 'sending' AND o.kind IN {SENT_KINDS}"
)
_QUEUED = sql(
    "SELECT person_id, bot_id, user_id, week, places FROM notice_recipient"
    " WHERE notice_id = :notice AND state = 'queued' ORDER BY user_id"
)
_CANCEL = text(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'notice held'"
    " WHERE id IN :ids AND state IN ('waiting', 'frozen')"
).bindparams(bindparam("ids", expanding=True))
_BACK = text(
    "UPDATE notice_recipient SET state = :state, week = NULL WHERE notice_id = :notice AND person_id IN :people"
    " AND state = 'queued'"
).bindparams(bindparam("people", expanding=True))
_END_WAITING = sql(
    "UPDATE notice_recipient SET state = 'ended' WHERE notice_id = :notice AND state IN ('waiting', 'digest') AND person_id"
    " IN (SELECT person_id FROM notice_recipient WHERE notice_id = :notice AND state IN ('waiting', 'digest') LIMIT :most)"
)
_STILL_WAITED_FOR = sql(
    "SELECT n.id FROM notice n WHERE n.state IN ('stopped', 'recalled') AND EXISTS (SELECT 1"
    " FROM notice_recipient r WHERE r.notice_id = n.id AND r.state IN ('waiting', 'digest')) ORDER BY n.id LIMIT 1"
)
# Nobody is listed any more.
_LISTED = sql("UPDATE notice SET listed_at = COALESCE(listed_at, :now) WHERE id = :id")
_PAUSED_AT = sql("UPDATE notice SET paused_at = :at WHERE id = :id")
_LOST = text(
    "UPDATE notice_recipient SET state = CASE WHEN EXISTS (SELECT 1 FROM no_contact n WHERE n.until IS NULL"
    " AND n.person_id = notice_recipient.person_id) THEN 'withheld' ELSE 'failed' END"
    " WHERE notice_id = :notice AND person_id IN :people AND state = 'queued'"
).bindparams(bindparam("people", expanding=True))
_GOING = sql(
    "SELECT id FROM notice WHERE state IN ('running', 'paused')"
    " UNION SELECT id FROM notice WHERE state IN ('stopped', 'recalled') AND ended_at > :since"
)
_DAY = 86_400_000


ENDED_AT_ONCE = 5_000
"""People noted in one transaction."""


class Crossed(Exception):
    """Somebody else was at the same people in the meantime: all of this transaction is to be taken back."""


@dataclass(frozen=True, slots=True)
class Back:
    """What was taken back: `back` people wait again, `under_way` still get it because it had begun with them."""

    back: int
    under_way: int


def take_back(unit: Unit, notice: Notice, *, end: bool = False) -> Back:
    """Cancels what waits of a notice that was just moved; its people wait again, or (`end`) do not get it.

    The week's place is given back where one was counted. Raises Crossed.
    """
    unit.session.flush()
    locked = unit.execute(_LOCKS[unit.connection.dialect.name], notice=notice.id).all()
    still = {row.id: (row.bot_id, row.chat_id) for row in unit.execute(_OPEN, notice=notice.id)}
    mine = {row.id for row in locked}
    # What another one has claimed between the two looks, or what may have gone out before, is under way.
    begun = {chat for row, chat in still.items() if row not in mine}
    begun |= {(row.bot_id, row.chat_id) for row in locked if row.unsure > 0}
    people = unit.execute(_QUEUED, notice=notice.id).all()
    free = [row for row in people if not row.places and (row.bot_id, row.user_id) not in begun]
    chats = {(row.bot_id, row.user_id) for row in free}
    rows = [row.id for row in locked if (row.bot_id, row.chat_id) in chats]
    # Whoever has no row any more is looked after by `heal`.
    having = {(row.bot_id, row.chat_id) for row in locked}
    free = [row for row in free if (row.bot_id, row.user_id) in having]
    if free:
        unit.write(_CANCEL, ids=rows, now=unit.now_ms)
        ids = [row.person_id for row in free]
        state = "ended" if end else "waiting"
        if unit.write(_BACK, notice=notice.id, people=ids, state=state) != len(ids):
            raise Crossed(notice.id)
        for row in free:
            if row.week is not None:
                attention.give_back(unit, row.user_id, row.week)
    return Back(len(free), len(people) - len(free))


def pause(unit: Unit, notice: Notice) -> Back | None:
    """Holds it; nothing where it does not go out any more, or is held already."""
    if notice.state != NoticeState.RUNNING or not notices.move(unit, notice, NoticeState.PAUSED):
        return None
    unit.write(_PAUSED_AT, id=notice.id, at=unit.now_ms)
    return take_back(unit, notice)


def resume(unit: Unit, notice: Notice) -> bool:
    """Lets it go on where it stopped. False where it is not held."""
    if notice.state != NoticeState.PAUSED or not notices.move(unit, notice, NoticeState.RUNNING):
        return False
    unit.write(_PAUSED_AT, id=notice.id, at=None)
    return True


def stop(unit: Unit, notice: Notice) -> Back | None:
    """Ends it for good: who has it keeps it. Nothing where it does not go out any more."""
    if notice.state not in (NoticeState.RUNNING, NoticeState.PAUSED):
        return None
    if not notices.move(unit, notice, NoticeState.STOPPED):
        return None
    found = take_back(unit, notice, end=True)
    end_waiting(unit, notice)
    return found


def end_waiting(unit: Unit, notice: Notice) -> None:
    """Nobody who waits for it, or has it in the week's list, gets it any more. Of very many the rest is noted by the clock:
    one statement over a city would keep everybody's messages waiting."""
    unit.write(_END_WAITING, notice=notice.id, most=ENDED_AT_ONCE)
    unit.write(_LISTED, id=notice.id, now=unit.now_ms)


def end_next(unit: Unit) -> tuple[int, bool] | None:
    """Notes it of the next people of a notice that was ended; answers which notice, and whether there are more of them."""
    row = unit.execute(_STILL_WAITED_FOR).first()
    if row is None:
        return None
    return row.id, unit.write(_END_WAITING, notice=row.id, most=ENDED_AT_ONCE) == ENDED_AT_ONCE


def under_way(unit: Unit, notice_id: int) -> set[tuple[int, int]]:
    """The chats (bot, account) for which a row of it waits, is frozen or is being sent."""
    return {(row.bot_id, row.chat_id) for row in unit.execute(_OPEN, notice=notice_id)}


def heal(unit: Unit) -> int:
    """People whose row was cancelled by another rule (no contact, a chat that ended) are not on their way any more.

    Answers how many.
    """
    found = 0
    for notice in unit.execute(_GOING, since=unit.now_ms - _DAY).all():
        # In this order: who is queued at first and has no row afterwards has it, or has lost it.
        people = unit.execute(_QUEUED, notice=notice.id).all()
        there = under_way(unit, notice.id) if people else set()
        lost = [row.person_id for row in people if (row.bot_id, row.user_id) not in there]
        if lost:
            found += unit.write(_LOST, notice=notice.id, people=lost)
    return found
