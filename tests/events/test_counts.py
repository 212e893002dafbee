"""Events in counts: held or not, how many came, what was thought of it; never who, and never a 0 that nobody counted."""

from __future__ import annotations

import io
import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import event as listening
from sqlmodel import Session

from models.base import to_ms
from models.duties import due
from models.duties import kinds as duty_kinds
from models.events import closing, counts, kinds
from models.events.counts import Stands
from models.events.rules import EventRules
from models.events.tables import EventFeedback, EventHere, EventReply
from simulator.client import Person
from tests.duties.test_week import to_monday
from tests.events.reckoned import (
    PLACE,
    Reckoned,
    accounts,
    another_class,
    at,
    event,
    random_events,
    reckoned,
    settled,
    term,
)
from tests.school import OTHER_MENTOR, ZONE, Bot, School

NAMES = ("王芳", "张强", "刘敏", "张小雨", "张小阳", "陈晨", "小雨", "小阳", "李明", "周静", "赵主任")


def as_reckoned(line: counts.Line) -> Reckoned:
    said = counts.thought([line]) if line.stands is Stands.HELD else None
    helped, usable = (None, None) if said is None else (said.helped, said.usable)
    return Reckoned(
        line.kind,
        line.stands.value,
        set(line.classes),
        line.month,
        line.people,
        line.signed_up,
        line.answers,
        helped,
        usable,
        line.invited,
    )


def seen(school: School, now: datetime | None = None) -> dict[int, Reckoned]:
    with at(school, now) as unit:
        return {one.id: as_reckoned(one) for one in counts.of_school(unit, school.ids["school"], PLACE)}


def without_thoughts_of_what_was_not_held(found: dict[int, Reckoned]) -> dict[int, Reckoned]:
    for one in found.values():
        if one.state != "held":
            one.helped = one.usable = None
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_both_reckonings_agree_and_after_closing_the_numbers_are_the_same(school: School, seed: int) -> None:
    dice = random.Random(seed)
    first, _ = term(school, -90, 20)
    after, _ = term(school, 40, 120)
    classes = [school.ids["class"], another_class(school, "一年级"), another_class(school, "二年级")]
    random_events(school, dice, classes, 90, (-110, 60))
    with at(school) as unit:
        slow = without_thoughts_of_what_was_not_held(reckoned(unit, school, first, after))
        assert len(slow) > 20
        whole = counts.of_school(unit, school.ids["school"], PLACE)
        assert {one.id: as_reckoned(one) for one in whole} == slow
        assert counts.of_school(unit, school.ids["school"], PLACE, kinds.CLASS) == counts.lectures(whole)
        own = {one: counts.of_class(unit, school.ids["school"], one, PLACE) for one in classes}
        for class_id in classes:
            assert own[class_id] == [one for one in whole if class_id in one.classes]
            # What was thought of it in sum is what each date may show, added up.
            held = [one for one in slow.values() if class_id in one.classes and one.state == "held" and one.answers]
            many = sum(one.answers for one in held)
            said = counts.thought(own[class_id])
            assert said.count == many
            if many:
                assert said.helped == pytest.approx(sum((one.helped or 0) * one.answers for one in held) / many)
    with at(school) as unit:
        closed = closing.close_due(unit, EventRules(keep_days=0)) + closing.close_due(unit, EventRules(keep_days=0))
    assert closed > 20
    ended = "SELECT COUNT(*) FROM event_here h JOIN event e ON e.id = h.event_id WHERE e.closed_at IS NOT NULL"
    assert school.run(ended) == [(0,)]
    assert seen(school) == slow


def test_closing_keeps_that_nobody_came_and_that_nobody_counted(school: School) -> None:
    nobody = event(school, school.now - timedelta(days=3), counted=0)
    unknown = event(school, school.now - timedelta(days=2))
    before = seen(school)
    assert (before[nobody].people, before[unknown].people) == (0, None)
    with at(school) as unit:
        assert closing.close_due(unit, EventRules(keep_days=0)) == 2
    assert seen(school) == before


def test_feedback_of_two_dates_is_added_up_only_as_far_as_each_may_show_it(school: School) -> None:
    people = [school.ids[one] for one in ("王芳", "张强", "刘敏", "李明", "周静", "赵主任")]
    dates = [event(school, school.now - timedelta(days=days)) for days in (3, 2)]

    def say(row: int, many: int, helped: int) -> None:
        for one in people[:many]:
            with Session(school.engine) as session:
                session.add(EventFeedback(event_id=row, person_id=one, helped=helped, at=1))
                session.commit()
            settled(school, row)

    def shown() -> tuple[int, float | None]:
        with at(school) as unit:
            found = counts.thought(counts.of_class(unit, school.ids["school"], school.ids["class"], PLACE))
            return found.count, found.helped

    say(dates[0], 4, 1)
    say(dates[1], 4, 5)
    assert shown() == (0, None)
    school.run("DELETE FROM event_feedback WHERE event_id = :row", row=dates[1])
    say(dates[1], 6, 5)
    assert shown() == (5, 5.0)


def test_the_months_are_those_of_the_term_without_its_ends_of_a_few_days(school: School) -> None:
    def months(now: date) -> list[str]:
        moment = datetime(now.year, now.month, now.day, 12, tzinfo=ZONE)
        with at(school, moment) as unit:
            return [f"{one:%m}" for one in counts.season(unit, school.ids["school"], PLACE).months]

    assert months(date(2026, 11, 20)) == ["07", "08", "09", "10", "11"]
    for number, (first, last) in enumerate(
        [(date(2026, 8, 31), date(2027, 1, 22)), (date(2027, 2, 20), date(2027, 7, 3))]
    ):
        values = {"id": number + 1, "school": school.ids["school"], "first": first, "last": last}
        if school.engine.dialect.name == "sqlite":
            values |= {"first": first.isoformat(), "last": last.isoformat()}
        school.run(
            "INSERT INTO term (id, school_id, name, starts_on, ends_on) VALUES (:id, :school, :name, :first, :last)",
            name=str(first),
            **values,
        )
    autumn, spring = ["09", "10", "11", "12", "01"], ["02", "03", "04", "05", "06"]
    assert months(date(2026, 11, 20)) == autumn
    assert months(date(2027, 2, 1)) == autumn
    assert months(date(2027, 5, 1)) == spring
    assert months(date(2027, 8, 10)) == spring


def test_a_month_stands_by_its_best_date_and_a_sum_knows_only_what_was_counted(school: School) -> None:
    row = {"school": school.ids["school"], "class": school.ids["class"]}
    there = school.now - timedelta(days=1)
    event(school, there, state="not_held")
    event(school, there, state="planned")

    def found() -> list[counts.Line]:
        with at(school) as unit:
            return counts.of_class(unit, row["school"], row["class"], PLACE)

    assert counts.stands(found()) is Stands.UNSAID
    event(school, there)
    assert counts.stands(found()) is Stands.HELD
    assert counts.people(found()) is None
    event(school, there, counted=7)
    event(school, there, counted=50, state="not_held")
    assert counts.people(found()) == 7
    assert counts.stands([]) is Stands.NONE


def test_an_own_topic_is_shown_without_the_names_in_it(school: School) -> None:
    seal, row = school.vault.seal, event(school, school.now - timedelta(days=1), own_topic="x")
    topic = "孙医生、张强、小雨和周静老师聊睡眠"
    school.run(
        "UPDATE event SET sealed_topic = :topic, sealed_speaker = :speaker",
        topic=seal("event", row, "topic", topic),
        speaker=seal("event", row, "speaker", "孙医生"),
    )
    with at(school) as unit:
        (found,) = counts.of_school(unit, school.ids["school"], PLACE)
    assert found.title("zh_CN") == found.title("en") == "…、…、…和…老师聊睡眠"


def test_however_many_events_there_are_the_queries_are_as_many(school: School) -> None:
    def asked() -> int:
        many = 0

        def count(*_: Any) -> None:
            nonlocal many
            many += 1

        with at(school) as unit:
            listening.listen(school.engine, "before_cursor_execute", count)
            counts.of_school(unit, school.ids["school"], PLACE)
            listening.remove(school.engine, "before_cursor_execute", count)
        return many

    event(school, school.now - timedelta(days=1))
    before = asked()
    random_events(school, random.Random(3), [school.ids["class"]], 30, (-60, 20))
    assert asked() == before


# --- duties that an event does ---


@pytest.mark.parametrize("seed", range(6))
def test_a_duty_is_done_by_the_event_and_not_asked_for_while_one_is_planned(
    school: School, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "SUMMER", ((13, 1), (13, 1)))
    dice = random.Random(seed)
    if seed % 2:
        term(school, -60, 60)
    events: list[tuple[str, str, str, bool, date]] = []
    for _ in range(dice.randrange(7)):
        kind = dice.choice([kinds.CLASS, kinds.GROUP, "training"])
        host, state = (
            dice.choice(["李明", "周静"]),
            dice.choice(["held", "planned", "announced", "not_held", "cancelled"]),
        )
        days = dice.choice([-70, -20, -9, -4, -1, 0]) if state == "held" else dice.choice([-9, -5, -1, 0, 1, 3, 9, 90])
        when, speaks = school.now + timedelta(days=days, minutes=-1), dice.random() < 0.3
        row = event(school, when, kind=kind, state=state, host_id=school.ids[host], classes=[])
        if speaks:
            school.run("UPDATE event SET speaker_id = :who WHERE id = :row", who=school.ids["王芳"], row=row)
        events.append((kind, state, host, speaks, when.astimezone(ZONE).date()))
    today = school.now.astimezone(ZONE).date()
    monday = today - timedelta(days=today.weekday())
    people = [school.ids["李明"], school.ids["周静"]]
    with at(school) as unit:
        together = due.of_mentors(unit, people, PLACE)
    for name, person in zip(("李明", "周静"), people, strict=True):
        expected = set()
        mine = [
            (kind, state, day)
            for kind, state, host, speaks, day in events
            if host == name and not (kind == kinds.CLASS and speaks)
        ]
        open_ = [
            (kind, day)
            for kind, state, day in mine
            if state in ("planned", "announced") and day >= today - timedelta(days=7)
        ]
        held = [(kind, day) for kind, state, day in mine if state == "held"]
        week = [day for kind, day in [*open_, *held] if kind == kinds.GROUP and 0 <= (day - monday).days < 7]
        if not week:
            expected.add(("group_activity", monday + timedelta(days=6)))
        if seed % 2:
            first, last = today - timedelta(days=60), today + timedelta(days=60)
            if not any(kind == kinds.CLASS and first <= day <= last for kind, day in [*open_, *held]):
                expected.add(("lecture", first + timedelta(days=int(120 * 0.8))))
        found = {(one.kind.code, one.due_on) for one in together[person] if one.kind.code in due.EVENTS}
        assert found == expected, events


def test_what_was_given_last_term_is_remembered_and_asked_for_again(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "SUMMER", ((13, 1), (13, 1)))
    term(school, -30, 90)
    event(school, school.now - timedelta(days=50))
    event(school, school.now - timedelta(days=40), sealed_speaker=b"x")
    with at(school) as unit:
        duty_kinds.change(unit, school.ids["school"], "group_activity", enabled=False)
        (lecture,) = [one for one in due.of_mentor(unit, school.ids["李明"], PLACE) if one.kind.code == "lecture"]
    assert lecture.last == (school.now - timedelta(days=50)).astimezone(ZONE).date()


async def test_an_activity_that_was_held_is_not_on_the_weeks_list(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await to_monday(bot)
    await mentor.sees("【本周该做】")
    await mentor.says("/week")
    assert "小组活动" in (await mentor.sees("【本周该做】"))["text"]
    event(bot.school, bot.clock.now() - timedelta(minutes=90), kind=kinds.GROUP, classes=[])
    await mentor.says("/week")
    assert "小组活动" not in (await mentor.sees("【本周该做】"))["text"]


# --- through the front door ---


def a_term(bot: Bot) -> dict[str, int]:
    """Two parent classes were held (one counted by sign-in, one not), one is to come; an activity, and a consultation.

    张强 signed up and came, 刘敏 signed up and did not, 王芳 said nothing.
    """
    school, now = bot.school, bot.clock.now()
    today = now.astimezone(ZONE).date()
    first = today.replace(day=1) - timedelta(days=75)
    values: dict[str, Any] = {
        "id": 5,
        "school": school.ids["school"],
        "first": first,
        "last": today + timedelta(days=40),
    }
    if school.engine.dialect.name == "sqlite":
        values |= {name: values[name].isoformat() for name in ("first", "last")}
    school.run(
        "INSERT INTO term (id, school_id, name, starts_on, ends_on) VALUES (:id, :school, 'x', :first, :last)", **values
    )
    second = first.replace(day=1) + timedelta(days=40)
    found = {
        "read": event(school, middle(first), own_topic="张强爸爸和陈晨聊阅读", sealed_speaker=None),
        "unknown": event(school, middle(second), topic="listening"),
        "ahead": event(school, now + timedelta(days=9), state="announced"),
        "group": event(school, middle(second), kind=kinds.GROUP, classes=[], counted=3),
        "private": event(school, middle(second), kind="consultation", classes=[], own_topic="会商"),
        "training": event(school, middle(second), kind="training", classes=[], counted=2),
    }
    there = accounts(school, 2)
    with Session(school.engine) as session:
        session.add(
            EventReply(event_id=found["read"], person_id=school.ids["张强"], reply="come", people=2, since=1, at=1)
        )
        session.add(
            EventReply(event_id=found["read"], person_id=school.ids["刘敏"], reply="come", people=1, since=1, at=1)
        )
        session.add_all(
            EventHere(event_id=found["read"], account_id=one, people=2, how="button", at=to_ms(now)) for one in there
        )
        session.commit()
    return found


def middle(day: date) -> datetime:
    """The evening of the 28th of that day's month."""
    return datetime(day.year, day.month, 28, 19, tzinfo=ZONE)


async def to_class(person: Person) -> dict[str, Any]:
    await person.says("/overview")
    await person.presses("五年级2班", await person.sees("班级概况"))
    await person.presses("家长学堂", await person.sees("家里有人加入"))
    return await person.sees("本学期家长学堂")


async def test_a_chief_mentor_sees_the_term_of_a_class(bot: Bot) -> None:
    chief = await bot.joined_mentor()
    a_term(bot)
    shown = (await to_class(chief))["text"]
    assert "28日办了，来了 4 人《…爸爸和…聊阅读》" in shown
    assert "28日办了，来了 – 人《先听完，再开口》" in shown
    assert "：定在 " in shown
    assert "一共办了 2 次，来了 4 人次" in shown
    assert "其他活动：快乐成长小组 1" in shown
    assert "家长反馈" not in shown
    assert "会商" not in shown
    await chief.presses("学堂图")
    found = await chief.sees("本学期到场人数")
    assert found["kind"] == "photo"
    assert "🟦 家长学堂 4 人次" in found["caption"]
    assert "🟧 快乐成长小组 3 人次" in found["caption"]
    await chief.says("/overview")
    assert not any("学堂" in one["text"] for row in (await chief.sees("班级概况"))["buttons"] for one in row)


async def test_nobodys_name_is_in_anything_that_comes_out(bot: Bot) -> None:
    admin, chief = await bot.joined_admin(), await bot.joined_mentor()
    a_term(bot)
    said = []
    for one in (admin, chief):
        seen = await to_class(one)
        said.append(seen["text"])
        await one.presses("学堂图", seen)
        said.append((await one.sees("本学期到场人数"))["caption"])
    await admin.says("/overview")
    await admin.presses("家长学堂统计", await admin.sees("班级概况"))
    seen = await admin.sees("全校 · 本学期家长学堂")
    said.append(seen["text"])
    await admin.presses("学堂图", seen)
    said.append((await admin.sees("柱高是班级数"))["caption"])
    await admin.presses("学堂统计表", seen)
    sent = await admin.sees("没有任何人的姓名")
    said += [sent["caption"], sent["document"]["file_name"]]
    _, content, _ = await bot.telegram.file(sent["document"]["file_id"])
    book = load_workbook(io.BytesIO(content))
    said += [str(cell.value) for sheet in book.worksheets for row in sheet for cell in row]
    said += [sheet.title for sheet in book.worksheets] + [str(book.properties.creator), str(book.properties.title)]
    assert len(said) > 60
    for name in NAMES:
        assert not [one for one in said if name in one], name


async def test_an_admin_gets_the_table_and_the_chart(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await admin.says("/overview")
    await admin.presses("家长学堂统计", await admin.sees("班级概况"))
    seen = await admin.sees("全校 · 本学期家长学堂")
    assert "这个月还没有安排的班（1 个）：五年级2班" in seen["text"]
    await admin.presses("学堂图", seen)
    await admin.sees_toast("还没有办过")
    rows = a_term(bot)
    bot.school.run("UPDATE event SET starts_at = starts_at + 60000 WHERE id = :row", row=rows["read"])
    await admin.presses("回到概况", seen)
    await admin.presses("家长学堂统计", await admin.sees("班级概况"))
    seen = await admin.sees("1/1 个班办了，来了 4 人次")
    assert "1/1 个班办了，来了 – 人次" in seen["text"]
    assert "，1 个班已定日期" in seen["text"]
    await admin.presses("学堂图", seen)
    found = await admin.sees("柱高是班级数")
    assert found["kind"] == "photo"
    assert "🟩 办了 2" in found["caption"]
    assert "🟧 已定日期或还没记 1" in found["caption"]
    assert "来了 4 人次" in found["caption"]
    await admin.presses("学堂统计表", seen)
    file = (await admin.sees("没有任何人的姓名"))["document"]
    assert file["file_name"].startswith("家长学堂统计 ")
    _, content, _ = await bot.telegram.file(file["file_id"])
    classes, every = load_workbook(io.BytesIO(content)).worksheets
    head, ours, sums = ([cell.value for cell in row] for row in classes)
    assert (ours[0], sums[0]) == ("五年级2班", "合计")
    assert Counter(ours[1::2])["办了"] == 2
    assert [one for one in ours[2::2] if one is not None] == [4, "–"]
    assert sum(one for one in sums[1::2] if isinstance(one, int)) == 2
    assert head[2] == f"{head[1]} 人数"
    lines = [dict(zip([cell.value for cell in every[1]], [cell.value for cell in row], strict=True)) for row in every]
    assert Counter(one["活动"] for one in lines[1:]) == {"家长学堂": 3, "快乐成长小组": 1, "培训": 1}
    (read,) = [one for one in lines if one["主题"] == "…爸爸和…聊阅读"]
    assert (read["邀请家庭"], read["报名人数"], read["到场人数"]) == (3, 3, 4)
    assert read["反馈平均（满 5 份起）"] is None
    (group,) = [one for one in lines if one["活动"] == "快乐成长小组"]
    assert (group["班级"], group["邀请家庭"], group["到场人数"]) == ("五年级2班", 2, 3)


async def test_only_the_chief_mentor_of_today_and_admins_see_counts(bot: Bot) -> None:
    chief, admin = await bot.joined_mentor(), await bot.joined_admin()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await other.says("/overview")
    await other.sees("这里给首席导师")
    a_term(bot)
    seen = await to_class(chief)
    await admin.says("/overview")
    await admin.presses("家长学堂统计", await admin.sees("班级概况"))
    whole = await admin.sees("全校 · 本学期家长学堂")
    bot.school.run("UPDATE class_team SET until = 1")
    bot.school.run("UPDATE role SET until = 1 WHERE kind = 'admin'")
    await chief.presses("学堂图", seen)
    await chief.sees_toast("按钮")
    for button in ("学堂图", "学堂统计表"):
        await admin.presses(button, whole)
        await admin.sees_toast("按钮")
    for one in (chief, admin):
        assert not any("到场人数" in text or "没有任何人的姓名" in text for text in await one.reads())


async def test_in_english_the_numbers_come_in_english(bot: Bot) -> None:
    admin = await bot.joined_admin()
    bot.school.run("UPDATE account SET language = 'en', language_chosen = :yes", yes=True)
    a_term(bot)
    await admin.says("/overview")
    await admin.presses("Parent classes in numbers", await admin.sees("How classes stand"))
    seen = await admin.sees("The whole school")
    assert "held in 1 of 1 classes, 4 people came" in seen["text"]
    await admin.presses("Table of parent classes", seen)
    file = (await admin.sees("nobody's name"))["document"]
    _, content, _ = await bot.telegram.file(file["file_id"])
    assert load_workbook(io.BytesIO(content)).sheetnames == ["Classes and months", "Every event"]
