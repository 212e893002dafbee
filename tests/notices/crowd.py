"""A crowd of families who have joined, made by rows: each account has pressed start in the pretend Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from models import people
from models.base import new_id
from models.unit import Unit
from tests.school import Bot

FIRST = 50_000
"""The first of their user ids."""


def rows_of(bot: Bot, count: int, *, joined: bool = True, first: int = FIRST, class_id: int | None = None) -> list[int]:
    """So many pupils with one guardian each; answers the guardians' ids in the order of their accounts."""
    school, found = bot.school, []
    school_class = class_id or school.ids["class"]
    with Session(school.engine, expire_on_commit=False) as session:
        for number in range(count):
            name = f"家长{first + number}"
            person = school.person(session, name)
            pupil = new_id()
            session.add(
                people.Pupil(
                    id=pupil,
                    school_id=school.ids["school"],
                    school_class_id=school_class,
                    number=f"N{first + number}",
                    sealed_name=school.vault.seal("pupil", pupil, "name", f"孩子{first + number}"),
                    name_hash=school.vault.lookup("name", f"孩子{first + number}"),
                )
            )
            session.flush()
            session.add(
                people.Guardianship(
                    pupil_id=pupil,
                    person_id=person,
                    relation="mother",
                    since=school.now,
                    confirmed_at=school.now if joined else None,
                )
            )
            if joined:
                account = people.Account(bot_id=bot.id, user_id=first + number, language="zh_CN", created_at=school.now)
                session.add(account)
                session.flush()
                row = session.get_one(people.Person, person)
                row.account_id = account.id
                session.add(row)
            found.append(person)
        session.commit()
    return found


async def crowd(bot: Bot, count: int, *, first: int = FIRST) -> list[int]:
    """So many families who have joined."""
    found = rows_of(bot, count, first=first)
    users = range(first, first + count)
    await bot.telegram.post(
        "people", people=[{"id": one, "first_name": "家长", "language_code": "zh-hans"} for one in users]
    )
    await bot.telegram.act_all([{"person": one, "bot": bot.id, "do": "start"} for one in users])
    await bot.settled()
    return found


def another_class(bot: Bot, name: str) -> int:
    """One more class of the school; answers its id."""
    with Session(bot.school.engine, expire_on_commit=False) as session:
        stage = session.get_one(people.SchoolClass, bot.school.ids["class"]).stage_id
        group = people.SchoolClass(school_id=bot.school.ids["school"], stage_id=stage, grade="五年级", name=name)
        session.add(group)
        session.commit()
        return group.id


def states(bot: Bot, notice: int) -> dict[str, int]:
    """How many people in which state."""
    rows = bot.school.run(
        "SELECT state, COUNT(*) FROM notice_recipient WHERE notice_id = :id GROUP BY state", id=notice
    )
    return {str(state): int(str(many)) for state, many in rows}


async def until(found: Callable[[], bool], seconds: float = 20.0) -> None:
    """Waits for rows to say so."""
    async with asyncio.timeout(seconds):
        while not found():  # noqa: ASYNC110 - rows say it
            await asyncio.sleep(0.03)


def unit_of(bot: Bot, now: datetime | None = None) -> Unit:
    """A unit of work at the bot's now; `done` commits it."""
    unit = bot.school.unit()
    unit.now = now or bot.clock.now()
    return unit


def done(unit: Unit) -> None:
    """Commits and closes."""
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


async def got(bot: Bot, words: str, count: int, *, first: int = FIRST) -> list[int]:
    """In whose chats of the crowd a message with these words stands, once for each that does."""

    async def look(user: int) -> list[int]:
        messages = (await bot.telegram.get("chat", person=user, bot=bot.id))["messages"]
        return [user for one in messages if one["from"] == "bot" and words in (one["text"] or one.get("caption") or "")]

    found = await asyncio.gather(*(look(user) for user in range(first, first + count)))
    return [user for one in found for user in one]
