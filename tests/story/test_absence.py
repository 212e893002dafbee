"""A mentor is away: somebody else answers, families are told once, the thread comes back with its history."""

from __future__ import annotations

from datetime import timedelta

from simulator.client import Person
from tests.school import FATHER, OTHER_MENTOR, Bot, until_morning


async def _away(bot: Bot) -> tuple[Person, Person, Person]:
    mentor, father = await bot.joined_mentor(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await mentor.says("/away")
    await mentor.sees("为谁设置")
    await mentor.presses("李明")
    await mentor.sees("哪几天不在")
    await mentor.presses("今天起 2 天")
    await mentor.sees("谁来回复家长")
    await mentor.presses("周静")
    await mentor.sees("已设好")
    await other.sees("由您回复")
    await father.sees("周静老师回复您")
    return mentor, father, other


async def test_what_a_family_writes_goes_to_the_substitute_and_the_answer_says_for_whom(bot: Bot) -> None:
    mentor, father, other = await _away(bot)
    await father.says("明天春游几点集合")
    copy = await other.sees("几点集合")
    assert "代李明老师" in copy["text"]
    await mentor.sees_nothing_with("几点集合", 0.2)
    await other.replies(copy, "七点半，校门口")
    answer = await father.sees("七点半")
    assert "周静老师" in answer["text"]
    assert "代李明老师" in answer["text"]


async def test_when_it_is_over_the_substitute_sees_nothing_and_the_mentor_has_the_history(bot: Bot) -> None:
    mentor, father, other = await _away(bot)
    await father.says("明天春游几点回来")
    copy = await other.sees("明天春游几点回来")
    await other.replies(copy, "知道了")
    await father.sees("知道了")
    over = timedelta(hours=38)  # after the second day; the next one may be a Saturday
    bot.clock.offset += over + until_morning(bot.clock.now() + over)
    assert bot.app is not None
    await bot.app.tick_now()
    await mentor.sees("1 家有过往来")
    await other.sees("不再由您代理")
    await other.replies(copy, "还有吗")
    await other.sees("会话已经结束")
    await other.says("/history")
    await other.sees("还没有消息")
    await mentor.says("/history")
    history = await mentor.sees("张小雨 · 爸爸")
    assert "明天春游几点回来" in history["text"]
    assert "知道了" in history["text"]
    await father.says("老师回来了吗")
    await mentor.sees("老师回来了吗")


async def test_families_are_told_once_also_over_a_restart(bot: Bot) -> None:
    _, father, _ = await _away(bot)
    await bot.stop()
    bot.later(hours=3)
    await bot.start()
    assert bot.app is not None
    await bot.app.tick_now()
    await bot.app.tick_now()
    told = [text for text in await father.reads() if "周静老师回复您" in text]
    assert len(told) == 1


async def test_the_same_days_twice_are_refused_and_it_can_be_ended(bot: Bot) -> None:
    mentor, father, other = await _away(bot)
    await mentor.says("/away")
    await mentor.sees("由周静老师回复家长")
    await mentor.sees("为谁设置")
    await mentor.presses("李明")
    await mentor.sees("哪几天不在")
    await mentor.presses("今天起 2 天")
    await mentor.sees("谁来回复家长")
    await mentor.presses("周静")
    await mentor.sees("已经设过代理")
    await mentor.says("/away")
    await mentor.sees("由周静老师回复家长")
    await mentor.presses("提前结束")
    await mentor.sees("李明老师回来了")
    await father.says("在吗")
    await mentor.sees("在吗")
    await other.sees_nothing_with("在吗", 0.2)


async def test_days_can_be_typed(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await mentor.says("/away 13-45")
    await mentor.sees("没看懂日期")
    day = bot.clock.now().date()
    await mentor.says(f"/away {day:%m-%d}")
    await mentor.sees("谁来回复家长")


async def test_nobody_sets_it_for_others_without_the_right(bot: Bot) -> None:
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await bot.joined_mentor()
    await other.says("/away")
    await other.sees("周静老师哪几天不在")
    father = await bot.father()
    await father.says("/away")
    await father.sees_nothing_with("哪几天", 0.2)
    assert father.id == FATHER
