"""From due to agreed, through the front door: everybody presses and types, on both databases."""

from __future__ import annotations

import re

import pytest

from models.appointments.slots import local
from simulator.client import Person
from tests.duties.test_week import tick
from tests.school import OTHER_MENTOR, Bot


async def free_after_school(mentor: Person) -> None:
    """The mentor says when: Monday to Friday after school, in one tap."""
    await mentor.says("/visits")
    await mentor.presses("我的空闲时间")
    shown = await mentor.sees("您什么时候方便家访")
    await mentor.presses("周一到周五放学后都行", shown)
    await mentor.sees("周一 16:30–18:30")


async def invites(mentor: Person, *names: str) -> None:
    """The mentor invites these families."""
    await mentor.looks_away()
    await mentor.says("/visits")
    await mentor.presses("邀请家庭", await mentor.sees("家访"))
    shown = await mentor.sees("想邀请哪几家")
    for name in names:
        await mentor.presses(name, shown)
    await mentor.presses(f"下一步（{len(names)} 家）", shown)
    await mentor.presses("认识一下", await mentor.sees("主要想聊什么"))
    await mentor.presses("发出邀请", await mentor.sees("同行老师："))
    await mentor.sees(f"已邀请 {len(names)} 家")


@pytest.mark.both
async def test_a_visit_is_agreed_from_invitation_to_calendar(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    asked = await father.sees("想约您聊聊：认识一下，听听家里的想法")
    assert "什么都不用准备" in asked["text"]
    await father.presses("到家里", asked)
    times = await father.sees("哪个时间方便")
    await father.presses("16:30", times)
    await father.sees("要两位老师一起去")
    await mentor.presses("选同行老师", await mentor.sees("请选一位老师同行"))
    await mentor.presses("周静", await mentor.sees("请哪位老师同行"))
    await other.presses("我去", await other.sees("李明老师想请您一起去家访：张小雨"))
    await other.sees("约好了")
    agreed = await father.sees("约好了")
    assert "参加的老师：李明、周静" in agreed["text"]
    await mentor.sees("约好了")
    for person in (father, mentor, other):
        await person.sees("加到手机日历")
    await mentor.says("/visits")
    shown = await mentor.sees("已约好 1")
    assert "张小雨 · 到家里" in shown["text"]


async def test_at_school_no_second_teacher_is_needed_and_the_mother_may_come_along(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await father.sees("约好了")
    told = await mother.sees("您愿意的话，可以一起参加")
    assert "张强" not in told["text"]
    await mother.presses("我也参加", told)
    await mother.sees("好的，您也参加")
    await mother.sees("加到手机日历")
    asked = next(one for one in (await mother.chat())["messages"] if "想约您聊聊" in one["text"])
    await mother.presses("在学校", asked)
    await mother.sees("已由家里另一位选好时间")


async def test_a_taken_time_is_said_politely_and_the_next_ones_are_shown(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    await free_after_school(mentor)
    await invites(mentor, "张小雨", "张小阳")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    times = await father.sees("哪个时间方便")
    first = times["buttons"][0][0]["text"]
    await mother.presses("在学校", await mother.sees("张小阳的导师"))
    hers = await mother.sees("张小阳的家访")
    assert hers["buttons"][0][0]["text"] == first
    await father.presses(first, times)
    await father.sees("约好了")
    await mother.presses(first, hers)
    await mother.sees_toast("刚刚被约走了")
    again = await mother.sees("这些还空着")
    assert first not in [row[0]["text"] for row in again["buttons"]]


async def test_no_is_an_answer_and_nobody_asks_again(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("这次先不约", await father.sees("想约您聊聊"))
    await father.sees("好的，没关系")
    await mentor.sees("也算联系到了")
    await tick(bot, days=4)
    await father.sees_nothing_with("要是方便", 0.3)


async def test_who_has_not_answered_is_asked_once_more_and_then_never(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.sees("想约您聊聊")
    for days in (3, 1, 3):
        await tick(bot, days=days)
    await father.sees("前几天张小雨的导师")
    assert len([one for one in await father.reads() if "前几天张小雨的导师" in one]) == 1


async def test_a_guardian_proposes_a_time_and_the_mentor_agrees(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("视频", await father.sees("想约您聊聊"))
    await father.presses("都不合适", await father.sees("哪个时间方便"))
    await father.presses("我来提一个时间", await father.sees("没关系。您可以"))
    days = await father.sees("哪一天您方便")
    await father.presses(days["buttons"][1][0]["text"], days)
    await father.presses("19:00", await father.sees("几点开始"))
    await father.sees("已经把您提的时间告诉李明老师")
    await mentor.presses("可以", await mentor.sees("不在您给的时间里"))
    agreed = await father.sees("约好了")
    assert "19:00" in agreed["text"]
    assert "视频" in agreed["text"]


async def test_a_confirmed_visit_moves_and_is_called_off_and_the_calendar_follows(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await father.presses("改时间、取消等", await father.sees("约好了"))
    await father.presses("改时间", await father.sees("现在：已约好"))
    times = await father.sees("哪个时间方便")
    await father.presses(times["buttons"][1][0]["text"], times)
    await mentor.sees("改了时间")
    await father.sees("时间有变")
    await mentor.presses("详情")
    await mentor.presses("取消", await mentor.sees("现在：已约好"))
    await mentor.presses("取消这次", await mentor.sees("要取消张小雨的家访吗"))
    await mentor.sees("已取消张小雨的家访")
    await father.sees("取消了。想再约")
    await father.sees("从手机日历里去掉")
    assert bot.school.run("SELECT COUNT(*) FROM busy") == [(0,)]


async def test_the_first_calendar_file_of_somebody_who_joins_late_says_nothing_of_a_change(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await father.presses("改时间、取消等", await father.sees("约好了"))
    await father.presses("改时间", await father.sees("现在：已约好"))
    times = await father.sees("哪个时间方便")
    await father.presses(times["buttons"][1][0]["text"], times)
    await father.sees("时间有变")
    await mother.presses("我也参加", await mother.sees("改到"))
    await mother.sees("加到手机日历")
    await mother.sees_nothing_with("时间有变", 0.2)


async def test_the_mentor_cannot_then_and_the_family_chooses_anew(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("电话", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await mentor.presses("详情", await mentor.sees("约好了"))
    await mentor.presses("改时间", await mentor.sees("现在：已约好"))
    await mentor.presses("请家长重新选", await mentor.sees("这个时间您去不了了吗"))
    await mentor.sees("已请张小雨家里重新选时间")
    await father.presses("在学校", await father.sees("请您再选一次"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await father.sees("约好了")


async def test_a_freed_slot_goes_to_who_waits_in_order(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    day = local(int(bot.clock.now().timestamp() * 1000), "Asia/Shanghai").date()
    bot.school.run(
        "INSERT INTO availability (id, person_id, purpose, weekday, begins, ends, free)"
        " VALUES (1, :mentor, 'visit', :weekday, 1020, 1050, :yes)",
        mentor=bot.school.ids["李明"],
        weekday=(day.weekday() + 2) % 7,
        yes=True,
    )
    bot.school.run("UPDATE person SET quiet_from = 0, quiet_to = 0")
    await invites(mentor, "张小雨", "张小阳")
    await father.presses("视频", await father.sees("想约您聊聊"))
    await mother.presses("视频", await mother.sees("张小阳的导师"))
    await father.presses("17:00", await father.sees("哪个时间方便"))
    await father.sees("约好了")
    hers = await mother.sees("张小阳的家访")
    await mother.presses("都不合适", hers)
    await mother.presses("有空出来时告诉我", await mother.sees("没关系。您可以"))
    await mother.sees("按先后告诉您")
    await father.presses("改时间、取消等")
    await father.presses("取消", await father.sees("现在：已约好"))
    await father.presses("取消这次", await father.sees("要取消"))
    await father.sees("已取消张小雨的家访")
    await tick(bot, seconds=20)
    offer = await mother.sees("有时间空出来了")
    assert re.search(r"，视频。\n为您留到 (\d+月\d+日 星期. )?\d\d:\d\d。$", offer["text"])
    await mother.presses("就这个时间", offer)
    await mother.sees("约好了")


@pytest.mark.parametrize("text", ["想聊聊作业", "我想说说他爷爷的病"])
async def test_what_a_guardian_wants_to_talk_about_is_for_the_teachers_alone(bot: Bot, text: str) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await father.presses("想聊点什么", await father.sees("约好了"))
    await father.presses("学习", await father.sees("点一点就行"))
    await father.presses("学习习惯", await father.sees("点一下选上"))
    await father.presses("返回")
    await father.presses("自己写一句", await father.sees("点一点就行"))
    await father.sees("请用自己的话写一句")
    await father.says(text)
    await father.sees("记下了，见面前老师会看到")
    rows = bot.school.run("SELECT topics, sealed_wish FROM visit_guest")
    assert rows[0][0] == "B3"
    assert isinstance(rows[0][1], bytes)
    assert text.encode() not in rows[0][1]
    assert not any(text in one for one in await mentor.reads())


async def test_a_guardian_asks_for_a_talk_at_school(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await mentor.says("/visits")
    await mentor.presses("我的空闲时间")
    await mentor.presses("到校面谈的时间", await mentor.sees("您什么时候方便家访"))
    await mentor.presses("周三", await mentor.sees("您什么时候在学校接待家长"))
    await mentor.presses("16:00–16:30", await mentor.sees("点一下，加上或去掉"))
    await mentor.sees("方便的时间：16:00–16:30")
    await father.says("/visits")
    await father.presses("到校面谈：张小雨", await father.sees("现在没有约好"))
    times = await father.sees("到校面谈（在学校，约 15 分钟）")
    assert [row[0]["text"][-5:] for row in times["buttons"][:2]] == ["16:00", "16:15"]
    await father.presses("16:15", times)
    await father.sees("约好了")
    await mentor.sees("约好了")


async def test_who_will_be_away_hears_what_was_agreed_for_that_time(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await father.sees("约好了")
    await mentor.says("/away")
    await mentor.presses("李明", await mentor.sees("为谁设置"))
    await mentor.presses("今天起 14 天", await mentor.sees("哪几天不在"))
    await mentor.presses("周静", await mentor.sees("谁来回复家长"))
    told = await mentor.sees("您已约好 1 次见面")
    await mentor.presses("张小雨", told)
    await mentor.sees("现在：已约好")


async def test_a_family_that_waits_for_a_teachers_word_is_not_forgotten(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("到家里", await father.sees("想约您聊聊"))
    times = await father.sees("哪个时间方便")
    await father.presses(times["buttons"][-3][0]["text"], times)
    await mentor.presses("选同行老师", await mentor.sees("请选一位老师同行"))
    await mentor.presses("周静", await mentor.sees("请哪位老师同行"))
    await other.sees("李明老师想请您一起去家访")
    await tick(bot, hours=25)
    await tick(bot, hours=1)
    again = await other.sees("李明老师想请您一起去家访")
    assert len([one for one in await other.reads() if "想请您一起去家访" in one]) == 2
    await other.presses("去不了", again)
    await mentor.sees("同行老师来不了")
    await mentor.presses("选同行老师")
    await mentor.sees("请哪位老师同行")


async def test_the_mentor_moves_and_the_calendars_forget_the_old_time(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    agreed = await father.sees("约好了")
    when = agreed["text"].split("：")[1].split("\n")[0]
    await mentor.presses("详情", await mentor.sees("约好了"))
    await mentor.presses("改时间", await mentor.sees("现在：已约好"))
    await mentor.presses("请家长重新选")
    again = await father.sees("请您再选一次")
    assert when in again["text"]
    await father.sees("从手机日历里去掉")


async def test_an_invitation_that_is_taken_back_names_no_time(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.sees("想约您聊聊")
    await mentor.presses("回到家访列表")
    await mentor.presses("还没选时间的 1 家", await mentor.sees("已邀请、还没选时间：1 家"))
    await mentor.presses("张小雨", await mentor.sees("会替您轻轻问一次"))
    await mentor.presses("取消", await mentor.sees("现在：已邀请"))
    await mentor.presses("取消这次", await mentor.sees("要取消张小雨的家访吗"))
    told = await father.sees("这次先不约了")
    assert "1970" not in told["text"]
    assert "（）" not in told["text"]


async def test_a_guardian_who_begins_to_ask_and_stops_disturbs_nobody(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await father.says("/visits")
    await father.presses("约张小雨的导师见面", await father.sees("现在没有约好"))
    await father.presses("先不约了", await father.sees("您想怎么见"))
    await father.sees("好的，没有约")
    await mentor.sees_nothing_with("先不约", 0.3)
    await father.says("/visits")
    await father.presses("约张小雨的导师见面", await father.sees("现在没有约好"))
    await father.sees("您想怎么见")
    await tick(bot, hours=25)
    assert bot.school.run("SELECT state FROM visit ORDER BY id") == [("cancelled",), ("cancelled",)]
    await invites(mentor, "张小雨")


async def test_a_visit_of_which_nobody_said_how_it_went_does_not_stand_in_the_way_for_ever(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await free_after_school(mentor)
    await invites(mentor, "张小雨")
    await father.presses("在学校", await father.sees("想约您聊聊"))
    await father.presses("16:30", await father.sees("哪个时间方便"))
    await father.sees("约好了")
    await tick(bot, days=15)
    assert bot.school.run("SELECT state FROM visit") == [("confirmed",)]
    await tick(bot, days=25)
    assert bot.school.run("SELECT state, why FROM visit") == [("cancelled", "unrecorded")]
    assert bot.school.run("SELECT COUNT(*) FROM busy") == [(0,)]
    await invites(mentor, "张小雨")
