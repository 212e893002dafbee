"""Writing a notice, through the front door: from /notice to what families read."""

from __future__ import annotations

import asyncio

from handlers import say
from models.notices import notices
from tests.notices.crowd import done, unit_of
from tests.notices.walk import begins, buttons, looks, only, opens, said, sends, writes
from tests.school import Bot


async def test_a_notice_is_written_looked_at_and_sent_without_a_manual(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    whom = await begins(admin)
    assert "全校" in whom["text"]
    assert "3 位家长中 1 位收得到" in whom["text"]
    await admin.presses("就发给他们", whom)
    await admin.sees("要告诉他们什么")
    await admin.says("周五下午四点放学，请准时来接。")
    await admin.sees("一共 1 段")
    await admin.presses("就这些")
    board = await admin.sees("这条通知")
    assert "内容：周五下午四点放学" in board["text"]
    await mother.sees_nothing_with("放学")
    await admin.presses("看看样子", board)
    await admin.sees("会看到这样的")
    shown = await admin.sees("【实验小学 通知】 小雨")
    assert "周五下午四点放学" in shown["text"]
    last = await admin.sees("这样发，可以吗")
    assert "1 位家长会直接收到" in last["text"]
    assert "2 位现在收不到（还没加入 2 位）" in last["text"]
    await admin.presses("现在发给 1 位", last)
    await admin.sees("开始发了")
    await mother.sees("【实验小学 通知】 张小雨、张小阳")
    await bot.settled()
    assert bot.school.run("SELECT COUNT(*) FROM notice_recipient WHERE state = 'sent'") == [(1,)]


async def test_families_find_what_is_still_valid_instead(bot: Bot) -> None:
    mother = await bot.mother()
    await mother.says("/notice")
    await mother.sees("没有仍有效的通知")


async def test_several_pieces_an_album_and_formatting_go_as_they_were_sent(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    await admin.presses("就发给他们", await begins(admin))
    await admin.sees("要告诉他们什么")
    await admin.says("重要：带水杯", entities=[{"type": "bold", "offset": 0, "length": 2}])
    await admin.sees("一共 1 段")
    await admin.sends_album([{"kind": "photo"}, {"kind": "photo", "caption": "路线图"}])
    await admin.sees("相册收到了")
    await admin.sends("sticker")
    await admin.sees("贴纸和位置放不进通知")
    await admin.sends("location")
    await admin.sees("贴纸和位置放不进通知")
    await admin.sends("voice")
    await admin.sees("一共 4 段")
    await admin.presses("就这些")
    board = await admin.sees("这条通知")
    assert "图片或文件 3 个" in board["text"]
    await admin.presses("现在发给", await looks(admin, board))
    found = await mother.sees("重要：带水杯")
    bold = [one for one in found["entities"] if one["type"] == "bold"]
    assert any(found["text"][one["offset"] : one["offset"] + one["length"]] == "重要" for one in bold)
    kinds = [one["kind"] for one in (await mother.chat())["messages"] if one["from"] == "bot"]
    assert kinds.count("photo") == 2
    assert kinds.count("voice") == 1
    assert any("路线图" in one for one in await mother.reads())


async def test_what_is_too_long_is_refused_with_what_to_do_and_nothing_is_lost(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await admin.presses("就发给他们", await begins(admin))
    await admin.sees("要告诉他们什么")
    await admin.says("春" * 3000)
    await admin.sees("一共 1 段")
    await admin.says("秋" * 2000)
    await admin.sees("太长了")
    await admin.says("完。")
    await admin.sees("一共 2 段")


async def test_a_poll_of_the_messenger_becomes_our_own(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    board = await writes(admin, "想问问大家。")
    await admin.presses("加点别的", board)
    await admin.presses("投票或问卷", await said(admin, "投票或问卷"))
    await admin.sees("不记名")
    await admin.says("秋游去哪里？\n动物园")
    await admin.sees("只有一个选项")
    await admin.says("秋游去哪里？\n动物园\n博物馆")
    await admin.sees("1. 秋游去哪里？（动物园 / 博物馆）")
    await admin.sends("poll")
    await admin.sees("投票收下了")
    await admin.presses("就这些")
    board = await admin.sees("问题 2 个")
    await admin.presses("现在发给", await looks(admin, board))
    await mother.sees("秋游去哪里")


async def test_all_that_a_notice_can_have(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    board = await writes(admin, "下周秋游，请签回执。")
    await admin.presses("加点别的", board)
    await admin.presses("带上“我已阅读”", await said(admin, "回执"))
    board = await admin.sees("带“我已阅读”")
    await admin.presses("加点别的", board)
    await admin.presses("链接按钮", await said(admin, "链接按钮"))
    await admin.sees("请打按钮上的字和网址")
    await admin.says("报名入口 http://school.example/a")
    await admin.sees("要以 https:// 开头")
    await admin.says("报名入口")
    await admin.sees("没看到网址")
    await admin.says("报名入口 https://school.example/a")
    board = await admin.sees("链接按钮：报名入口")
    await admin.presses("加点别的", board)
    await admin.presses("要家长签的回执", await said(admin, "回执"))
    await admin.sees("请打出问题")
    await admin.says("同意孩子参加秋游吗？")
    await admin.sees("到哪一天为止还能改")
    await admin.says("不知道哪天")
    await admin.sees("没有看懂是哪一天")
    await admin.says((bot.clock.now()).strftime("%Y-%m-%d"))
    board = await admin.sees("回执：同意孩子参加秋游吗？（同意、不同意）")
    await admin.presses("改内容", board)
    await admin.presses("再写一份英文", await said(admin, "再写一份英文"))
    await admin.sees("请把英文的内容发过来")
    await admin.says("Outing next week, please sign.")
    await admin.sees("一共 1 段")
    await admin.presses("就这些")
    board = await admin.sees("另外写了：英文")
    await admin.presses("看看样子", board)
    await admin.sees("【实验小学 通知】 小雨")
    english = await admin.sees("Xiaoyu")
    await admin.presses("I have read this", english)
    await admin.sees_toast("这是预览")
    await admin.presses("现在发给", await said(admin, "改一改"))
    got = await mother.sees("下周秋游")
    assert "报名入口" in buttons(got)
    assert "我已阅读" in buttons(got)


async def test_a_text_sent_to_another_screen_goes_to_nobody(bot: Bot) -> None:
    """李明 mentors families; 王芳 alone has joined, so a stray text would go to her."""
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await mentor.presses("写一条通知", await opens(mentor))
    await mentor.presses("导师：给我带的学生的家长", await said(mentor, "导师：给"))
    await mentor.sees("要告诉他们什么")
    await mentor.says("第一段")
    await mentor.sees("收到了")
    await mentor.says("/week")
    await mentor.sees("本周")
    await mentor.says("第二段")
    await mentor.sees("这句先没有动")
    await mentor.says("/notice")
    await mentor.presses("接着写", await mentor.sees("通知"))
    await mentor.sees("这条通知")
    await mentor.says("/week")
    await mentor.sends_album([{"kind": "photo"}, {"kind": "photo"}])
    await mentor.sees("这句先没有动")
    await mentor.sends("photo")
    await mentor.sees("这句先没有动")
    await bot.settled()
    assert not any(one in text for text in await mother.reads() for one in ("第一段", "第二段"))
    assert bot.school.run("SELECT COUNT(*) FROM message") == [(0,)]


async def test_a_time_is_typed_as_people_write_it_and_what_is_planned_can_be_changed(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await bot.mother()
    board = await writes(admin, "明天交表。")
    await admin.presses("定时间", board)
    await admin.sees("什么时候发")
    await admin.says("改天吧")
    await admin.sees("没有看懂是什么时候")
    await admin.says("今天 7:30")
    await admin.sees("已经过去了")
    await admin.says("明天早上7点半")
    board = await admin.sees("07:30")
    await admin.presses("定在", await looks(admin, board))
    planned = await admin.sees("安排好了")
    await admin.presses("看看进展", planned)
    seen = await admin.sees("🕖 安排好了")
    await admin.presses("先不发，改一改", seen)
    board = await admin.sees("这条通知")
    assert bot.school.run("SELECT state FROM notice") == [("draft",)]
    await admin.presses("定在", await looks(admin, board))
    await admin.presses("看看进展", await admin.sees("安排好了"))
    await admin.presses("不发了", await said(admin, "不发了"))
    await admin.presses("是，不发了", await said(admin, "是，不发了"))
    await admin.sees("好的，不发了")
    assert bot.school.run("SELECT state FROM notice") == [("dropped",)]


async def test_a_draft_waits_and_an_old_button_sends_nothing_that_was_changed(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    old = await looks(admin, await writes(admin, "旧的内容。"))
    await admin.presses("改一改", old)
    board = await admin.sees("这条通知")
    await admin.says("新加的一段。")
    await admin.sees("一共 2 段")
    await admin.says("/notice")
    await admin.presses("接着写：旧的内容", await admin.sees("写一条"))
    await admin.sees("这条通知")
    # The screen of a preview that was looked at before: its button was signed, and stands no more.
    await admin.presses("看看样子", await said(admin, "看看样子"))
    await admin.sees("会看到这样的")
    await mother.sees_nothing_with("旧的内容")
    assert board["message_id"] == old["message_id"]
    assert only(bot)


async def test_words_to_look_at_are_named_and_a_person_decides(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    last = await looks(admin, await writes(admin, "张小雨同学的成绩请看 http://a.example"))
    assert "学生的名字：张小雨" in last["text"]
    assert "成绩或名次：成绩" in last["text"]
    assert "不是 https 开头" in last["text"]
    await admin.presses("照样发", last)
    await admin.presses("现在发给", await said(admin, "现在发给"))
    await mother.sees("张小雨同学")


async def test_the_list_shows_how_many_have_it(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    await sends(admin, "请带雨伞。")
    await mother.sees("请带雨伞")
    await bot.settled()
    await admin.sees("📬")
    await admin.says("/notice")
    home = await admin.sees("3 位里 1 位已收到")
    await admin.presses("请带雨伞。", home)
    one = await admin.sees("写的人：赵主任")
    assert "看内容" in buttons(one)


async def test_words_that_are_edited_afterwards_are_asked_for_once_more(bot: Bot) -> None:
    admin = await bot.joined_admin()
    await admin.presses("就发给他们", await begins(admin))
    await admin.sees("要告诉他们什么")
    sent = await admin.says("周五三点放学。")
    await admin.sees("一共 1 段")
    await admin.edits(sent, "周五四点放学。")
    kept = await admin.sees("改动没有带进通知")
    await admin.presses("改内容", kept)
    await admin.presses("重新写", await said(admin, "重新写"))
    await admin.sees("原来的都还在")
    await admin.says("周五四点放学。")
    await admin.sees("一共 1 段")
    await admin.presses("就这些")
    assert "四点" in (await admin.sees("这条通知"))["text"]


async def test_a_draft_is_its_authors_alone(bot: Bot) -> None:
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    await writes(admin, "只给自己看的草稿。")
    await opens(mentor)
    for action in ("nwboard", "nwpre", "nwaim", "nwwords", "nwurgy", "nwdropy", "nwlook", "nsee", "nwundo", "ntsave"):
        data = say.sign(bot.school.vault, bot.id, mentor.id, action, only(bot))
        before = len((await mentor.chat())["toasts"])
        await mentor.act("press", data=data, message_id=(await mentor.last())["message_id"])
        for _ in range(500):
            toasts = (await mentor.chat())["toasts"]
            if len(toasts) > before:
                break
            await asyncio.sleep(0.02)
        assert "按钮" in toasts[-1]["text"], action
    await bot.settled()
    assert not any("草稿。" in one for one in await mentor.reads())
    assert bot.school.run("SELECT state, emergency FROM notice") == [("draft", False)]


async def test_what_the_messenger_does_not_take_is_said_before_anybody_should_get_it(bot: Bot) -> None:
    admin = await bot.joined_admin()
    board = await writes(admin, "报名从今天开始。")
    unit = unit_of(bot)
    draft = notices.one(unit, only(bot))
    assert draft is not None
    # An address that passed our own look.
    notices.write(unit, draft, notices.content(unit, draft).with_(link=("报名", "https://nowhere/a")))
    done(unit)
    await admin.presses("看看样子", board)
    await admin.sees("预览没有发出来")
    await admin.presses("回到这条通知")
    await admin.sees("链接按钮：报名")


async def test_an_emergency_is_asked_about_and_rings_at_night(bot: Bot) -> None:
    admin, mother = await bot.joined_admin(), await bot.mother()
    bot.later(hours=13)
    board = await writes(admin, "明天停课，请不要送孩子来。")
    last = await looks(admin, board)
    assert "现在是休息时间" in last["text"]
    await admin.presses("改一改", last)
    await admin.presses("加点别的", await said(admin, "加点别的"))
    await admin.presses("❗紧急通知", await said(admin, "❗紧急通知"))
    await admin.presses("是，很紧急", await admin.sees("关系到孩子安全"))
    last = await looks(admin, await admin.sees("夜里也会响"))
    assert "不管几点都马上响" in last["text"]
    assert "休息时间" not in last["text"]
    await admin.presses("现在发给", last)
    await mother.sees("紧急通知】")
