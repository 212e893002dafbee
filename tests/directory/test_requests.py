"""Places are never given away twice: any history, everybody at once on both databases; who may answer; what is forgotten."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from models.directory import cards, deciding, due, own, requests
from models.directory.content import Card, SignUp
from models.directory.requests import HOLDING, MOVES, Made, State
from models.unit import Unit
from models.vault import Vault
from tests.appointments.test_races import Work, at_once
from tests.appointments.town import Town
from tests.directory.shelf import line, put

ZONE = "Asia/Shanghai"
PLACES = 3


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


def shelf(town: Town, **more: Any) -> Card:
    with town.unit() as unit:
        row = put(unit, town.school, line("S1", **{"places": PLACES, **more}))["S1"]
        found = cards.whatever(unit, row)
    assert found is not None
    return found


def balanced(town: Town, card: int) -> None:
    """The places that are taken are those of the requests that hold one, and never too many."""
    (taken,) = town.school.run("SELECT taken FROM directory_card WHERE id = :id", id=card)[0]
    held = town.school.run(
        "SELECT COUNT(*) FROM directory_request WHERE card_id = :id AND state IN ('open', 'approved')", id=card
    )
    assert (taken,) == held[0]
    assert int(str(taken)) <= PLACES


MOVED = tuple(one.value for one in State if one is not State.OPEN)
ACTS = st.lists(
    # Asking is as frequent as all that can become of it.
    st.tuples(st.sampled_from(["make"] * 4 + ["mentor"] * 2 + list(MOVED)), st.integers(0, 3)),
    min_size=6,
    max_size=30,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=ACTS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whatever_happens_the_places_add_up(town: Town, acts: list[tuple[str, int]]) -> None:
    town.school.run("DELETE FROM directory_request")
    town.school.run("DELETE FROM directory_card")
    card = shelf(town)
    people = [town.school.ids[name] for name in ("王芳", "李明")]
    made: list[int] = []
    for act, number in acts:
        with town.unit() as unit:
            fresh = cards.whatever(unit, card.id)
            assert fresh is not None
            if act in ("make", "mentor"):
                person = people[number % len(people)]
                pupil = None if number < 2 or act == "mentor" else town.school.ids["张小雨"]
                came, row = requests.make(
                    unit, fresh, town.school.ids["school"], person, ZONE, pupil_id=pupil, as_mentor=act == "mentor"
                )
                assert (row is None) == (came in (Made.FULL, Made.TWICE, Made.MANY, Made.GONE))
                assert came is not Made.GONE
                made += [row] if row is not None else []
            elif made:
                request = requests.one(unit, made[number % len(made)])
                assert request is not None
                moved = requests.move(unit, request, State(act))
                assert moved == (State(act) in MOVES[request.state])
        balanced(town, card.id)
    states = Counter(town.school.run("SELECT person_id, pupil_id, as_mentor, state FROM directory_request"))
    for (_, _, as_mentor, state), many in states.items():
        if state in HOLDING:
            assert many <= (requests.MOST_OF_MENTOR if as_mentor else 1)


@pytest.mark.both
def test_many_families_at_once_get_no_more_places_than_there_are(town: Town, database_url: str) -> None:
    card = shelf(town)
    people = [town.guardian(f"家{number}") for number in range(24)]
    made: list[Work] = [_asks(card, town.school.ids["school"], one) for one in people for _ in range(2)]
    found = Counter(at_once(town, database_url, made))
    assert found[Made.ASKED] == PLACES
    assert set(found) <= {Made.ASKED, Made.FULL, Made.TWICE}
    balanced(town, card.id)


def _asks(card: Card, school: int, person: int) -> Work:
    return lambda unit: requests.make(unit, card, school, person, ZONE)[0]


@pytest.mark.both
def test_answers_cancellations_and_new_requests_at_once(town: Town, database_url: str) -> None:
    card, school = shelf(town), town.school.ids["school"]
    people = [town.guardian(f"家{number}") for number in range(12)]
    with town.unit() as unit:
        rows = [requests.make(unit, card, school, one, ZONE)[1] for one in people[:PLACES]]
        held = [one for row in rows if row is not None and (one := requests.one(unit, row)) is not None]

    def moves(number: int, to: State) -> Work:
        return lambda unit: requests.move(unit, held[number], to)

    works: list[Work] = []
    for number in range(PLACES):
        works += [moves(number, State.CANCELLED), moves(number, State.APPROVED), moves(number, State.DECLINED)]
    works += [_asks(card, school, one) for one in people]
    found = at_once(town, database_url, works)
    # Each left its place once at most: cancelled, or declined, or approved before it was cancelled.
    for number in range(PLACES):
        mine = found[number * 3 : number * 3 + 3]
        assert mine in ([True, False, False], [False, False, True], [True, True, False], [False, True, False])
    balanced(town, card.id)


def test_a_mentor_s_second_press_is_no_second_pupil(town: Town) -> None:
    card, ids = shelf(town), town.school.ids

    def asks(unit: Unit, word: str = "") -> Made:
        return requests.make(unit, card, ids["school"], ids["李明"], ZONE, as_mentor=True, word=word)[0]

    with town.unit() as unit:
        assert [asks(unit), asks(unit), asks(unit, "另一位")] == [Made.ASKED, Made.TWICE, Made.ASKED]
    balanced(town, card.id)
    assert _run(town, 1 / 24, asks) is Made.ASKED


def test_who_answers_is_the_one_who_is_named_and_the_admins(town: Town) -> None:
    school, ids = town.school, town.school.ids
    with town.unit() as unit:
        put(
            unit,
            school,
            line("A", sign_up="admin"),
            line("C", sign_up="chief"),
            line("P", sign_up="person", approver="T2"),
        )
        rows = {row.code: row.id for row in unit.connection.exec_driver_sql("SELECT code, id FROM directory_card")}
        found = {}
        for code, row in rows.items():
            card = cards.whatever(unit, row)
            assert card is not None
            _, made = requests.make(
                unit, card, ids["school"], ids["王芳"], ZONE, pupil_id=ids["张小雨"], class_id=ids["class"]
            )
            request = requests.one(unit, made or 0)
            assert request is not None
            found[code] = (card, request)
        assert [deciding._named(unit, *found[code]) for code in "ACP"] == [None, ids["李明"], ids["周静"]]
        # Who has left is not asked.
        school_id = ids["周静"]
    town.school.run("UPDATE person SET ended_at = 1 WHERE id = :id", id=school_id)
    town.school.run("UPDATE class_team SET until = since")
    with town.unit() as unit:
        assert [deciding._named(unit, *found[code]) for code in "ACP"] == [None, None, None]


@pytest.mark.parametrize(
    ("name", "given"),
    [("张小雨", "小雨"), ("陈晨", "晨"), ("欧阳娜娜", "娜娜"), ("欧阳", "阳"), ("雨", "雨"), ("Ann Lee", "Ann")],
)
def test_only_the_given_name_is_shown(name: str, given: str) -> None:
    assert deciding.given_name(name) == given


def _run(town: Town, days: float, work: Any) -> Any:
    with town.unit(town.now + timedelta(days=days)) as unit:
        return work(unit)


def test_what_is_over_frees_its_place_and_is_forgotten(town: Town) -> None:
    ids, card = town.school.ids, shelf(town, sign_up="open")
    assert card.sign_up is SignUp.OPEN
    with town.unit() as unit:
        came, row = requests.make(unit, card, ids["school"], ids["王芳"], ZONE, word="周末")
        assert came is Made.TAKEN
    assert _run(town, 119, due.passed) == []

    def over(unit: Unit) -> None:
        (one,) = due.passed(unit)
        assert one.id == row
        assert requests.move(unit, one, State.OVER)

    _run(town, 121, over)
    balanced(town, card.id)
    assert _run(town, 121 + 59, due.forget) == 0
    assert _run(town, 121 + 61, due.forget) == 1


def test_a_place_ends_with_the_guardianship(town: Town) -> None:
    ids, card = town.school.ids, shelf(town)
    with town.unit() as unit:
        _, row = requests.make(unit, card, ids["school"], ids["王芳"], ZONE, pupil_id=ids["张小雨"])
        town_confirmed = requests.one(unit, row or 0)
        assert town_confirmed is not None
    town.school.run("UPDATE guardianship SET confirmed_at = since")
    assert _run(town, 0, due.lost) == []
    town.school.run("UPDATE guardianship SET until = since WHERE pupil_id = :id", id=ids["张小雨"])
    (one,) = _run(town, 0, due.lost)
    assert not one.stands
    assert _run(town, 0, lambda unit: own.of_people(unit, [ids["王芳"]])) == []
