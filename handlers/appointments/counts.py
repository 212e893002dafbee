"""Home visits in counts: how a class stands, the school's export, a chart. For chief mentors and admins; nothing by mentor."""

from __future__ import annotations

from collections import Counter
from datetime import date

from handlers import plot, say, workbook
from handlers.appointments.shown import form_word
from handlers.context import Context, Press
from handlers.plot import Bar
from handlers.texts import Block, listed, render
from handlers.watched import group_of, school_of
from handlers.workbook import Table
from models.appointments import counts, feedback
from models.appointments.counts import Coverage, Line, Stands
from models.appointments.states import TOOK_PLACE, Form

_OPEN = (Stands.AHEAD, Stands.ARRANGING, Stands.INVITED, Stands.NOT_INVITED)
_BETWEEN = " · "


def show_class(context: Context, class_id: int) -> None:
    """How a class stands this term. Whom nobody has reached yet its chief mentor sees by name: it is a list of what to do."""
    one = group_of(context, class_id)
    if one is None:
        return
    context.toast()
    unit, zone = context.unit, context.school.zone
    found = counts.coverage(unit, one, zone)
    lines = [context.words("visits.reached", reached=found.reached, pupils=found.pupils)]
    if found.reached:
        lines.append(_by_form(context, found))
    lines += [context.words(f"visits.{at}", count=found.by[at]) for at in _OPEN if found.by[at]]
    said = feedback.sums(unit, class_id, counts.term_begins_at(unit, one.school_id, zone))
    if said.mean is not None:
        lines.append(context.words("visits.feedback", count=said.count, mean=f"{said.mean:.1f}"))
    if one.chief_id in context.who.person_ids and found.not_reached:
        names = listed(context.language, counts.names(unit, found.not_reached))
        lines.append(context.words("visits.names", names=names))
    context.change(
        "visits.of_class",
        buttons=[
            [context.button("button.visits_plot", "vplot", class_id)],
            [context.button("button.visits_up", "oclass", class_id)],
        ],
        name=one.name,
        lines=Block("\n".join(lines)),
    )


def _by_form(context: Context, found: Coverage) -> str:
    parts = [f"{form_word(context.language, one)} {found.by_form[one]}" for one in Form if found.by_form[one]]
    if found.by[Stands.DECLINED]:
        parts.append(context.words("visits.declined", count=found.by[Stands.DECLINED]))
    return _BETWEEN.join(parts)


# --- the chart ---


def chart(context: Context, class_id: int) -> None:
    """Visits held week by week, as a picture: of a class, or (0) of the school."""
    unit, zone = context.unit, context.school.zone
    if class_id:
        one = group_of(context, class_id)
        if one is None:
            return
        name, weeks = one.name, counts.weeks(unit, zone, class_id=class_id)
    else:
        school_id = school_of(context)
        if school_id is None:
            return
        name, weeks = context.words("visits.whole_school"), counts.weeks(unit, zone, school_id=school_id)
    total: Counter[Form] = sum(weeks.values(), Counter())
    if not total:
        context.toast("visits.none_held", alert=True, weeks=counts.WEEKS)
        return
    context.toast()
    bars = [Bar(f"{monday.month}/{monday.day}", tuple(found[one] for one in Form)) for monday, found in weeks.items()]
    legend = [
        f"{sign} {form_word(context.language, one)} {total[one]}"
        for one, sign in zip(Form, plot.SIGNS, strict=False)
        if total[one]
    ]
    caption = render(
        context.language,
        "visits.chart",
        name=name,
        weeks=counts.WEEKS,
        count=total.total(),
        legend=Block("\n".join(legend)),
    )
    _send(context, say.PICTURE, say.picture("chart.png", plot.bars(bars), caption))


def _send(context: Context, kind: str, payload: str) -> None:
    context.unit.queue(answers=True, bot_id=context.who.bot_id, chat_id=context.who.user_id, kind=kind, payload=payload)


# --- the export ---


def export(context: Context) -> None:
    """The term's visits of the school as a workbook: counts and dates; no names, nothing of what was said."""
    school_id = school_of(context)
    if school_id is None:
        return
    context.toast()
    unit, zone = context.unit, context.school.zone
    today = unit.now.astimezone(context.zone).date()
    lines = counts.lines(unit, school_id, zone)
    tables = [_classes(context, school_id, lines), _list(context, lines)]
    title = context.words("visits.file")
    caption = render(
        context.language,
        "visits.export",
        since=counts.term_begins(unit, school_id, zone).isoformat(),
        count=len(lines),
    )
    _send(context, say.FILE, say.file(f"{title} {today}.xlsx", workbook.drawn(tables, name=title), caption))


def _classes(context: Context, school_id: int, lines: list[Line]) -> Table:
    unit, zone = context.unit, context.school.zone
    held = [one for one in lines if one.state in TOOK_PLACE]
    months = sorted({_month(one.day) for one in held})
    heads = [context.words(f"visits.col_{one}") for one in ("class", "pupils", "reached")]
    forms = [form_word(context.language, one) for one in Form]
    rows: list[tuple[str, list[int]]] = []
    for one in counts.groups(unit, school_id):
        found = counts.coverage(unit, one, zone)
        if not found.pupils:
            continue
        mine = [line for line in held if line.class_id == one.id]
        by_form, by_month = Counter(line.form for line in mine), Counter(_month(line.day) for line in mine)
        numbers = [found.pupils, found.reached, *(by_form[form] for form in Form), found.by[Stands.DECLINED]]
        rows.append((one.name, [*numbers, *(by_month[month] for month in months)]))
    sums = [sum(column) for column in zip(*(numbers for _, numbers in rows), strict=True)]
    rows.append((context.words("visits.all_classes"), sums))
    headings = (*heads, *forms, context.words("visits.col_declined"), *months)
    return Table(context.words("visits.sheet_classes"), headings, [[name, *numbers] for name, numbers in rows])


def _list(context: Context, lines: list[Line]) -> Table:
    columns = ("class", "month", "day", "form", "kind", "state", "teachers", "minutes")
    rows = [
        [
            one.school_class,
            _month(one.day),
            one.day,
            form_word(context.language, one.form),
            context.words(f"visits.kind_{one.kind}"),
            context.words(f"visit.state_{one.state.value}"),
            one.teachers,
            one.minutes,
        ]
        for one in lines
    ]
    headings = tuple(context.words(f"visits.col_{one}") for one in columns)
    return Table(context.words("visits.sheet_list"), headings, rows)


def _month(day: date | None) -> str:
    return "" if day is None else f"{day:%Y-%m}"


PRESSES: dict[str, Press] = {
    "vclass": Press(show_class, (int,)),
    "vplot": Press(chart, (int,)),
    "vexport": Press(export),
}
