"""A while after an event only sums are left, and one row that cannot be read keeps nobody else waiting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.base import new_id
from models.events import closing, events, feedback, questions, replies, signin
from models.events.rules import EventRules
from models.events.states import EventState, Reply
from models.unit import Unit
from tests.school import School

RULES = EventRules()
TABLES = ("event_here", "event_feedback", "event_reply", "event_guest", "event_telling", "topic_vote")


def at(school: School, now: datetime) -> Unit:
    """A unit of work at a moment; its caller ends it."""
    unit = school.unit()
    unit.now = now
    return unit


def done(unit: Unit) -> None:
    """Commits and closes."""
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


def held(school: School, kind: str = "parent_class", days: int = 1, **more: object) -> int:
    """An event that ended so many days ago, with people, answers and questions."""
    unit = at(school, datetime.now(UTC) - timedelta(days=days, hours=2))
    starts = unit.now_ms + 60_000
    row = events.plan(
        unit,
        school_id=school.ids["school"],
        kind=kind,
        state=EventState.ANNOUNCED,
        host_id=school.ids["李明"],
        starts_at=starts,
        ends_at=starts + 60_000,
        actor=None,
        place="三号楼",
        **({"classes": [school.ids["class"]]} | more),  # type: ignore[arg-type]
    )
    replies.give(unit, row, school.ids["王芳"], Reply.COME, 2)
    done(unit)
    unit = at(school, datetime.now(UTC) - timedelta(days=days, hours=1))
    events.move(unit, row, EventState.HELD, None)
    account = new_id()
    unit.connection.exec_driver_sql(
        "INSERT INTO account (id, bot_id, user_id, language, language_chosen, reachable, wrong_links, created_at)"
        f" VALUES ({account}, 1, {account % 10**9}, 'zh_CN', false, true, 0, 1)"
    )
    event = events.must(unit, row)
    signin.sign(unit, event, account, 2, "button", guest=False)
    for name in ("王芳", "张强", "刘敏", "周静", "赵主任"):
        feedback.give(unit, event, school.ids[name], helped=4, usable=3)
    asked = questions.ask(unit, event, school.ids["王芳"], "几点睡好？", private=False)
    alone = questions.ask(unit, event, school.ids["张强"], "我家的事", private=True)
    assert asked is not None
    assert alone is not None
    questions.answer(unit, asked.id, "九点半")
    done(unit)
    return row


def close(school: School, days: int = 0) -> None:
    unit = at(school, datetime.now(UTC) + timedelta(days=days))
    closing.close_due(unit, RULES)
    closing.forget_old(unit, RULES)
    done(unit)


def test_sums_stay_and_nobody_can_look_up_who_it_was(school: School) -> None:
    row = held(school)
    close(school)
    assert school.run("SELECT closed_at FROM event WHERE id = :id", id=row) == [(None,)]
    close(school, days=RULES.keep_days + 1)
    found = school.run("SELECT people, signed_up, answers, help_sum, use_answers FROM event WHERE id = :id", id=row)
    assert found == [(2, 2, 5, 20, 5)]
    for table in TABLES:
        assert school.run(f"SELECT COUNT(*) FROM {table} WHERE event_id = :id", id=row) == [(0,)], table
    assert school.run("SELECT person_id FROM event_question WHERE event_id = :id", id=row) == [(None,)]


def test_of_a_consultation_nothing_is_left_but_that_there_was_one(school: School) -> None:
    row = held(
        school, "consultation", classes=[], guests=[school.ids["王芳"]], pupil_id=school.ids["张小雨"], own_topic="秘密"
    )
    close(school, days=RULES.keep_days + 1)
    found = school.run("SELECT pupil_id, sealed_topic, sealed_place, closed_at FROM event WHERE id = :id", id=row)
    assert found[0][:3] == (None, None, None)
    assert found[0][3] is not None


def test_a_row_that_cannot_be_read_is_passed_over(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = held(school, days=3), held(school, days=2)
    must = events.must

    def breaks(unit: Unit, event_id: int) -> object:
        if event_id == bad:
            raise ValueError("unreadable")
        return must(unit, event_id)

    monkeypatch.setattr(events, "must", breaks)
    unit = at(school, datetime.now(UTC) + timedelta(days=RULES.keep_days + 1))
    closing.close_due(unit, RULES)
    assert [str(one) for one in unit.faults] == ["unreadable"]
    done(unit)
    rows = {row[0]: row[1] for row in school.run("SELECT id, closed_at FROM event")}
    assert rows[bad] is None
    assert rows[good] is not None
