"""What is forgotten of a round: wishes, facts and pairs, some time after it is over. A few counts stay."""

from __future__ import annotations

from models.matching import proposals, rounds, still_open
from models.unit import Unit, sql

DAY = 86_400_000
KEPT = 30 * DAY
"""How long a round's rows are kept once it is over, so that questions can still be answered."""
CANCELLED_KEPT = DAY
ABANDONED = 180 * DAY
"""A round that has not come to its end by then is given up."""
REQUESTS_KEPT = 90 * DAY
"""How long a decided request for another mentor is kept."""

_DUE = sql(
    "SELECT id FROM match_round WHERE forgotten_at IS NULL AND over_at IS NOT NULL"
    " AND over_at <= CASE state WHEN 'cancelled' THEN :cancelled ELSE :live END ORDER BY id LIMIT 1"
)
_COUNTS = sql(
    "UPDATE match_round SET forgotten_at = :now, pupils = :pupils, wished = :wished, first = :first, second = :second,"
    " third = :third WHERE id = :id AND forgotten_at IS NULL"
)
_DELETE = tuple(
    sql(f"DELETE FROM {table} WHERE round_id = :round")
    for table in ("match_pupil", "match_mentor", "match_pair", "match_telling")
)
_ABANDONED = sql(
    "SELECT id FROM match_round WHERE state IN ('draft', 'wishes', 'proposed') AND created_at <= :before ORDER BY id LIMIT 1"
)
_REQUESTS = sql("DELETE FROM mentor_request WHERE decided_at IS NOT NULL AND decided_at <= :before")


def tick(unit: Unit) -> None:
    """Forgets what is due: one round at a time, and old requests; ends those that are about a mentor of before."""
    still_open.settle(unit)
    unit.write(_REQUESTS, before=unit.now_ms - REQUESTS_KEPT)
    abandoned = unit.execute(_ABANDONED, before=unit.now_ms - ABANDONED).first()
    if abandoned is not None:
        rounds.cancel(unit, abandoned.id)
    row = unit.execute(_DUE, cancelled=unit.now_ms - CANCELLED_KEPT, live=unit.now_ms - KEPT).first()
    found = None if row is None else rounds.one(unit, row.id)
    if found is None:
        return
    sums = proposals.sums(proposals.load(unit, found))
    unit.write(
        _COUNTS,
        id=found.id,
        now=unit.now_ms,
        pupils=sums.pupils,
        wished=sums.wished,
        first=sums.met[0],
        second=sums.met[1],
        third=sums.met[2],
    )
    for statement in _DELETE:
        unit.write(statement, round=found.id)
