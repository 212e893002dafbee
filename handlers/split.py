"""Texts longer than a message may be: split between grapheme clusters, with their spans, in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handlers.texts import Rich, units

LIMIT = 4096
"""UTF-16 units of one message after its markup was read (Telegram Bot API, sendMessage)."""

_JOINERS = frozenset("\u200d\ufe0f\u20e3")


def shifted(spans: Iterable[dict[str, Any]], by: int) -> list[dict[str, Any]]:
    """The same spans further on."""
    return [{**span, "offset": span["offset"] + by} for span in spans]


def pieces(whole: Rich, limit: int = LIMIT) -> list[Rich]:
    """The text in pieces of at most `limit` UTF-16 units; a span that crosses a border stands in both pieces."""
    if units(whole.text) <= limit:
        return [whole]
    found: list[Rich] = []
    start, start_units = 0, 0
    while start < len(whole.text):
        end, length = start, 0
        best = start
        while end < len(whole.text):
            size = units(whole.text[end])
            if length + size > limit:
                break
            length += size
            end += 1
            if end == len(whole.text) or _is_border(whole.text, end):
                best = end
        end = best if best > start else max(end, start + 1)
        text = whole.text[start:end]
        found.append(Rich(text, tuple(_cut(whole.spans, start_units, units(text)))))
        start_units += units(text)
        start = end
    return found


def _is_border(text: str, at: int) -> bool:
    after, before = text[at], text[at - 1]
    if after in _JOINERS or before == "\u200d":
        return False
    code = ord(after)
    # Combining marks, skin tones, variation selectors and flags' second halves belong to what stands before them.
    combining = 0x0300 <= code <= 0x036F or 0xFE00 <= code <= 0xFE0F or 0x1F3FB <= code <= 0x1F3FF
    flag = 0x1F1E6 <= code <= 0x1F1FF and 0x1F1E6 <= ord(before) <= 0x1F1FF
    return not (combining or flag)


def _cut(spans: tuple[dict[str, Any], ...], start: int, length: int) -> Iterable[dict[str, Any]]:
    for span in spans:
        begin = max(span["offset"], start)
        end = min(span["offset"] + span["length"], start + length)
        if end > begin:
            yield {**span, "offset": begin - start, "length": end - begin}
