"""Asking for another mentor, through the front door: the mentor hears of it nowhere, and no word goes astray."""

from __future__ import annotations

from simulator.client import Person
from tests.matching.walk import mentor_of, tick
from tests.school import OTHER_MENTOR, Bot

CANARY = "他总是当着全班说孩子"


async def asked(person: Person, reason: str = "不说原因") -> None:
    await person.says("/more")
    await person.presses("想换一位导师", await person.finds("还可以做这些"))
    await person.sees("不用解释")
    await person.presses(reason)
    await person.sees("学校收到了")


async def test_a_guardian_asks_and_hears_the_outcome(bot: Bot) -> None:
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    father, mother = await bot.father(), await bot.mother()
    await asked(father, "相处方式不太合适")
    await father.presses("写几句给学校")
    await father.sees("请直接写")
    # A picture, and something that was forwarded, go nowhere either.
    await father.sends("photo")
    await father.sees("这里只收文字")
    await bot.settled()
    hidden = {"type": "hidden_user", "sender_user_name": "邻居", "date": 0}
    words = await father.says(CANARY, forward_origin=hidden)
    await father.sees("记下了，只有学校负责这件事的人看得到")
    # Nor does an edit of them go to the mentor.
    await father.edits(words, f"{CANARY}，改过")
    told = await admin.sees("有一份换导师的申请")
    assert "张" not in told["text"]
    await admin.presses("看一下", told)
    view = await admin.sees("提出的人：张强")
    assert CANARY in view["text"]
    assert "相处方式不太合适" in view["text"]
    await admin.presses("先聊一聊")
    await father.sees("学校想先和您聊一聊")
    await admin.presses("换一位导师", await admin.sees("已说好先聊一聊"))
    await admin.sees("这里都是还有位子的")
    await admin.presses("周静老师 · 语文")
    give = await admin.sees("从现在起由周静老师来带")
    await admin.presses("现在就换")
    await admin.sees("已经换了导师")
    await father.sees("已经按您的意思换好了")
    await father.sees("的导师现在是周静老师")
    await mother.sees("的导师现在是周静老师")
    await other.sees("您有一位新学生：张小雨")
    assert give
    assert mentor_of(bot, "张小雨") == "周静"
    await bot.settled()
    for person in (mentor, other, mother):
        for text in await person.reads():
            assert CANARY not in text
            assert "申请" not in text
    assert not any("换好了" in one for one in await mother.reads())
    # On the disk the words are sealed.
    rows = bot.school.run("SELECT sealed_words FROM mentor_request")
    assert not any(CANARY.encode() in bytes(row[0]) for row in rows if isinstance(row[0], bytes | memoryview))


async def test_words_that_come_too_late_or_sound_of_danger_stay_away_from_the_mentor(bot: Bot) -> None:
    admin, mentor, father = await bot.joined_admin(), await bot.joined_mentor(), await bot.father()
    await asked(father)
    await father.presses("写几句给学校")
    await father.sees("请直接写")
    await tick(bot, hours=2)
    await father.says(CANARY)
    await father.presses("写几句给学校", await father.sees("没有发给任何人"))
    await father.sees("请直接写")
    await father.says("老师打孩子，孩子说不想活了")
    await father.sees("如果孩子现在可能不安全")
    await admin.sees("可能提到孩子的安全")
    # What is written after that is for the mentor again.
    await father.says("作业写完了吗")
    await mentor.sees("作业写完了吗")
    await bot.settled()
    for text in await mentor.reads():
        assert CANARY not in text
        assert "不想活" not in text


async def test_a_second_request_waits_and_no_is_said_warmly(bot: Bot) -> None:
    admin, mentor, mother = await bot.joined_admin(), await bot.joined_mentor(), await bot.mother()
    await mother.says("/more")
    await mother.presses("想换一位导师", await mother.finds("还可以做这些"))
    await mother.sees("想给哪个孩子换导师")
    await mother.presses("张小阳")
    await mother.sees("不用解释")
    await mother.presses("先不换")
    await bot.settled()
    await mother.presses("想换一位导师", await mother.finds("还可以做这些"))
    await mother.presses("张小阳", await mother.sees("想给哪个孩子换导师"))
    await mother.presses("孩子想换一位试试", await mother.sees("不用解释"))
    await mother.sees("学校收到了")
    await mother.says("/more")
    await mother.presses("想换一位导师", await mother.finds("还可以做这些"))
    await mother.presses("张小阳", await mother.sees("想给哪个孩子换导师"))
    await mother.sees("已经在学校那里了")
    await admin.says("/more")
    await admin.presses("换导师的申请（1）", await admin.finds("还可以做这些"))
    await admin.sees("请保密")
    await admin.presses("张小阳 · 五年级2班")
    await admin.presses("暂时不换", await admin.sees("提出的人：王芳"))
    sure = await admin.sees("暂时不换导师？")
    await admin.presses("确定暂时不换", sure)
    await admin.sees("状态：暂时不换")
    await mother.sees("不会有任何影响")
    assert mentor_of(bot, "张小阳") == "李明"
    # The mentor may ask too, of the own pupils alone; the family does not hear of it.
    await mentor.says("/more")
    await mentor.presses("为一位学生另找导师", await mentor.finds("还可以做这些"))
    await mentor.presses("张小雨 · 五年级2班", await mentor.sees("家庭不会知道您提过"))
    await mentor.presses("请学校考虑", await mentor.sees("另找一位导师？"))
    await mentor.sees("家庭不会知道。有结果会告诉您")
    await admin.presses("看一下", await admin.sees("有一份换导师的申请"))
    await admin.sees("提出的人：李明（导师）")
    await bot.settled()
    assert not any("另找" in one for one in await mother.reads())
