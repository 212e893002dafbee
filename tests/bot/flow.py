"""A server with a limit, a network with delays and the bot's limiter, on a clock that costs no time."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from bot.limiter import Call, Limiter, Way
from models.queues import Lane

TIMER = 0.002
"""Seconds by which a timer is late at most."""


@dataclass
class Server:
    """Takes `per_second` within any second. `hold`: what it says after a refusal, seconds."""

    per_second: float
    hold: float = 1.0
    people_count: bool = True
    taken: list[tuple[float, Way]] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    _last: deque[float] = field(default_factory=deque)

    def take(self, now: float, way: Way) -> bool:
        while self._last and self._last[0] <= now - 1.0:
            self._last.popleft()
        counts = self.people_count or way not in (Way.PEOPLE, Way.UNCOUNTED)
        if counts and len(self._last) >= self.per_second:
            self.refused.append(now)
            return False
        if counts:
            self._last.append(now)
        self.taken.append((now, way))
        return True

    def rate(self, since: float, until: float, *ways: Way) -> float:
        """Messages a second that were taken within that time."""
        return sum(since <= at < until and (not ways or way in ways) for at, way in self.taken) / (until - since)


@dataclass
class World:
    """Paced calls are always ready; people write with `people` a second on average."""

    limiter: Limiter
    server: Server
    dice: random.Random
    delay: Callable[[random.Random], float]
    """Seconds of the way there, and of the way back."""
    people: float = 0.0
    now: float = 0.0
    waits: list[float] = field(default_factory=list)
    """How long people's messages waited."""
    events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)
    _lines: dict[Way, deque[float]] = field(default_factory=dict)
    _timer: int = 0

    def at(self, when: float, what: Callable[[], None]) -> None:
        heapq.heappush(self.events, (when, next(self._count), what))

    def run(self, seconds: float) -> None:
        """Goes on for so long."""
        end = self.now + seconds
        begins = not self._lines
        self._lines.setdefault(Way.PEOPLE, deque())
        self._lines[Way.PACED] = deque([0.0] * int(seconds * self.limiter.limit * 1.2 + 40))
        if self.people and begins:
            self.at(self.now + self.dice.expovariate(self.people), self._written)
        self._look()
        while self.events and self.events[0][0] < end:
            self.now, _, what = heapq.heappop(self.events)
            what()
        self.now = end

    def _written(self) -> None:
        self._lines[Way.PEOPLE].append(self.now)
        self.at(self.now + self.dice.expovariate(self.people), self._written)
        self._look()

    def _look(self, timer: int | None = None) -> None:
        """As bot/gate.py does it; of the timers the last one counts."""
        if timer is not None and timer != self._timer:
            return
        again = float("inf")
        for way, line in self._lines.items():
            while line:
                wait = self.limiter.wait(self._way(way), self.now)
                if wait > 0:
                    again = min(again, wait)
                    break
                since = line.popleft()
                if way is Way.PEOPLE:
                    self.waits.append(self.now - since)
                self._send(self.limiter.left(self._way(way), self.now))
        self._timer += 1
        if again < float("inf"):
            self.at(self.now + again + self.dice.uniform(0, TIMER), partial(self._look, self._timer))

    def _way(self, way: Way) -> Way:
        return self.limiter.way(Lane.RELAY, counted=True, notice=False) if way is Way.PEOPLE else way

    def _send(self, call: Call) -> None:
        there, back = self.delay(self.dice), self.delay(self.dice)

        def arrives() -> None:
            taken = self.server.take(self.now, call.way)
            self.at(self.now + back, lambda: self._answered(call, taken))

        self.at(self.now + there, arrives)

    def _answered(self, call: Call, taken: bool) -> None:
        if not taken:
            self.limiter.refused(self.server.hold, self.now, call)
        self.limiter.answered(call, self.now)
        self._look()
