"""The week's list, put together and sent: what waits, what is due this week, what comes; each line with its button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date

from handlers import say
from handlers.appointments import todo as left
from handlers.context import SchoolSettings
from handlers.copies import relation_word
from handlers.texts import Block, render, units, words
from handlers.training import weekly
from models import absence, promises
from models.appointments import todo
from models.appointments.todo import Todo
from models.base import from_ms, to_ms
from models.duties import digests, due, kinds
from models.duties.due import Due, monday
from models.hours import at_minute
from models.queues import Lane
from models.standing import Line, Reach, class_label, lines_of_mentor
from models.team import decisions
from models.team.decisions import Task
from models.unit import Unit, sql

MOST_LINES = 10
"""Lines of a digest, headings among them."""
MOST_WAITING = 3
COMING_DAYS = 14
PAGE = 10
"""Duties on a page of the list that is asked for whole."""
WRITABLE = ("first_contact", "family_contact")
"""Kinds that a message to the family does."""
ELSEWHERE = {
    "written_note": "nwrite",
    "home_visit": "vinvite",
    "goals": "pfoweek",
    "weekly_meeting": "tagenda",
    "monthly_review": "treview",
}
"""Kinds that have a conversation of their own, and the button that begins it."""

_PUPIL = sql("SELECT sealed_name, school_id FROM pupil WHERE id = :id")
_GROUP = sql("SELECT grade, name FROM school_class WHERE id = :id")


@dataclass(frozen=True, slots=True)
class View:
    """A list as it is shown: its lines, its buttons, and how many duties are open this week."""

    lines: list[str]
    rows: list[list[say.Button]]
    open: int


@lru_cache(maxsize=2048)
def short_day(language: str, day: date) -> str:
    """10月8日, or 8 October."""
    return str(format_date(day, "M月d日" if language == "zh_CN" else "d MMM", locale=language))


def subject_name(unit: Unit, one: str, subject_id: int) -> str:
    """A pupil's or a class's name; empty for what is the mentor's own."""
    if one == "pupil":
        row = unit.execute(_PUPIL, id=subject_id).first()
        return "" if row is None else unit.vault.open("pupil", subject_id, "name", row.sealed_name)
    if one == "team":
        row = unit.execute(_GROUP, id=subject_id).first()
        return "" if row is None else class_label(row.grade, row.name)
    return ""


def build(
    unit: Unit,
    reach: Reach,
    person_id: int,
    dues: list[Due],
    school: SchoolSettings,
    *,
    page: int | None = None,
    tasks: list[Task] | None = None,
    todos: list[Todo] | None = None,
) -> View:
    """Puts the list together: waiting, due this week (what visits left and a meeting decided first), coming."""
    language, zone = reach.language, school.zone
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    sunday = monday(today) + timedelta(days=6)
    waiting = _waiting(unit, person_id)
    if tasks is None:
        tasks = decisions.open_of(unit, [person_id], sunday)
    if todos is None:
        todos = todo.of_people(unit, [person_id], sunday, school.visits.record_hours, zone)[person_id]
    now: list[Due | Task | Todo] = [*todos, *tasks, *(one for one in dues if one.due_on <= sunday)]
    coming = [one for one in dues if sunday < one.due_on <= sunday + timedelta(days=COMING_DAYS)]
    lines: list[str] = []
    rows: list[list[say.Button]] = []

    def button(key: str, action: str, *args: int | str, **values: object) -> say.Button:
        return say.Button(
            words(language, key, **values)[:60], say.sign(unit.vault, reach.bot_id, reach.user_id, action, *args)
        )

    room = MOST_LINES - (2 if coming else 0)
    if waiting:
        lines.append(words(language, "week.waiting", count=len(waiting)))
        for one, line in waiting[:MOST_WAITING]:
            who = relation_word(language, line.relation)
            since = short_day(language, from_ms(one.since).astimezone(ZoneInfo(zone)).date())
            lines.append(words(language, "week.waits", child=line.pupil_name, relation=who, since=since))
            rows.append([button("button.week_answer", "answer", one.thread_id, child=line.pupil_name, relation=who)])
        if len(waiting) > MOST_WAITING:
            rows.append([button("button.week_open", "wopen", count=len(waiting))])
    if page is None:
        shown = now[: max(room - len(lines) - 1, 0)]
    else:
        page = min(max(page, 0), max(len(now) - 1, 0) // PAGE)
        shown = now[page * PAGE : (page + 1) * PAGE]
    if shown:
        key = "week.due" if len(shown) == len(now) else "week.due_first"
        lines.append(words(language, key, count=len(now), shown=len(shown)))
        for due_one in shown:
            if isinstance(due_one, Todo):
                lines.append(left.line(language, due_one, short_day(language, due_one.met_on)))
                rows.append(left.row(button, due_one))
                continue
            if isinstance(due_one, Task):
                day = short_day(language, due_one.due_on)
                lines.append(words(language, "week.task", text=due_one.text[:60], day=day))
                rows.append([button("button.task_done", "wtask", due_one.id, text=due_one.text)])
                continue
            name = subject_name(unit, due_one.kind.subject, due_one.subject_id)
            lines.append(_line(language, due_one, name, today))
            rows.append(_row(button, language, due_one, name))
        if page is None and len(shown) < len(now):
            rows.append([button("button.week_all", "wall", 0, count=len(now))])
        if page is not None:
            turn = [button("button.earlier", "wall", page - 1)] if page else []
            if (page + 1) * PAGE < len(now):
                turn.append(button("button.more", "wall", page + 1))
            rows.append(turn)
    if coming:
        if not lines:
            lines.append(words(language, "week.free"))
        lines.append(words(language, "week.coming"))
        counts = Counter(one.kind.title(language) for one in coming)
        between = " · "
        lines.append(between.join(f"{title} {count}" for title, count in counts.most_common(4)))
    return View(lines, rows, len(now) + len(waiting))


def _waiting(unit: Unit, person_id: int) -> list[tuple[promises.Open, Line]]:
    """Who waits for this person: for those whose work it is today, so a substitute's too and nobody's while away."""
    mentors = absence.in_charge(unit, person_id)
    waiting = promises.waiting(unit, mentors)
    if not waiting:
        return []
    lines = {
        line.thread_id: line for one in mentors for line in lines_of_mentor(unit, one) if line.thread_id is not None
    }
    return [(one, lines[one.thread_id]) for one in waiting if one.thread_id in lines]


def _line(language: str, one: Due, name: str, today: date) -> str:
    title = one.kind.title(language)
    head = f"{name} · {title}" if name else title
    if one.priority:
        head = words(language, "week.priority", line=head)
    if one.last is not None:
        return words(language, "week.line_last", line=head, day=short_day(language, one.last))
    if one.kind.cycle == kinds.ONCE or one.due_on < today:
        return words(language, "week.line_by", line=head, day=short_day(language, one.due_on))
    return head


def _row(button: Callable[..., say.Button], language: str, one: Due, name: str) -> list[say.Button]:
    code, subject = one.kind.code, one.subject_id
    more = button("button.week_more", "wmore", code, subject)
    if code in WRITABLE:
        return [
            button("button.week_write", "wwrite", subject, name=name),
            button("button.week_contacted", "wdone", code, subject),
            more,
        ]
    if code in ELSEWHERE:
        return [button(f"button.week_{code}", ELSEWHERE[code], subject, name=name), more]
    shown = f"{one.kind.title(language)} {name}".strip()
    return [button("button.week_done", "wdone", code, subject, name=shown), more]


# --- told at its hour ---


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> bool:
    """Sends the digests whose hour has come, about a batch of them. True where more may be waiting."""
    made = 0
    for school_id in digests.schools(unit, bot_id):
        receivers = digests.due(unit, bot_id, school_id, school.zone)
        if receivers:
            send(unit, receivers, school)
            made += len(receivers)
        # A city's digests are many transactions: whoever writes a message meanwhile must not wait for all of them.
        if made >= digests.BATCH:
            return True
    return False


def send(unit: Unit, receivers: list[digests.Receiver], school: SchoolSettings) -> int:
    """Makes these mentors' digests of the week: each once; nothing to say, nothing sent. Answers how many went out."""
    zone = ZoneInfo(school.zone)
    week = monday(unit.now.astimezone(zone).date())
    mine = [one for one in receivers if digests.claim(unit, one.person_id, week, "sent")]
    people = [one.person_id for one in mine]
    away = (
        {one.mentor_id for one in absence.of_mentors(unit, people) if one.starts_at <= unit.now_ms} if people else set()
    )
    dues = due.of_mentors(unit, people, school.zone)
    tasks: dict[int, list[Task]] = {one: [] for one in people}
    sunday = week + timedelta(days=6)
    for task in decisions.open_of(unit, people, sunday):
        tasks[task.owner_id].append(task)
    todos = todo.of_people(unit, people, sunday, school.visits.record_hours, school.zone)
    short_cases = weekly.for_digests(unit, mine, school)
    sent = 0
    for one in mine:
        view = None
        if one.person_id in away:
            digests.became(unit, one.person_id, week, "away")
            continue
        if one.reach.reachable:
            me = one.person_id
            view = build(unit, one.reach, me, dues[me], school, tasks=tasks[me], todos=todos[me])
        if view is None or not view.open:
            digests.became(unit, one.person_id, week, "silent")
            continue
        weekly.put(view.lines, view.rows, short_cases.get(one.person_id), MOST_LINES)
        sent += 1
        unit.queue(
            bot_id=one.reach.bot_id,
            chat_id=one.reach.user_id,
            kind=say.TEXT,
            lane=Lane.REMINDER,
            payload=say.text(
                render(one.reach.language, "week.view", lines=Block("\n".join(view.lines))),
                buttons=view.rows,
                mark={"at": units(view.lines[0]), "text": words(one.reach.language, "relay.maybe_repeat")},
            ),
            useful_until=to_ms(at_minute(week, 7 * 1440, zone)),
            dedupe_key=f"digest:{one.person_id}:{week}",
        )
    return sent
