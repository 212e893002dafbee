"""Questions to who gives an event: read without names, answered once, to all or to the asker alone."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.context import Context, Press
from handlers.events import lead, shown
from handlers.incoming import Wrote
from handlers.texts import Block, units
from models.duties import forms
from models.duties.forms import Asked
from models.events import events, questions, tellings
from models.events.questions import Question
from models.events.states import EventState, What
from models.events.tables import Event

A_PAGE = 4
SHOWN = 160
"""Characters of an answer that the list shows."""
A_MESSAGE = 3300
"""Characters of questions and answers that stand in one message to all, so that it stays one."""


def show(context: Context, event_id: int, page: int = 0) -> None:
    """The questions that are open, and those whose answers have not gone out."""
    found = lead.mine(context, event_id)
    if found is None:
        return
    context.toast()
    _view(context, found, page)


def first(context: Context, event_id: int) -> None:
    """The first of them."""
    show(context, event_id)


def _open(context: Context, event: Event, person: int) -> list[Question]:
    """What this person may read of what is open."""
    return questions.open_for(context.unit, event, person)


def _view(context: Context, found: tuple[Event, int], page: int, key: str = "lead.questions") -> None:
    event = found[0]
    every = _open(context, *found)
    page = min(max(page, 0), max((len(every) - 1) // A_PAGE, 0))
    lines, rows = [], list[list[say.Button]]()
    for number, one in list(enumerate(every, 1))[page * A_PAGE : (page + 1) * A_PAGE]:
        key_ = "lead.question_private" if one.private else "lead.question"
        lines.append(context.words(key_, number=number, text=one.text))
        if one.answer:
            short = one.answer if len(one.answer) <= SHOWN else one.answer[:SHOWN] + "…"
            lines.append(context.words("lead.question_answer", answer=short))
        answer = "button.question_again" if one.answer else "button.question_answer"
        rows.append(
            [
                context.button(answer, "elqa", one.id, number=number),
                context.button("button.question_aside", "elqz", one.id, number=number),
            ]
        )
    turn = [context.button("button.earlier", "elqs", event.id, page - 1)] if page else []
    if len(every) > (page + 1) * A_PAGE:
        turn.append(context.button("button.more", "elqs", event.id, page + 1))
    ready = sum(1 for one in every if one.answer)
    send = [context.button("button.questions_send", "elqsend", event.id, count=ready)] if ready else []
    context.change(
        key if every else "lead.questions_none",
        buttons=[*rows, turn, send, [context.button("button.lead_back", "evlead", event.id)]],
        what=shown.title(context.unit, event, context.language),
        lines=Block("\n".join(lines)),
    )


def _one(context: Context, question_id: int) -> tuple[Event, Question, int] | None:
    """A question that is open, of an event that this account leads, and that is for it to read; and as whom."""
    known = questions.one(context.unit, question_id)
    found = None if known is None else lead.led(context, known[0])
    mine = None if found is None else next((one for one in _open(context, *found) if one.id == question_id), None)
    if found is None or mine is None:
        context.toast("help.button_gone", alert=True)
        return None
    return found[0], mine, found[1]


def ask_answer(context: Context, question_id: int) -> None:
    """The next text answers this question."""
    found = _one(context, question_id)
    if found is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "evanswer", question_id)
    context.change(
        "lead.answer_ask_private" if found[1].private else "lead.answer_ask",
        buttons=[[context.button("button.back", "elqs1", found[0].id)]],
        question=found[1].text,
    )


def takes_answer(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The answer as it was typed; it goes out when they are all sent."""
    found = _one(context, wanted.subject_id)
    text = event.text.strip()
    if found is not None and len(text) > questions.LONGEST_ANSWER:
        context.say("lead.answer_long", most=questions.LONGEST_ANSWER, count=len(text), reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    if found is None or not questions.answer(context.unit, wanted.subject_id, text):
        context.say("help.button_gone", reply_to=event.place_id)
        return True
    mine = found[0], found[2]
    every = [one.id for one in _open(context, *mine)]
    _view(context, mine, every.index(wanted.subject_id) // A_PAGE, "lead.answer_kept")
    return True


def aside(context: Context, question_id: int) -> None:
    """It is not answered here."""
    found = _one(context, question_id)
    if found is None:
        return
    context.toast()
    questions.told(context.unit, question_id)
    _view(context, (found[0], found[2]), 0)


def send(context: Context, event_id: int) -> None:
    """All answers go out, once: to all what is for all, to its asker alone what is private."""
    found = lead.mine(context, event_id)
    if found is None:
        return
    unit = context.unit
    event = events.lock(unit, event_id)
    ready = [] if event is None else [one for one in _open(context, event, found[1]) if one.answer]
    if event is None or not ready or event.state not in (EventState.ANNOUNCED, EventState.HELD):
        context.toast("lead.answers_nothing", alert=True)
        return
    context.toast()
    for_all: list[Question] = []
    alone = 0
    for one in ready:
        if not questions.told(unit, one.id):
            continue
        if one.private:
            alone += 1
            _tell_asker(context, event, one)
        else:
            for_all.append(one)
    for part in _parts(for_all):
        number = tellings.next_number(unit, event_id, What.ANSWERS)
        tellings.begin(unit, event, What.ANSWERS, number, extra=" ".join(str(one.id) for one in part))
    context.change(
        "lead.answers_going",
        buttons=[
            [context.button("button.questions_open", "elqs1", event_id)] if _open(context, event, found[1]) else [],
            [context.button("button.lead_open", "evlead", event_id)],
        ],
        what=shown.title(unit, event, context.language),
        everybody=len(for_all),
        alone=alone,
    )


def _parts(found: list[Question]) -> list[list[Question]]:
    """As few messages as they fit in."""
    parts: list[list[Question]] = []
    length = 0
    for one in found:
        more = units(one.text) + units(one.answer) + 10
        if not parts or length + more > A_MESSAGE:
            parts.append([])
            length = 0
        parts[-1].append(one)
        length += more
    return parts


def _tell_asker(context: Context, event: Event, one: Question) -> None:
    asker = questions.asker(context.unit, one.id)
    if asker is not None:
        shown.tell_staff(
            context.unit,
            asker,
            event,
            context.school,
            "event.answer_private",
            f"answer.{one.id}",
            question=one.text,
            answer=one.answer,
        )


PRESSES: dict[str, Press] = {
    "elqs": Press(show, (int, int)),
    "elqs1": Press(first, (int,)),
    "elqa": Press(ask_answer, (int,)),
    "elqz": Press(aside, (int,)),
    "elqsend": Press(send, (int,)),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"evanswer": takes_answer}
