"""Telegram's flood limits, as far as they are known: off until they are asked for."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass


@dataclass
class Limits:
    """How many messages a second: for a bot, and for one chat with a small burst."""

    enforce: bool = False
    per_second: float = 30.0
    per_chat: float = 1.0
    per_chat_burst: int = 3

    def wait(self, sends: deque[float], chat: deque[float], now: float) -> int:
        """Seconds to wait before this one, 0 where it may go. Counts it where it may."""
        while sends and sends[0] <= now - 1.0:
            sends.popleft()
        window = self.per_chat_burst / self.per_chat
        while chat and chat[0] <= now - window:
            chat.popleft()
        if len(chat) >= self.per_chat_burst:
            return max(1, math.ceil(chat[0] + window - now))
        if len(sends) >= self.per_second:
            return 1
        sends.append(now)
        chat.append(now)
        return 0
