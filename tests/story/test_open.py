"""Who waits for an answer, by when it was promised, one reminder; and what was written before, for both sides."""

from __future__ import annotations

from typing import Any

from simulator.client import Person
from tests.school import MOTHER, OTHER_MENTOR, OTHER_MOTHER, Bot


async def _tick(bot: Bot, **later: float) -> None:
    bot.later(**later)
    assert bot.app is not None
    await bot.app.tick_now()


async def test_who_waits_is_listed_and_an_answer_ends_it(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("这次考试范围是什么")
    await mentor.sees("考试范围")
    await mentor.says("/open")
    one = await mentor.sees("张小雨 · 爸爸：")
    assert "前回复" in one["text"]
    await mentor.sees("共 1 家")
    await mentor.replies(one, "第一到第三单元")
    await father.sees("第三单元")
    await mentor.says("/open")
    foot = await mentor.sees("没有家长在等您回复")
    assert "1/1" in foot["text"]


async def test_thanks_wait_for_nothing_and_no_answer_may_be_needed(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("好的，谢谢老师！")
    await mentor.sees("谢谢老师")
    await mentor.says("/open")
    await mentor.sees("没有家长在等")
    await father.says("明天我去接他")
    await mentor.sees("我去接他")
    await mentor.says("/open")
    await mentor.sees("张小雨 · 爸爸：")
    await mentor.presses("无需回复")
    await mentor.sees("不用回复了")
    await mentor.says("/open")
    await mentor.sees("没有家长在等")


async def test_the_mentor_is_reminded_once_and_only_in_working_hours(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("能换个座位吗")
    await mentor.sees("换个座位")
    await _tick(bot, days=6, hours=11)
    await mentor.sees_nothing_with("还在等您", 0.3)
    for _ in range(12):
        await _tick(bot, hours=12)
    await mentor.sees("还在等您")
    await _tick(bot, days=1)
    reminders = [text for text in await mentor.reads() if "还在等您" in text]
    assert len(reminders) == 1


async def test_a_chief_mentor_sees_a_number_and_nothing_else(bot: Bot) -> None:
    chief = await bot.joined_mentor()
    await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    mother = await bot.joined_guardian(OTHER_MOTHER, "刘敏", "S3")
    written = await mother.says("孩子今天不太舒服")
    await mother.sees_reaction(written, "👌")
    await _tick(bot, days=12)
    await chief.says("/open")
    foot = await chief.sees("班里另有 1 家")
    assert "陈晨" not in foot["text"]


# --- /history ---


async def _talk(bot: Bot) -> tuple[Person, Person]:
    mentor, father = await bot.joined_mentor(), await bot.father()
    for number in range(7):
        await father.says(f"第{number}句")
        copy = await mentor.sees(f"第{number}句")
    await mentor.replies(copy, "都收到了")
    await father.sees("都收到了")
    return mentor, father


async def test_both_sides_read_what_was_written_page_by_page(bot: Bot) -> None:
    mentor, father = await _talk(bot)
    for person, who in ((father, "老师：都收到了"), (mentor, "您：都收到了")):
        await person.says("/history")
        page = await person.sees("第3句\n")
        assert who in page["text"]
        assert "第6句" in page["text"]
        assert "第2句" not in page["text"]
        await person.presses("更早")
        older = await person.sees("第2句")
        assert "第0句" in older["text"]
        await person.presses("更新")
        await person.sees("都收到了")


async def test_by_date_typed_and_tapped(bot: Bot) -> None:
    _, father = await _talk(bot)
    day = bot.clock.now().date()
    bot.later(days=7)
    await father.says("一周以后的话")
    await father.says(f"/history {day}")
    page = await father.sees("都收到了")
    assert "一周以后" not in page["text"]
    await father.says("/history 昨天")
    await father.sees("没看懂日期")
    await father.says("/history")
    await father.sees("一周以后的话")
    await father.presses("按日期")
    await father.sees("哪一天")
    await father.presses(f"{day.month}月{day.day}日")
    page = await father.sees("都收到了")
    assert "一周以后" not in page["text"]


async def test_nobody_reads_what_is_not_theirs(bot: Bot) -> None:
    mentor, father = await _talk(bot)
    mother = await bot.joined_guardian(MOTHER, "王芳", "S1")
    await mother.says("/history")
    await mother.sees("还没有消息")
    page = await _history(father)
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    data = next(one["data"] for row in page["buttons"] for one in row if "按日期" in one["text"])
    target = (await other.chat())["messages"][-1]["message_id"]
    await other.act("press", message_id=target, data=data)
    await other.sees_toast("")
    assert not any("第6句" in text for text in [*(await other.reads()), *(await mother.reads())])
    assert mentor.id != other.id


async def _history(person: Person) -> dict[str, Any]:
    await person.says("/history")
    return await person.sees("第3句\n")


async def test_what_is_private_and_pictures_are_a_tap_away(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.sends("photo", caption="作业拍照")
    await mentor.sees("作业拍照")
    await father.says("孩子对花生过敏，午饭要注意")
    await mentor.sees("花生过敏")
    await mentor.says("/history")
    page = await mentor.sees("较私密")
    assert "花生" not in page["text"]
    assert "[图片] 作业拍照" in page["text"]
    labels = [one["text"] for row in page["buttons"] for one in row if one["text"].startswith("看")]
    assert len(labels) == 2
    await mentor.presses(labels[0], page)
    await mentor.sees("作业拍照")


async def test_quiet_hours_are_the_familys_own(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("在吗")
    copy = await mentor.sees("在吗")
    await father.says("/settings")
    await father.sees("中文")
    await father.presses("休息时间")
    await father.sees("21:00 – 07:00")
    await father.presses("不设休息时间")
    await father.sees("随时送到")
    bot.later(hours=13)
    await mentor.replies(copy, "夜里也行")
    await father.sees("夜里也行")
