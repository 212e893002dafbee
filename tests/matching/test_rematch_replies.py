"""Who replies to what the bot says about another mentor writes to the school: never to the mentor who would be left."""

from __future__ import annotations

from tests.matching.test_rematch_story import CANARY, asked
from tests.matching.walk import tick
from tests.school import Bot


async def test_a_reply_about_the_request_is_for_the_school(bot: Bot) -> None:
    admin, mentor, father = await bot.joined_admin(), await bot.joined_mentor(), await bot.father()
    await asked(father)
    # To the answer itself.
    await father.replies(await father.finds("学校收到了"), f"一{CANARY}")
    kept = await father.sees("记下了")
    # To the answer to that.
    await father.replies(kept, f"二{CANARY}")
    await bot.settled()
    await admin.presses("看一下", await admin.finds("有一份换导师的申请"))
    await admin.presses("先聊一聊", await admin.sees("提出的人：张强"))
    talk = await father.sees("学校想先和您聊一聊")
    # A picture is no text, and what is too long is written once more: neither goes astray, nor does the next text.
    await father.sends("photo", reply_to=talk["message_id"])
    await father.sees("这里只收文字")
    await father.replies(talk, CANARY * 80)
    await father.sees("请写短一点")
    await father.says(f"三{CANARY}")
    await bot.settled()
    await father.replies(talk, "孩子说不想活了")
    danger = await father.sees("如果孩子现在可能不安全")
    assert len(danger["buttons"]) == 2
    await admin.sees("可能提到孩子的安全")
    # The button under it does the same.
    await father.presses("写几句给学校", talk)
    await father.sees("请直接写")
    await father.says(f"四{CANARY}")
    await bot.settled()
    await admin.says("/more")
    await admin.presses("换导师的申请（1）", await admin.finds("还可以做这些"))
    await admin.presses("张小雨 · 五年级2班", await admin.sees("导师和别的家庭都不知道"))
    view = await admin.sees(f"四{CANARY}")
    for word in (f"一{CANARY}", f"二{CANARY}", f"三{CANARY}", "孩子说不想活了"):
        assert word in view["text"]
    # What replies to nothing is for the mentor, as ever.
    await father.says("作业写完了吗")
    await mentor.sees("作业写完了吗")
    await bot.settled()
    assert not any(CANARY in one or "不想活" in one for one in await mentor.reads())


async def test_a_reply_where_nothing_is_open_goes_nowhere(bot: Bot) -> None:
    admin, mentor, father = await bot.joined_admin(), await bot.joined_mentor(), await bot.father()
    # Before anything was asked for, the reason typed as a reply.
    await father.says("/more")
    await father.presses("想换一位导师", await father.finds("还可以做这些"))
    why = await father.sees("不用解释")
    await father.replies(why, CANARY)
    await father.sees("没有发给任何人")
    await father.presses("不说原因", why)
    await father.sees("学校收到了")
    # Who decides does not answer by a reply either.
    told = await admin.sees("有一份换导师的申请")
    await admin.replies(told, CANARY)
    await admin.presses("所有申请", await admin.sees("不能用回复来处理"))
    await admin.presses("张小雨 · 五年级2班", await admin.sees("导师和别的家庭都不知道"))
    await admin.presses("暂时不换", await admin.sees("提出的人：张强"))
    await admin.presses("确定暂时不换", await admin.sees("暂时不换导师？"))
    # It was told without a button: its place in the chat tells what it is about.
    no = await father.sees("不会有任何影响")
    await bot.settled()
    await father.replies(no, f"可是{CANARY}")
    await bot.settled()
    answers = [one for one in await father.reads() if "没有发给任何人" in one]
    assert len(answers) == 2
    assert "现在没有待处理的申请" in answers[-1]
    await tick(bot)
    assert not any(CANARY in one for one in await mentor.reads())
    assert not any(CANARY in one for one in await admin.reads())
    await father.presses("想换一位导师")
    await father.sees("不用解释")


async def test_a_mentors_reply_about_an_own_request_does_not_go_to_the_family(bot: Bot) -> None:
    admin, mentor, father = await bot.joined_admin(), await bot.joined_mentor(), await bot.father()
    await mentor.says("/more")
    await mentor.presses("为一位学生另找导师", await mentor.finds("还可以做这些"))
    await mentor.presses("张小雨 · 五年级2班", await mentor.sees("家庭不会知道您提过"))
    await mentor.presses("请学校考虑", await mentor.sees("另找一位导师？"))
    await mentor.sees("家庭不会知道。有结果会告诉您")
    await admin.presses("看一下", await admin.sees("有一份换导师的申请"))
    await admin.presses("先聊一聊", await admin.sees("提出的人：李明"))
    await mentor.replies(await mentor.sees("学校想先和您聊一聊"), CANARY)
    await mentor.sees("记下了")
    await bot.settled()
    assert not any(CANARY in one for one in await father.reads())
