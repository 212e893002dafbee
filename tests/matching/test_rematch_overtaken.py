"""A request for another mentor that time has overtaken: it ends without a word, and never names another mentor than its own."""

from __future__ import annotations

import pytest

from models import mentorships
from models.matching import closing, requests
from models.rights import erasing
from models.unit import Unit, sql
from tests.matching.test_going_live import line_of, standing_of
from tests.matching.test_rematch_story import asked
from tests.matching.walk import tick
from tests.school import OTHER_MENTOR, Bot, School


def row_of(unit: Unit, request: int) -> tuple[str, bool]:
    row = unit.execute(sql("SELECT outcome, decided_at FROM mentor_request WHERE id = :id"), id=request).one()
    return row.outcome, row.decided_at is not None


async def test_another_mentor_since_then_ends_an_old_request(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await bot.joined_mentor()
    await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    father, ids = await bot.father(), bot.school.ids
    await asked(father, "相处方式不太合适")
    told = await admin.sees("有一份换导师的申请")
    await admin.presses("看一下", told)
    view = await admin.sees("提出时的导师：李明")
    await bot.settled()
    unit = bot.school.unit()
    mentorships.change(unit, ids["张小雨"], ids["周静"])
    unit.flush()
    unit.connection.commit()
    unit.connection.close()
    # Neither the list nor an old button opens it before it is tidied away, and nothing of it can be decided.
    await admin.presses("先聊一聊", view)
    await bot.settled()
    await admin.says("/more")
    await bot.settled()
    menu = await admin.finds("还可以做这些")
    assert not any("换导师的申请" in one["text"] for row in menu["buttons"] for one in row)
    assert not any("周静" in one and "相处方式" in one for one in await admin.reads())
    assert not any("学校想先和您聊一聊" in one for one in await father.reads())
    before = len(await father.reads())
    await tick(bot)
    assert bot.school.run("SELECT outcome, decided_by FROM mentor_request") == [("changed", None)]
    assert len(await father.reads()) == before
    # What is asked now is about the mentor of now.
    await asked(father, "不太好联系")
    await admin.says("/more")
    await bot.settled()
    await admin.presses("换导师的申请（1）", await admin.finds("还可以做这些"))
    await admin.presses("张小雨 · 五年级2班", await admin.sees("导师和别的家庭都不知道"))
    await admin.sees("提出时的导师：周静")


def test_an_old_request_does_not_stand_in_the_way_before_it_is_tidied_away(school: School) -> None:
    unit, ids = school.unit(), school.ids
    line = line_of(unit, ids["张小雨"], ids["王芳"])
    old = requests.ask(unit, line, ids["王芳"], "way")
    assert old is not None
    mentorships.change(unit, ids["张小雨"], ids["周静"])
    assert requests.open_of(unit, ids["张小雨"], ids["王芳"]) is None
    assert not requests.add_words(unit, old, ids["王芳"], "还有")
    new = requests.ask(unit, line_of(unit, ids["张小雨"], ids["王芳"]), ids["王芳"], "child")
    assert new is not None
    admin = standing_of(school, "赵主任", staff=True)
    assert [(one.id, one.mentor_name) for one in requests.open_for(unit, admin)] == [(new, "周静")]
    found = requests.one(unit, admin, old)
    assert found is not None
    assert (found.decided, found.mentor_name) == (True, "李明")
    closing.tick(unit)
    assert row_of(unit, new) == ("", False)
    unit.connection.rollback()
    unit.connection.close()


@pytest.mark.parametrize("how", ["no guardian", "erased", "child erased"])
def test_a_request_ends_with_its_asker(school: School, how: str) -> None:
    unit, ids = school.unit(), school.ids
    made = requests.ask(unit, line_of(unit, ids["张小雨"], ids["王芳"]), ids["王芳"], "way")
    assert made is not None
    assert requests.add_words(unit, made, ids["王芳"], "一句")
    if how == "no guardian":
        unit.write(sql("UPDATE guardianship SET until = :now WHERE person_id = :p"), now=unit.now_ms, p=ids["王芳"])
    elif how == "erased":
        erasing.erase(unit, erasing.of_guardian(unit, ids["王芳"]), ids["王芳"])
    else:
        erasing.erase(unit, erasing.of_pupil(unit, ids["张小雨"]), None)
    admin = standing_of(school, "赵主任", staff=True)
    assert requests.open_for(unit, admin) == []
    if how == "no guardian":
        assert requests.one(unit, admin, made) is None
        closing.tick(unit)
    assert row_of(unit, made)[1]
    unit.connection.rollback()
    unit.connection.close()
