"""A reply to a notice reaches the family's own mentor, with the notice named; danger goes its own way; staff hear whom to ask."""

from __future__ import annotations

from models.notices.audience import Audience
from models.notices.content import Content, Piece
from models.notices.states import Whom
from tests.notices.readers import READ, SLIP, seen, sends_of_mentor, sends_valid
from tests.school import Bot


async def test_it_goes_to_the_own_mentor_with_the_notice_named(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    other_mentor = await bot.joined_mentor(2002, "周静", "T2")
    father = await bot.father()
    sends_valid(bot, READ)
    message = await seen(bot, father, "四点放学")
    sent = await father.replies(message, "那天我要晚到十分钟")
    copy = await mentor.sees("那天我要晚到十分钟")
    assert copy["text"].splitlines()[1] == "↩️ 关于通知《放学时间》"
    assert "张小雨" in copy["text"].splitlines()[0]
    await father.sees_reaction(sent, "👌")
    await father.edits(sent, "那天我要晚到二十分钟")
    assert "关于通知《放学时间》" in (await mentor.sees("二十分钟"))["text"]
    await mentor.replies(copy, "好的，没问题")
    await father.sees("好的，没问题")
    await other_mentor.sees_nothing_with("分钟", 0.1)


async def test_a_passage_that_was_marked_is_quoted(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    sends_valid(bot, READ)
    message = await seen(bot, father, "四点放学")
    await father.replies(message, "是每天吗？", quote={"text": "四点放学", "position": 3, "is_manual": True})
    assert "↩️ 关于通知《放学时间》中的“四点放学”" in (await mentor.sees("是每天吗"))["text"]


async def test_with_two_children_it_is_asked_for_whom_and_the_notice_stays_named(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    sends_valid(bot, READ)
    message = await seen(bot, mother, "四点放学")
    await mother.replies(message, "可以晚点接吗？")
    await mother.presses("张小阳")
    copy = await mentor.sees("可以晚点接吗")
    assert "张小阳" in copy["text"].splitlines()[0]
    assert "关于通知《放学时间》" in copy["text"]


async def test_of_two_children_only_those_whom_it_concerns(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    bot.school.run(
        "UPDATE mentorship SET mentor_id = :other WHERE pupil_id = :pupil",
        other=bot.school.ids["周静"],
        pupil=bot.school.ids["张小阳"],
    )
    sends_of_mentor(bot, READ)
    message = await seen(bot, mother, "【李明老师 通知】 张小雨\n")
    await mother.replies(message, "收到，谢谢老师")
    assert "张小雨" in (await mentor.sees("收到，谢谢老师"))["text"].splitlines()[0]


async def test_danger_in_a_reply_is_looked_at_by_people(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    sends_valid(bot, READ)
    message = await seen(bot, mother, "四点放学")
    await mother.replies(message, "孩子说不想活了")
    await mother.sees("110")
    await mentor.sees("可能涉及")


async def test_a_reply_while_a_name_is_waited_for_is_no_signature(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    sends_valid(bot, SLIP)
    message = await seen(bot, father, "孩子参加秋游吗")
    await father.presses("同意", message)
    await father.sees("输入您自己的姓名")
    await father.replies(message, "几点集合呢")
    await mentor.sees("几点集合呢")
    assert bot.school.run("SELECT 1 FROM notice_slip") == []


async def test_the_own_name_as_a_reply_signs(bot: Bot) -> None:
    father = await bot.father()
    sends_valid(bot, SLIP)
    message = await seen(bot, father, "孩子参加秋游吗")
    await father.presses("同意", message)
    await father.sees("输入您自己的姓名")
    await father.replies(message, "张强")
    await father.sees("已签好")


async def test_staff_hear_whom_to_ask(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    sends_valid(bot, READ, audience=Audience(whom=Whom.MENTORS, schools=(bot.school.ids["school"],)))
    message = await seen(bot, mentor, "四点放学")
    await mentor.replies(message, "收到")
    await mentor.sees("赵主任")


async def test_a_reply_to_a_picture_above_it(bot: Bot) -> None:
    admin, mentor, father = await bot.joined_admin(), await bot.joined_mentor(), await bot.father()
    await admin.sends("photo", caption="x")
    sent = next(one for one in (await admin.chat())["messages"] if one["kind"] == "photo")
    photo = {"kind": "photo", "file": sent["document"]["file_id"]}
    pieces = (Piece("校门", (), photo), Piece("请从新校门进。"))
    sends_valid(bot, Content(title={"zh_CN": "新校门"}, pieces={"zh_CN": pieces}))
    picture = await father.sees("校门")
    await seen(bot, father, "请从新校门进")
    await father.replies(picture, "旧校门还开吗？")
    assert "《新校门》" in (await mentor.sees("旧校门还开吗"))["text"]
