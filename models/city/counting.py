"""Counting a school for the city: a month or a term at a time, each in a transaction of its own, and never by person or class.

What was counted stands in `city_count`; nobody reads these rows but through models/city/counts.py, which rounds them.
A month that is over is counted again for some days, then stays as it is. The first time the months of the half year before
today are counted too, each as a part of its own, so that no transaction is long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from models.appointments.states import TOOK_PLACE, Form
from models.base import as_day
from models.evidence import terms
from models.evidence.terms import Term, after, half, midnight, today_of
from models.unit import Unit, sql

MONTH, TERM = "month", "term"
NIGHT = 2
"""From this hour on a school's counts of the day before are old."""
SETTLING = 5
"""Days for which the month before is counted again."""
PACE = 600_000
"""Milliseconds within which a school is not counted twice, however often somebody asks."""
VISITS = tuple(f"visit_{one.value}" for one in Form)
FLOWS = ("contact", "talk", "note", "reached", *VISITS, "declined", "class_held", "class_planned")
STOCKS = ("pupils", "mentored", "joined", "late")
"""As it stands on the day of counting; of a month that is over, as it stood at the last count in it."""

_TOOK = ", ".join(f"'{one.value}'" for one in TOOK_PLACE)
_OF_SCHOOL = "FROM pupil pu WHERE pu.school_id = :school AND pu.ended_at IS NULL"
_HELD = f"v.purpose = 'visit' AND v.state IN ({_TOOK}) AND v.starts_at >= :since AND v.starts_at < :until"
_DECLINED = "v.purpose = 'visit' AND v.state = 'declined' AND v.ended_at >= :since AND v.ended_at < :until"
# A word that was taken back is followed by 'undone'.
_MARKED = (
    "EXISTS (SELECT 1 FROM duty_mark d WHERE d.subject_id = pu.id AND {codes} AND d.state = 'done' AND d.on_day >= :first"
    " AND d.on_day < :end AND NOT EXISTS (SELECT 1 FROM duty_mark u WHERE u.state = 'undone' AND u.id = (SELECT MIN(n.id)"
    " FROM duty_mark n WHERE n.subject_id = d.subject_id AND n.code = d.code AND n.id > d.id)))"
)
_NOTED = "EXISTS (SELECT 1 FROM written_note w WHERE w.pupil_id = pu.id AND w.sent_at >= :since AND w.sent_at < :until)"
_WROTE = (
    "EXISTS (SELECT 1 FROM thread t WHERE t.pupil_id = pu.id AND t.mentor_wrote_at >= :since AND (t.mentor_wrote_at < :until"
    " OR EXISTS (SELECT 1 FROM message x WHERE x.thread_id = t.id AND NOT x.by_guardian AND x.written_at >= :since"
    " AND x.written_at < :until)))"
)
_MENTORED = "EXISTS (SELECT 1 FROM mentorship m WHERE m.pupil_id = pu.id AND m.until IS NULL)"
_PUPILS = sql(
    f"SELECT COUNT(*) AS pupils, SUM(CASE WHEN {_MENTORED} THEN 1 ELSE 0 END) AS mentored,"
    " SUM(CASE WHEN EXISTS (SELECT 1 FROM guardianship g JOIN person p ON p.id = g.person_id AND p.account_id IS NOT NULL"
    " WHERE g.pupil_id = pu.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL) THEN 1 ELSE 0 END) AS joined"
    f" {_OF_SCHOOL}"
)
_LATE = sql(
    "SELECT COUNT(DISTINCT t.pupil_id) AS late FROM promise p JOIN thread t ON t.id = p.thread_id"
    " JOIN pupil pu ON pu.id = t.pupil_id AND pu.school_id = :school AND pu.ended_at IS NULL"
    " WHERE p.ended_at IS NULL AND p.due_at <= :now"
)
_CONTACT = sql(
    f"SELECT COUNT(*) AS many {_OF_SCHOOL} AND {_MENTORED} AND ({_WROTE} OR {_NOTED}"
    f" OR EXISTS (SELECT 1 FROM visit v WHERE v.pupil_id = pu.id AND {_HELD}) OR "
    + _MARKED.format(codes="d.code IN ('family_contact', 'first_contact')")
    + ")"
)
_TALK = sql(f"SELECT COUNT(*) AS many {_OF_SCHOOL} AND " + _MARKED.format(codes="d.code = 'pupil_talk'"))
_NOTE = sql(f"SELECT COUNT(*) AS many {_OF_SCHOOL} AND {_NOTED}")
_VISITS = sql(
    "SELECT v.form, COUNT(DISTINCT v.pupil_id) AS many FROM visit v WHERE v.school_id = :school"
    f" AND {_HELD} AND v.form IS NOT NULL GROUP BY v.form"
)
_REACHED = sql(
    "SELECT COUNT(DISTINCT v.pupil_id) AS reached,"
    " COUNT(DISTINCT CASE WHEN v.state = 'declined' THEN v.pupil_id END) AS declined FROM visit v"
    f" WHERE v.school_id = :school AND (({_HELD}) OR ({_DECLINED}))"
)
_CLASSES = sql(
    "SELECT COUNT(*) AS planned, SUM(CASE WHEN state = 'held' THEN 1 ELSE 0 END) AS held FROM event"
    " WHERE school_id = :school AND kind = 'parent_class' AND first_id IS NULL AND state NOT IN ('proposed', 'cancelled')"
    " AND starts_at >= :since AND starts_at < :until"
)
_PUT = sql(
    "INSERT INTO city_count (school_id, span, begins, what, number) VALUES (:school, :span, :begins, :what, :number)"
    " ON CONFLICT (school_id, span, begins, what) DO UPDATE SET number = :number"
)
_SUM = sql(
    "SELECT what, SUM(number) AS number FROM city_count WHERE school_id = :school AND span = 'month'"
    " AND begins >= :first AND begins <= :last AND what IN ('contact', 'contact_due') GROUP BY what"
)
_MONTHS = sql(
    "SELECT DISTINCT begins FROM city_count WHERE school_id = :school AND span = 'month' AND what = 'reached'"
)
_COUNTED = sql(
    "INSERT INTO city_counted (school_id, at) VALUES (:school, :now) ON CONFLICT (school_id) DO UPDATE SET at = :now"
)
_NEXT = sql(
    "SELECT s.id, s.zone FROM school s LEFT JOIN city_counted c ON c.school_id = s.id"
    " WHERE EXISTS (SELECT 1 FROM role r WHERE r.kind = 'centre' AND r.until IS NULL)"
    " AND (c.at IS NULL OR c.at < :night OR (c.asked_at > c.at AND c.at < :now - :pace))"
    " ORDER BY COALESCE(c.at, 0), s.id LIMIT 1"
)
_ASK = sql("UPDATE city_counted SET asked_at = :now")


@dataclass(frozen=True, slots=True)
class Span:
    """What is counted: a school's month or term, the last day not included. Moments in milliseconds since 1970."""

    kind: str
    key: date
    first: date
    end: date
    since: int
    until: int


def month_of(first: date, zone: str) -> Span:
    """A month by its first day."""
    return Span(MONTH, first, first, after(first), midnight(first, zone), midnight(after(first), zone))


def term_of(term: Term, today: date) -> Span:
    """A term under its half year; where the latest one was over before this half year began, the half year itself."""
    begins, ends = half(today)
    first, last = (term.begins, term.ends) if term.ends >= begins else (begins, ends)
    key = half(first + (last - first) / 2)[0]
    end = last + timedelta(days=1)
    return Span(TERM, key, first, end, midnight(first, term.zone), midnight(end, term.zone))


def flows(unit: Unit, school_id: int, span: Span) -> dict[str, int]:
    """What happened in a school within a span, each family counted once."""
    when = {"school": school_id, "since": span.since, "until": span.until}
    days = {"school": school_id, "first": span.first, "end": span.end}
    found = dict.fromkeys(FLOWS, 0)
    found["talk"] = unit.execute(_TALK, **days).scalar_one()
    found["note"] = unit.execute(_NOTE, **when).scalar_one()
    if span.kind == MONTH:
        found["contact"] = unit.execute(_CONTACT, **when, first=span.first, end=span.end).scalar_one()
    for row in unit.execute(_VISITS, **when):
        found[f"visit_{row.form}"] = row.many
    row = unit.execute(_REACHED, **when).one()
    found["reached"], found["declined"] = row.reached, row.declined
    row = unit.execute(_CLASSES, **when).one()
    found["class_planned"], found["class_held"] = row.planned, row.held or 0
    return found


def stocks(unit: Unit, school_id: int) -> dict[str, int]:
    """How a school stands at this moment."""
    row = unit.execute(_PUPILS, school=school_id).one()
    late = unit.execute(_LATE, school=school_id, now=unit.now_ms).scalar_one()
    return {"pupils": row.pupils, "mentored": row.mentored or 0, "joined": row.joined or 0, "late": late}


def _keep(unit: Unit, school_id: int, span: Span, numbers: dict[str, int]) -> None:
    for what, number in numbers.items():
        unit.later(_PUT, school=school_id, span=span.kind, begins=span.key, what=what, number=int(number))


def turn(unit: Unit, zone: str) -> bool:
    """Counts one part: a month or the present of one school. True where there is more to count.

    `zone` is the deployment's, by which the night is reckoned.
    """
    today = today_of(unit, zone)
    night = midnight(today, zone) + NIGHT * 3_600_000
    if night > unit.now_ms:
        night = midnight(today - timedelta(days=1), zone) + NIGHT * 3_600_000
    row = unit.execute(_NEXT, night=night, now=unit.now_ms, pace=PACE).first()
    if row is None:
        return False
    if not unit.attempt(lambda: _part(unit, row.id, row.zone)):
        # A school that cannot be counted keeps no other one waiting; it comes again next night.
        unit.later(_COUNTED, school=row.id, now=unit.now_ms)
    return True


def _part(unit: Unit, school_id: int, zone: str) -> None:
    today = today_of(unit, zone)
    this, stock = today.replace(day=1), stocks(unit, school_id)
    known = {as_day(row.begins) for row in unit.execute(_MONTHS, school=school_id)}
    missing, month = None, half(today)[0]
    while month < this:
        missing, month = (month if missing is None and month not in known else missing), after(month)
    if missing is not None:
        span = month_of(missing, zone)
        # Who were whose pupils then, nobody has noted: those of today stand for it.
        past = {one: stock[one] for one in ("pupils", "mentored")} | {"contact_due": stock["mentored"]}
        _keep(unit, school_id, span, flows(unit, school_id, span) | past)
        return
    before = (this - timedelta(days=1)).replace(day=1)
    if today.day <= SETTLING and before in known:
        span = month_of(before, zone)
        _keep(unit, school_id, span, flows(unit, school_id, span))
    span = month_of(this, zone)
    _keep(unit, school_id, span, flows(unit, school_id, span) | stock | {"contact_due": stock["mentored"]})
    term = term_of(terms.of_school(unit, school_id, zone)[0], today)
    months = {"first": term.first.replace(day=1), "last": term.end - timedelta(days=1)}
    sums = {row.what: row.number for row in unit.execute(_SUM, school=school_id, **months)}
    _keep(unit, school_id, term, flows(unit, school_id, term) | stock | sums)
    unit.later(_COUNTED, school=school_id, now=unit.now_ms)


def ask(unit: Unit) -> None:
    """All schools are counted again soon. Rights are the caller's to ask."""
    unit.write(_ASK, now=unit.now_ms)
