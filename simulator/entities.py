"""Texts as Telegram keeps them: cleaned, trimmed, measured in UTF-16 units, with lists of entities checked."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from simulator.found import found_in
from simulator.html import checked_link, read_html, units
from simulator.parameters import Values, listed, string
from simulator.refusals import Refused, bad

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_LIMIT = 100
"""Entities that Telegram shows of one message; the rest is dropped without a word."""
_PLAIN = frozenset(
    [
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "blockquote",
        "expandable_blockquote",
        "date_time",
    ]
)
_FOUND = frozenset(["mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"])
_KEPT = ("type", "offset", "length", "url", "user", "language", "custom_emoji_id", "unix_time", "date_time_format")
# Characters that no message keeps: carriage returns, line and paragraph separators, overrides of the direction of
# writing, and three combining marks (the Bot API server's clean_input_string).
_DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_MARKS = re.compile("[\u200e\u200f]+(?=[\u200e\u200f])")
_VISIBLE = re.compile(
    "[^ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\U000e0000-\U000e007f]"
)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without what Telegram takes out of every text. Raises Refused for lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad("strings must be encoded in UTF-8") from None
    text = _CONTROL.sub(" ", _DROPPED.sub("", text))
    return _MARKS.sub(lambda found: "\u200c" * len(found[0]), text)


def normal(text: str, spans: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Cleaned and trimmed text (empty where nothing of it can be seen) and its entities, moved along.

    1. Entities must begin and end between characters, inside the text, and one inside the other.
    2. What Telegram takes out is taken out; what follows moves.
    3. Spaces and line breaks around the text go; entities are cut to what is left.
    4. Commands, links and mentions are found, where no entity of the sender stands.
    """
    spans = _checked(text, spans)
    cleaned = clean(text)
    if spans and _DROPPED.search(text):
        spans = _moved(text, spans)
    if not _VISIBLE.search(cleaned):
        return "", []
    trimmed = cleaned.strip(" \n")
    cut = units(cleaned[: len(cleaned) - len(cleaned.lstrip(" \n"))])
    total = units(trimmed)
    kept = []
    for span in spans:
        begin = max(span["offset"] - cut, 0)
        end = min(span["offset"] + span["length"] - cut, total)
        if end > begin:
            kept.append({**span, "offset": begin, "length": end - begin})
    return trimmed, _merged(kept, found_in(trimmed))[:ENTITY_LIMIT]


def _checked(text: str, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not spans:
        return spans
    spans = sorted((one for one in spans if one["length"] > 0), key=lambda one: (one["offset"], -one["length"]))
    total = units(text)
    middles = {found.start() + count + 1 for count, found in enumerate(_ASTRAL.finditer(text))}
    open_ends: list[int] = []
    for span in spans:
        begin, end = span["offset"], span["offset"] + span["length"]
        if begin >= total:
            raise bad(f"entity begins after the end of the text at UTF-16 offset {begin}")
        if begin in middles:
            raise bad(f"entity begins in a middle of a UTF-16 symbol at byte offset {_byte(text, begin)}")
        while open_ends and open_ends[-1] <= begin:
            open_ends.pop()
        if end > total or (open_ends and end > open_ends[-1]):
            raise bad(
                f"entity beginning at UTF-16 offset {begin} ends after the end of the text at UTF-16 offset {end}"
            )
        if end in middles:
            raise bad(
                f"entity beginning at UTF-16 offset {begin} ends in a middle of a UTF-16 symbol"
                f" at byte offset {_byte(text, end)}"
            )
        open_ends.append(end)
    return spans


def _byte(text: str, offset: int) -> int:
    return len(text.encode("utf-16-le")[: offset * 2].decode("utf-16-le", "ignore").encode())


def _moved(text: str, spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Offsets after the removal of single units."""
    gone = [units(text[: found.start()]) for found in _DROPPED.finditer(text)]

    def place(offset: int) -> int:
        return offset - bisect_right(gone, offset - 1)

    moved = []
    for span in spans:
        begin, end = place(span["offset"]), place(span["offset"] + span["length"])
        if end > begin:
            moved.append({**span, "offset": begin, "length": end - begin})
    return moved


_OPAQUE = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji"})


def _merged(own: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not own or not found:
        return own or found
    closed = [(one["offset"], one["offset"] + one["length"]) for one in own if one["type"] in _OPAQUE]
    free = [
        one
        for one in found
        if not any(begin < one["offset"] + one["length"] and one["offset"] < end for begin, end in closed)
    ]
    return sorted(own + free, key=lambda one: (one["offset"], -one["length"]))


def read_entities(raw: list[Any]) -> list[dict[str, Any]]:
    """A list of MessageEntity as a client gives it; those that Telegram finds by itself are ignored. Raises Refused."""
    return [span for one in raw if (span := _entity(one)) is not None]


def _entity(one: Any) -> dict[str, Any] | None:
    if not isinstance(one, dict):
        raise _unreadable("expected an Object")
    found = {name: one[name] for name in _KEPT if one.get(name) is not None}
    for name in ("offset", "length"):
        if name not in found:
            raise _unreadable(f'Can\'t find field "{name}"')
        try:
            found[name] = int(found[name])
        except (TypeError, ValueError):
            raise _unreadable(f'Field "{name}" must be of type Number') from None
    kind = found.get("type")
    if not isinstance(kind, str):
        raise _unreadable('Can\'t find field "type"')
    if kind in _FOUND or found["offset"] < 0 or found["length"] <= 0:
        return None
    if kind == "text_link":
        if not isinstance(found.get("url"), str):
            raise _unreadable('Can\'t find field "url"')
        link = checked_link(found["url"])
        if not link:
            raise bad(f"entity URL '{found['url']}' is invalid: Wrong HTTP URL")
        found["url"] = link
    elif kind == "text_mention":
        if not isinstance(found.get("user"), dict) or "id" not in found["user"]:
            raise _unreadable('Can\'t find field "user"')
    elif kind == "custom_emoji":
        if not str(found.get("custom_emoji_id", "")).isdecimal():
            raise bad("invalid custom emoji identifier specified")
    elif kind not in _PLAIN:
        raise _unreadable("Unsupported type specified")
    return found


def _unreadable(text: str) -> Refused:
    return bad(f"can't parse MessageEntity: {text}")


def prepare(values: Values, name: str = "text", spans: str = "entities") -> tuple[str, list[dict[str, Any]]]:
    """Text and entities of a call as they will stand; empty text where there is none.

    Raises Refused for what cannot be parsed, not for the length: that is the server's affair, after the chat's.
    """
    text = string(values, name)
    mode = string(values, "parse_mode").lower()
    if mode == "html":
        return normal(*read_html(text))
    if mode not in ("", "none"):
        raise bad("unsupported parse_mode")
    given = listed(values, spans)
    return normal(text, read_entities(given) if given else [])


def message_text(values: Values) -> tuple[str, list[dict[str, Any]]]:
    """The text of a message. Raises Refused where there is none or none of it can be seen."""
    if not string(values, "text"):
        raise bad("message text is empty")
    text, spans = prepare(values)
    if not text:
        raise bad("text must be non-empty")
    return text, spans


def measured(text: str, limit: int, complaint: str) -> None:
    """Raises Refused for a text over the limit, in UTF-16 units."""
    if len(text) > limit // 2 and units(text) > limit:
        raise bad(complaint)
