"""An evening of many parent classes to test with: rows of a town, its guardians' phones, a bot that is not started yet."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench.evening_town import FIRST_USER, fill
from bot.config import Settings
from models.base import to_ms
from models.events import load
from models.unit import Unit
from simulator.client import Telegram
from tests.school import Bot, School

SOON = "快开始了"


async def town(
    settings: Settings, school: School, telegram: Telegram, *, classes: int, each: int, together: bool = True
) -> tuple[Bot, datetime]:
    """A bot and the beginning of the evening; with `together` all last reminders are due an hour before that."""
    bot = Bot(settings, school, telegram)
    begins = bot.clock.now().astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=19, minute=0, second=0, microsecond=0)
    with school.engine.begin() as connection:
        fill(connection, school.vault, classes, each, begins, bot.id)
    school.run(
        "UPDATE event SET remind_minutes = 60 + (CASE WHEN :together = 1 THEN (starts_at - :begins) / 60000 ELSE 0 END)",
        together=int(together),
        begins=to_ms(begins),
    )
    # The day before is behind us: only the last reminder is looked at.
    for what in ("notice", "day"):
        school.run(
            "INSERT INTO event_telling (event_id, what, number, rank, starts_at, cursor, begun_at, done_at, queued, late,"
            " extra) SELECT id, :what, 0, 5, starts_at, 0, 0, 0, 0, 0, '' FROM event",
            what=what,
        )
    token = settings.telegram.token.get_secret_value()
    await call(telegram, token, "getMe")
    users = [FIRST_USER + number for number in range(classes * each)]
    await telegram.post(
        "people", people=[{"id": one, "first_name": "王芳", "language_code": "zh-hans"} for one in users]
    )
    await telegram.act_all([{"person": one, "bot": bot.id, "do": "start"} for one in users])
    await call(telegram, token, "deleteWebhook?drop_pending_updates=true")
    return bot, begins


async def call(telegram: Telegram, token: str, method: str) -> None:
    """A call of the bot's own, before it runs."""
    session = telegram._session
    assert session is not None
    async with session.get(f"{telegram.url}/bot{token}/{method}") as answer:
        assert answer.status == 200, await answer.text()


async def look(bot: Bot, moment: datetime) -> None:
    """Moves the clock to that moment and lets the bot queue what is due."""
    bot.clock.offset += moment - bot.clock.now()
    assert bot.app is not None
    await bot.app.tick_now()


def at(bot: Bot, moment: datetime) -> None:
    """Moves the clock alone."""
    bot.clock.offset += moment - bot.clock.now()


async def sent(bot: Bot, since: int = 0) -> list[dict[str, Any]]:
    """The messages to the town's guardians that were taken, in their order."""
    found, calls = [], await bot.telegram.calls("sendMessage", since)
    for one in calls:
        if one["bot"] == bot.id and one["status"] == 200 and FIRST_USER <= int(one["chat_id"]) < FIRST_USER + 100_000:
            found.append(one)
    return found


def states(bot: Bot, what: str = "hour") -> Counter[str]:
    """How many rows of the outbox about events stand in which state."""
    rows = bot.school.run(
        "SELECT state, COUNT(*) FROM outbox WHERE dedupe_key LIKE :keys GROUP BY state", keys=f"event:%:{what}.%"
    )
    return Counter({str(state): int(str(count)) for state, count in rows})


async def all_gone(bot: Bot, seconds: float = 60.0) -> None:
    """Waits until nothing about events waits any more."""
    async with asyncio.timeout(seconds):
        while any(found in states(bot, "%") for found in ("waiting", "sending")):  # noqa: ASYNC110 - rows say it
            await asyncio.sleep(0.05)


def unit_of(bot: Bot) -> Unit:
    """A unit of work at the bot's now; `done` commits it."""
    unit = bot.school.unit()
    unit.now = bot.clock.now()
    return unit


def done(unit: Unit) -> None:
    """Commits and closes."""
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


def not_sent(bot: Bot) -> int:
    """How many were too late, as the admins are shown it."""
    starts = {int(str(row[0])): int(str(row[1])) for row in bot.school.run("SELECT id, starts_at FROM event")}
    unit = unit_of(bot)
    found = load.not_sent(unit, starts)
    done(unit)
    return sum(found.values())


def starts_by_user(bot: Bot) -> dict[int, int]:
    """Each guardian's account and when the class begins to which it comes (ms since 1970)."""
    rows = bot.school.run(
        "SELECT a.user_id, e.starts_at FROM event_reply r JOIN event e ON e.id = r.event_id"
        " JOIN person p ON p.id = r.person_id JOIN account a ON a.id = p.account_id"
    )
    return {int(str(user)): int(str(starts)) for user, starts in rows}


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)
