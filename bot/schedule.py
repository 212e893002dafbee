"""What waits to be sent, in memory: which chat is next. The rows are the truth, this is only their order.

Within a chat by (lane, id), one at a time; between chats by lane, then first come first served. A chat whose head must wait
(a limit, a retry) costs nothing until its time.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from typing import Any

from bot.limiter import Limiter
from models.queues import Lane


@dataclass(slots=True)
class Item:
    """A row that waits. `due` and `useful_until` in milliseconds since 1970."""

    id: int
    chat_id: int
    lane: int
    kind: str
    payload: dict[str, Any]
    due: int
    useful_until: int | None
    message_id: int | None
    attempts: int
    unsure: int
    plain: bool = False
    counted: bool = True

    def __lt__(self, other: Item) -> bool:
        return (self.lane, self.id) < (other.lane, other.id)


class Schedule:
    """The order of what waits for one bot."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._chats: dict[int, list[Item]] = {}
        self._ids: set[int] = set()
        self._busy: dict[int, int] = {}
        self._listed: dict[int, int] = {}
        self._lanes: dict[int, deque[int]] = {int(lane): deque() for lane in Lane}
        self._timers: list[tuple[float, int]] = []

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, row_id: int) -> bool:
        return row_id in self._ids or row_id in self._busy.values()

    def add(self, item: Item) -> None:
        """A row waits; one that is known already is passed over."""
        if item.id in self._ids:
            return
        self._ids.add(item.id)
        heapq.heappush(self._chats.setdefault(item.chat_id, []), item)
        self._list(item.chat_id)

    def _list(self, chat_id: int) -> None:
        waiting = self._chats.get(chat_id)
        if not waiting or chat_id in self._busy:
            return
        lane = waiting[0].lane
        listed = self._listed.get(chat_id)
        if listed is None or lane < listed:
            self._listed[chat_id] = lane
            self._lanes[lane].append(chat_id)

    def take(self, now: float, now_ms: int, *, most: int) -> list[Item]:
        """Up to `most` rows that may go now, one a chat; their chats are busy until `free`."""
        while self._timers and self._timers[0][0] <= now:
            self._list(heapq.heappop(self._timers)[1])
        taken: list[Item] = []
        if now < self._limiter.open_at():
            return taken
        for lane, chats in self._lanes.items():
            while chats and len(taken) < most:
                if lane == Lane.BULK and now < self._limiter.bulk_at():
                    break
                chat_id = chats.popleft()
                if self._listed.get(chat_id) != lane or chat_id in self._busy:
                    continue
                del self._listed[chat_id]
                waiting = self._chats.get(chat_id)
                if not waiting:
                    continue
                head = waiting[0]
                ready = now if head.due <= now_ms else now + (head.due - now_ms) / 1000
                if head.counted:
                    ready = max(ready, self._limiter.chat_at(chat_id, now))
                if ready > now:
                    heapq.heappush(self._timers, (ready, chat_id))
                    continue
                heapq.heappop(waiting)
                if not waiting:
                    del self._chats[chat_id]
                self._ids.discard(head.id)
                self._busy[chat_id] = head.id
                self._limiter.sent(chat_id, now, message=head.counted)
                taken.append(head)
        return taken

    def free(self, chat_id: int) -> None:
        """The chat's last row has its answer in the database: the next one may go."""
        self._busy.pop(chat_id, None)
        self._list(chat_id)

    def forget_chat(self, chat_id: int) -> None:
        """What waited for this chat was cancelled in the database."""
        for item in self._chats.pop(chat_id, []):
            self._ids.discard(item.id)

    def next_time(self, now: float) -> float | None:
        """When to look again, or nothing where no row waits for a time."""
        times = []
        if self._timers:
            times.append(self._timers[0][0])
        if self._lanes[int(Lane.BULK)]:
            times.append(self._limiter.bulk_at())
        if any(self._lanes.values()) and now < self._limiter.open_at():
            times.append(self._limiter.open_at())
        return min(times) if times else None
