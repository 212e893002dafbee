"""During a visit: a tap on arriving, a tap on leaving; a wrong one can be taken back for a while."""

from __future__ import annotations

from typing import Any

from handlers import say, telling
from handlers.appointments import record, shown
from handlers.context import Context, Press
from models.appointments import party, safety, visits
from models.appointments.states import OUTSIDE, VisitState
from models.appointments.tables import Visit


def mine(context: Context, visit_id: int) -> tuple[Visit, int] | None:
    """The visit and as which of its teachers, where somebody goes out; otherwise says that the button is gone."""
    visit = visits.one(context.unit, visit_id)
    person = None if visit is None else party.acting(context.unit, visit, context.who.person_ids)
    if visit is None or person is None or visit.form not in OUTSIDE:
        context.toast("help.button_gone", alert=True)
        return None
    return visit, person


def arrived(context: Context, visit_id: int) -> None:
    """'Arrived', by either teacher."""
    found = mine(context, visit_id)
    if found is None:
        return
    visit, person = found
    if visit.state == VisitState.CONFIRMED:
        if context.unit.now_ms < (visit.starts_at or 0) - safety.EARLY:
            context.toast("during.too_early", alert=True)
            return
        safety.arrive(context.unit, visit_id, person)
        visit = visits.must(context.unit, visit_id)
    if visit.state != VisitState.IN_PROGRESS:
        context.toast("during.over", alert=True)
        return
    context.toast()
    _there(context, visit)


def _there(context: Context, visit: Visit) -> None:
    rows = [
        [context.button("button.during_left", "vleft", visit.id)],
        _more(context, visit),
        [context.button("button.during_undo", "varrno", visit.id)],
    ]
    context.change("during.arrived", buttons=rows, **_values(context, visit, visit.arrived_at))


def _more(context: Context, visit: Visit) -> list[say.Button]:
    return [
        context.button("button.before_card", "vcard", visit.id),
        context.button("button.before_address", "vaddr", visit.id),
    ]


def _values(context: Context, visit: Visit, at: int | None) -> dict[str, Any]:
    names = visits.names(context.unit, visit.id)
    moment = "" if at is None else telling.when(context.language, at, context.school.zone)
    return {"child": names.child, "heading": shown.heading(context.language, visit), "time": moment}


def not_arrived(context: Context, visit_id: int) -> None:
    """Taken back: not there yet."""
    found = mine(context, visit_id)
    if found is None:
        return
    visit, person = found
    if not safety.not_arrived(context.unit, visit, person):
        context.toast("during.undo_late", alert=True)
        return
    context.toast()
    rows = [[context.button("button.during_arrived", "varr", visit_id)], _more(context, visit)]
    context.change("during.not_arrived", buttons=rows, **_values(context, visit, visit.starts_at))


def gone(context: Context, visit: Visit, person: int) -> bool:
    """They have left, however that was said."""
    if not safety.leave(context.unit, visit, person):
        return False
    fresh = visits.must(context.unit, visit.id)
    context.change("during.left", **_values(context, fresh, fresh.left_at))
    record.offer(context, visit.id)
    return True


PRESSES: dict[str, Press] = {
    "varr": Press(arrived, (int,)),
    "varrno": Press(not_arrived, (int,)),
}
