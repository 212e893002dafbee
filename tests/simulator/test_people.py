"""People: what they do becomes the updates that Telegram makes of it, and what they see is told."""

from __future__ import annotations

import asyncio

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat, Update
from telegram.error import BadRequest

from simulator.client import Person, Telegram
from simulator.methods.files import KINDS
from tests.simulator.conftest import TOKEN, Server


async def _next(ptb: Bot) -> Update:
    """The next update, confirmed."""
    update = (await ptb.get_updates(timeout=5))[0]
    await ptb.get_updates(offset=update.update_id + 1)
    return update


async def test_a_link_starts_the_bot_with_its_payload(server: Server, telegram: Telegram) -> None:
    somebody = await telegram.person(1001, language="en")
    with pytest.raises(AssertionError, match="has not started the bot"):
        await somebody.says("x")
    await somebody.starts("abc_-9")
    message = (await _next(await server.bot())).message
    assert message is not None
    assert message.text == "/start abc_-9"
    assert message.parse_entities() == {message.entities[0]: "/start"}
    assert message.from_user is not None
    assert message.from_user.language_code == "en"
    for payload in ("a b", "", "x" * 65, "字"):
        with pytest.raises(AssertionError, match="payload"):
            await somebody.starts(payload)


async def test_replies_edits_and_forwards(ptb: Bot, person: Person) -> None:
    sent = await ptb.send_message(1001, "问")
    await person.replies(sent.message_id, "答")
    message = (await _next(ptb)).message
    assert message is not None
    assert message.reply_to_message is not None
    assert message.reply_to_message.text == "问"
    await person.edits(message.message_id, "改")
    edited = (await _next(ptb)).edited_message
    assert edited is not None
    assert edited.edit_date is not None
    assert edited.text == "改"
    await person.act("forward", text="/start")
    forwarded = (await _next(ptb)).message
    assert forwarded is not None
    assert forwarded.forward_origin is not None


async def test_a_long_text_is_split_as_apps_do(ptb: Bot, person: Person) -> None:
    text = "字" * 5000 + "\n" + "😀" * 2000
    await person.says(text)
    parts = [one.message.text or "" for one in await ptb.get_updates() if one.message]
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")
    assert all(len(one.encode("utf-16-le")) <= 8192 for one in parts)
    assert len(parts) == 3


async def test_blocking_and_coming_back(ptb: Bot, person: Person) -> None:
    await person.blocks()
    member = (await _next(ptb)).my_chat_member
    assert member is not None
    assert (member.old_chat_member.status, member.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(AssertionError, match="blocked"):
        await person.says("x")
    await person.starts()
    member = (await _next(ptb)).my_chat_member
    assert member is not None
    assert member.new_chat_member.status == "member"
    message = (await _next(ptb)).message
    assert message is not None
    assert message.text == "/start"


async def test_a_contact_says_whose_it_is(ptb: Bot, person: Person) -> None:
    for given, told in (({}, 1001), ({"user_id": 5}, 5), ({"user_id": None}, None)):
        await person.shares_contact("+86", **given)
        message = (await _next(ptb)).message
        assert message is not None
        assert message.contact is not None
        assert message.contact.user_id == told


@pytest.mark.parametrize("kind", [*KINDS, "location", "venue", "dice", "poll"])
async def test_every_kind_of_message_can_be_sent(ptb: Bot, person: Person, kind: str) -> None:
    await person.sends(kind, caption="说明" if kind == "photo" else None)
    message = (await _next(ptb)).message
    assert message is not None
    assert getattr(message, kind)
    assert message.text is None


async def test_a_group_and_leaving_it(server: Server, ptb: Bot, person: Person) -> None:
    await person.act("add_to_group", group=-100, title="家长群")
    member = (await _next(ptb)).my_chat_member
    assert member is not None
    assert (member.chat.type, member.new_chat_member.status) == ("supergroup", "member")
    service = (await _next(ptb)).message
    assert service is not None
    assert service.new_chat_members[0].id == ptb.id
    assert (await person.act("say_in_group", group=-100, text="大家好"))["update_id"] is None
    await person.act("say_in_group", group=-100, text="/start")
    command = (await _next(ptb)).message
    assert command is not None
    assert (command.chat.id, command.from_user and command.from_user.id) == (-100, 1001)
    assert await ptb.leave_chat(-100)
    assert await server.refused("sendMessage", chat_id=-100, text="x") == (
        "Forbidden: bot is not a member of the supergroup chat"
    )
    assert await server.refused("leaveChat", chat_id=1001) == (
        "Bad Request: chat member status can't be changed in private chats"
    )


async def test_menus_by_scope_and_language(ptb: Bot, server: Server, telegram: Telegram, person: Person) -> None:
    english = await telegram.person(1002, "David", "en")
    await english.starts()
    private = BotCommandScopeAllPrivateChats()
    await ptb.set_my_commands([BotCommand("help", "Help")])
    await ptb.set_my_commands([BotCommand("help", "帮助")], scope=private, language_code="zh")
    assert (await person.chat())["menu"] == [{"command": "help", "description": "帮助"}]
    assert (await english.chat())["menu"] == [{"command": "help", "description": "Help"}]
    await ptb.set_my_commands([BotCommand("leave", "x")], scope=BotCommandScopeChat(1002))
    assert await english.sees_menu("leave") == {"leave"}
    assert await ptb.get_my_commands(scope=private, language_code="zh") == (BotCommand("help", "帮助"),)
    await ptb.delete_my_commands(scope=BotCommandScopeChat(1002))
    assert await english.menu() == ["help"]
    for command, description, answer in (
        ("Help", "x", "BOT_COMMAND_INVALID"),
        ("x" * 33, "x", "BOT_COMMAND_INVALID"),
        ("x", "", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("x", "x" * 257, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ):
        given = [{"command": command, "description": description}]
        assert await server.refused("setMyCommands", commands=given) == f"Bad Request: {answer}"
    many = [{"command": f"c{number}", "description": "x"} for number in range(101)]
    assert await server.refused("setMyCommands", commands=many) == "Bad Request: BOT_COMMANDS_TOO_MUCH"
    with pytest.raises(BadRequest, match="Invalid language code specified"):
        await ptb.set_my_commands([], language_code="zh-hans")


async def test_what_a_bot_tells_of_itself(ptb: Bot, person: Person) -> None:
    assert await ptb.set_my_description("长", language_code="zh")
    assert await ptb.set_my_short_description("短")
    assert await ptb.set_my_name("导师")
    assert (await ptb.get_my_description("zh")).description == "长"
    assert (await ptb.get_my_description()).description == ""
    assert (await ptb.get_my_short_description("zh")).short_description == "短"
    assert await ptb.set_chat_menu_button()
    assert await ptb.send_chat_action(1001, "typing")
    chat = await ptb.get_chat(1001)
    assert (chat.id, chat.type, chat.first_name) == (1001, "private", "王芳")
    with pytest.raises(BadRequest, match="is too long"):
        await ptb.set_my_description("x" * 513)


async def test_a_person_sees_each_message_once_and_complains_in_words(ptb: Bot, person: Person) -> None:
    sent = await ptb.send_message(1001, "一")
    await person.sees("一")
    with pytest.raises(AssertionError, match=r"王芳 did not see '一' within 0\.1 s, but:\n"):
        await person.sees("一", timeout=0.1)
    await ptb.edit_message_text("一二", 1001, sent.message_id)
    assert (await person.sees("一"))["text"] == "一二"
    await person.sees_nothing(0.05)
    waiting = asyncio.create_task(person.sees_nothing(0.3))
    await asyncio.sleep(0.1)
    await ptb.send_message(1001, "三")
    with pytest.raises(AssertionError, match="but saw 三"):
        await waiting
    assert (await person.last())["text"] == "三"
    assert await person.reads() == ["一二", "三"]
    with pytest.raises(AssertionError, match="saw '三'"):
        await person.sees_nothing_with("三", 0)


async def test_a_reset_forgets_all_but_where_ids_stand(server: Server, telegram: Telegram, person: Person) -> None:
    before = await person.act("text", text="x")
    waiting = asyncio.create_task(server.call("getUpdates", timeout=20, offset=before["update_id"] + 1))
    await asyncio.sleep(0.05)
    await telegram.reset()
    assert (await waiting)["result"] == []
    await server.call("getMe")
    again = await telegram.person(1001)
    answer = await again.starts()
    assert answer["update_id"] > before["update_id"]
    assert answer["message_id"] > before["message_id"]
    await server.call("sendMessage", chat_id=1001, text="neu")
    await person.sees("neu")


async def test_several_bots_stand_apart(server: Server, telegram: Telegram, person: Person) -> None:
    other = f"700000002:{'C' * 35}"
    await server.call("getMe", token=other)
    with pytest.raises(AssertionError, match="several"):
        await person.starts()
    second = await telegram.person(1001, bot=700000002)
    await second.starts()
    await server.call("sendMessage", token=other, chat_id=1001, text="zwei")
    await second.sees("zwei")
    await telegram.post("bots", bots=[{"id": 700000002, "username": "second_bot"}])
    assert (await server.call("getMe", token=other))["result"]["username"] == "second_bot"
    assert (await server.call("getMe", token=TOKEN))["result"]["username"] == "mentor_demo_bot"


async def test_bad_use_is_told(server: Server, telegram: Telegram, person: Person) -> None:
    for body, words in (
        (b"{", "unexpected end"),
        (b"[]", "expected an object"),
        (b'{"person": 1001, "do": "dance"}', "unknown act"),
        (b'{"person": 5, "do": "start"}', "no such person"),
        (b'{"person": 1001, "do": "press", "button": "x"}', "no button"),
    ):
        async with server.http.post(f"{server.url}/control/act", data=body) as response:
            assert response.status == 400
            assert words in (await response.json())["error"]
    answers = await telegram.act_all([{"person": 1001, "do": "text", "text": "a"}, {"person": 1001, "do": "dance"}])
    assert "message_id" in answers[0]
    assert "error" in answers[1]
