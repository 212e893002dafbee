"""What is too old goes by itself, in small parts; what has to stay stays; the report says beforehand what would go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from models import access
from models.base import new_id, to_ms
from models.checklist import coverage
from models.rights import ages, report, retention
from models.rights.rules import RetentionRules
from models.unit import Unit, sql
from tests.rights.people import CANARY, mydata, talk
from tests.school import Bot, School

DAY = 86_400_000
RULES = RetentionRules()


def _unit(school: School, days: float = 0) -> Unit:
    unit = school.unit()
    unit.now += timedelta(days=days)
    return unit


def _done(unit: Unit) -> None:
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


def _message(school: School, *, case: int | None = None, state: str = "delivered", item: int | None = None) -> int:
    unit, ids = school.unit(), school.ids
    known = unit.execute(sql("SELECT id FROM thread")).first()
    thread = new_id() if known is None else known.id
    if known is None:
        unit.write(
            sql("INSERT INTO thread (id, pupil_id, guardian_id, mentor_id) VALUES (:id, :pupil, :guardian, :mentor)"),
            id=thread,
            pupil=ids["张小雨"],
            guardian=ids["张强"],
            mentor=ids["李明"],
        )
    row = new_id()
    unit.write(
        sql(
            "INSERT INTO message (id, thread_id, by_guardian, kind, sealed_body, state, hurried, written_at, case_id, item_id)"
            " VALUES (:id, :thread, :no, 'text', :body, :state, :no, :now, :case, :item)"
        ),
        id=row,
        thread=thread,
        no=False,
        body=unit.vault.seal("message", row, "body", '{"t": "x", "s": []}'),
        state=state,
        now=unit.now_ms,
        case=case,
        item=item,
    )
    _done(unit)
    return row


def _forget(school: School, days: float, times: int = 30) -> None:
    """Lets the clock look so often that every part has had its turn."""
    for _ in range(times):
        unit = _unit(school, days)
        retention.tick(unit, RULES)
        _done(unit)


def _left(school: School) -> set[int]:
    return {row[0] for row in school.run("SELECT id FROM message WHERE LENGTH(sealed_body) > 0")}  # type: ignore[misc]


def test_messages_are_kept_the_term_and_a_month(school: School) -> None:
    today = school.now.date()
    school.run(
        "INSERT INTO term (id, school_id, name, starts_on, ends_on) VALUES (:id, :school, 'T', :first, :last)",
        id=new_id(),
        school=school.ids["school"],
        first=today - timedelta(days=30),
        last=today + timedelta(days=10),
    )
    kept = _message(school)
    _forget(school, 10 + 29)
    assert _left(school) == {kept}
    _forget(school, 10 + 32)
    assert _left(school) == set()
    assert school.run("SELECT state, written_at IS NOT NULL, by_guardian FROM message")[0][0] == "delivered"


def test_without_terms_it_is_four_months_and_a_month(school: School) -> None:
    kept = _message(school)
    _forget(school, coverage.WITHOUT_TERM.days + 29)
    assert _left(school) == {kept}
    _forget(school, coverage.WITHOUT_TERM.days + 32)
    assert _left(school) == set()


def test_what_belongs_to_an_open_case_stays_and_goes_when_it_is_closed(school: School) -> None:
    case = new_id()
    school.run(
        "INSERT INTO safety_case (id, school_id, pupil_id, by_guardian, found_by, state, opened_at)"
        " VALUES (:id, :school, :pupil, false, 'button', 'acknowledged', 1)",
        id=case,
        school=school.ids["school"],
        pupil=school.ids["张小雨"],
    )
    held, other = _message(school, case=case, state="held"), _message(school)
    _forget(school, 200)
    # What else was said about the child may be needed for it.
    assert _left(school) == {held, other}
    school.run("UPDATE safety_case SET state = 'closed', closed_at = 1 WHERE id = :id", id=case)
    _forget(school, 201)
    assert _left(school) == set()
    # What never went out is not sent as nothing.
    assert school.run("SELECT state FROM message WHERE id = :id", id=held) == [("recalled",)]


def test_coverage_counts_the_same_after_the_words_are_gone(school: School) -> None:
    unit = school.unit()
    from models.checklist import items

    item = items.current(unit, school.ids["school"])[0]
    _done(unit)
    _message(school, item=item.id)

    def grid(days: float) -> list[tuple[str, str]]:
        found = _unit(school, days)
        cells = [(cell.item.code, cell.state) for cell in coverage.grid(found, school.ids["张小雨"], "Asia/Shanghai")]
        found.connection.rollback()
        found.connection.close()
        return cells

    before = grid(1)
    assert (item.code, coverage.DONE) in before
    school.run("UPDATE message SET written_at = written_at")
    _forget(school, 200)
    assert _left(school) == set()
    assert grid(1) == before


def test_the_log_lets_go_of_its_beginning_and_is_still_whole(school: School) -> None:
    for days, reason in ((0, "早"), (1, "中"), (1200, "晚")):
        unit = _unit(school, days)
        access.note(unit, school.ids["赵主任"], school.ids["张小雨"], "file", reason)
        _done(unit)
    unit = _unit(school, 1100.5)
    assert access.prune(unit, school.ids["school"], unit.now_ms - 1100 * DAY) == 1
    _done(unit)
    _forget(school, 1200)
    unit = _unit(school, 1201)
    found = access.verify(unit, school.ids["school"])
    assert (found.lines, found.number, found.broken_at) == (1, 3, None)
    unit.connection.rollback()
    unit.connection.close()
    school.run("UPDATE access SET at = at + 1")
    unit = _unit(school)
    assert access.verify(unit, school.ids["school"]).broken_at == 3
    unit.connection.rollback()
    unit.connection.close()


def test_who_left_long_ago_is_erased_and_the_report_said_so(school: School) -> None:
    school.run("UPDATE pupil SET ended_at = :now WHERE id = :id", now=to_ms(school.now), id=school.ids["陈晨"])
    unit = _unit(school, 401)
    told = {one.kind: one for one in report.report(unit, RULES)}
    assert (told["identity"].rows, told["messages"].rows) == (1, 0)
    unit.connection.rollback()
    unit.connection.close()
    _forget(school, 401)
    assert (
        school.run("SELECT number FROM pupil WHERE id = :id", id=school.ids["陈晨"])[0][0] == f"~{school.ids['陈晨']}"
    )
    unit = _unit(school, 401)
    assert {one.rows for one in report.report(unit, RULES)} == {0}
    unit.connection.rollback()
    unit.connection.close()


def test_every_part_is_understood_by_both_databases(school: School) -> None:
    unit = _unit(school, 5000)
    for one in ages.PARTS:
        retention._forget(unit, one, [1, 2])
        assert retention._part(unit, one, RULES) == 0
    unit.connection.rollback()
    unit.connection.close()


def test_a_part_goes_on_where_it_stopped_and_comes_back_for_what_was_too_young(school: School) -> None:
    for state in ("open", "taken", "open"):
        unit = school.unit()
        unit.write(
            sql(
                "INSERT INTO correction (id, school_id, person_id, field, state, decided_at, at)"
                " VALUES (:id, :school, :person, 'name', :state, :decided, :now)"
            ),
            id=new_id(),
            school=school.ids["school"],
            person=school.ids["张强"],
            state=state,
            decided=unit.now_ms if state == "taken" else None,
            now=unit.now_ms,
        )
        _done(unit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retention, "BLOCK", 1)
        _forget(school, 100, 60)
    assert school.run("SELECT state FROM correction ORDER BY id") == [("open",), ("open",)]
    school.run("UPDATE correction SET state = 'answered', decided_at = :now", now=to_ms(school.now))
    _forget(school, 200)
    assert school.run("SELECT state FROM correction") == []


async def test_an_admin_sees_what_is_due_and_a_family_reads_that_it_is_gone(bot: Bot) -> None:
    mentor, admin, father = await bot.joined_mentor(), await bot.joined_admin(), await bot.father()
    await talk(bot, father, mentor, CANARY)
    await admin.says("/more")
    await admin.finds("还可以做这些")
    await admin.presses("资料管理")
    await admin.finds("处理更正")
    await admin.presses("保存期限")
    assert "到期）" not in (await admin.finds("消息（学期结束后）：30 天"))["text"]
    bot.later(days=200)
    for _ in range(10):
        await bot.app.tick_now()  # type: ignore[union-attr]
    await bot.settled()
    await father.says("/history")
    await father.finds("已到保存期限，内容已删除")
    found = await mydata(father)
    assert "只剩日期的旧消息：1" in found["text"]


def test_a_report_reads_only(school: School) -> None:
    _message(school)
    unit = _unit(school, 300)
    found = {one.kind: one for one in report.report(unit, RULES)}
    assert found["messages"].rows == 1
    assert found["messages"].oldest is not None
    assert unit.execute(text("SELECT COUNT(*) FROM retention_mark")).scalar() == 0
    unit.connection.rollback()
    unit.connection.close()
