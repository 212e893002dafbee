"""The one message that shows how a notice goes: made anew where it is gone, the same for another admin, for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from handlers.context import SchoolSettings
from handlers.notices import panel
from models import people
from models.base import new_id
from models.notices import allowed, notices, panels
from models.notices.states import With
from models.unit import sql
from simulator.client import Person
from tests.notices.crowd import crowd, done, states, unit_of, until
from tests.notices.test_counts import count_one
from tests.notices.test_list import BOT, joins, morning
from tests.notices.test_running import slow, state_of
from tests.notices.written import author, planned, sends
from tests.school import Bot, School

__all__ = ["slow"]


async def other_admin(bot: Bot) -> Person:
    """One more admin of the school, joined."""
    with Session(bot.school.engine, expire_on_commit=False) as session:
        row = bot.school.person(session, "钱主任", "T8")
        session.add(people.Role(id=new_id(), person_id=row, kind="admin", since=bot.school.now))
        session.commit()
    admin = await bot.person(3002, "钱主任")
    await admin.starts(bot.school.link("钱主任", "T8"))
    await admin.sees("对吗")
    await admin.presses("是，是我")
    await admin.sees("您是管理员")
    return admin


async def test_what_is_over_in_a_moment_has_the_report_alone(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    sends(bot)
    await mother.sees("交通安全")
    await admin.sees("📬 秋假安全 发送情况")
    assert bot.app is not None
    await bot.app.tick_now()
    await bot.settled()
    assert not [one for one in await admin.reads() if "📢" in one]
    # Whoever wants to see more asks for it.
    await admin.presses("📈 发送进度")
    await admin.sees("📢 秋假安全")


async def test_where_it_is_gone_it_is_made_anew(slow: Bot) -> None:
    admin = await slow.joined_admin()
    await crowd(slow, 30)
    notice = sends(slow)
    await admin.sees("📢 秋假安全")
    await until(lambda: bool(slow.school.run("SELECT 1 FROM notice WHERE panel_place IS NOT NULL")))
    slow.school.run("UPDATE notice SET panel_place = 999999, panel_at = 0")
    await until(lambda: state_of(slow, notice) == "done")
    await slow.settled()
    assert slow.app is not None
    await slow.app.tick_now()
    await slow.settled()
    shown = [one for one in await admin.reads() if "📢 秋假安全" in one]
    assert len(shown) == 2
    assert "发完了" in shown[-1]


async def test_another_admin_holds_it_and_its_author_sees_so(slow: Bot) -> None:
    admin, other = await slow.joined_admin(), await other_admin(slow)
    await crowd(slow, 40)
    notice = sends(slow)
    await admin.sees("📢 秋假安全")
    await other.says("/notice")
    await other.sees("秋假安全")
    await other.presses("秋假安全")
    await other.presses("📈 发送进度")
    await other.sees("📢 秋假安全")
    await other.presses("⏸ 暂停")
    await other.sees("已暂停")
    await admin.sees("已暂停")
    await admin.presses("⏹ 停止…")
    await admin.sees("要停止发送")
    await other.presses("▶ 继续")
    await other.sees("正在发送")
    await admin.presses("是，停止发送")
    await admin.sees("已停止")
    await other.presses("⏸ 暂停")
    await other.sees_toast("已经有人先处理了")
    await other.sees("已停止")
    await until(lambda: not states(slow, notice).get("queued"))
    assert slow.app is not None
    await slow.app.tick_now()
    await admin.sees("📬 秋假安全 发送情况")
    # A question that is left alone does not keep the numbers away: they are looked at once more.
    await admin.presses("📈 发送进度")
    await admin.sees("已停止")
    await slow.settled()
    assert sum("📢 秋假安全" in one for one in await admin.reads()) == 1


async def test_it_is_nobody_elses(bot: Bot) -> None:
    await bot.joined_admin()
    mother = await bot.mother()
    notice = sends(bot)
    await mother.sees("交通安全")
    unit = unit_of(bot)
    one = notices.one(unit, notice)
    assert one is not None
    assert allowed.tends(unit, one, author(bot.school, bot.id)) == bot.school.ids["赵主任"]
    assert allowed.tends(unit, one, author(bot.school, bot.id, "李明")) is None
    done(unit)


@pytest.mark.parametrize(
    ("there", "everyone", "shown"),
    [(0, 0, "░░░░░░░░░░"), (0, 9, "░░░░░░░░░░ 0%"), (999, 1000, "▓▓▓▓▓▓▓▓▓░ 99%"), (7, 7, "▓▓▓▓▓▓▓▓▓▓ 100%")],
)
def test_the_bar_is_full_only_once_nobody_is_left(there: int, everyone: int, shown: str) -> None:
    assert panel.bar(there, everyone) == shown


def test_it_changes_every_five_seconds_at_most_and_only_where_something_has(school: School) -> None:
    """Rules on rows: the clock goes on second by second."""
    joins(school, "赵主任", 300)
    unit = morning(school)
    notice = planned(unit, school, BOT)
    unit.write(
        sql("UPDATE notice SET state = 'running', began_at = :now WHERE id = :id"), id=notice.id, now=unit.now_ms
    )

    def looks(after: float) -> list[str]:
        unit.now += timedelta(seconds=after)
        with unit.part():
            panel.tick(unit, BOT, SchoolSettings())
        rows = unit.execute(sql("SELECT kind FROM outbox WHERE chat_id = 300 AND notice_id IS NULL ORDER BY id"))
        return [row.kind for row in rows]

    def more(state: str) -> None:
        count_one(unit, school, notice, With(state))

    def sent() -> None:
        unit.write(sql("UPDATE outbox SET state = 'sent' WHERE chat_id = 300"))

    assert looks(0) == ["text"]
    assert looks(6) == ["text"]  # nobody knows yet where it stands
    panels.stands(unit, notice.id, BOT, 300, 77)
    sent()
    assert looks(6) == ["text"]  # nothing has changed
    more("sent")
    assert looks(2) == ["text"]
    assert looks(4) == ["text", "amend"]
    more("sent")
    assert looks(6) == ["text", "amend"]  # the last change is still under way
    sent()
    assert looks(6) == ["text", "amend", "amend"]
    sent()
    panels.gone(unit, notice.id, BOT, 300, 77)
    assert looks(1) == ["text", "amend", "amend", "text"]
    unit.connection.close()
