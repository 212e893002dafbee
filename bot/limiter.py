"""How fast may be sent. Telegram publishes no exact limits, so the numbers are settings and a refusal always wins.

Reminders and notices are paced evenly a little below the limit (at 30.0 a second the server refused half of them, at 29.5
none: docs/decisions/0004). What people write to each other is not made to wait for that pace, but counts in it. One chat
takes a few at once and then one a second. A row is taken at its pace and committed before its call; where commits were
slow and several are ready together, they are spread out again before the calls. After 'too many requests' everything
waits, and the pace slows down for a while.
"""

from __future__ import annotations

import random
from bisect import insort
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Rates a second, and how many calls may be under way at once."""

    bulk_per_second: float = 29.5
    chat_per_second: float = 1.0
    chat_burst: int = 5
    in_flight: int = 32


class Limiter:
    """All times are seconds of a monotonic clock, given by the caller."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open_at = 0.0
        self._next_bulk = 0.0
        self._slow_until = 0.0
        self._chats: dict[int, float] = {}
        # Whole calls in a whole second: with 29.5 that leaves room for one more, of those that are not made to wait.
        self._most = max(1, int(limits.bulk_per_second))
        self._window = max(1.0, 1.0 / limits.bulk_per_second)
        self._calls: list[float] = []
        """When the last `_most` calls left or will leave, in order."""
        self._last_paced = 0.0

    def open_at(self) -> float:
        """When anything at all may be sent."""
        return self._open_at

    def bulk_at(self) -> float:
        """When the next reminder or notice may be sent."""
        return max(self._open_at, self._next_bulk)

    def chat_at(self, chat_id: int, now: float) -> float:
        """When the next message may go to that chat."""
        free = self._chats.get(chat_id)
        if free is None:
            return now
        window = (self._limits.chat_burst - 1) / self._limits.chat_per_second
        return max(now, free - window)

    def sent(self, chat_id: int, now: float, *, message: bool) -> None:
        """Something is about to go to that chat; `message`: it counts in the chat's own limit."""
        pause = 1.0 / self._limits.bulk_per_second * (1.25 if now < self._slow_until else 1.0)
        self._next_bulk = max(self._next_bulk, now - pause) + pause
        if message:
            self._chats[chat_id] = max(self._chats.get(chat_id, now), now) + 1.0 / self._limits.chat_per_second
            if len(self._chats) > 50_000:
                self._chats = {chat: free for chat, free in self._chats.items() if free > now}

    def call(self, now: float, *, paced: bool) -> float:
        """Seconds to wait before a call that is ready now; it counts from then on."""
        at = max(now, self._open_at)
        if paced:
            slower = 1.25 if now < self._slow_until else 1.0
            # Not all in one moment: at the window's two ends they would be within one second.
            at = max(at, self._last_paced + slower / self._limits.bulk_per_second / 2)
            if len(self._calls) == self._most:
                at = max(at, self._calls[0] + self._window * slower)
            self._last_paced = at
        if paced and at > now:
            # No more is taken than goes out: what waits for its call takes up a place among the calls under way.
            self._next_bulk = max(self._next_bulk, at)
        insort(self._calls, at)
        del self._calls[: -self._most]
        return at - now

    def refused(self, retry_after: float, now: float) -> float:
        """Telegram said 429: nothing leaves for that long, a little more so that not all come at once."""
        wait = max(retry_after, 0.5) * random.uniform(1.01, 1.06)  # noqa: S311 - no secret, only spread
        self._open_at = max(self._open_at, now + wait)
        self._slow_until = max(self._slow_until, now + wait + 60)
        return wait
