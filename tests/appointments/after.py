"""What the tests of what follows a visit share: people, a visit that has just ended, a button in somebody's hand."""

from __future__ import annotations

import asyncio

from handlers import say
from handlers.texts import Rich
from models.appointments import records
from models.appointments.records import Answer
from models.base import new_id
from models.unit import Unit
from simulator.client import Message, Person
from tests.appointments.agreed import MINUTE, agree, at_of, at_time
from tests.school import OTHER_MENTOR, Bot


async def after_visit(bot: Bot, *guardians: str) -> int:
    """A visit of 张小雨's family by 李明 and 周静, an hour ago; nobody has pressed that they arrived."""
    at = at_of(bot, 0, 17)
    visit = agree(bot, at, guardians=guardians or ("张强",))
    await at_time(bot, at + 60 * MINUTE)
    return visit


async def second_teacher(bot: Bot) -> Person:
    """周静, who comes along."""
    return await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")


async def hand(bot: Bot, person: Person, action: str, *args: int | str) -> Message:
    """A message with one button that is rightly signed for this person, whether or not it should be."""
    text = f"给{person.id}的按钮{action}{new_id()}"

    def offer(unit: Unit) -> None:
        button = say.Button("试", say.sign(unit.vault, bot.id, person.id, action, *args))
        payload = say.text(Rich(text), buttons=[[button]])
        unit.queue(bot_id=bot.id, chat_id=person.id, kind=say.TEXT, payload=payload)

    assert bot.app is not None
    await bot.app.in_unit(offer)
    return await person.sees(text)


async def press(bot: Bot, person: Person, action: str, *args: int | str) -> Message:
    """Presses such a button and waits until that is dealt with; answers the message it stood under."""
    found = await hand(bot, person, action, *args)
    handled = "SELECT COUNT(*) FROM inbox WHERE state <> 'new'"
    before = bot.school.run(handled)
    await person.presses("试", found)
    for _ in range(3000):
        if bot.school.run(handled) != before:
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(f"{action} was not dealt with")


async def walk(person: Person, message: Message, *way: tuple[str, str]) -> Message:
    """Presses one button after the other of a message, and sees each time what it says then."""
    for button, then in way:
        await person.presses(button, message)
        message = await person.sees(then)
    return message


def state(bot: Bot, visit: int) -> str:
    """Where a visit stands."""
    return str(bot.school.run("SELECT state FROM visit WHERE id = :id", id=visit)[0][0])


async def everything(person: Person) -> str:
    """All that somebody can read: messages, buttons, toasts."""
    chat = await person.chat()
    return "\n".join([*await person.reads(), str(chat["toasts"]), *(str(one["buttons"]) for one in chat["messages"])])


async def begins(bot: Bot, mentor: Person, visit: int) -> Message:
    """The record's first question."""
    await press(bot, mentor, "vrec", visit)
    await mentor.presses("见面了", await mentor.sees("这次家访见面了吗"))
    return await mentor.sees("哪一类家访")


async def writes(bot: Bot, mentor: Person, visit: int, step: str, text: str) -> Message:
    """Types a text into a step; answers the screen below it."""
    await press(bot, mentor, "vrgo", visit, step)
    await mentor.says(text)
    return await mentor.sees(text)


async def quick_record(bot: Bot, mentor: Person, visit: int, school: str = "", family: str = "") -> None:
    """A whole record with the least that it needs, finished and sent."""
    await begins(bot, mentor, visit)
    await press(bot, mentor, "vrset", visit, "strong", "curious", 1)
    for step, text in (("school", school), ("family", family)):
        if text:
            await writes(bot, mentor, visit, step, text)
    await press(bot, mentor, "vrend", visit)
    await mentor.sees("家访记录写完了")


def written(unit: Unit, visit: int, mentor: int, school: str = "每周三", again: str = "") -> None:
    """A finished record, by the rules: what the school does, and a day to look again."""
    assert records.begin(unit, visit, mentor) is not None
    answers = {"strong": Answer(("reads",)), "school": Answer((), school), "again": Answer(("typed",), again)}
    for code, answer in answers.items():
        if answer.words or answer.options != ("typed",):
            assert records.put(unit, visit, mentor, code, answer)
    assert records.finish(unit, visit, mentor, "Asia/Shanghai") is not None
