"""What waits to be sent, in memory: which chat is next. The rows are the truth, this is only their order.

Within a chat by (lane, id), one at a time; between chats by lane, then first come first served by id, also where rows come
from the table in parts. A chat whose head must wait (a limit, a retry) costs nothing until its time.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

from bot.limiter import Limiter, Way
from models.queues import Lane

PEOPLES_SHARE = 4
"""One in so many of the calls under way is kept for what is not paced: a server that hangs must not stop both."""
URGENT_ROOM = 4
"""Calls beyond all others for what is urgent."""
MOST_LATE = 500
"""Rows past their useful time that are handed out at once: they cost no call, only a line of a statement."""


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
    notice: bool = False
    """It carries a notice, which may be paid for."""

    def __lt__(self, other: Item) -> bool:
        return (self.lane, self.id) < (other.lane, other.id)

    def is_late(self, now_ms: int) -> bool:
        """Whether it is of no use any more. A notice that may have gone out goes again, marked: anew it would be twice."""
        late = self.useful_until is not None and self.useful_until <= now_ms
        return late and not (self.notice and self.unsure > 0)


class Schedule:
    """The order of what waits for one bot."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter
        self._chats: dict[int, list[Item]] = {}
        self._ids: set[int] = set()
        self._busy: dict[int, int] = {}
        self._under_way: set[int] = set()
        """The ids in `_busy`."""
        self._ahead: dict[Way, set[int]] = {Way.PACED: set(), Way.PAID: set()}
        """Paced rows that are out and whose calls have not left yet."""
        self._paced: set[int] = set()
        """Paced rows that are out."""
        self._listed: dict[int, tuple[int, int]] = {}
        """Chat to the lane and id by which it stands in line."""
        self._lanes: dict[int, list[tuple[int, int]]] = {int(lane): [] for lane in Lane}
        """Heaps of (id, chat)."""
        self._counts: dict[int, int] = {int(lane): 0 for lane in Lane}
        self._timers: list[tuple[float, int]] = []

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._ids or row_id in self._under_way

    def count(self, lane: int) -> int:
        """How many rows of a lane wait here."""
        return self._counts[lane]

    def add(self, item: Item) -> None:
        """A row waits; one that is known already is passed over."""
        if item.id in self._ids:
            return
        self._ids.add(item.id)
        self._counts[item.lane] += 1
        heapq.heappush(self._chats.setdefault(item.chat_id, []), item)
        self._list(item.chat_id)

    def _list(self, chat_id: int) -> None:
        waiting = self._chats.get(chat_id)
        if not waiting or chat_id in self._busy:
            return
        place = waiting[0].lane, waiting[0].id
        listed = self._listed.get(chat_id)
        if listed is None or place < listed:
            self._listed[chat_id] = place
            heapq.heappush(self._lanes[place[0]], (place[1], chat_id))

    def take(self, now: float, now_ms: int, *, most: int) -> list[Item]:
        """Up to `most` rows that may go now, one a chat, and some that are too late; their chats are busy until `free`.

        Of paced rows a few are ahead of their turn, which the gate gives. What is too late does not use up the rate: the
        next in line does not wait for what is not sent. `most` may be 0 and less: what is urgent has room beyond it.
        """
        while self._timers and self._timers[0][0] <= now:
            self._list(heapq.heappop(self._timers)[1])
        taken: list[Item] = []
        if now < self._limiter.open_at():
            return taken
        late = 0
        for lane, chats in self._lanes.items():
            room = most + URGENT_ROOM if lane == Lane.URGENT else most
            while chats and len(taken) - late < room and late < MOST_LATE:
                row_id, chat_id = chats[0]
                if self._listed.get(chat_id) != (lane, row_id) or chat_id in self._busy:
                    heapq.heappop(chats)
                    continue
                waiting = self._chats.get(chat_id)
                if not waiting:
                    heapq.heappop(chats)
                    del self._listed[chat_id]
                    continue
                head = waiting[0]
                is_late = head.is_late(now_ms)
                way = self._limiter.way(lane, counted=head.counted, notice=head.notice)
                if not is_late and not self._has_room(way, now):
                    break
                heapq.heappop(chats)
                del self._listed[chat_id]
                ready = now if head.due <= now_ms or is_late else now + (head.due - now_ms) / 1000
                if head.counted and not is_late:
                    ready = max(ready, self._limiter.chat_at(chat_id, now))
                if ready > now:
                    heapq.heappush(self._timers, (ready, chat_id))
                    continue
                self._out(head, waiting)
                self._busy[chat_id] = head.id
                self._under_way.add(head.id)
                if is_late:
                    late += 1
                else:
                    self._goes_out(head, way, now)
                taken.append(head)
        return taken

    def _has_room(self, way: Way, now: float) -> bool:
        ahead = self._ahead.get(way)
        if ahead is None:
            return True
        most = self._limiter.in_flight - self._limiter.in_flight // PEOPLES_SHARE
        return len(ahead) < self._limiter.ahead(now, way) and len(self._paced) < most

    def _goes_out(self, head: Item, way: Way, now: float) -> None:
        if head.counted:
            self._limiter.to_chat(head.chat_id, now)
        if way in self._ahead:
            self._ahead[way].add(head.id)
            self._paced.add(head.id)

    def _out(self, head: Item, waiting: list[Item]) -> None:
        heapq.heappop(waiting)
        if not waiting:
            del self._chats[head.chat_id]
        self._ids.discard(head.id)
        self._counts[head.lane] -= 1

    def free(self, chat_id: int) -> None:
        """The chat's last row has its answer in the database: the next one may go."""
        row_id = self._busy.pop(chat_id, 0)
        self._under_way.discard(row_id)
        self._paced.discard(row_id)
        self.called(row_id)
        self._list(chat_id)

    def called(self, row_id: int) -> None:
        """The row's call has left: the next one may be claimed."""
        for ahead in self._ahead.values():
            ahead.discard(row_id)

    def forget_chat(self, chat_id: int) -> None:
        """What waited for this chat was cancelled in the database."""
        for item in self._chats.pop(chat_id, []):
            self._ids.discard(item.id)
            self._counts[item.lane] -= 1

    def next_time(self, now: float) -> float | None:
        """When to look again, or nothing where no row waits for a time."""
        times = []
        if self._timers:
            times.append(self._timers[0][0])
        if any(self._lanes.values()) and now < self._limiter.open_at():
            times.append(self._limiter.open_at())
        return min(times) if times else None
