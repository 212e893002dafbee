"""What a guardian says about a teacher is seen by others of the school, never by the child's own mentor."""

from __future__ import annotations

import pytest

from models.safeguarding import signals
from simulator.client import Person
from tests.safeguarding.test_cases import COUNSELLOR, LEADER, joined, staff
from tests.school import MENTOR, Bot

BEATEN = "李老师昨天在办公室打了小雨，脸上都肿了"


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (BEATEN, True),
        ("孩子说被导师扇耳光", True),
        ("这件事和李老师有关", True),
        ("The teacher hit my son in the face", True),
        ("My daughter was slapped by her PE teacher", True),
        ("李老师，孩子被同学打了", False),
        ("李老师孩子昨晚说活着没意思", False),
        ("老师给我打电话了", False),
        ("老师摸摸她的头表扬了她", False),
        ("被老师推荐参加比赛", False),
        ("Teacher, my son hit his knee", False),
    ],
)
def test_who_does_it_is_read_from_the_words(text: str, about: bool) -> None:
    assert signals.about_staff(text) is about


async def _people(bot: Bot) -> tuple[Person, Person, Person, Person]:
    staff(bot)
    mentor, father = await bot.joined_mentor(), await bot.father()
    counsellor = await joined(bot, COUNSELLOR, "苏老师", "T21")
    return mentor, father, counsellor, await joined(bot, LEADER, "钱主任", "T22")


async def test_words_about_a_teacher_reach_others_at_once_and_the_mentor_never(bot: Bot) -> None:
    mentor, father, counsellor, leader = await _people(bot)
    await father.says(BEATEN)
    await father.sees("导师和首席导师不会收到")
    page = await counsellor.sees("请马上看")
    labels = [one["text"] for row in page["buttons"] for one in row]
    assert not [one for one in labels if "不紧急" in one]
    await counsellor.presses("查看内容", page)
    assert BEATEN in (await counsellor.sees("查看已记录"))["text"]
    for minutes in (11, 11, 11, 11):
        bot.later(minutes=minutes)
        assert bot.app is not None
        await bot.app.tick_now()
    await leader.sees("请马上看")
    await bot.settled()
    for text in await mentor.reads():
        assert "请马上看" not in text
        assert "肿了" not in text
    await mentor.says("/cases")
    await mentor.sees("没有")


async def test_what_is_added_later_takes_the_mentor_out_and_the_case_from_the_mentor(bot: Bot) -> None:
    mentor, father, counsellor, _ = await _people(bot)
    await father.says("/urgent")
    await father.presses("孩子可能有危险", await father.sees("是哪一种"))
    page = await mentor.sees("请马上看")
    await mentor.presses("我来处理", page)
    page = await mentor.sees("您在处理")
    await father.says(BEATEN)
    await father.sees("导师和首席导师不会收到")
    await counsellor.sees("请马上看")
    await mentor.looks_away()
    await mentor.presses("查看内容", page)
    await mentor.sees_toast("失效")
    await bot.settled()
    assert bot.school.run("SELECT state FROM safety_case") == [("open",)]
    assert not [one for one in await mentor.reads() if "肿了" in one]


async def test_the_button_says_beforehand_that_a_teacher_has_to_do_with_it(bot: Bot) -> None:
    mentor, father, counsellor, _ = await _people(bot)
    await father.says("/urgent")
    await father.presses("孩子可能有危险，和学校的老师有关", await father.sees("是哪一种"))
    await father.sees("导师和首席导师不会收到")
    await counsellor.sees("请马上看")
    await mentor.says("/urgent")
    which = await mentor.sees("是哪一种")
    assert "有关" not in str(which["buttons"])
    assert not [one for one in await mentor.reads() if "请马上看" in one]
    assert mentor.id == MENTOR
