"""Which row goes next: lanes, the even rate, the order by id, what is too late; and what is read from the table when."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from bot import outbox
from bot.limiter import AHEAD, Limiter, Limits
from bot.schedule import PEOPLES_SHARE, URGENT_ROOM, Item, Schedule
from models.base import to_ms
from models.queues import PACED, Lane
from models.unit import Unit
from models.vault import Vault

RATE = 10.0


def item(row: int, lane: Lane, *, chat: int | None = None, due: int = 0, until: int | None = None) -> Item:
    return Item(row, row if chat is None else chat, int(lane), "text", {}, due, until, None, 0, 0)


def schedule(*items: Item, burst: int = 5) -> Schedule:
    found = Schedule(Limiter(Limits(bulk_per_second=RATE, chat_per_second=1.0, chat_burst=burst)))
    for one in items:
        found.add(one)
    return found


def all_of(one: Schedule, seconds: float, step: float = 0.05, now_ms: int = 0) -> list[tuple[float, int]]:
    """What leaves when, each answered at once."""
    left = []
    for number in range(int(seconds / step) + 1):
        now = number * step
        for taken in one.take(now, now_ms + int(now * 1000), most=32):
            left.append((now, taken.id))
            one.free(taken.chat_id)
    return left


def by_turns(one: Schedule, rounds: int = 100) -> list[int]:
    """What leaves in which order, one at a time."""
    left = []
    for number in range(rounds):
        for taken in one.take(number * 1.0, number * 1000, most=1):
            left.append(taken.id)
            one.free(taken.chat_id)
    return left


@pytest.mark.parametrize("lane", sorted(PACED))
def test_of_what_many_are_told_a_few_are_ahead_of_their_turn(lane: Lane) -> None:
    one = schedule(*(item(n, lane) for n in range(1, 41)))
    ahead = int(RATE * AHEAD)
    assert [taken.id for taken in one.take(0.0, 0, most=32)] == list(range(1, ahead + 1))
    assert one.take(10.0, 10_000, most=32) == []
    one.called(3)
    assert [taken.id for taken in one.take(10.0, 10_000, most=32)] == [ahead + 1]
    # Claimed in vain: its place is free too.
    one.free(1)
    assert [taken.id for taken in one.take(10.0, 10_000, most=32)] == [ahead + 2]


@pytest.mark.parametrize("lane", [Lane.URGENT, Lane.PRESS, Lane.RELAY])
def test_what_people_do_does_not_wait_behind_the_crowd(lane: Lane) -> None:
    one = schedule(*(item(n, Lane.BULK) for n in range(1, 100)))
    one.take(0.0, 0, most=32)
    for n in range(1000, 1005):
        one.add(item(n, lane))
    assert [taken.id for taken in one.take(0.01, 10, most=32)] == [1000, 1001, 1002, 1003, 1004]


def test_a_crowd_whose_calls_hang_leaves_room_for_people() -> None:
    one = schedule(*(item(n, Lane.LATER) for n in range(1, 100)))
    out = 0
    for step in range(100):
        for taken in one.take(step, step * 1000, most=32 - out):
            one.called(taken.id)  # left, and no answer
            out += 1
    assert out == 32 - 32 // PEOPLES_SHARE


def test_what_is_urgent_goes_before_all_else_also_where_everything_is_busy() -> None:
    lanes = [lane for lane in Lane if lane is not Lane.URGENT]
    one = schedule(*(item(n, lanes[n % len(lanes)]) for n in range(1, 200)))
    one.take(0.0, 0, most=32)
    assert one.take(0.0, 0, most=0) == []
    for n in range(1000, 1010):
        one.add(item(n, Lane.URGENT))
    assert [taken.id for taken in one.take(0.0, 0, most=0)] == list(range(1000, 1000 + URGENT_ROOM))
    assert [taken.id for taken in one.take(0.0, 0, most=1)][:2] == [1004, 1005]


def test_a_notice_that_is_paid_for_does_not_wait_for_the_free_ones() -> None:
    one = Schedule(Limiter(Limits(bulk_per_second=RATE, paid_per_second=100, in_flight=100)))
    for n in range(1, 40):
        one.add(item(n, Lane.REMINDER))
    for n in range(100, 200):
        one.add(item(n, Lane.LATER))
        notice = item(n + 1000, Lane.LATER)
        notice.notice = True
        one.add(notice)
    taken = one.take(0.0, 0, most=100)
    # The lane's own order holds: what is free in it comes first here, and is ahead already.
    assert [found.id for found in taken] == [1, 2, 3, 4, 5]
    for n in range(100, 200):
        one.forget_chat(n)
    assert len(one.take(0.1, 100, most=100)) == 100 * AHEAD


def test_lanes_in_their_order_and_rows_by_id_in_whatever_order_they_come() -> None:
    lanes = [Lane.LATER, Lane.REMINDER, Lane.BULK, Lane.RELAY]
    one = schedule(*(item(n, lanes[n % 4]) for n in (9, 2, 4, 11, 1, 8, 3, 10, 5, 7, 6, 12)))
    left = by_turns(one)
    assert left == [3, 7, 11, 1, 5, 9, 2, 6, 10, 4, 8, 12]


def test_a_chat_that_was_busy_gets_its_turn_by_id_not_at_the_end() -> None:
    one = schedule(item(1, Lane.BULK, chat=1), *(item(n, Lane.BULK) for n in range(2, 50)))
    one.add(item(100, Lane.RELAY, chat=1))
    first = one.take(0.0, 0, most=1)
    assert [taken.id for taken in first] == [100]
    assert [taken.id for taken in one.take(0.2, 200, most=1)] == [2]
    one.free(1)
    assert [taken.id for taken in one.take(0.4, 400, most=1)] == [1]


def test_what_is_too_late_does_not_use_up_the_rate() -> None:
    one = schedule(*(item(n, Lane.BULK, until=50) for n in range(1, 400)), item(1000, Lane.BULK, until=9_000))
    taken = one.take(0.1, 100, most=32)
    assert [found.id for found in taken] == [*range(1, 400), 1000]
    assert [found.id for found in taken if not found.is_late(100)] == [1000]


def test_a_row_for_later_does_not_hold_up_the_lane() -> None:
    one = schedule(item(1, Lane.REMINDER, due=1_000), item(2, Lane.REMINDER))
    assert [row for _, row in all_of(one, 0.9)] == [2]
    assert [row for _, row in all_of(one, 1.2, now_ms=0)] == [1]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Lane)), st.integers(1, 4), st.integers(0, 1500), st.none() | st.integers(0, 2500)
        ),
        max_size=30,
    ),
)
def test_every_row_leaves_once_and_a_chat_in_its_order(
    rows: list[tuple[Lane, int, int, int | None]],
) -> None:
    one = schedule(
        *(item(n, lane, chat=chat, due=due, until=until) for n, (lane, chat, due, until) in enumerate(rows, 1)),
        burst=100,
    )
    left = [row for _, row in all_of(one, 40.0)]
    assert sorted(left) == list(range(1, len(rows) + 1))
    assert len(one) == 0
    assert all(one.count(lane) == 0 for lane in Lane)
    for a, b in itertools.combinations(left, 2):
        # Nothing overtakes a row of the same lane and chat.
        if rows[a - 1][:2] == rows[b - 1][:2]:
            assert a < b


def test_from_the_table_comes_what_is_due_soon_by_id_and_unknown(engine: Engine, vault: Vault) -> None:
    now = datetime.now(UTC)
    day = 86_400_000
    with engine.begin() as connection:
        unit = Unit(connection, vault, now)
        # A crowd whose rest ends tomorrow, more than are read at once, before what is due now.
        for number in range(outbox.WINDOW + 5):
            unit.queue(
                bot_id=7,
                chat_id=number,
                kind="text",
                payload="{}",
                lane=Lane.BULK,
                due_at=to_ms(now) + day,
                answers=True,
            )
        for number in range(20):
            unit.queue(bot_id=7, chat_id=number, kind="text", payload="{}", lane=Lane.BULK, answers=True)
        unit.queue(bot_id=7, chat_id=1, kind="text", payload="{}", lane=Lane.RELAY, answers=True)
        unit.finish()
    queued = [one.id for one in unit.queued]
    with engine.connect() as connection:
        found = outbox.waiting(connection, vault, 7, list(Lane), to_ms(now), {queued[-2]})
        again = outbox.waiting(connection, vault, 7, [Lane.BULK], to_ms(now) + day, set())
    assert [one.id for one in found[Lane.BULK][0]] == queued[-21:-2]
    assert [one.id for one in found[Lane.RELAY][0]] == queued[-1:]
    assert not any(more for _, more in found.values())
    assert [one.id for one in again[Lane.BULK][0]] == queued[: outbox.WINDOW]
    assert again[Lane.BULK][1]
