"""The city's counts: rounded from five up, sums of what is shown, counted part by part, nothing by person."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.base import to_ms
from models.city import counting, counts, districts
from models.city.counting import MONTH, TERM
from models.city.counts import Row
from models.evidence.terms import half, today_of
from models.standing import Self, Standing
from models.unit import Unit, sql
from tests.city.many import centre, families, other_school
from tests.school import School

ZONE = "Asia/Shanghai"


def who(person: int, school: School) -> Standing:
    """An account behind which that person stands."""
    found = Standing(1, 1, 1, "zh_CN", True, True, None, None, None)
    found.selves.append(Self(person, school.ids["school"], "x", True, (0, 0)))
    return found


def counted(unit: Unit) -> int:
    """Counts until nothing is left; answers how many parts it took."""
    parts = 0
    while counting.turn(unit, ZONE):
        unit.flush()
        parts += 1
        assert parts < 50
    return parts


@given(st.integers(0, 100_000))
def test_a_shown_number_says_nothing_about_one_family(number: int) -> None:
    shown = counts.shown(number)
    if number < 5:
        assert shown is None
    else:
        assert shown is not None
        assert shown % 5 == 0
        assert 0 <= number - shown < 5


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.data())
def test_from_sums_and_rows_no_hidden_number_can_be_reckoned_out(numbers: list[int], data: st.DataObject) -> None:
    def seen(found: list[int]) -> tuple[object, ...]:
        rows = [Row("", {"joined": counts.shown(one)}) for one in found]
        return ([one.numbers for one in rows], counts.total(rows, "joined"), counts.hidden(rows, "joined"))

    # Whatever a school's true number is within its step, all that can be looked at is the same.
    other = []
    for one in numbers:
        low = one - one % 5
        other.append(data.draw(st.integers(low, low + 4)))
    assert seen(numbers) == seen(other)


def test_counting_is_by_parts_and_rests_until_the_next_night(school: School) -> None:
    unit = school.unit()
    assert counted(unit) == 0, "without a centre nobody is counted"
    unit.connection.close()
    somebody = who(centre(school), school)
    families(school, 12, joined=11)
    unit = school.unit()
    first, _ = half(today_of(unit, ZONE))
    months = (today_of(unit, ZONE).year - first.year) * 12 + today_of(unit, ZONE).month - first.month
    assert counted(unit) == months + 1
    assert counted(unit) == 0
    (row,) = counts.rows(unit, somebody, MONTH, today_of(unit, ZONE).replace(day=1))
    assert row.numbers["pupils"] == 15
    assert row.numbers["joined"] == 10
    assert row.numbers["late"] is None
    unit.now += timedelta(days=1)
    assert counted(unit) >= 1
    counting.ask(unit)
    assert counted(unit) == 0, "not twice within ten minutes"
    unit.now += timedelta(minutes=11)
    assert counted(unit) == 0, "asked before that count"
    counting.ask(unit)
    unit.now += timedelta(minutes=1)
    assert counted(unit) == 1
    unit.connection.close()


def test_who_is_not_the_centre_gets_no_row(school: School) -> None:
    somebody = who(centre(school), school)
    families(school, 6, joined=6)
    unit = school.unit()
    counted(unit)
    month = today_of(unit, ZONE).replace(day=1)
    assert counts.rows(unit, somebody, MONTH, month)
    for name in ("赵主任", "李明", "王芳"):
        other = who(school.ids[name], school)
        assert counts.rows(unit, other, MONTH, month) == []
        assert counts.months(unit, other) == {}
    unit.write(sql("UPDATE role SET until = 1 WHERE kind = 'centre'"))
    assert counts.rows(unit, somebody, MONTH, month) == [], "the moment after the role ended"
    unit.connection.close()


def test_each_family_counts_once_whatever_was_done(school: School) -> None:
    somebody = who(centre(school), school)
    guardians = families(school, 10, joined=10)
    unit = school.unit()
    now = to_ms(unit.now)
    for number, guardian in enumerate(guardians):
        pupil = school.ids[f"pupil of {guardian}"]
        for again in range(2):
            unit.write(
                sql(
                    "INSERT INTO visit (id, school_id, pupil_id, purpose, state, version, kind, aim, asked_by_guardian,"
                    " mentor_id, companion_says, form, starts_at, ends_at, ended_at, wish_proposed, sequence, day_told,"
                    " soon_told, safety_step, why, created_at) VALUES (:id, :school, :pupil, 'visit', :state, 0, 'routine',"
                    " 'know', :no, :mentor, 'nobody', 'home', :at, :end, :end, :no, 0, -1, -1, 0, '', :at)"
                ),
                id=1000 + number * 2 + again,
                school=school.ids["school"],
                pupil=pupil,
                state="closed" if number < 7 else "declined",
                no=False,
                mentor=school.ids["李明"],
                at=now - 3_600_000,
                end=now - 1_800_000,
            )
    counted(unit)
    every = counts.spans(unit, somebody, TERM)
    (row,) = counts.rows(unit, somebody, TERM, every[0])
    assert row.numbers["reached"] == 10
    assert row.numbers["visit_home"] == 5
    assert row.numbers["declined"] is None
    assert row.numbers["contact"] == 5, "a visit is a contact, a no is none"
    unit.connection.close()


def test_a_district_is_some_schools(school: School) -> None:
    somebody = who(centre(school), school)
    other_school(school, "第二小学")
    families(school, 6)
    unit = school.unit()
    counted(unit)
    districts.keep(unit, [districts.Row(2, "京口区", "第二小学")], "x.csv")
    ((row, name),) = districts.every(unit)
    month = today_of(unit, ZONE).replace(day=1)
    assert name == "京口区"
    assert [one.name for one in counts.rows(unit, somebody, MONTH, month, row)] == ["第二小学"]
    assert len(counts.rows(unit, somebody, MONTH, month)) == 2
    unit.connection.close()


def test_months_are_the_same_sums_of_what_is_shown(school: School) -> None:
    somebody = who(centre(school), school)
    other = other_school(school, "第二小学")
    unit = school.unit()
    month = today_of(unit, ZONE).replace(day=1)
    for place, numbers in (
        (school.ids["school"], {"pupils": 23, "joined": 14, "class_held": 3, "late": 2}),
        (other, {"pupils": 4, "joined": 4, "class_held": 2, "late": 7}),
    ):
        for what, number in numbers.items():
            unit.write(
                sql("INSERT INTO city_count (school_id, span, begins, what, number) VALUES (:s, 'month', :b, :w, :n)"),
                s=place,
                b=month,
                w=what,
                n=number,
            )
    added = counts.months(unit, somebody)[month]
    found = counts.rows(unit, somebody, MONTH, month)
    assert added == {"pupils": 20, "joined": 10, "class_held": 3, "late": 5}
    assert added == {what: counts.total(found, what) for what in added}
    unit.connection.close()


def test_a_school_that_cannot_be_counted_keeps_no_other_waiting(school: School) -> None:
    somebody = who(centre(school), school)
    other = other_school(school, "第二小学")
    families(school, 6)
    unit = school.unit()
    unit.write(sql("UPDATE school SET zone = 'Nowhere/At all' WHERE id = :id"), id=other)
    assert counted(unit) >= 2
    assert len(unit.faults) == 1
    month = today_of(unit, ZONE).replace(day=1)
    assert [one.name for one in counts.rows(unit, somebody, MONTH, month)] == ["实验小学"]
    unit.connection.close()


def test_a_month_that_is_over_is_counted_again_for_some_days_and_keeps_how_it_stood(school: School) -> None:
    somebody = who(centre(school), school)
    families(school, 12, joined=12)
    unit = school.unit()
    unit.now = unit.now.replace(year=2026, month=11, day=28)
    counted(unit)
    november = date(2026, 11, 1)
    unit.write(sql("UPDATE guardianship SET confirmed_at = NULL"))
    unit.now = unit.now.replace(month=12, day=2)
    day = date(2026, 11, 30)
    pupils = [row.id for row in unit.execute(sql("SELECT id FROM pupil"))]
    for number, pupil in enumerate(pupils):
        unit.write(
            sql(
                "INSERT INTO duty_mark (id, school_id, code, subject_id, state, on_day, person_id, reason, items, at)"
                " VALUES (:id, :s, 'pupil_talk', :p, 'done', :day, :by, '', '', 1)"
            ),
            id=5000 + number,
            s=school.ids["school"],
            p=pupil,
            day=day,
            by=school.ids["李明"],
        )
    counted(unit)
    (row,) = counts.rows(unit, somebody, MONTH, november)
    assert row.numbers["talk"] == 15
    assert row.numbers["joined"] == 10, "as it stood in November"
    (row,) = counts.rows(unit, somebody, MONTH, date(2026, 12, 1))
    assert row.numbers["talk"] is None
    assert row.numbers["joined"] is None
    unit.connection.close()
