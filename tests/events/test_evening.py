"""A whole evening's reminders: in order, once, none that is not true any more, none too late; and people are not kept waiting."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bench.evening_town import fill
from bot import delivery, outbox
from bot.config import Settings
from bot.database import open_engine
from handlers.context import SchoolSettings
from handlers.events import spread
from models.events import changing, tellings
from models.unit import Unit
from models.vault import Vault
from simulator.client import Telegram
from tests.conftest import settings_for
from tests.events.evening import (
    SOON,
    all_gone,
    at,
    done,
    look,
    minutes,
    not_sent,
    sent,
    starts_by_user,
    states,
    town,
    unit_of,
)
from tests.school import Bot, School

CLASSES, EACH = 12, 25
MANY = CLASSES * EACH


def at_rate(simulator: str, url: str, rate: float, **more: str) -> Settings:
    return settings_for(
        simulator,
        url,
        BOT_LIMITS__BULK_PER_SECOND=str(rate),
        # With few calls at once nothing passes another one on the way.
        **{"BOT_LIMITS__IN_FLIGHT": "4", **more},
    )


async def some_sent(bot: Bot) -> None:
    """Waits until the first of many have left."""
    async with asyncio.timeout(30):
        while states(bot)["sent"] < 10:  # noqa: ASYNC110 - rows say it
            await asyncio.sleep(0.02)


async def test_they_leave_in_the_order_of_their_start_and_once_though_the_bot_stops(
    simulator: str, database_url: str, school: School, telegram: Telegram
) -> None:
    bot, begins = await town(at_rate(simulator, database_url, 200), school, telegram, classes=CLASSES, each=EACH)
    await bot.start()
    await look(bot, begins - minutes(60))
    assert sum(states(bot).values()) == MANY
    await some_sent(bot)
    await bot.stop()
    between = len(await sent(bot))
    assert 0 < between < MANY
    await bot.start()
    await look(bot, begins - minutes(59))
    await all_gone(bot)
    await bot.stop()
    calls, starts = await sent(bot), starts_by_user(bot)
    assert states(bot) == {"sent": MANY}
    assert Counter(int(one["chat_id"]) for one in calls) == dict.fromkeys(starts, 1)
    order = [starts[int(one["chat_id"])] for one in calls]
    # Calls that are under way together may arrive in either order: only at the two borders does that show.
    assert sum(a != b for a, b in zip(order, sorted(order), strict=True)) <= 16


async def test_after_a_change_of_time_nobody_hears_the_old_reminder(
    simulator: str, database_url: str, school: School, telegram: Telegram
) -> None:
    bot, begins = await town(at_rate(simulator, database_url, 60), school, telegram, classes=6, each=EACH)
    await bot.start()
    await look(bot, begins - minutes(60))
    await some_sent(bot)
    # The last of those that begin latest: surely none of its reminders is under way.
    event, host = bot.school.run(
        "SELECT id, host_id FROM event WHERE state = 'announced' ORDER BY starts_at DESC, id DESC LIMIT 1"
    )[0]
    unit = unit_of(bot)
    known = unit.execute(text("SELECT starts_at FROM event WHERE id = :id"), id=event).one().starts_at
    assert changing.changed(
        unit, int(str(event)), int(str(host)), {"time"}, starts_at=known + 3_600_000, ends_at=known + 7_200_000
    )
    done(unit)
    before = len(await sent(bot))
    await look(bot, begins - minutes(59))
    await all_gone(bot)
    await bot.stop()
    users = {
        int(str(row[0]))
        for row in bot.school.run(
            "SELECT a.user_id FROM event_reply r JOIN person p ON p.id = r.person_id JOIN account a ON a.id = p.account_id"
            " WHERE r.event_id = :event",
            event=event,
        )
    }
    theirs = [one for one in await sent(bot) if int(one["chat_id"]) in users]
    assert len(users) == EACH
    heard = Counter(int(one["chat_id"]) for one in theirs)
    assert heard == dict.fromkeys(users, 1), "the change, and nothing else"
    # It was told at once, though others still waited for their reminders.
    place = max(number for number, one in enumerate(await sent(bot)) if int(one["chat_id"]) in users)
    assert place < before + EACH + 20
    gone = bot.school.run(
        "SELECT state, COUNT(*) FROM outbox WHERE dedupe_key LIKE :keys GROUP BY state", keys=f"event:{event}:hour.%"
    )
    assert [tuple(row) for row in gone] == [("cancelled", EACH)]


async def test_what_is_too_late_is_not_sent_and_is_counted(
    simulator: str, database_url: str, school: School, telegram: Telegram
) -> None:
    bot, begins = await town(at_rate(simulator, database_url, 100), school, telegram, classes=CLASSES, each=EACH)
    at(bot, begins - minutes(61))  # nothing is due when it starts
    await bot.start()
    await look(bot, begins - timedelta(seconds=0.6))
    await all_gone(bot)
    found = states(bot)
    calls, starts = await sent(bot), starts_by_user(bot)
    first = [one for one in calls if starts[int(one["chat_id"])] == min(starts.values())]
    others = MANY * 2 // 3
    assert len(calls) == found["sent"] == len(first) + others
    missed = not_sent(bot)
    await bot.stop()
    assert len(first) < MANY // 3
    assert len(first) + missed == MANY // 3


async def test_people_are_not_kept_waiting(
    simulator: str, database_url: str, school: School, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As with 45,000: more than is in memory, and more than is read at once.
    monkeypatch.setattr(delivery, "MOST_IN_MEMORY", 40)
    monkeypatch.setattr(outbox, "WINDOW", 30)
    bot, begins = await town(at_rate(simulator, database_url, 60), school, telegram, classes=CLASSES, each=EACH)
    await bot.start()
    mentor, father = await bot.joined_mentor(), await bot.father()
    await look(bot, begins - minutes(60))
    assert states(bot)["waiting"] > 200
    let_by = []
    for number in range(12):
        before = states(bot)["sent"]
        await father.says(f"小雨今天好些了 {number:02}")
        await mentor.sees(f"好些了 {number:02}")
        let_by.append(states(bot)["sent"] - before)
        await asyncio.sleep(0.1)
    assert states(bot)["waiting"] > 50, "all this while they waited"
    # Counted in what the others got meanwhile, not in seconds: a busy machine is slow to both.
    assert max(let_by) < 60
    await all_gone(bot)
    calls, starts = await sent(bot), starts_by_user(bot)
    await bot.stop()
    order = [starts[int(one["chat_id"])] for one in calls]
    assert len(order) == MANY
    assert sum(a != b for a, b in zip(order, sorted(order), strict=True)) <= 16


@pytest.mark.parametrize(
    ("down", "comes"), [(timedelta(minutes=1), True), (timedelta(hours=1), False), (timedelta(days=3), False)], ids=str
)
async def test_after_a_time_without_the_bot(
    settings: Settings, school: School, telegram: Telegram, down: timedelta, comes: bool
) -> None:
    bot, begins = await town(settings, school, telegram, classes=1, each=3)
    at(bot, begins - minutes(61))
    await bot.start()
    await look(bot, begins - minutes(60.5))
    assert not states(bot)
    await bot.stop()
    at(bot, begins - minutes(60) + down)
    await bot.start()
    for _ in range(3):
        await look(bot, bot.clock.now() + minutes(1))
    await all_gone(bot)
    calls = await sent(bot)
    missed = not_sent(bot)
    await bot.stop()
    reminders = states(bot)["sent"]
    assert (reminders, missed) == ((3, 0) if comes else (0, 3))
    if comes:
        assert len(calls) == 3


def race(url: str, vault: Vault, now: datetime, start: Any) -> None:
    """One of the processes: as often as it is sent away because another one was first."""
    engine = open_engine(url)
    start.wait(20)
    quiet = 0
    while quiet < 3:
        try:
            with engine.begin() as connection:
                unit = Unit(connection, vault, now)
                tellings.find(unit, SchoolSettings().events)
                more = spread.tick(unit, SchoolSettings())
                unit.finish()
            quiet = 0 if more else quiet + 1
        except (spread.Stuck, DBAPIError):
            time.sleep(0.01)
    engine.dispose()


def test_three_processes_and_no_doubles(database_url: str, vault: Vault) -> None:
    if "sqlite" in database_url:
        pytest.skip("one process alone may hold the file: a lease keeps the others out")
    engine = open_engine(database_url)
    begins = datetime.now().astimezone().replace(microsecond=0) + timedelta(hours=20)
    with engine.begin() as connection:
        fill(connection, vault, 20, 20, begins, 7)
        connection.execute(text("UPDATE event SET starts_at = :at"), {"at": int(begins.timestamp() * 1000)})
        connection.execute(text("UPDATE person SET quiet_from = 0, quiet_to = 0"))
    engine.dispose()
    several = multiprocessing.get_context("fork")
    start = several.Barrier(3)
    now = begins - timedelta(minutes=50)
    running = [several.Process(target=race, args=(database_url, vault, now, start)) for _ in range(3)]
    for one in running:
        one.start()
    for one in running:
        one.join(60)
        assert one.exitcode == 0
    engine = open_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT chat_id, COUNT(*) FROM outbox WHERE dedupe_key LIKE :keys GROUP BY chat_id"),
            {"keys": "event:%:hour.%"},
        ).all()
        queued = connection.execute(
            text("SELECT SUM(queued), COUNT(*), COUNT(done_at) FROM event_telling WHERE what = 'hour'")
        ).one()
    engine.dispose()
    assert len(rows) == 400
    assert {count for _, count in rows} == {1}
    assert tuple(queued) == (400, 20, 20)


async def test_a_reminder_says_when_and_where(settings: Settings, school: School, telegram: Telegram) -> None:
    bot, begins = await town(settings, school, telegram, classes=1, each=1)
    at(bot, begins - minutes(61))
    await bot.start()
    guardian = await bot.person(1_000_000, "王芳")
    await look(bot, begins - minutes(60))
    shown = await guardian.sees(SOON)
    await bot.stop()
    assert "19:00–20:00" in shown["text"]
    assert "五年级教室" in shown["text"]
