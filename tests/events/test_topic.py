"""The topic of a parent class: asked for once, chosen from the list, in own words, or by the guardians."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from models.checklist.items import stage_fits
from models.events import events, proposing, topics
from models.events.states import EventState, What
from simulator.client import Message, Person
from tests.events.class_of_parents import at_seven, done, now_of, planned, school_morning, tick, unit_of, until
from tests.school import Bot


def fits(bot: Bot, event_id: int) -> list[topics.Topic]:
    unit = unit_of(bot)
    found = proposing.fitting(unit, events.must(unit, event_id), "Asia/Shanghai")
    done(unit)
    return found


def topic_of(bot: Bot, event_id: int) -> str:
    return str(bot.school.run("SELECT topic FROM event WHERE id = :id", id=event_id)[0][0])


async def ticked(person: Person, button: str, message: Message) -> None:
    """Waits until a button is ticked."""
    for _ in range(1000):
        now = next(one for one in (await person.chat())["messages"] if one["message_id"] == message["message_id"])
        if any(one["text"] == f"✓ {button}" for row in now["buttons"] for one in row):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{button} was not ticked")


async def test_speaker_is_asked_once_and_chooses(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    starts = at_seven(bot, 30)
    planned(bot, at_seven(bot, -40), topic="reading_aloud", state=EventState.HELD)
    event = planned(bot, starts, topic="")
    await tick(bot, seconds=20)
    await mentor.sees_nothing_with("这次家长学堂聊什么", 0.2)
    await until(bot, starts - timedelta(days=21) + timedelta(minutes=1))
    await school_morning(bot, 0)
    asked = await mentor.sees("这次家长学堂聊什么")
    proposals = fits(bot, event)
    assert all(stage_fits(one.stages, "primary", 5) for one in proposals)
    for one in proposals[:3]:
        assert one.zh in asked["text"]
        assert one.about_zh in asked["text"]
    await tick(bot, minutes=10)
    assert len([one for one in await mentor.reads() if "这次家长学堂聊什么" in one]) == 1
    await mentor.presses(proposals[1].zh, asked)
    chosen = await mentor.sees("主题定了")
    assert proposals[1].about_zh in chosen["text"]
    assert proposals[1].question_zh in chosen["text"]
    assert topic_of(bot, event) == proposals[1].code
    await until(bot, starts - timedelta(days=10) + timedelta(hours=1))
    await mentor.sees_nothing_with("还没有定主题", 0.2)


async def test_own_topic_more_topics_and_asked_a_second_time(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    starts = at_seven(bot, 12)
    event = planned(bot, starts, topic="")
    await tick(bot, seconds=20)
    await mentor.sees("这次家长学堂聊什么")
    await until(bot, starts - timedelta(days=10) + timedelta(hours=1))
    await school_morning(bot, 0)
    await mentor.presses("看别的", await mentor.sees("还没有定主题"))
    await mentor.presses("更多主题", await mentor.sees("邀请发出前都可以换"))
    shown = await mentor.sees("一年内讲过的不在里面")
    assert "家长选" not in shown["text"]
    await mentor.presses(fits(bot, event)[5].zh, shown)
    shown = await mentor.sees("主题定了")
    assert topic_of(bot, event) == fits(bot, event)[5].code
    await mentor.presses("换一个主题", shown)
    await mentor.presses("自己写一个", await mentor.sees("邀请发出前都可以换"))
    await mentor.sees("想讲什么")
    await mentor.says("太长" * 31)
    await mentor.sees("您写了 62 个")
    await mentor.says("怎么和孩子一起种菜")
    await mentor.sees("主题定了：怎么和孩子一起种菜")
    await until(bot, starts - timedelta(days=7))
    asked = await father.sees("您来吗")
    assert "怎么和孩子一起种菜" in asked["text"]
    # Once families are invited it stays.
    await mentor.says("/classes")
    await mentor.presses("家长学堂", await mentor.sees("我主讲"))
    shown = await mentor.sees("邀请已经发给家庭了")
    assert not any("主题" in one["text"] for row in shown["buttons"] for one in row)


async def test_topic_chosen_after_the_invitation_is_put_into_it(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    starts = at_seven(bot, 6)
    event = planned(bot, starts, topic="")
    await tick(bot, seconds=20)
    asked = await father.sees("聊什么，定下来就能在这里看到")
    await mother.presses("来", await mother.sees("聊什么，定下来就能在这里看到"))
    await mother.sees("您选了：来，1 人")
    await mentor.says("/classes")
    await mentor.presses("家长学堂", await mentor.sees("我主讲"))
    await mentor.presses("选主题", await mentor.sees("还没有定主题"))
    one = fits(bot, event)[0]
    await mentor.presses(one.zh, await mentor.sees("点一下就定了"))
    await mentor.sees("主题定了")
    await tick(bot, seconds=20)
    mended = await father.sees(one.zh)
    assert mended["message_id"] == asked["message_id"]


async def test_guardians_vote_and_the_speaker_hears_only_numbers(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    starts = at_seven(bot, 20)
    event = planned(bot, starts, topic="")
    await tick(bot, seconds=20)
    proposals = fits(bot, event)
    await mentor.presses("看别的", await mentor.sees("这次家长学堂聊什么"))
    await mentor.presses("让家长选", await mentor.sees("点一下就定了"))
    shown = await mentor.sees("勾 2 到 4 个")
    await mentor.presses(proposals[0].zh, shown)
    await ticked(mentor, proposals[0].zh, shown)
    await mentor.presses(proposals[1].zh, shown)
    await mentor.presses("请家长选这 2 个", shown)
    await mentor.sees("已经请家长选了")
    await tick(bot, seconds=20)
    asked = await father.sees("这次您最想听什么")
    await father.presses(proposals[1].zh, asked)
    await father.sees_toast("记下了，可以改")
    other = await mother.sees("这次您最想听什么")
    await mother.presses(proposals[0].zh, other)
    await mother.sees_toast("记下了")
    await mother.presses(proposals[1].zh, other)
    # The leader cannot choose while families do, and is told so.
    await mentor.says("/classes")
    await mentor.presses("家长学堂", await mentor.sees("我主讲"))
    await mentor.sees("家长正在选主题")
    await until(bot, now_of(bot) + timedelta(days=5, minutes=5))
    await school_morning(bot, 0)
    result = await mentor.sees("家长选好了")
    assert f"{proposals[1].zh}（2 票）" in result["text"]
    assert topic_of(bot, event) == proposals[1].code
    assert not bot.school.run("SELECT 1 FROM topic_vote")
    for text in await mentor.reads():
        assert "张强" not in text or "家庭" in text
    rows = bot.school.run("SELECT done_at FROM event_telling WHERE what = :what", what=What.VOTE.value)
    assert len(rows) == 1
    assert rows[0][0] is not None
