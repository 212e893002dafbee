"""Kills of the bot at random instants, and faults of every kind, while families and mentors write: what was kept.

`python -m tests.chaos --kills 200` prints the table. Every text carries its number; the simulator's record of what each
person sees is the judge, the bot's own rows are only asked at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from bot import schema
from bot.database import open_engine
from models import people
from models.vault import Vault, new_key_line, parse_keys
from simulator.client import Person, Telegram
from tests.school import School

FAMILIES = 20
MENTORS = 4
_NUMBER = re.compile(r"#(\d+)")
EVERY_FAULT = (
    "reset_before",
    "reset_after",
    "http_500",
    "http_502_html",
    "half_body",
    "timeout_after",
    "retry_after",
)


@dataclass
class Result:
    """What came of a run."""

    written: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    wrong_chat: int = 0
    integrity: str = ""
    seconds: float = 0.0

    def row(self, name: str) -> str:
        """A line of the table."""
        return (
            f"| {name} | {self.written} | {self.kills} | {self.lost} | {self.out_of_order} | {self.doubled} |"
            f" {self.wrong_chat} | {self.integrity} | {self.seconds:.0f} s |"
        )


HEADING = (
    "| run | messages | kills | lost | out of order | doubled | in a wrong chat | integrity_check | time |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


class Town:
    """A school with FAMILIES families and MENTORS mentors, all joined, in a folder of its own.

    `database_url`: an empty database instead of a SQLite file in that folder.
    """

    def __init__(self, folder: Path, url: str, database_url: str | None = None) -> None:
        self.folder, self.url, self.keys = folder, url, new_key_line()
        self.bot_id = random.randrange(100_000_000, 900_000_000)
        self.token = f"{self.bot_id}:{'C' * 35}"
        self.database = folder / "chaos.db"
        self.database_url = database_url or f"sqlite:///{self.database}"
        self.guardians = [5000 + number for number in range(FAMILIES)]
        self.mentors = [6000 + number for number in range(MENTORS)]
        engine = open_engine(self.database_url)
        schema.upgrade(engine, datetime.now(UTC))
        vault = Vault(parse_keys(self.keys))
        schema.keep_mark(engine, vault)
        self._fill(School(engine, vault))
        engine.dispose()

    def _fill(self, school: School) -> None:
        with Session(school.engine) as session:
            mentor_ids = []
            for number, user in enumerate(self.mentors):
                mentor_ids.append(self._joined(session, school, f"导师{number}", user, f"M{number}"))
            for number, user in enumerate(self.guardians):
                guardian = self._joined(session, school, f"家长{number}", user, None)
                mentor = mentor_ids[number % MENTORS]
                school.pupil(session, f"C{number}", f"孩子{number}", mentor, ((guardian, "mother"),))
            session.commit()
        school.run("UPDATE guardianship SET confirmed_at = 1")

    def _joined(self, session: Session, school: School, name: str, user: int, staff: str | None) -> int:
        account = people.Account(bot_id=self.bot_id, user_id=user, created_at=school.now)
        session.add(account)
        session.flush()
        person = school.person(session, name, staff)
        found = session.get_one(people.Person, person)
        found.account_id = account.id
        return person

    def start(self, role: str = "all", **more: str) -> subprocess.Popen[bytes]:
        """Starts the bot, or one of its parts, as a process of its own."""
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BOT_")},
            "BOT_TELEGRAM__TOKEN": self.token,
            "BOT_TELEGRAM__API_URL": self.url,
            "BOT_DATABASE__URL": self.database_url,
            "BOT_KEYS__VALUE": self.keys,
            "BOT_WEB__PORT": "0",
            "BOT_LIMITS__CHAT_PER_SECOND": "1000",
            "BOT_LIMITS__CHAT_BURST": "100",
            "BOT_HOURS__KEEP": "false",
            "BOT_LIMITS__PERSON_PER_MINUTE": "100000",
            **more,
        }
        with (self.folder / f"{role}.log").open("ab") as log:
            command = [sys.executable, "-m", "bot", "run", "--role", role]
            return subprocess.Popen(command, env=environ, stdout=log, stderr=log)

    def logged(self, role: str) -> list[dict[str, object]]:
        """What the processes of a role have logged so far, in order."""
        path = self.folder / f"{role}.log"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{")]


@contextlib.asynccontextmanager
async def simulator() -> AsyncIterator[str]:
    """A simulator of this run's own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulator",
        "--port",
        "0",
        "--parent-pid",
        str(os.getpid()),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().split()[1]
    finally:
        process.terminate()
        await process.wait()


async def run(kills: int, *, faults: float = 0.0, seed: int = 1, messages: int = 0) -> Result:
    """Writes while the bot is killed `kills` times, or for `messages` texts where it is not; then waits for the rest."""
    dice, result, begun = random.Random(seed), Result(kills=kills), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        async with simulator() as url, Telegram(url) as telegram:
            town = Town(Path(name), url)
            process = town.start()
            try:
                phones = await _phones(telegram, town)
                if faults:
                    share = faults / len(EVERY_FAULT)
                    rules = [
                        {"method": method, "kind": kind, "rate": share, "seconds": 0.2, "retry_after": 1}
                        for kind in EVERY_FAULT
                        for method in ("sendMessage", "setMessageReaction", "getUpdates")
                    ]
                    await telegram.faults(*rules, seed=seed)
                expected = _Expected()
                stop = asyncio.Event()
                writing = asyncio.create_task(_write(phones, town, expected, dice, stop, messages))
                for _ in range(kills):
                    await asyncio.sleep(dice.uniform(0.3, 2.2))
                    process.kill()
                    process.wait()
                    process = town.start()
                if kills:
                    stop.set()
                await writing
                result.written = len(expected.sent)
                await telegram.faults()
                await _settled(telegram, town, expected)
            finally:
                process.terminate()
                process.wait(60)
            await _judge(telegram, town, expected, result)
            result.integrity = _integrity(town.database)
    result.seconds = time.monotonic() - begun
    return result


class _Expected:
    """Each number: from whom to whom; and the order of writing for each pair."""

    def __init__(self) -> None:
        self.sent: dict[int, tuple[int, int]] = {}


async def _phones(telegram: Telegram, town: Town) -> dict[int, Person]:
    phones: dict[int, Person] = {}
    for number in (*town.guardians, *town.mentors):
        person = Person(telegram, number, f"P{number}", town.bot_id)
        await telegram.post("people", people=[{"id": number, "first_name": f"P{number}", "language_code": "zh-hans"}])
        phones[number] = person
    deadline = time.monotonic() + 90
    while True:
        # The bot is known to the simulator from its first call on.
        known = (await telegram.get("stats"))["bots"]
        if any(one["id"] == town.bot_id for one in known):
            break
        assert time.monotonic() < deadline, "the bot did not start"
        await asyncio.sleep(0.1)
    for person in phones.values():
        await person.starts()
    return phones


async def _write(
    phones: dict[int, Person], town: Town, expected: _Expected, dice: random.Random, stop: asyncio.Event, messages: int
) -> None:
    """Guardians write; mentors answer by reply to what they have received."""
    answered: set[tuple[int, int]] = set()
    while not stop.is_set() and not (messages and len(expected.sent) >= messages):
        number = len(expected.sent) + 1
        guardian = dice.choice(town.guardians)
        mentor = town.mentors[town.guardians.index(guardian) % MENTORS]
        if dice.random() < 0.7:
            expected.sent[number] = (guardian, mentor)
            await phones[guardian].says(f"消息 #{number}")
        else:
            target = await _to_answer(phones[mentor], mentor, answered, expected)
            if target is None:
                continue
            place, to = target
            expected.sent[number] = (mentor, to)
            await phones[mentor].replies(place, f"答复 #{number}")
        await asyncio.sleep(dice.uniform(0, 0.04))


async def _to_answer(
    phone: Person, mentor: int, answered: set[tuple[int, int]], expected: _Expected
) -> tuple[int, int] | None:
    for message in reversed((await phone.chat())["messages"]):
        found = _NUMBER.search(message["text"] or "") if message["from"] == "bot" else None
        if found is not None and (mentor, message["message_id"]) not in answered:
            answered.add((mentor, message["message_id"]))
            return int(message["message_id"]), expected.sent[int(found[1])][0]
    return None


async def _settled(telegram: Telegram, town: Town, expected: _Expected, patience: float = 60) -> None:
    """Waits until all is there, or nothing more comes for so many seconds."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < patience:
        seen = await _seen(telegram, town)
        count = len({number for numbers in seen.values() for number in numbers})
        if count == len(expected.sent):
            return
        if count != last:
            last, since = count, time.monotonic()
        await asyncio.sleep(0.3)


async def _seen(telegram: Telegram, town: Town) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number in (*town.guardians, *town.mentors):
        chat = await telegram.get("chat", person=number, bot=town.bot_id)
        found[number] = [
            int(match[1])
            for message in chat["messages"]
            if message["from"] == "bot" and (match := _NUMBER.search(message["text"] or ""))
        ]
    return found


async def _judge(telegram: Telegram, town: Town, expected: _Expected, result: Result) -> None:
    seen = await _seen(telegram, town)
    times = Counter(number for numbers in seen.values() for number in numbers)
    result.lost = sum(1 for number in expected.sent if times[number] == 0)
    result.doubled = sum(count - 1 for count in times.values() if count > 1)
    for person, numbers in seen.items():
        result.wrong_chat += sum(1 for number in numbers if expected.sent[number][1] != person)
        first: dict[int, int] = {}
        for number in dict.fromkeys(numbers):
            sender = expected.sent[number][0]
            if number < first.get(sender, 0):
                result.out_of_order += 1
            first[sender] = max(number, first.get(sender, 0))


def _integrity(database: Path) -> str:
    connection = sqlite3.connect(database)
    try:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        return str(found) if not broken else f"{len(broken)} foreign keys broken"
    finally:
        connection.close()


def several(workers: int, kills: int, seed: int) -> int:
    """The same with many processes; answers 1 where something was lost, out of order or doubled without a word."""
    from tests import chaos_processes

    print(chaos_processes.HEADING)
    with chaos_processes.server() as root:
        found = asyncio.run(chaos_processes.run(root, workers, kills, seed=seed))
    print(found.row(f"{workers} workers, intake, sender"))
    print(f"killed: {dict(found.restarts)}; stopped by SIGTERM within {found.slowest:.1f} s")
    return 1 if found.lost + found.out_of_order + found.doubled_unmarked + found.put_aside else 0


def main() -> int:
    """Prints the table; answers 1 where something was lost or out of order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="several processes on PostgreSQL instead")
    given = parser.parse_args()
    if given.workers:
        return several(given.workers, given.kills, given.seed)
    print(HEADING)
    killed = asyncio.run(run(given.kills, seed=given.seed))
    print(killed.row("kill -9"), flush=True)
    spoiled = asyncio.run(run(0, faults=0.1, seed=given.seed, messages=1000))
    print(spoiled.row("10 % of calls fail"))
    bad = killed.lost + killed.out_of_order + spoiled.lost + spoiled.out_of_order
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
