"""The urgent path: what cannot wait, and what may be about a child's safety. People are told in turn until one takes it.

A page never carries the text; whoever was told may look, and each look is noted. Nothing is diagnosed and nobody outside the
school is told by the program.
"""

from __future__ import annotations

from datetime import timedelta

from handlers import urgent_cases
from handlers import urgent_pages as pages
from handlers.context import CommandHandler, Context, Press, SchoolSettings, tell
from handlers.incoming import Commanded, Wrote
from handlers.texts import Block, words
from models import conversation
from models.base import to_ms
from models.conversation import Body, Stored
from models.queues import Lane
from models.safeguarding import cases, signals
from models.standing import Line, Standing, families, line_of_thread
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
            *([[context.button("button.urgent_staff", "ustaff", message_id)]] if context.who.children else []),
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


def staff(context: Context, message_id: int) -> None:
    """A child may be in danger, and somebody of the school has to do with it: its own teachers are not told."""
    danger(context, message_id, staff=True)


def danger(context: Context, message_id: int, *, staff: bool = False) -> None:
    """A child may be in danger: a case is opened at once, about the only child or the one that is chosen."""
    context.toast()
    message = _own(context, message_id)
    if message is not None:
        line = line_of_thread(context.unit, message.thread_id)
        if line is not None:
            if message.state is MessageState.HELD:
                conversation.hold_back(context.unit, message_id, Held.URGENT)
            case_id = _open(context, line, message.by_guardian, message_id, message.body.text, "button", None, staff)
            _set(context, DANGER, case_id)
            return
    lines = _lines(context)
    if staff:
        lines = [one for one in lines if one[1]]
    if len({line.pupil_id for line, _ in lines}) == 1:
        _about(context, *lines[0], staff)
    elif lines:
        chosen = "ustaffof" if staff else "upupil"
        rows = {line.pupil_id: [context.named(line.pupil_name, chosen, line.guardianship_id)] for line, _ in lines}
        context.change("urgent.whom", buttons=list(rows.values()))
    else:
        context.change("urgent.fixed", duty=_duty(context.language, context.school))


def _lines(context: Context) -> list[tuple[Line, bool]]:
    found = [(line, True) for line in context.who.children]
    if context.who.staff is not None:
        found += [(line, False) for line in families(context.unit, context.who)]
    return found


def about(context: Context, guardianship_id: int, *, staff: bool = False) -> None:
    """The child was chosen."""
    found = next((one for one in _lines(context) if one[0].guardianship_id == guardianship_id), None)
    if found is None:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    _about(context, *found, staff)


def about_with_staff(context: Context, guardianship_id: int) -> None:
    """The child was chosen, and somebody of the school has to do with it."""
    about(context, guardianship_id, staff=True)


def _about(context: Context, line: Line, by_guardian: bool, staff: bool) -> None:
    case_id = _open(context, line, by_guardian, None, "", "button", None, staff)
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
    if signals.about_staff(event.text):
        _spare(context, case_id)
    _tell_more(context.unit, case_id)
    context.say("urgent.added", reply_to=event.place_id)
    return True


def _spare(context: Context, case_id: int) -> None:
    """What a guardian writes is about somebody of the school: the child's own teachers have no part in it, others are told
    at once."""
    found = cases.case(context.unit, case_id)
    if found is None or not found.by_guardian or not cases.spare(context.unit, case_id):
        return
    context.say("urgent.spared")
    if not cases.paged(context.unit, case_id):
        pages.next_step(context.unit, case_id, context.school)


# --- a case is opened ---


def signalled(context: Context, line: Line, by_guardian: bool, message_id: int, body: Body, rule: str) -> None:
    """A message that may be about a child's safety was taken and is held: people look first."""
    text = body.text or "\n".join(piece["text"] for piece in body.media if piece.get("text"))
    _open(context, line, by_guardian, message_id, text, "signal", rule)


def _open(
    context: Context,
    line: Line,
    by_guardian: bool,
    message_id: int | None,
    text: str,
    found_by: str,
    rule: str | None,
    staff: bool = False,
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
    about_staff = by_guardian and (staff or signals.about_staff(text))
    if not fresh:
        context.say("urgent.added")
        if about_staff:
            _spare(context, case_id)
        _tell_more(unit, case_id)
        return case_id
    # After a signal the next message is an ordinary one again; after the button it belongs to the case.
    key = "urgent.fixed" if found_by == "button" else "urgent.fixed_signal"
    context.say(key, duty=_duty(context.language, context.school))
    if about_staff:
        _spare(context, case_id)
    else:
        pages.next_step(unit, case_id, context.school)
    return case_id


def _tell_more(unit: Unit, case_id: int) -> None:
    """Who has taken the case (everybody who was told, where nobody has) hears that something was added."""
    found = cases.case(unit, case_id)
    if found is None:
        return
    child, group = pages.pupil(unit, found.pupil_id)
    for one in cases.paged(unit, case_id):
        if one.reach is None or found.acknowledged_by not in (None, one.person_id):
            continue
        tell(
            unit,
            one.reach,
            "urgent.more",
            dedupe_key=f"case:{case_id}:more:{unit.now_ms}:{one.person_id}",
            buttons=pages.buttons(unit, one.reach, found),
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


COMMANDS: dict[str, CommandHandler] = {"urgent": ask, "cases": urgent_cases.list_cases}
PRESSES: dict[str, Press] = {
    "urgent": Press(pressed, (int,)),
    "unow": Press(now, (int,)),
    "udanger": Press(danger, (int,)),
    "unone": Press(none),
    "upupil": Press(about, (int,)),
    "ustaff": Press(staff, (int,)),
    "ustaffof": Press(about_with_staff, (int,)),
    "uack": Press(urgent_cases.take, (int,)),
    "ulook": Press(urgent_cases.look, (int,)),
    "unot": Press(urgent_cases.not_urgent, (int,)),
    "uref": Press(urgent_cases.referred, (int,)),
    "unoc": Press(urgent_cases.ask_no_contact, (int,)),
    "unocset": Press(urgent_cases.set_no_contact, (int, int)),
}
