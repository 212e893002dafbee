"""What the clock ends and forgets of the directory, and what is done again and again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from handlers.context import SchoolSettings
from handlers.directory import ticks
from models.directory import cards, due, lookups, offers, requests
from models.directory.requests import Made, State
from models.vault import Vault
from tests.appointments.town import Town
from tests.directory.shelf import line, put

ZONE = "Asia/Shanghai"


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    found = Town(engine, vault)
    found.school.run("UPDATE guardianship SET confirmed_at = since")
    return found


def looks(town: Town, days: float = 0) -> None:
    """The clock looks, so many days from now."""
    with town.unit(town.now + timedelta(days=days)) as unit, unit.part():
        _ = unit.session
        ticks.tick(unit, 1, SchoolSettings())
        assert unit.faults == []


def offered(town: Town) -> int:
    """The father's offer, approved; its card."""
    ids = town.school.ids
    with town.unit() as unit:
        row = offers.begin(unit, ids["class"], ids["张强"], "带孩子们看消防车")
        assert row is not None
        assert offers.send(unit, row)
        (one,) = offers.of_person(unit, ids["张强"])
        card = offers.approve(unit, one, ids["李明"])
        assert card is not None
        assert offers.approve(unit, one, ids["李明"]) is None
    return card


def test_an_offer_whose_child_has_left_ends_and_its_words_are_deleted(town: Town) -> None:
    card, ids = offered(town), town.school.ids
    with town.unit() as unit:
        seen = cards.one(unit, card, ids["school"], ZONE)
        assert seen is not None
        came, _ = requests.make(unit, seen, ids["school"], ids["王芳"], ZONE)
        assert came is Made.ASKED
    looks(town)
    assert town.school.run("SELECT COUNT(*) FROM directory_card WHERE ended_at IS NULL") == [(1,)]
    town.school.run("UPDATE guardianship SET until = since WHERE person_id = :id", id=ids["张强"])
    looks(town, 1)
    assert town.school.run("SELECT state FROM directory_offer") == [("withdrawn",)]
    looks(town, 1.1)
    assert town.school.run("SELECT state FROM directory_request") == [("over",)]
    looks(town, 70)
    looks(town, 72)
    for table in ("directory_offer", "directory_request", "directory_card"):
        assert town.school.run(f"SELECT COUNT(*) FROM {table}") == [(0,)], table


def test_what_was_never_sent_is_forgotten(town: Town) -> None:
    ids = town.school.ids
    with town.unit() as unit:
        offers.begin(unit, ids["class"], ids["张强"], "没发出去")
    looks(town, 3)
    assert town.school.run("SELECT COUNT(*) FROM directory_offer") == [(0,)]


def test_asking_and_cancelling_again_and_again_comes_to_an_end(town: Town) -> None:
    ids = town.school.ids
    with town.unit() as unit:
        row = put(unit, town.school, line("S1"))["S1"]
        card = cards.whatever(unit, row)
        assert card is not None
        for _ in range(requests.MOST_IN_A_DAY):
            came, made = requests.make(unit, card, ids["school"], ids["王芳"], ZONE)
            assert came is Made.ASKED
            one = requests.one(unit, made or 0)
            assert one is not None
            assert requests.move(unit, one, State.CANCELLED)
        assert requests.make(unit, card, ids["school"], ids["王芳"], ZONE) == (Made.OFTEN, None)
        for _ in range(offers.MOST_IN_A_DAY):
            offer = offers.begin(unit, ids["class"], ids["张强"], "修自行车")
            assert offer is not None
        assert offers.begin(unit, ids["class"], ids["张强"], "修自行车") is None
    with town.unit(town.now + timedelta(days=1, minutes=1)) as unit:
        assert requests.make(unit, card, ids["school"], ids["王芳"], ZONE)[0] is Made.ASKED
        assert due.lost(unit) == []
        assert lookups.last(unit, 1) is None
