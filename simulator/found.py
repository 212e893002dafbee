"""What Telegram finds in a text by itself (commands, links, mentions), and how apps cut a text that is too long."""

from __future__ import annotations

import re
from typing import Any

from simulator.html import units

_TOP_LEVEL = (
    "com|org|net|edu|gov|info|biz|io|me|ai|app|dev|cn|hk|tw|jp|kr|sg|uk|us|eu|de|fr|ru|ua|in|it|es|nl|pl|ch|xyz"
)
_KINDS = (
    ("url", re.compile(r"(?:https?|ftp|tg|ton)://[^\s<>\"，。！？、）】]+", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")),
    (
        "url",
        re.compile(
            rf"(?<![\w@./-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+(?:{_TOP_LEVEL})(?![\w-])(?::\d+)?(?:[/?#][^\s<>\"，。]*)?",
            re.IGNORECASE | re.ASCII,
        ),
    ),
    ("bot_command", re.compile(r"(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")),
    ("mention", re.compile(r"(?<![\w/.])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w/#])#(?=\w*[^\W\d_])\w{1,256}")),
    ("cashtag", re.compile(r"(?<!\w)\$[A-Z]{1,8}(?!\w)")),
)
_HINT = re.compile(r"[/@#$.]")
_TAIL = ".,:;!?'\")]"


def found_in(text: str) -> list[dict[str, Any]]:
    """Entities that nobody gave: links, addresses, commands, mentions, tags; in their order, none inside another."""
    if not _HINT.search(text):
        return []
    taken: list[tuple[int, int, str]] = []
    for kind, pattern in _KINDS:
        for one in pattern.finditer(text):
            begin, end = one.span()
            if kind == "url":
                end = begin + len(text[begin:end].rstrip(_TAIL))
            if end > begin and not any(begin < other_end and other < end for other, other_end, _ in taken):
                taken.append((begin, end, kind))
    taken.sort()
    return [
        {"type": kind, "offset": units(text[:begin]), "length": units(text[begin:end])} for begin, end, kind in taken
    ]


def parts_of(text: str, spans: list[dict[str, Any]], limit: int) -> list[tuple[str, list[dict[str, Any]]]]:
    """What an app makes of a text over the limit (UTF-16 units): several, cut after a line or a word where it can."""
    if units(text) <= limit:
        return [(text, spans)]
    parts: list[tuple[str, list[dict[str, Any]]]] = []
    offset = 0
    while text:
        cut = _cut(text, limit)
        part, text = text[:cut], text[cut:]
        length = units(part)
        inside = [
            {**one, "offset": begin - offset, "length": end - begin}
            for one in spans
            if (end := min(one["offset"] + one["length"], offset + length)) > (begin := max(one["offset"], offset))
        ]
        parts.append((part, inside))
        offset += length
    return parts


def _cut(text: str, limit: int) -> int:
    if units(text) <= limit:
        return len(text)
    most = limit
    while units(text[:most]) > limit:
        most -= max(1, (units(text[:most]) - limit) // 2)
    for mark in ("\n", " "):
        place = text.rfind(mark, most // 2, most)
        if place > 0:
            return place + 1
    return most
