"""A notice on its way: each of its people gets it once, and what stands in the way of whom is known."""

from __future__ import annotations

import asyncio

from models.notices.audience import Audience
from models.notices.states import Level
from tests.notices.written import sends
from tests.school import Bot


async def states(bot: Bot, notice: int) -> dict[str, int]:
    """How many people in which state."""
    rows = bot.school.run(
        "SELECT state, COUNT(*) FROM notice_recipient WHERE notice_id = :id GROUP BY state", id=notice
    )
    return {str(state): int(str(many)) for state, many in rows}


async def becomes(bot: Bot, notice: int, expected: dict[str, int]) -> None:
    """Waits until that is how it stands: an answer is kept a moment after the message can be read."""
    for _ in range(400):
        if await states(bot, notice) == expected:
            return
        await asyncio.sleep(0.05)
    assert await states(bot, notice) == expected


async def test_each_parent_reads_it_once_with_the_own_children(bot: Bot) -> None:
    mother, father = await bot.mother(), await bot.father()
    notice = sends(bot)
    await mother.sees("【实验小学 通知】 张小雨、张小阳")
    await father.sees("【实验小学 通知】 张小雨\n")
    await father.finds("秋假期间请注意交通安全。")
    await becomes(bot, notice, {"sent": 2, "unjoined": 1})


async def test_a_mentor_reaches_the_own_families_alone(bot: Bot) -> None:
    mother = await bot.mother()
    other = await bot.joined_guardian(1003, "刘敏", "S3")
    mentor = bot.school.ids["李明"]
    sends(bot, level=Level.MENTOR, author="李明", audience=Audience(mentor=mentor))
    await mother.sees("【李明老师 通知】")
    await other.sees_nothing_with("通知】")
