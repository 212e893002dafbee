"""What those who are invited press: come, online, cannot, only the notes; with how many; a question; the notes again."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.events import pieces, shown
from handlers.incoming import Wrote
from handlers.texts import render
from models.duties import forms
from models.duties.forms import Asked
from models.events import allowed, audience, dates, events, kinds, materials, questions, replies, tellings
from models.events.states import COMING, EventState, Form, Reply, What
from models.events.tables import Event
from models.unit import Unit, sql


def invited(context: Context, event_id: int) -> tuple[Event, int] | None:
    """An event to which this account is invited, and as whom; otherwise the button leads nowhere."""
    event = events.one(context.unit, event_id)
    person = None if event is None else audience.invited_as(context.unit, event, context.who.person_ids)
    if event is None or person is None:
        context.toast("help.button_gone", alert=True)
        return None
    return event, person


def show(context: Context, event_id: int, *, place: int = 0) -> None:
    """The event as it stands, in the message whose button was pressed."""
    found = invited(context, event_id)
    if found is None:
        return
    event, person = found
    unit = context.unit
    event, known = dates.stands_for(unit, event, person)
    values, rows, key = shown.card(
        unit,
        event,
        context.school,
        context.reach,
        children=audience.children(unit, event, [person]).get(person, []),
        reply=None if known is None else known[0],
        people=1 if known is None else known[1],
        place=place,
    )
    rows.append([context.button("button.classes_back", "clist")])
    context.change(key, buttons=rows, **values)


def answer(context: Context, event_id: int, word: str, people: int) -> None:
    """An answer, or another number of people (0: as before)."""
    found = invited(context, event_id)
    if found is None:
        return
    event, person = found
    unit = context.unit
    kind = kinds.kind_of(event.kind)
    known = word in {one.value for one in replies.allowed(event, kind.replies)}
    if not known or not 0 <= people <= replies.MOST_PEOPLE or event.state == EventState.PROPOSED:
        context.toast("help.button_gone", alert=True)
        return
    reply = Reply(word)
    before = replies.of(unit, event_id, person)
    had = [one for one in events.sessions(unit, event) if _comes(unit, one.id, person)]
    given = replies.give(unit, event_id, person, reply, people or None)
    if given.reply is None:
        context.toast("event.over", alert=True)
        show(context, event_id)
        return
    if given.stays is not None:
        context.toast("event.no_room", alert=True)
        show(context, given.stays)
        return
    if given.reply not in COMING:
        replies.withdraw(unit, event_id, person)
    if given.reply is Reply.WAITING:
        context.toast("event.full", alert=True, place=given.place)
    else:
        context.toast(f"event.noted_{given.reply.value}")
    tell_moved_up(unit, given.moved_up, context.school)
    event = events.must(unit, event_id)
    was = None if before is None else before[0]
    for one in had:
        if not _comes(unit, one.id, person):
            turn = shown.calendar_turn(unit, one, person)
            shown.calendar_file(unit, one, context.reach, person, answers=True, cancelled=True, turn=turn)
    if given.reply in COMING and was not in COMING:
        turn = shown.calendar_turn(unit, event, person)
        shown.calendar_file(unit, event, context.reach, person, answers=True, turn=turn)
    if given.reply is Reply.ONLINE and was is not Reply.ONLINE and tellings.was(unit, event_id, What.LINK):
        _link_now(context, event, person)
    show(context, event_id, place=given.place)


def _comes(unit: Unit, event_id: int, person: int) -> bool:
    known = replies.of(unit, event_id, person)
    return known is not None and known[0] in COMING


def _link_now(context: Context, event: Event, person: int) -> None:
    """It has begun already: the link at once, and once: the telling to all may not have come to this person yet."""
    unit = context.unit
    link = events.opened(unit, event, "link")
    if not link or event.form == Form.ROOM:
        return
    number = tellings.next_number(unit, event.id, What.LINK) - 1
    key = f"event:{event.id}:link.{number}:{person}"
    # One that was taken back, when this person did not want to take part, keeps its key and says nothing.
    taken_back = unit.execute(_TAKEN_BACK, key=key).first() is not None
    unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.TEXT,
        payload=say.text(
            render(context.language, "event.link", what=shown.title(unit, event, context.language), link=link)
        ),
        dedupe_key=None if taken_back else key,
    )


_TAKEN_BACK = sql("SELECT 1 FROM outbox WHERE dedupe_key = :key AND state IN ('cancelled', 'expired')")


def tell_moved_up(unit: Unit, moved: tuple[tuple[int, int], ...], school: SchoolSettings) -> None:
    """Tells those for whom a place became free."""
    for event_id, person in moved:
        event = events.must(unit, event_id)
        found = audience.people(unit, event, person - 1, 1)
        if not found or found[0].person_id != person or not found[0].reach.reachable:
            continue
        reach = found[0].reach
        due_at = shown.hears(unit, found[0], event.school_id, school, event.starts_at)
        telling.tell(
            unit,
            reach,
            "event.moved_up",
            dedupe_key=f"event:{event_id}:up.{event.version}:{person}",
            due_at=due_at,
            useful_until=event.ends_at,
            buttons=[
                [telling.button(unit, reach, "button.event_cannot", "evr", event_id, Reply.CANNOT.value, 0)],
                [telling.button(unit, reach, "button.event_show", "evshow", event_id)],
            ],
            what=shown.title(unit, event, reach.language),
            time=shown.span(reach.language, event, school.zone),
        )
        turn = shown.calendar_turn(unit, event, person)
        shown.calendar_file(unit, event, reach, person, due_at=due_at, turn=turn)


# --- a question ---


def ask_question(context: Context, event_id: int) -> None:
    """The next text is a question to who gives it."""
    found = invited(context, event_id)
    if found is None:
        return
    event, _ = found
    if not kinds.kind_of(event.kind).questions or event.closed_at is not None or event.state == EventState.CANCELLED:
        context.toast("event.over", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, "evquestion", event_id)
    context.say(
        "event.question_ask",
        name=events.speaker_name(context.unit, event),
        buttons=[[context.button("button.event_never_mind", "evshow", event_id)]],
    )


def takes_question(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The question as it was typed; whether it may be answered before all is asked below it."""
    found = events.one(context.unit, wanted.subject_id)
    person = None if found is None else audience.invited_as(context.unit, found, context.who.person_ids)
    if found is None or person is None:
        return False
    text = event.text.strip()
    if len(text) > questions.LONGEST:
        context.say("event.question_long", most=questions.LONGEST, count=len(text), reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    kept = questions.ask(context.unit, found, person, text, private=False)
    if kept is None:
        context.say("event.question_many", most=questions.MOST, reply_to=event.place_id)
        return True
    rows = [] if kept.private else [[context.button("button.question_private", "evqp", kept.id)]]
    rows.append([context.button("button.event_show", "evshow", found.id)])
    context.say(
        "event.question_kept_private" if kept.private else "event.question_kept", buttons=rows, reply_to=event.place_id
    )
    return True


def keep_private(context: Context, question_id: int) -> None:
    """The asker wants the answer alone."""
    unit, mine = context.unit, questions.asker(context.unit, question_id)
    own = mine is not None and mine in context.who.person_ids and not allowed.stopped(unit, mine)
    if not own or not questions.make_private(unit, question_id):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    context.change("event.question_kept_private")


# --- the notes again ---


def notes(context: Context, event_id: int) -> None:
    """All that was sent, once more."""
    found = invited(context, event_id)
    if found is None:
        return
    context.toast()
    event, _ = found
    sent = materials.of(context.unit, event_id)
    if not sent:
        context.say("event.no_notes")
        return
    pieces.send(
        context.unit,
        context.reach,
        sent,
        answers=True,
        author_id=event.host_id,
        what=shown.title(context.unit, event, context.language),
    )


PRESSES: dict[str, Press] = {
    "evshow": Press(show, (int,)),
    "evr": Press(answer, (int, str, int)),
    "evq": Press(ask_question, (int,)),
    "evqp": Press(keep_private, (int,)),
    "evnotes": Press(notes, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"evquestion": takes_question}
