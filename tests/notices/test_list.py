"""The list of a notice's people and who of them comes next: rules on rows."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import SchoolSettings
from handlers.notices import feed
from models.notices import attention, fanout
from models.notices.rules import NoticeRules
from models.unit import Unit
from tests.notices.written import planned
from tests.school import School, until_morning

BOT = 77


def joins(school: School, name: str, user: int) -> None:
    """Somebody's account, without the walk."""
    row = school.ids[name]
    school.run(
        "INSERT INTO account (id, bot_id, user_id, language, language_chosen, reachable, wrong_links, created_at)"
        " VALUES (:row, :bot, :user, 'zh_CN', false, true, 0, 0)",
        row=row,
        bot=BOT,
        user=user,
    )
    school.run("UPDATE person SET account_id = :row WHERE id = :row", row=row)
    school.run("UPDATE guardianship SET confirmed_at = 1 WHERE person_id = :row", row=row)


def morning(school: School) -> Unit:
    """A unit of work at ten in the morning."""
    unit = school.unit()
    unit.now += until_morning(unit.now)
    return unit


def feeds(unit: Unit, **rules: int) -> None:
    """One look of the clock."""
    with unit.part():
        while fanout.tick(unit):
            pass
        while feed.tick(unit, BOT, SchoolSettings(notices=NoticeRules(**rules))):
            pass
        feed.ends(unit)


def states(unit: Unit, notice_id: int) -> dict[int, str]:
    """Each person's state, by the account's number."""
    from models.unit import sql

    rows = unit.execute(sql("SELECT person_id, state FROM notice_recipient WHERE notice_id = :id"), id=notice_id)
    return {row.person_id: row.state for row in rows}


def test_everybody_has_one_row_and_what_is_over_the_weeks_few_waits_for_the_list(school: School) -> None:
    for number, name in enumerate(("王芳", "张强", "刘敏")):
        joins(school, name, 100 + number)
    unit = morning(school)
    found = [planned(unit, school, BOT).id for _ in range(3)]
    feeds(unit, per_week=2)
    assert [set(states(unit, one).values()) for one in found] == [{"queued"}, {"queued"}, {"digest"}]
    urgent = planned(unit, school, BOT, emergency=True).id
    feeds(unit, per_week=2)
    assert set(states(unit, urgent).values()) == {"queued"}
    unit.now += timedelta(days=7)
    later = planned(unit, school, BOT).id
    feeds(unit, per_week=2)
    assert set(states(unit, later).values()) == {"queued"}
    assert attention.week_of(unit.now, "Asia/Shanghai") > 202600
    unit.connection.close()
