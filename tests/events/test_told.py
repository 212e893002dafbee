"""What many are told of changes: nothing that is true is lost, nothing twice, nothing too late, nothing loud that is silent."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as listening
from sqlmodel import Session

from handlers.context import SchoolSettings
from handlers.events import spread
from models.events import changing, events, replies, tellings
from models.events.rules import DAY, HOUR
from models.events.states import EventState, Form, Reply, What
from models.events.tables import Event
from models.unit import Unit, sql
from tests.appointments import crowd
from tests.events.class_of_parents import at_seven, done, planned, tick, unit_of, until
from tests.school import Bot, School

BOT = 77
AT_ONCE = SchoolSettings(keep_hours=False)


def families(school: School, count: int) -> list[int]:
    """Joined guardians of the class, in the order of their ids."""
    found = []
    with Session(school.engine) as session:
        for number in range(count):
            person = crowd.joined(session, school, BOT, crowd.FIRST + number, f"家长{number}")
            school.pupil(session, f"F{number}", f"孩子{number}", school.ids["李明"], ((person, "mother"),))
            found.append(person)
        session.commit()
    school.run("UPDATE guardianship SET confirmed_at = since")
    return found


def plan(unit: Unit, school: School, **more: Any) -> Event:
    """A parent class in nine days, announced."""
    starts = unit.now_ms + 9 * DAY
    values: dict[str, Any] = {
        "state": EventState.ANNOUNCED,
        "starts_at": starts,
        "ends_at": starts + HOUR,
        "place": "教室",
        **more,
    }
    row = events.plan(
        unit,
        school_id=school.ids["school"],
        kind="parent_class",
        host_id=school.ids["李明"],
        actor=None,
        classes=[school.ids["class"]],
        **values,
    )
    return events.must(unit, row)


def commit(unit: Unit) -> None:
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


def tell(unit: Unit) -> None:
    """Tells all that is to be told now."""
    while tellings.open_ones(unit):
        spread.tick(unit, AT_ONCE)
    unit.flush()


_ROWS = sql("SELECT dedupe_key FROM outbox WHERE state = :state AND dedupe_key LIKE :keys")
_EVERY = sql("SELECT dedupe_key, state FROM outbox WHERE dedupe_key IS NOT NULL")


def keys(unit: Unit, what: str, state: str = "waiting") -> list[int]:
    """Whom rows of this kind are for."""
    rows = unit.execute(_ROWS, state=state, keys=f"event:%:{what}.%").all()
    return sorted(int(row[0].rpartition(":")[2]) for row in rows)


def row(unit: Unit, event: int, what: str, state: str = "waiting") -> str:
    """Something that waits to be said; answers its key."""
    key = f"event:{event}:{what}"
    unit.queue(bot_id=1, chat_id=1, kind="text", payload="{}", dedupe_key=key, due_at=9**13)
    unit.flush()
    unit.connection.exec_driver_sql(f"UPDATE outbox SET state = '{state}' WHERE dedupe_key = '{key}'")
    return key


def extra(unit: Unit, what: What = What.CHANGED) -> str:
    return next(one.extra for one in tellings.open_ones(unit) if one.what is what)


# --- what is taken back ---


def test_a_change_takes_back_times_and_places_and_nothing_else(school: School) -> None:
    unit = school.unit()
    known = plan(unit, school)
    gone = ["notice.0:1", "mended.1:1", "mend.1000:1", "day.0:1", "hour.0:1", "link.0:1", "changed.1:1", "file.0:1"]
    gone += ["up.3:1", "lead_day.0:1", "lead_hour.0:1", "vote.0:1", "feedback.0:1"]
    stay = ["answer.5:1", "answers.0:1", "notes.0.0:1", "away.3:1", "freed.1.2:1", "speaker_cannot:1", "cannot.1:1"]
    stay += ["lead_by_other.1.2:1", "given.0.1:1", "topic_vote:1", "moved.1.2:1", "off.1:1", "cancelled.1:1"]
    found = [row(unit, known.id, one) for one in gone + stay]
    assert replies.withdraw(unit, known.id) == len(gone)
    states = {one.dedupe_key: one.state for one in unit.execute(_EVERY)}
    assert [states[one] for one in found] == ["cancelled"] * len(gone) + ["waiting"] * len(stay)


def test_who_cannot_come_is_not_reminded_and_still_hears_the_answer_and_the_vote(school: School) -> None:
    unit = school.unit()
    known = plan(unit, school)
    for one in ("day.0:7", "file.0:7", "day.0:8", "vote.0:7", "feedback.0:7", "answer.5:7", "lead_day.0:7"):
        row(unit, known.id, one)
    assert replies.withdraw(unit, known.id, 7) == 2


# --- one change after the other ---


def test_a_second_change_says_what_the_first_one_had_not_said(school: School) -> None:
    unit = school.unit()
    known = plan(unit, school)

    def place(name: str) -> None:
        assert changing.changed(unit, known.id, None, {"place"}, place=name)

    moved = {"starts_at": known.starts_at + HOUR, "ends_at": known.ends_at + HOUR}
    assert changing.changed(unit, known.id, None, {"time"}, **moved)
    place("礼堂")
    assert extra(unit) == "place time"
    # Told to all, but a row still waits for somebody's morning, with its file.
    tell(unit)
    row(unit, known.id, "changed.2:1")
    row(unit, known.id, "file.2:1")
    assert changing.changed(unit, known.id, None, {"speaker"}, speaker_name="王老师")
    assert extra(unit) == "file place speaker time"
    # All gone out: the next one speaks for itself.
    tell(unit)
    place("操场")
    assert extra(unit) == "place"


@pytest.mark.both
async def test_time_and_then_place_in_the_night_are_one_message_with_a_file(bot: Bot) -> None:
    await bot.joined_mentor()
    father = await bot.father()
    starts = at_seven(bot, 5)
    event = planned(bot, starts)
    await tick(bot, seconds=20)
    await father.presses("来", await father.sees("您来吗"))
    await father.sees("加到手机日历")
    await until(bot, at_seven(bot, 1).replace(hour=23))
    files = len([one for one in await father.reads() if "加到手机日历" in one])
    moved = int((starts + timedelta(hours=1)).timestamp() * 1000)
    for what, values in (("time", {"starts_at": moved, "ends_at": moved + HOUR}), ("place", {"place": "礼堂"})):
        unit = unit_of(bot)
        assert changing.changed(unit, event, None, {what}, **values)
        done(unit)
        await tick(bot, seconds=20)
    await father.sees_nothing_with("有变化", 0.1)
    await until(bot, at_seven(bot, 1).replace(hour=9))
    told = await father.sees("有变化（地点\n时间）")
    assert "20:00–21:00" in told["text"]
    assert "礼堂" in told["text"]
    for _ in range(50):
        seen = [one for one in await father.reads() if "加到手机日历" in one]
        if len(seen) > files:
            break
        await tick(bot, seconds=1)
    assert len(seen) == files + 1


def test_a_change_of_place_sends_a_file_to_those_who_have_one(school: School) -> None:
    here = families(school, 3)
    unit = school.unit()
    known = plan(unit, school, capacity=1)
    for one in here[:2]:
        replies.give(unit, known.id, one, Reply.COME)
    assert replies.of(unit, known.id, here[1]) == (Reply.WAITING, 1)
    assert changing.changed(unit, known.id, None, {"place"}, place="礼堂")
    tell(unit)
    assert keys(unit, "changed") == here[:2]
    assert keys(unit, "file") == here[:1]


# --- too late ---


@pytest.mark.parametrize("what", ["changed", "cancelled"])
def test_a_change_is_of_no_use_after_the_end(school: School, what: str) -> None:
    here = families(school, 1)
    unit = school.unit()
    known = plan(unit, school)
    replies.give(unit, known.id, here[0], Reply.COME)
    if what == "changed":
        assert changing.changed(unit, known.id, None, {"place"}, place="礼堂")
    else:
        assert changing.called_off(unit, known.id, None)
    assert {one.useful_until for one in tellings.open_ones(unit)} == {known.ends_at}
    unit.now += timedelta(days=9, hours=2)
    tell(unit)
    assert keys(unit, what) == []
    assert tellings.told(unit, known.id, What(what)) == (0, 1)


def test_an_invitation_within_a_mend_comes_no_later_than_another_one(school: School) -> None:
    here = families(school, 2)
    unit = school.unit()
    known = plan(unit, school)
    changing.mend(unit, known)
    unit.now += timedelta(days=9) - timedelta(minutes=90)
    tell(unit)
    assert keys(unit, "mended") == []
    unit.now -= timedelta(hours=1)
    changing.mend(unit, events.must(unit, known.id))
    tell(unit)
    assert keys(unit, "mended") == here
    rows = unit.connection.exec_driver_sql("SELECT DISTINCT useful_until FROM outbox WHERE kind = 'text'")
    assert [one[0] for one in rows] == [known.starts_at - 2 * HOUR]


# --- another form ---


def test_replies_follow_the_form(school: School) -> None:
    here = families(school, 4)
    unit = school.unit()
    known = plan(unit, school, form=Form.BOTH, capacity=3)
    for person, reply, people in zip(
        here, (Reply.COME, Reply.ONLINE, Reply.ONLINE, Reply.CANNOT), (2, 1, 1, 1), strict=True
    ):
        replies.give(unit, known.id, person, reply, people)
        unit.now += timedelta(seconds=1)

    def said() -> list[str]:
        found = [replies.of(unit, known.id, one) for one in here]
        return [one[0].value for one in found if one is not None]

    assert changing.changed(unit, known.id, None, {"form"}, form=Form.ROOM)
    assert said() == ["come", "come", "waiting", "cannot"]
    assert changing.changed(unit, known.id, None, {"form"}, form=Form.ONLINE)
    assert said() == ["online", "online", "online", "cannot"]
    assert changing.changed(unit, known.id, None, {"form"}, form=Form.ROOM)
    assert said() == ["come", "come", "waiting", "cannot"]
    assert changing.changed(unit, known.id, None, {"place"}, place="礼堂")
    assert said() == ["come", "come", "waiting", "cannot"]


@pytest.mark.both
async def test_from_the_room_to_online_and_back(bot: Bot) -> None:
    await bot.joined_mentor()
    father = await bot.father()
    starts = at_seven(bot, 3)
    event = planned(bot, starts, link="https://meet.example.org/a")
    await tick(bot, seconds=20)
    await father.presses("来", await father.sees("您来吗"))
    await father.sees("您选了：来，1 人")

    async def change(form: Form) -> None:
        unit = unit_of(bot)
        assert changing.changed(unit, event, None, {"form"}, form=form)
        done(unit)
        await tick(bot, seconds=20)

    await change(Form.ONLINE)
    told = await father.sees("这次改成线上了")
    assert "您选了：线上参加" in told["text"]
    await change(Form.ROOM)
    told = await father.sees("这次改到现场了")
    assert "五年级2班教室" in told["text"]
    assert "您选了：来，1 人" in told["text"]
    assert "来不了" in [one["text"] for line in told["buttons"] for one in line]
    await until(bot, starts - timedelta(days=1))
    assert "五年级2班教室" in (await father.sees("别忘了"))["text"]
    await change(Form.ONLINE)
    await until(bot, starts - timedelta(hours=1))
    assert "链接" in (await father.sees("快开始了"))["text"]
    await until(bot, starts + timedelta(seconds=5))
    await father.sees("https://meet.example.org/a")


# --- silent ---


async def test_a_mend_that_cannot_be_made_is_followed_by_nothing(bot: Bot) -> None:
    await bot.joined_mentor()
    father, mother = await bot.father(), await bot.mother()
    event = planned(bot, at_seven(bot, 3))
    await tick(bot, seconds=20)
    await father.sees("您来吗")
    await mother.sees("您来吗")
    await father.act("delete_chat")
    unit = unit_of(bot)
    assert changing.changed(unit, event, None, {"place"}, place="礼堂")
    done(unit)
    await tick(bot, seconds=20)
    await mother.sees("礼堂")
    await father.sees_nothing_with("礼堂", 0.3)
    found = bot.school.run(
        "SELECT state FROM outbox WHERE kind = 'edit' AND dedupe_key LIKE :keys ORDER BY state", keys="event:%:mend.%"
    )
    assert found == [("failed",), ("sent",)]


def test_whom_the_invitation_has_passed_is_not_invited_by_a_mend(school: School) -> None:
    here = families(school, 4)
    unit = school.unit()
    known = plan(unit, school)
    tellings.begin(unit, known, What.NOTICE, 0)
    # Three have been told; the outbox has forgotten two of them, one message was taken back at the last change.
    unit.connection.exec_driver_sql(f"UPDATE event_telling SET cursor = {here[2]}")
    row(unit, known.id, f"notice.0:{here[2]}", "cancelled")
    changing.mend(unit, events.must(unit, known.id))
    tell(unit)
    assert keys(unit, "mended") == here[2:]


def test_who_was_told_nothing_because_it_was_too_late_is_invited_when_it_is_put_off(school: School) -> None:
    here = families(school, 2)
    unit = school.unit()
    known = plan(unit, school)
    tellings.begin(unit, known, What.NOTICE, 0)
    unit.connection.exec_driver_sql(f"UPDATE event_telling SET cursor = {here[1]}, late = 2, done_at = 1")
    assert changing.changed(
        unit, known.id, None, {"time"}, starts_at=known.starts_at + DAY, ends_at=known.ends_at + DAY
    )
    tell(unit)
    assert keys(unit, "mended") == here


# --- several dates ---


@pytest.mark.both
@pytest.mark.parametrize("ending", ["over", "called off"])
async def test_a_further_date_is_mended_when_the_first_one_is_gone(bot: Bot, ending: str) -> None:
    await bot.joined_mentor()
    father, mother = await bot.father(), await bot.mother()
    first, second = at_seven(bot, 2), at_seven(bot, 4)
    event = planned(bot, first)
    other = planned(bot, second, first_id=event)
    await tick(bot, seconds=20)
    asked = await father.sees("您来吗")
    await mother.sees("您来吗")
    if ending == "over":
        await until(bot, first + timedelta(hours=2))
    else:
        unit = unit_of(bot)
        assert changing.called_off(unit, event, None)
        done(unit)
        await tick(bot, seconds=20)
    unit = unit_of(bot)
    assert changing.changed(unit, other, None, {"place"}, place="礼堂")
    done(unit)
    await tick(bot, seconds=20)
    shown = await father.sees("礼堂")
    assert shown["message_id"] == asked["message_id"]
    assert f"{second.month}月{second.day}日" in shown["text"]
    assert sum("礼堂" in one for one in await mother.reads()) == 1


# --- the link, once ---


async def test_who_takes_part_online_at_the_last_moment_gets_the_link_once(bot: Bot) -> None:
    await bot.joined_mentor()
    father = await bot.father()
    starts = at_seven(bot, 1)
    event = planned(bot, starts, form=Form.BOTH, link="https://meet.example.org/a", state=EventState.ANNOUNCED)
    await tick(bot, seconds=20)
    await father.says("/classes")
    await father.presses("家长学堂", await father.sees("接下来"))
    asked = await father.sees("您来吗")
    bot.later(seconds=(starts - bot.clock.now()).total_seconds() + 60)
    # The telling has begun and has not come to him.
    unit = unit_of(bot)
    tellings.begin(unit, events.must(unit, event), What.LINK, 0)
    done(unit)
    await father.presses("线上参加", asked)
    await father.sees("https://meet.example.org/a")
    await tick(bot, seconds=20)
    await tick(bot, seconds=20)
    assert sum("https://meet.example.org/a" in one for one in await father.reads()) == 1


def test_another_link_while_the_first_one_goes_out(school: School) -> None:
    here = families(school, 2)
    unit = school.unit()
    known = plan(unit, school, form=Form.ONLINE, link="https://a.cn/1")
    for one in here:
        replies.give(unit, known.id, one, Reply.ONLINE)
    unit.now += timedelta(days=9, minutes=1)
    tellings.begin(unit, known, What.LINK, 0)
    row(unit, known.id, f"link.0:{here[0]}")
    assert changing.link_changed(unit, known.id, None, "https://a.cn/2")
    tell(unit)
    assert Counter((one.dedupe_key.split(":")[2], one.state) for one in unit.execute(_EVERY)) == {
        ("link.0", "cancelled"): 1,
        ("link.1", "waiting"): 2,
    }


# --- one of many ---


def test_a_name_that_does_not_open_leaves_out_one_person(school: School) -> None:
    here = families(school, 5)
    school.run(
        "UPDATE pupil SET sealed_name = :wrong WHERE id = (SELECT pupil_id FROM guardianship WHERE person_id = :person)",
        wrong=b"\x01wrong",
        person=here[1],
    )
    unit = school.unit()
    known = plan(unit, school)
    tellings.begin(unit, known, What.NOTICE, 0)
    tell(unit)
    assert keys(unit, "notice") == [here[0], *here[2:]]
    assert tellings.told(unit, known.id, What.NOTICE) == (4, 1)
    assert len(unit.faults) == 1


def test_an_event_that_does_not_open_is_told_to_nobody_and_stays(school: School) -> None:
    families(school, 2)
    unit = school.unit()
    known = plan(unit, school)
    tellings.begin(unit, known, What.NOTICE, 0)
    commit(unit)
    school.run("UPDATE event SET sealed_place = :wrong", wrong=b"\x01wrong")
    unit = school.unit()
    with pytest.raises(spread.Stuck):
        spread.tick(unit, AT_ONCE)
    unit.connection.close()


@pytest.mark.parametrize("what", [What.NOTICE, What.MENDED, What.CHANGED, What.CANCELLED, What.HOUR, What.VOTE])
def test_many_cost_as_many_questions_as_few(school: School, what: What) -> None:
    here = families(school, 45)
    counted = []
    for most in (2, 45):
        unit = school.unit()
        state = EventState.CANCELLED if what is What.CANCELLED else EventState.ANNOUNCED
        known = plan(unit, school, state=state)
        plan(unit, school, first_id=known.id)
        events.change(unit, known.id, None, vote="sleep reading")
        for one in here:
            unit.connection.exec_driver_sql(
                "INSERT INTO event_reply (event_id, person_id, reply, people, since, at)"
                f" VALUES ({known.id}, {one}, 'come', 1, 1, 1)"
            )
        number = changing.SILENT if what is What.MENDED else 0
        tellings.begin(unit, events.must(unit, known.id), what, number, extra="time")
        found: list[str] = []

        def note(_c: object, _d: object, statement: str, *_more: object, found: list[str] = found) -> None:
            found.append(statement)

        listening.listen(unit.connection, "before_cursor_execute", note)
        tellings_batch = tellings.BATCH
        try:
            tellings.BATCH = most
            spread.tick(unit, AT_ONCE)
            unit.flush()
        finally:
            tellings.BATCH = tellings_batch
        assert len(unit.queued) >= most
        counted.append(len(found))
        unit.connection.rollback()
        unit.connection.close()
    assert counted[0] == counted[1] <= 30
