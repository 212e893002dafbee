"""What we have made ourselves, files and pictures, as calls of the Bot API, and on the phones where they arrive."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from telegram import InputFile

from bot.calls import COUNTED, call
from handlers import say
from handlers.texts import Rich
from models.queues import Lane
from simulator.client import Telegram
from tests.school import MENTOR, Bot

CAPTION = Rich("三月家访：🟦 已完成", ({"type": "bold", "offset": 0, "length": 4},))
BUTTONS = [[say.Button("下一月", "next:1")]]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def called(kind: str, payload: str, *, plain: bool = False) -> tuple[str, dict[str, Any]]:
    """The call that a payload becomes."""
    return call(kind, 1001, orjson.loads(payload), repeat=False, plain=plain)


def test_a_picture_is_uploaded_as_a_photo_with_its_caption_and_buttons() -> None:
    method, values = called(say.PICTURE, say.picture("march.png", PNG, CAPTION, buttons=BUTTONS, silent=True))
    assert method == "sendPhoto"
    photo = values.pop("photo")
    assert isinstance(photo, InputFile)
    assert (photo.input_file_content, photo.filename) == (PNG, "march.png")
    assert values == {
        "chat_id": 1001,
        "caption": CAPTION.text,
        "caption_entities": list(CAPTION.spans),
        "protect_content": True,
        "disable_notification": True,
        "reply_markup": {"inline_keyboard": [[{"text": "下一月", "callback_data": "next:1"}]]},
    }


def test_a_file_has_buttons_and_may_be_silent_and_free() -> None:
    payload = say.file("visit.ics", b"BEGIN", Rich("日程"), buttons=BUTTONS, silent=True, free=True)
    method, values = called(say.FILE, payload)
    assert method == "sendDocument"
    assert values["document"].mimetype == "text/calendar"
    assert values["disable_notification"] is True
    assert values["reply_markup"]["inline_keyboard"][0][0]["text"] == "下一月"
    assert "protect_content" not in values


def test_a_file_is_guarded_and_makes_its_sound_where_nothing_else_is_said() -> None:
    values = called(say.FILE, say.file("list.csv", b"x", Rich("名单")))[1]
    assert values["protect_content"] is True
    assert not {"disable_notification", "reply_markup", "caption_entities"} & values.keys()


def test_formatting_that_was_refused_stays_away_the_second_time() -> None:
    values = called(say.PICTURE, say.picture("a.png", PNG, CAPTION), plain=True)[1]
    assert values["caption"] == CAPTION.text
    assert "caption_entities" not in values


def test_a_picture_counts_in_its_chats_limit() -> None:
    assert {say.PICTURE, say.FILE} <= COUNTED


def queue(bot: Bot, kind: str, payload: str) -> None:
    """Puts something for the mentor into the outbox, as a handler does."""
    unit = bot.school.unit()
    unit.queue(bot_id=bot.id, chat_id=MENTOR, kind=kind, payload=payload, lane=Lane.RELAY, answers=True)
    unit.finish()
    unit.connection.commit()
    unit.connection.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_picture_arrives_whole_on_the_phone_and_is_served_as_a_picture(bot: Bot, telegram: Telegram) -> None:
    mentor = await bot.joined_mentor()
    queue(bot, say.PICTURE, say.picture("march.png", PNG, CAPTION, buttons=BUTTONS, silent=True))
    seen = await mentor.sees("三月家访")
    assert (seen["kind"], seen["silent"], seen["protected"]) == ("photo", True, True)
    assert seen["entities"][0]["type"] == "bold"
    assert seen["buttons"][0][0]["data"] == "next:1"
    kind, content, headers = await telegram.file(seen["document"]["file_id"])
    assert (kind, content) == ("image/png", PNG)
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_no_picture_is_not_served_as_one_whatever_its_name(bot: Bot, telegram: Telegram) -> None:
    mentor = await bot.joined_mentor()
    page = b"<script>alert(1)</script>"
    queue(bot, say.PICTURE, say.picture("page.html", page, Rich("看这里")))
    seen = await mentor.sees("看这里")
    kind, content, _ = await telegram.file(seen["document"]["file_id"])
    assert (kind, content) == ("application/octet-stream", page)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_picture_that_is_refused_for_good_stops_nothing_behind_it(bot: Bot) -> None:
    mentor = await bot.joined_mentor()
    queue(bot, say.PICTURE, say.picture("none.png", b"", Rich("空的")))
    queue(bot, say.FILE, say.file("visit.ics", b"BEGIN:VCALENDAR", Rich("日程"), free=True))
    seen = await mentor.sees("日程")
    assert (seen["kind"], seen["protected"]) == ("document", False)
    await mentor.sees_nothing_with("空的", 0.1)
    assert bot.school.run("SELECT state FROM outbox WHERE kind = 'picture'") == [("failed",)]
