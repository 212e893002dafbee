"""Above a number of people a second person agrees: who is asked, what they see, what they decide, and what the author hears."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlmodel import Session

from bot.config import Settings
from handlers import say
from models import people
from models.notices import deciding, notices
from models.notices.content import Question
from simulator.client import Message, Person
from tests.conftest import settings_for
from tests.events.class_of_parents import tick
from tests.notices.walk import buttons, looks, only, said, writes
from tests.school import OTHER_MENTOR, Bot

WORDS = "周五下午四点放学。"


@pytest.fixture
def settings(simulator: str, database_url: str) -> Settings:
    """A school where one person is many already."""
    return settings_for(simulator, database_url, BOT_NOTICES__APPROVE_ABOVE="1")


async def second(bot: Bot, kind: str = "admin", name: str = "钱主任", number: int = 3002) -> Person:
    """Another admin, or somebody of the centre, who has joined."""
    staff = f"T{number}"
    with Session(bot.school.engine, expire_on_commit=False) as session:
        row = bot.school.person(session, name, staff)
        session.add(people.Role(person_id=row, kind=kind, since=datetime.now(UTC)))
        session.commit()
    found = await bot.person(number, name)
    await found.starts(bot.school.link(name, staff))
    await found.sees("对吗")
    await found.presses("是，是我")
    await found.sees("欢迎加入")
    return found


async def asks(bot: Bot, admin: Person) -> None:
    """The author asks the second person."""
    last = await looks(admin, await writes(admin, WORDS))
    assert "要请另一位看过" in last["text"]
    assert not any("现在发给" in one for one in buttons(last))
    await admin.presses("请另一位看一看", last)


async def steals(bot: Bot, person: Person, action: str, *args: int) -> Message:
    """Presses a button that was never shown to this person, signed."""
    data = say.sign(bot.school.vault, bot.id, person.id, action, *args)
    await person.act("press", data=data, message_id=(await person.last())["message_id"])
    return await person.sees_toast("这条通知已经有结果了")


def stamp(bot: Bot) -> int:
    """What the buttons of the only notice stand for."""
    notice = only(bot)
    unit = bot.school.unit()
    found = notices.one(unit, notice)
    assert found is not None
    number = deciding.stamp(found)
    unit.connection.close()
    return number


async def test_a_second_person_sees_it_and_agrees(bot: Bot) -> None:
    admin, other = await bot.joined_admin(), await second(bot)
    mother, father, mentor = await bot.mother(), await bot.father(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await asks(bot, admin)
    await admin.sees("已经请 1 位看了")
    shown = await other.sees("【实验小学 通知】 小雨")
    assert WORDS in shown["text"]
    asked = await other.sees("赵主任 请您看一条通知")
    assert "2 位家长会直接收到" in asked["text"]
    await mother.sees_nothing_with("放学", 0.2)
    # Nobody agrees to the own one, and nobody who might not have sent it.
    for person in (admin, mentor):
        await steals(bot, person, "nwag", only(bot), stamp(bot), 9)
    assert bot.school.run("SELECT state FROM notice") == [("asked",)]
    await other.presses("同意，发给 2 位", asked)
    await other.sees("谢谢您")
    await admin.sees("钱主任 同意了")
    await mother.sees(WORDS)
    await father.sees(WORDS)
    assert bot.school.run("SELECT approved_by FROM notice") == [(bot.school.ids["钱主任"],)]


async def test_not_yet_and_why(bot: Bot) -> None:
    admin, other = await bot.joined_admin(), await second(bot)
    mother, _ = await bot.mother(), await bot.father()
    await asks(bot, admin)
    asked = await other.sees("请您看一条通知")
    await other.presses("先不发", asked)
    await other.sees("还要改什么")
    await other.sends("photo")
    await other.sees("这里请打字")
    await other.says("四点还在上课，\n请改成四点半。")
    await other.sees("告诉对方了")
    told = await admin.sees("钱主任 看了")
    assert "四点还在上课，\n请改成四点半。" in told["text"]
    await mother.sees_nothing_with("放学", 0.2)
    await admin.presses("打开看看", told)
    board = await admin.sees("这条通知")
    # What is to be changed stays to be read.
    assert board["message_id"] != told["message_id"]
    # Asked anew it is another question; the old one is settled.
    await admin.says("改成四点半。")
    await admin.sees("一共 2 段")
    await admin.presses("就这些")
    await admin.presses("请另一位看一看", await looks(admin, await said(admin, "看看样子")))
    fresh = await other.sees("请您看一条通知")
    data = say.sign(bot.school.vault, bot.id, other.id, "nwag", only(bot), 12345, 2)
    await other.act("press", data=data, message_id=asked["message_id"])
    await other.sees_toast("后来改过")
    assert bot.school.run("SELECT state FROM notice") == [("asked",)]
    await other.presses("同意", fresh)
    await mother.sees("改成四点半")
    assert board


async def test_where_nobody_could_agree_the_author_hears_what_to_do(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await bot.mother()
    await bot.father()
    await asks(bot, admin)
    await admin.sees("没有别的管理员能看")
    assert bot.school.run("SELECT state FROM notice") == [("draft",)]


async def test_asked_again_twice_then_the_author_hears(bot: Bot) -> None:
    admin, other = await bot.joined_admin(), await second(bot)
    await bot.mother()
    await bot.father()
    await asks(bot, admin)
    await other.sees("请您看一条通知")
    await tick(bot, minutes=59)
    await tick(bot, minutes=2)
    await other.sees("还在等您")
    await tick(bot, minutes=1)
    await tick(bot, minutes=60)
    again = await other.sees("还在等您")
    await tick(bot, minutes=61)
    await admin.sees("问了两次，还没有人看")
    await bot.settled()
    assert sum("还在等您" in one for one in await other.reads()) == 2
    await other.presses("看内容", again)
    await other.sees("会看到这样的")
    await other.presses("同意", again)
    await admin.sees("钱主任 同意了")


async def test_at_the_moment_of_agreeing_all_is_asked_once_more(bot: Bot) -> None:
    admin, other = await bot.joined_admin(), await second(bot)
    mother, _ = await bot.mother(), await bot.father()
    await asks(bot, admin)
    asked = await other.sees("请您看一条通知")
    await bot.joined_guardian(1003, "刘敏", "S3")
    await other.presses("同意，发给 2 位", asked)
    grown = await other.sees("3 位家长会直接收到")
    bot.school.run("UPDATE role SET until = 1 WHERE person_id = :id", id=bot.school.ids["赵主任"])
    await other.presses("同意，发给 3 位", grown)
    await other.sees("写的人现在不能发给这些人了")
    await admin.sees("您的班级或职务有变动")
    await mother.sees_nothing_with("放学", 0.2)
    assert bot.school.run("SELECT state FROM notice") == [("draft",)]


async def test_somebody_who_has_left_sends_nothing_that_was_planned(bot: Bot) -> None:
    admin, other = await bot.joined_admin(), await second(bot)
    mother, _ = await bot.mother(), await bot.father()
    board = await writes(admin, WORDS)
    await admin.presses("定时间", board)
    await admin.sees("什么时候发")
    await admin.says("明天 10:00")
    await admin.presses("请另一位看一看", await looks(admin, await admin.sees("10:00")))
    await other.presses("同意", await other.sees("请您看一条通知"))
    await admin.sees("开始发")
    bot.school.run("UPDATE role SET until = 1 WHERE person_id = :id", id=bot.school.ids["赵主任"])
    await tick(bot, hours=25)
    await admin.sees("您的班级或职务有变动")
    await mother.sees_nothing_with("放学", 0.2)


async def test_the_centre_writes_to_all_schools_and_another_of_it_agrees(bot: Bot) -> None:
    centre = await second(bot, "centre", "孙老师", 3003)
    other = await second(bot, "centre", "李老师", 3004)
    admin, mother = await bot.joined_admin(), await bot.mother()
    await bot.father()
    await asks(bot, centre)
    asked = await other.sees("孙老师 请您看一条通知")
    assert "所有学校" in asked["text"]
    await other.presses("同意", asked)
    await mother.sees(WORDS)
    await bot.settled()
    assert not any("请您看一条通知" in one for one in await admin.reads())


async def test_a_slip_whose_last_day_has_passed_while_it_waited_goes_back_to_its_author(bot: Bot) -> None:
    admin, other = await bot.joined_admin(), await second(bot)
    mother, _ = await bot.mother(), await bot.father()
    await asks(bot, admin)
    asked = await other.sees("请您看一条通知")
    unit, number = bot.school.unit(), only(bot)
    found = notices.one(unit, number)
    assert found is not None
    slip = Question({"zh_CN": "同意吗"}, {"zh_CN": ("同意", "不同意")})
    notices.write(unit, found, notices.content(unit, found).with_(slip=slip))
    found.valid_until = 1
    unit.session.add(found)
    unit.session.flush()
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    data = say.sign(bot.school.vault, bot.id, other.id, "nwag", number, stamp(bot), 9)
    await other.act("press", data=data, message_id=asked["message_id"])
    await other.sees("告诉对方了")
    told = await admin.sees("钱主任 看了")
    assert "回执的最后一天" in told["text"]
    assert bot.school.run("SELECT state FROM notice") == [("draft",)]
    await mother.sees_nothing_with("放学", 0.2)
