"""What the rows say of one mentor within a term: whose mentor, what was done and what others did not need.

Read for that mentor alone. It says whether something was done for a family in a month, never how often or how quickly.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, text

from models.appointments.states import TOOK_PLACE
from models.base import as_day, from_ms
from models.calendar import calendar_of
from models.checklist.coverage import stage_names
from models.checklist.items import stage_fits
from models.duties.due import DONE, HANDED, NOT_APPLICABLE, UNDONE, monday
from models.duties.kinds import Kind
from models.evidence.terms import Term, after, midnight, today_of
from models.unit import Unit, sql

SETTLED = 14
"""Days for which somebody has to have been a pupil's mentor before a duty can be asked of them."""
SCHOOL_DAYS = 3
"""A week with fewer is no week in which an activity falls due."""

_PUPILS = sql(
    "SELECT m.pupil_id, m.since, m.until, sc.grade, st.name AS stage FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id"
    " JOIN school_class sc ON sc.id = pu.school_class_id JOIN stage st ON st.id = sc.stage_id WHERE m.mentor_id = :mentor"
    " AND m.since < :until AND (m.until IS NULL OR m.until > :since)"
)
# Who is away is asked for nothing: the duties of these days are the substitute's (models/duties/due.py).
_AWAY = sql(
    "SELECT starts_at, CASE WHEN cancelled_at < ends_at THEN cancelled_at ELSE ends_at END AS back FROM absence"
    " WHERE mentor_id = :mentor AND starts_at < :until AND ends_at > :since"
    # One that was ended early was one until then.
    " AND (cancelled_at IS NULL OR cancelled_at > starts_at)"
)
_WROTE = sql(
    "SELECT DISTINCT t.pupil_id FROM thread t JOIN message m ON m.thread_id = t.id WHERE t.mentor_id = :mentor"
    " AND NOT m.by_guardian AND COALESCE(m.author_id, t.mentor_id) = :mentor AND m.state IN ('delivered', 'queued', 'held')"
    " AND m.written_at >= :since AND m.written_at < :until"
)
_TOOK = ", ".join(f"'{one.value}'" for one in TOOK_PLACE)
_VISITS = sql(
    "SELECT pupil_id, mentor_id, state, starts_at, ended_at FROM visit WHERE purpose = 'visit'"
    " AND (mentor_id = :mentor OR (companion_id = :mentor AND companion_says = 'yes'))"
    f" AND ((state IN ({_TOOK}) AND starts_at >= :since AND starts_at < :until)"
    " OR (state = 'declined' AND ended_at >= :since AND ended_at < :until))"
)
_NOTES = sql(
    "SELECT pupil_id, sent_at FROM written_note WHERE mentor_id = :mentor AND sent_at IS NOT NULL"
    " AND sent_at >= :since AND sent_at < :until"
)
_MARKS = text(
    "SELECT code, subject_id, state, on_day, until, person_id FROM duty_mark WHERE subject_id IN :subjects ORDER BY id"
).bindparams(bindparam("subjects", expanding=True))


@dataclass(frozen=True, slots=True)
class Own:
    """A pupil and the days of this term on which the mentor was theirs, the last one not included.

    `spans`: the days among them that the mentor answers for, without those away and those on which somebody else was theirs.
    """

    pupil_id: int
    first: date
    end: date
    spans: tuple[tuple[date, date], ...]
    stage: str
    grade: int | None

    def asked(self, kind: Kind | None) -> bool:
        """Whether a school asks for that duty in the pupil's stage."""
        return kind is None or not kind.stages or stage_fits(kind.stages, self.stage, self.grade)

    def days(self, first: date, end: date) -> int:
        """For how many of these days, the last not included, the mentor answers."""
        return sum(max((min(end, last) - max(first, begins)).days, 0) for begins, last in self.spans)


@dataclass(frozen=True, slots=True)
class Mark:
    """A word on a duty that was not taken back."""

    state: str
    day: date
    until: date | None
    person_id: int


class Record:
    """One mentor's term up to today."""

    def __init__(self, unit: Unit, school_id: int, mentor_id: int, term: Term) -> None:
        self.unit, self.school_id, self.mentor_id, self.term = unit, school_id, mentor_id, term
        self.today = today_of(unit, term.zone)
        self.end = min(term.ends, self.today) + timedelta(days=1)
        """The first day that is not counted any more."""
        self.span = {"mentor": mentor_id, "since": term.since, "until": term.until}
        self.away = [(self.day(row.starts_at), self.day(row.back)) for row in unit.execute(_AWAY, **self.span)]
        """Days on which a substitute did the mentor's work, the last one not included."""
        self.own = self._pupils()
        self._marks = self._said()
        rows = unit.execute(_VISITS, **self.span).all()
        self.visits = [(row.pupil_id, self.day(row.starts_at)) for row in rows if row.state != "declined"]
        """Pupil and day of each visit that took place, as mentor or as second teacher."""
        mine = [row for row in rows if row.mentor_id == mentor_id]
        self.visited = {row.pupil_id for row in mine}
        """Families whose visit this mentor held, or who do not want one."""
        self.companion = sum(1 for row in rows if row.mentor_id != mentor_id and row.state != "declined")
        notes = unit.execute(_NOTES, **self.span).all()
        self.noted = {row.pupil_id: self.day(row.sent_at) for row in notes}

    def day(self, moment: int) -> date:
        """The day of a moment in milliseconds since 1970."""
        return from_ms(moment).astimezone(ZoneInfo(self.term.zone)).date()

    def _pupils(self) -> list[Own]:
        found: dict[int, Own] = {}
        for row in self.unit.execute(_PUPILS, **self.span):
            first = max(self.day(row.since), self.term.begins)
            end = self.end if row.until is None else min(self.day(row.until), self.end)
            spans = self._there(first, end)
            known = found.get(row.pupil_id)
            if known is not None:
                first, end, spans = min(first, known.first), max(end, known.end), known.spans + spans
            found[row.pupil_id] = Own(row.pupil_id, first, end, spans, *stage_names(row.stage, row.grade))
        return [one for one in found.values() if one.first < one.end]

    def _there(self, first: date, end: date) -> tuple[tuple[date, date], ...]:
        """These days without those away."""
        left = [(first, end)]
        for begins, back in self.away:
            left = [part for one, last in left for part in ((one, min(last, begins)), (max(one, back), last))]
        return tuple(one for one in left if one[0] < one[1])

    def _said(self) -> dict[tuple[str, int], list[Mark]]:
        found: dict[tuple[str, int], list[Mark]] = defaultdict(list)
        subjects = [self.mentor_id, *(one.pupil_id for one in self.own)]
        for row in self.unit.execute(_MARKS, subjects=subjects):
            kept = found[row.code, row.subject_id]
            if row.state == UNDONE:
                if kept:
                    kept.pop()
                continue
            day, until = as_day(row.on_day), None if row.until is None else as_day(row.until)
            if row.state == HANDED:
                until = date.max
            elif row.state == DONE and kept and kept[-1].state == HANDED:
                kept[-1] = replace(kept[-1], until=day + timedelta(days=1))
            kept.append(Mark(row.state, day, until, row.person_id))
        return found

    def done(self, code: str, subject_id: int) -> list[date]:
        """The days on which this mentor said that it was done."""
        marks = self._marks.get((code, subject_id), ())
        return [one.day for one in marks if one.state == DONE and one.person_id == self.mentor_id]

    def not_needed(self, code: str, subject_id: int, first: date, end: date) -> bool:
        """Whether it was said not to apply to any of these days, the last not included, or was a colleague's to do."""
        marks = self._marks.get((code, subject_id), ())
        return any(
            one.state in (NOT_APPLICABLE, HANDED) and one.until is not None and one.day < end and first < one.until
            for one in marks
        )

    def written_to(self, month: date) -> set[int]:
        """The pupils to whose families this mentor wrote in a month, however often."""
        since = max(midnight(month, self.term.zone), self.term.since)
        until = min(midnight(after(month), self.term.zone), self.term.until)
        rows = self.unit.execute(_WROTE, mentor=self.mentor_id, since=since, until=until)
        return {row.pupil_id for row in rows}

    def weeks(self) -> list[date]:
        """The Mondays of the term's weeks that are over, had school, and in which the mentor was there and had pupils."""
        calendar, found = calendar_of(self.unit, self.school_id, self.term.zone), []
        week = monday(self.term.begins)
        while week + timedelta(days=7) <= self.end:
            days = (week + timedelta(days=one) for one in range(7))
            held = [one for one in days if self.term.begins <= one and calendar.is_school_day(one)]
            end = week + timedelta(days=7)
            # Who comes, goes or is away in the middle of a week is not asked for it.
            there = any(begins <= max(week, self.term.begins) and end <= last for begins, last in self._spans())
            if len(held) >= SCHOOL_DAYS and there:
                found.append(week)
            week += timedelta(days=7)
        return found

    def _spans(self) -> set[tuple[date, date]]:
        return {span for one in self.own for span in one.spans}
