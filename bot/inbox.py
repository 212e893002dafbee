"""The inbox's rows: storing what was received before it is confirmed, and fetching what is to be handled."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from bot.translate import owner_of, update_id_of
from models.base import new_id
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


def due(connection: Connection, vault: Vault, bot_id: int, now: int, most: int) -> list[Received]:
    """The next updates to handle, oldest first; one of a person whose earlier one is to be tried again later waits."""
    later = connection.execute(_BACK, {"bot": bot_id}).first() is not None
    rows = connection.execute(_DUE if later else _DUE_SIMPLE, {"bot": bot_id, "now": now, "most": most})
    return [
        Received(
            r.id,
            r.user_id,
            r.attempts,
            r.received_at,
            orjson.loads(vault.open("inbox", r.id, "update", r.sealed_update)),
        )
        for r in rows
    ]


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
