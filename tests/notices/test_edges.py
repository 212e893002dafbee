"""What happens at the edges of a notice's way: a way out that was shut, two processes at once, words that are odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from handlers import holding
from handlers.context import SchoolSettings
from handlers.notices import compose_question, feed, shown
from handlers.notices.asks import Answers
from handlers.notices.compose_more import wrong_address
from handlers.texts import units
from models import freezing, reaching
from models.base import new_id
from models.conversation import Body
from models.freezing import Scope
from models.notices import attention, audience, checks, fanout, feeding, marks, mending, notices, slips, surveys
from models.notices.audience import Audience, Child
from models.notices.content import Content, Piece, Question
from models.notices.tables import Notice
from models.standing import Reach
from models.unit import Unit, sql
from simulator.client import Telegram
from tests.conftest import settings_for
from tests.notices.crowd import FIRST, crowd, done, got, states, unit_of, until
from tests.notices.test_list import BOT, feeds, joins, morning
from tests.notices.walk import looks, writes
from tests.notices.written import planned, sends
from tests.school import Bot, School

FAMILIES = ("王芳", "张强", "刘敏")


@pytest.fixture
async def slow(simulator: str, database_url: str, school: School, telegram: Telegram) -> AsyncIterator[Bot]:
    """A bot that tells twenty people in a second."""
    running = Bot(settings_for(simulator, database_url, BOT_LIMITS__BULK_PER_SECOND="20"), school, telegram)
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


def families_joined(school: School) -> Unit:
    """A unit of work in the morning, all three families with accounts."""
    for number, name in enumerate(FAMILIES):
        joins(school, name, 100 + number)
    school.run("INSERT INTO bot (id, username) VALUES (:bot, 'x')", bot=BOT)
    return morning(school)


async def test_what_did_not_leave_in_time_waits_for_its_turn_again_and_nobody_gets_it_twice(slow: Bot) -> None:
    await slow.joined_admin()
    await crowd(slow, 40)
    notice = sends(slow)
    await until(lambda: states(slow, notice).get("sent", 0) >= 2)
    unit = unit_of(slow)
    freezing.freeze(unit, slow.school.ids["赵主任"], Scope.ALL)
    done(unit)
    await until(lambda: not slow.school.run("SELECT 1 FROM outbox WHERE state = 'sending' LIMIT 1"))
    waits = slow.school.run("SELECT useful_until FROM outbox WHERE state = 'frozen' AND notice_id IS NOT NULL")
    assert waits
    assert all(one[0] is not None for one in waits)
    # The freeze lasts for hours.
    slow.school.run("UPDATE outbox SET useful_until = 1 WHERE state = 'frozen'")
    unit = unit_of(slow)
    assert freezing.lift(unit, freezing.current(unit)[0].id, slow.school.ids["赵主任"]) == len(waits)
    done(unit)
    await until(lambda: states(slow, notice) == {"sent": 40, "unjoined": 3})
    assert Counter(await got(slow, "交通安全", 40)) == Counter(range(FIRST, FIRST + 40))
    expired = slow.school.run("SELECT COUNT(*) FROM outbox WHERE state = 'expired'")
    assert expired[0][0] == len(waits)
    used = slow.school.run("SELECT DISTINCT used FROM attention")
    assert [one[0] for one in used] == [1]


def test_late_once_more_is_asked_of_who_is_on_the_way_alone(school: School) -> None:
    unit = families_joined(school)
    notice = planned(unit, school, BOT)
    feeds(unit)
    person = school.ids["王芳"]
    marks.waits_again(unit, notice.id, person)
    marks.waits_again(unit, notice.id, person)
    used = unit.execute(sql("SELECT used FROM attention WHERE user_id = 100")).one().used
    week = attention.week_of(unit.now, "Asia/Shanghai")
    assert (used, attention.full(unit, Audience(), week, 1)) == (0, 2)
    feeds(unit)
    assert unit.execute(sql("SELECT used FROM attention WHERE user_id = 100")).one().used == 1
    unit.connection.close()


async def test_who_has_stopped_the_bot_is_told_apart_also_where_a_picture_was_refused(bot: Bot) -> None:
    await bot.joined_admin()
    mother, father = await bot.mother(), await bot.father()
    place = await mother.sends("photo")
    chat = (await bot.telegram.get("chat", person=mother.id, bot=bot.id))["messages"]
    file = next(str(one["document"]["file_id"]) for one in chat if one["message_id"] == place)
    await father.blocks()
    # Nobody has told the bot so.
    await bot.settled()
    bot.school.run("UPDATE account SET reachable = true")
    picture = Content(
        title={"zh_CN": "海报"}, pieces={"zh_CN": (Piece("海报来了", (), {"kind": "photo", "file": file}),)}
    )
    notice = sends(bot, content=picture)
    await mother.sees("海报来了")
    await until(lambda: not states(bot, notice).get("queued"))
    assert states(bot, notice) == {"sent": 1, "blocked": 1, "unjoined": 1}


def test_meeting_another_process_pauses_nothing_and_what_cannot_be_read_is_paused_with_its_time(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = families_joined(school)
    notice = planned(unit, school, BOT)
    fails: list[Exception] = [feed.Taken(notice.id), OperationalError("x", {}, Exception("deadlock detected"))]

    def crossed(*_args: Any) -> Any:
        raise fails.pop()

    with unit.part():
        while fanout.tick(unit):
            pass
        with monkeypatch.context() as patched:
            patched.setattr(feed, "_part", crossed)
            assert not feed.tick(unit, BOT, SchoolSettings())
            assert not feed.tick(unit, BOT, SchoolSettings())
        assert len(unit.faults) == 2
        now = notices.one(unit, notice.id)
        assert now is not None
        assert now.state == "running"
        unit.write(sql("UPDATE notice SET sealed_content = :nothing"), nothing=b"nothing")
        feed.tick(unit, BOT, SchoolSettings())
        now = notices.one(unit, notice.id)
        assert now is not None
        assert (now.state, now.paused_at) == ("paused", unit.now_ms)
    unit.connection.close()


def test_what_is_frozen_takes_nobodys_place(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = families_joined(school)
    monkeypatch.setattr(feeding, "MOST_NOTICES", 2)
    for _ in range(3):
        planned(unit, school, BOT, author="李明", audience=Audience(mentor=school.ids["李明"]))
    while fanout.tick(unit):
        pass
    last = planned(unit, school, BOT).id
    while fanout.tick(unit):
        pass
    freezing.freeze(unit, school.ids["赵主任"], Scope.PERSON, person=school.ids["李明"])
    assert feeding.running(unit, BOT) == [last]
    unit.connection.close()


def test_what_was_frozen_while_the_freeze_was_lifted_goes_on(school: School) -> None:
    from handlers.notices import freeze

    unit, admin = school.unit(), school.ids["赵主任"]
    for number in range(2):
        unit.queue(bot_id=1, chat_id=number, kind="media", payload="{}", author_id=school.ids["李明"])
    unit.flush()
    freezing.freeze(unit, admin, Scope.ALL)
    unit.write(sql("UPDATE freezing SET lifted_at = :now"), now=unit.now_ms)
    freeze.tick(unit, BOT, SchoolSettings())
    assert [row.state for row in unit.execute(sql("SELECT state FROM outbox"))] == ["waiting"] * 2
    freezing.freeze(unit, admin, Scope.PERSON, person=school.ids["李明"])
    freeze.tick(unit, BOT, SchoolSettings())
    assert [row.state for row in unit.execute(sql("SELECT state FROM outbox"))] == ["frozen"] * 2
    unit.connection.close()


def test_a_correction_that_a_freeze_holds_does_not_come_after_the_notice_was_taken_back(school: School) -> None:
    unit = families_joined(school)
    notice = planned(unit, school, BOT)
    feeds(unit)
    unit.write(sql("UPDATE outbox SET state = 'sent'"))
    unit.write(sql("UPDATE notice_recipient SET state = 'sent', place_id = 5, sent_at = :now"), now=unit.now_ms)
    now = notices.one(unit, notice.id)
    assert now is not None
    assert mending.correct(unit, now, now_content(unit, now))
    from handlers.notices import mend

    with unit.part():
        _ = unit.session
        while mend.tick(unit, BOT, SchoolSettings()):
            pass
    freezing.freeze(unit, school.ids["赵主任"], Scope.ALL)
    now = notices.one(unit, notice.id)
    assert now is not None
    assert mending.recall(unit, now)
    rows = unit.execute(sql("SELECT state FROM outbox WHERE kind = 'amend' AND notice_id IS NOT NULL")).all()
    assert {row.state for row in rows} == {"cancelled"}
    assert len(rows) >= 3
    unit.connection.close()


def now_content(unit: Unit, notice: Notice) -> Content:
    """The same with other words."""
    return notices.content(unit, notice).with_(pieces={"zh_CN": (Piece("改过的字"),)})


def test_of_very_many_who_wait_for_a_stopped_notice_the_rest_is_noted_by_the_clock(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handlers.notices import ticks
    from models.notices import counts, ends, running

    unit = families_joined(school)
    monkeypatch.setattr(running, "ENDED_AT_ONCE", 1)
    notice = planned(unit, school, BOT)
    while fanout.tick(unit):
        pass
    with unit.part():
        now = notices.one(unit, notice.id)
        assert now is not None
        assert running.stop(unit, now) is not None
    assert (counts.of(unit, notice.id).ended, counts.of(unit, notice.id).waiting) == (1, 2)
    assert ends.over(unit) == []
    assert ticks.any_open(unit.connection, unit.now_ms)
    with unit.part():
        while ticks._end(unit, BOT, SchoolSettings()):
            pass
    assert counts.of(unit, notice.id).ended == 3
    assert ends.over(unit) == [notice.id]
    assert not ticks.any_open(unit.connection, unit.now_ms)
    unit.connection.close()


# --- what is held for somebody who came back ---


def test_what_crossed_its_receivers_return_goes_out(school: School) -> None:
    joins(school, "王芳", 100)
    joins(school, "李明", 200)
    unit = morning(school)
    thread, message = new_id(), new_id()
    unit.write(
        sql("INSERT INTO thread (id, pupil_id, guardian_id, mentor_id) VALUES (:id, :pupil, :guardian, :mentor)"),
        id=thread,
        pupil=school.ids["张小雨"],
        guardian=school.ids["王芳"],
        mentor=school.ids["李明"],
    )
    unit.write(
        sql(
            "INSERT INTO message (id, thread_id, by_guardian, kind, sealed_body, state, held_for, hurried, written_at)"
            " VALUES (:id, :thread, false, 'text', :body, 'held', 'unreachable', false, :now)"
        ),
        id=message,
        thread=thread,
        body=unit.vault.seal("message", message, "body", Body("明天见").to_json()),
        now=unit.now_ms,
    )
    unit.write(sql("UPDATE account SET reachable = false WHERE user_id = 100"))
    assert holding.send_missed(unit, "Asia/Shanghai") == 0
    unit.write(sql("UPDATE account SET reachable = true WHERE user_id = 100"))
    assert holding.send_missed(unit, "Asia/Shanghai") == 1
    assert holding.send_missed(unit, "Asia/Shanghai") == 0
    assert [(one.chat_id, one.message_id) for one in unit.queued if one.message_id == message] == [(100, message)]
    unit.connection.close()


def test_what_another_process_has_just_let_go_is_not_told_as_held(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    joins(school, "王芳", 100)
    joins(school, "李明", 200)
    unit = morning(school)
    thread, message = new_id(), new_id()
    unit.write(
        sql("INSERT INTO thread (id, pupil_id, guardian_id, mentor_id) VALUES (:id, :pupil, :guardian, :mentor)"),
        id=thread,
        pupil=school.ids["张小雨"],
        guardian=school.ids["王芳"],
        mentor=school.ids["李明"],
    )
    unit.write(
        sql(
            "INSERT INTO message (id, thread_id, by_guardian, kind, sealed_body, state, held_for, due_at, hurried,"
            " written_at) VALUES (:id, :thread, false, 'text', :body, 'held', 'hours', 1, false, :now)"
        ),
        id=message,
        thread=thread,
        body=unit.vault.seal("message", message, "body", Body("早上好").to_json()),
        now=unit.now_ms,
    )
    going = reaching._going

    def late(unit_: Unit, rows: object, **more: bool) -> Any:
        unit.write(sql("UPDATE message SET state = 'queued', held_for = NULL, due_at = NULL"))
        return going(unit_, rows, **more)

    monkeypatch.setattr(reaching, "_going", late)
    assert reaching.release_due(unit) == ([], [])
    unit.connection.close()


# --- words, and how many ---


def test_a_family_of_many_children_gets_all_the_words(school: School) -> None:
    unit = families_joined(school)
    words = "字" * (shown.LIMIT - 220)
    notice = planned(unit, school, BOT, content=Content(pieces={"zh_CN": (Piece(words),)}))
    sheet = feed.sheet_of(unit, notice)
    many = [Child(number, "很长的名字" * 6) for number in range(8)]
    found = shown.messages(
        sheet, Reach(BOT, 100, "zh_CN", True), many, family=True, answers=Answers(), person_id=school.ids["王芳"]
    )
    _, whole, _ = shown.last_part(sheet, Reach(BOT, 100, "zh_CN", True), many, family=True, answers=Answers())
    assert len(found) == 1
    assert units(whole.text) <= shown.LIMIT
    assert words in whole.text
    unit.connection.close()


def test_signs_that_nobody_sees_are_no_choice_no_title_and_no_words_of_a_button() -> None:
    assert compose_question.read("去吗\n去\n\u200b\n不去", 4) == ("去吗", ("去", "不去"))
    with pytest.raises(compose_question.Unclear):
        compose_question.read("去吗\n\u200b\n\u2060", 4)
    assert Content(pieces={"zh_CN": (Piece("\u200b"), Piece("\u200e\n家长会"))}).called("zh_CN") == "家长会"
    assert wrong_address("https://school.example/a") == ""
    assert wrong_address("https://school..example/a") == "address"
    assert wrong_address("https://school.example/" + "a" * 3_000) == "address"


def test_a_large_audience_is_not_counted_at_each_screen(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(FAMILIES[:2]):
        joins(school, name, 100 + number)
    unit = morning(school)
    whom = Audience(schools=(school.ids["school"],))
    assert audience.size(unit, whom).reached == 2
    unit.write(sql("UPDATE account SET reachable = false WHERE user_id = 100"))
    assert audience.size(unit, whom).reached == 1  # a school is counted each time
    monkeypatch.setattr(audience, "LARGE", 2)
    assert audience.size(unit, whom).reached == 1
    week = attention.week_of(unit.now, "Asia/Shanghai")
    assert attention.places(unit, whom, week, 1) == (0, 1)
    unit.write(sql("UPDATE account SET reachable = true WHERE user_id = 100"))
    assert audience.size(unit, whom).reached == 1
    assert attention.places(unit, whom, week, 1) == (0, 1)
    unit.now += timedelta(milliseconds=audience.FRESH)
    assert audience.size(unit, whom).reached == 2
    unit.connection.close()


def test_two_who_look_at_the_sums_at_once_do_not_fall_over_each_other(school: School) -> None:
    unit = families_joined(school)
    content = Content(questions=(Question({"zh_CN": "好吗"}, {"zh_CN": ("好", "不好")}),))
    notice = planned(unit, school, BOT, content=content)
    for number in range(5):
        surveys.give(unit, notice, number, 0, 0)
    # The other one's is there already, and not seen yet when this one looked.
    unit.write(surveys._SHOW, notice=notice.id, question=0, choice=0, many=5, now=0)
    unit.write(surveys._SHOW, notice=notice.id, question=0, choice=0, many=5, now=unit.now_ms)
    assert surveys.results(unit, notice, content)[0].counts == (5, 0)
    unit.connection.close()


def test_the_own_name_is_one_however_short_it_is(school: School) -> None:
    unit = school.unit()
    person = school.ids["王芳"]
    sealed = unit.vault.seal("person", person, "name", "王")
    unit.write(sql("UPDATE person SET sealed_name = :name WHERE id = :id"), name=sealed, id=person)
    assert not slips.is_name("王")
    assert slips.matches(unit, person, " 王 ")
    assert not slips.matches(unit, person, "\u200b")
    unit.connection.close()


async def test_a_very_long_address_is_shown_shortened_and_leads_on(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await bot.mother()
    address = "http://school.example/" + "a" * 3_000
    assert len(checks.links_in(Content(pieces={"zh_CN": (Piece(f"{address} {address}b {address}c"),)}))[0].found) < 200
    shown_ = await looks(admin, await writes(admin, f"请看 {address} {address}b"))
    assert "http://school.example" in shown_["text"]
    assert len(shown_["text"]) < 2_000


def test_what_families_had_in_old_weeks_is_deleted_at_night(school: School) -> None:
    from handlers.notices import report

    unit = families_joined(school)
    planned(unit, school, BOT)
    feeds(unit)
    count = sql("SELECT COUNT(*) AS many FROM attention")
    assert unit.execute(count).one().many == 3
    unit.now += timedelta(hours=17)  # three in the night
    with unit.part():
        report.look_after(unit, BOT, SchoolSettings())
    assert unit.execute(count).one().many == 3
    unit.now += report.KEPT + timedelta(weeks=1)
    with unit.part():
        report.look_after(unit, BOT, SchoolSettings())
    assert unit.execute(count).one().many == 0
    unit.connection.close()
