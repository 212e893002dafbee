"""An address leaves a teacher's chat while Telegram still lets it be deleted, and is not forgotten before it has."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.appointments import places, visits
from models.base import from_ms
from models.vault import Vault
from tests.appointments.agreed import HOUR, agree, at_of, at_time, family
from tests.appointments.test_before import people
from tests.appointments.test_place import ADDRESS, DAY, EVENING, says_address, shown_in
from tests.appointments.town import BOT, Town
from tests.school import Bot

CHAT, MESSAGE = 50_001, 77


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


def looked_at(town: Town) -> int:
    """The start of a visit whose mentor has looked at its address a day before."""
    mentor, other = town.teacher("李"), town.teacher("周")
    at = town.at(2, EVENING)
    visit, guardian = family(town, "甲", mentor, other, at)
    with town.unit(from_ms(at - DAY)) as unit:
        assert places.keep(unit, visits.must(unit, visit), guardian, places.Place(ADDRESS))
        places.shown(unit, visit, BOT, CHAT, MESSAGE)
    return at


def stale(town: Town, at: int) -> list[int]:
    """Which messages are asked to be taken away at that moment."""
    with town.unit(from_ms(at)) as unit:
        return [one.place_id for one in places.stale(unit)]


def test_an_address_goes_before_the_messenger_would_keep_it_even_where_nobody_left(town: Town) -> None:
    at = looked_at(town)
    assert stale(town, at + 21 * HOUR) == []
    assert stale(town, at + 22 * HOUR) == [MESSAGE]


def test_an_address_is_asked_for_again_until_it_is_surely_gone(town: Town) -> None:
    at = looked_at(town) + 22 * HOUR
    assert stale(town, at) == [MESSAGE]
    assert stale(town, at + HOUR // 2) == []
    assert stale(town, at + HOUR) == [MESSAGE]
    ((row,),) = town.school.run("SELECT id FROM visit_shown")
    assert isinstance(row, int)
    with town.unit() as unit:
        places.gone(unit, row)
    assert stale(town, at + 3 * HOUR) == []
    assert town.school.run("SELECT * FROM visit_shown") == []


async def test_an_address_that_can_no_longer_be_deleted_is_written_over(bot: Bot) -> None:
    mentor, _, father = await people(bot)
    at = at_of(bot, 1, 17)
    agree(bot, at)
    await says_address(bot, father, at)
    await mentor.presses("看地址", await mentor.sees("家访提醒"))
    await mentor.sees(ADDRESS)
    await shown_in(bot, 1)
    await bot.telegram.forward(49 * 3600)
    await at_time(bot, at + 23 * HOUR)
    await mentor.sees("这里写过的地址已删除")
    await shown_in(bot, 0)
    assert not any(ADDRESS in one for one in await mentor.reads())
