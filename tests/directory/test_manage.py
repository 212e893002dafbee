"""What an admin does in the chat, and the commands of the operator."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.conftest import KEYS
from tests.directory.shelf import has, line
from tests.school import MOTHER, Bot, School

CARD = "类别：辅导站\n名称：江边小站\n用途：写作业、下棋\n名额：12\n报名：直接报名"


async def test_the_pick_of_the_month_hide_show_and_end(bot: Bot) -> None:
    has(bot, line("S1"))
    admin, mother = await bot.joined_admin(), await bot.joined_guardian(MOTHER, "王芳", "S1")
    await admin.says("/directory")
    await admin.presses("管理资源清单", await admin.sees("点一类看看"))
    await admin.presses("青禾社区辅导站", await admin.sees("管理资源清单"))
    card = await admin.sees("放学后写作业")
    await admin.presses("设为本月推荐", card)
    await admin.sees_toast("设为本月推荐了")
    await bot.settled()
    # Nobody is told of it; it stands on top where somebody looks.
    await mother.sees_nothing_with("青禾", 0.1)
    await mother.says("/directory")
    shown = await mother.sees("⭐ 本月推荐：青禾社区辅导站")
    await mother.presses("⭐ 青禾社区辅导站", shown)
    await mother.sees("青禾路 8 号")
    await admin.presses("在本校隐藏")
    await admin.sees_toast("不再显示")
    await bot.settled()
    await mother.says("/directory 青禾")
    await mother.sees("没有找到")
    await admin.presses("重新显示")
    await admin.sees_toast("又显示了")
    await bot.settled()
    await mother.says("/directory 青禾")
    await mother.presses("青禾社区辅导站", await mother.sees("找到 1 项"))
    await mother.presses("我想报名", await mother.sees("青禾路 8 号"))
    await mother.presses("全家一起", await mother.sees("给谁报名"))
    await mother.presses("直接报名", await mother.sees("一句"))
    await mother.sees("名额先给您留着")
    await admin.presses("结束这张卡片", card)
    await admin.presses("是的，结束它", await admin.sees("等着的和已有名额的人会收到通知"))
    await admin.sees_toast("结束了")
    assert bot.app is not None
    await bot.app.tick_now()
    await mother.sees("不再提供了")


async def test_a_help_line_can_be_hidden_in_one_school(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await admin.says("/directory 12355")
    await admin.presses("青少年服务台", await admin.sees("找到 1 项"))
    shown = await admin.sees("☎️ 12355")
    assert "结束这张卡片" not in str(shown["buttons"])
    await admin.presses("在本校隐藏", shown)
    await admin.sees_toast("不再显示")
    await admin.says("/directory 12355")
    await admin.sees("没有找到")


async def test_a_card_is_written_in_one_message(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await admin.says("/directory")
    await admin.presses("管理资源清单", await admin.sees("点一类看看"))
    await admin.presses("添一张卡片", await admin.sees("🚫 表示本校不显示"))
    await admin.sees("每行一项")
    await admin.says(
        "类别：辅导站\n名称：江边小站\n联系：13812345678\n名额：很多\n单位联系方式：13812345678\n报名：找我"
    )
    wrong = await admin.sees("还差一点")
    for word in ("联系：", "用途：必须有", "名额：一个整数", "不要个人手机号"):
        assert word in wrong["text"]
    await admin.says(CARD + "\n有效期至：2000-01-01\n报名：找我")
    assert "工号" in (await admin.sees("还差一点"))["text"]
    await admin.says(CARD)
    await admin.presses("回到这一项", await admin.sees("添好了：江边小站"))
    await admin.sees("还有 12 个名额（共 12 个）")


async def test_what_has_a_day_and_an_hour_is_an_event(bot: Bot) -> None:
    has(bot, line("C1", kind="course", name_zh="周末公益课", sign_up="events"))
    mother = await bot.joined_guardian(MOTHER, "王芳", "S1")
    await mother.says("/directory 公益课")
    await mother.presses("周末公益课", await mother.sees("找到 1 项"))
    card = await mother.sees("青禾路 8 号")
    assert "我想报名" not in str(card["buttons"])
    await mother.presses("看看家长学堂和活动的日期", card)
    await mother.sees("家长学堂和活动")


# --- the operator ---


def test_cards_go_in_and_out_by_command(
    school: School, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE__URL", database_url)
    monkeypatch.setenv("BOT_KEYS__VALUE", KEYS)
    monkeypatch.chdir(tmp_path)
    good, bad, out = (tmp_path / name for name in ("good.csv", "bad.csv", "out.csv"))
    good.write_text("编号,类别,名称,用途,报名\nS1,辅导站,江边小站,写作业,T1\nV1,图书馆与场馆,图书馆,看书,\n", "utf-8")
    bad.write_text("编号,类别,名称,用途,报名\nS1,辅导站,,写作业,T1\nS2,辅导站,小站,写作业,T77\n", "utf-8")
    run = CliRunner().invoke
    assert run(app, ["directory", "import", str(bad)]).exit_code == 2
    assert school.run("SELECT COUNT(*) FROM directory_card") == [(0,)]
    assert run(app, ["directory", "import", str(good), "--school", "没有"]).exit_code == 2
    for _ in range(2):
        assert run(app, ["directory", "import", str(good), "--end-missing"]).exit_code == 0
    assert run(app, ["directory", "export", str(out)]).exit_code == 0
    assert "江边小站" in out.read_text("utf-8-sig")
    assert run(app, ["directory", "export", str(out)]).exit_code == 2
    assert run(app, ["directory", "import", str(out)]).exit_code == 0
    assert school.run("SELECT COUNT(*), COUNT(ended_at) FROM directory_card") == [(2, 0)]
    # For all schools nobody of one can be named.
    assert run(app, ["directory", "import", str(good), "--everywhere"]).exit_code == 2
    good.write_text("编号,类别,名称,用途\nV1,图书馆与场馆,省图书馆,看书\n", "utf-8")
    assert run(app, ["directory", "import", str(good), "--everywhere"]).exit_code == 0
    assert school.run("SELECT COUNT(*) FROM directory_card WHERE school_id IS NULL") == [(1,)]
