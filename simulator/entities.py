"""Texts as Telegram reads them: lengths in UTF-16 units, HTML, lists of entities, and what it finds by itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
_TYPES = frozenset(_TAGS.values()) | {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "expandable_blockquote",
    "text_mention",
    "custom_emoji",
    "date_time",
}
_FOUND = (
    ("bot_command", re.compile(r"(?<![\w/])/[a-zA-Z0-9_]{1,32}(?:@\w{3,32})?")),
    ("url", re.compile(r"https?://[^\s<>]+|(?<![\w@.])t\.me/[^\s<>]+")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}")),
    ("hashtag", re.compile(r"(?<!\w)#\w+")),
)


class Refused(Exception):  # noqa: N818 - Telegram's own word for it
    """A call that Telegram refuses: HTTP status, its text, and parameters such as retry_after."""

    def __init__(self, status: int, text: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.parameters = status, text, parameters


def bad(text: str) -> Refused:
    """400 with Telegram's prefix."""
    return Refused(400, f"Bad Request: {text}")


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if not text.isascii() else len(text)


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.length = 0
        self.open: list[tuple[str, int, dict[str, Any]]] = []
        self.spans: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.length}')
        extra = {"url": dict(attrs).get("href") or ""} if tag == "a" else {}
        self.open.append((tag, self.length, extra))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {self.length}")
        tag, start, extra = self.open.pop()
        if self.length > start:
            self.spans.append({"type": _TAGS[tag], "offset": start, "length": self.length - start, **extra})

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self.length += units(data)


def read_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities of HTML. Raises Refused for what Telegram cannot parse."""
    if re.search(r"<(?![/a-zA-Z])", text) or re.search(r"<[^>]*$", text):
        raise bad("can't parse entities: Unexpected end of name token at byte offset 0")
    parser = _Html()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{parser.open[-1][0]}\"")
    return "".join(parser.text), sorted(parser.spans, key=lambda span: int(span["offset"]))


def prepare(
    text: Any, parse_mode: str | None, given: Any, *, limit: int, empty: str, long: str
) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities as they will stand: trimmed of white space, checked against the limit."""
    if not isinstance(text, str):
        raise bad(empty)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    spans: list[dict[str, Any]] = []
    if parse_mode:
        if parse_mode.lower() != "html":
            raise bad("unsupported parse_mode")
        text, spans = read_html(text)
    elif given:
        spans = _checked(given, units(text))
    start = len(text) - len(text.lstrip())
    cut = units(text[:start])
    text = text.strip()
    total = units(text)
    if not text and empty:
        raise bad(empty)
    if total > limit:
        raise bad(long)
    moved = []
    for span in spans:
        begin = max(span["offset"] - cut, 0)
        end = min(span["offset"] + span["length"] - cut, total)
        if end > begin:
            moved.append({**span, "offset": begin, "length": end - begin})
    return text, moved + found_in(text)


def _checked(given: Any, total: int) -> list[dict[str, Any]]:
    if not isinstance(given, list):
        raise bad("can't parse entities: expected an Array of MessageEntity")
    spans = []
    for one in given:
        if not isinstance(one, dict) or one.get("type") not in _TYPES:
            raise bad("can't parse MessageEntity: unsupported type")
        offset, length = one.get("offset"), one.get("length")
        if type(offset) is not int or type(length) is not int:
            raise bad("can't parse MessageEntity: offset and length must be integers")
        if offset < 0 or length < 0 or offset + length > total:
            raise bad("entity begins or ends outside of the text")
        if one["type"] == "text_link" and not one.get("url"):
            raise bad("can't parse MessageEntity: can't find field \"url\"")
        spans.append(dict(one))
    return spans


def found_in(text: str) -> list[dict[str, Any]]:
    """What Telegram marks by itself: commands, links, mentions, hashtags."""
    if "/" not in text and "@" not in text and "#" not in text:
        return []
    return [
        {"type": kind, "offset": units(text[: one.start()]), "length": units(one.group())}
        for kind, pattern in _FOUND
        for one in pattern.finditer(text)
    ]


def parts_of(text: str) -> list[str]:
    """What an app makes of a text that is too long: several messages."""
    parts: list[str] = []
    current: list[str] = []
    length = 0
    for ch in text:
        size = units(ch)
        if length + size > TEXT_LIMIT:
            parts.append("".join(current))
            current, length = [], 0
        current.append(ch)
        length += size
    return [*parts, "".join(current)]
