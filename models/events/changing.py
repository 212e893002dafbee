"""Changes of an event that people have heard of: what was said before is taken back, those who come are told at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from models.events import events, feedback, kinds, replies, tellings, voting
from models.events.rules import DAY
from models.events.states import AHEAD, EventState, What
from models.events.tables import Event
from models.unit import Unit, sql

NAMES = frozenset({"time", "place", "link", "speaker", "form"})
"""What those who come hear of."""
SILENT = 1000
"""From this number on an invitation is set right without a change of the sequence."""

FILE = "file"
"""Beside NAMES, in what is told of a change: the file for the calendar has to go out again."""

_SAID = sql("SELECT number, extra, done_at FROM event_telling WHERE event_id = :event AND what = 'changed'")
_WAIT = sql(
    "SELECT dedupe_key FROM outbox WHERE state = 'waiting' AND (dedupe_key LIKE :changed OR dedupe_key LIKE :files)"
)


def begun(event: Event, now_ms: int) -> bool:
    """Whether it has begun: from then on nothing of it is changed but the link."""
    return now_ms >= event.starts_at


def _ahead(unit: Unit, event_id: int, *states: EventState) -> Event | None:
    event = events.lock(unit, event_id)
    if event is None or event.state not in (*AHEAD, *states) or begun(event, unit.now_ms):
        return None
    return event


def changed(unit: Unit, event_id: int, actor: int | None, what: Collection[str], **values: Any) -> bool:
    """Changes an event that lies ahead: columns as `events.change` takes them, `what` of NAMES for those who hear of it.

    Where families were invited, those who signed up are told, everybody else's invitation is set right where it stands,
    and what waits to be said about it as it was is taken back. False where it has begun or is called off, or would begin
    in the past. Raises ValueError for a name that is none.
    """
    if not NAMES.issuperset(what):
        raise ValueError(sorted(what))
    event = _ahead(unit, event_id, EventState.PROPOSED)
    starts_at = values.get("starts_at", 0 if event is None else event.starts_at)
    if event is None or starts_at <= unit.now_ms:
        return False
    if event.vote_until is not None and starts_at != event.starts_at and "vote_until" not in values:
        values["vote_until"] = min(event.vote_until, starts_at - voting.CLOSES)
    heard = event.state == EventState.ANNOUNCED and bool(what)
    events.change(unit, event_id, actor, heard=heard, **values)
    if values.get("form", event.form) != event.form:
        replies.follow_form(unit, event_id)
    if heard:
        _tell(unit, event_id, What.CHANGED, " ".join(sorted({*what, *_unsaid(unit, event_id)})))
    return True


def _unsaid(unit: Unit, event_id: int) -> set[str]:
    """What the change before this one has not said to everybody yet: it is taken back, so the next one says it too."""
    start = f"event:{event_id}:"
    rows = unit.execute(_WAIT, changed=f"{start}changed.%", files=f"{start}file.%").all()
    waits = {row.dedupe_key.split(":")[2] for row in rows}
    found = {FILE} if any(one.startswith("file.") for one in waits) else set()
    for row in unit.execute(_SAID, event=event_id):
        if row.done_at is None or f"changed.{row.number}" in waits:
            found.update(row.extra.split())
    return found


def called_off(unit: Unit, event_id: int, actor: int | None) -> bool:
    """Calls off an event that lies ahead; who had heard of it hears that too. False where it has begun or is over."""
    event = _ahead(unit, event_id, EventState.PROPOSED)
    if event is None or not events.move(unit, event_id, EventState.CANCELLED, actor):
        return False
    events.change(unit, event_id, actor, heard=True)
    if event.state == EventState.ANNOUNCED:
        _tell(unit, event_id, What.CANCELLED, "")
    else:
        replies.withdraw(unit, event_id)
        tellings.end_old(unit, event_id)
    return True


def _tell(unit: Unit, event_id: int, what: What, extra: str) -> None:
    replies.withdraw(unit, event_id)
    tellings.end_old(unit, event_id)
    fresh = events.must(unit, event_id)
    tellings.begin(unit, fresh, what, fresh.sequence, extra=extra, useful_until=fresh.ends_at)
    first = events.one(unit, fresh.first_id) if fresh.first_id is not None else None
    if first is not None and _carries(first, unit.now_ms):
        # Another date of an event stands in the first one's invitation.
        mend(unit, first)
    else:
        tellings.begin(unit, fresh, What.MENDED, fresh.sequence, useful_until=_last_end(unit, fresh))


def _carries(event: Event, now_ms: int) -> bool:
    """Whether its invitation is still the one that people look at: one that is over or called off shows nothing new."""
    return event.state == EventState.ANNOUNCED and now_ms < event.ends_at


def _last_end(unit: Unit, event: Event) -> int:
    """When the last of its dates ends, milliseconds since 1970."""
    return max(event.ends_at, *(one.ends_at for one in events.sessions(unit, event)), 0)


def mend(unit: Unit, event: Event) -> None:
    """Sets the invitation right where it stands, silently, for all: those who have signed up are told nothing else.

    All dates of an event have one invitation, as long as the first one is still to come.
    """
    first = event if event.first_id is None else events.must(unit, event.first_id)
    event = first if _carries(first, unit.now_ms) else event
    if not _carries(event, unit.now_ms):
        return
    # Whoever was still to be invited is so by this, not twice.
    tellings.end(unit, event.id, What.NOTICE, What.MENDED)
    replies.take_back(unit, event.id, ("notice", "mended", "mend"))
    number = max(SILENT, tellings.next_number(unit, event.id, What.MENDED))
    tellings.begin(unit, event, What.MENDED, number, useful_until=_last_end(unit, event))


def link_changed(unit: Unit, event_id: int, actor: int | None, link: str) -> bool:
    """Another link: only those who take part online need it, when it begins; once it has begun, at once.

    False where it is over or called off.
    """
    event = events.lock(unit, event_id)
    if event is None or event.state not in (EventState.PROPOSED, *AHEAD) or unit.now_ms >= event.ends_at:
        return False
    events.change(unit, event_id, actor, link=link)
    if begun(event, unit.now_ms):
        # Who has not had the one before gets this one alone.
        tellings.end(unit, event_id, What.LINK)
        replies.take_back(unit, event_id, ("link",))
        # The clock's own telling of the link has the sequence's number: it must not go out a second time after this one.
        if not _begin_link(unit, event, event.sequence):
            _begin_link(unit, event, tellings.next_number(unit, event_id, What.LINK))
    return True


def _begin_link(unit: Unit, event: Event, number: int) -> bool:
    return tellings.begin(unit, event, What.LINK, number, useful_until=event.ends_at)


def capacity_changed(unit: Unit, event_id: int, actor: int | None, capacity: int | None) -> list[int] | None:
    """Room for so many people (nothing: for all). Nobody who comes is turned away. Answers who has moved up from the waiting
    list; nothing where it has begun or is called off."""
    event = _ahead(unit, event_id, EventState.PROPOSED)
    if event is None:
        return None
    events.change(unit, event_id, actor, capacity=capacity)
    return replies.move_up(unit, events.must(unit, event_id))


def topic_may_change(event: Event, now_ms: int) -> bool:
    """Whether its topic can be chosen: until families are invited, afterwards only where there is none yet."""
    free = event.state in (EventState.PROPOSED, EventState.PLANNED) or (
        event.state == EventState.ANNOUNCED and not event.topic
    )
    return free and not voting_now(event, now_ms) and not begun(event, now_ms)


def voting_now(event: Event, now_ms: int) -> bool:
    """Whether guardians are voting."""
    return event.vote_until is not None and now_ms < event.vote_until and not event.topic


def topic_chosen(unit: Unit, event_id: int, actor: int | None, *, code: str = "", own: str = "") -> bool:
    """Sets the topic, of all dates of it: a code of the list, or words of one's own. False where it is too late for that."""
    event = events.lock(unit, event_id)
    if event is None or not topic_may_change(event, unit.now_ms):
        return False
    same_topic(unit, event, actor, code=code, own=own)
    mend(unit, events.must(unit, event.id))
    return True


def same_topic(unit: Unit, event: Event, actor: int | None, *, code: str = "", own: str = "") -> None:
    """Writes the topic for an event and its other dates that lie ahead."""
    for one in sorted({event.id, *(other.id for other in events.sessions(unit, event))}):
        events.change(unit, one, actor, topic="own" if own else code, own_topic=own)


def held(unit: Unit, event_id: int, actor: int | None) -> bool:
    """It took place: those who were there are asked what they thought of it. False before it begins, or where it is called
    off."""
    event = events.lock(unit, event_id)
    if event is None or not begun(event, unit.now_ms):
        return False
    if event.state != EventState.HELD and not events.move(unit, event_id, EventState.HELD, actor):
        return False
    until = event.ends_at + feedback.OPEN_DAYS * DAY
    if kinds.kind_of(event.kind).feedback and unit.now_ms < until:
        tellings.begin(unit, event, What.FEEDBACK, 0, useful_until=until)
    return True


def not_held(unit: Unit, event_id: int, actor: int | None) -> bool:
    """It did not take place. False before it begins, or where it is called off."""
    event = events.lock(unit, event_id)
    if event is None or not begun(event, unit.now_ms):
        return False
    if event.state == EventState.NOT_HELD:
        return True
    events.change(unit, event_id, actor, counted=None)
    return events.move(unit, event_id, EventState.NOT_HELD, actor)
