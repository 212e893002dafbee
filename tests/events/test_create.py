"""Calling an event by hand, through the front door: who may, what is asked, what those who are invited see, who sees nothing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from handlers import say
from handlers.appointments.available import short_day
from models import absence
from models.events import days
from models.events.rules import DAY
from models.events.states import EventState
from simulator.client import Message, Person
from tests.events.class_of_parents import at_seven, done, now_of, planned, tick, unit_of, until
from tests.school import OTHER_MENTOR, OTHER_MOTHER, Bot


def day_in(bot: Bot, ahead: int) -> datetime:
    """Seven in the evening of the first school day that is so many days ahead, or later."""
    found = at_seven(bot, ahead)
    unit = unit_of(bot)
    offered = {day for page in (0, 1) for day, _ in days.offered(unit, bot.school.ids["school"], "Asia/Shanghai", page)}
    unit.connection.close()
    while found.date() not in offered:
        found += timedelta(days=1)
    return found


async def opens(person: Person) -> Message:
    await person.says("/classes")
    return await person.sees("家长学堂和活动")


async def begins(person: Person, kind: str) -> None:
    await person.presses("办一个新的活动", await opens(person))
    await person.presses(kind, await person.sees("是哪一种"))


async def typed_when(person: Person, at: datetime) -> None:
    await person.sees("哪一天")
    await person.says(f"{at.month}月{at.day}日 {at:%H:%M}")


async def growth_group(
    bot: Bot, mentor: Person, at: datetime, limit: str = "不限人数", title: str = "一起做风筝"
) -> Message:
    """A growth group up to its preview."""
    await begins(mentor, "快乐成长小组")
    await typed_when(mentor, at)
    await mentor.sees("在哪里")
    await mentor.says("学校操场")
    await mentor.sees("叫什么")
    await mentor.says(title)
    await mentor.presses(limit, await mentor.sees("最多来多少人"))
    return await mentor.sees("请看一看，再发")


def texts(message: Message) -> list[str]:
    return [one["text"] for row in message["buttons"] for one in row]


async def test_a_mentor_calls_a_growth_group_and_a_mother_answers(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    other = await bot.joined_guardian(OTHER_MOTHER, "刘敏", "S3")
    at = day_in(bot, 8)
    await begins(mentor, "快乐成长小组")
    asked = await mentor.sees("哪一天")
    await mentor.presses(short_day("zh_CN", at.date()), asked)
    asked = await mentor.sees("几点开始")
    await mentor.presses("19:00", asked)
    await mentor.sees("在哪里")
    await mentor.says("学校操场")
    await mentor.sees("叫什么")
    await mentor.says("和张小雨一起做风筝")
    await mentor.sees("请不要写孩子的名字（张小雨）")
    await mentor.says("一起做风筝")
    await mentor.presses("不限人数", await mentor.sees("最多来多少人"))
    seen = await mentor.sees("请看一看，再发")
    for part in ("一起做风筝", "学校操场", "李明", "1 位家长会收到，其中 1 位", "邀请"):
        assert part in seen["text"]
    assert "张小雨" not in seen["text"]
    # Each part can be said otherwise.
    await mentor.presses("改地点", seen)
    await mentor.sees("在哪里")
    await mentor.says("图书馆")
    seen = await mentor.sees("图书馆")
    await mentor.presses("就这样发", seen)
    await mentor.sees("安排好了")
    await tick(bot, minutes=1)
    await mother.sees_nothing_with("风筝", 0.2)
    await until(bot, at - timedelta(days=3))
    asked = await mother.sees("您来吗")
    assert "【快乐成长小组】张小雨、张小阳" in asked["text"]
    assert "图书馆" in asked["text"]
    await mother.presses("来", asked)
    await mother.sees("您选了：来，1 人")
    await other.sees_nothing_with("风筝", 0.2)
    await mentor.presses("一起做风筝", await opens(mentor))
    assert "再加一个时间" in str(texts(await mentor.sees("图书馆")))


async def test_what_is_typed_for_a_day_and_is_none_loses_nothing(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await begins(mentor, "快乐成长小组")
    await mentor.sees("哪一天")
    for nonsense in ("随便吧", "2月30日 19:00", "12月5日 12月6日", "25:00", "明年"):
        await mentor.says(nonsense)
        await mentor.sees("没有看懂是什么时间")
    today = now_of(bot)
    for ahead, said in ((-3, "已经过去了"), (days.FARTHEST + 2, "最多提前 120 天")):
        day = today + timedelta(days=ahead)
        await mentor.says(f"{day:%Y-%m-%d} 19:00")
        await mentor.sees(said)
    await mentor.says(f"{today:%Y-%m-%d} {today + timedelta(hours=1):%H:%M}")
    await mentor.sees("至少提前 3 小时")
    tomorrow = today + timedelta(days=1)
    await mentor.says(f"{tomorrow:%Y-%m-%d} 23:30")
    await mentor.sees("早上 6 点到晚上 10 点")
    await mentor.says(f"{tomorrow.month}月{tomorrow.day}日 晚上7点半")
    await mentor.sees("在哪里")
    await mentor.says("长" * 61)
    await mentor.sees("最多 60 个字，您写了 61 个")
    await mentor.says("操场")
    await mentor.presses("不用题目", await mentor.sees("叫什么"))
    await mentor.sees("最多来多少人")
    await mentor.says("很多")
    await mentor.sees("请只打一个数")
    await mentor.says("12人")
    seen = await mentor.sees("请看一看，再发")
    assert "19:30–20:30" in seen["text"]
    assert "最多 12 人" in seen["text"]
    await mentor.presses("不办了", seen)
    await mentor.sees("没有人收到什么")
    assert bot.school.run("SELECT 1 FROM event") == []


async def test_send_pressed_twice_makes_one_event(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    seen = await growth_group(bot, mentor, day_in(bot, 1))
    for _ in range(2):
        await mentor.act("press", button="就这样发", message_id=seen["message_id"])
    await mentor.sees("安排好了")
    await mentor.sees_toast("按钮")
    await tick(bot, minutes=1)
    await mother.sees("一起做风筝")
    assert len(bot.school.run("SELECT id FROM event")) == 1
    assert bot.school.run("SELECT account_id FROM event_draft") == []


async def test_what_lies_in_exams_and_at_the_same_time_is_said_and_decided_by_a_person(bot: Bot) -> None:
    mentor, _ = await bot.joined_mentor(), await bot.mother()
    at = day_in(bot, 8)
    bot.school.run(
        "INSERT INTO calendar_span (id, school_id, kind, name, first, last) VALUES (1, :school, 'exam', '期中考试', :day, :day)",
        school=bot.school.ids["school"],
        day=at.date().isoformat() if "sqlite" in str(bot.school.engine.url) else at.date(),
    )
    planned(bot, at + timedelta(minutes=30), state=EventState.ANNOUNCED)
    seen = await growth_group(bot, mentor, at)
    assert "在考试周里 期中考试" in seen["text"]
    assert "有人同一时间还有：家长学堂" in seen["text"]
    await mentor.presses("就这样发", seen)
    await mentor.sees("安排好了")


async def test_a_consultation_is_seen_by_those_who_were_asked_only(bot: Bot) -> None:
    mentor, colleague = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    admin, mother, father = await bot.joined_admin(), await bot.mother(), await bot.father()
    await begins(mentor, "会商")
    await mentor.presses("张小雨", await mentor.sees("是关于哪个孩子的"))
    asked = await mentor.sees("请哪些人参加")
    assert any("周静（班级团队）" in one for one in texts(asked))
    assert not any("✓" in one for one in texts(asked))
    await mentor.presses("孩子的妈妈", asked)
    await mentor.presses("就这些（1）", await said(mentor, "就这些"))
    at = day_in(bot, 2)
    await typed_when(mentor, at)
    await mentor.presses("到现场", await mentor.sees("怎么参加"))
    await mentor.sees("在哪里")
    await mentor.says("小会议室")
    await mentor.presses("不用题目", await mentor.sees("要写题目吗"))
    seen = await mentor.sees("请看一看，再发")
    assert "1 位会收到" in seen["text"]
    assert "只有这些人和您看得到" in seen["text"]
    await mentor.presses("就这样发", seen)
    await mentor.sees("安排好了")
    await tick(bot, minutes=1)
    invited = await mother.sees("您来吗")
    assert "【会商】张小雨\n" in invited["text"]
    assert "张小阳" not in invited["text"]
    await mother.presses("来不了", invited)
    answered = await mother.sees("谢谢您告诉我们")
    assert "讲义" not in answered["text"]
    (event,) = bot.school.run("SELECT id FROM event")
    for person in (colleague, admin, father):
        assert "会商" not in (await opens(person))["text"]
        for action in ("evshow", "evlead", "evsess", "elchange"):
            await steals(bot, person, action, int(str(event[0])))
        await steals(bot, person, "evr", int(str(event[0])), "come", 1)
    assert "会商" in (await opens(mentor))["text"]


async def test_a_colleague_who_is_asked_reads_whom_it_is_about_and_who_covers_does_not(bot: Bot) -> None:
    mentor, colleague = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    covers = await bot.joined_admin()
    await begins(mentor, "会商")
    await mentor.presses("张小阳", await mentor.sees("是关于哪个孩子的"))
    asked = await mentor.sees("请哪些人参加")
    await mentor.presses("周静（班级团队）", asked)
    await mentor.presses("就这些（1）", await said(mentor, "就这些"))
    await typed_when(mentor, day_in(bot, 1).replace(hour=16))
    await mentor.presses("线上", await mentor.sees("怎么参加"))
    await mentor.presses("不用题目", await mentor.sees("要写题目吗"))
    await mentor.presses("就这样发", await mentor.sees("请看一看，再发"))
    await mentor.sees("安排好了")
    await tick(bot, minutes=1)
    asked = await colleague.sees("【会商】张小阳")
    await colleague.presses("线上参加", asked)
    assert not any("人" in one for one in texts(await colleague.sees("您选了：线上参加")))
    unit = unit_of(bot)
    now = unit.now_ms
    absence.put(unit, bot.school.ids["李明"], bot.school.ids["赵主任"], now, now + 10 * DAY, bot.school.ids["李明"])
    done(unit)
    bot.later(seconds=1)
    assert "会商" not in (await opens(covers))["text"]
    (event,) = bot.school.run("SELECT id FROM event")
    await steals(bot, covers, "evlead", int(str(event[0])))


async def said(person: Person, button: str) -> Message:
    """The newest message, once it has that button."""
    for _ in range(1000):
        last = await person.last()
        if any(button in one for one in texts(last)):
            return last
        await asyncio.sleep(0.02)
    raise AssertionError(await person.story())


async def steals(bot: Bot, person: Person, action: str, *args: int | str) -> None:
    """Presses a button that was never shown to this person, signed, so that rights alone can stop it: nothing comes of it."""
    unit = unit_of(bot)
    data = say.sign(unit.vault, bot.id, person.id, action, *args)
    unit.connection.close()
    await bot.settled()
    await person.looks_away()
    before = len((await person.chat())["toasts"])
    await person.act("press", data=data, message_id=(await person.last())["message_id"])
    toasts: list[Message] = []
    for _ in range(1000):
        toasts = (await person.chat())["toasts"]
        if len(toasts) > before:
            break
        await asyncio.sleep(0.02)
    assert len(toasts) > before, action
    assert "按钮" in toasts[-1]["text"], (action, toasts[-3:])
    await bot.settled()
    await person.sees_nothing(0.0)


async def test_a_training_is_told_to_the_mentors(bot: Bot) -> None:
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    colleague, mother = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2"), await bot.mother()
    await begins(admin, "培训")
    at = day_in(bot, 4).replace(hour=14)
    await typed_when(admin, at)
    await admin.presses("线上", await admin.sees("怎么参加"))
    await admin.sees("叫什么")
    await admin.says("怎样做家访")
    seen = await admin.sees("请看一看，再发")
    assert "2 位会收到，其中 2 位" in seen["text"]
    await admin.presses("就这样发", seen)
    await admin.sees("安排好了")
    await tick(bot, minutes=1)
    for person in (mentor, colleague):
        asked = await person.sees("怎样做家访")
        assert "线上" in asked["text"]
        await person.presses("线上参加", asked)
        await person.sees("您选了：线上参加")
    await mother.sees_nothing_with("怎样做家访", 0.2)
    assert not any("办一个新的活动" in one for one in texts(await opens(mother)))
