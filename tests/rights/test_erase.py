"""After an erasure no word is left: not in the database, not in its log, not in a new backup, not in what the bot logs."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot import schema
from models.base import to_ms
from models.rights import erasing
from simulator.client import Person
from tests.rights.people import CANARY, everything, mydata, sealed, talk
from tests.school import FATHER, Bot, School

BODIES = "SELECT sealed_body FROM message UNION ALL SELECT sealed_body FROM message_version"


async def _erases_all(mother: Person) -> None:
    await mydata(mother, "删除")
    await mother.finds("要删除哪些")
    await mother.presses("我的全部（并退出）")
    await mother.finds("删除之前，请看一看")
    await mother.presses("删除，我知道找不回来")
    await mother.finds("已经全部删除")


@pytest.mark.both
async def test_nothing_of_what_was_said_is_left_anywhere(
    bot: Bot, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await talk(bot, father, mentor, "父亲的话留着")
    await mother.says(f"{CANARY} 一")
    await mother.presses("张小雨")
    got = await mentor.finds(f"{CANARY} 一")
    await bot.settled()
    await mentor.replies(got, f"{CANARY} 老师回")
    await mother.finds(f"{CANARY} 老师回")
    await bot.settled()
    words = sealed(bot, BODIES + " UNION ALL SELECT sealed_phone FROM person WHERE id = :id", id=bot.school.ids["王芳"])
    assert len(words) >= 4
    kept = sealed(
        bot,
        "SELECT sealed_body FROM message m JOIN thread t ON t.id = m.thread_id WHERE t.guardian_id = :id",
        id=bot.school.ids["张强"],
    )
    await _erases_all(mother)
    await bot.settled()
    found = everything(bot.school.engine)
    for one in words:
        assert (one in found) == (one in kept)
    assert "13800000001" not in found.decode("utf-8", "ignore")
    assert CANARY.encode() not in found
    if bot.school.engine.dialect.name == "sqlite":
        target = tmp_path / "backup" / "copy.db"
        schema.backup(Path(str(bot.school.engine.url.database)), target)
        saved = target.read_bytes()
        assert not any(one in saved for one in words if one not in kept)
    assert CANARY not in caplog.text
    # What was said is gone from both chats, the father's is not.
    await bot.settled()
    for person in (mother, mentor):
        assert not any(CANARY in text for text in await person.reads())
    assert any("父亲的话留着" in text for text in await mentor.reads())
    # Item, date and direction stay, the account does not.
    rows = bot.school.run("SELECT COUNT(*) FROM message WHERE LENGTH(sealed_body) = 0")
    assert rows[0][0] == 2
    assert bot.school.run("SELECT account_id FROM person WHERE id = :id", id=bot.school.ids["王芳"]) == [(None,)]
    assert bot.school.run(
        "SELECT withdrawn_at IS NOT NULL FROM consent WHERE person_id = :id", id=bot.school.ids["王芳"]
    )[0][0]
    # She is a stranger now, and a new link lets her in again.
    await mother.says("还在吗")
    await mother.finds("加入单")
    again = await bot.joined_guardian(1001, "王芳", "S1")
    await again.says("我回来了")
    await mentor.finds("我回来了")
    await bot.settled()
    bot.later(minutes=11)
    await bot.app.tick_now()  # type: ignore[union-attr]
    await bot.settled()
    assert bot.school.run("SELECT COUNT(*) FROM message WHERE LENGTH(sealed_body) > 0")[0][0] == 2


async def test_one_child_of_two_is_erased_and_the_other_stays(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    for child in ("张小雨", "张小阳"):
        await mother.says(f"{CANARY}{child}")
        await mother.presses(child)
        await mentor.finds(f"{CANARY}{child}")
        await bot.settled()
    await mydata(mother, "删除")
    await mother.finds("要删除哪些")
    await mother.presses("关于张小阳的")
    await mother.finds("删除之前")
    await mother.presses("删除，我知道找不回来")
    await mother.finds("✓ 已经删除")
    await bot.settled()
    rows = bot.school.run(
        "SELECT LENGTH(m.sealed_body) > 0 FROM message m JOIN thread t ON t.id = m.thread_id JOIN pupil p ON p.id = t.pupil_id"
        " ORDER BY p.number"
    )
    assert [bool(row[0]) for row in rows] == [True, False]
    await mother.says("小雨的事还能说")
    await mentor.finds("小雨的事还能说")


async def test_an_old_button_erases_nothing(bot: Bot) -> None:
    await bot.joined_mentor()
    father = await bot.father()
    await mydata(father, "删除")
    await father.finds("要删除哪些")
    await father.presses("我的全部（并退出）")
    await father.finds("删除之前")
    bot.later(minutes=11)
    await father.presses("删除，我知道找不回来")
    await father.finds("要删除哪些")
    assert bot.school.run("SELECT COUNT(*) FROM erasure") == [(0,)]


async def test_what_was_not_shown_does_not_go(bot: Bot) -> None:
    """Between the two presses the other guardian is one no more: what the school wrote would go with the rest."""
    await bot.joined_mentor()
    father = await bot.father()
    await mydata(father, "删除")
    await father.finds("要删除哪些")
    await father.presses("我的全部（并退出）")
    await father.finds("删除之前")
    bot.school.run("UPDATE guardianship SET until = 1 WHERE person_id = :id", id=bot.school.ids["王芳"])
    await father.presses("删除，我知道找不回来")
    await father.sees_toast("刚才有了变化")
    await father.finds("要删除哪些")
    await bot.settled()
    assert bot.school.run("SELECT COUNT(*) FROM erasure") == [(0,)]
    await _erases_all(father)


async def test_what_waits_is_taken_back_and_an_open_case_keeps_its_words_until_it_is_closed(bot: Bot) -> None:
    await bot.joined_mentor()
    father = await bot.father()
    await father.says("孩子说他不想活了")
    await bot.settled()
    case = bot.school.run("SELECT id FROM safety_case")
    assert len(case) == 1
    await mydata(father, "删除")
    await father.finds("要删除哪些")
    await father.presses("我的全部（并退出）")
    preview = await father.finds("删除之前")
    assert "与孩子安全有关、还没处理完的事" in preview["text"]
    await father.presses("删除，我知道找不回来")
    await father.finds("已经全部删除")
    await bot.settled()
    assert bot.school.run("SELECT LENGTH(sealed_body) > 0 FROM message WHERE case_id IS NOT NULL")[0][0]
    assert bot.school.run("SELECT sealed_text IS NOT NULL FROM safety_case")[0][0]
    bot.school.run(
        "UPDATE safety_case SET state = 'closed', sealed_text = NULL, closed_at = :now", now=to_ms(bot.clock.now())
    )
    for hours in (1, 25):
        bot.later(hours=hours)
        await bot.app.tick_now()  # type: ignore[union-attr]
        await bot.settled()
    assert not bot.school.run("SELECT id FROM message WHERE LENGTH(sealed_body) > 0")
    assert bot.school.run("SELECT COUNT(*) FROM erasure WHERE again_at IS NOT NULL") == [(0,)]


async def test_what_may_be_needed_for_an_open_case_stays_without_a_sign_of_it(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await talk(bot, father, mentor, "父亲的话")
    ids = bot.school.ids
    bot.school.run(
        "INSERT INTO safety_case (id, school_id, pupil_id, by_guardian, found_by, state, opened_at)"
        " VALUES (1, :school, :pupil, false, 'button', 'open', 1)",
        school=ids["school"],
        pupil=ids["张小雨"],
    )
    await _erases_all(father)
    await mentor.finds("删除了在这里的资料")
    await bot.settled()
    # Out of both chats, as without a case; not out of the people's hands.
    assert not any("父亲的话" in text for text in [*await mentor.reads(), *await father.reads()])
    assert len(bot.school.run("SELECT id FROM message WHERE LENGTH(sealed_body) > 0")) == 1
    # Nor does anybody read it where talks are read, who comes back included.
    again = await bot.joined_guardian(FATHER, "张强", "S1")
    await talk(bot, again, mentor, "我又来了")
    for person in (again, mentor):
        await person.says("/history")
        page = await person.finds("我又来了")
        await bot.settled()
        assert "父亲的话" not in str(await person.reads())
        assert page
    found = await mydata(again)
    assert "有内容）：1" in found["text"]
    bot.school.run("UPDATE safety_case SET state = 'closed', closed_at = 1")
    bot.later(hours=1)
    await bot.app.tick_now()  # type: ignore[union-attr]
    assert len(bot.school.run("SELECT id FROM message WHERE LENGTH(sealed_body) > 0")) == 1  # the one of after


async def test_who_is_no_guardian_any_more_erases_the_own_words_and_nothing_of_the_childs(bot: Bot) -> None:
    mentor, third = await bot.joined_mentor(2002, "周静", "T2"), await bot.joined_guardian(1003, "刘敏", "S3")
    await talk(bot, third, mentor, f"{CANARY}三")
    await mydata(third, "删除")
    await third.finds("要删除哪些")
    await third.presses("我的全部（并退出）")
    await third.finds("删除之前")
    bot.school.run("UPDATE guardianship SET until = 1 WHERE person_id = :id", id=bot.school.ids["刘敏"])
    await third.presses("删除，我知道找不回来")
    await third.finds("已经全部删除")
    await bot.settled()
    assert sorted(row[0] for row in bot.school.run("SELECT scope FROM erasure")) == ["guardian", "line"]  # type: ignore[type-var]
    assert not bot.school.run("SELECT id FROM message WHERE LENGTH(sealed_body) > 0")


def test_a_pupil_who_left_and_a_teacher_who_left_have_no_name_any_more(school: School) -> None:
    ids = school.ids
    unit = school.unit()
    erasing.erase(unit, erasing.of_pupil(unit, ids["张小雨"]), None)
    erasing.erase(unit, erasing.of_staff(ids["周静"]), None)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()

    def name(table: str, whose: str) -> str:
        row = bytes(school.run(f"SELECT sealed_name FROM {table} WHERE id = :id", id=ids[whose])[0][0])  # type: ignore[call-overload]
        return school.vault.open(table, ids[whose], "name", row)

    assert [name("pupil", one) for one in ("张小雨", "张小阳")] == ["", "张小阳"]
    # The mother has another child at the school; the father has none.
    assert [name("person", one) for one in ("王芳", "张强", "周静")] == ["王芳", "", ""]
    assert school.run("SELECT staff_number FROM person WHERE id = :id", id=ids["周静"])[0][0] == f"~{ids['周静']}"


async def test_two_people_behind_one_account_go_together_and_a_mentor_who_is_a_mother_stays_a_mentor(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.joined_guardian(1003, "刘敏", "S3")
    ids = bot.school.ids
    account = "SELECT account_id FROM person WHERE id = :id"
    both = bot.school.run(account, id=ids["刘敏"])[0][0]
    # The same phone is another child's guardian as another person of the roster.
    for name, whose in (("王芳", both), ("张强", bot.school.run(account, id=ids["李明"])[0][0])):
        bot.school.run("UPDATE person SET account_id = :account WHERE id = :id", account=whose, id=ids[name])
        bot.school.run("UPDATE guardianship SET confirmed_at = 1 WHERE person_id = :id", id=ids[name])
    await _erases_all(mother)
    assert bot.school.run("SELECT COUNT(*) FROM account WHERE id = :id", id=both) == [(0,)]
    await mydata(mentor, "删除")
    await mentor.finds("要删除哪些")
    await mentor.presses("我的全部（并退出）")
    await mentor.finds("删除之前")
    await mentor.presses("删除，我知道找不回来")
    await mentor.finds("✓ 已经删除")
    await mentor.says("/families")
    await mentor.finds("我的家庭")
    assert bot.school.run(account, id=ids["张强"]) == [(None,)]
