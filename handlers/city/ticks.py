"""What the clock does about counts and the yearly question: each part is a short transaction of its own (bot/ticks.py)."""

from __future__ import annotations

from collections.abc import Callable

from handlers.city import again, asking
from handlers.context import SchoolSettings
from models.city import counting
from models.unit import Unit

PARTS_A_TICK = 20
"""Of each turn: with 200 schools a night's counting takes a few minutes, and others get their turn in between."""


def _count(unit: Unit, _bot_id: int, school: SchoolSettings) -> bool:
    return counting.turn(unit, school.zone)


TURNS: tuple[Callable[[Unit, int, SchoolSettings], bool], ...] = (_count, asking.turn)
"""For the deployment, called again as long as they answer True, at most PARTS_A_TICK times in a tick."""
TICKS: tuple[Callable[[Unit, int, SchoolSettings], None], ...] = (again.remind, asking.begin_due)
