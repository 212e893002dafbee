"""The directory through the front door: looking, searching, asking for a place, the answer."""

from __future__ import annotations

from datetime import date, timedelta

from simulator.client import Person
from tests.directory.shelf import has, line
from tests.duties.test_week import tick
from tests.events.class_of_parents import now_of
from tests.events.test_create import steals
from tests.events.test_races import families, press_all
from tests.school import MOTHER, OTHER_MENTOR, Bot

LIBRARY = {"kind": "venue", "name_zh": "市图书馆", "name_en": "City library", "for_zh": "看书借书", "for_en": "Books"}


async def opens(person: Person, button: str = "") -> dict[str, object]:
    """Opens /directory, and from there what is behind a button."""
    await person.looks_away()
    await person.says("/directory")
    shown = await person.sees("资源清单")
    if button:
        await person.presses(button, shown)
    return shown


async def asks(person: Person, button: str, whom: str, word: str = "") -> None:
    """Asks for a place at a station."""
    await opens(person, "🏠 辅导站")
    await person.presses(button, await person.sees("点一项看详情"))
    await person.presses("我想报名", await person.sees(button))
    await person.presses(whom, await person.sees("给谁报名"))
    shown = await person.sees("一句")
    if word:
        await person.says(word)
    else:
        await person.presses("直接报名", shown)


async def test_a_card_is_found_by_kind_by_stage_and_by_words(bot: Bot) -> None:
    has(bot, line("S1", stages=("primary",)), line("S2", name_zh="江边辅导站", stages=("junior",)))
    has(bot, line("V1", sign_up="none", **LIBRARY), everywhere=True)
    mother = await bot.mother()
    await opens(mother, "🏠 辅导站 2")
    shown = await mother.sees("点一项看详情")
    await mother.presses("初中", shown)
    await bot.settled()
    last = await mother.last()
    names = [one["text"] for row in last["buttons"] for one in row]
    assert "🏠 江边辅导站" in names
    assert "🏠 青禾社区辅导站" not in names
    await mother.presses("江边辅导站", last)
    shown = await mother.sees("放学后写作业")
    assert "青禾路 8 号" in shown["text"]
    assert "适合：初中" in shown["text"]
    await mother.presses("‹ 资源清单", shown)
    await mother.presses("搜一搜", await mother.sees("点一类看看"))
    await mother.sees("想找什么")
    await mother.says("图书官")
    found = await mother.sees("“图书官”找到 1 项")
    await mother.presses("市图书馆", found)
    shown = await mother.sees("看书借书")
    assert "我想报名" not in str(shown["buttons"])
    await mother.says("/directory 12356")
    await mother.presses("全国统一心理援助热线", await mother.sees("“12356”找到"))
    assert "☎️ 12356" in (await mother.sees("心里难受"))["text"]
    await mother.says("/directory 钢琴")
    await mother.sees("没有找到“钢琴”")


async def test_what_is_long_is_no_search_and_goes_to_nobody(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.joined_guardian(MOTHER, "王芳", "S1")
    await opens(mother, "搜一搜")
    await mother.sees("想找什么")
    await mother.says("老师您好，小雨昨天晚上写作业写到很晚，我想跟您聊聊是不是作业太多了，您看什么时候方便？谢谢您。")
    await mother.sees("没有发给任何人")
    await mentor.sees_nothing_with("作业写到很晚", 0.2)
    await mother.says("老师您好，明天请假")
    await mentor.sees("明天请假")


async def test_pages_of_what_was_found(bot: Bot) -> None:
    has(bot, *(line(f"S{number}", name_zh=f"第{number}辅导站") for number in range(8)))
    mentor = await bot.joined_mentor()
    await mentor.says("/directory 辅导站")
    found = await mentor.sees("找到 8 项")
    await mentor.presses("更多", found)
    await bot.settled()
    last = await mentor.last()
    assert [row[0]["text"] for row in last["buttons"]][:2] == ["🏠 第6辅导站", "🏠 第7辅导站"]


async def test_a_family_asks_the_admin_answers_with_a_word_and_the_place_is_given_back(bot: Bot) -> None:
    has(bot, line("S1", places=1))
    admin, mother, father = await bot.joined_admin(), await bot.mother(), await bot.father()
    await asks(mother, "青禾社区辅导站", "给张小雨报名", "周六\n上午最方便")
    await mother.sees("名额先给您留着")
    told = await admin.sees("有一个报名等您答复")
    # What comes unasked names no child and nobody.
    assert not any(name in told["text"] for name in ("小雨", "王芳", "五年级", "周六"))
    await admin.presses("看看", told)
    shown = await admin.sees("报名的是")
    assert "五年级2班 小雨的妈妈" in shown["text"]
    assert "周六 上午最方便" in shown["text"]
    assert "张小雨" not in shown["text"]
    looked = bot.school.run("SELECT what, pupil_id, person_id FROM access WHERE what = 'directory_request'")
    assert looked == [("directory_request", bot.school.ids["张小雨"], bot.school.ids["赵主任"])]
    # Nobody else has a place, and the father sees nothing of the mother's.
    await opens(father, "🏠 辅导站")
    await father.presses("青禾社区辅导站", await father.sees("点一项看详情"))
    full = await father.sees("1 个名额都满了")
    assert "我的报名" not in str(full["buttons"])
    await admin.presses("附一句话", shown)
    await admin.sees("写一句话发过来")
    await admin.says("周六上午九点，门口见")
    await admin.sees("答复了：同意")
    heard = await mother.sees("周六上午九点，门口见")
    assert "小雨" not in heard["text"]
    await mother.presses("我的报名", heard)
    mine = await mother.sees("有名额")
    assert "张小雨" in mine["text"]
    await mother.presses("不去了：青禾", mine)
    await admin.sees("名额空出来了")
    await father.presses("‹ 资源清单", full)
    await asks(father, "青禾社区辅导站", "给张小雨报名")
    await father.sees("名额先给您留着")


async def test_an_answer_comes_too_late_when_the_family_has_cancelled(bot: Bot) -> None:
    has(bot, line("S1"))
    admin, mother = await bot.joined_admin(), await bot.mother()
    await asks(mother, "青禾社区辅导站", "全家一起")
    await mother.sees("名额先给您留着")
    await admin.presses("看看", await admin.sees("有一个报名等您答复"))
    await admin.presses("附一句话", await admin.sees("全家一起"))
    await admin.sees("写一句话发过来")
    await mother.presses("我的报名")
    await mother.presses("不去了", await mother.sees("等答复"))
    await mother.sees_toast("取消了")
    await admin.says("周六见")
    await admin.sees("已经答复过了，或者对方取消了")
    await mother.sees_nothing_with("周六见", 0.1)


async def test_no_is_said_kindly_and_a_second_request_is_not_made(bot: Bot) -> None:
    has(bot, line("S1", sign_up="chief"))
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await asks(mother, "青禾社区辅导站", "全家一起")
    await mother.sees("名额先给您留着")
    await asks(mother, "青禾社区辅导站", "全家一起")
    await mother.sees("不用再报")
    await mentor.presses("看看", await mentor.sees("有一个报名等您答复"))
    shown = await mentor.sees("全家一起")
    assert "小雨" not in shown["text"]
    await mentor.presses("这次不行", shown)
    await mother.sees("这次没有安排上")
    assert bot.school.run("SELECT taken FROM directory_card") == [(0,)]


async def test_a_mentor_asks_for_a_pupil_whom_nothing_names(bot: Bot) -> None:
    has(bot, line("S1"))
    admin, mentor = await bot.joined_admin(), await bot.joined_mentor()
    await asks(mentor, "青禾社区辅导站", "给我的一名学生", "张小雨周末有空")
    await mentor.sees("好像有学生的名字")
    await mentor.says("小雨天也可以来")
    await mentor.sees("名额先给您留着")
    await admin.presses("看看", await admin.sees("有一个报名等您答复"))
    shown = await admin.sees("导师李明，为自己的一名学生")
    assert bot.school.run("SELECT pupil_id, class_id FROM directory_request") == [(None, None)]
    await admin.presses("同意", shown)
    await mentor.sees("学校同意了")
    assert bot.school.run("SELECT COUNT(*) FROM access WHERE what = 'directory_request'") == [(0,)]


async def test_without_approval_the_place_is_taken_at_once_by_as_many_as_there_are(bot: Bot) -> None:
    has(bot, line("S1", places=2, sign_up="open"))
    people = await families(bot, 6)
    for one in people:
        await opens(one, "🏠 辅导站")
        await one.presses("青禾社区辅导站", await one.sees("点一项看详情"))
        await one.presses("我想报名", await one.sees("还有 2 个名额"))
        await one.presses("全家一起", await one.sees("给谁报名"))
        await one.sees("一句")
    await press_all(bot, people, "直接报名")
    rows = bot.school.run("SELECT state, COUNT(*) FROM directory_request GROUP BY state")
    assert rows == [("approved", 2)]
    got = [one for one in people if any("名额是您的了" in text for text in await one.reads())]
    full = [one for one in people if any("刚刚满了" in text for text in await one.reads())]
    assert (len(got), len(full)) == (2, 4)


async def test_who_should_answer_is_reminded_once_and_a_family_is_not_left_waiting(bot: Bot) -> None:
    has(bot, line("S1", sign_up="person", approver="T2"))
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    mother = await bot.mother()
    await asks(mother, "青禾社区辅导站", "给张小雨报名")
    await other.sees("有一个报名等您答复")
    await tick(bot, days=3, minutes=5)
    await tick(bot, days=3)
    await bot.settled()
    assert len([one for one in await other.reads() if "等了三天" in one]) == 1
    await tick(bot, days=9)
    await mother.sees("两周没有等到答复")
    assert bot.school.run("SELECT state FROM directory_request") == [("lapsed",)]


async def test_nobody_answers_the_own_request_or_one_whose_child_has_gone(bot: Bot) -> None:
    rows = has(bot, line("S1"))
    admin, mother = await bot.joined_admin(), await bot.mother()
    await asks(mother, "青禾社区辅导站", "给张小雨报名")
    await admin.sees("有一个报名等您答复")
    # The admin is the other child's guardian and asks too.
    bot.school.run(
        "INSERT INTO guardianship (id, pupil_id, person_id, relation, since, confirmed_at)"
        " VALUES (5, :pupil, :person, 'mother', 0, 0)",
        pupil=bot.school.ids["陈晨"],
        person=bot.school.ids["赵主任"],
    )
    await steals(bot, admin, "drfor", rows["S1"], 1)
    await asks(admin, "青禾社区辅导站", "给陈晨报名")
    # There is nobody else to ask, and it is not asked of the one who asks.
    await admin.sees("现在没有老师能马上看到")
    (own,) = bot.school.run("SELECT id FROM directory_request ORDER BY id DESC LIMIT 1")[0]
    await steals(bot, admin, "dryes", int(str(own)))
    bot.school.run("UPDATE guardianship SET until = since WHERE pupil_id = :id", id=bot.school.ids["张小雨"])
    (hers,) = bot.school.run("SELECT id FROM directory_request ORDER BY id LIMIT 1")[0]
    for action in ("drreq", "dryes", "dryesw", "drno"):
        await steals(bot, admin, action, int(str(hers)))
    assert bot.school.run("SELECT COUNT(*) FROM access WHERE what = 'directory_request'") == [(0,)]


async def test_forged_buttons_do_nothing(bot: Bot) -> None:
    rows = has(bot, line("S1"))
    mother, father, other = await bot.mother(), await bot.father(), await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await bot.joined_admin()
    await asks(mother, "青禾社区辅导站", "给张小阳报名")
    await mother.sees("名额先给您留着")
    (request,) = bot.school.run("SELECT id FROM directory_request")[0]
    for action in ("drreq", "dryes", "dryesw", "drno"):
        for person in (mother, father, other):
            await steals(bot, person, action, int(str(request)))
    await steals(bot, father, "drcancel", int(str(request)))
    # Another family's child, and a pupil of one who is no mentor.
    await steals(bot, father, "drgo", rows["S1"], bot.school.ids["张小阳"])
    await steals(bot, father, "drfor", rows["S1"], 1)
    for action in ("drpick", "drhide", "drshow", "drend", "drendyes"):
        await steals(bot, other, action, rows["S1"])
    await steals(bot, other, "dradd")
    await steals(bot, other, "drman", 0)
    assert bot.school.run("SELECT state, COUNT(*) FROM directory_request GROUP BY state") == [("open", 1)]
    assert bot.school.run("SELECT COUNT(*) FROM directory_hidden") == [(0,)]


async def test_danger_in_a_word_goes_to_people_at_once(bot: Bot) -> None:
    has(bot, line("S1"))
    mother = await bot.mother()
    await opens(mother, "🏠 辅导站")
    await mother.presses("青禾社区辅导站", await mother.sees("点一项看详情"))
    await mother.presses("我想报名", await mother.sees("放学后写作业"))
    await mother.presses("全家一起", await mother.sees("给谁报名"))
    await mother.sees("一句")
    await mother.says("孩子说不想活了")
    await mother.sees("12356")
    assert bot.school.run("SELECT COUNT(*) FROM directory_request") == [(0,)]
    await mother.says("/directory 孩子不想活了")
    await mother.presses("孩子可能有危险", await mother.sees("没有发给任何人"))
    assert bot.school.run("SELECT COUNT(*) FROM directory_search") == [(0,)]


async def test_in_english(bot: Bot) -> None:
    has(bot, line("S1", valid_until=now_of(bot).date() + timedelta(days=30)))
    mother = await bot.joined_guardian(MOTHER, "王芳", "S1", language="en")
    await mother.says("/directory")
    await mother.presses("Learning station 1", await mother.sees("help lines near you"))
    await mother.presses("Green Rice station", await mother.sees("Tap one to see more"))
    shown = await mother.sees("Homework and books after school")
    assert "Until " in shown["text"]
    await mother.says("/directory hmework")
    await mother.sees('1 found for "hmework"')
    await mother.says("/more")
    await mother.presses("Directory", await mother.sees("You can also"))
    await mother.sees("help lines near you")


async def test_what_is_past_its_last_day_is_not_shown(bot: Bot) -> None:
    has(bot, line("S1", valid_until=date(2020, 1, 1)), line("S2", name_zh="江边站"))
    mentor = await bot.joined_mentor()
    await mentor.says("/directory 站")
    shown = await mentor.sees("找到 1 项")
    assert "江边站" in str(shown["buttons"])
