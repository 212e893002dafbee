"""What a school has set about events. Every number is a default that the school replaces ([events] in config.toml)."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class EventRules:
    """The school's bounds."""

    lectures: int = 1
    """Parent classes of one mentor in a term."""
    topic_days: int = 21
    """So many days before a parent class its topic is asked for."""
    remind_minutes: int = 60
    """How long before an event those who come are reminded the last time."""
    sign_in_minutes: int = 30
    """From so long before the beginning to so long after the end one can sign in."""
    questions_days: int = 3
    """So many days after an event its open questions are to be answered."""
    keep_days: int = 30
    """So many days after an event who came and what each thought of it is forgotten: only sums stay."""
