"""What a school has set about appointments. Every number is a default that the school replaces ([visits] in config.toml)."""

from __future__ import annotations

from dataclasses import dataclass

from models.appointments.states import OUTSIDE, Form, Purpose

GRAIN = 5
"""Minutes. Appointments begin and end on multiples of it: held time is kept in such pieces (see booking.py)."""


@dataclass(frozen=True, slots=True)
class VisitRules:
    """The school's bounds. Minutes, and minutes after midnight, unless something else is said."""

    teachers: int = 2
    """How many teachers go out to a family; 1 or 2."""
    minutes: int = 30
    hour_minutes: int = 15
    """A slot of the mentor's set hour."""
    earliest: int = 480
    latest: int = 1200
    """A visit ends by then; 20:00."""
    travel_minutes: int = 30
    """The way between two visits of one teacher."""
    near_minutes: int = 10
    """The same, where both are in one area."""
    most_per_week: int = 6
    """Visits of one mentor in a week; the set hour does not count."""
    notice_hours: int = 24
    """A visit is not offered at shorter notice."""
    horizon_days: int = 21
    """How far ahead times are offered."""
    offer_hours: int = 2
    """How long a slot that became free is kept for whom it was offered to."""
    safety_minutes: int = 60
    """So long after the planned end the teachers are asked whether they have left."""
    safety_step_minutes: int = 15
    """How long the companion has before the duty leader is asked."""
    record_hours: int = 48
    """By when the record is to be written."""

    def length(self, purpose: Purpose) -> int:
        """How long an appointment of this purpose is."""
        return self.hour_minutes if purpose is Purpose.HOUR else self.minutes

    def needs_companion(self, purpose: Purpose, form: Form | None) -> bool:
        """Whether a second teacher comes along."""
        return purpose is Purpose.VISIT and self.teachers > 1 and form in OUTSIDE

    def gap(self, one: Form | None, other: Form | None, *, near: bool) -> int:
        """Minutes between two appointments of one teacher: the way, where one of them is not at the desk."""
        if one not in OUTSIDE and other not in OUTSIDE:
            return 0
        return self.near_minutes if near else self.travel_minutes
