"""When a teacher is free: the week by buttons, and single days that differ. The same on a page, where there is one."""

from __future__ import annotations

from datetime import date, timedelta

from babel.dates import format_date

from handlers import say
from handlers.context import Context, Press
from handlers.texts import Block, clock
from models.appointments import availability
from models.appointments.availability import Span, Window
from models.appointments.rules import GRAIN
from models.appointments.slots import LESSONS
from models.appointments.states import Purpose
from models.unit import sql

DAYS_AHEAD = 21
AFTER_SCHOOL = 1110
"""18:30: until then the ready pattern 'after school' goes."""
_LESSONS = sql("SELECT MIN(begins) AS begins, MAX(ends) AS ends FROM lesson_hours WHERE school_id = :school")


def _teacher(context: Context) -> int | None:
    staff = context.who.staff
    if staff is None:
        context.toast("help.button_gone", alert=True)
        return None
    return staff.person_id


def short_day(language: str, day: date) -> str:
    """12月5日 周六, or Sat 5 Dec."""
    return str(format_date(day, "M月d日 EEE" if language == "zh_CN" else "EEE d MMM", locale=language))


def spans_word(spans: list[Span]) -> str:
    """16:30–18:00, 19:00–20:00."""
    return ", ".join(f"{clock(begins)}–{clock(ends)}" for begins, ends in spans)


def show(context: Context, purpose: str = Purpose.VISIT.value) -> None:
    """What is said so far, and a button for each day of the week."""
    me = _teacher(context)
    if me is None or purpose not in set(Purpose):
        return
    context.toast()
    windows = [one for one in availability.kept(context.unit, me) if one.purpose == purpose]
    rows: list[list[say.Button]] = []
    days = [context.named(context.words(f"weekday.{day}"), "vfree", purpose, day) for day in range(7)]
    rows += [days[:5], days[5:]]
    if not any(one.weekday is not None for one in windows):
        rows.insert(0, [context.button("button.free_after_school", "vfreeall", purpose)])
    rows.append([context.button("button.free_single_day", "vfdays", purpose)])
    other = Purpose.HOUR if purpose == Purpose.VISIT else Purpose.VISIT
    rows.append([context.button(f"button.free_{other.value}", "vfshow", other.value)])
    rows.append(context.page("button.free_page", "free"))
    rows.append([context.button("button.visits_back", "visits")])
    context.change(
        f"visit.free_{purpose}",
        buttons=rows,
        lines=Block("\n".join(_lines(context, windows)) or context.words("visit.free_nothing")),
        minutes=context.school.visits.length(Purpose(purpose)),
    )


def _lines(context: Context, windows: list[Window]) -> list[str]:
    lines = []
    for weekday in range(7):
        spans = availability.merged((w.begins, w.ends) for w in windows if w.weekday == weekday)
        if spans:
            lines.append(f"{context.words(f'weekday.{weekday}')} {spans_word(spans)}")
    for day in sorted({w.day for w in windows if w.day is not None}):
        shown = short_day(context.language, day)
        closed = availability.merged((w.begins, w.ends) for w in windows if w.day == day and not w.free)
        spans = availability.merged((w.begins, w.ends) for w in windows if w.day == day and w.free)
        if closed:
            lines.append(context.words("visit.free_not_on", day=shown))
        if spans:
            lines.append(context.words("visit.free_also_on", day=shown, times=spans_word(spans)))
    return lines


def _lesson_hours(context: Context) -> Span:
    staff = context.who.staff
    row = context.unit.execute(_LESSONS, school=staff.school_id if staff else 0).one()
    return LESSONS if row.begins is None else (row.begins, row.ends)


def _blocks(context: Context, purpose: str, *, lessons: bool) -> list[Span]:
    """Times that are offered by a tap: an hour each for visits, half an hour for the set hour."""
    rules = context.school.visits
    if purpose == Purpose.HOUR:
        return [(at, at + 30) for at in range(rules.earliest, min(rules.latest, 1080), 30)]
    begins = -(-_lesson_hours(context)[1] // GRAIN) * GRAIN if lessons else rules.earliest
    return [(at, min(at + 60, rules.latest)) for at in range(begins, rules.latest, 60)]


def show_weekday(context: Context, purpose: str, weekday: int) -> None:
    """One day of the week: each time a button, on or off."""
    me = _teacher(context)
    if me is None or purpose not in set(Purpose) or not 0 <= weekday <= 6:
        return
    context.toast()
    windows = availability.kept(context.unit, me)
    spans = availability.merged((w.begins, w.ends) for w in windows if w.purpose == purpose and w.weekday == weekday)
    buttons = [
        context.named(
            f"{'✓ ' if availability.covered(block, spans) else ''}{clock(block[0])}–{clock(block[1])}",
            "vfset",
            purpose,
            weekday,
            block[0],
        )
        for block in _blocks(context, purpose, lessons=weekday < 5)
    ]
    rows = [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
    context.change(
        "visit.free_weekday",
        buttons=[*rows, [context.button("button.free_done", "vfshow", purpose)]],
        day=context.words(f"weekday.{weekday}"),
        times=spans_word(spans) or context.words("visit.free_none"),
    )


def set_weekday(context: Context, purpose: str, weekday: int, begins: int) -> None:
    """Switches one time."""
    me = _teacher(context)
    if me is None or purpose not in set(Purpose) or not 0 <= weekday <= 6:
        return
    block = next((one for one in _blocks(context, purpose, lessons=weekday < 5) if one[0] == begins), None)
    if block is not None:
        try:
            availability.toggle_week(context.unit, me, purpose, weekday, *block)
        except availability.Full:
            context.toast("visit.free_full", alert=True)
            return
    show_weekday(context, purpose, weekday)


def after_school(context: Context, purpose: str) -> None:
    """Monday to Friday after the lessons, in one tap."""
    me = _teacher(context)
    if me is None or purpose not in set(Purpose):
        return
    begins = -(-_lesson_hours(context)[1] // GRAIN) * GRAIN
    ends = min(max(AFTER_SCHOOL, begins + 60), context.school.visits.latest)
    availability.set_week(context.unit, me, purpose, [(weekday, begins, ends) for weekday in range(5)])
    show(context, purpose)


# --- single days ---


def ask_day(context: Context, purpose: str) -> None:
    """Which day differs?"""
    if _teacher(context) is None or purpose not in set(Purpose):
        return
    context.toast()
    today = context.unit.now.astimezone(context.zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1)]
    buttons = [context.named(short_day(context.language, one), "vfday", purpose, one.toordinal()) for one in days]
    rows = [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
    context.change("visit.free_which_day", buttons=[*rows, [context.button("button.back", "vfshow", purpose)]])


def _day(context: Context, number: int) -> date | None:
    today = context.unit.now.astimezone(context.zone).date()
    return date.fromordinal(number) if 0 <= number - today.toordinal() <= 366 else None


def show_day(context: Context, purpose: str, number: int) -> None:
    """One day: not at all, or also at other times than the week says."""
    me, day = _teacher(context), _day(context, number)
    if me is None or purpose not in set(Purpose) or day is None:
        return
    context.toast()
    mine = [w for w in availability.kept(context.unit, me) if w.purpose == purpose and w.day == day]
    closed = any(not one.free for one in mine)
    extra = availability.merged((w.begins, w.ends) for w in mine if w.free)
    rows = [[context.button("button.free_open_day" if closed else "button.free_close_day", "vfclose", purpose, number)]]
    if not closed:
        buttons = [
            context.named(
                f"{'✓ ' if availability.covered(block, extra) else '+ '}{clock(block[0])}–{clock(block[1])}",
                "vfadd",
                purpose,
                number,
                block[0],
            )
            for block in _blocks(context, purpose, lessons=day.weekday() < 5)
        ]
        rows += [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
    rows.append([context.button("button.free_done", "vfshow", purpose)])
    weekly = [
        (w.begins, w.ends)
        for w in availability.kept(context.unit, me)
        if w.purpose == purpose and w.weekday == day.weekday()
    ]
    times = spans_word(availability.merged([*weekly, *extra])) if not closed else ""
    context.change(
        "visit.free_day",
        buttons=rows,
        day=short_day(context.language, day),
        times=times or context.words("visit.free_none"),
    )


def close_day(context: Context, purpose: str, number: int) -> None:
    """Not free on that day, or as every week again."""
    me, day = _teacher(context), _day(context, number)
    if me is None or purpose not in set(Purpose) or day is None:
        return
    closed = [w for w in availability.kept(context.unit, me) if w.purpose == purpose and w.day == day and not w.free]
    for one in closed:
        availability.remove(context.unit, me, one.id)
    if not closed and not _adds(context, me, purpose, day, (0, 1440), free=False):
        return
    show_day(context, purpose, number)


def add_time(context: Context, purpose: str, number: int, begins: int) -> None:
    """Also free on that day at this time, or not after all."""
    me, day = _teacher(context), _day(context, number)
    if me is None or purpose not in set(Purpose) or day is None:
        return
    block = next((one for one in _blocks(context, purpose, lessons=day.weekday() < 5) if one[0] == begins), None)
    if block is not None:
        kept = [w for w in availability.kept(context.unit, me) if w.purpose == purpose and w.day == day and w.free]
        spans = availability.merged((w.begins, w.ends) for w in kept)
        if availability.covered(block, spans):
            for one in kept:
                availability.remove(context.unit, me, one.id)
            for begin, end in availability.without(spans, [block]):
                availability.add_day(context.unit, me, purpose, day, begin, end, free=True)
        elif not _adds(context, me, purpose, day, block, free=True):
            return
    show_day(context, purpose, number)


def _adds(context: Context, me: int, purpose: str, day: date, span: Span, *, free: bool) -> bool:
    """Adds a time; says so where there are too many."""
    try:
        availability.add_day(context.unit, me, purpose, day, *span, free=free)
    except availability.Full:
        context.toast("visit.free_full", alert=True)
        return False
    return True


PRESSES: dict[str, Press] = {
    "vfshow": Press(show, (str,)),
    "vfree": Press(show_weekday, (str, int)),
    "vfset": Press(set_weekday, (str, int, int)),
    "vfreeall": Press(after_school, (str,)),
    "vfdays": Press(ask_day, (str,)),
    "vfday": Press(show_day, (str, int)),
    "vfclose": Press(close_day, (str, int)),
    "vfadd": Press(add_time, (str, int, int)),
}
