"""The weekly digest through the front door: few lines, one tap each, once a week, nothing where nothing is due."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from sqlmodel import Session

from models.calendar import Calendar
from tests.school import MOTHER, OTHER_MENTOR, ZONE, Bot


async def to_monday(bot: Bot, weeks: int = 1, hour: int = 8) -> None:
    """Moves the clock to the morning of a Monday to come that is a school day, and lets the bot look what is due."""
    there = bot.clock.now().astimezone(ZONE)
    monday = (there + timedelta(days=7 * weeks - there.weekday())).replace(hour=hour, minute=0, second=0, microsecond=0)
    while not Calendar("Asia/Shanghai", {}).is_school_day(monday.date()):
        monday += timedelta(days=7)
    bot.clock.offset += monday - there
    assert bot.app is not None
    await bot.app.tick_now()


async def tick(bot: Bot, **later: float) -> None:
    bot.later(**later)
    assert bot.app is not None
    await bot.app.tick_now()


def digests(texts: list[str]) -> list[str]:
    return [one for one in texts if "【本周该做】" in one]


async def without_groups(bot: Bot) -> None:
    """Switches off what comes every week, so that a test sees only its own duty."""
    bot.school.run(
        "INSERT INTO duty_kind (id, school_id, code, zh, en, about_zh, about_en, subject, cycle, stages, weight, enabled)"
        " VALUES (1, :school, 'group_activity', 'x', 'x', 'x', 'x', 'mentor', 'week', '', 1, :no),"
        " (2, :school, 'weekly_meeting', 'x', 'x', 'x', 'x', 'team', 'week', '', 1, :no),"
        " (3, :school, 'monthly_review', 'x', 'x', 'x', 'x', 'team', 'days:30', '', 1, :no)",
        school=bot.school.ids["school"],
        no=False,
    )


async def test_a_digest_a_week_and_then_silence(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await to_monday(bot)
    found = await mentor.sees("【本周该做】")
    assert "小组活动" in found["text"]
    assert len(found["text"].splitlines()) <= 10
    for _ in range(6):
        await tick(bot, hours=12)
    assert len(digests(await mentor.reads())) == 1
    await to_monday(bot)
    await mentor.sees("【本周该做】")
    assert len(digests(await mentor.reads())) == 2


async def test_a_week_with_nothing_due_says_nothing(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await without_groups(bot)
    await mentor.looks_away()
    bot.school.run("UPDATE mentorship SET since = :long", long=1)
    for name in ("张小雨", "张小阳"):
        for code in ("family_contact", "pupil_talk"):
            bot.school.run(
                "INSERT INTO duty_mark (id, school_id, code, subject_id, state, on_day, person_id, reason, items, at)"
                " VALUES (:id, :school, :code, :pupil, 'done', :day, :me, '', '', 1)",
                id=hash((name, code)) & 0xFFFFFF,
                school=bot.school.ids["school"],
                code=code,
                pupil=bot.school.ids[name],
                day=bot.clock.now().date().isoformat()
                if "sqlite" in bot.settings.database_url
                else bot.clock.now().date(),
                me=bot.school.ids["李明"],
            )
    await to_monday(bot)
    await mentor.sees_nothing_with("【", 0.5)
    assert bot.school.run("SELECT state FROM digest") == [("silent",)]


async def test_what_was_written_is_not_asked_for(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await without_groups(bot)
    await to_monday(bot, 2)
    found = await mentor.sees("新家庭首次联系")
    assert "张小雨 · 新家庭首次联系" in found["text"]
    assert "家庭联系，" not in found["text"].replace("新家庭首次联系", "")
    await mentor.presses("写给张小雨家", found)
    card = await mentor.sees("想和张小雨家里聊什么")
    await mentor.presses("亮点与进步", card)
    await mentor.sees("给谁")
    await mentor.says("/cancel")
    await father.says("老师好，小雨这周怎么样")
    copy = await mentor.sees("小雨这周")
    await mentor.replies(copy, "这周她很认真")
    await father.sees("很认真")
    await mentor.says("/week")
    now = await mentor.sees("【本周该做】")
    assert "张小雨" not in now["text"]
    assert "张小阳 · 新家庭首次联系" in now["text"]


async def test_done_elsewhere_in_place_with_what_it_was_about_and_taken_back(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await without_groups(bot)
    await to_monday(bot, 2)
    found = await mentor.sees("张小雨 · 新家庭首次联系")
    await mentor.presses("已联系", found)
    await mentor.sees("记下了：新家庭首次联系 张小雨")
    await mentor.presses("撤销")
    await mentor.sees("张小雨 · 新家庭首次联系")
    await mentor.presses("已联系")
    await mentor.sees("记下了")
    await mentor.presses("回到本周清单")
    now = await mentor.sees("【本周该做】")
    assert "张小雨" not in now["text"]
    assert now["message_id"] == found["message_id"]


async def test_put_off_not_applicable_and_a_colleague(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await without_groups(bot)
    await to_monday(bot, 2)
    found = await mentor.sees("张小雨 · 新家庭首次联系")
    await mentor.presses("更多", found)
    await mentor.sees("结对后两周内")
    await mentor.presses("请同事做")
    await mentor.sees("哪位同事")
    await mentor.presses("周静")
    await mentor.sees("这次由周静来做")
    await other.says("/week")
    theirs = await other.sees("张小雨 · 新家庭首次联系")
    await other.presses("已联系", theirs)
    await other.sees("记下了：新家庭首次联系 张小雨")
    await mentor.presses("回到本周清单")
    now = await mentor.sees("张小阳 · 新家庭首次联系")
    assert "张小雨" not in now["text"]
    await mentor.presses("更多", now)
    await mentor.presses("这学期不适用")
    await mentor.sees("这学期不用做")
    await mentor.presses("家里希望暂不")
    await mentor.sees("这周该做的都做完了")
    assert ("family_asked",) in bot.school.run("SELECT reason FROM duty_mark WHERE state = 'not_applicable'")


async def test_a_stranger_with_the_buttons_of_another_gets_nothing(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await without_groups(bot)
    await to_monday(bot, 2)
    found = await mentor.sees("张小雨 · 新家庭首次联系")
    bot.school.run(
        "UPDATE mentorship SET mentor_id = :other WHERE pupil_id = :pupil",
        other=bot.school.ids["周静"],
        pupil=bot.school.ids["张小雨"],
    )
    await mentor.presses("已联系", found)
    await mentor.sees_toast("按钮")
    assert bot.school.run("SELECT COUNT(*) FROM duty_mark") == [(0,)]
    await other.says("/week")
    await other.sees("张小雨 · 新家庭首次联系")


async def test_the_day_and_hour_are_the_mentors_and_no_digest_comes_on_a_free_day(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await mentor.says("/settings")
    await mentor.presses("本周清单的时间")
    await mentor.sees("周一 07:30")
    await mentor.presses("周二 12:00")
    await mentor.sees("以后周二 12:00")
    await to_monday(bot)
    await mentor.sees_nothing_with("【本周该做】", 0.4)
    day = (bot.clock.now() + timedelta(days=1)).astimezone(ZONE).date()
    bot.school.run(
        "INSERT INTO calendar_day (id, school_id, day, is_school_day, note) VALUES (1, :school, :day, :no, '')",
        school=bot.school.ids["school"],
        day=day.isoformat() if "sqlite" in bot.settings.database_url else day,
        no=False,
    )
    await tick(bot, hours=29)
    await mentor.sees_nothing_with("【本周该做】", 0.4)
    await tick(bot, hours=24)
    await mentor.sees("【本周该做】")


async def test_who_is_away_gets_none_and_the_substitute_has_it(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await without_groups(bot)
    await to_monday(bot, 2, hour=7)
    now = int(bot.clock.now().timestamp() * 1000)
    bot.school.run(
        "INSERT INTO absence (id, mentor_id, substitute_id, starts_at, ends_at, set_by, started_told, ended_told)"
        " VALUES (1, :mentor, :other, :now, :then, :mentor, :yes, :no)",
        mentor=bot.school.ids["李明"],
        other=bot.school.ids["周静"],
        now=now - 1000,
        then=now + 5 * 86_400_000,
        yes=True,
        no=False,
    )
    await tick(bot, hours=1)
    found = await other.sees("张小雨 · 新家庭首次联系")
    assert "陈晨" in found["text"]
    await mentor.sees_nothing_with("【本周该做】", 0.3)


async def test_downtime_of_days_sends_it_once_of_a_week_marks_it_expired(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await to_monday(bot)
    await mentor.sees("【本周该做】")
    await bot.stop()
    bot.later(days=10, hours=2)  # the next Monday has passed, it is Thursday
    await bot.start()
    assert bot.app is not None
    await bot.app.tick_now()
    await mentor.sees("【本周该做】")
    await bot.stop()
    bot.later(days=14)  # a whole week without a digest
    await bot.start()
    assert bot.app is not None
    await bot.app.tick_now()
    await mentor.sees("【本周该做】")
    states = bot.school.run("SELECT state FROM digest ORDER BY week")
    assert states == [("sent",), ("sent",), ("expired",), ("sent",)], states
    assert len(digests(await mentor.reads())) == 3


async def test_three_messages_in_a_week_are_named_before_the_next(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.joined_guardian(MOTHER, "王芳", "S1")
    await mother.says("老师好")
    copy = await mentor.sees("老师好")
    for number in range(3):
        await mentor.replies(copy, f"消息{number}")
        await mother.sees(f"消息{number}")
    await mentor.says("/write")
    await mentor.presses("亮点与进步")
    await mentor.sees("给谁")
    await mentor.presses("张小雨 · 妈妈（本周已写 3 条）")
    await mentor.presses("写给这 1 家")
    await mentor.sees("改好后")
    await mentor.says("小雨这周读完了一本书")
    shown = await mentor.sees("将发给")
    assert "这一周已经写过 3 条" in shown["text"]


async def test_a_reminder_a_day_and_no_more(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await father.says("能换个座位吗")
    await mentor.sees("换个座位")
    await mother.says("小阳要吃药吗")
    await mother.presses("张小阳")
    await mentor.sees("要吃药吗")
    counts = []
    for _ in range(17):
        await tick(bot, hours=12)
        await bot.settled()
        counts.append(len([one for one in await mentor.reads() if "还在等您" in one]))
    assert counts[-1] == 2
    assert all(later - earlier <= 1 for earlier, later in pairwise(counts))


async def test_a_new_mentor_has_a_first_contact_to_make_and_the_old_one_nothing(bot: Bot) -> None:
    mentor, other = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    father = await bot.father()
    await without_groups(bot)
    await father.says("老师好，小雨这周怎么样")
    await mentor.replies(await mentor.sees("小雨这周"), "这周很认真")
    await father.sees("很认真")
    now = bot.clock.now()
    bot.school.run(
        "UPDATE mentorship SET until = :now WHERE pupil_id = :pupil",
        now=int(now.timestamp() * 1000),
        pupil=bot.school.ids["张小雨"],
    )
    bot.school.run(
        "INSERT INTO mentorship (id, pupil_id, mentor_id, since) VALUES (99, :pupil, :mentor, :now)",
        pupil=bot.school.ids["张小雨"],
        mentor=bot.school.ids["周静"],
        now=int(now.timestamp() * 1000),
    )
    await to_monday(bot, 2)
    found = await other.sees("张小雨 · 新家庭首次联系")
    assert "陈晨 · 新家庭首次联系" in found["text"]
    await mentor.says("/week")
    seen = await mentor.sees("【本周该做】")
    assert "张小雨" not in seen["text"]


async def test_who_stands_in_the_list_is_not_named_once_more_on_the_same_day(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await to_monday(bot)
    await mentor.looks_away()
    await tick(bot, days=3)
    await father.says("能换个座位吗")
    await mentor.sees("换个座位")
    await to_monday(bot)
    await mentor.sees("【等您回复】1 家")
    for _ in range(3):
        await tick(bot, hours=2)
    await bot.settled()
    assert not any("还在等您" in one for one in await mentor.reads())
    await tick(bot, days=1)
    await mentor.sees("还在等您")


async def test_who_is_away_is_not_told_who_waits_and_the_substitute_is(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await to_monday(bot)
    await father.says("能换个座位吗")
    await mentor.sees("换个座位")
    await to_monday(bot, hour=7)
    now = int(bot.clock.now().timestamp() * 1000)
    bot.school.run(
        "INSERT INTO absence (id, mentor_id, substitute_id, starts_at, ends_at, set_by, started_told, ended_told)"
        " VALUES (1, :mentor, :other, :now, :then, :mentor, :yes, :no)",
        mentor=bot.school.ids["李明"],
        other=bot.school.ids["周静"],
        now=now - 1000,
        then=now + 5 * 86_400_000,
        yes=True,
        no=False,
    )
    await tick(bot, hours=1)
    found = await other.sees("【等您回复】1 家")
    assert "张小雨的爸爸" in found["text"]
    assert not any("【等您回复】" in one for one in await mentor.reads())
    assert ("away",) in bot.school.run("SELECT state FROM digest")
    await mentor.says("/week")
    await mentor.sees("您正在请假")


async def test_a_long_list_is_read_page_by_page(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    with Session(bot.school.engine, expire_on_commit=False) as session:
        for number in range(22):
            bot.school.pupil(session, f"L{number}", f"学生{number}", bot.school.ids["李明"], ())
        session.commit()
    await without_groups(bot)
    await to_monday(bot, 2)
    found = await mentor.sees("件，先看这")
    assert len(found["text"].splitlines()) <= 10
    many = int(found["text"].partition("【本周该做】")[2].partition(" 件")[0])
    assert many >= 24
    await mentor.presses(f"看全部 {many} 件", found)
    seen = set[str]()
    for at in range(0, many, 10):
        shown = await mentor.sees(f"【本周该做】{many} 件")
        lines = shown["text"].partition("【接下来两周】")[0].splitlines()[1:]
        seen |= {line.partition("，")[0] for line in lines}
        if at + 10 < many:
            await mentor.presses("更多 ›")
    assert len(seen) == many
