"""The term's rota of parent classes: what the rows say made into a problem, and its proposal made into rows.

A proposal is rows in the state 'proposed', of which only those hear who look at the rota. Once they are planned, nothing is
moved by itself any more: what a leave has made impossible is shown as a suggestion (suggesting.py), and a person says yes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.base import as_day, from_ms, new_id, to_ms
from models.calendar import calendar_of, is_public_holiday
from models.events import events, kinds, rota, wishes
from models.events.rota import Problem, Proposal, Slot
from models.events.rules import MINUTE, EventRules
from models.events.states import COUNTS, EventState
from models.events.tables import Rota
from models.hours import at_minute
from models.school_year import EXAM, HOLIDAY, kept
from models.standing import class_label
from models.unit import Unit, sql

LEAD_DAYS = 10
"""A parent class is not proposed at shorter notice: its invitation goes out a week before."""
WEEKS = (2, 1, 3, 0, 4)
"""Which of a month's weekdays is preferred: the third one, then the second …"""


@dataclass(frozen=True, slots=True)
class Term:
    """The term that is planned, both days included."""

    id: int
    name: str
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class Setting:
    """When parent classes usually are: weekday (0 is Monday) and minutes after midnight."""

    weekday: int = 4
    begins: int = 1140


_TERMS = sql("SELECT id, name, starts_on, ends_on FROM term WHERE school_id = :school ORDER BY starts_on")
_CLASSES = sql(
    "SELECT sc.id, sc.grade, sc.name FROM school_class sc WHERE sc.school_id = :school AND EXISTS"
    " (SELECT 1 FROM pupil pu WHERE pu.school_class_id = sc.id AND pu.ended_at IS NULL) ORDER BY sc.id"
)
_TEAMS = sql(
    "SELECT DISTINCT pu.school_class_id AS class_id, p.id AS mentor_id FROM mentorship m"
    " JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL JOIN person p ON p.id = m.mentor_id"
    " AND p.ended_at IS NULL WHERE m.until IS NULL AND pu.school_id = :school"
    " UNION SELECT c.school_class_id, p.id FROM class_team c JOIN person p ON p.id = c.chief_mentor_id"
    " AND p.ended_at IS NULL JOIN school_class sc ON sc.id = c.school_class_id"
    " WHERE c.until IS NULL AND sc.school_id = :school ORDER BY 1, 2"
)
_ABSENCES = sql(
    "SELECT a.mentor_id, a.starts_at, a.ends_at FROM absence a JOIN person p ON p.id = a.mentor_id"
    " WHERE p.school_id = :school AND a.cancelled_at IS NULL AND a.ends_at > :now"
)
_GIVEN = sql(
    "SELECT host_id, COUNT(*) AS many FROM event WHERE school_id = :school AND kind = :kind AND state = 'held'"
    " AND speaker_id IS NULL AND sealed_speaker IS NULL AND starts_at < :begins GROUP BY host_id"
)
_ROTA = sql(
    "SELECT id, class_id, month, host_id, state, starts_at, speaker_id, sealed_speaker IS NOT NULL AS outside FROM event"
    " WHERE school_id = :school AND class_id IS NOT NULL AND month >= :first AND month <= :last AND state IN ({})"
    " ORDER BY class_id, month".format(", ".join(f"'{one.value}'" for one in COUNTS))
)
_SHARED = sql(
    "SELECT x.school_class_id AS one, y.school_class_id AS other, COUNT(DISTINCT g.person_id) AS many"
    " FROM guardianship g JOIN guardianship h ON h.person_id = g.person_id AND h.until IS NULL"
    " JOIN pupil x ON x.id = g.pupil_id AND x.ended_at IS NULL JOIN pupil y ON y.id = h.pupil_id AND y.ended_at IS NULL"
    " WHERE g.until IS NULL AND x.school_id = :school AND y.school_id = :school"
    " AND x.school_class_id < y.school_class_id GROUP BY x.school_class_id, y.school_class_id"
)
_DROP = [
    sql("DELETE FROM event_class WHERE event_id IN (SELECT id FROM event WHERE id = :id AND state = 'proposed')"),
    sql("DELETE FROM event_log WHERE event_id IN (SELECT id FROM event WHERE id = :id AND state = 'proposed')"),
    sql("DELETE FROM event WHERE id = :id AND state = 'proposed'"),
]


def term_of(unit: Unit, school_id: int, zone: str) -> Term | None:
    """The term of today, or the next one that begins within two months; nothing where the calendar has none."""
    today = unit.now.astimezone(ZoneInfo(zone)).date()
    for row in unit.execute(_TERMS, school=school_id):
        begins, ends = as_day(row.starts_on), as_day(row.ends_on)
        if ends >= today and begins <= today + timedelta(days=60):
            return Term(row.id, row.name, begins, ends)
    return None


def term_at(unit: Unit, school_id: int, month: date, day: date | None = None) -> Term | None:
    """The term of a month (by its first day); where two share it the one in which the day lies, otherwise the first."""
    rows = unit.execute(_TERMS, school=school_id)
    terms = [Term(row.id, row.name, as_day(row.starts_on), as_day(row.ends_on)) for row in rows]
    found = [one for one in terms if month in months_of(one)]
    return next((one for one in found if day is not None and one.begins <= day <= one.ends), next(iter(found), None))


def setting(unit: Unit, school_id: int, term_id: int) -> Rota | None:
    """The rota's own row: nothing where none was begun."""
    row = unit.execute(_SETTING, school=school_id, term=term_id).first()
    return None if row is None else unit.session.get(Rota, row.id, populate_existing=True)


_SETTING = sql("SELECT id FROM rota WHERE school_id = :school AND term_id = :term")
_PUT = sql(
    "INSERT INTO rota (id, school_id, term_id, weekday, begins, made_by, made_at)"
    " VALUES (:id, :school, :term, :weekday, :begins, :by, :now) ON CONFLICT (school_id, term_id)"
    " DO UPDATE SET weekday = :weekday, begins = :begins"
)
_MARK = {
    name: sql(f"UPDATE rota SET {name} = :now WHERE school_id = :school AND term_id = :term AND {name} IS NULL")
    for name in ("wishes_asked_at", "sent_at")
}
_UNSENT = sql("UPDATE rota SET sent_at = NULL WHERE school_id = :school AND term_id = :term")


def set_time(unit: Unit, school_id: int, term_id: int, person_id: int, weekday: int, begins: int) -> None:
    """Keeps when parent classes usually are. Raises ValueError for what is no weekday or no time."""
    if not 0 <= weekday <= 6 or not 0 <= begins <= 1380:
        raise ValueError((weekday, begins))
    unit.write(
        _PUT,
        id=new_id(),
        school=school_id,
        term=term_id,
        weekday=weekday,
        begins=begins,
        by=person_id,
        now=unit.now_ms,
    )


def mark(unit: Unit, school_id: int, term_id: int, name: str) -> bool:
    """Notes that mentors were asked for wishes, or that the rota was sent. False where it was before."""
    return unit.write(_MARK[name], school=school_id, term=term_id, now=unit.now_ms) == 1


def months_of(term: Term) -> tuple[date, ...]:
    """The months of a term by their first days."""
    found, month = [], term.begins.replace(day=1)
    while month <= term.ends:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return tuple(found)


def days_in(unit: Unit, school_id: int, term: Term, usual: Setting, zone: str) -> dict[date, tuple[date, ...]]:
    """The days of each month on which a parent class can be, best first: the usual weekday, then other school days.

    None in exam weeks, holidays and public holidays, and none at shorter notice than LEAD_DAYS. Months without any are
    left out where the term or the notice cut them short; a month that is all exams and holidays stays, without days.
    """
    calendar = calendar_of(unit, school_id, zone)
    closed = [(one.first, one.last) for one in kept(unit, school_id).entries if one.kind in (EXAM, HOLIDAY)]
    soonest = unit.now.astimezone(ZoneInfo(zone)).date() + timedelta(days=LEAD_DAYS)
    found: dict[date, tuple[date, ...]] = {}
    for month in months_of(term):
        first, last = max(month, term.begins, soonest), min(_last_of(month), term.ends)
        if (last - first).days < 6:
            continue
        days = [first + timedelta(days=one) for one in range((last - first).days + 1)]
        free = [
            one
            for one in days
            if not any(begins <= one <= ends for begins, ends in closed)
            and (calendar.is_school_day(one) or (one.weekday() == usual.weekday >= 5 and not is_public_holiday(one)))
        ]
        found[month] = tuple(sorted(free, key=lambda one: _order(one, usual.weekday)))
    return found


def _last_of(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _order(day: date, weekday: int) -> tuple[int, int, date]:
    week = WEEKS.index((day.day - 1) // 7)
    return (0 if day.weekday() == weekday else 1, week, day)


@dataclass(frozen=True, slots=True)
class Standing:
    """A place of the rota as it stands."""

    event_id: int
    class_id: int
    month: date
    host_id: int
    state: EventState
    day: date
    own: bool
    """Given by its host, not by somebody from outside or a guardian."""
    starts_at: int


def places(unit: Unit, school_id: int, term: Term, zone: str) -> list[Standing]:
    """The places of a term's rota that are filled."""
    place = ZoneInfo(zone)
    months = months_of(term)
    return [
        Standing(
            row.id,
            row.class_id,
            as_day(row.month),
            row.host_id,
            EventState(row.state),
            from_ms(row.starts_at).astimezone(place).date(),
            row.speaker_id is None and not row.outside,
            int(row.starts_at),
        )
        for row in unit.execute(_ROTA, school=school_id, first=months[0], last=months[-1])
    ]


def classes(unit: Unit, school_id: int) -> dict[int, str]:
    """The school's classes that have pupils: id to label."""
    return {row.id: class_label(row.grade, row.name) for row in unit.execute(_CLASSES, school=school_id)}


def teams(unit: Unit, school_id: int) -> dict[int, tuple[int, ...]]:
    """Who could give each class's parent class: the mentors of its pupils and its chief mentor."""
    found: dict[int, list[int]] = defaultdict(list)
    for row in unit.execute(_TEAMS, school=school_id):
        found[row.class_id].append(row.mentor_id)
    return {class_id: tuple(mentors) for class_id, mentors in found.items()}


def problem(
    unit: Unit, school_id: int, term: Term, usual: Setting, rules: EventRules, zone: str, *, keep_announced: bool = True
) -> Problem:
    """What the rows say, for the solver. `keep_announced`: what families were invited to stays as it is."""
    place = ZoneInfo(zone)
    open_days = days_in(unit, school_id, term, usual, zone)
    known = classes(unit, school_id)
    standing = places(unit, school_id, term, zone)
    days: dict[Slot, tuple[date, ...]] = {(one, month): free for one in known for month, free in open_days.items()}
    away: dict[int, set[date]] = defaultdict(set)
    for row in unit.execute(_ABSENCES, school=school_id, now=unit.now_ms):
        first, last = from_ms(row.starts_at).astimezone(place).date(), from_ms(row.ends_at - 1).astimezone(place).date()
        away[row.mentor_id].update(first + timedelta(days=one) for one in range((last - first).days + 1))
    wished = wishes.of_school(unit, school_id)
    fixed = {
        (one.class_id, one.month)
        for one in standing
        if one.state is EventState.HELD
        or not one.own
        or one.starts_at <= unit.now_ms
        or (keep_announced and one.state is EventState.ANNOUNCED)
    }
    for one in standing:
        # What stands may stand on a day that nobody would propose any more.
        slot = (one.class_id, one.month)
        if one.day not in days.get(slot, ()):
            days[slot] = (*days.get(slot, ()), one.day)
    shared = {(row.one, row.other): int(row.many) for row in unit.execute(_SHARED, school=school_id)}
    return Problem(
        months=tuple(sorted({month for _, month in days})),
        teams=teams(unit, school_id),
        days=days,
        away={person: frozenset(found) for person, found in away.items()},
        cannot={person: frozenset(m for m, one in of.items() if one == wishes.CANNOT) for person, of in wished.items()},
        prefers={
            person: frozenset(m for m, one in of.items() if one == wishes.PREFER) for person, of in wished.items()
        },
        given=_given(unit, school_id, term, zone),
        kept={(one.class_id, one.month): (one.host_id if one.own else rota.NOBODY, one.day) for one in standing},
        fixed=frozenset(fixed),
        shared=shared,
        most=rules.lectures,
    )


def _given(unit: Unit, school_id: int, term: Term, zone: str) -> dict[int, int]:
    begins = to_ms(datetime(term.begins.year, term.begins.month, term.begins.day, tzinfo=ZoneInfo(zone)))
    rows = unit.execute(_GIVEN, school=school_id, kind=kinds.CLASS, begins=begins)
    return {row.host_id: int(row.many) for row in rows}


def span(day: date, begins: int, zone: str) -> tuple[int, int]:
    """Beginning and end of a parent class on a day, milliseconds since 1970."""
    start = to_ms(at_minute(day, begins, ZoneInfo(zone)))
    return start, start + kinds.kind_of(kinds.CLASS).minutes * MINUTE


def propose(
    unit: Unit, school_id: int, term: Term, usual: Setting, rules: EventRules, zone: str, actor: int
) -> Proposal:
    """Proposes the term's rota and writes it down: what is planned already stays, what was only proposed is made anew."""
    for stands in places(unit, school_id, term, zone):
        if stands.state is EventState.PROPOSED:
            for statement in _DROP:
                unit.write(statement, id=stands.event_id)
    stated = problem(unit, school_id, term, usual, rules, zone)
    # What somebody has been told of stays; only what is still open is filled.
    stated = replace(stated, fixed=frozenset(stated.kept))
    found = rota.propose(stated)
    fresh = [one for one in found.lectures if (one.class_id, one.month) not in stated.kept]
    if fresh:
        # What is proposed now was not sent to anybody.
        unit.write(_UNSENT, school=school_id, term=term.id)
    for one in fresh:
        starts, ends = span(one.day, usual.begins, zone)
        events.plan(
            unit,
            school_id=school_id,
            kind=kinds.CLASS,
            state=EventState.PROPOSED,
            host_id=one.mentor_id,
            starts_at=starts,
            ends_at=ends,
            actor=actor,
            rota=(one.class_id, one.month),
        )
    return found
