"""A pupil's file through the front door: who sees what, two guardians of one child, what is wrong, what does not belong there."""

from __future__ import annotations

import pytest

from handlers import say
from tests.pupil_file.phones import another_mentor, buttons, file_of, goes_on, writes
from tests.school import OTHER_MENTOR, Bot


async def test_a_strength_is_written_and_the_family_reads_it(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    kept = await writes(mentor, "张小雨", "闪光点", "主动帮同学<b>搬</b>书\n，很细心")
    assert "张小雨的家长看得到" in kept["text"]
    for parent in (mother, father):
        first = await file_of(parent, "张小雨")
        assert "闪光点 1 条" in first["text"]
        assert "主动帮同学<b>搬</b>书 ，很细心" in first["text"]
        await parent.presses("闪光点 1", first)
        listed = await parent.sees("张小雨的闪光点")
        assert "老师写的" in listed["text"]
    # The mother's other child has nothing of it.
    assert "还是空的" in (await file_of(mother, "张小阳"))["text"]


async def test_guardians_see_their_own_words_and_never_each_other_s(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    kept = await writes(father, "张小雨", "有效的方法", "金丝雀：先听完再说")
    assert "别的家长看不到" in kept["text"]
    await mentor.sees_nothing_with("金丝雀", 0.1)
    assert "有效的方法 1 条" in (await file_of(father, "张小雨"))["text"]
    assert "还是空的" in (await file_of(mother, "张小雨"))["text"]
    first = await file_of(mentor, "张小雨")
    await mentor.presses("有效的方法 1", first)
    listed = await mentor.sees("金丝雀：先听完再说")
    assert "家长写的" in listed["text"]
    await file_of(mother, "张小雨")
    assert not any("金丝雀" in one for one in await mother.reads())


async def test_a_working_note_is_the_mentor_s_alone(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    first = await file_of(mentor, "张小雨")
    await mentor.presses("记一条", first)
    await mentor.presses("工作笔记")
    await mentor.sees("家长看不到，换了老师也不交出")
    await mentor.says("秘密笔记")
    kept = await mentor.sees("只有您看得到")
    assert "还是空的" in (await file_of(mother, "张小雨"))["text"]
    # Lists cover it; who opens it reads it.
    await mentor.presses("‹ 档案", kept)
    await mentor.presses("记录 1")
    listed = await mentor.sees("关于张小雨的记录")
    assert "秘密笔记" not in listed["text"] + "".join(buttons(listed))
    await mentor.presses("敏感的，点开看", listed)
    assert "秘密笔记" in (await mentor.sees("工作笔记：家长看不到"))["text"]
    await another_mentor(bot)
    await mother.sees_nothing_with("交接卡", 0.1)
    assert bot.school.run("SELECT COUNT(*) FROM handover") == [(0,)]


@pytest.mark.parametrize("turns_to", ["/week", "/file"])
async def test_a_half_written_note_goes_to_no_family(bot: Bot, turns_to: str) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("老师好")
    await mentor.presses("回复", await mentor.sees("老师好"))  # what is written next would be for this family
    await bot.settled()
    first = await file_of(mentor, "张小雨")
    await mentor.presses("记一条", first)
    await mentor.presses("工作笔记")
    await mentor.sees("家长看不到，换了老师也不交出")
    await mentor.says(turns_to)
    await bot.settled()
    if turns_to == "/file":
        await mentor.presses("张小雨", await mentor.sees("看谁的成长档案"))
        await mentor.sees("张小雨的成长档案")
    await mentor.says("爸爸情绪不稳")
    await bot.settled()
    await father.sees_nothing_with("情绪不稳", 0.1)


async def test_what_is_wrong_is_marked_until_it_is_corrected(bot: Bot) -> None:
    mentor, mother, father = await bot.joined_mentor(), await bot.mother(), await bot.father()
    await writes(mentor, "张小雨", "习惯", "每天迟到")
    first = await file_of(mother, "张小雨")
    await mother.presses("习惯 1", first)
    await mother.presses("每天迟到")
    await mother.presses("这条不对")
    await mother.sees_toast("已请老师来改")
    await mother.sees("您说这条不对")
    told = await mentor.sees("有一条不对")
    assert "每天迟到" not in told["text"]
    # The other guardian does not hear that somebody objected.
    first = await file_of(father, "张小雨")
    await father.presses("习惯 1", first)
    assert "⚠️" not in (await father.sees("张小雨的习惯"))["text"]
    # Whoever comes second sees just what the first one saw, then and later.
    await father.presses("每天迟到")
    await father.presses("这条不对")
    await father.sees_toast("已请老师来改")
    await father.sees("您说这条不对")
    for parent in (mother, father):
        first = await file_of(parent, "张小雨")
        await parent.presses("习惯 1", first)
        assert "⚠️" not in (await parent.sees("张小雨的习惯"))["text"]
    await bot.settled()
    assert len([one for one in await mentor.reads() if "有一条不对" in one]) == 1
    await mentor.presses("看这一条", told)
    await mentor.sees("家长说这条不对")
    await mentor.presses("改一改")
    await mentor.sees("现在是：每天迟到")
    await mentor.says("早上有时赶得很急")
    await mentor.sees("记下了")
    first = await file_of(mother, "张小雨")
    await mother.presses("习惯 1", first)
    shown = await mother.sees("早上有时赶得很急")
    assert "⚠️" not in shown["text"]


async def test_what_a_former_mentor_wrote_wrongly_is_taken_out(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await writes(mentor, "张小雨", "习惯", "每天迟到")
    await another_mentor(bot)
    first = await file_of(mother, "张小雨")
    await mother.presses("习惯 1", first)
    await mother.presses("每天迟到")
    await mother.presses("这条不对")
    await mother.sees_toast("已经删掉")
    assert "习惯" not in (await file_of(mother, "张小雨"))["text"]


async def test_limits_another_child_and_danger(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    first = await file_of(mentor, "张小雨")
    await mentor.presses("记一条", first)
    await mentor.presses("闪光点")
    await mentor.sees("最多 200 字")
    await mentor.says("好" * 201)
    await mentor.sees("现在是 201 字")
    await mentor.says("和小阳一起跑步")
    await mentor.sees("里面提到了张小阳")
    await mentor.says("他说不想活了")
    await mentor.sees("不记在档案里")
    await mentor.presses("先不写")
    await mentor.sees("还是空的")
    assert bot.school.run("SELECT COUNT(*) FROM file_entry") == [(0,)]
    # A guardian's signal goes the way of all signals.
    first = await file_of(mother, "张小雨")
    await mother.presses("记一条", first)
    await mother.presses("闪光点")
    await mother.sees("最多 200 字")
    await mother.says("孩子说不想活了")
    await mother.sees("12356")
    assert bot.school.run("SELECT COUNT(*) FROM file_entry") == [(0,)]


async def test_staff_only_for_own_pupils_of_today_and_each_look_is_noted(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小雨", "闪光点", "认真")
    old = await file_of(mentor, "张小雨")
    await other.says("/file")
    assert "陈晨" in (await other.sees("成长档案"))["text"]
    rows = bot.school.run(
        "SELECT COUNT(*) FROM access WHERE what = 'file' AND pupil_id = :p AND person_id = :m",
        p=bot.school.ids["张小雨"],
        m=bot.school.ids["李明"],
    )
    assert rows == [(1,)]
    await another_mentor(bot)
    await mentor.presses("闪光点 1", old)
    await mentor.sees_toast("按钮")
    await mentor.presses("记一条", old)
    await bot.settled()
    assert "认真" not in (await mentor.last())["text"]
    # The next mentor sees nothing of it before the family says so.
    assert "还是空的" in (await file_of(other, "张小雨"))["text"]
    # The chief mentor of the class, who is the former mentor, has no way in either.
    await mentor.says("/file")
    assert "张小雨" not in (await mentor.sees("张小阳"))["text"]
    assert "闪光点 1 条" in (await file_of(mother, "张小雨"))["text"]


async def test_somebody_else_s_button_opens_nothing(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    other = await bot.joined_guardian(1003, "刘敏", "S3")
    await writes(mentor, "张小雨", "闪光点", "认真")
    await file_of(mother, "张小雨")
    await file_of(other, "陈晨")
    pupil = bot.school.ids["张小雨"]
    for action, *args in (("pfg", pupil), ("pfl", "g", pupil, "strength", 0), ("pfm", pupil), ("pfpdf", pupil)):
        # Signed for this account, as if the bot had made it: the right is asked where the data is.
        data = say.sign(bot.school.vault, bot.id, other.id, str(action), *args)
        await other.act("press", data=data, message_id=(await other.last())["message_id"])
        await bot.settled()
    assert not any("认真" in one for one in await other.reads())


async def test_who_covers_reads_what_is_not_sensitive_and_writes_nothing(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await writes(mentor, "张小雨", "闪光点", "认真")
    first = await file_of(mentor, "张小雨")
    await mentor.presses("记一条", first)
    await mentor.presses("敏感的记录")
    await mentor.sees("最多 200 字")
    await mentor.says("只给家里看")
    await mentor.sees("记下了")
    now = bot.clock.now_ms()
    bot.school.run(
        "INSERT INTO absence (id, mentor_id, substitute_id, starts_at, ends_at, set_by, started_told, ended_told)"
        " VALUES (1, :m, :s, :a, :b, :m, :yes, :yes)",
        m=bot.school.ids["李明"],
        s=bot.school.ids["周静"],
        a=now - 1000,
        b=now + 86_400_000,
        yes=True,
    )
    seen = await file_of(other, "张小雨")
    assert "您在代班" in seen["text"]
    assert "记录" not in seen["text"]
    assert not any("记一条" in one for one in buttons(seen))
    for action, *args in (("pfa", "m"), ("pfon", "m")):
        data = say.sign(bot.school.vault, bot.id, other.id, action, *args, bot.school.ids["张小雨"])
        await other.act("press", data=data, message_id=seen["message_id"])
        await other.sees_toast("按钮")
    assert bot.school.run("SELECT COUNT(*) FROM form WHERE kind LIKE 'pf%'") == [(0,)]
    await goes_on(bot, days=2)
    await other.presses("闪光点 1", seen)
    await other.sees_toast("按钮")
