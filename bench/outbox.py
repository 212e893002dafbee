"""What the outbox costs with few and with very many rows in it: python -m bench.outbox

Rows of the last lane wait, 1,000 up to 1,000,000 of them, and as many are sent already; on SQLite and on PostgreSQL. Timed
is what the sender does all the time: reading the next part of a lane, looking into an empty one, claiming 32, marking them as
sent, counting for the figures, putting one more in: milliseconds, the quickest of some rounds. Then the plans, with the indexes'
names.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, TextClause, text

from bench.evening import databases
from bot import outbox, schema
from bot.database import open_engine
from handlers import say
from handlers.texts import Rich
from models.base import new_id
from models.queues import Lane
from models.unit import Unit
from models.vault import Vault, new_key_line, parse_keys

BOT = 7
ROUNDS = 15
CLAIMED = 32
SIZES = (1_000, 10_000, 100_000, 1_000_000)
PART = 20_000
OPENED = 30_000
SENT_BEFORE = 5_000
"""So many go out before anything is timed: what they leave behind in a table's indexes counts too."""
_INSERT = text(
    "INSERT INTO outbox (id, bot_id, chat_id, lane, kind, sealed_payload, state, due_at, attempts, unsure, answers, created_at)"
    " VALUES (:id, 7, :chat, 4, 'text', :payload, :state, :due, 0, 0, true, :due)"
)
COLUMNS = ("next 2,000", "an empty lane", "claim 32", "32 sent", "figures", "one more in")


def fill(engine: Engine, vault: Vault, have: int, want: int, due: int) -> None:
    """So many wait, behind as many that are sent. Only the first are opened: the others' payload is of the right length alone."""
    payload = say.text(Rich("各位家长:周五晚七点家长课堂,在学校礼堂,欢迎您来。"))
    for state in ("sent", "waiting"):
        for at in range(have, want, PART):
            rows = []
            for number in range(at, min(at + PART, want)):
                row, waits = new_id(), state == "waiting"
                sealed = vault.seal("outbox", row, "payload", payload) if waits and number < OPENED else bytes(160)
                rows.append(
                    {"id": row, "chat": number, "payload": sealed if waits else None, "state": state, "due": due}
                )
            with engine.begin() as connection:
                connection.execute(_INSERT, rows)


def timed(engine: Engine, work: Callable[[Connection], object]) -> float:
    """Milliseconds of one transaction."""
    began = time.perf_counter()
    with engine.begin() as connection:
        work(connection)
    return (time.perf_counter() - began) * 1000


def measure(engine: Engine, vault: Vault, now: int) -> list[float]:
    """The quickest of the rounds, in the order of the columns."""
    found: list[list[float]] = [[] for _ in COLUMNS]
    read: list[int] = []

    def waiting(connection: Connection) -> None:
        items = outbox.waiting(connection, vault, BOT, [Lane.LATER], now, set())[Lane.LATER][0]
        read[:] = [item.id for item in items[:CLAIMED]]

    def one_more(connection: Connection) -> None:
        unit = Unit(connection, vault, datetime.now(UTC))
        unit.queue(bot_id=BOT, chat_id=1, kind="text", payload="{}", lane=Lane.RELAY, answers=True)
        unit.finish()
        connection.execute(text("DELETE FROM outbox WHERE id = :id"), {"id": unit.queued[0].id})

    def sent(connection: Connection) -> None:
        connection.execute(outbox.SENT, [{"id": one, "now": now, "place": 1, "fence": 1} for one in read])

    for _ in range(ROUNDS):
        for column, work in enumerate(
            (
                waiting,
                lambda connection: outbox.waiting(connection, vault, BOT, [Lane.RELAY], now, set()),
                lambda connection: outbox.claim(connection, read, 1),
                sent,
                lambda connection: outbox.depths(connection, BOT),
                one_more,
            )
        ):
            found[column].append(timed(engine, work))
    return [min(times) for times in found]


def send(engine: Engine, vault: Vault, now: int, many: int) -> None:
    """So many are claimed and marked as sent, as the sender does it."""
    done = 0
    while done < many:
        with engine.connect() as connection:
            items = outbox.waiting(connection, vault, BOT, [Lane.LATER], now, set())[Lane.LATER][0]
        ids = [item.id for item in items[: many - done]]
        for at in range(0, len(ids), CLAIMED):
            part = ids[at : at + CLAIMED]
            with engine.begin() as connection:
                outbox.claim(connection, part, 1)
            with engine.begin() as connection:
                connection.execute(outbox.SENT, [{"id": one, "now": now, "place": 1, "fence": 1} for one in part])
        done += len(ids)


def plans(engine: Engine) -> list[tuple[str, str]]:
    """What each statement goes by."""
    sqlite = engine.dialect.name == "sqlite"
    statements: list[tuple[str, TextClause, dict[str, object]]] = [
        ("next of a lane", outbox._WAITING, {"bot": BOT, "lane": 4, "until": 2**60, "most": outbox.WINDOW}),
        ("claim", outbox._CLAIM, {"fence": 1}),
        ("sent", outbox.SENT, {"id": 1, "now": 1, "place": 1, "fence": 1}),
        ("after a start", outbox._RECOVER, {"bot": BOT}),
        ("count", outbox._DEPTH, {"bot": BOT, "lane": 4, "most": outbox.COUNTED_TO}),
        ("oldest", outbox._OLDEST, {"bot": BOT, "lane": 4}),
    ]
    found = []
    with engine.connect() as connection:
        for name, statement, values in statements:
            how = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN (COSTS OFF) "
            explained = text(how + statement.text.replace(":ids", "(1, 2, 3)"))
            lines = [str(row[-1]).strip() for row in connection.execute(explained, values)]
            found.append((name, "; ".join(line for line in lines if sqlite or "Scan" in line or "Cond" in line)))
        connection.rollback()
    return found


def main() -> None:
    """Prints two tables in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench.outbox", description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1])
    given = parser.parse_args()
    vault = Vault(parse_keys(new_key_line()))
    explained: list[tuple[str, str, str]] = []
    print(f"| database | rows that wait | {' | '.join(COLUMNS)} |")
    print("|---|---:|" + "---:|" * len(COLUMNS))
    with databases() as found:
        for name, fresh in found:
            engine = open_engine(fresh("outbox"))
            schema.upgrade(engine, datetime.now(UTC))
            have, now = 0, int(time.time() * 1000)
            for size in (one for one in SIZES if one <= given.most):
                fill(engine, vault, have, size, now)
                have = size
                if engine.dialect.name != "sqlite":
                    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                        connection.execute(text("VACUUM ANALYZE outbox"))
                if size > SENT_BEFORE:
                    send(engine, vault, now, SENT_BEFORE)
                quickest = measure(engine, vault, now)
                print(f"| {name} | {size:,} | {' | '.join(f'{one:.2f}' for one in quickest)} |", flush=True)
            explained += [(name, statement, plan) for statement, plan in plans(engine)]
            engine.dispose()
    print("\n| database | statement | plan |\n|---|---|---|")
    for row in explained:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
