"""/visits: what is agreed and what waits, for a teacher and for a family; and a guardian asks for a visit."""

from __future__ import annotations

from handlers import say, telling
from handlers.appointments import choose, shown
from handlers.appointments.available import short_day
from handlers.context import CommandHandler, Context, Press
from handlers.incoming import Commanded
from handlers.texts import Block
from models.appointments import availability, lists, visits, waiting
from models.appointments.lists import Entry
from models.appointments.states import HOLDING, OPEN, Form, Purpose, Reply, Says, VisitState
from models.base import from_ms
from models.people import RoleKind
from models.safeguarding.cases import is_stopped
from models.standing import Line, roles

MOST = 12
"""Appointments with a button each; more do not fit a small screen."""


def show(context: Context, _event: Commanded | None = None) -> None:
    """/visits, for what this person is."""
    context.toast()
    mentor = RoleKind.MENTOR in roles(context.unit, context.who) or (
        context.who.staff is not None and bool(lists.of_teachers(context.unit, context.who.person_ids))
    )
    if mentor:
        _of_teacher(context)
    if context.who.children:
        _of_family(context, again=mentor)
    if not mentor and not context.who.children:
        context.change("help.staff" if context.who.has_joined else "help.stranger")


# --- a teacher's ---


def _of_teacher(context: Context) -> None:
    unit, people = context.unit, context.who.person_ids
    entries = lists.of_teachers(unit, people)
    records = lists.unwritten(unit, people)
    over = {one.id for one in records}
    coming = [one for one in entries if one.state in HOLDING and one.id not in over]
    words_ = [one for one in entries if one.state is VisitState.ACCEPTED]
    asked = [one for one in entries if one.state in (VisitState.PLANNED, VisitState.INVITED)]
    lines: list[str] = []
    rows: list[list[say.Button]] = []
    for key, found, action in (
        ("visit.list_words", words_, "vmenu"),
        ("visit.list_records", records, "vrec"),
        ("visit.list_coming", coming, "vmenu"),
    ):
        if not found:
            continue
        lines.append(context.words(key, count=len(found)))
        for one in found[: max(MOST - len(rows), 0)]:
            lines.append(_line(context, one))
            rows.append([context.named(_short(context, one), action, one.id)])
    if asked:
        lines.append(context.words("visit.list_asked", count=len(asked)))
        rows.append([context.button("button.visits_asked", "vasked", count=len(asked))])
    rows.append([context.button("button.invite", "vinv"), context.button("button.free", "vfshow", "visit")])
    if lists.met(unit, people):
        rows.append([context.button("button.visits_past", "vpast")])
    context.change("visit.list" if lines else "visit.list_empty", buttons=rows, lines=Block("\n".join(lines)))


def _line(context: Context, one: Entry) -> str:
    """One line: when, who, how; what is missing."""
    at = telling.when(context.language, one.at, context.school.zone) if one.at is not None else ""
    key = "visit.line"
    if one.state is VisitState.ACCEPTED:
        key = "visit.line_proposed" if one.proposed else "visit.line_companion"
        if one.mine_as_companion and one.says is Says.ASKED:
            key = "visit.line_you"
    form = shown.form_word(context.language, one.form) or context.words("visit.no_form")
    return context.words(key, time=at, child=one.child, form=form)


def _short(context: Context, one: Entry) -> str:
    if one.at is None:
        return one.child
    local = from_ms(one.at).astimezone(context.zone)
    return f"{short_day(context.language, local.date())} {local:%H:%M} {one.child}"


def show_past(context: Context) -> None:
    """Visits that took place lately: what was agreed and the record are found there."""
    entries = lists.met(context.unit, context.who.person_ids)
    context.toast()
    buttons = [context.named(_short(context, one), "vmenu", one.id) for one in entries]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    key = "visit.past" if entries else "visit.past_none"
    context.change(key, buttons=[*rows, [context.button("button.visits_back", "visits")]])


def show_asked(context: Context) -> None:
    """Families that were asked and have not chosen a time."""
    entries = [
        one
        for one in lists.of_teachers(context.unit, context.who.person_ids)
        if one.state in (VisitState.PLANNED, VisitState.INVITED) and not one.mine_as_companion
    ]
    context.toast()
    buttons = [context.named(one.child, "vmenu", one.id) for one in entries[: 2 * MOST]]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    context.change("visit.asked", buttons=[*rows, [context.button("button.visits_back", "visits")]], count=len(entries))


# --- a family's ---


def _of_family(context: Context, *, again: bool) -> None:
    unit = context.unit
    guardians = [one.person_id for one in context.who.selves if not one.is_staff]
    guardians = list(dict.fromkeys([*guardians, *(line.guardian_id for line in context.who.children)]))
    entries = lists.of_guardians(unit, guardians)
    lines: list[str] = []
    rows: list[list[say.Button]] = []
    for one in _next(entries):
        lines.append(_family_line(context, one))
        rows.append([context.named(_short(context, one), "vmenu", one.id)])
    rows += [[button] for button in _asking(context)]
    key = "visit.family_list" if lines else "visit.family_empty"
    speak = context.say if again else context.change
    speak(key, buttons=rows, lines=Block("\n".join(lines)))


def _next(entries: list[Entry]) -> list[Entry]:
    """The next ones, in order; where there is room, before them what was held last."""
    coming = [one for one in entries if one.state in OPEN][:MOST]
    held = [one for one in entries if one.state not in OPEN]
    return [*held[max(len(held) - MOST + len(coming), 0) :], *coming]


def _family_line(context: Context, one: Entry) -> str:
    at = (
        telling.when(context.language, one.at, context.school.zone)
        if one.at is not None
        else context.words("visit.no_time")
    )
    state = context.words(f"visit.state_{one.state.value}")
    if one.state is VisitState.INVITED and waiting.waits(context.unit, one.id):
        state = context.words("visit.state_waiting")
    return context.words("visit.family_line", child=one.child, time=at, state=state)


def _asking(context: Context) -> list[say.Button]:
    """A button for each child whose mentor could be asked: nothing is open yet."""
    buttons = []
    for line in _children(context):
        if visits.open_of(context.unit, line.pupil_id, Purpose.VISIT) is None:
            buttons.append(context.button("button.ask_visit", "vask", line.pupil_id, "visit", child=line.pupil_name))
        hours = availability.kept(context.unit, line.mentor_id or 0)
        if any(one.purpose == Purpose.HOUR and one.free for one in hours) and (
            visits.open_of(context.unit, line.pupil_id, Purpose.HOUR) is None
        ):
            buttons.append(context.button("button.ask_hour", "vask", line.pupil_id, "hour", child=line.pupil_name))
    return buttons


def _children(context: Context) -> list[Line]:
    found: dict[int, Line] = {}
    for line in context.who.children:
        if line.mentor_id is not None:
            found.setdefault(line.pupil_id, line)
    return list(found.values())


def ask(context: Context, pupil_id: int, purpose: str) -> None:
    """A guardian asks: the same choice of form and time as after an invitation."""
    line = next((one for one in context.who.children if one.pupil_id == pupil_id), None)
    if line is None or line.mentor_id is None or purpose not in set(Purpose):
        context.toast("help.button_gone", alert=True)
        return
    unit = context.unit
    if is_stopped(unit, line.guardian_id):
        # Whoever must not be contacted is visited by nobody, and is not told why.
        context.toast()
        context.change(
            "visit.not_now", buttons=[[context.button("button.visits_own", "visits")]], mentor=line.mentor_name or ""
        )
        return
    visit_id, fresh = visits.plan(
        unit,
        school_id=line.school_id,
        pupil_id=pupil_id,
        mentor_id=line.mentor_id,
        purpose=Purpose(purpose),
        state=VisitState.PLANNED,
        actor=line.guardian_id,
        asked_by_guardian=True,
    )
    if fresh or visits.invited(unit, visit_id, [line.guardian_id]) is None:
        visits.says(unit, visit_id, line.guardian_id, Reply.INVITED)
    if purpose == Purpose.HOUR:
        choose.show_times(context, visit_id, Form.SCHOOL.value)
        return
    choose.show_forms(context, visit_id)


COMMANDS: dict[str, CommandHandler] = {"visits": show}
PRESSES: dict[str, Press] = {
    "visits": Press(show),
    "vasked": Press(show_asked),
    "vpast": Press(show_past),
    "vask": Press(ask, (int, str)),
}
