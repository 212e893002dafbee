"""An event that somebody puts together: what is known so far, what is to be asked next, and the event that comes of it.

One for each account. Its id stands in every button, so that a button of an earlier one changes nothing; and whoever sends
it takes its row away first, so that two presses make one event.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.base import new_id, to_ms
from models.events import events, kinds
from models.events.kinds import EventKind
from models.events.rules import DAY, MINUTE
from models.events.states import AHEAD, Audience, EventState, Form, Reply
from models.events.tables import Event
from models.hours import at_minute
from models.standing import Standing
from models.unit import Unit, sql

KEPT = 7 * DAY
"""A draft that was left so long ago is forgotten."""


class Step(StrEnum):
    """What is asked, in this order."""

    CLASSES = "classes"
    PUPIL = "pupil"
    GUESTS = "guests"
    DAY = "day"
    TIME = "time"
    FORM = "form"
    PLACE = "place"
    TOPIC = "topic"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known so far. None: not asked yet; an empty place or topic: later; a limit of 0: enough room for all."""

    id: int
    kind: str
    school_id: int
    host_id: int
    classes: tuple[int, ...] = ()
    pupil_id: int | None = None
    guests: tuple[int, ...] = ()
    whom_said: bool = False
    """Classes or guests are ticked, and that was all."""
    day: date | None = None
    minute: int | None = None
    """After midnight."""
    form: str | None = None
    place: str | None = None
    topic: str | None = None
    own_topic: str = ""
    limit: int | None = None
    first_id: int | None = None
    """The event of which this is another date."""

    @property
    def of_kind(self) -> EventKind:
        """Its kind."""
        return kinds.kind_of(self.kind)


_GET = sql("SELECT id, sealed_content FROM event_draft WHERE account_id = :account")
_PUT = sql(
    "INSERT INTO event_draft (account_id, id, sealed_content, at) VALUES (:account, :id, :content, :now)"
    " ON CONFLICT (account_id) DO UPDATE SET id = :id, sealed_content = :content, at = :now"
)
_TAKE = sql("DELETE FROM event_draft WHERE account_id = :account AND id = :id")
_OLD = sql("DELETE FROM event_draft WHERE at < :before")


def begin(unit: Unit, who: Standing, kind: str, school_id: int, host_id: int) -> Draft:
    """Begins one, in the place of the one before."""
    unit.write(_OLD, before=unit.now_ms - KEPT)
    fresh = Draft(new_id(), kind, school_id, host_id)
    keep(unit, who, fresh)
    return fresh


def another_date(unit: Unit, who: Standing, first: Event) -> Draft:
    """Begins another date of an event: all but day and time is as it is there."""
    fresh = Draft(
        new_id(),
        first.kind,
        first.school_id,
        first.host_id,
        tuple(one for one, _ in events.classes_of(unit, first.id)),
        first.pupil_id,
        tuple(row.person_id for row in unit.execute(_GUESTS, event=first.id)),
        True,
        None,
        None,
        first.form,
        events.opened(unit, first, "place"),
        first.topic,
        events.opened(unit, first, "topic"),
        first.capacity or 0,
        first.id,
    )
    keep(unit, who, fresh)
    return fresh


_GUESTS = sql("SELECT person_id FROM event_guest WHERE event_id = :event ORDER BY person_id")


def of(unit: Unit, who: Standing) -> Draft | None:
    """What this account puts together, if anything."""
    row = unit.execute(_GET, account=who.account_id).first()
    if row is None:
        return None
    known = json.loads(unit.vault.open("event_draft", row.id, "content", bytes(row.sealed_content)))
    values = {one.name: known[one.name] for one in fields(Draft) if one.name in known}
    values |= {name: tuple(values[name]) for name in ("classes", "guests")}
    values["day"] = date.fromisoformat(values["day"]) if values["day"] else None
    return Draft(**values)


def keep(unit: Unit, who: Standing, one: Draft) -> None:
    """Keeps it."""
    content = json.dumps(asdict(one) | {"day": one.day.isoformat() if one.day else None}, ensure_ascii=False)
    sealed = unit.vault.seal("event_draft", one.id, "content", content)
    unit.write(_PUT, account=who.account_id, id=one.id, content=sealed, now=unit.now_ms)


def take(unit: Unit, who: Standing, draft_id: int) -> bool:
    """Takes it away, to be sent or thrown away. False where that was done before."""
    return unit.write(_TAKE, account=who.account_id, id=draft_id) == 1


def steps(one: Draft) -> list[Step]:
    """All that is asked about such an event, in order."""
    if one.first_id is not None:
        return [Step.DAY, Step.TIME]
    kind = one.of_kind
    whom = {Audience.CLASSES: [Step.CLASSES], Audience.GUESTS: [Step.PUPIL, Step.GUESTS]}
    found = [*whom.get(kind.audience, []), Step.DAY, Step.TIME]
    if Reply.ONLINE in kind.replies:
        found.append(Step.FORM)
    if one.form != Form.ONLINE:
        found.append(Step.PLACE)
    found.append(Step.TOPIC)
    if one.form != Form.ONLINE and kind.audience is not Audience.GUESTS:
        found.append(Step.LIMIT)
    return found


def next_step(one: Draft) -> Step | None:
    """What is to be asked next; nothing where all is known."""
    known = {
        Step.CLASSES: bool(one.classes) and one.whom_said,
        Step.PUPIL: one.pupil_id is not None,
        Step.GUESTS: bool(one.guests) and one.whom_said,
        Step.DAY: one.day is not None,
        Step.TIME: one.minute is not None,
        Step.FORM: one.form is not None,
        Step.PLACE: one.place is not None,
        Step.TOPIC: one.topic is not None,
        Step.LIMIT: one.limit is not None,
    }
    return next((step for step in steps(one) if not known[step]), None)


def starts_at(one: Draft, zone: str) -> int:
    """When it begins, in ms since 1970. Raises ValueError before that is known."""
    if one.day is None or one.minute is None:
        raise ValueError("neither day nor time are known yet")
    return to_ms(at_minute(one.day, one.minute, ZoneInfo(zone)))


def make(unit: Unit, one: Draft, zone: str, actor: int) -> int:
    """The event that comes of it. Another date stands where its first one stands. Rights are the caller's to ask."""
    at = starts_at(one, zone)
    first = None if one.first_id is None else events.must(unit, one.first_id)
    minutes = one.of_kind.minutes if first is None else (first.ends_at - first.starts_at) // MINUTE
    form = Form(one.form) if one.form is not None else Form.ROOM
    limited = form is not Form.ONLINE and one.of_kind.audience is not Audience.GUESTS
    made = events.plan(
        unit,
        school_id=one.school_id,
        kind=one.kind,
        state=EventState.PLANNED if first is None or first.state not in AHEAD else EventState(first.state),
        host_id=one.host_id,
        starts_at=at,
        ends_at=at + minutes * MINUTE,
        actor=actor,
        classes=one.classes,
        guests=one.guests,
        form=form,
        place="" if form is Form.ONLINE else one.place or "",
        topic=one.topic or "",
        own_topic=one.own_topic,
        capacity=(one.limit or None) if limited else None,
        first_id=one.first_id,
        pupil_id=one.pupil_id,
    )
    if first is not None:
        speaker = events.opened(unit, first, "speaker")
        if first.speaker_id is not None or speaker or first.remind_minutes is not None:
            events.change(
                unit,
                made,
                actor,
                speaker_id=first.speaker_id,
                speaker_name=speaker,
                remind_minutes=first.remind_minutes,
            )
    return made


@contextmanager
def tried(unit: Unit, one: Draft, zone: str, actor: int) -> Iterator[Event]:
    """The event as it would be, for as long as the block lasts: what is shown before is what comes after.

    Nothing may be queued or written within the block: all of it is taken back.
    """
    unit.flush()
    share = unit.session.begin_nested()
    try:
        yield events.must(unit, make(unit, one, zone, actor))
    finally:
        share.rollback()
