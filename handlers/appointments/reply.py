"""A guardian says no, without a reason; or comes along at the time that the other one chose."""

from __future__ import annotations

from handlers.appointments import shown, told
from handlers.appointments.choose import mine, over, show_confirmed, values
from handlers.context import Context, Press
from models.appointments import booking, visits
from models.appointments.booking import Result
from models.appointments.states import Reply, VisitState


def decline(context: Context, visit_id: int) -> None:
    """No, without a reason."""
    found = mine(context, visit_id)
    if found is None:
        return
    visit, guest = found
    context.toast()
    if visit.state == VisitState.PLANNED:
        # Nobody was asked but by the guardian: it is dropped, and nobody hears of it.
        booking.end(context.unit, visit_id, VisitState.CANCELLED, guest.guardian_id, "dropped")
        context.change("visit.dropped", buttons=[[context.button("button.visits_own", "visits")]])
        return
    whole = booking.decline(context.unit, visit_id, guest.guardian_id)
    if whole is None:
        over(context, visits.must(context.unit, visit_id))
        return
    context.change(
        "visit.declined", buttons=[[context.button("button.visits_own", "visits")]], **values(context, visit)
    )
    if whole:
        shown.tell_teacher(
            context.unit,
            shown.mentor_of(context.unit, visit),
            context.school,
            "visit.declined_mentor",
            visits.must(context.unit, visit_id),
            "declined",
            child=visits.names(context.unit, visit_id).child,
        )


def join(context: Context, visit_id: int) -> None:
    """Comes along at the time that the other guardian chose."""
    found = mine(context, visit_id)
    if found is None:
        return
    visit, guest = found
    if visit.guardian_id == guest.guardian_id:
        context.toast()
        show_confirmed(context, visit)
        return
    result = booking.join(context.unit, visit_id, guest.guardian_id)
    if result is not Result.CONFIRMED:
        context.toast("visit.join_clash" if result is Result.GONE else "help.button_gone", alert=True)
        return
    context.toast()
    visit = visits.must(context.unit, visit_id)
    rows = [[context.button("button.visit_menu", "vmenu", visit_id)]]
    context.change("visit.joined", buttons=rows, **values(context, visit))
    told.calendar_file(context.unit, visit, context.school, guest=guest)


def joins_no_more(context: Context, visit_id: int) -> None:
    """Does not come along after all; the visit stays."""
    found = mine(context, visit_id)
    if found is None:
        return
    visit, guest = found
    context.toast()
    if guest.reply is Reply.JOINED:
        booking.leave(context.unit, visit_id, guest.guardian_id)
    context.change(
        "visit.joins_not", buttons=[[context.button("button.visit_join", "vjoin", visit_id)]], **values(context, visit)
    )


PRESSES: dict[str, Press] = {
    "vno": Press(decline, (int,)),
    "vjoin": Press(join, (int,)),
    "vunjoin": Press(joins_no_more, (int,)),
}
