"""What is due is looked for by the bot itself; elsewhere in the tests a bot looks when it is told to (tests/conftest.py)."""

from __future__ import annotations

import pytest

from bot import ticks
from tests.school import Bot


async def test_the_bot_looks_by_itself_what_is_due(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    mother = await bot.mother()
    await mother.says("请回电话")
    await mother.sees("发给谁")
    await bot.stop()
    monkeypatch.setattr(ticks, "TICK_SECONDS", 0.2)
    await bot.start()
    bot.later(minutes=11)
    await mother.sees("还有 1 条没有发出去")
