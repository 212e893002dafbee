"""What people answer: who comes, with how many, who waits for a place; and who moves up when one becomes free.

Every answer takes the event's row first, so that places are counted by one transaction after the other. An event has one
answer of each person over all its dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, TextClause

from models.events import events, places
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
    moved += [(event_id, one) for one in _fill(unit, event, person_id) if one != person_id]
    at = of(unit, event_id, person_id)
    kept = kept if at is None else at[0]
    return Given(kept, many, _number(unit, event, person_id) if kept is Reply.WAITING else 0, tuple(moved))


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
    waits = places.waiters(unit, event)
    taken = places.taken(unit, event, person_id)
    if taken + many <= event.capacity and not any(row.people <= event.capacity for row in waits):
        return Reply.COME, unit.now_ms
    # Many ask in the same millisecond: whoever is looked at later stands behind.
    return Reply.WAITING, max(unit.now_ms, *(row.since + 1 for row in waits), 0)


def _number(unit: Unit, event: Event, person_id: int) -> int:
    order = [row.person_id for row in places.waiters(unit, event)]
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


_HELD_UP = sql(
    "SELECT e.id FROM event e WHERE e.state IN ({}) AND e.ends_at > :now AND EXISTS (SELECT 1 FROM event_reply r"
    " WHERE r.event_id = e.id AND r.reply = 'waiting') ORDER BY e.starts_at, e.id".format(
        ", ".join(f"'{one.value}'" for one in AHEAD)
    )
)


def freed(unit: Unit) -> list[int]:
    """The events where somebody waits for a place that is free: whoever had it has left."""
    rows = unit.execute(_HELD_UP, now=unit.now_ms).all()
    return [row.id for row in rows if _next(unit, events.must(unit, row.id))]


def _fill(unit: Unit, event: Event, asks: int = 0) -> list[int]:
    found: list[int] = []
    for row in _next(unit, event, asks):
        unit.write(
            _PUT,
            event=event.id,
            person=row.person_id,
            reply=Reply.COME.value,
            people=row.people,
            since=unit.now_ms,
            now=unit.now_ms,
        )
        found.append(row.person_id)
    return found


def _next(unit: Unit, event: Event, asks: int = 0) -> list[Row[Any]]:
    """Those who wait and for whom there is a place now; who `asks` just now sees the answer, whatever else is sent."""
    found: list[Row[Any]] = []
    waits = places.waiters(unit, event) if open_for(event, unit.now_ms) else []
    taken = places.taken(unit, event) if waits else 0
    for row in waits:
        # More than there will ever be room for, or nobody whom the bot could tell of it: such a one keeps its turn and is
        # not in the way of the others.
        told = row.reached or row.person_id == asks
        if not told or (event.capacity is not None and row.people > event.capacity):
            continue
        if event.capacity is not None and taken + row.people > event.capacity:
            break
        taken += row.people
        found.append(row)
    return found


_TO_ONLINE = sql(
    "UPDATE event_reply SET reply = 'online', at = :now WHERE event_id = :event AND reply IN ('come', 'waiting')"
)
_ONLINE = sql(
    "SELECT person_id FROM event_reply WHERE event_id = :event AND reply = 'online' ORDER BY since, person_id"
)
_ASKS = sql(
    "UPDATE event_reply SET reply = 'waiting', since = :since, at = :now WHERE event_id = :event AND person_id = :person"
)


def follow_form(unit: Unit, event_id: int) -> None:
    """After a change of form: where it is online alone, all who would come take part so; where it is in the room alone,
    who was to take part online asks for a place, behind those who wait for one, in the order of their answers.

    The event's row is taken already.
    """
    event = events.must(unit, event_id)
    if event.form == Form.ONLINE:
        unit.write(_TO_ONLINE, event=event_id, now=unit.now_ms)
    elif event.form == Form.ROOM:
        waits = places.waiters(unit, event)
        since = max(unit.now_ms, *(row.since + 1 for row in waits), 0)
        for number, row in enumerate(unit.execute(_ONLINE, event=event_id).all()):
            unit.write(_ASKS, event=event_id, person=row.person_id, since=since + number, now=unit.now_ms)
        _fill(unit, event)


def sums(unit: Unit, event_id: int) -> dict[Reply, tuple[int, int]]:
    """For each reply how many families gave it, and with how many people: as long as it lies ahead, those still invited."""
    event = events.one(unit, event_id)
    rows = places.sums(unit, event_id, event if event is not None and open_for(event, unit.now_ms) else None)
    return {Reply(row.reply): (int(row.families), int(row.people)) for row in rows}


ATTENDING = ("notice", "mended", "mend", "day", "hour", "link", "changed", "file", "up")
"""What says when and where it is, or that somebody comes: not true any more after a change, or for who does not come."""
WHOLE = ("lead_day", "lead_hour", "vote", "feedback")
"""What is not true any more once the event itself is another; whoever does not come is told it all the same."""


@cache
def _taking_back(whats: tuple[str, ...]) -> TextClause:
    return sql(
        "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'no longer true'"
        " WHERE state = 'waiting' AND dedupe_key LIKE :keys AND ({})".format(
            " OR ".join(f"dedupe_key LIKE :{one}" for one in whats)
        )
    )


def take_back(unit: Unit, event_id: int, whats: tuple[str, ...], person_id: int | None = None) -> int:
    """Takes back what of these waits to be sent, to one person or to all. Answers how many messages that were."""
    unit.flush()
    start = f"event:{event_id}:"
    named = {one: f"{start}{one}.%" for one in whats}
    keys = f"{start}%" if person_id is None else f"{start}%:{person_id}"
    return unit.write(_taking_back(whats), keys=keys, now=unit.now_ms, **named)


def withdraw(unit: Unit, event_id: int, person_id: int | None = None) -> int:
    """Takes back what waits to be sent about an event and is no longer true: for one person who does not come, or for all.

    All else that was to be said about it stays true and goes out. Answers how many were taken back.
    """
    return take_back(unit, event_id, ATTENDING if person_id is not None else ATTENDING + WHOLE, person_id)
