"""What follows once a notice has reached everybody whom it could: its author hears so, once; old lists are deleted."""

from __future__ import annotations

from models.notices.tables import Notice
from models.unit import Unit, sql

KEPT = 400 * 86_400_000
"""Milliseconds after its end for which it is kept who got a notice."""
SOME = 2_000
"""Rows deleted in one transaction."""
ILL = 10 * 60_000
"""Milliseconds without a delivery, while rows are due, after which something is wrong with the way out."""
LONG = 86_400_000
"""Milliseconds after which the author is asked about a notice that is held."""

_OVER = sql(
    "SELECT n.id FROM notice n WHERE n.reported_at IS NULL AND n.listed_at IS NOT NULL"
    " AND n.state IN ('running', 'done', 'stopped') AND NOT EXISTS (SELECT 1 FROM notice_recipient r"
    " WHERE r.notice_id = n.id AND r.state = 'queued') AND (n.state <> 'running' OR NOT EXISTS"
    " (SELECT 1 FROM notice_recipient r WHERE r.notice_id = n.id AND r.state = 'waiting'"
    " AND r.bot_id IN (SELECT id FROM bot) AND r.due_at <= :now)) AND (n.state <> 'stopped' OR NOT EXISTS (SELECT 1 FROM"
    " notice_recipient r WHERE r.notice_id = n.id AND r.state = 'waiting')) ORDER BY n.id LIMIT 20"
)
_REPORTED = sql("UPDATE notice SET reported_at = :now WHERE id = :id AND reported_at IS NULL")
_PAUSED = sql("SELECT id FROM notice WHERE state = 'paused' AND paused_at <= :before ORDER BY id")
_ILL = sql(
    "SELECT n.id, MIN(o.created_at) AS oldest FROM outbox o JOIN notice n ON n.id = o.notice_id"
    # The index says both states, and SQLite asks for its very words.
    " AND o.bot_id IN (SELECT id FROM bot) AND o.state IN ('waiting', 'frozen') AND o.state = 'waiting'"
    " WHERE n.state = 'running' AND o.notice_id IS NOT NULL"
    " GROUP BY n.id HAVING MIN(o.created_at) <= :before ORDER BY n.id"
)
_OLD = sql(
    "SELECT n.id FROM notice n WHERE n.ended_at < :before AND EXISTS (SELECT 1 FROM notice_recipient r"
    " WHERE r.notice_id = n.id) ORDER BY n.id LIMIT 1"
)
_DELETE = sql(
    "DELETE FROM notice_recipient WHERE notice_id = :notice AND person_id IN"
    " (SELECT person_id FROM notice_recipient WHERE notice_id = :notice ORDER BY person_id LIMIT :most)"
)


def over(unit: Unit) -> list[int]:
    """Notices that nobody is left to be told of now, and whose author has not heard so."""
    return [row.id for row in unit.execute(_OVER, now=unit.now_ms)]


def reported(unit: Unit, notice: Notice) -> bool:
    """Keeps that its author hears so now. False where that was done before."""
    return unit.write(_REPORTED, id=notice.id, now=unit.now_ms) == 1


def long_paused(unit: Unit) -> list[int]:
    """Notices that somebody has held for a day."""
    return [row.id for row in unit.execute(_PAUSED, before=unit.now_ms - LONG)]


def ill(unit: Unit) -> list[tuple[int, int]]:
    """Notices of which rows have been waiting for long: id, and since when (milliseconds since 1970)."""
    return [(row.id, int(row.oldest)) for row in unit.execute(_ILL, before=unit.now_ms - ILL)]


def forget(unit: Unit) -> int:
    """Deletes a batch of who got notices that ended long ago; words, slips and votes stay. Answers how many rows."""
    row = unit.execute(_OLD, before=unit.now_ms - KEPT).first()
    return 0 if row is None else unit.write(_DELETE, notice=row.id, most=SOME)
