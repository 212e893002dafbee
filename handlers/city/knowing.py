"""How many families can name their mentor: for admins by class, for the centre by school, from five answers up."""

from __future__ import annotations

from handlers import telling
from handlers.context import Context, Press
from handlers.say import Button
from handlers.texts import Block
from handlers.watched import school_of
from models.city import counts, polls, shares
from models.city.shares import Share
from models.evidence.terms import today_of

PAGE = 12


def _line(context: Context, one: Share) -> str:
    if not one.answered:
        return context.words("knows.line_few", name=one.name)
    return context.words("knows.line", name=one.name, percent=one.percent, count=one.answered)


def _sum(context: Context, found: list[Share]) -> list[str]:
    answered, knew = sum(one.answered for one in found), sum(one.knew for one in found)
    return [context.words("knows.sum", percent=round(100 * knew / answered), count=answered)] if answered else []


def _page(context: Context, found: list[Share], page: int, action: str) -> tuple[list[str], list[Button]]:
    """The lines of a page with the sum of all, and the buttons to the pages beside it."""
    lines = [*[_line(context, one) for one in found[page * PAGE : page * PAGE + PAGE]], "", *_sum(context, found)]
    turn = [context.button("button.earlier", action, page - 1)] if page else []
    if (page + 1) * PAGE < len(found):
        turn.append(context.button("button.more", action, page + 1))
    return lines, turn


def show(context: Context, page: int = 0) -> None:
    """For an admin: whether it is asked this school year, and what is known of each class."""
    school_id = school_of(context)
    if school_id is None:
        return
    context.toast()
    unit, zone = context.unit, context.school.zone
    back = [context.button("button.more_back", "more")]
    poll = polls.of_year(unit, school_id, zone)
    if poll is None:
        rows = [
            [context.button("button.knows_begin", "ctask", "now")],
            [context.button("button.knows_leave_out", "ctask", "no")],
        ]
        if polls.fits(unit, school_id):
            context.change("knows.not_yet", buttons=[*rows, back])
        else:
            context.change("knows.too_few", buttons=[back], names=polls.NAMES)
        return
    if poll.begun_at is None:
        context.change("knows.left_out", buttons=[back])
        return
    found = shares.by_class(unit, poll)
    page = min(max(page, 0), max((len(found) - 1) // PAGE, 0))
    lines, turn = _page(context, found, page, "ctknows")
    key = "knows.over_since" if poll.ended_at is not None else "knows.running"
    until = telling.when(context.language, poll.ended_at or poll.ends_at, zone)
    context.change(key, buttons=[turn, back], when=until, lines=Block("\n".join(lines).strip()))


def decide(context: Context, what: str) -> None:
    """It begins now, or is left out this school year."""
    school_id = school_of(context)
    if school_id is None:
        return
    if what == "now":
        done = polls.begin(context.unit, school_id, context.school.zone)
    else:
        done = polls.leave_out(context.unit, school_id, context.school.zone)
    context.toast("knows.decided" if done else "knows.was_decided")
    show(context)


def of_city(context: Context, page: int) -> None:
    """For the centre: each school that asked this school year."""
    if not counts.may(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    year = polls.year_of(today_of(context.unit, context.school.zone))
    found = shares.by_school(context.unit, year)
    up = [context.button("button.city_back", "ctopen")]
    if not found:
        context.change("knows.city_none", buttons=[up])
        return
    page = min(max(page, 0), (len(found) - 1) // PAGE)
    lines, turn = _page(context, found, page, "ctknow")
    context.change("knows.city", buttons=[turn, up], year=year, next=year + 1, lines=Block("\n".join(lines)))


PRESSES: dict[str, Press] = {
    "ctknows": Press(show, (int,)),
    "ctask": Press(decide, (str,)),
    "ctknow": Press(of_city, (int,)),
}
