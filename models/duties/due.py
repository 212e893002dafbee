"""What is due: worked out from what the rows show, for as many mentors at once as are asked for.

Nothing is stored ahead. A duty is done by the record (a message to the family, a visit, a note that was sent, a review,
an event that was held) or by a person's word (DutyMark); what is done, put off, not applicable or handed to somebody else
is not asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, text

from models.appointments.states import OPEN, TOOK_PLACE, Purpose, VisitState
from models.base import as_day
from models.checklist.coverage import stage_names
from models.checklist.items import stage_fits
from models.duties.kinds import DAYS, FIRST, ONCE, TERM, WEEK, Kind, of_school
from models.events import kinds as event_kinds
from models.events import led
from models.events.led import Led
from models.unit import Unit, sql

MOST_AT_ONCE = 500
"""Mentors in one query: lists of parameters have an end."""
FORGET_FIRST = 90
"""Days after which a first contact that never was is an ordinary contact that is late."""
CONTACT, NOTE, VISIT, GOALS = "family_contact", "written_note", "home_visit", "goals"
"""Kinds that the record itself does."""
EVENTS = {"lecture": event_kinds.CLASS, "group_activity": event_kinds.GROUP}
"""Kinds that an event does which the mentor leads: of what kind."""
LONG_HOLIDAY = 20
"""Days: a longer one is the summer's or the winter's."""
SETTLING = 14
"""Days that a new mentor has before a duty of the term can be due."""
DONE, SNOOZED, NOT_APPLICABLE, HANDED, UNDONE = "done", "snoozed", "not_applicable", "handed", "undone"


@dataclass(frozen=True, slots=True)
class Due:
    """One duty that is open: due on that day, or before. `last` is when it was done last."""

    kind: Kind
    school_id: int
    subject_id: int
    due_on: date
    last: date | None
    priority: bool


@dataclass(frozen=True, slots=True)
class Span:
    """The term of a day, both days included."""

    id: int
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """A school's term of today, and whether nothing is asked for now: exams or a holiday. `known`: any term was entered."""

    today: date
    term: Span | None
    known: bool
    rests: bool


@dataclass(slots=True)
class _Pupil:
    id: int
    school_id: int
    since: date
    stage: str
    grade: int | None
    for_mentor: int


_PUPILS = text(
    "SELECT m.mentor_id, m.since, pu.id, pu.school_id, pu.school_class_id, sc.grade, st.name AS stage"
    " FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " JOIN school_class sc ON sc.id = pu.school_class_id JOIN stage st ON st.id = sc.stage_id"
    " WHERE m.until IS NULL AND m.mentor_id IN :mentors ORDER BY pu.id"
).bindparams(bindparam("mentors", expanding=True))
_HANDED_PUPILS = text(
    "SELECT d.to_person, m.mentor_id, m.since, pu.id, pu.school_id, pu.school_class_id, sc.grade, st.name AS stage, d.code"
    " FROM duty_mark d JOIN pupil pu ON pu.id = d.subject_id AND pu.ended_at IS NULL"
    " JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL"
    " JOIN school_class sc ON sc.id = pu.school_class_id JOIN stage st ON st.id = sc.stage_id"
    " WHERE d.to_person IN :mentors AND d.state = 'handed' AND d.at >= :after ORDER BY d.id"
).bindparams(bindparam("mentors", expanding=True))
_CONTACTS = text(
    "SELECT pupil_id, mentor_id, MAX(mentor_wrote_at) AS at FROM thread WHERE pupil_id IN :pupils"
    " AND mentor_wrote_at IS NOT NULL GROUP BY pupil_id, mentor_id"
).bindparams(bindparam("pupils", expanding=True))
_MARKS = text(
    "SELECT id, code, subject_id, state, on_day, until, to_person FROM duty_mark WHERE subject_id IN :subjects"
    " ORDER BY id"
).bindparams(bindparam("subjects", expanding=True))
_NOTES = text(
    "SELECT pupil_id, term_id, sent_at FROM written_note WHERE pupil_id IN :pupils AND sent_at IS NOT NULL"
).bindparams(bindparam("pupils", expanding=True))
_GOALS = text(
    "SELECT DISTINCT pupil_id, term_id FROM file_goal WHERE pupil_id IN :pupils AND term_id IS NOT NULL"
    " AND state <> 'dropped'"
).bindparams(bindparam("pupils", expanding=True))
_HELD = ", ".join(f"'{one.value}'" for one in TOOK_PLACE)
_GOING = ", ".join(f"'{one.value}'" for one in OPEN)
_VISITS = text(
    "SELECT pupil_id, mentor_id, purpose, state,"
    f" MAX(CASE WHEN state IN ({_HELD}) THEN COALESCE(starts_at, ended_at) ELSE ended_at END) AS at FROM visit"
    f" WHERE pupil_id IN :pupils AND state IN ({_HELD}, {_GOING}, 'declined')"
    " GROUP BY pupil_id, mentor_id, purpose, state"
).bindparams(bindparam("pupils", expanding=True))
_REVIEWS = text("SELECT pupil_id, level, at FROM team_review WHERE pupil_id IN :pupils ORDER BY month").bindparams(
    bindparam("pupils", expanding=True)
)
_CHIEFS = text(
    "SELECT c.chief_mentor_id, c.school_class_id, sc.school_id, c.since FROM class_team c"
    " JOIN school_class sc ON sc.id = c.school_class_id WHERE c.until IS NULL AND c.chief_mentor_id IN :mentors"
).bindparams(bindparam("mentors", expanding=True))
_CLASS_REVIEWS = text(
    "SELECT pu.school_class_id, COUNT(*) AS pupils, COUNT(r.id) AS reviewed FROM pupil pu"
    " LEFT JOIN team_review r ON r.pupil_id = pu.id AND r.month = :month"
    " WHERE pu.ended_at IS NULL AND pu.school_class_id IN :classes GROUP BY pu.school_class_id"
).bindparams(bindparam("classes", expanding=True))
_MEETINGS = text(
    "SELECT school_class_id, MAX(made_at) AS at FROM team_decision WHERE school_class_id IN :classes"
    " GROUP BY school_class_id"
).bindparams(bindparam("classes", expanding=True))
_COVERS = text(
    "SELECT mentor_id, substitute_id FROM absence WHERE cancelled_at IS NULL AND starts_at <= :now AND ends_at > :now"
    " AND (mentor_id IN :mentors OR substitute_id IN :mentors)"
).bindparams(bindparam("mentors", expanding=True))
_SCHOOLS = text("SELECT id, school_id FROM person WHERE id IN :mentors").bindparams(
    bindparam("mentors", expanding=True)
)
_TERMS = sql("SELECT id, starts_on, ends_on FROM term WHERE school_id = :school ORDER BY starts_on")
_SPANS = sql(
    "SELECT kind, first, last FROM calendar_span WHERE school_id = :school AND first <= :after AND last >= :before"
)
SUMMER = ((7, 10), (8, 25))
"""Month and day: between them a school that has entered no summer holiday is taken to have one."""


def days_of(unit: Unit, school_id: int, zone: str) -> SchoolDays:
    """A school's today, read once for a unit of work."""
    known = unit.notes.get(("school days", school_id))
    if isinstance(known, SchoolDays):
        return known
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    terms = [Span(row.id, as_day(row.starts_on), as_day(row.ends_on)) for row in unit.execute(_TERMS, school=school_id)]
    term = next((one for one in terms if one.begins <= today <= one.ends), None)
    near = timedelta(days=120)
    spans = [
        (row.kind, as_day(row.first), as_day(row.last))
        for row in unit.execute(_SPANS, school=school_id, after=today + near, before=today - near)
    ]
    rests = any(first <= today <= last for _, first, last in spans)
    if not any(kind == "holiday" and last - first > timedelta(days=LONG_HOLIDAY) for kind, first, last in spans):
        rests = rests or SUMMER[0] <= (today.month, today.day) <= SUMMER[1]
    found = unit.notes[("school days", school_id)] = SchoolDays(today, term, bool(terms), rests)
    return found


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def of_mentors(unit: Unit, mentor_ids: list[int], zone: str) -> dict[int, list[Due]]:
    """All open duties of these mentors of today and for whom they cover, the first to do first; none while away.

    A fixed number of queries for each MOST_AT_ONCE mentors, however many pupils they have.
    """
    found: dict[int, list[Due]] = {}
    for at in range(0, len(mentor_ids), MOST_AT_ONCE):
        found |= _batch(unit, mentor_ids[at : at + MOST_AT_ONCE], zone)
    return found


def of_mentor(unit: Unit, mentor_id: int, zone: str) -> list[Due]:
    """The open duties of one mentor."""
    return _batch(unit, [mentor_id], zone)[mentor_id]


class _Record:
    """What the rows say about some pupils, mentors and classes."""

    def __init__(self, unit: Unit, pupils: list[int], subjects: list[int], zone: ZoneInfo) -> None:
        self.contact: dict[int, date] = {}
        self.by_mentor: dict[tuple[int, int], date] = {}
        self.marks: dict[tuple[str, int], list[tuple[str, date, date | None, int | None]]] = defaultdict(list)
        self.notes: set[tuple[int, int]] = set()
        self.goals: set[tuple[int, int]] = set()
        """Pupils and terms for which a goal was set (models/pupil_file)."""
        self.level: dict[int, int] = {}
        self.visited: dict[int, date] = {}
        """When a visit took place last, or was declined: the family was reached."""
        self.visiting: set[int] = set()
        """Pupils whose visit is being arranged, or lies ahead."""
        if pupils:
            for row in unit.execute(_CONTACTS, pupils=pupils):
                day = datetime.fromtimestamp(row.at / 1000, zone).date()
                self.contact[row.pupil_id] = max(day, self.contact.get(row.pupil_id, day))
                if row.mentor_id is not None:
                    self.by_mentor[row.pupil_id, row.mentor_id] = day
            for row in unit.execute(_VISITS, pupils=pupils):
                self._appointment(row, zone)
            for row in unit.execute(_NOTES, pupils=pupils):
                self.notes.add((row.pupil_id, row.term_id))
            for row in unit.execute(_GOALS, pupils=pupils):
                self.goals.add((row.pupil_id, row.term_id))
            for row in unit.execute(_REVIEWS, pupils=pupils):
                self.level[row.pupil_id] = row.level
        if subjects:
            for row in unit.execute(_MARKS, subjects=subjects):
                key = (row.code, row.subject_id)
                if row.state == UNDONE:
                    if self.marks[key]:
                        self.marks[key].pop()
                    continue
                until = None if row.until is None else as_day(row.until)
                self.marks[key].append((row.state, as_day(row.on_day), until, row.to_person))

    def _appointment(self, row: Row[Any], zone: ZoneInfo) -> None:
        """The last appointment in its state, of one pupil and one mentor."""
        state, visit = VisitState(row.state), row.purpose == Purpose.VISIT
        if state in OPEN:
            if visit:
                self.visiting.add(row.pupil_id)
            return
        if row.at is None:
            return
        day = datetime.fromtimestamp(row.at / 1000, zone).date()
        if visit:
            self.visited[row.pupil_id] = max(day, self.visited.get(row.pupil_id, day))
        if state in TOOK_PLACE:
            # Who has sat together has also spoken with each other.
            self.contact[row.pupil_id] = max(day, self.contact.get(row.pupil_id, day))
            pair = (row.pupil_id, row.mentor_id)
            self.by_mentor[pair] = max(day, self.by_mentor.get(pair, day))

    def done(self, code: str, subject: int) -> date | None:
        """When somebody last said that it was done."""
        days = [day for state, day, _, _ in self.marks.get((code, subject), ()) if state == DONE]
        return max(days) if days else None

    def began(self, pupil: _Pupil) -> date | None:
        """When the mentor of today had the first word with the family, here or elsewhere."""
        days = (self.by_mentor.get((pupil.id, pupil.for_mentor)), self.done(FIRST, pupil.id))
        return max((one for one in days if one is not None and one >= pupil.since), default=None)

    def hidden(self, code: str, subject: int, today: date) -> bool:
        """Whether it was put off for now, or is not applicable this term."""
        marks = self.marks.get((code, subject))
        if not marks:
            return False
        state, _, until, _ = marks[-1]
        return state in (SNOOZED, NOT_APPLICABLE) and until is not None and today < until

    def handed(self, code: str, subject: int) -> int | None:
        """To whom it was handed, until it is done."""
        marks = self.marks.get((code, subject))
        handed = [one for one in marks or () if one[0] in (HANDED, DONE)]
        return handed[-1][3] if handed and handed[-1][0] == HANDED else None


def _batch(unit: Unit, mentors: list[int], zone: str) -> dict[int, list[Due]]:
    found: dict[int, list[Due]] = {one: [] for one in mentors}
    if not mentors:
        return found
    place = ZoneInfo(zone)
    schools = {row.id: row.school_id for row in unit.execute(_SCHOOLS, mentors=mentors)}
    away: set[int] = set()
    covers: dict[int, int] = {}
    for row in unit.execute(_COVERS, mentors=mentors, now=unit.now_ms):
        away.add(row.mentor_id)
        covers[row.mentor_id] = row.substitute_id
    asked = list(dict.fromkeys([*mentors, *(one for one, by in covers.items() if by in found)]))
    pupils: list[_Pupil] = []
    groups: dict[int, list[int]] = defaultdict(list)
    for row in unit.execute(_PUPILS, mentors=asked):
        stage, grade = stage_names(row.stage, row.grade)
        since = datetime.fromtimestamp(row.since / 1000, place).date()
        pupils.append(_Pupil(row.id, row.school_id, since, stage, grade, row.mentor_id))
        groups[row.mentor_id].append(row.id)
    extra: list[tuple[int, str, _Pupil]] = []
    after = unit.now_ms - 180 * 86_400_000
    for row in unit.execute(_HANDED_PUPILS, mentors=mentors, after=after):
        stage, grade = stage_names(row.stage, row.grade)
        since = datetime.fromtimestamp(row.since / 1000, place).date()
        extra.append((row.to_person, row.code, _Pupil(row.id, row.school_id, since, stage, grade, row.mentor_id)))
    ids = list(dict.fromkeys([one.id for one in pupils] + [one.id for _, _, one in extra]))
    chiefs = unit.execute(_CHIEFS, mentors=mentors).all()
    classes = [row.school_class_id for row in chiefs]
    record = _Record(unit, ids, [*ids, *mentors, *classes], place)
    for one in pupils:
        by = covers.get(one.for_mentor, one.for_mentor)
        group = groups[one.for_mentor]
        _of_pupil(unit, one, record, zone, group.index(one.id), len(group), by, found)
    for person, code, one in {(row[0], row[1], row[2].id): row for row in extra}.values():
        if person in found and record.handed(code, one.id) == person:
            _of_pupil(unit, one, record, zone, 0, 1, person, found, only=code)
    events = led.of_mentors(unit, mentors, place)
    for mentor in mentors:
        if mentor in away or mentor not in groups:
            continue
        _of_mentor(unit, mentor, schools[mentor], record, events, zone, found[mentor])
    if classes:
        _of_teams(unit, chiefs, record, zone, found)
    for mentor, dues in found.items():
        if mentor in away:
            dues.clear()
        dues.sort(key=lambda due: (not due.priority, due.due_on, -due.kind.weight, due.subject_id))
    return found


def _of_pupil(
    unit: Unit,
    pupil: _Pupil,
    record: _Record,
    zone: str,
    number: int,
    count: int,
    by: int,
    found: dict[int, list[Due]],
    only: str | None = None,
) -> None:
    days = days_of(unit, pupil.school_id, zone)
    today, priority = days.today, record.level.get(pupil.id, 0) > 0
    contact, began = record.contact.get(pupil.id), record.began(pupil)
    new = False
    for kind in of_school(unit, pupil.school_id):
        if kind.subject != "pupil" or not kind.enabled:
            continue
        if kind.stages and not stage_fits(kind.stages, pupil.stage, pupil.grade):
            continue
        last = record.done(kind.code, pupil.id)
        if kind.code == FIRST:
            last = began
        elif kind.code == CONTACT:
            if new:  # nobody is asked for both; of_school gives the first contact first
                continue
            first = record.done(FIRST, pupil.id)
            last = max((one for one in (contact, first, last) if one is not None), default=None)
        elif kind.code == VISIT:
            if pupil.id in record.visiting:
                continue
            last = max((one for one in (record.visited.get(pupil.id), last) if one is not None), default=None)
        due = _when(kind, days, pupil.since, last, number, count)
        if kind.code == NOTE and days.term is not None and (pupil.id, days.term.id) in record.notes:
            due = None
        if kind.code == GOALS and days.term is not None and (pupil.id, days.term.id) in record.goals:
            due = None
        if due is None:
            continue
        if kind.code == FIRST:
            new = True
        to = record.handed(kind.code, pupil.id) or by
        if only not in (None, kind.code) or (only is None and to != by) or to not in found:
            continue
        if not record.hidden(kind.code, pupil.id, today):
            found[to].append(Due(kind, pupil.school_id, pupil.id, due, last, priority))


def _when(kind: Kind, days: SchoolDays, since: date, last: date | None, number: int, count: int) -> date | None:
    """The day on which a duty is due, nothing where it is done or not asked for now.

    What was never done is spread over the cycle, so that fifteen families do not fall due in one week.
    """
    if kind.cycle == ONCE:
        if last is not None or (days.today - since).days > FORGET_FIRST:
            return None
        return since + timedelta(days=kind.low)
    if days.rests or (days.known and days.term is None):
        return None
    if kind.cycle == WEEK:
        if last is not None and last >= monday(days.today):
            return None
        return monday(days.today) + timedelta(days=6)
    if kind.cycle == DAYS:
        begins = since if days.term is None else max(days.term.begins, since)
        if last is not None and last >= begins - timedelta(days=kind.low):
            return last + timedelta(days=kind.low)
        return begins + timedelta(days=-(-kind.low * (number + 1) // count))
    term = days.term
    if kind.cycle != TERM or term is None or (last is not None and last >= term.begins):
        return None
    length = (term.ends - term.begins).days
    share = kind.low + (kind.high - kind.low) * (number + 1) / count
    # Who becomes somebody's mentor in the middle of a term is not late on the first day.
    return max(term.begins + timedelta(days=int(length * share / 100)), since + timedelta(days=SETTLING))


def _of_mentor(
    unit: Unit, mentor: int, school_id: int, record: _Record, events: Led, zone: str, into: list[Due]
) -> None:
    days = days_of(unit, school_id, zone)
    week = monday(days.today), monday(days.today) + timedelta(days=6)
    term = (date.min, date.max) if days.term is None else (days.term.begins, days.term.ends)
    for kind in of_school(unit, school_id):
        if kind.subject != "mentor" or not kind.enabled or record.hidden(kind.code, mentor, days.today):
            continue
        last = record.done(kind.code, mentor)
        event = EVENTS.get(kind.code)
        if event is not None:
            # Nobody is asked for what has its date already.
            if events.ahead(event, mentor, *(week if kind.cycle == WEEK else term)):
                continue
            last = max((one for one in (last, events.last.get((event, mentor))) if one is not None), default=None)
        due = _when(kind, days, days.today - timedelta(days=FORGET_FIRST), last, 0, 1)
        if due is not None:
            into.append(Due(kind, school_id, mentor, due, last, False))


def _of_teams(unit: Unit, rows: Sequence[Row[Any]], record: _Record, zone: str, found: dict[int, list[Due]]) -> None:
    place = ZoneInfo(zone)
    classes = [row.school_class_id for row in rows]
    month = unit.now.astimezone(place).date().replace(day=1)
    reviewed = {
        row.school_class_id: (row.pupils, row.reviewed)
        for row in unit.execute(_CLASS_REVIEWS, classes=classes, month=month)
    }
    met = {
        row.school_class_id: datetime.fromtimestamp(row.at / 1000, place).date()
        for row in unit.execute(_MEETINGS, classes=classes)
    }
    for row in rows:
        days = days_of(unit, row.school_id, zone)
        for kind in of_school(unit, row.school_id):
            group = row.school_class_id
            if kind.subject != "team" or not kind.enabled or record.hidden(kind.code, group, days.today):
                continue
            last = record.done(kind.code, group)
            if kind.code == "weekly_meeting" and group in met:
                last = max(met[group], last or met[group])
            if kind.code == "monthly_review":
                pupils, seen = reviewed.get(group, (0, 0))
                if pupils == 0 or seen >= pupils or (last is not None and last >= month):
                    continue
                due: date | None = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
                if days.rests or (days.known and days.term is None):
                    due = None
            else:
                due = _when(kind, days, days.today - timedelta(days=FORGET_FIRST), last, 0, 1)
            if due is not None:
                found[row.chief_mentor_id].append(Due(kind, row.school_id, group, due, last, False))
