"""The city's counts as a workbook and as a chart: rounded numbers by school and month, nobody's name."""

from __future__ import annotations

from datetime import date

from handlers import plot, say, workbook
from handlers.city.shown import COLUMNS, VIEWS, span_words, sums
from handlers.context import Context, Press
from handlers.plot import Bar
from handlers.texts import Block, render
from handlers.workbook import Table, Value
from models.city import counts
from models.city.counting import VISITS

PARTS: dict[str, tuple[str, ...]] = {
    "join": ("joined",),
    "visit": VISITS,
    "lect": ("class_held",),
    "duty": ("contact",),
    "late": ("late",),
}
"""Of which numbers a month's bar is made."""


def export(context: Context, span: str, begins: int, district: int) -> None:
    """The schools of a month or a term, and the months together."""
    if not counts.may(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    unit, day = context.unit, date.fromordinal(begins)
    found = counts.rows(unit, context.who, span, day, district)
    heads = tuple(context.words(f"city.col_{one}") for one in COLUMNS)
    few = context.words("city.few")

    def cells(name: str, numbers: dict[str, int | None]) -> list[Value]:
        # What was not counted for that span has an empty cell.
        return [name, *((few if numbers[one] is None else numbers[one]) if one in numbers else None for one in COLUMNS)]

    schools = [cells(one.name, one.numbers) for one in found]
    schools.append(cells(context.words("city.sum"), sums(found)))
    by_month = counts.months(unit, context.who, district)
    months = [cells(f"{month:%Y-%m}", {one: added.get(one) for one in COLUMNS}) for month, added in by_month.items()]
    title = context.words("city.file")
    tables = [
        Table(span_words(context, span, day), (context.words("city.col_school"), *heads), schools),
        Table(context.words("city.sheet_months"), (context.words("city.col_month"), *heads), months),
        Table(context.words("city.sheet_about"), (context.words("city.sheet_about"),), [[context.words("city.about")]]),
    ]
    caption = render(context.language, "city.xlsx", span=span_words(context, span, day), count=len(found))
    name = f"{title} {day:%Y-%m}.xlsx"
    _send(context, say.FILE, say.file(name, workbook.drawn(tables, name=title), caption))


def chart(context: Context, view: str, district: int) -> None:
    """The last months of one thing, all schools together."""
    if view not in VIEWS or not counts.may(context.unit, context.who):
        context.toast("help.button_gone", alert=True)
        return
    by_month = counts.months(context.unit, context.who, district)
    bars = [_bar(month, added, view) for month, added in by_month.items()]
    if not any(bar.total for bar in bars):
        context.toast("city.nothing_drawn", alert=True)
        return
    context.toast()
    legend = [
        f"{sign} {context.words(f'city.col_{what}')}" for what, sign in zip(PARTS[view], plot.SIGNS, strict=False)
    ]
    caption = render(
        context.language,
        "city.chart",
        what=context.words(f"city.{view}_title"),
        months=len(bars),
        legend=Block("\n".join(legend)),
    )
    _send(context, say.PICTURE, say.picture("chart.png", plot.bars(bars), caption))


def _bar(month: date, added: dict[str, int | None], view: str) -> Bar:
    parts = [added.get(what) for what in PARTS[view]]
    return Bar(f"{month:%Y-%m}", tuple(one or 0 for one in parts), any(one is not None for one in parts))


def _send(context: Context, kind: str, payload: str) -> None:
    context.unit.queue(answers=True, bot_id=context.who.bot_id, chat_id=context.who.user_id, kind=kind, payload=payload)


PRESSES: dict[str, Press] = {
    "ctxlsx": Press(export, (str, int, int)),
    "ctplot": Press(chart, (str, int)),
}
