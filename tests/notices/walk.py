"""The way of somebody who writes a notice, step by step, for tests of its parts."""

from __future__ import annotations

import asyncio

from simulator.client import Message, Person
from tests.school import Bot


def buttons(message: Message) -> list[str]:
    """What its buttons say."""
    return [one["text"] for row in message["buttons"] for one in row]


async def opens(person: Person) -> Message:
    """/notice."""
    await person.says("/notice")
    return await person.sees("通知")


async def begins(person: Person) -> Message:
    """A new notice of somebody with one level who is asked to whom."""
    await person.presses("写一条通知", await opens(person))
    return await person.sees("发给谁")


async def writes(person: Person, *texts: str) -> Message:
    """To all, these words; answers the board."""
    await person.presses("就发给他们", await begins(person))
    await person.sees("要告诉他们什么")
    for text in texts:
        await person.says(text)
        await person.sees("收到了")
    await person.presses("就这些")
    return await person.sees("这条通知")


async def looks(person: Person, board: Message) -> Message:
    """The preview; answers the screen below it."""
    await person.presses("看看样子", board)
    await person.sees("会看到这样的")
    return await said(person, "改一改")


async def said(person: Person, button: str) -> Message:
    """The newest message, once it has that button."""
    for _ in range(1000):
        last = await person.last()
        if any(button in one for one in buttons(last)):
            return last
        await asyncio.sleep(0.02)
    raise AssertionError(await person.story())


async def sends(person: Person, *texts: str) -> None:
    """A notice to all, sent at once."""
    last = await looks(person, await writes(person, *texts))
    await person.presses("现在发给", last)
    await person.sees("开始发了")


def only(bot: Bot) -> int:
    """The only notice that there is."""
    ((found,),) = bot.school.run("SELECT id FROM notice")
    return int(str(found))
