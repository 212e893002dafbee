"""What the clock does about events."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import SchoolSettings
from handlers.events import given, lead_after, left, load, rota, topic
from models.events import closing, tellings
from models.unit import Unit


def _find(unit: Unit, _bot_id: int, school: SchoolSettings) -> None:
    tellings.find(unit, school.events)


def _close(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    closing.close_due(unit, school.events)
    if unit.once(f"events:forget:{unit.now:%Y-%m-%d}", bot_id, 0):
        closing.forget_old(unit, school.events)


TICKS: list[Callable[[Unit, int, SchoolSettings], None]] = [
    given.tick,
    rota.tick,
    topic.tick,
    lead_after.tick,
    left.tick,
    load.tick,
    _find,
    _close,
]
"""Each in its own share of the transaction (see bot/ticks.py)."""
