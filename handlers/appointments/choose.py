"""A guardian chooses the form and one of the times. Every tap says what is true now."""

from __future__ import annotations

from datetime import date
from typing import Any

from handlers import say, telling
from handlers.appointments import place, shown, told
from handlers.appointments.available import short_day
from handlers.context import Context, Press
from models.appointments import booking, party, slots, visits
from models.appointments.booking import Result
from models.appointments.slots import MINUTE, Slot
from models.appointments.states import OPEN, OUTSIDE, Form, Purpose, VisitState
from models.appointments.tables import Visit
from models.appointments.visits import Guest
from models.safeguarding.cases import is_stopped

A_PAGE = 3
"""Days shown at once ..."""
A_DAY = 2
"""... and times of each: more is a list to search in. All times of one day are a tap away."""


def mine(context: Context, visit_id: int) -> tuple[Visit, Guest] | None:
    """The appointment and as which guardian this account may act on it; says so where it may not."""
    guest = visits.invited(context.unit, visit_id, context.who.person_ids)
    visit = visits.one(context.unit, visit_id) if guest is not None else None
    if guest is None or visit is None or (visit.state in OPEN and not party.stands(context.unit, visit)):
        context.toast("help.button_gone", alert=True)
        return None
    return visit, guest


def choosing(context: Context, visit_id: int, form: str) -> tuple[Visit, Guest, Form] | None:
    """The same, while a time can be chosen; otherwise shows how it stands."""
    found = mine(context, visit_id)
    if found is None or form not in set(Form):
        return None
    visit, guest = found
    if visit.state not in (VisitState.PLANNED, VisitState.INVITED, VisitState.ACCEPTED, VisitState.CONFIRMED):
        context.toast()
        over(context, visit)
        return None
    if booking.begun(context.unit, visit):
        context.toast()
        over(context, visit)
        return None
    if is_stopped(context.unit, guest.guardian_id):
        context.toast()
        context.change("visit.not_now", buttons=[], **values(context, visit))
        return None
    host = visits.host(visit)
    if host is not None and host != guest.guardian_id:
        context.toast()
        other_chose(context, visit)
        return None
    return visit, guest, Form(form)


def over(context: Context, visit: Visit) -> None:
    """It is past choosing: how it stands, and the way on."""
    context.change(
        "visit.over",
        buttons=[[context.button("button.visits_own", "visits")]],
        **values(context, visit),
    )


def other_chose(context: Context, visit: Visit) -> None:
    """The other guardian has chosen: one may come along."""
    rows = []
    if visit.state == VisitState.CONFIRMED:
        rows = [[context.button("button.visit_join", "vjoin", visit.id)]]
    context.change("visit.other_chose", buttons=rows, **values(context, visit))


def values(context: Context, visit: Visit) -> dict[str, Any]:
    """What the texts of an appointment name."""
    unit = context.unit
    names = visits.names(unit, visit.id)
    more = {
        "child": names.child,
        "mentor": names.mentor,
        "minutes": visits.length(visit, context.school.visits),
        "teachers": told.teachers_word(context.language, unit, visit),
        "state": context.words(f"visit.state_{visit.state}"),
    }
    return shown.values_for(context.language, visit, context.school, more)


# --- times ---


def show_forms(context: Context, visit_id: int) -> None:
    """The forms again."""
    found = mine(context, visit_id)
    if found is None:
        return
    context.toast()
    context.change(
        "visit.which_form", buttons=told.form_rows(context.unit, context.reach, found[0]), **values(context, found[0])
    )


def show_times(context: Context, visit_id: int, form: str) -> None:
    """The first free times of a form."""
    show_page(context, visit_id, form, 0)


def show_page(context: Context, visit_id: int, form: str, page: int) -> None:
    """A page of free times."""
    found = choosing(context, visit_id, form)
    if found is None:
        return
    context.toast()
    _times(context, *found, page)


def _free(context: Context, visit: Visit, guest: Guest, form: Form) -> dict[date, list[Slot]]:
    """The free times by day; a day on which a teacher is near anyway stands first."""
    unit, rules, zone = context.unit, context.school.visits, context.school.zone
    wanted = booking.wanted_for(visit, form, guest.guardian_id, rules, zone)
    free = [one for one in slots.free(unit, wanted, rules) if one.starts_at != visit.starts_at]
    own = visit.starts_at
    if own is not None and visit.ends_at is not None and form != visit.form and slots.legal(unit, wanted, rules, own):
        # Another form at the time that is agreed anyway comes first.
        free.insert(0, Slot(own, visit.ends_at))
    days: dict[date, list[Slot]] = {}
    for one in free:
        days.setdefault(slots.day_of(one.starts_at, zone), []).append(one)
    return days


def _times(context: Context, visit: Visit, guest: Guest, form: Form, page: int, key: str = "visit.times") -> None:
    days = _free(context, visit, guest, form)
    page = min(max(page, 0), max((len(days) - 1) // A_PAGE, 0))
    shown_days = list(days.values())[page * A_PAGE : (page + 1) * A_PAGE]
    rows = [[_slot_button(context, visit, form, one)] for day in shown_days for one in sorted(day)[:A_DAY]]
    turn = []
    if page:
        turn.append(context.button("button.earlier", "vpage", visit.id, form.value, page - 1))
    if (page + 1) * A_PAGE < len(days):
        turn.append(context.button("button.times_more", "vpage", visit.id, form.value, page + 1))
    if any(len(day) > A_DAY for day in days.values()):
        turn.append(context.button("button.times_day", "vtdays", visit.id, form.value))
    rows += [turn, [context.button("button.times_other", "vother", visit.id, form.value)]]
    if not days:
        key = "visit.times_none"
        rows = _other_ways(context, visit, form)
    context.change(key, buttons=rows, **{**values(context, visit), "form": shown.form_word(context.language, form)})


def show_days(context: Context, visit_id: int, form: str) -> None:
    """All days with free times."""
    found = choosing(context, visit_id, form)
    if found is None:
        return
    context.toast()
    days = sorted(_free(context, *found))
    buttons = [
        context.named(short_day(context.language, one), "vtday", visit_id, form, one.toordinal()) for one in days
    ]
    rows = [buttons[at : at + 3] for at in range(0, len(buttons), 3)]
    rows.append([context.button("button.back", "vform", visit_id, form)])
    context.change("visit.times_which_day", buttons=rows, **values(context, found[0]))


def show_day(context: Context, visit_id: int, form: str, number: int) -> None:
    """All free times of one day."""
    found = choosing(context, visit_id, form)
    if found is None:
        return
    context.toast()
    visit, _, chosen = found
    day = next((one for key, one in _free(context, *found).items() if key.toordinal() == number), [])
    buttons = [_slot_button(context, visit, chosen, one, short=True) for one in sorted(day)]
    rows = [buttons[at : at + 4] for at in range(0, len(buttons), 4)]
    rows.append([context.button("button.back", "vtdays", visit_id, form)])
    context.change(
        "visit.times",
        buttons=rows,
        **{**values(context, visit), "form": shown.form_word(context.language, chosen)},
    )


def _slot_button(context: Context, visit: Visit, form: Form, slot: Slot, *, short: bool = False) -> say.Button:
    at = telling.when(context.language, slot.starts_at, context.school.zone)
    return context.named(at[-5:] if short else at, "vslot", visit.id, form.value, slot.starts_at // MINUTE)


def _other_ways(context: Context, visit: Visit, form: Form) -> list[list[say.Button]]:
    rows = [[context.button("button.times_propose", "vprop", visit.id, form.value)]]
    if visit.state in (VisitState.PLANNED, VisitState.INVITED):
        rows.append([context.button("button.times_wait", "vwait", visit.id, form.value)])
    if visit.purpose == Purpose.VISIT:
        rows.append([context.button("button.times_form", "vforms", visit.id)])
    if visit.state == VisitState.CONFIRMED:
        rows.append([context.button("button.back", "vmenu", visit.id)])
    else:
        rows.append([context.button("button.visit_no", "vno", visit.id)])
    return rows


def other(context: Context, visit_id: int, form: str) -> None:
    """None of these: another time, waiting, another form, or not this time."""
    found = choosing(context, visit_id, form)
    if found is None:
        return
    context.toast()
    context.change("visit.times_other", buttons=_other_ways(context, found[0], found[2]), **values(context, found[0]))


def take(context: Context, visit_id: int, form: str, minute: int) -> None:
    """A time is taken."""
    found = choosing(context, visit_id, form)
    if found is None:
        return
    visit, guest, chosen = found
    rules, zone = context.school.visits, context.school.zone
    result = booking.choose(context.unit, visit_id, guest.guardian_id, chosen, minute * MINUTE, rules, zone)
    if result is Result.GONE:
        context.toast("visit.gone_toast", alert=True)
        _times(context, visits.must(context.unit, visit_id), guest, chosen, 0, "visit.times_gone")
        return
    answered(context, visit, guest, result)


def answered(context: Context, before: Visit, guest: Guest, result: Result) -> None:
    """What the guardian sees after choosing, and who hears of it. `before` is the row as it was."""
    unit, school, visit_id = context.unit, context.school, before.id
    visit = visits.must(unit, visit_id)
    if result is Result.TOO_OFTEN:
        context.toast("visit.too_often", alert=True)
        return
    context.toast()
    if result is Result.CONFIRMED or (result is Result.AS_IT_IS and visit.wish_at is None):
        show_confirmed(context, visit)
        if result is Result.CONFIRMED:
            told.confirmed(unit, before, school, guest.guardian_id)
            if visit.form in OUTSIDE and visit.sealed_place is None:
                place.ask(context, visit_id)
    elif result is Result.NOT_HOST:
        other_chose(context, visit)
    elif result is Result.OVER:
        over(context, visit)
    else:
        _show_waiting(context, visit)
        if result is Result.WAITS_MENTOR:
            told.asks_mentor(unit, visit_id, school)
        elif result is Result.WAITS_COMPANION:
            told.asks_companion(unit, visit_id, school)
        elif result is Result.NEEDS_COMPANION:
            told.needs_companion(unit, visit_id, school)


def _show_waiting(context: Context, visit: Visit) -> None:
    """Noted, and whose word is missing."""
    key = "visit.waits_mentor" if visit.wish_proposed else "visit.waits_companion"
    old = ""
    if visit.state == VisitState.CONFIRMED and visit.starts_at is not None:
        key, old = "visit.waits_move", telling.when(context.language, visit.starts_at, context.school.zone)
    context.change(
        key,
        buttons=[[context.button("button.visit_menu", "vmenu", visit.id)]],
        **{
            **values(context, visit),
            "old": old,
            "time": telling.when(context.language, visit.wish_at or 0, context.school.zone),
            "form": shown.form_word(context.language, visit.wish_form),
        },
    )


def show_confirmed(context: Context, visit: Visit) -> None:
    """'Agreed', and what can still be said about it."""
    rows = [[context.button("button.visit_topics", "vtopics", visit.id)]]
    rows.append([context.button("button.visit_menu", "vmenu", visit.id)])
    context.change("visit.confirmed_family", buttons=rows, **values(context, visit))


PRESSES: dict[str, Press] = {
    "vforms": Press(show_forms, (int,)),
    "vform": Press(show_times, (int, str)),
    "vpage": Press(show_page, (int, str, int)),
    "vslot": Press(take, (int, str, int)),
    "vtdays": Press(show_days, (int, str)),
    "vtday": Press(show_day, (int, str, int)),
    "vother": Press(other, (int, str)),
}
