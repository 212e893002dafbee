"""parse_mode=HTML as Telegram reads it: its tags, its four named entities, and its complaints with byte offsets.

Source: Telegram Bot API, formatting options; the wording of the complaints follows the open Bot API server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from simulator.refusals import Refused, bad

_SIMPLE = {
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
    "span": "spoiler",
}
_TAGS = frozenset(_SIMPLE) | {"a", "pre", "code", "blockquote", "tg-emoji", "tg-time"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_PLAIN = re.compile(r"[^<&]+")
_SCHEME = re.compile(r"^(https?|tg|ton|tonsite|mailto|tel):", re.IGNORECASE)
_HOST = re.compile(r"^[^\s/?#:@]+\.[^\s/?#:@]{2,}(:\d+)?([/?#]\S*)?$")
_SPACE = " \t\r\n\v\f\0"


def units(text: str) -> int:
    """Length in UTF-16 units, in which Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def checked_link(url: str) -> str:
    """A link as Telegram keeps it; empty where it is none."""
    if _SCHEME.match(url):
        web = re.match(r"^(https?)://([^/?#\s]+)(.*)$", url, re.IGNORECASE | re.DOTALL)
        if web is None:
            return "" if url.lower().startswith("http") else url
        if "." not in web[2] and not web[2].startswith("["):
            return ""
        rest = web[3] if web[3].startswith("/") else f"/{web[3]}"
        return f"{web[1].lower()}://{web[2]}{rest}"
    return checked_link(f"http://{url}") if _HOST.match(url) else ""


def _decoded(text: str, at: int) -> tuple[str, int]:
    """The character that an entity at this place stands for and where it ends; nothing where it is none."""
    found = _ENTITY.match(text, at)
    if found is None:
        return "", at
    if found[3] is not None:
        return (_NAMED[found[3]], found.end()) if found[3] in _NAMED else ("", at)
    code = int(found[1], 16) if found[1] is not None else int(found[2])
    surrogate = 0xD800 <= code <= 0xDFFF
    if code == 0 or code >= 0x10FFFF or surrogate or len(found[0].rstrip(";")) >= 10:
        return "", at
    return chr(code), found.end()


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int
    begin: int


class _Reader:
    def __init__(self, source: str) -> None:
        self.source, self.at, self.length = source, 0, 0
        self.parts: list[str] = []
        self.open: list[_Open] = []
        self.spans: list[dict[str, Any]] = []

    def byte(self, at: int) -> int:
        return len(self.source[:at].encode("utf-8", "surrogatepass"))

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += units(text)

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        source = self.source
        while self.at < len(source):
            plain = _PLAIN.match(source, self.at)
            if plain is not None:
                self.add(plain[0])
                self.at = plain.end()
            elif source[self.at] == "&":
                ch, end = _decoded(source, self.at)
                self.add(ch or "&")
                self.at = end if ch else self.at + 1
            elif source[self.at + 1 : self.at + 2] == "/":
                self.close_tag()
            else:
                self.open_tag()
        if self.open:
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{self.open[-1].tag}\"")
        self.spans.sort(key=lambda span: (span["offset"], -span["length"]))
        return "".join(self.parts), self.spans

    def open_tag(self) -> None:
        source, begin = self.source, self.at
        at = begin + 1
        while at < len(source) and source[at] not in _SPACE and source[at] != ">":
            at += 1
        if at == len(source):
            raise self.wrong("Unclosed start tag", begin)
        tag = source[begin + 1 : at].lower()
        if tag not in _TAGS:
            raise self.wrong(f'Unsupported start tag "{tag}"', begin)
        argument, self.at = self.attributes(tag, begin, at)
        if tag == "span" and argument != "spoiler":
            raise self.wrong('Tag "span" must have class "tg-spoiler"', begin)
        if tag == "tg-emoji" and not argument.isdecimal():
            raise bad("can't parse entities: Invalid custom emoji identifier specified")
        if tag == "tg-time" and not argument.isdecimal():
            raise bad("can't parse entities: Invalid Unix time specified")
        self.open.append(_Open(tag, argument, self.length, len(self.parts)))

    def attributes(self, tag: str, begin: int, at: int) -> tuple[str, int]:
        """What the tag's attributes say, and the place behind the tag."""
        source, argument = self.source, ""
        while True:
            at = self.skip(at)
            if at >= len(source):
                raise self.wrong("Unclosed start tag", begin)
            if source[at] == ">":
                return argument, at + 1
            start = at
            while at < len(source) and source[at] not in _SPACE and source[at] not in "=>":
                at += 1
            name = source[start:at].lower()
            if not name:
                raise self.wrong(f'Empty attribute name in the tag "{tag}"', begin)
            at = self.skip(at)
            value = ""
            if at < len(source) and source[at] == "=":
                value, at = self.value(self.skip(at + 1), begin)
            elif not (tag == "blockquote" and name == "expandable"):
                raise self.wrong(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
            argument = _argument(tag, name, value, argument)

    def value(self, at: int, begin: int) -> tuple[str, int]:
        source = self.source
        if at >= len(source):
            raise self.wrong("Unclosed start tag", begin)
        if source[at] not in "'\"":
            start = at
            while at < len(source) and (source[at].isalnum() or source[at] in ".-"):
                at += 1
            if at < len(source) and source[at] not in _SPACE and source[at] != ">":
                raise self.wrong("Unexpected end of name token", start)
            return source[start:at].lower(), at
        quote, parts = source[at], []
        at += 1
        while at < len(source) and source[at] != quote:
            ch, end = _decoded(source, at)
            parts.append(ch or source[at])
            at = end if ch else at + 1
        if at >= len(source):
            raise self.wrong("Unclosed start tag", begin)
        return "".join(parts), at + 1

    def close_tag(self) -> None:
        source, begin = self.source, self.at
        if not self.open:
            raise self.wrong("Unexpected end tag", begin)
        at = begin + 2
        while at < len(source) and source[at] not in _SPACE and source[at] != ">":
            at += 1
        name = source[begin + 2 : at]
        at = self.skip(at)
        if at >= len(source) or source[at] != ">":
            raise self.wrong("Unclosed end tag", begin)
        top = self.open.pop()
        if name and name != top.tag:
            raise bad(
                f"can't parse entities: Unmatched end tag at byte offset {self.byte(begin)},"
                f' expected "</{top.tag}>", found "</{name}>"'
            )
        self.at = at + 1
        if self.length > top.offset:
            self.finish(top)

    def finish(self, top: _Open) -> None:
        span: dict[str, Any] = {"offset": top.offset, "length": self.length - top.offset}
        same = bool(self.spans) and (self.spans[-1]["offset"], self.spans[-1]["length"]) == (*span.values(),)
        if top.tag == "a":
            link = top.argument or "".join(self.parts[top.begin :])
            person = re.match(r"^tg://user\?id=(\d+)$", link)
            if person is not None:
                span |= {"type": "text_mention", "user": {"id": int(person[1])}}
            else:
                link = checked_link(link)
                if not link:
                    return
                span |= {"type": "text_link", "url": link}
        elif top.tag == "pre":
            if same and self.spans[-1]["type"] == "code" and self.spans[-1].get("language"):
                self.spans[-1]["type"] = "pre"
                return
            span |= {"type": "pre"}
        elif top.tag == "code":
            span |= {"type": "code", **({"language": top.argument} if top.argument else {})}
        elif top.tag == "blockquote":
            span |= {"type": "expandable_blockquote" if top.argument else "blockquote"}
        elif top.tag == "tg-emoji":
            span |= {"type": "custom_emoji", "custom_emoji_id": top.argument}
        elif top.tag == "tg-time":
            span |= {"type": "date_time", "unix_time": int(top.argument)}
        else:
            span |= {"type": _SIMPLE[top.tag]}
        self.spans.append(span)

    def skip(self, at: int) -> int:
        while at < len(self.source) and self.source[at] in _SPACE:
            at += 1
        return at

    def wrong(self, text: str, at: int) -> Refused:
        return bad(f"can't parse entities: {text} at byte offset {self.byte(at)}")


def _argument(tag: str, name: str, value: str, before: str) -> str:
    if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id"), ("tg-time", "unix")):
        return value
    if tag == "code" and name == "class" and value.startswith("language-"):
        return value.removeprefix("language-")
    if tag == "span" and name == "class" and value.startswith("tg-"):
        return value.removeprefix("tg-")
    if tag == "blockquote" and name == "expandable":
        return "expandable"
    return before


def read_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities of HTML. Raises Refused for what Telegram cannot parse."""
    text, spans = _Reader(source).read()
    for span in spans:
        if span["type"] == "code":
            span.pop("language", None)
    return text, spans
