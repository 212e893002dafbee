"""Texts: what Telegram's parser takes and refuses, how it counts, trims and finds."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, MessageEntity

from simulator.client import Person
from simulator.entities import normal
from simulator.found import found_in, parts_of
from simulator.html import read_html, units
from simulator.refusals import Refused
from tests.simulator.conftest import Server


@pytest.mark.parametrize(
    ("html", "text", "kinds"),
    [
        ("<b>bold <i>both</i></b> plain", "bold both plain", ["bold", "italic"]),
        ("a &lt;b&gt; &amp; &quot;c&quot; &#39; &#x1F600; &nbsp;", 'a <b> & "c" \' 😀 &nbsp;', []),
        ('<a href="https://example.com/?a=1&amp;b=2">x</a>', "x", ["text_link"]),
        ("<a href='nonsense'>x</a>", "x", []),
        ('<pre><code class="language-python">x</code></pre>', "x", ["pre"]),
        (
            "<u>1</u><s>2</s><tg-spoiler>3</tg-spoiler><code>4</code>",
            "1234",
            ["underline", "strikethrough", "spoiler", "code"],
        ),
        (
            "<blockquote expandable>q</blockquote><blockquote>r</blockquote>",
            "qr",
            ["expandable_blockquote", "blockquote"],
        ),
        ('<span class="tg-spoiler">s</span>', "s", ["spoiler"]),
        ("<B>loud</b >", "loud", ["bold"]),
        ("5 > 3 & 2", "5 > 3 & 2", []),
        ("<b></b>empty", "empty", []),
    ],
)
def test_html_that_telegram_reads(html: str, text: str, kinds: list[str]) -> None:
    found, spans = read_html(html)
    assert (found, [one["type"] for one in spans]) == (text, kinds)


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("字<br>", 'Unsupported start tag "br" at byte offset 3'),
        ("2 < 3", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href=x_y>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_html_that_telegram_refuses(server: Server, person: Person, html: str, complaint: str) -> None:
    answer = await server.refused("sendMessage", chat_id=1001, text=html, parse_mode="HTML")
    assert answer == f"Bad Request: can't parse entities: {complaint}"


async def test_a_sent_text_is_trimmed_and_its_entities_move_along(ptb: Bot) -> None:
    bold = MessageEntity("bold", 2, 4)
    sent = await ptb.send_message(1001, " \n老师😀  ", entities=[bold])
    assert sent.text == "老师😀"
    assert sent.entities == (MessageEntity("bold", 0, 4),)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("tab\there\r\n", "tab here"),
        ("a\u202eb\u2028c", "abc"),
        ("\u200f\u200fx", "\u200c\u200fx"),
        ("字\u3000字", "字\u3000字"),
    ],
)
def test_what_telegram_takes_out_of_every_text(text: str, kept: str) -> None:
    assert normal(text, [])[0] == kept


@pytest.mark.parametrize("text", [" ", "\n\t", "\u200b", "\u3000 \u00a0", "\u202e"])
async def test_a_text_of_which_nothing_can_be_seen_is_refused(server: Server, person: Person, text: str) -> None:
    assert await server.refused("sendMessage", chat_id=1001, text=text) == "Bad Request: text must be non-empty"


async def test_mentions_by_id_name_the_person(ptb: Bot) -> None:
    html = '<a href="tg://user?id=1001">她</a><a href="tg://user?id=5">?</a>'
    sent = await ptb.send_message(1001, html, parse_mode="HTML")
    assert [(one.type, one.user and one.user.first_name) for one in sent.entities] == [("text_mention", "王芳")]


async def test_half_a_surrogate_pair_is_refused(server: Server, person: Person) -> None:
    url = f"{server.url}/bot{server.token}/sendMessage"
    body = b'{"chat_id": 1001, "text": "\\ud83d"}'
    async with server.http.post(url, data=body, headers={"Content-Type": "application/json"}) as response:
        assert (await response.json())["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_a_missing_text_is_refused(server: Server, person: Person) -> None:
    assert await server.refused("sendMessage", chat_id=1001, text="") == "Bad Request: message text is empty"
    assert await server.refused("sendMessage", chat_id=1001) == "Bad Request: message text is empty"


async def test_lengths_are_counted_in_utf_16_units_after_parsing(server: Server, person: Person, ptb: Bot) -> None:
    sent = await ptb.send_message(1001, f"<b>{'😀' * 2048}</b>  ", parse_mode="HTML")
    assert len(sent.text or "") == 2048
    assert await server.refused("sendMessage", chat_id=1001, text="😀" * 2049) == "Bad Request: message is too long"
    assert await server.refused("sendMessage", chat_id=1001, text="x" * 4097) == "Bad Request: message is too long"


@pytest.mark.parametrize(
    ("spans", "complaint"),
    [
        (
            [{"type": "bold", "offset": 100, "length": 1}],
            "entity begins after the end of the text at UTF-16 offset 100",
        ),
        (
            [{"type": "bold", "offset": 0, "length": 9}],
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9",
        ),
        (
            [{"type": "bold", "offset": 1, "length": 1}],
            "entity begins in a middle of a UTF-16 symbol at byte offset 0",
        ),
        ([{"type": "loud", "offset": 0, "length": 1}], "can't parse MessageEntity: Unsupported type specified"),
        ([{"type": "bold", "length": 1}], "can't parse MessageEntity: Can't find field \"offset\""),
        ([{"type": "text_link", "offset": 0, "length": 2}], "can't parse MessageEntity: Can't find field \"url\""),
        (
            [{"type": "text_link", "offset": 0, "length": 2, "url": "localhost"}],
            "entity URL 'localhost' is invalid: Wrong HTTP URL",
        ),
        (
            [{"type": "bold", "offset": 0, "length": 3}, {"type": "italic", "offset": 2, "length": 3}],
            "entity beginning at UTF-16 offset 2 ends after the end of the text at UTF-16 offset 5",
        ),
    ],
)
async def test_lists_of_entities_are_checked(
    server: Server, person: Person, spans: list[dict[str, Any]], complaint: str
) -> None:
    answer = await server.refused("sendMessage", chat_id=1001, text="😀abc", entities=spans)
    assert answer == f"Bad Request: {complaint}"


async def test_a_parse_mode_that_nobody_knows_is_refused(server: Server, person: Person) -> None:
    answer = await server.refused("sendMessage", chat_id=1001, text="x", parse_mode="bbcode")
    assert answer == "Bad Request: unsupported parse_mode"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/start abc", [("bot_command", "/start")]),
        ("看 https://example.com/a?b=c。 好", [("url", "https://example.com/a?b=c")]),
        ("school.edu.cn/x, and a@b.org", [("url", "school.edu.cn/x"), ("email", "a@b.org")]),
        ("@mentor_bot /help@mentor_bot #五年级 $USD", None),
        ("1/2 a/b 12:30 3.5", []),
        ("😀 /help", [("bot_command", "/help")]),
    ],
)
def test_what_telegram_finds_by_itself(text: str, kinds: list[tuple[str, str]] | None) -> None:
    raw = text.encode("utf-16-le")
    found = [
        (one["type"], raw[one["offset"] * 2 : (one["offset"] + one["length"]) * 2].decode("utf-16-le"))
        for one in found_in(text)
    ]
    if kinds is None:
        kinds = [
            ("mention", "@mentor_bot"),
            ("bot_command", "/help@mentor_bot"),
            ("hashtag", "#五年级"),
            ("cashtag", "$USD"),
        ]
    assert found == kinds


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60), st.integers(2, 12))
def test_cutting_loses_nothing(text: str, limit: int) -> None:
    parts = parts_of(text, [], limit)
    assert "".join(part for part, _ in parts) == text
    assert all(units(part) <= limit for part, _ in parts)


@given(st.text(st.sampled_from("<>/&;ab=\"' \n😀字"), max_size=40))
def test_any_html_is_read_or_refused(html: str) -> None:
    with contextlib.suppress(Refused):
        text, spans = read_html(html)
        assert all(0 <= one["offset"] < one["offset"] + one["length"] <= units(text) for one in spans)
