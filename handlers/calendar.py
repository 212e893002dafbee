"""/calendar: the school year for everybody, changed by admins in the chat, and an address to subscribe to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from handlers import say
from handlers.context import CommandHandler, Context, Press, SchoolSettings, tell
from handlers.digest import short_day
from handlers.incoming import Commanded, Wrote
from handlers.texts import Block, clock, words
from models import calendar, school_year
from models.duties import forms
from models.duties.forms import Asked
from models.school_year import DAY_OFF, EXAM, HOLIDAY, LESSONS, SCHOOL_DAY, TERM, Entry, Hours
from models.standing import administers, admins
from models.unit import Unit, sql
from models.vault import random_bytes, token_hash

SHOWN = 12
"""Entries that are shown: what is past, and what is far away, is left out."""
PAGE = 8
ADDED = (TERM, EXAM, HOLIDAY, SCHOOL_DAY, LESSONS)
"""What can be added, each with a button and an example; a single day asks for both."""
_OFF = ("放假", "休", "停", "off", "no school", "closed")


def _school(context: Context) -> int | None:
    """The school whose calendar this person sees."""
    if context.who.staff is not None:
        return context.who.staff.school_id
    return context.who.children[0].school_id if context.who.children else None


def _administers(context: Context) -> int | None:
    """The school whose calendar this person may change."""
    school_id = _school(context)
    return school_id if school_id in administers(context.unit, context.who) else None


def line(language: str, one: Entry) -> str:
    """An entry in a line."""
    span = short_day(language, one.first)
    if one.last != one.first:
        span = f"{span}–{short_day(language, one.last)}"
    return words(language, f"calendar.{one.kind}", span=span, name=one.name).strip()


def show(context: Context, _event: Commanded | None = None) -> None:
    """The term and its week, what comes next, lesson hours; for admins how to change it."""
    school_id = _school(context)
    if school_id is None:
        context.say("help.stranger")
        return
    context.toast()
    unit, language = context.unit, context.language
    year = school_year.kept(unit, school_id)
    today = unit.now.astimezone(ZoneInfo(context.school.zone)).date()
    term = next((one for one in year.entries if one.kind == TERM and one.first <= today <= one.last), None)
    lines = []
    if term is not None:
        lines.append(context.words("calendar.now", term=term.name, week=school_year.week_of(term, today)))
    coming = [one for one in year.entries if one.last >= today]
    lines += [line(language, one) for one in coming[:SHOWN]]
    lines += [
        context.words("calendar.lessons", stage=one.stage, begins=clock(one.begins), ends=clock(one.ends))
        for one in year.hours
    ]
    rows: list[list[say.Button]] = []
    if _administers(context) is not None:
        adds = [context.button(f"button.calendar_{kind}", "cadd", kind) for kind in ADDED]
        rows += [adds[:3], adds[3:]]
        if year.entries or year.hours:
            rows.append([context.button("button.calendar_remove", "cdel", 0)])
    if context.school.public_url:
        rows.append([context.button("button.calendar_feed", "cfeed")])
    if not lines:
        lines.append(context.words("calendar.empty"))
    context.change("calendar.view", buttons=rows, lines=Block("\n".join(lines)))


# --- changed by admins ---


def add(context: Context, kind: str) -> None:
    """Asks for an entry, with an example to follow."""
    school_id = _administers(context)
    if school_id is None or kind not in ADDED:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, "calendar", school_id, kind)
    context.change(f"calendar.ask_{kind}", buttons=[[context.button("button.back", "calendar")]])


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """An entry as it was typed."""
    school_id = _administers(context)
    if school_id is None or school_id != wanted.subject_id:
        return False
    key, values = _taken(context, school_id, wanted.extra, event.text)
    if key.startswith("calendar.added"):
        forms.end(context.unit, context.who)
    back = [[context.button("button.calendar_back", "calendar")]]
    context.say(key, buttons=back, reply_to=event.place_id, **values)
    return True


def _taken(context: Context, school_id: int, kind: str, text: str) -> tuple[str, dict[str, Any]]:
    unit, language = context.unit, context.language
    again = (f"calendar.wrong_{kind}", dict[str, Any]())
    try:
        if kind == LESSONS:
            return _hours_taken(context, school_id, text)
        today = unit.now.astimezone(ZoneInfo(context.school.zone)).date()
        days, name = school_year.days_in(text, today)
    except ValueError:
        return again
    if kind == SCHOOL_DAY:
        if len(days) != 1:
            return again
        kind = DAY_OFF if any(one in text.lower() for one in _OFF) else SCHOOL_DAY
        entry = Entry(kind, "", days[0], days[0])
    elif len(days) != 2 or (kind == TERM and not name) or len(name) > school_year.LONGEST_NAME:
        return again
    else:
        entry = Entry(kind, name or context.words(f"calendar.name_{kind}"), days[0], days[1])
    wrong = school_year.problem(entry, school_year.kept(unit, school_id).entries)
    if wrong is not None:
        return f"calendar.wrong_{wrong}", {}
    school_year.put(unit, school_id, entry)
    shown = line(language, entry)
    if kind == HOLIDAY and (entry.last - entry.first).days >= calendar.LONGEST_CLOSED:
        return "calendar.added_long", {"line": shown}
    return "calendar.added", {"line": shown}


def _hours_taken(context: Context, school_id: int, text: str) -> tuple[str, dict[str, Any]]:
    times, name = school_year.times_in(text)
    stages = school_year.stages(context.unit, school_id)
    stage = name if name in stages else stages[0] if len(stages) == 1 and not name else None
    if stage is None:
        return "calendar.wrong_stage", {"stages": ("、" if context.language == "zh_CN" else ", ").join(stages)}
    if len(times) != 2 or times[0] >= times[1]:
        return "calendar.wrong_lessons", {}
    school_year.put_hours(context.unit, school_id, Hours(stage, times[0], times[1]))
    shown = context.words("calendar.lessons", stage=stage, begins=clock(times[0]), ends=clock(times[1]))
    return "calendar.added", {"line": shown}


def ask_remove(context: Context, page: int) -> None:
    """Which one goes?"""
    school_id = _administers(context)
    if school_id is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    year = school_year.kept(context.unit, school_id)
    every: list[tuple[str, str, int]] = [(line(context.language, one), one.kind, one.id or 0) for one in year.entries]
    every += [
        (
            context.words("calendar.lessons", stage=one.stage, begins=clock(one.begins), ends=clock(one.ends)),
            LESSONS,
            one.id or 0,
        )
        for one in year.hours
    ]
    every.reverse()
    rows = [
        [context.named(f"✕ {text}", "cdely", kind, key)] for text, kind, key in every[page * PAGE : (page + 1) * PAGE]
    ]
    turn = [context.button("button.earlier", "cdel", page - 1)] if page else []
    if (page + 1) * PAGE < len(every):
        turn.append(context.button("button.more", "cdel", page + 1))
    context.change("calendar.remove", buttons=[*rows, turn, [context.button("button.calendar_back", "calendar")]])


def remove(context: Context, kind: str, entry_id: int) -> None:
    """Takes it away, and says what it was so that it can be entered again."""
    school_id = _administers(context)
    if school_id is None:
        context.toast("help.button_gone", alert=True)
        return
    year = school_year.kept(context.unit, school_id)
    shown = next((line(context.language, one) for one in year.entries if (one.kind, one.id) == (kind, entry_id)), "")
    if not school_year.remove(context.unit, school_id, kind, entry_id):
        context.toast("calendar.in_use" if kind == TERM and shown else "calendar.gone", alert=True)
        return
    context.toast()
    context.change(
        "calendar.removed", buttons=[[context.button("button.calendar_back", "calendar")]], line=shown or kind
    )


# --- the feed ---


def feed(context: Context) -> None:
    """Makes a new secret address; the one before ends. It is shown once: only its hash is kept."""
    if _school(context) is None or not context.school.public_url:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    token = random_bytes(24).hex()
    school_year.new_feed(context.unit, context.who.account_id, token_hash(token))
    context.change(
        "calendar.feed",
        buttons=[
            [context.button("button.calendar_renew", "cfeed")],
            [context.button("button.calendar_back", "calendar")],
        ],
        address=f"{context.school.public_url.rstrip('/')}/calendar/{token}.ics",
    )


# --- a year that is not known yet ---

_NAMED = sql(
    "SELECT 1 FROM calendar_span WHERE school_id = :school AND kind = 'holiday' AND first >= :first AND first <= :last"
    " UNION ALL SELECT 1 FROM calendar_day WHERE school_id = :school AND day >= :first AND day <= :last LIMIT 1"
)
_SCHOOLS = sql("SELECT id FROM school ORDER BY id")
FROM_MONTH, WARNED_HOURS = 11, (9, 17)
"""The State Council's notice on the next year's holidays comes in November; admins are warned by day."""


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    """Warns admins, once, of a year whose holidays neither the library nor the school knows: it would count weekdays."""
    local = unit.now.astimezone(ZoneInfo(school.zone))
    if not WARNED_HOURS[0] <= local.hour < WARNED_HOURS[1]:
        return
    years = [local.year, *([local.year + 1] if local.month >= FROM_MONTH else [])]
    for year in (one for one in years if not calendar.knows(one)):
        # Once a day is enough for whoever has become an admin since.
        if not unit.once(f"calendar:{year}:{local.date()}", bot_id, 0):
            continue
        for row in unit.execute(_SCHOOLS).all():
            if unit.execute(_NAMED, school=row.id, first=date(year, 1, 1), last=date(year, 12, 31)).first() is not None:
                continue
            for reach in admins(unit, row.id):
                tell(
                    unit,
                    reach,
                    "calendar.unknown",
                    dedupe_key=f"calendar:{year}:{row.id}:{reach.user_id}",
                    buttons=[
                        [
                            say.Button(
                                words(reach.language, "button.calendar_back"),
                                say.sign(unit.vault, reach.bot_id, reach.user_id, "calendar"),
                            )
                        ]
                    ],
                    year=year,
                )


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"calendar": takes}
COMMANDS: dict[str, CommandHandler] = {"calendar": show}
PRESSES: dict[str, Press] = {
    "calendar": Press(show),
    "cadd": Press(add, (str,)),
    "cdel": Press(ask_remove, (int,)),
    "cdely": Press(remove, (str, int)),
    "cfeed": Press(feed),
}
