"""The term's rota, through the front door: proposed by the admin, swapped by the chief mentor, heard of by who gives it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import people
from tests.events.class_of_parents import now_of, tick
from tests.school import OTHER_MENTOR, Bot


def term(bot: Bot, days: int = 120) -> None:
    """A term from last week on."""
    begins = now_of(bot).date() - timedelta(days=7)
    bot.school.run(
        "INSERT INTO term (id, school_id, name, starts_on, ends_on) VALUES (1, :school, '秋季学期', :begins, :ends)",
        school=bot.school.ids["school"],
        begins=begins,
        ends=begins + timedelta(days=days),
    )


def hosts(bot: Bot, state: str = "planned") -> list[object]:
    """Who gives the places of the rota, by month."""
    return [
        row[0]
        for row in bot.school.run(
            "SELECT host_id FROM event WHERE class_id IS NOT NULL AND state = :state ORDER BY month", state=state
        )
    ]


@pytest.mark.both
async def test_from_proposal_to_who_gives_it(bot: Bot) -> None:
    term(bot)
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await admin.says("/classes")
    await admin.presses("全校排期", await admin.sees("家长学堂和活动"))
    shown = await admin.sees("还没有排")
    await admin.presses("改一般的时间", shown)
    await admin.presses("周四", await admin.sees("一般什么时候"))
    await admin.sees("现在是 周四 19:00")
    await admin.presses("回到全校排期")
    await admin.presses("先问问导师的意愿", await admin.sees("一般在 周四 19:00"))
    await admin.sees("已经问了 2 位导师")
    await other.presses("我哪几个月方便", await other.sees("哪几个月您愿意"))
    months = await other.sees("点月份就能改")
    first = months["buttons"][1][0]["text"]
    await other.presses(first, months)
    await admin.presses("排一版")
    result = await admin.sees("排好了一版")
    assert "还没有人收到通知" in result["text"]
    # Two mentors, and more months than two: what cannot be is named with its reason.
    assert "排不上" in result["text"]
    assert "李明" in result["text"]
    assert "只能讲 2 场" in result["text"]
    await mentor.sees_nothing_with("您这学期的家长学堂定了", 0.2)
    await admin.presses("发给首席导师看", result)
    await admin.sees("已经发给 1 个班的首席导师")
    await mentor.presses("看一看", await mentor.sees("家长学堂排好了一版"))
    team = await mentor.sees("点一个月")
    assert "待确认" in team["text"]
    assert "还没有人" in team["text"]
    before = hosts(bot, "proposed")
    filled = [row[0]["text"] for row in team["buttons"] if "李明" in row[0]["text"] or "周静" in row[0]["text"]]
    await mentor.presses(filled[0], team)
    await mentor.presses("和别的月对换")
    await mentor.sees("和哪个月对换")
    await mentor.presses(filled[1])
    await mentor.sees_toast("换好了")
    assert hosts(bot, "proposed") == before[::-1]
    await mentor.presses("就这样定")
    await mentor.sees_toast("定了 2 场")
    await other.sees("您这学期的家长学堂定了")
    own = await mentor.sees("您这学期的家长学堂定了")
    await mentor.presses("好的", own)
    await mentor.sees("好的，谢谢您")


async def test_a_double_press_proposes_once_and_what_was_told_stays(bot: Bot) -> None:
    term(bot)
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    await admin.says("/classes")
    await admin.presses("全校排期", await admin.sees("家长学堂和活动"))
    view = await admin.sees("还没有排")
    await admin.presses("排一版", view)
    await admin.sees("排好了一版")
    await mentor.says("/classes")
    await mentor.presses("家长学堂排期", await mentor.sees("家长学堂和活动"))
    await mentor.presses("就这样定", await mentor.sees("点一个月"))
    await mentor.sees_toast("定了 2 场")
    told = hosts(bot)
    await admin.presses("回到全校排期")
    await admin.presses("重排还没定的", await admin.sees("已定 2 场"))
    await admin.sees("没有新排的")
    assert hosts(bot) == told


async def test_leave_re_proposes_only_what_it_must(bot: Bot) -> None:
    term(bot)
    with bot.school.engine.begin() as connection:
        from sqlmodel import Session

        with Session(connection, expire_on_commit=False) as session:
            third = bot.school.person(session, "孙涛", "T3", "体育")
            session.add(people.Role(person_id=third, kind="mentor", since=bot.school.now))
            bot.school.pupil(session, "S4", "高远", third, ())
            session.flush()
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await admin.says("/classes")
    await admin.presses("全校排期", await admin.sees("家长学堂和活动"))
    await admin.presses("排一版", await admin.sees("还没有排"))
    await admin.presses("回到全校排期", await admin.sees("排好了一版"))
    await admin.presses("全部定下来", await admin.sees("待首席导师确认"))
    await other.sees("您这学期的家长学堂定了")
    before = bot.school.run("SELECT id, host_id, starts_at FROM event ORDER BY month")
    lost = next(row for row in before if row[1] == bot.school.ids["周静"])
    bot.school.run(
        "INSERT INTO absence (id, mentor_id, substitute_id, starts_at, ends_at, set_by, started_told, ended_told)"
        " VALUES (77, :who, :by, :starts, :ends, :who, :no, :no)",
        who=bot.school.ids["周静"],
        by=bot.school.ids["李明"],
        starts=int(str(lost[2])) - 3_600_000,
        ends=int(str(lost[2])) + 3_600_000,
        no=False,
    )
    await tick(bot, seconds=20)
    asked = await mentor.sees("建议这样改")
    assert "周静" in asked["text"]
    await tick(bot, seconds=20)
    assert len([one for one in await mentor.reads() if "建议这样改" in one]) == 1
    assert bot.school.run("SELECT id, host_id, starts_at FROM event ORDER BY month") == before
    await mentor.presses("就这样改", asked)
    await mentor.sees("改好了")
    after = bot.school.run("SELECT id, host_id, starts_at FROM event ORDER BY month")
    assert len([one for one in range(len(before)) if before[one] != after[one]]) == 1
