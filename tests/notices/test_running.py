"""A notice on its way is held, goes on, is ended: nobody gets it twice, nobody gets half of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.config import Settings
from handlers.notices import panel
from models.notices import attention, counts, notices, running
from models.notices.content import Content, Piece
from models.notices.running import take_back
from models.notices.states import NoticeState
from simulator.client import Telegram
from tests.conftest import settings_for
from tests.notices.crowd import FIRST, crowd, done, got, states, unit_of, until
from tests.notices.written import sends
from tests.school import Bot, School

PICTURES = Content(
    title={"zh_CN": "运动会"},
    pieces={
        "zh_CN": (Piece("", (), {"kind": "location", "latitude": 31.2, "longitude": 121.5}), Piece("运动会在这里。"))
    },
)


@pytest.fixture
async def slow(
    simulator: str, database_url: str, school: School, telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bot]:
    """A bot that tells twenty people in a second, and shows how it goes on from the first moment."""
    monkeypatch.setattr(panel, "QUICK", timedelta())
    settings: Settings = settings_for(simulator, database_url, BOT_LIMITS__BULK_PER_SECOND="20")
    running_bot = Bot(settings, school, telegram)
    await running_bot.start()
    try:
        yield running_bot
    finally:
        await running_bot.stop()


def state_of(bot: Bot, notice: int) -> str:
    """The notice's own."""
    return str(bot.school.run("SELECT state FROM notice WHERE id = :id", id=notice)[0][0])


async def test_the_admin_sees_it_go_holds_it_and_lets_it_go_on(slow: Bot) -> None:
    admin = await slow.joined_admin()
    await crowd(slow, 40)
    notice = sends(slow)
    await admin.sees("📢 秋假安全")
    await until(lambda: states(slow, notice).get("sent", 0) >= 3)
    await admin.presses("⏸ 暂停")
    await admin.sees("已暂停")
    assert state_of(slow, notice) == "paused"
    await until(lambda: not states(slow, notice).get("queued"))
    held = states(slow, notice)
    assert held["sent"] < 40
    assert held["waiting"] > 0
    await slow.settled()
    assert states(slow, notice) == held
    await admin.presses("▶ 继续")
    await until(lambda: state_of(slow, notice) == "done")
    assert states(slow, notice) == {"sent": 40, "unjoined": 3}
    assert Counter(await got(slow, "交通安全", 40)) == Counter(range(FIRST, FIRST + 40))
    await admin.finds("发完了")
    await admin.finds("📬 秋假安全 发送情况")


async def test_it_is_ended_for_good_after_one_more_question(slow: Bot) -> None:
    admin = await slow.joined_admin()
    await crowd(slow, 40)
    notice = sends(slow)
    await admin.sees("📢 秋假安全")
    await until(lambda: states(slow, notice).get("sent", 0) >= 3)
    await admin.presses("⏹ 停止…")
    await admin.sees("要停止发送")
    await admin.presses("是，停止发送")
    await admin.sees("已停止")
    await until(lambda: not states(slow, notice).get("queued"))
    found = states(slow, notice)
    assert found["ended"] > 0
    assert found["sent"] + found["ended"] == 40
    assert found["unjoined"] == 3
    assert len(await got(slow, "交通安全", 40)) == found["sent"]
    # Whoever comes after that is too late.
    unit = unit_of(slow)
    one = notices.one(unit, notice)
    assert one is not None
    assert running.pause(unit, one) is None
    assert not running.resume(unit, one)
    done(unit)


async def test_who_has_the_first_of_two_messages_gets_the_second(slow: Bot) -> None:
    await slow.joined_admin()
    await crowd(slow, 12)
    notice = sends(slow, content=PICTURES)
    await until(lambda: len(slow.school.run("SELECT 1 FROM notice_recipient WHERE places <> ''")) >= 2)
    unit = unit_of(slow)
    one = notices.one(unit, notice)
    assert one is not None
    assert running.pause(unit, one) is not None
    done(unit)
    await until(lambda: not states(slow, notice).get("queued"))
    await slow.settled()
    places = [one for one in await slow.telegram.calls("sendLocation") if one["bot"] == slow.id]
    texts = await got(slow, "运动会在这里", 12)
    assert {int(one["chat_id"]) for one in places} == set(texts)
    assert len(texts) == states(slow, notice)["sent"]
    unit = unit_of(slow)
    one = notices.one(unit, notice)
    assert one is not None
    assert running.resume(unit, one)
    done(unit)
    await until(lambda: state_of(slow, notice) == "done")
    assert sorted(await got(slow, "运动会在这里", 12)) == list(range(FIRST, FIRST + 12))


def test_what_is_under_way_stays_and_the_weeks_place_comes_back(school: School) -> None:
    """Rules on rows: of three people one is being told, one has had the first of two, one waits."""
    from handlers.context import SchoolSettings
    from handlers.notices import feed
    from models.notices import fanout
    from models.unit import sql
    from tests.notices.test_list import BOT, joins, morning
    from tests.notices.written import planned

    for number, name in enumerate(("王芳", "张强", "刘敏")):
        joins(school, name, 100 + number)
    school.run("INSERT INTO bot (id, username) VALUES (:bot, 'x')", bot=BOT)
    unit = morning(school)
    notice = planned(unit, school, BOT)
    while fanout.tick(unit):
        pass
    feed.tick(unit, BOT, SchoolSettings())
    unit.finish()
    unit.session.refresh(notice)
    unit.write(sql("UPDATE outbox SET state = 'sending' WHERE chat_id = 100"))
    unit.write(sql("UPDATE notice_recipient SET places = ' 7' WHERE user_id = 101"))
    week = attention.week_of(unit.now, "Asia/Shanghai")
    used = {
        row.user_id: row.used
        for row in unit.execute(sql("SELECT user_id, used FROM attention WHERE week = :week"), week=week)
    }
    assert used == {100: 1, 101: 1, 102: 1}
    assert notices.move(unit, notice, NoticeState.PAUSED)
    back = take_back(unit, notice)
    assert (back.back, back.under_way) == (1, 2)
    rows = unit.execute(sql("SELECT user_id, state FROM notice_recipient ORDER BY user_id")).all()
    assert [tuple(row) for row in rows] == [(100, "queued"), (101, "queued"), (102, "waiting")]
    rows = unit.execute(sql("SELECT chat_id, state FROM outbox WHERE notice_id IS NOT NULL ORDER BY chat_id")).all()
    assert [tuple(row) for row in rows] == [(100, "sending"), (101, "waiting"), (102, "cancelled")]
    rows = unit.execute(sql("SELECT used FROM attention ORDER BY user_id")).all()
    assert [row.used for row in rows] == [1, 1, 0]
    found = counts.of(unit, notice.id)
    assert (found.queued, found.waiting, found.everyone) == (2, 1, 3)
    # The one whose row another rule has cancelled is not on the way any more.
    unit.write(sql("UPDATE outbox SET state = 'cancelled' WHERE chat_id = 101"))
    assert running.heal(unit) == 1
    assert counts.of(unit, notice.id).failed == 1
    unit.connection.close()


async def test_two_people_press_at_once(slow: Bot) -> None:
    admin = await slow.joined_admin()
    await crowd(slow, 30)
    notice = sends(slow)
    await admin.sees("📢 秋假安全")
    await until(lambda: states(slow, notice).get("sent", 0) >= 2)
    unit = unit_of(slow)
    one = notices.one(unit, notice)
    assert one is not None
    assert running.pause(unit, one) is not None
    done(unit)
    await admin.presses("⏸ 暂停")
    await admin.sees_toast("已经有人先处理了")
    await admin.sees("已暂停")


@pytest.mark.parametrize("what", ["pause", "stop", "recall", "correct"])
def test_a_crash_before_the_commit_leaves_all_as_it_was(school: School, what: str) -> None:
    """Rules on rows: whatever was done within a share of the transaction that fails is taken back with it."""
    from handlers.context import SchoolSettings
    from handlers.notices import feed
    from models.notices import fanout, mending
    from models.unit import sql
    from tests.notices.test_list import BOT, joins, morning
    from tests.notices.written import planned

    for number, name in enumerate(("王芳", "张强", "刘敏")):
        joins(school, name, 100 + number)
    school.run("INSERT INTO bot (id, username) VALUES (:bot, 'x')", bot=BOT)
    unit = morning(school)
    with unit.part():
        notice = planned(unit, school, BOT)
        while fanout.tick(unit):
            pass
        feed.tick(unit, BOT, SchoolSettings())

    def all_rows() -> list[object]:
        found: list[object] = []
        for table, key in (
            ("notice", "id"),
            ("notice_recipient", "person_id"),
            ("outbox", "id"),
            ("attention", "user_id"),
        ):
            found += [tuple(row) for row in unit.execute(sql(f"SELECT * FROM {table} ORDER BY {key}"))]
        return found

    before = all_rows()

    def crashes() -> None:
        one = notices.one(unit, notice.id)
        assert one is not None
        done_: dict[str, Callable[[], object]] = {
            "pause": lambda: running.pause(unit, one),
            "stop": lambda: running.stop(unit, one),
            "recall": lambda: mending.recall(unit, one),
            "correct": lambda: mending.correct(unit, one, notices.content(unit, one)),
        }
        assert done_[what]()
        assert all_rows() != before
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), unit.part():
        crashes()
    assert all_rows() == before
    unit.connection.close()
