"""The load and the measuring: the simulator's process, a bot's process, many texts at once or at an even pace."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.school import FIRST_GUARDIAN, GUARDIANS, accounts
from simulator.client import Telegram

ROOT = Path(__file__).parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
_NUMBER = re.compile(r"no\. (\d+)\b")
_COUNTED = ("sendMessage 200", "sendPhoto 200", "setMessageReaction 200")
_PATIENCE = 120.0
"""Seconds without any new message after which a round counts as failed."""


class BenchError(Exception):
    """The measurement cannot go on; the message says why."""


@asynccontextmanager
async def simulator() -> AsyncIterator[tuple[Telegram, int]]:
    """A fresh simulator; its control side and its process id."""
    process = _start()
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line.startswith("simulator: "):
            raise BenchError(f"the simulator did not start: {line!r}")
        async with Telegram(line.split()[1]) as telegram:
            yield telegram, process.pid
    finally:
        process.terminate()
        process.wait(10)


def _start() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "simulator", "--port", "0", "--parent-pid", str(os.getpid())]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def _lives(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far, all its threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_memory(pid: int) -> float:
    """The most memory that a process has had, in MiB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


@dataclass
class Round:
    """What one round has shown; times in seconds."""

    messages: int
    calls: int
    seconds: float
    """From the first act to the last relayed message."""
    call_seconds: float
    """From the first act to the last call of any kind."""
    cpu: float
    simulator_cpu: float
    memory: float
    latencies: list[float] = field(repr=False)

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds

    @property
    def call_rate(self) -> float:
        """Calls a second."""
        return self.calls / self.call_seconds

    @property
    def cpu_for_1000(self) -> float:
        """Processor seconds of the bot's process for 1,000 updates."""
        return self.cpu * 1000 / self.messages

    @property
    def simulator_share(self) -> float:
        """How much of one core the simulator took: near 1 it is what is measured."""
        return self.simulator_cpu / self.call_seconds

    def latency(self, share: float) -> float:
        """The latency that this share of the messages did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Load:
    """The people of the bench and their texts, for all bots of one simulator."""

    def __init__(self, telegram: Telegram, simulator_pid: int) -> None:
        self.telegram, self._simulator_pid = telegram, simulator_pid
        self._number = 0

    async def prepare(self, token: str) -> None:
        """Lets everybody start a bot, and takes those updates away again: joining is not measured here."""
        bot = int(token.partition(":")[0])
        await self._call(token, "getMe")
        await self.telegram.post(
            "people", people=[{"id": one, "first_name": "王芳", "language_code": "zh-hans"} for one in accounts()]
        )
        await self.telegram.post("acts", acts=[{"person": one, "bot": bot, "do": "start"} for one in accounts()])
        await self._call(token, "deleteWebhook?drop_pending_updates=true")

    async def _call(self, token: str, method: str) -> None:
        session = self.telegram._session
        assert session is not None
        async with session.get(f"{self.telegram.url}/bot{token}/{method}") as answer:
            if answer.status != 200:
                raise BenchError(f"{method}: {await answer.text()}")

    async def round(
        self,
        bot: int,
        pid: int,
        count: int,
        *,
        calls_each: int,
        per_second: float | None = None,
        photos: bool = False,
    ) -> Round:
        """Writes so many texts, all at once or at a pace, and waits until the bot has made its calls for all.

        `calls_each`: calls that the bot makes for one text; one of them is the send that is timed.
        `photos`: photos with a caption instead of texts.
        """
        since = (await self.telegram.get("calls", most=1))["calls"]
        mark = since[-1]["n"] if since else 0
        before = await self._counts()
        cpu, simulator_cpu = cpu_seconds(pid), cpu_seconds(self._simulator_pid)
        first_number = self._number
        acts = [self._act(bot, photos) for _ in range(count)]
        written: dict[int, float] = {}
        started = time.time()
        if per_second is None:
            written = dict.fromkeys(range(first_number, first_number + count), started)
            _all_good(await self.telegram.post("acts", acts=acts))
        else:
            for index, act in enumerate(acts):
                await asyncio.sleep(max(0.0, started + index / per_second - time.time()))
                written[first_number + index] = time.time()
                _all_good(await self.telegram.post("acts", acts=[act]))
        await self._wait(pid, before + count * calls_each)
        cpu, simulator_cpu = cpu_seconds(pid) - cpu, cpu_seconds(self._simulator_pid) - simulator_cpu
        calls = [
            one
            for one in (await self.telegram.get("calls", since=mark))["calls"]
            if one["bot"] == bot and one["status"] == 200
        ]
        sent = [one for one in calls if one["method"] == ("sendPhoto" if photos else "sendMessage")]
        if len(sent) != count:
            raise BenchError(f"{len(sent)} messages for {count} texts")
        texts = await self._texts(bot, {int(one["chat_id"]) for one in sent})
        latencies = []
        for one in sent:
            found = _NUMBER.search(texts[one["message_id"]])
            at = written.pop(int(found[1]), None) if found else None
            if at is None:
                raise BenchError("a text arrived twice, or another than was written")
            latencies.append(one["time"] - at)
        return Round(
            messages=count,
            calls=len(calls),
            seconds=max(one["time"] for one in sent) - started,
            call_seconds=max(one["time"] for one in calls) - started,
            cpu=cpu,
            simulator_cpu=simulator_cpu,
            memory=peak_memory(pid),
            latencies=latencies,
        )

    def _act(self, bot: int, photo: bool) -> dict[str, Any]:
        number = self._number
        self._number += 1
        person = FIRST_GUARDIAN + number % GUARDIANS
        text = f"老师您好,孩子今天有点发烧,下午的课想请假,晚上在家补作业。谢谢您! no. {number}"
        if photo:
            return {"person": person, "bot": bot, "do": "send", "kind": "photo", "caption": text}
        return {"person": person, "bot": bot, "do": "text", "text": text}

    async def _counts(self) -> int:
        counts = (await self.telegram.get("stats"))["counts"]
        return sum(count for name, count in counts.items() if name in _COUNTED)

    async def _wait(self, pid: int, wanted: int) -> None:
        seen, changed = -1, time.monotonic()
        while (now := await self._counts()) < wanted:
            if now != seen:
                seen, changed = now, time.monotonic()
            if time.monotonic() - changed > _PATIENCE:
                raise BenchError(f"stuck: {wanted - now} of the calls did not come")
            if not _lives(pid):
                raise BenchError("the bot has ended")
            await asyncio.sleep(0.1)

    async def _texts(self, bot: int, chats: set[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for chat in chats:
            for one in (await self.telegram.get("chat", person=chat, bot=bot))["messages"]:
                if one["from"] == "bot":
                    found[one["message_id"]] = one["text"] or one.get("caption") or ""
        return found


def _all_good(answer: dict[str, Any]) -> None:
    wrong = [one["error"] for one in answer["answers"] if "error" in one]
    if wrong:
        raise BenchError(f"{len(wrong)} texts were not taken: {wrong[0]}")
