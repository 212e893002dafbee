"""A guardian to whom nothing may go pulls nothing of events either, and sees no sign of a stop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.events import audience, events, offers, questions, replies, signin
from models.events.states import EventState, Reply
from models.safeguarding import cases
from tests.events.class_of_parents import at_seven, done, now_of, planned, tick, unit_of
from tests.events.test_create import opens, steals, texts
from tests.school import MOTHER, Bot

NOTHING = "接下来还没有要参加的活动"
SHOWN = ("evshow", "evq", "evnotes", "evhere", "evlead", "evcode", "elchange", "elqs1", "elnotes", "ofcannot")


def stop(bot: Bot, name: str) -> None:
    """Nothing may go to that guardian from now on."""
    unit = unit_of(bot)
    assert cases.stop_contact(unit, bot.school.ids[name], None, bot.school.ids["李明"])
    done(unit)


@pytest.mark.both
async def test_who_is_stopped_sees_nothing_planned_and_old_buttons_are_gone(bot: Bot) -> None:
    father, mother = await bot.father(), await bot.mother()
    starts = at_seven(bot, 2)
    event = planned(bot, starts, capacity=1)
    held = planned(bot, starts - timedelta(days=3), state=EventState.HELD)
    await tick(bot, minutes=1)
    await father.presses("来", await father.sees("您来吗"))
    asked = await mother.sees("您来吗")
    await father.sees("您选了：来")
    unit = unit_of(bot)
    question = questions.ask(unit, events.must(unit, event), bot.school.ids["张强"], "几点结束？", private=False)
    assert question is not None
    asked_id = question.id
    done(unit)
    stop(bot, "张强")
    seen = await opens(father)
    assert NOTHING in seen["text"]
    assert not any("以前" in one or "讲" in one for one in texts(seen))
    for action in SHOWN:
        await steals(bot, father, action, event)
        await steals(bot, father, action, held)
    await steals(bot, father, "evr", event, "come", 1)
    await steals(bot, father, "evfb", held, "h", 5)
    await steals(bot, father, "evqp", asked_id)
    await steals(bot, father, "offer")
    # The place is free for another family, which sees no name and no difference.
    await mother.presses("来", asked)
    await mother.sees("您选了：来，1 人")
    unit = unit_of(bot)
    one = events.must(unit, event)
    assert [each.person_id for each in audience.people(unit, one)] == [bot.school.ids["王芳"]]
    assert audience.count(unit, one)[1] == 1
    assert replies.sums(unit, event)[Reply.COME] == (1, 1)
    unit.connection.close()


@pytest.mark.both
async def test_a_speaker_who_is_stopped_is_named_nowhere_and_somebody_else_is_chosen(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    school = bot.school.ids
    day = at_seven(bot, 5)
    event = planned(bot, day, rota=(school["class"], day.date().replace(day=1)))
    unit = unit_of(bot)
    events.change(unit, event, None, speaker_id=school["张强"])
    offer = offers.make(unit, school["class"], school["张强"], "讲讲家里怎么防火")
    assert offer is not None
    assert offers.decide(unit, offer, school["李明"], yes=True)
    done(unit)
    await tick(bot, minutes=1)
    await father.sees("🎤 张强")
    await mother.sees("🎤 张强")
    stop(bot, "张强")
    await tick(bot, minutes=1)
    told = await mentor.sees("张强来不了了")
    assert "联系" not in told["text"]
    await tick(bot, minutes=1)
    assert len([one for one in await mentor.reads() if "张强来不了了" in one]) == 1
    await mother.presses("家长学堂", await opens(mother))
    assert "🎤 李明" in (await mother.sees("🎤"))["text"]
    assert NOTHING in (await opens(father))["text"]
    for action in SHOWN:
        await steals(bot, father, action, event)
    await steals(bot, father, "ofback", offer)
    unit = unit_of(bot)
    assert offers.of_class(unit, school["class"]) == []
    assert offers.of_person(unit, school["张强"]) == []
    assert offers.one(unit, offer) is None
    assert offers.classes(unit, [school["张强"]]) == []
    assert offers.make(unit, school["class"], school["张强"], "再来一次") is None
    unit.connection.close()
    await father.sees_nothing_with("来不了了", 0.1)


@pytest.mark.both
async def test_who_waits_or_joins_late_and_is_stopped_hears_nothing(bot: Bot) -> None:
    father = await bot.father()
    event = planned(bot, at_seven(bot, 2), capacity=1)
    await tick(bot, minutes=1)
    await father.sees("您来吗")
    unit = unit_of(bot)
    replies.give(unit, event, bot.school.ids["张强"], Reply.COME)
    done(unit)
    stop(bot, "王芳")
    mother = await bot.joined_guardian(MOTHER, "王芳", "S1")
    await mother.sees_nothing_with("您来吗", 0.1)
    bot.school.run(
        "INSERT INTO event_reply (event_id, person_id, reply, people, since, at) VALUES (:event, :who, 'waiting', 1, 1, 1)",
        event=event,
        who=bot.school.ids["王芳"],
    )
    unit = unit_of(bot)
    assert replies.give(unit, event, bot.school.ids["张强"], Reply.CANNOT).moved_up == ()
    assert replies.freed(unit) == []
    done(unit)
    assert NOTHING in (await opens(mother))["text"]


async def test_the_code_in_the_room_counts_a_guest_and_its_buttons_end(bot: Bot) -> None:
    father = await bot.father()
    event = planned(bot, now_of(bot) + timedelta(minutes=5), state=EventState.ANNOUNCED)
    unit = unit_of(bot)
    from_room = signin.payload(unit, events.must(unit, event))
    unit.connection.close()
    stop(bot, "张强")
    await father.starts(from_room)
    await father.sees("签到了")
    assert bot.school.run("SELECT people, guest FROM event_here") in ([(1, True)], [(1, 1)])
    await steals(bot, father, "evmany", event, 3)
    await steals(bot, father, "evhere", event)
