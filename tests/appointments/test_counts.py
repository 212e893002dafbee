"""Home visits in counts and in the mentor's week: each family counted once, no name where none belongs."""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import Session

from handlers.texts import LANGUAGES, words
from models.appointments import counts, todo
from models.appointments.counts import Stands
from models.appointments.states import OPEN, TOOK_PLACE, Form, VisitState
from models.appointments.tables import Visit, VisitFeedback, VisitRecord
from models.base import new_id, to_ms
from models.duties import due
from models.people import Absence
from models.unit import Unit
from tests.duties.test_notes import term
from tests.duties.test_week import to_monday, without_groups
from tests.school import OTHER_MENTOR, ZONE, Bot, School

PLACE = "Asia/Shanghai"
MENTORS = {"张小雨": "李明", "张小阳": "李明", "陈晨": "周静"}


@pytest.fixture(autouse=True)
def no_summer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests run by today's date; in August nothing would be asked of anybody."""
    monkeypatch.setattr(due, "SUMMER", ((13, 1), (13, 1)))


@contextmanager
def at(school: School, now: datetime | None = None) -> Iterator[Unit]:
    """A unit of work, committed at its end."""
    with school.engine.begin() as connection:
        unit = Unit(connection, school.vault, now or school.now)
        yield unit
        unit.finish()


def visit(school: School, pupil: str, state: str, when: datetime, form: str | None = "home", **more: Any) -> int:
    """A visit in that state, which began (or was declined) then."""
    timed = VisitState(state) not in (VisitState.PLANNED, VisitState.INVITED, VisitState.ACCEPTED, VisitState.DECLINED)
    ended = VisitState(state) not in OPEN
    values: dict[str, Any] = {
        "id": new_id(),
        "school_id": school.ids["school"],
        "pupil_id": school.ids[pupil],
        "purpose": "visit",
        "state": state,
        "mentor_id": school.ids[MENTORS.get(pupil, "李明")],
        "form": form if timed else None,
        "starts_at": to_ms(when) if timed else None,
        "ends_at": to_ms(when + timedelta(minutes=30)) if timed else None,
        "ended_at": to_ms(when + timedelta(minutes=30)) if ended else None,
        "created_at": to_ms(when),
    }
    with Session(school.engine) as session:
        session.add(Visit(**values | more))
        session.commit()
    return int(values["id"])


def coverage(school: School) -> counts.Coverage:
    with at(school) as unit:
        group = counts.group(unit, school.ids["class"])
        assert group is not None
        return counts.coverage(unit, group, PLACE)


# --- counts ---


def test_a_family_counts_once_and_whoever_declined_counts_as_reached(school: School) -> None:
    ago = school.now - timedelta(days=3)
    visit(school, "张小雨", "closed", ago - timedelta(days=9), "phone")
    visit(school, "张小雨", "held", ago, "school")
    visit(school, "张小雨", "invited", ago)
    visit(school, "张小阳", "declined", ago)
    visit(school, "陈晨", "confirmed", school.now + timedelta(days=1))
    found = coverage(school)
    assert (found.pupils, found.reached) == (3, 2)
    assert found.by == Counter({Stands.HELD: 1, Stands.DECLINED: 1, Stands.AHEAD: 1})
    assert found.by_form == Counter({Form.SCHOOL: 1})
    assert found.not_reached == (school.ids["陈晨"],)


def test_what_was_before_the_term_or_called_off_does_not_count(school: School) -> None:
    school.run(
        "INSERT INTO term (id, school_id, name, starts_on, ends_on) VALUES (1, :school, 'x', :first, :last)",
        school=school.ids["school"],
        first=day_of(school, -10),
        last=day_of(school, 60),
    )
    visit(school, "张小雨", "closed", school.now - timedelta(days=12))
    visit(school, "张小阳", "no_show", school.now - timedelta(days=2))
    visit(school, "陈晨", "held", school.now - timedelta(days=2), purpose="hour")
    assert coverage(school).by == Counter({Stands.NOT_INVITED: 3})


def day_of(school: School, days: int) -> Any:
    found = (school.now.astimezone(ZONE) + timedelta(days=days)).date()
    return found.isoformat() if school.engine.dialect.name == "sqlite" else found


def test_whatever_happens_the_parts_are_the_class_and_both_ways_of_counting_agree(school: School) -> None:
    dice = random.Random(5)
    with Session(school.engine) as session:
        for number in range(30):
            school.pupil(session, f"X{number}", f"生{number}", school.ids["李明"], ())
        session.commit()
    for number in range(30):
        for state in dice.sample([one.value for one in VisitState], dice.randrange(4)):
            when = school.now - timedelta(days=dice.randrange(200))
            if VisitState(state) in OPEN:
                school.run(
                    "UPDATE visit SET state = 'cancelled' WHERE pupil_id = :pupil AND state IN"
                    " ('planned', 'invited', 'accepted', 'confirmed', 'in_progress')",
                    pupil=school.ids[f"生{number}"],
                )
            visit(school, f"生{number}", state, when, dice.choice([one.value for one in Form]))
    found = coverage(school)
    assert found.by.total() == found.pupils == 33
    assert found.by_form.total() == found.by[Stands.HELD]
    assert len(found.not_reached) == found.pupils - found.reached
    with at(school) as unit:
        assert counts.reached(unit, [school.ids["class"]], PLACE) == {school.ids["class"]: found.reached}


def test_weeks_are_all_there_and_hold_what_was_held_in_them(school: School) -> None:
    visit(school, "张小雨", "held", school.now, "video")
    visit(school, "陈晨", "agreed", school.now - timedelta(days=7), "home")
    visit(school, "张小阳", "closed", school.now - timedelta(days=7 * counts.WEEKS + 7))
    visit(school, "张小阳", "confirmed", school.now)
    with at(school) as unit:
        whole = counts.weeks(unit, PLACE, school_id=school.ids["school"])
        assert counts.weeks(unit, PLACE, class_id=school.ids["class"]) == whole
        assert not any(counts.weeks(unit, PLACE, school_id=1).values())
    mondays = list(whole)
    assert len(mondays) == counts.WEEKS
    assert {one.weekday() for one in mondays} == {0}
    assert [whole[mondays[-2]], whole[mondays[-1]]] == [Counter({Form.HOME: 1}), Counter({Form.VIDEO: 1})]


def test_a_line_of_the_export_says_how_long_and_of_a_no_only_that_it_was_one(school: School) -> None:
    ago = school.now - timedelta(days=5)
    arrived = to_ms(ago)
    visit(school, "张小雨", "held", ago, arrived_at=arrived, left_at=arrived + 41 * 60_000, companion_says="yes")
    visit(school, "张小阳", "declined", ago)
    visit(school, "陈晨", "cancelled", ago, "public")
    visit(school, "陈晨", "invited", ago)
    with at(school) as unit:
        found = {one.state: one for one in counts.lines(unit, school.ids["school"], PLACE)}
    assert set(found) == {VisitState.HELD, VisitState.DECLINED, VisitState.CANCELLED}
    held, no, off = found[VisitState.HELD], found[VisitState.DECLINED], found[VisitState.CANCELLED]
    assert (held.day, held.minutes, held.teachers) == (ago.astimezone(ZONE).date(), 41, 2)
    assert (no.day, no.form, no.teachers, no.minutes) == (None, None, None, None)
    assert (off.form, off.minutes) == (Form.PUBLIC, None)


def test_how_long_it_took_is_not_known_where_left_was_tapped_the_next_day(school: School) -> None:
    ago = school.now - timedelta(days=5)
    begins = to_ms(ago)
    for minutes in (90, 91, 1440):
        visit(school, "张小雨", "held", ago, arrived_at=begins, left_at=begins + minutes * 60_000)
    with at(school) as unit:
        found = [one.minutes for one in counts.lines(unit, school.ids["school"], PLACE)]
    assert found == [90, None, None]


# --- what is left to do ---


@pytest.mark.parametrize("state", ["held", "confirmed"])
def test_a_record_is_asked_for_after_two_days_and_not_once_it_is_written(school: School, state: str) -> None:
    row = visit(school, "张小雨", state, school.now - timedelta(hours=47.4))
    me, other, sunday = school.ids["李明"], school.ids["周静"], date(2100, 1, 1)

    def asked(hours: float) -> dict[int, list[int]]:
        with at(school, school.now + timedelta(hours=hours)) as unit:
            found = todo.of_people(unit, [me, other], sunday, 48, PLACE)
            return {one: [each.visit_id for each in found[one]] for one in (me, other)}

    assert asked(0) == {me: [], other: []}
    assert asked(3) == {me: [row], other: []}
    now = to_ms(school.now)
    with Session(school.engine) as session:
        session.add(Absence(mentor_id=me, substitute_id=other, starts_at=now - 1, ends_at=now + 10**9, set_by=me))
        session.commit()
        assert asked(3) == {me: [], other: [row]}
        session.add(VisitRecord(visit_id=row, begun_at=1, saved_at=1))
        session.commit()
        assert asked(3) == {me: [], other: [row]}
        school.run("UPDATE visit_record SET finished_at = 5 WHERE visit_id = :row", row=row)
        assert asked(3) == {me: [], other: []}


def test_the_second_teacher_may_have_taken_it_on_and_who_covers_looks_after_the_mentors(school: School) -> None:
    today, me, other = school.now.astimezone(ZONE).date(), school.ids["李明"], school.ids["周静"]
    more: dict[str, Any] = {"follow_up_on": today, "companion_id": other}
    theirs = visit(school, "张小雨", "agreed", school.now - timedelta(days=1), follow_up_by=other, **more)
    mine = visit(school, "张小阳", "agreed", school.now - timedelta(days=1), follow_up_by=me, **more)

    def asked() -> tuple[list[int], list[int]]:
        with at(school) as unit:
            found = todo.of_people(unit, [me, other], today, 10_000, PLACE)
            return [one.visit_id for one in found[me]], [one.visit_id for one in found[other]]

    assert asked() == ([mine], [theirs])
    now = to_ms(school.now)
    with Session(school.engine) as session:
        session.add(Absence(mentor_id=me, substitute_id=other, starts_at=now - 1, ends_at=now + 10**9, set_by=me))
        session.commit()
    assert asked() == ([], [theirs, mine])
    with at(school) as unit:
        assert todo.followed_up(unit, theirs, other)
        assert todo.followed_up(unit, mine, other)
    assert asked() == ([], [])


def test_an_agreement_is_looked_at_again_once_by_whose_it_is(school: School) -> None:
    today, me, other = school.now.astimezone(ZONE).date(), school.ids["李明"], school.ids["周静"]
    more: dict[str, Any] = {"follow_up_on": today + timedelta(days=3), "follow_up_by": me}
    row = visit(school, "张小雨", "agreed", school.now - timedelta(days=1), **more)
    with at(school) as unit:
        assert not todo.of_people(unit, [me], today + timedelta(days=2), 48, PLACE)[me]
        (found,) = todo.of_people(unit, [me, other], today + timedelta(days=3), 48, PLACE)[me]
        assert (found.what, found.visit_id, found.child) == (todo.FOLLOW_UP, row, "张小雨")
        assert not todo.followed_up(unit, row, other)
        assert todo.followed_up(unit, row, me)
        assert not todo.followed_up(unit, row, me)
        assert not todo.of_people(unit, [me], today + timedelta(days=9), 48, PLACE)[me]
    assert school.run("SELECT state FROM visit") == [("closed",)]


# --- through the front door ---


def some_visits(bot: Bot) -> None:
    """Of three families one was met at school, one declined, one is invited."""
    ago = bot.clock.now() - timedelta(days=8)
    visit(bot.school, "张小雨", "held", ago, "school")
    visit(bot.school, "张小阳", "declined", ago)
    visit(bot.school, "陈晨", "invited", ago)


async def test_a_chief_mentor_sees_the_class_and_whom_nobody_has_reached(bot: Bot) -> None:
    chief = await bot.joined_mentor()
    some_visits(bot)
    await chief.says("/overview")
    seen = await chief.sees("班级概况")
    assert "家访 2/3" in seen["text"]
    assert not any("家访统计表" in one["text"] for row in seen["buttons"] for one in row)
    await chief.presses("五年级2班", seen)
    await chief.presses("家访", await chief.sees("家里有人加入"))
    shown = (await chief.sees("本学期家访"))["text"]
    assert "已经联系到：2/3 家" in shown
    assert "在学校 1 · 家里这学期不需要 1" in shown
    assert "已邀请，等家里回复：1 家" in shown
    assert "还没联系到（只有您看得到）：陈晨" in shown
    assert "张小阳" not in shown


async def test_what_families_thought_is_shown_from_five_up(bot: Bot) -> None:
    chief = await bot.joined_mentor()
    row = visit(bot.school, "张小雨", "closed", bot.clock.now() - timedelta(days=3))
    people = [bot.school.ids[one] for one in ("王芳", "张强", "刘敏", "李明", "周静")]
    with Session(bot.school.engine) as session:
        for stars, person in enumerate(people[:4], 2):
            session.add(VisitFeedback(visit_id=row, guardian_id=person, stars=stars, at=to_ms(bot.clock.now())))
        session.commit()
        await chief.says("/overview")
        await chief.presses("五年级2班", await chief.sees("班级概况"))
        await chief.presses("家访", await chief.sees("家里有人加入"))
        shown = await chief.sees("本学期家访")
        assert "评分" not in shown["text"]
        session.add(VisitFeedback(visit_id=row, guardian_id=people[4], stars=5, at=to_ms(bot.clock.now())))
        session.commit()
    await chief.presses("回到班级", shown)
    await chief.presses("家访", await chief.sees("家里有人加入"))
    await chief.sees("家长评分：5 份，平均 3.8")


async def test_an_admin_sees_no_name_and_a_chief_mentor_of_yesterday_nothing(bot: Bot) -> None:
    admin, chief = await bot.joined_admin(), await bot.joined_mentor()
    some_visits(bot)
    for one in (admin, chief):
        await one.says("/overview")
        await one.presses("五年级2班", await one.sees("班级概况"))
    await admin.presses("家访", await admin.sees("家里有人加入"))
    shown = (await admin.sees("本学期家访"))["text"]
    for name in (*MENTORS, *MENTORS.values()):
        assert name not in shown
    bot.school.run("UPDATE class_team SET until = 1")
    await chief.presses("家访", await chief.sees("家里有人加入"))
    await chief.sees_toast("按钮")
    assert not any("本学期家访" in one for one in await chief.reads())


async def test_an_admin_gets_the_terms_numbers_without_a_name_in_them(bot: Bot) -> None:
    admin = await bot.joined_admin()
    some_visits(bot)
    await admin.says("/overview")
    await admin.presses("家访统计表", await admin.sees("班级概况"))
    file = (await admin.sees("没有姓名"))["document"]
    assert file["file_name"].endswith(".xlsx")
    _, content, _ = await bot.telegram.file(file["file_id"])
    classes, visits = load_workbook(io.BytesIO(content)).worksheets
    cells = [str(cell.value) for sheet in (classes, visits) for row in sheet for cell in row]
    for name in (*MENTORS, *MENTORS.values(), "王芳", "刘敏"):
        assert not any(name in one for one in cells)
    head, ours, every = ([cell.value for cell in row] for row in classes)
    assert ours[:3] == ["五年级2班", 3, 2]
    assert every[0] == "合计"
    assert dict(zip(head, ours, strict=True))["在学校"] == 1
    assert sorted(str(row[5].value) for row in visits) == ["情况", "见过了", "这次没约"]


async def test_a_chart_comes_as_a_picture_with_its_words_below(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await admin.says("/overview")
    seen = await admin.sees("班级概况")
    await admin.presses("家访图", seen)
    await admin.sees_toast("还没有家访")
    some_visits(bot)
    await admin.presses("家访图", seen)
    found = await admin.sees("全校 · 最近 12 周家访 1 次")
    assert found["kind"] == "photo"
    assert "🟧 在学校 1" in found["caption"]
    await admin.presses("五年级2班", seen)
    await admin.presses("家访", await admin.sees("家里有人加入"))
    await admin.presses("家访图", await admin.sees("本学期家访"))
    await admin.sees("五年级2班 · 最近 12 周家访 1 次")


async def test_a_due_visit_is_invited_to_and_not_asked_for_once_it_is(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await without_groups(bot)
    await to_monday(bot, 3)
    term(bot)
    await mentor.says("/week")
    seen = await mentor.sees("张小雨 · 家访")
    assert any("约家访 · 张小雨" in one["text"] for row in seen["buttons"] for one in row)
    visit(bot.school, "张小雨", "invited", bot.clock.now())
    visit(bot.school, "张小阳", "declined", bot.clock.now())
    await mentor.says("/week")
    now = await mentor.sees("【本周该做】")
    assert "张小雨 · 家访" not in now["text"]


async def test_what_visits_left_stands_first_in_the_week_and_goes_with_a_tap(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await without_groups(bot)
    me, now = bot.school.ids["李明"], bot.clock.now()
    visit(bot.school, "张小阳", "held", now)
    visit(bot.school, "张小雨", "agreed", now, follow_up_on=now.date(), follow_up_by=me)
    bot.school.run(
        "INSERT INTO visit_record (visit_id, step, begun_at, saved_at, finished_at) SELECT id, '', 1, 1, 1"
        " FROM visit WHERE state = 'agreed'"
    )
    await to_monday(bot, 2)
    digest = await mentor.sees("【本周该做】")
    first, second = digest["text"].splitlines()[1:3]
    assert first.startswith("张小阳家")
    assert "记录还没写" in first
    assert second.startswith("回访张小雨家")
    assert {"写记录 · 张小阳", "回访过了 · 张小雨", "当时说好的"} <= {
        one["text"] for row in digest["buttons"] for one in row
    }
    await mentor.presses("当时说好的", digest)
    await mentor.presses("回到本周清单", await mentor.sees("没有写约定"))
    digest = await mentor.sees("【本周该做】")
    await mentor.presses("回访过了 · 张小雨", digest)
    left = await mentor.sees("记录还没写")
    assert "回访" not in left["text"]
    assert {one[0] for one in bot.school.run("SELECT state FROM visit")} == {"held", "closed"}


async def test_an_agreement_goes_to_the_next_mentor_and_is_not_the_former_ones_to_tick_off(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await without_groups(bot)
    now = bot.clock.now()
    visit(bot.school, "张小雨", "agreed", now, follow_up_on=now.date(), follow_up_by=bot.school.ids["李明"])
    await mentor.says("/week")
    seen = await mentor.sees("回访张小雨家")
    bot.school.run("UPDATE mentorship SET mentor_id = :other", other=bot.school.ids["周静"])
    await mentor.presses("回访过了", seen)
    await mentor.sees_toast("按钮")
    await other.says("/week")
    await other.sees("回访张小雨家")
    assert bot.school.run("SELECT state FROM visit") == [("agreed",)]


def test_every_state_and_kind_has_its_word_in_the_export() -> None:
    shown = (*TOOK_PLACE, "confirmed", "in_progress", "declined", "cancelled", "no_show")
    for language in LANGUAGES:
        assert all(words(language, f"visit.state_{one}") for one in shown)
        assert all(words(language, f"visits.kind_{one}") for one in ("routine", "new", "priority", "follow_up"))
