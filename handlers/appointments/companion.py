"""The teachers' words: who comes along, whether a proposed time will do. Nothing is confirmed before."""

from __future__ import annotations

from handlers import say, telling
from handlers.appointments import place, shown, told
from handlers.appointments.choose import values
from handlers.context import Context, Press
from models.appointments import booking, visits
from models.appointments.booking import Result
from models.appointments.slots import MINUTE
from models.appointments.states import OUTSIDE, Says, VisitState
from models.appointments.tables import Visit
from models.duties import marks

MOST = 10


def _teacher(context: Context, visit_id: int) -> tuple[Visit, int] | None:
    """The appointment and as which teacher this account may act on it; says so where it may not."""
    me = visits.teaches(context.unit, visit_id, context.who.person_ids)
    visit = visits.one(context.unit, visit_id) if me is not None else None
    if me is None or visit is None:
        context.toast("help.button_gone", alert=True)
        return None
    return visit, me


def _mentors_side(context: Context, visit_id: int) -> tuple[Visit, int] | None:
    """The same for who acts as the mentor: not the second teacher."""
    found = _teacher(context, visit_id)
    if found is not None and found[1] == found[0].companion_id:
        context.toast("help.button_gone", alert=True)
        return None
    return found


# --- the second teacher ---


def ask(context: Context, visit_id: int) -> None:
    """Who comes along?"""
    found = _mentors_side(context, visit_id)
    if found is None:
        return
    visit, me = found
    context.toast()
    if not _open(visit):
        context.change("visit.over_teacher", buttons=_own_list(context), **values(context, visit))
        return
    people = [one for one in marks.colleagues(context.unit, visit.pupil_id, me) if one[0] != visit.mentor_id]
    rows = [[context.named(name, "vcompto", visit_id, person)] for person, name in people[:MOST]]
    if not people:
        rows.append([context.button("button.visit_other_form", "vnocomp", visit_id, visit.sequence)])
    rows.append([context.button("button.back", "vmenu", visit_id)])
    key = "visit.companion_which" if people else "visit.companion_nobody"
    wished = {"time": telling.when(context.language, visit.wish_at or visit.starts_at or 0, context.school.zone)}
    context.change(key, buttons=rows, **(values(context, visit) | wished))


def _open(visit: Visit) -> bool:
    """Whether a second teacher can still be chosen for it."""
    if visit.state == VisitState.CONFIRMED:
        return visit.wish_at is not None and visit.form not in OUTSIDE
    return visit.state in (VisitState.PLANNED, VisitState.INVITED, VisitState.ACCEPTED)


def other_form(context: Context, visit_id: int, sequence: int) -> None:
    """There is nobody to come along: the family is asked to meet in another way, and told why."""
    found = _mentors_side(context, visit_id)
    if found is None:
        return
    before, me = found
    guests = [one for one in visits.guests(context.unit, visit_id) if one.guardian_id == visits.host(before)]
    context.toast()
    if before.sequence != sequence or not booking.reopen(context.unit, visit_id, me, "no_companion"):
        context.change("visit.over_teacher", buttons=_own_list(context), **values(context, before))
        return
    told.choose_again(context.unit, visit_id, context.school, "visit.again_companion", before, guests)
    context.change("visit.move_asked", buttons=_own_list(context), **values(context, before))


def choose(context: Context, visit_id: int, person_id: int) -> None:
    """Somebody is asked to come along."""
    found = _mentors_side(context, visit_id)
    if found is None:
        return
    visit, me = found
    people = dict(marks.colleagues(context.unit, visit.pupil_id, me))
    if person_id not in people or not booking.ask_companion(context.unit, visit_id, me, person_id):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    told.asks_companion(context.unit, visit_id, context.school)
    context.change(
        "visit.companion_waits",
        buttons=[[context.button("button.visit_details", "vmenu", visit_id)]],
        name=people[person_id],
    )


def agrees(context: Context, visit_id: int, minute: int) -> None:
    """Comes along at that time."""
    found = _teacher(context, visit_id)
    if found is None:
        return
    before, me = found
    school, unit = context.school, context.unit
    result = booking.companion_agrees(unit, visit_id, me, minute * MINUTE, school.visits, school.zone)
    context.toast()
    _said(context, before, me, result)


def _said(context: Context, before: Visit, me: int, result: Result) -> None:
    """After a teacher's yes: booked, another word is missing, or the time has gone meanwhile."""
    unit, school, visit_id = context.unit, context.school, before.id
    visit = visits.must(unit, visit_id)
    menu = [[context.button("button.visit_details", "vmenu", visit_id)]]
    if result is Result.CONFIRMED:
        context.change(
            "visit.confirmed_teacher",
            buttons=menu,
            **(values(context, visit) | {"school_class": visits.names(unit, visit_id).school_class}),
        )
        told.confirmed(unit, before, school, me)
        _place(context, visit)
    elif result is Result.GONE:
        context.change("visit.gone_teacher", buttons=menu, **values(context, before))
        guests = [one for one in visits.guests(unit, visit_id) if one.guardian_id == before.wish_by]
        told.choose_again(unit, visit_id, school, "visit.again_gone", before, guests)
        other = shown.mentor_of(unit, visit)
        if other.person_id != me:
            shown.tell_teacher(
                unit, other, school, "visit.gone_mentor", visit, "gone", child=visits.names(unit, visit_id).child
            )
    elif result is Result.WAITS_COMPANION:
        context.change("visit.agreed_waits", buttons=menu, **values(context, visit))
        told.asks_companion(unit, visit_id, school)
    elif result is Result.NEEDS_COMPANION:
        ask(context, visit_id)
    else:
        context.change("visit.over_teacher", buttons=menu, **values(context, visit))


def _place(context: Context, visit: Visit) -> None:
    """The guardian who chose is asked for the address, where the visit goes out to the family."""
    for guest in visits.guests(context.unit, visit.id):
        if guest.guardian_id == visit.guardian_id and visit.sealed_place is None:
            place.ask_guest(context.unit, guest, visit, context.school)


def refuses(context: Context, visit_id: int, minute: int) -> None:
    """Cannot come along at that time; an agreed visit is not given up by one tap."""
    found = _teacher(context, visit_id)
    if found is None:
        return
    visit = found[0]
    if (
        visit.state == VisitState.CONFIRMED
        and visit.companion_says != Says.ASKED
        and visit.starts_at == minute * MINUTE
    ):
        context.toast()
        rows = [
            [context.button("button.companion_no_sure", "vcno2", visit_id, minute)],
            [context.button("button.visit_keep", "vmenu", visit_id)],
        ]
        context.change("visit.companion_sure", buttons=rows, **values(context, visit))
        return
    refuses_surely(context, visit_id, minute)


def refuses_surely(context: Context, visit_id: int, minute: int) -> None:
    """Cannot come along at that time, or can no longer."""
    found = _teacher(context, visit_id)
    if found is None:
        return
    before, me = found
    asked = before.companion_says == Says.ASKED and before.wish_at is not None
    if minute * MINUTE != (before.wish_at if asked else before.starts_at):
        # The button is of another time than the one that stands now.
        context.toast()
        context.change("visit.over_teacher", buttons=_own_list(context), **values(context, before))
        return
    unit, school = context.unit, context.school
    guests, teachers = shown.attending(unit, visit_id), shown.teachers(unit, before)
    result = booking.companion_refuses(unit, visit_id, me)
    context.toast()
    if result is Result.OVER:
        context.change("visit.over_teacher", buttons=_own_list(context), **values(context, visits.must(unit, visit_id)))
        return
    key = "visit.companion_kept" if result is Result.GONE else "visit.companion_thanks"
    context.change(key, buttons=_own_list(context), **values(context, before))
    told.companion_lost(unit, before, school, result, me, guests, teachers)


def _own_list(context: Context) -> list[list[say.Button]]:
    return [[context.button("button.visits_back", "visits")]]


# --- a proposed time ---


def accept_time(context: Context, visit_id: int, minute: int) -> None:
    """The mentor agrees to the time that a guardian proposed."""
    found = _mentors_side(context, visit_id)
    if found is None:
        return
    before, me = found
    school = context.school
    result = booking.mentor_agrees(context.unit, visit_id, me, minute * MINUTE, school.visits, school.zone)
    context.toast()
    _said(context, before, me, result)


def refuse_time(context: Context, visit_id: int, minute: int) -> None:
    """It will not do: the family chooses again; a confirmed time stays."""
    found = _mentors_side(context, visit_id)
    if found is None:
        return
    before, me = found
    unit, school = context.unit, context.school
    if not before.wish_proposed or before.wish_at != minute * MINUTE or not booking.drop_wish(unit, visit_id, me):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    key = "visit.again_kept" if before.state == VisitState.CONFIRMED else "visit.again_proposal"
    guests = [one for one in visits.guests(unit, visit_id) if one.guardian_id == before.wish_by]
    told.choose_again(unit, visit_id, school, key, before, guests)
    context.change("visit.proposal_refused", buttons=_own_list(context), **values(context, before))


PRESSES: dict[str, Press] = {
    "vcomp": Press(ask, (int,)),
    "vcompto": Press(choose, (int, int)),
    "vcyes": Press(agrees, (int, int)),
    "vcno": Press(refuses, (int, int)),
    "vcno2": Press(refuses_surely, (int, int)),
    "vnocomp": Press(other_form, (int, int)),
    "vpyes": Press(accept_time, (int, int)),
    "vpno": Press(refuse_time, (int, int)),
}
