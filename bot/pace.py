"""The pace that Telegram takes, learned from its refusals: down in steps, up again slowly, never above what is configured.

The way up is that of TCP CUBIC (RFC 9438): quick at first, slow about the pace that was refused last, then quicker and
quicker, so that most of what is allowed is used, a refusal is rare, and a limit that was raised again is found within
minutes. The longer a refusal costs, the longer it is until the next one is risked.
"""

from __future__ import annotations

from math import cbrt

STEP = 0.95
"""After a refusal the pace is this much of what it was ..."""
AGAIN = 0.9
"""... and this much, if the last one was not long ago."""
SOON = 30.0
"""Seconds of sending within which a refusal comes soon after another."""
RETURN = 60.0
"""Seconds until a step down is made up for ..."""
COST = 30.0
"""... and at least so many times as long as the refusal held everything."""
LEAST = 1 / 30
"""Of the limit: it never goes below."""


class Pace:
    """All times are seconds of a monotonic clock, given by the caller."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._refused: float | None = None
        """The pace that was refused last."""
        self._low = self._size = limit
        """What it went down to, and by how much."""
        self._since = 0.0
        """When sending began again after that."""
        self._return = RETURN

    def at(self, now: float) -> float:
        """Messages a second, above 0, `limit` at most."""
        if self._refused is None:
            return self.limit
        # 1 at the time when the refused pace is reached again.
        x = max(now - self._since, 0.0) / self._return - 1.0
        pace = max(self._refused + self._size * x**3, self._low)
        if pace >= self.limit:
            self._refused = None
            return self.limit
        return pace

    def refused(self, began: float, now: float, held: float) -> bool:
        """A call that left at `began` was refused, which holds everything for `held` seconds from now. Answers whether the
        pace is lower now: what left before the last step says nothing about it."""
        if self._refused is not None and began <= self._since:
            return False
        pace = self.at(now)
        soon = self._refused is not None and began - self._since < SOON
        self._low = max(pace * (AGAIN if soon else STEP), self.limit * LEAST)
        self._refused = max(pace, self._low)
        self._since = now + held
        # A step of a twentieth of the limit takes one RETURN to make up for, a larger one longer.
        self._size = max(self._refused - self._low, self.limit / 100)
        self._return = max(RETURN, COST * held) * cbrt(self._size / (self.limit * (1 - STEP)))
        return True
