"""A handover that meets with a fault, a second press, a card that cannot be read, a guardian who hears nothing: nothing twice,
nothing lost, nobody else kept waiting."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.pupil_file import handover_told
from models.pupil_file import cards, sweep
from tests.pupil_file.phones import another_mentor, buttons, file_of, goes_on, writes
from tests.pupil_file.test_handover import card_of, states
from tests.school import OTHER_MENTOR, Bot


async def test_the_card_survives_a_crash_between_yes_and_the_mentor_s_message(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await another_mentor(bot)
    # The new mentor has not joined: nobody can be told, the rows wait.
    await mother.presses("交给老师", await card_of(mother))
    await mother.sees("您选了：交给老师")
    assert states(bot) == ["consented"]
    assert bot.school.run("SELECT mentor_told_at FROM handover") == [(None,)]
    await bot.stop()
    await bot.start()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await goes_on(bot, seconds=20)
    await other.sees("把一张交接卡交给了您")
    await goes_on(bot, days=8)
    await other.sees("提醒一次")
    await goes_on(bot, days=8)
    assert len([one for one in await other.reads() if "提醒一次" in one]) == 1


@pytest.mark.both
async def test_a_fault_at_this_very_line_takes_all_of_the_press_back_and_it_comes_again(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await another_mentor(bot)
    card, real, found = await card_of(mother), handover_told.mentor, list[str]()

    def fails_once(*args: Any, **values: Any) -> None:
        found.append("x")
        if len(found) == 1:
            raise RuntimeError("the machine stops between the family's yes and the mentor's message")
        real(*args, **values)

    monkeypatch.setattr(handover_told, "mentor", fails_once)
    await mother.presses("交给老师", card)
    await mother.sees("您选了：交给老师")
    await other.sees("把一张交接卡交给了您")
    await bot.settled()
    assert states(bot) == ["consented"]
    assert bot.school.run("SELECT COUNT(*) FROM outbox WHERE dedupe_key LIKE 'handover:%:mentor:told'") == [(1,)]


async def test_a_second_tap_by_mistake_takes_nothing_in_again(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await another_mentor(bot)
    card = await card_of(mother)
    for _ in range(2):  # the same button, as an old phone sends it twice
        await mother.act("press", data=card["buttons"][0][0]["data"], message_id=card["message_id"])
    await mother.sees("✗ 不交 · 闪光点")
    await bot.settled()
    assert bot.school.run("SELECT COUNT(*) FROM handover_pick") == [(1,)]


@pytest.mark.both
async def test_a_card_that_cannot_be_read_keeps_no_other_waiting(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    for child, text in (("张小雨", "雨的事"), ("张小阳", "阳的事")):
        await writes(mentor, child, "闪光点", text)
    bot.school.run("UPDATE account SET reachable = :no WHERE user_id = :m", no=False, m=mother.id)
    await another_mentor(bot, "张小雨")
    await another_mentor(bot, "张小阳")
    assert states(bot) == ["prepared", "prepared"]
    bot.school.run(
        "UPDATE handover_item SET sealed_text = :no WHERE handover_id IN (SELECT id FROM handover WHERE pupil_id = :p)",
        no=b"xx",
        p=bot.school.ids["张小雨"],
    )
    bot.school.run("UPDATE account SET reachable = :yes WHERE user_id = :m", yes=True, m=mother.id)
    await goes_on(bot, seconds=20)
    await mother.sees("张小阳换了导师")
    assert states(bot) == ["prepared", "with_family"]


async def test_the_days_begin_with_somebody_who_may_hear_of_it(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    bot.school.run(
        "INSERT INTO no_contact (id, person_id, set_by, since) VALUES (1, :p, :by, :now)",
        p=bot.school.ids["张强"],
        by=bot.school.ids["李明"],
        now=bot.clock.now_ms(),
    )
    await another_mentor(bot)
    await goes_on(bot, days=20)
    assert states(bot) == ["prepared"]
    mother = await bot.mother()
    await goes_on(bot, seconds=20)
    await card_of(mother)
    assert states(bot) == ["with_family"]
    assert not any("交接卡" in one or "换了导师" in one for one in await father.reads())


async def test_words_of_one_who_is_away_wait_for_that_one(bot: Bot) -> None:
    """The mother has nothing to read on a card that holds the father's own words alone."""
    await bot.joined_mentor()
    mother, father = await bot.mother(), await bot.father()
    await writes(father, "张小雨", "有效的方法", "爸爸的话")
    bot.school.run("UPDATE account SET reachable = :no WHERE user_id = :m", no=False, m=father.id)
    await another_mentor(bot)
    await goes_on(bot, days=20)
    assert states(bot) == ["prepared"]
    assert not any("交接卡" in one for one in await mother.reads())
    bot.school.run("UPDATE account SET reachable = :yes WHERE user_id = :m", yes=True, m=father.id)
    await goes_on(bot, seconds=20)
    assert "爸爸的话" in (await card_of(father))["text"]


async def test_nobody_is_called_to_a_card_that_was_taken_back_and_no_one_twice(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await another_mentor(bot)
    await mother.presses("交给老师", await card_of(mother))
    card = await mother.sees("您选了：交给老师")
    await mother.presses("什么都不交", card)
    card = await mother.sees("您选了：什么都不交")
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await goes_on(bot, seconds=20)
    assert not any("交接卡" in one for one in await other.reads())
    await mother.presses("交给老师", card)
    await other.sees("把一张交接卡交给了您")
    # The clock had read the row before the family's press told the mentor: that is no reminder.
    unit = bot.school.unit()
    unit.now = bot.clock.now()
    found = cards.one(unit, int(str(bot.school.run("SELECT id FROM handover")[0][0])))
    again = "" if found is None else sweep.mentor_told(unit, found)
    unit.connection.close()
    assert again is None


async def test_what_is_removed_or_mended_is_so_on_the_card_too(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小雨", "习惯", "每天迟到")
    await writes(mentor, "张小雨", "闪光点", "会照顾同学")
    await father.presses("再记一条", await writes(father, "张小雨", "有效的方法", "第一句话"))
    await father.presses("有效的方法")
    await father.sees("最多 200 字")
    await father.says("第二句话")
    await father.sees("记下了")
    await another_mentor(bot)
    card = await card_of(father)
    await father.presses("交给老师", card)
    await father.sees("您选了：交给老师")
    told = await other.sees("把一张交接卡交给了您")

    first = await file_of(father, "张小雨")
    await father.presses("习惯 1", first)
    await father.presses("每天迟到", await father.sees("张小雨的习惯"))
    entry = await father.sees("每天迟到\n\n老师写的")
    assert "这条不对，请删掉" in buttons(entry)
    await father.presses("这条不对，请删掉", entry)
    await father.sees_toast("已经删掉")
    for number, (button, text) in enumerate((("删掉", "第一句话"), ("改一改", "第二句话"))):
        first = await file_of(father, "张小雨")
        await father.presses(f"有效的方法 {2 - number}", first)
        await father.presses(text, await father.sees("对张小雨有效的方法"))
        await father.presses(button, await father.sees(f"{text}\n\n您写的"))
        if button == "删掉":
            await father.sees_toast("已删掉")
    await father.sees("现在是：第二句话")
    await father.says("换过的话")
    await father.sees("记下了")
    await other.presses("家里交来的卡", told)
    got = (await other.sees("家里看过、同意交给您的"))["text"]
    assert "会照顾同学" in got
    assert "换过的话" in got
    for gone in ("每天迟到", "第一句话", "第二句话"):
        assert gone not in got
