"""Who goes first where several wait for a place, and what is said of the pace."""

from __future__ import annotations

import asyncio

import pytest

from bot.gate import Gate
from bot.http_client import NotSent
from bot.limiter import Call, Limiter, Limits, Way
from models.queues import Lane


class Order:
    """A gate, and who has left in which order."""

    def __init__(self, **limits: float) -> None:
        self.limiter = Limiter(Limits(**limits))  # type: ignore[arg-type]
        self.gate = Gate(self.limiter)
        self.left: list[int] = []
        self.calls: dict[int, Call] = {}

    async def _go(self, way: Way, lane: Lane, row: int) -> None:
        self.calls[row] = await self.gate.enter(way, lane, row)
        self.left.append(row)

    async def waiting(self, *rows: tuple[Way, Lane, int]) -> list[asyncio.Task[None]]:
        """They come in this order."""
        tasks = [asyncio.create_task(self._go(*row)) for row in rows]
        await asyncio.sleep(0)
        return tasks


@pytest.fixture
async def full() -> Order:
    """The second is used up by what is paced; a place is free every 10 ms."""
    order = Order(bulk_per_second=100.0)
    began = asyncio.get_running_loop().time()
    for number in range(100):
        call = order.limiter.left(Way.PACED, began - 0.95 + number * 0.01)
        order.limiter.answered(call, call.began)
    return order


async def test_people_before_the_crowd_and_by_lane_and_id(full: Order) -> None:
    rows = [
        (Way.PACED, Lane.LATER, 1),
        (Way.PACED, Lane.REMINDER, 3),
        (Way.PACED, Lane.REMINDER, 2),
        (Way.PEOPLE, Lane.RELAY, 5),
        (Way.PEOPLE, Lane.RELAY, 4),
        (Way.PEOPLE, Lane.URGENT, 9),
        (Way.UNCOUNTED, Lane.PRESS, 7),
    ]
    await asyncio.gather(*await full.waiting(*rows))
    # What does not count leaves at once; the first in line may have found a place before the others came.
    assert full.left[0] == 7 or full.left[:2] == [1, 7]
    assert [row for row in full.left if row not in (1, 7)] == [9, 4, 5, 2, 3]


async def test_one_that_is_stopped_takes_nobody_s_place(full: Order) -> None:
    tasks = await full.waiting((Way.PEOPLE, Lane.RELAY, 1), (Way.PEOPLE, Lane.RELAY, 2), (Way.PEOPLE, Lane.RELAY, 3))
    tasks[1].cancel()
    await asyncio.wait(tasks)
    assert full.left == [1, 3]


async def test_a_refusal_holds_what_waits_and_the_pace_goes_down() -> None:
    order = Order(bulk_per_second=100.0)
    loop = asyncio.get_running_loop()
    for _ in range(60):
        call = order.limiter.left(Way.PACED, loop.time())
    held = order.gate.refused(call, 0.2)
    assert held >= 0.5  # never less
    began = loop.time()
    order.limiter._open_at = began + 0.15  # this test does not wait so long
    await asyncio.gather(*await order.waiting((Way.UNCOUNTED, Lane.PRESS, 1), (Way.PEOPLE, Lane.RELAY, 2)))
    assert loop.time() - began >= 0.149
    assert order.limiter.pace(loop.time()) < 100


async def test_where_everything_waits_for_long_rows_go_back_to_the_table(full: Order) -> None:
    tasks = await full.waiting((Way.PACED, Lane.LATER, 1), (Way.PACED, Lane.LATER, 2), (Way.PEOPLE, Lane.RELAY, 3))
    call = full.limiter.left(Way.PACED, asyncio.get_running_loop().time())
    full.gate.refused(call, 38)
    tasks += await full.waiting((Way.PEOPLE, Lane.URGENT, 4))
    found = await asyncio.gather(*tasks, return_exceptions=True)
    # The first may have found a place before.
    assert [type(one) for one in found[1:]] == [NotSent] * 3
