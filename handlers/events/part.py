"""One telling's next part: the people to be told, and what all their messages share, read once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.exc import SQLAlchemyError

from handlers import say, telling
from handlers.context import SchoolSettings
from handlers.events import shown
from models.events import audience, dates, events, materials, tellings
from models.events.audience import Invited
from models.events.rules import MINUTE
from models.events.states import Reply, What
from models.events.tables import Event
from models.events.tellings import USELESS, Telling
from models.queues import Lane
from models.unit import Unit, sql
from models.vault import VaultError

LANES = {What.CANCELLED: Lane.REMINDER, What.CHANGED: Lane.REMINDER, What.LINK: Lane.REMINDER, What.HOUR: Lane.BULK}
"""The others are for many and can wait: they go after all that cannot. A change does not stand in line behind a whole
city's reminders."""
REST = {What.HOUR: 15 * MINUTE, What.DAY: 180 * MINUTE, What.NOTICE: 120 * MINUTE}
"""It may wait for the end of somebody's quiet hours, if that is at least so long before the start."""
UNTOLD = {"cancelled", "expired", "failed"}
"""States of a message that nobody has got."""


@dataclass
class Part:
    """What the messages share; `prepared` makes it."""

    unit: Unit
    telling: Telling
    event: Event
    school: SchoolSettings
    children: dict[int, list[str]]
    unread: set[int]
    """Persons with a child whose name does not open."""
    known: shown.Known
    last: int
    """When the last of its dates begins, milliseconds since 1970."""
    places: dict[int, int] = field(default_factory=dict)
    """Where each person's latest invitation stands."""
    uninvited: set[int] = field(default_factory=set)
    """Who has had no invitation yet."""
    answers: dict[tuple[int, int], tuple[Reply, int]] = field(default_factory=dict)
    """By date and person, for an invitation that is set right."""
    here: frozenset[int] = frozenset()
    """Who has signed in: person ids."""
    pieces: list[dict[str, Any]] = field(default_factory=list)
    queued: int = 0
    late: int = 0
    rests: dict[object, int | None] = field(default_factory=dict)
    """When the rest of people with the same hours ends."""
    same: dict[object, dict[str, Any]] = field(default_factory=dict)
    """Words that are the same for all who are told in a language."""
    other: dict[int, shown.Known] = field(default_factory=dict)
    """The same of its other dates."""

    def key(self, person: int, what: str = "") -> str:
        """The dedupe key of what this person is told."""
        return f"event:{self.event.id}:{what or self.telling.what.value}.{self.telling.number}:{person}"

    def of(self, one: Invited) -> list[str]:
        """The names of the children because of whom somebody is invited. Raises VaultError where one does not open."""
        if one.person_id in self.unread:
            raise VaultError(f"a child's name for person {one.person_id} does not open")
        return self.children.get(one.person_id, [])

    def head(self, one: Invited) -> str:
        """The first line of what somebody is told."""
        return shown.head(self.unit, self.event, one.reach.language, self.of(one), self.known)

    def known_of(self, event: Event) -> shown.Known:
        """What is the same for all of one of its dates."""
        if event.id == self.event.id:
            return self.known
        if event.id not in self.other:
            self.other[event.id] = shown.known_of(self.unit, event)
        return self.other[event.id]

    def useful(self, what: What) -> int | None:
        """Until when it is of use, milliseconds since 1970: an invitation as long as one can make up one's mind."""
        if what is What.NOTICE and self.telling.what is What.MENDED:
            return self.last - USELESS[What.NOTICE]
        return self.telling.useful_until

    def due(self, one: Invited, what: What | None = None) -> tuple[bool, int | None]:
        """Whether this person may still be told, and not before when (ms since 1970)."""
        what = what or self.telling.what
        event, now, useful = self.event, self.unit.now_ms, self.useful(what)
        if useful is not None and now >= useful:
            return False, None
        if what is What.LINK:
            return True, None
        before = event.starts_at if what in (What.CHANGED, What.CANCELLED) else None
        hours = (one.staff, one.hours if one.staff else one.quiet)
        if hours not in self.rests:
            self.rests[hours] = shown.hears(self.unit, one, event.school_id, self.school, before)
        at = self.rests[hours]
        rest = REST.get(what)
        start = self.last if what is What.NOTICE else event.starts_at
        if at is not None and rest is not None and at > start - rest:
            return False, None
        return True, at

    def say(
        self, one: Invited, key: str, buttons: say.Rows, at: int | None, *, told_as: What | None = None, **values: Any
    ) -> None:
        """Tells somebody; `told_as` where it is another kind of message than the telling's."""
        telling.tell(
            self.unit,
            one.reach,
            key,
            dedupe_key=self.key(one.person_id),
            lane=LANES.get(self.telling.what, Lane.LATER),
            due_at=at,
            useful_until=self.useful(told_as or self.telling.what),
            buttons=buttons,
            **values,
        )
        self.queued += 1

    def file(self, one: Invited, at: int | None, *, cancelled: bool = False) -> None:
        """Sends the file for the calendar."""
        shown.calendar_file(
            self.unit,
            self.event,
            one.reach,
            one.person_id,
            due_at=at,
            cancelled=cancelled,
            speaker=self.known.speaker,
        )

    def each(self, people: list[Invited], tell: Callable[[Invited], None]) -> None:
        """Tells one after the other; of whom something cannot be read, that person alone is left out, as one too late.

        Raises what was raised where it is not one person's fault: several, and nobody could be told.
        """
        failed: list[Exception] = []
        for one in people:
            try:
                tell(one)
            except SQLAlchemyError:
                raise  # of the transaction nothing can be used any more
            except Exception as error:
                self.late += 1
                self.unit.faults.append(error)
                if not isinstance(error, VaultError):
                    failed.append(error)
        if len(failed) > 1 and not self.queued:
            raise failed[0]


def prepared(unit: Unit, telling: Telling, event: Event, school: SchoolSettings, people: list[Invited]) -> Part:
    """Reads what the messages to these people share. Raises VaultError where the event itself does not open."""
    ids = [one.person_id for one in people]
    for column in ("place", "link", "topic"):
        events.opened(unit, event, column)
    children, unread = _children(unit, event, ids)
    known = shown.known_of(unit, event)
    part = Part(
        unit,
        telling,
        event,
        school,
        children,
        unread,
        known,
        max(event.starts_at, *(one.starts_at for one in known.dates), 0),
    )
    keys = [part.key(one) for one in ids]
    if telling.what is What.MENDED:
        _stands(part, ids)
        keys += [part.key(one, "mend") for one in ids]
    elif telling.what in (What.CHANGED, What.CANCELLED):
        file = "off" if telling.what is What.CANCELLED else "file"
        keys += [f"event:{event.id}:{file}.{event.sequence}:{one}" for one in ids]
    elif telling.what is What.FEEDBACK:
        part.here = frozenset(row.id for row in unit.execute(_HERE, event=event.id))
    elif telling.what is What.NOTES:
        part.pieces = materials.of(unit, event.id, telling.number)
    unit.foresee(keys)
    return part


def _children(unit: Unit, event: Event, ids: list[int]) -> tuple[dict[int, list[str]], set[int]]:
    try:
        return audience.children(unit, event, ids), set()
    except VaultError:
        found: dict[int, list[str]] = {}
        unread = set()
        for one in ids:
            try:
                found |= audience.children(unit, event, [one])
            except VaultError:
                unread.add(one)
        return found, unread


_HERE = sql("SELECT p.id FROM event_here h JOIN person p ON p.account_id = h.account_id WHERE h.event_id = :event")
_DATES = sql("SELECT id FROM event WHERE id = :first OR first_id = :first")
_MENDED = text("SELECT event_id, number FROM event_telling WHERE event_id IN :dates AND what = 'mended'").bindparams(
    bindparam("dates", expanding=True)
)
_PLACES = text("SELECT dedupe_key, state, place_id FROM outbox WHERE dedupe_key IN :keys").bindparams(
    bindparam("keys", expanding=True)
)
_ANSWERS = text(
    "SELECT event_id, person_id, reply, people FROM event_reply WHERE event_id IN :dates AND person_id IN :people"
).bindparams(bindparam("dates", expanding=True), bindparam("people", expanding=True))


def _stands(part: Part, people: list[int]) -> None:
    """Where the latest invitation of each stands (places in a chat rise), who has none, and what each has answered.

    The outbox forgets what was sent after a month: who was invited by then is not invited anew.
    """
    if not people:
        return
    unit, event = part.unit, part.event
    every = [row.id for row in unit.execute(_DATES, first=event.first_id or event.id)]
    whats = [(one, "notice.0") for one in every]
    whats += [(row.event_id, f"mended.{row.number}") for row in unit.execute(_MENDED, dates=every)]
    keys = {f"event:{one}:{what}:{person}": person for person in people for one, what in whats}
    states: dict[int, set[str]] = {}
    for row in unit.execute(_PLACES, keys=list(keys)):
        person = keys[row.dedupe_key]
        states.setdefault(person, set()).add(row.state)
        if row.state == "sent" and row.place_id:
            part.places[person] = max(part.places.get(person, 0), row.place_id)
    passed = tellings.passed(unit, every, part.telling)
    part.uninvited = {one for one in people if (states[one] <= UNTOLD if one in states else one > passed)}
    for row in unit.execute(_ANSWERS, dates=every, people=people):
        part.answers[row.event_id, row.person_id] = (Reply(row.reply), int(row.people))


def stands_for(part: Part, one: Invited) -> tuple[Event, tuple[Reply, int] | None]:
    """Which date somebody's invitation shows, and what was answered to it."""
    return dates.choose(
        part.event,
        part.known.dates,
        part.unit.now_ms,
        lambda event_id: part.answers.get((event_id, one.person_id)),
    )
