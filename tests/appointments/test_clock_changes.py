"""On the two days on which the clocks change, a time is what the clock shows, and nobody meets in an hour that is not one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.appointments import availability, slots
from models.appointments.availability import Span
from models.appointments.rules import GRAIN, VisitRules
from models.appointments.slots import MINUTE
from models.appointments.states import Form, Purpose
from models.base import from_ms, to_ms
from models.hours import at_minute
from models.vault import Vault
from tests.appointments.town import Town

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
DAYS = (SPRING - timedelta(days=1), SPRING, SPRING + timedelta(days=1), AUTUMN, AUTUMN + timedelta(days=1))
ZONES = (
    *((BERLIN, day) for day in DAYS),
    (ZoneInfo("Africa/Cairo"), date(2027, 4, 30)),
    (ZoneInfo("Africa/Cairo"), date(2027, 10, 28)),
    (ZoneInfo("Australia/Lord_Howe"), date(2027, 4, 4)),
    (ZoneInfo("Asia/Shanghai"), SPRING),
)
LENGTH = 30


def plan_of(zone: ZoneInfo, now: int, blocks: list[tuple[int, int]]) -> Any:
    """What the rows say, without rows."""
    plan = slots._Plan.__new__(slots._Plan)
    plan.zone, plan.blocks, plan._days = zone, blocks, {}
    plan.unit = cast(Any, SimpleNamespace(now_ms=now))
    return plan


def reckoned(
    zone: ZoneInfo, day: date, spans: list[Span], blocks: list[tuple[int, int]], after: int
) -> dict[int, bool]:
    """By minutes of the clock, which times of a day will do: gone through second hand, minute by minute that passes."""
    begins, ends = to_ms(at_minute(day, 0, zone)), to_ms(at_minute(day, 1440, zone))
    shows: dict[int, list[int]] = {}
    for moment in range(begins, ends, MINUTE):
        local = from_ms(moment).astimezone(zone)
        if local.date() == day:
            shows.setdefault(local.hour * 60 + local.minute, []).append(moment)
    found = {}
    for at in range(0, 1440 - LENGTH + 1, GRAIN):
        passes = [shows.get(minute, []) for minute in range(at, at + LENGTH)]
        straight = all(len(one) == 1 for one in passes)
        first = passes[0][0] if straight else 0
        found[at] = (
            straight
            and all(one[0] == first + number * MINUTE for number, one in enumerate(passes))
            and first >= after
            and any(begin <= at and at + LENGTH <= end for begin, end in spans)
            and not any(begin < first + LENGTH * MINUTE and end > first for begin, end in blocks)
        )
    return found


@settings(max_examples=80, deadline=None)
@given(
    where=st.sampled_from(ZONES),
    span=st.tuples(st.integers(0, 200), st.integers(1, 288)),
    blocks=st.lists(st.tuples(st.integers(-300, 1700), st.integers(1, 400)), max_size=4),
    now=st.integers(-600, 900),
    notice=st.sampled_from([0, 2]),
)
def test_what_is_free_on_a_day_is_what_a_slow_reckoning_finds(
    where: tuple[ZoneInfo, date], span: tuple[int, int], blocks: list[tuple[int, int]], now: int, notice: int
) -> None:
    zone, day = where
    midnight = to_ms(at_minute(day, 0, zone))
    spans = [(span[0] * GRAIN, min(span[0] * GRAIN + span[1] * GRAIN, 1440))]
    taken = [(midnight + begin * MINUTE, midnight + (begin + length) * MINUTE) for begin, length in blocks]
    moment = midnight + now * MINUTE + 1
    pieces = plan_of(zone, moment, taken).pieces(day, spans, notice)
    fast = {at: availability.covered((at, at + LENGTH), pieces) for at in range(0, 1440 - LENGTH + 1, GRAIN)}
    assert fast == reckoned(zone, day, spans, taken, moment + notice * 60 * MINUTE)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_ten_oclock_is_ten_oclock_when_the_clocks_have_changed(engine: Engine, vault: Vault, day: date) -> None:
    town = Town(engine, vault)
    mentor, guardian = town.teacher("李"), town.guardian("妈妈")
    pupil = town.pupil("甲", mentor, guardian)
    rules = VisitRules(teachers=1, horizon_days=5)
    with town.unit(datetime(day.year, day.month, day.day, 9, tzinfo=BERLIN) - timedelta(days=3)) as unit:
        availability.add_day(unit, mentor, Purpose.VISIT, day, 600, 720, free=True)
        wanted = slots.Wanted(
            town.school.ids["school"], "Europe/Berlin", Purpose.VISIT, Form.SCHOOL, pupil, mentor, guardian_id=guardian
        )
        found = slots.free(unit, wanted, rules)
        ten = to_ms(datetime(day.year, day.month, day.day, 10, tzinfo=BERLIN))
        assert [one.starts_at for one in found][:1] == [ten]
        assert all(slots.legal(unit, wanted, rules, one.starts_at) for one in found)
        assert not slots.legal(unit, wanted, rules, ten - 60 * MINUTE)
        assert not slots.legal(unit, wanted, rules, ten + 120 * MINUTE)
        assert slots.possible(unit, wanted, rules, to_ms(datetime(day.year, day.month, day.day, 8, tzinfo=BERLIN)))
