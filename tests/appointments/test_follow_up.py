"""A day to look again is not lost, whatever the family answered, and claims nothing that was not agreed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from handlers.appointments.todo import line
from models.appointments import agreements, records, todo, visits
from models.appointments.states import VisitState
from models.base import from_ms
from models.vault import Vault
from tests.appointments.after import after_visit, begins, press, second_teacher, state, writes, written
from tests.appointments.agreed import HOUR, at_time, family
from tests.appointments.town import Town
from tests.school import ZONE, Bot

DAY = 24 * HOUR


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


def followed(town: Town, agreed: str, answer: str) -> tuple[int, int, int, int]:
    """A visit with a day to look again that was agreed to, left unanswered, or at which nothing was agreed."""
    mentor, other = town.teacher("李"), town.teacher("周")
    visit, guardian = family(town, "甲", mentor, other, town.at(1, 17 * 60))
    day = (town.now.astimezone(ZONE) + timedelta(days=8)).date()
    with town.unit(from_ms(town.at(1, 18 * 60))) as unit:
        written(unit, visit, mentor, agreed, day.isoformat())
        if agreed:
            assert agreements.propose(unit, visit, agreed, "", mentor) is not None
        else:
            assert records.close(unit, visit, mentor)
        if answer == "yes":
            assert agreements.confirm(unit, visit, 1, guardian)
        if answer == "amended":
            assert agreements.amend(unit, visit, 1, "family", "周末跑步", guardian) is not None
    return visit, mentor, other, guardian


@pytest.mark.parametrize(
    ("agreed", "answer", "what"),
    [
        ("每周三", "yes", todo.FOLLOW_UP),
        ("每周三", "", todo.UNCONFIRMED),
        ("每周三", "amended", todo.UNCONFIRMED),
        ("", "", todo.LOOK),
    ],
)
def test_a_day_to_look_again_comes_whatever_the_family_answered(
    town: Town, agreed: str, answer: str, what: str
) -> None:
    visit, mentor, other, _ = followed(town, agreed, answer)
    with town.unit(from_ms(town.at(8, 9 * 60))) as unit:
        sunday = (unit.now.astimezone(ZONE) + timedelta(days=6)).date()
        (found,) = todo.of_people(unit, [mentor, other], sunday, 48, "Asia/Shanghai")[mentor]
        assert (found.what, found.visit_id) == (what, visit)
        assert ("还没有确认" in line("zh_CN", found, "周二")) is (what == todo.UNCONFIRMED)
        assert ("说好" in line("zh_CN", found, "周二")) is (what == todo.FOLLOW_UP)
        assert not todo.followed_up(unit, visit, other)
        assert todo.followed_up(unit, visit, mentor)
        assert not todo.followed_up(unit, visit, mentor)
        assert not todo.of_people(unit, [mentor, other], sunday, 48, "Asia/Shanghai")[mentor]
        assert visits.must(unit, visit).state == VisitState.CLOSED
        assert visits.must(unit, visit).followed_up_at is not None


def test_what_the_second_teacher_took_on_is_the_mentors_after_a_month(town: Town) -> None:
    visit, mentor, other, _ = followed(town, "每周三", "yes")
    town.school.run("UPDATE visit SET follow_up_by = :other", other=other)
    for days, whose, others in ((20, other, mentor), (32, mentor, other)):
        with town.unit(from_ms(town.at(days, 9 * 60))) as unit:
            found = todo.of_people(unit, [mentor, other], unit.now.date(), 48, "Asia/Shanghai")
            assert [one.visit_id for one in found[whose]] == [visit]
            assert not found[others]


async def test_who_looks_again_is_asked_while_the_second_teacher_has_part_in_it(bot: Bot) -> None:
    mentor, _, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await begins(bot, mentor, visit)
    await press(bot, mentor, "vrset", visit, "strong", "curious", 1)
    await press(bot, mentor, "vrset", visit, "again", "w2", 1)
    await mentor.presses("同行老师", await mentor.sees("谁来回访"))
    await press(bot, mentor, "vrset", visit, "again", "m1", 1)
    await mentor.sees("家访记录小结")
    await press(bot, mentor, "vrend", visit)
    await mentor.sees("这次家访就到这里")
    assert bot.school.run("SELECT follow_up_by FROM visit") == [(bot.school.ids["李明"],)]


async def test_who_answers_after_it_was_looked_at_again_is_asked_nothing_more(bot: Bot) -> None:
    mentor, _, father = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await begins(bot, mentor, visit)
    await press(bot, mentor, "vrset", visit, "strong", "curious", 1)
    await press(bot, mentor, "vrset", visit, "again", "w2", 1)
    await writes(bot, mentor, visit, "school", "每周三一起整理错题")
    await press(bot, mentor, "vrend", visit)
    card = await father.sees("这样写合适吗")
    await at_time(bot, bot.clock.now_ms() + 16 * DAY)
    await mentor.says("/week")
    seen = await mentor.sees("约定还没有确认")
    assert "约定怎么写的" in str(seen["buttons"])
    await mentor.presses("回访过了", seen)
    await mentor.sees_toast("记下了")
    assert state(bot, visit) == "closed"
    await press(bot, mentor, "vagree", visit)
    await mentor.sees("家长没有确认")
    await press(bot, mentor, "vrsum", visit)
    assert "定下" not in (await mentor.sees("孩子的闪光点"))["text"]
    await father.presses("同意", card)
    now = await father.sees("谢谢您和我们聊张小雨")
    assert "每周三一起整理错题" in now["text"]
