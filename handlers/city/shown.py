"""How the city's numbers are said: which belong to a view, and what stands for fewer than five."""

from __future__ import annotations

from datetime import date

from handlers.context import Context
from models.city import counts
from models.city.counting import MONTH, VISITS

VIEWS: dict[str, tuple[str, ...]] = {
    "join": ("joined", "pupils"),
    "visit": ("reached", *VISITS, "declined"),
    "lect": ("class_held", "class_planned"),
    "duty": ("contact", "contact_due", "talk", "note"),
    "late": ("late",),
}
"""By the view's word in its button: the numbers that it shows, in their order."""
COLUMNS = tuple(dict.fromkeys(one for view in VIEWS.values() for one in view))


def number(language_words: str, value: int | None) -> str:
    """A number, or the words for fewer than five."""
    return language_words if value is None else f"{value:,}"


def values(context: Context, numbers: dict[str, int | None], view: str) -> dict[str, str]:
    """The numbers of a view as they are put into its sentence."""
    few = context.words("city.few")
    return {what: number(few, numbers.get(what)) for what in VIEWS[view]}


def sums(found: list[counts.Row]) -> dict[str, int | None]:
    """The sums of what is shown."""
    return {what: counts.total(found, what) for what in COLUMNS}


def span_words(context: Context, span: str, begins: date) -> str:
    """A month or a term in words."""
    if span == MONTH:
        return context.words("city.month", year=begins.year, month=begins.month)
    key = "city.term_autumn" if begins.month >= 8 else "city.term_spring"
    return context.words(key, year=begins.year, next=begins.year + 1)
