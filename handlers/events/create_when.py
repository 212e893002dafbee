"""When a new event is: a day and a time, by buttons or typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from handlers.appointments.available import short_day
from handlers.context import Context, Press
from handlers.events.draft import ask, kept, mine
from handlers.incoming import Wrote
from handlers.texts import clock
from models.events import days, drafts
from models.events.drafts import Draft, Step


def today(context: Context) -> date:
    """The school's today."""
    return context.unit.now.astimezone(context.zone).date()


def example(context: Context) -> str:
    """How a day and a time can be typed."""
    day = today(context) + timedelta(days=14)
    return f"{short_day(context.language, day).split()[0] if context.language == 'zh_CN' else day.isoformat()} 19:00"


def wrong(context: Context, one: Draft) -> str:
    """Why it cannot be then, as a word; empty where it can."""
    zone = context.school.zone
    return days.wrong(drafts.starts_at(one, zone), context.unit.now, context.unit.now_ms, zone)


def ask_day(context: Context, one: Draft, page: int = 0) -> None:
    """On which day? School days of three weeks, then the next three."""
    page = min(max(page, 0), days.PAGES - 1)
    found = days.offered(context.unit, one.school_id, context.school.zone, page)
    buttons = [
        context.named(
            f"{'✓ ' if day == one.day else ''}{short_day(context.language, day)}{' ⚠' if exam else ''}",
            "nevday",
            one.id,
            day.toordinal(),
        )
        for day, exam in found
    ]
    rows = [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
    turn = [context.button("button.earlier", "nevdays", one.id, page - 1)] if page else []
    if page + 1 < days.PAGES:
        turn.append(context.button("button.more", "nevdays", one.id, page + 1))
    key = "create.day" if found else "create.day_none"
    if any(exam for _, exam in found):
        key = "create.day_exam"
    ask(context, one, Step.DAY, key, [*rows, turn], typed=True, example=example(context))


def turn_days(context: Context, draft_id: int, page: int) -> None:
    """Three weeks further, or back."""
    one = mine(context, draft_id)
    if one is not None:
        ask_day(context, one, page)


def choose_day(context: Context, draft_id: int, number: int) -> None:
    """That day."""
    one = mine(context, draft_id)
    if one is None:
        return
    now = today(context)
    if not 0 <= number - now.toordinal() <= days.FARTHEST:
        key = "create.when_past" if number < now.toordinal() else "create.when_far"
        context.toast(key, alert=True, days=days.FARTHEST)
        return
    _take(context, one, date.fromordinal(number), None, None)


def ask_time(context: Context, one: Draft) -> None:
    """At what time of that day?"""
    if one.day is None:
        ask_day(context, one)
        return
    now, zone = context.unit.now, context.school.zone
    buttons = []
    for minute in range(days.EARLIEST, days.LATEST + 1, days.STEP):
        at = drafts.starts_at(_at(one, one.day, minute), zone)
        if not days.wrong(at, now, context.unit.now_ms, zone):
            text = f"{'✓ ' if minute == one.minute else ''}{clock(minute)}"
            buttons.append(context.named(text, "nevtime", one.id, minute))
    rows = [buttons[at : at + 4] for at in range(0, len(buttons), 4)]
    rows.append([context.button("button.new_day", "nevask", one.id, Step.DAY.value)])
    key = "create.time" if buttons else "create.time_none"
    ask(context, one, Step.TIME, key, rows, typed=True, day=short_day(context.language, one.day))


def _at(one: Draft, day: date, minute: int | None) -> Draft:
    return replace(one, day=day, minute=minute)


def choose_time(context: Context, draft_id: int, minute: int) -> None:
    """That time."""
    one = mine(context, draft_id)
    if one is None:
        return
    if one.day is None or not 0 <= minute < 1440:
        context.toast("help.button_gone", alert=True)
        return
    _take(context, one, one.day, minute, None)


def _take(context: Context, one: Draft, day: date, minute: int | None, reply_to: int | None) -> bool:
    """Takes a day, and a time where there is one. What cannot be is answered with why, and nothing is lost."""
    minute = one.minute if minute is None else minute
    bad = days.wrong_day(day, today(context))
    fresh = _at(one, day, minute)
    if not bad and minute is not None:
        bad = wrong(context, fresh)
    if bad and one.minute == minute and not days.wrong_day(day, today(context)):
        # The day will do, the time that was said for another day will not.
        bad, minute = "", None
    if bad:
        values: dict[str, Any] = {"hours": days.SOONEST, "days": days.FARTHEST}
        if reply_to is None:
            context.toast(f"create.when_{bad}", alert=True, **values)
        else:
            context.say(f"create.when_{bad}", reply_to=reply_to, **values)
        return False
    kept(context, one, day=day, minute=minute)
    return True


def takes(context: Context, one: Draft, event: Wrote) -> None:
    """A day, a time or both, as somebody typed them."""
    try:
        day, minute = days.typed(event.text, today(context))
    except ValueError:
        day, minute = None, None
    day = day or one.day
    if day is None or (minute is None and day == one.day):
        context.say("create.when_unclear", reply_to=event.place_id, example=example(context))
        return
    _take(context, one, day, minute, event.place_id)


PRESSES: dict[str, Press] = {
    "nevdays": Press(turn_days, (int, int)),
    "nevday": Press(choose_day, (int, int)),
    "nevtime": Press(choose_time, (int, int)),
}
