"""The class team through the front door: touch, meeting, review; families never see any of it."""

from __future__ import annotations

from datetime import timedelta

from models.team import decisions, touch
from tests.duties.test_week import tick, to_monday, without_groups
from tests.school import OTHER_MENTOR, ZONE, Bot


async def test_a_touch_is_asked_an_hour_ahead_once_and_the_chief_gets_the_notes(bot: Bot) -> None:
    chief, other = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await chief.says("/team")
    await chief.presses("开启日碰头")
    await chief.presses("16:30")
    await chief.sees("日碰头（16:30 前）：今天 0/2")
    await chief.presses("今天没事")
    await chief.sees("今天 1/2")
    for _ in range(4):
        await tick(bot, hours=1.4)  # 10:00 → 15:36
    asked = await other.sees("16:30 前，今天有什么要和团队说的吗")
    assert not any("有什么要和团队说" in one for one in await chief.reads())
    await other.presses("说一句", asked)
    await other.sees("写一句给五年级2班团队")
    await other.says("陈晨今天午饭吃得少，明天留意一下")
    await other.sees("已记给五年级2班团队")
    await tick(bot, minutes=60)
    summary = await chief.sees("【今天的日碰头】")
    assert "周静：陈晨今天午饭吃得少" in summary["text"]
    assert "另有 1 位今天没事" in summary["text"]
    for _ in range(3):
        await tick(bot, minutes=10)
    assert len([one for one in await chief.reads() if "【今天的日碰头】" in one]) == 1
    asked_people = bot.school.run("SELECT COUNT(*) FROM prompt WHERE kind = 'touch'")
    assert asked_people == [(1,)]
    bot.later(days=8)
    await tick(bot)
    assert bot.school.run("SELECT COUNT(*) FROM daily_touch") == [(0,)]


async def test_a_day_without_notes_is_silent_and_a_summary_that_is_too_late_never_comes(bot: Bot) -> None:
    chief, other = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await chief.says("/team")
    await chief.presses("开启日碰头")
    await chief.presses("15:45")
    await chief.sees("日碰头（15:45 前）")
    await other.says("/team")
    await other.presses("今天没事")
    await other.sees("今天 1/2")
    await tick(bot, hours=6)
    await chief.sees_nothing_with("【今天的日碰头】", 0.3)
    await bot.stop()
    bot.later(hours=28)  # it is 20:00 of the next day: too late for a summary of the day
    await bot.start()
    await other.says("/team")
    await other.presses("说一句")
    await other.sees("写一句给")
    await other.says("今天有件事")
    await other.sees("已记给")
    await tick(bot, minutes=5)
    await chief.sees_nothing_with("【今天的日碰头】", 0.3)


async def test_a_meeting_with_tasks_that_stand_in_their_owners_week(bot: Bot) -> None:
    chief, other = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    mother = await bot.joined_guardian(1003, "刘敏", "S3")
    await mother.says("老师，陈晨最近不太想上学怎么办呢？")
    await other.sees("不太想上学")
    await to_monday(bot)
    week = await chief.sees("周例会")
    await chief.presses("开例会 · 五年级2班", week)
    agenda = await chief.sees("例会议程】")
    assert "等回复 1 家" in agenda["text"]
    assert "陈晨" not in agenda["text"]  # another mentor's family is a number here
    await chief.presses("记一个决定")
    await chief.sees("决定了什么")
    await chief.says("给陈晨家打一次电话")
    await chief.sees("记下了：给陈晨家打一次电话")
    await chief.presses("周静")
    await chief.sees("周静，")
    await chief.presses("回到议程")
    await chief.presses("例会开完了")
    await chief.sees("导师团队】")
    await chief.says("/week")
    mine = await chief.sees("本周")
    assert "周例会" not in mine["text"]
    await other.says("/week")
    task = await other.sees("任务：给陈晨家打一次电话")
    await other.presses("✓ 给陈晨家打一次电话", task)
    await other.sees("本周")
    await chief.says("/team")
    await chief.presses("例会议程")
    shown = await chief.sees("例会议程】")
    assert "打一次电话" not in shown["text"]


async def test_a_review_is_set_by_people_seen_by_the_team_and_puts_the_pupil_first(bot: Bot) -> None:
    chief, other, father = (
        await bot.joined_mentor(),
        await bot.joined_mentor(OTHER_MENTOR, "周静", "T2"),
        await bot.father(),
    )
    await father.says("老师好，小雨这周怎么样？")
    copy = await chief.sees("小雨这周")
    await chief.replies(copy, "这周很认真")
    await father.sees("很认真")
    await chief.says("/team")
    await chief.presses("月研判")
    await chief.sees("研判】0/3")
    await chief.presses("张小雨 · 还没看")
    card = await chief.sees("家里来信 1 条，导师发出 1 条")
    assert "还没看" not in card["text"]
    await chief.presses("重点")
    await chief.sees("本月：重点")
    await chief.presses("写下一步")
    await chief.sees("下一步做什么")
    await chief.says("周三和他单独聊聊")
    await chief.sees("下一步：周三和他单独聊聊")
    await other.says("/team")
    await other.presses("月研判")
    await other.presses("张小雨 · 重点")
    seen = await other.sees("下一步：周三和他单独聊聊")
    assert not any("平稳" in one["text"] for row in seen["buttons"] for one in row)  # not the pupil's mentor
    await other.presses("回到名单")
    await other.presses("陈晨 · 还没看")
    await other.presses("平稳")
    await other.sees("本月：平稳")
    assert not any("研判" in one or "重点" in one for one in await father.reads())
    await without_groups(bot)
    await to_monday(bot, 7)
    week = await chief.sees("【本周该做】")
    first = next(one for one in week["text"].splitlines() if "·" in one)
    assert first.startswith("★ 张小雨"), week["text"]


async def test_nobody_outside_the_team_gets_in(bot: Bot) -> None:
    chief, father, admin = await bot.joined_mentor(), await bot.father(), await bot.joined_admin()
    stranger = await bot.stranger()
    await stranger.starts()
    await chief.says("/team")
    await chief.sees("导师团队】")
    for person in (father, admin):
        await person.says("/team")
        await person.sees("没有所在的班级团队")
    await stranger.says("/team")
    await stranger.sees("您")
    assert not any("导师团队】" in one for one in await stranger.reads())


async def test_a_note_asked_for_long_ago_does_not_swallow_a_message(bot: Bot) -> None:
    chief, father = await bot.joined_mentor(), await bot.father()
    await chief.says("/team")
    await chief.presses("说一句")
    await chief.sees("写一句给")
    await father.says("老师，明天要带什么？")
    copy = await chief.sees("要带什么")
    await chief.presses("回复", copy)
    await chief.sees("张小雨")
    await chief.says("带水杯就好")
    await father.sees("带水杯就好")
    assert bot.school.run("SELECT COUNT(*) FROM daily_touch") == [(0,)]
    await chief.says("/team")
    await chief.presses("说一句")
    await chief.sees("写一句给")
    await chief.says("/cancel")
    bot.later(minutes=1)
    await chief.says("再说一句给家长")
    await chief.sees_nothing_with("已记给", 0.4)
    assert bot.school.run("SELECT COUNT(*) FROM daily_touch") == [(0,)]


async def test_a_talkative_team_still_fits_a_message(bot: Bot) -> None:
    chief, other = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    unit, ids = bot.school.unit(), bot.school.ids
    today = bot.clock.now().astimezone(ZONE).date()
    for back in range(7):
        for name in ("李明", "周静"):
            touch.say(unit, ids["class"], ids[name], today - timedelta(days=back), f"{back}" + "长" * 299)
    for number in range(8):
        decisions.put(unit, ids["class"], f"{number}" + "长" * 299, ids["李明"], today)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    await chief.says("/team")
    seen = await chief.sees("这一周大家说的")
    assert len(seen["text"]) < 4096
    await chief.presses("例会议程")
    await chief.sees("还没完成的决定")
    await other.says("/week")
    await chief.says("/week")
    week = await chief.sees("任务：")
    assert len(week["text"].splitlines()) <= 10


async def test_whoever_goes_back_writes_no_note_by_mistake(bot: Bot) -> None:
    chief, father = await bot.joined_mentor(), await bot.father()
    for leave in ("回到团队", "/week"):
        await chief.says("/team")
        await chief.presses("说一句")
        await chief.sees("写一句给")
        if leave.startswith("/"):
            await chief.says(leave)
            await chief.sees("本周")
        else:
            await chief.presses(leave)
            await chief.sees("导师团队】")
        await chief.says(f"给家长的话 {leave}")
        await father.sees(f"给家长的话 {leave}")
    assert bot.school.run("SELECT COUNT(*) FROM daily_touch") == [(0,)]
