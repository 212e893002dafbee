"""Those who are not there any more: families keep no place, hosts and speakers are noticed, a consultation ends with the
right to the pupil; and what a guardian who speaks does not see."""

from __future__ import annotations

import pytest

from handlers import say
from models import absence
from models.base import to_ms
from models.events import audience, care, events, questions, replies
from models.events.rules import DAY
from models.events.states import EventState, Reply
from simulator.client import Person
from tests.events.class_of_parents import at_seven, done, planned, tick, unit_of
from tests.events.test_create import opens, steals, texts
from tests.school import OTHER_MENTOR, OTHER_MOTHER, Bot


@pytest.mark.both
async def test_a_family_that_leaves_frees_its_place_and_who_waits_hears_it(bot: Bot) -> None:
    father, other = await bot.father(), await bot.joined_guardian(OTHER_MOTHER, "刘敏", "S3")
    event = planned(bot, at_seven(bot, 2), capacity=2)
    await tick(bot, minutes=1)
    await other.presses("来", await other.sees("您来吗"))
    await other.presses("2 人", await other.sees("您选了：来"))
    await other.sees("您选了：来，2 人")
    await father.presses("来", await father.sees("您来吗"))
    await father.sees("您在候补")
    await tick(bot, minutes=1)
    await father.sees_nothing_with("有位子了", 0.1)
    bot.school.run(
        "UPDATE pupil SET ended_at = :now WHERE id = :who", now=to_ms(bot.clock.now()), who=bot.school.ids["陈晨"]
    )
    await tick(bot, minutes=1)
    await father.sees("有位子了")
    unit = unit_of(bot)
    assert replies.sums(unit, event) == {Reply.COME: (1, 1)}
    unit.connection.close()


@pytest.mark.both
async def test_no_place_goes_to_somebody_whom_the_bot_cannot_tell(bot: Bot) -> None:
    await bot.father()
    await bot.mother()
    await bot.joined_guardian(OTHER_MOTHER, "刘敏", "S3")
    father, mother, other = (bot.school.ids[name] for name in ("张强", "王芳", "刘敏"))
    event = planned(bot, at_seven(bot, 2), capacity=1, state=EventState.ANNOUNCED)
    unit = unit_of(bot)
    assert replies.give(unit, event, father, Reply.COME).reply is Reply.COME
    assert replies.give(unit, event, mother, Reply.COME).reply is Reply.WAITING
    assert replies.give(unit, event, other, Reply.COME).reply is Reply.WAITING
    done(unit)
    bot.school.run(
        "UPDATE account SET reachable = :no WHERE id = (SELECT account_id FROM person WHERE id = :who)",
        no=False,
        who=mother,
    )
    unit = unit_of(bot)
    assert replies.give(unit, event, father, Reply.CANNOT).moved_up == ((event, other),)
    assert replies.of(unit, event, mother) == (Reply.WAITING, 1)
    done(unit)


@pytest.mark.both
async def test_a_guardian_who_speaks_reads_no_confidences_and_does_not_call_it_off(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await bot.mother()
    event = planned(bot, at_seven(bot, 2), state=EventState.ANNOUNCED)
    unit = unit_of(bot)
    events.change(unit, event, None, speaker_id=bot.school.ids["张强"])
    one, who = events.must(unit, event), bot.school.ids["王芳"]
    open_ = questions.ask(unit, one, who, "张小阳总是拖拉，怎么办？", private=False)
    alone = questions.ask(unit, one, who, "这一条只给老师看", private=True)
    assert open_ is not None
    assert alone is not None
    shown, hidden = open_.id, alone.id
    done(unit)
    await father.presses("家长学堂", await opens(father))
    await father.presses("大家的问题（1）", await father.sees("🎤 张强"))
    read = await father.sees("看不到是谁问的")
    assert "拖拉" in read["text"]
    assert "小阳" not in read["text"]
    assert "只给老师看" not in read["text"]
    await steals(bot, father, "elqa", hidden)
    await steals(bot, father, "elqz", hidden)
    await father.presses("回答", read)
    assert "小阳" not in (await father.sees("…总是拖拉"))["text"]
    await father.presses("家长学堂", await opens(father))
    await father.presses("改时间、地点或取消", await father.sees("🎤 张强"))
    ways = texts(await father.sees("想改什么"))
    assert any("地点" in way for way in ways)
    assert not any("时间" in way or "取消" in way for way in ways)
    unit = unit_of(bot)
    mine = questions.open_for(unit, events.must(unit, event), bot.school.ids["李明"])
    assert {one.id for one in mine} == {shown, hidden}
    unit.connection.close()
    for action in ("eloff", "eloff2"):
        await presses_anyway(bot, father, action, event)
        await father.sees_toast("请告诉他们")
    assert bot.school.run("SELECT state FROM event") == [("announced",)]
    await mentor.presses("家长学堂", await opens(mentor))
    await mentor.presses("改时间、地点或取消", await mentor.sees("🎤 张强"))
    assert any("取消" in way for way in texts(await mentor.sees("想改什么")))


async def presses_anyway(bot: Bot, person: Person, action: str, *args: int | str) -> None:
    """A button that this person was not shown."""
    unit = unit_of(bot)
    data = say.sign(unit.vault, bot.id, person.id, action, *args)
    unit.connection.close()
    await person.act("press", data=data, message_id=(await person.last())["message_id"])


def consultation(bot: Bot, days: int, **more: object) -> int:
    """About 张小雨, called by 李明, with her mother and 周静."""
    ids = bot.school.ids
    values = {"kind": "consultation", "classes": (), "topic": "", "pupil_id": ids["张小雨"]}
    return planned(bot, at_seven(bot, days), **{**values, "guests": (ids["王芳"], ids["周静"]), **more})


def lost(bot: Bot) -> None:
    """李明 has the pupil no longer: 周静 is the mentor, and chief mentor."""
    ids = bot.school.ids
    bot.school.run("UPDATE mentorship SET mentor_id = :to WHERE pupil_id = :who", to=ids["周静"], who=ids["张小雨"])
    bot.school.run("UPDATE class_team SET chief_mentor_id = :to", to=ids["周静"])


@pytest.mark.both
async def test_a_consultation_whose_host_has_lost_the_pupil_is_never_announced(bot: Bot) -> None:
    mentor, colleague = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    mother = await bot.mother()
    event = consultation(bot, 9)
    await tick(bot, minutes=1)
    assert "会商" in (await opens(mentor))["text"]
    lost(bot)
    assert "会商" not in (await opens(mentor))["text"]
    for action in ("evlead", "elchange", "elplace", "eltime", "eloff", "eloff2", "evsess"):
        await steals(bot, mentor, action, event)
    await tick(bot, days=3)
    assert bot.school.run("SELECT state FROM event") == [("cancelled",)]
    for person in (mentor, colleague, mother):
        await person.sees_nothing_with("会商】", 0.1)
        await person.sees_nothing_with("取消了", 0.1)


@pytest.mark.both
async def test_who_was_asked_to_a_consultation_hears_that_it_is_off(bot: Bot) -> None:
    await bot.joined_mentor()
    mother = await bot.mother()
    consultation(bot, 4)
    await tick(bot, minutes=1)
    await mother.presses("来", await mother.sees("您来吗"))
    await mother.sees("您选了：来")
    lost(bot)
    await tick(bot, minutes=1)
    await mother.sees("这次不办了")
    assert bot.school.run("SELECT state FROM event") == [("cancelled",)]


@pytest.mark.both
async def test_staff_who_have_left_the_class_are_asked_no_more(bot: Bot) -> None:
    colleague, mother = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2"), await bot.mother()
    ids = bot.school.ids
    event = consultation(bot, 4)
    unit = unit_of(bot)
    one = events.must(unit, event)
    assert {each.person_id for each in audience.people(unit, one)} == {ids["周静"], ids["王芳"]}
    unit.connection.close()
    bot.school.run("UPDATE mentorship SET mentor_id = :to WHERE mentor_id = :who", to=ids["李明"], who=ids["周静"])
    await tick(bot, minutes=1)
    await mother.sees("您来吗")
    await colleague.sees_nothing_with("会商", 0.1)
    assert "会商" not in (await opens(colleague))["text"]
    await steals(bot, colleague, "evshow", event)
    bot.school.run(
        "INSERT INTO role (id, person_id, kind, since) VALUES (1, :who, 'counsellor', :now)",
        who=ids["周静"],
        now=to_ms(bot.clock.now()),
    )
    assert "会商" in (await opens(colleague))["text"]


@pytest.mark.both
async def test_a_host_who_is_away_or_gone_is_noticed_without_a_rota_too(bot: Bot) -> None:
    mentor, admin = await bot.joined_mentor(), await bot.joined_admin()
    ids, day = bot.school.ids, at_seven(bot, 9)
    group = planned(bot, day, kind="growth_group", classes=(), topic="")
    private = consultation(bot, 9)
    unit = unit_of(bot)
    starts = to_ms(day)
    absence.put(unit, ids["李明"], ids["周静"], starts - DAY, starts + DAY, ids["李明"])
    done(unit)
    for _ in range(2):
        await tick(bot, minutes=1)
    await mentor.sees("那天您请假：会商")
    told = await mentor.sees("那天您请假：快乐成长小组")
    assert len([one for one in await mentor.reads() if "那天您请假" in one]) == 2
    await mentor.presses("看看这次活动", told)
    await mentor.sees("🎤 李明")
    await admin.sees_nothing_with("请假", 0.1)
    bot.school.run("UPDATE person SET staff_number = NULL WHERE id = :who", who=ids["李明"])
    for _ in range(2):
        await tick(bot, minutes=1)
    told = await admin.sees("李明不在学校了：快乐成长小组")
    assert len([one for one in await admin.reads() if "不在学校了" in one]) == 1
    await admin.presses("看看这次活动", told)
    await admin.sees("🎤 李明")
    await admin.sees_nothing_with("会商", 0.1)
    assert {group, private} == {int(str(row[0])) for row in bot.school.run("SELECT id FROM event")}
    unit = unit_of(bot)
    assert care.elsewhere(unit) == []
    unit.connection.close()


@pytest.mark.both
async def test_a_rota_place_whose_host_is_no_teacher_any_more_is_due_once(bot: Bot) -> None:
    ids, day = bot.school.ids, at_seven(bot, 20)
    event = planned(bot, day, rota=(ids["class"], day.date().replace(day=1)))
    unit = unit_of(bot)
    absence.put(unit, ids["李明"], ids["周静"], to_ms(day) - DAY, to_ms(day) + DAY, ids["李明"])
    done(unit)
    bot.school.run("UPDATE person SET staff_number = NULL WHERE id = :who", who=ids["李明"])
    unit = unit_of(bot)
    assert [(one.event_id, one.reason) for one in care.due(unit)] == [(event, care.LEFT)]
    assert care.due(unit) == []
    unit.connection.close()


@pytest.mark.both
async def test_a_speaker_whose_child_left_the_class_is_noticed_once(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    ids, day = bot.school.ids, at_seven(bot, 20)
    event = planned(bot, day, rota=(ids["class"], day.date().replace(day=1)))
    unit = unit_of(bot)
    events.change(unit, event, None, speaker_id=ids["张强"])
    done(unit)
    await tick(bot, minutes=1)
    await mentor.sees_nothing_with("来不了了", 0.1)
    assert "我主讲" in (await opens(father))["text"]
    bot.school.run("UPDATE guardianship SET until = since WHERE person_id = :who", who=ids["张强"])
    for _ in range(2):
        await tick(bot, minutes=1)
    await mentor.sees("张强来不了了")
    assert len([one for one in await mentor.reads() if "来不了了" in one]) == 1
    await steals(bot, father, "evlead", event)
    unit = unit_of(bot)
    assert events.speaker_name(unit, events.must(unit, event)) == "李明"
    unit.connection.close()
