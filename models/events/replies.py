"""What people answer: who comes, with how many, who waits for a place; and who moves up when one becomes free.

Every answer takes the event's row first, so that places are counted by one transaction after the other. An event has one
answer of each person over all its dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, TextClause

from models.events import events
from models.events.states import AHEAD, Form, Reply
from models.events.tables import Event
from models.unit import Unit, sql

MOST_PEOPLE = 6
"""With how many one family comes at most."""


@dataclass(frozen=True, slots=True)
class Given:
    """What an answer came to. `reply` is what is kept: 'waiting' where the places are taken; nothing where it is over."""

    reply: Reply | None
    people: int = 1
    place: int = 0
    """In the waiting list, from 1."""
    moved_up: tuple[tuple[int, int], ...] = ()
    """Event and person of those for whom a place became free by it."""
    stays: int | None = None
    """The event where a place is kept as it was, because there is no room for what was asked: nothing has changed."""


_ROW = sql("SELECT reply, people, since FROM event_reply WHERE event_id = :event AND person_id = :person")
_PUT = sql(
    "INSERT INTO event_reply (event_id, person_id, reply, people, since, at)"
    " VALUES (:event, :person, :reply, :people, :since, :now) ON CONFLICT (event_id, person_id)"
    " DO UPDATE SET reply = :reply, people = :people, since = :since, at = :now"
)
_DROP = sql("DELETE FROM event_reply WHERE event_id = :event AND person_id = :person")
_TAKEN = sql(
    "SELECT COALESCE(SUM(people), 0) AS many FROM event_reply WHERE event_id = :event AND reply = 'come'"
    " AND person_id <> :person"
)
_WAITERS = sql(
    "SELECT person_id, people, since FROM event_reply WHERE event_id = :event AND reply = 'waiting'"
    " ORDER BY since, person_id"
)
_SUMS = sql(
    "SELECT reply, COUNT(*) AS families, SUM(people) AS people FROM event_reply WHERE event_id = :event GROUP BY reply"
)
_ELSEWHERE = sql(
    "SELECT r.event_id, r.reply, r.people FROM event_reply r JOIN event e ON e.id = r.event_id"
    " WHERE r.person_id = :person AND (e.id = :first OR e.first_id = :first) AND e.id <> :event"
    " AND e.ends_at > :now AND e.state IN ({}) ORDER BY e.id".format(", ".join(f"'{one.value}'" for one in AHEAD))
)


def of(unit: Unit, event_id: int, person_id: int) -> tuple[Reply, int] | None:
    """What somebody has answered, and with how many."""
    row = unit.execute(_ROW, event=event_id, person=person_id).first()
    return None if row is None else (Reply(row.reply), int(row.people))


def open_for(event: Event, now_ms: int) -> bool:
    """Whether it can be answered: until it ends."""
    return event.state in AHEAD and now_ms < event.ends_at


def allowed(event: Event, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Of a kind's replies those that this event has: coming, taking part online, or both."""
    without = {Form.ROOM.value: Reply.ONLINE, Form.ONLINE.value: Reply.COME}.get(event.form)
    return tuple(one for one in replies if one is not without)


def give(unit: Unit, event_id: int, person_id: int, reply: Reply, people: int | None = None) -> Given:
    """Takes an answer in place of the one before, whichever of the event's dates that was about. Who may answer is the
    caller's to ask.

    Who wants to come and finds all places taken waits in the order of asking; nobody who asks later goes first. Who has
    a place and asks for more than there is room for, or for another date that is full, keeps the place (`stays`). Raises
    ValueError for people out of 1 to MOST_PEOPLE.
    """
    if people is not None and not 1 <= people <= MOST_PEOPLE:
        raise ValueError(people)
    known = events.one(unit, event_id)
    if known is None:
        return Given(None)
    # All dates in one order, so that two families that change places between them do not wait for each other.
    for one in sorted({event_id, *(one.id for one in events.sessions(unit, known))}):
        events.lock(unit, one)
    event = events.must(unit, event_id)
    if not open_for(event, unit.now_ms):
        return Given(None)
    before = unit.execute(_ROW, event=event_id, person=person_id).first()
    others = unit.execute(
        _ELSEWHERE, person=person_id, first=event.first_id or event.id, event=event.id, now=unit.now_ms
    ).all()
    many = people or _as_before(before, others)
    kept, since = reply, unit.now_ms
    if reply in (Reply.COME, Reply.WAITING):
        kept, since = _place(unit, event, person_id, many, before)
        held = _held(event_id, before, others) if kept is Reply.WAITING else None
        if held is not None:
            return Given(Reply.COME, held[1], stays=held[0])
    moved = _leave(unit, person_id, [row.event_id for row in others])
    unit.write(_PUT, event=event_id, person=person_id, reply=kept.value, people=many, since=since, now=unit.now_ms)
    moved += [(event_id, one) for one in _fill(unit, event) if one != person_id]
    at = of(unit, event_id, person_id)
    kept = kept if at is None else at[0]
    return Given(kept, many, _number(unit, event_id, person_id) if kept is Reply.WAITING else 0, tuple(moved))


def _as_before(before: Row[Any] | None, others: Sequence[Row[Any]]) -> int:
    """With how many somebody had said to come, here or on another date."""
    counted = (Reply.COME, Reply.ONLINE, Reply.WAITING)
    return next((int(row.people) for row in (before, *others) if row is not None and row.reply in counted), 1)


def _held(event_id: int, before: Row[Any] | None, others: Sequence[Row[Any]]) -> tuple[int, int] | None:
    """Where this person has a place, and for how many."""
    if before is not None and before.reply == Reply.COME:
        return event_id, int(before.people)
    return next(((row.event_id, int(row.people)) for row in others if row.reply == Reply.COME), None)


def _place(unit: Unit, event: Event, person_id: int, many: int, before: Row[Any] | None) -> tuple[Reply, int]:
    """What a wish to come comes to, and since when its place in the order counts (milliseconds since 1970)."""
    was = None if before is None else before.reply
    if event.capacity is None:
        return Reply.COME, unit.now_ms
    if before is not None and was == Reply.COME and many <= before.people:
        return Reply.COME, before.since
    if before is not None and was == Reply.WAITING:
        # It keeps its turn; whether there is room is found when those before it have been looked at.
        return Reply.WAITING, before.since
    waits = unit.execute(_WAITERS, event=event.id).all()
    taken = int(unit.execute(_TAKEN, event=event.id, person=person_id).one().many)
    if taken + many <= event.capacity and not any(row.people <= event.capacity for row in waits):
        return Reply.COME, unit.now_ms
    # Many ask in the same millisecond: whoever is looked at later stands behind.
    return Reply.WAITING, max(unit.now_ms, *(row.since + 1 for row in waits), 0)


def _number(unit: Unit, event_id: int, person_id: int) -> int:
    order = [row.person_id for row in unit.execute(_WAITERS, event=event_id)]
    return order.index(person_id) + 1 if person_id in order else 0


def _leave(unit: Unit, person_id: int, event_ids: list[int]) -> list[tuple[int, int]]:
    """Whoever answers for one date does not come to another one of the same. Answers who moves up there."""
    moved: list[tuple[int, int]] = []
    for event_id in event_ids:
        unit.write(_DROP, event=event_id, person=person_id)
        withdraw(unit, event_id, person_id)
        moved += [(event_id, one) for one in _fill(unit, events.must(unit, event_id))]
    return moved


def move_up(unit: Unit, event: Event) -> list[int]:
    """Gives free places to those who wait, in their order, as long as the next one fits. Answers who has moved up.

    For a change of room or number of places; takes the event's row.
    """
    fresh = events.lock(unit, event.id)
    return [] if fresh is None else _fill(unit, fresh)


def _fill(unit: Unit, event: Event) -> list[int]:
    found: list[int] = []
    waits = unit.execute(_WAITERS, event=event.id).all() if open_for(event, unit.now_ms) else []
    taken = int(unit.execute(_TAKEN, event=event.id, person=0).one().many) if waits else 0
    for row in waits:
        if event.capacity is not None and row.people > event.capacity:
            # More than there will ever be room for: it keeps its turn and is not in the way of the others.
            continue
        if event.capacity is not None and taken + row.people > event.capacity:
            break
        unit.write(
            _PUT,
            event=event.id,
            person=row.person_id,
            reply=Reply.COME.value,
            people=row.people,
            since=unit.now_ms,
            now=unit.now_ms,
        )
        taken += row.people
        found.append(row.person_id)
    return found


def sums(unit: Unit, event_id: int) -> dict[Reply, tuple[int, int]]:
    """For each reply how many families gave it, and with how many people."""
    return {Reply(row.reply): (int(row.families), int(row.people)) for row in unit.execute(_SUMS, event=event_id)}


CONTENTS = ("notes", "answers")
"""What stays true whatever becomes of the event's date, and whoever comes."""
FOR_ALL = ("vote", "feedback")
"""What whoever does not come is asked all the same."""
_WITHDRAW = (
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'no longer true'"
    " WHERE state = 'waiting' AND dedupe_key LIKE :keys"
)


def _sparing(whats: tuple[str, ...]) -> TextClause:
    return sql(_WITHDRAW + "".join(f" AND dedupe_key NOT LIKE :{one}" for one in whats))


_WITHDRAW_ALL = _sparing(CONTENTS)
_WITHDRAW_ONE = _sparing(CONTENTS + FOR_ALL)


def withdraw(unit: Unit, event_id: int, person_id: int | None = None) -> int:
    """Takes back what waits to be sent about an event and is no longer true: for one person who does not come, or for all.

    Notes and answers go out all the same. Answers how many were taken back.
    """
    unit.flush()
    whats = CONTENTS if person_id is None else CONTENTS + FOR_ALL
    kept = {one: f"event:{event_id}:{one}.%" for one in whats}
    whom = "%" if person_id is None else f"%:{person_id}"
    statement = _WITHDRAW_ALL if person_id is None else _WITHDRAW_ONE
    return unit.write(statement, keys=f"event:{event_id}:{whom}", now=unit.now_ms, **kept)
