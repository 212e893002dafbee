"""The rota's rows: which days there are, what a proposal writes, what it leaves alone; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models import people, school_year
from models.calendar import Calendar
from models.events import events, planning, rota, suggesting, wishes
from models.events.planning import Setting, Term
from models.events.rules import EventRules
from models.events.states import EventState
from models.school_year import EXAM, HOLIDAY, TERM, Entry
from models.unit import Unit
from models.vault import Vault
from tests.school import School

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
"""A Tuesday."""
RULES = EventRules()


class Office:
    """The small school with a term from September to January, at NOW."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self.school = School(engine, vault)
        self.connection = engine.connect()
        self.connection.begin()
        self.unit = Unit(self.connection, vault, NOW)
        self.id = self.school.ids["school"]
        school_year.put(self.unit, self.id, Entry(TERM, "秋季学期", date(2026, 9, 1), date(2027, 1, 29)))
        self.term: Term = planning.term_of(self.unit, self.id, ZONE) or pytest.fail("no term")

    def days(self, usual: Setting = Setting()) -> dict[date, tuple[date, ...]]:  # noqa: B008 - it is frozen
        return planning.days_in(self.unit, self.id, self.term, usual, ZONE)

    def propose(self, usual: Setting = Setting()) -> rota.Proposal:  # noqa: B008 - it is frozen
        return planning.propose(self.unit, self.id, self.term, usual, RULES, ZONE, self.school.ids["赵主任"])


@pytest.fixture
def office(engine: Engine, vault: Vault) -> Iterator[Office]:
    found = Office(engine, vault)
    yield found
    found.connection.close()


def test_days_are_the_usual_weekday_first_and_never_exams_or_holidays(office: Office) -> None:
    school_year.put(office.unit, office.id, Entry(EXAM, "期中", date(2026, 11, 9), date(2026, 11, 13)))
    school_year.put(office.unit, office.id, Entry(HOLIDAY, "秋假", date(2026, 11, 18), date(2026, 11, 20)))
    found = office.days()
    assert list(found) == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    calendar = Calendar(ZONE, {})
    for month, days in found.items():
        assert days[0].weekday() == 4, month
        assert all(calendar.is_school_day(one) for one in days)
        assert min(days) >= NOW.date() + timedelta(days=planning.LEAD_DAYS)
    november = found[date(2026, 11, 1)]
    assert not [one for one in november if date(2026, 11, 9) <= one <= date(2026, 11, 13)]
    assert not [one for one in november if date(2026, 11, 18) <= one <= date(2026, 11, 20)]
    # National Day: no school on its days, whatever the weekday.
    assert not [one for one in found[date(2026, 10, 1)] if one.day <= 7]


def test_a_month_of_nothing_but_holidays_is_named_as_such(office: Office) -> None:
    school_year.put(office.unit, office.id, Entry(HOLIDAY, "停课", date(2026, 11, 1), date(2026, 11, 30)))
    assert office.days()[date(2026, 11, 1)] == ()
    found = office.propose()
    assert [(one.month, one.why) for one in found.unmet if one.why is rota.Why.NO_DAY] == [
        (date(2026, 11, 1), rota.Why.NO_DAY)
    ]


def test_saturdays_are_possible_where_they_are_usual(office: Office) -> None:
    assert office.days(Setting(5, 570))[date(2026, 11, 1)][0].weekday() == 5
    assert not any(one.weekday() == 5 for one in office.days()[date(2026, 11, 1)])


def test_a_proposal_is_written_down_once_and_again_the_same(office: Office) -> None:
    first = office.propose()
    rows = planning.places(office.unit, office.id, office.term, ZONE)
    assert {(one.month, one.host_id, one.day) for one in rows} == {
        (one.month, one.mentor_id, one.day) for one in first.lectures
    }
    assert {one.state for one in rows} == {EventState.PROPOSED}
    second = office.propose()
    assert second.lectures == first.lectures
    assert len(planning.places(office.unit, office.id, office.term, ZONE)) == len(first.lectures)


def test_what_was_told_stays_and_only_the_rest_is_made_anew(office: Office) -> None:
    office.propose()
    kept = planning.places(office.unit, office.id, office.term, ZONE)[0]
    assert events.move(office.unit, kept.event_id, EventState.PLANNED, None)
    wishes.put(office.unit, kept.host_id, kept.month, wishes.CANNOT)
    office.propose(Setting(2, 1080))
    now = planning.places(office.unit, office.id, office.term, ZONE)
    assert kept.event_id in {one.event_id for one in now}
    assert next(one for one in now if one.event_id == kept.event_id).day == kept.day


def test_two_mentors_cannot_fill_five_months_and_both_are_named(office: Office) -> None:
    found = office.propose()
    assert len(found.lectures) == 2
    assert {one.why for one in found.unmet} == {rota.Why.TOO_FEW}
    one = found.unmet[0]
    assert set(one.mentors) == {office.school.ids["李明"], office.school.ids["周静"]}
    assert (one.places, len(one.others)) == (2, 3)
    assert {slot for each in found.unmet for slot in each.others} == {
        (office.school.ids["class"], month) for month in office.days()
    }


def test_wishes_are_met(office: Office) -> None:
    mentor = office.school.ids["周静"]
    wishes.put(office.unit, mentor, date(2026, 12, 1), wishes.PREFER)
    found = office.propose()
    assert [one.month for one in found.lectures if one.mentor_id == mentor] == [date(2026, 12, 1)]


def test_a_class_and_month_has_one_place(office: Office) -> None:
    office.propose()
    one = planning.places(office.unit, office.id, office.term, ZONE)[0]
    starts, ends = planning.span(one.day, 1140, ZONE)
    with pytest.raises(IntegrityError):
        events.plan(
            office.unit,
            school_id=office.id,
            kind="parent_class",
            state=EventState.PLANNED,
            host_id=one.host_id,
            starts_at=starts,
            ends_at=ends,
            actor=None,
            rota=(one.class_id, one.month),
        )


def test_a_suggestion_changes_one_place_where_one_will_do(office: Office) -> None:
    office.propose()
    place = planning.places(office.unit, office.id, office.term, ZONE)[0]
    events.move(office.unit, place.event_id, EventState.PLANNED, None)
    steps, why = suggesting.suggest(office.unit, events.must(office.unit, place.event_id), RULES, ZONE)
    # Both mentors have theirs: the same mentor on another day is the least that can be changed.
    assert why is None
    assert [(one.event_id, one.host_id) for one in steps] == [(place.event_id, place.host_id)]
    assert steps[0].day != place.day


def test_a_chief_mentor_is_shown_what_the_own_classes_can_do_and_an_admin_all(office: Office) -> None:
    """李明 is away all October; 周静 could, but has the other class's October, which only 孙涛 could take over."""
    unit, ids = office.unit, office.school.ids
    with Session(office.connection, join_transaction_mode="create_savepoint") as session:
        stage = session.execute(text("SELECT id FROM stage")).scalar_one()
        other = people.SchoolClass(school_id=office.id, stage_id=stage, grade="六年级", name="1班")
        session.add(other)
        session.flush()
        third = office.school.person(session, "孙涛", "T3", "体育")
        for number, mentor in (("S8", third), ("S9", ids["周静"])):
            office.school.pupil(session, number, number, mentor, ())
        session.execute(
            text("UPDATE pupil SET school_class_id = :other WHERE number IN ('S8', 'S9')"), {"other": other.id}
        )
        session.commit()
        other_id = other.id
    october, day = date(2026, 10, 1), date(2026, 10, 16)
    starts, ends = planning.span(day, 1140, ZONE)
    first, second = (
        events.plan(
            unit,
            school_id=office.id,
            kind="parent_class",
            state=EventState.PLANNED,
            host_id=host,
            starts_at=starts,
            ends_at=ends,
            actor=None,
            rota=(class_id, october),
        )
        for class_id, host in ((ids["class"], ids["李明"]), (other_id, ids["周静"]))
    )
    unit.execute(
        text(
            "INSERT INTO absence (id, mentor_id, substitute_id, starts_at, ends_at, set_by, started_told, ended_told)"
            " VALUES (77, :who, :by, :starts, :ends, :who, :no, :no)"
        ),
        who=ids["李明"],
        by=ids["周静"],
        starts=starts - 40 * 86_400_000,
        ends=ends + 40 * 86_400_000,
        no=False,
    )
    event = events.must(unit, first)
    every, _ = suggesting.suggest(unit, event, RULES, ZONE)
    assert {(one.event_id, one.host_id) for one in every} == {(first, ids["周静"]), (second, third)}
    assert suggesting.suggest(unit, event, RULES, ZONE, frozenset({ids["class"]})) == ([], rota.Why.TOO_FEW)
    assert suggesting.suggest(unit, event, RULES, ZONE, frozenset({ids["class"], other_id}))[0] == every


def test_a_suggestion_is_made_in_the_term_of_the_event(office: Office) -> None:
    school_year.put(office.unit, office.id, Entry(TERM, "春季学期", date(2027, 2, 22), date(2027, 7, 2)))
    starts, ends = planning.span(date(2027, 3, 19), 1140, ZONE)
    row = events.plan(
        office.unit,
        school_id=office.id,
        kind="parent_class",
        state=EventState.PLANNED,
        host_id=office.school.ids["周静"],
        starts_at=starts,
        ends_at=ends,
        actor=None,
        rota=(office.school.ids["class"], date(2027, 3, 1)),
    )
    steps, why = suggesting.suggest(office.unit, events.must(office.unit, row), RULES, ZONE)
    assert why is None
    assert [one.event_id for one in steps] == [row]
    assert planning.term_at(office.unit, office.id, date(2026, 8, 1)) is None


def test_what_has_begun_is_not_changed_round(office: Office) -> None:
    office.propose()
    place = planning.places(office.unit, office.id, office.term, ZONE)[0]
    events.move(office.unit, place.event_id, EventState.PLANNED, None)
    office.unit.now = datetime.fromtimestamp(place.starts_at / 1000, UTC) + timedelta(minutes=5)
    stated = planning.problem(office.unit, office.id, office.term, Setting(), RULES, ZONE)
    assert (place.class_id, place.month) in stated.fixed
