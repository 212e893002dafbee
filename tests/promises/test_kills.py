"""kill -9 at random instants, and a network that fails in every way: nothing lost, nothing out of order."""

from __future__ import annotations

import pytest

from bot.config import Settings
from tests import chaos, chaos_albums


@pytest.mark.timeout(400)
async def test_twenty_five_kills_lose_nothing_and_reorder_nothing() -> None:
    result = await chaos.run(25, seed=7)
    print(f"\n{chaos.HEADING}\n{result.row('kill -9')}")
    assert result.written > 100
    assert (result.lost, result.out_of_order, result.wrong_chat, result.integrity) == (0, 0, 0, "ok")
    # One send in flight for each chat, in_flight of them at most.
    assert result.doubled <= 25 * Settings().limits.in_flight


@pytest.mark.timeout(400)
async def test_a_tenth_of_all_calls_failing_in_every_way_loses_nothing() -> None:
    result = await chaos.run(0, faults=0.1, seed=3, messages=250)
    print(f"\n{chaos.HEADING}\n{result.row('10 % of calls fail')}")
    assert result.written >= 250
    assert (result.lost, result.out_of_order, result.wrong_chat, result.integrity) == (0, 0, 0, "ok")


@pytest.mark.timeout(400)
async def test_albums_survive_kills_between_their_pieces() -> None:
    found = await chaos_albums.run(40, 8, seed=5, longest=2.5)
    print(f"\n{found}")
    assert (found.lost, found.torn, found.integrity) == (0, 0, "ok")
    # What was under way at a kill may go again, an album whole.
    assert found.doubled <= 8 * 10 * 4
