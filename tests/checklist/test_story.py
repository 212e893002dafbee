"""The checklist in the conversation: proposed, corrected with a tap, chosen before writing, written from, covered."""

from __future__ import annotations

from tests.school import OTHER_MOTHER, Bot


async def test_the_topic_stands_under_the_mentors_copy_and_is_corrected_with_taps(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("昨晚作业写到十一点")
    copy = await mentor.sees("写到十一点")
    assert copy["buttons"][0][1]["text"] == "📋 作业与用时"
    await mentor.presses("📋 作业与用时", copy)
    await mentor.sees_toast("关于什么")
    await mentor.presses("生活健康", copy)
    await mentor.presses("睡眠与作息", copy)
    await mentor.sees_toast("已改为：睡眠与作息")
    (row,) = bot.school.run("SELECT i.code, m.item_by FROM message m JOIN checklist_item i ON i.id = m.item_id")
    assert row == ("D1", "mentor")
    for _ in range(100):
        chat = await mentor.chat()
        now = next(one for one in chat["messages"] if one["message_id"] == copy["message_id"])
        if len(now["buttons"]) == 1:
            break
        await mentor.sees_nothing_with("没有这样的话", 0.02)
    assert [one["text"] for one in now["buttons"][0]] == ["回复", "📋 睡眠与作息"]
    assert now["text"] == copy["text"]


async def test_none_of_these_is_possible_and_unsure_is_no_topic(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("好的")
    copy = await mentor.sees("张小雨 · 五年级2班")
    assert copy["buttons"][0][1]["text"] == "📋 话题"
    await father.says("孩子发烧了请假")
    copy = await mentor.sees("发烧了")
    await mentor.presses(copy["buttons"][0][1]["text"], copy)
    await mentor.sees_toast("关于什么")
    await mentor.presses("都不是", copy)
    await mentor.sees_toast("没有话题")
    assert bot.school.run("SELECT COUNT(*) FROM message WHERE item_id IS NULL") == [(2,)]


async def test_what_is_private_is_covered_in_the_copy_and_a_correction_covers_it_too(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("孩子对花生过敏，午饭请注意")
    copy = await mentor.sees("花生过敏")
    spoiler = next(one for one in copy["entities"] if one["type"] == "spoiler")
    assert spoiler["offset"] > len("张小雨")
    await father.says("运动会几点开始")
    copy = await mentor.sees("几点开始")
    assert all(one["type"] != "spoiler" for one in copy["entities"])
    await mentor.presses(copy["buttons"][0][1]["text"], copy)
    await mentor.sees_toast("关于什么")
    await mentor.presses("心理", copy)
    await mentor.presses("情绪与行为变化", copy)
    await mentor.sees_toast("已改为")
    for _ in range(50):
        chat = await mentor.chat()
        now = next(one for one in chat["messages"] if one["message_id"] == copy["message_id"])
        if any(one["type"] == "spoiler" for one in now["entities"]):
            break
        await mentor.sees_nothing_with("没有这样的话", 0.05)
    assert any(one["type"] == "spoiler" for one in now["entities"])


async def test_a_guardian_chooses_a_topic_before_writing_and_sees_it(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("/topics")
    await father.sees("可以和导师聊这些")
    await father.presses("家庭教育")
    items = await father.sees("选一个，再写您的话")
    assert "：" in items["text"]
    await father.presses("亲子")
    await father.sees("下一条会归在")
    await father.says("随便写一句话给您")
    await father.sees("已按“")
    copy = await mentor.sees("随便写一句话")
    assert "亲子" in copy["buttons"][0][1]["text"]
    await father.says("好的谢谢")
    copy = await mentor.sees("好的谢谢")
    assert copy["buttons"][0][1]["text"] == "📋 话题"


async def test_danger_is_not_a_topic_for_a_message(bot: Bot) -> None:
    father = await bot.father()
    await father.says("/topics")
    await father.sees("可以和导师聊这些")
    await father.presses("特殊关爱")
    await father.sees("选一个")
    await father.presses("危险与紧急情况")
    await father.sees("不走普通消息")


async def test_a_mentor_writes_from_an_item_to_both_guardians_each_in_their_own_thread(bot: Bot) -> None:
    mentor, father, mother = await bot.joined_mentor(), await bot.father(), await bot.mother()
    await mentor.says("/write")
    await mentor.sees("先说好消息")
    await mentor.presses("★")
    await mentor.sees("写给谁")
    await mentor.presses("张小雨 · 爸爸")
    await mentor.presses("✓ 张小雨 · 爸爸")
    await mentor.presses("张小雨 · 爸爸")
    await mentor.presses("张小雨 · 妈妈")
    await mentor.presses("写给这 2 家")
    words = await mentor.sees("张小雨")
    assert any(one["type"] == "pre" for one in words["entities"])
    await mentor.sees("改好后直接发给我")
    await mentor.says("还有【没填的】地方")
    await mentor.sees("还有没填的空")
    await mentor.says("{child}今天主动帮同学讲题，讲得很耐心。")
    preview = await mentor.sees("将发给：")
    assert "爸爸" in preview["text"]
    await mentor.presses("发给 2 家", preview)
    await mentor.sees("已发给 2 家")
    for person in (father, mother):
        copy = await person.sees("讲得很耐心")
        assert "张小雨今天主动" in copy["text"]
    assert bot.school.run("SELECT COUNT(DISTINCT thread_id), COUNT(*) FROM message WHERE item_id IS NOT NULL") == [
        (2, 2)
    ]


async def test_nothing_about_another_pupil_goes_out(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    await bot.mother()
    await mentor.says("/write")
    await mentor.sees("先说好消息")
    await mentor.presses("★")
    await mentor.sees("写给谁")
    await mentor.presses("张小阳 · 妈妈")
    await mentor.presses("写给这 1 家")
    await mentor.sees("改好后直接发给我")
    await mentor.says("他和张小雨一起打扫，做得很好")
    await mentor.sees("提到了张小雨")
    await mentor.says("/cancel")
    await mentor.says("他做得很好")
    await mentor.sees("发给谁")


async def test_coverage_shows_what_was_talked_about_and_can_be_marked(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("昨晚作业写到十一点")
    await mentor.sees("写到十一点")
    await mentor.says("/checklist")
    await mentor.sees("看哪个孩子")
    await mentor.presses("张小雨")
    grid = await mentor.sees("本学期：谈过")
    assert "✓ 作业与用时" in grid["text"]
    assert "（该谈了）" in grid["text"]
    due = next(one["text"] for row in grid["buttons"] for one in row if one["text"].startswith("📋"))
    await mentor.presses(due, grid)
    await mentor.sees(due.removeprefix("📋 "))
    await mentor.presses("已经谈过")
    await mentor.sees("✓ " + due.removeprefix("📋 "))


async def test_the_class_is_numbers_only(bot: Bot) -> None:
    chief = await bot.joined_mentor()
    await bot.joined_guardian(OTHER_MOTHER, "刘敏", "S3")
    await chief.says("/checklist")
    await chief.sees("看哪个孩子")
    await chief.presses("五年级2班")
    page = await chief.sees("3 名学生")
    assert "陈晨" not in page["text"]
