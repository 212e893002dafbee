"""Consent is withdrawn as easily as it was given: for one child, for all; a new version asks again."""

from __future__ import annotations

import pytest

from models import joining
from tests.rights.people import mydata, talk
from tests.school import Bot


async def test_a_mother_withdraws_for_one_child_and_comes_back_by_a_new_link(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await mother.says("小雨的事")
    await mother.presses("张小雨")
    got = await mentor.finds("小雨的事")
    await bot.settled()
    await mydata(mother, "我的同意")
    found = await mother.finds("同意了《个人信息说明》")
    assert joining.NOTICE_VERSION in found["text"]
    await mother.presses("撤回：张小雨")
    await mother.finds("撤回张小雨的同意？")
    await mother.presses("是的，撤回张小雨的同意")
    await mother.finds("✓ 已经撤回")
    await bot.settled()
    await mentor.replies(got, "撤回以后写的话")
    await bot.settled()
    assert not any("撤回以后写的话" in text for text in await mother.reads())
    # The other child's line is open, without being asked whose.
    await mother.says("小阳的事")
    await mentor.finds("小阳的事")
    await bot.settled()
    await mother.starts(bot.school.link("王芳", "S1"))
    await mother.finds("对吗")
    await mother.presses("是，是我")
    await mother.finds("撤回以后写的话")


async def test_a_father_withdraws_all_with_two_presses(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await talk(bot, father, mentor, "你好")
    await mydata(father, "我的同意")
    await father.finds("同意了《个人信息说明》")
    await father.presses("全部撤回并退出")
    await father.finds("确定退出吗")
    await father.presses("退出")
    await father.finds("您已退出")
    assert bot.school.run("SELECT COUNT(*) FROM consent WHERE withdrawn_at IS NULL") == [(0,)]


async def test_a_new_version_of_the_notice_asks_again_once(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    father = await bot.father()
    await bot.app.tick_now()  # type: ignore[union-attr]
    monkeypatch.setattr(joining, "NOTICE_VERSION", "2027-01")
    bot.later(days=2)
    for _ in range(2):
        await bot.app.tick_now()  # type: ignore[union-attr]
        await bot.settled()
    asked = [text for text in await father.reads() if "更新了《个人信息说明》" in text]
    assert len(asked) == 1
    await father.presses("看看全文")
    await father.finds("2027-01 版")
    await father.presses("同意新版", await father.finds("更新了《个人信息说明》"))
    await bot.settled()
    rows = bot.school.run("SELECT version FROM consent WHERE withdrawn_at IS NULL ORDER BY id")
    assert [row[0] for row in rows] == ["2026-11", "2027-01"]
    bot.later(days=2)
    await bot.app.tick_now()  # type: ignore[union-attr]
    await bot.settled()
    assert len([text for text in await father.reads() if "更新了《个人信息说明》" in text]) <= 1


async def test_who_has_withdrawn_for_each_child_can_still_erase_and_is_asked_anew(bot: Bot) -> None:
    await bot.joined_mentor()
    mother = await bot.mother()
    for child in ("张小雨", "张小阳"):
        await mydata(mother, "我的同意")
        await mother.finds("同意了《个人信息说明》")
        if child == "张小雨":
            await mother.presses(f"撤回：{child}")
            await mother.finds(f"撤回{child}的同意？")
            await mother.presses(f"是的，撤回{child}的同意")
            await mother.finds(f"关于{child}的内容不会再发到这里")
    bot.school.run("UPDATE guardianship SET confirmed_at = NULL")
    await mydata(mother, "删除")
    await mother.finds("要删除哪些")
    await mother.presses("我的全部（并退出）")
    await mother.finds("删除之前")
    await mother.presses("删除，我知道找不回来")
    await mother.finds("已经全部删除")
    assert bot.school.run("SELECT COUNT(*) FROM consent WHERE withdrawn_at IS NULL") == [(0,)]
