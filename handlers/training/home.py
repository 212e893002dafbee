"""/training: a mentor's own course hours, typed in, put right and taken away as a file; nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from babel.dates import format_date

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.incoming import Commanded, Wrote
from handlers.texts import Block
from handlers.training.entry import Typed, Unclear, parse
from models.base import to_ms
from models.duties import forms
from models.duties.forms import Asked
from models.events import events
from models.hours import at_minute
from models.people import RoleKind
from models.standing import Self, administers, roles
from models.training import cases, hours
from models.training.hours import Course

PAGE = 8


def mentor(context: Context) -> Self | None:
    """The mentor behind this account; says so where there is none."""
    staff = context.who.staff
    if staff is None or RoleKind.MENTOR not in roles(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        if context.pressed is None:
            context.say("help.staff" if context.who.has_joined else "help.stranger")
        return None
    return staff


def today_of(context: Context) -> date:
    """The school's today."""
    return context.unit.now.astimezone(context.zone).date()


def hours_word(minutes: int) -> str:
    """Minutes as hours, with one or two places where there are any."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")


def name_of(context: Context, course: Course) -> str:
    """What a course was."""
    if course.event_id is None:
        return course.name
    event = events.one(context.unit, course.event_id)
    topic = "" if event is None else events.topic_title(context.unit, event, context.language)
    return topic or context.words("training.of_school")


def day_word(context: Context, day: date) -> str:
    """A day, with its year."""
    return format_date(day, "y年M月d日" if context.language == "zh_CN" else "d MMM y", locale=context.language)


def _back(context: Context) -> list[say.Button]:
    return [context.button("button.training_back", "training")]


# --- seen ---


def show(context: Context, _event: Commanded | None = None) -> None:
    """My hours of the term and the year, and all that can be done about them."""
    staff = context.who.staff
    if staff is not None and RoleKind.MENTOR not in roles(context.unit, context.who):
        of_school(context)
        return
    me = mentor(context)
    if me is None:
        return
    context.toast()
    unit, today = context.unit, today_of(context)
    since, until = hours.term_of(unit, me.school_id, today)
    year = date(today.year, 1, 1)
    rows = [
        [context.button("button.training_add", "tradd")],
        [context.button("button.training_list", "trlist", 0)],
        [context.button("button.training_xlsx", "trfile", "x"), context.button("button.training_pdf", "trfile", "p")],
        [context.button("button.training_case", "trcase")],
    ]
    wants = bool(cases.wanting(unit, [me.person_id]))
    rows.append(
        [
            context.button(
                "button.training_cases_off" if wants else "button.training_cases_on", "trwant", 0 if wants else 1
            )
        ]
    )
    if administers(unit, context.who):
        rows.append([context.button("button.training_school", "trschool")])
    context.change(
        "training.view",
        buttons=[*rows, [context.button("button.more_back", "more")]],
        term=hours_word(hours.minutes_of(unit, me.person_id, since, until)),
        year=hours_word(hours.minutes_of(unit, me.person_id, year, today)),
    )


def listing(context: Context, page: int) -> None:
    """All courses of this and the last year, the latest first; own entries can be put right."""
    me = mentor(context)
    if me is None:
        return
    context.toast()
    today = today_of(context)
    found = hours.of_person(context.unit, me.person_id, date(today.year - 1, 1, 1), today)
    page = min(max(page, 0), max(len(found) - 1, 0) // PAGE)
    shown = found[page * PAGE : (page + 1) * PAGE]
    lines = [_line(context, one) for one in shown]
    rows = [
        [context.button("button.training_own", "trone", one.id, name=one.name)] for one in shown if one.event_id is None
    ]
    turn = [context.button("button.earlier", "trlist", page - 1)] if page else []
    if (page + 1) * PAGE < len(found):
        turn.append(context.button("button.more", "trlist", page + 1))
    rows = [*rows, turn, [context.button("button.training_add", "tradd")], _back(context)]
    if not lines:
        context.change("training.list_none", buttons=rows)
        return
    context.change("training.list", buttons=rows, lines=Block("\n".join(lines)))


def _line(context: Context, one: Course) -> str:
    key = "training.line" if one.event_id is not None else "training.line_own"
    return context.words(key, day=day_word(context, one.day), name=name_of(context, one), hours=hours_word(one.minutes))


# --- typed ---


def add(context: Context) -> None:
    """What, how long, when?"""
    if mentor(context) is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "tradd", 0)
    context.change("training.ask", buttons=[_back(context)])


def takes_entry(context: Context, event: Wrote, _wanted: Asked) -> bool:
    """A new entry."""
    typed, me = _typed(context, event), mentor(context)
    if typed is None or me is None:
        return True
    row = hours.add(context.unit, me.person_id, typed.name, typed.minutes, typed.day)
    if row is None:
        context.say("training.many", buttons=[_back(context)], reply_to=event.place_id)
        return True
    _kept(context, row, typed, event)
    return True


def _typed(context: Context, event: Wrote) -> Typed | None:
    """What was understood; otherwise it was said what is missing, and it is waited for again."""
    try:
        typed = parse(event.text, today_of(context))
    except Unclear as unclear:
        context.say(
            f"training.unclear_{unclear.key}", buttons=[_back(context)], reply_to=event.place_id, most=hours.LONGEST
        )
        return None
    forms.end(context.unit, context.who)
    return typed


def _kept(context: Context, course_id: int, typed: Typed, event: Wrote) -> None:
    rows = [
        [context.button("button.training_change", "trone", course_id)],
        [context.button("button.training_another", "tradd")],
        _back(context),
    ]
    context.say(
        "training.kept",
        buttons=rows,
        reply_to=event.place_id,
        day=day_word(context, typed.day),
        name=typed.name,
        hours=hours_word(typed.minutes),
    )


def one(context: Context, course_id: int) -> None:
    """An own entry, to put right or to remove."""
    me = mentor(context)
    found = None if me is None else hours.own(context.unit, course_id, me.person_id)
    if me is None or found is None:
        context.toast("training.gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, "trchange", course_id)
    rows = [
        [context.button("button.training_remove", "trdrop", course_id)],
        [context.button("button.training_list", "trlist", 0)],
    ]
    context.change("training.one", buttons=rows, line=_line(context, found))


def takes_change(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The entry as it should have been."""
    typed, me = _typed(context, event), mentor(context)
    if typed is None or me is None:
        return True
    if not hours.change(context.unit, wanted.subject_id, me.person_id, typed.name, typed.minutes, typed.day):
        context.say("training.gone", buttons=[_back(context)], reply_to=event.place_id)
        return True
    _kept(context, wanted.subject_id, typed, event)
    return True


def drop(context: Context, course_id: int) -> None:
    """It was none."""
    me = mentor(context)
    if me is None:
        return
    done = hours.remove(context.unit, course_id, me.person_id)
    context.toast("training.removed" if done else "training.gone")
    listing(context, 0)


# --- the school, in sums ---


def of_school(context: Context) -> None:
    """For admins: how many trainings were held this term, and people's hours from five up. Nobody's name or number."""
    staff = context.who.staff
    if staff is None or staff.school_id not in administers(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        if context.pressed is None:
            context.say("help.staff" if context.who.has_joined else "help.stranger")
        return
    context.toast()
    since, _ = hours.term_of(context.unit, staff.school_id, today_of(context))
    found = hours.of_school(context.unit, staff.school_id, to_ms(at_minute(since, 0, context.zone)))
    key = "training.school" if found.people else "training.school_few"
    values = {"people": found.people, "hours": hours_word(found.minutes)} if found.people else {}
    rows = [[context.button("button.training_events", "clist")], [context.button("button.more_back", "more")]]
    context.change(key, buttons=rows, held=found.held, since=day_word(context, since), **values)


COMMANDS: dict[str, CommandHandler] = {"training": show}
PRESSES: dict[str, Press] = {
    "training": Press(show),
    "trlist": Press(listing, (int,)),
    "tradd": Press(add),
    "trone": Press(one, (int,)),
    "trdrop": Press(drop, (int,)),
    "trschool": Press(of_school),
}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"tradd": takes_entry, "trchange": takes_change}
