"""Families that wait for an answer: the mentor's list, one reminder, and what a family is promised. Never blame."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from handlers.context import CommandHandler, Context, Press, SchoolSettings, tell
from handlers.copies import relation_word
from handlers.incoming import Commanded
from handlers.texts import words
from models import hours, promises
from models.base import from_ms
from models.calendar import calendar_of
from models.duties import digests
from models.standing import CHIEF_MENTOR, families, line_of_thread, roles
from models.unit import Unit

MOST = 10
"""Families that are listed at once."""
HALF_A_DAY = 12 * 3_600_000
"""Milliseconds after the promised time from which a chief mentor sees it in a number."""


def _day(language: str, now: datetime, when: datetime, zone: str) -> str:
    place = ZoneInfo(zone)
    local = when.astimezone(place)
    ahead = (local.date() - now.astimezone(place).date()).days
    if ahead in (0, 1):
        return words(language, "when.today" if ahead == 0 else "when.tomorrow")
    return str(format_date(local, "M月d日 EEE" if language == "zh_CN" else "EEEE, d MMMM", locale=language))


def promise_text(language: str, now: datetime, reaches: datetime, due: datetime | None, zone: str) -> str:
    """When it arrives and by when it is answered, with days as people call them."""
    at = str(format_time(reaches.astimezone(ZoneInfo(zone)), "HH:mm", locale=language))
    day = _day(language, now, reaches, zone)
    if due is None:
        return words(language, "when.arrives", day=day, time=at)
    return words(language, "when.promise", day=day, time=at, by=_day(language, now, due, zone))


def show(context: Context, _event: Commanded | None = None) -> None:
    """/open: who waits, the longest first, with a way to answer or to say that none is needed."""
    unit, who, zone = context.unit, context.who, context.school.zone
    lines = {line.thread_id: line for line in families(unit, who) if line.thread_id is not None}
    mentors = list({line.mentor_id for line in lines.values() if line.mentor_id is not None} | set(who.person_ids))
    waiting = [one for one in promises.waiting(unit, mentors) if one.thread_id in lines]
    context.toast()
    for one in waiting[:MOST]:
        line = lines[one.thread_id]
        context.say(
            "open.one",
            buttons=[
                [
                    context.button("button.answer", "answer", one.thread_id),
                    context.button("button.no_need", "wnoneed", one.id),
                ]
            ],
            then={"thread": one.thread_id},
            child=line.pupil_name,
            relation=relation_word(context.language, line.relation),
            since=_day_time(context.language, unit.now, from_ms(one.since), zone),
            by=_day(context.language, unit.now, from_ms(one.due_at), zone),
        )
    promised, kept = promises.kept(unit, who.person_ids or [0])
    foot = context.words("open.kept", kept=kept, promised=promised) if promised else ""
    late = 0
    if CHIEF_MENTOR in roles(unit, who):
        late = promises.late_in_class(unit, who.person_ids, HALF_A_DAY)
    parts = [context.words("open.none") if not waiting else context.words("open.count", count=len(waiting))]
    parts += [part for part in (foot, context.words("open.class_late", count=late) if late else "") if part]
    context.say_lines(parts)


def _day_time(language: str, now: datetime, when: datetime, zone: str) -> str:
    local = when.astimezone(ZoneInfo(zone))
    if local.date() == now.astimezone(ZoneInfo(zone)).date():
        return f"{words(language, 'when.today')} {local:%H:%M}"
    return f"{format_date(local, 'M月d日' if language == 'zh_CN' else 'd MMMM', locale=language)} {local:%H:%M}"


def no_need(context: Context, promise_id: int) -> None:
    """No answer is needed: only who may answer may say so."""
    lines = {line.thread_id for line in families(context.unit, context.who)}
    mentors = {line.mentor_id for line in families(context.unit, context.who) if line.mentor_id is not None}
    own = next((one for one in promises.waiting(context.unit, list(mentors)) if one.id == promise_id), None)
    if own is None or own.thread_id not in lines:
        context.toast("open.gone")
        return
    promises.no_need(context.unit, promise_id)
    context.toast()
    context.change("open.closed")


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    """Reminds a mentor of a family that has waited longer than promised: once for each, one a day, in working hours."""
    for one in promises.late(unit):
        line = line_of_thread(unit, one.thread_id)
        if line is None or line.mentor_id != one.mentor_id:
            promises.no_need(unit, one.id)
            continue
        covers = line.substitute is not None and line.substitute.reachable
        reach = line.substitute if covers else line.mentor
        open_ = line.substitute_hours if covers else line.mentor_hours
        if reach is None or not reach.reachable or reach.bot_id != bot_id or open_ is None:
            continue
        if school.keep_hours:
            calendar = calendar_of(unit, line.school_id, school.zone)
            if hours.opens_at(calendar, open_, unit.now) is not None:
                continue
        person = line.substitute_id if covers else line.mentor_id
        # Beyond the week's list one prompt a day: who waits besides stands in /open and in the list.
        if person is None or digests.came_today(unit, person, school.zone):
            continue
        if not digests.prompt(unit, person, school.zone, "promise"):
            continue
        if promises.reminded(unit, one.id):
            tell(
                unit,
                reach,
                "open.reminder",
                dedupe_key=f"promise:{one.id}",
                child=line.pupil_name,
                relation=relation_word(reach.language, line.relation),
                since=_day_time(reach.language, unit.now, from_ms(one.since), school.zone),
            )


COMMANDS: dict[str, CommandHandler] = {"open": show}
PRESSES: dict[str, Press] = {"wnoneed": Press(no_need, (int,))}
