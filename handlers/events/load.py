"""Whether an evening's reminders all leave in time: told to the admins the day before, seen under /classes, and set right by
beginning earlier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from handlers import say, telling
from handlers.context import Context, Press, SchoolSettings
from handlers.events import shown
from handlers.texts import Block, words
from models.base import from_ms
from models.events import audience, load
from models.events.audience import Invited
from models.events.load import Crowd, Outlook
from models.standing import administers
from models.unit import Unit, sql

HOUR = 10
"""The hour of the day before from which admins are told."""

_HOURS = sql("SELECT hours_from, hours_to FROM person WHERE id = :id")


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    """Tells the admins of the schools concerned, once, if tomorrow not all would leave in time."""
    local = unit.now.astimezone(ZoneInfo(school.zone))
    day = local.date() + timedelta(days=1)
    if local.hour < HOUR or not unit.once(f"load:{day}", bot_id, 0):
        return
    crowds = load.crowds(unit, school.events, *load.span(day, school.zone))
    seen = load.outlook(crowds, _rate(school))
    if not seen.late:
        return
    minutes = load.earlier(crowds, _rate(school))
    for school_id in sorted({one.school_id for one in crowds if one.people}):
        _tell(unit, school, school_id, day, crowds, seen, minutes)


def _rate(school: SchoolSettings) -> float:
    """How many leave in a second: whole ones in a whole second, the rest is room for what people write."""
    return max(float(int(school.bulk_per_second)), min(school.bulk_per_second, 1.0))


def _tell(
    unit: Unit,
    school: SchoolSettings,
    school_id: int,
    day: date,
    crowds: Sequence[Crowd],
    seen: Outlook,
    minutes: int | None,
) -> None:
    first = min(one.due for one in crowds)
    for person, reach in audience.admins_of(unit, school_id).items():
        row = unit.execute(_HOURS, id=person).one()
        one = Invited(person, reach, True, (0, 0), (row.hours_from, row.hours_to), None, 0)
        rows: list[list[say.Button]] = []
        if minutes is not None and _helps(crowds, school_id, minutes):
            args = (school_id, day.toordinal(), minutes)
            rows.append([telling.button(unit, reach, "button.load_earlier", "evearly", *args, minutes=minutes)])
        rows.append([telling.button(unit, reach, "button.load", "evload")])
        telling.tell(
            unit,
            reach,
            "load.tomorrow",
            dedupe_key=f"load:{day}:{school_id}:{person}",
            due_at=shown.hears(unit, one, school_id, school, first),
            useful_until=first,
            buttons=rows,
            count=seen.count,
            time=_clock(seen.last_at, school.zone),
            late=seen.late_in(crowds),
            own=_own_line(reach.language, seen.late_in(crowds, school_id)),
            help=_help_line(reach.language, crowds, school, minutes),
        )


def _help_line(language: str, crowds: Sequence[Crowd], school: SchoolSettings, minutes: int | None) -> str:
    if minutes is None:
        return words(language, "load.help_none")
    rest = load.outlook(load.with_at_least(crowds, minutes), _rate(school)).late_in(crowds)
    return words(language, "load.help_part", count=rest) if rest else words(language, "load.help")


def _helps(crowds: Sequence[Crowd], school_id: int, minutes: int) -> bool:
    return any(one.school_id == school_id and one.minutes < minutes for one in crowds)


def _clock(at: int | None, zone: str) -> str:
    return "" if at is None else f"{from_ms(at).astimezone(ZoneInfo(zone)):%H:%M}"


def _own_line(language: str, own: int) -> str:
    return words(language, "load.own", count=own) if own else words(language, "load.own_none")


def _day(context: Context, day: date) -> str:
    form = "M月d日 EEEE" if context.language == "zh_CN" else "EEEE, d MMMM"
    return str(format_date(day, form, locale=context.language))


def show(context: Context) -> None:
    """The next two weeks as they stand, and what was not sent in the last two."""
    schools = administers(context.unit, context.who)
    if not schools:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    unit, rate, zone = context.unit, _rate(context.school), context.school.zone
    lines, rows = list[str](), list[list[say.Button]]()
    for day, crowds in load.by_day(unit, context.school.events, zone).items():
        mine = [one for one in schools if any(crowd.school_id == one for crowd in crowds)]
        if not mine:
            continue
        seen = load.outlook(crowds, rate)
        late = seen.late_in(crowds)
        values = {"day": _day(context, day), "count": seen.count, "time": _clock(seen.last_at, zone)}
        if not seen.count:
            continue
        lines.append(
            context.words("load.day_late", late=late, **values) if late else context.words("load.day", **values)
        )
        minutes = load.earlier(crowds, rate)
        if minutes is None:
            continue
        rows += [
            [
                context.button(
                    "button.load_earlier_day",
                    "evearly",
                    one,
                    day.toordinal(),
                    minutes,
                    minutes=minutes,
                    day=_day(context, day),
                )
            ]
            for one in mine
            if _helps(crowds, one, minutes)
        ]
    missed = _missed(context, schools)
    if missed:
        lines += ["", context.words("load.missed"), *missed]
    rows.append([context.button("button.classes_back", "clist")])
    if lines:
        context.change("load.view", buttons=rows, lines=Block("\n".join(lines)))
    else:
        context.change("load.none", buttons=rows)


def _missed(context: Context, schools: Sequence[int]) -> list[str]:
    found: dict[date, int] = {}
    for school_id in schools:
        for day, many in load.not_sent_by_day(context.unit, school_id, context.school.zone).items():
            found[day] = found.get(day, 0) + many
    return [context.words("load.missed_day", day=_day(context, day), count=many) for day, many in sorted(found.items())]


def earlier(context: Context, school_id: int, ordinal: int, minutes: int) -> None:
    """That school's last reminders of that day leave earlier."""
    unit, zone, staff = context.unit, context.school.zone, context.who.staff
    today = datetime.fromtimestamp(unit.now_ms / 1000, ZoneInfo(zone)).date()
    ahead = 0 <= ordinal - today.toordinal() <= load.DAYS
    if staff is None or school_id not in administers(unit, context.who) or minutes not in load.STEPS or not ahead:
        context.toast("help.button_gone", alert=True)
        return
    since, until = load.span(date.fromordinal(ordinal), zone)
    changed = load.begin_earlier(unit, context.school.events, school_id, since, until, minutes, staff.person_id)
    context.toast("load.changed" if changed else "load.unchanged", alert=not changed, count=changed, minutes=minutes)
    show(context)


def rows(context: Context) -> list[list[say.Button]]:
    """The way to it below /classes, for admins, while there is something to see."""
    unit, school, staff = context.unit, context.school, context.who.staff
    if staff is None or not administers(unit, context.who):
        return []
    coming = any(one.people for day in load.by_day(unit, school.events, school.zone).values() for one in day)
    if not coming and not load.not_sent_by_day(unit, staff.school_id, school.zone):
        return []
    return [[context.button("button.load", "evload")]]


PRESSES: dict[str, Press] = {"evload": Press(show), "evearly": Press(earlier, (int, int, int))}
