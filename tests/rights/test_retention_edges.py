"""What retention must not pass over and must not take: late rows, an open case, who was a guardian, one part that fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import access
from models.base import new_id, to_ms
from models.rights import report, retention
from models.rights.rules import RetentionRules
from tests.rights.test_edges import joined, open_case, put
from tests.school import School

RULES = RetentionRules()
DAY = 86_400_000


def _forget(school: School, days: float, rules: RetentionRules = RULES, times: int = 25) -> None:
    """Lets the clock look so often that every part has had its turn."""
    for _ in range(times):
        unit = school.unit()
        unit.now += timedelta(days=days)
        retention.tick(unit, rules)
        unit.finish()
        unit.connection.commit()
        unit.connection.close()


def _keep(school: School, *rows: tuple[str, dict[str, object]]) -> None:
    unit = school.unit()
    for table, values in rows:
        put(unit, table, **values)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


def test_a_form_of_an_account_that_stands_before_others_is_forgotten_too(school: School) -> None:
    unit = school.unit()
    first, second = joined(unit, school, "张强", 71), joined(unit, school, "王芳", 72)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    form = "INSERT INTO form (account_id, kind, subject_id, extra, asked_at) VALUES (:account, 'lkreason', 1, '', :at)"
    school.run(form, account=second, at=to_ms(school.now))
    _forget(school, 8)
    assert school.run("SELECT account_id FROM form") == []
    school.run(form, account=first, at=to_ms(school.now))
    _forget(school, 20)
    assert school.run("SELECT account_id FROM form") == []


def test_words_that_come_late_are_forgotten_when_they_are_old(school: School) -> None:
    """The walk has passed the row while there was nothing in it and it was not over."""
    unit = school.unit()
    rows = {1: (False, False), 2: (True, False), 3: (True, True)}
    forgotten: list[int] = []

    def look(after: int, _below: int) -> list[tuple[int, bool, bool]]:
        return [(number, *row) for number, row in sorted(rows.items()) if number > after]

    retention._walk(unit, "test", unit.now_ms, look, forgotten.extend)
    rows[1] = (True, True)
    retention._walk(unit, "test", unit.now_ms, look, forgotten.extend)
    unit.connection.rollback()
    unit.connection.close()
    assert forgotten[:2] == [3, 1]


def test_one_part_that_fails_keeps_none_of_the_others_back(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("out of order")

    monkeypatch.setattr(access, "prune_all", broken)
    school.run("UPDATE pupil SET ended_at = :now WHERE id = :id", now=to_ms(school.now), id=school.ids["陈晨"])
    _forget(school, 401, times=10)
    assert str(school.run("SELECT number FROM pupil WHERE id = :id", id=school.ids["陈晨"])[0][0]).startswith("~")


def test_a_closed_case_stays_as_long_as_the_log(school: School) -> None:
    unit = school.unit()
    case = open_case(unit, school)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    school.run("UPDATE safety_case SET state = 'closed', closed_at = :now", now=to_ms(school.now))
    rules = RetentionRules(cases=365, access=1100)
    _forget(school, 400, rules)
    assert school.run("SELECT id FROM safety_case") == [(case,)]
    _forget(school, 1101, rules)
    assert school.run("SELECT id FROM safety_case") == []


def test_the_file_waits_for_an_open_case(school: School) -> None:
    now = to_ms(school.now)
    unit = school.unit()
    open_case(unit, school)
    row = new_id()
    put(
        unit,
        "file_entry",
        id=row,
        pupil_id=school.ids["张小雨"],
        kind="strength",
        level=1,
        shown=True,
        sealed_text=unit.vault.seal("file_entry", row, "text", "会下棋"),
        author_id=school.ids["李明"],
        by_guardian=False,
        at=now,
        ended_at=now,
    )
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    _forget(school, 401)
    assert len(school.run("SELECT id FROM file_entry")) == 1
    school.run("UPDATE safety_case SET state = 'closed', closed_at = :now", now=now)
    _forget(school, 402)
    assert school.run("SELECT id FROM file_entry") == []


@pytest.mark.parametrize("protected", [False, True])
def test_who_was_a_guardian_of_a_child_that_is_still_here_goes_unless_it_is_protected(
    school: School, protected: bool
) -> None:
    ids, now = school.ids, to_ms(school.now)
    school.run("UPDATE guardianship SET until = :now WHERE person_id = :id", now=now, id=ids["张强"])
    school.run("UPDATE person SET ended_at = :now WHERE id = :id", now=now, id=ids["张强"])
    if protected:
        _keep(school, ("no_contact", {"person_id": ids["张强"], "set_by": ids["赵主任"], "since": now}))
    unit = school.unit()
    unit.now += timedelta(days=401)
    told = {one.kind: one.rows for one in report.report(unit, RULES)}
    unit.connection.rollback()
    unit.connection.close()
    assert told["identity"] == (0 if protected else 1)
    _forget(school, 401)

    def name(whose: str) -> str:
        row = bytes(school.run("SELECT sealed_name FROM person WHERE id = :id", id=ids[whose])[0][0])  # type: ignore[call-overload]
        return school.vault.open("person", ids[whose], "name", row)

    assert (name("张强"), name("王芳")) == ("张强" if protected else "", "王芳")
    assert not school.run("SELECT id FROM pupil WHERE number LIKE '~%'")
