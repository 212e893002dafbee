"""/week: the list of now, and what can be said about a duty in one tap."""

from __future__ import annotations

from handlers import say
from handlers.context import CommandHandler, Context, Press
from handlers.digest import ELSEWHERE, build, subject_name
from handlers.incoming import Commanded
from handlers.texts import Block, clock, words
from handlers.waiting import show as show_waiting
from models import absence
from models.appointments import todo
from models.checklist import coverage, items
from models.duties import due, kinds, marks
from models.people import Person, RoleKind
from models.standing import lines_of_pupil, roles
from models.team import decisions, members
from models.unit import Unit

PAGE = 8
"""Colleagues that are offered."""


# --- shown on request ---


def _me(context: Context) -> int | None:
    """The member of staff, where it is a mentor, or covers for one, or leads a class."""
    staff = context.who.staff
    return None if staff is None else staff.person_id


def show(context: Context, _event: Commanded | None = None) -> None:
    """/week: the list of now."""
    _show(context)


def show_all(context: Context, page: int) -> None:
    """Everything that is due this week, page by page."""
    _show(context, page)


def _show(context: Context, page: int | None = None) -> None:
    me = _me(context)
    if me is None:
        context.say("help.staff" if context.who.has_joined else "help.stranger")
        return
    context.toast()
    unit, school = context.unit, context.school
    view = build(unit, context.reach, me, due.of_mentor(unit, me, school.zone), school, page=page)
    if not view.lines:
        context.change("week.nothing" if me in absence.in_charge(unit, me) else "week.away")
        return
    context.change("week.view", buttons=view.rows, lines=Block("\n".join(view.lines)))


def open_list(context: Context) -> None:
    """Everybody who waits."""
    show_waiting(context)


# --- one duty ---


def _own(context: Context, code: str, subject_id: int) -> tuple[kinds.Kind, int, int] | None:
    """The kind, the school and the person, where this account may say something about the duty."""
    staff = context.who.staff
    kind = None if staff is None else kinds.kind_of(context.unit, staff.school_id, code)
    if staff is None or kind is None or not marks.may(context.unit, staff.person_id, kind.subject, code, subject_id):
        context.toast("help.button_gone", alert=True)
        return None
    return kind, staff.school_id, staff.person_id


def write(context: Context, pupil_id: int) -> None:
    """What to write about: what is due on the pupil's checklist stands first; how often one has written lately."""
    if _own(context, "family_contact", pupil_id) is None:
        return
    context.toast()
    unit = context.unit
    cells = coverage.grid(unit, pupil_id, context.school.zone)
    wanted = [cell.item for cell in cells if cell.state == coverage.DUE and cell.item.level < 2][:5]
    good = next((cell.item for cell in cells if cell.item.code == "A3"), None)
    if good is not None:
        wanted = [good, *(one for one in wanted if one.id != good.id)][:6]
    rows = [[context.named(one.title(context.language), "kwrite", pupil_id, one.id)] for one in wanted]
    rows.append([context.button("button.week_other_topic", "kw")])
    rows.append([context.button("button.week_back", "week")])
    often = marks.written_lately(unit, _threads(unit, pupil_id))
    context.change(
        "week.write_often" if often >= marks.OFTEN else "week.write",
        buttons=rows,
        child=subject_name(unit, "pupil", pupil_id),
        count=often,
    )


def _threads(unit: Unit, pupil_id: int) -> list[int]:
    return [line.thread_id for line in lines_of_pupil(unit, pupil_id) if line.thread_id is not None]


def done(context: Context, code: str, subject_id: int) -> None:
    """Done elsewhere: noted at once; for a talk with the family, what it was about may be added."""
    own = _own(context, code, subject_id)
    if own is None:
        return
    kind, school_id, person = own
    unit = context.unit
    if marks.said(unit, code, subject_id)[0] != due.DONE or _is_due(context, person, code, subject_id):
        marks.put(unit, school_id, code, subject_id, due.DONE, person, context.school.zone)
    context.toast("week.noted")
    _after(context, kind, subject_id)


def _is_due(context: Context, person: int, code: str, subject_id: int) -> bool:
    dues = due.of_mentor(context.unit, person, context.school.zone)
    return any(one.kind.code == code and one.subject_id == subject_id for one in dues)


def _after(context: Context, kind: kinds.Kind, subject_id: int) -> None:
    unit, code = context.unit, kind.code
    name = subject_name(unit, kind.subject, subject_id)
    shown = f"{kind.title(context.language)} {name}".strip()
    rows: list[list[say.Button]] = []
    key = "week.done"
    if kind.subject == "pupil" and code != "written_note":
        _, covered = marks.said(unit, code, subject_id)
        cells = coverage.grid(unit, subject_id, context.school.zone)
        key = "week.done_items"
        for cell in [
            one for one in cells if one.item.level < 2 and (one.state == coverage.DUE or one.item.code in covered)
        ][:6]:
            sign = "✓ " if cell.item.code in covered else ""
            rows.append(
                [context.named(f"{sign}{cell.item.title(context.language)}", "witem", code, subject_id, cell.item.id)]
            )
        if not rows:
            key = "week.done"
    rows.append(
        [context.button("button.week_undo", "wundo", code, subject_id), context.button("button.week_back", "week")]
    )
    context.change(key, buttons=rows, what=shown)


def item(context: Context, code: str, subject_id: int, item_id: int) -> None:
    """It was about this item of the checklist."""
    own, found = _own(context, code, subject_id), items.item(context.unit, item_id)
    if own is None or found is None or own[0].subject != "pupil":
        return
    marks.covered(context.unit, own[1], code, subject_id, found.code, own[2], context.school.zone)
    context.toast("coverage.noted")
    _after(context, own[0], subject_id)


def undo(context: Context, code: str, subject_id: int) -> None:
    """Taken back: what was said last about it does not count."""
    own = _own(context, code, subject_id)
    if own is None:
        return
    if marks.said(context.unit, code, subject_id)[0] not in ("", due.UNDONE):
        marks.put(context.unit, own[1], code, subject_id, due.UNDONE, own[2], context.school.zone)
    show(context)


def more(context: Context, code: str, subject_id: int) -> None:
    """The other things that can be said: next week, not applicable, a colleague does it, done elsewhere."""
    own = _own(context, code, subject_id)
    if own is None:
        return
    context.toast()
    kind, _, person = own
    name = subject_name(context.unit, kind.subject, subject_id)
    rows = [
        [
            context.button("button.week_snooze", "wsnooze", code, subject_id),
            context.button("button.week_done_plain", "wdone", code, subject_id),
        ],
        [context.button("button.not_applicable", "wna", code, subject_id)],
    ]
    if kind.subject == "pupil" and code not in ELSEWHERE and marks.colleagues(context.unit, subject_id, person):
        rows[1].append(context.button("button.week_hand", "whand", code, subject_id))
    rows.append([context.button("button.week_back", "week")])
    context.change(
        "week.more",
        buttons=rows,
        what=f"{kind.title(context.language)} {name}".strip(),
        about=kind.about(context.language),
    )


def snooze(context: Context, code: str, subject_id: int) -> None:
    """Not this week."""
    own = _own(context, code, subject_id)
    if own is None:
        return
    marks.put(context.unit, own[1], code, subject_id, due.SNOOZED, own[2], context.school.zone)
    context.toast("week.snoozed")
    show(context)


def why_not(context: Context, code: str, subject_id: int) -> None:
    """Not applicable: why?"""
    if _own(context, code, subject_id) is None:
        return
    context.toast()
    rows = [[context.button(f"button.week_why_{one}", "wnay", code, subject_id, one)] for one in marks.REASONS]
    context.change("week.why", buttons=[*rows, [context.button("button.back", "wmore", code, subject_id)]])


def not_applicable(context: Context, code: str, subject_id: int, reason: str) -> None:
    """Not applicable this term, for that reason."""
    own = _own(context, code, subject_id)
    if own is None or reason not in marks.REASONS:
        return
    marks.put(context.unit, own[1], code, subject_id, due.NOT_APPLICABLE, own[2], context.school.zone, reason=reason)
    context.toast("week.noted")
    show(context)


def to_whom(context: Context, code: str, subject_id: int) -> None:
    """Who does it instead?"""
    own = _own(context, code, subject_id)
    if own is None or own[0].subject != "pupil":
        return
    context.toast()
    people = marks.colleagues(context.unit, subject_id, own[2])
    rows = [[context.named(name, "whandto", code, subject_id, person)] for person, name in people[:PAGE]]
    context.change("week.hand", buttons=[*rows, [context.button("button.back", "wmore", code, subject_id)]])


def hand(context: Context, code: str, subject_id: int, person_id: int) -> None:
    """A colleague does it this time: it stands in that one's list, and in this one no more."""
    own = _own(context, code, subject_id)
    people = {} if own is None else dict(marks.colleagues(context.unit, subject_id, own[2]))
    if own is None or person_id not in people:
        context.toast("help.button_gone", alert=True)
        return
    marks.put(context.unit, own[1], code, subject_id, due.HANDED, own[2], context.school.zone, to_person=person_id)
    context.toast()
    context.change(
        "week.handed",
        buttons=[
            [context.button("button.week_undo", "wundo", code, subject_id), context.button("button.week_back", "week")]
        ],
        name=people[person_id],
    )


def task_done(context: Context, task_id: int) -> None:
    """What a meeting decided is done."""
    me = _me(context)
    task = decisions.one(context.unit, task_id)
    theirs = None if task is None else members.team_of(context.unit, context.who, task.class_id)
    if task is None or theirs is None or task.owner_id != me:
        context.toast("help.button_gone", alert=True)
        return
    decisions.done(context.unit, task_id)
    context.toast("week.noted")
    show(context)


def followed_up(context: Context, visit_id: int) -> None:
    """What was agreed at a visit was looked at again."""
    me = _me(context)
    if me is None or not todo.followed_up(context.unit, visit_id, me):
        context.toast("help.button_gone", alert=True)
        return
    context.toast("week.noted")
    show(context)


# --- its day and hour ---


def when(context: Context) -> None:
    """On which day, at what hour?"""
    me = _me(context)
    if me is None or not roles(context.unit, context.who) & {RoleKind.MENTOR}:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    person = context.unit.session.get_one(Person, me)
    rows = [
        [
            context.named(f"{words(context.language, f'weekday.{day}')} {clock(minute)}", "wset", day, minute)
            for minute in (450, 720, 990)
        ]
        for day in (0, 1, 4, 6)
    ]
    context.change(
        "week.when",
        buttons=rows,
        day=words(context.language, f"weekday.{person.digest_day}"),
        time=clock(person.digest_minute),
    )


def set_when(context: Context, day: int, minute: int) -> None:
    """Sets it."""
    me = _me(context)
    if me is None or not 0 <= day <= 6 or not 0 <= minute < 1440:
        context.toast("help.button_gone", alert=True)
        return
    context.toast()
    person = context.unit.session.get_one(Person, me)
    person.digest_day, person.digest_minute = day, minute
    context.unit.session.flush()
    context.change("week.when_set", day=words(context.language, f"weekday.{day}"), time=clock(minute))


COMMANDS: dict[str, CommandHandler] = {"week": show}
PRESSES: dict[str, Press] = {
    "week": Press(show),
    "wall": Press(show_all, (int,)),
    "wopen": Press(open_list),
    "wwrite": Press(write, (int,)),
    "wdone": Press(done, (str, int)),
    "witem": Press(item, (str, int, int)),
    "wundo": Press(undo, (str, int)),
    "wmore": Press(more, (str, int)),
    "wsnooze": Press(snooze, (str, int)),
    "wna": Press(why_not, (str, int)),
    "wnay": Press(not_applicable, (str, int, str)),
    "whand": Press(to_whom, (str, int)),
    "whandto": Press(hand, (str, int, int)),
    "wwhen": Press(when),
    "wtask": Press(task_done, (int,)),
    "vfollow": Press(followed_up, (int,)),
    "wset": Press(set_when, (int, int)),
}
