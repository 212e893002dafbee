"""/city through the front door: numbers, a chart, a workbook; and no name, class or mentor in any of it."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from tests.city.many import NAMES, families, joined_centre, other_school
from tests.events.class_of_parents import tick
from tests.school import Bot


def shown(messages: list[str]) -> None:
    """No canary stands in any of these, beside the centre's own greeting."""
    for text in messages:
        for name in (*NAMES, "孩子1", "家长1", "2班"):
            assert name not in text, (name, text)


async def test_the_centre_sees_schools_in_numbers_and_nobody_by_name(bot: Bot) -> None:
    families(bot.school, 20, joined=17)
    other_school(bot.school, "第二小学")
    centre = await joined_centre(bot)
    await centre.says("/city")
    first = await centre.sees("还没有数字")
    await tick(bot)
    before = len(await centre.reads())
    await centre.presses("再看一次", first)
    view = await centre.sees("家庭数满 5 才写")
    assert "已加入：15 家，共 20 家" in view["text"]
    assert "全部学校（2 所）" in view["text"]
    await centre.presses("加入", view)
    rows = await centre.sees("按学校名称排")
    assert "实验小学：15 家，共 20 家" in rows["text"]
    assert "第二小学：少于 5 家，共 少于 5 家" in rows["text"]
    assert "1 所学校少于 5" in rows["text"]
    shown([rows["text"], *(await centre.reads())[before:]])
    await centre.presses("按月看图", rows)
    picture = await centre.sees("各校合计")
    assert picture["kind"] == "photo"
    shown([picture["caption"]])
    await centre.presses("回到合计", rows)
    for button in ("家访", "家长学堂", "该做的事", "等回复"):
        await centre.presses(button, await centre.sees("家庭数满 5 才写"))
        shown([(await centre.sees("按学校名称排"))["text"]])
        await centre.presses("回到合计", rows)
    await centre.presses("导出表格", await centre.sees("家庭数满 5 才写"))
    file = (await centre.sees("各校数字"))["document"]
    _, content, _ = await bot.telegram.file(file["file_id"])
    cells = [
        str(cell.value) for sheet in load_workbook(io.BytesIO(content)).worksheets for row in sheet for cell in row
    ]
    assert "实验小学" in cells
    assert "15" in cells
    assert not {"17", "23"} & set(cells), "what was counted stands nowhere unrounded"
    shown(cells)


async def test_months_terms_and_counting_again(bot: Bot) -> None:
    centre = await joined_centre(bot)
    await tick(bot)
    await centre.says("/city")
    view = await centre.sees("家庭数满 5 才写")
    await centre.presses("按月看", view)
    month = await centre.sees(" 月 · 全部学校")
    await centre.presses("按学期看", month)
    await centre.sees("学期 · 全部学校")
    before = bot.school.run("SELECT at FROM city_counted")
    await tick(bot, minutes=11)
    assert bot.school.run("SELECT at FROM city_counted") == before
    await centre.presses("现在重数", view)
    await centre.sees_toast("几分钟内重数")
    await tick(bot, minutes=1)
    assert bot.school.run("SELECT at FROM city_counted") != before


async def test_one_more_family_between_two_looks_shows_nothing(bot: Bot) -> None:
    families(bot.school, 20, joined=11)
    centre = await joined_centre(bot)
    await tick(bot)
    await centre.says("/city")
    view = await centre.sees("已加入：10 家")
    bot.school.run(
        "UPDATE guardianship SET confirmed_at = NULL WHERE person_id = (SELECT MAX(person_id) FROM guardianship"
        " WHERE confirmed_at IS NOT NULL)"
    )
    await centre.presses("现在重数", view)
    await centre.sees_toast("几分钟内重数")
    await tick(bot, minutes=11)
    await centre.says("/city")
    again = await centre.finds("已加入：10 家")
    assert again["text"].splitlines()[1] == view["text"].splitlines()[1]


async def test_nobody_else_sees_the_city(bot: Bot) -> None:
    mentor, admin, mother = await bot.joined_mentor(), await bot.joined_admin(), await bot.mother()
    for one in (mentor, admin, mother):
        await one.says("/city")
        await one.sees("您想看自己学校的")
        await one.says("/more")
        menu = await one.sees("还可以做这些")
        assert not any("全市" in button["text"] for row in menu["buttons"] for button in row)


async def test_a_centre_of_yesterday_presses_in_vain(bot: Bot) -> None:
    centre = await joined_centre(bot)
    await tick(bot)
    await centre.says("/city")
    view = await centre.sees("家庭数满 5 才写")
    await bot.settled()
    before = await centre.reads()
    bot.school.run("UPDATE role SET until = 1 WHERE kind = 'centre'")
    for button in ("加入", "导出表格", "看图", "现在重数", "家长认识导师吗", "按月看"):
        await centre.presses(button, view)
        await centre.sees_toast("按钮")
    await bot.settled()
    assert await centre.reads() == before, "none of these buttons shows or sends anything"
