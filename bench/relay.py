"""How fast a message gets from a guardian to the mentor, beside bare echo bots: python -m bench.relay

All bots run in processes of their own beside one simulator; the load goes to one of them at a time, in turns, so that a
machine that is now faster and now slower treats all alike. Ours keeps everything in its database, with all durability
on; the echo bots keep nothing. Ours makes two calls for a text (the relayed copy, and the sign of delivery on the
original), the echo bots one. See bench/README.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.load import BenchError, Load, Round, peak_memory, simulator
from bench.processes import PEERS, Ours, free_port, ready, running_process, token_of
from bench.school import GUARDIANS, MENTORS

WARM_UP = GUARDIANS
"""Everybody has written once: threads are there."""
PACE = 20
PACED_SECONDS = 15
STARTS = 3
UNLIMITED = {
    "BOT_LIMITS__CHAT_PER_SECOND": "10000",
    "BOT_LIMITS__CHAT_BURST": "100",
    "BOT_LIMITS__PERSON_PER_MINUTE": "100000",
    "BOT_HOURS__KEEP": "false",
}
"""One chat takes one message a second from the real Telegram, and one person writes no hundred a minute; here they do."""


@dataclass
class _Contestant:
    name: str
    bot: int
    calls_each: int
    """Calls for one text."""
    command: list[str]
    ours: Ours | None = None
    rounds: list[Round] = field(default_factory=list)
    pid: int = 0


@asynccontextmanager
async def _running(one: _Contestant) -> AsyncIterator[float]:
    """The bot's process; for ours waits until it says that it is ready, and answers after how many seconds."""
    port = free_port()
    environment = one.ours.environment() if one.ours else dict(os.environ)
    environment["BOT_WEB__PORT"] = str(port)
    started = time.monotonic()
    with running_process(one.command, environment) as process:
        if one.ours is not None:
            await ready(port, process)
        one.pid = process.pid
        yield time.monotonic() - started


def _contestants(folder: Path, url: str, many: int) -> list[_Contestant]:
    """Ours on each database, with the default number of calls at once and with many, and the peers."""
    found: list[_Contestant] = []
    servers: list[tuple[str, str | None]] = [("SQLite", None)]
    if os.environ.get("BENCH_POSTGRES"):
        servers.append(("PostgreSQL", os.environ["BENCH_POSTGRES"]))
    for name, server in servers:
        at_once = {**UNLIMITED, "BOT_LIMITS__IN_FLIGHT": str(many)}
        for label, extra in ((name, UNLIMITED), (f"{name}, {many} calls at once", at_once)):
            bot = 100_000_001 + len(found)
            ours = Ours(folder / str(bot), url, bot, server, extra)
            found.append(_Contestant(f"ours, {label}", bot, 2, [sys.executable, "-m", "bot", "run"], ours))
    for module, name in (("echo_ptb", "python-telegram-bot, echo"), ("echo_aiogram", "aiogram, echo")):
        bot = 100_000_001 + len(found)
        found.append(_Contestant(name, bot, 1, [str(PEERS), "-m", f"bench.{module}", url, token_of(bot)]))
    return found


async def measure(count: int, rounds: int, many: int) -> None:
    """Runs everything and prints a table in Markdown."""
    with tempfile.TemporaryDirectory(prefix="bench-relay-") as temporary:
        async with simulator() as (telegram, simulator_pid):
            people = Load(telegram, simulator_pid)
            contestants = _contestants(Path(temporary), telegram.url, many)
            ours = {one.name: one.ours for one in contestants if one.ours is not None}
            try:
                for one in contestants:
                    await people.prepare(token_of(one.bot))
                starts = await _starts(contestants)
                async with AsyncExitStack() as stack:
                    for one in contestants:
                        await stack.enter_async_context(_running(one))
                        await people.round(one.bot, one.pid, WARM_UP, calls_each=one.calls_each)
                    for turn in range(rounds):
                        for one in contestants:
                            one.rounds.append(await people.round(one.bot, one.pid, count, calls_each=one.calls_each))
                            print(f"round {turn + 1}, {one.name}: {one.rounds[-1].rate:.0f} relays/s", file=sys.stderr)
                    photos = []
                    for one in contestants:
                        found = await people.round(one.bot, one.pid, count // 2, calls_each=one.calls_each, photos=True)
                        photos.append((one.name, found))
                    paced = []
                    for one in contestants:
                        found = await people.round(
                            one.bot,
                            one.pid,
                            PACE * PACED_SECONDS,
                            calls_each=one.calls_each,
                            per_second=PACE,
                        )
                        paced.append((one.name, found))
            finally:
                for database in ours.values():
                    database.drop()
    _print(contestants, count)
    _print_photos(photos)
    _print_paced(paced, starts)


async def _starts(contestants: list[_Contestant]) -> dict[str, tuple[float, float]]:
    """Seconds until ready and memory then, medians of some starts, for ours as it is set by default."""
    found = {}
    for one in contestants:
        if one.ours is None or "at once" in one.name:
            continue
        seconds, memory = [], []
        for _ in range(STARTS):
            one.ours.copy()
            async with _running(one) as started:
                seconds.append(started)
                memory.append(peak_memory(one.pid))
        one.ours.copy()
        found[one.name] = statistics.median(seconds), statistics.median(memory)
    return found


def _median(one: _Contestant, figure: Callable[[Round], float]) -> float:
    return statistics.median(figure(found) for found in one.rounds)


def _ratio(one: _Contestant, peer: _Contestant, figure: Callable[[Round], float]) -> float:
    """The median of the ratios of rounds that stood next to each other."""
    return statistics.median(figure(a) / figure(b) for a, b in zip(one.rounds, peer.rounds, strict=True))


def _print(contestants: list[_Contestant], count: int) -> None:
    peer = contestants[-1]
    print(
        f"\n{count:,} texts at once from {GUARDIANS} guardians to {MENTORS} mentors,"
        f" {len(peer.rounds)} rounds in turn, medians:\n"
    )
    print(
        "| Bot | relays/s | lowest to highest | calls/s | CPU s for 1,000 | p50 ms | p99 ms | peak MiB"
        " | simulator's core | relays/s beside aiogram | calls/s beside aiogram | CPU beside aiogram |"
    )
    print("|---|" + "---:|" * 11)
    for one in contestants:
        rates = [found.rate for found in one.rounds]
        print(
            f"| {one.name} | {_median(one, lambda r: r.rate):,.0f} | {min(rates):,.0f} to {max(rates):,.0f}"
            f" | {_median(one, lambda r: r.call_rate):,.0f} | {_median(one, lambda r: r.cpu_for_1000):.2f}"
            f" | {_median(one, lambda r: r.latency(0.5)) * 1000:,.0f}"
            f" | {_median(one, lambda r: r.latency(0.99)) * 1000:,.0f}"
            f" | {_median(one, lambda r: r.memory):.0f} | {_median(one, lambda r: r.simulator_share):.0%}"
            f" | {_ratio(one, peer, lambda r: r.rate):.2f} | {_ratio(one, peer, lambda r: r.call_rate):.2f}"
            f" | {_ratio(one, peer, lambda r: r.cpu_for_1000):.2f} |"
        )


def _print_photos(photos: list[tuple[str, Round]]) -> None:
    print(f"\n{photos[0][1].messages:,} photos with a caption at once, one round:\n")
    print("| Bot | relays/s | beside aiogram | CPU s for 1,000 |")
    print("|---|---:|---:|---:|")
    for name, found in photos:
        print(f"| {name} | {found.rate:,.0f} | {found.rate / photos[-1][1].rate:.2f} | {found.cpu_for_1000:.2f} |")


def _print_paced(paced: list[tuple[str, Round]], starts: dict[str, tuple[float, float]]) -> None:
    print(f"\nAt an even {PACE} texts a second, for {PACED_SECONDS} seconds:\n")
    print("| Bot | p50 ms | p99 ms | CPU s for 1,000 |")
    print("|---|---:|---:|---:|")
    for name, found in paced:
        print(
            f"| {name} | {found.latency(0.5) * 1000:.1f} | {found.latency(0.99) * 1000:.1f}"
            f" | {found.cpu_for_1000:.2f} |"
        )
    print(f"\nFrom the start of the process until /readyz answers 200, medians of {STARTS}:\n")
    print("| Bot | seconds | peak MiB then |")
    print("|---|---:|---:|")
    for name, (seconds, memory) in starts.items():
        print(f"| {name} | {seconds:.2f} | {memory:.0f} |")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.relay", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000, help="texts in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in-flight", type=int, default=128, help="calls at once of the second variant")
    given = parser.parse_args()
    if not PEERS.exists():
        sys.exit("The peers are not installed: run `make bench`, which makes .venv-peers.")
    try:
        asyncio.run(measure(given.messages, given.rounds, given.in_flight))
    except BenchError as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    main()
