"""Places and the waiting list, two dates of one event, one event for two classes: through the front door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from models import people
from models.base import to_ms
from models.events import audience, events, replies
from models.events.states import EventState
from simulator.client import Person
from tests.events.class_of_parents import now_of, planned, tick, unit_of, until
from tests.events.test_create import begins, day_in, growth_group, opens, said, texts, typed_when
from tests.school import OTHER_MOTHER, Bot


async def in_one_family(bot: Bot) -> Person:
    """刘敏, whose child is 李明's too."""
    bot.school.run(
        "UPDATE mentorship SET mentor_id = :mentor WHERE pupil_id = :pupil",
        mentor=bot.school.ids["李明"],
        pupil=bot.school.ids["陈晨"],
    )
    return await bot.joined_guardian(OTHER_MOTHER, "刘敏", "S3")


async def test_two_places_a_waiting_list_and_moving_up(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    other = await in_one_family(bot)
    preview = await growth_group(bot, mentor, day_in(bot, 1), limit="10")
    assert "最多 10 人" in preview["text"]
    await mentor.presses("改人数", preview)
    await mentor.sees("最多来多少人")
    await mentor.says("2")
    await mentor.presses("就这样发", await mentor.sees("最多 2 人"))
    await mentor.sees("安排好了")
    await tick(bot, minutes=1)
    for person in (father, mother):
        asked = await person.sees("您来吗")
        await person.presses("来", asked)
        await person.sees("您选了：来，1 人")
    await other.presses("来", await other.sees("您来吗"))
    await other.sees_toast("您排在第 1 位")
    await other.sees("您在候补")
    await other.sees_nothing_with("有位子了", 0.1)
    await mother.presses("来不了", asked)
    await mother.sees("您选了：来不了。")
    await other.sees("有位子了")
    await other.sees("加到手机日历")
    assert bot.school.run("SELECT COUNT(*) FROM event_reply WHERE reply = 'come'") == [(2,)]


async def test_a_second_date_shows_in_the_invitation_and_families_change_over(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    first = day_in(bot, 1)
    await mentor.presses("就这样发", await growth_group(bot, mentor, first, limit="10"))
    done = await mentor.sees("安排好了")
    bot.school.run("UPDATE event SET capacity = 1")
    await tick(bot, minutes=1)
    asked = {person.name: await person.sees("您来吗") for person in (mother, father)}
    await mother.presses("来", asked["王芳"])
    await mother.sees("您选了：来，1 人")
    await father.presses("来", asked["张强"])
    await father.sees("您在候补")
    # Another date for the same.
    await mentor.presses("再加一个时间", done)
    second = first + timedelta(days=7)
    await typed_when(mentor, second)
    seen = await mentor.sees("请看一看，再发")
    assert "已经发出的邀请里会多出这个时间" in seen["text"]
    assert "🕖 或" in seen["text"]
    await mentor.presses("就这样发", seen)
    await mentor.sees("安排好了")
    await tick(bot, minutes=1)
    both = await mother.sees("🕖 或")
    assert both["message_id"] == asked["王芳"]["message_id"]
    assert "您选了：来，1 人" in both["text"]
    assert "您在候补" in (await father.sees("🕖 或"))["text"]
    # The mother changes to the second one: her place goes to the father at once, with the file for his calendar.
    later = next(one for one in texts(both) if one.startswith("来：") and f"{second.month}月{second.day}日" in one)
    await mother.presses(later, both)
    chosen = await mother.sees("您选了：来，1 人")
    assert f"🕖 {second.month}月{second.day}日" in chosen["text"]
    await father.sees("有位子了")
    await father.sees("加到手机日历")
    assert bot.school.run("SELECT COUNT(*), COUNT(DISTINCT event_id) FROM event_reply WHERE reply = 'come'") == [(2, 2)]
    # Once in /classes, with the date that she chose.
    home = await opens(mother)
    assert home["text"].count("一起做风筝") == 1
    assert "✅ 来" in home["text"]
    # The first is over: the second stands for itself, and only she is reminded of it.
    await until(bot, first + timedelta(hours=2))
    assert f"{second.month}月{second.day}日" in (await opens(mother))["text"]
    await until(bot, second - timedelta(days=1))
    await mother.sees("别忘了")
    assert sum("别忘了" in one and f"{second.month}月{second.day}日" in one for one in await father.reads()) == 0


async def test_a_second_date_before_the_first_is_announced_goes_out_with_it_in_time(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    first = day_in(bot, 16)
    await mentor.presses("就这样发", await growth_group(bot, mentor, first))
    done = await mentor.sees("安排好了")
    await mentor.presses("再加一个时间", done)
    sooner = day_in(bot, 6)
    await typed_when(mentor, sooner)
    seen = await mentor.sees("请看一看，再发")
    assert "和第一个时间一起写在邀请里" in seen["text"]
    await mentor.presses("就这样发", seen)
    await mentor.sees("安排好了")
    await until(bot, sooner - timedelta(days=3))
    asked = await mother.sees("您来吗")
    assert f"🕖 {first.month}月{first.day}日" in asked["text"]
    assert f"🕖 或 {sooner.month}月{sooner.day}日" in asked["text"]
    await until(bot, first - timedelta(days=3))
    assert sum("您来吗" in one for one in await mother.reads()) == 1


async def test_what_is_added_while_an_invitation_waits_for_the_morning_is_one_invitation(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    bot.school.run("UPDATE person SET quiet_from = 0, quiet_to = 1439")
    first = day_in(bot, 1)
    await mentor.presses("就这样发", await growth_group(bot, mentor, first))
    done = await mentor.sees("安排好了")
    await tick(bot, minutes=1)
    await mentor.presses("再加一个时间", done)
    await typed_when(mentor, first + timedelta(days=1))
    await mentor.presses("就这样发", await mentor.sees("请看一看，再发"))
    await mentor.sees("安排好了")
    await tick(bot, minutes=1)
    await mother.sees_nothing_with("您来吗", 0.1)
    await until(bot, (now_of(bot) + timedelta(days=1)).replace(hour=0, minute=0, second=5))
    asked = await mother.sees("您来吗")
    assert "🕖 或" in asked["text"]
    assert sum("您来吗" in one for one in await mother.reads()) == 1


async def test_one_event_for_two_classes_is_one_invitation_with_both_children(bot: Bot) -> None:
    second = 0
    with Session(bot.school.engine) as session:
        stage = bot.school.run("SELECT id FROM stage")[0][0]
        group = people.SchoolClass(
            school_id=bot.school.ids["school"], stage_id=int(str(stage)), grade="五年级", name="3班"
        )
        session.add(group)
        session.flush()
        second = group.id
        session.add(
            people.ClassTeam(school_class_id=second, chief_mentor_id=bot.school.ids["李明"], since=datetime.now(UTC))
        )
        session.commit()
    bot.school.run(
        "UPDATE pupil SET school_class_id = :group WHERE id = :pupil", group=second, pupil=bot.school.ids["张小阳"]
    )
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    at = day_in(bot, 3)
    await begins(mentor, "家长学堂")
    asked = await mentor.sees("请哪些班的家长")
    await mentor.presses("五年级2班", asked)
    await said(mentor, "✓ 五年级2班")
    await mentor.presses("五年级3班", asked)
    await said(mentor, "就这些（2）")
    await mentor.presses("就这些（2）", asked)
    await typed_when(mentor, at)
    await mentor.presses("到现场", await mentor.sees("怎么参加"))
    await mentor.presses("以后再定", await mentor.sees("在哪里"))
    topic = texts(await mentor.sees("讲什么"))[0]
    await mentor.presses(topic)
    await mentor.presses("不限人数", await mentor.sees("最多来多少人"))
    seen = await mentor.sees("请看一看，再发")
    assert topic in seen["text"]
    assert "五年级2班、五年级3班" in seen["text"]
    assert "2 位家长会收到" in seen["text"]
    assert "还有 1 个孩子的家长没有加入" in seen["text"]
    await mentor.presses("就这样发", seen)
    await mentor.sees("安排好了")
    await tick(bot, minutes=1)
    assert "【家长学堂】张小雨、张小阳" in (await mother.sees("您来吗"))["text"]
    assert "【家长学堂】张小雨\n" in (await father.sees("您来吗"))["text"]
    assert sum("您来吗" in one for one in await mother.reads()) == 1


async def test_another_date_of_the_rotas_class_fills_no_place_of_it(bot: Bot) -> None:
    mentor, _ = await bot.joined_mentor(), await bot.mother()
    first = day_in(bot, 9)
    month = first.date().replace(day=1)
    row = planned(bot, first, rota=(bot.school.ids["class"], month), state=EventState.ANNOUNCED, capacity=20)
    await mentor.presses("家长学堂", await opens(mentor))
    await mentor.presses("再加一个时间")
    await typed_when(mentor, first + timedelta(days=1))
    await mentor.presses("就这样发", await mentor.sees("请看一看，再发"))
    await mentor.sees("安排好了")
    unit = unit_of(bot)
    dates = events.sessions(unit, events.must(unit, row))
    assert [(one.class_id is None, one.capacity, one.state) for one in dates] == [
        (False, 20, "announced"),
        (True, 20, "announced"),
    ]
    assert dates[1].starts_at == to_ms(first + timedelta(days=1))
    assert audience.count(unit, dates[1]) == audience.count(unit, dates[0])
    assert replies.sums(unit, dates[1].id) == {}
    unit.connection.close()
