"""How classes stand: counts for chief mentors and admins, nobody ranked; and a school that changes its duties."""

from __future__ import annotations

import asyncio

from tests.duties.test_week import tick, to_monday, without_groups
from tests.school import OTHER_MENTOR, Bot


async def test_an_admin_sees_counts_and_no_mentor(bot: Bot) -> None:
    admin, mentor, father = await bot.joined_admin(), await bot.joined_mentor(), await bot.father()
    await father.says("老师好，小雨这周怎么样？")
    copy = await mentor.sees("小雨这周")
    await mentor.replies(copy, "这周很认真")
    await father.sees("很认真")
    await father.says("那数学呢？")
    await mentor.sees("那数学呢")
    await tick(bot, days=3)
    await admin.says("/overview")
    seen = await admin.sees("班级概况")
    assert "五年级2班：联系 1/3 · 等回复 1（最久 3 天）" in seen["text"]
    await admin.presses("五年级2班", seen)
    one = await admin.sees("家里有人加入：1/3")
    assert "本月研判：0/3" in one["text"]
    for name in ("李明", "周静", "张小雨"):
        assert name not in one["text"] + seen["text"]


async def test_what_is_not_held_is_counted_by_kind(bot: Bot) -> None:
    chief, other = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await to_monday(bot, 4)
    await chief.says("/overview")
    await chief.presses("五年级2班", await chief.sees("班级概况"))
    seen = await chief.sees("到期还没做")
    assert "新家庭首次联系 3" in seen["text"]
    await other.says("/overview")
    await other.sees("给首席导师和管理员看")


async def test_a_guardian_gets_nothing_of_it(bot: Bot) -> None:
    father = await bot.father()
    await father.says("/overview")
    await father.sees("给首席导师和管理员看")


async def test_a_school_switches_a_duty_off_and_gives_another_a_longer_cycle(bot: Bot) -> None:
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    await without_groups(bot)
    await admin.says("/overview")
    await admin.presses("导师要做的事")
    await admin.presses("✓ 新家庭首次联系")
    await admin.sees("说上第一句话")
    await admin.presses("不再要求")
    await admin.presses("返回")
    await admin.presses("✓ 师生谈心")
    await admin.presses("每 90 天")
    for _ in range(1000):
        await asyncio.sleep(0.02)
        if bot.school.run("SELECT cycle FROM duty_kind WHERE code = 'pupil_talk'") == [("days:90",)]:
            break
    await to_monday(bot, 5)
    await mentor.says("/week")
    seen = await mentor.sees("【本周该做】")
    assert "新家庭首次联系" not in seen["text"]
    assert "家庭联系" in seen["text"]
    assert "师生谈心" not in seen["text"].partition("【接下来两周】")[0]
    await admin.presses("返回")
    await admin.presses("— 新家庭首次联系")
    await admin.presses("开启")
    await mentor.says("/week")
    await mentor.sees("新家庭首次联系")


async def test_only_admins_change_duties(bot: Bot) -> None:
    chief = await bot.joined_mentor()
    await chief.says("/overview")
    seen = await chief.sees("班级概况")
    assert not any("导师要做的事" in one["text"] for row in seen["buttons"] for one in row)
