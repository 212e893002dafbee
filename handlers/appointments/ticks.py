"""What the clock does about appointments; each part asks the rows what is due and says it once."""

from __future__ import annotations

from collections.abc import Callable

from handlers.appointments import agreement_told, before, care, place, record_due, safety
from handlers.context import SchoolSettings
from models.unit import Unit

OF_ALL: tuple[Callable[[Unit, int, SchoolSettings], None], ...] = (
    safety.tick,
    before.tick,
    place.tick,
    lambda unit, _bot, school: care.tick(unit, school),
    lambda unit, _bot, school: agreement_told.tick(unit, school),
)
"""Each in its own share of the transaction, the most urgent first (see bot/ticks.py)."""
OF_A_SCHOOL: tuple[Callable[[Unit, int, SchoolSettings], None], ...] = (record_due.tick,)
"""For each bot, by its own people."""
