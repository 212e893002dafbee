"""python -m bot demo: a pretend Telegram, a seeded school and the real bot, on this computer alone.

The simulator, its page and the bot run as processes of their own, as they would in life; the data lies in a folder that
goes with the demo, or stays with --keep.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from rich.console import Console
from sqlalchemy import Connection

from bot import schema
from bot.commands import directory
from bot.commands.roster import import_files
from bot.config import Settings
from bot.config_reading import load
from bot.database import open_engine
from bot.demo import parent_class, past_visits, people, practice, scene
from bot.keys import vault_of
from models import joining, school_year
from models.calendar import Calendar
from models.hours import at_minute
from models.unit import Unit, sql
from models.vault import Vault

console = Console(stderr=True, highlight=False, soft_wrap=True)

TRIES = 50
"""Ports that are tried, from the asked one on."""
_KEPT = Path("data/demo")
AHEAD = "ahead.txt"
"""The file by which the bot follows the page's clock."""


async def run_demo(port: int, *, keep: bool) -> int:
    """Runs until Ctrl-C. Answers the exit code."""
    ended = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    folder = _KEPT if keep else Path(tempfile.mkdtemp(prefix="mentor-demo-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        async with _simulator(_free(port)) as url:
            config = _settings(folder, url)
            vault = vault_of(config)
            invites = await asyncio.to_thread(_seed, config, vault, folder)
            morning = _school_morning(datetime.now(UTC))
            async with aiohttp.ClientSession() as http, _bot(config, folder, morning) as bot:
                await _set_the_scene(http, url, config, vault, invites, morning)
                following = asyncio.create_task(_carry_the_clock(http, url, folder / AHEAD))
                console.print(f"\n  {people.TITLE['zh']} · {people.TITLE['en']}\n  {url}\n\n  Ctrl-C 结束 · to stop\n")
                waiting = asyncio.create_task(ended.wait())
                watching = asyncio.create_task(bot.wait())
                await asyncio.wait({waiting, watching}, return_when=asyncio.FIRST_COMPLETED)
                if watching.done():
                    console.print(f"The bot has ended by itself; its log: {folder / 'bot.log'}", markup=False)
                    return 1
                for task in (waiting, watching, following):
                    task.cancel()
        return 0
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _free(port: int) -> int:
    for candidate in range(port, port + TRIES):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", candidate))
                return candidate
    return 0


@contextlib.asynccontextmanager
async def _simulator(port: int) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulator",
        "--page",
        "--port",
        str(port),
        "--parent-pid",
        str(os.getpid()),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - it was asked for two lines above
        line = (await process.stdout.readline()).decode()
        if not line:
            raise SystemExit("The pretend Telegram did not start.")
        yield line.split()[1]
    finally:
        await _end(process)


@contextlib.asynccontextmanager
async def _bot(config: Settings, folder: Path, morning: datetime) -> AsyncIterator[asyncio.subprocess.Process]:
    with (folder / "bot.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            "--pretend-now",
            morning.strftime("%Y-%m-%dT%H:%M"),
            "--pretend-ahead",
            str(folder / AHEAD),
            stdout=log,
            stderr=log,
            env=_environment(config),
            start_new_session=True,
        )
    try:
        yield process
    finally:
        await _end(process)


def _school_morning(now: datetime) -> datetime:
    """Nine o'clock of today's or the next school day: a demo at night must not wait for the morning."""
    calendar = Calendar("Asia/Shanghai", {})
    day = now.astimezone(ZoneInfo(calendar.zone)).date()
    while not calendar.is_school_day(day):
        day += timedelta(days=1)
    return at_minute(day, 9 * 60, ZoneInfo(calendar.zone))


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(6):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _settings(folder: Path, url: str) -> Settings:
    token_file = folder / "token.txt"
    if not token_file.exists():
        token_file.touch(mode=0o600)
        token_file.write_text(f"{secrets.randbelow(800_000_000) + 100_000_000}:{secrets.token_urlsafe(26)}")
    web = _free(int(url.rpartition(":")[2].strip("/")) + 1)
    return load(
        None,
        {
            "BOT_TELEGRAM__TOKEN_FILE": str(token_file),
            "BOT_TELEGRAM__API_URL": url,
            "BOT_DATABASE__URL": f"sqlite:///{folder / 'school.db'}",
            "BOT_KEYS__FILE": str(folder / "keys.txt"),
            "BOT_WEB__PORT": str(web),
            "BOT_WEB__PUBLIC_URL": f"http://127.0.0.1:{web}",
            "BOT_SCHOOL__PHONE": people.PHONE,
        },
    )


def _environment(config: Settings) -> dict[str, str]:
    """The bot's environment: this one's without settings of a real bot, and the demo's."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    return {
        **own,
        "BOT_TELEGRAM__TOKEN": config.telegram.token.get_secret_value(),
        "BOT_TELEGRAM__API_URL": config.telegram.api_url,
        "BOT_DATABASE__URL": config.database.url.get_secret_value(),
        "BOT_KEYS__FILE": config.keys.file,
        "BOT_WEB__PORT": str(config.web.port),
        "BOT_WEB__PUBLIC_URL": config.web.public_url,
        "BOT_SCHOOL__PHONE": config.school.phone,
    }


_JOINED = sql("SELECT a.user_id FROM account a JOIN person p ON p.account_id = a.id")


def _seed(config: Settings, vault: Vault, folder: Path) -> dict[int, list[str]]:
    """Imports the demo's roster and makes links. Answers each phone's payloads; none for who has joined already."""
    engine = open_engine(config.database_url)
    try:
        schema.upgrade(engine, datetime.now(UTC))
        for name, content in people.roster().items():
            (folder / name).write_text(content, "utf-8")
        quiet = Console(quiet=True)
        if import_files(config, vault, [folder / name for name in people.roster()], console=quiet) != 0:
            raise SystemExit("The demo's own roster was refused.")
        (folder / "directory.csv").write_text(practice.CARDS, "utf-8")
        if directory.import_(config, vault, folder / "directory.csv", "", quiet) != 0:
            raise SystemExit("The demo's own directory was refused.")
        with engine.begin() as connection:
            _school_year(connection, vault)
        with engine.begin() as connection:
            past_visits.seed(connection, vault, _school_morning(datetime.now(UTC)))
            return _links(connection, vault)
    finally:
        engine.dispose()


_SCHOOLS = sql("SELECT id FROM school")


def _school_year(connection: Connection, vault: Vault) -> None:
    """A term around today, so that there is something to do; a demo that is kept has it already."""
    unit = Unit(connection, vault, datetime.now(UTC))
    today = unit.now.astimezone(ZoneInfo("Asia/Shanghai")).date()
    for row in unit.execute(_SCHOOLS).all():
        known = school_year.kept(unit, row.id)
        if known.hours:
            continue
        for entry in people.year(today, known.entries):
            school_year.put(unit, row.id, entry)
        school_year.put_hours(unit, row.id, people.LESSONS)
    unit.finish()


def _links(connection: Connection, vault: Vault) -> dict[int, list[str]]:
    unit = Unit(connection, vault, datetime.now(UTC))
    joined = {row.user_id for row in unit.execute(_JOINED)}
    slips = {(slip.name, slip.number): slip.token for slip in joining.make_slips(unit, days=30)}
    unit.finish()
    found: dict[int, list[str]] = {}
    for person in people.CAST:
        wanted = [slips[(person.name, number)] for number in person.numbers if (person.name, number) in slips]
        found[person.id] = [] if person.id in joined else wanted
    return found


def _parent_class(config: Settings, vault: Vault, at: datetime) -> parent_class.Class | None:
    engine = open_engine(config.database_url)
    try:
        with engine.connect() as connection:
            return parent_class.planned(connection, vault, at)
    finally:
        engine.dispose()


async def _set_the_scene(
    http: aiohttp.ClientSession,
    url: str,
    config: Settings,
    vault: Vault,
    invites: dict[int, list[str]],
    morning: datetime,
) -> None:
    """Puts the people on the page; who had joined in an earlier demo opens the bot again."""
    token = config.telegram.token.get_secret_value()
    async with http.get(f"{url}/bot{token}/getMe") as response:
        username = (await response.json())["result"]["username"]
    visit_at = past_visits.first_evening(morning)
    # The story has come to that evening when it plans its parent class.
    class_ = await asyncio.to_thread(_parent_class, config, vault, visit_at)
    shown = scene.scene(username, invites, visit_at, class_)
    # The page shows the school's time, which the bot took for its own when it began.
    shown["clock"] = {"base": (morning - datetime.now(UTC)).total_seconds(), "zone": 8 * 3600}
    await _control(http, url, "scene", shown)
    for person in people.CAST:
        if not invites[person.id]:
            await _control(http, url, "act", {"person": person.id, "do": "start"})


def _write_whole(file: Path, content: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(content, "ascii")
    fresh.replace(file)


async def _carry_the_clock(http: aiohttp.ClientSession, url: str, file: Path) -> None:
    """The page moves the pretend Telegram's clock; the bot is another process and follows it through a file."""
    known = 0.0
    await asyncio.to_thread(file.unlink, missing_ok=True)
    while True:
        await asyncio.sleep(0.2)
        with contextlib.suppress(aiohttp.ClientError):
            async with http.get(f"{url}/control/clock") as response:
                ahead = float((await response.json())["ahead"])
            if ahead != known:
                known = ahead
                await asyncio.to_thread(_write_whole, file, str(ahead))


async def _control(http: aiohttp.ClientSession, url: str, path: str, body: Any) -> None:
    async with http.post(f"{url}/control/{path}", json=body) as response:
        if response.status != 200:
            raise SystemExit(f"The pretend Telegram refused: {await response.text()}")
