"""The unit of work: what fails is taken back, whatever way it was written; what went before and after stays."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models.people import School as SchoolRow
from models.unit import Unit, sql
from models.vault import Vault
from tests.school import School

_RENAME = sql("UPDATE school SET name = :name WHERE id = :id")


@pytest.mark.parametrize("reads_first", [False, True])
def test_a_part_that_fails_takes_its_plain_writes_back(school: School, *, reads_first: bool) -> None:
    with school.engine.begin() as connection:
        unit = Unit(connection, school.vault, datetime.now(UTC))
        for name, fails in (("one", False), ("two", True), ("three", False), ("four", True)):
            try:
                with unit.part():
                    if reads_first:
                        unit.session.exec(select(SchoolRow).where(col(SchoolRow.id) > 0)).all()
                    unit.write(_RENAME, name=name, id=school.ids["school"])
                    unit.queue(bot_id=1, chat_id=2, kind="text", payload="{}", dedupe_key=name)
                    if fails:
                        raise ValueError(name)
            except ValueError:
                assert fails
        unit.finish()
    assert school.run("SELECT name FROM school") == [("three",)]
    assert school.run("SELECT dedupe_key FROM outbox ORDER BY id") == [("one",), ("three",)]


def test_one_of_many_that_fails_is_taken_back_alone(engine: Engine, vault: Vault, school: School) -> None:
    def say(unit: Unit, key: str, *, fails: bool) -> None:
        unit.write(_RENAME, name=key, id=school.ids["school"])
        unit.queue(bot_id=1, chat_id=2, kind="text", payload="{}", dedupe_key=key)
        if fails:
            raise ValueError(key)

    with engine.begin() as connection:
        unit = Unit(connection, vault, datetime.now(UTC))
        with unit.part():
            done = [
                unit.attempt(partial(say, unit, key, fails=fails))
                for key, fails in (("one", False), ("two", True), ("three", False), ("four", True))
            ]
            unit.queue(bot_id=1, chat_id=2, kind="text", payload="{}", dedupe_key="two")
        assert done == [True, False, True, False]
        assert [str(one) for one in unit.faults] == ["two", "four"]
        unit.finish()
    assert school.run("SELECT dedupe_key FROM outbox ORDER BY id") == [("one",), ("three",), ("two",)]
    assert school.run("SELECT name FROM school") == [("three",)]
