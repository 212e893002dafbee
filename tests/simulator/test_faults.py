"""Faults on demand and flood limits: what the bot gets, and whether the call had its effect."""

from __future__ import annotations

import time

import aiohttp
import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter

from simulator.client import Person, Telegram
from simulator.limits import Flow, Limits
from tests.simulator.conftest import Server


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("reset_before", False),
        ("http_500", False),
        ("http_502_html", False),
        ("reset_after", True),
        ("half_body", True),
        ("timeout_after", True),
    ],
)
async def test_a_fault_comes_before_or_after_the_effect(
    ptb: Bot, telegram: Telegram, person: Person, kind: str, effect: bool
) -> None:
    await telegram.faults({"method": "sendMessage", "kind": kind, "times": 1, "seconds": 0.05})
    with pytest.raises(NetworkError):
        await ptb.send_message(1001, "x")
    assert (await person.reads() == ["x"]) is effect
    await ptb.send_message(1001, "y")
    await person.sees("y")


async def test_an_injected_429_names_its_seconds(ptb: Bot, telegram: Telegram, person: Person) -> None:
    await telegram.faults({"method": "*", "kind": "retry_after", "retry_after": 7, "times": 1})
    with pytest.raises(RetryAfter) as refusal:
        await ptb.send_message(1001, "x")
    assert refusal.value.retry_after == 7
    assert await person.reads() == []
    assert (await telegram.calls("sendMessage"))[-1]["status"] == 429


async def test_latency_is_added_to_the_call(ptb: Bot, telegram: Telegram, person: Person) -> None:
    await telegram.faults({"method": "sendMessage", "kind": "latency", "seconds": 0.2})
    began = time.monotonic()
    await ptb.send_message(1001, "x")
    assert time.monotonic() - began >= 0.2


async def test_an_update_may_come_twice_in_one_answer(ptb: Bot, telegram: Telegram, person: Person) -> None:
    await telegram.faults({"method": "getUpdates", "kind": "duplicate_update", "times": 1})
    await person.says("x")
    found = await ptb.get_updates()
    assert [one.update_id for one in found] == [found[0].update_id] * 2
    assert len(await ptb.get_updates()) == 1


async def test_the_same_seed_makes_the_same_calls_fail(server: Server, telegram: Telegram, person: Person) -> None:
    runs = []
    for _ in range(2):
        await telegram.faults({"method": "getMe", "kind": "http_500", "rate": 0.3}, seed=5)
        runs.append([(await server.call("getMe"))["ok"] for _ in range(40)])
    assert runs[0] == runs[1]
    assert 20 < sum(runs[0]) < 40


async def test_a_fault_that_nobody_knows_is_refused(telegram: Telegram) -> None:
    for rule in ({"method": "*", "kind": "earthquake"}, {"method": "*", "kind": "latency", "rate": 2}):
        with pytest.raises(AssertionError):
            await telegram.faults(rule)


def test_limits_of_a_chat_and_of_a_bot() -> None:
    limits, flow = Limits(enforce=True), Flow()
    assert [limits.wait(flow, 1, 0.0) for _ in range(4)] == [0, 0, 0, 1]
    assert limits.wait(flow, 1, 0.9) == 1
    assert limits.wait(flow, 1, 1.0) == 0
    flow = Flow()
    assert sum(limits.wait(flow, chat, 0.0) == 0 for chat in range(40)) == 30
    assert limits.wait(flow, 50, 0.5) == 1
    assert limits.wait(flow, 50, 1.1) == 0


async def test_limits_are_off_until_they_are_asked_for(ptb: Bot, telegram: Telegram, person: Person) -> None:
    for _ in range(5):
        await ptb.send_message(1001, "x")
    await telegram.limits(enforce=True, per_chat_burst=1)
    await ptb.send_message(1001, "x")
    with pytest.raises(RetryAfter, match=r"(?i)retry (after|in) 1"):
        await ptb.send_message(1001, "x")
    with pytest.raises(AssertionError, match="unknown limit"):
        await telegram.limits(per_year=5)


async def test_clients_that_die_leave_nothing_behind(server: Server, ptb: Bot, person: Person) -> None:
    poll = f"{server.url}/bot{server.token}/getUpdates?timeout=50"
    short = aiohttp.ClientTimeout(total=0.05)
    for _ in range(5):
        async with aiohttp.ClientSession(timeout=short) as http:
            with pytest.raises(TimeoutError):
                await http.get(poll)
    await person.says("x")
    assert len(await ptb.get_updates()) == 1


def test_who_is_shut_out_after_a_refusal_is_a_setting() -> None:
    for shuts, chat_wait, others in (("nothing", 0, 0), ("chat", 4, 0), ("bot", 4, 4)):
        limits, flow = Limits(enforce=True, shuts=shuts, shut_seconds=5.0), Flow()
        assert [limits.wait(flow, chat, 0.0) for chat in range(31)] == [0] * 30 + [5]
        assert limits.wait(flow, 30, 1.5) == chat_wait
        assert limits.wait(flow, 50, 1.5) == others
        assert (flow.taken, flow.refused) == (31 + (not chat_wait) - (others > 0), 1 + (chat_wait > 0) + (others > 0))
    with pytest.raises(ValueError, match="shuts"):
        limits.set({"shuts": "everybody"})


def test_some_chats_count_in_their_own_limit_only() -> None:
    limits, flow = Limits(enforce=True), Flow()
    limits.set({"uncounted": [7]})
    assert [limits.wait(flow, 7, 0.0) for _ in range(4)] == [0, 0, 0, 1]
    assert [limits.wait(flow, chat, 0.0) for chat in range(10, 41)] == [0] * 30 + [1]


def test_paid_broadcasts_go_beyond_the_free_limit_and_are_billed() -> None:
    limits, flow = Limits(enforce=True, paid_per_second=100), Flow()
    assert [limits.wait(flow, chat, 0.0, paid=True) for chat in range(101)] == [0] * 100 + [1]
    assert flow.billed == 70
    assert limits.wait(flow, 500, 2.5, paid=True) == 0
    assert flow.billed == 70
