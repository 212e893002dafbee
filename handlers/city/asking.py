"""'Who is your child's mentor?': asked once a school year, within the week's few notices, and answered in one tap.

Whatever somebody answers, the next thing they see is the mentor's card: nobody is corrected, and no trace of the answer stays.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from handlers import conversation, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.texts import clock
from models.base import to_ms
from models.city import polls, shares
from models.city.polls import Ask
from models.conversation import thread_of
from models.hours import quiet_until
from models.notices import attention
from models.queues import Lane
from models.standing import Line
from models.unit import Unit

FROM, UNTIL = 9, 20
"""Hours of the day between which it is asked."""
BATCH = 100
MONDAY_HOUR = 10


def begin_due(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """Begins it where it is the second month of the school year, in the daytime."""
    if FROM <= unit.now.astimezone(ZoneInfo(school.zone)).hour < UNTIL:
        polls.begin_due(unit, school.zone)


def turn(unit: Unit, _bot_id: int, school: SchoolSettings) -> bool:
    """A part of what is to be done: the list, the next who are asked, forgetting. True where there may be more."""
    if shares.end_part(unit) or polls.list_part(unit):
        return True
    if not FROM <= unit.now.astimezone(ZoneInfo(school.zone)).hour < UNTIL or polls.crowded(unit):
        return False
    due = polls.due(unit, BATCH)
    for one in due:
        if not unit.attempt(partial(_ask, unit, one, school)):
            # What cannot be read keeps nobody else waiting.
            polls.put_off(unit, one, unit.now_ms + polls.DAY)
    return len(due) == BATCH


def _ask(unit: Unit, one: Ask, school: SchoolSettings) -> None:
    quiet = quiet_until(school.zone, one.quiet, unit.now)
    if quiet is not None:
        polls.put_off(unit, one, to_ms(quiet))
        return
    week = attention.week_of(unit.now, school.zone)
    names = polls.names(unit, one.school_id, one.mentor_id)
    if not attention.take_one(unit, one.reach.user_id, week, school.notices.per_week):
        polls.put_off(unit, one, _next_monday(unit, school.zone))
        return
    if not polls.asked(unit, one):
        return
    rows = [
        [telling.named(unit, one.reach, name, "ctpick", one.poll_id, mentor, one.pupil_id)] for mentor, name in names
    ]
    unsure = telling.button(unit, one.reach, "button.knows_unsure", "ctpick", one.poll_id, polls.UNSURE, one.pupil_id)
    telling.tell(
        unit,
        one.reach,
        "knows.ask",
        dedupe_key=f"knows:{one.poll_id}:{one.person_id}",
        lane=Lane.LATER,
        buttons=[*rows, [unsure]],
        child=unit.vault.open("pupil", one.pupil_id, "name", one.sealed_child),
    )


def _next_monday(unit: Unit, zone: str) -> int:
    local = unit.now.astimezone(ZoneInfo(zone))
    day = local + timedelta(days=7 - local.weekday())
    return to_ms(day.replace(hour=MONDAY_HOUR, minute=0, second=0, microsecond=0))


def pick(context: Context, poll_id: int, mentor_id: int, pupil_id: int) -> None:
    """An answer. What comes next is the same for all: whom the child has, and how to write to them."""
    taken = shares.answer(context.unit, poll_id, context.who.account_id, mentor_id, pupil_id)
    context.toast("knows.thanks" if taken else "knows.over")
    line = _line(context, pupil_id)
    if line is None:
        context.change("knows.no_child")
    elif line.mentor_name is None or line.mentor_hours is None:
        context.change("knows.no_mentor", child=line.pupil_name)
    else:
        context.change(
            "knows.card",
            buttons=[[context.button("button.knows_write", "ctwrite", pupil_id, mentor=line.mentor_name)]],
            child=line.pupil_name,
            mentor=line.mentor_name,
            subject=line.mentor_subject or context.words("join.no_subject"),
            opens=clock(line.mentor_hours[0]),
            closes=clock(line.mentor_hours[1]),
        )


def _line(context: Context, pupil_id: int) -> Line | None:
    """The own line to that child's mentor, as it is today."""
    return next((one for one in context.who.children if one.pupil_id == pupil_id), None)


def write(context: Context, pupil_id: int) -> None:
    """The next text goes to that child's mentor."""
    line = _line(context, pupil_id)
    if line is None:
        context.toast("help.button_gone", alert=True)
        return
    conversation.answer(context, thread_of(context.unit, line))


PRESSES: dict[str, Press] = {"ctpick": Press(pick, (int, int, int)), "ctwrite": Press(write, (int,))}
