"""Slips to sign: one for each child and guardian, typed name, changed until a date, kept, exported."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from models.notices import notices, slips
from simulator.client import Person
from tests.notices.readers import SLIP, buttons, seen, sends_of_mentor, sends_valid
from tests.school import Bot


def signed(bot: Bot) -> list[tuple[Any, ...]]:
    """Choice, replaced or not, of all signings in order."""
    rows = bot.school.run("SELECT pupil_id, choice, replaced_at IS NOT NULL FROM notice_slip ORDER BY id")
    names = {bot.school.ids[name]: name for name in ("张小雨", "张小阳", "陈晨")}
    return [(names[int(str(pupil))], choice, bool(gone)) for pupil, choice, gone in rows]


async def signs(person: Person, choice: str, name: str, message: dict[str, Any], child: str = "") -> None:
    """Presses and types."""
    if child:
        await person.presses(child, message)
        await person.sees(f"请为{child}选一项")
    await person.presses(choice, message)
    await person.sees("输入您自己的姓名")
    await person.says(name)
    await person.sees("已签好")


async def test_each_child_has_a_slip_and_the_last_signing_counts(bot: Bot) -> None:
    mother = await bot.mother()
    sends_valid(bot, SLIP)
    message = await seen(bot, mother, "孩子参加秋游吗")
    assert buttons(message) == ["✍️ 张小雨：请选择", "✍️ 张小阳：请选择", "我已阅读"]
    await mother.presses("张小雨", message)
    await mother.sees("请为张小雨选一项")
    await mother.presses("同意", message)
    shown = await mother.sees("输入您自己的姓名")
    assert "孩子：张小雨" in shown["text"]
    assert "同意" in shown["text"]
    await mother.says("王芳")
    receipt = await mother.sees("已签好")
    assert "签名：王芳" in receipt["text"]
    assert "不一样" not in receipt["text"]
    await mother.presses("✓ 张小雨：同意", message)
    await mother.sees("请为张小雨选一项")
    await mother.presses("不同意", message)
    await mother.sees("输入您自己的姓名")
    await mother.says("王 芳")
    await mother.sees("已签好")
    await signs(mother, "同意", "芳芳妈", message, "张小阳")
    await mother.presses("✓ 张小雨：不同意", message)
    assert signed(bot) == [("张小雨", 0, True), ("张小雨", 1, False), ("张小阳", 0, False)]


async def test_a_text_that_is_no_name_is_explained_and_goes_nowhere(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    sends_valid(bot, SLIP)
    message = await seen(bot, father, "孩子参加秋游吗")
    await father.presses("不同意", message)
    await father.sees("输入您自己的姓名")
    await father.says("他最近咳嗽，可以不去吗？")
    await father.sees("只输入您的姓名")
    await father.presses("先不签")
    await father.sees("先不签。")
    assert signed(bot) == []
    await father.says("他最近咳嗽，可以不去吗？")
    await mentor.sees("他最近咳嗽")


async def test_another_name_is_kept_and_said(bot: Bot) -> None:
    father = await bot.father()
    sends_valid(bot, SLIP)
    message = await seen(bot, father, "孩子参加秋游吗")
    await father.presses("不同意", message)
    await father.sees("输入您自己的姓名")
    await father.says("张大强")
    receipt = await father.sees("已签好")
    assert "不一样" in receipt["text"]


async def test_after_its_day_nothing_is_signed_any_more(bot: Bot) -> None:
    father = await bot.father()
    sends_valid(bot, SLIP, days=0.1)
    message = await seen(bot, father, "孩子参加秋游吗")
    await father.presses("同意", message)
    await father.sees("输入您自己的姓名")
    bot.later(hours=0.2)
    await father.says("张强")
    await father.sees("已签好")
    bot.later(hours=3)
    await father.presses("✓ 张小雨：同意", message)
    await father.sees_toast("已经截止")
    assert signed(bot) == [("张小雨", 0, False)]


async def test_a_corrected_notice_is_chosen_again_before_it_is_signed(bot: Bot) -> None:
    father = await bot.father()
    notice = sends_valid(bot, SLIP)
    message = await seen(bot, father, "孩子参加秋游吗")
    await father.presses("同意", message)
    await father.sees("输入您自己的姓名")
    bot.school.run("UPDATE notice SET version = 2 WHERE id = :id", id=notice)
    await father.says("张强")
    await father.sees("再选一次")
    assert signed(bot) == []


async def test_only_concerned_children_and_own_ones(bot: Bot) -> None:
    other = await bot.joined_guardian(1003, "刘敏", "S3")
    mother = await bot.mother()
    notice = sends_of_mentor(bot, SLIP)
    message = await seen(bot, mother, "孩子参加秋游吗")
    assert [one for one in buttons(message) if "张" in one]
    await other.sees_nothing_with("秋游")
    unit = bot.school.unit()
    found = notices.one(unit, notice)
    assert found is not None
    ids = bot.school.ids
    assert slips.signer(unit, found, [ids["王芳"]], ids["陈晨"]) is None
    assert slips.signer(unit, found, [ids["刘敏"]], ids["陈晨"]) is None
    assert slips.signer(unit, found, [ids["张强"]], ids["张小雨"]) is None, "has not joined"
    unit.connection.close()


async def test_the_sender_sees_counts_and_exports_what_was_signed(bot: Bot) -> None:
    admin = await bot.joined_admin()
    mother, father = await bot.mother(), await bot.father()
    sends_valid(bot, SLIP)
    first, second = await seen(bot, mother, "孩子参加秋游吗"), await seen(bot, father, "孩子参加秋游吗")
    await signs(mother, "同意", "王芳", first, "张小雨")
    await signs(father, "不同意", "张大强", second)
    await bot.settled()
    await opens(admin, "秋游回执", "看回执结果")
    text = (await admin.sees("已签 2 份"))["text"]
    assert "同意 1 · 不同意 1" in text
    assert "不一样的孩子：1 个" in text
    assert "还没签完的家长：1 位" in text, text
    assert not any(name in text for name in ("张小雨", "王芳"))
    await admin.presses("导出已签回执")
    file = await admin.sees("这次查看已记录")
    _, content, _ = await bot.telegram.file(file["document"]["file_id"])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[1:5] + row[7:8] for row in rows] == [
        ["张小雨", "同意", "王芳", "妈妈", "是"],
        ["张小雨", "不同意", "张大强", "爸爸", "否"],
    ]
    looked = bot.school.run("SELECT pupil_id, person_id FROM access WHERE what = 'slips'")
    assert looked == [(bot.school.ids["张小雨"], bot.school.ids["赵主任"])]


async def test_who_looks_after_it_no_more_gets_no_export(bot: Bot) -> None:
    admin = await bot.joined_admin()
    father = await bot.father()
    sends_valid(bot, SLIP)
    await signs(father, "同意", "张强", await seen(bot, father, "孩子参加秋游吗"))
    await opens(admin, "秋游回执", "看回执结果")
    await admin.sees("已签 1 份")
    bot.school.run("UPDATE role SET until = since WHERE kind = 'admin'")
    await admin.presses("导出已签回执")
    await admin.sees_toast("没有您可以看")
    assert bot.school.run("SELECT 1 FROM access") == []


async def opens(admin: Person, title: str, button: str) -> None:
    """To a notice's results, the way that people go."""
    await admin.says("/notice")
    await admin.presses(title)
    await admin.presses(button)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("王芳", True),
        ("王", False),
        ("Anna-Lena O’Neil", True),
        ("阿依古丽·买买提", True),
        ("好的。", False),
        ("13800000000", False),
    ],
)
def test_what_may_be_a_name(name: str, fits: bool) -> None:
    assert slips.is_name(name) is fits
