"""None of the offered times: a guardian proposes another one, or waits until something becomes free."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from handlers.appointments.available import short_day
from handlers.appointments.choose import answered, choosing, mine, show_forms, values
from handlers.context import Context, Press
from handlers.texts import clock
from models.appointments import booking, waiting
from models.appointments.booking import Result
from models.appointments.slots import MINUTE
from models.appointments.states import Purpose
from models.appointments.tables import Visit
from models.base import to_ms
from models.hours import at_minute

DAYS = 14
STEP = 30
"""Minutes between the times that can be proposed."""


def ask_day(context: Context, visit_id: int, form: str) -> None:
    """On which day would it do?"""
    found = choosing(context, visit_id, form)
    if found is None:
        return
    context.toast()
    today = context.unit.now.astimezone(context.zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(1, DAYS + 1)]
    buttons = [
        context.named(short_day(context.language, one), "vpday", visit_id, form, one.toordinal()) for one in days
    ]
    rows = [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
    context.change(
        "visit.propose_day",
        buttons=[*rows, [context.button("button.back", "vform", visit_id, form)]],
        **values(context, found[0]),
    )


def ask_time(context: Context, visit_id: int, form: str, number: int) -> None:
    """At what time of that day?"""
    found = choosing(context, visit_id, form)
    today = context.unit.now.astimezone(context.zone).date()
    if found is None or not 0 <= number - today.toordinal() <= DAYS:
        return
    context.toast()
    rules = context.school.visits
    day = date.fromordinal(number)
    midnight = datetime.combine(day, time(), context.zone)
    last = rules.latest - rules.length(Purpose(found[0].purpose))
    buttons = [
        context.named(
            clock(at), "vptime", visit_id, form, to_ms(at_minute(midnight.date(), at, context.zone)) // MINUTE
        )
        for at in range(rules.earliest, last + 1, STEP)
    ]
    rows = [buttons[at : at + 4] for at in range(0, len(buttons), 4)]
    context.change(
        "visit.propose_time",
        buttons=[*rows, [context.button("button.back", "vprop", visit_id, form)]],
        day=short_day(context.language, day),
    )


def propose(context: Context, visit_id: int, form: str, minute: int) -> None:
    """A time of one's own: one that is offered anyway is taken, any other goes to the mentor."""
    found = choosing(context, visit_id, form)
    if found is None:
        return
    visit, guest, chosen = found
    rules, zone = context.school.visits, context.school.zone
    result = booking.choose(context.unit, visit_id, guest.guardian_id, chosen, minute * MINUTE, rules, zone)
    if result is Result.GONE:
        result = booking.choose(
            context.unit, visit_id, guest.guardian_id, chosen, minute * MINUTE, rules, zone, proposed=True
        )
    if result is Result.GONE:
        context.toast("visit.propose_taken", alert=True)
        return
    answered(context, visit, guest, result)


# --- waiting for a slot ---


def wait(context: Context, visit_id: int, form: str) -> None:
    """Told when something becomes free."""
    found = choosing(context, visit_id, form)
    if found is None:
        return
    visit, guest, chosen = found
    if not waiting.wait(context.unit, visit_id, guest.guardian_id, chosen, context.school.visits, context.school.zone):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    rows = [
        [context.button("button.times_propose", "vprop", visit_id, form)],
        [context.button("button.wait_no", "vnowait", visit_id)],
    ]
    context.change("visit.waiting", buttons=rows, hours=context.school.visits.offer_hours, **values(context, visit))


def no_wait(context: Context, visit_id: int) -> None:
    """Waits no longer."""
    if _waiting(context, visit_id) is None:
        return
    context.toast()
    waiting.leave(context.unit, visit_id)
    show_forms(context, visit_id)


def _waiting(context: Context, visit_id: int) -> Visit | None:
    """The appointment, for the guardian who waits: nobody else may end that, or pass over what was offered."""
    found = mine(context, visit_id)
    if found is None:
        return None
    if waiting.waiter(context.unit, visit_id) not in context.who.person_ids:
        context.toast("help.button_gone", alert=True)
        return None
    return found[0]


def pass_over(context: Context, visit_id: int) -> None:
    """Not the offered slot; the family goes on waiting."""
    visit = _waiting(context, visit_id)
    if visit is None:
        return
    context.toast()
    waiting.pass_over(context.unit, visit_id)
    rows = [[context.button("button.wait_no", "vnowait", visit_id)]]
    context.change("visit.waiting", buttons=rows, hours=context.school.visits.offer_hours, **values(context, visit))


PRESSES: dict[str, Press] = {
    "vprop": Press(ask_day, (int, str)),
    "vpday": Press(ask_time, (int, str, int)),
    "vptime": Press(propose, (int, str, int)),
    "vwait": Press(wait, (int, str)),
    "vnowait": Press(no_wait, (int,)),
    "vpass": Press(pass_over, (int,)),
}
