"""How the lines of a mentor's own sheet are counted: what was done, and of how much that fell due.

What is open is not due before its time has passed, what does not apply is not due at all. Nothing is compared with anybody,
and there is no counter of messages or of the speed of answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from models.duties.due import CONTACT, NOTE, VISIT, monday
from models.duties.kinds import DAYS, FIRST, TERM, WEEK, kind_of
from models.evidence import sums
from models.evidence.record import SETTLED, Own, Record
from models.evidence.terms import after
from models.training import hours
from models.unit import sql

TALK, GROUP, LECTURE, MEETING = "pupil_talk", "group_activity", "lecture", "weekly_meeting"


@dataclass(frozen=True, slots=True)
class Count:
    """What was done; `due` of how many that fell due, None where nothing does. For stars `done` is the mean of `many`."""

    done: float | None
    due: int | None = None
    many: int = 0


_EVENTS = sql(
    "SELECT starts_at FROM event WHERE kind = :kind AND host_id = :mentor AND state = 'held' AND speaker_id IS NULL"
    " AND sealed_speaker IS NULL AND starts_at >= :since AND starts_at < :until"
)
_MEETINGS = sql("SELECT made_at FROM team_decision WHERE made_by = :mentor AND made_at >= :since AND made_at < :until")
_LED_A_TEAM = sql(
    "SELECT 1 FROM class_team WHERE chief_mentor_id = :mentor AND since < :until AND (until IS NULL OR until > :since)"
)
_TEAM_MARKS = sql(
    "SELECT on_day FROM duty_mark d WHERE d.code = 'weekly_meeting' AND d.person_id = :mentor AND d.state = 'done'"
    " AND d.on_day >= :first AND d.on_day < :end AND d.subject_id IN"
    " (SELECT c.school_class_id FROM class_team c WHERE c.chief_mentor_id = :mentor)"
    # A word that was taken back is followed by 'undone'.
    " AND NOT EXISTS (SELECT 1 FROM duty_mark u WHERE u.state = 'undone' AND u.id = (SELECT MIN(n.id) FROM duty_mark n"
    " WHERE n.subject_id = d.subject_id AND n.code = d.code AND n.id > d.id))"
)
_FOLLOW_UPS = sql(
    "SELECT pupil_id, companion_id, follow_up_on, followed_up_at FROM visit WHERE follow_up_by = :mentor"
    " AND follow_up_on >= :first AND follow_up_on <= :last"
    " AND (followed_up_at IS NOT NULL OR follow_up_on < :today)"
)


def _windows(one: Own, length: int) -> list[tuple[date, date]]:
    """A pupil's cycles of so many days, from when the mentor became theirs; the last one may still be open."""
    found, first = [], one.first
    while first < one.end:
        found.append((first, first + timedelta(days=length)))
        first += timedelta(days=length)
    return found


def _tally(
    record: Record, code: str, one: Own, spans: list[tuple[date, date]], days: list[date], settled: int = SETTLED
) -> tuple[int, int]:
    """Of these spans (the last day not included), how many are done, and how many fell due: done, or over."""
    done, due, asked = 0, 0, one.asked(kind_of(record.unit, record.school_id, code))
    for first, end in spans:
        met = any(first <= day < end for day in days)
        short = one.days(first, end) < settled
        if not met and (short or not asked or end > one.end or record.not_needed(code, one.pupil_id, first, end)):
            continue
        done, due = done + met, due + 1
    return done, due


def contact_months(record: Record) -> Count:
    """Families, each once a month: written to, a contact noted down, a visit, a note."""
    done = due = 0
    for month in record.term.months():
        first, end = max(month, record.term.begins), min(after(month), record.term.ends + timedelta(days=1))
        if first >= record.end:
            break
        wrote = record.written_to(month)
        for one in record.own:
            days = record.done(CONTACT, one.pupil_id) + record.done(FIRST, one.pupil_id)
            days += [day for pupil, day in record.visits if pupil == one.pupil_id]
            days += [record.noted[one.pupil_id]] if one.pupil_id in record.noted else []
            days += [first] if one.pupil_id in wrote else []
            met, fell = _tally(record, CONTACT, one, [(first, end)], days)
            done, due = done + met, due + fell
    return Count(done, due)


def _of_term(record: Record, code: str, pupils: set[int]) -> Count:
    """What is asked once a term for each pupil: due for all once the last day for it has passed, before that where done."""
    kind = kind_of(record.unit, record.school_id, code)
    if kind is None or not kind.enabled or kind.cycle != TERM:
        return Count(len(pupils))
    length = (record.term.ends - record.term.begins).days
    last = record.term.begins + timedelta(days=int(length * kind.high / 100))
    asked = set(pupils)
    if record.today > last:
        for one in record.own:
            there = one.end == record.end and one.days(record.term.begins, record.end) >= SETTLED
            if there and one.asked(kind) and not record.not_needed(code, one.pupil_id, record.term.begins, record.end):
                asked.add(one.pupil_id)
    return Count(len(pupils), len(asked))


def home_visits(record: Record) -> Count:
    """Families whose visit was held in whatever form, here or elsewhere, or who declined."""
    elsewhere = {one.pupil_id for one in record.own if _in_term(record, record.done(VISIT, one.pupil_id))}
    return _of_term(record, VISIT, record.visited | elsewhere)


def written_notes(record: Record) -> Count:
    """Pupils whose family was sent a note."""
    return _of_term(record, NOTE, set(record.noted))


def _in_term(record: Record, days: list[date]) -> list[date]:
    return [one for one in days if record.term.begins <= one < record.end]


def companion_visits(record: Record) -> Count:
    """Visits as the second teacher."""
    return Count(record.companion)


def pupil_talks(record: Record) -> Count:
    """Talks that were noted down, one for each pupil and cycle."""
    kind = kind_of(record.unit, record.school_id, TALK)
    asked = kind is not None and kind.enabled and kind.cycle == DAYS
    length = kind.low if kind is not None and kind.cycle == DAYS else (record.term.ends - record.term.begins).days + 1
    done = due = 0
    for one in record.own:
        met, fell = _tally(
            record, TALK, one, _windows(one, length), record.done(TALK, one.pupil_id), min(SETTLED, length)
        )
        done, due = done + met, due + fell
    return Count(done, due if asked else None)


def _led(record: Record, kind: str, code: str) -> list[date]:
    held = [record.day(row.starts_at) for row in record.unit.execute(_EVENTS, kind=kind, **record.span)]
    return held + _in_term(record, record.done(code, record.mentor_id))


def group_activities(record: Record) -> Count:
    """Weeks with an activity, of the weeks that are over and had school."""
    weeks = {monday(one) for one in _led(record, "growth_group", GROUP)}
    kind = kind_of(record.unit, record.school_id, GROUP)
    if kind is None or not kind.enabled or kind.cycle != WEEK:
        return Count(len(weeks))
    week = timedelta(days=7)
    due = {one for one in record.weeks() if not record.not_needed(GROUP, record.mentor_id, one, one + week)}
    return Count(len(weeks), len(weeks | due))


def lectures(record: Record) -> Count:
    """Parent classes that this mentor gave."""
    return Count(len(_led(record, "parent_class", LECTURE)))


def team_meetings(record: Record) -> Count | None:
    """Weeks in which a meeting of the own class team was noted down, by its chief mentor; nothing for who led no team."""
    if record.unit.execute(_LED_A_TEAM, **record.span).first() is None:
        return None
    weeks = {monday(record.day(row.made_at)) for row in record.unit.execute(_MEETINGS, **record.span)}
    span = {"mentor": record.mentor_id, "first": record.term.begins, "end": record.end}
    weeks |= {monday(_day(row.on_day)) for row in record.unit.execute(_TEAM_MARKS, **span)}
    return Count(len(weeks))


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def follow_ups(record: Record) -> Count:
    """Agreements whose day came while they were this mentor's to look at, and that were looked at again."""
    span = {"first": record.term.begins, "last": record.term.ends, "today": record.today}
    own = {one.pupil_id: one for one in record.own}
    done = due = 0
    for row in record.unit.execute(_FOLLOW_UPS, mentor=record.mentor_id, **span):
        one, day, met = own.get(row.pupil_id), _day(row.follow_up_on), row.followed_up_at is not None
        if row.companion_id != record.mentor_id and (not met if one is None else not one.first <= day < one.end):
            continue  # another mentor's by then
        done, due = done + met, due + 1
    return Count(done, due)


def training_hours(record: Record) -> Count:
    """Hours of courses: those of the school, and the mentor's own entries."""
    last = min(record.term.ends, record.today)
    found = hours.minutes_of(record.unit, record.mentor_id, record.term.begins, last)
    return Count(round(found / 60, 1))


def visit_feedback(record: Record) -> Count:
    """The mean of what families gave this mentor's visits, of five and five more."""
    found = sums.visits(record.unit, record.mentor_id, record.term)
    return Count(found.mean, None, found.many)


def event_feedback(record: Record) -> Count:
    """The mean of what people gave this mentor's events, of five and five more for each event."""
    found = sums.events(record.unit, record.mentor_id, record.term)
    return Count(found.mean, None, found.many)


COUNTERS: dict[str, Callable[[Record], Count | None]] = {
    one.__name__: one
    for one in (
        contact_months,
        home_visits,
        companion_visits,
        pupil_talks,
        written_notes,
        group_activities,
        lectures,
        team_meetings,
        follow_ups,
        training_hours,
        visit_feedback,
        event_feedback,
    )
}
"""By the word that stands in a list of criteria. None: it does not concern that mentor, and its line is left out."""
SHARES = ("contact_months", "home_visits", "pupil_talks", "written_notes", "group_activities", "follow_ups")
"""Counters that know what fell due: for them a wanted number may be a share."""
STARS = ("visit_feedback", "event_feedback")
