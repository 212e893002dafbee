"""A goal's histories at random, against a reckoning in plain words: who sees which words, who may do what to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.pupil_file import allowed, goals
from models.pupil_file.goals import Goal
from models.pupil_file.states import GOAL_MOVES, GoalState
from models.unit import Unit
from tests.school import School

G = GoalState
WHO = ("李明", "王芳", "张强")
ACTS = st.lists(
    st.tuples(st.sampled_from(WHO), st.sampled_from(["reword", "agree", "old", "drop", "look"])),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def unit(school: School) -> Iterator[Unit]:
    """A unit that is taken back in the end; both parents have confirmed."""
    school.run("UPDATE guardianship SET confirmed_at = since")
    found = school.unit()
    yield found
    found.connection.close()


def seen(unit: Unit, school: School, who: str, goal_id: int) -> Goal | None:
    """The goal as somebody sees it."""
    pupil = school.ids["张小雨"]
    if who == "李明":
        one = allowed.mentor(unit, pupil, [school.ids[who]])
        assert one is not None
        every = goals.of_keeper(unit, one)
    else:
        every = goals.of_guardian(unit, pupil, school.ids[who])
    return next((found for found in every if found.id == goal_id), None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.sampled_from(WHO), acts=ACTS)
def test_histories(unit: Unit, school: School, first: str, acts: list[tuple[str, str]]) -> None:
    pupil, ids = school.ids["张小雨"], school.ids
    unit.connection.exec_driver_sql("DELETE FROM file_goal_review")
    unit.connection.exec_driver_sql("DELETE FROM file_goal")
    made = goals.propose(unit, pupil, None, "0", ids[first], by_guardian=first != "李明")
    assert made is not None
    words, by, state, version = "0", first, G.WITH_FAMILY if first == "李明" else G.WITH_MENTOR, 1
    looked: dict[str, str] = {}
    for number, (who, act) in enumerate(acts, 1):
        family = who != "李明"
        goal = seen(unit, school, who, made)
        visible = state != G.DROPPED and not (state == G.WITH_MENTOR and family and by != who)
        assert (goal is not None) == visible
        if goal is None:
            continue
        assert (goal.text, goal.state, goal.version, goal.own) == (words, state, version, by == who)
        waits = G.WITH_FAMILY if family else G.WITH_MENTOR
        before = state
        if act == "reword":
            done = goals.reword(unit, goal, str(number), ids[who], by_guardian=family)
            assert done == (state != G.AGREED)
            if done:
                words, by, version = str(number), who, version + 1
                state = G.WITH_MENTOR if family else G.WITH_FAMILY
        elif act in ("agree", "old"):
            done = goals.agree(unit, goal, goal.version - (act == "old"), by_guardian=family)
            assert done == (act == "agree" and state == waits)
            state = G.AGREED if done else state
        elif act == "drop":
            done = goals.drop(unit, goal, by_guardian=family)
            assert done == (not family or (state == G.WITH_MENTOR and by == who))
            state = G.DROPPED if done else state
        else:
            done = goals.look_back(unit, goal, ids[who], goals.PARTLY, by_guardian=family)
            assert done == (state == G.AGREED)
            if done:
                looked[who] = words
                assert goals.add_words(unit, goal, ids[who], f"话{who}")
        assert state == before or state in GOAL_MOVES[before]
        now = seen(unit, school, who, made)
        if now is not None:
            told = {one.words for one in goals.reviews(unit, now, ids[who], by_guardian=family)}
            assert told == {f"话{one}" for one in looked if not family or one in (who, "李明")}
