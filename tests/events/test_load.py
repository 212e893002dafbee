"""Whether an evening's reminders leave in time: reckoned a second way, told the day before, set right by a button."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from bench.evening_town import fill
from bot.running import RunningBot
from handlers import telling
from models.base import to_ms
from models.events import audience, events, load
from models.events.load import STEPS, Crowd
from models.events.rules import MINUTE, EventRules
from models.events.states import EventState
from models.standing import Reach
from models.unit import Unit
from models.vault import Vault
from tests.events.class_of_parents import at_seven, done, planned, tick, unit_of, until
from tests.school import Bot, School

EVENING = 1_800_000_000_000
CROWDS = st.lists(
    st.builds(
        Crowd,
        event_id=st.integers(1, 10_000),
        school_id=st.integers(1, 3),
        starts_at=st.integers(0, 12).map(lambda n: EVENING + n * 10 * MINUTE),
        minutes=st.sampled_from([1, 30, 60, 75, 90, 240]),
        people=st.integers(0, 60),
    ),
    max_size=8,
    unique_by=lambda one: one.event_id,
)
RATES = st.sampled_from([0.01, 0.05, 0.3, 1.0, 29.5])


def message_by_message(crowds: list[Crowd], rate: float) -> tuple[dict[int, int], int | None]:
    """The queue as it is: one message after the other is looked at, and sent or dropped; and once with none dropped."""
    gap = Fraction(1000) / Fraction(rate)
    line = [(one.due, one.starts_at, one.event_id) for one in crowds for _ in range(one.people)]
    line.sort()
    late: dict[int, int] = {}
    now = Fraction(0)
    for due, starts, event in line:
        at = max(now, Fraction(due))
        if at >= starts:
            late[event] = late.get(event, 0) + 1
        else:
            now = at + gap
    now, last = Fraction(0), None
    for due, _, _ in line:
        last = max(now, Fraction(due))
        now = last + gap
    return late, None if last is None else int(last)


@given(CROWDS, RATES)
def test_the_outlook_is_what_a_queue_does(crowds: list[Crowd], rate: float) -> None:
    seen = load.outlook(crowds, rate)
    late, last = message_by_message(crowds, rate)
    assert seen.late == late
    assert seen.count == sum(one.people for one in crowds)
    assert seen.last_at == last
    assert seen.late_in(crowds) == sum(late.values())
    assert sum(seen.late_in(crowds, school) for school in (1, 2, 3)) == sum(late.values())


@given(CROWDS, RATES)
def test_what_is_offered_is_the_least_that_helps(crowds: list[Crowd], rate: float) -> None:
    def late(minutes: int) -> int:
        return sum(message_by_message(load.with_at_least(crowds, minutes), rate)[0].values())

    now, by_step = late(0), {step: late(step) for step in STEPS}
    best = min(by_step.values())
    found = load.earlier(crowds, rate)
    if now == 0 or best >= now:
        assert found is None
    else:
        assert found == next(step for step in STEPS if by_step[step] == best)


def test_a_rate_that_is_none() -> None:
    with pytest.raises(ValueError, match="0"):
        load.outlook([], 0)


def test_the_crowds_are_those_who_would_be_told(engine: Engine, vault: Vault, school: School) -> None:
    rules = EventRules()
    begins = school.now.replace(microsecond=0) + timedelta(days=3)
    with engine.begin() as connection:
        fill(connection, vault, 6, 7, begins, 7)
        for statement in (
            # One is not announced yet, one is called off, one has its own time, some cannot, have left or have stopped the bot.
            "UPDATE event SET state = 'planned' WHERE id = (SELECT MIN(id) FROM event)",
            "UPDATE event SET state = 'cancelled' WHERE id = (SELECT MAX(id) FROM event)",
            "UPDATE event SET remind_minutes = 90 WHERE id % 2 = 0",
            "UPDATE event_reply SET reply = 'cannot' WHERE person_id % 5 = 0",
            "UPDATE event_reply SET reply = 'online' WHERE person_id % 5 = 1",
            "UPDATE account SET reachable = false WHERE id % 7 = 0",
            "UPDATE person SET ended_at = 1 WHERE id % 11 = 0 AND staff_number IS NULL",
        ):
            connection.execute(text(statement))
        unit = Unit(connection, vault, school.now)
        for kind, guests in (("training", ()), ("growth_group", ()), ("consultation", (school.ids["王芳"],))):
            events.plan(
                unit,
                school_id=school.ids["school"],
                kind=kind,
                state=EventState.PLANNED,
                host_id=school.ids["李明"],
                starts_at=to_ms(begins),
                ends_at=to_ms(begins) + MINUTE,
                actor=None,
                guests=guests,
                pupil_id=school.ids["张小雨"] if guests else None,
            )
        found = {one.event_id: one for one in load.crowds(unit, rules, 0, to_ms(begins) * 2)}
        every = [row.id for row in unit.execute(text("SELECT id FROM event WHERE state <> 'cancelled'")).all()]
        assert set(found) == set(every)
        for event_id in every:
            event = events.must(unit, event_id)
            people = [one for one in audience.people(unit, event) if one.reach.reachable]
            coming = [one for one in people if event.state == "planned" or one.reply in ("come", "online")]
            assert found[event_id].people == len(coming)
            assert found[event_id].minutes == (event.remind_minutes or rules.remind_minutes)
        unit.finish()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """It reckons with one message in seventy minutes: the second one of an evening leaves ten minutes after the beginning."""
    real = RunningBot.school
    monkeypatch.setattr(RunningBot, "school", lambda self: replace(real(self), bulk_per_second=1 / 4200))


@pytest.mark.usefixtures("slow")
async def test_the_admin_hears_of_it_the_day_before_and_begins_earlier(bot: Bot) -> None:
    school = bot.school
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    await bot.father()
    await bot.mother()
    school.run("UPDATE person SET hours_from = 0, hours_to = 0 WHERE staff_number IS NOT NULL")
    starts = at_seven(bot, 3)
    event = planned(bot, starts, state=EventState.ANNOUNCED)
    for name in ("张强", "王芳"):
        school.run(
            "INSERT INTO event_reply (event_id, person_id, reply, people, since, at) VALUES (:e, :p, 'come', 2, 0, 0)",
            e=event,
            p=school.ids[name],
        )
    before = starts - timedelta(days=1)
    await until(bot, before.replace(hour=9))
    await admin.sees_nothing_with("明天的提醒有点多", 0.2)
    await until(bot, before.replace(hour=10, minute=1))
    told = await admin.sees("明天的提醒有点多")
    assert "一共有 2 条" in told["text"]
    assert "要到 19:10 才发出，1 条会来不及" in told["text"]
    assert "其中我们学校有 1 条" in told["text"]
    await tick(bot, minutes=5)
    assert len([one for one in await admin.reads() if "明天的提醒有点多" in one]) == 1

    # A mentor to whom such a button comes may not press it.
    unit = unit_of(bot)
    args = (school.ids["school"], starts.date().toordinal(), 75)
    reach = Reach(bot.id, mentor.id, "zh_CN", True)
    rows = [[telling.button(unit, reach, "button.load_earlier", "evearly", *args, minutes=75)]]
    rows.append([telling.button(unit, reach, "button.load", "evload")])
    telling.tell(unit, reach, "load.none", dedupe_key="event:0:x:0", buttons=rows)
    done(unit)
    other = await mentor.sees("接下来两周没有", 6.0)
    for text_ in ("提前 75 分钟", "提醒来得及吗"):
        await mentor.presses(text_, other)
        await mentor.sees_toast("按钮")
    assert school.run("SELECT remind_minutes FROM event WHERE id = :id", id=event)[0][0] is None

    await admin.says("/classes")
    await admin.presses("提醒来得及吗", await admin.sees("家长学堂和活动"))
    seen = await admin.sees("活动提醒来得及吗")
    assert "2 条，照现在的速度最后一条 19:10 发出，1 条会来不及" in seen["text"]
    await admin.presses("提前 75 分钟", seen)
    await admin.sees_toast("1 场活动改为提前 75 分钟提醒")
    seen = await admin.sees("都来得及")
    assert "最后一条 18:55 发出" in seen["text"]
    rows_ = school.run("SELECT remind_minutes, sequence FROM event WHERE id = :id", id=event)
    assert [tuple(row) for row in rows_] == [(75, 0)]
    await admin.presses("提前 75 分钟", told)
    await admin.sees_toast("没有可以改的了")
