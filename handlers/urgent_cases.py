"""What those do who were told of a case: take it, look, pass it on or close it, keep a guardian out, list their cases."""

from __future__ import annotations

from handlers import urgent_pages as pages
from handlers.context import Context, tell
from handlers.copies import relation_word
from handlers.incoming import Commanded
from handlers.texts import moment, words
from models.base import from_ms
from models.safeguarding import cases
from models.safeguarding.tables import CaseState, SafetyCase
from models.standing import Line
from models.unit import Unit, sql


def _acting(context: Context, case_id: int) -> tuple[SafetyCase, cases.Paged] | None:
    mine = cases.acting(context.unit, case_id, context.who.person_ids)
    found = cases.case(context.unit, case_id) if mine is not None else None
    if found is None or mine is None:
        context.toast("help.button_gone", alert=True)
        return None
    return found, mine


def take(context: Context, case_id: int) -> None:
    """'I take it': no more pages; the others and the writer hear that somebody is there."""
    acting = _acting(context, case_id)
    if acting is None:
        return
    found, mine = acting
    unit = context.unit
    if not cases.acknowledge(unit, case_id, mine.person_id):
        context.toast("urgent.taken_before", alert=True)
        return
    context.toast("urgent.yours")
    found = cases.case(unit, case_id) or found
    child, group = pages.pupil(unit, found.pupil_id)
    context.change(
        "urgent.you_took",
        buttons=pages.buttons(unit, context.reach, found),
        child=child,
        group=group,
        writer=pages.writer_word(unit, found, context.language),
    )
    for other in cases.paged(unit, case_id):
        if other.reach is not None and other.person_id != mine.person_id:
            tell(
                unit,
                other.reach,
                "urgent.somebody_took",
                dedupe_key=f"case:{case_id}:taken:{other.reach.user_id}",
                child=child,
                role=words(other.reach.language, f"urgent.role_{mine.role}"),
            )
    writer = None if found.writer_id is None else cases.reach_of(unit, found.writer_id)
    if writer is not None:
        tell(unit, writer, "urgent.somebody_there", dedupe_key=f"case:{case_id}:there", child=child)


def look(context: Context, case_id: int) -> None:
    """The words of a case, covered until they are tapped."""
    acting = _acting(context, case_id)
    if acting is None:
        return
    text = cases.look(context.unit, case_id, acting[1].person_id)
    if text is None:
        context.toast("urgent.closed", alert=True)
        return
    context.toast()
    if not text:
        context.say("urgent.no_text")
        return
    context.say_covered("urgent.text", text[:3500])


def not_urgent(context: Context, case_id: int) -> None:
    """Not urgent: the messages go on as ordinary ones, and the case is closed."""
    from handlers import holding  # it stands above this file

    acting = _acting(context, case_id)
    if acting is None:
        return
    unit = context.unit
    if cases.spared(unit, case_id):
        context.toast("urgent.not_to_mentor", alert=True)
        return
    waiting = cases.messages_of(unit, case_id)
    if acting[0].state == CaseState.CLOSED:
        context.toast("urgent.closed", alert=True)
        return
    for message_id in waiting:
        holding.go_on(unit, message_id, context.school)
    cases.close(unit, case_id, acting[1].person_id, "not_urgent")
    context.toast("urgent.passed_on")
    _closed(context, acting[0], "urgent.closed_not_urgent")


def referred(context: Context, case_id: int) -> None:
    """People have taken it over elsewhere: the words go, times and roles stay."""
    acting = _acting(context, case_id)
    if acting is None:
        return
    if not cases.close(context.unit, case_id, acting[1].person_id, "referred"):
        context.toast("urgent.closed", alert=True)
        return
    context.toast()
    _closed(context, acting[0], "urgent.closed_referred")


def _closed(context: Context, found: SafetyCase, key: str) -> None:
    child, group = pages.pupil(context.unit, found.pupil_id)
    context.change(key, child=child, group=group)


_GUARDIANS = sql(
    "SELECT g.person_id, g.relation, (SELECT COUNT(*) FROM no_contact n WHERE n.person_id = g.person_id"
    " AND n.until IS NULL) AS stopped FROM guardianship g WHERE g.pupil_id = :pupil AND g.until IS NULL ORDER BY g.id"
)


def ask_no_contact(context: Context, case_id: int) -> None:
    """Which guardian must not be contacted, or may be again."""
    acting = _acting(context, case_id)
    if acting is None:
        return
    context.toast()
    child, _ = pages.pupil(context.unit, acting[0].pupil_id)
    rows = [
        [
            context.button(
                "button.lift_contact" if row.stopped else "button.stop_contact",
                "unocset",
                case_id,
                row.person_id,
                relation=relation_word(context.language, row.relation),
            )
        ]
        for row in context.unit.execute(_GUARDIANS, pupil=acting[0].pupil_id).all()
    ]
    context.say("urgent.ask_no_contact", buttons=rows, child=child)


def set_no_contact(context: Context, case_id: int, person_id: int) -> None:
    """From now on nothing goes to that guardian, or again as usual."""
    acting = _acting(context, case_id)
    if acting is None:
        return
    unit = context.unit
    row = next(
        (one for one in unit.execute(_GUARDIANS, pupil=acting[0].pupil_id).all() if one.person_id == person_id), None
    )
    if row is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    relation = relation_word(context.language, row.relation)
    if row.stopped:
        cases.lift(unit, person_id)
        context.change("urgent.contact_again", relation=relation)
    else:
        cases.stop_contact(unit, person_id, case_id, acting[1].person_id)
        context.change("urgent.contact_stopped", relation=relation)


def blocked(unit: Unit, guardian_id: int) -> bool:
    """Whether nothing may go to this guardian now."""
    return cases.is_stopped(unit, guardian_id)


def say_blocked(context: Context, line: Line) -> None:
    """A mentor writes to a family that must not be contacted."""
    context.say("urgent.not_now", child=line.pupil_name, relation=relation_word(context.language, line.relation))


# --- /cases ---


def list_cases(context: Context, _event: Commanded | None = None) -> None:
    """/cases: those that one was told of, open ones first, with their buttons."""
    found = cases.of_people(context.unit, context.who.person_ids) if context.who.has_joined else []
    if not found:
        context.say("urgent.no_cases")
        return
    for one in found[:5]:
        child, group = pages.pupil(context.unit, one.pupil_id)
        context.say(
            f"urgent.case_{one.state}",
            buttons=pages.buttons(context.unit, context.reach, one),
            child=child,
            group=group,
            writer=pages.writer_word(context.unit, one, context.language),
            time=moment(context.language, from_ms(one.opened_at), context.school.zone),
        )
