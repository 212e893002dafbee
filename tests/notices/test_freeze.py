"""One command stops media and notices at once, what is queued too; one tap lets all of it go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bot import outbox
from models import freezing, frozen
from models.base import new_id
from models.freezing import Scope
from models.queues import Lane
from models.standing import Standing
from simulator.client import Telegram
from tests.conftest import settings_for
from tests.notices.crowd import FIRST, crowd, done, got, unit_of, until
from tests.notices.written import author, sends
from tests.school import Bot, School


@pytest.fixture
async def brisk(simulator: str, database_url: str, school: School, telegram: Telegram) -> AsyncIterator[Bot]:
    """A bot that tells 300 people in a second."""
    running = Bot(settings_for(simulator, database_url, BOT_LIMITS__BULK_PER_SECOND="300"), school, telegram)
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


def frozen_rows(bot: Bot) -> int:
    """How many rows wait frozen."""
    return int(str(bot.school.run("SELECT COUNT(*) FROM outbox WHERE state = 'frozen'")[0][0]))


async def stops_school(admin) -> None:  # type: ignore[no-untyped-def]
    """The admin stops the school's."""
    await admin.says("/freeze")
    await admin.sees("要马上停下谁的图片")
    await admin.presses("实验小学：全部")
    await admin.sees("马上停下实验小学的所有图片、文件和通知吗")
    await admin.presses("❄ 是，马上停下")
    await admin.sees("已停下：实验小学的所有图片、文件和通知")


async def test_of_a_thousand_queued_nothing_leaves_and_all_goes_out_once_it_is_lifted(brisk: Bot) -> None:
    bot = brisk
    admin = await bot.joined_admin()
    await crowd(bot, 50)
    unit, author_id = unit_of(bot), bot.school.ids["李明"]
    from handlers import say
    from handlers.texts import Rich

    for number in range(1000):
        place = {"kind": "location", "latitude": 31.2, "longitude": 100 + number / 1000}
        unit.queue(
            bot_id=bot.id,
            chat_id=FIRST + number % 50,
            kind=say.MEDIA,
            payload=say.media(place, None),
            lane=Lane.LATER,
            author_id=author_id,
        )
    done(unit)
    await until(lambda: bool(bot.school.run("SELECT 1 FROM outbox WHERE lane = 4 AND state = 'sent' LIMIT 1")))
    await stops_school(admin)
    # Only what was already on the wire may still be answered.
    await until(lambda: not bot.school.run("SELECT 1 FROM outbox WHERE state = 'sending' LIMIT 1"))
    before = await bot.telegram.stats()
    since = before["calls"]
    assert frozen_rows(bot) > 200
    unit = unit_of(bot)
    for number in range(50):
        unit.queue(
            bot_id=bot.id, chat_id=FIRST + number, kind=say.TEXT, payload=say.text(Rich("老师的文字")), lane=Lane.LATER
        )
    # Put down by a transaction that had begun before: met when its turn comes.
    unit.queue(
        bot_id=bot.id,
        chat_id=FIRST,
        kind=say.MEDIA,
        payload=say.media({"kind": "location", "latitude": 1.0, "longitude": 1.0}, None),
        author_id=author_id,
    )
    done(unit)
    await until(lambda: not bot.school.run("SELECT 1 FROM outbox WHERE state IN ('waiting', 'sending') LIMIT 1"))
    assert not [one for one in await bot.telegram.calls("sendLocation", since) if one["bot"] == bot.id]
    assert Counter(await got(bot, "老师的文字", 50)) == Counter(range(FIRST, FIRST + 50))
    await admin.presses("解除：实验小学的所有图片、文件和通知")
    await admin.sees("已解除")
    await until(
        lambda: not bot.school.run("SELECT 1 FROM outbox WHERE state IN ('waiting', 'sending', 'frozen') LIMIT 1"), 40.0
    )
    calls = [one for one in await bot.telegram.calls("sendLocation") if one["bot"] == bot.id and one["status"] == 200]
    assert len(calls) == 1001


async def test_a_mentors_pictures_wait_with_a_kind_word_and_texts_go_on(bot: Bot) -> None:
    admin, mentor, mother = await bot.joined_admin(), await bot.joined_mentor(), await bot.father()
    written = await mother.says("老师好")
    copy = await mentor.sees("老师好")
    await mother.sees_reaction(written, "👌")
    await admin.says("/freeze")
    await admin.sees("要马上停下谁的图片")
    await admin.presses("一个人")
    await admin.sees("请发来这个人的姓名")
    await admin.says("T1")
    await admin.sees("是哪一位")
    await admin.presses("李明")
    await admin.sees("马上停下李明的图片、文件和通知吗")
    await admin.presses("❄ 是，马上停下")
    await admin.sees("已停下：李明的图片、文件和通知")
    await mentor.sends("photo", caption="小雨的画", reply_to=copy["message_id"])
    await mentor.sees("图片和文件现在先停一停")
    await mentor.replies(copy, "文字照常")
    await mother.sees("文字照常")
    await mentor.sends("photo", caption="第二张", reply_to=copy["message_id"])
    await until(lambda: frozen_rows(bot) == 2)
    assert sum("先停一停" in one for one in await mentor.reads()) == 1
    assert not [one for one in await mother.reads() if "小雨的画" in one]
    # What the mother sends is her own.
    await mother.sends("photo", caption="作业")
    await mentor.sees("作业")
    await admin.presses("解除：李明的图片、文件和通知")
    await admin.sees("已解除")
    await mother.sees("小雨的画")
    await mother.sees("第二张")
    await bot.settled()
    assert sum("小雨的画" in one for one in await mother.reads()) == 1


async def test_what_is_frozen_is_taken_back_as_what_waits_is(bot: Bot) -> None:
    await bot.joined_admin()
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("老师好")
    copy = await mentor.sees("老师好")
    unit = unit_of(bot)
    freezing.freeze(unit, bot.school.ids["赵主任"], Scope.ALL)
    done(unit)
    written = await mentor.sends("photo", caption="小雨的画", reply_to=copy["message_id"])
    await mentor.sees("图片和文件现在先停一停")
    await mentor.says("/recall", reply_to=written)
    await mentor.sees("已收回")
    assert frozen_rows(bot) == 0
    unit = unit_of(bot)
    assert freezing.lift(unit, freezing.current(unit)[0].id, bot.school.ids["赵主任"]) == 0
    done(unit)
    await bot.settled()
    assert not [one for one in await father.reads() if "小雨的画" in one]


async def test_a_notice_stops_within_it_and_others_go_on(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    await stops_school(admin)
    frozen_one = sends(bot)
    await admin.sees("现在暂停了您的通知和图片")
    await bot.settled()
    assert not [one for one in await mother.reads() if "交通安全" in one]
    await admin.presses("解除：实验小学的所有图片、文件和通知")
    await mother.sees("交通安全")
    await until(lambda: bool(bot.school.run("SELECT 1 FROM notice WHERE id = :id AND state = 'done'", id=frozen_one)))


async def test_who_is_not_asked_may_not(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await mentor.says("/freeze")
    await mentor.sees("这个只有学校管理员和中心能用")
    unit = unit_of(bot)
    mine = frozen.power(unit, _standing(bot.school, "赵主任"))
    assert mine is not None
    assert not mine.everything
    school = bot.school.ids["school"]
    assert frozen.may_set(unit, mine, Scope.SCHOOL, None, None, school)
    assert frozen.may_set(unit, mine, Scope.PERSON, bot.school.ids["李明"], None, None)
    assert not frozen.may_set(unit, mine, Scope.PERSON, 5, None, None)
    assert not frozen.may_set(unit, mine, Scope.ROLE, None, "mentor", None)
    assert not frozen.may_set(unit, mine, Scope.ROLE, None, "headmaster", school)
    assert not frozen.may_set(unit, mine, Scope.ALL, None, None, None)
    assert frozen.power(unit, _standing(bot.school, "李明")) is None
    done(unit)


def _standing(school: School, name: str) -> Standing:
    return author(school, 77, name)


def test_scopes_and_a_role_that_changes(school: School) -> None:
    """Rules on rows: whom each scope meets, two freezes at once, somebody who is made a mentor meanwhile."""
    from models.unit import sql

    mentor, admin, mother = (school.ids[name] for name in ("李明", "赵主任", "王芳"))
    unit = school.unit()
    for person in (mentor, admin, mother):
        unit.queue(bot_id=1, chat_id=person % 1000, kind="text", payload="{}", author_id=person)
    unit.queue(bot_id=1, chat_id=5, kind="text", payload="{}")
    unit.flush()

    def stand() -> list[str]:
        rows = unit.execute(sql("SELECT state FROM outbox ORDER BY id"))
        return [row.state for row in rows]

    assert freezing.freeze(unit, admin, Scope.ROLE, role="mentor", school=school.ids["school"]) == 1
    assert stand() == ["frozen", "waiting", "waiting", "waiting"]
    assert freezing.stopped(unit, [mentor, admin, mother]) == {mentor}
    first = freezing.current(unit)[0].id
    assert freezing.meets(unit, mentor) == first
    assert freezing.meets(unit, mother) is None
    # The admin is made a mentor too: what is claimed from now on is stopped.
    unit.write(
        sql("INSERT INTO role (id, person_id, kind, since) VALUES (:id, :person, 'mentor', :now)"),
        id=new_id(),
        person=admin,
        now=unit.now_ms,
    )
    ids = [row.id for row in unit.execute(sql("SELECT id FROM outbox ORDER BY id"))]
    assert outbox.claim(unit.connection, ids, 1) == {ids[2], ids[3]}
    assert stand() == ["frozen", "frozen", "sending", "sending"]
    assert freezing.freeze(unit, admin, Scope.PERSON, person=mentor) == 0
    assert freezing.same(unit, Scope.PERSON, mentor, None, None)
    # Lifting the one leaves what the other one holds.
    assert freezing.lift(unit, first, admin) == 1
    assert stand()[:2] == ["frozen", "waiting"]
    assert freezing.lift(unit, first, admin) is None
    second = freezing.current(unit)[0].id
    assert freezing.lift(unit, second, admin) == 1
    assert freezing.freeze(unit, admin, Scope.ROLE, role="guardian") == 0
    assert freezing.stopped(unit, [mentor, admin, mother]) == {mother}
    assert freezing.freeze(unit, admin, Scope.ALL) == 2
    assert freezing.stopped(unit, [mentor, admin, mother]) == {mentor, admin, mother}
    unit.connection.close()
