"""What the clock does about appointments; each part asks the rows what is due and says it once."""

from __future__ import annotations

from handlers.appointments import agreement_told, before, care, place, record_due, safety
from handlers.context import SchoolSettings
from models.unit import Unit


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    """Everything of appointments that became due."""
    safety.tick(unit, bot_id, school)
    before.tick(unit, bot_id, school)
    place.tick(unit, bot_id, school)
    care.tick(unit, school)
    record_due.tick(unit, bot_id, school)
    agreement_told.tick(unit, school)
