"""Materials and notes of an event: texts, and files by the messenger's own id."""

from __future__ import annotations

from typing import Any

import orjson
from sqlmodel import col, select

from models.events.tables import EventMaterial
from models.unit import Unit, sql

MOST = 10
"""Pieces of one sending: as many as stand in one album."""

_WAITING = sql("SELECT COUNT(*) AS many FROM event_material WHERE event_id = :event AND round IS NULL")
_SEND = sql("UPDATE event_material SET round = :round WHERE event_id = :event AND round IS NULL")
_DROP = sql("DELETE FROM event_material WHERE event_id = :event AND round IS NULL")


def add(unit: Unit, event_id: int, person_id: int, piece: dict[str, Any]) -> bool:
    """Keeps a piece {text, spans, media} for the next sending. False where that has MOST already."""
    if waiting(unit, event_id) >= MOST:
        return False
    fresh = EventMaterial(event_id=event_id, sealed_piece=b"", by_id=person_id, at=unit.now_ms)
    fresh.sealed_piece = unit.vault.seal("event_material", fresh.id, "piece", orjson.dumps(piece).decode())
    unit.session.add(fresh)
    unit.session.flush()
    return True


def waiting(unit: Unit, event_id: int) -> int:
    """How many pieces have not been sent."""
    return int(unit.execute(_WAITING, event=event_id).one().many)


_LAST = sql("SELECT COALESCE(MAX(id), 0) AS id FROM event_material WHERE event_id = :event AND round IS NULL")


def last(unit: Unit, event_id: int) -> int:
    """The newest piece that has not been sent: by it one knows whether what was looked at is still what waits."""
    return int(unit.execute(_LAST, event=event_id).one().id)


def drop(unit: Unit, event_id: int) -> None:
    """Takes back what has not been sent."""
    unit.write(_DROP, event=event_id)


def send(unit: Unit, event_id: int, number: int) -> int:
    """What waits belongs to this sending from now on. Answers how many pieces that are."""
    return unit.write(_SEND, event=event_id, round=number)


def of(unit: Unit, event_id: int, number: int | None = None) -> list[dict[str, Any]]:
    """The pieces of one sending, or of all that were sent."""
    chosen = select(EventMaterial).where(EventMaterial.event_id == event_id)
    chosen = chosen.where(
        col(EventMaterial.round).is_not(None) if number is None else EventMaterial.round == number
    ).order_by(col(EventMaterial.id))
    return [
        orjson.loads(unit.vault.open("event_material", row.id, "piece", row.sealed_piece))
        for row in unit.session.exec(chosen).all()
    ]


def pieces_waiting(unit: Unit, event_id: int) -> list[dict[str, Any]]:
    """The pieces that have not been sent."""
    chosen = select(EventMaterial).where(EventMaterial.event_id == event_id, col(EventMaterial.round).is_(None))
    return [
        orjson.loads(unit.vault.open("event_material", row.id, "piece", row.sealed_piece))
        for row in unit.session.exec(chosen.order_by(col(EventMaterial.id))).all()
    ]
