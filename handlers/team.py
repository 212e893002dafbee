"""/team: the class team's rhythm. A daily touch in one tap, a weekly meeting with its tasks, a monthly review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from handlers import say
from handlers.context import CommandHandler, Context, Press, SchoolSettings, tell
from handlers.digest import short_day
from handlers.incoming import Commanded, Wrote
from handlers.texts import Block, clock, words
from models import absence, promises
from models.base import from_ms
from models.calendar import calendar_of
from models.duties import digests, due, forms, marks
from models.duties.due import monday
from models.duties.forms import Asked
from models.people import Person
from models.queues import Lane
from models.standing import Reach, families
from models.team import decisions, members, touch
from models.team.members import Member, Team
from models.unit import Unit

LATE_MINUTES = 180
"""A summary that is this late is no help any more."""
LONGEST_NOTE = 300
SHORT = 120
"""Characters of a note or a task within a list: a message has 4096 at most."""
LONGEST_SUMMARY = 3000
DATES = 4
"""Days offered for a task: the next Fridays."""


def team_here(context: Context, class_id: int) -> Team | None:
    """The class's team, where this person belongs to it; otherwise the press is answered."""
    team = members.team_of(context.unit, context.who, class_id)
    if team is None:
        context.toast("help.button_gone", alert=True)
    return team


def me(context: Context) -> int:
    """The member of staff who acts."""
    staff = context.who.staff
    return 0 if staff is None else staff.person_id


def leads(context: Context, team: Team) -> bool:
    """Whether this person is the class's chief mentor."""
    return team.chief_id == me(context)


def today_of(context: Context) -> date:
    """The school's day."""
    return context.unit.now.astimezone(ZoneInfo(context.school.zone)).date()


def show(context: Context, _event: Commanded | None = None) -> None:
    """/team: the own class, or which one."""
    teams = members.teams_of(context.unit, context.who)
    if not teams:
        context.say("team.none")
        return
    context.toast()
    if len(teams) == 1:
        _show(context, teams[0])
        return
    context.change("team.which", buttons=[[context.named(one.name, "tteam", one.class_id)] for one in teams[:20]])


def open_(context: Context, class_id: int) -> None:
    """One class."""
    team = team_here(context, class_id)
    if team is not None:
        context.toast()
        _show(context, team)


def _show(context: Context, team: Team) -> None:
    unit, language, today = context.unit, context.language, today_of(context)
    people = {one.person_id: one.name for one in members.members(unit, team.class_id)}
    minute = touch.hour(unit, team.class_id)
    said = touch.said(unit, team.class_id, today - timedelta(days=touch.KEPT_DAYS - 1))
    now = {one.person_id for one in said if one.day == today}
    lines = [context.words("team.title", name=team.name)]
    if minute is not None:
        lines.append(context.words("team.touch_today", time=clock(minute), said=len(now), all=len(people)))
    noted = [one for one in said if one.note]
    if noted:
        lines.append(context.words("team.notes"))
    lines += [
        context.words(
            "team.note",
            day=short_day(language, one.day),
            name=people.get(one.person_id) or _name(unit, one.person_id),
            note=one.note[:SHORT],
        )
        for one in noted[-8:]
    ]
    rows = [
        [
            context.button("button.touch_nothing", "tnothing", team.class_id),
            context.button("button.touch_say", "tsay", team.class_id),
        ]
    ]
    for task in [one for one in decisions.open_of_class(unit, team.class_id) if one.owner_id == me(context)][:5]:
        lines.append(context.words("team.task", text=task.text[:SHORT], day=short_day(language, task.due_on)))
        rows.append([context.button("button.task_done", "tdone", task.id, text=task.text)])
    rows.append(
        [
            context.button("button.agenda", "tagenda", team.class_id),
            context.button("button.review", "treview", team.class_id),
        ]
    )
    if leads(context, team):
        key = "button.touch_off" if minute is None else "button.touch_on"
        rows.append([context.button(key, "thour", team.class_id, time="" if minute is None else clock(minute))])
    context.change("team.view", buttons=rows, lines=Block("\n".join(lines)))


def _name(unit: Unit, person_id: int) -> str:
    person = unit.session.get(Person, person_id)
    return "" if person is None else unit.vault.open("person", person.id, "name", person.sealed_name)


# --- the daily touch ---


def nothing(context: Context, class_id: int) -> None:
    """Nothing today."""
    team = team_here(context, class_id)
    if team is None:
        return
    touch.say(context.unit, class_id, me(context), today_of(context), "")
    context.toast("team.nothing_noted")
    _show(context, team)


def ask_note(context: Context, class_id: int) -> None:
    """One note to the team."""
    team = team_here(context, class_id)
    if team is None:
        return
    context.toast()
    forms.ask(context.unit, context.who, "touch", class_id)
    context.change("team.ask_note", buttons=[[context.button("button.team_back", "tteam", class_id)]], name=team.name)


def takes_note(context: Context, event: Wrote, wanted: Asked) -> bool:
    """The note as it was typed."""
    team = members.team_of(context.unit, context.who, wanted.subject_id)
    if team is None:
        return False
    text = event.text.strip()
    if len(text) > LONGEST_NOTE:
        context.say("team.too_long", most=LONGEST_NOTE, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    touch.say(context.unit, team.class_id, me(context), today_of(context), text)
    rows = [
        [
            context.button("button.touch_drop", "tnothing", team.class_id),
            context.button("button.team_back", "tteam", team.class_id),
        ]
    ]
    context.say("team.note_kept", buttons=rows, name=team.name, note=text)
    return True


def ask_hour(context: Context, class_id: int) -> None:
    """Until when, or not at all."""
    team = team_here(context, class_id)
    if team is None or not leads(context, team):
        return
    context.toast()
    rows = [[context.named(clock(one), "thourset", class_id, one) for one in touch.HOURS]]
    rows.append([context.button("button.touch_none", "thourset", class_id, 0)])
    context.change("team.ask_hour", buttons=[*rows, [context.button("button.team_back", "tteam", class_id)]])


def set_hour(context: Context, class_id: int, minute: int) -> None:
    """Switches the class's touch on or off."""
    team = team_here(context, class_id)
    if team is None or not leads(context, team) or minute not in (0, *touch.HOURS):
        return
    touch.set_hour(context.unit, class_id, minute or None, me(context))
    context.toast("week.noted")
    _show(context, team)


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    """Asks who has said nothing an hour ahead, gives the chief mentor the day's notes at the hour; each once."""
    local = unit.now.astimezone(ZoneInfo(school.zone))
    today, minute = local.date(), local.hour * 60 + local.minute
    for one in touch.open_today(unit, today, minute + touch.AHEAD):
        if not school.covers(unit, one.school_id):
            continue
        if not calendar_of(unit, one.school_id, school.zone).is_school_day(today):
            continue
        if minute < one.minute:
            if unit.once(f"touch:{one.class_id}:{today}", bot_id, 0):
                _ask_all(unit, bot_id, one.class_id, today, one.minute, school)
        elif minute > one.minute + LATE_MINUTES:
            touch.claim(unit, one.class_id, today, "expired")
        elif touch.claim(unit, one.class_id, today, "sent"):
            _summary(unit, bot_id, one, today)
    if unit.once(f"touch:forget:{today}", bot_id, 0):
        touch.forget(unit, today)


def _ask_all(unit: Unit, bot_id: int, class_id: int, today: date, minute: int, school: SchoolSettings) -> None:
    people = members.members(unit, class_id)
    done = {one.person_id for one in touch.said(unit, class_id, today)}
    away = {
        one.mentor_id
        for one in absence.of_mentors(unit, [one.person_id for one in people])
        if one.starts_at <= unit.now_ms
    }
    for one in people:
        reach = one.reach
        if reach is None or not reach.reachable or reach.bot_id != bot_id or one.person_id in done | away:
            continue
        if not digests.prompt(unit, one.person_id, school.zone, "touch"):
            continue

        def button(key: str, action: str, to: Reach = reach) -> say.Button:
            return say.Button(words(to.language, key), say.sign(unit.vault, to.bot_id, to.user_id, action, class_id))

        tell(
            unit,
            reach,
            "team.asked",
            dedupe_key=f"touch:{class_id}:{one.person_id}:{today}",
            buttons=[[button("button.touch_nothing", "tnothing"), button("button.touch_say", "tsay")]],
            lane=Lane.REMINDER,
            time=clock(minute),
        )


def _summary(unit: Unit, bot_id: int, one: touch.Hour, today: date) -> None:
    people = members.members(unit, one.class_id)
    names = {member.person_id: member.name for member in people}
    chief = next((member for member in people if member.person_id == one.chief_id), None)
    said = touch.said(unit, one.class_id, today)
    noted = [word for word in said if word.note and word.person_id != one.chief_id]
    if chief is None or chief.reach is None or not noted or chief.reach.bot_id != bot_id or not chief.reach.reachable:
        return
    language = chief.reach.language
    lines = [
        words(language, "team.said", name=names.get(word.person_id) or _name(unit, word.person_id), note=word.note)
        for word in noted
    ]
    quiet = sum(1 for word in said if not word.note)
    tell(
        unit,
        chief.reach,
        "team.summary" if quiet else "team.summary_all",
        dedupe_key=f"touch:summary:{one.class_id}:{today}",
        lane=Lane.REMINDER,
        lines=Block("\n".join(lines)[:LONGEST_SUMMARY]),
        quiet=quiet,
    )


# --- the weekly meeting ---


def agenda(context: Context, class_id: int) -> None:
    """What the meeting looks at, from the record: open threads by number, absences, what is due, what was decided."""
    team = team_here(context, class_id)
    if team is None:
        return
    context.toast()
    unit, language, today = context.unit, context.language, today_of(context)
    people = members.members(unit, class_id)
    lines = [context.words("team.agenda_title", name=team.name, day=short_day(language, today))]
    lines += _waiting_lines(context, team, people)
    away = [
        one
        for one in absence.of_mentors(unit, [one.person_id for one in people])
        if one.starts_at < unit.now_ms + 7 * 86_400_000
    ]
    lines += [
        context.words(
            "team.agenda_away",
            name=one.mentor_name,
            substitute=one.substitute_name,
            day=short_day(language, from_ms(one.ends_at).astimezone(ZoneInfo(context.school.zone)).date()),
        )
        for one in away
    ]
    counts = _due_counts(context, team, people)
    if counts:
        lines.append(context.words("team.agenda_due", kinds=" · ".join(counts)))
    tasks = decisions.open_of_class(unit, class_id)
    names = {one.person_id: one.name for one in people}
    rows: list[list[say.Button]] = []
    if tasks:
        lines.append(context.words("team.agenda_tasks"))
    for task in tasks[:8]:
        owner = names.get(task.owner_id) or _name(unit, task.owner_id)
        lines.append(
            context.words("team.agenda_task", text=task.text[:SHORT], name=owner, day=short_day(language, task.due_on))
        )
        if task.owner_id == me(context) or leads(context, team):
            rows.append([context.button("button.task_done", "tdone", task.id, text=task.text)])
    if len(lines) == 1:
        lines.append(context.words("team.agenda_nothing"))
    if leads(context, team):
        rows.append(
            [context.button("button.decide", "tdecide", class_id), context.button("button.met", "tmet", class_id)]
        )
    rows.append([context.button("button.team_back", "tteam", class_id)])
    context.change("team.view", buttons=rows, lines=Block("\n".join(lines)))


def number_of(thread_id: int) -> str:
    """How a thread is called where its family is not named: short, and the same every time."""
    return f"#{say.short(thread_id)[-4:].upper()}"


def _waiting_lines(context: Context, team: Team, people: list[Member]) -> list[str]:
    """Who waits, as numbers; the own families by name, since this person knows them anyway."""
    unit = context.unit
    children = {child.pupil_id for child in members.pupils(unit, team.class_id)}
    own = {line.thread_id: line.pupil_name for line in families(unit, context.who)}
    waiting = [
        one
        for one in promises.waiting(unit, [one.person_id for one in people])
        if marks.pupil_of(unit, one.thread_id) in children
    ]
    if not waiting:
        return []
    shown = [
        f"{number_of(one.thread_id)}{'' if one.thread_id not in own else f' {own[one.thread_id]}'}"
        for one in waiting[:8]
    ]
    days = (unit.now - from_ms(waiting[0].since)).days
    return [
        context.words(
            "team.agenda_waiting",
            count=len(waiting),
            days=days,
            ids=("、" if context.language == "zh_CN" else ", ").join(shown),
        )
    ]


def _due_counts(context: Context, team: Team, people: list[Member]) -> list[str]:
    unit, zone = context.unit, context.school.zone
    children = {child.pupil_id for child in members.pupils(unit, team.class_id)}
    sunday = monday(today_of(context)) + timedelta(days=6)
    counts: dict[str, int] = {}
    for dues in due.of_mentors(unit, [one.person_id for one in people], zone).values():
        for one in dues:
            if one.kind.subject == "pupil" and one.subject_id in children and one.due_on <= sunday:
                title = one.kind.title(context.language)
                counts[title] = counts.get(title, 0) + 1
    return [f"{title} {count}" for title, count in counts.items()]


def met(context: Context, class_id: int) -> None:
    """The meeting was held."""
    team = team_here(context, class_id)
    staff = context.who.staff
    if team is None or staff is None or not leads(context, team):
        return
    marks.put(context.unit, staff.school_id, "weekly_meeting", class_id, due.DONE, staff.person_id, context.school.zone)
    context.toast("week.noted")
    _show(context, team)


def ask_decision(context: Context, class_id: int) -> None:
    """What was decided?"""
    team = team_here(context, class_id)
    if team is None or not leads(context, team):
        return
    context.toast()
    forms.ask(context.unit, context.who, "decision", class_id)
    context.change("team.ask_decision", buttons=[[context.button("button.agenda_back", "tagenda", class_id)]])


def takes_decision(context: Context, event: Wrote, wanted: Asked) -> bool:
    """A decision as it was typed: who does it, and by when, are two taps."""
    team = members.team_of(context.unit, context.who, wanted.subject_id)
    if team is None or not leads(context, team):
        return False
    text = event.text.strip()
    if len(text) > decisions.LONGEST:
        context.say("team.too_long", most=decisions.LONGEST, reply_to=event.place_id)
        return True
    forms.end(context.unit, context.who)
    task = decisions.put(context.unit, team.class_id, text, me(context), _fridays(today_of(context))[0])
    _show_task(context, task)
    return True


def _fridays(today: date) -> list[date]:
    first = today + timedelta(days=(4 - today.weekday()) % 7 or 7)
    return [first + timedelta(days=7 * one) for one in range(DATES)]


def _own_task(context: Context, task_id: int) -> tuple[decisions.Task, Team] | None:
    task = decisions.one(context.unit, task_id)
    team = None if task is None else members.team_of(context.unit, context.who, task.class_id)
    if task is None or team is None or not (leads(context, team) or task.owner_id == me(context)):
        context.toast("help.button_gone", alert=True)
        return None
    return task, team


def _show_task(context: Context, task_id: int) -> None:
    own = _own_task(context, task_id)
    if own is None:
        return
    task, team = own
    people = members.members(context.unit, team.class_id)
    owners = [
        context.named(f"{'✓ ' if one.person_id == task.owner_id else ''}{one.name}", "towner", task_id, one.person_id)
        for one in people[:12]
    ]
    dates = [
        context.named(f"{'✓ ' if day == task.due_on else ''}{short_day(context.language, day)}", "tdue", task_id, at)
        for at, day in enumerate(_fridays(today_of(context)))
    ]
    rows = [owners[at : at + 3] for at in range(0, len(owners), 3)]
    rows += [
        dates,
        [context.button("button.task_drop", "tdrop", task_id)],
        [context.button("button.agenda_back", "tagenda", team.class_id)],
    ]
    owner = next((one.name for one in people if one.person_id == task.owner_id), "")
    context.change(
        "team.task_kept", buttons=rows, text=task.text, name=owner, day=short_day(context.language, task.due_on)
    )


def set_owner(context: Context, task_id: int, person_id: int) -> None:
    """Who does it."""
    own = _own_task(context, task_id)
    if own is None or person_id not in {one.person_id for one in members.members(context.unit, own[1].class_id)}:
        return
    context.toast()
    decisions.set_owner(context.unit, task_id, person_id)
    _show_task(context, task_id)


def set_due(context: Context, task_id: int, which: int) -> None:
    """By when."""
    if _own_task(context, task_id) is None or not 0 <= which < DATES:
        return
    context.toast()
    decisions.set_due(context.unit, task_id, _fridays(today_of(context))[which])
    _show_task(context, task_id)


def drop_task(context: Context, task_id: int) -> None:
    """It was none after all."""
    own = _own_task(context, task_id)
    if own is None:
        return
    decisions.drop(context.unit, task_id)
    agenda(context, own[1].class_id)


def task_done(context: Context, task_id: int) -> None:
    """It is done."""
    own = _own_task(context, task_id)
    if own is None:
        return
    decisions.done(context.unit, task_id)
    context.toast("week.noted")
    _show(context, own[1])


TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {
    "touch": takes_note,
    "decision": takes_decision,
}
COMMANDS: dict[str, CommandHandler] = {"team": show}
PRESSES: dict[str, Press] = {
    "tteam": Press(open_, (int,)),
    "tnothing": Press(nothing, (int,)),
    "tsay": Press(ask_note, (int,)),
    "thour": Press(ask_hour, (int,)),
    "thourset": Press(set_hour, (int, int)),
    "tagenda": Press(agenda, (int,)),
    "tmet": Press(met, (int,)),
    "tdecide": Press(ask_decision, (int,)),
    "towner": Press(set_owner, (int, int)),
    "tdue": Press(set_due, (int, int)),
    "tdrop": Press(drop_task, (int,)),
    "tdone": Press(task_done, (int,)),
}
