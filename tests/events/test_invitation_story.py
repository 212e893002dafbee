"""An invitation and what follows, through the front door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.events import topics
from tests.events.class_of_parents import at_seven, planned, tick, until
from tests.school import Bot

TOPIC = topics.every()[0]


@pytest.mark.both
async def test_families_are_invited_answer_and_are_reminded(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    starts = at_seven(bot, 9)
    planned(bot, starts, topic=TOPIC.code)
    await tick(bot, seconds=20)
    await father.sees_nothing_with(TOPIC.zh, 0.3)
    await until(bot, starts - timedelta(days=7))
    asked = await father.sees("您来吗")
    assert "【家长学堂】张小雨" in asked["text"]
    assert TOPIC.zh in asked["text"]
    assert "19:00–20:00" in asked["text"]
    assert "李明" in asked["text"]
    both = await mother.sees("您来吗")
    assert "张小雨、张小阳" in both["text"]
    await father.presses("来", asked)
    shown = await father.sees("您选了：来，1 人")
    await father.presses("2 人", shown)
    await father.sees("您选了：来，2 人")
    await father.sees("加到手机日历")
    await mother.presses("来不了", both)
    await mother.sees("没关系，讲义之后也会发给您")
    await until(bot, starts - timedelta(days=1))
    await father.sees("别忘了")
    await mentor.sees("来 2 人")
    await until(bot, starts - timedelta(hours=1))
    await father.sees("快开始了")
    await mother.sees_nothing_with("快开始了", 0.3)
    await tick(bot, minutes=5)
    await tick(bot, minutes=5)
    assert len([one for one in await father.reads() if "快开始了" in one]) == 1


async def test_a_calendar_follows_a_change_of_mind(bot: Bot) -> None:
    father = await bot.father()
    starts = at_seven(bot, 9)
    planned(bot, starts, topic=TOPIC.code)
    await until(bot, starts - timedelta(days=7))
    sequences = []
    for answer, caption in (("来", "加到手机日历"), ("来不了", "可以去掉了"), ("来", "加到手机日历")):
        asked = await father.finds("【家长学堂】")
        await father.presses(answer, asked)
        file = (await father.sees(caption))["document"]
        _, content, _ = await bot.telegram.file(file["file_id"])
        text = content.decode()
        sequences.append(int(text.partition("SEQUENCE:")[2].split()[0]))
        assert ("METHOD:CANCEL" in text) == (answer == "来不了")
    assert sequences == sorted(set(sequences))
