"""What the clock does about appointments; each part asks the rows what is due and says it once."""

from __future__ import annotations

from handlers.context import SchoolSettings
from models.unit import Unit


def tick(unit: Unit, bot_id: int, school: SchoolSettings) -> None:
    """Everything of appointments that became due."""
