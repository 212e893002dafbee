"""Who may not answer, what is no longer true and not told, a second press; and what nobody notices who is not to."""

from __future__ import annotations

from datetime import timedelta

from simulator.client import Person
from tests.directory.shelf import has, line
from tests.directory.test_story import asks, opens
from tests.duties.test_week import tick
from tests.events.class_of_parents import now_of
from tests.events.test_create import steals
from tests.events.test_no_contact import stop
from tests.school import OTHER_MENTOR, Bot

STATION = "青禾社区辅导站"


def guardian(bot: Bot, person: str, pupil: str) -> None:
    """Somebody of the staff is a guardian of this pupil too."""
    bot.school.run(
        "INSERT INTO guardianship (id, pupil_id, person_id, relation, since, confirmed_at)"
        " VALUES (5, :pupil, :person, 'father', 0, 0)",
        pupil=bot.school.ids[pupil],
        person=bot.school.ids[person],
    )


async def request_of(bot: Bot) -> int:
    (row,) = bot.school.run("SELECT id FROM directory_request ORDER BY id DESC LIMIT 1")[0]
    return int(str(row))


async def test_who_says_yes_asks_for_the_own_child_and_the_school_is_asked(bot: Bot) -> None:
    has(bot, line("S1", sign_up="person", approver="T2"))
    other, admin = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2"), await bot.joined_admin()
    guardian(bot, "周静", "陈晨")
    await asks(other, STATION, "给陈晨报名")
    await other.sees("名额先给您留着")
    await admin.sees("有一个报名等您答复")
    await other.sees_nothing_with("等您答复", 0.1)
    await opens(other)
    await bot.settled()
    assert "等您答复的报名" not in str((await other.last())["buttons"])
    await steals(bot, other, "dryes", await request_of(bot))


async def test_one_guardian_does_not_read_the_words_of_the_other_one(bot: Bot) -> None:
    has(bot, line("S1", sign_up="person", approver="T2"))
    other, admin = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2"), await bot.joined_admin()
    mother = await bot.mother()
    guardian(bot, "周静", "张小雨")
    for whom in ("给张小雨报名", "全家一起"):
        await asks(mother, STATION, whom, "请不要告诉他爸爸")
        await mother.sees("名额先给您留着")
        await mother.looks_away()
        for action in ("drreq", "dryes", "dryesw", "drno"):
            await steals(bot, other, action, await request_of(bot))
    # Both wait for the school, which is told once.
    await bot.settled()
    assert len([one for one in await admin.reads() if "有一个报名等您答复" in one]) == 1
    await opens(admin, "等您答复的报名（2）")
    await other.sees_nothing_with("有一个报名", 0.1)
    await opens(other)
    await bot.settled()
    assert "等您答复的报名" not in str((await other.last())["buttons"])


async def test_what_is_answered_is_told_anew_and_after_an_hour_too(bot: Bot) -> None:
    has(bot, line("S1"))
    admin, mother, father = await bot.joined_admin(), await bot.mother(), await bot.father()
    await asks(mother, STATION, "全家一起")
    await admin.presses("看看", await admin.sees("有一个报名等您答复"))
    await admin.presses("同意", await admin.sees("报名的是"))
    await admin.sees("答复了：同意")
    await asks(mother, STATION, "给张小雨报名")
    await admin.sees("有一个报名等您答复")
    bot.later(minutes=61)
    await asks(father, STATION, "全家一起")
    await father.sees("名额先给您留着")
    await bot.settled()
    told = "SELECT COUNT(*) FROM outbox WHERE dedupe_key LIKE :keys"
    assert bot.school.run(told, keys="dirreq:%:ask:%") == [(3,)]


async def test_another_class_another_chief_mentor(bot: Bot) -> None:
    has(bot, line("S1", sign_up="chief"))
    mentor, mother, admin = await bot.joined_mentor(), await bot.mother(), await bot.joined_admin()
    await asks(mother, STATION, "给张小雨报名")
    told = await mentor.sees("有一个报名等您答复")
    bot.school.run(
        "INSERT INTO school_class (id, school_id, stage_id, grade, name)"
        " SELECT 77, school_id, stage_id, grade, '9班' FROM school_class WHERE id = :id",
        id=bot.school.ids["class"],
    )
    bot.school.run("UPDATE pupil SET school_class_id = 77 WHERE id = :id", id=bot.school.ids["张小雨"])
    await mentor.presses("看看", told)
    await mentor.sees_toast("按钮")
    assert bot.school.run("SELECT COUNT(*) FROM access WHERE what = 'directory_request'") == [(0,)]
    await opens(admin, "等您答复的报名（1）")
    await admin.presses(STATION, await admin.sees("点一项看看"))
    await admin.sees("小雨的妈妈")


async def test_a_yes_that_waited_for_the_morning_is_not_told_after_it_was_given_back(bot: Bot) -> None:
    has(bot, line("S1"))
    admin, mother = await bot.joined_admin(), await bot.mother()
    await asks(mother, STATION, "全家一起")
    await mother.sees("名额先给您留着")
    shown = await admin.sees("有一个报名等您答复")
    bot.school.run("UPDATE person SET quiet_from = 540, quiet_to = 900 WHERE id = :id", id=bot.school.ids["王芳"])
    await admin.presses("看看", shown)
    await admin.presses("同意", await admin.sees("报名的是"))
    await admin.sees("答复了：同意")
    await opens(mother, "我的报名（1）")
    await mother.presses("不去了", await mother.sees("有名额"))
    await mother.sees_toast("取消了")
    await bot.settled()
    waits = "SELECT state FROM outbox WHERE dedupe_key LIKE :keys"
    assert bot.school.run(waits, keys="dirreq:%:answer.approved") == [("cancelled",)]


async def test_a_place_taken_at_once_is_given_back_without_a_word_to_anybody(bot: Bot) -> None:
    has(bot, line("S1", sign_up="open"))
    admin, mother = await bot.joined_admin(), await bot.mother()
    await asks(mother, STATION, "全家一起")
    await mother.presses("我的报名", await mother.sees("名额是您的了"))
    await mother.presses("不去了", await mother.sees("有名额"))
    await mother.sees_toast("取消了")
    await admin.sees_nothing_with("名额空出来了", 0.2)


async def _stopped(bot: Bot, mother: Person) -> None:
    stop(bot, "王芳")
    await mother.looks_away()


async def test_to_whom_nothing_may_go_an_answer_never_shows(bot: Bot) -> None:
    has(bot, line("S1"))
    admin, mother = await bot.joined_admin(), await bot.mother()
    await asks(mother, STATION, "给张小雨报名")
    await mother.sees("名额先给您留着")
    told = await admin.sees("有一个报名等您答复")
    await _stopped(bot, mother)
    await admin.presses("看看", told)
    await admin.presses("这次不行", await admin.sees("报名的是"))
    await admin.sees("答复了：这次不行")
    # As for everybody whose request waits: not twice, seen as waiting, and cancelled with one tap.
    await asks(mother, STATION, "给张小雨报名")
    await mother.sees("不用再报")
    await opens(mother, "我的报名（1）")
    await mother.presses("不去了", await mother.sees("等答复"))
    await mother.sees_toast("取消了")
    await mother.sees("您取消了")
    assert bot.school.run("SELECT state FROM directory_request") == [("cancelled",)]
    assert bot.school.run("SELECT taken FROM directory_card") == [(0,)]


async def test_a_place_taken_at_once_is_seen_by_everybody_who_took_it(bot: Bot) -> None:
    has(bot, line("S1", sign_up="open"))
    mother = await bot.mother()
    await _stopped(bot, mother)
    await asks(mother, STATION, "全家一起")
    await mother.presses("我的报名", await mother.sees("名额是您的了"))
    await mother.sees("有名额")


async def test_a_mentor_asks_for_five_pupils_and_hears_why_not_for_six(bot: Bot) -> None:
    has(bot, line("S1"))
    mentor = await bot.joined_mentor()
    await bot.joined_admin()
    for number in range(5):
        await asks(mentor, STATION, "给我的一名学生", f"第 {number} 位")
        await mentor.sees("名额先给您留着")
    await asks(mentor, STATION, "给我的一名学生")
    await mentor.sees("已经为 5 名学生报过")


async def test_what_is_past_its_last_day_with_nobody_s_answer_is_over_and_the_family_hears_it(bot: Bot) -> None:
    has(bot, line("S1", valid_until=now_of(bot).date() + timedelta(days=1)))
    await bot.joined_admin()
    mother = await bot.mother()
    await asks(mother, STATION, "全家一起")
    await mother.sees("名额先给您留着")
    await tick(bot, days=1)
    assert bot.school.run("SELECT state FROM directory_request") == [("open",)]
    await tick(bot, days=1)
    await mother.sees("不再提供了")
    assert bot.school.run("SELECT state FROM directory_request") == [("over",)]


async def test_a_long_text_behind_the_command_is_no_search_either(bot: Bot) -> None:
    mother = await bot.mother()
    await mother.says("/directory " + "老师您好，" * 20)
    await mother.sees("没有拿去搜")
    assert bot.school.run("SELECT COUNT(*) FROM directory_search") == [(0,)]


async def test_a_card_of_a_day_that_has_been_is_a_fault_like_any_other(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await opens(admin, "管理资源清单")
    await admin.presses("添一张卡片", await admin.sees("🚫 表示本校不显示"))
    await admin.sees("每行一项")
    card = "类别：辅导站\n名称：江边小站\n用途：写作业\n有效期至："
    await admin.says(card + "2000-01-01")
    assert "有效期至" in (await admin.sees("还差一点"))["text"]
    await admin.says(card.replace("写作业", "写作业，请打 １３８ 1234 5678") + "2099-01-01")
    assert "用途" in (await admin.sees("整段再发一次"))["text"]
    assert bot.school.run("SELECT COUNT(*) FROM directory_card") == [(0,)]


async def test_to_whom_nothing_may_go_nothing_goes_and_nothing_is_seen(bot: Bot) -> None:
    has(bot, line("S1"))
    admin, mother = await bot.joined_admin(), await bot.mother()
    await asks(mother, "青禾社区辅导站", "给张小雨报名")
    await mother.sees("名额先给您留着")
    told = await admin.sees("有一个报名等您答复")
    stop(bot, "王芳")
    await admin.presses("看看", told)
    await admin.presses("同意", await admin.sees("报名的是"))
    await admin.sees("答复了：同意")
    await mother.sees_nothing_with("学校同意了", 0.2)
    await mother.looks_away()
    await mother.says("/directory")
    await mother.presses("我的报名（1）", await mother.sees("资源清单"))
    await mother.sees("等答复")


async def test_the_moment_after_the_role_has_ended_nothing_opens(bot: Bot) -> None:
    has(bot, line("S1"))
    admin, mother = await bot.joined_admin(), await bot.mother()
    await asks(mother, "青禾社区辅导站", "给张小雨报名")
    told = await admin.sees("有一个报名等您答复")
    bot.school.run("UPDATE role SET until = since WHERE kind = 'admin'")
    await admin.presses("看看", told)
    await admin.sees_toast("按钮")
    assert bot.school.run("SELECT COUNT(*) FROM access WHERE what = 'directory_request'") == [(0,)]
    stranger = await bot.stranger()
    await stranger.starts()
    await stranger.says("/directory")
    await stranger.sees("您还没有加入")
