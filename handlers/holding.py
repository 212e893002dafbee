"""What waits and why: hours, people who cannot be reached; what its writer is told, and when it goes out after all."""

from __future__ import annotations

from datetime import datetime

from handlers import copies, say
from handlers.context import Context, SchoolSettings, tell
from handlers.copies import Copy, relation_word
from handlers.topics import topic_for
from handlers.waiting import promise_text
from models import hours, promises, reaching
from models.base import to_ms
from models.calendar import calendar_of
from models.conversation import Written, load
from models.queues import Lane
from models.reaching import Waiting
from models.standing import Line, admins, line_of_thread, lines_of_pupil
from models.threads import Held
from models.unit import Unit

KEPT_TEXTS = {Held.NO_MENTOR, Held.NOT_JOINED, Held.UNREACHABLE}


def goes_at(unit: Unit, line: Line, by_guardian: bool, school: SchoolSettings) -> datetime | None:
    """When what is written now reaches the other side, by its hours; nothing for at once."""
    if not school.keep_hours:
        return None
    if not by_guardian:
        return hours.quiet_until(school.zone, line.guardian_quiet, unit.now)
    covers = line.substitute is not None and line.substitute.reachable
    open_ = line.substitute_hours if covers else line.mentor_hours
    if open_ is None:
        return None
    return hours.opens_at(calendar_of(unit, line.school_id, school.zone), open_, unit.now)


def answer_by(unit: Unit, line: Line, reaches: datetime, school: SchoolSettings) -> datetime | None:
    """Until when the mentor answers what reaches the mentor then."""
    covers = line.substitute is not None and line.substitute.reachable
    open_ = line.substitute_hours if covers else line.mentor_hours
    if open_ is None:
        return None
    return hours.answer_by(calendar_of(unit, line.school_id, school.zone), open_, reaches, school.answer_days)


def say_held(context: Context, line: Line, by_guardian: bool, written: Written, places: tuple[int, ...]) -> None:
    """Tells the writer that it is kept, why, and what comes next: once for each reason and day, not for each message."""
    unit, who = context.unit, context.who
    day = unit.now.date().isoformat()
    for place in places[:1]:
        unit.queue(
            answers=True,
            bot_id=who.bot_id,
            chat_id=context.room or who.user_id,
            kind=say.REACT,
            payload=say.react(place, say.KEPT_SIGN),
        )
    reason = written.held or Held.UNREACHABLE
    side = "mentor" if by_guardian else "guardian"
    if reason not in KEPT_TEXTS:
        return
    tell(
        unit,
        context.reach,
        f"held.{side}_{reason.value}",
        dedupe_key=f"held:{written.thread_id}:{reason.value}:{side}:{day}",
        answers=True,
        child=line.pupil_name,
        mentor=line.mentor_name or "",
        relation=relation_word(context.language, line.relation),
    )
    if by_guardian:
        tell_admins(unit, line, reason, day)


def say_hours(context: Context, line: Line, by_guardian: bool, written: Written, at: datetime) -> None:
    """Tells the writer when it will be delivered, once for each thread and hour, with the way for what cannot wait."""
    unit = context.unit
    urgent = context.button("button.urgent", "urgent", written.message_id)
    key = f"held:{written.thread_id}:hours:{int(at.timestamp())}:{'g' if by_guardian else 'm'}"
    if by_guardian:
        due = answer_by(unit, line, at, context.school)
        covers = line.substitute is not None and line.substitute.reachable
        tell(
            unit,
            context.reach,
            "held.until_mentor",
            dedupe_key=key,
            answers=True,
            buttons=[[urgent]],
            mentor=(line.substitute_name if covers else line.mentor_name) or "",
            promise=promise_text(context.language, unit.now, at, due or at, context.school.zone),
        )
        return
    tell(
        unit,
        context.reach,
        "held.until_family",
        dedupe_key=key,
        answers=True,
        buttons=[[urgent]],
        child=line.pupil_name,
        relation=relation_word(context.language, line.relation),
        promise=promise_text(context.language, unit.now, at, None, context.school.zone),
    )


def tell_admins(unit: Unit, line: Line, reason: Held, day: str) -> None:
    """Tells the school's admins that a family cannot reach a mentor: once a day for each mentor."""
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
            tell_admins(unit, line, reason, day)


# --- out after all ---


def send(unit: Unit, going: list[Waiting], zone: str) -> int:
    """Sends what was held: gathered, one sound for each receiver. Answers how many messages."""
    heard: set[tuple[int, int]] = set()
    for one in going:
        message, to = one.message, one.to
        copies.queue(
            unit,
            Copy(
                line=one.line,
                by_guardian=message.by_guardian,
                author_id=message.author_id,
                thread_id=message.thread_id,
                message_id=message.message_id,
                body=message.body,
                to=to,
                item_id=message.item_id,
                edited_at=message.edited_at,
                hurried=message.hurried,
                zone=zone,
            ),
            origin=one.origin,
            reply_place=one.reply_place,
            reply_to_id=message.reply_to_id,
            silent=(to.bot_id, to.user_id) in heard,
            topic=topic_for(unit, to, message.thread_id),
        )
        heard.add((to.bot_id, to.user_id))
    return len(going)


def send_waiting(unit: Unit, person_ids: list[int], zone: str = "Asia/Shanghai") -> int:
    """Sends what was held for these people and can go now. Answers how many messages."""
    return send(unit, reaching.release(unit, person_ids), zone)


def send_missed(unit: Unit, zone: str) -> int:
    """Sends what was held for somebody who came back at that very moment. Answers how many messages."""
    return send(unit, reaching.release_missed(unit), zone)


def send_due(unit: Unit, zone: str) -> int:
    """Sends what has come to its hour; tells the writers of what turns out to have nobody to receive it."""
    going, stuck = reaching.release_due(unit)
    if stuck:
        tell_held(unit, {one.thread_id: one.by_guardian for one in stuck})
    return send(unit, going, zone)


def go_on(unit: Unit, message_id: int, school: SchoolSettings) -> bool:
    """A message that people have looked at goes on as an ordinary one, at its hour. False where it was not held."""
    message = load(unit, message_id)
    line = None if message is None else line_of_thread(unit, message.thread_id)
    if message is None or line is None or message.held_for is None:
        return False
    at = None if message.hurried else goes_at(unit, line, message.by_guardian, school)
    if at is not None:
        return reaching.hold_until(unit, message_id, at)
    one = reaching.release_one(unit, message_id)
    if one is None:
        reaching.waits_for_receiver(unit, message_id, line, message.by_guardian)
        tell_held(unit, {message.thread_id: message.by_guardian})
        return True
    return send(unit, [one], school.zone) == 1


def hurry(unit: Unit, message_id: int, school: SchoolSettings) -> bool:
    """What waits for its hour in this message's thread and direction goes at once. False where nothing does."""
    message = load(unit, message_id)
    return message is not None and send(unit, reaching.release_now(unit, message), school.zone) > 0


def mentor_changed(unit: Unit, changes: list[tuple[int, int | None, int | None]], zone: str = "Asia/Shanghai") -> None:
    """Pupils (id, old mentor, new mentor) have another mentor: what waits follows, and families meet the new one."""
    for pupil_id, old, new in changes:
        if old is not None:
            promises.moved(unit, pupil_id, old)
        send_waiting(unit, reaching.hand_over(unit, pupil_id, new), zone)
        if new is not None:
            _introduce(unit, pupil_id, new, zone, known=old is not None)


def _introduce(unit: Unit, pupil_id: int, mentor_id: int, zone: str, *, known: bool) -> None:
    """Tells the families of a pupil who answers from now on: once, and not in the night."""
    for line in lines_of_pupil(unit, pupil_id):
        reach = line.guardian
        if reach is None or not line.confirmed or not reach.reachable or line.mentor_id != mentor_id:
            continue
        at = hours.quiet_until(zone, line.guardian_quiet, unit.now)
        tell(
            unit,
            reach,
            "relay.new_mentor" if known else "relay.first_mentor",
            dedupe_key=f"mentor:{pupil_id}:{mentor_id}:{line.guardian_id}:{unit.now.date().isoformat()}",
            lane=Lane.REMINDER,
            due_at=None if at is None else to_ms(at),
            child=line.pupil_name,
            mentor=line.mentor_name or "",
        )
