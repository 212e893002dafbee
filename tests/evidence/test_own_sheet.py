"""A mentor's own sheet through the front door: seen by its mentor alone, in a workbook, on paper, in words."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from openpyxl import load_workbook

from simulator.client import Person
from tests.events.class_of_parents import tick
from tests.evidence.term import began, has_term, mentor_of, mentors_since, puts
from tests.school import Bot


async def opens(person: Person, text: str = "我的履职表") -> dict[str, Any]:
    await person.says("/evidence")
    return await person.sees(text)


async def test_the_sheet_says_what_was_done_of_what_fell_due(bot: Bot) -> None:
    has_term(bot)
    mentors_since(bot, 100)
    mentor = await bot.joined_mentor()
    mother = await bot.mother()
    await mother.says("老师好")
    await mother.finds("哪个孩子")
    await mother.presses("张小雨")
    asked = await mentor.sees("老师好")
    await mentor.replies(asked, "您好，小雨今天很棒")
    await mother.sees("小雨今天很棒")
    puts(
        bot,
        "duty_mark",
        school_id=bot.school.ids["school"],
        code="pupil_talk",
        subject_id=bot.school.ids["张小雨"],
        state="done",
        on_day=bot.clock.now().date(),
        person_id=mentor_of(bot),
        reason="",
        items="",
        at=began(bot, 0),
    )
    text = (await opens(mentor))["text"]
    assert "只有您自己看得到" in text
    assert "每月联系家庭：1/" in text
    assert "师生谈心：1/" in text
    assert "培训" not in text or "小时" in text
    assert "家访反馈：满五人回答后才有" in text
    assert "还没有交给学校" in text
    assert "王芳" not in text


async def test_nobody_else_has_a_sheet(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await opens(admin, "履职表是导师自己的")
    mother = await bot.mother()
    await opens(mother, "履职表是导师自己的")
    await mother.says("/more")
    shown = await mother.sees("还可以做这些")
    assert not any("履职" in one["text"] for row in shown["buttons"] for one in row)


async def test_from_more_to_the_workbook_and_the_paper(bot: Bot) -> None:
    has_term(bot)
    mentor = await bot.joined_mentor()
    await mentor.says("/more")
    await mentor.presses("我的履职表", await mentor.sees("还可以做这些"))
    shown = await mentor.sees("秋季学期")
    await mentor.presses("导出表格", shown)
    file = (await mentor.sees("只发给您一个人"))["document"]
    _, content, _ = await bot.telegram.file(file["file_id"])
    book = load_workbook(io.BytesIO(content))
    assert [sheet.title for sheet in book.worksheets] == ["履职表", "说明"]
    assert book.worksheets[0]["A2"].value == "每月联系家庭"
    await mentor.presses("导出打印版", shown)
    file = (await mentor.sees("履职表，秋季学期"))["document"]
    _, content, _ = await bot.telegram.file(file["file_id"])
    assert content.startswith(b"%PDF")
    await mentor.presses("每一项怎么算", shown)
    assert "不数消息有多少条" in (await mentor.sees("每一项怎么算"))["text"]


async def test_own_words_are_kept_and_too_many_are_told(bot: Bot) -> None:
    has_term(bot)
    mentor = await bot.joined_mentor()
    shown = await opens(mentor)
    await mentor.presses("在表上写几句", shown)
    await mentor.sees("最多 500 字")
    await mentor.says("字" * 501)
    await mentor.sees("这段有 501 字")
    await mentor.says("这学期和每个家庭都见了面。")
    kept = await mentor.sees("记下了")
    rows = bot.school.run("SELECT sealed_text FROM evidence_words")
    assert isinstance(rows[0][0], bytes | memoryview)
    assert "见了面".encode() not in bytes(rows[0][0])
    await mentor.presses("回到履职表", kept)
    again = await mentor.sees("您写的话：这学期和每个家庭都见了面。")
    await mentor.presses("改我写的话", again)
    await mentor.presses("删掉我写的话", await mentor.sees("您现在写的是"))
    await mentor.sees("还没有交给学校")
    assert bot.school.run("SELECT 1 FROM evidence_words") == []


async def test_handed_in_taken_back_and_handed_in_again(bot: Bot) -> None:
    has_term(bot)
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    shown = await opens(mentor)
    await mentor.presses("交给学校", shown)
    asked = await mentor.sees("点“看过了”之前，您随时可以撤回")
    await mentor.presses("交", asked)
    given = await mentor.sees("学校还没点“看过了”，您可以撤回")
    told = await admin.sees("李明老师交来一份履职表")
    await mentor.presses("撤回", given)
    await mentor.sees("还没有交给学校")
    assert bot.school.run("SELECT 1 FROM evidence_sheet") == []
    await admin.presses("看这一份", told)
    await admin.sees_toast("撤回了")
    await mentor.presses("交给学校", shown)
    await mentor.presses("交", await mentor.sees("把这张表交给学校管理员"))
    given = await mentor.sees("学校还没点“看过了”，您可以撤回")
    code = given["text"].rpartition("校验码 ")[2].split()[0]
    await bot.settled()
    await admin.says("/more")
    await admin.presses("老师交来的履职表（1 份还没看）", await admin.sees("还可以做这些"))
    await admin.presses("李明老师 · 秋季学期", await admin.sees("按交来的先后排"))
    seen = await admin.sees("李明老师的履职表")
    assert code in seen["text"]
    assert "星级" not in seen["text"]
    await admin.presses("看过了", seen)
    await admin.sees("（已看过）")
    await mentor.presses("撤回", given)
    await mentor.sees_toast("不能撤回")
    assert len(bot.school.run("SELECT 1 FROM evidence_sheet")) == 1
    # A corrected one on the same day is news.
    await mentor.presses("交给学校", shown)
    await mentor.presses("交", await mentor.sees("把这张表交给学校管理员"))
    await mentor.sees("学校还没点")
    await bot.settled()
    assert sum("交来一份履职表" in one for one in await admin.reads()) == 2


async def test_the_sheet_of_another_term_is_not_handed_in_instead(bot: Bot) -> None:
    has_term(bot)
    mentor = await bot.joined_mentor()
    await mentor.presses("交给学校", await opens(mentor))
    asked = await mentor.sees("把这张表交给学校管理员")
    bot.school.run("UPDATE term SET starts_on = :day", day=bot.clock.now().date() - timedelta(days=90))
    await mentor.presses("交", asked)
    await mentor.sees_toast("按钮")
    assert bot.school.run("SELECT 1 FROM evidence_sheet") == []


async def test_what_was_handed_in_does_not_change_and_is_one_at_a_time(bot: Bot) -> None:
    has_term(bot)
    mentor = await bot.joined_mentor()
    shown = await opens(mentor)
    await mentor.presses("交给学校", shown)
    asked = await mentor.sees("把这张表交给学校管理员")
    await mentor.presses("交", asked)
    await mentor.sees("学校还没点")
    before = bot.school.run("SELECT id, sealed_content FROM evidence_sheet")
    await mentor.act("press", message_id=asked["message_id"], data=asked["buttons"][0][0]["data"])
    await mentor.sees_toast("已经交了")
    await tick(bot, days=3)
    assert bot.school.run("SELECT id, sealed_content FROM evidence_sheet") == before


async def test_another_admin_or_a_mentor_does_not_see_what_was_handed_in(bot: Bot) -> None:
    has_term(bot)
    mentor = await bot.joined_mentor()
    other = await bot.joined_mentor(2002, "周静", "T2")
    shown = await opens(mentor)
    await mentor.presses("交给学校", shown)
    await mentor.presses("交", await mentor.sees("把这张表交给学校管理员"))
    await mentor.sees("学校还没点")
    await other.says("/more")
    menu = await other.sees("还可以做这些")
    assert not any("交来" in one["text"] for row in menu["buttons"] for one in row)
    assert "周静" not in (await opens(mentor))["text"]


async def test_an_admin_of_yesterday_sees_nothing_and_a_mentor_of_yesterday_the_own_sheet(bot: Bot) -> None:
    has_term(bot)
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    await mentor.presses("交给学校", await opens(mentor))
    await mentor.presses("交", await mentor.sees("把这张表交给学校管理员"))
    await mentor.sees("学校还没点")
    told = await admin.sees("李明老师交来一份履职表")
    await bot.settled()
    await admin.says("/more")
    menu = await admin.sees("还可以做这些")
    bot.school.run("UPDATE role SET until = 1 WHERE kind IN ('admin', 'mentor')")
    bot.school.run("UPDATE mentorship SET until = since + 1")
    await admin.presses("看这一份", told)
    await admin.sees_toast("按钮")
    await admin.presses("老师交来的履职表", menu)
    await bot.settled()
    seen = "".join(await admin.reads())
    assert "李明老师的履职表" not in seen
    assert "按交来的先后排" not in seen
    await mentor.looks_away()
    assert "秋季学期" in (await opens(mentor))["text"]


async def test_handed_in_again_and_again_on_a_day_is_told_once(bot: Bot) -> None:
    has_term(bot)
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    shown = await opens(mentor)
    for _ in range(3):
        await mentor.presses("交给学校", shown)
        await mentor.presses("交", await mentor.sees("把这张表交给学校管理员"))
        await mentor.presses("撤回", await mentor.sees("学校还没点"))
        await mentor.sees("还没有交给学校")
    await bot.settled()
    assert sum("交来一份履职表" in one for one in await admin.reads()) == 1
