"""Inviting families again: an admin gets a class's slips in one tap, a chief mentor asks the class's mentors, a mentor gets
those of the own families. Names stand on no screen but the own mentor's; one reminder goes to who said 'not now'."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from handlers import telling
from handlers.context import Context, Press, SchoolSettings
from handlers.say import Button
from handlers.slips import hand_out
from models import joining
from models.appointments import counts
from models.base import to_ms
from models.calendar import calendar_of
from models.city import again
from models.city.again import Missing
from models.evidence.terms import today_of
from models.hours import opens_at
from models.queues import Lane
from models.standing import CHIEF_MENTOR, administers, roles
from models.unit import Unit

PAGE = 10
OPENS, CLOSES = 10, 19
"""Hours of the day between which somebody is reminded who has not joined yet."""
MOST = 50


def _classes(context: Context) -> list[Missing] | None:
    """The classes that this account answers for, with their counts; None where it answers for none."""
    schools = administers(context.unit, context.who)
    if schools:
        return again.by_class(context.unit, school_ids=schools)
    if CHIEF_MENTOR in roles(context.unit, context.who):
        return again.by_class(context.unit, chief_ids=context.who.person_ids)
    return None


def show(context: Context, page: int) -> None:
    """Classes with families of which nobody has joined, as counts."""
    found = _classes(context)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    back = [context.button("button.more_back", "more")]
    if not found:
        context.change("again.everybody", buttons=[back])
        return
    page = min(max(page, 0), (len(found) - 1) // PAGE)
    rows = [
        [context.button("button.again_class", "ctinvite", one.class_id, name=one.label, count=one.families)]
        for one in found[page * PAGE : page * PAGE + PAGE]
    ]
    turn = [context.button("button.earlier", "ctjoin", page - 1)] if page else []
    if (page + 1) * PAGE < len(found):
        turn.append(context.button("button.more", "ctjoin", page + 1))
    key = "again.admin" if administers(context.unit, context.who) else "again.chief"
    context.change(key, buttons=[*rows, turn, back])


def invite_class(context: Context, class_id: int) -> None:
    """For an admin: fresh slips. For a chief mentor: the mentors are asked, because whose family has not joined is theirs."""
    unit = context.unit
    one = counts.group(unit, class_id) if context.who.staff is not None else None
    if one is None:
        context.toast("help.button_gone", alert=True)
    elif one.school_id in administers(unit, context.who):
        context.toast()
        _give(context, again.of_class(unit, class_id), one.name)
    elif one.chief_id in context.who.person_ids:
        _ask_mentors(context, class_id, one.name)
    else:
        context.toast("help.button_gone", alert=True)


def _give(context: Context, pupils: list[int], label: str) -> None:
    slips = (
        list(joining.make_slips(context.unit, days=context.school.invite_days, pupil_ids=pupils, staff=False))
        if pupils
        else []
    )
    if not slips:
        context.say("again.everybody")
        return
    context.say("again.done", count=len(slips), days=context.school.invite_days)
    hand_out(context, slips, label, "invites.sheet", "invites.table")


def _ask_mentors(context: Context, class_id: int, label: str) -> None:
    unit, asked, absent = context.unit, 0, 0
    week = "{}-{}".format(*today_of(unit, context.school.zone).isocalendar()[:2])
    school = counts.group(unit, class_id)
    every, led = again.of_class(unit, class_id), again.mentors(unit, class_id)
    for one in led:
        if one.person_id in context.who.person_ids:
            continue
        if one.reach is None or school is None:
            absent += 1
            continue
        asked += 1
        opens = opens_at(calendar_of(unit, school.school_id, context.school.zone), one.hours, unit.now)
        telling.tell(
            unit,
            one.reach,
            "again.asked",
            dedupe_key=f"again:{class_id}:{week}:{one.person_id}",
            due_at=None if opens is None else to_ms(opens),
            buttons=[[telling.button(unit, one.reach, "button.again_own", "ctslips")]],
            name=label,
            count=one.families,
        )
    own = set(again.of_mentors(unit, context.who.person_ids)) & set(every)
    alone = len(every) - sum(one.families for one in led)
    context.toast()
    if not every:
        context.say("again.everybody")
    if asked:
        context.say("again.passed_on", asked=asked)
    if absent:
        context.say("again.absent", absent=absent)
    if alone > 0:
        context.say("again.no_mentor", count=alone)
    if own:
        _give(context, sorted(own), label)


def invite_own(context: Context) -> None:
    """A mentor's own families (and of whom one covers for) of which nobody has joined: fresh slips to hand over."""
    if context.who.staff is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _give(context, again.of_mentors(context.unit, context.who.person_ids), context.words("again.own_families"))


def own_button(context: Context) -> list[Button]:
    """Below a mentor's families: slips for those that have not joined; nothing where there are none."""
    if context.who.staff is None or not again.of_mentors(context.unit, context.who.person_ids):
        return []
    return [context.button("button.again_own", "ctslips")]


def remind(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """Who said 'not now' some days ago hears of it once more, in the daytime, and never again."""
    hour = unit.now.astimezone(ZoneInfo(school.zone)).hour
    if not OPENS <= hour < CLOSES:
        return
    for one in again.hesitant(unit, MOST):
        telling.tell(
            unit,
            one.reach,
            "again.reminder",
            dedupe_key=f"again:invite:{one.invite_id}",
            lane=Lane.REMINDER,
            buttons=[
                [telling.button(unit, one.reach, "button.agree", "agree", one.invite_id)],
                [telling.button(unit, one.reach, "button.full_notice", "full", one.invite_id)],
            ],
        )


PRESSES: dict[str, Press] = {
    "ctjoin": Press(show, (int,)),
    "ctinvite": Press(invite_class, (int,)),
    "ctslips": Press(invite_own),
}
