"""Events whose host will not be there, or whose speaker: found by the clock, each told once for each reason."""

from __future__ import annotations

from dataclasses import dataclass

from models.contact import FREE
from models.events import allowed, kinds
from models.events.states import AHEAD
from models.unit import Unit, sql

LEFT = -1
"""In the place of an absence: the host has left the school."""
MOST = 50

_AHEAD = "e.state IN ({}) AND e.starts_at > :now".format(", ".join(f"'{one.value}'" for one in AHEAD))
_WORKS = "p.ended_at IS NULL AND p.staff_number IS NOT NULL"
_AWAY = (
    # Of several leaves the first one: each event is told of once.
    "SELECT e.id, MIN(a.id) AS absence_id FROM event e JOIN absence a ON a.mentor_id = e.host_id"
    " AND a.cancelled_at IS NULL AND a.starts_at < e.ends_at AND a.ends_at > e.starts_at"
    f" JOIN person p ON p.id = e.host_id AND {_WORKS} WHERE {_AHEAD}"
    " AND e.speaker_id IS NULL AND e.sealed_speaker IS NULL AND {where} GROUP BY e.id, e.starts_at, e.absence_told"
    " HAVING e.absence_told IS NULL OR e.absence_told <> MIN(a.id) ORDER BY e.starts_at, e.id LIMIT :most"
)
_GONE = (
    f"SELECT e.id FROM event e JOIN person p ON p.id = e.host_id AND NOT ({_WORKS}) WHERE {_AHEAD}"
    " AND {where} AND (e.absence_told IS NULL OR e.absence_told <> :left) ORDER BY e.starts_at, e.id LIMIT :most"
)
_PRIVATE = ", ".join(f"'{one.code}'" for one in kinds.every() if one.private)
_ROTA, _ELSEWHERE = "e.class_id IS NOT NULL", "e.class_id IS NULL"
_AWAY_ROTA, _AWAY_ELSEWHERE = sql(_AWAY.format(where=_ROTA)), sql(_AWAY.format(where=_ELSEWHERE))
_GONE_ROTA = sql(_GONE.format(where=_ROTA))
# Of what is private nobody but its host may hear: it ends with the host (`ended`).
_GONE_ELSEWHERE = sql(_GONE.format(where=f"{_ELSEWHERE} AND e.kind NOT IN ({_PRIVATE})"))
_SPEAKERS = sql(
    "SELECT e.id, e.speaker_id FROM event e JOIN person p ON p.id = e.speaker_id"
    f" WHERE {_AHEAD} AND (e.absence_told IS NULL OR e.absence_told NOT IN (:left, -e.speaker_id))"
    f" AND (p.ended_at IS NOT NULL OR NOT {FREE} OR NOT {allowed.GUARDS.format(event='e.id')})"
    " ORDER BY e.starts_at, e.id LIMIT :most"
)
_ENDED = sql(
    f"SELECT e.id FROM event e WHERE e.state = 'announced' AND e.starts_at > :now AND e.kind IN ({_PRIVATE})"
    f" AND e.pupil_id IS NOT NULL AND NOT {allowed.HOLDS} ORDER BY e.starts_at, e.id LIMIT :most"
)
_TOLD = sql(
    "UPDATE event SET absence_told = :reason WHERE id = :id AND (absence_told IS NULL OR absence_told <> :reason)"
)


@dataclass(frozen=True, slots=True)
class Lost:
    """An event without its host; `reason` is an absence, or LEFT. Without its speaker: `reason` is minus that person."""

    event_id: int
    reason: int


def due(unit: Unit, most: int = MOST) -> list[Lost]:
    """Places of the rota of which nobody has been told, at most so many; who asks first has them."""
    found = [Lost(row.id, row.absence_id) for row in unit.execute(_AWAY_ROTA, now=unit.now_ms, most=most).all()]
    found += [Lost(row.id, LEFT) for row in unit.execute(_GONE_ROTA, now=unit.now_ms, left=LEFT, most=most).all()]
    return _taken(unit, found[:most])


def elsewhere(unit: Unit, most: int = MOST) -> list[Lost]:
    """The same for events that have no place of the rota."""
    found = [Lost(row.id, row.absence_id) for row in unit.execute(_AWAY_ELSEWHERE, now=unit.now_ms, most=most).all()]
    found += [Lost(row.id, LEFT) for row in unit.execute(_GONE_ELSEWHERE, now=unit.now_ms, left=LEFT, most=most).all()]
    return _taken(unit, found[:most])


def speakers(unit: Unit, most: int = MOST) -> list[Lost]:
    """Events that a guardian was to give who cannot any more, whatever the reason."""
    rows = unit.execute(_SPEAKERS, now=unit.now_ms, left=LEFT, most=most).all()
    return _taken(unit, [Lost(row.id, -row.speaker_id) for row in rows])


def ended(unit: Unit, most: int = MOST) -> list[int]:
    """Consultations to which people were invited and whose host has lost the pupil since."""
    return [row.id for row in unit.execute(_ENDED, now=unit.now_ms, most=most).all()]


def _taken(unit: Unit, found: list[Lost]) -> list[Lost]:
    return [one for one in found if unit.write(_TOLD, id=one.event_id, reason=one.reason) == 1]
