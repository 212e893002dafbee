"""The outbox's rows as delivery needs them: what waits, what is claimed, what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, text

from bot.calls import COUNTED
from bot.schedule import Item
from models.queues import Lane
from models.unit import Queued, sql
from models.vault import Vault

WINDOW = 2_000
"""Rows read at once: memory does not grow with what waits."""

_WAITING = sql(
    "SELECT id, chat_id, lane, kind, sealed_payload, due_at, useful_until, message_id, attempts, unsure FROM outbox"
    " WHERE bot_id = :bot AND state = 'waiting' AND lane = :lane ORDER BY id LIMIT :most"
)
# What was under way when the process died may or may not have gone out.
_RECOVER = sql("UPDATE outbox SET state = 'waiting', unsure = unsure + 1 WHERE bot_id = :bot AND state = 'sending'")
_CLAIM = text(
    "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id IN :ids AND state = 'waiting' RETURNING id"
).bindparams(bindparam("ids", expanding=True))
SENT = sql(
    "UPDATE outbox SET state = 'sent', sealed_payload = NULL, finished_at = :now, place_id = :place"
    " WHERE id = :id AND state = 'sending'"
)
AGAIN = sql("UPDATE outbox SET state = 'waiting', due_at = :due, unsure = :unsure WHERE id = :id AND state = 'sending'")
FAILED = sql(
    "UPDATE outbox SET state = 'failed', sealed_payload = NULL, finished_at = :now, error = :error"
    " WHERE id = :id AND state = 'sending'"
)
EXPIRED = sql(
    "UPDATE outbox SET state = 'expired', sealed_payload = NULL, finished_at = :now WHERE id = :id AND state = 'waiting'"
)
_DEPTHS = sql(
    "SELECT lane, COUNT(*) AS depth, MIN(created_at) AS oldest FROM outbox WHERE bot_id = :bot AND state = 'waiting'"
    " GROUP BY lane"
)
_INBOX_DEPTH = sql(
    "SELECT COUNT(*) AS depth, MIN(received_at) AS oldest FROM inbox WHERE bot_id = :bot AND state = 'new'"
)


def item_of(queued: Queued) -> Item:
    """What was just committed, without reading it again."""
    return Item(
        queued.id,
        queued.chat_id,
        queued.lane,
        queued.kind,
        orjson.loads(queued.payload),
        queued.due_at,
        queued.useful_until,
        queued.message_id,
        0,
        0,
        counted=queued.kind in COUNTED,
    )


def waiting(connection: Connection, vault: Vault, bot_id: int) -> tuple[list[Item], bool]:
    """The first rows of each lane, and whether there are more."""
    found: list[Item] = []
    more = False
    for lane in Lane:
        rows = connection.execute(_WAITING, {"bot": bot_id, "lane": int(lane), "most": WINDOW}).all()
        more = more or len(rows) == WINDOW
        for r in rows:
            payload = orjson.loads(vault.open("outbox", r.id, "payload", r.sealed_payload))
            found.append(
                Item(
                    r.id,
                    r.chat_id,
                    r.lane,
                    r.kind,
                    payload,
                    r.due_at,
                    r.useful_until,
                    r.message_id,
                    r.attempts,
                    r.unsure,
                    counted=r.kind in COUNTED,
                )
            )
    return found, more


def recover(connection: Connection, bot_id: int) -> int:
    """After a start: what was under way waits again, marked as perhaps sent. Answers how many."""
    return connection.execute(_RECOVER, {"bot": bot_id}).rowcount


def claim(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Marks rows as being sent, before the call: those that still wait. Answers which."""
    return {row.id for row in connection.execute(_CLAIM, {"ids": list(ids)})}


def depths(connection: Connection, bot_id: int) -> dict[str, Any]:
    """Depth and oldest age source of both queues: {'inbox': (depth, oldest ms), lane number: …}."""
    inbox = connection.execute(_INBOX_DEPTH, {"bot": bot_id}).one()
    found: dict[str, Any] = {"inbox": (inbox.depth, inbox.oldest)}
    for row in connection.execute(_DEPTHS, {"bot": bot_id}):
        found[Lane(row.lane).name.lower()] = (row.depth, row.oldest)
    return found
