"""Parent classes and events in counts: how a class and a school stand (the chart and the export: counts_files.py).

For chief mentors and admins. Numbers, dates and topics; nobody's name anywhere, neither of who came nor of who did not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from babel.dates import format_date

from handlers.context import Context, Press
from handlers.texts import Block, listed
from handlers.watched import group_of, school_of
from models.events import counts, kinds, planning
from models.events.counts import Line, Stands

UNKNOWN = "–"
MOST_NAMES = 60
"""Names of classes in one message."""
_BETWEEN = " · "


def number(people: int | None) -> int | str:
    """A number as it is shown: what nobody has counted is no 0."""
    return UNKNOWN if people is None else people


def _month(context: Context, month: date) -> str:
    return format_date(month, "M月" if context.language == "zh_CN" else "MMMM", locale=context.language)


def _day(context: Context, day: date) -> str:
    return format_date(day, "M月d日" if context.language == "zh_CN" else "d MMMM", locale=context.language)


def _this_month(context: Context) -> date:
    return context.unit.now.astimezone(context.zone).date().replace(day=1)


# --- a class ---


def show_class(context: Context, class_id: int) -> None:
    """A class's parent classes month by month, what was thought of them, and how many other events there were."""
    one = group_of(context, class_id)
    if one is None:
        return
    context.toast()
    unit, zone = context.unit, context.school.zone
    found = counts.of_class(unit, one.school_id, class_id, zone)
    own = counts.lectures(found, class_id)
    lines: list[str] = []
    for month in counts.months(counts.season(unit, one.school_id, zone), own):
        lines += _of_month(context, month, [line for line in own if line.month == month])
    held = [line for line in own if line.stands is Stands.HELD]
    if held:
        lines += ["", context.words("eventcounts.sum", count=len(held), people=number(counts.people(held)))]
    said = counts.thought(own)
    if said.helped is not None:
        mean = f"{said.helped:.1f}"
        lines.append(
            context.words("eventcounts.feedback_first", count=said.count, mean=mean)
            if said.usable is None
            else context.words("eventcounts.feedback", count=said.count, mean=mean, share=said.usable)
        )
    others = counts.by_kind(line for line in found if line.kind != kinds.CLASS)
    if others:
        named = [f"{kind.title(context.language)} {others[kind.code]}" for kind in kinds.every() if others[kind.code]]
        lines.append(context.words("eventcounts.others", kinds=_BETWEEN.join(named)))
    if any(line.people is None for line in held):
        lines.append(context.words("eventcounts.unknown"))
    context.change(
        "eventcounts.of_class",
        buttons=[
            [context.button("button.eventcounts_plot", "ecplot", class_id)],
            [context.button("button.eventcounts_events", "clist")],
            [context.button("button.visits_up", "oclass", class_id)],
        ],
        name=one.name,
        lines=Block("\n".join(lines)),
    )


def _of_month(context: Context, month: date, found: list[Line]) -> list[str]:
    """A line for each date of a month, or that there is none."""
    name = _month(context, month)
    if not found:
        past = month < _this_month(context)
        return [context.words("eventcounts.month_past" if past else "eventcounts.month_none", month=name)]
    lines = []
    for one in found:
        day = _day(context, one.day)
        values = {"people": number(one.people)} if one.stands is Stands.HELD else {}
        line = context.words(f"eventcounts.month_{one.stands.value}", month=name, day=day, **values)
        topic = one.title(context.language)
        line += context.words("eventcounts.about", topic=topic) if topic else ""
        more = len(one.classes) - 1
        lines.append(line + (context.words("eventcounts.together", count=more) if more > 0 else ""))
    return lines


# --- the school ---


def by_class(lines: list[Line]) -> dict[tuple[int, date], list[Line]]:
    """By class and month; one of several classes stands with each."""
    found: dict[tuple[int, date], list[Line]] = defaultdict(list)
    for one in lines:
        for class_id in one.classes:
            found[class_id, one.month].append(one)
    return found


def show_school(context: Context) -> None:
    """How many classes had their parent class, month by month, and which are without one this month."""
    school_id = school_of(context)
    if school_id is None:
        return
    context.toast()
    unit, zone = context.unit, context.school.zone
    labels = planning.classes(unit, school_id)
    own = counts.of_school(unit, school_id, zone, kinds.CLASS)
    cells, months = by_class(own), counts.months(counts.season(unit, school_id, zone), own)
    lines, now = [], _this_month(context)
    for month in months if labels else ():
        stands = Counter(counts.stands(cells[class_id, month]) for class_id in labels)
        people = counts.people(one for one in own if one.month == month)
        line = (
            context.words(
                "eventcounts.school_month",
                month=_month(context, month),
                held=stands[Stands.HELD],
                classes=len(labels),
                people=number(people),
            )
            if stands[Stands.HELD]
            else context.words("eventcounts.school_none", month=_month(context, month))
        )
        if stands[Stands.AHEAD]:
            line += context.words("eventcounts.school_ahead", count=stands[Stands.AHEAD])
        if stands[Stands.UNSAID]:
            line += context.words("eventcounts.school_unsaid", count=stands[Stands.UNSAID])
        lines.append(line)
    if labels and now in months:
        none = (Stands.NONE, Stands.NOT_HELD)
        lines += ["", _without(context, [labels[one] for one in labels if counts.stands(cells[one, now]) in none])]
    if any(one.stands is Stands.HELD and one.people is None for one in own):
        lines.append(context.words("eventcounts.unknown"))
    context.change(
        "eventcounts.of_school",
        buttons=[
            [
                context.button("button.eventcounts_plot", "ecplot", 0),
                context.button("button.eventcounts_export", "ecexport"),
            ],
            [context.button("button.eventcounts_events", "clist")],
            [context.button("button.overview_back", "oview", 0)],
        ],
        lines=Block("\n".join(lines or [context.words("eventcounts.no_classes")])),
    )


def _without(context: Context, names: list[str]) -> str:
    if not names:
        return context.words("eventcounts.all_have")
    shown = listed(context.language, names[:MOST_NAMES])
    more = context.words("eventcounts.more") if len(names) > MOST_NAMES else ""
    return context.words("eventcounts.without", count=len(names), names=shown + more)


PRESSES: dict[str, Press] = {"ecclass": Press(show_class, (int,)), "ecschool": Press(show_school)}
