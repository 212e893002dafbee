"""Who is told what about an agreement: the guardians who came, their reminder, and the teacher when they have answered."""

from __future__ import annotations

from handlers import say, telling
from handlers.appointments import agreement_view, shown
from handlers.appointments.agreement_view import values
from handlers.context import Context, SchoolSettings
from handlers.copies import relation_word
from handlers.texts import render
from models.appointments import afterwards, agreements, records, visits
from models.appointments.agreements import AMENDED, Version
from models.appointments.records import Record
from models.appointments.states import VisitState
from models.appointments.tables import Visit
from models.appointments.visits import Guest
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit, sql

REMIND_AFTER = 3 * 86_400_000
MOST = 50
DAYS_USEFUL = 7 * 86_400_000
"""A reminder that could not go out for a week does not go out any more."""


# --- to the family ---


def from_record(context: Context, visit: Visit, record: Record, person_id: int) -> None:
    """A record is finished: what was agreed goes to the guardians who came; without that the visit is closed."""
    unit, school = context.unit, context.school
    child = visits.names(unit, visit.id).child
    said = (record.answer("school").words, record.answer("family").words)
    if not any(said):
        agreements.withdraw(unit, visit.id)
        if records.close(unit, visit.id, person_id):
            family(unit, visits.must(unit, visit.id), school, None, "thanks")
        context.change("record.closed", buttons=[[_summary(context, visit.id)]], child=child)
        return
    made = agreements.propose(unit, visit.id, *said, person_id)
    rows = [[_summary(context, visit.id), context.button("button.agreement_sheet", "vsheet", visit.id)]]
    if made is None:
        # The family has these words already: pressed twice, or nothing was changed in them.
        context.change("record.sent", buttons=rows, child=child)
        return
    reached = family(unit, visit, school, made, "card")
    context.change("record.sent" if reached else "record.sent_nobody", buttons=rows, child=child)
    if context.pressed is not None and context.place_id is not None:
        records.told_at(unit, visit.id, (context.who.bot_id, context.who.user_id, context.place_id))


def _summary(context: Context, visit_id: int) -> say.Button:
    return context.button("button.record_sum", "vrsum", visit_id)


def family(unit: Unit, visit: Visit, school: SchoolSettings, version: Version | None, what: str) -> int:
    """Tells the guardians who came, each in the own language and out of quiet hours. Answers how many can be reached.

    `what` is card (they are asked), reminder (the same, once more), settled or thanks.
    """
    reached = 0
    for guest in shown.attending(unit, visit.id):
        if guest.reach is None:
            continue
        reached += 1
        asks = what in ("card", "reminder")
        if version is not None and asks:
            key, rows = f"agreement.{what}", agreement_view.card_buttons(unit, guest.reach, version)
        else:
            agreed = version is not None
            key = agreement_view.settled_key(unit, visit.id, guest.guardian_id, agreed=agreed)
            rows = agreement_view.after_buttons(unit, guest.reach, visit.id, guest.guardian_id, sheet=agreed)
        name = "agreement" if what == "reminder" else what
        telling.tell(
            unit,
            guest.reach,
            key,
            dedupe_key=f"visit:{visit.id}:{name}:{guest.guardian_id}:{0 if version is None else version.number}",
            due_at=shown.guardian_hears(unit, guest, school.zone),
            useful_until=unit.now_ms + DAYS_USEFUL if what == "reminder" else None,
            buttons=rows,
            **values(unit, guest.reach.language, visit, version, school),
        )
    return reached


# --- to the teacher ---


def amended(unit: Unit, visit: Visit, made: Version, guest: Guest, school: SchoolSettings) -> None:
    """A guardian would word it otherwise: whoever answers for it now has to agree, within working hours."""
    teacher = shown.teacher(unit, afterwards.keeper(unit, visit))
    if teacher.reach is None:
        return
    telling.tell(
        unit,
        teacher.reach,
        "agreement.amended",
        dedupe_key=f"visit:{visit.id}:amended:{made.number}",
        due_at=shown.teacher_hears(unit, teacher, school),
        buttons=teacher_buttons(unit, teacher.reach, made),
        relation=relation_word(teacher.reach.language, guest.relation),
        **values(unit, teacher.reach.language, visit, made, school),
    )


def teacher_buttons(unit: Unit, reach: Reach, version: Version) -> list[list[say.Button]]:
    visit_id = version.visit_id
    if version.state == AMENDED:
        return [
            [telling.button(unit, reach, "button.agreement_take", "vatake", visit_id, version.number)],
            [telling.button(unit, reach, "button.agreement_new", "vanew", visit_id, version.number)],
        ]
    return [[telling.button(unit, reach, "button.agreement_sheet", "vsheet", visit_id)]]


_WHOSE = sql(
    "SELECT p.id, a.language FROM account a JOIN person p ON p.account_id = a.id AND p.ended_at IS NULL"
    " WHERE a.bot_id = :bot AND a.user_id = :user"
)


def confirmed(unit: Unit, visit: Visit, school: SchoolSettings) -> None:
    """The family has confirmed: what said that it is with the family says so now. Only where nothing of that kind stands
    with somebody who may still read it, a silent message."""
    last, known = agreements.latest(unit, visit.id), records.kept(unit, visit.id)
    if last is None:
        return
    if known is not None and known.place is not None:
        bot_id, user_id, place = known.place
        people = unit.execute(_WHOSE, bot=bot_id, user=user_id).all()
        if afterwards.may(unit, visit.id, [one.id for one in people]) is not None:
            reach = Reach(bot_id, user_id, people[0].language, True)
            named = values(unit, reach.language, visit, last, school)
            rows = [
                [
                    telling.button(unit, reach, "button.record_sum", "vrsum", visit.id),
                    telling.button(unit, reach, "button.agreement_sheet", "vsheet", visit.id),
                ]
            ]
            payload = say.edit(place, render(reach.language, "agreement.told_confirmed", **named), buttons=rows)
            unit.queue(bot_id=bot_id, chat_id=user_id, kind=say.EDIT, payload=payload)
            return
    teacher = shown.teacher(unit, afterwards.keeper(unit, visit))
    if teacher.reach is None:
        return
    rich = render(
        teacher.reach.language,
        "agreement.told_confirmed",
        **values(unit, teacher.reach.language, visit, last, school),
    )
    unit.queue(
        bot_id=teacher.reach.bot_id,
        chat_id=teacher.reach.user_id,
        kind=say.TEXT,
        lane=Lane.REMINDER,
        due_at=shown.teacher_hears(unit, teacher, school),
        dedupe_key=f"visit:{visit.id}:agreed",
        payload=say.text(rich, buttons=teacher_buttons(unit, teacher.reach, last), where=say.Where(silent=True)),
    )


# --- what the clock does ---


def tick(unit: Unit, school: SchoolSettings) -> None:
    """Reminds guardians who have not answered: once, three days after the wording went to them."""
    for one in agreements.unanswered(unit, unit.now_ms - REMIND_AFTER, MOST):
        agreements.reminded(unit, one)
        visit = visits.must(unit, one.visit_id)
        late = one.at < unit.now_ms - REMIND_AFTER - DAYS_USEFUL
        if visit.state == VisitState.HELD and not late:
            family(unit, visit, school, one, "reminder")
