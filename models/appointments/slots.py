"""Free slots: worked out from what teachers said, the school's bounds, and what is confirmed. Nothing here is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, text

from models.appointments import availability
from models.appointments.availability import Span, Window
from models.appointments.rules import GRAIN, VisitRules
from models.appointments.states import HOLDING, TOOK_PLACE, Form, Purpose
from models.base import as_day, from_ms, to_ms
from models.calendar import Calendar, calendar_of, is_public_holiday
from models.hours import at_minute
from models.unit import Unit, sql

MINUTE = 60_000
DAY = 1440 * MINUTE
"""Of most days: those on which clocks change are reckoned by the calendar."""
LESSONS = (480, 990)
"""08:00 to 16:30: lessons of a school that has entered none ([calendar] lessons)."""
SHORT_NOTICE_HOURS = 2
"""The set hour is at school anyway: it can be booked on the same day."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom slots are looked for, and how long, and in which form."""

    school_id: int
    zone: str
    purpose: Purpose
    form: Form
    pupil_id: int
    mentor_id: int
    companion_id: int | None = None
    """Empty where no second teacher is needed, or none is chosen yet."""
    guardian_id: int | None = None
    visit_id: int | None = None
    """The appointment that looks for a time: what it holds itself is not in its way."""
    area_hash: bytes | None = None


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A free time, milliseconds since 1970. `near`: that day one of the teachers is in the same area anyway."""

    starts_at: int
    ends_at: int
    near: bool = False


_HELD = ", ".join(f"'{one.value}'" for one in HOLDING)
_COUNTED = ", ".join(f"'{one.value}'" for one in (*HOLDING, *TOOK_PLACE))
_TAKEN = text(
    "SELECT id, mentor_id, companion_id, form, area_hash, starts_at, ends_at FROM visit"
    f" WHERE state IN ({_HELD}) AND starts_at < :until AND ends_at > :after"
    " AND (mentor_id IN :people OR companion_id IN :people)"
).bindparams(bindparam("people", expanding=True))
_COUNTS = text(
    "SELECT mentor_id, companion_id, starts_at FROM visit"
    f" WHERE state IN ({_COUNTED}) AND purpose = 'visit' AND starts_at >= :after AND starts_at < :until AND id <> :own"
    " AND (mentor_id IN :people OR companion_id IN :people)"
).bindparams(bindparam("people", expanding=True))
_OFFERS = text(
    "SELECT starts_at, ends_at FROM visit_offer WHERE mentor_id IN :people AND until > :now AND visit_id <> :own"
).bindparams(bindparam("people", expanding=True))
_BUSY = text(
    "SELECT grain FROM busy WHERE subject_id IN :subjects AND grain >= :first AND grain < :last AND visit_id <> :own"
).bindparams(bindparam("subjects", expanding=True))
_AWAY = text(
    "SELECT starts_at, ends_at FROM absence WHERE mentor_id IN :people AND cancelled_at IS NULL AND starts_at < :until"
    " AND ends_at > :after"
).bindparams(bindparam("people", expanding=True))
_LESSONS = sql(
    "SELECT h.begins, h.ends FROM pupil p JOIN school_class c ON c.id = p.school_class_id"
    " JOIN stage s ON s.id = c.stage_id JOIN lesson_hours h ON h.school_id = p.school_id AND h.stage = s.name"
    " WHERE p.id = :pupil"
)
_HOLIDAYS = sql(
    "SELECT first, last FROM calendar_span WHERE school_id = :school AND kind = 'holiday' AND first <= :until"
    " AND last >= :after"
)
_CHILDREN = sql(
    "SELECT g.pupil_id FROM guardianship g JOIN pupil p ON p.id = g.pupil_id AND p.ended_at IS NULL"
    " WHERE g.person_id = :guardian AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
)


_TWINS = text(
    "SELECT DISTINCT o.id FROM person p JOIN person o ON o.account_id = p.account_id AND o.ended_at IS NULL"
    " WHERE p.id IN :people"
).bindparams(bindparam("people", expanding=True))


def twins(unit: Unit, people: Iterable[int]) -> set[int]:
    """These people and whoever else they are: a teacher who is a guardian too has two rows and one body."""
    wanted = set(people)
    if not wanted:
        return wanted
    return wanted | {row.id for row in unit.execute(_TWINS, people=sorted(wanted))}


def children_of(unit: Unit, guardian_id: int) -> list[int]:
    """The children of a guardian: visits of two of them must not fall on one time."""
    return [row.pupil_id for row in unit.execute(_CHILDREN, guardian=guardian_id)]


def teachers(wanted: Wanted) -> list[int]:
    """The teachers who have to be free."""
    return [wanted.mentor_id, *([wanted.companion_id] if wanted.companion_id is not None else [])]


@lru_cache(maxsize=4096)
def clock_changes(day: date, zone: ZoneInfo) -> tuple[Span, ...]:
    """The minutes of a day that the clock leaves out, or shows twice: nobody is given an appointment then.

    Beside them minutes of the clock are minutes that pass, and each is one moment.
    """
    quarter = timedelta(minutes=15)
    at, until = at_minute(day, -180, zone), at_minute(day, 1620, zone)
    midnight = datetime.combine(day, time())

    def clock_at(moment: datetime) -> int:
        """Minutes after midnight."""
        return int((moment.astimezone(zone).replace(tzinfo=None) - midnight).total_seconds()) // 60

    if clock_at(until) - clock_at(at) == (until - at).total_seconds() // 60:
        return ()
    found = []
    while at < until:
        straight, there = clock_at(at) + 15, clock_at(at + quarter)
        if straight != there:
            found.append((max(min(straight, there), 0), min(max(straight, there), 1440)))
        at += quarter
    return tuple(one for one in found if one[0] < one[1])


class _Plan:
    """What the rows say about the days that are looked at."""

    def __init__(self, unit: Unit, wanted: Wanted, rules: VisitRules, first: date, last: date) -> None:
        self.unit, self.wanted, self.rules = unit, wanted, rules
        self.zone = ZoneInfo(wanted.zone)
        self.calendar: Calendar = calendar_of(unit, wanted.school_id, wanted.zone)
        self.holidays = [
            (as_day(row.first), as_day(row.last))
            for row in unit.execute(_HOLIDAYS, school=wanted.school_id, after=first, until=last)
        ]
        row = unit.execute(_LESSONS, pupil=wanted.pupil_id).first()
        self.lessons: Span = LESSONS if row is None else (row.begins, row.ends)
        people, own = teachers(wanted), wanted.visit_id or 0
        self.windows: dict[int, list[Window]] = availability.of_people(unit, people)
        after = to_ms(at_minute(first, 0, self.zone))
        until = to_ms(at_minute(last, 1440, self.zone))
        self.taken: list[Row[Any]] = [
            one for one in unit.execute(_TAKEN, people=people, after=after, until=until) if one.id != own
        ]
        blocks: list[tuple[int, int]] = []
        for one in self.taken:
            gap = MINUTE * rules.gap(wanted.form, Form(one.form), near=self._near(one))
            blocks.append((one.starts_at - gap, one.ends_at + gap))
        desk = MINUTE * rules.gap(wanted.form, wanted.form, near=False)
        for offer in unit.execute(_OFFERS, people=people, now=unit.now_ms, own=own):
            blocks.append((offer.starts_at - desk, offer.ends_at + desk))
        blocks += [
            (away.starts_at, away.ends_at) for away in unit.execute(_AWAY, people=people, after=after, until=until)
        ]
        if wanted.guardian_id is not None:
            subjects = [*twins(unit, [wanted.guardian_id, *people]), *children_of(unit, wanted.guardian_id)]
            grain = GRAIN * MINUTE
            blocks += [
                (row.grain * grain, (row.grain + 1) * grain)
                for row in unit.execute(_BUSY, subjects=subjects, first=after // grain, last=until // grain, own=own)
            ]
        self.blocks = blocks
        self._days: dict[date, tuple[int, int]] = {}
        self.weeks: dict[tuple[int, date], int] = {}
        if wanted.purpose is Purpose.VISIT:
            # The weeks at both ends count whole.
            week = MINUTE * 60 * 24 * 7
            for one in unit.execute(_COUNTS, people=people, after=after - week, until=until + week, own=own):
                monday = self._monday(from_ms(one.starts_at).astimezone(self.zone).date())
                for person in {one.mentor_id, one.companion_id} & set(people):
                    self.weeks[person, monday] = self.weeks.get((person, monday), 0) + 1

    @staticmethod
    def _monday(day: date) -> date:
        return day - timedelta(days=day.weekday())

    def _near(self, row: Row[Any]) -> bool:
        mine = self.wanted.area_hash
        return mine is not None and row.area_hash is not None and bytes(row.area_hash) == bytes(mine)

    def closed(self, day: date) -> bool:
        """A public holiday or the school's own: nobody is offered a visit then."""
        own = self.calendar.days.get(day)
        if own is not None:
            return not own
        return is_public_holiday(day) or any(first <= day <= last for first, last in self.holidays)

    def full(self, day: date) -> bool:
        """One of the teachers has as many visits in that week as the school lets them have."""
        monday = self._monday(day)
        return any(self.weeks.get((person, monday), 0) >= self.rules.most_per_week for person in teachers(self.wanted))

    def bounds(self, day: date) -> list[Span]:
        """The school's bounds of a day: not before, not after, not during lessons."""
        whole = [(self.rules.earliest, self.rules.latest)]
        lessons = self.wanted.purpose is Purpose.VISIT and self.calendar.is_school_day(day)
        return availability.without(whole, [self.lessons]) if lessons else whole

    def said(self, day: date) -> list[Span]:
        """When all teachers have said that they are free; a second teacher who has said nothing is asked each time."""
        purpose = self.wanted.purpose.value
        found = availability.of_day(self.windows[self.wanted.mentor_id], purpose, day)
        other = self.windows.get(self.wanted.companion_id or 0, [])
        if any(one.purpose == purpose and one.free for one in other):
            found = availability.both(found, availability.of_day(other, purpose, day))
        return found

    def minutes(self, day: date, moment: int) -> int:
        """What the clock shows at a moment, in minutes after a day's midnight; outside of the day below 0 or above 1440."""
        midnight, next_midnight = self._ends(day)
        if next_midnight - midnight == DAY:
            return (moment - midnight) // MINUTE
        local = from_ms(moment).astimezone(self.zone)
        return (local.date() - day).days * 1440 + local.hour * 60 + local.minute

    def _moment(self, day: date, minutes: int) -> int:
        """The other way round."""
        midnight, next_midnight = self._ends(day)
        if next_midnight - midnight == DAY:
            return midnight + minutes * MINUTE
        return to_ms(at_minute(day, minutes, self.zone))

    def _ends(self, day: date) -> tuple[int, int]:
        """When a day begins and ends (ms since 1970): not always 24 hours."""
        found = self._days.get(day)
        if found is None:
            found = to_ms(at_minute(day, 0, self.zone)), to_ms(at_minute(day, 1440, self.zone))
            self._days[day] = found
        return found

    def pieces(self, day: date, spans: list[Span], notice_hours: int) -> list[Span]:
        """What is left of spans of a day beside all that is taken, so many hours from now on."""
        earliest = self.minutes(day, self.unit.now_ms + notice_hours * 60 * MINUTE - 1) + 1
        taken: list[Span] = [(0, min(earliest, 1440))] if earliest > 0 else []
        midnight, next_midnight = self._ends(day)
        for begins, ends in self.blocks:
            # Most of what is taken lies on other days.
            if ends > midnight and begins < next_midnight:
                first, last = self.minutes(day, begins), self.minutes(day, ends - 1) + 1
                taken.append((max(first, 0), min(last, 1440)))
        taken += clock_changes(day, self.zone)
        # What lies within an hour that comes twice may seem to end before it begins; the whole hour is taken then.
        return availability.without(spans, [one for one in taken if one[0] < one[1]])

    def notice(self) -> int:
        """Hours before which nothing is offered."""
        return self.rules.notice_hours if self.wanted.purpose is Purpose.VISIT else SHORT_NOTICE_HOURS

    def offered(self, day: date) -> list[Span]:
        """What teachers said, within the school's bounds."""
        return availability.both(self.said(day), self.bounds(day))

    def of_day(self, day: date) -> list[Slot]:
        """The slots of a day, one after the other with the way between them."""
        if self.closed(day) or self.full(day):
            return []
        length = self.rules.length(self.wanted.purpose)
        step = length + self.rules.gap(self.wanted.form, self.wanted.form, near=False)
        found = []
        near = any(self._near(one) and from_ms(one.starts_at).astimezone(self.zone).date() == day for one in self.taken)
        for begins, ends in self.pieces(day, self.offered(day), self.notice()):
            at = -(-begins // GRAIN) * GRAIN
            while at + length <= ends:
                moment = self._moment(day, at)
                found.append(Slot(moment, moment + length * MINUTE, near))
                at += step
        return found


def free(unit: Unit, wanted: Wanted, rules: VisitRules, *, seen: frozenset[int] = frozenset()) -> list[Slot]:
    """All free slots within the horizon: those of a day on which a teacher is near first, then by time.

    `seen`: beginnings (ms since 1970) that are not offered again.
    """
    today = unit.now.astimezone(ZoneInfo(wanted.zone)).date()
    last = today + timedelta(days=rules.horizon_days)
    plan = _Plan(unit, wanted, rules, today, last)
    if not any(one.free and one.purpose == wanted.purpose.value for one in plan.windows[wanted.mentor_id]):
        return []
    found = [slot for ahead in range((last - today).days + 1) for slot in plan.of_day(today + timedelta(days=ahead))]
    return sorted((one for one in found if one.starts_at not in seen), key=lambda one: (not one.near, one.starts_at))


def legal(unit: Unit, wanted: Wanted, rules: VisitRules, starts_at: int) -> bool:
    """Whether that time is (still) one that may be offered: within what teachers said, the bounds, and beside all held."""
    return _fits(unit, wanted, rules, starts_at, offered=True)


def possible(unit: Unit, wanted: Wanted, rules: VisitRules, starts_at: int) -> bool:
    """Whether a time that a guardian proposes is possible at all: by day, not too late, beside what is held.

    Lessons, holidays and what teachers said do not count: the mentor agrees or does not.
    """
    return _fits(unit, wanted, rules, starts_at, offered=False)


def _fits(unit: Unit, wanted: Wanted, rules: VisitRules, starts_at: int, *, offered: bool) -> bool:
    day = from_ms(starts_at).astimezone(ZoneInfo(wanted.zone)).date()
    today = unit.now.astimezone(ZoneInfo(wanted.zone)).date()
    if not today <= day <= today + timedelta(days=rules.horizon_days):
        return False
    plan = _Plan(unit, wanted, rules, day, day)
    begins = plan.minutes(day, starts_at)
    span = (begins, begins + rules.length(wanted.purpose))
    if plan.full(day) or begins % GRAIN or starts_at % (GRAIN * MINUTE):
        return False
    if not offered:
        return availability.covered(span, plan.pieces(day, [(rules.earliest, rules.latest)], 0))
    if plan.closed(day):
        return False
    return availability.covered(span, plan.pieces(day, plan.offered(day), plan.notice()))


def day_of(moment: int, zone: str) -> date:
    """The day on which a moment falls at the school."""
    return from_ms(moment).astimezone(ZoneInfo(zone)).date()


def local(moment: int, zone: str) -> datetime:
    """A moment by the school's clock."""
    return from_ms(moment).astimezone(ZoneInfo(zone))
