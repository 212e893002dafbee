"""Out of hours: accepted, the sender knows when it arrives, and it does, in order and with one sound; too fast: gathered."""

from __future__ import annotations

from tests.school import Bot


async def test_what_a_family_writes_in_the_evening_arrives_in_the_morning_in_order(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    bot.later(hours=11)  # 21:00
    first = await father.says("明天要带什么")
    receipt = await father.sees("已收下")
    assert "明天 07:30 送到" in receipt["text"]
    assert "前答复您" in receipt["text"]
    await father.sees_reaction(first, "✍")
    await father.says("还有美术用品吗")
    await father.sees_nothing_with("已收下。现在不是周静", 0.2)
    await mentor.sees_nothing_with("美术用品", 0.2)
    bot.later(hours=10)  # 07:00
    await mentor.sees_nothing_with("美术用品", 1.2)
    bot.later(minutes=31)
    await mentor.sees("明天要带什么")
    second = await mentor.sees("美术用品")
    assert second["silent"] is True
    await father.sees_reaction(first, "👌")


async def test_what_a_mentor_writes_at_night_reaches_the_family_in_the_morning(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("在吗")
    copy = await mentor.sees("在吗")
    bot.later(hours=13)  # 23:00
    await mentor.replies(copy, "明天开家长会")
    await mentor.sees("07:00 送到")
    await father.sees_nothing_with("家长会", 0.3)
    bot.later(hours=8, minutes=1)
    await father.sees("明天开家长会")


async def test_nothing_new_overtakes_what_waited_for_the_morning(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    bot.later(hours=11)
    for number in range(5):
        await father.says(f"昨晚第{number}句")
    await father.sees("已收下")
    bot.later(hours=10, minutes=30)
    await father.says("早上第一句")
    await mentor.sees("早上第一句")
    texts = [text for text in await mentor.reads() if "句" in text]
    assert [text[-4:] for text in texts] == [f"晚第{n}句" for n in range(5)] + ["上第一句"]


async def test_more_than_twenty_in_a_minute_are_gathered_and_none_is_lost(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    for number in range(30):
        await father.says(f"第{number:02}条")
    await father.sees("您发得很快")
    await mentor.sees("第19条")
    await mentor.sees_nothing_with("第20条", 0.3)
    bot.later(seconds=61)
    await mentor.sees("第29条")
    texts = [text.split("\n")[-1] for text in await mentor.reads() if "条" in text]
    assert texts == [f"第{number:02}条" for number in range(30)]
    asked = [text for text in await father.reads() if "您发得很快" in text]
    assert len(asked) == 1
