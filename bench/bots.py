"""Many bots in one process: how fast notices leave for 50 schools beside one, and what bounds it.

`python -m bench.bots` (`--bots 50 --people 1000 --database postgresql|sqlite`): one process runs all bots against the simulator,
each with a notice for each of its guardians waiting in the table. The same process with one bot goes first, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from sqlalchemy import text

from bot import schema
from bot.database import open_engine
from models import people
from models.queues import Lane
from models.unit import Unit
from models.vault import Vault, new_key_line, parse_keys
from simulator.client import Telegram

FIRST_BOT, FIRST_PERSON = 710_000_000, 40_000_000
TEXT = '{"text":"各位家长：周五下午三点半放学，请准时来接。"}'
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Found:
    """What came of one phase; rates in messages a second, processor use as a share of one core."""

    bots: int
    sent: int
    rate: float
    refused: int
    bot_cpu: float
    simulator_cpu: float
    database_cpu: float
    commits: float

    def row(self) -> str:
        """A line of the table."""
        return (
            f"| {self.bots} | {self.sent} | {self.rate:.1f} | {self.refused} | {self.bot_cpu:.0%} |"
            f" {self.database_cpu:.0%} | {self.simulator_cpu:.0%} | {self.commits:.0f} |"
        )


HEADING = (
    "| bots | notices | a second | 429 | processor: the bots' process | the database | the simulator | commits a second |\n"
    "|---|---|---|---|---|---|---|---|"
)


def _seconds(pid: int) -> float:
    """Processor seconds of a process and all that it has started."""
    total = 0.0
    for one in [pid, *_children(pid)]:
        with contextlib.suppress(OSError):
            parts = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += (int(parts[11]) + int(parts[12])) / _TICKS
    return total


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        found = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return found + [below for one in found for below in _children(one)]
    return []


class Deployment:
    """A database with a notice for each guardian of each bot, and the process that sends them."""

    def __init__(self, folder: Path, api: str, database_url: str, bots: int, first: int) -> None:
        self.folder, self.url = folder, database_url
        self.bots = [first + number for number in range(bots)]
        self.keys = new_key_line()
        self._vault = Vault(parse_keys(self.keys))
        self._file = folder / f"{first}.toml"
        tables = [f'[[bots]]\nschool = "学校{one}"\ntoken = "{token_of(one)}"\n' for one in self.bots]
        self._file.write_text(f'[telegram]\napi_url = "{api}"\n[web]\nport = 0\n' + "".join(tables), "utf-8")
        self.engine = open_engine(database_url)
        schema.upgrade(self.engine, datetime.now(UTC))
        schema.keep_mark(self.engine, self._vault)

    def fill(self, each: int) -> None:
        """Schools, and the rows that wait."""
        with self.engine.begin() as connection:
            connection.execute(
                people.School.__table__.insert(),  # type: ignore[attr-defined]
                [{"id": one, "name": f"学校{one}", "zone": "Asia/Shanghai"} for one in self.bots],
            )
        for bot in self.bots:
            with self.engine.begin() as connection:
                unit = Unit(connection, self._vault, datetime.now(UTC))
                for number in range(each):
                    unit.queue(
                        bot_id=bot,
                        chat_id=FIRST_PERSON + number,
                        kind="text",
                        payload=TEXT,
                        lane=Lane.LATER,
                        answers=True,
                    )
                unit.finish()

    def start(self) -> subprocess.Popen[bytes]:
        """The one process of all bots."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
        environ |= {"BOT_DATABASE__URL": self.url, "BOT_KEYS__VALUE": self.keys}
        command = [sys.executable, "-m", "bot", "run", "--config", str(self._file)]
        with (self.folder / "bots.log").open("ab") as log:
            return subprocess.Popen(command, env=environ, stdout=log, stderr=log)

    def left(self) -> int:
        """Rows that wait still."""
        with self.engine.connect() as connection:
            return int(
                connection.execute(
                    text("SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'sending')")
                ).scalar_one()
            )

    def commits(self) -> int:
        """Transactions so far; SQLite does not count them."""
        if self.engine.dialect.name == "sqlite":
            return 0
        with self.engine.connect() as connection:
            asked = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
            return int(connection.execute(text(asked)).scalar_one())


def token_of(bot: int) -> str:
    """A bot's token."""
    return f"{bot}:{'B' * 35}"


async def _call(http: aiohttp.ClientSession, address: str) -> None:
    async with http.get(address) as answer:
        answer.raise_for_status()


async def _acquaint(http: aiohttp.ClientSession, telegram: Telegram, bots: list[int], each: int) -> None:
    """The guardians have opened their bots; what they said to them then is over."""
    users = [FIRST_PERSON + number for number in range(each)]
    await telegram.post(
        "people", people=[{"id": one, "first_name": "王芳", "language_code": "zh-hans"} for one in users]
    )
    for bot in bots:
        await _call(http, f"{telegram.url}/bot{token_of(bot)}/getMe")
        for at in range(0, each, 1000):
            await telegram.act_all([{"person": one, "bot": bot, "do": "start"} for one in users[at : at + 1000]])
        await _call(http, f"{telegram.url}/bot{token_of(bot)}/deleteWebhook?drop_pending_updates=true")


async def _phase(telegram: Telegram, simulator_pid: int, postgres_pid: int, deployment: Deployment, each: int) -> Found:
    async with aiohttp.ClientSession() as http:
        await _acquaint(http, telegram, deployment.bots, each)
    deployment.fill(each)
    whole = len(deployment.bots) * each
    process = deployment.start()
    pids = (process.pid, simulator_pid, postgres_pid)
    try:
        # From when a tenth has left until nine tenths have: neither the start nor the last stragglers.
        while deployment.left() > whole * 0.9:
            if process.poll() is not None:
                raise SystemExit((deployment.folder / "bots.log").read_text()[-3000:])
            await asyncio.sleep(0.2)
        begun, before, used, commits = (
            time.monotonic(),
            deployment.left(),
            [_seconds(p) for p in pids],
            deployment.commits(),
        )
        while deployment.left() > whole * 0.1:  # noqa: ASYNC110 - another process empties it
            await asyncio.sleep(0.5)
        took, after = time.monotonic() - begun, deployment.left()
        spent = [(_seconds(p) - u) / took for p, u in zip(pids, used, strict=True)]
        commits = deployment.commits() - commits
        while deployment.left():  # noqa: ASYNC110 - another process empties it
            await asyncio.sleep(0.2)
    finally:
        process.terminate()
        process.wait(30)
    calls = [one for one in (await telegram.get("calls", most=200_000))["calls"] if one["bot"] in set(deployment.bots)]
    sends = [one for one in calls if one["method"] == "sendMessage"]
    good = [(one["bot"], one["chat_id"]) for one in sends if one["status"] == 200]
    if len(good) != whole or len(set(good)) != whole:
        raise SystemExit(f"{whole} notices were to leave once each; {len(good)} left, to {len(set(good))} chats")
    refused = sum(one["status"] == 429 for one in sends)
    return Found(
        len(deployment.bots), whole, (before - after) / took, refused, spent[0], spent[1], spent[2], commits / took
    )


@contextlib.contextmanager
def _databases(kind: str, folder: Path) -> Iterator[tuple[list[str], int]]:
    """Two empty databases, and the process of their server (0 for none)."""
    if kind == "sqlite":
        yield [f"sqlite:///{folder}/one.db", f"sqlite:///{folder}/many.db"], 0
        return
    from tests.chaos_processes import fresh_database, server

    with server() as root:
        engine = open_engine(root)
        with engine.connect() as connection:
            file = Path(str(connection.execute(text("SHOW data_directory")).scalar_one())) / "postmaster.pid"
        engine.dispose()
        yield [fresh_database(root), fresh_database(root)], int(file.read_text().split()[0])


async def run(kind: str, bots: int, each: int) -> list[Found]:
    """One bot, then so many."""
    with tempfile.TemporaryDirectory(prefix="bots-") as name, _databases(kind, Path(name)) as (urls, server):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "simulator", "--port", "0", "--parent-pid", str(os.getpid()), stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        try:
            address = (await process.stdout.readline()).decode().split()[1]
            async with Telegram(address) as telegram:
                await telegram.limits(enforce=True, per_second=30, per_chat=1, per_chat_burst=5)
                found = []
                for url, many, first in zip(urls, (1, bots), (FIRST_BOT, FIRST_BOT + 1000), strict=True):
                    deployment = Deployment(Path(name), address, url, many, first)
                    found.append(await _phase(telegram, process.pid, server, deployment, each))
                    deployment.engine.dispose()
                return found
        finally:
            process.terminate()
            await process.wait()


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bots", type=int, default=50)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    given = parser.parse_args()
    one, many = asyncio.run(run(given.database, given.bots, given.people))
    print(HEADING)
    print(one.row())
    print(many.row())
    print(
        f"\n{given.database}: {many.rate / one.rate:.1f} times one bot's rate, of {given.bots} that would be allowed."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
