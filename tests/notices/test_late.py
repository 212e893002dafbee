"""Who joins late or can be reached again gets what still holds: the newest few as messages, the rest in a list, none twice."""

from __future__ import annotations

from datetime import timedelta

from models.base import to_ms
from models.notices.audience import Audience
from models.notices.content import Content, Piece
from models.notices.states import Level
from models.safeguarding import cases
from tests.duties.test_week import tick
from tests.notices.readers import READ, seen, sends_valid, state_of
from tests.notices.test_list import BOT, feeds, joins, morning, states
from tests.notices.written import planned
from tests.school import Bot, School


def titled(name: str) -> Content:
    """A notice of that title."""
    return Content(title={"zh_CN": name}, pieces={"zh_CN": (Piece(f"内容{name}。"),)})


async def gone_out(bot: Bot) -> None:
    """All that was planned has gone out."""
    assert bot.app is not None
    await bot.app.tick_now()
    await bot.settled()


async def times(person: object, text: str) -> int:
    """How many messages show the text."""
    return sum(text in one for one in await person.reads())  # type: ignore[attr-defined]


async def test_who_joins_later_gets_it_once(bot: Bot) -> None:
    notice = sends_valid(bot, READ)
    await gone_out(bot)
    assert state_of(bot, notice, "王芳") == "unjoined"
    mother = await bot.mother()
    message = await mother.sees("四点放学")
    await gone_out(bot)
    assert await times(mother, "四点放学") == 1, "for the second child, too"
    await mother.presses("我已阅读", message)
    assert state_of(bot, notice, "王芳") == "sent"


async def test_the_newest_come_as_messages_and_the_rest_in_one_list(bot: Bot) -> None:
    for number in range(6):
        sends_valid(bot, titled(f"第{number}号"))
    await gone_out(bot)
    father = await bot.father()
    named = await father.sees("现在仍有效的通知")
    assert "第0号" in named["text"]
    assert "第2号" in named["text"]
    assert "第3号" not in named["text"]
    await father.sees("内容第4号")
    await gone_out(bot)
    assert await times(father, "内容第") == 2, "no more than a week's few"
    await father.presses("第1号", named)
    await father.sees("内容第1号")
    await gone_out(bot)
    states = bot.school.run(
        "SELECT state, COUNT(*) FROM notice_recipient WHERE person_id = :id GROUP BY state ORDER BY state",
        id=bot.school.ids["张强"],
    )
    assert states == [("digest", 1), ("listed", 2), ("sent", 3)]


async def test_what_is_past_or_was_urgent_yesterday_does_not_come(bot: Bot) -> None:
    sends_valid(bot, titled("过期"), days=0.5)
    sends_valid(bot, titled("急"), emergency=True)
    sends_valid(bot, titled("有效"))
    await gone_out(bot)
    bot.later(days=1, minutes=5)
    father = await bot.father()
    await father.sees("内容有效")
    await gone_out(bot)
    await father.sees_nothing_with("内容过期", 0)
    await father.sees_nothing_with("内容急", 0)


async def test_who_had_stopped_the_bot_gets_it_when_back(bot: Bot) -> None:
    father = await bot.father()
    await father.blocks()
    await bot.settled()
    notice = sends_valid(bot, READ)
    await gone_out(bot)
    assert state_of(bot, notice, "张强") == "blocked"
    await father.unblocks()
    await seen(bot, father, "四点放学")
    await father.blocks()
    await bot.settled()
    await father.unblocks()
    await bot.settled()
    await gone_out(bot)
    assert await times(father, "四点放学") == 1
    assert state_of(bot, notice, "张强") == "sent"


async def test_a_child_that_changed_class_gets_the_new_class_s(bot: Bot) -> None:
    ids = bot.school.ids
    bot.school.run(
        "INSERT INTO school_class (id, school_id, stage_id, grade, name) SELECT 5, school_id, stage_id, grade, '3班'"
        " FROM school_class WHERE id = :id",
        id=ids["class"],
    )
    old = Audience(classes=(ids["class"],))
    sends_valid(bot, titled("旧班"), level=Level.CLASS, author="李明", audience=old)
    sends_valid(bot, titled("新班"), audience=Audience(schools=(ids["school"],), classes=(5,)))
    await gone_out(bot)
    bot.school.run("UPDATE pupil SET school_class_id = 5 WHERE id = :id", id=ids["张小雨"])
    father = await bot.father()
    await father.sees("内容新班")
    await gone_out(bot)
    await father.sees_nothing_with("内容旧班", 0)


async def test_a_second_child_brings_the_notices_of_its_own_class(bot: Bot) -> None:
    ids = bot.school.ids
    bot.school.run(
        "INSERT INTO school_class (id, school_id, stage_id, grade, name) SELECT 5, school_id, stage_id, grade, '3班'"
        " FROM school_class WHERE id = :id",
        id=ids["class"],
    )
    bot.school.run("UPDATE pupil SET school_class_id = 5 WHERE id = :id", id=ids["张小阳"])
    sends_valid(bot, titled("大班"))
    sends_valid(bot, titled("三班"), audience=Audience(schools=(ids["school"],), classes=(5,)))
    await gone_out(bot)
    mother = await bot.joined_guardian(1001, "王芳", "S1")
    await mother.sees("内容大班")
    await gone_out(bot)
    await mother.sees_nothing_with("内容三班", 0)
    await mother.starts(bot.school.link("王芳", "S2"))
    await mother.presses("是，是我")
    await mother.sees("内容三班")
    await gone_out(bot)
    assert await times(mother, "内容大班") == 1
    assert await times(mother, "内容三班") == 1


async def test_who_has_left_or_may_not_be_contacted_gets_nothing(bot: Bot) -> None:
    mother, father = await bot.mother(), await bot.father()
    later = to_ms(bot.clock.now() + timedelta(minutes=30))
    notice = sends_valid(bot, READ, starts_at=later)
    await mother.says("/leave")
    await mother.presses("退出")
    await mother.sees("已退出")
    bot.school.run(
        "INSERT INTO no_contact (id, person_id, case_id, set_by, since) VALUES (1, :id, NULL, :by, 0)",
        id=bot.school.ids["张强"],
        by=bot.school.ids["李明"],
    )
    await tick(bot, minutes=31)
    await bot.settled()
    assert state_of(bot, notice, "王芳") == "unjoined"
    assert state_of(bot, notice, "张强") == "withheld"
    await father.sees_nothing_with("四点放学", 0)
    assert bot.school.run("SELECT state FROM notice WHERE id = :id", id=notice) == [("done",)]


def test_what_is_on_its_way_is_taken_back_where_nobody_may_be_contacted(school: School) -> None:
    for number, name in enumerate(("王芳", "张强")):
        joins(school, name, 100 + number)
    unit = morning(school)
    notice = planned(unit, school, BOT, content=READ).id
    feeds(unit)
    assert states(unit, notice)[school.ids["张强"]] == "queued"
    assert cases.stop_contact(unit, school.ids["张强"], None, school.ids["李明"])
    found = states(unit, notice)
    assert (found[school.ids["王芳"]], found[school.ids["张强"]]) == ("queued", "withheld")
    unit.connection.close()
