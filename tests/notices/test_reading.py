"""Under a notice: 'I have read it', the event, a link, a preview, a button of somebody else."""

from __future__ import annotations

from handlers import say
from handlers.notices import feed, shown
from handlers.notices.asks import Answers
from models.events.states import EventState
from models.notices import notices
from models.notices.audience import Audience
from models.notices.content import Content, Piece
from models.notices.states import Level, NoticeState
from models.standing import Reach
from tests.events.class_of_parents import at_seven
from tests.events.class_of_parents import planned as planned_class
from tests.notices.readers import READ, buttons, seen, sends_valid, state_of
from tests.notices.written import author
from tests.school import Bot


async def test_read_is_noted_once_and_the_button_says_so(bot: Bot) -> None:
    mother = await bot.mother()
    notice = sends_valid(bot, READ)
    message = await seen(bot, mother, "四点放学")
    assert buttons(message) == ["我已阅读"]
    await mother.presses("我已阅读", message)
    await mother.sees_toast("已记下")
    await mother.presses("✓ 已阅读", message)
    await mother.sees_toast("已经记下了")
    first = bot.school.run(
        "SELECT read_at FROM notice_recipient WHERE notice_id = :id AND read_at IS NOT NULL", id=notice
    )
    assert len(first) == 1
    assert len([one for one in await mother.reads() if "四点放学" in one]) == 1


async def test_a_picture_keeps_its_caption_when_the_button_changes(bot: Bot) -> None:
    admin = await bot.joined_admin()
    mother = await bot.mother()
    await admin.sends("photo", caption="x")
    sent = next(one for one in (await admin.chat())["messages"] if one["kind"] == "photo")
    photo = {"kind": "photo", "file": sent["document"]["file_id"]}
    sends_valid(bot, Content(pieces={"zh_CN": (Piece("新校门照片。", (), photo),)}, read=True))
    message = await seen(bot, mother, "新校门照片")
    assert message["kind"] == "photo"
    await mother.presses("我已阅读", message)
    await mother.presses("✓ 已阅读", message)
    found = await mother.finds("新校门照片")
    assert found["message_id"] == message["message_id"]


async def test_the_event_of_a_notice_comes_as_its_own_card(bot: Bot) -> None:
    mother = await bot.mother()
    event = planned_class(bot, at_seven(bot, 9), state=EventState.ANNOUNCED)
    link = ("学校网站", "https://school.example/autumn")
    content = Content(pieces={"zh_CN": (Piece("欢迎参加家长学堂。"),)}, link=link)
    sends_valid(bot, content, event_id=event)
    message = await seen(bot, mother, "欢迎参加家长学堂")
    assert "学校网站" in buttons(message)
    await mother.presses("查看活动并报名", message)
    card = await mother.sees("五年级2班教室")
    assert card["message_id"] != message["message_id"]
    assert "来" in buttons(card)


async def test_an_event_to_which_one_is_not_invited_says_so(bot: Bot) -> None:
    mother = await bot.mother()
    event = planned_class(bot, at_seven(bot, 9), state=EventState.PLANNED)
    bot.school.run("DELETE FROM event_class WHERE event_id = :id", id=event)
    sends_valid(bot, Content(pieces={"zh_CN": (Piece("欢迎。"),)}), event_id=event)
    message = await seen(bot, mother, "欢迎。")
    await mother.presses("查看活动并报名", message)
    await mother.sees_toast("不能报名")


async def test_taken_back_it_says_so(bot: Bot) -> None:
    mother = await bot.mother()
    notice = sends_valid(bot, READ)
    message = await seen(bot, mother, "四点放学")
    bot.school.run("UPDATE notice SET state = 'recalled' WHERE id = :id", id=notice)
    bot.school.run("UPDATE notice_recipient SET state = 'recalled' WHERE notice_id = :id", id=notice)
    await mother.presses("我已阅读", message)
    await mother.sees_toast("已经撤回")
    assert state_of(bot, notice, "王芳") == "recalled"


async def test_who_has_it_only_as_a_preview_is_told_so(bot: Bot) -> None:
    admin = await bot.joined_admin()
    unit = bot.school.unit()
    unit.now = bot.clock.now()
    who = author(bot.school, bot.id)
    assert who.staff is not None
    draft = notices.draft(unit, who, who.staff, Level.SCHOOL, Audience(schools=(bot.school.ids["school"],)), READ)
    assert draft.state == NoticeState.DRAFT
    sheet = feed.sheet_of(unit, draft)
    reach = Reach(bot.id, admin.id, "zh_CN", True)
    for one in shown.messages(sheet, reach, [], family=True, answers=Answers(), person_id=0):
        payload = one.payload.replace(',"then":{"notice":[' + str(draft.id) + ",0,1]}", "")
        unit.queue(bot_id=bot.id, chat_id=admin.id, kind=say.TEXT, payload=payload)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    await bot.stop()
    await bot.start()
    message = await admin.sees("四点放学")
    await admin.presses("我已阅读", message)
    await admin.sees_toast("预览")
