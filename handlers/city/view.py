"""/city: the schools' counts for the centre, a month or a term, from five families up. Never by class, mentor or family."""

from __future__ import annotations

from datetime import date

from handlers import telling
from handlers.city.shown import VIEWS, span_words, sums, values
from handlers.context import CommandHandler, Context, Press
from handlers.incoming import Commanded
from handlers.say import Button
from handlers.texts import Block
from models.city import counting, counts, districts
from models.city.counting import MONTH, TERM
from models.city.counts import Row

PAGE = 10


def _centre(context: Context) -> bool:
    if counts.may(context.unit, context.who):
        return True
    context.toast("help.button_gone", alert=True)
    return False


def show(context: Context, _event: Commanded | None = None) -> None:
    """This term, all schools together."""
    if not counts.may(context.unit, context.who):
        context.toast()
        context.change("city.not_yours")
        return
    every = counts.spans(context.unit, context.who, TERM)
    show_all(context, TERM, every[0].toordinal() if every else 0, 0)


def show_all(context: Context, span: str, begins: int, district: int) -> None:
    """A month or a term: the sums, and the way to each view by school."""
    if not _centre(context):
        return
    context.toast()
    unit = context.unit
    back = [context.button("button.more_back", "more")]
    if not begins:
        counting.ask(unit)
        context.change("city.none_yet", buttons=[[context.button("button.city_again", "ctopen")], back])
        return
    day = date.fromordinal(begins)
    found = counts.rows(unit, context.who, span, day, district)
    added = sums(found)
    lines = [context.words(f"city.{view}", **values(context, added, view)) for view in VIEWS]
    views = [context.button(f"button.city_{view}", "ctview", span, begins, view, district, 0) for view in VIEWS]
    context.change(
        "city.view",
        buttons=[
            views[:2],
            views[2:],
            _neighbours(context, span, day, district),
            [
                context.button("button.city_plot", "ctplot", "join", district),
                context.button("button.city_xlsx", "ctxlsx", span, begins, district),
            ],
            _more(context, span, begins, district),
            back,
        ],
        span=span_words(context, span, day),
        where=_where(context, district),
        schools=len(found),
        lines=Block("\n".join(lines)),
        fresh=_fresh(context),
    )


def _more(context: Context, span: str, begins: int, district: int) -> list[Button]:
    row = [context.button("button.city_knows", "ctknow", 0)]
    if districts.every(context.unit):
        row.insert(0, context.button("button.city_district", "ctareas", span, begins))
    row.append(context.button("button.city_count", "ctcount", span, begins, district))
    return row


def _where(context: Context, district: int) -> str:
    name = dict(districts.every(context.unit)).get(district)
    return context.words("city.everywhere") if name is None else name


def _fresh(context: Context) -> str:
    found = counts.as_of(context.unit)
    if found.at is None:
        return context.words("city.counting")
    at = telling.when(context.language, found.at, context.school.zone)
    if found.counted < found.schools:
        return context.words("city.as_of_some", when=at, counted=found.counted, schools=found.schools)
    return context.words("city.as_of", when=at)


def _neighbours(context: Context, span: str, day: date, district: int) -> list[Button]:
    """The month or term before and after, and the other kind."""
    every, row = counts.spans(context.unit, context.who, span), []
    at = every.index(day) if day in every else 0
    for other in every[at + 1 : at + 2] + (every[at - 1 : at] if at else []):
        row.append(context.named(span_words(context, span, other), "ctall", span, other.toordinal(), district))
    kind = TERM if span == MONTH else MONTH
    others = counts.spans(context.unit, context.who, kind)
    if others:
        key = "button.city_months" if kind == MONTH else "button.city_terms"
        row.append(context.button(key, "ctall", kind, others[0].toordinal(), district))
    return row


def show_view(context: Context, span: str, begins: int, view: str, district: int, page: int) -> None:
    """One thing, school by school in the order of their names."""
    if view not in VIEWS or not _centre(context):
        return
    context.toast()
    day = date.fromordinal(begins)
    found = counts.rows(context.unit, context.who, span, day, district)
    page = min(max(page, 0), max((len(found) - 1) // PAGE, 0))
    lines = [_line(context, one, view) for one in found[page * PAGE : page * PAGE + PAGE]]
    lines += ["", context.words(f"city.{view}_sum", **values(context, sums(found), view))]
    few = counts.hidden(found, VIEWS[view][0])
    if few:
        lines.append(context.words("city.hidden", count=few))
    turn = [context.button("button.earlier", "ctview", span, begins, view, district, page - 1)] if page else []
    if (page + 1) * PAGE < len(found):
        turn.append(context.button("button.more", "ctview", span, begins, view, district, page + 1))
    context.change(
        "city.by_school",
        buttons=[
            turn,
            [context.button("button.city_plot_this", "ctplot", view, district)],
            [context.button("button.city_up", "ctall", span, begins, district)],
        ],
        what=context.words(f"city.{view}_title"),
        span=span_words(context, span, day),
        where=_where(context, district),
        lines=Block("\n".join(lines)),
    )


def _line(context: Context, one: Row, view: str) -> str:
    return context.words(f"city.{view}_row", school=one.name, **values(context, one.numbers, view))


def ask_district(context: Context, span: str, begins: int) -> None:
    """All schools, or those of a district."""
    if not _centre(context):
        return
    context.toast()
    rows = [[context.named(name, "ctall", span, begins, row)] for row, name in districts.every(context.unit)]
    everywhere = [context.button("button.city_everywhere", "ctall", span, begins, 0)]
    context.change("city.ask_district", buttons=[everywhere, *rows])


def count_again(context: Context, span: str, begins: int, district: int) -> None:
    """All schools are counted anew, one after the other."""
    if not _centre(context):
        return
    counting.ask(context.unit)
    context.toast("city.asked")
    show_all(context, span, begins, district)


COMMANDS: dict[str, CommandHandler] = {"city": show}
PRESSES: dict[str, Press] = {
    "ctopen": Press(show),
    "ctall": Press(show_all, (str, int, int)),
    "ctview": Press(show_view, (str, int, str, int, int)),
    "ctareas": Press(ask_district, (str, int)),
    "ctcount": Press(count_again, (str, int, int)),
}
