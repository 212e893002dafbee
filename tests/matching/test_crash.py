"""The process ends at any line while a round goes live: each pupil is changed once, each family is told once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from handlers.context import SchoolSettings
from handlers.matching import menu, spread
from handlers.say import sign
from models.matching import going_live
from models.people import Account
from models.unit import Unit, sql
from tests.matching.test_going_live import begun, mentor_of, now
from tests.school import School


class Killed(BaseException):
    """Nothing catches it, as nothing catches kill -9."""


def test_killed_at_every_write(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    unit, ids = school.unit(), school.ids
    for number, name in enumerate(("王芳", "张强", "刘敏", "李明", "周静", "赵主任")):
        account = Account(bot_id=1, user_id=100 + number, created_at=unit.now)
        unit.session.add(account)
        unit.session.flush()
        unit.write(sql("UPDATE person SET account_id = :a WHERE id = :p"), a=account.id, p=ids[name])
    unit.write(sql("UPDATE guardianship SET confirmed_at = :now"), now=unit.now_ms)
    round_ = begun(school, unit, {"张小雨": "周静", "陈晨": "李明"})
    unit.write(sql("UPDATE match_pupil SET wished_by = :p WHERE pupil_id = :c"), p=ids["刘敏"], c=ids["陈晨"])
    assert going_live.go(unit, now(unit, round_.id))
    unit.finish()
    unit.connection.commit()
    unit.connection.close()

    plain, count, last = Unit.write, [0], [1]

    def write(self: Unit, statement: Any, **values: Any) -> int:
        count[0] += 1
        if count[0] == last[0]:
            raise Killed
        return plain(self, statement, **values)

    monkeypatch.setattr(Unit, "write", write)
    kills = 0
    while True:
        part = school.unit()
        count[0] = 0
        try:
            with part.part():
                _ = part.session
                more = spread.turn(part, 1, SchoolSettings(keep_hours=False))
            part.finish()
            assert part.faults == []
        except Killed:
            part.connection.rollback()
            part.connection.close()
            last[0] += 1
            kills += 1
            continue
        part.connection.commit()
        part.connection.close()
        last[0] = 1
        if not more:
            break
    monkeypatch.undo()
    assert kills > 20
    unit = school.unit()
    assert [mentor_of(school, unit, name) for name in ("张小雨", "张小阳", "陈晨")] == [
        ids["周静"],
        ids["李明"],
        ids["李明"],
    ]
    rows = unit.execute(sql("SELECT pupil_id FROM mentorship")).all()
    assert Counter(row.pupil_id for row in rows) == {ids["张小雨"]: 2, ids["张小阳"]: 1, ids["陈晨"]: 2}
    chats = Counter(
        (row.chat_id, row.dedupe_key.split(":")[0 if row.dedupe_key.startswith("mentor") else 2])
        for row in unit.connection.execute(text("SELECT chat_id, dedupe_key FROM outbox WHERE dedupe_key IS NOT NULL"))
    )
    assert chats == {
        (100, "mentor"): 1,
        (101, "mentor"): 1,
        (102, "mentor"): 1,
        (102, "outcome"): 1,
        (103, "list"): 1,
        (104, "list"): 1,
        (105, "over"): 1,
    }
    unit.connection.close()


def test_every_button_fits(school: School) -> None:
    """A button's data has 64 bytes at most, with the longest ids there are."""
    for name, press in menu.PRESSES.items():
        longest = [2**62, 2**62, 999][: len(press.args)] if press.args.count(int) == 3 else [2**62] * len(press.args)
        args = [one if kind is int else "school" for kind, one in zip(press.args, longest, strict=True)]
        assert len(sign(school.vault, 10**10, 10**10, name, *args)) <= 64, name
