"""The card of a written note: one page to print, in the school's name."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Literal
from xml.sax.saxutils import escape

from babel.dates import format_date
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, KeepInFrame, Paragraph, Spacer

from handlers.texts import words
from models.duties.notes import Card

FONT = "STSong-Light"
"""One of the fonts that every reader of PDF files has for Chinese: nothing is put into the file."""
_INK, _SOFT, _LINE = HexColor("#2b2b2b"), HexColor("#6b6b6b"), HexColor("#c9a66b")
_SIZES, _SMALLEST = ((120, 18), (240, 16)), 14
"""Characters up to which the text is set so large, in points."""
_BEYOND = re.compile(r"[^\u0009\u000a\u0020-\u2bff\u3000-\uffef]")
"""What the font has no sign for: emoji above all."""


@cache
def _font() -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return FONT


def drawn(card: Card, language: str) -> bytes:
    """The card as a PDF file; a long text is set smaller until it fits its page."""
    font = _font()
    width, height = landscape(A5)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1)
    title = words(language, "note.title", child=card.child)
    canvas.setTitle(title)
    canvas.setAuthor(card.school)
    for gap, line in ((8 * mm, 1.2), (9.5 * mm, 0.4)):
        canvas.setStrokeColor(_LINE)
        canvas.setLineWidth(line)
        canvas.roundRect(gap, gap, width - 2 * gap, height - 2 * gap, 3 * mm)

    def style(name: str, size: float, *, align: Literal[0, 1, 2] = TA_LEFT, indent: float = 0) -> ParagraphStyle:
        return ParagraphStyle(
            name,
            fontName=font,
            fontSize=size,
            leading=size * 1.7,
            textColor=_SOFT if name == "small" else _INK,
            wordWrap="CJK",
            alignment=align,
            firstLineIndent=indent,
        )

    size = next((large for most, large in _SIZES if len(card.text) <= most), _SMALLEST)
    text = style("text", size, indent=2 * size if language == "zh_CN" else 0)
    head, small, foot = (
        style("head", 20, align=TA_CENTER),
        style("small", 11, align=TA_CENTER),
        style("foot", 12, align=TA_RIGHT),
    )
    day = format_date(card.day, "y年M月d日" if language == "zh_CN" else "d MMMM y", locale=language)
    story: list[Flowable] = [
        Paragraph(_shown(card.school), small),
        Paragraph(_shown(title), head),
        Spacer(1, 6 * mm),
        *(Paragraph(_shown(one), text) for one in card.text.splitlines() if one.strip()),
        Spacer(1, 4 * mm),
        Paragraph(_shown(words(language, "note.signed", mentor=card.mentor)), foot),
        Paragraph(_shown(f"{card.term}  {day}"), foot),
    ]
    inner = 16 * mm
    wide, high = width - 2 * inner, height - 2 * inner
    # A short note stands a little above the middle, not at the top of an empty page.
    free = high - sum(one.wrap(wide, high)[1] for one in story)
    story.insert(0, Spacer(1, max(free, 0) / 3))
    frame = Frame(inner, inner, wide, high, 0, 0, 0, 0)
    frame.addFromList([KeepInFrame(wide, high, story, mode="shrink")], canvas)
    canvas.save()
    return out.getvalue()


def _shown(text: str) -> str:
    return escape(_BEYOND.sub("", text))
