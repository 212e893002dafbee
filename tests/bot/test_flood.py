"""Flood limits through the front door: what 429 holds, what is paid for, and that a page about a child goes before all else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from bot import gate
from bot.config import Settings
from handlers import say
from models.queues import Lane
from models.unit import Unit
from simulator.client import Telegram
from tests.conftest import settings_for
from tests.school import Bot

FIRST = 50_001
PAID = 300


@pytest.fixture
def settings(simulator: str, database_url: str) -> Settings:
    """At the real limit, with paid notices."""
    return settings_for(
        simulator,
        database_url,
        BOT_LIMITS__BULK_PER_SECOND="30",
        BOT_LIMITS__PAID_PER_SECOND=str(PAID),
        BOT_HOURS__KEEP="false",
    )


@pytest.fixture
async def telegram(simulator: str) -> AsyncIterator[Telegram]:
    """Its limits and faults are as before afterwards: other tests use it too."""
    async with Telegram(simulator) as found:
        yield found
        await found.faults()
        await found.limits(enforce=False, per_second=30, per_chat=1, per_chat_burst=3, shuts="bot", shut_seconds=1)


async def _tell(bot: Bot, many: int, first: int = FIRST, *, notice: bool) -> None:
    """So many people are told something that can wait."""
    users = range(first, first + many)
    await bot.telegram.limits(enforce=False)
    await bot.telegram.post("people", people=[{"id": one, "first_name": "王芳"} for one in users])
    await bot.telegram.act_all([{"person": one, "bot": bot.id, "do": "start"} for one in users])
    await bot.settled()
    # What strangers are told who open the bot is out of the window.
    await bot.telegram.limits(enforce=True, per_second=30, per_chat=1000, per_chat_burst=1000)
    payload: dict[str, Any] = {"text": "家长课堂", "buttons": [], **({"notice": 7} if notice else {})}

    def queue(unit: Unit) -> None:
        for user in users:
            unit.queue(
                bot_id=bot.id,
                chat_id=user,
                kind=say.TEXT,
                payload=orjson.dumps(payload).decode(),
                lane=Lane.LATER,
                answers=True,
            )

    assert bot.app is not None
    await bot.app.in_unit(queue)


async def _sent(bot: Bot, text_of: range) -> list[dict[str, Any]]:
    return [one for one in await bot.telegram.calls() if one["bot"] == bot.id and one["chat_id"] in text_of]


async def test_only_notices_are_paid_for(bot: Bot) -> None:
    await _tell(bot, 20, notice=False)
    await bot.settled()
    flood = (await bot.telegram.stats())["flood"][str(bot.id)]
    assert flood["billed"] == flood["refused"] == 0
    await _tell(bot, 150, FIRST + 1000, notice=True)
    await bot.settled()
    flood = (await bot.telegram.stats())["flood"][str(bot.id)]
    assert flood["refused"] == 0
    assert 60 <= flood["billed"] <= 120
    calls = await _sent(bot, range(FIRST + 1000, FIRST + 1150))
    assert calls[-1]["time"] - calls[-150]["time"] < 3
    assert bot.school.run("SELECT state, COUNT(*) FROM outbox WHERE lane = 4 GROUP BY state") == [("sent", 170)]


@pytest.mark.parametrize("patience", [gate.PATIENCE, 0.1])
async def test_429_holds_all_for_as_long_as_it_says_and_loses_none(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    """With less patience than the second takes, rows that are claimed go back to the table meanwhile."""
    monkeypatch.setattr(gate, "PATIENCE", patience)
    father, mentor = await bot.father(), await bot.joined_mentor()
    await bot.settled()
    since = (await bot.telegram.calls())[-1]["n"]
    await bot.telegram.faults({"method": "sendMessage", "kind": "retry_after", "retry_after": 1, "times": 1})
    for number in range(4):
        await father.says(f"第{number}句话")
    for number in range(4):
        await mentor.sees(f"第{number}句话", 10)
    await bot.settled()
    calls = [one for one in await bot.telegram.calls(None, since) if one["bot"] == bot.id]
    refused = next(one for one in calls if one["status"] == 429)
    after = next(one for one in calls if one["status"] == 200 and one["time"] > refused["time"] + 0.3)
    assert 0.98 <= after["time"] - refused["time"] < 3
    relayed = [one for one in await mentor.reads() if "句话" in one]
    assert [one.partition("第")[2][:1] for one in relayed] == ["0", "1", "2", "3"]
    assert bot.app is not None
    figures = bot.app.bots[0].metrics.text().decode()
    assert "bot_floods_total 1.0" in figures
    assert "bot_pace_per_second 30.0" in figures  # one refusal while little was sent says nothing about it


async def test_with_everything_busy_a_page_goes_before_all_else(bot: Bot) -> None:
    father, mentor = await bot.father(), await bot.joined_mentor()
    await bot.settled()
    await _tell(bot, 120, notice=False)
    for number in range(10):
        await father.says(f"第{number}句话")
    began = datetime.now(UTC)
    await father.says("孩子昨晚说活着没意思，手臂上有好多刀痕")
    await mentor.sees("请马上看", 10)
    took = (datetime.now(UTC) - began).total_seconds()
    left = bot.school.run("SELECT COUNT(*) FROM outbox WHERE lane = 4 AND state = 'waiting'")
    assert left[0][0] > 20  # type: ignore[operator]
    assert took < 3
    assert bot.school.run("SELECT COUNT(*) FROM outbox WHERE lane = -1") == [(1,)]
