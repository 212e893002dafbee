"""The limits over all chats and for one, what a refusal holds, and the pace learned from it: against a server that counts
exactly, over networks of every kind, on a clock that costs no time."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.limiter import Limiter, Limits, Way
from bot.pace import LEAST, Pace
from models.queues import PACED, Lane
from tests.bot.flow import Server, World

Delay = Callable[[random.Random], float]


def near(dice: random.Random) -> float:
    return 0.001 + dice.expovariate(1000)


def far(dice: random.Random) -> float:
    """A way abroad: now and then most of a second late."""
    return 0.03 + (dice.expovariate(100) if dice.random() < 0.97 else dice.uniform(0.1, 0.8))


def world(server: Server, delay: Delay = near, *, people: float = 2.0, limits: Limits | None = None) -> World:
    return World(Limiter(limits or Limits()), server, random.Random(7), delay, people)


def share(times: list[float], part: float) -> float:
    return sorted(times)[int(len(times) * part)]


def test_nearly_all_of_the_limit_is_used_and_nothing_is_refused() -> None:
    one = world(Server(30))
    one.run(120)
    assert one.server.refused == []
    assert one.server.rate(5, 120) > 0.99 * 30
    assert share(one.waits, 0.5) < 0.05
    assert max(one.waits) < 0.6


def test_what_the_server_does_not_count_takes_nothing_from_the_notices() -> None:
    one = world(Server(30, people_count=False), limits=Limits(people_count=False))
    one.run(60)
    assert one.server.refused == []
    assert one.server.rate(5, 60, Way.PACED) > 0.99 * 30
    assert max(one.waits) == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_network_that_is_late_costs_a_little_and_nothing_is_refused(seed: int) -> None:
    one = World(Limiter(Limits()), Server(30), random.Random(seed), far, 5.0)
    one.run(120)
    assert one.server.refused == []
    assert one.server.rate(5, 120) > 0.9 * 30


@settings(max_examples=60, deadline=None)
@given(
    rate=st.sampled_from([0.5, 1.0, 3.0, 10.5, 29.5, 30.0, 100.0]),
    people=st.sampled_from([0.0, 0.3]),
    least=st.floats(0.0005, 0.2),
    spread=st.floats(0.0, 0.3),
    seed=st.integers(0, 1000),
)
def test_never_more_than_the_limit_within_any_second_whatever_the_network_does(
    rate: float, people: float, least: float, spread: float, seed: int
) -> None:
    delay: Delay = lambda dice: least + dice.uniform(0, spread) ** 2  # noqa: E731
    # Where a limit is so low, people's own messages alone would be above it, and they are not held for each other.
    written = people * rate if rate > 10 else 0.0
    one = World(Limiter(Limits(bulk_per_second=rate)), Server(max(rate, 1)), random.Random(seed), delay, written)
    one.run(max(8.0, 4 / rate))
    assert one.server.refused == []
    assert one.server.taken


def test_where_the_messages_are_people_s_own_they_are_not_held_until_the_server_says_so() -> None:
    limiter = Limiter(Limits())
    for step in range(300):
        assert limiter.wait(Way.PEOPLE, step / 300) == 0
        limiter.answered(limiter.left(Way.PEOPLE, step / 300), step / 300)
    assert limiter.wait(Way.PACED, 1.0) > 0
    call = limiter.left(Way.PEOPLE, 1.0)
    limiter.refused(1.0, 1.0, call)
    limiter.answered(call, 1.0)
    for step in range(40):
        if limiter.wait(Way.PEOPLE, 5.0 + step / 100) > 0:
            break
        limiter.left(Way.PEOPLE, 5.0 + step / 100)
    assert step == 29  # one step down: 28.5 a second


# --- too many requests ---


@pytest.mark.parametrize("seconds", [0.5, 38, 2_282])
@given(share=st.floats(0, 1), now=st.floats(0, 1e6))
def test_nothing_at_all_leaves_until_the_time_that_a_refusal_names(seconds: float, share: float, now: float) -> None:
    limiter = Limiter(Limits(paid_per_second=500))
    held = limiter.refused(seconds, now)
    assert seconds <= held <= seconds * 1.07
    for way in Way:
        at = now + seconds * share * 0.999
        # Within what one step of the clock is at such a time.
        assert at + limiter.wait(way, at) >= now + seconds - 1e-6
        assert limiter.wait(way, now + held + 1e-6) == 0
    assert limiter.open_at() == pytest.approx(now + held)


def test_a_shorter_refusal_does_not_end_a_longer_one() -> None:
    limiter = Limiter(Limits())
    limiter.refused(38, 10.0)
    limiter.refused(1, 11.0)
    assert limiter.open_at() >= 48.0
    limiter.hold(20.0)
    assert limiter.open_at() >= 48.0


# --- the pace that is learned ---


@pytest.mark.parametrize("delay", [near, far])
def test_it_learns_that_less_is_allowed_and_finds_back(delay: Delay) -> None:
    one = world(Server(30), delay)
    one.run(30)
    assert one.server.refused == []
    one.server.per_second = 20
    one.run(60)
    learned, before = one.now, len(one.server.refused)
    one.run(240)
    calls = one.server.rate(learned, one.now) * 240
    assert len(one.server.refused) - before < 0.01 * calls
    assert calls / 240 > (0.93 if delay is near else 0.88) * 20
    one.server.per_second = 30
    one.run(240)
    assert one.limiter.pace(one.now) == 30
    assert one.server.rate(one.now - 30, one.now) > (0.98 if delay is near else 0.9) * 30


def test_a_refusal_that_costs_much_is_risked_seldom() -> None:
    one = world(Server(20, hold=38))
    one.run(600)
    learned = len(one.server.refused)
    one.run(3600)
    held = (len(one.server.refused) - learned) * 38
    assert held < 0.06 * 3600
    assert one.server.rate(600, one.now) > 0.85 * 20


def test_a_refusal_where_little_was_sent_says_nothing_about_the_pace() -> None:
    limiter = Limiter(Limits())
    call = limiter.left(Way.PEOPLE, 10.0)
    limiter.refused(5, 10.1, call)
    assert limiter.pace(20.0) == 30


def test_what_left_before_the_last_step_is_no_second_one() -> None:
    pace = Pace(30)
    assert pace.refused(10.0, 10.1, 1.0)
    assert not pace.refused(10.05, 10.2, 1.0)
    assert pace.at(11.1) == pytest.approx(28.5)
    assert pace.refused(12.0, 12.1, 1.0)
    assert pace.at(13.1) < 0.92 * 28.5


@given(st.lists(st.tuples(st.floats(0.1, 500), st.floats(0.5, 100)), max_size=60), st.sampled_from([0.5, 30.0, 1000.0]))
def test_the_pace_stays_within_its_bounds_and_comes_back(refusals: list[tuple[float, float]], limit: float) -> None:
    pace, now = Pace(limit), 0.0
    for after, held in refusals:
        now += after
        before = pace.at(now)
        if pace.refused(now, now, held):
            assert pace.at(now + held) <= before
        now += held
        assert limit * LEAST <= pace.at(now) <= limit
    previous = pace.at(now)
    for _ in range(50):
        now += 10
        assert pace.at(now) >= previous
        previous = pace.at(now)
    assert pace.at(now + 100_000) == limit


# --- one chat; what is paid for ---


def test_a_chat_takes_a_few_at_once_and_then_one_a_second() -> None:
    limiter = Limiter(Limits(chat_burst=3))
    for _ in range(3):
        assert limiter.chat_at(5, 10.0) == 10.0
        limiter.to_chat(5, 10.0)
    assert limiter.chat_at(5, 10.0) == pytest.approx(11.0)
    assert limiter.chat_at(6, 10.0) == 10.0


def test_a_message_that_waited_for_its_place_counts_from_when_it_left() -> None:
    limiter = Limiter(Limits(chat_burst=1))
    limiter.to_chat(5, 10.0)
    limiter.left(Way.PACED, 10.8, 5)
    assert limiter.chat_at(5, 11.0) == pytest.approx(11.8)


def test_only_notices_are_paid_for_and_only_above_what_is_free() -> None:
    paid, cheap = Limiter(Limits(paid_per_second=200)), Limiter(Limits(paid_per_second=30))
    for lane in Lane:
        for counted in (True, False):
            is_notice = paid.way(lane, counted=counted, notice=True)
            assert (is_notice is Way.PAID) == (lane is Lane.LATER)
            assert paid.way(lane, counted=counted, notice=False) is not Way.PAID
            assert cheap.way(lane, counted=counted, notice=True) is not Way.PAID
            assert (paid.way(lane, counted=counted, notice=False) is Way.PACED) == (lane in PACED)


def test_what_is_paid_for_has_a_window_of_its_own() -> None:
    limiter = Limiter(Limits(paid_per_second=200))
    left = {Way.PACED: 0, Way.PAID: 0}
    for step in range(10_000):
        now = step / 1000
        for way in left:
            if limiter.wait(way, now) == 0:
                limiter.answered(limiter.left(way, now), now)
                left[way] += 1
    assert left[Way.PACED] == pytest.approx(300, abs=4)
    assert left[Way.PAID] == pytest.approx(2000, rel=0.02)
