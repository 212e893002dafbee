"""A school's bounds for notices. Every number is a setting ([notices] in config.toml)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """What a school has set."""

    per_week: int = 2
    """Notices of all senders together that a family gets in a week; what is above goes into the week's list."""
    approve_above: int = 500
    """A notice to more people than that needs a second person's word."""
    valid_days: int = 7
    """So long somebody who joins later still gets a notice."""
    list_day: int = 4
    """Day of the week of the week's list; 0 is Monday."""
    list_minute: int = 1080
    """Minutes after midnight; 18:00."""
