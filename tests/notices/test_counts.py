"""The numbers of a notice: all its people are in them, nobody twice, and they come from the index alone."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from models import freezing
from models.notices import counts, ends, mending, panels, running
from models.notices.states import With
from models.notices.tables import Notice
from models.unit import Unit, sql
from tests.notices.test_list import BOT, morning
from tests.notices.written import planned
from tests.school import School

HOUR = 3_600_000


def filled(school: School) -> tuple[Unit, Notice, dict[With, int]]:
    """A notice with some people in each state; of those who wait three rest."""
    school.run("INSERT INTO bot (id, username) VALUES (:bot, 'x')", bot=BOT)
    unit = morning(school)
    notice = planned(unit, school, BOT)
    many = {state: number + 1 for number, state in enumerate(With)}
    for state, count in many.items():
        for _ in range(count):
            count_one(unit, school, notice, state)
    unit.write(
        sql("UPDATE notice_recipient SET state = 'waiting', due_at = :due WHERE state = 'ended'"),
        due=unit.now_ms + HOUR,
    )
    return unit, notice, many


def count_one(unit: Unit, school: School, notice: Notice, state: With) -> None:
    """One more person in that state."""
    person = school.person(unit.session, f"某{state}")
    unit.session.flush()
    unit.write(
        sql(
            "INSERT INTO notice_recipient (notice_id, person_id, bot_id, class_id, family, state, due_at, places, version,"
            " sent_at) VALUES (:notice, :person, :bot, :class, :yes, :state, 0, '', 1, :sent)"
        ),
        **{"class": school.ids["class"]},
        notice=notice.id,
        person=person,
        bot=BOT,
        yes=True,
        state=state.value,
        sent=unit.now_ms if state in (With.SENT, With.LISTED) else None,
    )


def test_everybody_is_counted_once(school: School) -> None:
    unit, notice, many = filled(school)
    found = counts.of(unit, notice.id)
    assert found.everyone == sum(many.values())
    assert found.waiting == many[With.WAITING]
    assert found.resting == many[With.ENDED]
    assert found.first_at == found.last_at == unit.now_ms + HOUR
    assert found.left == many[With.WAITING] + many[With.QUEUED]
    assert found.in_list == many[With.DIGEST] + many[With.LISTED]
    assert found.cannot == sum(many[one] for one in (With.BLOCKED, With.UNJOINED, With.FAILED, With.WITHHELD))
    [one] = counts.by_class(unit, notice)
    assert (one.label, one.school, one.read) == ("五年级2班", "实验小学", 0)
    assert one.have == many[With.SENT] + many[With.LISTED]
    assert one.invited == many[With.UNJOINED] + many[With.BLOCKED]
    wide, parts = counts.over_time(unit, notice)
    assert wide == 1000
    assert [people for _, people in parts] == [many[With.SENT] + many[With.LISTED]]
    unit.connection.close()


@pytest.mark.parametrize("spread", [0, 23, 24, 3_000, 400 * 86_400])
def test_the_chart_has_few_bars_and_all_people(school: School, spread: int) -> None:
    unit, notice, _ = filled(school)
    unit.write(sql("UPDATE notice_recipient SET sent_at = sent_at + :more WHERE state = 'listed'"), more=spread * 1000)
    _, parts = counts.over_time(unit, notice)
    assert 1 <= len(parts) <= counts.MOST_PARTS + 1
    assert (
        sum(people for _, people in parts)
        == unit.execute(text("SELECT COUNT(*) AS many FROM notice_recipient WHERE sent_at IS NOT NULL")).one().many
    )
    unit.connection.close()


PLANS = {
    "counts": (counts._BY_STATE, "COVERING INDEX ix_notice_recipient_state"),
    "ahead": (mending._AHEAD, "ix_outbox_notice"),
    "open": (running._OPEN, "ix_outbox_sending"),
    "locked": (running._LOCKS["sqlite"], "ix_outbox_notice"),
    "ill": (ends._ILL, "ix_outbox_notice"),
    "freeze": (freezing._FREEZE, "ix_outbox_author"),
    "lift": (freezing._LIFT, "ix_outbox_author"),
    "writers": (freezing._WRITERS, "ix_outbox_author"),
    "panel": (panels._WAITS, "ix_outbox_of_chat"),
    "next": (mending._NEXT, "PRIMARY KEY|sqlite_autoindex_notice_recipient_1"),
}


@pytest.mark.parametrize("what", sorted(PLANS))
def test_nothing_looks_through_the_whole_outbox_or_all_recipients(school: School, what: str) -> None:
    statement, index = PLANS[what]
    unit, _, _ = filled(school)
    if unit.connection.dialect.name == "sqlite":
        values = dict.fromkeys(("notice", "before", "bot", "chat", "after", "most"), 1)
        names = {one: values[one] for one in values if f":{one}" in statement.text}
        plan = str(unit.execute(text(f"EXPLAIN QUERY PLAN {statement.text}"), **names).all())
        assert any(one in plan for one in index.split("|")), plan
        assert "SCAN o'" not in plan
        assert "SCAN outbox'" not in plan
    unit.connection.close()
