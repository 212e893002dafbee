"""After a visit: who has part in it and until when, and wordings that overtake each other."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from models.appointments import afterwards, agreements, records, visits
from models.base import from_ms
from models.vault import Vault
from simulator.client import Person
from tests.appointments.after import after_visit, begins, press, quick_record, second_teacher, writes, written
from tests.appointments.agreed import HOUR, MINUTE, agree, at_of, at_time, family, unit_of
from tests.appointments.town import Town
from tests.school import Bot

DAY = 24 * HOUR


@pytest.fixture
def town(engine: Engine, vault: Vault) -> Town:
    return Town(engine, vault)


# --- who has part in it ---


@pytest.mark.parametrize(
    ("days", "change", "reads"),
    [
        (29, "", True),
        (31, "", False),
        (1, "UPDATE mentorship SET until = :now WHERE pupil_id = :pupil", False),
        (1, "UPDATE pupil SET ended_at = :now WHERE id = :pupil", False),
    ],
)
def test_the_second_teacher_has_part_in_it_for_a_month(town: Town, days: int, change: str, reads: bool) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    visit, _ = family(town, "甲", mentor, other, town.at(1, 17 * 60))
    with town.unit(from_ms(town.at(1, 18 * 60))) as unit:
        assert records.begin(unit, visit, mentor) is not None
        pupil = visits.must(unit, visit).pupil_id
    if change:
        town.school.run(change, pupil=pupil, now=1)
    with town.unit(from_ms(town.at(1 + days, 17 * 60))) as unit:
        assert (records.reader(unit, visit, [other]) is not None) is reads
        assert (afterwards.may(unit, visit, [other]) is not None) is reads


async def test_the_card_is_for_a_visit_whose_record_is_not_written(bot: Bot) -> None:
    mentor, other, _ = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = await after_visit(bot)
    await begins(bot, mentor, visit)
    await press(bot, other, "vcard", visit)
    await other.sees("和张小雨家谈")
    await at_time(bot, bot.clock.now_ms() + 31 * DAY)
    await press(bot, other, "vcard", visit)
    await other.sees_toast("失效")
    await press(bot, mentor, "vcard", visit)
    await mentor.sees("和张小雨家谈")
    await press(bot, mentor, "vrset", visit, "strong", "curious", 1)
    await writes(bot, mentor, visit, "school", "每周三一起整理错题")
    await press(bot, mentor, "vrend", visit)
    await mentor.sees("家访记录写完了")
    await press(bot, mentor, "vcard", visit)
    await mentor.sees_toast("失效")


def test_a_card_has_what_was_agreed_before_its_own_visit(town: Town) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    visit, guardian = family(town, "甲", mentor, other, town.at(1, 17 * 60))
    with town.unit(from_ms(town.at(1, 18 * 60))) as unit:
        written(unit, visit, mentor)
        assert agreements.propose(unit, visit, "每周三", "", mentor) is not None
        assert agreements.confirm(unit, visit, 1, guardian)
        pupil = visits.must(unit, visit).pupil_id
        assert agreements.past(unit, pupil, before=town.at(1, 17 * 60)) == []
        assert len(agreements.past(unit, pupil, before=town.at(2, 17 * 60))) == 1


# --- wordings that overtake each other ---


def waiting(bot: Bot, kind: str) -> int:
    """How many messages of that kind wait for somebody's morning."""
    rows = bot.school.run(
        "SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND dedupe_key LIKE :keys", keys=f"visit:%:{kind}:%"
    )
    return int(str(rows[0][0]))


async def night(bot: Bot) -> tuple[int, Person, Person]:
    """An agreement that the mentor sends at a quarter to eleven in the evening: its card waits for the father's morning."""
    mentor, _, father = await bot.joined_mentor(), await second_teacher(bot), await bot.father()
    visit = agree(bot, at := at_of(bot, 0, 17))
    await at_time(bot, at + 345 * MINUTE)
    await quick_record(bot, mentor, visit, "每周三一起整理错题")
    assert waiting(bot, "card") == 1
    return visit, mentor, father


async def morning(bot: Bot) -> None:
    """Eleven hours on, with a restart between: what was due by then goes out."""
    await bot.stop()
    bot.later(hours=11)
    await bot.start()


async def test_a_correction_overtakes_the_wording_that_waits_for_the_morning(bot: Bot) -> None:
    visit, mentor, father = await night(bot)
    await press(bot, mentor, "vrclr", visit, "school")
    await writes(bot, mentor, visit, "school", "每周五一起读书")
    await press(bot, mentor, "vrend", visit)
    assert waiting(bot, "card") == 1
    await morning(bot)
    assert "每周五一起读书" in (await father.sees("的约定"))["text"]
    assert not [one for one in await father.reads() if "错题" in one]


async def test_where_nothing_was_agreed_after_all_no_wording_comes_in_the_morning(bot: Bot) -> None:
    visit, mentor, father = await night(bot)
    await press(bot, mentor, "vrclr", visit, "school")
    await press(bot, mentor, "vrend", visit)
    await mentor.sees("这次家访就到这里")
    assert waiting(bot, "card") == 0
    await morning(bot)
    await father.sees("谢谢您和我们聊张小雨")
    assert not [one for one in await father.reads() if "错题" in one]


async def test_a_guardian_who_words_it_anew_and_anew_asks_a_teacher_once_and_is_stopped_kindly(bot: Bot) -> None:
    visit, mentor, father = await night(bot)
    for number in range(agreements.MOST_A_DAY + 1):
        await press(bot, father, "vaside", visit, number + 1, "family")
        await father.says(f"写法{number}")
        await father.sees(f"写法{number}" if number < agreements.MOST_A_DAY else "今天已经改了 10 次")
    await press(bot, father, "vaamd", visit, agreements.MOST_A_DAY + 1)
    await father.sees_toast("今天已经改了 10 次")
    assert waiting(bot, "amended") == 1
    await morning(bot)
    assert "写法9" in (await mentor.sees("想这样写约定"))["text"]
    assert len([one for one in await mentor.reads() if "想这样写约定" in one]) == 1
    await at_time(bot, bot.clock.now_ms() + 14 * HOUR)
    with unit_of(bot) as unit:
        assert not agreements.too_often(unit, visit, bot.school.ids["张强"])


def test_a_wording_is_settled_together_with_its_visit_or_not_at_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor, other = town.teacher("李"), town.teacher("周")
    visit, guardian = family(town, "甲", mentor, other, town.at(1, 17 * 60))
    with town.unit(from_ms(town.at(1, 18 * 60))) as unit:
        written(unit, visit, mentor)
        assert agreements.propose(unit, visit, "每周三", "", mentor) is not None
        with monkeypatch.context() as another:
            # Somebody closes the visit between the two steps.
            another.setattr(visits, "move", lambda *_, **__: False)
            assert not agreements.confirm(unit, visit, 1, guardian)
        last = agreements.latest(unit, visit)
        assert last is not None
        assert (last.state, last.confirmed_at) == (agreements.PROPOSED, None)
        assert agreements.confirm(unit, visit, 1, guardian)
