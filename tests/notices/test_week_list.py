"""The week's list: what is above a family's few comes named in one message, at the school's hour, once a week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.context import SchoolSettings
from handlers.notices import digest
from models.base import from_ms
from models.notices import weeklist
from models.notices.content import Content, Piece
from models.notices.rules import NoticeRules
from models.unit import Unit, sql
from tests.duties.test_week import tick
from tests.notices.readers import buttons, sends_valid, state_of
from tests.notices.test_list import BOT, feeds, joins, morning, states
from tests.notices.written import planned
from tests.school import ZONE, Bot, School

RULES = NoticeRules(per_week=0)
_QUIET = sql("UPDATE person SET quiet_from = :quiet_from, quiet_to = :quiet_to WHERE id = :id")
_BLOCKED = sql("UPDATE account SET reachable = false WHERE id = :id")
_LEFT = sql("UPDATE person SET account_id = NULL WHERE id = :id")
_PAST = sql("UPDATE notice SET valid_until = :now WHERE id = :id")


def titled(number: int) -> Content:
    """A notice of that number."""
    return Content(title={"zh_CN": f"第{number}号"}, pieces={"zh_CN": (Piece(f"内容{number}。"),)}, read=True)


def friday(unit: Unit, minutes: int = 5, weeks: int = 0) -> None:
    """Moves to a little after the hour of the next list."""
    at = from_ms(weeklist.next_at(unit.now, "Asia/Shanghai", RULES))
    unit.now = at + timedelta(minutes=minutes, days=7 * weeks)


def lists(unit: Unit, **more: bool) -> list[str]:
    """Makes what is due; answers the payloads of the lists that were queued by it."""
    before = len(unit.queued)
    settings = SchoolSettings(notices=RULES, **more)  # type: ignore[arg-type]
    with unit.part():
        while digest.turn(unit, BOT, settings):
            pass
    return [one.payload for one in unit.queued[before:]]


def full(school: School, many: int, *names: str) -> tuple[Unit, list[int]]:
    """So many notices that all wait for the list."""
    for number, name in enumerate(names or ("王芳", "张强")):
        joins(school, name, 100 + number)
    unit = morning(school)
    found = [planned(unit, school, BOT, content=titled(number)).id for number in range(many)]
    feeds(unit, per_week=0)
    return unit, found


def of(unit: Unit, school: School, notice: int, name: str) -> str:
    """Where it stands."""
    return states(unit, notice)[school.ids[name]]


def test_the_next_list_is_at_its_day_and_minute_also_over_the_end_of_a_week() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    for now, then in (
        (datetime(2026, 11, 25, 10, tzinfo=zone), datetime(2026, 11, 27, 18, tzinfo=zone)),
        (datetime(2026, 11, 27, 17, 59, tzinfo=zone), datetime(2026, 11, 27, 18, tzinfo=zone)),
        (datetime(2026, 11, 27, 18, tzinfo=zone), datetime(2026, 12, 4, 18, tzinfo=zone)),
        (datetime(2026, 12, 31, 23, tzinfo=zone), datetime(2027, 1, 1, 18, tzinfo=zone)),
    ):
        assert from_ms(weeklist.next_at(now.astimezone(UTC), "Asia/Shanghai", RULES)) == then


def test_one_list_for_each_and_no_second_one_in_the_week(school: School) -> None:
    unit, found = full(school, 3)
    assert lists(unit) == [], "not before its hour"
    friday(unit)
    made = lists(unit)
    assert len(made) == 2
    assert all("第0号" in one and "第2号" in one for one in made)
    assert {of(unit, school, one, "王芳") for one in found} == {"listed"}
    late = planned(unit, school, BOT, content=titled(9)).id
    feeds(unit, per_week=0)
    unit.now += timedelta(days=1)
    assert lists(unit) == []
    assert of(unit, school, late, "王芳") == "digest"
    friday(unit)
    assert len(lists(unit)) == 2
    assert of(unit, school, late, "王芳") == "listed"
    unit.connection.close()


def test_eight_at_most_the_oldest_first_and_the_others_next_week(school: School) -> None:
    unit, found = full(school, 11, "张强")
    friday(unit)
    (made,) = lists(unit)
    assert "第7号" in made
    assert "第8号" not in made
    assert lists(unit) == []
    friday(unit)
    (made,) = lists(unit)
    assert "第7号" not in made
    assert "第10号" in made
    assert {of(unit, school, one, "张强") for one in found} == {"listed"}
    unit.connection.close()


def test_in_quiet_hours_it_waits_for_their_end(school: School) -> None:
    unit, _ = full(school, 1, "张强")
    school_day = {"quiet_from": 17 * 60, "quiet_to": 19 * 60}
    unit.execute(_QUIET, **school_day, id=school.ids["张强"])
    friday(unit)
    assert lists(unit) == []
    unit.now += timedelta(minutes=60)
    assert len(lists(unit)) == 1
    unit.connection.close()


def test_after_two_days_away_it_goes_into_the_next_one(school: School) -> None:
    unit, _ = full(school, 1, "张强")
    friday(unit, minutes=60 * 15)
    assert len(lists(unit)) == 1, "the next morning is still useful"
    unit.connection.close()


def test_missed_for_three_days_it_waits_a_week(school: School) -> None:
    unit, found = full(school, 1, "张强")
    friday(unit, minutes=60 * 24 * 2 + 60)
    assert lists(unit) == []
    assert of(unit, school, found[0], "张强") == "digest"
    friday(unit)
    assert len(lists(unit)) == 1
    unit.connection.close()


def test_what_holds_no_more_and_who_cannot_be_reached(school: School) -> None:
    unit, found = full(school, 2, "张强", "王芳", "刘敏")
    for name, statement in (("王芳", _BLOCKED), ("刘敏", _LEFT)):
        unit.execute(statement, id=school.ids[name])
    unit.execute(_PAST, id=found[0], now=unit.now_ms)
    friday(unit)
    (made,) = lists(unit)
    assert "第0号" not in made
    assert "第1号" in made
    assert states(unit, found[0])[school.ids["张强"]] == "ended"
    assert [of(unit, school, found[1], name) for name in ("张强", "王芳", "刘敏")] == ["listed", "blocked", "unjoined"]
    unit.connection.close()


async def test_a_notice_is_opened_from_the_list_and_read(bot: Bot) -> None:
    father = await bot.father()
    found = [sends_valid(bot, titled(number), days=20) for number in range(4)]
    await father.sees("内容0")
    await father.sees("内容1")
    await bot.settled()
    assert state_of(bot, found[3], "张强") == "digest"
    at = from_ms(weeklist.next_at(bot.clock.now(), "Asia/Shanghai", NoticeRules()))
    await tick(bot, seconds=(at - bot.clock.now()).total_seconds() + 60)
    assert bot.clock.now().astimezone(ZONE).hour == 18
    message = await father.sees("【本周还有 2 条通知】")
    assert buttons(message) == ["📄 第2号", "📄 第3号", "全部仍有效的通知"]
    await father.presses("第2号", message)
    opened = await father.sees("内容2")
    await bot.settled()
    assert state_of(bot, found[2], "张强") == "sent"
    await father.presses("我已阅读", opened)
    await father.sees_toast("已记下")
    await father.presses("全部仍有效的通知", message)
    every = await father.sees("【仍有效的通知】")
    assert len(buttons(every)) == 4
    await father.says("/notice")
    await father.sees("【仍有效的通知】")


async def test_a_parent_without_notices_is_told_what_to_do(bot: Bot) -> None:
    father = await bot.father()
    await father.says("/notice")
    await father.sees("现在没有仍有效的通知")


async def test_all_of_them_opened_again_are_taken_back_everywhere(bot: Bot) -> None:
    father = await bot.father()
    notice = sends_valid(bot, titled(1))
    first = await father.sees("内容1")
    await bot.settled()
    await father.says("/notice")
    await father.presses("第1号")
    second = await father.sees("内容1")
    await bot.settled()
    ((place, beside),) = bot.school.run(
        "SELECT place_id, places FROM notice_recipient WHERE notice_id = :id AND person_id = :person",
        id=notice,
        person=bot.school.ids["张强"],
    )
    assert place == second["message_id"]
    assert str(beside).split() == [str(first["message_id"])]
