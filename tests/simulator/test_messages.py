"""Messages: sending, replies, buttons, edits, copies, files, reactions, and the words of every refusal."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.constants import ReactionEmoji
from telegram.error import BadRequest, Forbidden, InvalidToken

from simulator.client import Person, Telegram
from simulator.methods import METHODS, perform
from simulator.methods.changes import REACTIONS
from simulator.more_acts import act, add_people
from simulator.refusals import Refused
from simulator.state import State
from tests.effort import examples
from tests.simulator.conftest import TOKEN, Server

_NAMES = ["type", "text", "url", "emoji", "inline_keyboard", "keyboard", "message_id", "chat_id", "offset", "length"]
_NAMES += ["user", "id", "callback_data", "command", "description"]
_SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a"
    " current content and reply markup of the message"
)


def _buttons(*rows: list[tuple[str, str]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in rows]
    )


async def test_a_person_sees_what_the_bot_sends(ptb: Bot, person: Person) -> None:
    sent = await ptb.send_message(
        1001,
        "<b>您好</b>",
        parse_mode="HTML",
        reply_markup=_buttons([("是", "yes"), ("否", "no")]),
        protect_content=True,
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    seen = await person.sees("您好")
    assert seen["message_id"] == sent.message_id
    assert seen["entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    assert [[one["data"] for one in row] for row in seen["buttons"]] == [["yes", "no"]]
    assert (seen["protected"], seen["silent"]) == (True, True)
    assert sent.has_protected_content


async def test_one_counter_of_message_ids_for_all_private_chats(ptb: Bot, telegram: Telegram, person: Person) -> None:
    other = await telegram.person(1002)
    await other.starts()
    ids = [(await ptb.send_message(one, "x")).message_id for one in (1001, 1002, 1001)]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": "", "text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": 5, "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": "@nobody", "text": "x"}, "Bad Request: chat not found"),
        (
            {"chat_id": 1001, "text": "x", "reply_markup": "nonsense"},
            "Bad Request: can't parse reply markup JSON object",
        ),
        (
            {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": 999}},
            "Bad Request: message to be replied not found",
        ),
    ],
)
async def test_sends_that_are_refused(server: Server, person: Person, values: dict[str, Any], answer: str) -> None:
    assert await server.refused("sendMessage", **values) == answer


@pytest.mark.parametrize(
    ("button", "answer"),
    [
        ({"text": "x", "callback_data": "字" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "x"}, "can't parse inline keyboard button: Can't find field \"text\""),
        ({"text": "x", "url": "localhost"}, "inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL"),
    ],
)
async def test_buttons_that_are_refused(server: Server, person: Person, button: dict[str, Any], answer: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    assert await server.refused("sendMessage", chat_id=1001, text="x", reply_markup=markup) == f"Bad Request: {answer}"


async def test_too_many_buttons_are_refused(ptb: Bot) -> None:
    await ptb.send_message(1001, "x", reply_markup=_buttons(*[[("x", "x")]] * 100))
    for rows in ([[("x", "x")]] * 101, [[("x", "x")] * 9]):
        with pytest.raises(BadRequest, match="Reply markup is too long"):
            await ptb.send_message(1001, "x", reply_markup=_buttons(*rows))


async def test_who_cannot_be_written_to(ptb: Bot, telegram: Telegram, person: Person) -> None:
    await telegram.person(1002)
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await ptb.send_message(1002, "x")
    await person.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await ptb.send_message(1001, "x")
    await person.unblocks()
    await ptb.send_message(1001, "x")
    await telegram.post("people", people=[{"id": 1001, "deactivated": True}])
    with pytest.raises(Forbidden, match="user is deactivated"):
        await ptb.send_message(1001, "x")


async def test_replies_and_replies_to_nothing(ptb: Bot, person: Person) -> None:
    written = await person.says("问题")
    sent = await ptb.send_message(1001, "回答", reply_parameters=ReplyParameters(written))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "问题"
    assert (await person.sees("回答"))["reply_to"] == written
    loose = ReplyParameters(99_999, allow_sending_without_reply=True)
    assert (await ptb.send_message(1001, "x", reply_parameters=loose)).reply_to_message is None


async def test_edits(ptb: Bot, server: Server, person: Person) -> None:
    sent = await ptb.send_message(1001, "一", reply_markup=_buttons([("a", "a")]))
    where: dict[str, Any] = {"chat_id": 1001, "message_id": sent.message_id}
    same = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
    assert await server.refused("editMessageText", **where, text=" 一 ", reply_markup=same) == _SAME
    assert await server.refused("editMessageReplyMarkup", **where, reply_markup=same) == _SAME
    await ptb.edit_message_text("二", **where)
    seen = await person.sees("二")
    assert seen["buttons"] == []
    assert seen["edit_date"]
    own = await person.says("mine")
    for method, missing, foreign in (
        ("editMessageText", "message to edit not found", "message can't be edited"),
        ("editMessageReplyMarkup", "message to edit not found", "message can't be edited"),
    ):
        for number, words in ((9_999, missing), (own, foreign)):
            answer = await server.refused(method, chat_id=1001, message_id=number, text="x")
            assert answer == f"Bad Request: {words}"


async def test_deleting(ptb: Bot, server: Server, telegram: Telegram, person: Person) -> None:
    sent = await ptb.send_message(1001, "fort")
    assert await ptb.delete_message(1001, sent.message_id)
    assert "fort" not in await person.reads()
    assert await server.refused("deleteMessage", chat_id=1001, message_id=sent.message_id) == (
        "Bad Request: message to delete not found"
    )
    old = await ptb.send_message(1001, "alt")
    await telegram.forward(49 * 3600)
    assert await server.refused("deleteMessage", chat_id=1001, message_id=old.message_id) == (
        "Bad Request: message can't be deleted for everyone"
    )


async def test_documents_and_photos_come_as_they_were_sent(ptb: Bot, person: Person) -> None:
    sent = await ptb.send_document(
        1001, io.BytesIO(b"PK content"), filename="名单.xlsx", caption="<i>请看</i>", parse_mode="HTML"
    )
    assert sent.document is not None
    assert sent.document.file_name == "名单.xlsx"
    assert sent.caption_entities[0].type == "italic"
    fetched = await (await ptb.get_file(sent.document.file_id)).download_as_bytearray()
    assert bytes(fetched) == b"PK content"
    again = await ptb.send_document(1001, sent.document.file_id)
    assert again.document == sent.document
    photo = await ptb.send_photo(1001, b"\x89PNG")
    assert photo.photo
    with pytest.raises(BadRequest, match=r"(?i)can't use file of type Photo as Document"):
        await ptb.send_document(1001, photo.photo[-1].file_id)
    assert (await person.sees("请看"))["document"]["size"] == 10


async def test_files_that_are_refused(server: Server, ptb: Bot, person: Person) -> None:
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await ptb.send_document(1001, b"")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await ptb.send_document(1001, b"x", caption="x" * 1025)
    assert await server.refused("sendDocument", chat_id=1001) == "Bad Request: there is no document in the request"
    assert await server.refused("getFile", file_id="x") == (
        "Bad Request: wrong file_id or the file is temporarily unavailable"
    )


async def test_the_bot_fetches_what_a_person_sent(ptb: Bot, person: Person) -> None:
    await person.sends("document", file_name="a.txt", content="内容", caption="见附件")
    update = (await ptb.get_updates())[-1]
    assert update.message is not None
    assert update.message.document is not None
    assert bytes(await (await ptb.get_file(update.message.document)).download_as_bytearray()) == "内容".encode()


async def test_copies(ptb: Bot, server: Server, telegram: Telegram, person: Person) -> None:
    other = await telegram.person(1002)
    await other.starts()
    written = await person.says("看 https://example.com/ 这里")
    copied = await ptb.copy_message(1002, 1001, written)
    seen = await other.sees("这里")
    assert seen["message_id"] == copied.message_id
    assert "forward_origin" not in seen
    answer = await server.refused("copyMessage", chat_id=1002, from_chat_id=1001, message_id=9_999)
    assert answer == "Bad Request: message to copy not found"


async def test_a_keyboard_that_asks_for_the_phone_number(ptb: Bot, person: Person) -> None:
    button = KeyboardButton("分享我的手机号", request_contact=True)
    await ptb.send_message(1001, "x", reply_markup=ReplyKeyboardMarkup([[button]], one_time_keyboard=True))
    assert (await person.sees_keyboard("手机号"))["request_contact"] is True
    await person.shares_contact("+8613800000001")
    contact = (await ptb.get_updates())[-1].message
    assert contact is not None
    assert contact.contact is not None
    assert (contact.contact.user_id, contact.contact.phone_number) == (1001, "+8613800000001")
    assert (await person.chat())["keyboard"] is None
    await ptb.send_message(1001, "x", reply_markup=ReplyKeyboardMarkup([["a"]]))
    await ptb.send_message(1001, "x", reply_markup=ReplyKeyboardRemove())
    assert (await person.chat())["keyboard"] is None
    await ptb.send_message(1001, "y", reply_markup=ForceReply())
    assert (await person.last())["force_reply"] is True


async def test_a_press_is_answered_once_and_in_time(
    ptb: Bot, server: Server, telegram: Telegram, person: Person
) -> None:
    await ptb.send_message(1001, "x", reply_markup=_buttons([("是", "yes")]))
    await person.presses("是")
    query = (await ptb.get_updates())[-1].callback_query
    assert query is not None
    assert query.data == "yes"
    assert query.from_user.language_code == "zh-hans"
    await ptb.answer_callback_query(query.id, "好的", show_alert=True)
    assert (await person.sees_toast("好的"))["alert"] is True
    late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await server.refused("answerCallbackQuery", callback_query_id=query.id) == late
    await person.presses("是")
    query = (await ptb.get_updates(offset=-1))[-1].callback_query
    assert query is not None
    assert await server.refused("answerCallbackQuery", callback_query_id=query.id, text="x" * 201) == (
        "Bad Request: MESSAGE_TOO_LONG"
    )
    await telegram.forward(16)
    assert await server.refused("answerCallbackQuery", callback_query_id=query.id) == late


async def test_reactions_are_those_that_telegram_allows(ptb: Bot, server: Server, person: Person) -> None:
    assert {one.value for one in ReactionEmoji} <= REACTIONS
    written = await person.says("收到吗")
    await ptb.set_message_reaction(1001, written, "👍")
    await person.sees_reaction(written, "👍")
    await ptb.set_message_reaction(1001, written)
    for emoji in ("✅", "❤️", "x"):
        answer = await server.refused(
            "setMessageReaction", chat_id=1001, message_id=written, reaction=[{"type": "emoji", "emoji": emoji}]
        )
        assert answer == "Bad Request: REACTION_INVALID"
    two = [{"type": "emoji", "emoji": one} for one in "👍👎"]
    answer = await server.refused("setMessageReaction", chat_id=1001, message_id=written, reaction=two)
    assert answer == "Bad Request: REACTIONS_TOO_MANY"


async def test_tokens_and_methods_that_are_not_there(server: Server) -> None:
    assert (await server.call("getMe", token="123:short"))["error_code"] == 401
    assert (await server.call("getMe", token=f"700000001:{'B' * 35}"))["description"] == "Unauthorized"
    assert (await server.call("getStarTransactionsOfOthers"))["description"] == "Not Found"
    with pytest.raises(InvalidToken):
        await server.bot("700000001:wrong")


async def test_calls_come_as_json_form_query_or_multipart(server: Server, person: Person) -> None:
    url = f"{server.url}/bot{TOKEN}/SENDMESSAGE"
    markup = '{"inline_keyboard":[[{"text":"[a]","callback_data":"{}"}]]}'
    values = {"chat_id": "1001", "text": '{"not": "parsed"}', "reply_markup": markup}
    for how in ({"data": values}, {"params": values}, {"json": values}):
        async with server.http.post(url, **how) as response:  # type: ignore[arg-type]
            assert (await response.json())["result"]["text"] == '{"not": "parsed"}'
    async with server.http.get(url, params=values) as response:
        assert response.status == 200
    async with server.http.post(url, data="{", headers={"Content-Type": "application/json"}) as response:
        assert (await response.json())["description"] == "Bad Request: can't parse JSON object"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "1001", "HTML", "[", "{}"]),
    lambda one: st.lists(one, max_size=2) | st.dictionaries(st.sampled_from(_NAMES), one, max_size=3),
    max_leaves=6,
)


@settings(max_examples=examples(8, of=15), deadline=None)
@given(st.data())
def test_garbage_is_refused_and_never_breaks_the_server(data: st.DataObject) -> None:
    state = State()
    bot = state.bot(TOKEN)
    assert bot is not None
    add_people(state, [{"id": 1001}])
    act(state, {"person": 1001, "do": "start"})
    for method in METHODS.values():
        values = {name: data.draw(_JSON) for name in sorted(method.known)} | {"chat_id": 1001}
        with contextlib.suppress(Refused):
            orjson.dumps(perform(method, state, bot, values))


async def test_calls_are_logged_and_unknown_parameters_counted(
    server: Server, telegram: Telegram, person: Person, ptb: Bot
) -> None:
    before = (await telegram.stats())["calls"]
    await server.call("sendMessage", chat_id=1001, text="x", parse_mod="HTML")
    await server.refused("sendMessage", chat_id=5, text="x")
    fine, refused = await telegram.calls("sendMessage", since=before)
    assert (fine["status"], fine["chat_id"]) == (200, 1001)
    assert fine["message_id"]
    assert (refused["status"], refused["error"]) == (400, "Bad Request: chat not found")
    stats = await telegram.stats()
    assert stats["unknown_parameters"] == {"sendMessage.parse_mod": 1}
    assert stats["methods"]["sendMessage"] == {"200": 1, "400": 1}
