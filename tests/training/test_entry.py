"""A course typed in one line, Chinese and English."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.training.entry import Typed, Unclear, parse
from handlers.training.home import hours_word

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("家庭教育指导培训 3小时 10月12日", Typed("家庭教育指导培训", 180, date(2026, 10, 12))),
        ("家庭教育指导培训，1.5 小时", Typed("家庭教育指导培训", 90, TODAY)),
        ("90分钟 心理讲座 2026-03-01", Typed("心理讲座", 90, date(2026, 3, 1))),
        ("家庭教育 3个小时", Typed("家庭教育", 180, TODAY)),
        ("两个半小时 讲座 10月12日", Typed("讲座", 150, date(2026, 10, 12))),
        ("讲座 一小时半", Typed("讲座", 90, TODAY)),
        ("第二分会场 半小时", Typed("第二分会场", 30, TODAY)),
        ("Family course 3 hours Oct 12", Typed("Family course", 180, date(2026, 10, 12))),
        ("Family course 2h 12th October 2025", Typed("Family course", 120, date(2025, 10, 12))),
        ("Marching 12 songs 2h", Typed("Marching 12 songs", 120, TODAY)),
        ("Talking with families 2 hours 2025-12-31", Typed("Talking with families", 120, date(2025, 12, 31))),
        ("11月26日 听课 45分", Typed("听课", 45, TODAY)),
        ("12月1日 听课 45min", Typed("听课", 45, date(2025, 12, 1))),
    ],
)
def test_what_is_understood(text: str, expected: Typed) -> None:
    assert parse(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("老师您好，小雨今天怎么样？", "length"),
        ("3月5日 班主任研修（6 学时）", "period"),
        ("培训 0小时", "length"),
        ("培训 3小时 2023-05-01", "day"),
        ("Course 3 hours Oct 40", "day"),
        ("培训 201小时", "length"),
        ("3小时", "name"),
        ("培" * 61 + " 3小时", "name"),
        ("培训 3小时 13月40日", "day"),
        ("培训 3小时 2027-01-01", "day"),
        ("培训 3小时 10月1日 10月2日", "day"),
    ],
)
def test_what_is_missing_is_said(text: str, missing: str) -> None:
    with pytest.raises(Unclear) as unclear:
        parse(text, TODAY)
    assert unclear.value.key == missing


@given(st.text(max_size=80))
def test_nothing_typed_breaks_it(text: str) -> None:
    try:
        found = parse(text, TODAY)
    except Unclear:
        return
    assert found.name
    assert found.minutes > 0
    assert found.day <= TODAY


@given(st.dates(date(2025, 12, 1), TODAY), st.integers(1, 12_000))
def test_every_day_and_length_comes_back(day: date, minutes: int) -> None:
    assert parse(f"讲座 {minutes}分钟 {day.isoformat()}", TODAY) == (
        Typed("讲座", minutes, day) if minutes <= 9999 else parse(f"讲座 {minutes}分钟 {day.isoformat()}", TODAY)
    )


@pytest.mark.parametrize(("minutes", "word"), [(0, "0"), (60, "1"), (90, "1.5"), (100, "1.67"), (600, "10")])
def test_hours_are_written_short(minutes: int, word: str) -> None:
    assert hours_word(minutes) == word
