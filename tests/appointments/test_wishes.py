"""What a guardian wants to talk about: each parent's own, for the teachers together, never for the other parent."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from handlers.texts import listed
from models.appointments import records, visits, wishes
from models.appointments.states import Reply
from models.base import from_ms
from models.vault import Vault
from simulator.client import Person
from tests.appointments.after import everything, press, quick_record, second_teacher
from tests.appointments.agreed import MINUTE, agree, at_of, at_time, settle, unit_of
from tests.appointments.town import Town
from tests.drawn.test_sheet import read
from tests.school import Bot


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


async def parents(bot: Bot) -> tuple[Person, Person, Person, Person]:
    """Mentor, second teacher, mother, father."""
    mentor, other = await bot.joined_mentor(), await second_teacher(bot)
    return mentor, other, await bot.mother(), await bot.father()


async def test_neither_parent_sees_or_changes_what_the_other_wants_to_talk_about(bot: Bot) -> None:
    _, other, mother, father = await parents(bot)
    at = at_of(bot, 0, 17)
    visit = agree(bot, at, guardians=("王芳", "张强"))
    with unit_of(bot) as unit:
        assert wishes.toggle(unit, visit, bot.school.ids["王芳"], "B3")
    for parent, words in ((mother, "妈妈想说睡觉"), (father, "爸爸想说手机")):
        await press(bot, parent, "vtown", visit)
        await parent.says(words)
        await parent.sees("记下了")
    await press(bot, father, "vtopics", visit)
    shown = await father.sees("点一点就行")
    assert "✓" not in str(shown["buttons"])
    assert "睡觉" not in await everything(father)
    await at_time(bot, at - 60 * MINUTE)
    await press(bot, other, "vcard", visit)
    card = await other.sees("和张小雨家谈")
    assert all(one in card["text"] for one in ("妈妈想说睡觉", "爸爸想说手机", "学习习惯"))


async def test_a_parents_sheet_has_the_own_topics_alone(bot: Bot) -> None:
    mentor, _, mother, father = await parents(bot)
    visit = agree(bot, at := at_of(bot, 0, 17), guardians=("王芳", "张强"))
    with unit_of(bot) as unit:
        wishes.toggle(unit, visit, bot.school.ids["王芳"], "B3")
        wishes.toggle(unit, visit, bot.school.ids["张强"], "B2")
    await at_time(bot, at + 60 * MINUTE)
    await quick_record(bot, mentor, visit, "每周三一起整理错题")
    await press(bot, mother, "vacon", visit, 1)
    for parent, own, others in ((mother, "学习习惯与方法", "作业与用时"), (father, "作业与用时", "学习习惯与方法")):
        await press(bot, parent, "vsheet", visit)
        shown = await parent.sees("可以打印留存")
        _, content, _ = await bot.telegram.file(shown["document"]["file_id"])
        assert own in read(content)
        assert others not in read(content)


async def test_the_question_sheet_is_asked_by_its_own_button(bot: Bot) -> None:
    _, _, _, father = await parents(bot)
    visit = agree(bot, at_of(bot, 1, 17))
    await press(bot, father, "vtopics", visit)
    await father.presses("小问题", await father.sees("点一点就行"))
    await father.sees(f"1/{len(wishes.questions())}")
    await father.says("他学会了骑车")
    await father.sees(f"2/{len(wishes.questions())}")
    assert bot.school.run("SELECT COUNT(*) FROM visit_answer") == [(1,)]


def test_a_record_begins_with_the_wishes_of_those_who_come(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    people = mother, father, gran = town.guardian("母"), town.guardian("父"), town.guardian("奶奶")
    pupil = town.pupil("小雨", mentor, *people)
    with town.unit() as unit:
        visit = settle(
            unit, town.school.ids["school"], pupil, mentor, (mother, father), town.at(1, 17 * 60), companion=other
        )
        visits.says(unit, visit, gran, Reply.INVITED)
        for one, code in ((mother, "B3"), (father, "B2"), (father, "B3"), (gran, "H1")):
            assert wishes.toggle(unit, visit, one, code)
        assert wishes.of_guardian(unit, visit, mother).topics == ("B3",)
    with town.unit(from_ms(town.at(1, 18 * 60))) as unit:
        record = records.begin(unit, visit, mentor)
        assert record is not None
        assert record.answer("wanted").options == ("B3", "B2")
        assert not wishes.toggle(unit, visit, mother, "H1")
        assert not wishes.say(unit, visit, mother, "太晚")


def test_names_stand_beside_each_other_as_the_language_does_it() -> None:
    assert [listed(one, ["甲", "乙"]) for one in ("zh_CN", "en")] == ["甲、乙", "甲, 乙"]
