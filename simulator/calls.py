"""The log of the bots' calls: the last 200,000 in a ring, and counts of all."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

_FIELDS = ("n", "bot", "method", "chat_id", "status", "error", "time", "message_id")
_KEPT = 200_000
_SENDS = ("send", "copy", "forward")


class Calls:
    """What the bots called, and what became of it."""

    def __init__(self) -> None:
        self._ring: deque[tuple[Any, ...]] = deque(maxlen=_KEPT)
        self.counts: dict[str, int] = {}
        """`sendMessage 200` to how often."""
        self.unknown: dict[str, int] = {}
        """`sendMessage.parse_mod` to how often: parameters that the method does not have."""
        self.total = 0
        self._seconds: deque[list[int]] = deque(maxlen=61)

    def clear(self) -> None:
        """Forgets everything."""
        self.__init__()  # type: ignore[misc]

    def note(
        self, bot: int, method: str, status: int, *, chat_id: Any = None, error: Any = None, made: Any = None
    ) -> None:
        """Adds a call. getUpdates is counted only: the log is of what a bot does, not of its waiting."""
        key = f"{method} {status}"
        self.counts[key] = self.counts.get(key, 0) + 1
        if method == "getUpdates":
            return
        self.total += 1
        now = time.time()
        self._ring.append((self.total, bot, method, chat_id, status, error, now, made))
        if made is not None and method.startswith(_SENDS):
            second = int(now)
            if self._seconds and self._seconds[-1][0] == second:
                self._seconds[-1][1] += 1
            else:
                self._seconds.append([second, 1])

    def odd(self, method: str, names: set[str]) -> None:
        """Counts parameters that the method does not have."""
        for name in names:
            key = f"{method}.{name}"
            self.unknown[key] = self.unknown.get(key, 0) + 1

    def since(self, n: int, most: int) -> list[dict[str, Any]]:
        """Calls after the nth, oldest first, the newest `most` of them."""
        found: list[dict[str, Any]] = []
        for one in reversed(self._ring):
            if one[0] <= n or len(found) == most:
                break
            found.append(dict(zip(_FIELDS, one, strict=True)))
        return found[::-1]

    def sends_a_second(self, seconds: int = 10) -> float:
        """Messages sent a second, over so many whole seconds before this one."""
        this = int(time.time())
        return sum(count for second, count in self._seconds if this - seconds <= second < this) / seconds

    def by_method(self) -> dict[str, dict[str, int]]:
        """Method to status to how often."""
        found: dict[str, dict[str, int]] = {}
        for key, count in self.counts.items():
            method, _, status = key.rpartition(" ")
            found.setdefault(method, {})[status] = count
        return found
