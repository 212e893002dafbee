"""A guardian writes, the mentor answers: through the front door, on both databases."""

from __future__ import annotations

import pytest

from handlers.holding import mentor_changed
from tests.school import OTHER_MENTOR, Bot

LONG = "长" * 4096
FAMILY = "👨‍👩‍👧‍👦"


async def test_a_guardian_with_one_child_just_writes_and_the_answer_comes_back(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.says("小雨今天有点咳嗽")
    copy = await mentor.sees("咳嗽")
    assert copy["text"] == "张小雨 · 五年级2班 · 爸爸\n小雨今天有点咳嗽"
    await father.sees_reaction(written, "👌")
    answer = await mentor.replies(copy, "好的，我多留意")
    told = await father.sees("多留意")
    assert told["text"] == "张小雨 · 李明老师\n好的，我多留意"
    assert told["reply_to"] == written
    await mentor.sees_reaction(answer, "👌")


async def test_a_reply_to_the_answer_keeps_the_thread_on_both_sides(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("第一句")
    answer = await mentor.replies(await mentor.sees("第一句"), "第二句")
    await father.replies(await father.sees("第二句"), "第三句")
    assert (await mentor.sees("第三句"))["reply_to"] == answer


async def test_with_several_children_buttons_ask_and_the_last_choice_comes_first(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await mother.says("今天请假")
    question = await mother.sees("发给谁")
    assert [row[0]["text"] for row in question["buttons"]] == ["张小雨（李明老师）", "张小阳（李明老师）", "不发了"]
    await mentor.sees_nothing_with("今天请假", 0.2)
    await mother.presses("张小阳")
    assert (await mentor.sees("今天请假"))["text"].startswith("张小阳 · 五年级2班 · 妈妈")
    await mother.sees("✓ 1 条，发给张小阳的导师李明")
    await mother.says("明天回来")
    question = await mother.sees("发给谁")
    assert question["buttons"][0][0]["text"] == "张小阳（李明老师）"


async def test_several_texts_before_the_choice_are_asked_about_once_and_go_in_order(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    for text in ("一", "二", "三"):
        await mother.says(f"第{text}条")
    await mother.sees("发给谁")
    assert sum("发给谁" in text for text in await mother.reads()) == 1
    await mother.presses("张小雨")
    await mother.sees("✓ 3 条")
    await mentor.sees("第三条")
    told = [text.splitlines()[1] for text in await mentor.reads() if "条" in text and "张小雨" in text.splitlines()[0]]
    assert told == ["第一条", "第二条", "第三条"]


async def test_what_comes_later_is_asked_about_by_itself_where_it_stands(bot: Bot) -> None:
    mother, mentor = await bot.mother(), await bot.joined_mentor()
    await mother.says("昨天的作业本忘在学校了。")
    first = await mother.sees("发给谁")
    bot.later(minutes=5)
    await mother.looks_away()
    later = await mother.says("明天请假。")
    second = await mother.sees("发给谁")
    assert second["message_id"] != first["message_id"]
    assert second["reply_to"] == later
    await mother.presses("张小阳（李明老师）", second)
    await mentor.sees("明天请假")
    await bot.settled()
    assert not [one for one in await mentor.reads() if "作业本" in one]
    await mother.presses("张小雨（李明老师）", first)
    await mentor.sees("作业本")


async def test_a_reply_goes_where_that_message_belongs_without_asking(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await mother.says("小阳的书包忘了")
    await mother.sees("发给谁")
    await mother.presses("张小阳")
    await mentor.replies(await mentor.sees("书包"), "我放在办公室")
    await mother.replies(await mother.sees("办公室"), "谢谢")
    assert (await mentor.sees("谢谢"))["text"].startswith("张小阳")


async def test_a_mentors_bare_text_that_could_be_for_several_is_asked_about_and_never_guessed(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await bot.mother()
    await father.says("在吗")
    await mentor.sees("在吗")
    await mentor.says("下午三点见")
    question = await mentor.sees("发给谁")
    assert question["buttons"][0][0]["text"] == "张小雨 · 爸爸"
    await father.sees_nothing_with("下午三点见", 0.2)
    await mentor.presses("张小雨 · 爸爸")
    await father.sees("下午三点见")


async def test_answer_button_sends_the_next_text_there(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await bot.mother()
    await father.says("作业是什么")
    await mentor.presses("回复", await mentor.sees("作业是什么"))
    await mentor.sees("请写给张小雨的爸爸")
    await mentor.says("练习册第十页")
    await father.sees("练习册第十页")


@pytest.mark.parametrize(
    "text", ["<b>不是粗体</b> & &amp; {name} %s", "مرحبا بالعالم", f"{FAMILY}😀" * 20, "line\n\n  two", "1" * 4000]
)
async def test_text_arrives_as_written(bot: Bot, text: str) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says(text)
    copy = await mentor.sees(text)
    assert copy["text"] == f"张小雨 · 五年级2班 · 爸爸\n{text}"


async def test_four_thousand_and_ninety_six_characters_arrive_whole_behind_a_header_of_their_own(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says(LONG)
    assert (await mentor.sees("长长"))["text"] == LONG
    assert (await mentor.reads())[-2] == "张小雨 · 五年级2班 · 爸爸"


async def test_formatting_is_kept_under_the_header(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    spans = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "text_link", "offset": 3, "length": 2, "url": "https://example.org/"},
    ]
    await father.says("重要 通知", entities=spans)
    copy = await mentor.sees("重要 通知")
    start = len("张小雨 · 五年级2班 · 爸爸\n")
    assert {"type": "bold", "offset": start, "length": 2} in copy["entities"]
    assert {"type": "text_link", "offset": start + 3, "length": 2, "url": "https://example.org/"} in copy["entities"]


async def test_a_mentor_who_has_not_joined_gets_everything_on_joining_and_the_admin_is_told(bot: Bot) -> None:
    admin, father = await bot.joined_admin(), await bot.father()
    written = await father.says("老师好")
    await father.sees("李明老师还没有加入")
    await father.sees_reaction(written, "✍")
    await admin.sees("李明老师还没有加入")
    await father.says("还有一件事")
    mentor = await bot.joined_mentor()
    await mentor.sees("还有一件事")
    assert [text.splitlines()[-1] for text in await mentor.reads() if text.startswith("张小雨 ·")] == [
        "老师好",
        "还有一件事",
    ]
    await father.sees_reaction(written, "👌")
    assert sum("还没有加入" in text for text in await father.reads()) == 1


async def test_a_mentor_who_blocked_the_bot_is_told_to_the_sender_and_gets_it_on_return(bot: Bot) -> None:
    mentor, father, admin = await bot.joined_mentor(), await bot.father(), await bot.joined_admin()
    await mentor.act("block")
    await father.says("孩子发烧了")
    await father.sees("现在联系不上李明老师")
    await admin.sees("停用了机器人")
    await mentor.act("unblock")
    await mentor.sees("孩子发烧了")


async def test_a_refusal_that_comes_only_at_sending_is_told_too(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("一")
    await mentor.sees("一")
    await bot.telegram.post("people", people=[{"id": mentor.id, "first_name": "李明", "deactivated": True}])
    await father.says("二")
    await father.sees("现在联系不上李明老师")
    await bot.telegram.post("people", people=[{"id": mentor.id, "first_name": "李明", "deactivated": False}])
    await mentor.says("我回来了")
    await mentor.sees("二")


async def test_a_pupil_without_a_mentor_is_told_and_kept(bot: Bot) -> None:
    admin, father = await bot.joined_admin(), await bot.father()
    bot.school.run("UPDATE mentorship SET until = 1 WHERE pupil_id = :id", id=bot.school.ids["张小雨"])
    await father.says("请问")
    await father.sees("张小雨暂时还没有导师")
    await admin.sees("张小雨（五年级2班）没有导师")


async def test_a_mentor_of_yesterday_sends_nothing_any_more(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("您好")
    copy = await mentor.sees("您好")
    bot.school.run("UPDATE mentorship SET until = 1 WHERE pupil_id = :id", id=bot.school.ids["张小雨"])
    await mentor.replies(copy, "不该到")
    await mentor.sees("这个会话已经结束")
    await mentor.presses("回复", copy)
    await mentor.sees("这个会话已经结束")
    await father.sees_nothing_with("不该到", 0.3)


async def test_neither_side_sees_the_others_account_or_number(bot: Bot) -> None:
    await bot.telegram.post("people", people=[{"id": 1002, "first_name": "CANARYNAME", "username": "canary_user"}])
    mentor, father = await bot.joined_mentor(), await bot.father()
    spans = [
        {"type": "text_mention", "offset": 0, "length": 2, "user": {"id": 1002, "is_bot": False, "first_name": "x"}}
    ]
    await father.says("我是家长", entities=spans)
    copy = await mentor.sees("我是家长")
    shown = str(await mentor.chat())
    assert "canary" not in shown.lower().replace("canaryname", "", 0) or "CANARYNAME" not in shown
    assert "13800000002" not in shown
    assert all(span["type"] != "text_mention" for span in copy["entities"])


async def test_a_forgotten_choice_is_asked_about_once_more(bot: Bot) -> None:
    await bot.joined_mentor()
    mother = await bot.mother()
    await mother.says("请回电话")
    await mother.sees("发给谁")
    bot.later(minutes=11)
    assert bot.app is not None
    await bot.app.tick_now()
    await mother.sees("还有 1 条没有发出去")
    await bot.app.tick_now()
    assert sum("没有发出去" in text for text in await mother.reads()) == 1


async def test_a_reply_finds_its_thread_even_where_the_place_of_the_copy_was_lost(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await bot.mother()
    written = await father.says("位置丢了")
    copy = await mentor.sees("位置丢了")
    await father.sees_reaction(written, "👌")
    bot.school.run("DELETE FROM place WHERE chat_id = :chat", chat=mentor.id)
    await mentor.replies(copy, "照样找到")
    await father.sees("照样找到")


async def test_a_family_meets_its_new_mentor_the_same_minute_and_what_waited_follows(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    await father.says("在吗")
    copy = await mentor.sees("在吗")
    bot.later(hours=11)
    await father.says("明天要带什么")
    await father.sees("已收下")
    pupil, old, new = (bot.school.ids[name] for name in ("张小雨", "李明", "周静"))
    bot.school.run("UPDATE mentorship SET until = 1 WHERE pupil_id = :pupil", pupil=pupil)
    bot.school.run(
        "INSERT INTO mentorship (id, pupil_id, mentor_id, since) VALUES (77, :pupil, :mentor, 1)",
        pupil=pupil,
        mentor=new,
    )
    unit = bot.school.unit()
    mentor_changed(unit, [(pupil, old, new)])
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    await father.sees("现在是周静老师")
    bot.later(hours=11)
    moved = await other.sees("明天要带什么")
    assert "张小雨" in moved["text"]
    await mentor.replies(copy, "我还在")
    await mentor.sees("会话已经结束")
    await mentor.sees_nothing_with("明天要带什么", 0.1)
