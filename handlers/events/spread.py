"""Telling many people about an event, part by part: invitations, reminders, changes, notes, questions of feedback.

Which tellings there are and how far each has come is in models/events/tellings.py; here is what each says and to whom.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, text

from handlers import say
from handlers.context import SchoolSettings
from handlers.events import pieces, shown
from handlers.texts import Block, render, words
from models.events import (
    audience,
    changing,
    dates,
    events,
    kinds,
    materials,
    questions,
    replies,
    tellings,
    topics,
)
from models.events.audience import Invited
from models.events.rules import MINUTE
from models.events.states import AHEAD, COMING, SIGNED_UP, EventState, Form, Reply, What
from models.events.tables import Event
from models.events.tellings import Telling
from models.masking import masked
from models.queues import Lane
from models.unit import Unit, sql

LANES = {What.CANCELLED: Lane.REMINDER, What.CHANGED: Lane.REMINDER, What.LINK: Lane.REMINDER, What.HOUR: Lane.BULK}
"""The others are for many and can wait: they go after all that cannot. A change does not stand in line behind a whole
city's reminders."""
REST = {What.HOUR: 15 * MINUTE, What.DAY: 180 * MINUTE, What.NOTICE: 120 * MINUTE}
"""It may wait for the end of somebody's quiet hours, if that is at least so long before the start."""


@dataclass
class _Part:
    """One telling's next part: what all its messages share."""

    unit: Unit
    telling: Telling
    event: Event
    school: SchoolSettings
    children: dict[int, list[str]]
    places: dict[int, int]
    """Where each person's latest invitation stands."""
    here: frozenset[int]
    """Who has signed in: person ids."""
    pieces: list[dict[str, Any]]
    queued: int = 0
    late: int = 0
    rests: dict[object, int | None] = field(default_factory=dict)
    """When the rest of people with the same hours ends."""
    same: dict[object, dict[str, Any]] = field(default_factory=dict)
    """Words that are the same for all who are told in a language."""

    def key(self, person: int, what: str = "") -> str:
        return f"event:{self.event.id}:{what or self.telling.what.value}.{self.telling.number}:{person}"

    def due(self, one: Invited) -> tuple[bool, int | None]:
        """Whether this person may still be told, and not before when (ms since 1970)."""
        what, event, now = self.telling.what, self.event, self.unit.now_ms
        useful = self.telling.useful_until
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
        if at is not None and rest is not None and at > event.starts_at - rest:
            return False, None
        return True, at

    def say(self, one: Invited, key: str, buttons: say.Rows, at: int | None, **values: Any) -> None:
        shown.tell(
            self.unit,
            one.reach,
            key,
            dedupe_key=self.key(one.person_id),
            lane=LANES.get(self.telling.what, Lane.LATER),
            due_at=at,
            useful_until=self.telling.useful_until,
            buttons=buttons,
            **values,
        )
        self.queued += 1


Key = tuple[int, str, int]
"""Which telling: event, what, number."""


class Stuck(Exception):
    """A telling that cannot be told; what this transaction has done is taken back."""

    def __init__(self, telling: Key) -> None:
        super().__init__(telling)
        self.telling = telling


def tick(unit: Unit, school: SchoolSettings, passed_over: Collection[Key] = ()) -> bool:
    """Tells the next BATCH people. True where there are more to tell.

    Raises Stuck for a telling that fails: told again without it (`passed_over`), it does not keep the others waiting.
    """
    left = tellings.BATCH
    every = tellings.open_ones(unit, 40 + len(passed_over))
    found = [one for one in every if (one.event_id, one.what.value, one.number) not in passed_over]
    if not found:
        # A city's evening has more events than one look finds.
        return tellings.find(unit, school.events) > 0
    for one in found:
        if left <= 0:
            return True
        try:
            left -= _part(unit, one, school, left)
        except Exception as error:
            raise Stuck((one.event_id, one.what.value, one.number)) from error
    return True


def _part(unit: Unit, telling: Telling, school: SchoolSettings, most: int) -> int:
    event = events.one(unit, telling.event_id)
    if event is None or not _stands(event, telling.what):
        tellings.advance(unit, telling, telling.cursor, queued=0, late=0, done=True)
        return 1
    people = audience.people(unit, event, telling.cursor, most)
    ids = [one.person_id for one in people]
    part = _Part(
        unit,
        telling,
        event,
        school,
        audience.children(unit, event, ids),
        _places(unit, event, ids) if telling.what is What.MENDED else {},
        _here(unit, event.id) if telling.what is What.FEEDBACK else frozenset(),
        materials.of(unit, event.id, telling.number) if telling.what is What.NOTES else [],
    )
    say_ = _SAYS[telling.what]
    unit.foresee([part.key(one) for one in ids])
    done = len(people) < most
    cursor = ids[-1] if ids else telling.cursor
    with_host = telling.cursor == 0
    if with_host and telling.what in (What.DAY, What.HOUR):
        _host(part)
    for one in people:
        if one.reach.reachable:
            say_(part, one)
    if not tellings.advance(unit, telling, cursor, queued=part.queued, late=part.late, done=done):
        raise RuntimeError("another process tells the same people")  # all of this part is taken back
    return max(len(people), 1)


def _stands(event: Event, what: What) -> bool:
    """Whether that still is to be told."""
    if what is What.CANCELLED:
        return event.state == EventState.CANCELLED
    if what is What.MENDED:
        return event.state in (*AHEAD, EventState.CANCELLED)
    if what in (What.ANSWERS, What.NOTES):
        return event.state in (*AHEAD, EventState.HELD)
    if what is What.FEEDBACK:
        return event.state == EventState.HELD
    return event.state in AHEAD


_PLACES = text("SELECT dedupe_key, state, place_id FROM outbox WHERE dedupe_key IN :keys").bindparams(
    bindparam("keys", expanding=True)
)


_MENDED = sql("SELECT number FROM event_telling WHERE event_id = :event AND what = 'mended'")


def _places(unit: Unit, event: Event, people: list[int]) -> dict[int, int]:
    """Where the latest invitation of each stands: places in a chat rise."""
    numbers = [row.number for row in unit.execute(_MENDED, event=event.id)]
    whats = ["notice.0", *(f"mended.{number}" for number in numbers)]
    keys = {f"event:{event.id}:{what}:{person}": person for person in people for what in whats}
    found: dict[int, int] = {}
    for row in unit.execute(_PLACES, keys=list(keys)) if keys else ():
        if row.state == "sent" and row.place_id:
            person = keys[row.dedupe_key]
            found[person] = max(found.get(person, 0), row.place_id)
    return found


_HERE = sql("SELECT p.id FROM event_here h JOIN person p ON p.account_id = h.account_id WHERE h.event_id = :event")


def _here(unit: Unit, event_id: int) -> frozenset[int]:
    return frozenset(row.id for row in unit.execute(_HERE, event=event_id))


# --- what each says ---


def _card(part: _Part, one: Invited, key: str = "event.card") -> tuple[dict[str, Any], list[list[say.Button]], str]:
    return shown.card(
        part.unit,
        part.event,
        part.school,
        one.reach,
        children=part.children.get(one.person_id, []),
        reply=None if one.reply is None else Reply(one.reply),
        people=max(one.people, 1),
        key=key,
    )


def _notice(part: _Part, one: Invited) -> None:
    if one.person_id == part.event.host_id:
        return
    may, at = part.due(one)
    if not may:
        part.late += 1
        return
    values, rows, key = _card(part, one)
    part.say(one, key, rows, at, **values)


def _mended(part: _Part, one: Invited) -> None:
    """The invitation is set right where it stands; who has signed up and hears of the change in a message keeps that."""
    told = part.telling.number < changing.SILENT
    if (told and one.reply in SIGNED_UP) or one.person_id == part.event.host_id:
        return
    place = part.places.get(one.person_id)
    event, known = dates.stands_for(part.unit, part.event, one.person_id)
    values, rows, key = shown.card(
        part.unit,
        event,
        part.school,
        one.reach,
        children=part.children.get(one.person_id, []),
        reply=None if known is None else known[0],
        people=1 if known is None else known[1],
    )
    if place is not None:
        part.unit.queue(
            bot_id=one.reach.bot_id,
            chat_id=one.reach.user_id,
            kind=say.EDIT,
            lane=Lane.LATER,
            payload=say.edit(place, render(one.reach.language, key, **values), buttons=rows),
            dedupe_key=part.key(one.person_id, "mend"),
        )
    elif part.event.state in AHEAD:
        # Its invitation had not gone out when the change came.
        _notice(part, one)


def _reminder(part: _Part, one: Invited) -> None:
    if one.reply not in COMING:
        return
    may, at = part.due(one)
    if not may:
        part.late += 1
        return
    event, reach, what = part.event, one.reach, part.telling.what
    rows = [[shown.button(part.unit, reach, "button.event_change", "evshow", event.id)]]
    if what is What.HOUR and kinds.kind_of(event.kind).sign_in and one.reply == Reply.COME:
        rows.insert(0, [shown.button(part.unit, reach, "button.event_here", "evhere", event.id)])
    same = part.same.get(reach.language)
    if same is None:
        same = part.same[reach.language] = {
            "topic": events.topic_title(part.unit, event, reach.language) or shown.kind_word(reach.language, event),
            "time": shown.span(reach.language, event, part.school.zone),
            "place": shown.place_line(part.unit, event, reach.language),
        }
    place = words(reach.language, "event.place_link") if one.reply == Reply.ONLINE else same["place"]
    head = shown.head(part.unit, event, reach.language, part.children.get(one.person_id, []))
    part.say(one, f"event.remind_{what.value}", rows, at, **{**same, "head": head, "place": place})


def _link(part: _Part, one: Invited) -> None:
    link = events.opened(part.unit, part.event, "link")
    if one.reply != Reply.ONLINE or not link:
        return
    may, at = part.due(one)
    if not may:
        part.late += 1
        return
    rows = [[shown.button(part.unit, one.reach, "button.event_here", "evhere", part.event.id)]]
    if not kinds.kind_of(part.event.kind).sign_in:
        rows = []
    part.say(one, "event.link", rows, at, what=shown.title(part.unit, part.event, one.reach.language), link=link)


def _changed(part: _Part, one: Invited) -> None:
    if one.reply not in SIGNED_UP:
        return
    _, at = part.due(one)
    language = one.reach.language
    what = [words(language, f"event.changed_{name}") for name in part.telling.extra.split()]
    values, rows, _ = _card(part, one)
    part.say(one, "event.changed", rows, at, **values, changed=Block("\n".join(what)))
    if "time" in part.telling.extra.split():
        shown.calendar_file(part.unit, part.event, one.reach, one.person_id, due_at=at)


def _cancelled(part: _Part, one: Invited) -> None:
    if one.reply not in SIGNED_UP:
        return
    _, at = part.due(one)
    event, language = part.event, one.reach.language
    part.say(
        one,
        "event.cancelled",
        [],
        at,
        head=shown.head(part.unit, event, language, part.children.get(one.person_id, [])),
        topic=events.topic_title(part.unit, event, language) or shown.kind_word(language, event),
        time=shown.span(language, event, part.school.zone),
    )
    shown.calendar_file(part.unit, event, one.reach, one.person_id, due_at=at, cancelled=True)


def _notes(part: _Part, one: Invited) -> None:
    """The notes, to all who are invited: whoever could not come reads them too."""
    if one.person_id in (part.event.host_id, part.event.speaker_id) or not part.pieces:
        return
    _, at = part.due(one)
    language = one.reach.language
    found = topics.by_code(part.event.topic) if part.event.topic else None
    part.queued += pieces.send(
        part.unit,
        one.reach,
        part.pieces,
        key="event.notes_all" if found is None else "event.notes_try",
        what=shown.title(part.unit, part.event, language),
        todo="" if found is None else found.question(language),
        dedupe_key=f"event:{part.event.id}:notes.{part.telling.number}",
        person_id=one.person_id,
        due_at=at,
        lane=Lane.LATER,
    )


def _feedback(part: _Part, one: Invited) -> None:
    """Those who were there are asked; where nobody signed in, those who had said that they would come."""
    came = one.person_id in part.here if part.here else one.reply in COMING
    if not came or one.person_id in (part.event.host_id, part.event.speaker_id):
        return
    _, at = part.due(one)
    rows = feedback_rows(part.unit, part.event, one, None, None)
    what = shown.title(part.unit, part.event, one.reach.language)
    part.say(one, "event.feedback", rows, at, what=what)


def feedback_rows(
    unit: Unit, event: Event, one: Invited, helped: int | None, usable: int | None
) -> list[list[say.Button]]:
    """The two questions' buttons: 1 to 5, and three words; what was chosen is ticked."""
    reach = one.reach
    first = [
        shown.named(unit, reach, f"{'✓' if number == helped else ''}{number}", "evfb", event.id, "h", number)
        for number in range(1, 6)
    ]
    second = [
        shown.named(
            unit,
            reach,
            ("✓ " if number == usable else "") + words(reach.language, f"button.feedback_use_{number}"),
            "evfb",
            event.id,
            "u",
            number,
        )
        for number in (3, 2, 1)
    ]
    return [first, second]


def _answers(part: _Part, one: Invited) -> None:
    """Questions and their answers, once, to all."""
    if one.person_id in (part.event.host_id, part.event.speaker_id):
        return
    wanted = {int(number) for number in part.telling.extra.split()}
    found = [one for one in questions.of(part.unit, part.event.id) if one.id in wanted and one.answer]
    if not found:
        return
    classes = [number for number, _ in events.classes_of(part.unit, part.event.id)]
    asked = masked(part.unit, classes, [question.text for question in found])
    language = one.reach.language
    lines = [
        words(language, "event.question_and_answer", question=question, answer=answered.answer)
        for question, answered in zip(asked, found, strict=True)
    ]
    _, at = part.due(one)
    part.say(
        one,
        "event.answers",
        [],
        at,
        what=shown.title(part.unit, part.event, language),
        lines=Block("\n\n".join(lines)),
    )


def _vote(part: _Part, one: Invited) -> None:
    may, at = part.due(one)
    if not may or one.person_id == part.event.host_id:
        return
    part.say(
        one,
        "event.vote",
        vote_rows(part.unit, part.event, one, ""),
        at,
        head=shown.head(part.unit, part.event, one.reach.language, part.children.get(one.person_id, [])),
        time=shown.span(one.reach.language, part.event, part.school.zone),
    )


def vote_rows(unit: Unit, event: Event, one: Invited, chosen: str) -> list[list[say.Button]]:
    """The topics to choose among; the chosen one is ticked."""
    rows = []
    for code in event.vote.split():
        topic = topics.by_code(code)
        if topic is not None:
            tick_ = "✓ " if code == chosen else ""
            rows.append(
                [shown.named(unit, one.reach, tick_ + topic.title(one.reach.language), "evvote", event.id, code)]
            )
    return rows


_SAYS: dict[What, Callable[[_Part, Invited], None]] = {
    What.NOTICE: _notice,
    What.MENDED: _mended,
    What.DAY: _reminder,
    What.HOUR: _reminder,
    What.LINK: _link,
    What.CHANGED: _changed,
    What.CANCELLED: _cancelled,
    What.NOTES: _notes,
    What.FEEDBACK: _feedback,
    What.ANSWERS: _answers,
    What.VOTE: _vote,
}


def _host(part: _Part) -> None:
    """Who gives it is reminded too, with what is still missing; each reminder once."""
    unit, event, what = part.unit, part.event, part.telling.what
    sums = replies.sums(unit, event.id)
    people = sums.get(Reply.COME, (0, 0))[1]
    online = sums.get(Reply.ONLINE, (0, 0))[0]
    missing = event.form != Form.ROOM and online > 0 and event.sealed_link is None
    open_questions = sum(1 for one in questions.of(unit, event.id) if not one.told)

    def lines(language: str) -> Block:
        found = [words(language, "lead.coming", people=people, online=online)]
        if missing:
            found.append(words(language, "lead.link_missing"))
        if open_questions:
            found.append(words(language, "lead.questions_count", count=open_questions))
        return Block("\n".join(found))

    buttons = [("button.lead_open", "evlead")]
    if what is What.HOUR and kinds.kind_of(event.kind).sign_in:
        buttons.insert(0, ("button.lead_code", "evcode"))
    speakers = {audience.acts(unit, event), event.speaker_id or event.host_id}
    for person in sorted(speakers):
        shown.tell_staff(
            unit,
            person,
            event,
            part.school,
            f"lead.remind_{what.value}",
            f"lead_{what.value}.{event.sequence}",
            buttons=buttons,
            at_once=what is What.HOUR,
            useful_until=part.telling.useful_until,
            lines=lines,
        )
