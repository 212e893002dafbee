"""One message on its way: into the record, held or queued as a copy, its writer told. Rights are asked before."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import checklist, copies, holding, urgent, urgent_cases
from handlers.context import Context
from handlers.copies import Copy
from handlers.media import kind_of
from handlers.topics import topic_for
from models import conversation, promises
from models.base import to_ms
from models.conversation import Body
from models.safeguarding import signals
from models.standing import Line
from models.threads import Held


def relay(
    context: Context,
    line: Line,
    by_guardian: bool,
    body: Body,
    place: int | Sequence[int],
    answers: int | None = None,
    *,
    item_id: int | None = None,
    item_by: str | None = None,
) -> int | None:
    """Puts something into the record and on its way; says so only where it waits. Answers the message.

    `place` is where the writer's own stands (an album has several; none where one text goes to several families).
    """
    unit, who, school = context.unit, context.who, context.school
    places = (place,) if isinstance(place, int) else tuple(place)
    author = line.guardian_id if by_guardian else line.staff_of(who.person_ids)
    if author is None:
        context.say("relay.ended")
        return None
    hold: tuple[Held, int | None] | None = None
    at = None
    hurried = urgent.take_hurry(unit, who)
    signal = signals.find(whole_text(body))
    if signal is not None:
        hold = Held.URGENT, None
    elif not by_guardian and urgent_cases.blocked(unit, line.guardian_id):
        hold = Held.NO_CONTACT, None
    else:
        flooded, first = context.flood.until(unit, who.user_id, school.person_per_minute)
        at = None if hurried else holding.goes_at(unit, line, by_guardian, school)
        if at is not None:
            hold = Held.HOURS, to_ms(at)
        elif flooded is not None:
            hold = Held.FLOOD, flooded
        if first:
            context.say("relay.slow_down")
    proposal = checklist.proposed(unit, who, line, by_guardian, body.text, item_id, item_by)
    written = conversation.write(
        unit,
        line,
        by_guardian,
        body,
        (who.bot_id, context.room or who.user_id, places),
        author_id=author,
        kind=kind_of(body.media),
        reply_to_id=answers,
        hold=hold,
        hurried=hurried,
        item=proposal,
    )
    if proposal is not None and proposal[1] == "guardian":
        checklist.say_topic(context, line, proposal[0])
    if by_guardian and line.mentor_id is not None and signal is None and promises.needs_answer(whole_text(body)):
        due = holding.answer_by(unit, line, at or unit.now, school)
        promises.asked(unit, written.thread_id, line.mentor_id, unit.now_ms, to_ms(due or unit.now))
    elif not by_guardian:
        promises.answered(unit, written.thread_id)
    if written.to is None:
        holding.say_held(context, line, by_guardian, written, places)
        if written.held is Held.URGENT and signal is not None:
            urgent.signalled(context, line, by_guardian, written.message_id, body, signal.rule)
        elif written.held is Held.NO_CONTACT:
            urgent_cases.say_blocked(context, line)
        elif written.held is Held.HOURS and at is not None:
            holding.say_hours(context, line, by_guardian, written, at)
        return written.message_id
    copies.queue(
        unit,
        Copy(
            line=line,
            by_guardian=by_guardian,
            author_id=author,
            thread_id=written.thread_id,
            message_id=written.message_id,
            body=body,
            to=written.to,
            item_id=None if proposal is None else proposal[0],
            hurried=hurried,
            zone=school.zone,
        ),
        origin=(context.room or who.user_id, places[0]) if places else None,
        reply_place=written.reply_place,
        reply_to_id=answers,
        topic=topic_for(unit, written.to, written.thread_id),
    )
    return written.message_id


def whole_text(body: Body) -> str:
    """All words of a message: its text or caption, and the captions of an album."""
    if len(body.media) < 2:
        return body.text
    return "\n".join(piece["text"] for piece in body.media if piece.get("text"))
