"""Everything that people send goes over, both ways, with who it is from; nothing vanishes."""

from __future__ import annotations

import pytest

from tests.school import Bot

CAPTIONED = ("photo", "video", "animation", "document", "audio", "voice")
BARE = ("sticker", "video_note", "location", "venue", "poll")


@pytest.mark.parametrize("kind", CAPTIONED)
async def test_a_file_with_a_caption_is_one_message_under_its_header(bot: Bot, kind: str) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.sends(kind, caption="今天的作业")
    copy = await mentor.sees("今天的作业")
    assert copy["kind"] == kind
    assert copy["caption"].startswith("张小雨 · 五年级2班 · 爸爸")
    assert "回复" in copy["buttons"][0][0]["text"]
    await father.sees_reaction(written, "👌")


@pytest.mark.parametrize("kind", CAPTIONED)
async def test_a_file_without_a_caption_still_says_who_it_is_from(bot: Bot, kind: str) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("在吗")
    await father.looks_away()
    await mentor.sends(kind, reply_to=(await mentor.sees("在吗"))["message_id"])
    copy = await father.sees("李明老师")
    assert copy["kind"] == kind


@pytest.mark.parametrize("kind", BARE)
async def test_what_has_no_caption_has_its_header_above_it(bot: Bot, kind: str) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.sends(kind)
    header = await mentor.sees("张小雨 · 五年级2班 · 爸爸")
    await father.sees_reaction(written, "👌")
    messages = (await mentor.chat())["messages"]
    copy = next(one for one in messages if one["kind"] == kind)
    assert copy["reply_to"] == header["message_id"]
    assert "回复" in header["buttons"][0][0]["text"]
    answer = await mentor.replies(copy, "收到")
    got = await father.sees("收到")
    assert got["reply_to"] == written
    await mentor.sees_reaction(answer, "👌")


async def test_a_caption_longer_than_a_bot_may_send_follows_as_text(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.sends("photo", caption="长" * 1020)
    await mentor.sees("长" * 1000)
    kinds = [one["kind"] for one in (await mentor.chat())["messages"] if one["from"] == "bot"][-2:]
    assert kinds == ["photo", "text"]


async def test_what_is_written_at_night_is_whole_even_where_the_writer_deleted_it(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    bot.later(hours=11)
    written = await father.sends("photo", caption="通知单")
    await father.sees("已收下")
    await father.act("delete", message_id=written)
    bot.later(hours=10, minutes=31)
    copy = await mentor.sees("通知单")
    assert copy["kind"] == "photo"


async def test_an_edited_caption_changes_the_copys(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    written = await father.sends("photo", caption="第三题不会")
    copy = await mentor.sees("第三题不会")
    await father.act("edit", message_id=written, caption="第五题不会")
    changed = await mentor.sees("第五题不会")
    assert changed["message_id"] == copy["message_id"]
    assert changed["kind"] == "photo"


async def test_a_contact_card_is_asked_about_first(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.shares_contact("+8613812345678", user_id=None)
    ask = await father.sees("对方会看到这张名片上的号码")
    assert "+8613812345678" in ask["text"]
    await mentor.sees_nothing_with("13812345678", 0.2)
    assert all(one["kind"] != "contact" for one in (await mentor.chat())["messages"])
    await father.presses("发送名片")
    await father.sees("名片已转交")
    await mentor.sees("张小雨 · 五年级2班")
    for _ in range(100):
        kinds = [one["kind"] for one in (await mentor.chat())["messages"]]
        if "contact" in kinds:
            break
        await mentor.sees_nothing_with("没有这样的话", 0.02)
    assert kinds[-1] == "contact"


async def test_a_card_that_is_not_to_go_does_not_go(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.shares_contact("+8613812345678", user_id=None)
    await father.sees("对方会看到")
    await father.presses("不发了")
    await father.sees("没有发出")
    assert all(one["kind"] != "contact" for one in (await mentor.chat())["messages"])


async def test_a_throw_of_dice_arrives_as_what_it_showed(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.sends("dice")
    await mentor.sees("🎲")


async def test_photos_are_asked_about_with_the_texts_around_them(bot: Bot) -> None:
    mentor, mother = await bot.joined_mentor(), await bot.mother()
    await mother.says("先看这个")
    await mother.sends("photo", caption="作业照片")
    await mother.sees("发给谁")
    await mother.presses("张小阳")
    await mentor.sees("先看这个")
    copy = await mentor.sees("作业照片")
    assert copy["kind"] == "photo"


# --- albums ---


async def _album(bot: Bot, count: int, delay: float) -> list[int]:
    mentor, father = await bot.joined_mentor(), await bot.father()
    pieces = [{"kind": "photo", "caption": "运动会" if number == 0 else None} for number in range(count)]
    await father.sends_album(pieces, delay=delay)
    await mentor.sees("张小雨 · 五年级2班 · 爸爸")
    for _ in range(100):
        photos = [one for one in (await mentor.chat())["messages"] if one["kind"] == "photo"]
        if len(photos) == count:
            break
        await bot.telegram.get("wait", person=mentor.id, bot=bot.id, since=(await mentor.chat())["seq"], timeout=0.2)
    groups = {one["media_group_id"] for one in photos}
    assert len(groups) == 1
    return [one["message_id"] for one in photos]


@pytest.mark.parametrize("count", [2, 10])
async def test_an_album_arrives_as_one_album(bot: Bot, count: int) -> None:
    assert len(await _album(bot, count, 0)) == count


async def test_a_text_after_an_album_does_not_overtake_it(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.sends_album([{"kind": "photo"}, {"kind": "photo"}])
    await father.says("就是这两张")
    await mentor.sees("就是这两张")
    kinds = [one["kind"] for one in (await mentor.chat())["messages"] if one["from"] == "bot"]
    assert kinds[-4:] == ["text", "photo", "photo", "text"]


async def test_a_piece_that_comes_late_follows_as_an_answer_to_the_album(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.sends_album([{"kind": "photo"}, {"kind": "photo"}, {"kind": "photo", "caption": "迟到的"}], delay=2.2)
    late = await mentor.sees("迟到的")
    assert late["reply_to"] is not None
    assert len([one for one in (await mentor.chat())["messages"] if one["kind"] == "photo"]) == 3


async def test_an_album_to_a_guardian_has_the_header_in_its_caption(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await father.says("有照片吗")
    ask = await mentor.sees("有照片吗")
    await mentor.sends_album([{"kind": "photo", "caption": "班级活动"}, {"kind": "video"}], reply_to=ask["message_id"])
    first = await father.sees("班级活动")
    assert first["caption"].startswith("张小雨 · 李明老师")
    kinds = [one["kind"] for one in (await father.chat())["messages"] if one["from"] == "bot"][-2:]
    assert kinds == ["photo", "video"]


async def test_one_piece_of_an_album_is_edited_alone(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    places = await father.sends_album([{"kind": "photo", "caption": "第一"}, {"kind": "photo", "caption": "第二"}])
    await mentor.sees("第二")
    await father.act("edit", message_id=places[1], caption="第二张改了")
    await mentor.sees("第二张改了")
    assert [text for text in await mentor.reads() if text == "第一"] == ["第一"]
