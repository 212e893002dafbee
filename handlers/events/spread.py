"""Telling many people about an event, part by part: invitations, reminders, changes, notes, questions of feedback.

Which tellings there are and how far each has come is in models/events/tellings.py; here is what each says and to whom.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from handlers import say, telling
from handlers.context import SchoolSettings
from handlers.events import pieces, shown
from handlers.events.part import Part, prepared, stands_for
from handlers.texts import Block, render, words
from models.events import (
    asking,
    audience,
    changing,
    events,
    kinds,
    masks,
    questions,
    replies,
    tellings,
    topics,
)
from models.events.audience import Invited
from models.events.states import AHEAD, COMING, SIGNED_UP, EventState, Form, Reply, What
from models.events.tables import Event
from models.events.tellings import Telling
from models.queues import Lane
from models.unit import Unit
from models.vault import VaultError

IN_CALENDAR = {"time", "place", "form", changing.FILE}
"""Changes after which those who come get another file for their calendar."""
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
    part = prepared(unit, telling, event, school, people)
    say_ = _SAYS[telling.what]
    done = len(people) < most
    cursor = people[-1].person_id if people else telling.cursor
    if telling.cursor == 0 and telling.what in (What.DAY, What.HOUR):
        try:
            _host(part)
        except VaultError as error:
            # What of the questions or names does not open keeps no family from its reminder.
            unit.faults.append(error)
    part.each([one for one in people if one.reach.reachable], lambda one: say_(part, one))
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


# --- what each says ---


def _card(part: Part, one: Invited) -> tuple[dict[str, Any], list[list[say.Button]], str]:
    return shown.card(
        part.unit,
        part.event,
        part.school,
        one.reach,
        children=part.of(one),
        reply=None if one.reply is None else Reply(one.reply),
        people=max(one.people, 1),
        known=part.known,
    )


def _notice(part: Part, one: Invited) -> None:
    if one.person_id == part.event.host_id:
        return
    may, at = part.due(one)
    if not may:
        part.late += 1
        return
    values, rows, key = _card(part, one)
    part.say(one, key, rows, at, **values)


def _mended(part: Part, one: Invited) -> None:
    """The invitation is set right where it stands; who has signed up and hears of the change in a message keeps that."""
    told = part.telling.number < changing.SILENT
    if (told and one.reply in SIGNED_UP) or one.person_id == part.event.host_id or not part.due(one)[0]:
        return
    place = part.places.get(one.person_id)
    event, known = stands_for(part, one)
    # Its invitation had not gone out when the change came.
    invites = place is None and one.person_id in part.uninvited and event.state in AHEAD
    if place is None and not invites:
        return
    may, at = part.due(one, What.NOTICE) if invites else (True, None)
    if not may:
        part.late += 1
        return
    values, rows, key = shown.card(
        part.unit,
        event,
        part.school,
        one.reach,
        children=part.of(one),
        reply=None if known is None else known[0],
        people=1 if known is None else known[1],
        known=part.known_of(event),
    )
    if place is None:
        part.say(one, key, rows, at, told_as=What.NOTICE, **values)
        return
    part.unit.queue(
        bot_id=one.reach.bot_id,
        chat_id=one.reach.user_id,
        kind=say.EDIT,
        lane=Lane.LATER,
        payload=say.edit(place, render(one.reach.language, key, **values), buttons=rows, anew=False),
        useful_until=part.telling.useful_until,
        dedupe_key=part.key(one.person_id, "mend"),
    )


def _reminder(part: Part, one: Invited) -> None:
    if one.reply not in COMING:
        return
    may, at = part.due(one)
    if not may:
        part.late += 1
        return
    event, reach, what = part.event, one.reach, part.telling.what
    rows = [[telling.button(part.unit, reach, "button.event_change", "evshow", event.id)]]
    if what is What.HOUR and kinds.kind_of(event.kind).sign_in and one.reply == Reply.COME:
        rows.insert(0, [telling.button(part.unit, reach, "button.event_here", "evhere", event.id)])
    same = part.same.get(reach.language)
    if same is None:
        same = part.same[reach.language] = {
            "topic": shown.subject(part.unit, event, reach.language),
            "time": shown.span(reach.language, event, part.school.zone),
            "place": shown.place_line(part.unit, event, reach.language),
        }
    online = event.form == Form.ONLINE or (one.reply == Reply.ONLINE and event.form == Form.BOTH)
    place = words(reach.language, "event.place_link") if online else same["place"]
    part.say(one, f"event.remind_{what.value}", rows, at, **{**same, "head": part.head(one), "place": place})


def _link(part: Part, one: Invited) -> None:
    link = events.opened(part.unit, part.event, "link")
    gets = one.reply in COMING if part.event.form == Form.ONLINE else one.reply == Reply.ONLINE
    if not gets or not link or part.event.form == Form.ROOM:
        return
    may, at = part.due(one)
    if not may:
        part.late += 1
        return
    rows = [[telling.button(part.unit, one.reach, "button.event_here", "evhere", part.event.id)]]
    if not kinds.kind_of(part.event.kind).sign_in:
        rows = []
    part.say(one, "event.link", rows, at, what=shown.title(part.unit, part.event, one.reach.language), link=link)


def _changed(part: Part, one: Invited) -> None:
    if one.reply not in SIGNED_UP:
        return
    may, at = part.due(one)
    if not may:
        part.late += 1
        return
    language = one.reach.language
    names = set(part.telling.extra.split())
    what = [words(language, f"event.changed_{name}") for name in sorted(names & changing.NAMES)]
    values, rows, _ = _card(part, one)
    if "form" in names:
        form = words(language, f"told.form_{part.event.form}")
        values["lines"] = Block(f"{form}\n{values['lines']}")
    part.say(one, "event.changed", rows, at, **values, changed=Block("\n".join(what)))
    if names & IN_CALENDAR and one.reply in COMING:
        part.file(one, at)


def _cancelled(part: Part, one: Invited) -> None:
    if one.reply not in SIGNED_UP:
        return
    may, at = part.due(one)
    if not may:
        part.late += 1
        return
    event, language = part.event, one.reach.language
    part.say(
        one,
        "event.cancelled",
        [],
        at,
        head=part.head(one),
        topic=shown.subject(part.unit, event, language),
        time=shown.span(language, event, part.school.zone),
    )
    part.file(one, at, cancelled=True)


def _notes(part: Part, one: Invited) -> None:
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
        author_id=part.event.host_id,
    )


def _feedback(part: Part, one: Invited) -> None:
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
        telling.named(unit, reach, f"{'✓' if number == helped else ''}{number}", "evfb", event.id, "h", number)
        for number in range(1, 6)
    ]
    second = [
        telling.named(
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


def _answers(part: Part, one: Invited) -> None:
    """Questions and their answers, once, to all."""
    if one.person_id in (part.event.host_id, part.event.speaker_id):
        return
    language = one.reach.language
    same = part.same.get(language)
    if same is None:
        same = part.same[language] = {
            "what": shown.title(part.unit, part.event, language),
            "lines": _answer_lines(part, language),
        }
    if not same["lines"]:
        return
    _, at = part.due(one)
    part.say(one, "event.answers", [], at, **same)


def _answer_lines(part: Part, language: str) -> Block:
    wanted = {int(number) for number in part.telling.extra.split()}
    found = [one for one in questions.of(part.unit, part.event.id) if one.id in wanted and one.answer]
    texts = [text for question in found for text in (question.text, question.answer)]
    said = iter(masks.clean(part.unit, part.event, texts))
    lines = [words(language, "event.question_and_answer", question=next(said), answer=next(said)) for _ in found]
    return Block("\n\n".join(lines))


def _vote(part: Part, one: Invited) -> None:
    may, at = part.due(one)
    if not may or one.person_id == part.event.host_id:
        return
    part.say(
        one,
        "event.vote",
        vote_rows(part.unit, part.event, one, ""),
        at,
        head=part.head(one),
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
                [telling.named(unit, one.reach, tick_ + topic.title(one.reach.language), "evvote", event.id, code)]
            )
    return rows


_SAYS: dict[What, Callable[[Part, Invited], None]] = {
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


def _host(part: Part) -> None:
    """Who gives it is reminded too, with what is still missing; each reminder once."""
    unit, event, what = part.unit, part.event, part.telling.what
    sums = replies.sums(unit, event.id)
    people = sums.get(Reply.COME, (0, 0))[1]
    online = sums.get(Reply.ONLINE, (0, 0))[0]
    missing = event.form != Form.ROOM and online > 0 and event.sealed_link is None

    def lines(language: str, open_questions: int) -> Block:
        found = [words(language, "lead.coming", people=people, online=online)]
        if missing:
            found.append(words(language, "lead.link_missing"))
        if open_questions:
            found.append(words(language, "lead.questions_count", count=open_questions))
        return Block("\n".join(found))

    buttons = [("button.lead_open", "evlead")]
    if what is What.HOUR and kinds.kind_of(event.kind).sign_in:
        buttons.insert(0, ("button.lead_code", "evcode"))
    for person in asking.givers(unit, event):
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
            lines=partial(lines, open_questions=len(questions.open_for(unit, event, person))),
        )
