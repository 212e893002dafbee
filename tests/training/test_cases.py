"""The cases that come with the program, and which one a week has."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.checklist.coverage import stage_names
from models.training import cases
from models.training.cases import Case, Words

MONDAY = date(2026, 10, 12)


def test_there_are_enough_and_each_is_whole_in_both_languages() -> None:
    every = cases.built_in()
    assert len(every) >= 24
    assert len({one.code for one in every}) == len(every)
    for one in every:
        assert set(one.stages) <= {"primary", "junior", "senior"}
        assert one.code.isascii()
        assert len(one.code) <= 20
        for said in (one.zh, one.en):
            assert 2 <= len(said.steps) <= 3, one.code
            assert all((said.title, said.situation, said.question, said.thought)), one.code
            # One screen of a small phone each.
            assert len(said.situation) <= 260, one.code
            assert len(said.title) <= 45, one.code


@pytest.mark.parametrize("stage", ["primary", "junior", "senior"])
def test_a_school_year_of_weeks_repeats_none_before_all_were_there(stage: str) -> None:
    fitting = cases.fitting(cases.built_in(), {stage})
    weeks = [cases.of_week(cases.built_in(), {stage}, MONDAY + timedelta(days=7 * number)) for number in range(40)]
    first = weeks[: len(fitting)]
    assert {one.code for one in first if one is not None} == {one.code for one in fitting}
    assert all(one is not None and (not one.stages or stage in one.stages) for one in weeks)
    assert len(fitting) >= 14


def test_without_any_there_is_none_and_a_language_may_be_missing() -> None:
    assert cases.of_week([], {"primary"}, MONDAY) is None
    words = Words("题", "境", "问", ("一", "二"), "想")
    one = Case("x", (), words, Words("", "", "", (), ""))
    assert one.words("en") == words
    assert stage_names("小学", "")[0] == "primary"
