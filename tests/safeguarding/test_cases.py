"""The urgent path through the front door: who is told and when, what is shown to whom, what is kept."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from models import people
from simulator.client import Person
from tests.school import MENTOR, OTHER_MENTOR, Bot

COUNSELLOR, LEADER = 2101, 2102
WORRY = "孩子昨晚说活着没意思，手臂上有好多刀痕"


def staff(bot: Bot) -> None:
    with Session(bot.school.engine) as session:
        for name, number, role in (("苏老师", "T21", "counsellor"), ("钱主任", "T22", "duty_leader")):
            person = bot.school.person(session, name, number)
            session.add(people.Role(person_id=person, kind=role, since=bot.school.now))
        session.commit()


async def joined(bot: Bot, number: int, name: str, staff_number: str) -> Person:
    person = await bot.person(number, name)
    await person.starts(bot.school.link(name, staff_number))
    await person.sees("对吗")
    await person.presses("是，是我")
    await person.sees("加入")
    return person


async def _school(bot: Bot) -> tuple[Person, Person, Person, Person]:
    staff(bot)
    mentor, father = await bot.joined_mentor(), await bot.father()
    return mentor, father, await joined(bot, COUNSELLOR, "苏老师", "T21"), await joined(bot, LEADER, "钱主任", "T22")


async def _tick(bot: Bot, **later: float) -> None:
    bot.later(**later)
    assert bot.app is not None
    await bot.app.tick_now()


async def test_a_signal_is_not_relayed_but_shown_to_people_behind_a_tap(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    await father.says(WORRY)
    fixed = await father.sees("这里不是全天有人值守")
    assert "12356" in fixed["text"]
    page = await mentor.sees("请马上看")
    assert "张小雨" in page["text"]
    assert "刀痕" not in page["text"]
    await mentor.presses("查看内容", page)
    text = await mentor.sees("查看已记录")
    assert WORRY in text["text"]
    assert any(one["type"] == "spoiler" for one in text["entities"])
    assert bot.school.run("SELECT COUNT(*) FROM case_look") == [(1,)]
    assert bot.school.run("SELECT what FROM access") == [("case",)]


async def test_it_comes_at_night_too(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    bot.later(hours=14)
    await father.says(WORRY)
    await mentor.sees("请马上看")


async def test_one_after_the_other_until_somebody_takes_it(bot: Bot) -> None:
    mentor, father, counsellor, leader = await _school(bot)
    await father.says(WORRY)
    await mentor.sees("请马上看")
    await _tick(bot, minutes=9)
    await counsellor.sees_nothing_with("请马上看", 0.2)
    # The mentor is the chief mentor as well and is told once: the next step is the counsellor.
    await _tick(bot, minutes=2)
    page = await counsellor.sees("请马上看")
    assert "心理教师" in page["text"]
    await leader.sees_nothing_with("请马上看", 0.1)
    await counsellor.presses("我来处理", page)
    await counsellor.sees("您在处理")
    await mentor.sees("心理教师已经接手")
    await father.sees("有老师在处理")
    await _tick(bot, hours=3)
    await leader.sees_nothing_with("请马上看", 0.3)
    assert bot.school.run("SELECT number, role, reached FROM case_step ORDER BY id") in (
        [(1, "mentor", 1), (3, "counsellor", 1)],
        [(1, "mentor", True), (3, "counsellor", True)],
    )


async def test_a_restart_in_the_middle_loses_no_step_and_doubles_none(bot: Bot) -> None:
    mentor, father, counsellor, leader = await _school(bot)
    await father.says(WORRY)
    await mentor.sees("请马上看")
    await bot.stop()
    bot.later(minutes=25)
    await bot.start()
    await _tick(bot)
    await counsellor.sees("请马上看")
    await _tick(bot, minutes=11)
    await leader.sees("请马上看")
    await _tick(bot, minutes=1)
    for person in (mentor, counsellor, leader):
        pages = [text for text in await person.reads() if "请马上看" in text]
        assert len(pages) == 1


async def test_nobody_there_is_said_loudly_to_the_admin(bot: Bot) -> None:
    admin, father = await bot.joined_admin(), await bot.father()
    await father.says(WORRY)
    alarm = await admin.sees("还没有人接手")
    assert "刀痕" not in alarm["text"]
    await _tick(bot, minutes=11)
    await admin.sees("还没有人接手")
    await admin.presses("我来处理")
    await admin.sees("您在处理")
    await _tick(bot, minutes=30)
    alarms = [text for text in await admin.reads() if "还没有人接手" in text]
    assert len(alarms) <= 2


async def test_two_press_at_once_and_one_has_it(bot: Bot) -> None:
    mentor, father, counsellor, _ = await _school(bot)
    await father.says(WORRY)
    first = await mentor.sees("请马上看")
    await _tick(bot, minutes=11)
    second = await counsellor.sees("请马上看")
    await mentor.presses("我来处理", first)
    await counsellor.presses("我来处理", second)
    await counsellor.sees_toast("已经有人在处理了")
    assert bot.school.run("SELECT COUNT(*) FROM safety_case WHERE acknowledged_by IS NOT NULL") == [(1,)]


async def test_not_urgent_goes_on_as_an_ordinary_message(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    written = await father.says("他说不想活了，其实是游戏里的台词")
    page = await mentor.sees("请马上看")
    await mentor.presses("不紧急", page)
    copy = await mentor.sees("其实是游戏里的台词")
    assert "张小雨" in copy["text"]
    await father.sees_reaction(written, "👌")
    assert bot.school.run("SELECT state, outcome FROM safety_case") == [("closed", "not_urgent")]


async def test_referred_deletes_the_words_and_keeps_the_times(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    await father.says(WORRY)
    page = await mentor.sees("请马上看")
    await mentor.presses("我来处理", page)
    await mentor.sees("您在处理")
    await mentor.presses("已转介")
    await mentor.sees("已结案")
    assert bot.school.run("SELECT outcome, sealed_text FROM safety_case") == [("referred", None)]
    assert [len(bytes(one[0])) for one in bot.school.run("SELECT sealed_body FROM message")] == [0]  # type: ignore[call-overload]
    assert bot.school.run("SELECT COUNT(*) FROM case_step") == [(1,)]
    await _nothing_opens_with(bot, "刀痕")
    await mentor.says("/cases")
    await mentor.sees("已结案")


async def _nothing_opens_with(bot: Bot, canary: str) -> None:
    columns = [
        ("message", "id", "sealed_body", "body"),
        ("message_version", "message_id", "sealed_body", "body"),
        ("safety_case", "id", "sealed_text", "text"),
        ("outbox", "id", "sealed_payload", "payload"),
        ("inbox", "id", "sealed_update", "update"),
    ]
    for table, key, column, name in columns:
        for row, sealed in bot.school.run(f"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL"):
            if sealed:
                assert canary not in bot.school.vault.open(table, int(str(row)), name, bytes(sealed)), table  # type: ignore[call-overload]


async def test_nobody_else_can_press(bot: Bot) -> None:
    mentor, father, _, leader = await _school(bot)
    await father.says(WORRY)
    page = await mentor.sees("请马上看")
    for row in page["buttons"]:
        for button in row:
            await leader.says("你好")  # so that there is a message to hang the forged press on
            await leader.act("press", message_id=_any_with_buttons(await leader.chat()), data=button["data"])
            await leader.sees_toast("")
    assert bot.school.run("SELECT state FROM safety_case") == [("open",)]
    assert bot.school.run("SELECT COUNT(*) FROM case_look") == [(0,)]


def _any_with_buttons(chat: dict[str, Any]) -> int:
    return int(next(one["message_id"] for one in reversed(chat["messages"]) if one["from"] == "bot"))


async def test_the_button_says_danger_without_any_word(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    await father.says("/urgent")
    await father.sees("是哪一种")
    await father.presses("孩子可能有危险")
    await father.sees("这里不是全天有人值守。")
    page = await mentor.sees("请马上看")
    await father.says("他把自己锁在房间里")
    await father.sees("已补充")
    await mentor.presses("查看内容", page)
    await mentor.sees("锁在房间里")
    assert bot.school.run("SELECT COUNT(*) FROM message") == [(0,)]


async def test_a_child_to_be_fetched_reaches_the_mentor_at_night_without_a_case(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    bot.later(hours=11)
    await father.says("外婆住院了，明早七点我来校门口接他")
    receipt = await father.sees("已收下")
    await father.presses("紧急", receipt)
    await father.sees("是哪一种")
    await father.presses("必须马上转达")
    copy = await mentor.sees("明早七点")
    assert "【急】" in copy["text"]
    await father.sees("已马上送达")
    assert bot.school.run("SELECT COUNT(*) FROM safety_case") == [(0,)]


async def test_the_next_message_can_be_made_urgent_before_it_is_written(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    bot.later(hours=11)
    await father.says("/urgent")
    await father.sees("是哪一种")
    await father.presses("必须马上转达")
    await father.sees("请现在写")
    await father.says("车坏在路上了")
    await mentor.sees("车坏在路上了")
    await father.says("这句可以明天")
    await father.sees("已收下")
    await mentor.sees_nothing_with("这句可以明天", 0.2)


async def test_an_edit_cannot_carry_a_signal_past_the_people(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    written = await father.says("今天有点累")
    await mentor.sees("今天有点累")
    await father.edits(written, "她说不想活了")
    await mentor.sees("请马上看")
    await mentor.sees_nothing_with("不想活了", 0.2)


async def test_more_of_the_same_joins_the_case_and_pages_nobody_again(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    await father.says(WORRY)
    await mentor.sees("请马上看")
    await father.says("她刚才又说想死")
    await father.sees("已补充")
    assert bot.school.run("SELECT COUNT(*) FROM safety_case") == [(1,)]
    pages = [text for text in await mentor.reads() if "请马上看" in text]
    assert len(pages) == 1


async def test_a_worry_of_the_mentor_starts_with_the_next_one(bot: Bot) -> None:
    mentor, father, counsellor, _ = await _school(bot)
    await father.says("在吗")
    await mentor.replies(await mentor.sees("在吗"), "孩子今天跟我说想自杀，请您马上来学校")
    await mentor.sees("这里不是全天有人值守")
    await counsellor.sees("请马上看")
    await father.sees_nothing_with("自杀", 0.2)


async def test_no_contact_holds_everything_at_once_and_the_guardian_cannot_tell(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    await father.says("在吗")
    ask = await mentor.sees("在吗")
    await father.says(WORRY)
    page = await mentor.sees("请马上看")
    await bot.telegram.faults({"method": "sendMessage", "kind": "retry_after", "times": 1, "retry_after": 1})
    for number in range(15):
        await mentor.replies(ask, f"排队的第{number}句")
    await mentor.presses("不要联系", page)
    await mentor.sees("对方看不出来")
    await mentor.presses("暂停联系爸爸")
    await mentor.sees("已暂停联系")
    await bot.telegram.faults()
    await bot.settled()
    before = [text for text in await father.reads() if "排队的" in text]
    await mentor.replies(ask, "之后写的")
    await mentor.sees("没有送到：学校暂停了")
    await _tick(bot, minutes=1)
    await father.sees_nothing_with("之后写的", 0.5)
    assert [text for text in await father.reads() if "排队的" in text] == before
    # What the guardian does himself works as ever.
    await father.says("/help")
    await father.sees("直接写")
    own = await father.says("我晚点来接")
    await mentor.sees("我晚点来接")
    await father.sees_reaction(own, "👌")
    held = bot.school.run("SELECT COUNT(*) FROM message WHERE held_for = 'no_contact'")
    assert held == [(16 - len(before),)]


async def test_who_took_a_case_and_left_it_is_reminded_once(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    await father.says(WORRY)
    await mentor.presses("我来处理", await mentor.sees("请马上看"))
    await mentor.sees("您在处理")
    await _tick(bot, hours=25)
    await mentor.sees("还没有结案")
    await _tick(bot, hours=25)
    texts = [text for text in await mentor.reads() if "还没有结案" in text]
    assert len(texts) == 1


async def test_other_mentors_know_nothing_of_it(bot: Bot) -> None:
    _, father, _, _ = await _school(bot)
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await father.says(WORRY)
    await father.sees("这里不是全天有人值守")
    await other.says("/cases")
    await other.sees("没有需要您处理的个案")
    assert MENTOR != OTHER_MENTOR


async def test_a_message_that_waits_can_turn_out_to_be_about_danger(bot: Bot) -> None:
    mentor, father, _, _ = await _school(bot)
    bot.later(hours=11)
    await father.says("孩子今晚状态很不对")
    receipt = await father.sees("已收下")
    await father.presses("紧急", receipt)
    await father.sees("是哪一种")
    await father.presses("孩子可能有危险")
    await father.sees("这里不是全天有人值守。")
    page = await mentor.sees("请马上看")
    await father.says("他把门反锁了")
    await father.sees("已补充")
    await mentor.presses("查看内容", page)
    text = await mentor.sees("查看已记录")
    assert "状态很不对" in text["text"]
    assert "反锁" in text["text"]
    await mentor.sees_nothing_with("张小雨 · 五年级2班 · 爸爸", 0.1)
