"""'Who is your child's mentor?' once a school year: asked within the week's notices, added up, no answer kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from handlers.city import asking
from handlers.context import SchoolSettings
from models.city import polls
from models.queues import Lane
from models.unit import Unit, sql
from simulator.client import Person
from tests.city.many import families, more_mentors
from tests.events.class_of_parents import tick
from tests.school import Bot, School

ZONE = "Asia/Shanghai"
TERM = sql("INSERT INTO term (id, school_id, name, starts_on, ends_on) VALUES (:id, :s, 't', :f, :l)")


@contextmanager
def unit_of(school: School) -> Iterator[Unit]:
    """A unit of work that is committed."""
    unit = school.unit()
    yield unit
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


async def begins(bot: Bot) -> Person:
    """The admin begins it."""
    admin = await bot.joined_admin()
    await admin.says("/more")
    await admin.presses("家长认识导师吗", await admin.sees("还可以做这些"))
    await admin.presses("现在开始问", await admin.sees("每学年问家长一次"))
    await admin.sees("正在问，到")
    return admin


async def test_asked_once_among_four_names_and_led_to_the_mentor(bot: Bot) -> None:
    more_mentors(bot.school)
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await begins(bot)
    await tick(bot)
    asked = await mother.sees("一年只问这一次：张小雨的导师是哪位老师")
    names = [one["text"] for row in asked["buttons"] for one in row]
    assert len(names) == 5
    assert "李明" in names
    assert names[-1] == "还不清楚"
    await mother.presses("还不清楚", asked)
    card = await mother.sees("张小雨的导师是 李明 老师（数学）")
    await mother.presses("给李明老师写信", card)
    await mother.sees("张小雨")
    await mother.says("原来是您")
    await mentor.sees("原来是您")
    await tick(bot, days=3)
    await bot.settled()
    assert sum("一年只问这一次" in one for one in await mother.reads()) == 0
    assert sums(bot.school) == [(1, 0, 0, 0)]


async def test_a_second_press_and_a_press_after_the_end_count_nothing(bot: Bot) -> None:
    more_mentors(bot.school)
    await bot.joined_mentor()
    mother, father = await bot.mother(), await bot.father()
    await begins(bot)
    await tick(bot)
    hers, his = await mother.sees("一年只问这一次"), await father.sees("一年只问这一次")
    right = next(one for row in hers["buttons"] for one in row if one["text"] == "李明")
    await mother.presses("李明", hers)
    await mother.sees("导师是 李明 老师")
    await mother.act("press", message_id=hers["message_id"], data=right["data"])
    await mother.sees_toast("已经答过")
    await father.act("press", message_id=his["message_id"], data=right["data"])
    await father.sees_toast("按钮")
    assert sums(bot.school) == [(1, 1, 0, 0)]
    await tick(bot, days=22)
    assert bot.school.run("SELECT 1 FROM mentor_poll_ask") == [], "who was asked is forgotten"
    assert bot.school.run("SELECT sealed_pending FROM mentor_poll_sum") == [(None,)], "and what was not shown"
    await father.presses("李明", his)
    await father.sees_toast("已经结束")
    assert sums(bot.school) == [(0, 0, 0, 0)]


async def test_it_takes_a_place_among_the_weeks_few_notices(bot: Bot) -> None:
    more_mentors(bot.school)
    father = await bot.father()
    await begins(bot)
    bot.school.run("DELETE FROM attention")
    week = bot.clock.now().astimezone().isocalendar()
    bot.school.run(
        "INSERT INTO attention (user_id, week, used) VALUES (:user, :week, 2)",
        user=father.id,
        week=week.year * 100 + week.week,
    )
    await tick(bot)
    await bot.settled()
    assert not any("一年只问这一次" in one for one in await father.reads())
    await tick(bot, days=5)
    await father.sees("一年只问这一次")
    assert bot.school.run("SELECT used FROM attention WHERE week <> :week", week=week.year * 100 + week.week) == [(1,)]


async def test_do_not_contact_and_the_night_are_kept(bot: Bot) -> None:
    more_mentors(bot.school)
    father, mother = await bot.father(), await bot.mother()
    await begins(bot)
    bot.school.run(
        "INSERT INTO no_contact (id, person_id, set_by, since) VALUES (1, :person, :by, 1)",
        person=bot.school.ids["张强"],
        by=bot.school.ids["赵主任"],
    )
    await tick(bot, hours=12)
    await bot.settled()
    assert not any("一年只问这一次" in one for one in await mother.reads())
    await tick(bot, hours=12)
    await mother.sees("一年只问这一次")
    await bot.settled()
    assert not any("一年只问这一次" in one for one in await father.reads())


async def test_a_school_with_few_mentors_is_not_asked_and_one_may_leave_it_out(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await admin.says("/more")
    menu = await admin.sees("还可以做这些")
    await admin.presses("家长认识导师吗", menu)
    await admin.sees("学校现在导师不够")
    more_mentors(bot.school)
    await admin.says("/more")
    await admin.presses("家长认识导师吗", await admin.sees("还可以做这些"))
    await admin.presses("这学年不问", await admin.sees("每学年问家长一次"))
    await admin.sees("这学年不问。下学年再说")


def sums(school: School) -> list[tuple[int, int, int, int]]:
    """Of each class: answers and right ones since what is shown, and what is shown."""
    found = []
    for row, sealed, answered, knew in school.run(
        "SELECT id, sealed_pending, shown_answered, shown_knew FROM mentor_poll_sum"
    ):
        pending = "0 0"
        if sealed is not None:
            pending = school.vault.open("mentor_poll_sum", int(str(row)), "pending", bytes(sealed))  # type: ignore[call-overload]
        many, right = pending.split()
        found.append((int(many), int(right), int(str(answered)), int(str(knew))))
    return found


def accounts_of(school: School) -> dict[int, int]:
    """Everybody's account who has joined."""
    rows = school.run("SELECT id, account_id FROM person WHERE account_id IS NOT NULL")
    return {int(str(person)): int(str(account)) for person, account in rows}


def running(school: School, guardians: list[int]) -> int:
    """A poll of which these have been asked."""
    with unit_of(school) as unit:
        assert polls.begin(unit, school.ids["school"], ZONE)
        assert not polls.begin(unit, school.ids["school"], ZONE), "once a school year"
        while polls.list_part(unit):
            pass
        for one in polls.due(unit, 500):
            assert polls.asked(unit, one)
            assert not polls.asked(unit, one)
    rows = school.run("SELECT id FROM mentor_poll")
    assert len(school.run("SELECT 1 FROM mentor_poll_ask")) == len(guardians)
    return int(str(rows[0][0]))


def test_it_begins_by_itself_in_the_second_month_of_the_school_year(school: School) -> None:
    more_mentors(school)
    with unit_of(school) as unit:
        unit.now = unit.now.replace(month=10, day=9, hour=3)
        assert polls.begin_due(unit, ZONE) == 0, "no term is known"
        first = unit.now.date().replace(month=9, day=1)
        school_id = school.ids["school"]
        unit.write(TERM, id=1, s=school_id, f=first, l=first + timedelta(days=140))
        unit.now = unit.now.replace(month=9, day=20)
        assert polls.begin_due(unit, ZONE) == 0
        unit.now = unit.now.replace(month=10, day=9)
        assert polls.begin_due(unit, ZONE) == 1
        assert polls.begin_due(unit, ZONE) == 0


def test_schools_with_few_mentors_keep_nobody_else_waiting(school: School) -> None:
    with unit_of(school) as unit:
        unit.now = unit.now.replace(month=10, day=9, hour=3)
        first = unit.now.date().replace(month=9, day=1)
        for number in range(60):
            small = number - 100
            unit.write(
                sql("INSERT INTO school (id, name, zone) VALUES (:id, :name, 'x')"), id=small, name=f"小{number}"
            )
            unit.write(TERM, id=number + 1, s=small, f=first, l=first + timedelta(days=140))
        unit.write(TERM, id=100, s=school.ids["school"], f=first, l=first + timedelta(days=140))
        assert polls.begin_due(unit, ZONE) == 0
    more_mentors(school)
    with unit_of(school) as unit:
        unit.now = unit.now.replace(month=10, day=9, hour=3)
        assert polls.begin_due(unit, ZONE) == 1


async def test_an_account_that_is_two_guardians_answers_for_the_child_that_was_asked_about(bot: Bot) -> None:
    more_mentors(bot.school)
    mother = await bot.mother()
    other = families(bot.school, 1, joined=1, mentor="周静")[0]
    bot.school.run(
        "UPDATE person SET account_id = (SELECT account_id FROM person WHERE id = :me) WHERE id = :other",
        me=bot.school.ids["王芳"],
        other=other,
    )
    await begins(bot)
    await tick(bot)
    asked = await mother.sees("孩子100的导师是哪位老师")
    await mother.presses("周静", asked)
    await mother.sees("孩子100的导师是 周静 老师")
    assert sums(bot.school) == [(1, 1, 0, 0)]


def test_a_name_that_does_not_open_keeps_nobody_else_waiting(school: School) -> None:
    more_mentors(school)
    guardians = families(school, 3, joined=3)
    school.run("UPDATE pupil SET sealed_name = :no WHERE number = 'N100'", no=b"broken")
    with unit_of(school) as unit:
        unit.now = unit.now.replace(hour=4)
        assert polls.begin(unit, school.ids["school"], ZONE)
        unit.flush()
        _ = unit.session
        while asking.turn(unit, 1, SchoolSettings()):
            pass
        assert len(unit.faults) == 1
    states = school.run("SELECT state FROM mentor_poll_ask ORDER BY state")
    assert states == [("asked",), ("asked",), ("waiting",)]
    assert len(guardians) == 3


def test_a_city_is_asked_no_faster_than_its_questions_leave(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    more_mentors(school)
    families(school, 6, joined=6)
    school.run("INSERT INTO bot (id, username) VALUES (1, 'x')")
    monkeypatch.setattr(polls, "AHEAD", 4)
    monkeypatch.setattr(asking, "BATCH", 2)
    with unit_of(school) as unit:
        unit.now = unit.now.replace(hour=4)
        assert polls.begin(unit, school.ids["school"], ZONE)
        _ = unit.session
        while asking.turn(unit, 1, SchoolSettings()):
            pass
        assert {one.lane for one in unit.queued} == {Lane.LATER}, "nobody's reminder stands behind a city"
        assert len(unit.queued) == 4
        unit.write(sql("UPDATE outbox SET state = 'sent'"))
        while asking.turn(unit, 1, SchoolSettings()):
            pass
        assert len(unit.queued) == 6


async def test_an_admin_of_yesterday_decides_nothing(bot: Bot) -> None:
    more_mentors(bot.school)
    admin = await bot.joined_admin()
    await admin.says("/more")
    await admin.presses("家长认识导师吗", await admin.sees("还可以做这些"))
    asked = await admin.sees("每学年问家长一次")
    bot.school.run("UPDATE role SET until = 1 WHERE kind = 'admin'")
    for button in ("现在开始问", "这学年不问"):
        await admin.presses(button, asked)
        await admin.sees_toast("按钮")
    assert bot.school.run("SELECT 1 FROM mentor_poll") == []


async def test_a_guardian_of_yesterday_sees_no_card(bot: Bot) -> None:
    more_mentors(bot.school)
    mother, father = await bot.mother(), await bot.father()
    await begins(bot)
    await tick(bot)
    hers, his = await mother.sees("一年只问这一次"), await father.sees("一年只问这一次")
    await father.presses("还不清楚", his)
    card = await father.sees("导师是 李明 老师")
    bot.school.run("UPDATE guardianship SET until = since + 1")
    await mother.presses("还不清楚", hers)
    await mother.sees("谢谢您。")
    assert not any("导师是 李明" in one for one in await mother.reads())
    await father.presses("给李明老师写信", card)
    await father.sees_toast("按钮")
