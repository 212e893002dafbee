"""/away: a mentor is away and somebody else answers; families are told once, the thread comes back with its history."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from handlers.appointments import care
from handlers.context import CommandHandler, Context, Press, SchoolSettings, tell
from handlers.incoming import Commanded
from handlers.texts import moment
from models import absence, hours
from models.absence import AbsenceFault, Away
from models.base import from_ms, to_ms
from models.queues import Lane
from models.safeguarding.cases import reach_of
from models.standing import Standing, administers, lines_of_mentor
from models.unit import Unit, sql

PAGE = 8
DAYS = (1, 2, 3, 5, 7, 14)
"""Lengths offered by a tap."""
_TYPED = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")
_TEAM = text(
    "SELECT DISTINCT m.mentor_id AS id FROM class_team c JOIN pupil p ON p.school_class_id = c.school_class_id"
    " JOIN mentorship m ON m.pupil_id = p.id AND m.until IS NULL JOIN person q ON q.id = m.mentor_id AND q.ended_at IS NULL"
    " WHERE c.until IS NULL AND c.chief_mentor_id IN :people"
).bindparams(bindparam("people", expanding=True))
_MENTORS = text(
    "SELECT DISTINCT m.mentor_id AS id FROM mentorship m JOIN person p ON p.id = m.mentor_id"
    " WHERE m.until IS NULL AND p.ended_at IS NULL AND p.school_id IN :schools"
).bindparams(bindparam("schools", expanding=True))
_NAME = sql("SELECT sealed_name, school_id FROM person WHERE id = :id AND ended_at IS NULL")


def _may_set(unit: Unit, who: Standing) -> list[int]:
    """For whom this account may set an absence: itself, as a chief mentor the class's mentors, as an admin the school's."""
    mine = [one.person_id for one in who.selves if one.is_staff]
    if not mine:
        return []
    found = dict.fromkeys(mine)
    found.update(dict.fromkeys(row.id for row in unit.execute(_TEAM, people=mine)))
    schools = administers(unit, who)
    if schools:
        found.update(dict.fromkeys(row.id for row in unit.execute(_MENTORS, schools=schools)))
    return list(found)


def _name(unit: Unit, person_id: int) -> tuple[str, int]:
    row = unit.execute(_NAME, id=person_id).one()
    return unit.vault.open("person", person_id, "name", row.sealed_name), row.school_id


def ask(context: Context, event: Commanded | None = None) -> None:
    """/away: what is set, and for whom it is; /away 12-01 12-05 with days."""
    unit, who = context.unit, context.who
    may = _may_set(unit, who)
    if not may:
        context.say("help.staff" if who.has_joined else "help.stranger")
        return
    for one in absence.of_mentors(unit, may)[:PAGE]:
        context.say("away.set", buttons=[[context.button("button.end_now", "aend", one.id)]], **_values(context, one))
    mine = who.staff
    days = _days(context, event.argument) if event is not None else None
    if event is not None and event.argument.strip() and days is None:
        context.say("away.not_a_day")
        return
    if days is not None and mine is not None:
        _whom(context, mine.person_id, *days)
        return
    if len(may) == 1:
        when(context, may[0])
        return
    rows = [[context.named(_name(unit, one)[0], "amentor", one)] for one in may[: PAGE * 3]]
    context.say("away.who", buttons=[*rows, [context.button("button.more_back", "more")]])


def when(context: Context, mentor_id: int) -> None:
    """From today or tomorrow, for how long."""
    if mentor_id not in _may_set(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    rows = []
    for start in (0, 1):
        row = [
            context.button(
                "button.away_days" if start == 0 else "button.away_days_tomorrow",
                "adays",
                mentor_id,
                start,
                count,
                count=count,
            )
            for count in DAYS[:3]
        ]
        rows.append(row)
        rows.append(
            [
                context.button(
                    "button.away_days" if start == 0 else "button.away_days_tomorrow",
                    "adays",
                    mentor_id,
                    start,
                    count,
                    count=count,
                )
                for count in DAYS[3:]
            ]
        )
    context.change("away.when", buttons=rows, mentor=_name(context.unit, mentor_id)[0])


def _today(context: Context) -> date:
    return context.unit.now.astimezone(ZoneInfo(context.school.zone)).date()


def _days(context: Context, typed: str) -> tuple[date, date] | None:
    found = _TYPED.findall(typed)
    if not found:
        return None
    days = []
    today = _today(context)
    for year, month, day in found[:2]:
        try:
            one = date(int(year) if year else today.year, int(month), int(day))
            if not year and one < today - timedelta(days=60):
                one = one.replace(year=today.year + 1)
        except ValueError:
            return None
        days.append(one)
    first, last = days[0], days[-1]
    return (first, last) if first <= last else None


def length(context: Context, mentor_id: int, start: int, count: int) -> None:
    """The days are chosen: who answers?"""
    if mentor_id not in _may_set(context.unit, context.who) or start not in (0, 1) or count not in DAYS:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    first = _today(context) + timedelta(days=start)
    _whom(context, mentor_id, first, first + timedelta(days=count - 1))


def _whom(context: Context, mentor_id: int, first: date, last: date) -> None:
    name, school = _name(context.unit, mentor_id)
    people = absence.candidates(context.unit, mentor_id, school)
    if not people:
        context.say("away.nobody")
        return
    code = f"{first:%y%m%d}{last:%y%m%d}"
    rows = [[context.named(shown, "awho", mentor_id, person, code)] for person, shown in people[: PAGE * 2]]
    context.change("away.whom", buttons=rows, mentor=name, first=_shown(context, first), last=_shown(context, last))


def _shown(context: Context, day: date) -> str:
    at = datetime.combine(day, time(12), ZoneInfo(context.school.zone))
    return moment(context.language, at, context.school.zone)[:-6].strip()


def _candidates(unit: Unit, mentor_id: int) -> dict[int, str]:
    return dict(absence.candidates(unit, mentor_id, _name(unit, mentor_id)[1]))


def _span(code: str) -> tuple[date, date] | None:
    """First and last day of a button's data."""
    try:
        first, last = (datetime.strptime(part, "%y%m%d").date() for part in (code[:6], code[6:]))  # noqa: DTZ007 - a day
    except ValueError:
        return None
    return first, last


def put(context: Context, mentor_id: int, substitute_id: int, code: str) -> None:
    """The substitute is chosen: it is set, and everybody concerned is told at its time."""
    unit = context.unit
    mine = context.who.staff
    may = mine is not None and mentor_id in _may_set(unit, context.who)
    span = _span(code)
    if mine is None or not may or span is None or substitute_id not in _candidates(unit, mentor_id):
        context.toast("help.button_gone", alert=True)
        return
    zone = ZoneInfo(context.school.zone)
    first, last = span
    starts = max(to_ms(hours.at_minute(first, 0, zone)), unit.now_ms)
    ends = to_ms(hours.at_minute(last, 1440, zone))
    context.toast()
    try:
        absence_id = absence.put(unit, mentor_id, substitute_id, starts, ends, mine.person_id)
    except AbsenceFault as fault:
        context.change(str(fault))
        return
    found = absence.one(unit, absence_id)
    if found is None:
        return
    context.change(
        "away.done", buttons=[[context.button("button.end_now", "aend", absence_id)]], **_values(context, found)
    )
    care.away(unit, mentor_id, starts, ends, context.school)
    tick(unit, context.who.bot_id, context.school)


def _values(context: Context, one: Away) -> dict[str, Any]:
    zone = ZoneInfo(context.school.zone)
    first, last = from_ms(one.starts_at).astimezone(zone).date(), from_ms(one.ends_at - 1).astimezone(zone).date()
    return {
        "mentor": one.mentor_name,
        "substitute": one.substitute_name,
        "first": _shown(context, first),
        "last": _shown(context, last),
    }


def end(context: Context, absence_id: int) -> None:
    """'End it now': the mentor is back."""
    found = absence.one(context.unit, absence_id)
    if found is None or found.mentor_id not in _may_set(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    absence.end(context.unit, absence_id)
    context.change("away.ended", mentor=found.mentor_name)
    tick(context.unit, context.who.bot_id, context.school)


# --- told at their time ---


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """Tells substitutes and families of what has begun, and mentors of what is over; each once, also after downtime."""
    zone = ZoneInfo(school.zone)
    for one in absence.starting(unit):
        last = from_ms(one.ends_at - 1).astimezone(zone)
        reach = reach_of(unit, one.substitute_id)
        if reach is not None:
            tell(
                unit,
                reach,
                "away.you_cover",
                dedupe_key=f"away:{one.id}:substitute",
                mentor=one.mentor_name,
                last=moment(reach.language, last, school.zone)[:-6].strip(),
            )
        _tell_families(unit, one, last, school)
    for one in absence.ending(unit):
        reach = reach_of(unit, one.mentor_id)
        threads = absence.active_threads(unit, one)
        if reach is not None:
            key = "away.back" if threads else "away.back_quiet"
            tell(unit, reach, key, dedupe_key=f"away:{one.id}:back", substitute=one.substitute_name, count=threads)
        reach = reach_of(unit, one.substitute_id)
        if reach is not None:
            tell(unit, reach, "away.cover_over", dedupe_key=f"away:{one.id}:over", mentor=one.mentor_name)


def _tell_families(unit: Unit, one: Away, last: datetime, school: SchoolSettings) -> None:
    for line in lines_of_mentor(unit, one.mentor_id):
        reach = line.guardian
        if reach is None or not line.confirmed or not reach.reachable:
            continue
        at = hours.quiet_until(school.zone, line.guardian_quiet, unit.now) if school.keep_hours else None
        tell(
            unit,
            reach,
            "away.families",
            dedupe_key=f"away:{one.id}:family:{line.guardian_id}",
            lane=Lane.REMINDER,
            due_at=None if at is None else to_ms(at),
            child=line.pupil_name,
            mentor=one.mentor_name,
            substitute=one.substitute_name,
            last=moment(reach.language, last, school.zone)[:-6].strip(),
        )


COMMANDS: dict[str, CommandHandler] = {"away": ask}
PRESSES: dict[str, Press] = {
    "amentor": Press(when, (int,)),
    "adays": Press(length, (int, int, int)),
    "awho": Press(put, (int, int, str)),
    "aend": Press(end, (int,)),
}
