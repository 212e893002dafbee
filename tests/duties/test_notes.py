"""The written note through the front door: help with words, a look before it goes, once to each guardian, and a card."""

from __future__ import annotations

import asyncio
import base64
from datetime import date, timedelta

from handlers import card
from models.duties.notes import Card
from simulator.client import Person
from tests.duties.test_week import tick
from tests.school import ZONE, Bot


def day(bot: Bot, value: date) -> object:
    """A day as this test's database takes it."""
    return value.isoformat() if "sqlite" in bot.settings.database_url else value


def term(bot: Bot, begins: int = -100, ends: int = 20) -> None:
    """A term around today, in days from it."""
    today = bot.clock.now().astimezone(ZONE).date()
    bot.school.run(
        "INSERT INTO term (id, school_id, name, starts_on, ends_on) VALUES (1, :school, '第一学期', :first, :last)",
        school=bot.school.ids["school"],
        first=day(bot, today + timedelta(days=begins)),
        last=day(bot, today + timedelta(days=ends)),
    )


async def opens_notes(mentor: Person) -> None:
    """From /write to the list of notes."""
    await mentor.says("/write")
    await mentor.presses("成长寄语")
    shown = await mentor.sees("点名字写或看")
    assert "还没写 2" in shown["text"]


async def card_arrives(bot: Bot, parent: Person) -> None:
    """The card follows within some ticks of the text's arrival."""
    for _ in range(20):
        await tick(bot, seconds=20)
        if any("可以打印留存" in one for one in await parent.reads()):
            return
        await asyncio.sleep(0.1)
    await parent.sees("可以打印留存")


async def test_a_note_with_help_is_seen_before_it_goes_and_arrives_once_with_its_card(bot: Bot) -> None:
    term(bot)
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await opens_notes(mentor)
    await mentor.presses("张小雨")
    await mentor.sees("写给张小雨和家里")
    await mentor.presses("一件高兴的事")
    help_ = await mentor.sees("最让我高兴的一件事是【一件具体的事】")
    await mentor.says(help_["text"])
    await mentor.sees("没填的空")
    await mentor.says("这学期，小雨主动报名了朗诵，紧张也坚持讲完。新学期继续做爱读书的你。")
    shown = await mentor.sees("还没发出")
    assert "主动报名了朗诵" in shown["text"]
    await father.sees_nothing_with("朗诵", 0.3)
    await asyncio.gather(*(mentor.presses("发给家里", shown) for _ in range(2)))
    await mentor.sees("已发给 2 位家长")
    for parent in (mother, father):
        found = await parent.sees("主动报名了朗诵")
        assert "给张小雨的成长寄语" in found["text"]
    for parent in (mother, father):
        await card_arrives(bot, parent)
    await tick(bot, seconds=30)
    assert len([one for one in await father.reads() if "主动报名了朗诵" in one]) == 1
    assert len([one for one in await father.reads() if "可以打印留存" in one]) == 1


async def test_a_note_names_no_other_child_and_fits_its_card(bot: Bot) -> None:
    term(bot)
    mentor = await bot.joined_mentor()
    await opens_notes(mentor)
    await mentor.presses("张小雨")
    await mentor.sees("写给张小雨和家里")
    await mentor.says("小雨和张小阳一起进步了")
    await mentor.sees("提到了张小阳")
    await mentor.says("好" * 501)
    await mentor.sees("现在有 501 个")
    assert bot.school.run("SELECT COUNT(*) FROM written_note") == [(0,)]
    await mentor.says("好" * 500)
    await mentor.sees("还没发出")


async def test_drafts_wait_and_go_together_and_who_has_not_joined_gets_it_on_paper(bot: Bot) -> None:
    term(bot)
    mentor, father = await bot.joined_mentor(), await bot.father()
    await opens_notes(mentor)
    for name in ("张小雨", "张小阳"):
        await mentor.presses(name)
        await mentor.sees(f"写给{name}和家里")
        await mentor.says(f"{name}这学期很棒，继续加油")
        shown = await mentor.sees(f"给{name}的成长寄语")
        await mentor.presses("看卡片", shown)
        await mentor.sees(f"{name}的成长寄语卡片")
        await mentor.presses("先存着", shown)
        await mentor.sees("写好")
    await mentor.presses("把写好的 2 份都发出")
    await mentor.sees("1 个孩子的寄语已发出。还有 1 个")
    await father.sees("张小雨这学期很棒")
    await mentor.presses("全部寄语")
    await mentor.sees("已发 1 · 写好 1")


async def test_a_note_that_was_taken_back_takes_its_card_along(bot: Bot) -> None:
    term(bot)
    mentor, father = await bot.joined_mentor(), await bot.father()
    bot.later(hours=12.5)  # 22:30, the family sleeps
    await opens_notes(mentor)
    await mentor.presses("张小雨")
    await mentor.sees("写给张小雨和家里")
    await mentor.says("小雨这学期很棒，继续加油")
    await mentor.presses("发给家里")
    await mentor.sees("已发给 1 位家长")
    await tick(bot, minutes=5)
    await father.sees_nothing_with("打印", 0.3)
    await mentor.says("/recall")
    await mentor.presses("小雨")
    await mentor.sees("已收回")
    await tick(bot, hours=12)
    await tick(bot, minutes=1)
    await father.sees_nothing_with("很棒", 0.3)
    await father.sees_nothing_with("打印", 0.1)


async def test_a_note_that_had_arrived_goes_back_with_its_card_and_can_be_sent_anew(bot: Bot) -> None:
    term(bot)
    mentor, father = await bot.joined_mentor(), await bot.father()
    await opens_notes(mentor)
    await mentor.presses("张小雨")
    await mentor.sees("写给张小雨和家里")
    await mentor.says("小雨这学期很捧，继续加油")
    await mentor.presses("发给家里")
    await father.sees("很捧")
    await card_arrives(bot, father)
    await mentor.says("/recall")
    await mentor.presses("小雨")
    await mentor.sees("对方那边也删掉了")
    assert not any("很捧" in one or "打印留存" in one for one in await father.reads())
    await mentor.says("/write")
    await mentor.presses("成长寄语", await mentor.sees("写什么"))
    await mentor.presses("✎ 张小雨")
    await mentor.presses("重新写")
    await mentor.sees("写给张小雨和家里")
    await mentor.says("小雨这学期很棒，继续加油")
    await mentor.presses("发给家里")
    await father.sees("很棒")
    await card_arrives(bot, father)


async def test_a_family_that_left_its_quiet_hours_gets_text_and_card_in_the_morning(bot: Bot) -> None:
    term(bot)
    mentor, father = await bot.joined_mentor(), await bot.father()
    bot.later(hours=12.5)
    await opens_notes(mentor)
    await mentor.presses("张小雨")
    await mentor.sees("写给张小雨和家里")
    await mentor.says("小雨这学期很棒，继续加油")
    await mentor.presses("发给家里")
    await tick(bot, hours=9)
    await father.sees("很棒")
    await card_arrives(bot, father)


async def test_without_a_term_the_way_on_is_named(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await mentor.says("/write")
    await mentor.presses("成长寄语")
    await mentor.sees_toast("校历里还没有本学期")


def test_the_card_is_one_page_whatever_is_written_on_it() -> None:
    whole = Card("实验小学", "张小雨", "李明", "第一学期", "", date(2026, 7, 3))
    for text in ("好", "好" * 500, "a" * 500, "一行\n" * 100, "😀 & <b> </para>", "W" * 500):
        drawn = card.drawn(Card(whole.school, whole.child, whole.mentor, whole.term, text[:500], whole.day), "zh_CN")
        assert drawn.startswith(b"%PDF")
        assert drawn.count(b"/Type /Page\n") == 1, text[:10]
        assert len(base64.b64encode(drawn)) < 40_000
