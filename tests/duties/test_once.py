"""G4: each digest once, whatever happens: three processes at the same rows, kill -9 while they go out, downtime."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.config import Settings
from bot.database import open_engine
from handlers import digest
from handlers.context import SchoolSettings
from models import people
from models.base import new_id
from models.calendar import Calendar
from models.duties import due
from models.unit import Unit
from models.vault import Vault
from simulator.client import Telegram
from tests import chaos
from tests.duties.test_week import digests, tick, to_monday
from tests.school import ZONE, Bot, School

MENTORS = 1000
BOT = 7


def a_monday() -> datetime:
    """Eight o'clock of a Monday to come on which school is held."""
    day = datetime.now(ZONE).date()
    day += timedelta(days=7 - day.weekday())
    while not Calendar("Asia/Shanghai", {}).is_school_day(day):
        day += timedelta(days=7)
    return datetime(day.year, day.month, day.day, 8, tzinfo=ZONE)


def fill(school: School, engine: Engine) -> None:
    now = datetime.now(UTC)
    with Session(engine, expire_on_commit=False) as session:
        for number in range(MENTORS):
            account = people.Account(bot_id=BOT, user_id=50_000 + number, created_at=now)
            session.add(account)
            session.flush()
            row = new_id()
            session.add(
                people.Person(
                    id=row,
                    school_id=school.ids["school"],
                    staff_number=f"X{number}",
                    sealed_name=school.vault.seal("person", row, "name", f"师{number}"),
                    name_hash=school.vault.lookup("name", f"师{number}"),
                    account_id=account.id,
                )
            )
            session.flush()
            school.pupil(session, f"P{number}", f"生{number}", row, ())
        session.commit()


def race(url: str, vault: Vault, monday: datetime, start: object) -> None:
    """One of the processes."""
    start.wait(60)  # type: ignore[attr-defined]
    engine = open_engine(url)
    for _round in range(400):
        try:
            with engine.begin() as connection:
                unit = Unit(connection, vault, monday)
                going_on = digest.tick(unit, BOT, SchoolSettings())
                unit.finish()
        except DBAPIError:
            continue  # it waited too long for another one: in life too the next tick comes
        if not going_on:
            break
    engine.dispose()


def test_three_processes_and_no_doubles(database_url: str, vault: Vault) -> None:
    if "sqlite" in database_url:
        pytest.skip("one process alone may hold the file: a lease keeps the others out")
    engine = open_engine(database_url)
    fill(School(engine, vault), engine)
    engine.dispose()
    several = multiprocessing.get_context("fork")
    start = several.Barrier(3)
    running = [several.Process(target=race, args=(database_url, vault, a_monday(), start)) for _ in range(3)]
    for one in running:
        one.start()
    for one in running:
        one.join(120)
        assert one.exitcode == 0
    engine = open_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT chat_id, COUNT(*) FROM outbox GROUP BY chat_id")).all()
    engine.dispose()
    assert len(rows) == MENTORS
    assert {count for _, count in rows} == {1}


@pytest.mark.parametrize("down", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=3)], ids=str)
async def test_after_a_time_without_the_bot_it_comes_once(bot: Bot, down: timedelta) -> None:
    mentor = await bot.joined_mentor()
    await to_monday(bot, 1, hour=7)  # half an hour before its time
    await mentor.sees_nothing_with("【本周该做】", 0.2)
    await bot.stop()
    bot.later(minutes=30)
    bot.clock.offset += down
    await bot.start()
    for _ in range(3):
        await tick(bot, minutes=1)
    await mentor.sees("【本周该做】")
    assert len(digests(await mentor.reads())) == 1


@pytest.mark.timeout(400)
async def test_kill_9_while_digests_go_out_loses_none_and_makes_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaos, "MENTORS", 60)
    monkeypatch.setattr(chaos, "FAMILIES", 60)
    dice, kills, monday, began = random.Random(11), 5, a_monday(), time.monotonic()
    if due.SUMMER[0][0] == 13 and 7 <= monday.month <= 8:
        pytest.skip("in the summer holidays nothing is asked of anybody")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with chaos.simulator() as url, Telegram(url) as telegram:
            town = chaos.Town(folder, url)
            async with aiohttp.ClientSession() as http, http.get(f"{url}/bot{town.token}/getMe") as answer:
                assert answer.status == 200
            people_ = [await telegram.person(user, f"导师{user}", "zh-hans", bot=town.bot_id) for user in town.mentors]
            for person in people_:
                await person.starts()
            for number in range(kills + 1):
                # A clock does not go back when a process starts anew.
                process = _start(town, monday + timedelta(seconds=time.monotonic() - began))
                await _ready(folder, number + 1)
                if number < kills:
                    await asyncio.sleep(dice.random() * 0.8)
                    process.kill()
                    process.wait()
            seen, unmarked = Counter[int](), Counter[int]()
            for _ in range(300):
                await asyncio.sleep(0.2)
                for person in people_:
                    texts = digests(await person.reads())
                    seen[person.id] = len(texts)
                    unmarked[person.id] = len([one for one in texts if "可能重复" not in one])
                if min(seen.values()) > 0:
                    break
            process.terminate()
            process.wait()
        engine = open_engine(f"sqlite:///{town.database}")
        with engine.connect() as connection:
            made = connection.execute(text("SELECT COUNT(*), COUNT(DISTINCT person_id) FROM digest")).one()
        engine.dispose()
    assert tuple(made) == (60, 60)
    assert min(seen.values()) == 1, seen
    # What was under way at a kill may go again, since Telegram cannot be asked whether it has it; then it says so.
    assert max(unmarked.values()) == 1, unmarked
    assert sum(seen.values()) - 60 <= kills * Settings().limits.in_flight


def _start(town: chaos.Town, now: datetime) -> subprocess.Popen[bytes]:
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BOT_")},
        "BOT_TELEGRAM__TOKEN": town.token,
        "BOT_TELEGRAM__API_URL": town.url,
        "BOT_DATABASE__URL": f"sqlite:///{town.database}",
        "BOT_KEYS__VALUE": town.keys,
        "BOT_WEB__PORT": "0",
    }
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    command = [sys.executable, "-m", "bot", "run", "--pretend-now", moment]
    with (town.folder / "bot.log").open("ab") as log:
        return subprocess.Popen(command, env=environ, stdout=log, stderr=log)


async def _ready(folder: Path, times: int) -> None:
    """Waits until the bot has said so many times that it is ready."""
    for _ in range(1200):
        if (folder / "bot.log").read_bytes().count(b'"event": "ready"') >= times:
            return
        await asyncio.sleep(0.05)
    raise AssertionError((folder / "bot.log").read_text("utf-8")[-2000:])
