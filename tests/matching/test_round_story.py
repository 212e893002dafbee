"""A round through the front door: wishes of both sides, a proposal, a swap, live; and what nobody may see."""

from __future__ import annotations

from typing import Any

import pytest

from models.matching import tellings
from simulator.client import Person
from tests.matching.walk import go_live, mentor_of, opened, propose, tick
from tests.school import OTHER_MENTOR, OTHER_MOTHER, Bot


async def everybody(bot: Bot) -> tuple[Person, Person, Person, Person, Person, Person]:
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    mother, father = await bot.mother(), await bot.father()
    third = await bot.joined_guardian(OTHER_MOTHER, "刘敏", "S3")
    return admin, mentor, other, mother, father, third


async def test_from_the_wishes_to_the_introductions(bot: Bot) -> None:
    admin, mentor, other, mother, father, third = await everybody(bot)
    await opened(bot, admin)
    # A question for each child; who has two children gets two.
    assert sum("的导师，想听听" in one for one in await mother.reads()) == 2
    assert sum("的导师，想听听" in one for one in await father.reads()) == 1
    await mother.presses("继续由李明老师带（第一志愿）", await mother.finds("张小雨的导师，想听听"))
    await mother.sees("第一志愿：李明老师 · 数学")
    await mother.presses("☐ 和孩子一起商量过了")
    await bot.settled()
    # The father hears that a wish was given, and not which.
    told = await father.sees("另一位监护人已经填了")
    assert "李明" not in told["text"]
    await father.presses("看看导师志愿")
    view = await father.sees("另一位监护人已经填了一份")
    assert "第一志愿" not in view["text"]
    # The last one who speaks counts.
    await father.presses("选老师")
    found = await father.sees("按想要的顺序点")
    await father.presses("周静老师 · 语文", found)
    await bot.settled()
    await mother.presses("由学校安排", await mother.finds("张小阳的导师，想听听"))
    await mother.sees("由学校安排")
    await third.presses("继续由周静老师带（第一志愿）", await third.finds("陈晨的导师，想听听"))
    await third.sees("第一志愿：周静")
    # Mentors: one keeps; the other one names a pupil of the class.
    await mentor.presses("☐ 愿意继续带现在的学生", await mentor.finds("想听听您的想法"))
    await mentor.sees("✅ 愿意继续带现在的学生")
    await other.presses("想带的学生", await other.finds("想听听您的想法"))
    await other.sees("想带谁？")
    await other.presses("陈晨 · 五年级2班")
    await bot.settled()
    await propose(bot, admin)
    summary = await admin.last()
    assert "填了志愿的 2 家：第一志愿 2" in summary["text"]
    assert "3 位学生里，1 位会有新导师" in summary["text"]
    # Nothing is live: nobody has heard, and nothing has changed.
    assert mentor_of(bot, "张小雨") == "李明"
    await go_live(bot, admin)
    assert [mentor_of(bot, one) for one in ("张小雨", "张小阳", "陈晨")] == ["周静", "李明", "周静"]
    await father.sees("的导师现在是周静老师")
    await father.sees("按您填的第一志愿，由周静老师来带")
    await mother.sees("的导师现在是周静老师")
    await third.sees("陈晨的导师定了：周静老师")
    lists = await other.sees("您现在的学生")
    assert "张小雨" in lists["text"]
    assert "陈晨" in lists["text"]
    await admin.sees("都安排好了")
    await bot.settled()
    for person in (mother, father, third, mentor, other):
        assert sum("的导师现在是" in one for one in await person.reads()) == (1 if person in (mother, father) else 0)
    # Whose mentor has not changed and who gave no wish in particular heard nothing.
    assert not any("张小阳的导师" in one and "现在是" in one for one in await mother.reads())


async def test_wishes_show_nowhere_else(bot: Bot) -> None:
    """What a side wished stands in no message, to nobody but who gave it and those who co-ordinate."""
    admin, mentor, other, mother, father, third = await everybody(bot)
    await opened(bot, admin)
    await mother.presses("选老师", await mother.finds("张小雨的导师，想听听"))
    await mother.presses("周静老师 · 语文", await mother.sees("按想要的顺序点"))
    await bot.settled()
    await other.presses("暂时不便带的学生", await other.finds("想听听您的想法"))
    await other.presses("张小阳 · 五年级2班", await other.sees("暂时不便带谁"))
    await bot.settled()
    await propose(bot, admin)
    await go_live(bot, admin)
    for person in (mentor, other, father, third):
        for text in await person.reads():
            assert "志愿：" not in text
            assert "第一志愿" not in text
    for person in (mother, father, third):
        for text in await person.reads():
            assert "不便" not in text
    # On the disk neither stands in the clear.
    rows = bot.school.run("SELECT sealed_wish FROM match_pupil WHERE sealed_wish IS NOT NULL")
    rows += bot.school.run("SELECT sealed_wish FROM match_mentor WHERE sealed_wish IS NOT NULL")
    wanted = str(bot.school.ids["周静"]).encode(), str(bot.school.ids["张小阳"]).encode()
    assert len(rows) == 2
    assert not any(one in bytes(row[0]) for row in rows for one in wanted if isinstance(row[0], bytes | memoryview))


async def test_a_chief_mentor_swaps_and_sees_before_what_it_does(bot: Bot) -> None:
    admin, mentor, _, mother, _, third = await everybody(bot)
    await opened(bot, admin)
    await mother.presses("继续由李明老师带（第一志愿）", await mother.finds("张小雨的导师，想听听"))
    await mother.sees("第一志愿：李明老师")
    await third.presses("继续由周静老师带（第一志愿）", await third.finds("陈晨的导师，想听听"))
    await third.sees("第一志愿：周静老师")
    await propose(bot, admin)
    # Before they are asked to look, chief mentors see nothing.
    assert not any("方案" in one for one in await mentor.reads())
    await admin.presses("请首席导师看")
    await admin.sees("已请 1 个班")
    await mentor.presses("看本班方案", await mentor.sees("五年级2班的导师方案出来了"))
    view = await mentor.sees("＋ 表示会换")
    label = next(one["text"] for row in view["buttons"] for one in row if one["text"].startswith("张小雨"))
    assert label == "张小雨 → 李明"
    await mentor.presses(label)
    # Whoever is the pupil's mentor does not read what the family wished for in place of that very person.
    own = await mentor.sees("家庭的志愿不显示，因为您现在是这位学生的导师")
    assert "→ 李明" in own["text"]
    for word in ("第一", "第二", "第三", "志愿：", "没有填", "商量"):
        assert word not in own["text"]
    await mentor.presses("返回")
    await mentor.presses("陈晨 → 周静", await mentor.sees("＋ 表示会换"))
    why = await mentor.sees("第一志愿：周静")
    assert "→ 周静：第一志愿" in why["text"]
    await mentor.presses("返回")
    await mentor.presses(label, await mentor.sees("＋ 表示会换"))
    await mentor.sees("家庭的志愿不显示")
    await mentor.presses("和同学对换")
    await mentor.sees("和哪位同学对换导师")
    await mentor.presses("陈晨 · 周静")
    effect = await mentor.sees("这样改，会怎样")
    assert "张小雨：" not in effect["text"]
    assert "家庭的志愿不显示，因为您现在是这位学生的导师" in effect["text"]
    assert "陈晨：第一志愿 → 不是所填的志愿" in effect["text"]
    await mentor.presses("就这样改")
    moved = await mentor.sees("→ 周静")
    assert "志愿：" not in moved["text"]
    await mentor.presses("返回")
    await mentor.sees("＋ 表示会换")
    await mentor.presses("本班看好了")
    await mentor.sees("谢谢，五年级2班看好了")
    await admin.presses("打开这一轮", await admin.sees("首席导师看好方案了"))
    await admin.sees("首席导师已看 1 / 1 个班")
    # Made anew, what was moved by hand stays.
    await admin.presses("重新做（手工改的保留）")
    await admin.sees("还没有生效")
    await go_live(bot, admin)
    assert [mentor_of(bot, one) for one in ("张小雨", "陈晨")] == ["周静", "李明"]


async def test_a_pair_that_must_not_be_is_refused(bot: Bot) -> None:
    admin, _, _, _, _, _ = await everybody(bot)
    await opened(bot, admin)
    await admin.presses("按班看")
    await admin.sees("看哪个班")
    await admin.presses("五年级2班")
    await admin.sees("必须或不能由谁来带")
    await admin.presses("张小雨")
    await admin.sees("性别：没有填")
    await admin.presses("必须 / 不能 / 平衡")
    await admin.sees("只为这一轮")
    await admin.presses("不能由谁带")
    await admin.sees("不能由谁来带？")
    await admin.presses("周静老师 · 语文")
    await admin.sees("不能由周静来带")
    await propose(bot, admin)
    await admin.presses("按班看")
    await admin.sees("看哪个班")
    await admin.presses("五年级2班")
    await admin.sees("＋ 表示会换")
    await admin.presses("张小雨 → 李明")
    await admin.sees("不能由周静来带")
    await admin.presses("换导师")
    shown = await admin.sees("张小雨换给哪位导师")
    assert not any("周静" in one["text"] for row in shown["buttons"] for one in row)


async def test_too_few_places_are_said_and_put_right(bot: Bot) -> None:
    admin, _, _, _, _, _ = await everybody(bot)
    round_id = await opened(bot, admin)
    bot.school.run("UPDATE match_mentor SET capacity = 1 WHERE round_id = :id", id=round_id)
    await admin.says("/matching")
    await admin.sees("先听家庭和导师的想法")
    await admin.presses("五年级2班 · 收集志愿")
    await admin.sees("家庭已答")
    await admin.presses("做方案")
    await admin.sees("现在就做方案")
    await admin.presses("现在就做，不再收志愿")
    await admin.sees("位子还差 1 个")
    await admin.presses("规则和名额")
    await admin.sees("每位导师最多 15 位学生")
    await admin.presses("导师和名额")
    await admin.sees("这一轮共有 2 个位子，3 位学生")
    await admin.presses("李明：最多 1")
    await admin.sees("改成几位")
    await admin.presses("4")
    await admin.sees("这一轮共有 5 个位子")


async def test_closed_wishes_a_cancelled_round_and_a_forged_hand(bot: Bot) -> None:
    admin, mentor, _, mother, father, _ = await everybody(bot)
    await opened(bot, admin)
    question = await mother.finds("张小雨的导师，想听听")
    await mother.presses("由学校安排", question)
    await mother.sees("✅ 由学校安排")
    # Once, a day before the end, those who have said nothing are reminded.
    await tick(bot, days=5, hours=23)
    await tick(bot)
    assert sum("导师志愿快截止了" in one for one in await mother.reads()) == 1
    assert "张小阳" in next(one for one in await mother.reads() if "导师志愿快截止了" in one)
    assert sum("的想法快截止了" in one for one in await mentor.reads()) == 1
    await tick(bot, days=1, hours=13)
    await tick(bot)
    assert sum("志愿收齐了" in one for one in await admin.reads()) == 1
    await father.presses("由学校安排", await father.finds("张小雨的导师，想听听"))
    await father.sees_toast("志愿已经截止")
    # A button is a claim: a mentor's press on an admin's or a family's screens does nothing (rows are asked again).
    await admin.says("/matching")
    await admin.presses("五年级2班 · 收集志愿", await admin.finds("先听家庭和导师的想法"))
    await admin.sees("志愿已截止")
    await admin.presses("取消这一轮")
    await admin.sees("谁的导师都不会变")
    await admin.presses("确定取消")
    await admin.sees("这一轮取消了")
    await tick(bot, hours=12)
    assert sum("这一轮的导师匹配取消了" in one for one in await mother.reads()) == 1
    assert mentor_of(bot, "张小雨") == "李明"
    # Everything of it is forgotten soon.
    await tick(bot, days=2)
    assert bot.school.run("SELECT id FROM match_pupil") == []


async def test_live_twice_and_through_a_crash(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is taken back is done again: each change once, each family told once; a second press does nothing."""
    admin, _, _, _mother, _, third = await everybody(bot)
    await opened(bot, admin)
    await third.presses("选老师", await third.finds("陈晨的导师，想听听"))
    await third.presses("李明老师 · 数学", await third.sees("按想要的顺序点"))
    await bot.settled()
    await propose(bot, admin)
    await admin.presses("让方案生效…")
    ask = await admin.sees("点了以后不能整轮撤回")
    original, calls = tellings.advance, list[Any]()

    def broken(*args: Any, **values: Any) -> None:
        calls.append(args)
        if len(calls) == 1:
            raise RuntimeError("the process ends at this very line")
        original(*args, **values)

    monkeypatch.setattr(tellings, "advance", broken)
    await admin.presses("现在生效", ask)
    await admin.sees("正在生效")
    await tick(bot)
    await tick(bot)
    assert len(calls) > 1
    assert mentor_of(bot, "陈晨") == "李明"
    await bot.settled()
    assert sum("的导师现在是李明老师" in one for one in await third.reads()) == 1
    assert sum("按您填的第一志愿" in one for one in await third.reads()) == 1
    rows = bot.school.run("SELECT id FROM mentorship WHERE pupil_id = :p", p=bot.school.ids["陈晨"])
    assert len(rows) == 2
