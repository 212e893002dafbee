"""Two schools, each with its own bot, in one process over one database; and a third whose token is wrong."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Engine

from bot.application import Application
from bot.clock import Clock
from bot.commands.invites import write_invites
from bot.config_reading import load
from models import joining
from models.unit import Unit
from models.vault import Vault
from simulator.client import Person, Telegram
from tests.conftest import KEYS
from tests.school import FATHER, MENTOR, School, until_morning

FIRST, SECOND, WRONG = (f"{700_100_000 + number}:{'A' * 35}" for number in range(3))


@pytest.fixture
def strict_simulator() -> Iterator[str]:
    """A Telegram that knows the first two tokens only."""
    command = [sys.executable, "-m", "simulator", "--port", "0", "--parent-pid", str(os.getpid())]
    command += ["--token", FIRST, "--token", SECOND]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1]
        process.terminate()


@dataclass
class Two:
    app: Application
    telegram: Telegram
    schools: tuple[School, School]

    async def joined(self, which: int, number: int, name: str, row: str, steps: list[tuple[str, str]]) -> Person:
        """Somebody of a school with that school's bot, joined by that school's link."""
        school, bot = self.schools[which], self.app.bots[which]
        with school.engine.begin() as connection:
            unit = Unit(connection, school.vault, datetime.now(UTC))
            slips = list(joining.make_slips(unit, days=30, school_ids=[school.ids["school"]], number=row))
            unit.finish()
        person = await self.telegram.person(number, name, "zh-hans", bot=bot.id)
        await person.starts(next(slip.token for slip in slips if slip.name == name))
        for sees, presses in steps:
            await person.sees(sees)
            await person.presses(presses)
        return person

    async def mentor(self, which: int) -> Person:
        """李明 of that school."""
        person = await self.joined(which, MENTOR + which, "李明", "T1", [("对吗", "是，是我")])
        await person.sees("我的家庭")
        return person

    async def father(self, which: int) -> Person:
        """张强 of that school."""
        person = await self.joined(
            which, FATHER + 100 * which, "张强", "S1", [("对吗", "是，是我"), ("您同意吗", "同意")]
        )
        await person.sees("好了")
        return person


@pytest.fixture
async def two(
    engine: Engine, database_url: str, vault: Vault, strict_simulator: str, tmp_path: Path
) -> AsyncIterator[Two]:
    first = School(engine, vault)
    first.run("UPDATE school SET name = '第一小学'")
    second = School(engine, vault)
    second.run("UPDATE school SET name = '第二小学' WHERE id = :id", id=second.ids["school"])
    file = tmp_path / "config.toml"
    bots = [("第一小学", FIRST), ("第二小学", SECOND), ("第三小学", WRONG)]
    file.write_text(
        "".join(f'[[bots]]\nschool = "{school}"\ntoken = "{token}"\nphone = "{school}"\n' for school, token in bots)
        + "[bots.limits]\nbulk_per_second = 7\n"
    )
    environ = {
        "BOT_TELEGRAM__API_URL": strict_simulator,
        "BOT_DATABASE__URL": database_url,
        "BOT_KEYS__VALUE": KEYS,
        "BOT_WEB__PORT": "0",
        "BOT_LIMITS__CHAT_PER_SECOND": "1000",
    }
    app = Application(load(file, environ), vault, clock=Clock(until_morning(datetime.now(UTC))))
    running = asyncio.create_task(app.run())
    async with Telegram(strict_simulator) as telegram, asyncio.timeout(60):
        while any("token" not in problem for problem in app.health.problems()):  # noqa: ASYNC110 - as tests/school.py does
            await asyncio.sleep(0.02)
        yield Two(app, telegram, (first, second))
        app.end()
        await running


@pytest.mark.timeout(120)
async def test_each_school_has_its_own_bot_and_a_wrong_token_stops_no_other(two: Two) -> None:
    fathers = [await two.father(0), await two.father(1)]
    mentors = [await two.mentor(0), await two.mentor(1)]
    for which, father in enumerate(fathers):
        await father.says(f"问候 {which}")
    for which, mentor in enumerate(mentors):
        asked = await mentor.sees(f"问候 {which}")
        await mentor.replies(asked, f"答复 {which}")
        await fathers[which].sees(f"答复 {which}")
        assert not [text for text in await mentor.reads() if f"问候 {1 - which}" in text]
    school = two.schools[0]
    rows = school.run(
        "SELECT bot_id, COUNT(*) FROM outbox WHERE state = 'sent' AND message_id IS NOT NULL GROUP BY bot_id"
    )
    assert {row[0] for row in rows} == {bot.id for bot in two.app.bots[:2]}
    await two.app.bots[1].refresh()
    assert two.app.health.problems() == ["第三小学: receiving: Telegram does not know this token"]
    async with aiohttp.ClientSession(two.app.web_address) as http:
        async with http.get("/readyz") as answer:
            assert answer.status == 503
        async with http.get("/metrics") as answer:
            figures = await answer.text()
    assert 'bot_updates_received_total{bot="第一小学"}' in figures
    assert 'bot_queue_depth{bot="第二小学",queue="relay"}' in figures


@pytest.mark.timeout(120)
async def test_each_bot_has_its_own_schools_settings_and_links(two: Two, tmp_path: Path) -> None:
    assert [bot.school().help_phone for bot in two.app.bots[:2]] == ["第一小学", "第二小学"]
    assert [bot.config.limits.bulk_per_second for bot in two.app.bots] == [30.0, 30.0, 7.0]
    for school, bot in zip(two.schools, two.app.bots[:2], strict=True):
        folder = tmp_path / bot.config.school.name
        assert await write_invites(bot.config, school.vault, folder, [], None) == 0
        written = (folder / "invites.csv").read_text("utf-8")
        assert f"t.me/{bot.bot.username}?" in written
        assert written.count("张强") == 1
    unit = two.schools[0].unit()
    assert two.app.bots[1].school().covers(unit, two.schools[1].ids["school"])
    assert not two.app.bots[1].school().covers(unit, two.schools[0].ids["school"])
    unit.connection.close()
