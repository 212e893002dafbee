"""What is said before a notice goes out: who and how many get it, how many do not, what is left of the week, when, and what
it costs."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.context import Context, SchoolSettings
from handlers.notices import aim
from handlers.texts import listed, moment
from models.calendar import calendar_of
from models.notices import attention, cost, deciding, forecast, notices
from models.notices.audience import Size
from models.notices.content import Content
from models.notices.forecast import Forecast
from models.notices.tables import Notice
from models.unit import Unit


def hours(unit: Unit, notice: Notice, school: SchoolSettings) -> forecast.Hours:
    """When its people may be told."""
    if notice.emergency or not school.keep_hours:
        return forecast.ALWAYS
    if notices.audience(notice).families:
        return forecast.of_families(school.zone)
    return forecast.of_staff(calendar_of(unit, notice.school_id, school.zone))


def course(unit: Unit, notice: Notice, content: Content, people: int, school: SchoolSettings) -> Forecast:
    """When it begins and about when the last ones have it."""
    return forecast.reckon(
        forecast.moment(notice.starts_at, unit.now),
        people,
        each=messages(content),
        ahead=forecast.ahead(unit),
        per_second=max(school.paid_per_second, school.bulk_per_second),
        hours=hours(unit, notice, school),
    )


def messages(content: Content) -> int:
    """Messages for one reader: those of the longest language."""
    most = 1
    for pieces in content.pieces.values():
        media, texts = sum(one.media is not None for one in pieces), sum(one.media is None for one in pieces)
        alone = media == 1 and not texts
        most = max(most, 1 if alone else 1 + media)
    return most


def lines(context: Context, notice: Notice, size: Size) -> list[str]:
    """A line for each thing that is to be known."""
    unit, school, words = context.unit, context.school, context.words
    whom, content = notices.audience(notice), notices.content(unit, notice)
    at = forecast.moment(notice.starts_at, unit.now)
    full, last = _week(unit, notice, size, school)
    told, most = size.reached - full, school.notices.per_week
    found = [words("nwrite.to", where=aim.where(context, notice))]
    if told or not full:
        found.append(words(f"nwrite.gets_{whom.whom}", count=told))
    cannot = size.unjoined + size.blocked
    if cannot:
        parts = (("nwrite.why_unjoined", size.unjoined), ("nwrite.why_blocked", size.blocked))
        why = listed(context.language, [words(key, count=count) for key, count in parts if count])
        found.append(words("nwrite.cannot", count=cannot, why=why))
    if full:
        found.append(words("nwrite.in_list" if told else "nwrite.only_list", count=full, most=most))
        if not told:
            return found
    if notice.emergency:
        found.append(words("nwrite.no_rest"))
    elif whom.families:
        found.append(words("nwrite.week_last" if last else "nwrite.week_left", count=last, most=most))
    found += _when(context, course(unit, notice, content, told, school), at, told)
    stars = cost.stars(told * messages(content), school.paid_per_second, school.bulk_per_second)
    return [*found, words("nwrite.cost", stars=stars.normalize())] if stars else found


def _week(unit: Unit, notice: Notice, size: Size, school: SchoolSettings) -> tuple[int, int]:
    """How many families have had the week's few, and how many will have had them with this one."""
    whom, most = notices.audience(notice), school.notices.per_week
    if notice.emergency or not whom.families or not size.reached:
        return 0, 0
    # Several people are asked about the same notice.
    key = ("notice week", notice.id, deciding.stamp(notice))
    if key not in unit.notes:
        week = attention.week_of(forecast.moment(notice.starts_at, unit.now), school.zone)
        unit.notes[key] = attention.places(unit, whom, week, most)
    known = unit.notes[key]
    return known if isinstance(known, tuple) else (0, 0)


def _when(context: Context, found: Forecast, at: datetime, told: int) -> list[str]:
    zone, words = context.school.zone, context.words
    lines = []
    if found.begins > at:
        lines.append(words("nwrite.begins_rest", time=moment(context.language, found.begins, zone)))
    elif at > context.unit.now:
        lines.append(words("nwrite.begins_at", time=moment(context.language, found.begins, zone)))
    if found.again is not None and 0 < found.first < told:
        again = moment(context.language, found.again, zone)
        lines.append(words("nwrite.ends_split", first=found.first, rest=told - found.first, again=again))
    # The minute after the last one: never one that is over when it is read.
    ends = found.ends + timedelta(minutes=1)
    return [*lines, words("nwrite.ends", time=moment(context.language, ends, zone))]
