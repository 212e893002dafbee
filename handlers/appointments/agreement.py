"""The buttons under an agreement: a guardian confirms or words it otherwise, a teacher takes that or words it anew; the sheet."""

from __future__ import annotations

from collections.abc import Callable

from handlers import compose, say
from handlers.appointments import agreement_told, agreement_view, shown
from handlers.appointments.agreement_view import attends, values
from handlers.context import Context, Press
from handlers.incoming import Wrote
from handlers.sheet import drawn
from handlers.texts import Block, render, words
from models.appointments import afterwards, agreements, visits
from models.appointments.agreements import AMENDED, CONFIRMED, FAMILY, PROPOSED, SCHOOL, Version
from models.appointments.states import VisitState
from models.appointments.visits import Guest
from models.duties import forms
from models.duties.forms import Asked
from models.standing import lines_of_pupil

LONGEST = 500


# --- the guardian answers ---


def _wording(context: Context, visit_id: int, number: int) -> tuple[Guest, Version] | None:
    """The wording that a guardian may still change; where there is none, what is true now is shown."""
    guest = attends(context, visit_id)
    if guest is None:
        return None
    last = agreements.latest(context.unit, visit_id)
    open_ = visits.must(context.unit, visit_id).state == VisitState.HELD
    if last is not None and last.number == number and open_:
        own = last.state == AMENDED and last.by_person == guest.guardian_id
        if last.state == PROPOSED or own:
            return guest, last
    context.toast("agreement.as_it_is")
    agreement_view.now(context, visit_id, guest)
    return None


def confirm(context: Context, visit_id: int, number: int) -> None:
    """A guardian says yes to it."""
    guest = attends(context, visit_id)
    if guest is None:
        return
    unit = context.unit
    if agreements.confirm(unit, visit_id, number, guest.guardian_id):
        context.toast("agreement.thank_you")
        agreement_told.confirmed(unit, visits.must(unit, visit_id), context.school)
    else:
        context.toast("agreement.as_it_is")
    agreement_view.now(context, visit_id, guest)


def ask_amend(context: Context, visit_id: int, number: int) -> None:
    """Which side should be worded otherwise?"""
    found = _wording(context, visit_id, number)
    if found is None:
        return
    if agreements.too_often(context.unit, visit_id, found[0].guardian_id):
        context.toast("agreement.often", alert=True, most=agreements.MOST_A_DAY)
        return
    context.toast()
    rows = [
        [context.button("button.agreement_side_school", "vaside", visit_id, number, SCHOOL)],
        [context.button("button.agreement_side_family", "vaside", visit_id, number, FAMILY)],
        [context.button("button.agreement_leave", "vaback", visit_id)],
    ]
    visit = visits.must(context.unit, visit_id)
    named = values(context.unit, context.language, visit, found[1], context.school)
    context.change("agreement.which_side", buttons=rows, **named)


def side(context: Context, visit_id: int, number: int, one: str) -> None:
    """The next text is the new wording of that side."""
    found = _wording(context, visit_id, number)
    if found is None or one not in (SCHOOL, FAMILY):
        return
    context.toast()
    forms.ask(context.unit, context.who, "vaamend", visit_id, f"{number}:{one}")
    said = found[1].school if one == SCHOOL else found[1].family
    context.change(
        f"agreement.type_{one}" if said else f"agreement.type_{one}_new",
        buttons=[[context.button("button.agreement_leave", "vaback", visit_id)]],
        child=visits.names(context.unit, visit_id).child,
        text=Block(said),
    )


def takes(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A guardian's wording: kept as a version of its own, for the teacher to agree to."""
    unit, visit_id = context.unit, wanted.subject_id
    number, _, one = wanted.extra.partition(":")
    guest = visits.invited(unit, visit_id, context.who.person_ids)
    if guest is None or guest not in shown.attending(unit, visit_id):
        return False
    text = event.text.strip()
    if len(text) > LONGEST:
        context.say("agreement.too_long", most=LONGEST, count=len(text), reply_to=event.place_id)
        return True
    forms.end(unit, context.who)
    if agreements.too_often(unit, visit_id, guest.guardian_id):
        context.say("agreement.often", most=agreements.MOST_A_DAY, reply_to=event.place_id)
        return True
    made = agreements.amend(unit, visit_id, int(number), one, text, guest.guardian_id)
    if made is not None:
        agreement_told.amended(unit, visits.must(unit, visit_id), made, guest, context.school)
    agreement_view.now(context, visit_id, guest)
    return True


# --- the teachers ---


def take(context: Context, visit_id: int, number: int) -> None:
    """A teacher agrees to the family's wording."""
    unit = context.unit
    me = afterwards.may(unit, visit_id, context.who.person_ids)
    last = agreements.latest(unit, visit_id)
    if me is None:
        context.toast("help.button_gone", alert=True)
        return
    visit = visits.must(unit, visit_id)
    if last is not None and last.number == number and last.state == AMENDED:
        lines = lines_of_pupil(unit, visit.pupil_id)
        named = compose.others_named(context, lines, f"{last.school}\n{last.family}")
        if named:
            context.toast("agreement.names_another", alert=True, child=named)
            return
        if agreements.take(unit, visit_id, number, me):
            agreement_told.family(
                unit, visits.must(unit, visit_id), context.school, agreements.latest(unit, visit_id), "settled"
            )
    else:
        context.toast("agreement.as_it_is")
    _teacher_now(context, visit_id)


def _teacher_now(context: Context, visit_id: int, back: say.Rows = ()) -> None:
    unit = context.unit
    visit, last = visits.must(unit, visit_id), agreements.latest(unit, visit_id)
    context.toast()
    if last is None:
        context.change("agreement.none", buttons=back, child=visits.names(unit, visit_id).child)
        return
    asked = "agreement.told_proposed" if visit.state == VisitState.HELD else "agreement.told_open"
    key = {CONFIRMED: "agreement.told_confirmed", AMENDED: "agreement.told_amended"}.get(last.state, asked)
    named = values(unit, context.language, visit, last, context.school)
    # What was looked at again before that, or closed, is not agreed to any more.
    over = last.state == AMENDED and visit.state != VisitState.HELD
    rows = [] if over else agreement_told.teacher_buttons(unit, context.reach, last)
    context.change(key, buttons=[*rows, *back], **named)


def show(context: Context, visit_id: int) -> None:
    """What was agreed, as it is now, from the list of visits: for the teachers, and for a guardian who came."""
    _show(context, visit_id, [[context.button("button.visits_back", "visits")]])


def show_of_week(context: Context, visit_id: int) -> None:
    """The same from the week's list, with the way back to that."""
    _show(context, visit_id, [[context.button("button.week_back", "week")]])


def leave(context: Context, visit_id: int) -> None:
    """'Back', from a question that was asked in the agreement's own message."""
    _show(context, visit_id)


def _show(context: Context, visit_id: int, back: say.Rows = ()) -> None:
    if afterwards.may(context.unit, visit_id, context.who.person_ids) is not None:
        _teacher_now(context, visit_id, back)
        return
    guest = attends(context, visit_id)
    if guest is not None:
        agreement_view.now(context, visit_id, guest, back)


def print_(context: Context, visit_id: int) -> None:
    """The sheet to print: a guardian's once it is confirmed, a teacher's also before."""
    unit, language = context.unit, context.language
    last = agreements.latest(unit, visit_id)
    guest: Guest | None = None
    if afterwards.may(unit, visit_id, context.who.person_ids) is None:
        guest = attends(context, visit_id)
        if guest is None:
            return
    if last is None or (guest is not None and last.state != CONFIRMED):
        context.toast("agreement.no_sheet", alert=True)
        return
    context.toast()
    visit = visits.must(unit, visit_id)
    whole = agreement_view.sheet(unit, language, visit, last, guest, context.school)
    unit.queue(
        answers=True,
        bot_id=context.who.bot_id,
        chat_id=context.who.user_id,
        kind=say.FILE,
        payload=say.file(
            f"{words(language, 'agreement.sheet_name', child=whole.child)}.pdf",
            drawn(whole, language),
            render(language, "agreement.sheet", child=whole.child),
            free=True,
        ),
    )


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"vaamend": takes}
PRESSES: dict[str, Press] = {
    "vacon": Press(confirm, (int, int)),
    "vaamd": Press(ask_amend, (int, int)),
    "vaside": Press(side, (int, int, str)),
    "vatake": Press(take, (int, int)),
    "vagree": Press(show, (int,)),
    "vaweek": Press(show_of_week, (int,)),
    "vaback": Press(leave, (int,)),
    "vsheet": Press(print_, (int,)),
}
