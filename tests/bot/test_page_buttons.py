"""Buttons that open a page of the bot: in private chats only, and beside rows that were written before there were any."""

from __future__ import annotations

import orjson
import pytest

from bot.calls import call
from handlers import say
from handlers.texts import Rich

PAGE = "https://bot.school.example/app/free"
ROWS = [[say.Button("是", "yes:x")], [say.Button("日历", page=PAGE)]]


@pytest.mark.parametrize("chat_id", [2001, -5])
@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (say.TEXT, say.text(Rich("何时有空"), buttons=ROWS)),
        (say.EDIT, say.edit(7, Rich("何时有空"), buttons=ROWS)),
        (say.BUTTONS, say.buttons_at(ROWS, place_id=7)),
    ],
)
def test_a_page_is_offered_in_private_chats_only(chat_id: int, kind: str, payload: str) -> None:
    _, values = call(kind, chat_id, orjson.loads(payload), repeat=False, plain=False)
    rows = [[{"text": "是", "callback_data": "yes:x"}]]
    if chat_id > 0:
        rows.append([{"text": "日历", "web_app": {"url": PAGE}}])  # type: ignore[dict-item]
    assert values["reply_markup"] == {"inline_keyboard": rows}


def test_rows_that_wait_in_the_outbox_since_before_are_read_as_they_were() -> None:
    payload = {"text": "x", "buttons": [[["是", "yes:x"], ["否", "no:x"]]]}
    assert orjson.loads(say.text(Rich("x"), buttons=[[say.Button("是", "yes:x"), say.Button("否", "no:x")]])) == payload
    _, values = call(say.TEXT, -5, payload, repeat=False, plain=False)
    assert [one["callback_data"] for one in values["reply_markup"]["inline_keyboard"][0]] == ["yes:x", "no:x"]
