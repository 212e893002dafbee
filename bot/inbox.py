"""The inbox's rows: storing what was received before it is confirmed, and fetching what is to be handled."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Row, text

from bot.translate import owner_of, update_id_of
from models.base import ids_never_below, new_id
from models.unit import sql
from models.vault import Vault

ATTEMPTS = 8
"""How often an update is tried before it is put aside."""
_BACKOFF_MS = (1_000, 5_000, 15_000, 60_000, 120_000, 300_000, 600_000)
KEPT = timedelta(hours=48)
"""How long a handled update's id is remembered: Telegram repeats within 24 hours, and draws ids anew after a quiet week."""

_INSERT = sql(
    "INSERT INTO inbox (id, bot_id, update_id, user_id, sealed_update, state, attempts, due_at, received_at, error)"
    " VALUES (:id, :bot_id, :update_id, :user_id, :sealed, :state, 0, :now, :now, :error)"
    " ON CONFLICT (bot_id, update_id) DO NOTHING"
)
_NOTE = sql("UPDATE bot SET last_update_id = :last, last_update_at = :now WHERE id = :bot_id")


def store(connection: Connection, vault: Vault, bot_id: int, updates: Sequence[Any], now: int) -> None:
    """Stores raw updates (decoded JSON) in one go. One that came before is passed over; one without a usable id is
    kept aside under a number made from its content, so that it neither stops the others nor is kept twice.
    """
    rows: list[dict[str, Any]] = []
    last: int | None = None
    for raw in updates:
        row_id = new_id()
        update_id = update_id_of(raw)
        content = orjson.dumps(raw, option=orjson.OPT_NON_STR_KEYS).decode()
        if update_id is None:
            number = -int.from_bytes(hashlib.sha256(content.encode()).digest()[:7], "big") - 1
        else:
            number = last = update_id
        rows.append(
            {
                "id": row_id,
                "bot_id": bot_id,
                "update_id": number,
                "user_id": owner_of(raw),
                "sealed": vault.seal("inbox", row_id, "update", content),
                "state": "new" if update_id is not None else "aside",
                "error": None if update_id is not None else "no usable update_id",
                "now": now,
            }
        )
    if rows:
        connection.execute(_INSERT, rows)
    if last is not None:
        connection.execute(_NOTE, {"last": last, "now": now, "bot_id": bot_id})


def store_unreadable(
    connection: Connection, vault: Vault, bot_id: int, content: bytes, update_id: int | None, now: int
) -> None:
    """Keeps aside what is not even JSON."""
    row_id = new_id()
    number = update_id
    if number is None:
        number = -int.from_bytes(hashlib.sha256(content).digest()[:7], "big") - 1
    connection.execute(
        _INSERT,
        {
            "id": row_id,
            "bot_id": bot_id,
            "update_id": number,
            "user_id": None,
            "sealed": vault.seal("inbox", row_id, "update", content[:65536].decode("utf-8", "replace")),
            "state": "aside",
            "error": "not JSON",
            "now": now,
        },
    )


@dataclass(frozen=True, slots=True)
class Received:
    """A stored update that is to be handled."""

    row_id: int
    user_id: int | None
    attempts: int
    received_at: int
    raw: dict[str, Any]


# An update waits while an earlier one of the same person does.
_DUE = sql(
    "SELECT id, user_id, attempts, received_at, sealed_update FROM inbox i WHERE bot_id = :bot AND state = 'new'"
    " AND due_at <= :now AND NOT EXISTS (SELECT 1 FROM inbox e WHERE e.bot_id = i.bot_id AND e.state = 'new'"
    " AND e.user_id = i.user_id AND e.id < i.id AND e.due_at > :now) ORDER BY id LIMIT :most"
)
_BACK = sql("SELECT 1 FROM inbox WHERE bot_id = :bot AND state = 'new' AND attempts > 0 LIMIT 1")
_DUE_SIMPLE = sql(
    "SELECT id, user_id, attempts, received_at, sealed_update FROM inbox WHERE bot_id = :bot AND state = 'new'"
    " AND due_at <= :now ORDER BY id LIMIT :most"
)


# Whose turn it is: the oldest that waits of each person, and what belongs to nobody.
_HEADS = sql(
    "SELECT id, user_id FROM inbox i WHERE bot_id = :bot AND state = 'new' AND due_at <= :now AND NOT EXISTS ("
    "SELECT 1 FROM inbox e WHERE e.bot_id = i.bot_id AND e.state = 'new' AND e.user_id = i.user_id AND e.id < i.id)"
    " ORDER BY id LIMIT :most"
)
_LOCK = text(
    "SELECT u.user_id FROM unnest(CAST(:users AS BIGINT[])) AS u (user_id)"
    " WHERE pg_try_advisory_xact_lock(hashtextextended(CAST(u.user_id AS TEXT), :bot))"
)
_MINE = text(
    "SELECT id, user_id, attempts, received_at, sealed_update FROM inbox i WHERE bot_id = :bot AND state = 'new'"
    " AND due_at <= :now AND user_id = ANY(:users) AND NOT EXISTS (SELECT 1 FROM inbox e WHERE e.bot_id = i.bot_id"
    " AND e.state = 'new' AND e.user_id = i.user_id AND e.id < i.id AND e.due_at > :now) ORDER BY id LIMIT :most"
)
_NOBODYS = text(
    "SELECT id, user_id, attempts, received_at, sealed_update FROM inbox WHERE bot_id = :bot AND state = 'new'"
    " AND due_at <= :now AND id = ANY(:ids) ORDER BY id FOR UPDATE SKIP LOCKED"
)


def take_turns(connection: Connection, bot_id: int, users: Iterable[int]) -> set[int]:
    """The people whose order this transaction may go on with until it ends: not those that another worker is at.

    On PostgreSQL only; with one worker everybody.
    """
    if connection.dialect.name != "postgresql":
        return set(users)
    values = {"users": list(users), "bot": bot_id}
    return {row.user_id for row in connection.execute(_LOCK, values)} if values["users"] else set()


def claim(connection: Connection, vault: Vault, bot_id: int, now: int, most: int) -> list[Received]:
    """As `due`, where other workers may be at the same (PostgreSQL): updates of people whom no other is handling.

    A person's turn is a lock that ends with the transaction, so the claim of a worker that is killed is none. What waits
    is read after the lock: what another one has just handled is not among it.
    """
    heads = connection.execute(_HEADS, {"bot": bot_id, "now": now, "most": most}).all()
    users = take_turns(connection, bot_id, [row.user_id for row in heads if row.user_id is not None])
    values = {"bot": bot_id, "now": now, "most": most}
    rows = list(connection.execute(_MINE, {**values, "users": list(users)})) if users else []
    nobodys = [row.id for row in heads if row.user_id is None]
    if nobodys:
        rows += connection.execute(_NOBODYS, {**values, "ids": nobodys})
        rows.sort(key=lambda row: row.id)
    return [_received(vault, row) for row in rows[:most]]


def due(connection: Connection, vault: Vault, bot_id: int, now: int, most: int) -> list[Received]:
    """The next updates to handle, oldest first; one of a person whose earlier one is to be tried again later waits."""
    later = connection.execute(_BACK, {"bot": bot_id}).first() is not None
    rows = connection.execute(_DUE if later else _DUE_SIMPLE, {"bot": bot_id, "now": now, "most": most})
    return [_received(vault, row) for row in rows]


def _received(vault: Vault, r: Row[Any]) -> Received:
    update = orjson.loads(vault.open("inbox", r.id, "update", r.sealed_update))
    return Received(r.id, r.user_id, r.attempts, r.received_at, update)


_HIGHEST = sql(
    "SELECT (SELECT MAX(id) FROM inbox) AS i, (SELECT MAX(id) FROM outbox) AS o, (SELECT MAX(id) FROM message) AS m"
)


def ids_go_on(connection: Connection) -> None:
    """New rows' ids are above all that are in the queues by now: other processes, with other clocks, write there too.

    By a random step, so that two which go on from the same row do not choose the same ids.
    """
    row = connection.execute(_HIGHEST).one()
    ids_never_below(max(row.i or 0, row.o or 0, row.m or 0) + secrets.randbits(20))


DONE = sql("UPDATE inbox SET state = 'done', sealed_update = NULL WHERE id = :id")
AGAIN = sql("UPDATE inbox SET attempts = :attempts, due_at = :due, error = :error WHERE id = :id")
ASIDE = sql("UPDATE inbox SET state = 'aside', attempts = :attempts, error = :error WHERE id = :id")
_FORGET = sql("DELETE FROM inbox WHERE state = 'done' AND received_at < :before")
_FORGET_FAILED = sql("DELETE FROM outbox WHERE state = 'failed' AND created_at < :before")
_FORGET_SENT = sql("DELETE FROM outbox WHERE state IN ('sent', 'cancelled', 'expired') AND created_at < :before")


def wait_before(attempts: int) -> int:
    """Milliseconds before an update is tried again after so many failed attempts."""
    return _BACKOFF_MS[min(attempts, len(_BACKOFF_MS)) - 1]


def forget(connection: Connection, now: int) -> None:
    """Drops rows that have done their work: updates after KEPT, what was sent after 30 days."""
    connection.execute(_FORGET, {"before": now - int(KEPT.total_seconds() * 1000)})
    connection.execute(_FORGET_SENT, {"before": now - 30 * 86_400_000})
    connection.execute(_FORGET_FAILED, {"before": now - 90 * 86_400_000})
