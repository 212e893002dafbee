"""Telegram's flood limits, as far as they are known (Bots FAQ): off until they are asked for."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Flow:
    """What one bot has sent: the last second's times, and for each chat a bucket and how long it is shut."""

    sent: deque[float] = field(default_factory=deque)
    shut_until: float = 0.0
    chats: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Chat to what its bucket held, and when."""
    shut_chats: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Limits:
    """Messages a second for a bot, and for one chat with a small burst. Who is refused stays refused until then."""

    enforce: bool = False
    per_second: float = 30.0
    per_chat: float = 1.0
    per_chat_burst: int = 3

    def set(self, values: dict[str, Any]) -> None:
        """Changes what is named. Raises ValueError for an unknown name or a number that is no limit."""
        for name, value in values.items():
            if name == "enforce":
                self.enforce = bool(value)
            elif name in ("per_second", "per_chat", "per_chat_burst"):
                if not isinstance(value, int | float) or value <= 0:
                    raise ValueError(f"{name} must be above 0")
                setattr(self, name, value)
            else:
                raise ValueError(f"unknown limit {name}")

    def wait(self, flow: Flow, chat: int, now: float) -> int:
        """Whole seconds to wait before this message, 0 where it may go. Counts it where it may."""
        shut = max(flow.shut_until, flow.shut_chats.get(chat, 0.0))
        if shut > now:
            return math.ceil(shut - now)
        held, at = flow.chats.get(chat, (float(self.per_chat_burst), now))
        held = min(held + (now - at) * self.per_chat, float(self.per_chat_burst))
        if held < 1:
            wait = max(1, math.ceil((1 - held) / self.per_chat))
            flow.shut_chats[chat] = now + wait
            return wait
        sent = flow.sent
        while sent and sent[0] <= now - 1.0:
            sent.popleft()
        if len(sent) >= self.per_second:
            flow.shut_until = now + 1
            return 1
        sent.append(now)
        flow.chats[chat] = held - 1, now
        return 0
