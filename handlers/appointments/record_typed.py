"""What is typed into a visit's record: own words, line by line, and a day to look again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from handlers import compose, say
from handlers.appointments import record
from handlers.appointments.record_view import Desk
from handlers.context import Context
from handlers.digest import short_day
from handlers.incoming import Wrote
from handlers.texts import Rich, render
from models.appointments import records, steps, visits
from models.appointments.records import Answer
from models.appointments.states import VisitState
from models.appointments.steps import DAY, LONGEST
from models.duties import forms
from models.duties.forms import Asked
from models.school_year import days_in
from models.standing import lines_of_pupil

FURTHEST = timedelta(days=200)


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A typed text: added to the step's own words, or the day to look again."""
    code, _, place = wanted.extra.partition(":")
    unit, step = context.unit, steps.step(code)
    reader = records.reader(unit, wanted.subject_id, context.who.person_ids)
    visit, known = visits.one(unit, wanted.subject_id), records.kept(unit, wanted.subject_id)
    if step is None or visit is None or reader is None:
        return False
    if known is None or visit.state != VisitState.HELD or not known.shows(step, reader):
        forms.end(unit, context.who)
        context.say("record.fixed")
        return True
    desk, text = Desk(visit, reader, known), event.text.strip()
    answer = _day(context, text) if step.kind == DAY else _words(context, event, desk, known.answer(code), text)
    if answer is None:
        return True
    records.put(unit, visit.id, reader.person_id, code, answer)
    if int(place):
        # What was asked stays above the text as a line; the screen goes on below it.
        done = render(context.language, "record.above", title=step.title(context.language))
        _change_above(context, int(place), done)
    after = Desk(visit, reader, records.kept(unit, visit.id) or known)
    if step.kind == DAY:
        record.lead_on(context, after, step)
    else:
        record.show_step(context, after, step)
    return True


def _change_above(context: Context, place: int, rich: Rich) -> None:
    context.unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.EDIT,
        payload=say.edit(place, rich),
    )


def _words(context: Context, event: Wrote, desk: Desk, known: Answer, text: str) -> Answer | None:
    whole = f"{known.words}\n{text}" if known.words else text
    if len(whole) > LONGEST:
        context.say("record.too_long", most=LONGEST, count=len(whole), reply_to=event.place_id)
        return None
    named = compose.others_named(context, lines_of_pupil(context.unit, desk.visit.pupil_id), text)
    if named:
        context.say("record.names_another", child=named, reply_to=event.place_id)
        return None
    return Answer(known.options, whole)


def _day(context: Context, text: str) -> Answer | None:
    today = context.unit.now.astimezone(ZoneInfo(context.school.zone)).date()
    try:
        days, rest = days_in(text, today)
    except ValueError:
        days, rest = [], ""
    if len(days) != 1 or rest or not today < days[0] <= today + FURTHEST:
        context.say("record.no_day", example=short_day(context.language, today + timedelta(days=14)))
        return None
    return Answer(("typed",), days[0].isoformat())


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"vrtext": takes}
