"""Parent classes whose host will not be there: found by the clock, each told once for each reason."""

from __future__ import annotations

from dataclasses import dataclass

from models.unit import Unit, sql

LEFT = -1
"""In the place of an absence: the host has left the school."""
MOST = 50

_AWAY = sql(
    "SELECT e.id, a.id AS absence_id FROM event e JOIN absence a ON a.mentor_id = e.host_id AND a.cancelled_at IS NULL"
    " AND a.starts_at < e.ends_at AND a.ends_at > e.starts_at WHERE e.state IN ('planned', 'announced')"
    " AND e.class_id IS NOT NULL AND e.speaker_id IS NULL AND e.sealed_speaker IS NULL AND e.starts_at > :now"
    " AND (e.absence_told IS NULL OR e.absence_told <> a.id) ORDER BY e.starts_at, e.id LIMIT :most"
)
_GONE = sql(
    "SELECT e.id FROM event e JOIN person p ON p.id = e.host_id AND p.ended_at IS NOT NULL"
    " WHERE e.state IN ('planned', 'announced') AND e.class_id IS NOT NULL AND e.starts_at > :now"
    " AND (e.absence_told IS NULL OR e.absence_told <> :left) ORDER BY e.starts_at, e.id LIMIT :most"
)
_TOLD = sql(
    "UPDATE event SET absence_told = :reason WHERE id = :id AND (absence_told IS NULL OR absence_told <> :reason)"
)


@dataclass(frozen=True, slots=True)
class Lost:
    """An event without its host; `reason` is an absence, or LEFT."""

    event_id: int
    reason: int


def due(unit: Unit) -> list[Lost]:
    """Those of which nobody has been told; who asks first has them."""
    found = [Lost(row.id, row.absence_id) for row in unit.execute(_AWAY, now=unit.now_ms, most=MOST).all()]
    found += [Lost(row.id, LEFT) for row in unit.execute(_GONE, now=unit.now_ms, left=LEFT, most=MOST).all()]
    return [one for one in found if unit.write(_TOLD, id=one.event_id, reason=one.reason) == 1]
