"""A bar chart as a picture for a chat.

Digits, dates and Latin letters stand in it, words in the caption below: no font with Chinese signs is there on every
machine. What a colour means the caption says with the square of `SIGNS` at the same place.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#d55e00")
"""Told apart by the colour-blind too (Okabe and Ito, Color Universal Design)."""
SIGNS = ("🟦", "🟧", "🟩", "🟪", "🟨", "🟥")
"""For captions: the squares that look like the colours."""
_PAPER, _GRID, _LINE, _INK, _SOFT = "#ffffff", "#e4e9ee", "#9aa7b3", "#26323d", "#66737e"
_EDGE, _TOP, _FOOT, _GAP = 24, 48, 54, 7
"""Pixels: around the picture, above the highest bar, under the ground line, between a bar and its number."""
_WIDEST, _SHARE = 88, 0.68
"""Pixels of a bar at most; of its place the part that it fills."""
_STEPS = 5
_SIZE, _SMALLEST = 24, 12
"""Pixels of letters: a phone shows the picture at less than half its size. Numbers above narrow bars are set smaller,
then shortened."""
_LONGEST = 16
"""Letters of a label."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label in digits or Latin letters, and its parts from the ground up, none below zero."""

    label: str
    parts: tuple[int, ...]
    known: bool = True
    """False: '-' stands above it instead of its total, which nobody knows."""

    @property
    def total(self) -> int:
        """What stands above it."""
        return sum(self.parts)


def bars(bars: Sequence[Bar], *, width: int = 900, height: int = 480) -> bytes:
    """The chart as a PNG of so many pixels. Parts at the same place have the same colour in every bar.

    Raises ValueError for a part below zero.
    """
    if any(part < 0 for bar in bars for part in bar.parts):
        raise ValueError("a part below zero")
    step, top = scale(max((bar.total for bar in bars), default=0))
    ticks = [(value, f"{value:,}" if top < 10_000 else short(value)) for value in range(0, top + 1, step)]
    picture = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(picture)
    left = _EDGE + max(_wide(text, _SIZE) for _, text in ticks) + 12
    right, ground = width - _EDGE, height - _FOOT
    for value, text in ticks:
        y = round(ground - (ground - _TOP) * value / top)
        draw.line((left, y, right, y), _LINE if value == 0 else _GRID, 2)
        draw.text((left - 12, y), text, _SOFT, _font(_SIZE), "rm")
    if bars:
        place = (right - left) / len(bars)
        numbers, size = _numbers(bars, place - 3)
        every = math.ceil((max(_wide(_latin(bar.label), _SIZE) for bar in bars) + 16) / place)
        for number, bar in enumerate(bars):
            middle = left + place * (number + 0.5)
            roof = _stack(draw, bar, middle, min(place * _SHARE, _WIDEST), ground, (ground - _TOP) / top)
            draw.text((middle, roof - _GAP), numbers[number], _INK, _font(size), "ms")
            if number % every == 0:
                draw.text((middle, ground + 12), _latin(bar.label), _SOFT, _font(_SIZE), "mt")
    out = io.BytesIO()
    # Few colours and their shades: with a palette the file has less than half its size.
    picture.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _stack(draw: ImageDraw.ImageDraw, bar: Bar, middle: float, wide: float, ground: int, unit: float) -> int:
    """Draws a bar's parts on one another, a fine line between two of them; answers where it ends above."""
    below, roof = 0, ground
    for number, part in enumerate(bar.parts):
        if part == 0:
            continue
        foot, roof = round(ground - below * unit), round(ground - (below + part) * unit)
        # What is there is seen, however small; the white line between two parts is a part's own lowest pixel.
        roof = min(roof, foot - 1)
        lowest = foot - 2 if below and foot - roof > 3 else foot - 1
        box = (round(middle - wide / 2), roof, round(middle + wide / 2), lowest)
        draw.rectangle(box, COLOURS[number % len(COLOURS)])
        below += part
    return roof


def scale(most: int) -> tuple[int, int]:
    """The step between two lines, whole and round, and the highest line."""
    rough = max(most / _STEPS, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= rough)
    return step, max(math.ceil(most / step), 1) * step


def _numbers(bars: Sequence[Bar], room: float) -> tuple[list[str], int]:
    """The totals as they fit side by side, and the size of their letters."""
    shortest = [short(bar.total) if bar.known else "-" for bar in bars]
    for texts in ([f"{bar.total:,}" if bar.known else "-" for bar in bars], shortest):
        for size in range(_SIZE, _SMALLEST - 1, -2):
            if max(_wide(text, size) for text in texts) <= room:
                return texts, size
    return shortest, _SMALLEST


def short(value: int) -> str:
    """1,234,567 as 1.2M."""
    for unit, sign in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= unit:
            many = value / unit
            return (f"{many:,.0f}" if many >= 100 else f"{many:.1f}".removesuffix(".0")) + sign
    return str(value)


def _latin(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() and sign.isascii())[:_LONGEST]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _wide(text: str, size: int) -> int:
    return math.ceil(_font(size).getlength(text))
