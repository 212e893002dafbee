"""A mentor's families as topics: where they work, and what happens when they do not. Nothing waits for a topic."""

from __future__ import annotations

import pytest

from simulator.client import Person
from tests.school import Bot

ROOM = -1_000_000_777


async def _private(bot: Bot) -> tuple[Person, Person]:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await mentor.topics(mode="on")
    await mentor.says("/workspace")
    await mentor.sees("在这一个聊天里")
    await mentor.presses("在这个聊天里")
    await mentor.sees("有自己的话题")
    return mentor, father


async def test_each_family_has_a_topic_and_what_is_written_there_goes_to_it(bot: Bot) -> None:
    mentor, father = await _private(bot)
    await father.says("今天谁来接")
    copy = await mentor.sees("今天谁来接")
    assert copy["thread"] is not None
    assert (await mentor.topics())[copy["thread"]].startswith("张小雨 · 爸爸")
    await mentor.says("我送他到门口", thread=copy["thread"])
    await father.sees("送他到门口")
    await father.says("谢谢您")
    second = await mentor.sees("谢谢您")
    assert second["thread"] == copy["thread"]


@pytest.mark.parametrize("trouble", [{"mode": "broken"}, {"mode": "off"}, {"close": True}, {"delete": True}])
async def test_whatever_happens_to_topics_the_message_comes_to_the_plain_chat(
    bot: Bot, trouble: dict[str, object]
) -> None:
    mentor, father = await _private(bot)
    await father.says("第一句")
    copy = await mentor.sees("第一句")
    change = {name: copy["thread"] if value is True else value for name, value in trouble.items()}
    await mentor.topics(**change)
    written = await father.says("第二句")
    plain = await mentor.sees("第二句")
    assert plain["thread"] is None
    await father.sees_reaction(written, "👌")
    await mentor.replies(plain, "看到了")
    await father.sees("看到了")
    await father.says("第三句")
    await mentor.sees("第三句")
    copies = [text for text in await mentor.reads() if "第二句" in text]
    assert len(copies) == 1


async def test_a_message_that_fell_out_of_its_topic_counts_as_arrived(bot: Bot) -> None:
    mentor, father = await _private(bot)
    await father.says("第一句")
    copy = await mentor.sees("第一句")
    await mentor.topics(mode="through", delete=copy["thread"])
    written = await father.says("第二句")
    await mentor.sees("第二句")
    await father.sees_reaction(written, "👌")
    copies = [text for text in await mentor.reads() if "第二句" in text]
    assert len(copies) == 1


async def test_where_topics_are_not_possible_it_says_so_and_nothing_changes(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await mentor.says("/workspace")
    await mentor.sees("在这一个聊天里")
    await mentor.presses("在这个聊天里")
    await mentor.sees("不能分话题")
    await father.says("在吗")
    copy = await mentor.sees("在吗")
    assert copy["thread"] is None


async def test_a_group_of_the_mentors_own(bot: Bot) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await mentor.act("add_to_group", group=ROOM, title="我的家庭", forum=True)
    await mentor.sees("在您的群里有自己的话题")
    written = await father.says("今天谁来接")
    await father.sees_reaction(written, "👌")
    topics = await mentor.topics(group=ROOM)
    thread = next(key for key, name in topics.items() if name.startswith("张小雨"))
    await mentor.act("say_in_group", group=ROOM, text="我来送", thread=thread, privacy=False)
    await father.sees("我来送")
    # The bot is put out of it: the talk goes on in the plain chat.
    await mentor.act("remove_from_group", group=ROOM)
    await mentor.sees("您的群用不了了")
    await father.says("到了吗")
    copy = await mentor.sees("到了吗")
    assert "张小雨" in copy["text"]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"forum": True, "members": 3}, "还有别人"),
        ({"forum": False}, "没有打开"),
        ({"forum": True, "rights": False}, "群里不能建话题"),
    ],
)
async def test_a_group_that_will_not_do_is_refused_with_the_way_on(
    bot: Bot, how: dict[str, object], words: str
) -> None:
    mentor, father = await bot.joined_mentor(), await bot.father()
    await mentor.act("add_to_group", group=ROOM, **how)
    await mentor.sees(words)
    await father.says("在吗")
    await mentor.sees("在吗")


async def test_what_is_written_in_a_familys_topic_is_for_it_though_a_dialogue_waits(bot: Bot) -> None:
    mentor, father = await _private(bot)
    await father.says("老师好，小雨今天怎么样？")
    copy = await mentor.sees("小雨今天怎么样")
    await mentor.says("/team")
    await mentor.presses("说一句")
    await mentor.sees("写一句给")
    await mentor.says("今天很好", thread=copy["thread"])
    await father.sees("今天很好")
    assert bot.school.run("SELECT COUNT(*) FROM daily_touch") == [(0,)]
