"""When a notice begins and ends, reckoned beforehand: against a plain walk through the seconds."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.calendar import Calendar
from models.notices import forecast

ZONE = "Asia/Shanghai"
FAMILIES = forecast.of_families(ZONE)


def at(text: str) -> datetime:
    """A moment of the school's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def test_by_day_it_ends_after_its_people_and_what_waits_before_them() -> None:
    found = forecast.reckon(at("2026-11-26 10:00"), 3000, each=1, ahead=0, per_second=30, hours=FAMILIES)
    assert (found.begins, found.ends) == (at("2026-11-26 10:00"), at("2026-11-26 10:01:40"))
    assert (found.first, found.again) == (3000, None)
    more = forecast.reckon(at("2026-11-26 10:00"), 3000, each=2, ahead=600, per_second=30, hours=FAMILIES)
    assert more.ends == at("2026-11-26 10:03:40")


def test_at_night_families_sleep() -> None:
    found = forecast.reckon(at("2026-11-26 23:10"), 300, each=1, ahead=0, per_second=30, hours=FAMILIES)
    assert (found.begins, found.ends) == (at("2026-11-27 07:00"), at("2026-11-27 07:00:10"))
    urgent = forecast.reckon(at("2026-11-26 23:10"), 300, each=1, ahead=0, per_second=30, hours=forecast.ALWAYS)
    assert urgent.begins == at("2026-11-26 23:10")


def test_a_city_is_split_by_the_night() -> None:
    found = forecast.reckon(at("2026-11-26 20:00"), 300_000, each=1, ahead=0, per_second=29.5, hours=FAMILIES)
    assert found.first == 300_000 - (300_000 - int(3600 * 29.5))
    assert found.again == at("2026-11-27 07:00")
    assert found.ends == at("2026-11-27 07:00") + timedelta(seconds=-(-(300_000 - int(3600 * 29.5)) * 2 // 59))


def test_teachers_are_told_on_school_days() -> None:
    calendar = Calendar(ZONE, {date(2026, 11, 30): False})
    staff = forecast.of_staff(calendar)
    found = forecast.reckon(at("2026-11-27 18:29"), 6000, each=1, ahead=0, per_second=30, hours=staff)
    assert (found.first, found.again) == (1800, at("2026-12-01 07:30"))
    assert found.ends == at("2026-12-01 07:32:20")


@pytest.mark.parametrize("seed", range(20))
def test_like_a_walk_through_the_seconds(seed: int) -> None:
    dice = random.Random(seed)
    start = at("2026-11-26 00:00") + timedelta(seconds=dice.randrange(86_400))
    people, each, ahead = dice.randrange(1, 20_000), dice.choice((1, 1, 2)), dice.choice((0, 500))
    pace = dice.choice((1, 2, 5))
    found = forecast.reckon(start, people, each=each, ahead=ahead, per_second=pace, hours=FAMILIES)
    now, left, slept = start, ahead + people * each, False
    first = people
    begins = None
    while left > 0:
        asleep = not 7 <= now.astimezone(ZoneInfo(ZONE)).hour < 21
        if asleep:
            if begins is not None and not slept:
                slept, first = True, max(people - -(-left // each), 0)
        else:
            begins = begins or now
            left -= pace
        now += timedelta(seconds=1)
    assert begins is not None
    assert abs((found.begins - begins).total_seconds()) <= 1
    assert abs((found.ends - now).total_seconds()) <= 2
    assert abs(found.first - first) <= 2 * pace
    assert (found.again is not None) == slept


def test_a_time_that_has_passed_is_now() -> None:
    now = at("2026-11-26 10:00")
    assert forecast.moment(None, now) == now
    assert forecast.moment(0, now) == now
    assert forecast.moment(int(now.timestamp() * 1000) + 5000, now) == now + timedelta(seconds=5)
