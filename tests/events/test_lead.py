"""Who gives an event changes it, calls it off, shows the code: families hear of what concerns them, once."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image

from handlers.context import Context, SchoolSettings
from models.events import events, signin
from models.events.states import EventState, Form
from models.standing import standing
from simulator.client import Message, Person
from tests.events.class_of_parents import at_seven, done, now_of, planned, tick, unit_of, until
from tests.school import ADMIN, OTHER_MENTOR, OTHER_MOTHER, Bot


async def leads(person: Person) -> Message:
    """Opens the first event that this person gives."""
    await person.looks_away()
    await person.says("/classes")
    await person.presses("家长学堂", await person.sees("我主讲"))
    return await person.sees("🎤")


def buttons(message: Message) -> list[str]:
    return [one["text"] for row in message["buttons"] for one in row]


async def changes(person: Person, what: str) -> None:
    """Opens one of the things that can be changed."""
    await person.presses("改时间、地点或取消", await leads(person))
    await person.presses(what, await person.sees("想改什么"))


@pytest.mark.both
async def test_a_change_of_time_is_told_to_those_who_come_and_mended_for_the_others(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    starts = at_seven(bot, 3)
    event = planned(bot, starts)
    await tick(bot, seconds=20)
    await father.presses("来", await father.sees("您来吗"))
    await father.sees("您选了：来，1 人")
    invited = await mother.sees("您来吗")
    await changes(mentor, "时间")
    moved = starts + timedelta(days=2)
    days = await mentor.sees("改到哪一天")
    await mentor.presses(f"{moved.month}月{moved.day}日", days)
    await mentor.presses("18:30", await mentor.sees("几点开始"))
    sure = await mentor.sees("原来")
    assert "报了名的 1 家" in sure["text"]
    await mentor.presses("改，并通知", sure)
    await mentor.sees("改好了")
    await tick(bot, seconds=20)
    told = await father.sees("有变化（时间）")
    assert "18:30–19:30" in told["text"]
    mended = await mother.sees("18:30–19:30")
    assert mended["message_id"] == invited["message_id"]
    assert not any("有变化" in one for one in await mother.reads())
    # Nothing reminds of the old time, the new one has its turn.
    await until(bot, starts - timedelta(hours=1))
    await father.sees_nothing_with("快开始了", 0.2)
    await until(bot, moved.replace(hour=17, minute=30))
    await father.sees("快开始了")
    assert len([one for one in await father.reads() if "别忘了" in one]) <= 1
    assert bot.school.run("SELECT sequence FROM event WHERE id = :id", id=event) == [(1,)]


async def test_before_the_invitation_nobody_is_disturbed_and_what_is_missing_is_shown(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    starts = at_seven(bot, 20)
    planned(bot, starts, place="", form=Form.BOTH)
    await tick(bot, seconds=20)
    shown = await leads(mentor)
    assert "还没有写地点" in shown["text"]
    assert "家庭还没有收到邀请" in shown["text"]
    await mentor.presses("写地点", shown)
    await mentor.sees("在哪里")
    await mentor.says("长" * 101)
    await mentor.sees("最多 100 个字")
    await mentor.says("实验楼 3 楼")
    noted = await mentor.sees("记下了")
    assert "实验楼 3 楼" in noted["text"]
    await changes(mentor, "线上链接")
    await mentor.sees("以 https:// 开头")
    await mentor.says("腾讯会议 123")
    await mentor.sees("不像链接")
    await mentor.says("https://meet.example.org/a")
    assert "https://meet.example.org/a" in (await mentor.sees("链接记下了"))["text"]
    await changes(mentor, "参加方式")
    await mentor.presses("到现场", await mentor.sees("怎么参加"))
    await mentor.sees("记下了")
    await changes(mentor, "时间")
    await mentor.sees("改到哪一天")
    moved = now_of(bot) + timedelta(days=15)
    await mentor.says("明天吧")
    await mentor.sees("没看懂这个时间")
    await mentor.says(f"{moved.month}月{moved.day}日 18:00")
    assert "18:00–19:00" in (await mentor.sees("记下了"))["text"]
    await tick(bot, seconds=20)
    await father.sees_nothing_with("家长学堂", 0.2)


async def test_capacity_is_raised_and_who_waited_moves_up(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    planned(bot, at_seven(bot, 3), capacity=1)
    await tick(bot, seconds=20)
    await father.presses("来", await father.sees("您来吗"))
    await father.sees("您选了：来，1 人")
    await mother.presses("来", await mother.sees("您来吗"))
    await mother.sees("您在候补")
    shown = await leads(mentor)
    assert "来：1 人（1 家）" in shown["text"]
    assert "候补：1 人（1 家）" in shown["text"]
    await changes(mentor, "位子数")
    await mentor.presses("30", await mentor.sees("最多坐多少人"))
    assert "来：2 人（2 家）" in (await mentor.sees("记下了"))["text"]
    await mother.sees("有位子了")


async def test_called_off(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    starts = at_seven(bot, 3)
    event = planned(bot, starts)
    await tick(bot, seconds=20)
    await father.presses("来", await father.sees("您来吗"))
    await father.sees("您选了：来，1 人")
    invited = await mother.sees("您来吗")
    await changes(mentor, "取消这次活动")
    await mentor.presses("是，取消并通知", await mentor.sees("真的要取消吗"))
    await mentor.sees("这次取消了")
    await tick(bot, seconds=20)
    await father.sees("这次不办了")
    mended = await mother.sees("这次取消了，不用来")
    assert mended["message_id"] == invited["message_id"]
    await until(bot, starts - timedelta(hours=1))
    await until(bot, starts + timedelta(hours=2))
    for person in (father, mother, mentor):
        await person.sees_nothing_with("快开始了", 0.1)
    await mentor.sees_nothing_with("这次办了吗", 0.1)
    assert bot.school.run("SELECT state FROM event WHERE id = :id", id=event) == [("cancelled",)]


async def test_nobody_else_leads_and_nothing_of_a_begun_event_changes_but_the_link(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    starts = at_seven(bot, 1)
    event = planned(bot, starts, form=Form.BOTH, link="https://meet.example.org/old")
    await tick(bot, seconds=20)
    await father.presses("线上参加", await father.sees("您来吗"))
    await father.sees("线上参加。")
    await other.says("/classes")
    await other.sees_nothing_with("我主讲", 0.2)
    old = await leads(mentor)
    await until(bot, starts + timedelta(minutes=1))
    await father.sees("https://meet.example.org/old")
    await mentor.presses("改时间、地点或取消", old)
    shown = await mentor.sees("想改什么")
    assert buttons(shown) == ["线上链接", "返回"]
    await mentor.presses("线上链接", shown)
    await mentor.sees("以 https:// 开头")
    await mentor.says("https://meet.example.org/new")
    await mentor.sees("链接记下了")
    await tick(bot, seconds=20)
    await father.sees("https://meet.example.org/new")
    assert bot.school.run("SELECT sequence FROM event WHERE id = :id", id=event) == [(0,)]


async def test_the_speaker_hears_what_an_admin_changed(bot: Bot) -> None:
    mentor, admin = await bot.joined_mentor(), await bot.joined_admin()
    event = planned(bot, at_seven(bot, 20))
    # An admin comes to it from the counts; here by a button that was made for the admin.
    unit = unit_of(bot)
    who = standing(unit, bot.id, ADMIN)
    assert who is not None
    context = Context(unit, who, SchoolSettings())
    context.say("lead.not_heard", buttons=[[context.button("button.lead_open", "evlead", event)]])
    done(unit)
    await admin.presses("看看这次活动", await admin.sees("邀请还没有发出"))
    await admin.presses("改时间、地点或取消", await admin.sees("🎤"))
    await admin.presses("地点", await admin.sees("想改什么"))
    await admin.sees("在哪里")
    await admin.says("报告厅")
    await admin.sees("记下了")
    told = await mentor.sees("有变化：地点")
    assert "报告厅" in told["text"]


@pytest.mark.both
async def test_signing_in_by_button_code_and_link_and_what_follows(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    third = await bot.joined_guardian(OTHER_MOTHER, "刘敏", "S3")
    guest = await bot.stranger()
    starts = at_seven(bot, 1)
    event = planned(bot, starts)
    await tick(bot, seconds=20)
    await father.presses("来", await father.sees("您来吗"))
    await father.presses("2 人", await father.sees("您选了：来，1 人"))
    await father.sees("您选了：来，2 人")
    shown = await leads(mentor)
    await mentor.presses("签到码", shown)
    early = await mentor.sees("起在这里")
    assert "18:30" in early["text"]
    await until(bot, starts - timedelta(minutes=59))
    reminder = await father.sees("快开始了")
    await until(bot, starts - timedelta(minutes=10))
    await mentor.presses("签到码", await mentor.sees("快开始了"))
    picture = await mentor.sees("签到码")
    unit = unit_of(bot)
    known = events.must(unit, event)
    digits, payload = signin.code(unit, known), signin.payload(unit, known)
    done(unit)
    assert digits in picture["caption"]
    assert "20:30 前有效" in picture["caption"]
    kind, content, _ = await bot.telegram.file(picture["document"]["file_id"])
    assert kind.startswith("image/")
    assert len(content) < 60_000
    assert Image.open(io.BytesIO(content)).size[0] > 300
    await father.presses("我到了", reminder)
    await father.sees("签到了，欢迎")
    await mother.says(digits)
    await mother.presses("2 人", await mother.sees("签到了，欢迎"))
    await guest.starts(payload)
    await guest.sees("签到了，欢迎")
    shown = await leads(mentor)
    assert "已签到：5 人，其中客人 1 人" in shown["text"]
    await until(bot, starts + timedelta(minutes=76))
    asked = await mentor.sees("辛苦了")
    assert "有 5 人签到，已记为办过" in asked["text"]
    assert bot.school.run("SELECT state FROM event WHERE id = :id", id=event) == [(EventState.HELD.value,)]
    await father.sees("两个小问题")
    await mother.sees("两个小问题")
    await third.sees_nothing_with("两个小问题", 0.2)
    await mentor.presses("来了多少人", asked)
    await mentor.sees("点一下，或者打一个数字")
    await mentor.says("七个")
    await mentor.sees("请打一个数字")
    await mentor.says("7")
    await mentor.sees("记下了：来了 7 人")
    assert bot.school.run("SELECT counted FROM event WHERE id = :id", id=event) == [(7,)]
