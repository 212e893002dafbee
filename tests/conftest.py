"""What every test may use: a pretend Telegram, both databases, a small school, a running bot."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot import schema, ticks
from bot.config import Settings
from bot.config_reading import load
from bot.database import open_engine
from models.vault import Vault, new_key_line, parse_keys
from simulator.client import Telegram
from tests.effort import EVERYTHING
from tests.postgres import as_admin, database, named, running
from tests.school import Bot, School, until_thursday

KEYS = new_key_line()
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30
"""A file system in memory, and the bytes that must be free there to be used."""
IN_TURN = (
    "appointments",
    "checklist",
    "city",
    "directory",
    "duties",
    "events",
    "evidence",
    "matching",
    "notices",
    "pupil_file",
    "rights",
    "safeguarding",
    "training",
)
"""Folders whose stories run on one of the two databases each, in turn, so that the whole suite stays short. Rules run on both,
and so do `tests/story` and what is marked `both`; EVERY_DATABASE=1 runs every story on both (`make test-every`)."""
_numbers = itertools.count(int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) * 100_000 + 1)


def pytest_configure(config: pytest.Config) -> None:
    """Puts the databases of the tests into memory where there is room: no test cuts the power, so no disk has to be asked.

    TMPDIR, where it is set, is kept to. The bots that tests start as processes of their own inherit it.
    """
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # asked again


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out of each such pair one, by the test's name: the same one in every run and in every worker."""
    left = [] if EVERYTHING else [one for one in items if _is_left(one)]
    if left:
        config.hook.pytest_deselected(items=left)
        gone = set(left)
        items[:] = [one for one in items if one not in gone]
    items[:] = _long_ones_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


LONG = (
    "promises",
    "page",
    "test_histories.py",
    "test_isolation.py",
    "test_replies.py",
    "test_races.py",
    "test_once.py",
    "test_due_rules.py",
)
"""Folders and files whose tests take many seconds each: the last of them must not be what everybody waits for."""


def _long_ones_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Spread over the beginnings of the parts that the workers are given."""
    long_ones = [one for one in items if one.path.parent.name in LONG or one.path.name in LONG]
    if workers < 2 or not long_ones:
        return items
    others = [one for one in items if one not in set(long_ones)]
    found: list[pytest.Item] = []
    for worker in range(workers):
        found += long_ones[worker::workers]
        found += others[len(others) * worker // workers : len(others) * (worker + 1) // workers]
    return found


def _is_left(item: pytest.Item) -> bool:
    if not isinstance(item, pytest.Function) or item.path.parent.name not in IN_TURN:
        return False
    if "bot" not in item.fixturenames or item.get_closest_marker("both"):
        return False
    database = getattr(getattr(item, "callspec", None), "params", {}).get("database_url")
    turn = ("sqlite", "postgresql")[zlib.crc32((item.originalname or item.name).encode()) % 2]
    return database is not None and database != turn


@pytest.fixture(scope="session", autouse=True)
def own_ticks() -> Iterator[None]:
    """A bot within a test looks what is due once when it starts, and then when the test says so (`tick_now`).

    Its own tick every twenty seconds would fall somewhere into one run of a test in ten. Bots that run as processes of
    their own keep it, and tests/bot/test_ticks.py proves it. What many are told begins sooner than in life.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ticks, "TICK_SECONDS", 3600)
        patch.setattr(ticks, "SPREAD_SECONDS", 0.2)
        yield


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    """The address of a running simulator; every test has a bot of its own there."""
    command = [sys.executable, "-m", "simulator", "--port", "0", "--parent-pid", str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1]
        process.terminate()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    schema.upgrade(engine, datetime.now(UTC))
    with engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server with a migrated, empty database `template_school`."""
    with running() as root:
        as_admin(root, "CREATE DATABASE template_school")
        engine = open_engine(named(root, "template_school"))
        schema.upgrade(engine, datetime.now(UTC))
        engine.dispose()
        yield root


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database: the same test runs on both."""
    if request.param == "sqlite":
        yield fresh_sqlite(request, tmp_path)
        return
    root: str = request.getfixturevalue("postgres")
    with database(root, f"school_{next(_numbers)}", "template_school") as address:
        yield address


def fresh_sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A copy of the migrated SQLite database."""
    target = tmp_path / "school.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), target)
    return f"sqlite:///{target}"


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """For what is about the embedded database alone."""
    return fresh_sqlite(request, tmp_path)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The database's engine."""
    found = open_engine(database_url)
    yield found
    found.dispose()


@pytest.fixture
def vault() -> Vault:
    """The vault of this run."""
    return Vault(parse_keys(KEYS))


@pytest.fixture
def school(request: pytest.FixtureRequest, engine: Engine, vault: Vault) -> School:
    """A school of one class: 李明 mentors 张小雨 and 张小阳, 周老师 mentors 陈晨; nobody has joined."""
    if "telegram" not in request.fixturenames:
        return School(engine, vault)
    # Where there is a bot, it all began on the morning on which the bot does.
    return School(engine, vault, until_thursday(datetime.now(UTC)) - timedelta(hours=4))


@pytest.fixture
def settings(simulator: str, database_url: str) -> Settings:
    """Settings of a bot on that database and that Telegram."""
    return settings_for(simulator, database_url)


def settings_for(simulator: str, database_url: str, **more: str) -> Settings:
    """Settings by way of the environment, as an operator would give them."""
    token = f"{700_000_000 + next(_numbers)}:{'A' * 35}"
    environ = {
        "BOT_TELEGRAM__TOKEN": token,
        "BOT_TELEGRAM__API_URL": simulator,
        "BOT_DATABASE__URL": database_url,
        "BOT_KEYS__VALUE": KEYS,
        "BOT_WEB__PORT": "0",
        "BOT_LIMITS__BULK_PER_SECOND": "10000",
        "BOT_LIMITS__CHAT_PER_SECOND": "1000",
        "BOT_LIMITS__CHAT_BURST": "100",
        **more,
    }
    return load(None, environ)


@pytest.fixture
async def telegram(simulator: str) -> AsyncIterator[Telegram]:
    """The people's side of Telegram."""
    async with Telegram(simulator) as found:
        yield found


@pytest.fixture
async def bot(settings: Settings, school: School, telegram: Telegram) -> AsyncIterator[Bot]:
    """A running bot and the people of the school, nobody joined yet."""
    running = Bot(settings, school, telegram)
    await running.start()
    try:
        yield running
    finally:
        async with asyncio.timeout(60):
            await running.stop()
