"""Who looked at what is a chain: a line that was changed, removed or put in is found, and so is an end that was cut off."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import TextClause, text

from models import access
from models.unit import Unit
from tests.school import School


def _look(school: School, what: str, reason: str = "", pupil: str = "张小雨", who: str = "赵主任") -> None:
    unit = school.unit()
    access.note(unit, school.ids[who], school.ids[pupil], what, reason)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


def _verify(school: School, number: int = 0, code: str = "") -> access.Checked:
    unit = school.unit()
    try:
        return access.verify(unit, school.ids["school"], number, code)
    finally:
        unit.connection.rollback()
        unit.connection.close()


def test_a_chain_that_nobody_touched_holds_and_an_earlier_code_still_fits(school: School) -> None:
    assert _verify(school) == access.Checked(0, 0, None, access.code_of(access.START))
    _look(school, "file")
    _look(school, "file")
    early = _verify(school)
    assert (early.lines, early.broken_at) == (1, None)  # the second look within a quarter of an hour is the same one
    _look(school, "thread", "两位家长都来问过，我需要看一下记录")
    _look(school, "thread", "第二次")
    now = _verify(school, early.number, early.code.lower().replace("-", " "))
    assert (now.lines, now.broken_at, now.expected) == (3, None, True)
    assert _verify(school, early.number, "AAAA-BBBB-CCCC").expected is False
    assert _verify(school, 99, early.code).expected is False


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE access SET at = at + 1 WHERE number = 2",
        "UPDATE access SET what = 'file' WHERE number = 2",
        "UPDATE access SET guardian_id = 1 WHERE number = 2",
        "UPDATE access SET person_id = person_id + 1 WHERE number = 2",
        "UPDATE access SET sealed_reason = (SELECT sealed_reason FROM access WHERE number = 3) WHERE number = 2",
        "UPDATE access SET reason_hash = NULL, sealed_reason = NULL WHERE number = 2",
        "DELETE FROM access WHERE number = 2",
    ],
)
def test_a_line_that_was_changed_is_found(school: School, tampering: str) -> None:
    for reason in ("一", "二", "三"):
        _look(school, "thread", reason)
    with school.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA foreign_keys=OFF"))
        if "person_id" in tampering:
            tampering = tampering.replace("person_id + 1", str(school.ids["李明"]))
        connection.execute(text(tampering))
    assert _verify(school).broken_at == 2


def test_an_end_that_was_cut_off_is_found(school: School) -> None:
    for reason in ("一", "二", "三"):
        _look(school, "thread", reason)
    kept = _verify(school)
    school.run("DELETE FROM access WHERE number = 3")
    assert _verify(school).broken_at == 3
    # Also where the head was set back with it: the code that was kept no longer fits.
    school.run(
        "UPDATE access_chain SET number = 2, digest = (SELECT digest FROM access WHERE number = 2)"
        " WHERE school_id = :school",
        school=school.ids["school"],
    )
    assert _verify(school).broken_at is None
    assert _verify(school, kept.number, kept.code).expected is False


def test_a_reason_can_be_erased_and_the_chain_holds(school: School) -> None:
    for reason in ("一", "二", "三"):
        _look(school, "thread", reason)
    school.run("UPDATE access SET sealed_reason = NULL WHERE number = 2")
    assert _verify(school).broken_at is None


def test_several_children_are_one_stretch_of_the_chain(school: School) -> None:
    unit = school.unit()
    pupils = [school.ids[name] for name in ("张小雨", "张小阳", "陈晨")]
    assert access.note_all(unit, school.ids["赵主任"], pupils, "slips") == 3
    assert access.note_all(unit, school.ids["赵主任"], pupils, "slips") == 0
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    assert (_verify(school).lines, _verify(school).broken_at) == (3, None)


@pytest.mark.parametrize("meanwhile", ["another looks", "old lines go"])
def test_what_happens_while_it_is_gone_through_is_no_fault(
    school: School, meanwhile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for reason in ("一", "二"):
        _look(school, "thread", reason)
    unit, execute = school.unit(), Unit.execute
    done: list[bool] = []

    def between(self: Unit, statement: TextClause, **values: Any) -> Any:
        if statement is access._LINES and not done:
            done.append(True)
            if meanwhile == "another looks":
                access.note(self, school.ids["赵主任"], school.ids["张小雨"], "thread", "三")
            else:
                assert access.prune(self, school.ids["school"], self.now_ms + 1, 1) == 1
        return execute(self, statement, **values)

    monkeypatch.setattr(Unit, "execute", between)
    found = access.verify(unit, school.ids["school"])
    unit.connection.rollback()
    unit.connection.close()
    assert (found.broken_at, found.number) == (None, 3 if meanwhile == "another looks" else 2)
