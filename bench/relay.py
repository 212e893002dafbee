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
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.load import ROOT, BenchError, Load, Round, peak_memory, simulator
from bench.school import GUARDIANS, MENTORS, seed
from bot.config import load
from bot.keys import vault_of

WARM_UP = GUARDIANS
"""Everybody has written once: threads are there."""
PACE = 20
PACED_SECONDS = 15
STARTS = 3
PEERS = ROOT / ".venv-peers" / "bin" / "python"
_LIMITS = {
    "BOT_LIMITS__CHAT_PER_SECOND": "10000",
    "BOT_LIMITS__CHAT_BURST": "100",
    "BOT_LIMITS__PERSON_PER_MINUTE": "100000",
    "BOT_HOURS__KEEP": "false",
}
"""One chat takes one message a second from the real Telegram, and one person writes no hundred a minute; here they do."""


def _token(bot: int) -> str:
    return f"{bot}:" + "A" * 35


@dataclass
class _Contestant:
    name: str
    bot: int
    calls_each: int
    """Calls for one text."""
    command: list[str]
    ours: _Ours | None = None
    rounds: list[Round] = field(default_factory=list)
    pid: int = 0


class _Ours:
    """Our bot's settings and its database with the school in it; `copy` makes another to start on."""

    def __init__(self, folder: Path, api: str, bot: int, server: str | None, extra: dict[str, str]) -> None:
        self._folder, self._api, self._bot, self._server, self._extra = folder, api, bot, server, extra
        folder.mkdir()
        self._names = [f"bench_relay_{os.getpid()}_{bot % 1000}"]
        self._sql(f"CREATE DATABASE {self._names[0]}")
        environment = self.environment()
        subprocess.run([sys.executable, "-m", "bot", "migrate"], env=environment, cwd=ROOT, check=True, stdout=2)
        settings = load(None, {name: value for name, value in environment.items() if name.startswith("BOT_")})
        seed(settings.database_url, vault_of(settings), bot)

    def _address(self, name: str) -> str:
        if self._server is None:
            return f"sqlite:///{self._folder}/{name}.db"
        from sqlalchemy import make_url

        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _sql(self, statement: str) -> None:
        if self._server is None:
            return
        from sqlalchemy import create_engine, text

        from bot.config import normal_url

        engine = create_engine(normal_url(self._server), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def environment(self) -> dict[str, str]:
        """The bot's settings; what is not here is as by default."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
        return {
            **others,
            "BOT_TELEGRAM__TOKEN": _token(self._bot),
            "BOT_TELEGRAM__API_URL": self._api,
            "BOT_DATABASE__URL": self._address(self._names[-1]),
            "BOT_KEYS__FILE": str(self._folder / "keys.txt"),
            **_LIMITS,
            **self._extra,
        }

    def copy(self) -> None:
        """From now on `environment` names a fresh copy."""
        name = f"{self._names[0]}_{len(self._names)}"
        if self._server is None:
            shutil.copyfile(self._folder / f"{self._names[0]}.db", self._folder / f"{name}.db")
        else:
            self._sql(f"CREATE DATABASE {name} TEMPLATE {self._names[0]}")
        self._names.append(name)

    def drop(self) -> None:
        """Removes the databases from the server."""
        for name in self._names:
            self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with the block; what it said is shown where the block fails."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield process
        except BenchError as error:
            log.seek(0)
            said = log.read()[-3000:].decode(errors="replace")
            raise BenchError(f"{error}\n{' '.join(command)}:\n{said}") from None
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@asynccontextmanager
async def _running(one: _Contestant) -> AsyncIterator[float]:
    """The bot's process; for ours waits until it says that it is ready, and answers after how many seconds."""
    port = _free_port()
    environment = one.ours.environment() if one.ours else dict(os.environ)
    environment["BOT_WEB__PORT"] = str(port)
    started = time.monotonic()
    with _process(one.command, environment) as process:
        if one.ours is not None:
            await _ready(port, process)
        one.pid = process.pid
        yield time.monotonic() - started


async def _ready(port: int, process: subprocess.Popen[bytes]) -> None:
    async with aiohttp.ClientSession() as session:
        while process.poll() is None:
            try:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.01)
    raise BenchError("it ended instead of getting ready")


def _contestants(folder: Path, url: str, many: int) -> list[_Contestant]:
    """Ours on each database, with the default number of calls at once and with many, and the peers."""
    found: list[_Contestant] = []
    servers: list[tuple[str, str | None]] = [("SQLite", None)]
    if os.environ.get("BENCH_POSTGRES"):
        servers.append(("PostgreSQL", os.environ["BENCH_POSTGRES"]))
    for name, server in servers:
        defaults: dict[str, str] = {}
        for label, extra in ((name, defaults), (f"{name}, {many} calls at once", {"BOT_LIMITS__IN_FLIGHT": str(many)})):
            bot = 100_000_001 + len(found)
            ours = _Ours(folder / str(bot), url, bot, server, extra)
            found.append(_Contestant(f"ours, {label}", bot, 2, [sys.executable, "-m", "bot", "run"], ours))
    for module, name in (("echo_ptb", "python-telegram-bot, echo"), ("echo_aiogram", "aiogram, echo")):
        bot = 100_000_001 + len(found)
        found.append(_Contestant(name, bot, 1, [str(PEERS), "-m", f"bench.{module}", url, _token(bot)]))
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
                    await people.prepare(_token(one.bot))
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
