"""What is not owed: days away, weeks before, what a colleague did, what was taken back, what never took place."""

from __future__ import annotations

from datetime import timedelta

from models.base import to_ms
from models.evidence import terms
from models.evidence.counters import Count
from models.evidence.terms import Term
from models.unit import Unit, sql
from tests.evidence.test_rules import ZONE, a_term, count, mark, mentors_since, put
from tests.school import School


def test_days_away_and_days_with_another_mentor_are_not_owed(school: School) -> None:
    unit = school.unit()
    mentors_since(unit, 100)
    term = a_term(unit, 100, 10)
    owed = {one: count(unit, school, one, term).due for one in ("contact_months", "pupil_talks", "home_visits")}
    assert all(owed.values())
    away = {"mentor_id": school.ids["李明"], "substitute_id": school.ids["周静"], "set_by": school.ids["李明"]}
    away |= {"started_told": True, "ended_told": True}
    starts = to_ms(unit.now - timedelta(days=200))
    row = put(unit, "absence", starts_at=starts, ends_at=to_ms(unit.now - timedelta(days=2)), **away)
    for one in owed:
        assert count(unit, school, one, term).due == 0, "the substitute's to do"
    assert group_due(unit, school, term) == 0
    unit.write(sql("UPDATE absence SET cancelled_at = :at WHERE id = :id"), at=starts - 1, id=row)
    for one, due in owed.items():
        assert count(unit, school, one, term).due == due, "an absence that never was"
    unit.write(
        sql("UPDATE absence SET cancelled_at = :at WHERE id = :id"), at=to_ms(unit.now - timedelta(days=9)), id=row
    )
    assert count(unit, school, "contact_months", term).due == 0, "ended early: away until then"
    unit.write(sql("DELETE FROM absence"))
    first = to_ms(unit.now - timedelta(days=100))
    unit.write(sql("UPDATE mentorship SET until = :at"), at=first + 86_400_000)
    for name in ("张小雨", "张小阳"):
        again = {"pupil_id": school.ids[name], "mentor_id": school.ids["李明"]}
        put(unit, "mentorship", since=to_ms(unit.now - timedelta(days=5)), **again)
    assert count(unit, school, "contact_months", term).due == 0, "in between somebody else was their mentor"
    unit.connection.close()


def group_due(unit: Unit, school: School, term: Term) -> int | None:
    """How many weeks with an activity fell due for 李明."""
    return count(unit, school, "group_activities", term).due


def test_a_week_is_due_for_who_was_there_and_had_pupils(school: School) -> None:
    unit = school.unit()
    term = a_term(unit, 60, 10)
    mentors_since(unit, 100)
    whole = group_due(unit, school, term)
    assert whole
    mentors_since(unit, 10)
    few = group_due(unit, school, term)
    assert few is not None
    assert few <= 1 < whole, "nobody owes the weeks before they were a mentor"
    mentors_since(unit, 100)
    until = terms.today_of(unit, ZONE) + timedelta(days=10)
    mark(unit, school, "group_activity", "李明", 60, state="not_applicable", until=until)
    assert group_due(unit, school, term) == 0
    unit.connection.close()


def test_what_was_handed_to_a_colleague_is_not_owed_until_it_was_done(school: School) -> None:
    unit = school.unit()
    mentors_since(unit, 100)
    term = a_term(unit)
    due = count(unit, school, "pupil_talks", term).due
    assert due
    mark(unit, school, "pupil_talk", "张小雨", 99, state="handed", to_person=school.ids["周静"])
    assert count(unit, school, "pupil_talks", term).due == due // 2
    mark(unit, school, "pupil_talk", "张小雨", 98, person_id=school.ids["周静"])
    assert count(unit, school, "pupil_talks", term) == Count(0, due - 1), "that once, by the colleague; then as before"
    unit.connection.close()


def test_only_what_took_place_was_a_visit_as_second_teacher(school: School) -> None:
    unit = school.unit()
    term = a_term(unit)
    visit = {"school_id": school.ids["school"], "purpose": "visit", "version": 0, "kind": "routine", "aim": "know"}
    visit |= {"asked_by_guardian": False, "companion_says": "yes", "wish_proposed": False, "sequence": 0, "why": ""}
    visit |= {"safety_step": 0, "mentor_id": school.ids["周静"], "companion_id": school.ids["李明"]}
    visit |= {"created_at": unit.now_ms, "starts_at": unit.now_ms - 99, "ends_at": unit.now_ms - 9}
    put(unit, "visit", pupil_id=school.ids["陈晨"], state="declined", ended_at=unit.now_ms - 9, **visit)
    assert count(unit, school, "companion_visits", term) == Count(0)
    put(unit, "visit", pupil_id=school.ids["张小雨"], state="closed", ended_at=unit.now_ms - 9, **visit)
    assert count(unit, school, "companion_visits", term) == Count(1)
    unit.connection.close()


def test_a_meeting_that_was_taken_back_is_none(school: School) -> None:
    unit = school.unit()
    term = a_term(unit)
    mark(unit, school, "weekly_meeting", "class", 0)
    assert count(unit, school, "team_meetings", term) == Count(1)
    mark(unit, school, "weekly_meeting", "class", 0, state="undone")
    assert count(unit, school, "team_meetings", term) == Count(0)
    unit.connection.close()


def kind(unit: Unit, school: School, code: str, cycle: str, stages: str = "") -> None:
    """The school's own word on a duty."""
    words = {
        "zh": code,
        "en": code,
        "about_zh": code,
        "about_en": code,
        "subject": "pupil",
        "weight": 1,
        "enabled": True,
    }
    put(unit, "duty_kind", school_id=school.ids["school"], code=code, cycle=cycle, stages=stages, **words)
    unit.notes.clear()


def test_a_cycle_shorter_than_two_weeks_falls_due_as_well(school: School) -> None:
    unit = school.unit()
    mentors_since(unit, 100)
    term = a_term(unit, 69, 10)
    kind(unit, school, "pupil_talk", "days:7")
    assert count(unit, school, "pupil_talks", term) == Count(0, 20)
    unit.connection.close()


def test_what_the_school_does_not_ask_for_in_a_stage_is_not_owed(school: School) -> None:
    unit = school.unit()
    mentors_since(unit, 100)
    term = a_term(unit, 100, 10)
    assert count(unit, school, "home_visits", term) == Count(0, 2)
    kind(unit, school, "home_visit", "term:20-80", "senior")
    kind(unit, school, "pupil_talk", "days:42", "senior")
    assert count(unit, school, "home_visits", term) == Count(0, 0)
    assert count(unit, school, "pupil_talks", term) == Count(0, 0)
    unit.connection.close()


def test_an_agreement_is_owed_by_who_was_the_mentor_on_its_day(school: School) -> None:
    unit = school.unit()
    mentors_since(unit, 100)
    term = a_term(unit)
    day = terms.today_of(unit, ZONE) - timedelta(days=10)
    visit = {"school_id": school.ids["school"], "purpose": "visit", "version": 0, "kind": "routine", "aim": "know"}
    visit |= {"asked_by_guardian": False, "companion_says": "nobody", "wish_proposed": False, "sequence": 0, "why": ""}
    visit |= {"safety_step": 0, "mentor_id": school.ids["李明"], "created_at": unit.now_ms, "state": "agreed"}
    put(unit, "visit", pupil_id=school.ids["张小雨"], follow_up_on=day, follow_up_by=school.ids["李明"], **visit)
    assert count(unit, school, "follow_ups", term) == Count(0, 1)
    unit.write(sql("UPDATE mentorship SET until = :at"), at=to_ms(unit.now - timedelta(days=20)))
    assert count(unit, school, "follow_ups", term) == Count(0, 0)
    unit.write(sql("UPDATE visit SET companion_id = :me"), me=school.ids["李明"])
    assert count(unit, school, "follow_ups", term) == Count(0, 1), "the second teacher's word stays theirs"
    unit.connection.close()
