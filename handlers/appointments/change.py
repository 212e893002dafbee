"""One appointment and what can be done about it: move, call off, another form, a note to the other side."""

from __future__ import annotations

from handlers import say
from handlers.appointments import choose, shown, told
from handlers.appointments.choose import values
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.relay import relay
from models.appointments import booking, visits
from models.appointments.states import HOLDING, OUTSIDE, TOOK_PLACE, Form, Purpose, Reply, Says, VisitState
from models.appointments.tables import Visit
from models.appointments.visits import Guest
from models.conversation import Body
from models.duties import forms
from models.duties.forms import Asked
from models.standing import line_of_pupil

S = VisitState


def show(context: Context, visit_id: int) -> None:
    """How it stands, with what this person can do about it."""
    unit, mine = context.unit, context.who.person_ids
    visit = visits.one(unit, visit_id)
    teacher = visits.teaches(unit, visit_id, mine)
    guest = visits.invited(unit, visit_id, mine)
    if visit is None or (teacher is None and guest is None):
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    if teacher is not None:
        rows = _of_teacher(context, visit, teacher)
        key = "visit.one_teacher"
    elif guest is not None:
        rows = _of_guardian(context, visit, guest)
        key = "visit.one_family"
    shown_values = values(context, visit)
    shown_values["time"] = shown_values["time"] or context.words("visit.no_time")
    shown_values["form"] = shown_values["form"] or context.words("visit.no_form")
    shown_values["school_class"] = visits.names(unit, visit_id).school_class
    context.change(key, buttons=[*rows, [context.button("button.visits_back", "visits")]], **shown_values)


def _of_guardian(context: Context, visit: Visit, guest: Guest) -> list[list[say.Button]]:
    one, key = visit.id, context.button
    if visit.state in TOOK_PLACE:
        return [[key("button.visit_agreement", "vagree", one)]] if visit.purpose == Purpose.VISIT else []
    if visit.state in (S.DECLINED, S.CANCELLED, S.NO_SHOW):
        return []
    rows: list[list[say.Button]] = []
    if booking.begun(context.unit, visit):
        return [[key("button.visit_note", "vnote", one)]]
    host = visits.host(visit)
    if host is not None and host != guest.guardian_id:
        if visit.state == S.CONFIRMED:
            join = ("button.visit_unjoin", "vunjoin") if guest.reply is Reply.JOINED else ("button.visit_join", "vjoin")
            rows.append([key(*join, one)])
        return rows
    if visit.state in (S.PLANNED, S.INVITED):
        rows += told.form_rows(context.unit, context.reach, visit)
    elif visit.state == S.ACCEPTED:
        rows.append(
            [
                key("button.visit_move", "vform", one, visit.wish_form or "home"),
                key("button.visit_cancel", "vcancel", one),
            ]
        )
        if visit.purpose == Purpose.VISIT:
            rows.append([key("button.visit_form", "vforms", one)])
    elif visit.state == S.CONFIRMED:
        rows.append(
            [
                key("button.visit_move", "vform", one, visit.form or "home"),
                key("button.visit_cancel", "vcancel", one),
            ]
        )
        if visit.purpose == Purpose.VISIT:
            rows.append([key("button.visit_form", "vforms", one)])
        if visit.form in OUTSIDE:
            rows.append([key("button.visit_place", "vplace", one)])
    if visit.state in (S.ACCEPTED, S.CONFIRMED):
        rows.append([key("button.visit_topics", "vtopics", one), key("button.visit_note", "vnote", one)])
    return rows


def _of_teacher(context: Context, visit: Visit, me: int) -> list[list[say.Button]]:
    one, key = visit.id, context.button
    companion = visit.companion_id == me
    begun = booking.begun(context.unit, visit)
    if visit.state in TOOK_PLACE:
        if visit.purpose == Purpose.HOUR:
            return []
        return [[key("button.visit_record", "vrec", one)], [key("button.visit_agreement", "vagree", one)]]
    rows: list[list[say.Button]] = []
    if visit.wish_at is not None and visit.wish_proposed and not companion:
        minute = visit.wish_at // 60_000
        rows.append([key("button.proposal_yes", "vpyes", one, minute), key("button.proposal_no", "vpno", one, minute)])
    if companion and visit.companion_says == Says.ASKED and visit.wish_at is not None:
        minute = visit.wish_at // 60_000
        yes = key("button.companion_yes", "vcyes", one, minute)
        rows.append([yes, key("button.companion_no", "vcno", one, minute)])
    if not companion and visit.wish_at is not None and not visit.wish_proposed:
        needs = context.school.visits.needs_companion(Purpose(visit.purpose), _wish(visit))
        # Who has agreed to the time of now is not replaced because of another one that is asked for.
        bound = visit.state == S.CONFIRMED and visit.form in OUTSIDE
        if needs and visit.companion_says != Says.YES and not bound:
            rows.append([key("button.companion_choose", "vcomp", one)])
    if visit.state in HOLDING and visit.purpose == Purpose.VISIT:
        if begun:
            rows.append([key("button.visit_record", "vrec", one)])
        rows.append([key("button.visit_card", "vcard", one)])
        if visit.form in OUTSIDE:
            rows[-1].append(key("button.visit_address", "vaddr", one))
            rows.append([key("button.visit_arrived", "varr", one), key("button.visit_left", "vleft", one)])
    if begun:
        return rows
    if companion and visit.state == S.CONFIRMED and visit.companion_says != Says.ASKED and visit.starts_at is not None:
        rows.append([key("button.companion_no", "vcno", one, visit.starts_at // 60_000)])
    if not companion and visit.state in (S.ACCEPTED, S.CONFIRMED):
        rows.append([key("button.visit_move", "vtmove", one), key("button.visit_cancel", "vcancel", one)])
    elif not companion and visit.state in (S.PLANNED, S.INVITED):
        rows.append([key("button.visit_cancel", "vcancel", one)])
    if not companion and visit.state in (S.INVITED, S.ACCEPTED, S.CONFIRMED):
        rows.append([key("button.visit_note", "vnote", one)])
    return rows


def _wish(visit: Visit) -> Form | None:
    return Form(visit.wish_form) if visit.wish_form else None


# --- calling off, moving ---


def ask_cancel(context: Context, visit_id: int) -> None:
    """Really?"""
    found = _either(context, visit_id)
    if found is None:
        return
    context.toast()
    rows = [
        [context.button("button.visit_cancel_yes", "vcancel2", visit_id, found[0].sequence)],
        [context.button("button.visit_keep", "vmenu", visit_id)],
    ]
    context.change("visit.cancel_sure", buttons=rows, **values(context, found[0]))


def _either(context: Context, visit_id: int) -> tuple[Visit, int, bool] | None:
    """The appointment before it begins, who acts, and whether as a teacher: the mentor's side or the guardian who chose."""
    unit, mine = context.unit, context.who.person_ids
    visit = visits.one(unit, visit_id)
    if visit is not None and booking.begun(unit, visit):
        context.toast("visit.begun", alert=True)
        return None
    teacher = visits.teaches(unit, visit_id, mine)
    if visit is not None and teacher is not None and teacher != visit.companion_id:
        return visit, teacher, True
    guest = visits.invited(unit, visit_id, mine)
    if visit is not None and guest is not None and visits.host(visit) == guest.guardian_id:
        return visit, guest.guardian_id, False
    context.toast("help.button_gone", alert=True)
    return None


def _changed(context: Context, visit: Visit, sequence: int) -> bool:
    """The button is of an earlier agreement: nothing is done, and how it stands is shown."""
    if visit.sequence == sequence:
        return False
    show(context, visit.id)
    return True


def cancel(context: Context, visit_id: int, sequence: int) -> None:
    """Called off; everybody who would have come is told."""
    found = _either(context, visit_id)
    if found is None or _changed(context, found[0], sequence):
        return
    before, actor, by_teacher = found
    unit, school = context.unit, context.school
    guests = shown.attending(unit, visit_id) or ([] if not by_teacher else visits.guests(unit, visit_id))
    teachers = shown.teachers(unit, before)
    context.toast()
    if not booking.end(unit, visit_id, S.CANCELLED, actor, "mentor" if by_teacher else "family"):
        choose.over(context, visits.must(unit, visit_id))
        return
    rows = [[context.button("button.visits_own" if not by_teacher else "button.visits_back", "visits")]]
    context.change("visit.cancelled", buttons=rows, **values(context, before))
    told.ended(unit, before, school, actor, "cancelled", guests, teachers)


def ask_move(context: Context, visit_id: int) -> None:
    """The mentor cannot then: is the family to choose anew?"""
    found = _either(context, visit_id)
    if found is None or not found[2]:
        return
    context.toast()
    rows = [
        [context.button("button.visit_move_yes", "vtmove2", visit_id, found[0].sequence)],
        [context.button("button.visit_keep", "vmenu", visit_id)],
    ]
    context.change("visit.move_sure", buttons=rows, **values(context, found[0]))


def move(context: Context, visit_id: int, sequence: int) -> None:
    """The time is let go, and the family chooses another one."""
    found = _either(context, visit_id)
    if found is None or not found[2] or _changed(context, found[0], sequence):
        return
    before, actor, _ = found
    unit, school = context.unit, context.school
    guests = shown.attending(unit, visit_id)
    teachers = shown.teachers(unit, before)
    context.toast()
    if not booking.reopen(unit, visit_id, actor, "mentor_moves"):
        context.change("visit.over_teacher", buttons=[], **values(context, visits.must(unit, visit_id)))
        return
    if before.state == S.CONFIRMED:
        told.ended(unit, before, school, actor, "moves", [], teachers)
        for guest in guests:
            told.calendar_file(
                unit, before, school, guest=guest, sequence=visits.must(unit, visit_id).sequence, cancelled=True
            )
    told.choose_again(unit, visit_id, school, "visit.again_mentor", before, guests)
    context.change(
        "visit.move_asked", buttons=[[context.button("button.visits_back", "visits")]], **values(context, before)
    )


# --- a note to the other side ---


def ask_note(context: Context, visit_id: int) -> None:
    """What do you want to tell the other side? It goes the ordinary way."""
    unit, mine = context.unit, context.who.person_ids
    visit = visits.one(unit, visit_id)
    known = visits.teaches(unit, visit_id, mine) is not None or visits.invited(unit, visit_id, mine) is not None
    if visit is None or not known:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, "vnote", visit_id)
    context.change(
        "visit.note_ask",
        buttons=[[context.button("button.visit_no_note", "vmenu", visit_id)]],
        **values(context, visit),
    )


def takes_note(context: Context, event: Wrote, wanted: Asked) -> bool:
    """Passes it on as an ordinary message that says what it is about."""
    visit_id = wanted.subject_id
    unit, mine = context.unit, context.who.person_ids
    visit = visits.one(unit, visit_id)
    teacher = visits.teaches(unit, visit_id, mine)
    guest = visits.invited(unit, visit_id, mine)
    if visit is None or event.media is not None or (teacher is None and guest is None):
        return False
    forms.end(unit, context.who)
    head = context.words("visit.note_head", **values(context, visit))
    body = Body(f"【{head}】\n{event.text}")
    if guest is not None and teacher is None:
        line = line_of_pupil(unit, visit.pupil_id, guest.guardian_id)
        if line is not None:
            relay(context, line, True, body, (event.place_id,))
        return line is not None
    sent = False
    for one in shown.attending(unit, visit_id) or visits.guests(unit, visit_id):
        line = line_of_pupil(unit, visit.pupil_id, one.guardian_id)
        if line is not None and line.staff_of(mine) is not None:
            relay(context, line, False, body, (event.place_id,) if not sent else ())
            sent = True
    if sent:
        context.say("visit.note_sent", buttons=[[context.button("button.visit_menu", "vmenu", visit_id)]])
    return sent


PRESSES: dict[str, Press] = {
    "vmenu": Press(show, (int,)),
    "vcancel": Press(ask_cancel, (int,)),
    "vcancel2": Press(cancel, (int, int)),
    "vtmove": Press(ask_move, (int,)),
    "vtmove2": Press(move, (int, int)),
    "vnote": Press(ask_note, (int,)),
}
TEXTS = {"vnote": takes_note}
