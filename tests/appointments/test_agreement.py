"""What was agreed at a visit through the front door: both parents, versions, one reminder, no word that was not for them."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Engine

from models.appointments import agreements, feedback, records, visits
from models.appointments.feedback import Sums
from models.appointments.records import Answer
from models.base import from_ms
from models.vault import Vault
from simulator.client import Person
from tests.appointments.after import (
    after_visit,
    begins,
    everything,
    press,
    quick_record,
    second_teacher,
    state,
    writes,
)
from tests.appointments.agreed import HOUR, at_time, family, unit_of
from tests.appointments.town import Town
from tests.drawn.test_sheet import read
from tests.school import MOTHER, OTHER_MENTOR, Bot

DAY = 24 * HOUR
ZONE = "Asia/Shanghai"
CANARIES = {
    "care": "金丝雀照料",
    "worry": "金丝雀担心",
    "voice": "金丝雀意见",
    "daily": "金丝雀作息",
    "likes": "金丝雀手机",
}


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


async def parents(bot: Bot) -> tuple[Person, Person, Person]:
    """李明, the mother in English, the father in Chinese; 周静 has joined too."""
    mentor = await bot.joined_mentor()
    await second_teacher(bot)
    mother = await bot.joined_guardian(MOTHER, "王芳", "S1", language="en")
    return mentor, mother, await bot.father()


async def file_of(bot: Bot, person: Person, name: str) -> bytes:
    """The bytes of the file with that in its caption."""
    shown = await person.sees(name)
    _, content, _ = await bot.telegram.file(shown["document"]["file_id"])
    return content


# --- the story ---


async def test_a_record_becomes_an_agreement_with_a_restart_between_and_each_parent_answers(bot: Bot) -> None:
    mentor, mother, father = await parents(bot)
    visit = await after_visit(bot, "王芳", "张强")
    await quick_record(bot, mentor, visit, "每周三一起整理错题", "九点半前放下手机")
    card = await mother.sees("What we agreed for 张小雨")
    assert "Asks why" in card["text"]
    assert "每周三一起整理错题" in card["text"]
    other = await father.sees("张小雨的约定")
    assert "爱问为什么" in other["text"]
    await bot.stop()
    await bot.start()
    assert state(bot, visit) == "held"
    await asyncio.gather(*(mother.presses("Yes, agreed", card) for _ in range(2)))
    settled = await mother.sees("settled")
    assert settled["message_id"] == card["message_id"]
    assert "Was this visit helpful" in settled["text"]
    assert state(bot, visit) == "agreed"
    # In place, where the mentor was told that it is with the family; no new message.
    assert "双方已定下" in (await mentor.sees("双方已定下"))["text"]
    await father.presses("同意", other)
    await father.sees("已定下")
    await father.sees_toast("已经有变化")
    rows = bot.school.run("SELECT state, confirmed_by FROM agreement")
    assert rows == [("confirmed", bot.school.ids["王芳"])]
    assert "王芳" not in await everything(father)
    assert "张强" not in await everything(mother)


async def test_wordings_go_back_and_forth_and_a_stale_button_says_what_is_true(bot: Bot) -> None:
    mentor, mother, father = await parents(bot)
    visit = await after_visit(bot, "王芳", "张强")
    await quick_record(bot, mentor, visit, "每周三一起整理错题", "九点半前放下手机")
    card, other = await mother.sees("What we agreed"), await father.sees("张小雨的约定")
    await mother.presses("Change something", card)
    await mother.presses("What the family does", await mother.sees("Which part"))
    await mother.sees("九点半前放下手机")
    await mother.says("十点前放下手机")
    await mother.sees("Your wording is with the teacher")
    amended = await mentor.sees("想这样写约定")
    assert "十点前放下手机" in amended["text"]
    assert "妈妈" in amended["text"]
    await father.presses("同意", other)
    await father.sees("老师还在斟酌")
    assert "十点" not in await everything(father)
    await mentor.presses("换个写法", amended)
    await mentor.sees("约定：学校来做")
    await press(bot, mentor, "vrclr", visit, "family")
    await writes(bot, mentor, visit, "family", "九点四十五前放下手机")
    await press(bot, mentor, "vrend", visit)
    await father.sees("九点四十五")
    third = await mother.sees("九点四十五")
    await press(bot, mentor, "vatake", visit, 2)
    await mentor.sees("等家长确认")
    await press(bot, mother, "vacon", visit, 1)
    await mother.sees_toast("changed meanwhile")
    assert state(bot, visit) == "held"
    await mother.presses("Yes, agreed", third)
    await mother.sees("settled")
    numbers = bot.school.run("SELECT number, state FROM agreement ORDER BY number")
    assert numbers == [(1, "replaced"), (2, "replaced"), (3, "confirmed")]


async def test_the_teacher_takes_the_familys_wording_and_all_who_came_hear_the_words(bot: Bot) -> None:
    mentor, mother, father = await parents(bot)
    visit = await after_visit(bot, "王芳", "张强")
    await quick_record(bot, mentor, visit, "每周三一起整理错题")
    await press(bot, mother, "vaside", visit, 1, "family")
    await mother.sees("would like to do")
    await mother.says("周末一起跑步")
    amended = await mentor.sees("想这样写约定")
    await press(bot, father, "vacon", visit, 2)
    await father.sees("老师还在斟酌")
    await press(bot, father, "vatake", visit, 2)
    await father.sees_toast("失效")
    await asyncio.gather(*(mentor.presses("就这样写", amended) for _ in range(2)))
    await mentor.sees("双方已定下")
    for parent, word in ((mother, "settled"), (father, "已定下")):
        assert "周末一起跑步" in (await parent.sees(word))["text"]
    assert state(bot, visit) == "agreed"
    with unit_of(bot) as unit:
        past = agreements.past(unit, bot.school.ids["张小雨"])
    assert [(one.school, one.family) for one in past] == [("每周三一起整理错题", "周末一起跑步")]


async def test_nothing_of_level_two_or_of_the_mentors_own_reaches_a_family(bot: Bot) -> None:
    mentor, mother, father = await parents(bot)
    visit = await after_visit(bot, "王芳", "张强")
    await begins(bot, mentor, visit)
    for step, canary in CANARIES.items():
        await writes(bot, mentor, visit, step, canary)
    for step, option in (("level", "up"), ("refer", "yes"), ("care", "quarrel"), ("strong", "reads")):
        await press(bot, mentor, "vrset", visit, step, option, 1)
    await press(bot, mentor, "vritem", visit, "said", "H1", 1)
    await press(bot, mentor, "vritem", visit, "said", "B3", 1)
    await writes(bot, mentor, visit, "school", "每周三一起整理错题")
    await press(bot, mentor, "vrend", visit)
    await press(bot, mother, "vacon", visit, 1)
    await press(bot, mother, "vfb", visit, 5)
    for parent in (mother, father):
        await press(bot, parent, "vsheet", visit)
    papers = [
        read(await file_of(bot, mother, "to print and keep")),
        read(await file_of(bot, father, "可以打印留存")),
    ]
    seen = [await everything(mother), await everything(father), *papers]
    for text in seen:
        assert "每周三一起整理错题" in text
        for word in ("金丝雀", "上调", "level up", "转介", "eferral", "争执", "uarrel", "资助", "inancial"):
            assert word not in text, word
    assert "学习习惯与方法" in papers[1]
    assert "王芳" not in papers[1]
    assert "妈妈" not in papers[1]
    rows = bot.school.run("SELECT sealed_plain, sealed_private FROM visit_record")
    assert all("金丝雀".encode() not in bytes(str(one).encode()) for one in rows[0])


# --- who has not answered ---


async def test_a_guardian_who_does_not_answer_is_reminded_once(bot: Bot) -> None:
    mentor, mother, father = await parents(bot)
    visit = await after_visit(bot, "王芳", "张强")
    await quick_record(bot, mentor, visit, "每周三一起整理错题")
    await mother.sees("What we agreed")
    at = bot.clock.now_ms()
    for days in (2, 3.01, 3.5, 4, 7, 14):
        await at_time(bot, at + int(days * DAY))
    for parent, word in ((mother, "no other reminder"), (father, "不再提醒")):
        await parent.sees(word)
        assert len([one for one in await parent.reads() if word in one]) == 1
    await mother.presses("Yes, agreed")
    await mother.sees("settled")


async def test_who_has_confirmed_in_time_is_not_reminded(bot: Bot) -> None:
    mentor, mother, father = await parents(bot)
    visit = await after_visit(bot, "王芳", "张强")
    await quick_record(bot, mentor, visit, "每周三一起整理错题")
    await press(bot, mother, "vacon", visit, 1)
    await at_time(bot, bot.clock.now_ms() + 3 * DAY + HOUR)
    await father.sees_nothing_with("不再提醒", 0.3)


# --- rights ---


async def test_strangers_to_a_visit_can_do_nothing_with_its_buttons(bot: Bot) -> None:
    mentor, _, father = await parents(bot)
    visit = await after_visit(bot, "王芳")
    await quick_record(bot, mentor, visit, "每周三一起整理错题")
    admin = await bot.joined_admin()
    acts = [("vacon", 1), ("vaamd", 1), ("vatake", 1), ("vagree",), ("vsheet",), ("vfb", 5), ("vfbc",)]
    for person in (admin, father):
        for action, *args in acts:
            await press(bot, person, str(action), visit, *args)
            await person.sees_toast("失效")
        assert "错题" not in await everything(person)
    assert bot.school.run("SELECT COUNT(*) FROM visit_feedback") == [(0,)]
    assert state(bot, visit) == "held"


async def test_the_new_mentor_answers_for_what_the_last_one_agreed(bot: Bot) -> None:
    mentor, mother, _ = await parents(bot)
    visit = await after_visit(bot, "王芳")
    await quick_record(bot, mentor, visit, "每周三一起整理错题")
    ids = bot.school.ids
    bot.school.run(
        "UPDATE mentorship SET mentor_id = :new WHERE pupil_id = :pupil", new=ids["周静"], pupil=ids["张小雨"]
    )
    await press(bot, mother, "vaside", visit, 1, "school")
    await mother.says("每周五一起整理错题")
    await mother.sees("Your wording is with the teacher")
    other = await bot.person(OTHER_MENTOR, "周静")
    await other.presses("就这样写", await other.sees("想这样写约定"))
    await other.sees("双方已定下")
    await press(bot, mentor, "vagree", visit)
    await mentor.sees_toast("失效")


# --- what they thought of it ---


async def test_feedback_is_asked_once_may_be_changed_and_takes_a_sentence(bot: Bot) -> None:
    mentor, mother, _ = await parents(bot)
    visit = await after_visit(bot, "王芳")
    await quick_record(bot, mentor, visit, "每周三一起整理错题")
    await mother.presses("Yes, agreed", await mother.sees("What we agreed"))
    settled = await mother.sees("Was this visit helpful")
    await mother.presses("Very helpful", settled)
    await mother.sees("Thank you for your answer")
    await press(bot, mother, "vfb", visit, 4)
    await mother.presses("Say a little more", settled)
    asked = await mother.sees("Anything you would like to say")
    assert [one["text"] for row in asked["buttons"] for one in row] == ["‹ Back"]
    await mother.says("老师很耐心")
    kept = await mother.sees("Thank you, it is kept")
    assert (kept["message_id"], kept["buttons"]) == (settled["message_id"], [])
    again = await mother.sees("Thank you for your answer")
    assert again["message_id"] > kept["message_id"]
    assert "每周三一起整理错题" in again["text"]
    assert bot.school.run("SELECT stars FROM visit_feedback") == [(4,)]
    await at_time(bot, bot.clock.now_ms() + 31 * DAY)
    await press(bot, mother, "vfb", visit, 1)
    await mother.sees_toast("more than a month")
    assert bot.school.run("SELECT stars FROM visit_feedback") == [(4,)]


def test_sums_show_nothing_below_five_families_and_no_names_from_there(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    pairs = [
        family(town, f"赵小{n}", mentor, other, town.at(1 + number // 3, 15 * 60 + 70 * (number % 3)))
        for number, n in enumerate("甲乙丙丁戊")
    ]
    late = from_ms(town.at(4, 12 * 60))
    said = ["赵小甲说老师很耐心", "家里申请助学金的事想单独谈", "", "聊得很好", ""]
    for number, ((visit, guardian), words) in enumerate(zip(pairs, said, strict=True)):
        with town.unit(late) as unit:
            assert records.begin(unit, visit, mentor) is not None
            assert feedback.sums(unit, town.school.ids["class"], 0) == Sums()
            assert feedback.give(unit, visit, guardian, 1)
            assert feedback.give(unit, visit, guardian, 5 - number % 2)
            assert not words or feedback.comment(unit, visit, guardian, words)
    with town.unit(late) as unit:
        found = feedback.sums(unit, town.school.ids["class"], 0)
        assert found.count == 5
        assert found.mean == pytest.approx(4.6)
        assert set(found.comments) == {"…说老师很耐心", "聊得很好"}
        assert feedback.sums(unit, town.school.ids["class"], unit.now_ms + 1) == Sums()
        with pytest.raises(ValueError, match="6"):
            feedback.give(unit, pairs[0][0], pairs[0][1], 6)


def test_a_sum_grows_by_five_families_only(town: Town) -> None:
    pairs = [
        family(town, f"生{number}", town.teacher(f"李{number}"), town.teacher(f"周{number}"), town.at(1, 17 * 60))
        for number in range(11)
    ]
    seen = []
    for number, (visit, guardian) in enumerate(pairs):
        with town.unit(from_ms(town.at(6, 12 * 60))) as unit:
            assert records.begin(unit, visit, visits.must(unit, visit).mentor_id) is not None
            assert feedback.give(unit, visit, guardian, 1 if number == 5 else 5)
            found = feedback.sums(unit, town.school.ids["class"], 0)
            seen.append((found.count, found.mean))
    assert seen == [*[(0, None)] * 4, *[(5, 5.0)] * 5, *[(10, pytest.approx(4.6))] * 2]


def test_of_two_answers_to_one_wording_one_counts(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    visit, guardian = family(town, "甲", mentor, other, town.at(1, 17 * 60))
    with town.unit(from_ms(town.at(1, 18 * 60))) as unit:
        records.begin(unit, visit, mentor)
        records.put(unit, visit, mentor, "strong", Answer(("reads",)))
        assert agreements.propose(unit, visit, "", "", mentor) is None
        first = agreements.propose(unit, visit, "甲", "", mentor)
        assert first is not None
        assert agreements.propose(unit, visit, "甲", "", mentor) is None
        assert agreements.amend(unit, visit, 1, "family", "乙", guardian) is not None
        assert agreements.amend(unit, visit, 1, "family", "丙", guardian) is None
        assert not agreements.confirm(unit, visit, 1, guardian)
        assert not agreements.confirm(unit, visit, 2, guardian)
        assert agreements.take(unit, visit, 2, mentor)
        assert not agreements.take(unit, visit, 2, mentor)
        assert agreements.propose(unit, visit, "丁", "", mentor) is None
        assert not records.put(unit, visit, mentor, "worry", Answer((), "戊"))
        assert visits.must(unit, visit).state == "agreed"
