"""Goals of a term through the front door: worded, agreed, worded otherwise, looked back at by both; and as a duty."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models.base import new_id
from models.duties import due
from simulator.client import Person
from tests.duties.test_week import to_monday, without_groups
from tests.pupil_file.phones import another_mentor, buttons, file_of, goes_on, term
from tests.school import OTHER_MENTOR, Bot


async def suggests(person: Person, child: str, text: str) -> dict[str, Any]:
    """Words a goal."""
    first = await file_of(person, child)
    await person.presses("🎯", first)
    await person.sees("还没有目标")
    await person.presses("提一个目标")
    await person.sees("最多 120 字")
    await person.says(text)
    return await person.sees("好的，请")


async def goals_of(person: Person, child: str) -> dict[str, Any]:
    """The list of goals."""
    first = await file_of(person, child)
    await person.presses("🎯", first)
    return await person.sees(f"{child}的目标")


@pytest.mark.both
async def test_the_mentor_suggests_the_family_agrees_both_look_back(bot: Bot) -> None:
    term(bot)
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await suggests(mentor, "张小雨", "每天读书二十分钟")
    told = await mother.sees("想和您一起定一个目标")
    assert "每天读书二十分钟" in told["text"]
    await father.sees("想和您一起定一个目标")
    await mother.presses("看一看", told)
    shown = await mother.sees("等您看")
    await asyncio.gather(*(mother.presses("好，就这样", shown) for _ in range(2)))
    await mother.sees("说好了")
    await mentor.sees("家长同意了您提的目标")
    await bot.settled()
    assert len([one for one in await mentor.reads() if "家长同意了您提的目标" in one]) == 1
    assert "说好了" in (await goals_of(father, "张小雨"))["text"]

    await goals_of(mentor, "张小雨")
    await mentor.presses("1 · 每天读书")
    await mentor.presses("部分做到")
    await mentor.sees("您：部分做到")
    asked = await mother.sees("回看了这学期的目标")
    await father.sees("回看了这学期的目标")
    await mother.presses("看一看", asked)
    await mother.sees("老师：部分做到")
    await mother.presses("做到了")
    await mother.sees("您：做到了")
    await mother.presses("补一句话")
    await mother.sees("写一句您想说的")
    await mother.says("妈妈的看法")
    await mother.sees("妈妈的看法")
    # The mentor sees both; the father the school's alone.
    assert "家长：做到了 —— 妈妈的看法" in (await goals_of(mentor, "张小雨"))["text"]
    seen = (await goals_of(father, "张小雨"))["text"]
    assert "老师：部分做到" in seen
    assert "妈妈的看法" not in seen
    assert "家长：" not in seen
    # A second look back asks nobody again.
    await mentor.presses("1 · 每天读书")
    await mentor.presses("做到了")
    await mentor.sees("您：做到了")
    await bot.settled()
    assert not any("回看了这学期的目标" in one for one in await mother.reads())


async def test_a_guardian_words_it_and_no_other_guardian_sees_it_before_it_is_agreed(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await suggests(father, "张小雨", "自己收拾书包")
    assert "还没有目标" in (await goals_of(mother, "张小雨"))["text"]
    told = await mentor.sees("家长想和您一起定一个目标")
    assert "书包" not in told["text"]  # it may arrive in the morning, with somebody who is the mentor no more
    await mentor.presses("看一看", told)
    await mentor.presses("换个说法")
    await mentor.sees("发来您的说法")
    await mentor.says("每晚自己收拾书包")
    await mentor.sees("请家里看")
    for parent in (mother, father):
        assert "每晚自己收拾书包" in (await parent.sees("想和您一起定一个目标"))["text"]
    # Who presses 'yes' to words that have changed in between is shown the new ones.
    seen = await goals_of(mother, "张小雨")
    await mother.presses("每晚自己", seen)
    old = await mother.sees("等您看")
    await goals_of(mentor, "张小雨")
    await mentor.presses("每晚自己")
    await mentor.presses("换个说法")
    await mentor.sees("发来您的说法")
    await mentor.says("每晚八点前收拾书包")
    await mentor.sees("请家里看")
    await mother.presses("好，就这样", old)
    await mother.sees_toast("刚刚有变化")
    assert bot.school.run("SELECT state FROM file_goal") == [("with_family",)]
    await bot.settled()
    await mother.presses("好，就这样", old)
    await mother.sees_toast("说好了")
    await bot.settled()
    assert bot.school.run("SELECT state FROM file_goal") == [("agreed",)]


async def test_not_too_many_and_none_without_a_mentor(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await suggests(mentor, "张小雨", "目标一")
    for number in range(2, 7):
        await goals_of(mentor, "张小雨")
        await mentor.presses("提一个目标")
        await mentor.sees("最多 120 字")
        await mentor.says(f"第 {number} 个")
        await mentor.sees("好的，请家里看" if number < 6 else "已经够多了")
    assert bot.school.run("SELECT COUNT(*) FROM file_goal") == [(5,)]
    bot.school.run("UPDATE mentorship SET until = 1 WHERE pupil_id = :p", p=bot.school.ids["张小雨"])
    assert "还没有目标" in (await goals_of(father, "张小雨"))["text"]
    await father.presses("提一个目标")
    await father.sees("最多 120 字")
    await father.says("再来一个")
    await father.sees("没有导师可以一起定")


async def test_many_long_goals_go_on_to_a_further_page(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    pupil, now = bot.school.ids["张小雨"], bot.clock.now_ms()
    mentorship = bot.school.run("SELECT id FROM mentorship WHERE pupil_id = :p", p=pupil)[0][0]
    for number in range(9):
        row = new_id()
        bot.school.run(
            "INSERT INTO file_goal (id, pupil_id, mentorship_id, state, version, sealed_text, by_person, agreed_at, at)"
            " VALUES (:id, :p, :m, 'agreed', 1, :text, :by, :now, :now)",
            id=row,
            p=pupil,
            m=mentorship,
            text=bot.school.vault.seal("file_goal", row, "text", f"第{number}个" + "长😀" * 58),
            by=bot.school.ids["李明"],
            now=now,
        )
        for name in ("李明", "王芳", "张强"):
            bot.school.run(
                "INSERT INTO file_goal_review (goal_id, person_id, by_guardian, result, sealed_words, at)"
                " VALUES (:g, :p, :family, 'partly', :words, :now)",
                g=row,
                p=bot.school.ids[name],
                family=name != "李明",
                words=bot.school.vault.seal("file_goal_review", row, f"words of {bot.school.ids[name]}", "话😀" * 60),
                now=now,
            )
    seen = await goals_of(mentor, "张小雨")
    assert "第8个" in seen["text"]
    assert "第0个" not in seen["text"]
    for _ in range(4):
        if any("第0个" in one for one in buttons(seen)):
            break
        await mentor.presses("更多", seen)
        await bot.settled()
        seen = await mentor.last()
    assert any("第0个" in one for one in buttons(seen))
    assert mother.id != father.id


async def test_an_agreed_goal_is_handed_over_and_goes_on(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await suggests(mentor, "张小雨", "每天读书")
    await father.presses("看一看", await father.sees("想和您一起定一个目标"))
    await father.presses("好，就这样")
    await father.sees("说好了")
    await another_mentor(bot)
    assert "还没有目标" in (await goals_of(other, "张小雨"))["text"]
    await father.presses("先看看卡", await father.sees("换了导师"))
    card = await father.sees("目标：每天读书")
    await father.presses("交给老师", card)
    await father.sees("您选了")
    await other.sees("把一张交接卡交给了您")
    assert "每天读书" in (await goals_of(other, "张小雨"))["text"]
    await other.presses("1 · 每天读书")
    await other.presses("做到了")
    await other.sees("您：做到了")
    await father.presses("什么都不交", card)
    await father.sees("您选了：什么都不交")
    assert "还没有目标" in (await goals_of(other, "张小雨"))["text"]


async def test_goals_as_a_duty_where_the_school_wants_it(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "SUMMER", ((13, 1), (13, 1)))
    term(bot, -60, 60)
    mentor = await bot.joined_mentor()
    await without_groups(bot)
    assert "goals" not in duties(bot)
    for number, code in enumerate(("first_contact", "family_contact", "pupil_talk", "home_visit", "lecture"), 10):
        bot.school.run(
            "INSERT INTO duty_kind (id, school_id, code, zh, en, about_zh, about_en, subject, cycle, stages, weight, enabled)"
            " VALUES (:id, :school, :code, 'x', 'x', 'x', 'x', 'pupil', 'days:30', '', 1, :no)",
            id=number,
            school=bot.school.ids["school"],
            code=code,
            no=False,
        )
    bot.school.run(
        "INSERT INTO duty_kind (id, school_id, code, zh, en, about_zh, about_en, subject, cycle, stages, weight, enabled)"
        " VALUES (9, :school, 'goals', '学期目标', 'Goals', 'x', 'x', 'pupil', 'term:10-30', '', 99, :yes)",
        school=bot.school.ids["school"],
        yes=True,
    )
    assert duties(bot).count("goals") == 2
    await to_monday(bot, 2)
    await mentor.sees("【本周该做】")
    await mentor.presses("定目标：张小")
    await mentor.sees("还没有目标")
    await suggests(mentor, "张小雨", "每天读书")
    await suggests(mentor, "张小阳", "每天跑步")
    await goes_on(bot, seconds=20)
    assert "goals" not in duties(bot)


def duties(bot: Bot) -> list[str]:
    """The kinds of what is due for 李明."""
    unit = bot.school.unit()
    unit.now = bot.clock.now() if bot.clock.now() > unit.now else unit.now
    try:
        return [one.kind.code for one in due.of_mentor(unit, bot.school.ids["李明"], "Asia/Shanghai")]
    finally:
        unit.connection.close()
