"""A mentor's wishes for the rota: a tap on a month changes between 'any', 'gladly' and 'cannot'."""

from __future__ import annotations

from datetime import date

from handlers import say
from handlers.context import Context, Press
from handlers.events.rota_words import month_word
from models.events import planning, wishes
from models.events.planning import Term
from models.events.states import EventState
from models.people import RoleKind
from models.standing import roles

NEXT = {None: wishes.PREFER, wishes.PREFER: wishes.CANNOT, wishes.CANNOT: None}


def _mine(context: Context) -> tuple[int, Term] | None:
    staff = context.who.staff
    if staff is None or RoleKind.MENTOR not in roles(context.unit, context.who):
        return None
    term = planning.term_of(context.unit, staff.school_id, context.school.zone)
    return None if term is None else (staff.person_id, term)


def home_rows(context: Context) -> list[list[say.Button]]:
    """The way here from /classes: for mentors, while there is a term to wish for."""
    return [] if _mine(context) is None else [[context.button("button.wish", "ewish")]]


def show(context: Context) -> None:
    """The months of the term with what was wished."""
    found = _mine(context)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    person, term = found
    known = wishes.of(context.unit, person)
    today = context.unit.now.astimezone(context.zone).date()
    rows = [
        [
            context.button(
                f"button.wish_{known.get(month, 'any')}",
                "ewishm",
                month.year * 100 + month.month,
                month=month_word(context.language, month),
            )
        ]
        for month in planning.months_of(term)
        if month >= today.replace(day=1)
    ]
    rows.append([context.button("button.classes_back", "clist")])
    context.change("rota.wish_made" if _made(context, term) else "rota.wish", buttons=rows, term=term.name)


def _made(context: Context, term: Term) -> bool:
    """Whether something of the term is settled already; of what is only proposed nobody else knows."""
    staff = context.who.staff
    places = [] if staff is None else planning.places(context.unit, staff.school_id, term, context.school.zone)
    return any(one.state is not EventState.PROPOSED for one in places)


def tap(context: Context, code: int) -> None:
    """The next wish for that month."""
    found = _mine(context)
    month = next((one for one in ([] if found is None else planning.months_of(found[1])) if _code(one) == code), None)
    if found is None or month is None:
        context.toast("help.button_gone", alert=True)
        return
    person, _ = found
    wishes.put(context.unit, person, month, NEXT[wishes.of(context.unit, person).get(month)])
    show(context)


def _code(month: date) -> int:
    return month.year * 100 + month.month


PRESSES: dict[str, Press] = {"ewish": Press(show), "ewishm": Press(tap, (int,))}
