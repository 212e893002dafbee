"""Slips and votes against plain dictionaries: any history of signing, changing and looking."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.notices import asks
from models.notices import notices, slips, surveys
from models.notices.slips import Signer
from models.sums import FEWEST
from models.unit import sql
from tests.notices.readers import SLIP, SURVEY
from tests.notices.test_list import BOT, joins
from tests.notices.written import planned
from tests.school import School

_ROWS = sql(
    "SELECT COUNT(*) AS every, COUNT(CASE WHEN replaced_at IS NULL THEN 1 END) AS now FROM notice_slip WHERE notice_id = :id"
)
PAIRS = (("王芳", "张小雨"), ("王芳", "张小阳"), ("张强", "张小雨"), ("刘敏", "陈晨"))
quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(
    st.lists(
        st.tuples(st.sampled_from(PAIRS), st.integers(0, 1), st.sampled_from(["王芳", "张强", "某某"])), max_size=25
    )
)
def test_the_last_signing_of_each_pair_counts_and_all_stay(
    school: School, history: list[tuple[tuple[str, str], int, str]]
) -> None:
    if not school.run("SELECT 1 FROM account"):
        for number, name in enumerate(("王芳", "张强", "刘敏")):
            joins(school, name, 100 + number)
    unit = school.unit()
    content = SLIP
    notice = planned(unit, school, BOT, content=content)
    expected: dict[tuple[str, str], tuple[int, str]] = {}
    for (person, child), choice, name in history:
        unit.now += timedelta(seconds=1)
        signer = slips.signer(unit, notice, [school.ids[person]], school.ids[child])
        assert signer == Signer(school.ids[person], school.ids[child], child)
        slips.sign(unit, notice, signer, choice, name)
        expected[person, child] = choice, name
    row = unit.execute(_ROWS, id=notice.id).one()
    assert (row.every, row.now) == (len(history), len(expected))
    for person in ("王芳", "张强", "刘敏"):
        mine = {school.ids[child]: choice for (who, child), (choice, _) in expected.items() if who == person}
        assert asks.answers_of(unit, notice, school.ids[person], content).slips == mine
    sums = slips.sums(unit, notice)
    assert [sums.of(choice) for choice in (0, 1)] == [
        sum(choice == one for one, _ in expected.values()) for choice in (0, 1)
    ]
    both = [expected[person, "张小雨"][0] for person in ("王芳", "张强") if (person, "张小雨") in expected]
    assert sums.differ == int(len(set(both)) == 2)
    found = slips.signed(unit, notice, school.ids["赵主任"], schools=[school.ids["school"]], skip=0, most=100)
    shown = {(one.child, one.name, one.choice, one.matches) for one in found}
    assert shown == {(child, name, choice, name == person) for (person, child), (choice, name) in expected.items()}
    unit.connection.rollback()
    unit.connection.close()


@quick
@given(
    st.lists(
        st.one_of(st.just("look"), st.tuples(st.integers(1, 14), st.integers(0, 1), st.integers(0, 1))), max_size=60
    )
)
def test_votes_count_once_for_each_person_and_looks_differ_by_five_people(
    school: School, history: list[str | tuple[int, int, int]]
) -> None:
    unit = school.unit()
    notice = planned(unit, school, BOT, content=SURVEY)
    votes: dict[int, dict[int, int]] = {0: {}, 1: {}}
    last: dict[int, tuple[dict[int, int], int]] = {0: ({}, 0), 1: ({}, 0)}
    for one in [*history, "look"]:
        unit.now += timedelta(minutes=2)
        if isinstance(one, tuple):
            person, question, choice = one
            surveys.give(unit, notice, person, question, choice)
            votes[question][person] = choice
            assert asks.answers_of(unit, notice, person, SURVEY).votes == {
                number: own[person] for number, own in votes.items() if person in own
            }
            continue
        again = notices.one(unit, notice.id)
        assert again is not None
        for question, sums in enumerate(surveys.results(unit, again, SURVEY)):
            before, total = last[question]
            if len(votes[question]) >= total + FEWEST:
                last[question] = before, total = dict(votes[question]), len(votes[question])
            counted = [sum(choice == number for choice in before.values()) for number in range(len(sums.counts))]
            assert list(sums.counts) == counted
            assert sums.total == total
            assert total == 0 or total >= FEWEST
    unit.connection.rollback()
    unit.connection.close()
