"""Where they meet: said by a guardian, seen by two teachers for a time, and then nowhere any more."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Engine, text

from models.appointments import booking, places, visits
from models.appointments.states import Form
from models.vault import Vault
from simulator.client import Person
from tests.appointments.agreed import HOUR, MINUTE, agree, at_of, at_time, family, settle, unit_of
from tests.appointments.test_before import people, tick_at
from tests.appointments.town import Town
from tests.school import Bot

DAY = 24 * HOUR
EVENING = 17 * 60
ADDRESS = "幸福路8号3栋501"


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


async def says_address(bot: Bot, father: Person, at: int) -> None:
    """The father is asked by the reminder of a day before, and types it."""
    await at_time(bot, at - DAY)
    await father.presses("告诉见面地点", await father.sees("家访提醒"))
    await father.sees("只有来的两位老师看得到")
    await father.says(ADDRESS)
    await confirms(father)


async def confirms(father: Person) -> None:
    """What was typed is shown back, and it is an address."""
    await father.presses("是，就是这里", await father.sees("要把这个作为见面地点吗"))
    await father.sees("已作为见面地点记下")


async def test_the_address_is_seen_by_its_two_teachers_and_then_is_nowhere(bot: Bot) -> None:
    mentor, other, father = await people(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await says_address(bot, father, at)
    for teacher in (mentor, other):
        await teacher.presses("看地址", await teacher.sees("家访提醒"))
        await teacher.sees(ADDRESS)
    assert bot.school.run("SELECT what, COUNT(*) FROM access GROUP BY what") == [("address", 2)]
    await at_time(bot, at - 2 * HOUR)
    with unit_of(bot) as unit:
        assert visits.must(unit, visit).sealed_place is not None
    soon = await mentor.sees("快到时间了")
    await at_time(bot, at)
    await mentor.presses("到了", soon)
    await at_time(bot, at + 40 * MINUTE)
    await mentor.presses("离开了", await mentor.sees("到达："))
    await mentor.sees("离开：")
    await at_time(bot, at + 41 * MINUTE)
    await nowhere(bot, mentor, other)


async def addresses(person: Person, *words: str) -> int:
    """How many messages of a chat show one of these, or a place on the map."""
    found = [one for one in (await person.chat())["messages"] if one["from"] == "bot"]
    return sum(1 for one in found if one["kind"] == "location" or any(word in str(one["text"]) for word in words))


async def comes_to(bot: Bot, many: int, person: Person, *words: str) -> None:
    """Waits, while the bot looks what is due, until so many messages of a chat show one of these or a place on the map."""
    assert bot.app is not None
    for _ in range(1000):
        if await addresses(person, *words) == many:
            return
        await bot.app.tick_now()
        await asyncio.sleep(0.02)
    raise AssertionError(await person.story())


async def shown_in(bot: Bot, many: int) -> None:
    """Waits until the bot knows of so many chats in which an address stands."""
    for _ in range(1000):
        if bot.school.run("SELECT COUNT(*) FROM visit_shown") == [(many,)]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(bot.school.run("SELECT * FROM visit_shown"))


async def nowhere(bot: Bot, *teachers: Person) -> None:
    """Not on the teachers' phones, not in the rows, not in what waits to be sent."""
    for teacher in teachers:
        await comes_to(bot, 0, teacher, ADDRESS)
    assert bot.school.run("SELECT COUNT(*) FROM visit WHERE sealed_place IS NOT NULL") == [(0,)]
    await shown_in(bot, 0)
    for row, sealed in bot.school.run("SELECT id, sealed_payload FROM outbox WHERE sealed_payload IS NOT NULL"):
        assert isinstance(row, int)
        assert isinstance(sealed, bytes)
        assert ADDRESS not in bot.school.vault.open("outbox", row, "payload", sealed)
    assert bot.school.run("SELECT COUNT(*) FROM inbox WHERE sealed_update IS NOT NULL") == [(0,)]
    assert bot.school.run("SELECT COUNT(*) FROM message") == [(0,)]


async def test_a_place_on_the_map_is_shown_as_one_and_goes_a_day_after_at_the_latest(bot: Bot) -> None:
    mentor, other, father = await people(bot)
    at = at_of(bot, 1, 17)
    agree(bot, at, Form.PUBLIC)
    await at_time(bot, at - DAY)
    await father.presses("告诉见面地点", await father.sees("家访提醒"))
    await father.sees("在哪里见面")
    await father.sends("location")
    await father.sees("已作为见面地点记下")
    await mentor.presses("看地址", await mentor.sees("家访提醒"))
    await mentor.sees("📍")
    await comes_to(bot, 2, mentor, "自动删除")
    await at_time(bot, at + 30 * MINUTE + DAY + MINUTE)
    await nowhere(bot, mentor, other)


async def test_nobody_else_sees_the_address(bot: Bot) -> None:
    mentor, other, father = await people(bot)
    mother = await bot.mother()
    at = at_of(bot, 1, 17)
    visit = agree(bot, at, guardians=("张强", "王芳"))
    await says_address(bot, father, at)
    shown = await other.sees("家访提醒")
    await other.presses("看地址", shown)
    await other.sees(ADDRESS)
    with unit_of(bot) as unit:
        booking.companion_refuses(unit, visit, bot.school.ids["周静"])
        for name in ("王芳", "张强", "周静", "赵主任"):
            assert places.viewer(unit, visits.must(unit, visit), [bot.school.ids[name]]) is None
    await other.presses("看地址", shown)
    await other.sees_toast("按钮")
    await at_time(bot, at - DAY + MINUTE)
    for person in (other, mother, mentor):
        await comes_to(bot, 0, person, ADDRESS)


async def test_the_address_is_not_shown_early_and_a_new_one_takes_the_old_away(bot: Bot) -> None:
    mentor, other, father = await people(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await says_address(bot, father, at)
    shown = await mentor.sees("家访提醒")
    await mentor.presses("看地址", shown)
    await mentor.sees(ADDRESS)
    await father.presses("改地点")
    await father.says("桥头公园东门")
    await confirms(father)
    await mentor.sees("见面地点改了")
    await comes_to(bot, 0, mentor, ADDRESS)
    await mentor.presses("看地址")
    await mentor.sees("桥头公园东门")
    agree(bot, at + 2 * DAY, visit=visit)
    await at_time(bot, at - DAY + 2 * MINUTE)
    await mentor.presses("看地址", shown)
    await mentor.sees_toast("前一天起")
    assert not any("见面地点改了" in one for one in await other.reads())
    await comes_to(bot, 0, mentor, "桥头公园")


async def test_a_question_for_the_mentor_is_no_address(bot: Bot) -> None:
    mentor, _, father = await people(bot)
    at = at_of(bot, 1, 17)
    visit = agree(bot, at)
    await at_time(bot, at - DAY)
    await father.presses("告诉见面地点", await father.sees("家访提醒"))
    await father.says("老师，您几点到？")
    await mentor.sees("您几点到")
    await father.says(ADDRESS)
    await confirms(father)
    await father.sends("location")
    await father.presses("说说住在哪一片", await father.sees("已作为见面地点记下"))
    await father.sees("小区或街道的名字")
    await father.says("12栋")
    await father.sees("不用门牌号")
    await father.says("Ｒiverside 花园")
    await father.sees("记下了，谢谢")
    with unit_of(bot) as unit:
        pupil = bot.school.ids["张小雨"]
        assert places.area_of(unit, pupil) == "Ｒiverside 花园"
        kept = places.of(unit, visits.must(unit, visit))
        assert kept is not None
        assert (kept.text, kept.latitude is None) == (ADDRESS, False)
        school = bot.school.ids["school"]
        hashed = unit.vault.lookup("area", f"{school}|riverside花园")
    assert bot.school.run("SELECT area_hash FROM visit") == [(hashed,)]


def test_an_address_of_one_form_is_none_of_another(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    at = town.at(2, EVENING)
    visit, mother = family(town, "甲", mentor, other, at)
    with town.unit() as unit:
        kept = visits.must(unit, visit)
        assert places.keep(unit, kept, mother, places.Place(ADDRESS))
        assert places.of(unit, visits.must(unit, visit)) == places.Place(ADDRESS)
    with town.unit() as unit:
        pupil = visits.must(unit, visit).pupil_id
        settle(unit, 0, pupil, mentor, (mother,), at + HOUR, Form.PUBLIC, companion=other, visit=visit)
        assert places.of(unit, visits.must(unit, visit)) is None
    with town.unit() as unit:
        settle(unit, 0, pupil, mentor, (mother,), at, Form.PHONE, companion=other, visit=visit)
    tick_at(town, town.at(1, EVENING))
    with town.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM visit WHERE sealed_place IS NOT NULL")).scalar() == 0


async def test_an_address_that_answers_the_question_by_reply_does_not_reach_the_conversation(bot: Bot) -> None:
    mentor, _, father = await people(bot)
    at = at_of(bot, 1, 17)
    agree(bot, at)
    await at_time(bot, at - DAY)
    await father.presses("告诉见面地点", await father.sees("家访提醒"))
    await father.replies(await father.sees("只有来的两位老师看得到"), ADDRESS)
    await confirms(father)
    assert not any(ADDRESS in one for one in await mentor.reads())
