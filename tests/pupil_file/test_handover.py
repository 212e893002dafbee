"""The handover card through the front door: prepared, read, struck out, passed on, received; and what never goes over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from handlers import say
from models.duties import due, kinds
from simulator.client import Person
from tests.pupil_file.phones import another_mentor, buttons, file_of, goes_on, writes
from tests.school import OTHER_MENTOR, Bot


async def a_file(bot: Bot, mentor: Person, father: Person) -> None:
    """What stands in 张小雨's file: shown things, a sensitive one, a hidden one, a father's own words."""
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await writes(mentor, "张小雨", "习惯", "先做难题")
    for how, text in (("敏感的记录", "敏感内容"), ("工作笔记", "隐藏内容")):
        first = await file_of(mentor, "张小雨")
        await mentor.presses("记一条", first)
        await mentor.presses(how)
        await mentor.sees("最多 200 字")
        await mentor.says(text)
        await mentor.sees("记下了")
    await writes(father, "张小雨", "有效的方法", "爸爸的话")


async def card_of(person: Person) -> dict[str, Any]:
    """Opens the card from the message that told of it."""
    told = await person.sees("要不要交给新老师，由您决定")
    await person.presses("先看看卡", told)
    return await person.sees("张小雨的交接卡")


def states(bot: Bot) -> list[str]:
    return [str(row[0]) for row in bot.school.run("SELECT state FROM handover ORDER BY id")]


@pytest.mark.both
async def test_read_struck_out_passed_on_received(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await a_file(bot, mentor, father)
    old = await file_of(mentor, "张小雨")
    await another_mentor(bot)
    assert states(bot) == ["with_family"]
    await other.sees_nothing_with("交接卡", 0.1)

    card = await card_of(mother)
    assert "会照顾同学" in card["text"]
    assert "先做难题" in card["text"]
    assert "周静" in card["text"]
    for hidden in ("敏感内容", "隐藏内容", "爸爸的话"):
        assert hidden not in card["text"] + "".join(buttons(card))
    await mother.presses("先做难题", card)
    struck = await mother.sees("✗ 不交 · 习惯：先做难题")
    await asyncio.gather(*(mother.presses("交给老师", struck) for _ in range(2)))
    await mother.sees("您选了：交给老师")
    told = await other.sees("把一张交接卡交给了您")
    assert "会照顾" not in told["text"]
    await other.presses("家里交来的卡", told)
    got = await other.sees("家里看过、同意交给您的")
    assert "会照顾同学" in got["text"]
    for kept in ("先做难题", "敏感内容", "隐藏内容", "爸爸的话"):
        assert kept not in got["text"]
    await asyncio.gather(*(other.presses("我收到了", got) for _ in range(2)))
    await other.sees_toast("谢谢")
    await bot.settled()
    assert states(bot) == ["received"]
    assert len([one for one in await other.reads() if "交接卡" in one]) == 1

    # The father sees nothing of what the mother tapped; his own words go over with his own yes alone.
    card = await card_of(father)
    assert "✗" not in card["text"]
    assert "爸爸的话" in card["text"]
    assert "您还没有回答" in card["text"]
    await father.presses("交给老师", card)
    await father.sees("您选了：交给老师")
    await bot.settled()
    seen = await file_of(other, "张小雨")
    await other.presses("家里交来的卡", seen)
    got = await other.sees("爸爸的话")
    assert "先做难题" not in got["text"]
    assert not any("把一张交接卡交给了您" in one for one in await other.reads())

    # The former mentor has no way in: neither by old buttons nor by made ones.
    await mentor.presses("闪光点 1", old)
    await mentor.sees_toast("失效")
    card_id = int(str(bot.school.run("SELECT id FROM handover")[0][0]))
    for action, *args in (("hom", card_id, 0), ("hor", card_id), ("ho", card_id, 0), ("pfm", bot.school.ids["张小雨"])):
        data = say.sign(bot.school.vault, bot.id, mentor.id, str(action), *args)
        await mentor.act("press", data=data, message_id=old["message_id"])
        await bot.settled()
    assert "交接卡" not in "".join(await mentor.reads())
    rows = bot.school.run("SELECT person_id FROM access WHERE what = 'handover'")
    assert {row[0] for row in rows} == {bot.school.ids["周静"]}


async def test_what_is_sensitive_goes_over_only_where_it_is_added(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await a_file(bot, mentor, father)
    await another_mentor(bot)
    card = await card_of(mother)
    await mother.presses("还有 1 条敏感的", card)
    quiet = await mother.sees("这些默认不交")
    await mother.presses("敏感内容", quiet)
    await mother.sees_toast("会交")
    await mother.presses("‹ 交接卡", quiet)
    card = await mother.sees("点一条就划掉")
    await mother.presses("交给老师", card)
    await mother.sees("您选了：交给老师")
    told = await other.sees("把一张交接卡交给了您")
    assert "敏感内容" not in told["text"]
    await other.presses("家里交来的卡", told)
    assert "敏感内容" in (await other.sees("家里看过"))["text"]
    assert "敏感内容" not in "".join(await father.reads())


async def test_one_says_nothing_and_then_nothing_of_everybody_s_goes_over(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await a_file(bot, mentor, father)
    await another_mentor(bot)
    told = await mother.sees("要不要交给新老师")
    await mother.presses("什么都不交", told)
    await mother.sees("您选了：什么都不交")
    card = await card_of(father)
    assert "什么都不交。想法" not in card["text"]
    await father.presses("交给老师", card)
    await father.sees("您选了：交给老师")
    told = await other.sees("把一张交接卡交给了您")
    await other.presses("家里交来的卡", told)
    got = await other.sees("家里看过")
    assert "爸爸的话" in got["text"]
    assert "会照顾同学" not in got["text"]


async def test_taken_back_after_it_was_passed_on(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await another_mentor(bot)
    await mother.presses("交给老师", await card_of(mother))
    card = await mother.sees("您选了：交给老师")
    told = await other.sees("把一张交接卡交给了您")
    await mother.presses("什么都不交", card)
    await mother.sees("您选了：什么都不交")
    await other.presses("家里交来的卡", told)
    got = await other.sees("家里收回了")
    assert "会照顾" not in got["text"]


async def test_without_an_answer_one_reminder_and_then_nothing(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await another_mentor(bot)
    card = await card_of(mother)
    await goes_on(bot, days=6)
    assert not any("提醒一次" in one for one in await mother.reads())
    for _ in range(3):
        await goes_on(bot, days=1)
    assert len([one for one in await mother.reads() if "提醒一次" in one]) == 1
    await goes_on(bot, days=8)
    assert states(bot) == ["expired"]
    await mother.presses("交给老师", card)
    await mother.sees_toast("已经过期")
    assert bot.school.run("SELECT COUNT(*) FROM handover_item WHERE sealed_text IS NOT NULL") == [(0,)]
    assert "还是空的" in (await file_of(other, "张小雨"))["text"]
    assert not any("交接卡" in one for one in await other.reads())


async def test_both_say_nothing_and_one_thinks_better_of_it(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小阳", "闪光点", "会照顾同学")
    await another_mentor(bot, "张小阳")
    told = await mother.sees("张小阳换了导师")
    await mother.presses("什么都不交", told)
    card = await mother.sees("您选了：什么都不交")
    assert states(bot) == ["declined"]
    await mother.presses("交给老师", card)
    await mother.sees("您选了：交给老师")
    await other.sees("把一张交接卡交给了您")
    assert states(bot) == ["consented"]


async def test_the_mentor_changes_again_before_the_family_has_answered(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小阳", "闪光点", "会照顾同学")
    await another_mentor(bot, "张小阳", "周静")
    told = await mother.sees("张小阳换了导师")
    await another_mentor(bot, "张小阳", "赵主任")
    assert states(bot) == ["expired", "with_family"]
    await mother.presses("先看看卡", told)
    await mother.sees_toast("老师又换了")
    again = await mother.sees("张小阳换了导师，现在是赵主任")
    await mother.presses("先看看卡", again)
    await mother.sees("张小阳的交接卡")
    assert not any("交接卡" in one for one in await other.reads())


async def test_who_must_not_be_contacted_hears_nothing_and_may_look(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    bot.school.run(
        "INSERT INTO no_contact (id, person_id, set_by, since) VALUES (1, :p, :by, :now)",
        p=bot.school.ids["张强"],
        by=bot.school.ids["李明"],
        now=bot.clock.now_ms(),
    )
    await another_mentor(bot)
    await card_of(mother)
    assert not any("交接卡" in one or "换了导师" in one for one in await father.reads())
    # What one asks for oneself is answered as ever.
    first = await file_of(father, "张小雨")
    await father.presses("给新老师的交接卡", first)
    await father.sees("会照顾同学")


async def test_a_new_mentor_has_the_first_contact_as_a_duty(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "SUMMER", ((13, 1), (13, 1)))
    mentor, father = await bot.joined_mentor(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await father.says("老师好")
    await mentor.sees("老师好")
    await mentor.presses("回复")
    await bot.settled()
    await mentor.says("您好")
    await father.sees("您好")
    await another_mentor(bot)
    # The former mentor's words are none of the new one's first ones.
    assert first_contacts(bot, "周静") == [(14, "张小雨")]
    assert first_contacts(bot, "李明") == [(14, "张小阳")]
    await father.says("周老师好")
    got = await other.sees("周老师好")
    await other.presses("回复", got)
    await bot.settled()
    await other.says("您好，我是周静")
    await father.sees("我是周静")
    await bot.settled()
    assert first_contacts(bot, "周静") == []


def first_contacts(bot: Bot, mentor: str) -> list[tuple[int, str]]:
    """In how many days it is due, and for whom of the pupils that began in this test (陈晨 is known to 周静 since the start)."""
    unit = bot.school.unit()
    unit.now = bot.clock.now()
    try:
        names = {bot.school.ids[one]: one for one in ("张小雨", "张小阳")}
        today = bot.clock.now().date()
        return [
            ((one.due_on - today).days, names[one.subject_id])
            for one in due.of_mentor(unit, bot.school.ids[mentor], "Asia/Shanghai")
            if one.kind.code == kinds.FIRST and one.subject_id in names
        ]
    finally:
        unit.connection.close()
