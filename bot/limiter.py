"""How fast may be sent. Telegram publishes no exact limits, so the numbers are settings and a refusal always wins.

The limit over all chats is kept as the server would count it: never more than so many messages within any second, whatever
the network does. When a message was counted is known only to lie between its call and its answer, so its place in the window
is free again a second after the latest of that (docs/decisions/0004). What is told to many waits for a place; what people
write waits only while what is told to many is in its way, a thirtieth of a second mostly. One chat takes a few at once and
then one a second. After 'too many requests' everything waits; the pace learned from it is in bot/pace.py.

All times are seconds of a monotonic clock, given by the caller.
"""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass
from enum import Enum
from math import ceil

from bot.pace import Pace
from models.queues import PACED, Lane

REACHED = 0.98
"""The share of the limit that is counted on where an end is reckoned beforehand (docs/measured.md)."""
MARGIN = 0.002
"""Seconds: clocks and timers are not exact."""
LONGEST_DOUBT = 5.0
"""Seconds: a call whose answer takes longer than this is held to have been counted by then."""
QUICKEST_FOR = 10.0
"""Seconds after which the quickest answer is looked for anew: a network changes."""
EVEN = 0.5
"""Of the even distance between two that are paced: what is kept at least, so that a second's messages do not come at once. More
would keep what was late once late for longer."""
AHEAD = 0.5
"""Seconds' worth of paced rows that are claimed before their turn: commits take a while too."""
STRICT_FOR = 600.0
"""Seconds after a refusal in which people's messages too wait for a place, whatever is in the way."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Rates a second, and how many calls may be under way at once."""

    bulk_per_second: float = 30.0
    chat_per_second: float = 1.0
    chat_burst: int = 5
    in_flight: int = 32
    paid_per_second: float = 0.0
    """For notices, with Telegram's paid broadcasts; of no meaning unless above `bulk_per_second`."""
    people_count: bool = True
    """Whether what people write counts in `bulk_per_second`."""


class Way(Enum):
    """By which limit something goes."""

    UNCOUNTED = "uncounted"
    """No message, or nothing that counts: an answer to a press, a reaction."""
    PEOPLE = "people"
    """What people write to each other, and the bot's answers."""
    PACED = "paced"
    """What many are told."""
    PAID = "paid"
    """A notice that is paid for."""


@dataclass(slots=True, eq=False)
class Call:
    """A call that left at `began`."""

    way: Way
    began: float
    open: bool = True
    """No answer yet."""


class Window:
    """What a server counts within its last second."""

    def __init__(self, limit: float) -> None:
        self.pace = Pace(limit)
        self._open: dict[Call, None] = {}
        """Without an answer, oldest first."""
        self._counted: list[tuple[float, bool]] = []
        """A heap: when a call was counted at the latest, and whether it was paced."""
        self._paced = 0
        """How many of all these are."""
        self._last_paced = float("-inf")
        self._quickest, self._quickest_now, self._looked = 0.0, float("inf"), float("-inf")

    def _forget(self, now: float, span: float) -> None:
        until = now - span - MARGIN
        while self._counted and self._counted[0][0] <= until:
            self._paced -= heapq.heappop(self._counted)[1]
        while self._open:
            oldest = next(iter(self._open))
            if oldest.began + LONGEST_DOUBT > until:
                return
            self._close(oldest)

    def _close(self, call: Call) -> None:
        del self._open[call]
        self._paced -= call.way is not Way.PEOPLE

    def used(self, now: float) -> int:
        """How many may count in the last second."""
        return len(self._open) + sum(at > now - 1.0 for at, _ in self._counted)

    def wait(self, now: float, *, paced: bool, strict: bool) -> float:
        """Seconds until there is a place, or until it is worth asking again; 0 for now."""
        pace = self.pace.at(now)
        most = ceil(pace)
        span = most / pace
        self._forget(now, span)
        even = self._last_paced + EVEN / pace - now if paced else 0.0
        if len(self._open) + len(self._counted) < most or not (paced or strict or self._paced):
            return max(even, 0.0)
        free = self._counted[0][0] if self._counted else next(iter(self._open)).began + LONGEST_DOUBT
        return max(free + span + MARGIN - now, even)

    def left(self, call: Call) -> None:
        """A call leaves now."""
        self._open[call] = None
        if call.way is not Way.PEOPLE:
            self._paced += 1
            self._last_paced = call.began

    def answered(self, call: Call, now: float) -> None:
        """It was counted at some time before now: the way here and back takes as long as the quickest at least."""
        took = now - call.began
        if now - self._looked > QUICKEST_FOR:
            self._quickest = 0.0 if self._quickest_now == float("inf") else self._quickest_now
            self._quickest_now, self._looked = took, now
        self._quickest_now = min(self._quickest_now, took)
        if call in self._open:
            doubt = min(max(took - min(self._quickest, self._quickest_now), 0.0), LONGEST_DOUBT)
            del self._open[call]
            heapq.heappush(self._counted, (call.began + doubt, call.way is not Way.PEOPLE))


class Limiter:
    """The limits of one bot."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open_at = 0.0
        self._strict_until = 0.0
        self._chats: dict[int, float] = {}
        self._free = Window(limits.bulk_per_second)
        pays = limits.paid_per_second > limits.bulk_per_second
        self._paid = Window(limits.paid_per_second) if pays else None

    def way(self, lane: int, *, counted: bool, notice: bool) -> Way:
        """By which limit a row goes; `counted`: it is a message; `notice`: it may be paid for."""
        if lane in PACED:
            return Way.PAID if notice and lane == Lane.LATER and self._paid is not None else Way.PACED
        return Way.PEOPLE if counted and self._limits.people_count else Way.UNCOUNTED

    def _window(self, way: Way) -> Window:
        return self._paid if way is Way.PAID and self._paid is not None else self._free

    def open_at(self) -> float:
        """When anything at all may be sent."""
        return self._open_at

    def hold(self, until: float) -> None:
        """Nothing leaves before that."""
        self._open_at = max(self._open_at, until)

    def pace(self, now: float, way: Way = Way.PACED) -> float:
        """Messages a second that may go to all chats, as far as is known."""
        return self._window(way).pace.at(now)

    @property
    def limit(self) -> float:
        """What is configured."""
        return self._limits.bulk_per_second

    def ahead(self, now: float, way: Way) -> int:
        """How many rows of a way may be claimed before their turn."""
        return max(2, ceil(self.pace(now, way) * AHEAD))

    @property
    def in_flight(self) -> int:
        """How many calls may be under way at once."""
        return self._limits.in_flight

    def chat_at(self, chat_id: int, now: float) -> float:
        """When the next message may go to that chat."""
        free = self._chats.get(chat_id)
        if free is None:
            return now
        window = (self._limits.chat_burst - 1) / self._limits.chat_per_second
        return max(now, free - window)

    def to_chat(self, chat_id: int, now: float) -> None:
        """A message is about to go to that chat."""
        self._chats[chat_id] = max(self._chats.get(chat_id, now), now) + 1.0 / self._limits.chat_per_second
        if len(self._chats) > 50_000:
            self._chats = {chat: free for chat, free in self._chats.items() if free > now}

    def wait(self, way: Way, now: float) -> float:
        """Seconds to wait before a call that is ready now, or before asking again; 0 where it may leave."""
        held = self._open_at - now
        if held > 0 or way is Way.UNCOUNTED:
            return max(held, 0.0)
        return self._window(way).wait(now, paced=way is not Way.PEOPLE, strict=now < self._strict_until)

    def left(self, way: Way, now: float, chat_id: int | None = None) -> Call:
        """A call leaves now. `chat_id`: a message to that chat, whose time counts from here if it had to wait."""
        call = Call(way, now)
        if chat_id is not None and chat_id in self._chats:
            self._chats[chat_id] = max(self._chats[chat_id], now + 1.0 / self._limits.chat_per_second)
        if way is not Way.UNCOUNTED:
            self._window(way).left(call)
        return call

    def answered(self, call: Call, now: float) -> None:
        """It has its answer, or has failed for good."""
        if call.open:
            call.open = False
            if call.way is not Way.UNCOUNTED:
                self._window(call.way).answered(call, now)

    def refused(self, retry_after: float, now: float, call: Call | None = None) -> float:
        """Telegram said 429: nothing leaves for that long, a little more so that not all come at once. Answers how long.

        It says something about the pace where at least half of that was in use.
        """
        wait = max(retry_after, 0.5) * random.uniform(1.01, 1.06)  # noqa: S311 - no secret, only spread
        self._strict_until = max(self._strict_until, now + wait + STRICT_FOR)
        way = Way.PACED if call is None else call.way
        window = self._window(way)
        if way is not Way.UNCOUNTED and window.used(now) >= window.pace.at(now) / 2:
            window.pace.refused(now if call is None else call.began, now, wait)
        self.hold(now + wait)
        return wait
