"""Where calls wait for their moment: claimed rows, by lane and id; whoever is first in line goes first when there is a place."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from math import ceil

from bot.http_client import NotSent
from bot.limiter import Call, Limiter, Way
from bot.logs import get_logger

log = get_logger("gate")

PATIENCE = 2.0
"""Seconds that claimed rows wait here where Telegram has asked for silence."""
_SILENCE = "Telegram has asked for silence"


class Gate:
    """The one way out of a bot."""

    def __init__(self, limiter: Limiter, clock: Callable[[], float] = time.monotonic) -> None:
        self._limiter, self._clock = limiter, clock
        # Each way has its line: what is paid for does not wait behind what is not. Those of a window look in this order.
        self._lines: dict[Way, list[tuple[int, int, int | None, asyncio.Future[Call]]]] = {way: [] for way in Way}
        self._timer: asyncio.TimerHandle | None = None
        self._slower = False

    async def enter(self, way: Way, lane: int, row_id: int, chat_id: int | None = None) -> Call:
        """Waits until this row's call may leave. `chat_id`: it is a message to that chat. Tell of the answer by `answered`.

        Raises NotSent where everything waits for long: the row goes back to the table, where it can be stopped or taken back.
        """
        if self._limiter.open_at() - self._clock() > PATIENCE:
            raise NotSent(_SILENCE)
        place: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._lines[way], (lane, row_id, chat_id, place))
        self._look()
        return await place

    def answered(self, call: Call) -> None:
        """A call has its answer, or has failed."""
        now = self._clock()
        self._limiter.answered(call, now)
        if self._slower and self._limiter.pace(now) >= self._limiter.limit:
            self._slower = False
            log.info("the pace is what is configured again", per_second=self._limiter.limit)
        self._look()

    def refused(self, call: Call, retry_after: float) -> float:
        """Telegram said 429 to it: everything waits. Answers how many seconds."""
        now = self._clock()
        before = self._limiter.pace(now, call.way)
        wait = self._limiter.refused(retry_after, now, call)
        after = self._limiter.pace(now, call.way)
        if after < before:
            self._slower = True
            log.warning("the pace goes down", per_second=round(after, 2), before=round(before, 2))
        if wait > PATIENCE:
            for line in self._lines.values():
                for *_, place in line:
                    if not place.done():
                        place.set_exception(NotSent(_SILENCE))
                line.clear()
        return wait

    def _look(self) -> None:
        """Lets go who may; asks again when the next one may."""
        now = self._clock()
        again = float("inf")
        for way, line in self._lines.items():
            while line:
                _, _, chat_id, place = line[0]
                if not place.done():
                    wait = self._limiter.wait(way, now)
                    if wait > 0:
                        again = min(again, wait)
                        break
                    place.set_result(self._limiter.left(way, now, chat_id))
                heapq.heappop(line)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if again < float("inf"):
            # Whole milliseconds, as the loop counts: one that comes too early would ask again and again.
            self._timer = asyncio.get_running_loop().call_later(ceil(again * 1000) / 1000, self._look)
