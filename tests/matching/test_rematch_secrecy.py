"""A request for another mentor: nothing of it to a guardian's other half or the mentor, and no word of it lost."""

from __future__ import annotations

from models.matching import requests
from models.people import Account
from models.unit import sql
from tests.matching.test_going_live import line_of, standing_of
from tests.matching.test_rematch_story import CANARY, asked
from tests.matching.walk import tick
from tests.school import OTHER_MENTOR, Bot, School


def test_a_guardian_of_the_child_does_not_decide(school: School) -> None:
    """The father is an admin: what the mother asked goes to the chief mentor of the class, or another admin."""
    unit, ids = school.unit(), school.ids
    account = Account(bot_id=1, user_id=1, created_at=unit.now)
    unit.session.add(account)
    unit.session.flush()
    for name in ("赵主任", "刘敏"):
        unit.write(sql("UPDATE person SET account_id = :a WHERE id = :p"), a=account.id, p=ids[name])
    admin, chief = standing_of(school, "赵主任", staff=True), standing_of(school, "李明", staff=True)
    # 陈晨 is 周静's pupil in 李明's class; 刘敏 is the guardian, 赵主任 with the same account.
    made = requests.ask(unit, line_of(unit, ids["陈晨"], ids["刘敏"]), ids["刘敏"], "way")
    assert made is not None
    assert requests.one(unit, admin, made) is None
    assert requests.open_for(unit, admin) == []
    assert [one.id for one in requests.open_for(unit, chief)] == [made]
    unit.write(sql("UPDATE person SET account_id = NULL WHERE id = :p"), p=ids["刘敏"])
    assert [one.id for one in requests.open_for(unit, admin)] == [made]
    unit.connection.close()


def test_a_look_at_a_guardians_request_is_that_guardians_side(school: School) -> None:
    """The other guardian does not learn from the list of looks that somebody asked."""
    unit, ids = school.unit(), school.ids
    made = requests.ask(unit, line_of(unit, ids["张小雨"], ids["王芳"]), ids["王芳"], "way")
    assert made is not None
    assert requests.look(unit, standing_of(school, "赵主任", staff=True), made) is not None
    unit.flush()
    rows = unit.execute(sql("SELECT guardian_id FROM access WHERE pupil_id = :p"), p=ids["张小雨"]).all()
    assert [row.guardian_id for row in rows] == [ids["王芳"]]
    unit.connection.close()


async def test_words_after_something_else_was_pressed_stay_away_from_the_mentor(bot: Bot) -> None:
    admin, mentor, father = await bot.joined_admin(), await bot.joined_mentor(), await bot.father()
    await asked(father)
    await father.presses("写几句给学校")
    await father.sees("请直接写")
    await father.says("/more")
    await father.sees("还可以做这些")
    await father.says(CANARY)
    await father.presses("写几句给学校", await father.sees("没有发给任何人"))
    await father.sees("请直接写")
    await father.says(CANARY)
    await father.sees("记下了")
    # More words are added to those before, and the school hears of them too.
    await bot.settled()
    await father.says("/more")
    await father.presses("想换一位导师", await father.finds("还可以做这些"))
    await father.presses("写几句给学校", await father.sees("已经在学校那里了"))
    await father.sees("请直接写")
    await father.says("还有一句")
    await bot.settled()
    assert sum("有了补充" in one for one in await admin.reads()) == 2
    await admin.presses("看一下", await admin.finds("有一份换导师的申请"))
    view = await admin.sees("提出的人：张强")
    assert CANARY in view["text"]
    assert "还有一句" in view["text"]
    for text in await mentor.reads():
        assert CANARY not in text
        assert "还有一句" not in text


async def test_danger_in_what_is_held_back_shows_the_way(bot: Bot) -> None:
    """Too long, or too late: nothing of it goes on, so the urgent way stands beside it."""
    await bot.joined_admin()
    await bot.joined_mentor()
    father = await bot.father()
    await asked(father)
    await father.presses("写几句给学校")
    await father.sees("请直接写")
    await father.says("孩子说不想活了。" * 80)
    shown = await father.sees("请写短一点")
    assert [one["text"] for row in shown["buttons"] for one in row]
    await tick(bot, hours=2)
    await father.says("孩子说不想活了")
    shown = await father.sees("没有发给任何人")
    assert len(shown["buttons"]) == 2


async def test_whoever_asked_too_hears_the_outcome(bot: Bot) -> None:
    """Both guardians and the mentor asked for the same child: one answer settles all, and each hears it."""
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    father = await bot.father()
    await asked(father)
    await mentor.says("/more")
    await mentor.presses("为一位学生另找导师", await mentor.finds("还可以做这些"))
    await mentor.presses("张小雨 · 五年级2班", await mentor.sees("家庭不会知道您提过"))
    await mentor.presses("请学校考虑", await mentor.sees("另找一位导师？"))
    await mentor.sees("家庭不会知道。有结果会告诉您")
    await admin.says("/more")
    await admin.presses("换导师的申请（2）", await admin.finds("还可以做这些"))
    await admin.sees("请保密")
    await admin.presses("张小雨 · 五年级2班")
    await admin.presses("换一位导师", await admin.sees("提出的人："))
    await admin.sees("这里都是还有位子的")
    await admin.presses("周静老师 · 语文")
    await admin.presses("现在就换", await admin.sees("从现在起由周静老师来带"))
    await father.sees("已经按您的意思换好了")
    await mentor.sees("学校已经另外安排了导师")
