"""Whatever stands in a roster: importing it twice is importing it once, and the order of its rows does not matter."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from bot.database import open_engine
from models.vault import Key, Vault
from tests.effort import examples
from tests.roster.office import Office, pupil, staff

VAULT = Vault([Key(1, b"k" * 32)])
GUARDIAN = st.tuples(
    st.sampled_from(["王芳", "林强", "陈秀", "老师T1"]),
    st.sampled_from(["妈妈", "爸爸", ""]),
    st.sampled_from(["13800000001", "13800000002", "13800000003", ""]),
)
GUARDIANS = st.lists(GUARDIAN, max_size=2, unique_by=lambda one: one[0])
PUPIL = st.tuples(GUARDIANS, st.sampled_from(["五年级2班", "三年级1班"]), st.sampled_from(["T1", "T2", ""]))
PUPILS = st.dictionaries(st.sampled_from("123456"), PUPIL, min_size=1)
STAFF = st.tuples(
    st.sampled_from(["导师", "导师;管理员"]),
    st.sampled_from(["老师T1", "王芳"]),
    st.sampled_from(["", "13800000001", "13800000003"]),
)
ROSTER = st.tuples(PUPILS, st.tuples(STAFF, STAFF))
Roster = tuple[dict[str, tuple[list[tuple[str, str, str]], str, str]], tuple[tuple[str, str, str], ...]]


def _rows(roster: Roster) -> tuple[list[list[str]], list[list[str]]]:
    pupils, people = roster
    return (
        [
            pupil(number, *guardians, group=group, mentor=mentor)
            for number, (guardians, group, mentor) in pupils.items()
        ],
        [staff(f"T{n}", roles, name=name, phone=phone) for n, (roles, name, phone) in enumerate(people, 1)],
    )


def _office(folder: str) -> Office:
    engine = open_engine("sqlite:///:memory:")
    SQLModel.metadata.create_all(engine)
    return Office(engine, VAULT, Path(folder))


@settings(max_examples=examples(12, of=30), deadline=None)
@given(st.lists(ROSTER, min_size=1, max_size=3), st.booleans())
def test_an_import_repeated_changes_nothing(rosters: list[Roster], end_missing: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = _office(folder)
        for roster in rosters:
            pupils, people = _rows(roster)
            office.bring(pupils, people, end_missing=end_missing)
            before = office.everything()
            assert "Nothing will change" in office.bring(pupils, people, end_missing=end_missing)
            assert office.everything() == before
        office.engine.dispose()


@settings(max_examples=examples(12, of=30), deadline=None)
@given(st.lists(ROSTER, min_size=1, max_size=3), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rosters: list[Roster], end_missing: bool, random: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = _office(folder), _office(folder)
        for roster in rosters:
            pupils, people = _rows(roster)
            one.bring(pupils, people, end_missing=end_missing)
            random.shuffle(pupils)  # type: ignore[attr-defined]
            other.bring(pupils, people[::-1], end_missing=end_missing)
            assert one.state() == other.state()
        one.engine.dispose()
        other.engine.dispose()


@settings(max_examples=examples(12, of=30), deadline=None)
@given(st.lists(ROSTER, min_size=2, max_size=3))
def test_with_end_missing_the_school_is_what_the_last_roster_says(rosters: list[Roster]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = _office(folder)
        for roster in rosters:
            office.bring(*_rows(roster), end_missing=True)
        pupils, _ = rosters[-1]
        assert office.pupils().keys() == pupils.keys()
        assert office.staff().keys() == {"T1", "T2"}
        for number, (guardians, group, mentor) in pupils.items():
            assert office.pupils()[number][1:] == (group, mentor or None)
            assert [name for name, _, _ in office.guardians(number)] == sorted(name for name, _, _ in guardians)
            for name, _, phone in guardians:
                assert not phone or (name, "+86" + phone) in {(n, p) for n, _, p in office.guardians(number)}
        office.engine.dispose()
