"""The second half of bench/evening.py: a part of the evening really delivered, while families write to mentors."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from bench.evening_town import BOT, FIRST_USER, evening, prepare
from bench.load import simulator
from bot import schema
from bot.application import Application
from bot.clock import Clock
from bot.config_reading import load
from bot.database import open_engine
from bot.keys import vault_of
from models.vault import new_key_line
from simulator.client import Person, Telegram

ENFORCED, OURS = 300.0, 295.0
"""Messages a second that the simulator takes at most, and that the bot is set to: ten times the real ones."""


@dataclass
class Delivered:
    """What delivering came to; times in seconds."""

    rows: int
    took: float
    refused: int
    out_of_order: int
    relays: list[float]


async def deliver(url: str, classes: int, each: int) -> Delivered:
    """The real bot sends them to a simulator with limits, while a mentor writes to families."""
    async with simulator() as (telegram, _pid):
        token = f"{BOT}:" + "A" * 35
        settings = load(
            None,
            {
                "BOT_TELEGRAM__TOKEN": token,
                "BOT_TELEGRAM__API_URL": telegram.url,
                "BOT_DATABASE__URL": url,
                "BOT_KEYS__VALUE": new_key_line(),
                "BOT_WEB__PORT": "0",
                "BOT_HOURS__KEEP": "false",
                "BOT_LIMITS__BULK_PER_SECOND": str(OURS),
                "BOT_LIMITS__PERSON_PER_MINUTE": "100000",
                "BOT_LOGS__LEVEL": "ERROR",
            },
        )
        vault, begins = vault_of(settings), evening()
        engine = open_engine(url)
        schema.upgrade(engine, datetime.now(UTC))
        prepare(engine, vault, classes, each, begins, BOT)
        with engine.connect() as connection:
            starts = {
                int(row.user_id): int(row.starts_at)
                for row in connection.execute(
                    text(
                        "SELECT a.user_id, e.starts_at FROM account a JOIN person p ON p.account_id = a.id"
                        " JOIN event_reply r ON r.person_id = p.id JOIN event e ON e.id = r.event_id"
                    )
                )
            }
        mentors = _joined_mentors(engine, begins - timedelta(days=60))
        engine.dispose()
        users = [*starts, *mentors]
        await _call(telegram, token, "getMe")
        await telegram.post(
            "people", people=[{"id": one, "first_name": "王芳", "language_code": "zh-hans"} for one in users]
        )
        for at in range(0, len(users), 1000):
            await telegram.act_all([{"person": one, "bot": BOT, "do": "start"} for one in users[at : at + 1000]])
        await _call(telegram, token, "deleteWebhook?drop_pending_updates=true")
        clock = Clock(begins - timedelta(minutes=60, seconds=30) - datetime.now(UTC))
        app = Application(settings, vault, clock=clock)
        running = asyncio.create_task(app.run())
        while app.health.problems():  # noqa: ASYNC110 - as tests/school.py does
            await asyncio.sleep(0.01)
        await telegram.limits(enforce=True, per_second=ENFORCED, per_chat=1, per_chat_burst=5)
        found = await _watch(app, clock, telegram, starts, mentors)
        app.end()
        await running
        return found


MENTORS = 20
FIRST_MENTOR = FIRST_USER - MENTORS


def _joined_mentors(engine: Engine, since: datetime) -> dict[int, int]:
    """The first classes' mentors have joined: their families write there. Answers a family's account for each mentor's."""
    found = {}
    with engine.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT m.mentor_id, MIN(a.user_id) AS family FROM mentorship m JOIN guardianship g ON g.pupil_id = m.pupil_id"
                " JOIN person p ON p.id = g.person_id JOIN account a ON a.id = p.account_id GROUP BY m.mentor_id"
                " ORDER BY m.mentor_id LIMIT :most"
            ),
            {"most": MENTORS},
        ).all()
        for number, row in enumerate(rows):
            user, now = FIRST_MENTOR + number, int(since.timestamp() * 1000)
            values = {"bot": BOT, "user": user, "id": 900_000_000 + number, "now": now, "person": row.mentor_id}
            connection.execute(
                text(
                    "INSERT INTO account (id, bot_id, user_id, language, language_chosen, reachable, wrong_links, created_at)"
                    " VALUES (:id, :bot, :user, 'zh_CN', false, true, 0, :now)"
                ),
                values,
            )
            connection.execute(text("UPDATE person SET account_id = :id WHERE id = :person"), values)
            connection.execute(
                text("INSERT INTO role (id, person_id, kind, since) VALUES (:id, :person, 'mentor', :now)"), values
            )
            found[user] = int(row.family)
    return found


async def _watch(
    app: Application, clock: Clock, telegram: Telegram, starts: dict[int, int], mentors: dict[int, int]
) -> Delivered:
    pairs = [
        (Person(telegram, family, "王芳", BOT), Person(telegram, mentor, "李明", BOT))
        for mentor, family in mentors.items()
    ]
    since = (await telegram.stats())["calls"]
    clock.offset += timedelta(seconds=31)
    began = time.monotonic()
    queueing = asyncio.create_task(app.tick_now())
    relays: list[float] = []
    sent: list[dict[str, Any]] = []
    while len(sent) < len(starts):
        number = len(relays)
        family, mentor = pairs[number % len(pairs)]
        at = time.monotonic()
        await family.says(f"第{number:04}句话")
        await mentor.sees(f"第{number:04}句话", 30)
        relays.append(time.monotonic() - at)
        await asyncio.sleep(0.2)
        if number % 5 == 0:
            calls = await telegram.calls("sendMessage", since)
            sent = [one for one in calls if one["status"] == 200 and int(one["chat_id"]) in starts]
    took = time.monotonic() - began
    await queueing
    every = await telegram.calls(None, since)
    order = [starts[int(one["chat_id"])] for one in sent]
    return Delivered(
        len(sent),
        took,
        sum(one["status"] == 429 for one in every),
        sum(a != b for a, b in zip(order, sorted(order), strict=True)),
        relays,
    )


async def _call(telegram: Telegram, token: str, method: str) -> None:
    session = telegram._session
    assert session is not None
    async with session.get(f"{telegram.url}/bot{token}/{method}") as answer:
        answer.raise_for_status()
