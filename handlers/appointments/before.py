"""Before an appointment: the reminders of a day and of two hours, each with what is needed and the way on."""

from __future__ import annotations

from collections.abc import Callable

from handlers import say
from handlers.appointments import shown
from handlers.appointments.told import teachers_word
from handlers.context import Context, Press, SchoolSettings
from handlers.events import Wrote
from handlers.relay import relay
from handlers.texts import Block, words
from models.appointments import party, places, reminders, visits
from models.appointments.reminders import Due, Kind
from models.appointments.states import HOLDING, OUTSIDE, Form, VisitState
from models.appointments.tables import Visit
from models.appointments.visits import Guest
from models.conversation import Body
from models.duties import forms
from models.duties.forms import Asked
from models.standing import Reach, line_of_pupil
from models.unit import Unit

NEEDS = {
    Form.HOME: "before.need_home",
    Form.PUBLIC: "before.need_public",
    Form.SCHOOL: "before.need_school",
    Form.VIDEO: "before.need_video",
    Form.PHONE: "before.need_phone",
}
TEACHERS_NEED = {Form.VIDEO: "before.teacher_video", Form.PHONE: "before.teacher_phone"}
TO_GUARDIAN = {Kind.DAY: "before.guardian_day", Kind.SOON: "before.guardian_soon"}
TO_TEACHER = {Kind.DAY: "before.teacher_day", Kind.SOON: "before.teacher_soon"}


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """The reminders that are due now."""
    for one in reminders.due(unit):
        _remind(unit, one, visits.must(unit, one.visit_id), school)


def _remind(unit: Unit, due: Due, visit: Visit, school: SchoolSettings) -> None:
    names, spared = visits.names(unit, visit.id), False
    known = places.of(unit, visit) is not None
    for guest in shown.attending(unit, visit.id):
        if guest.reach is not None:
            spared = not _guest(unit, due, visit, school, guest, guest.reach, names.child, known) or spared
    for person in party.teachers(unit, visit):
        _teacher(unit, due, visit, school, person, known)
    if spared:
        visits.log(unit, visit.id, None, "reminder_quiet", VisitState.CONFIRMED)


def _guest(
    unit: Unit,
    due: Due,
    visit: Visit,
    school: SchoolSettings,
    guest: Guest,
    reach: Reach,
    child: str,
    known: bool,
) -> bool:
    """False where the guardian's rest goes on for too long: what was said the day before has to do."""
    starts, form = visit.starts_at or 0, Form(visit.form or Form.SCHOOL)
    at = reminders.said_at(due.kind, starts, unit.now_ms, shown.guardian_hears(unit, guest, school.zone))
    if at is None:
        return False
    language = reach.language
    lacks = form in OUTSIDE and not known
    rows = [[shown.button(unit, reach, "button.before_cannot", "vmenu", visit.id)]]
    if lacks:
        rows.insert(0, [shown.button(unit, reach, "button.before_place", "vplace", visit.id)])
    shown.tell(
        unit,
        reach,
        TO_GUARDIAN[due.kind],
        dedupe_key=_key(visit, due, guest.guardian_id),
        due_at=at,
        useful_until=starts - reminders.USELESS[due.kind],
        buttons=rows,
        child=child,
        teachers=teachers_word(language, unit, visit),
        need=words(language, "before.need_place" if lacks else NEEDS[form]),
        **shown.values_for(language, visit, school, {}),
    )
    return True


def _teacher(unit: Unit, due: Due, visit: Visit, school: SchoolSettings, person: int, known: bool) -> None:
    one = shown.teacher(unit, person)
    if one.reach is None:
        return
    reach, starts = one.reach, visit.starts_at or 0
    # Out of working hours it waits like everything else; for a visit before they begin again it cannot.
    hears = shown.teacher_hears(unit, one, school)
    at = reminders.said_at(due.kind, starts, unit.now_ms, hears)
    names, language = visits.names(unit, visit.id), reach.language
    shown.tell(
        unit,
        reach,
        TO_TEACHER[due.kind],
        dedupe_key=_key(visit, due, person),
        due_at=unit.now_ms if at is None else at,
        useful_until=starts - reminders.USELESS[due.kind],
        buttons=teacher_rows(unit, reach, visit, mentor=_is_mentor(unit, visit, person), kind=due.kind),
        child=names.child,
        school_class=names.school_class,
        teachers=teachers_word(language, unit, visit),
        need=_teachers_need(language, visit, known),
        **shown.values_for(language, visit, school, {}),
    )


def _key(visit: Visit, due: Due, person: int) -> str:
    return f"visit:{visit.id}:{visit.sequence}:{due.kind.value}:{person}"


def _is_mentor(unit: Unit, visit: Visit, person: int) -> bool:
    return person == party.teachers(unit, visit)[0]


def _teachers_need(language: str, visit: Visit, known: bool) -> Block:
    form = Form(visit.form or Form.SCHOOL)
    key = TEACHERS_NEED.get(form)
    if form in OUTSIDE:
        key = "before.teacher_place" if known else "before.teacher_no_place"
    return Block("" if key is None else "\n" + words(language, key))


def teacher_rows(
    unit: Unit, reach: Reach, visit: Visit, *, mentor: bool, kind: Kind = Kind.SOON
) -> list[list[say.Button]]:
    """What stands under a teacher's reminder."""

    def one(key: str, action: str) -> say.Button:
        return shown.button(unit, reach, key, action, visit.id)

    rows = [[one("button.before_card", "vcard")]]
    if visit.form in OUTSIDE:
        rows[0].append(one("button.before_address", "vaddr"))
    if kind is Kind.SOON and visit.form in OUTSIDE:
        rows.insert(0, [one("button.during_arrived", "varr")])
    if kind is Kind.SOON and mentor and visit.form == Form.VIDEO:
        rows.insert(0, [one("button.before_link", "vlink")])
    return rows


# --- the link of a talk by video ---


def _with_link(context: Context, visit_id: int) -> Visit | None:
    visit = visits.one(context.unit, visit_id)
    mine = None if visit is None else party.acting(context.unit, visit, context.who.person_ids)
    if visit is None or mine is None or visit.form != Form.VIDEO or visit.state not in HOLDING:
        return None
    return visit if _is_mentor(context.unit, visit, mine) or mine == visit.mentor_id else None


def ask_link(context: Context, visit_id: int) -> None:
    """'Send the link': what is typed next goes to the family."""
    visit = _with_link(context, visit_id)
    if visit is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    forms.ask(context.unit, context.who, "vlink", visit_id)
    context.say("before.link_ask", child=visits.names(context.unit, visit_id).child)


def takes_link(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The link, by the ordinary way, to the guardians who come."""
    unit = context.unit
    visit = _with_link(context, wanted.subject_id)
    if visit is None:
        return False
    forms.end(unit, context.who)
    found = [line_of_pupil(unit, visit.pupil_id, one.guardian_id) for one in shown.attending(unit, visit.id)]
    lines = [one for one in found if one is not None and one.staff_of(context.who.person_ids) is not None]
    if not lines:
        context.say("before.link_nobody", reply_to=event.place_id)
        return True
    for line in lines:
        relay(context, line, False, Body(event.text, event.spans), event.place_id if len(lines) == 1 else ())
    return True


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {"vlink": takes_link}
PRESSES: dict[str, Press] = {"vlink": Press(ask_link, (int,))}
