"""How long a relayed message waits where receiving, handling and sending are processes of their own, and where all is one.

`python -m bench.wakes`: the same families write to the same mentors on PostgreSQL, one message after the other; measured from
the moment that the message is there for the bot to fetch until its copy has arrived.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path

from simulator.client import Telegram
from tests import chaos
from tests.chaos import MENTORS, Town
from tests.chaos_processes import fresh_database, server, started

SETS = {
    "1 intake, 2 workers, 1 sender": {"intake": 1, "worker": 2, "delivery": 1},
    "one process": {"all": 1},
}


async def _arrival(telegram: Telegram, town: Town, since: int, chat: int) -> tuple[float, int]:
    """When the next message has gone to a chat, and the number of calls by then."""
    while True:
        calls = await telegram.calls("sendMessage", since)
        for one in calls:
            if one["bot"] == town.bot_id and one["status"] == 200 and int(one["chat_id"]) == chat:
                return float(one["time"]), int(one["n"])
        await asyncio.sleep(0.005)


def _ready(town: Town, roles: dict[str, int]) -> int:
    return sum(one["event"] == "ready" for role in roles for one in town.logged(role))


async def measure(database_url: str, roles: dict[str, int], messages: int) -> list[float]:
    """Milliseconds that each message took."""
    dice, found = random.Random(1), []
    with tempfile.TemporaryDirectory(prefix="wakes-") as name:
        async with started(Path(name), database_url, roles) as (telegram, town, _):
            phones = await chaos._phones(telegram, town)
            while _ready(town, roles) < sum(roles.values()):  # noqa: ASYNC110 - other processes' logs
                await asyncio.sleep(0.1)
            await asyncio.sleep(5)
            for number in range(messages):
                guardian = dice.choice(town.guardians)
                mentor = town.mentors[town.guardians.index(guardian) % MENTORS]
                since = max((int(one["n"]) for one in await telegram.calls()), default=0)
                begun = time.time()
                await phones[guardian].says(f"消息 #{number}")
                arrived, _ = await _arrival(telegram, town, since, mentor)
                found.append((arrived - begun) * 1000)
                await asyncio.sleep(dice.uniform(0.05, 0.3))
    return found


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=150)
    given = parser.parse_args()
    print("| processes | messages | p50 | p95 | longest |\n|---|---|---|---|---|")
    with server() as root:
        for name, roles in SETS.items():
            took = sorted(asyncio.run(measure(fresh_database(root), roles, given.messages)))
            p95 = statistics.quantiles(took, n=20)[-1]
            print(
                f"| {name} | {len(took)} | {statistics.median(took):.0f} ms | {p95:.0f} ms | {took[-1]:.0f} ms |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
