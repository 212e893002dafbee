"""What the clock does about events."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import SchoolSettings
from handlers.events import given, lead_after, load, rota, topic
from models.events import closing, tellings
from models.unit import Unit

TICKS: list[Callable[[Unit, int, SchoolSettings], None]] = [
    given.tick,
    rota.tick,
    topic.tick,
    lead_after.tick,
    load.tick,
    lambda unit, _bot, school: _find(unit, school),
    lambda unit, _bot, school: _close(unit, school),
]
"""Each in its own share of the transaction (see bot/application.py)."""


def _find(unit: Unit, school: SchoolSettings) -> None:
    tellings.find(unit, school.events)


def _close(unit: Unit, school: SchoolSettings) -> None:
    closing.close_due(unit, school.events)
