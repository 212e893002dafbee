"""Buttons that open a page: which are taken, and the launch data that opening one hands over."""

from __future__ import annotations

import hmac
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from simulator.client import Person, Telegram
from tests.simulator.conftest import TOKEN, Server

PAGE = "https://bot.school.example/app/free"


def markup(address: Any, text: str = "日历") -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, "web_app": {"url": address}}]]}


@pytest.mark.parametrize("address", [PAGE, "http://127.0.0.1:8081/app/free", "http://localhost:1/", "http://[::1]:1/x"])
async def test_pages_that_are_taken(server: Server, person: Person, address: str) -> None:
    assert (await server.call("sendMessage", chat_id=1001, text="x", reply_markup=markup(address)))["ok"]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://bot.school.example/", "Only HTTPS links are allowed"),
        ("http://128.0.0.1/", "Only HTTPS links are allowed"),
        ("tg://resolve?domain=x.y", "Wrong HTTP URL"),
        ("javascript:alert(1)", "Wrong HTTP URL"),
        ("https://", "Wrong HTTP URL"),
        ("", "Wrong HTTP URL"),
    ],
)
async def test_pages_that_are_refused(server: Server, person: Person, address: str, why: str) -> None:
    refused = await server.refused("sendMessage", chat_id=1001, text="x", reply_markup=markup(address))
    assert refused == f"Bad Request: inline keyboard button Web App URL '{address}' is invalid: {why}"


async def test_a_group_has_no_pages(server: Server, person: Person) -> None:
    group = (await person.act("add_to_group"))["group"]
    refused = await server.refused("sendMessage", chat_id=group, text="x", reply_markup=markup(PAGE))
    assert refused == "Bad Request: BUTTON_TYPE_INVALID"


async def test_opening_a_page_hands_over_who_it_is_signed_with_the_bots_token(
    server: Server, person: Person, telegram: Telegram
) -> None:
    await server.call("sendMessage", chat_id=1001, text="x", reply_markup=markup(PAGE, "何时有空"))
    address, _, fragment = (await person.opens_page("有空")).partition("#")
    assert address == PAGE
    given = dict(parse_qsl(fragment))
    assert (given["tgWebAppVersion"], given["tgWebAppPlatform"]) == ("8.0", "web")
    values = dict(parse_qsl(given["tgWebAppData"], strict_parsing=True))
    signature = values.pop("hash")
    lines = "\n".join(f"{name}={value}" for name, value in sorted(values.items()))
    key = hmac.new(b"WebAppData", TOKEN.encode(), "sha256").digest()
    assert signature == hmac.new(key, lines.encode(), "sha256").hexdigest()
    assert '"id":1001,"first_name":"王芳"' in values["user"]
    assert "is_bot" not in values["user"]
    assert abs(int(values["auth_date"]) - time.time()) < 5
    assert set(values) == {"query_id", "user", "auth_date", "signature"}
    old = urlsplit(await person.opens_page("有空", date=1_700_000_000)).fragment
    assert "auth_date%3D1700000000" in old


async def test_a_button_that_is_not_there_opens_nothing(server: Server, person: Person) -> None:
    await server.call("sendMessage", chat_id=1001, text="x", reply_markup=markup(PAGE))
    with pytest.raises(AssertionError, match="no button '别的' there that opens a page"):
        await person.opens_page("别的")
    with pytest.raises(AssertionError, match="no button"):
        await person.act("press", button="日历")
    await person.blocks()
    with pytest.raises(AssertionError, match="blocked"):
        await person.opens_page("日历")
