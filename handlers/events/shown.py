"""What all texts of events share: how an event is written, its buttons, and how people who did not just speak are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from handlers import invitation, say, telling
from handlers.context import SchoolSettings
from handlers.texts import Block, listed, render, words
from models.base import from_ms, to_ms
from models.calendar import calendar_of
from models.events import audience, events, kinds, replies, signin, topics
from models.events.audience import Invited
from models.events.rules import DAY
from models.events.signin import Signed
from models.events.states import AHEAD, COMING, Audience, EventState, Form, Reply
from models.events.tables import Event
from models.hours import opens_at, quiet_until
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit, sql

GROUPS = 6
"""So many classes are named in a message."""
PEOPLE = 4
"""So many numbers stand as buttons below a yes."""


def kind_word(language: str, event: Event) -> str:
    """What it is: a parent class, a training …"""
    return kinds.kind_of(event.kind).title(language)


def title(unit: Unit, event: Event, language: str) -> str:
    """What it is and, where that is chosen, what about: for a line in a list."""
    topic = events.topic_title(unit, event, language)
    kind = kind_word(language, event)
    if event.pupil_id is not None:
        # Only those who were chosen hear of a consultation: they have to know about whom it is.
        kind = words(language, "event.title_about", kind=kind, child=events.pupil_name(unit, event.pupil_id))
    return words(language, "event.title", kind=kind, topic=topic) if topic else kind


def subject(unit: Unit, event: Event, language: str) -> str:
    """What it is about; where that is open, that it is, and of other kinds than a parent class who holds it."""
    topic = events.topic_title(unit, event, language)
    if topic:
        return topic
    if event.kind == kinds.CLASS:
        return words(language, "event.topic_open")
    return words(language, "event.by", name=events.speaker_name(unit, event))


def span(language: str, event: Event, zone: str) -> str:
    """Weekday, date, and from when to when."""
    return f"{telling.when(language, event.starts_at, zone)}–{telling.when(language, event.ends_at, zone)[-5:]}"


def groups(unit: Unit, event: Event, language: str) -> str:
    """The classes that are invited, by name; of very many the first ones."""
    return _named_groups([label for _, label in events.classes_of(unit, event.id)], language)


def _named_groups(labels: list[str], language: str) -> str:
    if len(labels) <= GROUPS:
        return listed(language, labels)
    return words(language, "event.groups_more", names=listed(language, labels[:GROUPS]), count=len(labels))


def place_line(unit: Unit, event: Event, language: str) -> str:
    """Where it is."""
    place = events.opened(unit, event, "place")
    if event.form == Form.ONLINE:
        return words(language, "event.place_online")
    key = "event.place_both" if event.form == Form.BOTH else "event.place"
    return words(language, key, place=place or words(language, "event.place_unknown"))


@dataclass(frozen=True, slots=True)
class Known:
    """What of an event is the same for all who see it: read once for many."""

    dates: list[Event]
    """All that lie ahead, itself among them."""
    speaker: str
    labels: list[str]
    """Of the classes that are invited."""
    notes: bool
    """Whether something was sent that can be read."""


def known_of(unit: Unit, event: Event) -> Known:
    """Reads it."""
    has_notes = kinds.kind_of(event.kind).notes and unit.execute(_HAS_NOTES, event=event.id).first() is not None
    return Known(
        events.sessions(unit, event),
        events.speaker_name(unit, event),
        [label for _, label in events.classes_of(unit, event.id)],
        has_notes,
    )


def about_lines(unit: Unit, event: Event, school: SchoolSettings, language: str, known: Known) -> list[str]:
    """All that people need to know: when (every date that there is), where, who, what about."""
    dates = [one for one in known.dates if one.id != event.id]
    lines = [words(language, "event.when", time=span(language, event, school.zone))]
    lines += [words(language, "event.when_also", time=span(language, one, school.zone)) for one in dates]
    lines.append(place_line(unit, event, language))
    lines.append(words(language, "event.speaker", name=known.speaker))
    found = topics.by_code(event.topic) if event.topic else None
    if found is not None:
        lines.append(found.about(language))
    elif not event.topic and event.kind == kinds.CLASS:
        lines.append(words(language, "event.topic_later"))
    return lines


def head(unit: Unit, event: Event, language: str, children: Sequence[str], known: Known | None = None) -> str:
    """The first line: whom it is about, and what it is."""
    kind = kind_word(language, event)
    if children:
        return words(language, "event.head", children=listed(language, children), kind=kind)
    labels = groups(unit, event, language) if known is None else _named_groups(known.labels, language)
    return words(language, "event.head", children=labels, kind=kind) if labels else kind


def reply_line(language: str, reply: Reply | None, people: int, place: int = 0, *, notes: bool = True) -> str:
    """What somebody has answered, or the question. `notes`: there will be some, for those who do not come too."""
    if reply is None:
        return words(language, "event.ask")
    if reply is Reply.CANNOT and not notes:
        return words(language, "create.is_cannot")
    return words(language, f"event.is_{reply.value}", people=people, place=place)


def card(
    unit: Unit,
    event: Event,
    school: SchoolSettings,
    reach: Reach,
    *,
    children: Sequence[str],
    reply: Reply | None,
    people: int = 1,
    place: int = 0,
    key: str = "event.card",
    known: Known | None = None,
) -> tuple[dict[str, Any], list[list[say.Button]], str]:
    """An event as somebody who is invited sees it: values for a text, buttons, and the text's key.

    `known` where the same event is shown to many.
    """
    language = reach.language
    now = unit.now_ms
    known = known or known_of(unit, event)
    lines = about_lines(unit, event, school, language, known)
    if event.state == EventState.CANCELLED:
        key, rows = "event.card_cancelled", list[list[say.Button]]()
    elif replies.open_for(event, now):
        lines.append("")
        lines.append(reply_line(language, reply, people, place, notes=kinds.kind_of(event.kind).notes))
        rows = reply_rows(unit, event, school, reach, reply, people, known.dates)
        rows += more_rows(unit, event, school, reach, known.notes)
    else:
        rows = more_rows(unit, event, school, reach, known.notes, over=True)
    values = {
        "head": head(unit, event, language, children, known),
        "topic": subject(unit, event, language),
        "lines": Block("\n".join(lines)),
    }
    return values, rows, key


def reply_rows(
    unit: Unit,
    event: Event,
    school: SchoolSettings,
    reach: Reach,
    reply: Reply | None,
    people: int,
    dates: Sequence[Event],
) -> list[list[say.Button]]:
    """The answers; the chosen one is ticked and can be changed as long as the event has not ended."""
    kind = kinds.kind_of(event.kind)
    rows: list[list[say.Button]] = []

    def answer(one: Event, what: Reply, *, dated: bool) -> say.Button:
        chosen = one.id == event.id and (what is reply or (what is Reply.COME and reply is Reply.WAITING))
        key = f"button.event_{what.value}_at" if dated else f"button.event_{what.value}"
        short = telling.when(reach.language, one.starts_at, school.zone)
        text = ("✓ " if chosen else "") + words(reach.language, key, time=short)
        return telling.named(unit, reach, text, "evr", one.id, what.value, people if chosen else 0)

    for one in dates or [event]:
        may = replies.allowed(one, kind.replies)
        rows.append([answer(one, what, dated=len(dates) > 1) for what in may if what in COMING])
    rows.append([answer(event, what, dated=False) for what in kind.replies if what in (Reply.CANNOT, Reply.NOTES)])
    if reply in (Reply.COME, Reply.WAITING) and event.audience not in (Audience.STAFF, Audience.GUESTS):
        numbers = range(1, max(PEOPLE, people) + 1)
        rows.append(
            [
                telling.named(
                    unit,
                    reach,
                    ("✓ " if one == people else "") + words(reach.language, "button.event_people", count=one),
                    "evr",
                    event.id,
                    Reply.COME.value,
                    one,
                )
                for one in numbers
            ]
        )
    if kind.questions and reply is not None:
        rows.append([telling.button(unit, reach, "button.event_question", "evq", event.id)])
    return rows


def more_rows(
    unit: Unit, event: Event, school: SchoolSettings, reach: Reach, has_notes: bool, *, over: bool = False
) -> list[list[say.Button]]:
    """What can be done beside answering: sign in while one can, read what was sent, ask afterwards too."""
    rows = []
    kind, now, rules = kinds.kind_of(event.kind), unit.now_ms, school.events
    if kind.sign_in and signin.stands(event, now, rules) is Signed.HERE:
        rows.append([telling.button(unit, reach, "button.event_here", "evhere", event.id)])
    asks = event.closed_at is None and now < event.ends_at + rules.questions_days * DAY
    if over and kind.questions and asks and event.state in (*AHEAD, EventState.HELD):
        rows.append([telling.button(unit, reach, "button.event_question", "evq", event.id)])
    if has_notes:
        rows.append([telling.button(unit, reach, "button.event_read", "evnotes", event.id)])
    return rows


_HAS_NOTES = sql("SELECT 1 FROM event_material WHERE event_id = :event AND round IS NOT NULL")


# --- when somebody may be told ---

SOON = 7_200_000
"""Milliseconds before an event by which everybody has to know what has changed: at once, if hours would be later."""


def hears(unit: Unit, one: Invited, school_id: int, school: SchoolSettings, before: int | None = None) -> int | None:
    """When this person's rest ends (ms since 1970); nothing outside it, or where that would be too late for `before`."""
    if not school.keep_hours:
        return None
    if one.staff:
        found = opens_at(calendar_of(unit, school_id, school.zone), one.hours, unit.now)
    else:
        found = quiet_until(school.zone, one.quiet, unit.now)
    at = None if found is None else to_ms(found)
    late = at is not None and before is not None and unit.now_ms < before < at + SOON
    return None if late else at


def tell_staff(
    unit: Unit,
    person_id: int,
    event: Event,
    school: SchoolSettings,
    key: str,
    what: str,
    *,
    buttons: Sequence[tuple[str, str]] = (),
    rows: Callable[[Reach], list[list[say.Button]]] = lambda _reach: [],
    at_once: bool = False,
    useful_until: int | None = None,
    **values: Any,
) -> None:
    """Tells who answers for an event, once for `what`; in working hours unless it is for at once.

    `buttons` are (text, action); each carries the event. `rows` stand before them. A value that is a function of the
    language is asked for its words.
    """
    row = unit.execute(_PERSON, id=person_id).first()
    reach = audience.reaches(unit, [person_id]).get(person_id)
    if reach is None or row is None:
        return
    language = reach.language
    one = Invited(
        person_id,
        reach,
        row.staff_number is not None,
        (row.quiet_from, row.quiet_to),
        (row.hours_from, row.hours_to),
        None,
        0,
    )
    found: dict[str, Any] = {
        "what": title(unit, event, language),
        "time": span(language, event, school.zone),
        "classes": groups(unit, event, language),
    }
    found |= {name: value(language) if callable(value) else value for name, value in values.items()}
    telling.tell(
        unit,
        reach,
        key,
        dedupe_key=f"event:{event.id}:{what}:{person_id}",
        due_at=None if at_once else hears(unit, one, event.school_id, school, event.starts_at),
        useful_until=useful_until,
        buttons=[*rows(reach), *([telling.button(unit, reach, text, action, event.id)] for text, action in buttons)],
        **found,
    )


_PERSON = sql("SELECT staff_number, quiet_from, quiet_to, hours_from, hours_to FROM person WHERE id = :id")


# --- the calendar ---

TURNS = 50
"""Files for one person within one sequence of an event, at most: a parent who changes her mind more often has a stale one."""
_KNOWN = sql("SELECT 1 FROM outbox WHERE dedupe_key = :key")


def calendar_turn(unit: Unit, event: Event, person_id: int) -> int:
    """Which file the next one is that this person gets by an answer of her own; the last one again where all are used up."""
    for turn in range(1, TURNS):
        keys = (f"event:{event.id}:{name}.{event.sequence * TURNS + turn}:{person_id}" for name in ("file", "off"))
        if all(unit.execute(_KNOWN, key=key).first() is None for key in keys):
            return turn
    return TURNS - 1


def calendar_file(
    unit: Unit,
    event: Event,
    reach: Reach,
    person_id: int,
    *,
    due_at: int | None = None,
    cancelled: bool = False,
    lane: Lane = Lane.REMINDER,
    answers: bool = False,
    speaker: str | None = None,
    turn: int = 0,
) -> None:
    """The event for somebody's own calendar: a later file has a higher sequence and takes the place of the one before.

    `speaker` is the name of who gives it, where that is known; `turn` which file it is of this person for this sequence of
    the event (`calendar_turn`).
    """
    language = reach.language
    # A calendar takes a file for newer by one number: room for a person's own changes of mind between two of the event's.
    number = event.sequence * TURNS + turn
    place = events.opened(unit, event, "place") if event.form != Form.ONLINE else words(language, "event.online_word")
    content = invitation.drawn(
        uid=f"event-{event.id}@mentor-bot",
        sequence=number,
        cancelled=cancelled,
        begins=from_ms(event.starts_at),
        ends=from_ms(event.ends_at),
        title=title(unit, event, language),
        about=words(language, "event.speaker", name=events.speaker_name(unit, event) if speaker is None else speaker),
        place=place,
        alarm_minutes=() if cancelled else (60,),
        now=unit.now,
    )
    caption = render(language, "event.calendar_cancelled" if cancelled else "event.calendar")
    unit.queue(
        answers=answers,
        bot_id=reach.bot_id,
        chat_id=reach.user_id,
        kind=say.FILE,
        lane=lane,
        payload=say.file(
            f"{kind_word(language, event)}.ics",
            content,
            caption,
            silent=True,
            free=True,
            mark=telling.repeat_mark(language, caption),
        ),
        dedupe_key=f"event:{event.id}:{'off' if cancelled else 'file'}.{number}:{person_id}",
        due_at=due_at,
        useful_until=event.ends_at,
    )
