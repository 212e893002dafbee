"""Polls and surveys: one question after the other, changed until the end, no names, sums of five and five more."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl

from models.notices import notices, surveys
from models.notices.audience import Audience
from models.notices.states import Whom
from models.notices.surveys import Sums
from models.unit import Unit
from tests.notices.readers import SURVEY, buttons, seen, sends_valid
from tests.notices.test_list import BOT
from tests.notices.test_slips import opens
from tests.notices.written import planned
from tests.school import Bot, School


async def test_question_by_question_back_and_changed(bot: Bot) -> None:
    mother = await bot.mother()
    sends_valid(bot, SURVEY, days=1)
    message = await seen(bot, mother, "【问卷 1/2】饭菜怎么样？")
    await mother.presses("很好", message)
    second = await mother.sees("【问卷 2/2】分量够吗？")
    assert second["message_id"] == message["message_id"]
    await mother.presses("← 上一题", message)
    first = await mother.sees("【问卷 1/2】")
    assert "✓ 很好" in buttons(first)
    await mother.presses("一般", message)
    await mother.sees("【问卷 2/2】")
    await mother.presses("不够", message)
    thanks = await mother.sees("谢谢您的回答")
    assert buttons(thanks) == ["改我的回答"]
    await mother.presses("改我的回答", message)
    assert "✓ 一般" in buttons(await mother.sees("【问卷 1/2】"))
    votes = bot.school.run("SELECT question, choice FROM notice_vote ORDER BY question")
    assert votes == [(0, 1), (1, 1)]
    bot.later(days=2)
    await mother.presses("不好", message)
    await mother.sees_toast("已经结束")
    assert bot.school.run("SELECT question, choice FROM notice_vote ORDER BY question") == votes


async def test_no_row_says_who_answered(bot: Bot) -> None:
    mother = await bot.mother()
    sends_valid(bot, SURVEY)
    message = await seen(bot, mother, "饭菜怎么样？")
    await mother.presses("很好", message)
    await mother.sees("分量够吗")
    (voter,) = bot.school.run("SELECT voter FROM notice_vote")
    ids = [str(one).encode() for one in bot.school.ids.values()]
    assert isinstance(voter[0], bytes)
    assert not any(one in voter[0] for one in ids)
    assert bot.school.run("SELECT 1 FROM notice_recipient WHERE read_at IS NOT NULL") == []


async def test_mentors_are_asked_in_the_same_way(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    sends_valid(bot, SURVEY, audience=Audience(whom=Whom.MENTORS, schools=(bot.school.ids["school"],)))
    message = await seen(bot, mentor, "饭菜怎么样？")
    await mentor.presses("不好", message)
    await mentor.presses("够", message)
    await mentor.sees("谢谢您的回答")


def votes(unit: Unit, notice_id: int, first: int, choices: list[int]) -> None:
    """So many people answer the first question."""
    found = notices.one(unit, notice_id)
    assert found is not None
    for number, choice in enumerate(choices, first):
        surveys.give(unit, found, number, 0, choice)


def looks(unit: Unit, notice_id: int) -> Sums:
    """What is shown of the first question a little later."""
    unit.now += timedelta(minutes=2)
    found = notices.one(unit, notice_id)
    assert found is not None
    return surveys.results(unit, found, SURVEY)[0]


def test_sums_are_shown_from_five_and_change_with_five_more(school: School) -> None:
    unit = school.unit()
    notice = planned(unit, school, BOT, content=SURVEY).id
    votes(unit, notice, 1, [0, 0, 1, 2])
    assert looks(unit, notice) == Sums()
    votes(unit, notice, 5, [0])
    assert looks(unit, notice) == Sums((3, 1, 1))
    votes(unit, notice, 6, [2, 2, 2, 2])
    assert looks(unit, notice) == Sums((3, 1, 1)), "four more are four people"
    votes(unit, notice, 1, [2])
    assert looks(unit, notice) == Sums((3, 1, 1)), "a change of one must not be seen"
    votes(unit, notice, 10, [1])
    assert looks(unit, notice) == Sums((2, 2, 6))
    unit.connection.close()


async def test_who_sent_it_sees_sums_a_chart_and_a_table(bot: Bot) -> None:
    admin = await bot.joined_admin()
    mother = await bot.mother()
    notice = sends_valid(bot, SURVEY)
    message = await seen(bot, mother, "饭菜怎么样？")
    await mother.presses("很好", message)
    await mother.sees("分量够吗")
    await opens(admin, "食堂调查", "看结果（不记名）")
    assert "不到 5 人" in (await admin.sees("问卷结果"))["text"]
    unit = bot.school.unit()
    unit.now = bot.clock.now()
    votes(unit, notice, 1, [0, 0, 1, 2])
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    bot.later(minutes=2)
    await opens(admin, "食堂调查", "看结果（不记名）")
    text = (await admin.sees("A. 很好：3（60%）"))["text"]
    assert "2. 分量够吗？（不到 5 人" in text
    await admin.presses("第 1 题的图")
    picture = await admin.sees("共 5 人")
    assert picture["kind"] == "photo"
    await admin.presses("导出合计")
    file = await admin.sees("没有姓名")
    _, content, _ = await bot.telegram.file(file["document"]["file_id"])
    rows = [
        [cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()
    ]
    assert rows[1:] == [
        ["饭菜怎么样？", "很好", 3, 60],
        ["饭菜怎么样？", "一般", 1, 20],
        ["饭菜怎么样？", "不好", 1, 20],
    ]
