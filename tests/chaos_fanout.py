"""kill -9 while a notice's list of recipients is written: in the end each guardian stands in it once.

`python -m tests.chaos_fanout --people 300000 --kills 50` prints the row; with `--url` on another database than a new SQLite
file. The process that writes is this module itself (`--write`): nothing but the part of the clock that does it in the bot.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, text

from bot import schema
from bot.database import open_engine
from models import people
from models.notices import fanout, notices
from models.notices.audience import Audience
from models.notices.content import Content, Piece
from models.notices.states import Level, NoticeState
from models.standing import Self, Standing
from models.unit import Unit
from models.vault import Vault, new_key_line, parse_keys

BOT, FIRST_USER, IN_CLASS, PART = 700_000_321, 1_000_000, 45, 20_000
SCHOOL, STAGE, AUTHOR = 1, 2, 3
FIRST_ROW = 1_000
"""Ids of classes, accounts, people, pupils and guardianships are this and more, a block of numbers for each table."""


@dataclass
class Result:
    """What came of a run."""

    people: int
    kills: int
    rows: int
    persons: int
    listed: bool
    integrity: str
    seconds: float


def fill(engine: Engine, vault: Vault, many: int) -> None:
    """A school with so many guardians, one child each, all joined, and its admin."""
    since = datetime(2026, 9, 1, tzinfo=UTC)
    hash_ = vault.lookup("name", "x")
    sealed = vault.seal("person", AUTHOR, "name", "赵主任")
    with engine.begin() as connection:
        connection.execute(insert(people.School), {"id": SCHOOL, "name": "第一小学"})
        connection.execute(insert(people.Stage), {"id": STAGE, "school_id": SCHOOL, "name": "小学"})
        connection.execute(
            insert(people.Person),
            {"id": AUTHOR, "school_id": SCHOOL, "staff_number": "T1", "sealed_name": sealed, "name_hash": hash_},
        )
        named = {"school_id": SCHOOL, "name_hash": hash_}
        for begin in range(0, many, PART):
            numbers = range(begin, min(begin + PART, many))
            groups = sorted(
                {number // IN_CLASS for number in numbers} - ({(begin - 1) // IN_CLASS} if begin else set())
            )
            rows = {
                people.SchoolClass: [
                    {
                        "id": FIRST_ROW + one,
                        "school_id": SCHOOL,
                        "stage_id": STAGE,
                        "grade": "五年级",
                        "name": f"{one}班",
                    }
                    for one in groups
                ],
                people.Account: [
                    {"id": FIRST_ROW + one, "bot_id": BOT, "user_id": FIRST_USER + one, "created_at": since}
                    for one in numbers
                ],
                people.Person: [
                    {
                        "id": FIRST_ROW + one,
                        "staff_number": None,
                        "account_id": FIRST_ROW + one,
                        "sealed_name": sealed,
                        **named,
                    }
                    for one in numbers
                ],
                people.Pupil: [
                    {
                        "id": FIRST_ROW + one,
                        "school_class_id": FIRST_ROW + one // IN_CLASS,
                        "number": f"P{one}",
                        "sealed_name": vault.seal("pupil", FIRST_ROW + one, "name", f"小雨{one}"),
                        **named,
                    }
                    for one in numbers
                ],
                people.Guardianship: [
                    {
                        "id": FIRST_ROW + one,
                        "pupil_id": FIRST_ROW + one,
                        "person_id": FIRST_ROW + one,
                        "relation": "mother",
                        "since": since,
                        "confirmed_at": since,
                    }
                    for one in numbers
                ],
            }
            for table, several in rows.items():
                if several:
                    connection.execute(insert(table), several)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def decide(engine: Engine, vault: Vault) -> int:
    """A notice to all of them, decided; answers its id."""
    with engine.begin() as connection:
        unit = Unit(connection, vault, datetime.now(UTC))
        who = Standing(0, BOT, 0, "zh_CN", False, True, None, None, None)
        staff = Self(AUTHOR, SCHOOL, "赵主任", True, (450, 1110))
        said = Content(pieces={"zh_CN": (Piece("秋假期间请注意安全。"),)})
        found = notices.draft(unit, who, staff, Level.SCHOOL, Audience(schools=(SCHOOL,)), said)
        notices.move(unit, found, NoticeState.PLANNED)
        unit.finish()
        return found.id


def write_list(url: str, key: str) -> None:
    """Writes lists until nothing is left to write, each part in a transaction of its own, as the bot's clock does."""
    engine, vault = open_engine(url), Vault(parse_keys(key))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    more = True
    while more:
        with engine.begin() as connection:
            unit = Unit(connection, vault, datetime.now(UTC))
            with unit.part():
                more = fanout.tick(unit)
            unit.finish()
    sys.stdout.write("done\n")
    sys.stdout.flush()


def run(url: str, many: int, kills: int, *, seed: int = 1) -> Result:
    """Fills an empty database, writes the list under kills, and counts. Times in seconds, without the filling."""
    key, dice = new_key_line(), random.Random(seed)
    vault, engine = Vault(parse_keys(key)), open_engine(url)
    if engine.dialect.name == "sqlite":
        schema.upgrade(engine, datetime.now(UTC))
    fill(engine, vault, many)
    notice = decide(engine, vault)
    begun, done = time.monotonic(), 0
    # So long a run of the whole list takes, spread over the kills: each of them meets it somewhere else.
    pause = many / 100_000 / max(kills, 1)
    while True:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos_fanout", "--write", "--url", url, "--key", key],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        if done < kills:
            time.sleep(dice.uniform(0, pause))
            process.kill()
            done += 1
            process.wait()
            continue
        process.wait()
        if process.returncode != 0:
            raise RuntimeError("the list could not be written")
        break
    took = time.monotonic() - begun
    with engine.connect() as connection:
        rows, persons = connection.execute(
            text("SELECT COUNT(*), COUNT(DISTINCT person_id) FROM notice_recipient WHERE notice_id = :id"),
            {"id": notice},
        ).one()
        listed = connection.execute(text("SELECT listed_at FROM notice WHERE id = :id"), {"id": notice}).scalar()
        integrity = "-"
        if engine.dialect.name == "sqlite":
            integrity = str(connection.execute(text("PRAGMA integrity_check")).scalar())
    engine.dispose()
    return Result(many, kills, rows, persons, listed is not None, integrity, took)


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=300_000)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--url", default="")
    options.add_argument("--key", default="")
    options.add_argument("--write", action="store_true")
    found = options.parse_args()
    if found.write:
        write_list(found.url, found.key)
        return
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        print(run(found.url or f"sqlite:///{folder}/city.db", found.people, found.kills, seed=found.seed))


if __name__ == "__main__":
    main()
