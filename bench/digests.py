"""python -m bench.digests: what a weekly digest costs for each mentor, from a hundred mentors to a city's 25,000.

Mentors have twelve pupils each, in schools of two hundred mentors; nothing was done yet, so that every list is full.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from bot import schema
from bot.database import open_engine
from handlers import digest
from handlers.context import SchoolSettings
from models import people
from models.calendar import Calendar
from models.unit import Unit
from models.vault import Vault, new_key_line, parse_keys

SIZES = (100, 1_000, 5_000, 25_000)
PUPILS, IN_SCHOOL, IN_CLASS = 12, 200, 48
BOT = 7
_TABLES: dict[str, Any] = {
    one.__tablename__: one  # type: ignore[misc]
    for one in (
        people.School,
        people.Stage,
        people.SchoolClass,
        people.Account,
        people.Person,
        people.Pupil,
        people.Mentorship,
    )
}
"""In the order of their keys."""


def monday() -> datetime:
    """Eight o'clock of a Monday to come on which school is held, in term."""
    day = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    day += timedelta(days=7 - day.weekday())
    while not Calendar("Asia/Shanghai", {}).is_school_day(day) or day.month in (7, 8):
        day += timedelta(days=7)
    return datetime(day.year, day.month, day.day, 8, tzinfo=ZoneInfo("Asia/Shanghai"))


def _rows(vault: Vault, mentors: int, since: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    ids = count(1)
    hash_ = vault.lookup("name", "x")
    for first in range(0, mentors, IN_SCHOOL):
        school, stage = next(ids), next(ids)
        yield "school", {"id": school, "name": f"第{school}小学"}
        yield "stage", {"id": stage, "school_id": school, "name": "小学"}
        group, members = 0, 0
        for number in range(first, min(first + IN_SCHOOL, mentors)):
            account, mentor = next(ids), next(ids)
            yield "account", {"id": account, "bot_id": BOT, "user_id": account, "created_at": since}
            named = {"sealed_name": vault.seal("person", mentor, "name", f"导师{number}"), "name_hash": hash_}
            yield (
                "person",
                {"id": mentor, "school_id": school, "staff_number": f"T{number}", "account_id": account, **named},
            )
            for place in range(PUPILS):
                if members % IN_CLASS == 0:
                    group = next(ids)
                    words = {"grade": "五年级", "name": f"{group}班"}
                    yield "school_class", {"id": group, "school_id": school, "stage_id": stage, **words}
                members += 1
                pupil = next(ids)
                named = {"sealed_name": vault.seal("pupil", pupil, "name", f"孩子{place}"), "name_hash": hash_}
                yield (
                    "pupil",
                    {"id": pupil, "school_id": school, "school_class_id": group, "number": str(pupil), **named},
                )
                yield "mentorship", {"id": next(ids), "pupil_id": pupil, "mentor_id": mentor, "since": since}


def fill(connection: Connection, vault: Vault, mentors: int, since: datetime) -> None:
    """Writes mentors with their pupils, in schools and classes, into empty tables."""
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
    for table, row in _rows(vault, mentors, since):
        tables[table].append(row)
    for table, rows in tables.items():
        for at in range(0, len(rows), 20_000):
            connection.execute(insert(_TABLES[table]), rows[at : at + 20_000])


def measure(mentors: int, url: str, vault: Vault) -> tuple[float, int, float]:
    """Seconds, digests, and the longest transaction in seconds."""
    engine = open_engine(url)
    schema.upgrade(engine, datetime.now(UTC))
    now = monday()
    with engine.begin() as connection:
        fill(connection, vault, mentors, now - timedelta(days=13))
    made, longest, going_on = 0, 0.0, True
    began = time.perf_counter()
    while going_on:
        start = time.perf_counter()
        with engine.begin() as connection:
            unit = Unit(connection, vault, now)
            going_on = digest.tick(unit, BOT, SchoolSettings())
            made += len(list(unit.finish()))
        longest = max(longest, time.perf_counter() - start)
    took = time.perf_counter() - began
    engine.dispose()
    return took, made, longest


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    vault = Vault(parse_keys(new_key_line()))
    base = 0.0
    print("| mentors | pupils | digests | in all | for each | against the first | longest transaction | peak memory |")
    print("|---|---|---|---|---|---|---|---|")
    for mentors in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory() as folder:
            took, made, longest = measure(mentors, f"sqlite:///{Path(folder) / 'bench.db'}", vault)
        each = took / mentors
        base = base or each
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"| {mentors:,} | {mentors * PUPILS:,} | {made:,} | {took:.2f} s | {each * 1000:.2f} ms | {each / base:.2f} |"
            f" {longest * 1000:.0f} ms | {memory:.0f} MB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
