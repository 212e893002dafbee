"""What the stories of a round share: the way of an admin to where a story begins."""

from __future__ import annotations

from simulator.client import Person
from tests.school import Bot


async def tick(bot: Bot, **later: float) -> None:
    """Moves the clock, and lets the bot look what is due and send it."""
    bot.later(**later)
    assert bot.app is not None
    await bot.app.tick_now()
    await bot.settled()


async def opened(bot: Bot, admin: Person, days: str = "12") -> int:
    """The admin asks the small school's class for its wishes; the round's id. `days`: which of the days, counted from 0."""
    await admin.says("/matching")
    await admin.sees("先听家庭和导师的想法")
    await admin.presses("新开一轮")
    await admin.sees("给谁安排导师")
    await admin.presses("一个班")
    await admin.sees("请选一个")
    await admin.presses("五年级2班")
    await admin.sees("准备中")
    await admin.presses("选志愿截止日")
    found = await admin.sees("当天晚上八点")
    labels = [one["text"] for row in found["buttons"] for one in row]
    await admin.presses(labels[3])
    await admin.sees("志愿截止：")
    await admin.presses("开始收集志愿")
    await admin.sees("正在收集志愿")
    await tick(bot)
    return int(str(bot.school.run("SELECT id FROM match_round WHERE state = 'wishes'")[0][0]))


def mentor_of(bot: Bot, pupil: str) -> str | None:
    """A pupil's mentor of today, by name."""
    rows = bot.school.run(
        "SELECT mentor_id FROM mentorship WHERE pupil_id = :pupil AND until IS NULL", pupil=bot.school.ids[pupil]
    )
    assert len(rows) <= 1
    names = {row: name for name, row in bot.school.ids.items()}
    return names[int(str(rows[0][0]))] if rows else None


async def propose(bot: Bot, admin: Person, round_label: str = "五年级2班") -> None:
    """The admin has the proposal made."""
    await admin.says("/matching")
    await admin.sees("先听家庭和导师的想法")
    await admin.presses(f"{round_label} · 收集志愿")
    await admin.sees("家庭已答")
    await admin.presses("做方案")
    await admin.sees("不再收志愿，也不能再打开")
    await admin.presses("现在就做，不再收志愿")
    await admin.sees("还没有生效")


async def go_live(bot: Bot, admin: Person) -> None:
    """The admin makes the proposal live, from its summary."""
    await admin.presses("让方案生效…")
    await admin.sees("点了以后不能整轮撤回")
    await admin.presses("现在生效")
    await admin.sees("正在生效")
    await tick(bot)
