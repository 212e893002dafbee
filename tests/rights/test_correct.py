"""'This is not right': the admin takes it over or answers, the person hears."""

from __future__ import annotations

import pytest

from models.rights import corrections
from tests.rights.people import mydata, talk
from tests.school import Bot


async def test_a_corrected_name_is_taken_over_and_both_hear(bot: Bot) -> None:
    admin, father = await bot.joined_admin(), await bot.father()
    await mydata(father, "更正")
    await father.finds("哪里不对")
    await father.presses("我的姓名")
    await father.finds("您的姓名应该怎么写")
    await father.says("12345")
    await father.finds("这好像不是姓名")
    await father.says("张　强强")
    await father.finds("已经告诉学校")
    await admin.finds("名册里的姓名不对")
    await admin.presses("看一下")
    shown = await admin.finds("现在：张强")
    assert "应该：张 强强" in shown["text"]
    await admin.presses("采纳，改过来")
    await admin.finds("✓ 已经改好")
    await father.finds("学校已经按您说的改了姓名")
    row = bot.school.run("SELECT sealed_name FROM person WHERE id = :id", id=bot.school.ids["张强"])[0][0]
    name = bot.school.vault.open("person", bot.school.ids["张强"], "name", bytes(row))  # type: ignore[call-overload]
    assert name == "张 强强"
    assert bot.school.run("SELECT sealed_value FROM correction") == [(None,)]


async def test_a_relation_is_answered_and_a_mentor_gets_nothing_of_it(bot: Bot) -> None:
    mentor, admin, father = await bot.joined_mentor(), await bot.joined_admin(), await bot.father()
    await mydata(father, "更正")
    await father.finds("哪里不对")
    await father.presses("我是张小雨的什么人")
    await father.finds("您是张小雨的什么人")
    await father.presses("监护人")
    await father.finds("已经告诉学校")
    await admin.says("/more")
    await admin.finds("还可以做这些")
    await admin.presses("资料管理")
    await admin.finds("处理更正")
    await admin.presses("更正申请（1）")
    await admin.finds("这些更正在等您看")
    await admin.presses("张强 · 关系")
    await admin.finds("请更正 张小雨 的关系")
    await admin.presses("不改，说明原因")
    await admin.finds("为什么不改")
    await admin.says("户口本上写的是父亲")
    await admin.finds("✓ 已经回复")
    await father.finds("户口本上写的是父亲")
    await bot.settled()
    assert not any("户口本" in text for text in await mentor.reads())
    assert bot.school.run("SELECT relation FROM guardianship WHERE person_id = :id", id=bot.school.ids["张强"]) == [
        ("father",)
    ]


async def test_what_an_admin_types_too_late_goes_to_nobody(bot: Bot) -> None:
    """An admin who mentors too: words for one family must not end up with another."""
    mentor, father = await bot.joined_mentor(), await bot.father()
    school = bot.school
    role = "INSERT INTO role (id, person_id, kind, since) VALUES (1, :id, 'admin', 0)"
    school.run(role, id=school.ids["李明"])
    await mydata(father, "更正")
    await father.finds("哪里不对")
    await father.presses("我的姓名")
    await father.finds("您的姓名应该怎么写")
    await father.says("张强强")
    await mentor.finds("名册里的姓名不对")
    await mentor.presses("看一下")
    await mentor.finds("现在：张强")
    await mentor.presses("不改，说明原因")
    await mentor.finds("为什么不改")
    school.run("UPDATE correction SET state = 'taken'")
    await mentor.says("户口本上不是这样写的")
    await mentor.finds("刚刚已经有人处理了")
    await mentor.says("/look")
    await mentor.finds("请输入学生的学号")
    school.run("UPDATE role SET until = 1 WHERE id = 1")
    await mentor.says("S1")
    await mentor.finds("管理员")
    # The father's own: his line has ended while he typed.
    await mydata(father, "更正")
    await father.finds("哪里不对")
    await father.presses("我是张小雨的什么人")
    await father.finds("您是张小雨的什么人")
    school.run("UPDATE guardianship SET until = 1 WHERE person_id = :id", id=school.ids["张强"])
    await father.says("舅舅")
    await father.finds("您写的没有发给任何人")
    await bot.settled()
    assert not any("户口本" in text for text in await father.reads())
    assert school.run("SELECT id FROM message") == []
    assert school.run("SELECT kind FROM form") == []


async def test_who_is_asked_about_no_more_ends_the_question_for_a_reason(bot: Bot) -> None:
    mentor, admin, father = await bot.joined_mentor(), await bot.joined_admin(), await bot.father()
    await talk(bot, father, mentor, "父亲的话")
    await admin.says("/look")
    await admin.finds("请输入学生的学号")
    await admin.says("S1")
    await admin.finds("和谁的对话")
    await admin.presses("张小雨 · 爸爸")
    await admin.finds("为什么要看")
    bot.school.run("UPDATE guardianship SET until = 1 WHERE person_id = :id", id=bot.school.ids["张强"])
    await admin.says("有人来学校问过这件事")
    await admin.finds("这段对话现在不能申请了")
    assert bot.school.run("SELECT kind FROM form") == []


async def test_a_guardian_cannot_open_the_admins_list(bot: Bot) -> None:
    father = await bot.father()
    await father.says("/look")
    await father.finds("管理员")
    await bot.settled()
    assert not bot.school.run("SELECT kind FROM form")


@pytest.mark.parametrize(
    ("field", "written", "value"),
    [
        ("name", " 李　雷 ", "李 雷"),
        ("phone", "138 0000 0009", "+8613800000009"),
        ("relation", "外婆", "grandmother"),
        ("child", "O'Neil", "O'Neil"),
    ],
)
def test_what_is_typed_becomes_what_the_roster_has(field: str, written: str, value: str) -> None:
    assert corrections.value_of(field, written) == value


@pytest.mark.parametrize(
    ("field", "written"),
    [("name", ""), ("name", "=1+1"), ("name", "长" * 200), ("phone", "123"), ("phone", ""), ("child", "…")],
)
def test_what_cannot_be_a_value_is_refused(field: str, written: str) -> None:
    with pytest.raises(corrections.Unfit):
        corrections.value_of(field, written)
