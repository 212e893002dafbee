"""Who hears what when an appointment is agreed, moved or called off; and its calendar file, whose sequence rises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from handlers import invitation, say, telling
from handlers.appointments import shown
from handlers.appointments.shown import Teacher
from handlers.context import SchoolSettings
from handlers.texts import listed, render, words
from models.appointments import visits
from models.appointments.booking import Result
from models.appointments.states import OUTSIDE, Purpose, Reply, VisitState
from models.appointments.tables import Visit
from models.appointments.visits import Guest, Names
from models.base import from_ms
from models.queues import Lane
from models.standing import Reach
from models.unit import Unit, sql


def teachers_word(language: str, unit: Unit, visit: Visit) -> str:
    """The names of the teachers who come: not of one who was only asked."""
    names = visits.names(unit, visit.id)
    if visits.bound(visit) is None:
        names = replace(names, companion="")
    return names_word(language, names)


def names_word(language: str, names: Names) -> str:
    """The same where the names were read before."""
    return listed(language, (one for one in (names.mentor, names.companion) if one))


def confirmed(unit: Unit, before: Visit, school: SchoolSettings, actor: int) -> None:
    """Tells everybody but who just did it that the time is agreed; everybody gets the calendar file.

    `before` is the row as it was: who was to come and is not needed any more hears that too.
    """
    visit_id, moved = before.id, before.state == VisitState.CONFIRMED
    visit = visits.must(unit, visit_id)
    child = visits.names(unit, visit_id)
    people: dict[str, Any] = {
        "child": child.child,
        "school_class": child.school_class,
        "teachers": lambda language: teachers_word(language, unit, visit),
    }
    hour = visit.purpose == Purpose.HOUR
    for guest in visits.guests(unit, visit_id):
        if guest.reply in (Reply.HOST, Reply.JOINED):
            if guest.guardian_id != actor:
                actions = [("button.visit_topics", "vtopics"), ("button.visit_menu", "vmenu")]
                key = "visit.moved_family" if moved else "visit.confirmed_family"
                shown.tell_guests(
                    unit, [guest], school, key, visit, "confirmed", actions=actions, before=before.starts_at, **people
                )
            calendar_file(unit, visit, school, guest=guest)
        elif not hour and guest.reply is Reply.INVITED:
            key = "visit.moved_other" if moved else "visit.confirmed_other"
            shown.tell_guests(
                unit, [guest], school, key, visit, "joins", actions=[("button.visit_join", "vjoin")], **people
            )
    for one in shown.teachers(unit, visit):
        if one.person_id != actor:
            key = "visit.moved_teacher" if moved else "visit.confirmed_teacher"
            menu = [("button.visit_details", "vmenu")]
            shown.tell_teacher(
                unit, one, school, key, visit, "confirmed", actions=menu, before=before.starts_at, **people
            )
        calendar_file(unit, visit, school, teacher=one)
    if moved:
        coming = {one.person_id for one in shown.teachers(unit, visit)}
        freed = [one for one in shown.teachers(unit, before) if one.person_id not in coming]
        ended(unit, before, school, None, "released", [], freed)


def ended(
    unit: Unit,
    visit: Visit,
    school: SchoolSettings,
    actor: int | None,
    key: str,
    attending: Iterable[Guest],
    teachers: Iterable[Teacher],
) -> None:
    """Tells those who would have come that it does not take place (any more); the calendar forgets it.

    `visit` is the row before its time was let go; people are those of before, too.
    """
    now = visits.must(unit, visit.id)
    names = visits.names(unit, visit.id)
    at = visit.starts_at or visit.wish_at
    if at is None:
        # No time was chosen yet: only the invitation is taken back.
        key = "withdrawn"
    values: dict[str, Any] = {
        "child": names.child,
        "mentor": names.mentor,
        "time": lambda language: telling.when(language, at, school.zone) if at is not None else "",
    }
    for guest in attending:
        if at is None and not _was_invited(unit, visit.id, guest.guardian_id):
            continue
        if guest.guardian_id != actor:
            # Who still has something to decide finds it below.
            menu = [("button.visit_menu", "vmenu")] if key == "unconfirmed" else []
            shown.tell_guests(
                unit, [guest], school, f"visit.{key}_family", now, "ended", actions=menu, before=at, **values
            )
        if visit.confirmed_at is not None and visit.starts_at is not None:
            calendar_file(unit, visit, school, guest=guest, sequence=now.sequence, cancelled=True)
    for one in teachers:
        if one.person_id != actor:
            shown.tell_teacher(unit, one, school, f"visit.{key}_teacher", now, "ended", before=at, **values)
        if visit.confirmed_at is not None and visit.starts_at is not None:
            calendar_file(unit, visit, school, teacher=one, sequence=now.sequence, cancelled=True)


_SENT = sql("SELECT 1 FROM outbox WHERE dedupe_key = :key AND state IN ('sent', 'sending')")


_WAITING = sql("SELECT 1 FROM outbox WHERE state = 'waiting' AND lane IN (-1, 2) AND dedupe_key LIKE :keys LIMIT 1")


def waits_to_be_told(unit: Unit, visit_id: int) -> bool:
    """Whether somebody has still to hear of it: what was said out of hours waits for them."""
    return unit.execute(_WAITING, keys=f"visit:{visit_id}:%").first() is not None


def invitation_key(visit_id: int, guardian_id: int) -> str:
    """The invitation's own key: each guardian is invited to an appointment once."""
    return f"visit:{visit_id}:invited:{guardian_id}"


def _was_invited(unit: Unit, visit_id: int, guardian_id: int) -> bool:
    """Whether the invitation has gone out: one that waited for the morning is simply not sent."""
    return unit.execute(_SENT, key=invitation_key(visit_id, guardian_id)).first() is not None


def calendar_file(
    unit: Unit,
    visit: Visit,
    school: SchoolSettings,
    *,
    guest: Guest | None = None,
    teacher: Teacher | None = None,
    sequence: int | None = None,
    cancelled: bool = False,
) -> None:
    """The appointment for somebody's own calendar: no address, nobody's name but the child's and the teachers'."""
    reach, hears = _who(unit, school, visit, guest, teacher)
    if reach is None or visit.starts_at is None or visit.ends_at is None:
        return
    language = reach.language
    names = visits.names(unit, visit.id)
    number = visit.sequence if sequence is None else sequence
    person = guest.guardian_id if guest is not None else teacher.person_id if teacher is not None else 0
    what = shown.heading(language, visit)
    content = invitation.drawn(
        uid=f"visit-{visit.id}@mentor-bot",
        sequence=number,
        cancelled=cancelled,
        begins=from_ms(visit.starts_at),
        ends=from_ms(visit.ends_at),
        title=words(language, "visit.calendar_title", what=what, child=names.child),
        about=words(language, "visit.calendar_about", teachers=teachers_word(language, unit, visit)),
        place=shown.form_word(language, visit.form),
        alarm_minutes=() if cancelled else (120,),
        now=unit.now,
    )
    # Somebody's first file says nothing of a change, however often the time has changed before.
    again = any(unit.execute(_SENT, key=f"visit:{visit.id}:{one}:file:{person}").first() for one in range(number))
    key = "visit.calendar_cancelled" if cancelled else "visit.calendar_again" if again else "visit.calendar"
    caption = render(language, key)
    unit.queue(
        bot_id=reach.bot_id,
        chat_id=reach.user_id,
        kind=say.FILE,
        lane=Lane.REMINDER,
        payload=say.file(
            f"{words(language, 'visit.calendar_name', what=what)}.ics",
            content,
            caption,
            silent=True,
            free=True,
            mark=telling.repeat_mark(language, caption),
        ),
        dedupe_key=f"visit:{visit.id}:{number}:{'cancel' if cancelled else 'file'}:{person}",
        due_at=hears,
        useful_until=visit.ends_at,
    )


def _who(
    unit: Unit, school: SchoolSettings, visit: Visit, guest: Guest | None, teacher: Teacher | None
) -> tuple[Reach | None, int | None]:
    if guest is not None:
        return guest.reach, shown.guardian_hears(unit, guest, school.zone, visit.starts_at)
    if teacher is not None:
        return teacher.reach, shown.teacher_hears(unit, teacher, school, visit.starts_at)
    return None, None


def asks_companion(unit: Unit, visit_id: int, school: SchoolSettings, *, again: str = "") -> None:
    """Asks the second teacher who was named to come along at the time that the family chose."""
    visit = visits.must(unit, visit_id)
    companion = shown.asked_companion(unit, visit)
    if companion is None or companion.reach is None or visit.wish_at is None:
        return
    names, reach = visits.names(unit, visit_id), companion.reach
    minute = visit.wish_at // 60_000
    moves = visit.state == VisitState.CONFIRMED and visit.form in OUTSIDE and visit.starts_at is not None
    old: dict[str, Any] = {"old": telling.when(reach.language, visit.starts_at or 0, school.zone)} if moves else {}
    telling.tell(
        unit,
        reach,
        "visit.companion_asked_move" if moves else "visit.companion_asked",
        dedupe_key=f"visit:{visit.id}:{visit.version}:companion{again}:{companion.person_id}",
        due_at=shown.teacher_hears(unit, companion, school, visit.wish_at),
        useful_until=visit.wish_at,
        buttons=[
            [
                telling.button(unit, reach, "button.companion_yes", "vcyes", visit.id, minute),
                telling.button(unit, reach, "button.companion_no", "vcno", visit.id, minute),
            ]
        ],
        mentor=names.mentor,
        child=names.child,
        school_class=names.school_class,
        time=telling.when(reach.language, visit.wish_at, school.zone),
        form=shown.form_word(reach.language, visit.wish_form),
        **old,
    )


def needs_companion(
    unit: Unit, visit_id: int, school: SchoolSettings, *, refused: bool = False, again: str = ""
) -> None:
    """Asks the mentor who could come along."""
    visit = visits.must(unit, visit_id)
    names = visits.names(unit, visit_id)
    key = "visit.companion_refused" if refused else "visit.companion_needed"
    wish = visit.wish_at
    shown.tell_teacher(
        unit,
        shown.mentor_of(unit, visit),
        school,
        key,
        visit,
        f"companion{again}",
        actions=[("button.companion_choose", "vcomp"), ("button.visit_details", "vmenu")],
        child=names.child,
        time=lambda language: telling.when(language, wish, school.zone) if wish is not None else "",
        form=lambda language: shown.form_word(language, visit.wish_form),
    )


def companion_lost(
    unit: Unit,
    before: Visit,
    school: SchoolSettings,
    result: Result,
    companion: int,
    attending: Iterable[Guest],
    teachers: Iterable[Teacher],
) -> None:
    """Tells what follows when the second teacher cannot, or has left the school: `result` is of `companion_refuses`.

    The row and the people are those of before.
    """
    if result is Result.GONE:
        # Only the new time was asked about: the old one stands, and the guardian hears it.
        asked = [one for one in attending if one.guardian_id == before.wish_by]
        choose_again(unit, before.id, school, "visit.again_kept", before, asked)
    if result is not Result.NEEDS_COMPANION:
        return
    now = visits.must(unit, before.id)
    if before.state == VisitState.CONFIRMED:
        ended(unit, before, school, companion, "unconfirmed", attending, [])
        for one in teachers:
            # The mentor hears what to do about it below; the calendars forget it now.
            calendar_file(unit, before, school, teacher=one, sequence=now.sequence, cancelled=True)
    if now.wish_at is not None:
        needs_companion(unit, before.id, school, refused=True)


def asks_mentor(unit: Unit, visit_id: int, school: SchoolSettings, *, again: str = "") -> None:
    """Asks the mentor whether a time that a guardian proposed will do."""
    visit = visits.must(unit, visit_id)
    mentor = shown.mentor_of(unit, visit)
    if mentor.reach is None or visit.wish_at is None:
        return
    names, reach = visits.names(unit, visit_id), mentor.reach
    telling.tell(
        unit,
        reach,
        "visit.proposed_mentor",
        dedupe_key=f"visit:{visit.id}:{visit.version}:proposed{again}:{mentor.person_id}",
        due_at=shown.teacher_hears(unit, mentor, school, visit.wish_at),
        useful_until=visit.wish_at,
        buttons=[
            [
                telling.button(unit, reach, "button.proposal_yes", "vpyes", visit.id, visit.wish_at // 60_000),
                telling.button(unit, reach, "button.proposal_no", "vpno", visit.id, visit.wish_at // 60_000),
            ]
        ],
        child=names.child,
        time=telling.when(reach.language, visit.wish_at, school.zone),
        form=shown.form_word(reach.language, visit.wish_form),
    )


def choose_again(
    unit: Unit, visit_id: int, school: SchoolSettings, key: str, before: Visit, guests: Iterable[Guest]
) -> None:
    """The family chooses once more, because the time it had (or wished for) cannot be."""
    visit = visits.must(unit, visit_id)
    names = visits.names(unit, visit_id)
    at = before.wish_at or before.starts_at
    for guest in guests:
        reach = guest.reach
        if reach is None or visit.state not in (VisitState.INVITED, VisitState.CONFIRMED):
            continue
        rows = form_rows(unit, reach, visit)
        old = ""
        if visit.state == VisitState.CONFIRMED and visit.starts_at is not None:
            rows = [[telling.button(unit, reach, "button.visit_menu", "vmenu", visit.id)]]
            old = telling.when(reach.language, visit.starts_at, school.zone)
        telling.tell(
            unit,
            reach,
            key,
            dedupe_key=f"visit:{visit.id}:{visit.version}:again:{guest.guardian_id}",
            due_at=shown.guardian_hears(unit, guest, school.zone, at),
            buttons=rows,
            child=names.child,
            mentor=names.mentor,
            what=shown.title(reach.language, visit),
            time=telling.when(reach.language, at, school.zone) if at is not None else "",
            old=old,
        )


def form_rows(unit: Unit, reach: Reach, visit: Visit) -> list[list[say.Button]]:
    """A button for each form, and the one that says no."""

    def one(form: str) -> say.Button:
        return telling.button(unit, reach, f"button.form_{form}", "vform", visit.id, form)

    if visit.purpose == Purpose.HOUR:
        rows = [[telling.button(unit, reach, "button.visit_times", "vform", visit.id, "school")]]
    else:
        rows = [[one("home"), one("school")], [one("public")], [one("video"), one("phone")]]
    if visit.state in (VisitState.ACCEPTED, VisitState.CONFIRMED):
        rows.append([telling.button(unit, reach, "button.back", "vmenu", visit.id)])
    else:
        key = "button.visit_drop" if visit.state == VisitState.PLANNED else "button.visit_no"
        rows.append([telling.button(unit, reach, key, "vno", visit.id)])
    return rows
