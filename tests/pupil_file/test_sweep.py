"""The clock's round through all files: every changed one is found once, a row that cannot be read stops no other, and limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlmodel import Session

from models.base import new_id
from models.pupil_file import allowed, cards, entries, goals, preparing, sweep
from models.pupil_file.allowed import Keeper
from models.unit import Unit
from tests.school import School


@pytest.fixture
def unit(school: School) -> Iterator[Unit]:
    """Seven more pupils of 李明, each with a sentence in the file; both parents have confirmed."""
    with Session(school.engine, expire_on_commit=False) as session:
        for number in range(7):
            school.pupil(session, f"P{number}", f"生{number}", school.ids["李明"], ())
        session.commit()
    school.run("UPDATE guardianship SET confirmed_at = since")
    found = school.unit()
    for number in range(7):
        entries.add_as_mentor(found, keeper(found, school, f"生{number}"), "strength", f"好{number}")
    yield found
    found.connection.close()


def keeper(unit: Unit, school: School, child: str, mentor: str = "李明") -> Keeper:
    found = allowed.mentor(unit, school.ids[child], [school.ids[mentor]])
    assert found is not None
    return found


def changes(unit: Unit, school: School, child: str) -> None:
    """周静 mentors a child from now on."""
    values = {"p": school.ids[child], "m": school.ids["周静"], "id": new_id(), "now": unit.now_ms}
    unit.connection.execute(text("UPDATE mentorship SET until = :now WHERE pupil_id = :p"), values)
    unit.connection.execute(
        text("INSERT INTO mentorship (id, pupil_id, mentor_id, since) VALUES (:id, :p, :m, :now)"), values
    )


def test_each_changed_file_is_found_once_in_small_parts(
    unit: Unit, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "LOOKED_AT", 3)
    monkeypatch.setattr(sweep, "MADE", 2)
    changed = [f"生{number}" for number in (0, 1, 2, 5, 6)]
    for child in changed:
        changes(unit, school, child)
    for _ in range(12):
        sweep.look(unit)
    rows = unit.connection.execute(text("SELECT pupil_id FROM handover")).all()
    assert sorted(row.pupil_id for row in rows) == sorted(school.ids[child] for child in changed)
    for _ in range(6):
        sweep.look(unit)
    assert len(unit.connection.execute(text("SELECT id FROM handover")).all()) == 5


def test_a_row_that_cannot_be_read_stops_no_other(unit: Unit, school: School) -> None:
    for child in ("生0", "生1"):
        changes(unit, school, child)
    unit.connection.execute(
        text("UPDATE file_entry SET sealed_text = :no WHERE pupil_id = :p"), {"no": b"xx", "p": school.ids["生0"]}
    )
    sweep.look(unit)
    assert len(unit.faults) == 1
    rows = unit.connection.execute(text("SELECT pupil_id FROM handover")).all()
    assert [row.pupil_id for row in rows] == [school.ids["生1"]]


def test_what_was_written_before_the_clock_looked_is_not_taken_for_the_new_mentor_s(unit: Unit, school: School) -> None:
    changes(unit, school, "生0")
    new = keeper(unit, school, "生0", "周静")
    entries.add_as_mentor(unit, new, "habit", "新的")
    sweep.look(unit)
    assert [one.text for one in entries.of_keeper(unit, new)] == ["新的"]
    row = unit.connection.execute(text("SELECT id FROM handover")).one()
    card = cards.one(unit, row.id)
    assert card is not None
    assert [one.text for one in cards.items(unit, card, school.ids["王芳"])] == ["好0"]


def test_there_is_an_end_to_entries_goals_and_what_stands_on_a_card(unit: Unit, school: School) -> None:
    one, father = keeper(unit, school, "张小雨"), school.ids["张强"]
    made = [entries.add_as_mentor(unit, one, "habit", f"习惯{number}") for number in range(entries.MOST + 1)]
    assert made.count(None) == 1
    mine = [
        entries.add_as_guardian(unit, one.pupil_id, father, "works", f"法{n}") for n in range(entries.MOST // 2 + 1)
    ]
    assert mine.count(None) == 1
    # There is room again once something was taken out.
    assert made[0] is not None
    assert entries.end(unit, made[0])
    assert entries.add_as_mentor(unit, one, "habit", "再一个") is not None
    facts = preparing.gather(unit, one.pupil_id, 0, [father, school.ids["王芳"]])
    assert [fact.kind for fact in facts] == ["habit"] * preparing.OF_A_KIND + ["works"] * preparing.OF_A_KIND
    asked = 0
    for number in range(goals.OF_A_DAY + 2):
        row = goals.propose(unit, one.pupil_id, None, f"目标{number}", father, by_guardian=True)
        if row is not None:
            asked += 1
            goal = goals.of_guardian(unit, one.pupil_id, father)[0]
            assert goals.drop(unit, goal, by_guardian=True)
    assert asked == goals.OF_A_DAY
    row = goals.propose(unit, one.pupil_id, None, "目标", one.person_id, by_guardian=False)
    worded = 0
    while goals.reword(unit, goals.of_guardian(unit, one.pupil_id, father)[0], "x", father, by_guardian=True):
        worded += 1
    assert row is not None
    assert worded == goals.WORDINGS - 1


def test_what_one_guardian_suggests_takes_no_room_of_the_others(unit: Unit, school: School) -> None:
    pupil, ids = school.ids["张小雨"], school.ids
    for number in range(goals.MOST):
        assert goals.propose(unit, pupil, None, f"目标{number}", ids["张强"], by_guardian=True) is not None
    assert goals.propose(unit, pupil, None, "多一个", ids["张强"], by_guardian=True) is None
    assert goals.propose(unit, pupil, None, "妈妈的", ids["王芳"], by_guardian=True) is not None
    assert goals.propose(unit, pupil, None, "老师的", ids["李明"], by_guardian=False) is not None


def test_kinds_that_a_guardian_may_not_add_and_results_that_are_none(unit: Unit, school: School) -> None:
    with pytest.raises(ValueError, match="note"):
        entries.add_as_guardian(unit, school.ids["张小雨"], school.ids["张强"], "note", "x")
    with pytest.raises(ValueError, match="chat"):
        entries.add_as_mentor(unit, keeper(unit, school, "张小雨"), "chat", "x")
    row = goals.propose(unit, school.ids["张小雨"], None, "目标", school.ids["李明"], by_guardian=False)
    goal = goals.of_keeper(unit, keeper(unit, school, "张小雨"))[0]
    assert goal.id == row
    assert not goals.look_back(unit, goal, school.ids["李明"], goals.REACHED, by_guardian=False)
    with pytest.raises(ValueError, match="best"):
        goals.look_back(unit, goal, school.ids["李明"], "best", by_guardian=False)
