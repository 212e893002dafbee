"""Many workers, an intake and a sender, and kill -9 at random instants: the small run of `python -m tests.chaos --workers`."""

from __future__ import annotations

import pytest

from tests import chaos_processes


@pytest.mark.timeout(180)
async def test_killed_workers_lose_nothing_and_keep_each_persons_order(postgres: str) -> None:
    result = await chaos_processes.run(postgres, 3, 3, seed=11, pause=3.0, template="template_school")
    print(f"\n{chaos_processes.HEADING}\n{result.row('3 workers, intake, sender')}")
    assert result.written > 50
    assert (result.lost, result.out_of_order, result.wrong_chat, result.doubled_unmarked) == (0, 0, 0, 0)
    assert (result.put_aside, result.integrity) == (0, "0")
