"""What one side changes afterwards, the other side sees: edits, reactions, recalls; also before the copy has gone out."""

from __future__ import annotations

from tests.school import Bot


async def test_an_edit_changes_the_copy_and_says_when(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.says("八点到")
    copy = await mentor.sees("八点到")
    await father.edits(written, "九点到")
    changed = await mentor.sees("九点到")
    assert changed["message_id"] == copy["message_id"]
    assert "已修改" in changed["text"]
    assert "八点" not in changed["text"]
    assert changed["buttons"] == copy["buttons"]


async def test_a_mentors_edit_reaches_the_guardian_too(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("几点放学")
    written = await mentor.replies(await mentor.sees("几点放学"), "三点半")
    copy = await father.sees("三点半")
    await mentor.edits(written, "四点")
    changed = await father.sees("四点")
    assert changed["message_id"] == copy["message_id"]


async def test_an_edit_before_the_copy_is_there_is_not_lost(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await bot.telegram.faults({"method": "sendMessage", "kind": "latency", "seconds": 0.6, "times": 1})
    written = await father.says("早退")
    await father.edits(written, "早退，发烧了")
    copy = await mentor.sees("发烧了")
    assert "已修改" in copy["text"]
    assert len([text for text in await mentor.reads() if "早退" in text]) == 1
    await bot.telegram.faults()


async def test_an_edit_of_what_still_waits_for_its_choice_changes_what_is_sent(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    written = await mother.says("今天请假")
    await mother.sees("发给谁")
    await mother.edits(written, "明天请假")
    await mother.presses("张小雨")
    copy = await mentor.sees("明天请假")
    assert "今天" not in copy["text"]


async def test_a_long_text_can_grow_and_shrink(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.says("长" * 4096)
    await mentor.sees("长" * 100)
    await father.edits(written, "短了")
    await mentor.sees("短了")
    assert not any("长长" in text for text in await mentor.reads())


async def test_the_record_keeps_what_it_said_before(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.says("第一版")
    await mentor.sees("第一版")
    await father.edits(written, "第二版")
    await mentor.sees("第二版")
    await father.edits(written, "第三版")
    await mentor.sees("第三版")
    assert bot.school.run("SELECT COUNT(*) FROM message_version") == [(2,)]
    assert bot.school.run("SELECT COUNT(*) FROM message") == [(1,)]


async def test_an_edit_of_a_copy_that_is_gone_is_said_anew(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.says("八点到")
    copy = await mentor.sees("八点到")
    await mentor.act("delete", message_id=copy["message_id"])
    await father.edits(written, "九点到")
    again = await mentor.sees("九点到")
    assert again["message_id"] != copy["message_id"]
    await mentor.replies(again, "好的")
    await father.sees("好的")


async def test_a_reaction_passes_over_and_goes_again(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.says("孩子今天很开心")
    copy = await mentor.sees("很开心")
    await father.sees_reaction(written, "👌")
    await mentor.reacts(copy, "❤")
    await father.sees_reaction(written, "❤")
    await mentor.reacts(copy, None)
    await father.sees_reaction(written, "👌")
    await father.reacts(written, "🙏")
    await mentor.sees_reaction(copy["message_id"], "🙏")


async def test_recall_takes_the_copy_back_and_tells_both(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.says("写错了的话")
    await mentor.sees("写错了的话")
    await father.says("/recall", reply_to=written)
    await father.sees("已收回")
    await mentor.sees("收回了一条消息")
    assert not any("写错了的话" in text for text in await mentor.reads())
    assert bot.school.run("SELECT state FROM message") == [("recalled",)]
    await father.says("/recall", reply_to=written)
    await father.sees("已经收回")


async def test_recall_alone_offers_the_latest_ones(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("第一句")
    await father.says("第二句")
    await mentor.sees("第二句")
    await father.says("/recall")
    await father.sees("要收回哪一条")
    await father.presses("第一句")
    await father.sees("已收回")
    texts = await mentor.reads()
    assert not any("第一句" in text for text in texts)
    assert any("第二句" in text for text in texts)


async def test_what_the_other_side_has_not_got_yet_is_taken_back_without_a_trace(bot: Bot) -> None:
    father = await bot.father()
    written = await father.says("还没送到的话")
    await father.sees("还没有加入")
    await father.says("/recall", reply_to=written)
    await father.sees("对方还没有收到")
    mentor = await bot.joined_mentor()
    await mentor.sees_nothing_with("还没送到的话", 0.3)


async def test_nobody_takes_back_what_is_not_their_own(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("我的话")
    copy = await mentor.sees("我的话")
    await mentor.says("/recall", reply_to=copy["message_id"])
    await mentor.sees("只能收回您自己发出的消息")
    assert bot.school.run("SELECT state FROM message") == [("delivered",)]


async def test_after_48_hours_it_is_said_that_it_stays(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.says("很久以前")
    await mentor.sees("很久以前")
    bot.later(hours=49)
    await father.says("/recall", reply_to=written)
    await father.sees("收不回了")
    assert any("很久以前" in text for text in await mentor.reads())
