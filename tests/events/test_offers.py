"""A guardian offers to give a parent class, the chief mentor answers; and who joins late is invited all the same."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import SchoolSettings
from handlers.events import offers as told
from models.base import new_id
from models.events import changing, events, offers
from models.events.states import EventState
from tests.events.class_of_parents import at_seven, done, now_of, planned, tick, unit_of, until
from tests.school import FATHER, MOTHER, Bot

ABOUT = "我是消防员，讲讲家里怎么防火，带孩子们认一认灭火器。"


async def offered(bot: Bot, about: str = ABOUT) -> None:
    """The father has offered, and has seen that it was passed on."""
    father = await bot.person(FATHER, "张强")
    await father.looks_away()
    await father.says("/classes")
    await father.presses("我也能讲一课", await father.sees("家长学堂和活动"))
    asked = await father.sees("请写几句发过来")
    assert "会看到您的姓名" in asked["text"]
    assert "五年级2班的首席导师" in asked["text"]
    await father.says(about)


def second_class(bot: Bot) -> None:
    """张小阳 goes to another class, which has no chief mentor."""
    row, school = new_id(), bot.school
    school.run(
        "INSERT INTO school_class (id, school_id, stage_id, grade, name) SELECT :id, school_id, stage_id, '三年级', '1班'"
        " FROM school_class WHERE id = :other",
        id=row,
        other=school.ids["class"],
    )
    school.run("UPDATE pupil SET school_class_id = :row WHERE id = :pupil", row=row, pupil=school.ids["张小阳"])


async def test_an_offer_is_welcomed_and_its_guardian_hears_the_date(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await offered(bot, "火" * 301)
    await father.sees("您写了 301 字，最多 300 字")
    await father.says(ABOUT)
    await father.sees("转给首席导师了")
    asked = await mentor.sees("有家长愿意来讲一课")
    assert "五年级2班 · 张强" in asked["text"]
    assert ABOUT in asked["text"]
    await mentor.presses("很欢迎", asked)
    await mentor.sees("答复了：很欢迎")
    welcome = await father.sees("五年级2班很欢迎您来讲")
    await mentor.sees_nothing_with("出错", 0.1)
    await father.presses("我想讲的课", welcome)
    await father.sees("很欢迎，定了日子会告诉您")
    # The chief mentor's screen of who gives a month chooses it; then:
    starts = at_seven(bot, 30)
    event = planned(bot, starts, topic="")
    unit = unit_of(bot)
    (one,) = offers.of_class(unit, bot.school.ids["class"])
    assert (one.name, one.state) == ("张强", "approved")
    events.change(unit, event, bot.school.ids["李明"], speaker_id=one.person_id)
    told.tell_chosen(unit, events.must(unit, event), SchoolSettings())
    told.tell_chosen(unit, events.must(unit, event), SchoolSettings())
    done(unit)
    await tick(bot)
    chosen = await father.sees("这一课请您来讲")
    assert f"{starts.month}月{starts.day}日" in chosen["text"].replace(" ", "")
    assert len([one for one in await father.reads() if "这一课请您来讲" in one]) == 1
    await father.presses("那天我来不了", chosen)
    await father.sees("已经告诉首席导师")
    await mentor.sees("张强来不了了")


async def test_not_this_time_is_said_kindly_and_once(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await offered(bot)
    asked = await mentor.sees("有家长愿意来讲一课")
    await mentor.presses("这次先不", asked)
    refused = await father.sees("您的心意我们记着")
    assert "张强" not in refused["text"]
    unit = unit_of(bot)
    assert offers.of_class(unit, bot.school.ids["class"]) == []
    unit.connection.close()
    await offered(bot)
    await father.sees("转给首席导师了")


async def test_an_offer_is_taken_back_before_and_after_its_answer(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    bot.later(hours=10)  # eight in the evening: the chief mentor is asked in the morning
    await offered(bot)
    kept = await father.sees("转给首席导师了")
    await mentor.sees_nothing_with("有家长愿意", 0.2)
    await mentor.says("/classes")
    await mentor.presses("有家长想来讲课（1）", await mentor.sees("家长学堂和活动"))
    await mentor.presses("五年级2班 张强", await mentor.sees("点一位看看"))
    shown = await mentor.sees("有家长愿意来讲一课")
    await father.presses("收回：我是消防员", kept)
    await father.sees("收回了。谢谢您有这份心")
    await mentor.presses("很欢迎", shown)
    await mentor.sees_toast("已经答复过了，或者家长收回了")
    await mentor.sees("家长自己收回了")
    await tick(bot, hours=12)
    assert len([one for one in await mentor.reads() if "有家长愿意" in one]) == 0
    await father.sees_nothing_with("很欢迎您来讲", 0.2)


async def test_words_of_danger_are_no_offer(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await offered(bot, "孩子昨晚说不想活了，我很怕。")
    await father.sees("12356")
    assert bot.school.run("SELECT COUNT(*) FROM speaker_offer") == [(0,)]
    await mentor.sees_nothing_with("有家长愿意", 0.2)


async def test_two_classes_are_asked_for_and_without_a_chief_mentor_the_school_decides(bot: Bot) -> None:
    second_class(bot)
    mentor, admin, mother = await bot.joined_mentor(), await bot.joined_admin(), await bot.mother()
    await mother.looks_away()
    await mother.says("/classes")
    await mother.presses("我也能讲一课", await mother.sees("家长学堂和活动"))
    await mother.presses("三年级1班", await mother.sees("您想给哪个班讲"))
    await mother.sees("请写几句发过来")
    await mother.says("讲讲怎么存零花钱")
    await mother.sees("转给学校了")
    asked = await admin.sees("有家长愿意来讲一课")
    await mentor.sees_nothing_with("存零花钱", 0.2)
    await admin.says("/classes")
    await admin.presses("有家长想来讲课（1）", await admin.sees("家长学堂和活动"))
    await admin.sees("点一位看看")
    await admin.presses("很欢迎", asked)
    await mother.sees("三年级1班很欢迎您来讲")


async def test_an_offer_ends_with_the_guardianship(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await bot.father()
    await offered(bot)
    asked = await mentor.sees("有家长愿意来讲一课")
    bot.school.run("UPDATE guardianship SET until = since WHERE person_id = :who", who=bot.school.ids["张强"])
    unit = unit_of(bot)
    assert offers.of_class(unit, bot.school.ids["class"]) == []
    assert offers.of_person(unit, bot.school.ids["张强"]) == []
    unit.connection.close()
    await mentor.presses("很欢迎", asked)
    await mentor.sees_toast("按钮")
    assert bot.school.run("SELECT state FROM speaker_offer") == [("open",)]


async def test_who_joins_late_is_invited_once_to_what_is_still_to_come(bot: Bot) -> None:
    await bot.father()
    first, second = at_seven(bot, 7), at_seven(bot, 6)
    planned(bot, first + timedelta(hours=1), topic="reading")
    planned(bot, second, kind="growth_group", classes=(), topic="")  # three days before: not out yet
    planned(bot, now_of(bot) + timedelta(minutes=30), topic="", state=EventState.CANCELLED)
    await until(bot, first - timedelta(days=6))
    mother = await bot.joined_guardian(MOTHER, "王芳", "S1")
    invited = await mother.sees("您来吗")
    assert "张小雨" in invited["text"]
    texts = await mother.reads()
    assert texts.index(invited["text"]) > next(number for number, one in enumerate(texts) if "好了" in one)
    await mother.presses("来", invited)
    await mother.sees("您选了：来，1 人")
    # For her second child in the same class, and when the clock looks again, nothing more comes.
    await mother.starts(bot.school.link("王芳", "S2"))
    await mother.sees("对吗")
    await mother.presses("是，是我")
    await mother.sees("张小阳")
    await tick(bot, minutes=1)
    await mother.sees_nothing_with("小组", 0.2)
    assert len([one for one in await mother.reads() if "家长学堂】" in one]) == 1


async def test_a_telling_that_still_runs_does_not_invite_twice(bot: Bot) -> None:
    father = await bot.father()
    starts = at_seven(bot, 7) + timedelta(hours=1)
    event = planned(bot, starts)
    await until(bot, starts - timedelta(days=6))
    await father.sees("您来吗")
    bot.school.run("UPDATE event_telling SET cursor = 0, done_at = NULL WHERE event_id = :event", event=event)
    mother = await bot.joined_guardian(MOTHER, "王芳", "S1")
    await mother.sees("您来吗")
    await tick(bot, minutes=1)
    assert bot.school.run("SELECT COUNT(*) FROM event_telling WHERE done_at IS NULL") == [(0,)]
    for phone in (mother, father):
        assert len([one for one in await phone.reads() if "您来吗" in one]) == 1


async def test_who_joins_while_a_change_is_told_is_invited_once(bot: Bot) -> None:
    await bot.father()
    starts = at_seven(bot, 7) + timedelta(hours=1)
    event = planned(bot, starts)
    await until(bot, starts - timedelta(days=6))
    unit = unit_of(bot)
    assert changing.changed(unit, event, None, {"place"}, place="礼堂")
    done(unit)
    mother = await bot.joined_guardian(MOTHER, "王芳", "S1")
    await tick(bot, minutes=1)
    invited = await mother.sees("您来吗")
    assert "礼堂" in invited["text"]
    await tick(bot, minutes=1)
    await mother.starts(bot.school.link("王芳", "S2"))
    await mother.sees("对吗")
    await mother.presses("是，是我")
    await mother.sees("张小阳")
    await tick(bot, minutes=1)
    assert len([one for one in await mother.reads() if "您来吗" in one]) == 1
