"""The urgent path: what cannot wait, and what may be about a child's safety. People are told in turn until one takes it.

A page never carries the text; whoever was told may look, and each look is noted. Nothing is diagnosed and nobody outside the
school is told by the program.
"""

from __future__ import annotations

from datetime import timedelta

from handlers import say
from handlers.context import CommandHandler, Context, Press, SchoolSettings, tell
from handlers.copies import relation_word
from handlers.incoming import Commanded, Wrote
from handlers.texts import Block, moment, words
from models import conversation
from models.base import from_ms, to_ms
from models.conversation import Body, Stored
from models.queues import Lane
from models.safeguarding import cases, part, signals
from models.safeguarding.tables import CaseState, SafetyCase
from models.standing import Line, Reach, Standing, families, line_of_thread
from models.threads import Held, MessageState
from models.unit import Unit, sql

WAITS = timedelta(minutes=10)
"""How long /urgent waits for the message that it is for."""
HURRY, DANGER = "hurry", "danger"

_MODE = sql("UPDATE account SET urgent_mode = :mode, urgent_case_id = :case, urgent_until = :until WHERE id = :account")


# --- /urgent, and the button under a receipt ---


def ask(context: Context, _event: Commanded | None = None, message_id: int = 0) -> None:
    """Which of two: the mentor must know now, or a child is in danger."""
    if not context.who.has_joined:
        context.say("urgent.stranger")
        return
    context.say(
        "urgent.which",
        buttons=[
            [context.button("button.urgent_now", "unow", message_id)],
            [context.button("button.urgent_danger", "udanger", message_id)],
            [context.button("button.urgent_none", "unone")],
        ],
    )


def pressed(context: Context, message_id: int) -> None:
    """'Urgent' under the receipt of a message that waits for its hour."""
    context.toast()
    ask(context, None, message_id)


def none(context: Context) -> None:
    """Nothing urgent after all."""
    context.toast()
    ends(context.unit, context.who)
    context.change("urgent.none")


def _own(context: Context, message_id: int) -> Stored | None:
    message = conversation.load(context.unit, message_id) if message_id else None
    return message if message is not None and message.author_id in context.who.person_ids else None


def now(context: Context, message_id: int) -> None:
    """It must reach the other side now: what waits goes, or the next message does."""
    from handlers import holding  # it stands above this file

    context.toast()
    message = _own(context, message_id)
    if message is not None and message.held_for in (Held.HOURS, Held.FLOOD):
        if holding.hurry(context.unit, message_id, context.school):
            context.change("urgent.sent_now")
        else:
            context.change("urgent.cannot_reach", phone=_phone(context))
        return
    if message is not None:
        context.change("urgent.already")
        return
    _set(context, HURRY, None)
    context.change("urgent.write_now")


def danger(context: Context, message_id: int) -> None:
    """A child may be in danger: a case is opened at once, about the only child or the one that is chosen."""
    context.toast()
    message = _own(context, message_id)
    if message is not None:
        line = line_of_thread(context.unit, message.thread_id)
        if line is not None:
            if message.state is MessageState.HELD:
                conversation.hold_back(context.unit, message_id, Held.URGENT)
            case_id = _open(context, line, message.by_guardian, message_id, message.body.text, "button", None)
            _set(context, DANGER, case_id)
            return
    lines = _lines(context)
    if len({line.pupil_id for line, _ in lines}) == 1:
        _about(context, *lines[0])
    elif lines:
        rows = {line.pupil_id: [context.named(line.pupil_name, "upupil", line.guardianship_id)] for line, _ in lines}
        context.change("urgent.whom", buttons=list(rows.values()))
    else:
        context.change("urgent.fixed", duty=_duty(context.language, context.school))


def _lines(context: Context) -> list[tuple[Line, bool]]:
    found = [(line, True) for line in context.who.children]
    if context.who.staff is not None:
        found += [(line, False) for line in families(context.unit, context.who)]
    return found


def about(context: Context, guardianship_id: int) -> None:
    """The child was chosen."""
    context.toast()
    found = next((one for one in _lines(context) if one[0].guardianship_id == guardianship_id), None)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    _about(context, *found)


def _about(context: Context, line: Line, by_guardian: bool) -> None:
    case_id = _open(context, line, by_guardian, None, "", "button", None)
    _set(context, DANGER, case_id)


def _set(context: Context, mode: str | None, case_id: int | None) -> None:
    until = None if mode is None else to_ms(context.unit.now + WAITS)
    context.unit.write(_MODE, account=context.who.account_id, mode=mode, case=case_id, until=until)
    context.who.urgent_mode, context.who.urgent_case_id = mode, case_id
    context.who.urgent_until = None if mode is None else context.unit.now + WAITS


def ends(unit: Unit, who: Standing) -> None:
    """/urgent waits for nothing any more."""
    if who.urgent_mode is not None:
        unit.write(_MODE, account=who.account_id, mode=None, case=None, until=None)
        who.urgent_mode = who.urgent_case_id = who.urgent_until = None


def _waits(unit: Unit, who: Standing, mode: str) -> bool:
    return who.urgent_mode == mode and who.urgent_until is not None and who.urgent_until >= unit.now


def take_hurry(unit: Unit, who: Standing) -> bool:
    """Whether this person asked that the next message goes at once; asked once, it holds for one."""
    if not _waits(unit, who, HURRY):
        return False
    ends(unit, who)
    return True


def takes(context: Context, event: Wrote) -> bool:
    """What is written after 'a child is in danger' belongs to the case, not to the relay."""
    case_id = context.who.urgent_case_id
    if not _waits(context.unit, context.who, DANGER) or case_id is None or not event.text:
        return False
    if not cases.add_text(context.unit, case_id, event.text):
        ends(context.unit, context.who)
        return False
    _tell_more(context.unit, case_id)
    context.say("urgent.added", reply_to=event.place_id)
    return True


# --- a case is opened ---


def signalled(context: Context, line: Line, by_guardian: bool, message_id: int, body: Body, rule: str) -> None:
    """A message that may be about a child's safety was taken and is held: people look first."""
    text = body.text or "\n".join(piece["text"] for piece in body.media if piece.get("text"))
    _open(context, line, by_guardian, message_id, text, "signal", rule)


def _open(
    context: Context, line: Line, by_guardian: bool, message_id: int | None, text: str, found_by: str, rule: str | None
) -> int:
    unit = context.unit
    writer = line.guardian_id if by_guardian else line.staff_of(context.who.person_ids) or line.mentor_id
    case_id, fresh = cases.open_case(
        unit,
        school_id=line.school_id,
        pupil_id=line.pupil_id,
        by_guardian=by_guardian,
        writer_id=writer or line.guardian_id,
        found_by=found_by,
        rule=rule,
        text=text,
        message_id=message_id,
    )
    if not fresh:
        context.say("urgent.added")
        _tell_more(unit, case_id)
        return case_id
    # After a signal the next message is an ordinary one again; after the button it belongs to the case.
    key = "urgent.fixed" if found_by == "button" else "urgent.fixed_signal"
    context.say(key, duty=_duty(context.language, context.school))
    _next(unit, case_id, context.school)
    return case_id


def _tell_more(unit: Unit, case_id: int) -> None:
    """Who has taken the case (everybody who was told, where nobody has) hears that something was added."""
    found = cases.case(unit, case_id)
    if found is None:
        return
    child, group = _pupil(unit, found.pupil_id)
    for one in cases.paged(unit, case_id):
        if one.reach is None or found.acknowledged_by not in (None, one.person_id):
            continue
        tell(
            unit,
            one.reach,
            "urgent.more",
            dedupe_key=f"case:{case_id}:more:{unit.now_ms}:{one.person_id}",
            buttons=_buttons(unit, one.reach, found),
            lane=Lane.URGENT,
            child=child,
            group=group,
        )


def _duty(language: str, school: SchoolSettings) -> Block:
    phone = school.duty_phone or school.help_phone
    return Block("\n" + words(language, "urgent.duty", phone=phone) if phone else "")


def _phone(context: Context) -> str:
    return context.school.duty_phone or context.school.help_phone or "110 / 120"


def edited(context: Context, line: Line, message: Stored, body: Body) -> bool:
    """An edit must not carry past the rules what a new message could not: True where people look at it first."""
    signal = signals.find(body.text or "\n".join(piece.get("text") or "" for piece in body.media))
    if signal is None or message.held_for is Held.URGENT:
        if message.held_for is Held.URGENT:
            _open(context, line, message.by_guardian, None, body.text, "signal", None)
        return False
    # The other side keeps what it has; what the message says now goes into a case.
    _open(context, line, message.by_guardian, None, body.text, "signal", signal.rule)
    return True


# --- paging ---


def _next(unit: Unit, case_id: int, school: SchoolSettings) -> None:
    pages, ended = cases.advance(unit, case_id, school.urgent_path, school.urgent_minutes)
    found = cases.case(unit, case_id)
    if found is None:
        return
    for page in pages:
        _page(unit, found, page.reach, page.role, school, alarm=ended)


def _pupil(unit: Unit, pupil_id: int) -> tuple[str, str]:
    row = unit.execute(_PUPIL, pupil=pupil_id).one()
    return unit.vault.open("pupil", pupil_id, "name", row.sealed_name), f"{row.grade}{row.name}"


_PUPIL = sql(
    "SELECT p.sealed_name, sc.grade, sc.name FROM pupil p JOIN school_class sc ON sc.id = p.school_class_id"
    " WHERE p.id = :pupil"
)
_RELATION = sql("SELECT relation FROM guardianship WHERE pupil_id = :pupil AND person_id = :person ORDER BY id DESC")


def _writer(unit: Unit, found: SafetyCase, language: str) -> str:
    if not found.by_guardian:
        return words(language, "urgent.by_mentor")
    row = unit.execute(_RELATION, pupil=found.pupil_id, person=found.writer_id).first()
    return relation_word(language, row.relation) if row is not None else words(language, "urgent.by_guardian")


def _buttons(unit: Unit, reach: Reach, found: SafetyCase) -> list[list[say.Button]]:
    def one(key: str, action: str) -> say.Button:
        data = say.sign(unit.vault, reach.bot_id, reach.user_id, action, found.id)
        return say.Button(words(reach.language, key), data)

    if found.state == CaseState.CLOSED:
        return []
    first = [one("button.look", "ulook")]
    if found.state == CaseState.OPEN:
        first.insert(0, one("button.take_it", "uack"))
    return [
        first,
        [one("button.not_urgent", "unot"), one("button.referred", "uref")],
        [one("button.no_contact", "unoc")],
    ]


def _page(unit: Unit, found: SafetyCase, reach: Reach, role: str, school: SchoolSettings, *, alarm: bool) -> None:
    child, group = _pupil(unit, found.pupil_id)
    turn = f":{found.next_at}" if alarm else ""
    tell(
        unit,
        reach,
        "urgent.alarm" if alarm else "urgent.page",
        dedupe_key=f"case:{found.id}:{reach.bot_id}:{reach.user_id}{turn}",
        buttons=_buttons(unit, reach, found),
        lane=Lane.URGENT,
        child=child,
        group=group,
        writer=_writer(unit, found, reach.language),
        time=moment(reach.language, from_ms(found.opened_at), school.zone),
        minutes=school.urgent_minutes,
        role=words(reach.language, f"urgent.role_{role}"),
    )


def tick(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    """What is due by now: next steps, alarms, one reminder of what was taken and left, and 'no contact' once more."""
    cases.sweep(unit)
    part.left_alone(unit)
    for case_id in cases.due(unit):
        found = cases.case(unit, case_id)
        if found is None or not school.covers(unit, found.school_id):
            continue
        rounds = (
            0 if found.exhausted_at is None else (unit.now_ms - found.exhausted_at) // (school.urgent_minutes * 60_000)
        )
        if rounds < cases.ALARMS:
            _next(unit, case_id, school)
    for case_id, person_id in cases.forgotten(unit):
        found, reach = cases.case(unit, case_id), cases.reach_of(unit, person_id)
        if found is not None and reach is not None and school.covers(unit, found.school_id):
            child, group = _pupil(unit, found.pupil_id)
            tell(
                unit,
                reach,
                "urgent.still_open",
                dedupe_key=f"case:{case_id}:still",
                buttons=_buttons(unit, reach, found),
                child=child,
                group=group,
            )


# --- what the people do who were told ---


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
    child, group = _pupil(unit, found.pupil_id)
    context.change(
        "urgent.you_took",
        buttons=_buttons(unit, context.reach, found),
        child=child,
        group=group,
        writer=_writer(unit, found, context.language),
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
    child, group = _pupil(context.unit, found.pupil_id)
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
    child, _ = _pupil(context.unit, acting[0].pupil_id)
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
        child, group = _pupil(context.unit, one.pupil_id)
        context.say(
            f"urgent.case_{one.state}",
            buttons=_buttons(context.unit, context.reach, one),
            child=child,
            group=group,
            writer=_writer(context.unit, one, context.language),
            time=moment(context.language, from_ms(one.opened_at), context.school.zone),
        )


COMMANDS: dict[str, CommandHandler] = {"urgent": ask, "cases": list_cases}
PRESSES: dict[str, Press] = {
    "urgent": Press(pressed, (int,)),
    "unow": Press(now, (int,)),
    "udanger": Press(danger, (int,)),
    "unone": Press(none),
    "upupil": Press(about, (int,)),
    "uack": Press(take, (int,)),
    "ulook": Press(look, (int,)),
    "unot": Press(not_urgent, (int,)),
    "uref": Press(referred, (int,)),
    "unoc": Press(ask_no_contact, (int,)),
    "unocset": Press(set_no_contact, (int, int)),
}
