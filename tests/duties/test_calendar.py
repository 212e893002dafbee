"""The school year: changed by admins in the chat, read from a file with every fault at once, subscribed to by address."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from rich.console import Console

from bot.commands.calendar import import_
from bot.config import Settings
from handlers import feed
from models import calendar, school_year
from models.roster.faults import FileFaults
from models.school_year import Entry, Year
from models.vault import Vault
from simulator.client import Person
from tests.duties.test_week import tick
from tests.school import ZONE, Bot, School


def there(bot: Bot) -> date:
    return bot.clock.now().astimezone(ZONE).date()


async def adds(admin: Person, button: str, text: str) -> str:
    """Adds an entry as an admin does; answers what the bot says."""
    await admin.says("/calendar")
    await admin.presses(button)
    await admin.sees("例如")
    await admin.looks_away()
    await admin.says(text)
    found = await admin.sees("")
    return str(found["text"])


async def test_an_admin_enters_the_year_and_everybody_sees_it(bot: Bot) -> None:
    admin, father = await bot.joined_admin(), await bot.father()
    today = there(bot)
    begins, ends = today - timedelta(days=20), today + timedelta(days=60)
    assert "学期：秋季学期" in await adds(admin, "加学期", f"秋季学期 {begins} {ends}")
    exam = today + timedelta(days=40)
    said = await adds(admin, "加考试周", f"{exam.year}年{exam.month}月{exam.day}日—{exam + timedelta(days=4)} 期末")
    assert "期末" in said
    assert "上课时间：小学 08:00–16:30" in await adds(admin, "上课时间", "8:00-16：30")
    off = today + timedelta(days=3)
    assert "放假：" in await adds(admin, "调整一天", f"{off.month}月{off.day}日 放假")
    assert "不会压到开学" in await adds(admin, "加假期", f"{ends + timedelta(days=1)} {ends + timedelta(days=30)} 寒假")
    await father.says("/calendar")
    seen = await father.sees("校历")
    assert "现在是秋季学期第" in seen["text"]
    assert "上课时间" in seen["text"]
    assert "寒假" in seen["text"]
    assert not seen[
        "buttons"
    ]  # a parent changes nothing, and without a public address there is nothing to subscribe to
    await admin.says("/calendar")
    await admin.presses("删除一条")
    await admin.presses("放假：")
    await admin.sees("删除了。放假：")
    assert bot.school.run("SELECT COUNT(*) FROM calendar_day") == [(0,)]


@pytest.mark.parametrize(
    ("button", "typed", "answer"),
    [
        ("加学期", "下学期", "没看懂"),
        ("加学期", "秋季 2027-09-01 2027-02-01", "结束的日子要在开始之后"),
        ("加学期", "秋季 2026-09-01 2028-02-01", "时间太长"),
        ("加学期", "秋季 2026-02-30 2026-07-01", "没看懂"),
        ("调整一天", "下周三 放假", "没看懂"),
        ("上课时间", "大学 8:00-16:00", "没有这个学段"),
        ("上课时间", "16:00-8:00", "没看懂"),
        ("上课时间", "25:00-26:00", "没看懂"),
        ("加假期", "2027-02-05 2027-02-21 " + "长" * 41, "没看懂"),
    ],
)
async def test_what_cannot_be_understood_says_how_it_is_written(bot: Bot, button: str, typed: str, answer: str) -> None:
    admin = await bot.joined_admin()
    assert answer in await adds(admin, button, typed)
    assert bot.school.run("SELECT (SELECT COUNT(*) FROM term) + (SELECT COUNT(*) FROM calendar_span)") == [(0,)]


async def test_terms_do_not_overlap_and_one_with_notes_stays(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await adds(admin, "加学期", "秋季 2026-09-01 2027-01-22")
    assert "重叠" in await adds(admin, "加学期", "春季 2027-01-10 2027-07-01")
    assert "学期：秋季" in await adds(admin, "加学期", "秋季 2026-09-01 2027-01-29")
    ((term,),) = bot.school.run("SELECT id FROM term")
    bot.school.run(
        "INSERT INTO item_mark (id, pupil_id, term_id, code, state, person_id, at) VALUES (1, :p, :t, 'A1', 'done', :m, 1)",
        p=bot.school.ids["张小雨"],
        t=term,
        m=bot.school.ids["李明"],
    )
    await admin.says("/calendar")
    await admin.presses("删除一条")
    await admin.presses("学期：秋季")
    await admin.sees_toast("不能删除")
    assert bot.school.run("SELECT COUNT(*) FROM term") == [(1,)]


async def test_a_mentor_and_a_parent_cannot_change_it_by_an_old_button(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await admin.says("/calendar")
    await admin.presses("加假期")
    await admin.sees("例如")
    bot.school.run("UPDATE role SET until = 1 WHERE kind = 'admin'")
    await admin.says("2027-02-05 2027-02-21 寒假")
    await admin.sees_nothing_with("记下了", 0.4)
    assert bot.school.run("SELECT COUNT(*) FROM calendar_span") == [(0,)]


async def test_a_short_holiday_holds_messages_and_a_day_of_school_within_it_does_not(bot: Bot) -> None:
    today = there(bot)
    unit = bot.school.unit()
    try:
        school = bot.school.ids["school"]
        monday = today + timedelta(days=-today.weekday() + 350)
        while not calendar.calendar_of(unit, school, "Asia/Shanghai").is_school_day(monday):
            monday += timedelta(days=7)
        school_year.put(unit, school, Entry("holiday", "假", monday, monday + timedelta(days=9)))
        school_year.put(unit, school, Entry("school_day", "", monday + timedelta(days=1), monday + timedelta(days=1)))
        days = calendar.calendar_of(unit, school, "Asia/Shanghai")
        assert not days.is_school_day(monday)
        assert days.is_school_day(monday + timedelta(days=1))
        school_year.put(unit, school, Entry("holiday", "长假", monday, monday + timedelta(days=30)))
        assert calendar.calendar_of(unit, school, "Asia/Shanghai").is_school_day(monday)
    finally:
        unit.connection.rollback()
        unit.connection.close()


async def test_admins_are_warned_once_of_a_year_that_nobody_knows(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    monkeypatch.setattr(calendar, "knows", lambda year: year < there(bot).year)
    await tick(bot, days=1)
    for _ in range(3):
        await tick(bot, minutes=1)
    await admin.sees("的放假和调休安排还没有收进来")
    await mentor.sees_nothing_with("收进来", 0.2)
    many = len([one for one in await admin.reads() if "收进来" in one])
    assert many in (1, 2)  # from November on the next year too
    bot.later(days=7)
    await tick(bot)
    await tick(bot, minutes=1)
    assert len([one for one in await admin.reads() if "收进来" in one]) <= 2


# --- the file ---

GOOD = """类型,名称,开始,结束,学段,上课,放学
学期,秋季学期,2026-09-01,2027-01-22,,,
考试,期末,2027-01-18,2027-01-22,,,
假期,寒假,2027/1/23,2027/2/21,,,
上学日,,2026年10月10日,,,,
课时,,,,小学,8:00,16:30
"""


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "year.csv"
    path.write_text(GOOD, encoding="utf-8")
    year = school_year.read(path)
    assert [one.kind for one in year.entries] == ["term", "exam", "holiday", "school_day"]
    assert year.entries[3].first == date(2026, 10, 10) == year.entries[3].last
    assert (year.hours[0].begins, year.hours[0].ends) == (480, 990)


def test_every_fault_of_a_file_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "year.csv"
    path.write_text(
        "kind,name,first,last,stage,begins,ends\n"
        "party,x,2026-09-01,2026-09-02,,,\n"
        "term,,2026-09-01,2027-01-22,,,\n"
        "term,a,2026-09-01,tomorrow,,,\n"
        "term,b,2027-03-01,2027-02-01,,,\n"
        "term,c,2026-09-01,2027-01-01,,,\n"
        "term,d,2026-12-01,2027-02-01,,,\n"
        "school day,,2026-10-10,2026-10-12,,,\n"
        "lessons,,,,,16:30,8:00\n",
        encoding="utf-8",
    )
    with pytest.raises(FileFaults) as raised:
        school_year.read(path)
    said = "\n".join(str(one) for one in raised.value.faults)
    for row in range(2, 10):
        assert f"row {row}" in said or row == 6, said  # row 6 is right, its neighbour overlaps it
    assert "column 'kind'" in said
    assert "year.csv" in said


def test_the_command_takes_all_or_nothing(settings: Settings, school: School, vault: Vault, tmp_path: Path) -> None:
    path, out = tmp_path / "year.csv", io.StringIO()
    console = Console(file=out, width=400)
    path.write_text(GOOD.replace("小学", "大学"), encoding="utf-8")
    assert import_(settings, vault, path, "", console) == 2
    assert "year.csv, column 'stage': found '大学'; no such stage; the roster has: 小学" in out.getvalue()
    assert school.run("SELECT (SELECT COUNT(*) FROM term) + (SELECT COUNT(*) FROM calendar_span)") == [(0,)]
    path.write_text(GOOD, encoding="utf-8")
    for _ in range(2):  # the same file again changes nothing
        assert import_(settings, vault, path, "", console) == 0
        assert school.run("SELECT COUNT(*) FROM term") == [(1,)]
        assert school.run("SELECT COUNT(*) FROM calendar_span") == [(2,)]
        assert school.run("SELECT begins, ends FROM lesson_hours") == [(480, 990)]
    path.write_text(GOOD.replace("期末,2027-01-18", "期末,2027-01-11"), encoding="utf-8")
    assert import_(settings, vault, path, "", console) == 0
    assert len(school.run("SELECT first FROM calendar_span WHERE kind = 'exam'")) == 1
    path.write_text("kind,name,first,last\nterm,春季,2027-01-10,2027-07-01\n", encoding="utf-8")
    assert import_(settings, vault, path, "", console) == 2
    assert "overlaps a term" in out.getvalue()
    assert import_(settings, vault, path, "别的学校", console) == 2


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"kind,first,last\n"])
def test_what_is_no_calendar_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "year.csv"
    path.write_bytes(content)
    with pytest.raises(FileFaults):
        school_year.read(path)


DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@given(DAYS, DAYS, DAYS)
def test_days_are_found_however_they_are_written(first: date, last: date, today: date) -> None:
    written = f"寒假 {first.year}年{first.month}月{first.day}日 至 {last.year}.{last.month}.{last.day}"
    days, name = school_year.days_in(written, today)
    assert days == [first, last]
    assert name == "寒假"
    if (first.month, first.day) != (2, 29):
        (short,), _ = school_year.days_in(f"{first.month}月{first.day}日", today)
        assert (short.month, short.day) == (first.month, first.day)
        assert today - timedelta(days=61) < short <= today + timedelta(days=366)


@given(
    st.lists(st.tuples(st.sampled_from(["term", "exam", "holiday", "day_off"]), DAYS, st.text(max_size=20)), max_size=8)
)
def test_a_feed_is_a_calendar_that_others_can_read(entries: list[tuple[str, date, str]]) -> None:
    year = Year(
        [Entry(kind, name, first, first + timedelta(days=3), at) for at, (kind, first, name) in enumerate(entries)]
    )
    found = Calendar.from_ical(feed.drawn(year, "实验小学", "zh_CN", datetime(2026, 9, 1, tzinfo=UTC)))
    events = list(found.walk("VEVENT"))
    assert len(events) == len(entries)
    assert {one["UID"] for one in events} == {f"{one.kind}-{one.id}@school-year" for one in year.entries}
    for one, event in zip(year.entries, events, strict=True):
        assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (one.first, one.last + timedelta(days=1))


# --- the feed's address ---


async def test_a_feed_has_a_secret_address_that_can_be_renewed(bot: Bot) -> None:
    await bot.stop()
    bot.settings = bot.settings.model_copy(
        update={"web": bot.settings.web.model_copy(update={"public_url": "https://bot.school.example"})}
    )
    await bot.start()
    assert bot.app is not None
    web = bot.app.web_address
    admin, father = await bot.joined_admin(), await bot.father()
    await adds(admin, "加学期", "秋季 2026-09-01 2027-01-22")
    await father.says("/calendar")
    await father.presses("订阅到手机日历")
    first = _address((await father.sees("订阅地址"))["text"])
    assert first.startswith("https://bot.school.example/calendar/")
    async with aiohttp.ClientSession() as session:
        status, content = await _get(session, web, first)
        assert status == 200
        assert "秋季" in content
        assert "小雨" not in content
        assert "张" not in content
        await father.presses("换一个新地址")
        second = first
        while second == first:
            second = _address((await father.sees("订阅地址"))["text"])
        assert (await _get(session, web, first))[0] == 404
        assert (await _get(session, web, second))[0] == 200
        assert (await _get(session, web, "x/calendar/" + "0" * 48 + ".ics"))[0] == 404
        assert (await _get(session, web, "x/calendar/../healthz.ics"))[0] == 404
        await father.says("/leave")
        await father.sees("确定退出吗")
        await father.presses("退出")
        await father.sees("您已退出")
        assert (await _get(session, web, second))[0] == 404
    assert bot.school.run("SELECT COUNT(*) FROM calendar_feed") == [(1,)]


def _address(text: str) -> str:
    found = re.search(r"https://\S+\.ics", text)
    assert found is not None, text
    return found[0]


async def _get(session: aiohttp.ClientSession, web: str, address: str) -> tuple[int, str]:
    async with session.get(f"{web}/calendar/{address.rpartition('/calendar/')[2]}") as response:
        return response.status, await response.text()
