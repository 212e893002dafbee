"""Before an appointment: the reminders of a day and of two hours, each with what is needed and the way on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from handlers import say, telling
from handlers.appointments import shown, told
from handlers.appointments.shown import Teacher
from handlers.context import Context, Press, SchoolSettings
from handlers.incoming import Wrote
from handlers.relay import relay
from handlers.texts import Block, words
from models.appointments import party, places, reminders, visits
from models.appointments.reminders import Due, Kind
from models.appointments.states import HOLDING, OUTSIDE, Form, VisitState
from models.appointments.tables import Visit
from models.appointments.visits import Guest, Names
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


@dataclass(frozen=True, slots=True)
class _About:
    """What all reminders of one visit share, read once."""

    due: Due
    visit: Visit
    names: Names
    teachers: list[int]
    """The mentor, or who covers, first."""
    known: bool
    """Whether the family has said where."""

    def words(self, language: str, school: SchoolSettings) -> dict[str, Any]:
        """What every text of it names."""
        return {
            "child": self.names.child,
            "teachers": told.names_word(language, self.names),
            **shown.values_for(language, self.visit, school, {}),
        }

    def key(self, person: int) -> str:
        """Once for this time of the visit, this reminder, this person."""
        return f"visit:{self.visit.id}:{self.visit.sequence}:{self.due.kind.value}:{person}"

    @property
    def useful_until(self) -> int:
        """Milliseconds since 1970."""
        return (self.visit.starts_at or 0) - reminders.USELESS[self.due.kind]


def _remind(unit: Unit, due: Due, visit: Visit, school: SchoolSettings) -> None:
    names, people = visits.names(unit, visit.id), party.teachers(unit, visit)
    about = _About(due, visit, names, people, places.of(unit, visit) is not None)
    guests = [one for one in shown.attending(unit, visit.id) if one.reach is not None]
    heard = [_guest(unit, about, school, one) for one in guests]
    for person in people:
        _teacher(unit, about, school, shown.teacher(unit, person))
    if not all(heard):
        visits.log(unit, visit.id, None, "reminder_quiet", VisitState.CONFIRMED)


def _guest(unit: Unit, about: _About, school: SchoolSettings, guest: Guest) -> bool:
    """False where the guardian's rest goes on for too long: what was said the day before has to do."""
    visit, kind, reach = about.visit, about.due.kind, guest.reach
    hears = shown.guardian_hears(unit, guest, school.zone)
    at = reminders.said_at(kind, visit.starts_at or 0, unit.now_ms, hears)
    if at is None or reach is None:
        return False
    form = Form(visit.form or Form.SCHOOL)
    lacks = form in OUTSIDE and not about.known
    rows = [[telling.button(unit, reach, "button.before_cannot", "vmenu", visit.id)]]
    if lacks:
        rows.insert(0, [telling.button(unit, reach, "button.before_place", "vplace", visit.id)])
    telling.tell(
        unit,
        reach,
        TO_GUARDIAN[kind],
        dedupe_key=about.key(guest.guardian_id),
        due_at=at,
        useful_until=about.useful_until,
        buttons=rows,
        need=words(reach.language, "before.need_place" if lacks else NEEDS[form]),
        **about.words(reach.language, school),
    )
    return True


def _teacher(unit: Unit, about: _About, school: SchoolSettings, one: Teacher) -> None:
    visit, kind, reach = about.visit, about.due.kind, one.reach
    if reach is None:
        return
    # Out of working hours it waits like everything else; for a visit before they begin again it cannot.
    at = reminders.said_at(kind, visit.starts_at or 0, unit.now_ms, shown.teacher_hears(unit, one, school))
    telling.tell(
        unit,
        reach,
        TO_TEACHER[kind],
        dedupe_key=about.key(one.person_id),
        due_at=unit.now_ms if at is None else at,
        useful_until=about.useful_until,
        buttons=teacher_rows(unit, reach, visit, mentor=one.person_id == about.teachers[0], kind=kind),
        school_class=about.names.school_class,
        need=_teachers_need(reach.language, visit, about.known),
        **about.words(reach.language, school),
    )


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
        return telling.button(unit, reach, key, action, visit.id)

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
    return visit if mine in (visit.mentor_id, party.teachers(context.unit, visit)[0]) else None


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
