"""Telegram's flood limits, as far as they are known (Bots FAQ, Bot API): off until they are asked for.

Counted exactly: what was taken within the last second. Who is refused may be shut out for a while, as Telegram does it at
times: nobody, the chat, or the whole bot. Paid broadcasts (allow_paid_broadcast) have a limit of their own; those are billed
that are above the free one, all messages counted. Whether they take its places from what is not paid for, Telegram does not
say: here they do not.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any

PRICE = 0.1
"""Stars for a paid message above the free limit (Telegram Bot API, sendMessage)."""


@dataclass(slots=True)
class Flow:
    """What one bot has sent: the last second's times, and for each chat a bucket and how long it is shut."""

    sent: deque[float] = field(default_factory=deque)
    """Those that are not paid broadcasts."""
    paid: deque[float] = field(default_factory=deque)
    """The last second's paid broadcasts, billed or not."""
    free: deque[float] = field(default_factory=deque)
    """All of the last second's that cost nothing."""
    shut_until: float = 0.0
    chats: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Chat to what its bucket held, and when."""
    shut_chats: dict[int, float] = field(default_factory=dict)
    taken: int = 0
    refused: int = 0
    billed: int = 0
    """Messages that were paid for."""


def _last_second(times: deque[float], now: float) -> int:
    while times and times[0] <= now - 1.0:
        times.popleft()
    return len(times)


@dataclass(slots=True)
class Limits:
    """Messages a second for a bot, and for one chat with a small burst."""

    enforce: bool = False
    per_second: float = 30.0
    per_chat: float = 1.0
    per_chat_burst: int = 3
    paid_per_second: float = 1000.0
    shuts: str = "bot"
    """What stays refused after a refusal: 'nothing', the 'chat', or the 'bot' where it was too fast as a whole."""
    shut_seconds: float = 1.0
    """For how long, and what retry_after says."""
    uncounted: frozenset[int] = frozenset()
    """Chats whose messages count in their own limit only."""

    def set(self, values: dict[str, Any]) -> None:
        """Changes what is named. Raises ValueError for an unknown name or a number that is no limit."""
        for name, value in values.items():
            if name == "enforce":
                self.enforce = bool(value)
            elif name in ("per_second", "per_chat", "per_chat_burst", "paid_per_second", "shut_seconds"):
                if not isinstance(value, int | float) or value <= 0:
                    raise ValueError(f"{name} must be above 0")
                setattr(self, name, value)
            elif name == "shuts":
                if value not in ("nothing", "chat", "bot"):
                    raise ValueError("shuts must be nothing, chat or bot")
                self.shuts = value
            elif name == "uncounted":
                self.uncounted = frozenset(int(one) for one in value)
            else:
                raise ValueError(f"unknown limit {name}")

    def wait(self, flow: Flow, chat: int, now: float, *, paid: bool = False) -> int:
        """Whole seconds to wait before this message, 0 where it may go. Counts it where it may."""
        wait = self._wait(flow, chat, now, paid)
        if wait:
            flow.refused += 1
        else:
            flow.taken += 1
        return wait

    def _wait(self, flow: Flow, chat: int, now: float, paid: bool) -> int:
        shut = max(flow.shut_until, flow.shut_chats.get(chat, 0.0))
        if shut > now:
            return math.ceil(shut - now)
        held, at = flow.chats.get(chat, (float(self.per_chat_burst), now))
        held = min(held + (now - at) * self.per_chat, float(self.per_chat_burst))
        if held < 1:
            wait = max(1, math.ceil((1 - held) / self.per_chat))
            if self.shuts != "nothing":
                wait = max(wait, math.ceil(self.shut_seconds))
                flow.shut_chats[chat] = now + wait
            return wait
        if chat not in self.uncounted:
            times, most = (flow.paid, self.paid_per_second) if paid else (flow.sent, self.per_second)
            if _last_second(times, now) >= most:
                return self._shut(flow, chat, now)
            times.append(now)
            if paid and _last_second(flow.free, now) >= self.per_second:
                flow.billed += 1
            else:
                flow.free.append(now)
        flow.chats[chat] = held - 1, now
        return 0

    def _shut(self, flow: Flow, chat: int, now: float) -> int:
        if self.shuts == "bot":
            flow.shut_until = now + self.shut_seconds
        elif self.shuts == "chat":
            flow.shut_chats[chat] = now + self.shut_seconds
        return math.ceil(self.shut_seconds)
