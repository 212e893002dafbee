"""English, two children of one mother, a teacher who is a mother too, two who answer in the same moment."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy import Engine

from models.base import new_id
from models.pupil_file import cards, preparing
from models.pupil_file.preparing import Fact
from models.pupil_file.states import HandoverState
from tests.pupil_file.phones import another_mentor, buttons, file_of, goes_on, writes
from tests.school import FATHER, OTHER_MENTOR, Bot, School


async def test_in_english(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    father = await bot.joined_guardian(FATHER, "张强", "S1", language="en")
    await writes(mentor, "张小雨", "闪光点", "Helps others")
    await father.says("/more")
    await father.presses("The pupil's file")
    first = await father.sees("The file of 张小雨")
    assert "Strengths: 1" in first["text"]
    await another_mentor(bot)
    told = await father.sees("has a new mentor: 周静")
    await father.presses("Read the card", told)
    card = await father.sees("What any guardian strikes out is not passed on")
    assert buttons(card)[0] == "✓ 1 · Helps others"
    await father.presses("Pass on nothing", card)
    await father.sees("You pass on nothing")


async def test_two_children_have_a_card_each(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小雨", "闪光点", "雨的事")
    await writes(mentor, "张小阳", "闪光点", "阳的事")
    await another_mentor(bot, "张小雨")
    await another_mentor(bot, "张小阳")
    one, two = await mother.sees("张小雨换了导师"), await mother.sees("张小阳换了导师")
    await mother.presses("先看看卡", one)
    card = await mother.sees("张小雨的交接卡")
    assert "阳的事" not in card["text"]
    await mother.presses("交给老师", card)
    await mother.sees("您选了：交给老师")
    await mother.presses("什么都不交", two)
    await mother.sees("您选了：什么都不交")
    told = await other.sees("张小雨的家里把一张交接卡交给了您")
    await other.presses("家里交来的卡", told)
    await other.sees("雨的事")
    await bot.settled()
    assert not any("阳的事" in text or "张小阳的家里" in text for text in await other.reads())


async def test_a_teacher_who_is_a_mother_too(bot: Bot) -> None:
    """李明's own child is 陈晨, mentored by 周静: as a guardian one sees what guardians see, as a mentor what mentors do."""
    mentor = await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    bot.school.run(
        "INSERT INTO guardianship (id, pupil_id, person_id, relation, since, confirmed_at) VALUES (:id, :p, :g, 'father', 1, 1)",
        id=new_id(),
        p=bot.school.ids["陈晨"],
        g=bot.school.ids["李明"],
    )
    first = await file_of(other, "陈晨")
    await other.presses("记一条", first)
    await other.presses("工作笔记")
    await other.sees("最多 200 字")
    await other.says("同事的秘密")
    await other.sees("只有您看得到")
    await writes(other, "陈晨", "闪光点", "同事看到的")
    await mentor.says("/file")
    chosen = await mentor.sees("看谁的成长档案")
    assert {"陈晨", "张小雨 · 五年级2班", "张小阳 · 五年级2班"} <= set(buttons(chosen))
    await mentor.presses("陈晨", chosen)
    seen = await mentor.sees("闪光点 1 条")
    assert "记录" not in seen["text"]
    assert any("PDF" in one for one in buttons(seen))
    rows = bot.school.run("SELECT COUNT(*) FROM access WHERE person_id = :m", m=bot.school.ids["李明"])
    assert rows == [(0,)]


@pytest.mark.both
async def test_a_file_that_is_pressed_by_many_at_once(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await another_mentor(bot)
    one, two = await mother.sees("张小雨换了导师"), await father.sees("张小雨换了导师")
    await asyncio.gather(
        *(mother.presses("什么都不交", one) for _ in range(3)), *(father.presses("先看看卡", two) for _ in range(3))
    )
    await bot.settled()
    await father.presses("交给老师", two)
    await father.sees("您选了：交给老师")
    await goes_on(bot, seconds=20)
    assert bot.school.run("SELECT state FROM handover") == [("declined",)]


def test_two_who_answer_in_the_same_moment(engine: Engine, school: School) -> None:
    """On PostgreSQL both transactions run at once: whoever comes second reads what the first one said."""
    school.run("UPDATE guardianship SET confirmed_at = since")
    pupil = school.ids["张小雨"]
    for _ in range(5):
        unit = school.unit()
        row = preparing.mentorship(unit, pupil)
        assert row is not None
        made = preparing.make(unit, pupil, row, f"test:{new_id()}", [Fact("strength", "好", 1)])
        assert made is not None
        unit.finish()
        unit.connection.commit()
        unit.connection.close()
        start = threading.Barrier(2)

        def answers(name: str, passes: bool, card_id: int = made, start: threading.Barrier = start) -> None:
            mine = school.unit() if engine.dialect.name != "sqlite" else None
            start.wait(10)
            mine = mine or school.unit()
            card = cards.one(mine, card_id)
            assert card is not None
            cards.answer(mine, card, school.ids[name], passes=passes)
            mine.finish()
            mine.connection.commit()
            mine.connection.close()

        threads = [
            threading.Thread(target=answers, args=("王芳", False)),
            threading.Thread(target=answers, args=("张强", True)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        unit = school.unit()
        card = cards.one(unit, made)
        assert card is not None
        assert cards.gone_over(unit, card) == []
        assert card.state in (HandoverState.DECLINED, HandoverState.CONSENTED)
        unit.connection.close()
