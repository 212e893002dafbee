"""What goes over, against a second reckoning over random cards, guardians and taps; the moves, against their table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.base import new_id
from models.pupil_file import allowed, cards, preparing
from models.pupil_file.preparing import Fact
from models.pupil_file.states import GOAL_MOVES, HANDOVER_MOVES, GoalState, HandoverState
from models.unit import Unit
from tests.school import School

ITEMS = st.lists(st.tuples(st.integers(1, 2), st.sampled_from([None, "王芳", "张强"])), min_size=1, max_size=5)
TAPS = st.lists(
    st.tuples(st.sampled_from(["王芳", "张强"]), st.one_of(st.booleans(), st.integers(0, 4))), min_size=1, max_size=10
)
EASY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Reckoned:
    """The same in plain words: who has struck out what, who has said what."""

    def __init__(self, items: list[tuple[int, str | None]]) -> None:
        self.items = items
        self.turned: set[tuple[str, int]] = set()
        self.said: dict[str, bool] = {}

    def sees(self, who: str, item: int) -> bool:
        return item < len(self.items) and self.items[item][1] in (None, who)

    def tap(self, who: str, what: bool | int) -> None:
        if isinstance(what, bool):
            self.said[who] = what
        elif self.sees(who, what):
            self.turned ^= {(who, what)}

    def goes(self, item: int) -> bool:
        level, _ = self.items[item]
        mine = [who for who in ("王芳", "张强") if self.sees(who, item)]
        struck = any((who, item) in self.turned for who in mine) if level < 2 else False
        against = struck or any(self.said.get(who) is False for who in mine)
        if level < 2:
            return not against and any(self.said.get(who) is True for who in mine)
        added = any((who, item) in self.turned and self.said.get(who) is True for who in mine)
        return not against and added


def joined(school: School) -> None:
    """Both guardians of 张小雨 have confirmed."""
    school.run("UPDATE guardianship SET confirmed_at = since")


@pytest.fixture
def unit(school: School) -> Iterator[Unit]:
    """A unit that is taken back in the end."""
    joined(school)
    found = school.unit()
    yield found
    found.connection.close()


@EASY
@given(items=ITEMS, taps=TAPS)
def test_what_goes_over_is_what_the_plain_rule_says(
    unit: Unit, school: School, items: list[tuple[int, str | None]], taps: list[tuple[str, bool | int]]
) -> None:
    pupil = school.ids["张小雨"]
    row = preparing.mentorship(unit, pupil)
    assert row is not None
    facts = [
        Fact("strength", f"文{number}", 1, level, None if owner is None else school.ids[owner])
        for number, (level, owner) in enumerate(items)
    ]
    made = preparing.make(unit, pupil, row, f"test:{new_id()}", facts)
    assert made is not None
    plain, was, went = Reckoned(items), HandoverState.PREPARED, False
    for who, what in taps:
        me = school.ids[who]
        card = cards.one(unit, made)
        assert card is not None
        visible = cards.items(unit, card, me)
        assert {int(one.text[1:]) for one in visible} == {n for n in range(len(items)) if plain.sees(who, n)}
        if isinstance(what, bool):
            cards.answer(unit, card, me, passes=what)
        else:
            item = next((one for one in visible if one.number == what + 1), None)
            if item is not None:
                for _ in range(2):  # a tap that comes twice
                    cards.pick(unit, card, me, item.id, goes=not item.goes)
        plain.tap(who, what)
        card = cards.one(unit, made)
        assert card is not None
        expected = {number for number in range(len(items)) if plain.goes(number)}
        went = went or bool(expected)
        assert {int(one.text[1:]) for one in cards.gone_over(unit, card)} == expected
        assert (card.state in (HandoverState.CONSENTED, HandoverState.RECEIVED)) == went
        assert card.state == was or card.state in HANDOVER_MOVES[was]
        was = card.state
    unit.connection.execute(text("UPDATE handover SET state = 'expired' WHERE id = :id"), {"id": made})
    card = cards.one(unit, made)
    assert card is not None
    assert cards.gone_over(unit, card) == []


def test_every_state_has_its_moves_and_the_last_ones_have_none() -> None:
    assert set(GOAL_MOVES) == set(GoalState)
    assert set(HANDOVER_MOVES) == set(HandoverState)
    assert not GOAL_MOVES[GoalState.DROPPED]
    assert not HANDOVER_MOVES[HandoverState.EXPIRED]
    assert not HANDOVER_MOVES[HandoverState.RECEIVED]


def test_only_confirmed_guardians_and_the_mentor_of_today_open_a_file(unit: Unit, school: School) -> None:
    pupil, ids = school.ids["张小雨"], school.ids
    assert allowed.guardian(unit, pupil, [ids["刘敏"], ids["李明"]]) is None
    assert allowed.guardian(unit, pupil, [ids["张强"]]) == ids["张强"]
    assert allowed.keeper(unit, pupil, [ids["周静"], ids["赵主任"], ids["王芳"]]) is None
    found = allowed.keeper(unit, pupil, [ids["李明"]])
    assert found is not None
    assert not found.covers
    for statement in ("UPDATE guardianship SET until = 1", "UPDATE mentorship SET until = 1"):
        unit.connection.execute(text(statement))
    assert allowed.guardian(unit, pupil, [ids["张强"]]) is None
    assert allowed.keeper(unit, pupil, [ids["李明"]]) is None
