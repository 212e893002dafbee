"""What guardians and mentors write each other, as they see it: headers, 'for whom is this?', 'Answer', what went wrong."""

from __future__ import annotations

from datetime import timedelta

from handlers import say
from handlers.context import Context, rich, tell
from handlers.events import Commanded, Edited, SentOther, Wrote
from handlers.split import LIMIT, pieces, shifted
from handlers.texts import Block, Rich, catalogue, render, units, words
from models import conversation
from models.conversation import Body, Held, Waiting, Written
from models.standing import Line, Reach, admins, families, line_of_thread
from models.unit import Unit

PAGE = 8
"""Families shown at once; more would not fit a small screen."""
NUDGE = timedelta(minutes=10)
"""After this long 'for whom is this?' is asked once more: a parent may believe that it went out."""


def relation_word(language: str, relation: str) -> str:
    """A relation in a language; what the school wrote itself stays as it is."""
    return catalogue(language).get(f"relation.{relation}", relation)


# --- something was written ---


def wrote(context: Context, event: Wrote) -> None:
    """A text: to where its reply belongs, to the only one it can be for, or asked about. Never sent on a guess."""
    unit, who = context.unit, context.who
    body = Body(event.text, event.spans)
    if event.second_hand and event.text.lstrip().startswith("/"):
        context.say("relay.forwarded_command")
        return
    if event.reply_to is not None:
        found = conversation.at_place(unit, who.bot_id, who.user_id, event.reply_to)
        if found is not None:
            _reply(context, body, event.place_id, *found)
            return
        # After a crash a copy may stand in the chat without our knowing its place; its own button still tells the thread.
        thread_id = _claimed_thread(context, event)
        if thread_id is not None:
            _reply(context, body, event.place_id, thread_id, None)
            return
    pressed = None if event.second_hand else conversation.is_answering(unit, who)
    if pressed is not None:
        conversation.answered(unit, who)
        _reply(context, body, event.place_id, pressed, None)
        return
    targets = [(line, True) for line in who.children]
    if who.staff is not None:
        targets += [(line, False) for line in families(unit, who) if line.confirmed]
    if len(targets) == 1:
        relay(context, targets[0][0], targets[0][1], body, event.place_id)
    elif targets:
        _ask_whom(context, body, event.place_id)
    else:
        context.say("relay.nobody_yet" if who.staff is not None else "relay.no_child")


def _claimed_thread(context: Context, event: Wrote) -> int | None:
    for data in event.reply_claims:
        found = say.claim(context.unit.vault, event.bot_id, event.user_id, data)
        if found is not None and found[0] == "answer" and len(found[1]) == 1:
            return int(found[1][0], 36)
    return None


def _reply(context: Context, body: Body, place: int, thread_id: int, answers: int | None) -> None:
    line = line_of_thread(context.unit, thread_id)
    mine = set(context.who.person_ids)
    if line is None or not mine & {line.guardian_id, line.mentor_id}:
        # A thread that waited for a mentor has one now, or the mentorship has ended since.
        old = conversation.thread_row(context.unit, thread_id)
        own = [child for child in context.who.children if old is not None and child.pupil_id == old.pupil_id]
        if own:
            relay(context, own[0], True, body, place, answers)
        else:
            context.say("relay.ended", reply_to=place)
        return
    by_guardian = line.guardian_id in mine
    if by_guardian and not line.confirmed:
        context.say("relay.ended", reply_to=place)
        return
    relay(context, line, by_guardian, body, place, answers)


def relay(context: Context, line: Line, by_guardian: bool, body: Body, place: int, answers: int | None = None) -> None:
    """Puts a text into the record and on its way; says so only where something is wrong."""
    unit, who = context.unit, context.who
    written = conversation.write(unit, line, by_guardian, body, (who.bot_id, who.user_id, place), answers)
    if written.to is None:
        _held(context, line, by_guardian, written, place)
        return
    _queue(
        unit,
        line,
        by_guardian,
        body,
        written.to,
        thread_id=written.thread_id,
        message_id=written.message_id,
        origin=(who.user_id, place),
        reply_place=written.reply_place,
    )


def _header(line: Line, by_guardian: bool, language: str) -> Rich:
    if by_guardian:
        return render(
            language,
            "relay.header_to_mentor",
            child=line.pupil_name,
            group=line.school_class,
            relation=relation_word(language, line.relation),
        )
    return render(language, "relay.header_to_guardian", child=line.pupil_name, mentor=line.mentor_name or "")


def _queue(
    unit: Unit,
    line: Line,
    by_guardian: bool,
    body: Body,
    to: Reach,
    *,
    thread_id: int,
    message_id: int,
    origin: tuple[int, int] | None,
    reply_place: int | None,
) -> None:
    header = _header(line, by_guardian, to.language)
    first = units(header.text) + 1
    whole = first + units(body.text) <= LIMIT
    parts: list[Rich] = []
    if whole:
        parts.append(Rich(f"{header.text}\n{body.text}", (*header.spans, *shifted(body.spans, first))))
    else:
        # Nothing is cut out of what was written: the header goes ahead alone.
        parts.append(header)
        parts.extend(pieces(rich(body.text, body.spans)))
    answer = say.Button(
        words(to.language, "button.answer"),
        say.sign(unit.vault, to.bot_id, to.user_id, "answer", thread_id),
    )
    for number, part in enumerate(parts, 1):
        last = number == len(parts)
        then: dict[str, object] = {"thread": thread_id, "message": message_id}
        if last and origin is not None:
            then["react"] = list(origin)
        if last:
            then["delivered"] = True
        unit.queue(
            bot_id=to.bot_id,
            chat_id=to.user_id,
            kind=say.TEXT,
            message_id=message_id,
            payload=say.text(
                part,
                buttons=[[answer]] if last and by_guardian else (),
                reply_to=reply_place if number == 1 else None,
                then=then,
                mark={"at": units(header.text), "text": words(to.language, "relay.maybe_repeat")}
                if number == 1
                else None,
            ),
        )


def _held(context: Context, line: Line, by_guardian: bool, written: Written, place: int) -> None:
    unit, who = context.unit, context.who
    day = unit.now.date().isoformat()
    unit.queue(bot_id=who.bot_id, chat_id=who.user_id, kind=say.REACT, payload=say.react(place, say.KEPT_SIGN))
    reason = written.held or Held.UNREACHABLE
    side = "mentor" if by_guardian else "guardian"
    tell(
        unit,
        context.reach,
        f"held.{side}_{reason.value}",
        dedupe_key=f"held:{written.thread_id}:{reason.value}:{side}:{day}",
        child=line.pupil_name,
        mentor=line.mentor_name or "",
        relation=relation_word(context.language, line.relation),
    )
    if by_guardian:
        _tell_admins(unit, line, reason, day)


def _tell_admins(unit: Unit, line: Line, reason: Held, day: str) -> None:
    about = line.mentor_id or line.pupil_id
    for reach in admins(unit, line.school_id):
        tell(
            unit,
            reach,
            f"admin.{reason.value}",
            dedupe_key=f"admin:{reason.value}:{about}:{reach.user_id}:{day}",
            mentor=line.mentor_name or "",
            child=line.pupil_name,
            group=line.school_class,
        )


def tell_held(unit: Unit, threads: dict[int, bool]) -> None:
    """Tells the writers of these threads that the other side cannot be reached now, and the admins where it is a mentor."""
    day = unit.now.date().isoformat()
    for thread_id, by_guardian in threads.items():
        line = line_of_thread(unit, thread_id)
        if line is None:
            continue
        writer = line.guardian if by_guardian else line.mentor
        joined = line.mentor if by_guardian else (line.guardian if line.confirmed else None)
        reason = Held.UNREACHABLE if joined is not None else Held.NOT_JOINED
        side = "mentor" if by_guardian else "guardian"
        if writer is not None and writer.reachable:
            tell(
                unit,
                writer,
                f"held.{side}_{reason.value}",
                dedupe_key=f"held:{thread_id}:{reason.value}:{side}:{day}",
                child=line.pupil_name,
                mentor=line.mentor_name or "",
                relation=relation_word(writer.language, line.relation),
            )
        if by_guardian:
            _tell_admins(unit, line, reason, day)


def send_waiting(unit: Unit, person_ids: list[int]) -> int:
    """Sends what was held for these people and can go now. Answers how many messages."""
    going: list[Waiting] = conversation.release(unit, person_ids)
    for one in going:
        thread_id = conversation.thread_of(unit, one.line)
        _queue(
            unit,
            one.line,
            one.by_guardian,
            one.body,
            one.to,
            thread_id=thread_id,
            message_id=one.message_id,
            origin=one.origin,
            reply_place=one.reply_place,
        )
    return len(going)


def mentor_changed(unit: Unit, changes: list[tuple[int, int | None, int | None]]) -> None:
    """Pupils (id, old mentor, new mentor) have another mentor: what waits for the old one goes to the new one."""
    for pupil_id, _old, new in changes:
        send_waiting(unit, conversation.hand_over(unit, pupil_id, new))


# --- for whom? ---


def _ask_whom(context: Context, body: Body, place: int) -> None:
    choice_id, _count, fresh = conversation.ask_later(context.unit, context.who, body, place)
    if fresh:
        context.say("choose.ask", buttons=_choices(context, choice_id, 0), reply_to=place)


def _choices(context: Context, choice_id: int, page: int) -> list[list[say.Button]]:
    lines = sorted(context.who.children, key=lambda line: -line.guardian_wrote_at)
    rows = [
        [
            context.named(
                context.words("choose.child", child=line.pupil_name, mentor=line.mentor_name)
                if line.mentor_name
                else line.pupil_name,
                "to",
                choice_id,
                line.guardianship_id,
            )
        ]
        for line in lines
    ]
    if context.who.staff is not None:
        own = [line for line in families(context.unit, context.who) if line.confirmed]
        own.sort(key=lambda line: -max(line.guardian_wrote_at, line.mentor_wrote_at))
        rows += [
            [
                context.named(
                    context.words(
                        "choose.family",
                        child=line.pupil_name,
                        relation=relation_word(context.language, line.relation),
                    ),
                    "to",
                    choice_id,
                    line.guardianship_id,
                )
            ]
            for line in own
        ]
    pages = (len(rows) + PAGE - 1) // PAGE
    page = min(max(page, 0), max(pages - 1, 0))
    shown = rows[page * PAGE : page * PAGE + PAGE]
    turn = []
    if page > 0:
        turn.append(context.button("button.earlier", "whom", choice_id, page - 1))
    if page + 1 < pages:
        turn.append(context.button("button.more", "whom", choice_id, page + 1))
    return [*shown, turn, [context.button("button.drop", "drop", choice_id)]]


def turn_page(context: Context, choice_id: int, page: int) -> None:
    """More of those for whom it could be."""
    context.toast()
    context.change("choose.ask", buttons=_choices(context, choice_id, page))


def chosen(context: Context, choice_id: int, guardianship_id: int) -> None:
    """The writer has said for whom: sends what waited, in order."""
    targets = [(line, True) for line in context.who.children]
    if context.who.staff is not None:
        targets += [(line, False) for line in families(context.unit, context.who) if line.confirmed]
    target = next((one for one in targets if one[0].guardianship_id == guardianship_id), None)
    context.toast()
    if target is None:
        context.change("choose.gone", buttons=_choices(context, choice_id, 0))
        return
    drafts = conversation.settle(context.unit, context.who, choice_id)
    if drafts is None:
        return
    line, by_guardian = target
    for body, place in drafts:
        relay(context, line, by_guardian, body, place)
    context.change(
        "choose.sent_mentor" if by_guardian else "choose.sent_family",
        child=line.pupil_name,
        mentor=line.mentor_name or "",
        relation=relation_word(context.language, line.relation),
        count=len(drafts),
    )


def drop(context: Context, choice_id: int) -> None:
    """Not to be sent after all."""
    context.toast()
    if conversation.settle(context.unit, context.who, choice_id) is not None:
        context.change("choose.dropped")


def remind(unit: Unit, bot_id: int) -> None:
    """Asks once more for whom a text is, where nobody has said so for NUDGE."""
    for one in conversation.forgotten(unit, bot_id, NUDGE):
        tell(unit, one.reach, "choose.reminder", dedupe_key=f"choice:{one.choice_id}:reminder", count=one.texts)


# --- Answer, /cancel, /families ---


def answer(context: Context, thread_id: int) -> None:
    """'Answer' under a message: the next text goes there."""
    context.toast()
    line = line_of_thread(context.unit, thread_id)
    if line is None or not set(context.who.person_ids) & {line.guardian_id, line.mentor_id}:
        context.say("relay.ended")
        return
    conversation.answer_next(context.unit, context.who, thread_id)
    context.say(
        "answer.prompt",
        child=line.pupil_name,
        relation=relation_word(context.language, line.relation),
        keyboard="reply",
        then={"thread": thread_id},
    )


def cancel(context: Context, _event: Commanded) -> None:
    """/cancel: nothing is waited for any more."""
    conversation.answered(context.unit, context.who)
    context.say("answer.cancelled")


def list_families(context: Context, _event: Commanded | None = None) -> None:
    """/families: the mentor's pupils and who of their families has joined."""
    own = sorted(families(context.unit, context.who), key=lambda one: (one.school_class, one.pupil_name))
    if not own:
        context.say("families.none")
        return
    lines: list[str] = []
    last = 0
    for line in own:
        if line.pupil_id != last:
            lines.append(context.words("families.pupil", child=line.pupil_name, group=line.school_class))
            last = line.pupil_id
        lines.append(
            context.words(
                "families.joined" if line.confirmed else "families.not_joined",
                relation=relation_word(context.language, line.relation),
            )
        )
    joined = sum(1 for line in own if line.confirmed)
    for start in range(0, len(lines), 60):
        context.say(
            "families.list" if start == 0 else "families.more",
            joined=joined,
            all=len(own),
            lines=Block("\n".join(lines[start : start + 60])),
        )


# --- what is not text yet ---


def sent_other(context: Context, event: SentOther) -> None:
    """A photo, a voice message …: answered, not dropped."""
    kind = event.kind if f"kind.{event.kind}" in catalogue(context.language) else "other"
    context.say("relay.only_text", kind=context.words(f"kind.{kind}"), reply_to=event.place_id)


def edited(context: Context, event: Edited) -> None:
    """An edit: the other side keeps what it has, and the writer is told so."""
    found = conversation.at_place(context.unit, context.who.bot_id, context.who.user_id, event.place_id)
    if found is not None:
        context.say("relay.edited", reply_to=event.place_id)
