"""The sheet of a home visit: everything stands on it, at any length, and nothing that was typed can break it."""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import replace

import pytest

from handlers import sheet
from handlers.sheet import Sheet
from handlers.texts import words

WHOLE = Sheet(
    school="实验小学",
    child="张小雨",
    day="2026年3月6日 星期五 19:00–19:45",
    form="到家里",
    people="王芳（妈妈）、李明老师",
    topics=("作息", "阅读"),
    strengths="爱提问，读书很专注",
    school_does="每周三一起整理错题",
    family_does="晚上九点半前放下手机",
    follow_up="4月3日打电话问近况",
    confirmed="王芳 3月7日 已确认",
)
_TOKEN = re.compile(rb"/(F\d+) [\d.]+ Tf|\(((?:[^\\()]|\\.)*)\) Tj", re.DOTALL)
_ESCAPED = re.compile(rb"\\(?:([0-7]{3})|(.))", re.DOTALL)
_SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(content: bytes) -> int:
    """How many pages a file has."""
    return content.count(b"/Type /Page\n")


def read(content: bytes) -> str:
    """All that is written in a file, in its order, lines run together."""
    latin = re.search(rb"/BaseFont /Times-Roman [^>]*/Name /(F\d+)", content)
    found, now = [], b""
    for stream in re.findall(rb"stream\r?\n(.*?)~>endstream", content, re.DOTALL):
        for font, text in _TOKEN.findall(zlib.decompress(base64.a85decode(stream))):
            now = font or now
            raw = _ESCAPED.sub(lambda one: bytes([int(one[1], 8)]) if one[1] else _SIGNS.get(one[2], one[2]), text)
            found.append(raw.decode("cp1252" if latin and now == latin[1] else "utf-16-be"))
    return "".join(found)


def test_all_of_it_stands_under_its_headings_on_one_page() -> None:
    drawn = sheet.drawn(WHOLE, "zh_CN")
    text = read(drawn)
    assert pages(drawn) == 1
    assert "张小雨的约定" in text
    assert "作息 · 阅读" in text
    assert "19:00–19:45" in text
    order = ["孩子的闪光点", "爱提问", "聊到了", "作息", "学校来做", "错题", "家里来做", "手机", "回访", "4月3日"]
    assert [text.find(one) for one in order] == sorted(text.find(one) for one in order)
    assert -1 not in [text.find(one) for one in (*order, WHOLE.school, WHOLE.people, WHOLE.form, WHOLE.confirmed)]


def test_what_is_empty_is_left_out_with_its_heading() -> None:
    bare = Sheet("实验小学", "张小雨", "3月6日", "", "", (), "", " \n", "", "", "")
    text = read(sheet.drawn(bare, "zh_CN"))
    assert "日期" in text
    for key in ("form", "people", "strengths", "topics", "school_does", "family_does", "follow_up"):
        assert words("zh_CN", f"sheet.{key}") not in text


def test_headings_are_in_the_language_that_is_asked_for() -> None:
    text = read(sheet.drawn(WHOLE, "en"))
    assert "What we agreed for " in text
    assert "The family will" in text
    assert "家里来做" not in text


def test_a_long_text_goes_on_to_the_next_page_and_begins_on_the_first() -> None:
    drawn = sheet.drawn(replace(WHOLE, strengths="好" * 1500), "zh_CN")
    assert pages(drawn) == 2
    text = read(drawn)
    assert text.count("好") == 1500
    assert text.index("好") < text.index("张小雨的约定 · 2")


HOSTILE = [
    "长" * 2000,
    "W" * 2000,
    "word " * 500,
    "一行\n" * 200,
    "😀 & <b>粗</b> </para> &amp; <img src=x>",
    "\u202eabc\x00",
]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_fits_in_any_place(text: str, language: str) -> None:
    whole = Sheet(text, text, text, text, text, (text, text), text, text, text, text, text)
    assert sheet.drawn(whole, language).startswith(b"%PDF")


def test_markup_stays_text_and_signs_without_a_shape_do_not_leave_boxes() -> None:
    text = read(sheet.drawn(replace(WHOLE, strengths="<b>&amp; 👍🏽好\u200b❤️"), "zh_CN"))
    assert "<b>&amp; 好" in text
    assert not {"👍", "❤", "\ufe0f", "\u200b"} & set(text)


def test_a_name_keeps_its_dot_and_shows_that_it_lacks_a_rare_character() -> None:
    text = read(sheet.drawn(replace(WHOLE, child="阿依古丽・买买提", people="𠮷田、José、Škoda"), "zh_CN"))
    assert "阿依古丽·买买提的约定" in text
    assert "〓田、José、Skoda" in text


def test_the_same_sheet_is_the_same_file_and_small() -> None:
    assert sheet.drawn(WHOLE, "zh_CN") == sheet.drawn(WHOLE, "zh_CN")
    assert len(sheet.drawn(WHOLE, "zh_CN")) < 8_000
