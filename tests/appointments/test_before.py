"""Before an appointment: reminders once and never late, an address for a time and then nowhere, the card."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from bot.database import open_engine
from handlers.appointments import ticks
from handlers.context import SchoolSettings
from models.appointments import booking, reminders, wishes
from models.appointments.reminders import Kind, Turn
from models.appointments.states import Form, Purpose, VisitState
from models.base import from_ms
from models.unit import Unit
from models.vault import Vault
from simulator.client import Person
from tests.appointments.agreed import HOUR, MINUTE, RULES, agree, at_of, at_time, family, unit_of
from tests.appointments.town import BOT, Town
from tests.school import OTHER_MENTOR, Bot

DAY = 24 * HOUR
EVENING = 17 * 60
SCHOOL = SchoolSettings()


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


async def people(bot: Bot) -> tuple[Person, Person, Person]:
    """Mentor, second teacher, father."""
    mentor, father = await bot.joined_mentor(), await bot.father()
    return mentor, await bot.joined_mentor(OTHER_MENTOR, "周静", "T2"), father


# --- which are due: a second, slower reckoning ---


@given(
    purpose=st.sampled_from(Purpose),
    confirmed=st.integers(-40 * 60, -1),
    awake=st.lists(st.tuples(st.integers(-40 * 60, 120), st.integers(1, 900)), max_size=6),
)
def test_a_reminder_is_given_at_the_first_useful_tick_or_expires_once(
    purpose: Purpose, confirmed: int, awake: list[tuple[int, int]]
) -> None:
    """Minutes from the start on; the bot ticks in the minutes in which it is awake."""
    ticks_ = sorted({minute for begins, long in awake for minute in range(max(begins, confirmed), begins + long)})
    found: dict[Kind, tuple[Turn, int]] = {}
    for minute in ticks_:
        for kind in Kind:
            turn = reminders.turn(kind, purpose, 0, confirmed * MINUTE, minute * MINUTE)
            if kind not in found and turn in (Turn.NOW, Turn.LATE):
                found[kind] = turn, minute
    slow: dict[Kind, tuple[Turn, int]] = {}
    for kind, opens, closes in ((Kind.DAY, -1440, -180), (Kind.SOON, -120, 0)):
        if confirmed > opens or (kind is Kind.DAY and purpose is Purpose.HOUR):
            continue
        first = next((minute for minute in ticks_ if minute >= opens), None)
        if first is not None:
            slow[kind] = (Turn.NOW if first < closes else Turn.LATE), first
    assert found == slow


@given(kind=st.sampled_from(Kind), now=st.integers(0, 1439), rest=st.none() | st.integers(0, 1440))
def test_quiet_hours_move_a_reminder_or_leave_it_out(kind: Kind, now: int, rest: int | None) -> None:
    starts = 1440
    said = reminders.said_at(kind, starts * MINUTE, now * MINUTE, None if rest is None else rest * MINUTE)
    if rest is None:
        assert said == now * MINUTE
    elif kind is Kind.SOON:
        assert said == (rest * MINUTE if starts - rest >= 30 else None)
    else:
        assert said == (rest * MINUTE if starts - rest > 180 else None)


# --- given once ---


async def test_a_day_and_two_hours_before_everybody_is_reminded_once(bot: Bot) -> None:
    mentor, other, father = await people(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await at_time(bot, at - DAY - MINUTE)
    await father.sees_nothing_with("家访提醒", 0.2)
    for _ in range(3):
        await at_time(bot, at - DAY)
    told = await father.sees("家访提醒")
    assert "李明、周静" in told["text"]
    assert "来不了" in str(told["buttons"])
    for teacher in (mentor, other):
        assert "张小雨" in (await teacher.sees("家访提醒"))["text"]
    await bot.stop()
    await bot.start()
    for _ in range(3):
        await at_time(bot, at - 2 * HOUR)
    assert "还不知道在哪里见面" in (await father.sees("快到时间了"))["text"]
    assert "到了" in str((await mentor.sees("快到时间了"))["buttons"])
    await other.sees("快到时间了")
    keys = bot.school.run("SELECT dedupe_key FROM outbox WHERE dedupe_key LIKE :keys", keys=f"visit:{visit}:0:%")
    assert len([one for one in keys if ":day:" in str(one) or ":soon:" in str(one)]) == 6
    for person in (mentor, other, father):
        assert [len([t for t in await person.reads() if word in t]) for word in ("家访提醒", "快到时间了")] == [1, 1]


async def test_the_set_hour_has_one_reminder(bot: Bot) -> None:
    _, other, father = await people(bot)
    at = at_of(bot, 1, 12)
    agree(bot, at, Form.SCHOOL, purpose=Purpose.HOUR)
    await at_time(bot, at - DAY + MINUTE)
    await father.sees_nothing_with("提醒", 0.3)
    await at_time(bot, at - 2 * HOUR)
    await father.sees("到校面谈快到时间了")
    assert not [one for one in await other.reads() if "到校面谈" in one]


@pytest.mark.parametrize("late", [MINUTE, HOUR, 3 * DAY])
async def test_a_reminder_whose_time_fell_into_downtime_comes_once_or_not_at_all(bot: Bot, late: int) -> None:
    mentor, _, father = await people(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at, Form.SCHOOL)
    await bot.stop()
    bot.clock.offset += timedelta(milliseconds=at - DAY + late - bot.clock.now_ms())
    await bot.start()
    for _ in range(3):
        await at_time(bot, bot.clock.now_ms())
    many = 0 if late == 3 * DAY else 1
    if many:
        await father.sees("家访提醒")
        await mentor.sees("家访提醒")
    for person in (mentor, father):
        await person.sees_nothing_with("快到时间了", 0.2)
        assert len([one for one in await person.reads() if "家访提醒" in one]) == many
    logged = bot.school.run(
        "SELECT COUNT(*) FROM visit_log WHERE visit_id = :id AND what = 'reminder_expired'", id=visit
    )
    assert logged == [(2 if late == 3 * DAY else 0,)]


async def test_who_has_just_been_told_is_not_reminded(bot: Bot) -> None:
    _, _, father = await people(bot)
    at = at_of(bot, 0, 15)
    agree(bot, at, Form.SCHOOL)
    await at_time(bot, at - 4 * HOUR)
    await father.sees_nothing_with("家访提醒", 0.3)
    await at_time(bot, at - 2 * HOUR)
    await father.sees("快到时间了")


async def test_nothing_comes_after_a_cancel_and_anew_after_a_move(bot: Bot) -> None:
    _, _, father = await people(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at, Form.SCHOOL)
    await at_time(bot, at - DAY)
    await father.sees("家访提醒")
    agree(bot, at + 2 * DAY, Form.SCHOOL, visit=visit)
    await at_time(bot, at - 2 * HOUR)
    await father.sees_nothing_with("快到时间了", 0.3)
    await at_time(bot, at + DAY)
    await father.sees("家访提醒")
    with unit_of(bot) as unit:
        assert booking.end(unit, visit, VisitState.CANCELLED, bot.school.ids["张强"])
    await at_time(bot, at + 2 * DAY - 2 * HOUR)
    await father.sees_nothing_with("快到时间了", 0.3)


def reminders_of(town: Town, visit: int) -> list[tuple[str, int, str]]:
    """Reminders of a visit: which (by kind and person), when they go, their state."""
    rows = town.school.run(
        "SELECT dedupe_key, due_at, state FROM outbox WHERE dedupe_key LIKE :keys ORDER BY dedupe_key",
        keys=f"visit:{visit}:%",
    )
    return [(":".join(str(key).split(":")[3:]), int(str(due)), str(state)) for key, due, state in rows]


def tick_at(town: Town, at: int) -> None:
    with town.unit(from_ms(at)) as unit:
        for due in (*ticks.OF_ALL, *ticks.OF_A_SCHOOL):
            due(unit, BOT, SCHOOL)


def test_quiet_hours_of_a_guardian_move_it_and_the_move_takes_back_what_waits(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    at = town.at(5, 8 * 60)
    visit, mother = family(town, "甲", mentor, other, at, Form.SCHOOL)
    tick_at(town, at - 2 * HOUR)  # 06:00, the rest ends at 07:00
    found = {key: (due, state) for key, due, state in reminders_of(town, visit)}
    assert found[f"soon:{mother}"] == (at - HOUR, "waiting")
    with town.unit(from_ms(at - 90 * MINUTE)) as unit:
        assert booking.end(unit, visit, VisitState.CANCELLED, mother)
    assert {state for _, _, state in reminders_of(town, visit)} == {"cancelled"}


def test_a_rest_that_goes_on_until_the_visit_is_not_disturbed(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    at = town.at(5, 8 * 60)
    visit, mother = family(town, "甲", mentor, other, at, Form.SCHOOL)
    town.school.run("UPDATE person SET quiet_to = 465 WHERE id = :mother", mother=mother)  # 07:45
    tick_at(town, at - 2 * HOUR)
    tick_at(town, at - 10 * MINUTE)
    assert [key for key, _, _ in reminders_of(town, visit)] == [f"soon:{mentor}"]
    logged = town.school.run("SELECT what FROM visit_log WHERE visit_id = :visit AND what LIKE 'rem%'", visit=visit)
    assert sorted(str(one[0]) for one in logged) == ["reminder_expired", "reminder_quiet"]


def test_while_another_time_is_asked_for_both_teachers_are_reminded_of_the_one_that_stands(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    at = town.at(2, EVENING)
    visit, mother = family(town, "甲", mentor, other, at)
    with town.unit() as unit:
        asked = booking.choose(unit, visit, mother, Form.HOME, at + DAY, RULES, "Asia/Shanghai", proposed=True)
        assert asked is booking.Result.WAITS_MENTOR
        assert booking.mentor_agrees(unit, visit, mentor, at + DAY, RULES, "Asia/Shanghai") is (
            booking.Result.WAITS_COMPANION
        )
    tick_at(town, at - DAY)
    found = {key for key, _, _ in reminders_of(town, visit) if key.startswith("day")}
    assert found == {f"day:{one}" for one in (mentor, other, mother)}


@pytest.mark.timeout(400)
def test_three_processes_at_one_tick_double_nothing(town: Town, database_url: str) -> None:
    if "sqlite" in database_url:
        pytest.skip("SQLite has one writer")
    number, workers = 40, 3
    made = []
    for count in range(number):
        mentor, other = town.teacher(f"李{count}"), town.teacher(f"周{count}")
        made.append(family(town, f"生{count}", mentor, other, town.at(2, EVENING)))
    start = Barrier(workers)

    def work(_: int) -> None:
        engine = open_engine(database_url)
        start.wait(30)
        for at in (town.at(1, EVENING), town.at(2, EVENING - 120), town.at(2, EVENING + 95)):
            with town.unit(from_ms(at), engine) as unit:
                for due in (*ticks.OF_ALL, *ticks.OF_A_SCHOOL):
                    due(unit, BOT, SCHOOL)
        engine.dispose()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    keys = town.school.run("SELECT dedupe_key FROM outbox WHERE dedupe_key IS NOT NULL")
    kinds = Counter(str(one[0]).split(":")[3] for one in keys)
    assert (kinds["day"], kinds["soon"], kinds["safe0"]) == (number * 3, number * 3, number * 2)


# --- the link, the card ---


async def test_the_link_of_a_talk_by_video_goes_the_ordinary_way(bot: Bot) -> None:
    mentor, other, father = await people(bot)
    at = at_of(bot, 1, 17)
    agree(bot, at, Form.VIDEO)
    await at_time(bot, at - 2 * HOUR)
    assert "链接发到这里" in (await father.sees("快到时间了"))["text"]
    await mentor.presses("发视频链接", await mentor.sees("快到时间了"))
    await mentor.sees("发给我，我转给张小雨的家长")
    await mentor.says("https://meeting.example/123")
    copy = await father.sees("https://meeting.example/123")
    assert "李明" in copy["text"]
    assert not [one for one in await other.reads() if "快到时间了" in one]


async def test_the_card_says_how_to_talk_and_covers_what_is_need_to_know(bot: Bot) -> None:
    mentor, other, _ = await people(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    with unit_of(bot) as unit:
        for level in (1, 2):
            wishes.toggle(unit, visit, bot.school.ids["张强"], topic(unit, bot, level))
        wishes.say(unit, visit, bot.school.ids["张强"], "想聊聊睡觉的事")
        wishes.answer(unit, visit, bot.school.ids["张强"], "glad", "他学会了骑车")
    await at_time(bot, at - DAY)
    await mentor.presses("怎么谈", await mentor.sees("家访提醒"))
    card = await mentor.sees("和张小雨家谈")
    assert "不念成绩" in card["text"]
    assert {"想聊聊睡觉的事", "他学会了骑车"} <= covered(card)
    assert len([one for one in covered(card) if one.startswith("· ")]) == 1
    await other.presses("怎么谈", await other.sees("家访提醒"))
    theirs = await other.sees("和张小雨家谈")
    assert "骑车" not in theirs["text"]
    assert "想聊聊睡觉的事" in covered(theirs)
    assert bot.school.run("SELECT person_id, what FROM access") == [(bot.school.ids["周静"], "visit_card")]


async def test_the_card_for_a_talk_by_video_says_nothing_of_meals_and_photos(bot: Bot) -> None:
    mentor, _, _ = await people(bot)
    at = at_of(bot, 1, 17)
    agree(bot, at, Form.VIDEO)
    await at_time(bot, at - 2 * HOUR)
    await mentor.presses("怎么谈", await mentor.sees("快到时间了"))
    card = await mentor.sees("和张小雨家谈")
    assert "不收礼" in card["text"]
    assert not [one for one in ("拍照", "吃") if one in card["text"]]


def topic(unit: Unit, bot: Bot, level: int) -> str:
    """A topic of the list that is handled so carefully."""
    return next(one.code for one in wishes.choices(unit, bot.school.ids["school"]) if one.level == level)


def covered(message: dict[str, object]) -> set[str]:
    """What of a text is behind a tap."""
    raw = str(message["text"]).encode("utf-16-le")
    spans = message["entities"]
    assert isinstance(spans, list)
    return {
        raw[one["offset"] * 2 : (one["offset"] + one["length"]) * 2].decode("utf-16-le")
        for one in spans
        if one["type"] == "spoiler"
    }
