"""After an event: held or not and how many, the notes to all, questions answered once, feedback in sum."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from models.events import changing, events, feedback, questions
from models.events.states import EventState
from simulator.client import Person
from tests.events.class_of_parents import at_seven, done, now_of, planned, school_morning, tick, unit_of, until
from tests.events.test_lead import leads
from tests.school import OTHER_MOTHER, Bot


async def test_asked_once_in_the_evening_and_once_the_next_morning(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    starts = at_seven(bot, 1)
    event = planned(bot, starts)
    await until(bot, starts + timedelta(minutes=74))
    await mentor.sees_nothing_with("这次办了吗", 0.1)
    await until(bot, starts + timedelta(minutes=76))
    await mentor.sees("这次办了吗")
    await tick(bot, minutes=30)
    assert len([one for one in await mentor.reads() if "这次办了吗" in one]) == 1
    await school_morning(bot, 1)
    asked = await mentor.sees("这次办了吗")
    await tick(bot, hours=30)
    assert len([one for one in await mentor.reads() if "这次办了吗" in one]) == 2
    await mentor.presses("20 人", asked)
    await mentor.sees("记下了：来了 20 人")
    rows = bot.school.run("SELECT state, counted FROM event WHERE id = :id", id=event)
    assert rows == [(EventState.HELD.value, 20)]


async def test_not_held_and_set_right(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    starts = at_seven(bot, 1)
    event = planned(bot, starts)
    await until(bot, starts + timedelta(minutes=76))
    await mentor.presses("没有办", await mentor.sees("这次办了吗"))
    await mentor.presses("点错了，其实办了", await mentor.sees("这次没有办"))
    await mentor.says("0")
    await mentor.sees("记下了：来了 0 人")
    assert bot.school.run("SELECT state, counted FROM event WHERE id = :id", id=event) == [("held", 0)]


def held(bot: Bot, **more: object) -> int:
    """A parent class that was held a few hours ago."""
    now = now_of(bot)
    event = planned(bot, now - timedelta(hours=3), state=EventState.ANNOUNCED, **more)
    unit = unit_of(bot)
    assert changing.held(unit, event, None)
    done(unit)
    return event


async def media(person: Person, count: int) -> list[str]:
    """The kinds of the pictures and files that the bot has sent to somebody, once there are so many."""
    for _ in range(1000):
        chat = (await person.chat())["messages"]
        kinds = [one["kind"] for one in chat if one["from"] == "bot" and one["kind"] in ("photo", "document")]
        if len(kinds) >= count:
            break
        await asyncio.sleep(0.02)
    return sorted(kinds)


@pytest.mark.both
async def test_notes_of_all_kinds_go_to_all_and_late_readers_find_them(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    event = held(bot)
    await tick(bot, seconds=20)
    await mentor.says("/classes")
    await mentor.presses("以前的", await mentor.sees("接下来还没有要参加的活动"))
    await mentor.presses("家长学堂", await mentor.sees("点一下看讲义"))
    await mentor.presses("发讲义", await mentor.sees("办过了"))
    await mentor.sees("请把文字、照片、文件或语音发到这里")
    await mentor.sends("photo", caption="板书")
    await mentor.sees("还没有发出去")
    await mentor.sends("document", file_name="讲义.pdf")
    await mentor.sees("还没有发出去")
    await mentor.says("记得每天读十分钟")
    await mentor.sees("还没有发出去")
    await mentor.sends_album([{"kind": "photo"}, {"kind": "photo"}, {"kind": "photo"}], delay=0.1)
    last = await mentor.sees("还没有发出去")
    await mentor.sends("location", latitude=31.2, longitude=121.5)
    await mentor.sees("这一种发不了")
    await father.sees_nothing_with("每天读十分钟", 0.2)
    await mentor.presses("看一看再发", last)
    await mentor.sees("大家会收到这些")
    sure = await mentor.sees("一共 6 件，发给 1 人")
    await mentor.presses("发给大家", sure)
    await mentor.sees("正在发：6 件")
    await tick(bot, seconds=20)
    await father.sees("每天读十分钟")
    assert await media(father, 5) == ["document", "photo", "photo", "photo", "photo"]
    # Nothing of it went anywhere as a message.
    assert bot.school.run("SELECT COUNT(*) FROM message") == [(0,)]
    mother = await bot.mother()
    await mother.says("/classes")
    await mother.presses("以前的", await mother.sees("接下来还没有要参加的活动"))
    await mother.presses("家长学堂", await mother.sees("点一下看讲义"))
    await mother.presses("看讲义", await mother.sees("【家长学堂】"))
    await mother.sees("每天读十分钟")
    assert bot.school.run("SELECT COUNT(*) FROM event_material WHERE event_id = :id AND round = 0", id=event) == [(6,)]


async def test_notes_are_thrown_away_or_shown_again_when_more_came(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    held(bot)
    await mentor.says("/classes")
    await mentor.presses("以前的", await mentor.sees("接下来还没有要参加的活动"))
    await mentor.presses("家长学堂", await mentor.sees("点一下看讲义"))
    await mentor.presses("发讲义", await mentor.sees("办过了"))
    await mentor.sees("请把文字、照片")
    await mentor.says("第一句")
    got = await mentor.sees("还没有发出去")
    await mentor.presses("看一看再发", got)
    sure = await mentor.sees("一共 1 件")
    await mentor.says("第二句")
    got = await mentor.sees("还没有发出去")
    await mentor.presses("发给大家", sure)
    await mentor.sees("一共 2 件")
    await mentor.presses("都不要了", got)
    await mentor.sees("什么也没有发出去")
    await tick(bot, seconds=20)
    await father.sees_nothing_with("第一句", 0.2)
    assert bot.school.run("SELECT COUNT(*) FROM event_material") == [(0,)]


async def test_forwarded_notes_are_gathered_and_go_to_no_family(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    held(bot)
    await mentor.says("/classes")
    await mentor.presses("以前的", await mentor.sees("接下来还没有要参加的活动"))
    await mentor.presses("家长学堂", await mentor.sees("点一下看讲义"))
    await mentor.presses("发讲义", await mentor.sees("办过了"))
    await mentor.sees("请把文字、照片")
    origin = {"type": "hidden_user", "sender_user_name": "教研组", "date": 1}
    await mentor.says("转来的讲义", forward_origin=origin)
    await mentor.sees("还没有发出去")
    await father.sees_nothing_with("转来的讲义", 0.2)
    assert bot.school.run("SELECT COUNT(*) FROM event_material") == [(1,)]


@pytest.mark.both
async def test_questions_are_answered_once_to_all_or_privately(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    event = held(bot)
    unit = unit_of(bot)
    known = events.must(unit, event)
    asked = questions.ask(unit, known, bot.school.ids["张强"], "每天读多久合适？", private=False)
    alone = questions.ask(unit, known, bot.school.ids["王芳"], "我家孩子认字慢怎么办？", private=True)
    laid = questions.ask(unit, known, bot.school.ids["王芳"], "今天停车方便吗？", private=False)
    assert asked is not None
    assert alone is not None
    assert laid is not None
    done(unit)
    await school_morning(bot, 3)
    due = await mentor.sees("还有 3 个问题等您回答")
    await mentor.presses("看看问题", due)
    shown = await mentor.sees("看不到是谁问的")
    assert "1. 每天读多久合适？" in shown["text"]
    assert "2. 🔒（只回答本人）" in shown["text"]
    await mentor.presses("第 3 个不答", shown)
    await mentor.presses("回答第 1 个", shown)
    await mentor.sees("回答会发给所有家庭")
    await mentor.says("十分钟就够。")
    kept = await mentor.sees("记下了，还没有发出去")
    await mentor.presses("回答第 2 个", kept)
    await mentor.sees("只有提问的人会收到")
    await mentor.says("我们单独聊聊。")
    kept = await mentor.sees("记下了，还没有发出去")
    await mentor.presses("把 2 个回答发出去", kept)
    await mentor.sees("1 个回答发给大家，1 个只发给提问的人")
    await tick(bot, seconds=20)
    for person in (father, mother):
        told = await person.sees("大家问的")
        assert "问：每天读多久合适？" in told["text"]
        assert "答：十分钟就够。" in told["text"]
        assert "单独聊聊" not in told["text"]
    private = await mother.sees("您问的")
    assert "我们单独聊聊。" in private["text"]
    await father.sees_nothing_with("单独聊聊", 0.1)
    await tick(bot, days=2)
    assert len([one for one in await father.reads() if "大家问的" in one]) == 1
    assert not any("几句话就好" in one for one in await mentor.reads())
    for text in [one for one in await mentor.reads() if "问" in one]:
        assert "张强" not in text
        assert "王芳" not in text


async def test_feedback_is_shown_from_five_on(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    third = await bot.joined_guardian(OTHER_MOTHER, "刘敏", "S3")
    now = now_of(bot)
    event = planned(bot, now - timedelta(hours=3), state=EventState.ANNOUNCED)
    bot.school.run(
        "INSERT INTO event_reply (event_id, person_id, reply, people, since, at) VALUES (:e, :p, 'come', 1, 1, 1)",
        e=event,
        p=bot.school.ids["刘敏"],
    )
    unit = unit_of(bot)
    changing.held(unit, event, None)
    for name, helped in (("王芳", 4), ("张强", 5), ("周静", 4), ("赵主任", 5)):
        feedback.give(unit, events.must(unit, event), bot.school.ids[name], helped=helped, usable=3)
    done(unit)
    await tick(bot, seconds=20)
    await mentor.says("/classes")
    await mentor.presses("以前的", await mentor.sees("接下来还没有要参加的活动"))
    listed = await mentor.sees("点一下看讲义")
    await mentor.presses("家长学堂", listed)
    shown = await mentor.sees("反馈满五份才显示")
    asked = await third.sees("两个小问题")
    await third.presses("5", asked)
    await third.presses("一部分", asked)
    await third.sees("谢谢您")
    await mentor.presses("回到家长学堂", shown)
    await mentor.presses("以前的", await mentor.sees("接下来还没有要参加的活动"))
    await mentor.presses("家长学堂", await mentor.sees("点一下看讲义"))
    assert "5 份反馈：有帮助 4.6（满分 5），100% 回家用得上" in (await mentor.sees("份反馈"))["text"]


async def test_materials_go_out_before_the_class_but_not_before_the_invitation(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    starts = at_seven(bot, 8)
    planned(bot, starts)
    await mentor.presses("发讲义", await leads(mentor))
    await mentor.sees("请把文字、照片")
    await mentor.says("请先想一想")
    await mentor.presses("看一看再发", await mentor.sees("还没有发出去"))
    await mentor.sees("讲义放好了")
    await until(bot, starts - timedelta(days=7) + timedelta(minutes=5))
    await father.sees("您来吗")
    shown = await leads(mentor)
    assert "有 1 件讲义还没有发出去" in shown["text"]
    await mentor.presses("发讲义", shown)
    await mentor.presses("看一看再发", await mentor.sees("还有 1 件没发出去"))
    await mentor.presses("发给大家", await mentor.sees("一共 1 件"))
    await tick(bot, seconds=20)
    await tick(bot, hours=15)
    await father.sees("请先想一想")


async def test_a_guardian_who_gives_it_leads_it_too(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    now = now_of(bot)
    event = planned(bot, now - timedelta(hours=3), state=EventState.ANNOUNCED)
    unit = unit_of(bot)
    events.change(unit, event, None, speaker_id=bot.school.ids["张强"])
    done(unit)
    await tick(bot, seconds=20)
    await mentor.sees("这次办了吗")
    await father.presses("30 人", await father.sees("这次办了吗"))
    await father.presses("发讲义", await father.sees("记下了：来了 30 人"))
    await father.sees("请把文字、照片")
    await father.sends_album([{"kind": "photo"}, {"kind": "document"}], delay=0.1)
    got = await father.sees("还没有发出去")
    await father.presses("看一看再发", got)
    await father.presses("发给大家（1 人）", await father.sees("一共 2 件，发给 1 人"))
    await father.sees("正在发")
    await tick(bot, seconds=20)
    assert await media(mother, 2) == ["document", "photo"]
    # The mother, a guardian like him, leads nothing.
    await mother.says("/classes")
    await mother.sees("接下来还没有要参加的活动")
    await mother.sees_nothing_with("我主讲", 0.1)
    assert bot.school.run("SELECT COUNT(*) FROM message") == [(0,)]
