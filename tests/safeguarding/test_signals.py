"""Signals of danger: found where they are, not where they are not; every rule has an example; nothing makes it slow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.signals import rates, rows
from models.safeguarding import signals


@pytest.mark.parametrize("part", ["0", "1"])
def test_most_are_found_and_few_are_false(part: str) -> None:
    recall, alarms = rates([row for row in rows() if row["held_out"] == part])
    assert recall >= 0.95
    assert alarms <= 0.05


def test_the_set_is_large_and_half_of_it_hard() -> None:
    every = rows()
    assert len(every) >= 400
    assert 0.4 < sum(row["signal"] == "0" for row in every) / len(every) < 0.65


@pytest.mark.parametrize("rule", signals.rules(), ids=lambda rule: str(rule.name))
def test_every_rule_finds_its_own_example(rule: signals.Rule) -> None:
    found = signals.find(rule.example)
    assert found is not None
    assert rule.pattern.search(signals.folded(rule.example))


@pytest.mark.parametrize(
    "text",
    [
        "他说不想\u200b活了",
        "自 杀",
        "自·杀",
        "他說不想活了",
        "ＳＨＥ ＷＡＮＴＳ ＴＯ ＤＩＥ",
        "没有人知道他割腕",
        "老师放心。他说他想自杀",
    ],
)
def test_disguises_and_double_meanings_are_seen_through(text: str) -> None:
    assert signals.is_signal(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "\x00" * 4000, "被" * 10_000, "他打" * 4000, "he beat " * 4000, "((((" * 2000, "不" * 4000, "。" * 4000],
)
def test_nothing_makes_it_slow(text: str) -> None:
    started = time.thread_time()
    signals.find(text)
    assert time.thread_time() - started < 0.5


@given(st.text(max_size=400))
def test_any_text_is_answered(text: str) -> None:
    signals.find(text)
