"""'I can offer …' through the front door: offered, asked back, welcomed, booked, taken back; never a number on a card."""

from __future__ import annotations

from models.directory import offers as offers_of
from simulator.client import Person
from tests.events.class_of_parents import done, unit_of
from tests.events.test_create import steals
from tests.events.test_no_contact import stop
from tests.events.test_offers import second_class
from tests.school import OTHER_MENTOR, Bot

ABOUT = "我在消防队工作，可以带孩子们看看消防车。"


async def writes(parent: Person, about: str = ABOUT) -> None:
    """Begins an offer and writes it."""
    await parent.looks_away()
    await parent.says("/more")
    await parent.presses("我能为孩子们做点什么", await parent.sees("还可以"))
    asked = await parent.sees("请写几句发过来")
    assert "会看到您的姓名" in asked["text"]
    await parent.says(about)


async def offers(parent: Person) -> None:
    """Offers to show the fire station, at weekends."""
    await writes(parent)
    await parent.presses("周末", await parent.sees("什么时候方便"))
    await parent.presses("发给首席导师")
    await parent.sees("已经转给五年级2班的首席导师")


async def test_an_offer_becomes_a_card_in_the_parents_words_and_is_taken_back(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    await writes(father, "消" * 301)
    await father.sees("您写了 301 字，最多 300 字")
    await father.says("我是消防员，打我电话 138-1234-5678")
    await father.sees("好像有电话")
    for named in ("我是张小雨家的，会修车", "小雨爸爸会修车"):
        await father.says(named)
        await father.sees("好像有孩子的名字")
    await father.says(ABOUT)
    draft = await father.sees("什么时候方便")
    await mentor.sees_nothing_with("愿意为孩子们", 0.1)
    await father.presses("周末", draft)
    await father.presses("发给首席导师")
    await father.sees("已经转给五年级2班的首席导师")
    told = await mentor.sees("有一位家长愿意为孩子们做点什么")
    assert "张强" not in told["text"]
    await mentor.presses("看看", told)
    shown = await mentor.sees(ABOUT)
    assert "五年级2班 · 张强" in shown["text"]
    assert "方便的时候：周末" in shown["text"]
    await mentor.presses("很欢迎", shown)
    await father.sees("首席导师很欢迎")
    # Another family sees no name, and asks; the chief mentor answers, the parent hears no name either.
    await mother.says("/directory 消防车")
    await mother.presses("五年级2班的一位家长", await mother.sees("找到 1 项"))
    card = await mother.sees(ABOUT)
    assert "张强" not in card["text"]
    await mother.presses("我想报名", card)
    await mother.presses("给张小阳报名", await mother.sees("给谁报名"))
    await mother.presses("直接报名", await mother.sees("一句"))
    await mother.sees("名额先给您留着")
    await mentor.presses("看看", await mentor.sees("有一个报名等您答复"))
    await mentor.presses("同意", await mentor.sees("小阳的妈妈"))
    await mother.sees("学校同意了")
    wanted = await father.sees("有人想请您帮忙")
    assert not any(name in wanted["text"] for name in ("小阳", "王芳"))
    # Taken back: the card is gone at once, and who had a place hears it.
    await father.says("/directory")
    await father.presses("我能为孩子们做点什么", await father.sees("点一类看看"))
    await father.presses("收回：", await father.sees("在资源清单里"))
    await father.sees("收回了")
    await mother.says("/directory 消防车")
    await mother.sees("没有找到“消防车”")
    assert bot.app is not None
    await bot.app.tick_now()
    await mother.sees("不再提供了")


async def test_the_name_stands_there_only_if_the_parent_ticks_it(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await writes(father)
    await father.presses("不写姓名", await father.sees("什么时候方便"))
    await father.presses("发给首席导师")
    await father.sees("已经转给")
    await mentor.presses("看看", await mentor.sees("愿意为孩子们做点什么"))
    await mentor.presses("很欢迎", await mentor.sees("可以写我的姓名"))
    await mentor.presses("看看这张卡片", await mentor.sees("放进资源清单了"))
    await mentor.sees("五年级2班家长 张强")


async def test_the_chief_mentor_asks_back_and_then_says_not_this_time(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await offers(father)
    await mentor.presses("看看", await mentor.sees("愿意为孩子们做点什么"))
    await mentor.presses("想再问一句", await mentor.sees(ABOUT))
    await mentor.sees("想问什么")
    await mentor.says("一次能去几个孩子？")
    await mentor.sees("问过去了")
    await father.presses("补充一下", await father.sees("一次能去几个孩子？"))
    await father.sees("请把补充后的整段话发过来")
    await father.says(ABOUT + "一次十个孩子。")
    await father.sees("已经转给")
    await mentor.looks_away()
    await mentor.says("/directory")
    await mentor.presses("家长愿意帮忙的（1）", await mentor.sees("点一类看看"))
    await mentor.presses("五年级2班", await mentor.sees("点一项看看"))
    await mentor.presses("这次先不", await mentor.sees("一次十个孩子"))
    await father.sees("您的心意我们记着")
    assert bot.school.run("SELECT COUNT(*) FROM directory_card") == [(0,)]


async def test_without_a_chief_mentor_the_school_answers_and_others_cannot(bot: Bot) -> None:
    second_class(bot)
    admin, mother = await bot.joined_admin(), await bot.mother()
    mentor, other = await bot.joined_mentor(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await mother.looks_away()
    await mother.says("/directory")
    await mother.presses("我能为孩子们做点什么", await mother.sees("点一类看看"))
    await mother.presses("三年级1班", await mother.sees("为哪个班"))
    await mother.sees("请写几句发过来")
    await mother.says("教孩子们包饺子")
    await mother.presses("发给首席导师", await mother.sees("什么时候方便"))
    await mother.sees("已经转给")
    told = await admin.sees("三年级1班有一位家长")
    (offer,) = bot.school.run("SELECT id FROM directory_offer")[0]
    for action in ("drofsee", "drofyes", "drofno", "drofq"):
        await steals(bot, mentor, action, int(str(offer)))
        await steals(bot, other, action, int(str(offer)))
    await admin.presses("看看", told)
    await admin.presses("很欢迎", await admin.sees("教孩子们包饺子"))
    await mother.sees("三年级1班的首席导师很欢迎")


async def test_a_card_ends_with_the_guardianship_and_words_of_danger_are_no_offer(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    await writes(mother, "孩子说不想活了")
    await mother.sees("12356")
    assert bot.school.run("SELECT COUNT(*) FROM directory_offer") == [(0,)]
    await offers(father)
    await mentor.presses("看看", await mentor.sees("愿意为孩子们做点什么"))
    await mentor.presses("很欢迎", await mentor.sees(ABOUT))
    await mentor.sees("放进资源清单了")
    bot.school.run("UPDATE guardianship SET until = since WHERE person_id = :who", who=bot.school.ids["张强"])
    await mentor.says("/directory 消防车")
    await mentor.sees("没有找到“消防车”")


async def test_of_whom_nothing_may_come_nothing_comes(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await offers(father)
    told = await mentor.sees("愿意为孩子们做点什么")
    stop(bot, "张强")
    # The chief mentor's button leads nowhere, and the father's own list stays as it was.
    await mentor.presses("看看", told)
    await mentor.sees_toast("按钮")
    await father.looks_away()
    await father.says("/directory")
    await father.presses("我能为孩子们做点什么", await father.sees("点一类看看"))
    await father.presses("再写一个", await father.sees("等首席导师答复"))
    await father.sees("请写几句发过来")
    await father.says("周末陪孩子们打球")
    await father.presses("发给首席导师", await father.sees("什么时候方便"))
    await father.sees("已经转给五年级2班的首席导师")
    await mentor.looks_away()
    await mentor.says("/directory")
    shown = await mentor.sees("点一类看看")
    assert "家长愿意帮忙的" not in str(shown["buttons"])


async def test_a_card_of_whom_nothing_may_come_is_seen_by_that_parent_alone(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await offers(father)
    await mentor.presses("看看", await mentor.sees("愿意为孩子们做点什么"))
    await mentor.presses("很欢迎", await mentor.sees(ABOUT))
    await mentor.sees("放进资源清单了")
    stop(bot, "张强")
    await mentor.says("/directory 消防车")
    await mentor.sees("没有找到“消防车”")
    await father.looks_away()
    await father.says("/directory 消防车")
    await father.presses("五年级2班的一位家长", await father.sees("找到 1 项"))
    await father.sees(ABOUT)


async def test_a_chief_mentor_does_not_answer_the_own_offer(bot: Bot) -> None:
    mentor, admin = await bot.joined_mentor(), await bot.joined_admin()
    bot.school.run(
        "INSERT INTO guardianship (id, pupil_id, person_id, relation, since, confirmed_at)"
        " VALUES (5, :pupil, :person, 'father', 0, 0)",
        pupil=bot.school.ids["陈晨"],
        person=bot.school.ids["李明"],
    )
    await mentor.looks_away()
    await mentor.says("/directory")
    await mentor.presses("我能为孩子们做点什么", await mentor.sees("点一类看看"))
    await mentor.sees("请写几句发过来")
    await mentor.says(ABOUT)
    await mentor.presses("发给首席导师", await mentor.sees("什么时候方便"))
    await mentor.sees("已经转给")
    told = await admin.sees("愿意为孩子们做点什么")
    await mentor.sees_nothing_with("等您看看", 0.1)
    await admin.looks_away()
    await admin.says("/directory")
    shown = await admin.sees("点一类看看")
    assert "家长愿意帮忙的（1）" in str(shown["buttons"])
    await admin.presses("看看", told)
    await admin.presses("很欢迎", await admin.sees(ABOUT))
    await mentor.sees("首席导师很欢迎")


async def test_drafts_are_no_way_round_the_most_that_one_offers(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    for number in range(4):
        await writes(father, f"教孩子们下棋，第 {number} 样")
        await father.sees("什么时候方便")
    drafts = [int(str(row)) for (row,) in bot.school.run("SELECT id FROM directory_offer ORDER BY id")]
    for one in drafts[:3]:
        unit = unit_of(bot)
        assert offers_of.send(unit, one)
        done(unit)
    await father.presses("发给首席导师")
    await father.sees("您已经有 3 个了")
    await mentor.sees_nothing_with("愿意为孩子们", 0.1)


async def test_the_other_child_is_not_named_either(bot: Bot) -> None:
    second_class(bot)
    mother = await bot.mother()
    await mother.looks_away()
    await mother.says("/directory")
    await mother.presses("我能为孩子们做点什么", await mother.sees("点一类看看"))
    await mother.presses("三年级1班", await mother.sees("为哪个班"))
    await mother.sees("请写几句发过来")
    for other in ("我是张小雨的妈妈，会包饺子", "我是张小阳的妈妈，会包饺子"):
        await mother.says(other)
        await mother.sees("好像有孩子的名字")
        await mother.looks_away()
