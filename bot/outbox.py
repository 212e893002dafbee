"""The outbox's rows as delivery needs them: what waits, what is claimed, what became of it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, text

from bot.calls import COUNTED
from bot.schedule import Item
from models import freezing
from models.queues import Lane
from models.unit import Queued, sql
from models.vault import Vault

WINDOW = 2_000
"""Rows of a lane read at once: memory does not grow with what waits."""
COUNTED_TO = 20_000
"""So many rows of a lane are counted for the figures; more are told as so many."""
AHEAD = 90_000
"""Milliseconds: what is due later is not read yet. Above the longest pause before a retry (delivery.py), so that a row of the
same chat does not overtake one that was tried."""

# As a range, not as `lane = :lane ORDER BY id`: for that PostgreSQL goes through the primary key, past all that was ever sent.
_OF_LANE = "lane >= :lane AND lane <= :lane"
_WAITING = sql(
    "SELECT id, chat_id, lane, kind, sealed_payload, due_at, useful_until, message_id, attempts, unsure FROM outbox"
    f" WHERE bot_id = :bot AND state = 'waiting' AND {_OF_LANE} AND due_at <= :until ORDER BY lane, id LIMIT :most"
)
# What was under way when the process died may or may not have gone out.
_RECOVER = sql("UPDATE outbox SET state = 'waiting', unsure = unsure + 1 WHERE bot_id = :bot AND state = 'sending'")
_HELD = sql("SELECT held_until FROM bot WHERE id = :bot")
HOLD = sql("UPDATE bot SET held_until = :until WHERE id = :bot AND (held_until IS NULL OR held_until < :until)")
_CLAIM = text(
    "UPDATE outbox SET state = 'sending', attempts = attempts + 1, fence = :fence WHERE id IN :ids AND state = 'waiting'"
    # Asked again at the last moment: a retry must not slip past a 'no contact' that was set meanwhile.
    " AND (answers OR NOT EXISTS (SELECT 1 FROM no_contact n JOIN person p ON p.id = n.person_id"
    " JOIN account a ON a.id = p.account_id"
    " WHERE n.until IS NULL AND a.bot_id = outbox.bot_id AND a.user_id = outbox.chat_id)) RETURNING id"
).bindparams(bindparam("ids", expanding=True))
SENT = sql(
    "UPDATE outbox SET state = 'sent', sealed_payload = NULL, finished_at = :now, place_id = :place"
    " WHERE id = :id AND state = 'sending' AND fence = :fence"
)
AGAIN = sql(
    "UPDATE outbox SET state = 'waiting', due_at = :due, unsure = :unsure"
    " WHERE id = :id AND state = 'sending' AND fence = :fence"
)
FAILED = sql(
    "UPDATE outbox SET state = 'failed', sealed_payload = NULL, finished_at = :now, error = :error"
    " WHERE id = :id AND state = 'sending' AND fence = :fence"
)
EXPIRED = sql(
    "UPDATE outbox SET state = 'expired', sealed_payload = NULL, finished_at = :now WHERE id = :id AND state = 'waiting'"
)
# Counted so far only: what is asked every few seconds must not cost more where a million wait.
_DEPTH = sql(
    "SELECT COUNT(*) FROM (SELECT 1 FROM outbox WHERE bot_id = :bot AND state = 'waiting' AND lane = :lane LIMIT :most) AS few"
)
_OLDEST = sql(
    f"SELECT created_at FROM outbox WHERE bot_id = :bot AND state = 'waiting' AND {_OF_LANE} ORDER BY lane, id LIMIT 1"
)
_INBOX_DEPTH = sql(
    "SELECT COUNT(*) AS depth, MIN(received_at) AS oldest FROM inbox WHERE bot_id = :bot AND state = 'new'"
)


def _is_notice(payload: dict[str, Any]) -> bool:
    """Whether it carries a notice: what follows when it was sent says so (handlers/outcomes.py)."""
    return "notice" in payload or "notice" in (payload.get("then") or ())


def item_of(queued: Queued) -> Item:
    """What was just committed, without reading it again."""
    payload = orjson.loads(queued.payload)
    return Item(
        queued.id,
        queued.chat_id,
        queued.lane,
        queued.kind,
        payload,
        queued.due_at,
        queued.useful_until,
        queued.message_id,
        0,
        0,
        counted=queued.kind in COUNTED,
        notice=_is_notice(payload),
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
    payload = orjson.loads(vault.open("outbox", r.id, "payload", r.sealed_payload))
    return Item(
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
        notice=_is_notice(payload),
    )


def recover(connection: Connection, bot_id: int) -> tuple[int, int]:
    """After a start or a takeover: what was under way waits again, marked as perhaps sent.

    Answers how many rows, and until when Telegram has asked for silence (milliseconds since 1970; 0 where it has not).
    """
    rows = connection.execute(_RECOVER, {"bot": bot_id}).rowcount
    return rows, connection.execute(_HELD, {"bot": bot_id}).scalar() or 0


def claim(connection: Connection, ids: Iterable[int], fence: int) -> set[int]:
    """Marks rows as being sent by the holder of that epoch, before the call: those that still wait. Answers which."""
    ids = list(ids)
    freezing.stop_these(connection, ids)
    return {row.id for row in connection.execute(_CLAIM, {"ids": ids, "fence": fence})}


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
    """Depth and oldest age source of both queues: {'inbox': (depth, oldest ms), a lane's name: …}. A lane is counted up to
    `COUNTED_TO`; its oldest row is the one with the lowest id."""
    inbox = connection.execute(_INBOX_DEPTH, {"bot": bot_id}).one()
    found: dict[str, Any] = {"inbox": (inbox.depth, inbox.oldest)}
    for lane in Lane:
        values = {"bot": bot_id, "lane": int(lane), "most": COUNTED_TO}
        if depth := connection.execute(_DEPTH, values).scalar_one():
            found[lane.name.lower()] = depth, connection.execute(_OLDEST, values).scalar()
    return found
