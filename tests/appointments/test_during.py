"""During a visit: arrived and left by a tap; where 'left' is missing people are asked, step by step, to the tick."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from handlers.appointments import safety as talk
from handlers.context import Context, SchoolSettings
from models.appointments import places, safety, visits
from models.appointments.rules import VisitRules
from models.appointments.states import Form, VisitState
from models.base import from_ms
from models.safeguarding.cases import reach_of
from models.standing import meet
from models.unit import Unit
from models.vault import Vault
from simulator.client import Person
from tests.appointments.agreed import HOUR, MINUTE, agree, at_of, at_time, family, unit_of
from tests.appointments.town import BOT, Town
from tests.school import OTHER_MENTOR, Bot

LEADER = 4001
HALF = 30 * MINUTE
EVENING = 17 * 60
SCHOOL = SchoolSettings()
A_MOMENT = 2_000
"""The clock runs on while a tick works: the next step counts from then."""
SAFE = "都平安离开了吗"


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


async def teachers(bot: Bot) -> tuple[Person, Person]:
    return await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")


async def with_leader(bot: Bot) -> tuple[Person, Person, Person]:
    """The two teachers, and the admin, who is the duty leader as well."""
    mentor, other = await teachers(bot)
    leader = await bot.joined_admin()
    bot.school.run(
        "INSERT INTO role (id, person_id, kind, since) VALUES (77, :person, 'duty_leader', 1)",
        person=bot.school.ids["赵主任"],
    )
    return mentor, other, leader


def state(bot: Bot, visit: int) -> tuple[str, int]:
    with unit_of(bot) as unit:
        found = visits.must(unit, visit)
        return found.state, found.safety_step


def count(texts: list[str], word: str) -> int:
    return len([one for one in texts if word in one])


# --- arrived, left ---


async def test_arrived_and_left_by_a_tap_of_either_and_no_question_follows(bot: Bot) -> None:
    mentor, other = await teachers(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await at_time(bot, at - 2 * HOUR)
    soon = await mentor.sees("快到时间了")
    await mentor.presses("到了", soon)
    await mentor.sees_toast("开始前一小时起")
    await at_time(bot, at - 10 * MINUTE)
    await mentor.presses("到了", soon)
    await mentor.sees("到达：")
    assert state(bot, visit) == ("in_progress", 0)
    await other.presses("到了", await other.sees("快到时间了"))
    theirs = await other.sees("到达：")
    await at_time(bot, at + HALF)
    await other.presses("离开了", theirs)
    await other.sees("离开：")
    assert state(bot, visit) == ("held", 0)
    assert bot.school.run("SELECT COUNT(*) FROM busy") == [(0,)]
    await at_time(bot, at + 3 * HOUR)
    await mentor.sees_nothing_with(SAFE, 0.2)
    await mentor.presses("离开了", soon["message_id"])
    await mentor.sees_toast("已经结束")


async def test_a_wrong_tap_is_taken_back_for_ten_minutes(bot: Bot) -> None:
    mentor, _ = await teachers(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await at_time(bot, at - 2 * HOUR)
    soon = await mentor.sees("快到时间了")
    await at_time(bot, at - HALF)
    await mentor.presses("到了", soon)
    await mentor.presses("点错了", await mentor.sees("到达："))
    back = await mentor.sees("到了请点")
    assert state(bot, visit)[0] == "confirmed"
    await at_time(bot, at)
    await mentor.presses("到了", back)
    there = await mentor.sees("到达：")
    await at_time(bot, at + 11 * MINUTE)
    await mentor.presses("点错了", there)
    await mentor.sees_toast("过了十分钟")
    assert state(bot, visit)[0] == "in_progress"


def test_before_it_begins_nobody_leaves_who_has_not_arrived(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    at = town.at(2, EVENING)
    visit, _ = family(town, "甲", mentor, other, at)
    for minutes, then in ((-1, VisitState.CONFIRMED), (0, VisitState.HELD)):
        with town.unit(from_ms(at + minutes * MINUTE)) as unit:
            talk.left(context_of(unit, mentor), visit)
            assert visits.must(unit, visit).state == then


def context_of(unit: Unit, person: int) -> Context:
    """What a handler has in its hands when this person presses something."""
    reach = reach_of(unit, person)
    assert reach is not None
    return Context(unit, meet(unit, reach.bot_id, reach.user_id, "zh_CN"), SCHOOL, pressed="p", place_id=1)


async def test_nobody_else_arrives_or_leaves(bot: Bot) -> None:
    mentor, _ = await teachers(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await at_time(bot, at - 2 * HOUR)
    soon = await mentor.sees("快到时间了")
    await at_time(bot, at)
    bot.school.run("UPDATE visit SET mentor_id = :other", other=bot.school.ids["赵主任"])
    bot.school.run("DELETE FROM busy WHERE subject_id = :mentor", mentor=bot.school.ids["李明"])
    await mentor.presses("到了", soon)
    await mentor.sees_toast("按钮")
    assert state(bot, visit)[0] == "confirmed"


# --- are they back ---


async def test_steps_come_to_the_tick_and_through_a_restart(bot: Bot) -> None:
    mentor, other, leader = await with_leader(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    ends = at + HALF
    await at_time(bot, ends + 59 * MINUTE)
    await mentor.sees_nothing_with(SAFE, 0.2)
    await at_time(bot, ends + 60 * MINUTE)
    for teacher in (mentor, other):
        await teacher.sees(SAFE)
    await bot.stop()
    bot.later(minutes=14)
    await bot.start()
    await at_time(bot, ends + 74 * MINUTE)
    await leader.sees_nothing_with("请确认", 0.2)
    await at_time(bot, ends + 75 * MINUTE + A_MOMENT)
    told = await leader.sees("请确认两位老师是否平安")
    assert "李明、周静" in told["text"]
    assert "张小雨" not in told["text"]
    for times in range(1, 6):
        await at_time(bot, ends + 75 * MINUTE + times * HALF + (times + 1) * A_MOMENT)
        await at_time(bot, bot.clock.now_ms())
    await leader.sees("还没有消息")
    assert state(bot, visit) == ("confirmed", safety.SILENT)
    assert [count(await one.reads(), SAFE) for one in (mentor, other)] == [1, 1]
    assert count(await leader.reads(), "请确认老师是否平安") == 3
    assert bot.school.run("SELECT COUNT(*) FROM visit_log WHERE what = 'safety_silent'") == [(1,)]


async def test_a_yes_ends_it_for_everybody_and_holds_the_visit(bot: Bot) -> None:
    mentor, other, leader = await with_leader(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await at_time(bot, at + HALF + 60 * MINUTE)
    asked = await mentor.sees(SAFE)
    await other.sees(SAFE)
    await at_time(bot, at + HALF + 75 * MINUTE + A_MOMENT)
    await leader.sees("请确认两位老师是否平安")
    await mentor.presses("是，都离开了", asked)
    await mentor.sees("离开：")
    await other.sees("李明回答：都离开了")
    await leader.sees("李明已回答：都离开了，平安")
    assert state(bot, visit)[0] == "held"
    await at_time(bot, at + 5 * HOUR)
    await leader.sees_nothing_with("还没有消息", 0.2)
    await leader.presses("已联系上")
    await leader.sees_toast("已经有人回答")


async def test_still_there_three_times_at_most(bot: Bot) -> None:
    mentor, other, leader = await with_leader(bot)
    at = at_of(bot, 1, 17)
    agree(bot, at)
    now = at + HALF + 60 * MINUTE
    for times in range(3):
        await at_time(bot, now)
        await mentor.presses("再过 30 分钟", await mentor.sees(SAFE))
        await mentor.sees("30 分钟后再问")
        await other.sees("李明回答：还在")
        await at_time(bot, now + 29 * MINUTE)
        assert count(await leader.reads(), "请确认") == 0, times
        now += 31 * MINUTE
    await at_time(bot, now)
    last = await mentor.sees(SAFE)
    assert "再过" not in str(last["buttons"])
    await at_time(bot, now + 16 * MINUTE)
    await leader.sees("请确认两位老师是否平安")


async def test_a_leader_sees_the_address_while_nobody_answers_and_says_that_all_is_well(bot: Bot) -> None:
    mentor, _, leader = await with_leader(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    with unit_of(bot) as unit:
        kept = visits.must(unit, visit)
        assert places.keep(unit, kept, bot.school.ids["张强"], places.Place("幸福路8号"))
        assert places.viewer(unit, kept, [bot.school.ids["赵主任"]]) is None
    await at_time(bot, at + HALF + 60 * MINUTE)
    await at_time(bot, at + HALF + 75 * MINUTE + A_MOMENT)
    told = await leader.sees("请确认两位老师是否平安")
    await leader.presses("看地址", told)
    await leader.sees("幸福路8号")
    assert bot.school.run("SELECT person_id, what FROM access") == [(bot.school.ids["赵主任"], "address")]
    await leader.presses("已联系上", told)
    await leader.sees("谢谢！已记下")
    for _ in range(1000):
        await at_time(bot, bot.clock.now_ms())
        if count(await leader.reads(), "幸福路8号") == 0:
            break
        await asyncio.sleep(0.02)
    assert count(await leader.reads(), "幸福路8号") == 0
    await at_time(bot, at + 4 * HOUR)
    assert count(await leader.reads(), "还没有消息") == 0
    await mentor.presses("是，都离开了", await mentor.sees(SAFE))
    await mentor.sees("离开：")
    assert state(bot, visit)[0] == "held"


async def test_without_a_duty_leader_the_admins_are_told_and_at_night_too(bot: Bot) -> None:
    mentor, _ = await teachers(bot)
    admin = await bot.joined_admin()
    at = at_of(bot, 1, 19, 30)
    agree(bot, at, Form.PUBLIC)
    await at_time(bot, at + HALF + 60 * MINUTE)  # 21:00, long after working hours
    await mentor.sees(SAFE)
    await at_time(bot, at + HALF + 75 * MINUTE + A_MOMENT)
    await admin.sees("请确认两位老师是否平安")


async def test_long_after_nobody_is_asked_any_more(bot: Bot) -> None:
    mentor, _, leader = await with_leader(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await bot.stop()
    bot.clock.offset += timedelta(milliseconds=at + HALF + 12 * HOUR + MINUTE - bot.clock.now_ms())
    await bot.start()
    for _ in range(2):
        await at_time(bot, bot.clock.now_ms())
    await mentor.sees_nothing_with(SAFE, 0.2)
    await leader.sees_nothing_with("请确认", 0.1)
    assert state(bot, visit) == ("confirmed", safety.EXPIRED)
    assert bot.school.run("SELECT COUNT(*) FROM visit_log WHERE what = 'safety_expired'") == [(1,)]


def test_nobody_at_school_who_could_be_told_is_the_operators_at_once(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    at = town.at(2, EVENING)
    visit, _ = family(town, "甲", mentor, other, at)
    for minutes, silent in ((90, []), (105, [visit]), (106, []), (135, [visit])):
        with town.unit(from_ms(at + minutes * MINUTE)) as unit:
            talk.tick(unit, BOT, SCHOOL)
            assert safety.unanswered(unit) == silent, minutes


def test_at_school_and_by_phone_nobody_is_asked(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    for number, form in enumerate((Form.SCHOOL, Form.VIDEO, Form.PHONE)):
        family(town, f"生{number}", mentor, other, town.at(2, EVENING + 60 * number), form)
    with town.unit(from_ms(town.at(2, EVENING + 300))) as unit:
        assert safety.due(unit, SCHOOL.visits) == []


@given(
    ticks=st.lists(st.integers(0, 15 * 60), max_size=40),
    rules=st.builds(
        VisitRules, safety_minutes=st.integers(10, 240), safety_step_minutes=st.sampled_from([5, 15, 45, 120])
    ),
)
def test_each_step_comes_once_in_its_order_and_none_early(ticks: list[int], rules: VisitRules) -> None:
    """Minutes after the planned end; the steps follow each other as the slow reckoning of minutes says."""
    step, at = 0, 0
    slow_step, slow_next = 0, rules.safety_minutes
    for minute in sorted(ticks):
        found = safety.next_step(0, step, at * MINUTE, rules, minute * MINUTE)
        if slow_step < safety.EXPIRED and minute > 12 * 60:
            expected: int | None = safety.EXPIRED
        elif slow_step < safety.SILENT and minute >= slow_next:
            expected = slow_step + 1
        else:
            expected = None
        assert found == expected
        if found is not None:
            step = slow_step = found
            at = slow_next = minute + (rules.safety_step_minutes if found == safety.ASKED else 30)


def test_the_state_machine_allows_what_the_taps_do(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    at = town.at(2, EVENING)
    visit, _ = family(town, "甲", mentor, other, at)
    with town.unit(from_ms(at)) as unit:
        assert safety.arrive(unit, visit, mentor)
        assert not safety.arrive(unit, visit, other)
        assert safety.not_arrived(unit, visits.must(unit, visit), other)
        assert not safety.not_arrived(unit, visits.must(unit, visit), other)
        assert safety.leave(unit, visits.must(unit, visit), other)
        assert not safety.leave(unit, visits.must(unit, visit), mentor)
        held = visits.must(unit, visit)
        assert (held.state, held.left_at, held.ended_at) == (VisitState.HELD, at, at)
