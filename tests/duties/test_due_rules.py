"""What is due, against a second, plainer reckoning: a machine that lets days pass and people say what they like."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import create_engine, text
from sqlmodel import Session, SQLModel
from sqlmodel.pool import StaticPool

from bot import schema  # noqa: F401 - it knows all tables
from models.appointments.states import VisitState
from models.base import new_id, to_ms
from models.checklist import coverage
from models.duties import due, kinds, marks
from models.duties.due import SchoolDays, Span
from models.duties.kinds import Kind, cycle_of
from models.events.states import EventState
from models.events.tables import Event
from models.unit import Unit
from models.vault import Vault, new_key_line, parse_keys
from tests.effort import examples
from tests.school import School

ZONE = "Asia/Shanghai"
CYCLES = {"first_contact": 14, "family_contact": 30, "pupil_talk": 42, "home_visit": 60}
PUPILS = {"李明": ["张小雨", "张小阳"], "周静": ["陈晨"]}

GOING = ("planned", "invited", "accepted", "confirmed", "in_progress")
MET = ("held", "agreed", "followed_up", "closed")
MEETS = (
    "INSERT INTO visit (id, school_id, pupil_id, purpose, state, version, kind, aim, asked_by_guardian, mentor_id,"
    " companion_says, wish_proposed, sequence, safety_step, why, created_at, starts_at, ends_at, ended_at)"
    " VALUES (:id, :school, :pupil, :purpose, :state, 0, 'routine', 'know', :no, :mentor, 'nobody', :no, 0, 0, '',"
    " :begins, :begins, :ends, :ended)"
)
MEETS_ON = (
    "UPDATE visit SET state = :state, mentor_id = :mentor, starts_at = :begins, ends_at = :ends, ended_at = :ended"
    " WHERE id = :id"
)


class Weeks(RuleBasedStateMachine):
    """A school of two mentors, day after day; the other reckoning replays what was said from the beginning."""

    @initialize()
    def begin(self) -> None:
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        SQLModel.metadata.create_all(self.engine)
        self.vault = Vault(parse_keys(new_key_line()))
        self.school = School(self.engine, self.vault)
        self.now = self.school.now
        self.since = self.day
        self.said: list[tuple[str, str, str, date, str]] = []
        """code, pupil, state, day, to whom"""
        self.wrote: dict[str, date] = {}
        self.met: dict[int, tuple[str, str, str, str, date]] = {}
        """pupil, purpose, mentor, state, day of an appointment"""
        self.gathered: list[tuple[str, str, date]] = []
        """mentor, state, day of an activity"""
        with self.unit() as unit:
            kinds.change(unit, self.school.ids["school"], "home_visit", cycle="days:60")
            for code in ("written_note", "lecture", "weekly_meeting", "monthly_review"):
                kinds.change(unit, self.school.ids["school"], code, enabled=False)
            unit.connection.commit()

    @property
    def day(self) -> date:
        return (self.now + timedelta(hours=8)).astimezone(UTC).date()

    def unit(self) -> UnitOf:
        return UnitOf(self)

    @rule(days=st.integers(1, 20))
    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(pupil=st.sampled_from(["张小雨", "张小阳", "陈晨"]))
    def writes(self, pupil: str) -> None:
        ids, mentor = self.school.ids, next(one for one, group in PUPILS.items() if pupil in group)
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO thread (id, pupil_id, guardian_id, mentor_id, guardian_wrote_at, mentor_wrote_at)"
                    " VALUES (:id, :pupil, :guardian, :mentor, 0, :at)"
                    " ON CONFLICT (pupil_id, guardian_id, mentor_id) DO UPDATE SET mentor_wrote_at = :at"
                ),
                {
                    "id": new_id(),
                    "pupil": ids[pupil],
                    "guardian": ids["刘敏" if pupil == "陈晨" else "王芳"],
                    "mentor": ids[mentor],
                    "at": to_ms(self.now),
                },
            )
        self.wrote[pupil] = self.day

    @rule(
        pupil=st.sampled_from(["张小雨", "张小阳", "陈晨"]),
        purpose=st.sampled_from(["visit", "hour"]),
        mentor=st.sampled_from(sorted(PUPILS)),
        state=st.sampled_from([one.value for one in VisitState]),
        hours=st.integers(0, 12),
    )
    def meets(self, pupil: str, purpose: str, mentor: str, state: str, hours: int) -> None:
        """An appointment, or what became of the one that is open; it was to begin some hours ago."""
        known = (row for row, one in self.met.items() if one[:2] == (pupil, purpose) and one[3] in GOING)
        row, begins = next(known, 0), self.now - timedelta(hours=hours)
        values = {
            "id": row or new_id(),
            "school": self.school.ids["school"],
            "pupil": self.school.ids[pupil],
            "purpose": purpose,
            "state": state,
            "mentor": self.school.ids[mentor],
            "begins": to_ms(begins),
            "ends": to_ms(begins + timedelta(minutes=30)),
            "ended": None if state in GOING else to_ms(self.now),
            "no": False,
        }
        with self.engine.begin() as connection:
            connection.execute(text(MEETS_ON if row else MEETS), values)
        counted = self.now if state == "declined" else begins
        day = (counted + timedelta(hours=8)).astimezone(UTC).date()
        self.met[int(str(values["id"]))] = (pupil, purpose, mentor, state, day)

    @rule(
        mentor=st.sampled_from(sorted(PUPILS)),
        kind=st.sampled_from(["growth_group", "growth_group", "training"]),
        state=st.sampled_from([one.value for one in EventState]),
        days=st.integers(0, 9),
    )
    def gathers(self, mentor: str, kind: str, state: str, days: int) -> None:
        """An activity of a mentor's group, some days ago or some days ahead."""
        when = self.now + timedelta(days=days if state in ("planned", "announced") else -days)
        with Session(self.engine) as session:
            session.add(
                Event(
                    school_id=self.school.ids["school"],
                    kind=kind,
                    state=state,
                    audience="families",
                    host_id=self.school.ids[mentor],
                    starts_at=to_ms(when),
                    ends_at=to_ms(when + timedelta(hours=1)),
                    created_at=1,
                )
            )
            session.commit()
        if kind == "growth_group":
            self.gathered.append((mentor, state, (when + timedelta(hours=8)).astimezone(UTC).date()))

    def has_group_this_week(self, mentor: str) -> bool:
        """Whether an activity was held in this week, or will be."""
        monday = self.day - timedelta(days=self.day.weekday())
        return any(
            one == mentor and state in ("held", "planned", "announced") and 0 <= (day - monday).days < 7
            for one, state, day in self.gathered
        )

    def sat_together(self, pupil: str, *mentors: str) -> list[date]:
        """Days on which the family and one of these mentors met, at a visit or in the set hour."""
        return [day for one, _, by, state, day in self.met.values() if one == pupil and by in mentors and state in MET]

    def reached(self, pupil: str) -> list[date]:
        """Days of visits that took place, or that the family did not want."""
        return [
            day
            for one, purpose, _, state, day in self.met.values()
            if (one, purpose) == (pupil, "visit") and state in (*MET, "declined")
        ]

    def going_on(self, pupil: str) -> bool:
        return any(one[:2] == (pupil, "visit") and one[3] in GOING for one in self.met.values())

    @rule(
        code=st.sampled_from(sorted(CYCLES)),
        pupil=st.sampled_from(["张小雨", "张小阳", "陈晨"]),
        state=st.sampled_from([due.DONE, due.SNOOZED, due.NOT_APPLICABLE, due.HANDED, due.UNDONE]),
    )
    def says(self, code: str, pupil: str, state: str) -> None:
        mentor = next(one for one, group in PUPILS.items() if pupil in group)
        other = next(one for one in PUPILS if one != mentor)
        to = other if state == due.HANDED else ""
        ids = self.school.ids
        with self.unit() as unit:
            marks.put(
                unit,
                ids["school"],
                code,
                ids[pupil],
                state,
                ids[mentor],
                ZONE,
                to_person=ids[to] if to else None,
                reason="other" if state == due.NOT_APPLICABLE else "",
            )
            unit.connection.commit()
        self.said.append((code, pupil, state, self.day, to))

    @precondition(lambda self: hasattr(self, "engine"))
    @invariant()
    def both_reckon_the_same(self) -> None:
        names = {number: name for name, number in self.school.ids.items()}
        people = [self.school.ids[one] for one in PUPILS]
        with self.unit() as unit:
            together = due.of_mentors(unit, people, ZONE)
            alone = {one: due.of_mentor(unit, one, ZONE) for one in people}
        assert together == alone
        for mentor in PUPILS:
            found = {(one.kind.code, names[one.subject_id], one.due_on) for one in together[self.school.ids[mentor]]}
            assert found == self.expected(mentor), (mentor, self.said)
            assert len(found) == len(together[self.school.ids[mentor]])

    def expected(self, person: str) -> set[tuple[str, str, date]]:
        found = set()
        if not self.has_group_this_week(person):
            found.add(("group_activity", person, self.day + timedelta(days=6 - self.day.weekday())))
        for mentor, group in PUPILS.items():
            for place, pupil in enumerate(group):
                talked, waits_first = self.last("first_contact", pupil), False
                wrote = self.wrote.get(pupil)
                began = [*self.sat_together(pupil, mentor), *(one for one in (talked, wrote) if one)]
                if not any(one >= self.since for one in began) and (self.day - self.since).days <= due.FORGET_FIRST:
                    waits_first = True
                    if self.asked("first_contact", pupil, mentor) == person:
                        found.add(("first_contact", pupil, self.since + timedelta(days=14)))
                for code in ("family_contact", "pupil_talk", "home_visit"):
                    days = CYCLES[code]
                    last = self.last(code, pupil)
                    if code == "family_contact":
                        if waits_first:
                            continue
                        every = [last, talked, wrote, *self.sat_together(pupil, *PUPILS)]
                        last = max((one for one in every if one is not None), default=None)
                    if code == "home_visit":
                        if self.going_on(pupil):
                            continue
                        last = max((one for one in (last, *self.reached(pupil)) if one is not None), default=None)
                    on = self.since + timedelta(days=-(-days * (place + 1) // len(group)))
                    if last is not None:
                        on = last + timedelta(days=days)
                    if self.asked(code, pupil, mentor) == person:
                        if self.to_whom(code, pupil, mentor) != mentor and last is None:
                            on = self.since + timedelta(days=days)
                        found.add((code, pupil, on))
        return found

    def stack(self, code: str, pupil: str) -> list[tuple[str, date, str]]:
        kept: list[tuple[str, date, str]] = []
        for one, of, state, day, to in self.said:
            if (one, of) == (code, pupil):
                if state != due.UNDONE:
                    kept.append((state, day, to))
                elif kept:
                    kept.pop()
        return kept

    def last(self, code: str, pupil: str) -> date | None:
        return max((day for state, day, _ in self.stack(code, pupil) if state == due.DONE), default=None)

    def to_whom(self, code: str, pupil: str, mentor: str) -> str:
        to = mentor
        for state, _, whom in self.stack(code, pupil):
            if state in (due.HANDED, due.DONE):
                to = whom or mentor
        return to

    def asked(self, code: str, pupil: str, mentor: str) -> str | None:
        """Who is asked now; nobody where it was put off or does not apply."""
        kept = self.stack(code, pupil)
        if kept:
            state, day, _ = kept[-1]
            if state == due.SNOOZED and self.day < day + timedelta(days=marks.SNOOZE_DAYS):
                return None
            if state == due.NOT_APPLICABLE and self.day < day + coverage.WITHOUT_TERM:
                return None
        return self.to_whom(code, pupil, mentor)

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()


class UnitOf:
    """A unit of work at the machine's time."""

    def __init__(self, machine: Weeks) -> None:
        self.machine = machine

    def __enter__(self) -> Unit:
        self.connection = self.machine.engine.connect()
        return Unit(self.connection, self.machine.vault, self.machine.now)

    def __exit__(self, *_: object) -> None:
        self.connection.close()


TestWeeks = Weeks.TestCase
TestWeeks.settings = settings(
    max_examples=examples(20, of=40),
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # Without shrinking, which takes minutes here: what was said is printed anyway.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    report_multiple_bugs=False,
)


# --- days of a term ---

DAY = st.dates(date(2026, 9, 1), date(2027, 1, 20))


def kind(cycle: str) -> Kind:
    return Kind("x", "x", "x", "x", "x", "pupil", *cycle_of(cycle), "", 1, True)


@given(DAY, DAY, st.integers(0, 100), st.integers(0, 100), st.integers(1, 30))
def test_a_duty_of_the_term_falls_within_its_share_and_is_spread(
    today: date, since: date, one: int, other: int, count: int
) -> None:
    low, high = sorted((one, other))
    span = Span(1, date(2026, 9, 1), date(2027, 1, 22))
    days = SchoolDays(today, span, True, False)
    found = [due._when(kind(f"term:{low}-{high}"), days, since, None, number, count) for number in range(count)]
    length = (span.ends - span.begins).days
    settled = since + timedelta(days=due.SETTLING)
    for at in found:
        assert at is not None
        assert at >= settled
        assert at <= max(span.begins + timedelta(days=length * high // 100), settled)
    assert found == sorted(found, key=lambda at: at or today)
    assert due._when(kind(f"term:{low}-{high}"), days, since, span.begins, 0, 1) is None
    assert due._when(kind(f"term:{low}-{high}"), days, since, span.begins - timedelta(days=1), 0, 1) is not None


@given(DAY, DAY, st.sampled_from(["days:30", "week", "term:20-80"]))
def test_in_exams_and_holidays_nothing_but_a_first_contact_is_asked_for(today: date, since: date, cycle: str) -> None:
    span = Span(1, date(2026, 9, 1), date(2027, 1, 22))
    assert due._when(kind(cycle), SchoolDays(today, span, True, True), since, None, 0, 1) is None
    assert due._when(kind(cycle), SchoolDays(today, None, True, False), since, None, 0, 1) is None
    first = due._when(kind("once:14"), SchoolDays(today, span, True, True), today, None, 0, 1)
    assert first == today + timedelta(days=14)


@given(DAY, st.integers(1, 200), st.integers(1, 20))
def test_a_term_begins_afresh_and_spreads_what_is_old(today: date, before: int, count: int) -> None:
    span = Span(1, date(2026, 9, 1), date(2027, 1, 22))
    days, last = SchoolDays(today, span, True, False), span.begins - timedelta(days=before)
    found = [due._when(kind("days:30"), days, date(2025, 9, 1), last, number, count) for number in range(count)]
    if before <= 30:
        assert set(found) == {last + timedelta(days=30)}
    else:
        assert found[-1] == span.begins + timedelta(days=30)
        assert all(one is not None and span.begins < one <= span.begins + timedelta(days=30) for one in found)


@pytest.mark.parametrize(
    "written", ["", "days", "days:0", "days:401", "days:3-5", "week:2", "term:80-20", "term:20-101", "x:1"]
)
def test_a_cycle_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        cycle_of(written)


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_monday_is_the_first_day_of_its_week(there: date) -> None:
    day = due.monday(there)
    assert day.weekday() == 0
    assert 0 <= (there - day).days < 7
