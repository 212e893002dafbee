"""What an erasure must not miss and must not take: words on their way, what is to be taken out of a chat, an open case, staff."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers import say
from handlers.rights import export
from models import reaching
from models.base import new_id
from models.pupil_file import entries
from models.queues import Lane
from models.rights import corrections, erasing, exports, looks
from models.rights.erasing import Scope
from models.standing import Self, Standing, standing
from models.unit import Unit, sql
from tests.events.class_of_parents import done, planned, unit_of
from tests.school import Bot, School

USER = 77


def put(unit: Unit, table: str, **values: Any) -> int:
    """Writes a row; answers its id."""
    row = int(values.setdefault("id", new_id()))
    names = ", ".join(values)
    unit.write(sql(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{one}' for one in values)})"), **values)
    return row


def joined(unit: Unit, school: School, name: str, user: int = USER, language: str = "zh_CN") -> int:
    """The person has an account, and is confirmed for each child."""
    account = put(
        unit,
        "account",
        bot_id=1,
        user_id=user,
        language=language,
        language_chosen=False,
        reachable=True,
        wrong_links=0,
        created_at=0,
    )
    unit.write(sql("UPDATE person SET account_id = :account WHERE id = :id"), account=account, id=school.ids[name])
    unit.write(sql("UPDATE guardianship SET confirmed_at = 1 WHERE person_id = :id"), id=school.ids[name])
    return account


def talk_of(unit: Unit, school: School, *states: str) -> list[int]:
    """Messages of the father in these states."""
    ids = school.ids
    thread = put(unit, "thread", pupil_id=ids["张小雨"], guardian_id=ids["张强"], mentor_id=ids["李明"])
    found = []
    for state in states:
        row = new_id()
        put(
            unit,
            "message",
            id=row,
            thread_id=thread,
            by_guardian=True,
            kind="text",
            sealed_body=unit.vault.seal("message", row, "body", '{"t": "x", "s": []}'),
            state=state,
            held_for="hours" if state == "held" else None,
            due_at=unit.now_ms + 1000 if state == "held" else None,
            hurried=False,
            written_at=unit.now_ms - 1000,
        )
        found.append(row)
    return found


def open_case(unit: Unit, school: School) -> int:
    """Something about the child is in people's hands."""
    return put(
        unit,
        "safety_case",
        school_id=school.ids["school"],
        pupil_id=school.ids["张小雨"],
        by_guardian=False,
        found_by="button",
        state="open",
        opened_at=unit.now_ms - 5000,
    )


@pytest.fixture
def unit(school: School) -> Any:
    """A unit that is not kept."""
    found = school.unit()
    yield found
    found.connection.rollback()
    found.connection.close()


def test_what_waits_for_its_hour_does_not_go_out_after_an_erasure_also_with_a_case(unit: Unit, school: School) -> None:
    joined(unit, school, "李明", 78)
    talk_of(unit, school, "held", "queued")
    open_case(unit, school)
    erasing.erase(unit, [Scope("line", school.ids["张强"], school.ids["张小雨"])], None)
    unit.now += timedelta(hours=1)
    assert reaching.release_due(unit) == ([], [])
    rows = unit.execute(sql("SELECT state, LENGTH(sealed_body) > 0 AS kept FROM message")).all()
    assert [(row.state, bool(row.kept)) for row in rows] == [("recalled", True)] * 2


def test_what_is_to_be_taken_out_of_the_chat_still_is_when_all_is_erased(unit: Unit, school: School) -> None:
    joined(unit, school, "张强")
    for kind, payload in ((say.ERASE, say.erase_at(5)), ("text", "{}")):
        unit.queue(answers=True, bot_id=1, chat_id=USER, kind=kind, lane=Lane.LATER, payload=payload)
    unit.flush()
    erasing.erase(unit, [Scope("guardian", school.ids["张强"])], None)
    rows = unit.execute(sql("SELECT kind, state FROM outbox ORDER BY id")).all()
    assert [(row.kind, row.state) for row in rows] == [(say.ERASE, "waiting"), ("text", "cancelled")]


def test_what_a_delivery_had_in_its_hands_is_taken_out_of_the_chat_by_the_sweep(unit: Unit, school: School) -> None:
    message = talk_of(unit, school, "queued")[0]
    erasing.erase(unit, [Scope("line", school.ids["张强"], school.ids["张小雨"])], None)
    unit.write(
        sql(
            "INSERT INTO place (bot_id, chat_id, place_id, thread_id, message_id, part, origin)"
            " SELECT 1, 78, 9, thread_id, id, 0, :no FROM message WHERE id = :id"
        ),
        id=message,
        no=False,
    )
    assert erasing.sweep(unit) == []
    unit.now += timedelta(minutes=11)
    assert erasing.sweep(unit) == [erasing.Copy(1, 78, 9)]
    assert not unit.execute(sql("SELECT 1 FROM place")).all()
    unit.now += timedelta(days=2)
    assert erasing.sweep(unit) == []


def test_own_words_of_the_file_wait_for_an_open_case_and_are_not_seen(unit: Unit, school: School) -> None:
    ids = school.ids
    case = open_case(unit, school)
    entries.add_as_guardian(unit, ids["张小雨"], ids["张强"], "strength", "会下棋")
    unit.now += timedelta(minutes=1)
    erasing.erase(unit, [Scope("line", ids["张强"], ids["张小雨"])], None)
    assert unit.execute(sql("SELECT 1 FROM file_entry")).all()
    assert entries.of_guardian(unit, ids["张小雨"], ids["张强"]) == []
    unit.now += timedelta(minutes=1)
    entries.add_as_guardian(unit, ids["张小雨"], ids["张强"], "strength", "会游泳")
    unit.write(sql("UPDATE safety_case SET state = 'closed', closed_at = 1 WHERE id = :id"), id=case)
    unit.now += timedelta(minutes=11)
    erasing.sweep(unit)
    assert [one.text for one in entries.of_guardian(unit, ids["张小雨"], ids["张强"])] == ["会游泳"]
    assert len(unit.execute(sql("SELECT 1 FROM file_entry")).all()) == 1


async def test_a_teacher_who_is_a_guardian_too_keeps_a_teachers_seat(bot: Bot) -> None:
    event = planned(bot, bot.clock.now().replace(hour=11))
    unit, ids = unit_of(bot), bot.school.ids
    for name in ("李明", "张强"):
        unit.write(sql("INSERT INTO event_guest (event_id, person_id) VALUES (:event, :id)"), event=event, id=ids[name])
        erasing.erase(unit, [Scope("guardian", ids[name])], None)
    left = [row.person_id for row in unit.execute(sql("SELECT person_id FROM event_guest"))]
    done(unit)
    assert left == [ids["李明"]]


def test_a_sixth_correction_is_refused_and_one_in_place_of_another_is_not(unit: Unit, school: School) -> None:
    ids = school.ids
    for name, user in (("王芳", USER), ("张强", 79)):
        joined(unit, school, name, user)
    who = standing(unit, 1, USER)
    assert who is not None

    def asks(field: str, child: str = "") -> int | None:
        return corrections.ask(unit, who, ids["王芳"], ids[child] if child else None, field, "新")

    for field, child in (("name", ""), ("phone", ""), ("child", "张小雨"), ("child", "张小阳"), ("relation", "张小雨")):
        assert asks(field, child)
    assert asks("relation", "张小阳") is None
    assert asks("name")
    for _ in range(10):
        asks("name")
    unit.write(sql("UPDATE correction SET at = at + 1 WHERE state = 'open'"))
    assert asks("name") is None
    rows = unit.execute(sql("SELECT field FROM correction WHERE state = 'open' AND field = 'name'")).all()
    assert len(rows) == 1


def test_who_is_staff_at_two_schools_asks_as_an_admin_of_the_childs(unit: Unit, school: School) -> None:
    talk_of(unit, school, "delivered")
    joined(unit, school, "赵主任")
    who = standing(unit, 1, USER)
    assert isinstance(who, Standing)
    side = looks.sides(unit, who, "S1")[0]
    who.selves.insert(0, Self(1, 1, "别处", True, (0, 0)))
    row = looks.ask(unit, who, side, "有人来学校问过")
    assert row is not None
    found = looks.look(unit, row)
    assert found is not None
    assert found.asked_by == school.ids["赵主任"]


def test_a_copy_that_failed_is_told_in_the_persons_language(unit: Unit, school: School) -> None:
    account = joined(unit, school, "张强", language="en")
    row = put(
        unit,
        "data_export",
        account_id=account,
        bot_id=1,
        user_id=USER,
        kind="copy",
        extra="",
        state="asked",
        attempts=exports.TRIES - 1,
        at=unit.now_ms,
    )
    export.not_made(unit, exports.Wanted(row, 1, USER))
    assert "could not" in unit.queued[0].payload
