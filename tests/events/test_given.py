"""Who gives a parent class, when things get in each other's way: told once, changed once, and never what nobody agreed to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from handlers.context import Context, SchoolSettings
from handlers.events import changed, given, rota, rota_words
from handlers.texts import units
from models import people
from models.base import to_ms
from models.events import events
from models.events.rota import Proposal, Unmet, Why
from models.standing import Standing
from simulator.client import Person
from tests.events.class_of_parents import at_seven, now_of, planned, tick, unit_of
from tests.events.test_rota_story import hosts, term
from tests.school import OTHER_MENTOR, Bot

SECOND_ADMIN = 3002


def place_at(bot: Bot, days: int, host: str, state: str = "planned", **more: object) -> int:
    """A place of the rota, in the month of that day."""
    starts: datetime = at_seven(bot, days)
    month = starts.date().replace(day=1)
    row = planned(
        bot, starts, host_id=bot.school.ids[host], classes=[], rota=(bot.school.ids["class"], month), topic="", **more
    )
    bot.school.run("UPDATE event SET state = :state WHERE id = :id", state=state, id=row)
    return row


def leave(bot: Bot, who: str, event_id: int, number: int = 77) -> None:
    """A leave around the event."""
    starts = int(str(bot.school.run("SELECT starts_at FROM event WHERE id = :id", id=event_id)[0][0]))
    bot.school.run(
        "INSERT INTO absence (id, mentor_id, substitute_id, starts_at, ends_at, set_by, started_told, ended_told)"
        " VALUES (:number, :who, :by, :starts, :ends, :who, :no, :no)",
        number=number,
        who=bot.school.ids[who],
        by=bot.school.ids["赵主任"],
        starts=starts - 3_600_000,
        ends=starts + 3_600_000,
        no=False,
    )


def host_of(bot: Bot, event_id: int) -> object:
    return bot.school.run("SELECT host_id FROM event WHERE id = :id", id=event_id)[0][0]


def add_staff(bot: Bot, name: str, number: str, role: str) -> int:
    with bot.school.engine.begin() as connection, Session(connection, expire_on_commit=False) as session:
        row = bot.school.person(session, name, number)
        session.add(people.Role(person_id=row, kind=role, since=bot.school.now))
        session.flush()
    return row


async def second_admin(bot: Bot) -> Person:
    add_staff(bot, "钱主任", "T8", "admin")
    found = await bot.person(SECOND_ADMIN, "钱主任")
    await found.starts(bot.school.link("钱主任", "T8"))
    await found.presses("是，是我", await found.sees("对吗"))
    await found.sees("您是管理员")
    return found


async def count(who: Person, words: str) -> int:
    return len([one for one in await who.reads() if words in one])


async def team(who: Person) -> dict[str, object]:
    """The class's rota in a new message."""
    await who.says("/classes")
    await who.presses("家长学堂排期", await who.sees("家长学堂和活动"))
    return await who.sees("点一个月")


@pytest.mark.both
async def test_a_suggestion_that_two_have_is_done_once(bot: Bot) -> None:
    term(bot)
    admin, other = await bot.joined_admin(), await second_admin(bot)
    await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    event = place_at(bot, 40, "李明")
    leave(bot, "李明", event)
    await tick(bot, seconds=20)
    # The chief mentor is the one who is away: both admins have it.
    first, second = await admin.sees("建议这样改"), await other.sees("建议这样改")
    await admin.presses("就这样改", first)
    await admin.sees("改好了")
    row = bot.school.run("SELECT host_id, starts_at FROM event")
    assert row[0] != (bot.school.ids["李明"], to_ms(at_seven(bot, 40)))
    await other.presses("就这样改", second)
    await other.sees("这一场已经改过了")
    assert bot.school.run("SELECT host_id, starts_at FROM event") == row


async def test_another_suggestion_than_was_shown_is_shown_first(bot: Bot) -> None:
    term(bot)
    mentor = await bot.joined_mentor()
    event = place_at(bot, 40, "周静")
    leave(bot, "周静", event)
    await tick(bot, seconds=20)
    asked = await mentor.sees("建议这样改")
    before = bot.school.run("SELECT host_id, starts_at FROM event")
    # The least is another day; now the whole month does not suit any more.
    assert "周静" in asked["text"].split("\n")[1]
    bot.school.run("UPDATE absence SET starts_at = starts_at - 3456000000, ends_at = ends_at + 3456000000")
    await mentor.presses("就这样改", asked)
    again = await mentor.sees("现在建议这样改")
    assert bot.school.run("SELECT host_id, starts_at FROM event") == before
    await mentor.presses("就这样改", again)
    await mentor.sees("改好了")
    assert host_of(bot, event) == bot.school.ids["李明"]


async def test_what_is_confirmed_too_late_stays_proposed(bot: Bot) -> None:
    term(bot)
    mentor = await bot.joined_mentor()
    late = place_at(bot, 1, "周静", "proposed")
    fine = place_at(bot, 40, "李明", "proposed")
    gone = place_at(bot, -40, "李明", "proposed")
    # The term of `term` began a week ago.
    bot.school.run("UPDATE term SET starts_on = :begins", begins=now_of(bot).date() - timedelta(days=70))
    await mentor.presses("就这样定", await team(mentor))
    await mentor.sees_toast("定了 1 场。还有 2 场没有定")
    states = {row[0]: row[1] for row in bot.school.run("SELECT id, state FROM event")}
    assert states == {late: "proposed", fine: "planned", gone: "proposed"}
    await mentor.presses(f"{(now_of(bot) - timedelta(days=40)).month}月")
    await mentor.presses("换一天")
    await mentor.sees("没有别的合适日子")


async def test_a_second_proposal_is_sent_again(bot: Bot) -> None:
    term(bot)
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    await admin.says("/classes")
    await admin.presses("全校排期", await admin.sees("家长学堂和活动"))
    await admin.presses("排一版", await admin.sees("还没有排"))
    await admin.presses("发给首席导师看", await admin.sees("排好了一版"))
    await mentor.sees("家长学堂排好了一版")
    await admin.presses("回到全校排期", await admin.sees("已经发给 1 个班"))
    view = await admin.sees("待首席导师确认")
    assert "发给首席导师看" not in str(view["buttons"])
    await admin.presses("重排还没定的", view)
    await admin.presses("发给首席导师看", await admin.sees("排好了一版"))
    await mentor.sees("家长学堂排好了一版")
    assert await count(mentor, "家长学堂排好了一版") == 2


async def test_cannot_is_told_once_and_once_more_when_asked_again(bot: Bot) -> None:
    term(bot)
    mentor, other = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    event = place_at(bot, 40, "周静", "proposed")
    await mentor.presses("就这样定", await team(mentor))
    first = await other.sees("您这学期的家长学堂定了")
    unit = unit_of(bot)
    school = SchoolSettings(keep_hours=False)
    moved = to_ms(at_seven(bot, 41))
    actor = bot.school.ids["赵主任"]
    assert changed.by_planner(
        unit, events.must(unit, event), actor, school, {"time"}, starts_at=moved, ends_at=moved + 3_600_000
    )
    # Too late for a moment that is over: nothing is changed, and nobody told.
    assert not changed.by_planner(unit, events.must(unit, event), actor, school, {"time"}, starts_at=unit.now_ms - 1)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    second = await other.sees("改了时间")
    assert await count(other, "改了时间") == 1
    await other.presses("这天不行", first)
    await mentor.sees("来不了")
    await other.sees("已经告诉首席导师了")
    bot.school.run("UPDATE event SET version = version + 1")
    await other.presses("这天不行", second)
    await other.sees("已经告诉首席导师了")
    assert await count(mentor, "来不了") == 1


async def test_the_same_leave_is_told_again_when_the_place_comes_back(bot: Bot) -> None:
    term(bot)
    mentor = await bot.joined_mentor()
    event = place_at(bot, 40, "周静")
    leave(bot, "周静", event)
    await tick(bot, seconds=20)
    await mentor.sees("周静老师")
    for name in ("李明", "周静"):
        unit = unit_of(bot)
        events.change(unit, event, None, host_id=bot.school.ids[name], absence_told=None)
        unit.finish()
        unit.connection.commit()
        unit.connection.close()
    await tick(bot, seconds=20)
    await mentor.sees("周静老师")
    await tick(bot, seconds=20)
    assert await count(mentor, "周静老师") == 2


async def test_who_answers_for_a_speaker_from_outside_changes_quietly(bot: Bot) -> None:
    term(bot)
    admin, mother = await bot.joined_admin(), await bot.mother()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    event = place_at(bot, 20, "李明")
    unit = unit_of(bot)
    events.change(unit, event, None, speaker_name="王医生")
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    bot.school.run("UPDATE event SET state = 'announced' WHERE id = :id", id=event)
    bot.school.run(
        "INSERT INTO event_reply (event_id, person_id, reply, people, at, since) VALUES (:event, :person, 'come', 1, 1, 1)",
        event=event,
        person=bot.school.ids["王芳"],
    )
    bot.school.run(
        "UPDATE person SET ended_at = :now WHERE id = :id", now=to_ms(bot.clock.now()), id=bot.school.ids["李明"]
    )
    await tick(bot, seconds=20)
    asked = await admin.sees("照应不了")
    assert "王医生" in asked["text"]
    await bot.settled()
    before = await mother.reads()
    await admin.presses("就这样改", asked)
    await admin.sees("主讲人和时间都没有变")
    await other.sees("由 王医生 来讲，请您负责照应")
    await tick(bot, seconds=20)
    await bot.settled()
    assert await mother.reads() == before
    assert bot.school.run("SELECT host_id, sequence FROM event") == [(bot.school.ids["周静"], 0)]
    assert bot.school.run("SELECT COUNT(*) FROM event_telling WHERE what = 'changed'") == [(0,)]


async def test_a_tick_reckons_three_suggestions(bot: Bot) -> None:
    term(bot, 220)
    mentor = await bot.joined_mentor()
    told = "SELECT COUNT(*) AS many FROM event WHERE absence_told IS NOT NULL"
    places = [place_at(bot, days, "周静") for days in (20, 51, 82, 113)]
    for number, place in enumerate(places, 1):
        leave(bot, "周静", place, number)
    unit = unit_of(bot)
    for expected in (3, 4):
        given.tick(unit, bot.id, SchoolSettings(keep_hours=False))
        assert unit.execute(text(told)).one().many == expected
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    for _ in places:
        await mentor.sees("周静老师")


async def test_a_second_press_does_not_swap_back(bot: Bot) -> None:
    term(bot)
    mentor, other = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    place_at(bot, 20, "李明")
    place_at(bot, 51, "周静")
    asked = []
    for _ in range(2):
        await mentor.presses(f"{at_seven(bot, 20).month}月", await team(mentor))
        await mentor.presses("和别的月对换")
        asked.append(await mentor.sees("和哪个月对换"))
    for one in asked:
        await mentor.presses("周静", one)
    await mentor.sees_toast("换好了")
    await mentor.sees_toast("没有再换")
    assert hosts(bot) == [bot.school.ids["周静"], bot.school.ids["李明"]]
    await other.sees("您这学期的家长学堂定了")
    assert await count(other, "您这学期的家长学堂定了") == 1


async def test_admins_are_asked_around_the_beginning_of_a_term_only(bot: Bot) -> None:
    # What the outbox has said is forgotten after 30 days; who was asked 14 days before is not asked once more.
    assert rota.SOON + rota.LATELY <= 27
    admin = await bot.joined_admin()
    term(bot)
    bot.school.run("UPDATE term SET starts_on = :begins", begins=now_of(bot).date() - timedelta(days=15))
    await tick(bot, seconds=20)
    await admin.sees_nothing_with("还没有排。要现在排", 0.2)
    bot.school.run("UPDATE term SET starts_on = :begins", begins=now_of(bot).date() - timedelta(days=13))
    await tick(bot, seconds=20)
    await admin.sees("还没有排。要现在排")


async def test_wishes_say_when_the_term_is_planned_already(bot: Bot) -> None:
    term(bot)
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    place = place_at(bot, 40, "周静", "proposed")
    await other.says("/classes")
    await other.presses("我哪几个月方便", await other.sees("家长学堂和活动"))
    await other.sees("点月份就能改")
    bot.school.run("UPDATE event SET state = 'planned' WHERE id = :id", id=place)
    await other.presses("都可以")
    await other.sees("用在还没定的月份")


async def test_an_open_month_without_a_day_is_said_kindly(bot: Bot) -> None:
    term(bot)
    mentor = await bot.joined_mentor()
    event = place_at(bot, 40, "李明")
    leave(bot, "周静", event)
    bot.school.run("UPDATE absence SET starts_at = starts_at - 9000000000, ends_at = ends_at + 9000000000")
    bot.school.run("UPDATE event SET state = 'cancelled', class_id = NULL, month = NULL")
    await mentor.presses(f"{at_seven(bot, 40).month}月", await team(mentor))
    await mentor.presses("换一位导师")
    await mentor.presses("周静", await mentor.sees("请哪位导师来讲"))
    await mentor.sees_toast("没有合适的日子了，没有改动")
    assert hosts(bot) == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_two_hundred_open_places_fit_one_message(bot: Bot, language: str) -> None:
    long = [add_staff(bot, f"很长的名字{number}" + "长" * 30, f"X{number}", "mentor") for number in range(30)]
    months = [date(2026, month, 1) for month in range(8, 13)]
    slots = [(number, month) for number in range(200) for month in months]
    names = {number: f"国际部十二年级（实验与创新）第 {number} 班" for number in range(200)}
    one = [Unmet(*slot, Why.TOO_FEW, tuple(slots), tuple(long), 3) for slot in slots[:100]]
    many = [Unmet(*slot, Why.ALL_AWAY, mentors=tuple(long[at % 30 :])) for at, slot in enumerate(slots[100:200])]
    unit = unit_of(bot)
    who = Standing(1, bot.id, 1, language, True, True, None, None, None)
    context = Context(unit, who, SchoolSettings())
    lines = rota_words.explained(context, Proposal((), (*one, *many), tuple(long), ()), names)
    whole_text = "\n".join([*lines, context.words("rota.idle", count=30, names=rota_words.some_people(context, long))])
    whole = context.words("rota.result", term="2026–2027 学年第一学期", lines=whole_text)
    unit.connection.rollback()
    unit.connection.close()
    assert units(whole) + 100 < 4096
    assert "…" in lines[1]
    assert "1000" in lines[1]
    assert lines[-1] == context.words("rota.unmet_more")
