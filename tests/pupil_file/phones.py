"""What these tests share: somebody opens a file, writes into it, another mentor comes."""

from __future__ import annotations

from typing import Any

from models.base import new_id
from simulator.client import Person
from tests.duties.test_notes import day, term
from tests.school import Bot

__all__ = ["another_mentor", "buttons", "day", "file_of", "goes_on", "term", "writes"]


def buttons(message: dict[str, Any]) -> list[str]:
    """The words on a message's buttons."""
    return [str(one["text"]) for row in message.get("buttons") or [] for one in row]


async def file_of(person: Person, child: str) -> dict[str, Any]:
    """Opens a child's file; answers its first page."""
    await person.looks_away()
    await person.says("/file")
    first = await person.sees("成长档案")
    if "看谁的" in first["text"]:
        await person.presses(child, first)
        first = await person.sees(f"{child}的成长档案")
    return first


async def writes(person: Person, child: str, kind: str, text: str) -> dict[str, Any]:
    """Adds something to a file."""
    first = await file_of(person, child)
    await person.presses("记一条", first)
    await person.presses(kind)
    await person.sees("最多 200 字")
    await person.says(text)
    return await person.sees("记下了")


async def goes_on(bot: Bot, **later: float) -> None:
    """The clock goes on, and what is due is looked for."""
    bot.later(**later)
    assert bot.app is not None
    await bot.app.tick_now()
    await bot.settled()


async def another_mentor(bot: Bot, child: str = "张小雨", name: str = "周静") -> int:
    """From now on another mentor, as a roster's import writes it: nobody tells the file. Answers the mentorship."""
    row, now = new_id(), bot.clock.now_ms()
    pupil, mentor = bot.school.ids[child], bot.school.ids[name]
    bot.school.run("UPDATE mentorship SET until = :now WHERE pupil_id = :p AND until IS NULL", now=now, p=pupil)
    bot.school.run(
        "INSERT INTO mentorship (id, pupil_id, mentor_id, since) VALUES (:id, :p, :m, :now)",
        id=row,
        p=pupil,
        m=mentor,
        now=now,
    )
    await goes_on(bot, seconds=20)
    return row
