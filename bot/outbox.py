"""The outbox's rows as delivery needs them: what waits, what is claimed, what became of it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, text

from bot.calls import COUNTED
from bot.schedule import Item
from models.queues import Lane
from models.unit import Queued, sql
from models.vault import Vault

WINDOW = 2_000
"""Rows of a lane read at once: memory does not grow with what waits."""
AHEAD = 90_000
"""Milliseconds: what is due later is not read yet. Above the longest pause before a retry (delivery.py), so that a row of the
same chat does not overtake one that was tried."""

_WAITING = sql(
    "SELECT id, chat_id, lane, kind, sealed_payload, due_at, useful_until, message_id, attempts, unsure FROM outbox"
    " WHERE bot_id = :bot AND state = 'waiting' AND lane = :lane AND due_at <= :until ORDER BY id LIMIT :most"
)
# What was under way when the process died may or may not have gone out.
_RECOVER = sql("UPDATE outbox SET state = 'waiting', unsure = unsure + 1 WHERE bot_id = :bot AND state = 'sending'")
_CLAIM = text(
    "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id IN :ids AND state = 'waiting'"
    # Asked again at the last moment: a retry must not slip past a 'no contact' that was set meanwhile.
    " AND (answers OR NOT EXISTS (SELECT 1 FROM no_contact n JOIN person p ON p.id = n.person_id"
    " JOIN account a ON a.id = p.account_id"
    " WHERE n.until IS NULL AND a.bot_id = outbox.bot_id AND a.user_id = outbox.chat_id)) RETURNING id"
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


def waiting(
    connection: Connection, vault: Vault, bot_id: int, lanes: Iterable[int], now: int, known: Container[int]
) -> dict[int, tuple[list[Item], bool]]:
    """For each of these lanes the first rows that are due by now or soon, without the known ones, and whether there are
    more of them."""
    found: dict[int, tuple[list[Item], bool]] = {}
    for lane in lanes:
        rows = connection.execute(_WAITING, {"bot": bot_id, "lane": lane, "most": WINDOW, "until": now + AHEAD}).all()
        items = [_read(vault, row) for row in rows if row.id not in known]
        found[lane] = items, len(rows) == WINDOW
    return found


def _read(vault: Vault, r: Row[Any]) -> Item:
    return Item(
        r.id,
        r.chat_id,
        r.lane,
        r.kind,
        orjson.loads(vault.open("outbox", r.id, "payload", r.sealed_payload)),
        r.due_at,
        r.useful_until,
        r.message_id,
        r.attempts,
        r.unsure,
        counted=r.kind in COUNTED,
    )


def recover(connection: Connection, bot_id: int) -> int:
    """After a start: what was under way waits again, marked as perhaps sent. Answers how many."""
    return connection.execute(_RECOVER, {"bot": bot_id}).rowcount


def claim(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Marks rows as being sent, before the call: those that still wait. Answers which."""
    return {row.id for row in connection.execute(_CLAIM, {"ids": list(ids)})}


_COPY = sql(
    "SELECT place_id FROM place WHERE message_id = :message AND bot_id = :bot AND chat_id = :chat AND part = :part"
    " AND NOT origin ORDER BY place_id DESC LIMIT 1"
)
_ANY = sql(
    "SELECT place_id FROM place WHERE message_id = :message AND bot_id = :bot AND chat_id = :chat"
    " AND (part = :part OR part = 0) ORDER BY CASE WHEN part = :part THEN 0 ELSE 1 END, place_id DESC LIMIT 1"
)
_ROOM = sql(
    "SELECT t.number FROM topic t JOIN workspace w ON w.id = t.workspace_id WHERE t.workspace_id = :workspace"
    " AND t.thread_id = :thread AND w.state = 'on' AND t.number IS NOT NULL"
)
_NOTHING_THERE = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'nothing there'"
    " WHERE id = :id AND state = 'sending'"
)


def resolve(connection: Connection, bot_id: int, items: Iterable[Item], now: int) -> list[Item]:
    """Looks up the copies and topics that claimed rows are about. Answers those whose copy or topic is nowhere: they end."""
    lost: list[Item] = []
    for item in items:
        of, under = item.payload.get("of"), item.payload.get("under")
        room = item.payload.get("topic_of")
        if room is not None:
            row = connection.execute(_ROOM, {"workspace": room[0], "thread": room[1]}).first()
            if row is None:
                connection.execute(_NOTHING_THERE, {"id": item.id, "now": now})
                lost.append(item)
                continue
            item.payload["topic"] = row.number
        if of is not None:
            values = {"message": of[0], "part": of[1], "bot": bot_id, "chat": item.chat_id}
            row = connection.execute(_COPY, values).first()
            if row is None:
                connection.execute(_NOTHING_THERE, {"id": item.id, "now": now})
                lost.append(item)
            else:
                item.payload["place"] = row.place_id
        elif under is not None:
            values = {"message": under[0], "part": under[1], "bot": bot_id, "chat": item.chat_id}
            row = connection.execute(_ANY, values).first()
            if row is not None:
                item.payload["place_under"] = row.place_id
    return lost


def depths(connection: Connection, bot_id: int) -> dict[str, Any]:
    """Depth and oldest age source of both queues: {'inbox': (depth, oldest ms), lane number: …}."""
    inbox = connection.execute(_INBOX_DEPTH, {"bot": bot_id}).one()
    found: dict[str, Any] = {"inbox": (inbox.depth, inbox.oldest)}
    for row in connection.execute(_DEPTHS, {"bot": bot_id}):
        found[Lane(row.lane).name.lower()] = (row.depth, row.oldest)
    return found
