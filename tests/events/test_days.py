"""Days and times as people type them, and when an event cannot begin."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.events import days

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "day", "minute"),
    [
        ("12月5日 19:00", date(2026, 12, 5), 1140),
        ("12月5日晚上7点", date(2026, 12, 5), 1140),
        ("12/5 下午3点半", date(2026, 12, 5), 930),
        ("12月5日（周六）晚上7:30", date(2026, 12, 5), 1170),
        ("2026-12-05 9:05", date(2026, 12, 5), 545),
        ("1月8日", date(2027, 1, 8), None),
        ("19：15", None, 1155),
        ("上午10点20分", None, 620),
        ("Feb 1 19:00", date(2027, 2, 1), 1140),
        ("Friday, 12 February 2027 18:30", date(2027, 2, 12), 1110),
        ("Fri 8 Jan 9:05", date(2027, 1, 8), 545),
        ("Dec 5th, 2026 at 19:00", date(2026, 12, 5), 1140),
    ],
)
def test_days_are_read_as_people_type_them(text: str, day: date | None, minute: int | None) -> None:
    assert days.typed(text, TODAY) == (day, minute)


@pytest.mark.parametrize(
    "text", ["", "随便", "13月1日", "2月30日", "25点", "12:75", "12月5日 12月6日", "19:00 20:00", "买12.5斤米"]
)
def test_nonsense_is_no_day(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are nobody's to read
        days.typed(text, TODAY)


def test_when_an_event_cannot_begin() -> None:
    now = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    ms = int(now.timestamp() * 1000)

    def word(**later: float) -> str:
        at = now + timedelta(**later)
        return days.wrong(int(at.timestamp() * 1000), now, ms, "Asia/Shanghai")

    assert word(minutes=-1) == "past"
    assert word(minutes=90) == "soon"
    assert word(hours=4) == ""
    assert word(hours=14) == "hours"
    assert word(days=120, hours=4) == ""
    assert word(days=121) == "far"
