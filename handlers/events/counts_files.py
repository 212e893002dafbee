"""Parent classes and events in counts, as a chart and as the school's workbook: numbers, dates and topics, nobody's name."""

from __future__ import annotations

from collections import Counter
from datetime import date

from handlers import plot, say, workbook
from handlers.context import Context, Press
from handlers.events.counts import by_class, number
from handlers.plot import Bar
from handlers.texts import Block, listed, render
from handlers.watched import group_of, school_of
from handlers.workbook import Table, Value
from models.appointments import counts as classes_of
from models.events import counts, kinds, planning
from models.events.counts import Line, Stands

_SCHOOL = (
    ("eventcounts.legend_none", (Stands.NOT_HELD, Stands.NONE)),
    ("eventcounts.legend_open", (Stands.AHEAD, Stands.UNSAID)),
    ("eventcounts.legend_held", (Stands.HELD,)),
)
"""The parts of a bar of the school's chart, from the ground up; what was held comes last, in green."""


# --- the chart ---


def chart(context: Context, class_id: int) -> None:
    """As a picture: who came to a class's events month by month, or (0) in how many classes of the school one was held."""
    if class_id:
        _chart_class(context, class_id)
    else:
        _chart_school(context)


def _chart_class(context: Context, class_id: int) -> None:
    one = group_of(context, class_id)
    if one is None:
        return
    unit, zone = context.unit, context.school.zone
    found = counts.of_class(unit, one.school_id, class_id, zone)
    held = [line for line in found if line.stands is Stands.HELD]
    if not held:
        context.toast("eventcounts.none_held", alert=True)
        return
    context.toast()
    used = [kind for kind in kinds.every() if any(line.kind == kind.code for line in held)]
    bars, unknown = [], False
    for month in counts.months(counts.season(unit, one.school_id, zone), held):
        there = [line for line in held if line.month == month]
        parts = tuple(counts.people(line for line in there if line.kind == kind.code) or 0 for kind in used)
        known = not there or counts.people(there) is not None
        unknown = unknown or not known
        bars.append(Bar(f"{month:%Y-%m}", parts, known))
    legend = [
        f"{sign} "
        + context.words(
            "eventcounts.legend_people",
            kind=kind.title(context.language),
            people=number(counts.people(line for line in held if line.kind == kind.code)),
        )
        for kind, sign in zip(used, plot.SIGNS, strict=False)
    ]
    if unknown:
        legend.append(context.words("eventcounts.chart_unknown"))
    caption = render(context.language, "eventcounts.chart_class", name=one.name, legend=Block("\n".join(legend)))
    _send(context, say.PICTURE, say.picture("chart.png", plot.bars(bars), caption))


def _chart_school(context: Context) -> None:
    school_id = school_of(context)
    if school_id is None:
        return
    unit, zone = context.unit, context.school.zone
    own = counts.of_school(unit, school_id, zone, kinds.CLASS)
    if not own:
        context.toast("eventcounts.none_held", alert=True)
        return
    context.toast()
    labels, cells = planning.classes(unit, school_id), by_class(own)
    bars, total = [], Counter[Stands]()
    for month in counts.months(counts.season(unit, school_id, zone), own):
        stands = Counter(counts.stands(cells[class_id, month]) for class_id in labels)
        total += stands
        bars.append(Bar(f"{month:%Y-%m}", tuple(sum(stands[one] for one in part) for _, part in _SCHOOL)))
    legend = [
        f"{sign} " + context.words(key, count=sum(total[one] for one in part))
        for (key, part), sign in zip(_SCHOOL, plot.SIGNS, strict=False)
    ]
    caption = render(
        context.language,
        "eventcounts.chart_school",
        legend=Block("\n".join(legend)),
        people=number(counts.people(own)),
    )
    _send(context, say.PICTURE, say.picture("chart.png", plot.bars(bars), caption))


def _send(context: Context, kind: str, payload: str) -> None:
    context.unit.queue(answers=True, bot_id=context.who.bot_id, chat_id=context.who.user_id, kind=kind, payload=payload)


# --- the export ---


def export(context: Context) -> None:
    """The term's events of the school as a workbook: counts, dates and topics, and nobody's name."""
    school_id = school_of(context)
    if school_id is None:
        return
    context.toast()
    unit, zone = context.unit, context.school.zone
    lines, when = counts.of_school(unit, school_id, zone), counts.season(unit, school_id, zone)
    months = counts.months(when, counts.lectures(lines))
    tables = [
        _classes(context, planning.classes(unit, school_id), months, counts.lectures(lines)),
        _list(context, {one.id: one.name for one in classes_of.groups(unit, school_id)}, lines),
    ]
    title = context.words("eventcounts.file")
    caption = render(context.language, "eventcounts.export", since=when.begins.isoformat(), count=len(lines))
    name = f"{title} {unit.now.astimezone(context.zone).date()}.xlsx"
    _send(context, say.FILE, say.file(name, workbook.drawn(tables, name=title), caption))


def _classes(context: Context, labels: dict[int, str], months: list[date], own: list[Line]) -> Table:
    cells, headings = by_class(own), [context.words("eventcounts.col_class")]
    for month in months:
        written = f"{month:%Y-%m}"
        headings += [written, context.words("eventcounts.col_people_in", month=written)]
    rows: list[list[Value]] = []
    for class_id, label in labels.items():
        row: list[Value] = [label]
        for month in months:
            found = cells[class_id, month]
            stands = counts.stands(found)
            people = number(counts.people(found)) if stands is Stands.HELD else None
            row += [context.words(f"eventcounts.is_{stands.value}"), people]
        rows.append(row)
    # Who came to one of several classes stands in each of their lines, and once in the sum.
    sums: list[Value] = [context.words("eventcounts.all_classes")]
    for month in months:
        held = sum(counts.stands(cells[class_id, month]) is Stands.HELD for class_id in labels)
        sums += [held, counts.people(one for one in own if one.month == month)]
    return Table(context.words("eventcounts.sheet_classes"), tuple(headings), [*rows, sums])


def _list(context: Context, labels: dict[int, str], lines: list[Line]) -> Table:
    columns = ("class", "month", "kind", "state", "day", "topic", "form", "invited", "signed", "people", "mean")
    rows: list[list[Value]] = []
    for one in lines:
        held, said = one.stands is Stands.HELD, counts.thought([one])
        rows.append(
            [
                listed(context.language, (labels[class_id] for class_id in one.classes if class_id in labels)),
                f"{one.month:%Y-%m}",
                kinds.kind_of(one.kind).title(context.language),
                context.words(f"eventcounts.is_{one.stands.value}"),
                one.day,
                one.title(context.language),
                context.words(f"eventcounts.form_{one.form.value}"),
                one.invited,
                one.signed_up,
                number(one.people) if held else None,
                None if said.helped is None else round(said.helped, 1),
            ]
        )
    headings = tuple(context.words(f"eventcounts.col_{one}") for one in columns)
    return Table(context.words("eventcounts.sheet_list"), headings, rows)


PRESSES: dict[str, Press] = {"ecplot": Press(chart, (int,)), "ecexport": Press(export)}
