"""How a sheet is counted: what fell due, what was done, what is known; and that handing in keeps its promises."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from models.base import new_id, to_ms
from models.evidence import criteria, handing, sheet, sums, terms
from models.evidence.counters import COUNTERS, Count
from models.evidence.record import Record
from models.evidence.terms import Term
from models.unit import Unit, sql
from tests.school import School

ZONE = "Asia/Shanghai"


def a_term(unit: Unit, days_ago: int = 100, days_left: int = 30) -> Term:
    """A term around today."""
    today = terms.today_of(unit, ZONE)
    return Term(None, "秋", today - timedelta(days=days_ago), today + timedelta(days=days_left), ZONE)


def put(unit: Unit, table: str, **values: Any) -> int:
    """A row of a table."""
    row = int(values.setdefault("id", new_id()))
    names = ", ".join(values)
    unit.write(sql(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{one}' for one in values)})"), **values)
    return row


def mentors_since(unit: Unit, days: int) -> None:
    """All mentorships are so many days old."""
    unit.write(sql("UPDATE mentorship SET since = :at"), at=to_ms(unit.now - timedelta(days=days)))


def mark(unit: Unit, school: School, code: str, name: str, days_ago: int, state: str = "done", **more: Any) -> None:
    """A word of 李明's on a duty."""
    day = terms.today_of(unit, ZONE) - timedelta(days=days_ago)
    values = {"school_id": school.ids["school"], "code": code, "subject_id": school.ids[name], "state": state}
    values |= {"on_day": day, "person_id": school.ids["李明"], "reason": "", "items": "", "at": unit.now_ms, **more}
    put(unit, "duty_mark", **values)


def count(unit: Unit, school: School, counter: str, term: Term) -> Count:
    """What 李明's sheet says of it."""
    found = COUNTERS[counter](Record(unit, school.ids["school"], school.ids["李明"], term))
    assert found is not None
    return found


def test_a_month_counts_once_and_is_due_when_it_is_over(school: School) -> None:
    unit = school.unit()
    mentors_since(unit, 100)
    term = a_term(unit)
    months = [one for one in term.months() if terms.after(one) <= terms.today_of(unit, ZONE)]
    before = count(unit, school, "contact_months", term)
    assert before.done == 0
    assert before.due is not None
    assert before.due <= 2 * len(months), "two pupils; of the month that is not over nothing is due"
    for _ in range(3):
        mark(unit, school, "family_contact", "张小雨", 0)
    after = count(unit, school, "contact_months", term)
    assert (after.done, after.due) == (1, before.due + 1), "what is done was due"
    mark(unit, school, "family_contact", "张小阳", 0)
    mark(unit, school, "family_contact", "张小阳", 0, state="undone")
    assert count(unit, school, "contact_months", term) == after, "what was taken back was not done"
    mark(unit, school, "family_contact", "陈晨", 0)
    assert count(unit, school, "contact_months", term) == after, "another mentor's family"
    unit.connection.close()


def test_what_does_not_apply_is_not_due(school: School) -> None:
    unit = school.unit()
    mentors_since(unit, 100)
    term = a_term(unit)
    due = count(unit, school, "contact_months", term).due
    until = terms.today_of(unit, ZONE) + timedelta(days=40)
    mark(unit, school, "family_contact", "张小雨", 100, state="not_applicable", until=until)
    fewer = count(unit, school, "contact_months", term).due
    assert due is not None
    assert fewer == due // 2
    unit.connection.close()


def test_a_visit_is_due_late_in_the_term_and_a_no_counts_as_reached(school: School) -> None:
    unit = school.unit()
    mentors_since(unit, 100)
    early, late = a_term(unit, 30, 100), a_term(unit, 100, 10)
    assert count(unit, school, "home_visits", early) == Count(0, 0)
    assert count(unit, school, "home_visits", late) == Count(0, 2)
    visit = {"school_id": school.ids["school"], "purpose": "visit", "version": 0, "kind": "routine", "aim": "know"}
    visit |= {"asked_by_guardian": False, "companion_says": "nobody", "wish_proposed": False, "sequence": 0, "why": ""}
    visit |= {"safety_step": 0, "mentor_id": school.ids["李明"], "created_at": unit.now_ms, "ended_at": unit.now_ms - 9}
    put(unit, "visit", pupil_id=school.ids["张小雨"], state="declined", **visit)
    assert count(unit, school, "home_visits", early) == Count(1, 1)
    assert count(unit, school, "home_visits", late) == Count(1, 2)
    unit.connection.close()


def test_a_mentor_of_yesterday_owes_nothing(school: School) -> None:
    unit = school.unit()
    mentors_since(unit, 3)
    term = a_term(unit)
    for counter in ("contact_months", "home_visits", "pupil_talks", "written_notes"):
        assert count(unit, school, counter, term).due == 0, counter
    unit.connection.close()


def test_feedback_is_shown_in_fives_and_a_changed_answer_moves_nothing(school: School) -> None:
    with Session(school.engine) as session:
        people = [school.person(session, f"评分{number}") for number in range(11)]
        session.commit()
    unit = school.unit()
    term = a_term(unit)
    visit = {"school_id": school.ids["school"], "purpose": "visit", "version": 0, "kind": "routine", "aim": "know"}
    visit |= {"asked_by_guardian": False, "companion_says": "nobody", "wish_proposed": False, "sequence": 0, "why": ""}
    visit |= {"safety_step": 0, "mentor_id": school.ids["李明"], "created_at": unit.now_ms, "state": "closed"}
    starts = unit.now_ms - 9_000_000
    looks = []
    for person in people:
        row = put(unit, "visit", pupil_id=school.ids["张小雨"], starts_at=starts, ends_at=starts + 9, **visit)
        put(unit, "visit_feedback", visit_id=row, guardian_id=person, stars=5, at=unit.now_ms)
        looks.append(sums.visits(unit, school.ids["李明"], term).many)
        unit.write(sql("UPDATE visit_feedback SET stars = 1 WHERE guardian_id = :person"), person=person)
    assert looks == [0] * 4 + [5] * 5 + [10] * 2
    assert sums.visits(unit, school.ids["李明"], term).total == 9 * 1 + 5, "as it was when it moved"
    unit.connection.close()


@given(st.lists(st.sampled_from(["hand", "back", "note", "later"]), max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_pressed_one_sheet_waits_at_most_and_what_was_noted_stays(school: School, moves: list[str]) -> None:
    unit = school.unit()
    me, admin, school_id = school.ids["李明"], school.ids["赵主任"], school.ids["school"]
    term, waiting, noted = a_term(unit), 0, 0
    for move in moves:
        latest = handing.latest(unit, me, term)
        if move == "hand":
            assert (handing.hand_in(unit, school_id, me, term) is not None) == (waiting == 0)
            waiting = 1
        elif move == "back" and latest is not None:
            assert not handing.take_back(unit, latest.id, admin), "nobody else's to take back"
            done = handing.take_back(unit, latest.id, me)
            assert done == (latest.noted_at is None)
            waiting -= done
        elif move == "note" and latest is not None:
            done = handing.note(unit, latest.id, admin)
            assert done == (latest.noted_at is None)
            waiting, noted = waiting - done, noted + done
        unit.now += timedelta(minutes=1)
        assert handing.waiting(unit, school_id) == waiting
        assert len(handing.of_school(unit, school_id, 0, waiting=False)) == min(noted, handing.PAGE + 1)
    unit.connection.rollback()
    unit.connection.close()


def test_a_code_is_the_papers_and_changes_with_any_number(school: School) -> None:
    unit = school.unit()
    me, term = school.ids["李明"], a_term(unit)
    given_in = handing.hand_in(unit, school.ids["school"], me, term)
    assert given_in is not None
    again = handing.one(unit, given_in.id)
    assert again is not None
    assert again.code == given_in.code
    lines = given_in.sheet.lines
    other = sheet.Sheet(given_in.sheet.term_name, given_in.sheet.begins, given_in.sheet.ends, lines[:-1])
    sealed = unit.vault.seal("evidence_sheet", given_in.id, "content", other.to_json())
    unit.write(sql("UPDATE evidence_sheet SET sealed_content = :sealed WHERE id = :id"), sealed=sealed, id=given_in.id)
    forged = handing.one(unit, given_in.id)
    assert forged is not None
    assert forged.code != given_in.code
    assert '"star"' not in given_in.sheet.to_json()
    unit.connection.close()


@pytest.mark.parametrize(
    ("counted", "written", "expected"),
    [
        (Count(9, 10), "90%", True),
        (Count(8, 10), "90%", False),
        (Count(0, 0), "90%", None),
        (Count(None), "4.5", None),
        (Count(4.6, None, 10), "4.5", True),
        (Count(1), "", None),
        (Count(2), "3", False),
    ],
)
def test_what_is_wanted_is_reached_not_yet_or_not_known(counted: Count, written: str, expected: bool | None) -> None:
    assert sheet.reaches(counted, written) is expected


def test_only_who_leads_a_team_has_a_line_of_meetings(school: School) -> None:
    unit = school.unit()
    term, lines = a_term(unit), {}
    for name in ("李明", "周静"):
        drawn = sheet.draw(unit, school.ids["school"], school.ids[name], term)
        lines[name] = [one.code for one in drawn.sheet.lines]
    assert "meeting" in lines["李明"]
    assert "meeting" not in lines["周静"]
    unit.connection.close()


def test_half_years() -> None:
    assert terms.half(date(2027, 1, 31)) == (date(2026, 8, 1), date(2027, 1, 31))
    assert terms.half(date(2027, 2, 1)) == (date(2027, 2, 1), date(2027, 7, 31))
    assert terms.half(date(2026, 8, 1))[0] == date(2026, 8, 1)


def test_no_counter_counts_messages_or_speed() -> None:
    named = " ".join(COUNTERS) + (criteria.FILE.read_text("utf-8"))
    assert not any(one in named for one in ("messages_sent", "reply_time", "rank", "promise"))
