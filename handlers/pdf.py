"""What every page to print shares: the font, what it has signs for, the styles of text, the school's frame."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, SimpleDocTemplate

FONT = "STSong-Light"
"""One of the fonts that every reader of PDF files has for Chinese: nothing is put into the file."""
LATIN = "Times-Roman"
"""For digits and Latin letters: where a reader has another Chinese font, that one's letters are too wide or too narrow."""
INK, SOFT, GOLD = HexColor("#2b2b2b"), HexColor("#6b6b6b"), HexColor("#c9a66b")
BAND = HexColor("#faf4e8")
"""Behind a heading."""
_HEADING = HexColor("#8a6420")
SIDE, _EDGE = 25 * mm, 20 * mm
"""How far text stands from a page's left and right, and from its top and bottom, in points."""
CENTRE: Literal[1] = TA_CENTER
RIGHT: Literal[2] = TA_RIGHT

_LATIN_SIGN = "[!-~\u00a1-\u00ac\u00ae-\u00ff\u2022]"
_LATIN_RUN = rf"{_LATIN_SIGN}(?:(?:{_LATIN_SIGN}|[ \u2013\u2014\u2018\u2019\u201c\u201d\u2026])*{_LATIN_SIGN})?"
_LATIN = re.compile(rf"((?:\u201c{_LATIN_RUN}\u201d)|{_LATIN_RUN})")
_LIKE = str.maketrans(
    dict.fromkeys("‧∙⋅・", "·") | dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f", " ") | {"\u2011": "-"}
)
"""Signs that both fonts lack, and those they have in their place. The dot stands in people's names."""
_ACCENTED = re.compile("(?![āēěīńňōūǎǐǒǔǖǘǚǜǹ])[\u0100-\u024f]")
"""Beyond Latin-1 there are only the signs of pinyin (Adobe's UniGB-UCS2-H): others lose their accent."""
_RARE = re.compile("[\U00020000-\U0003ffff]")
"""Chinese characters of the further planes: some stand in names, and must not vanish from one."""
_BEYOND = re.compile(
    "[^\u0009\u000a\u0020-\u007e\u00a1-\u00ac\u00ae-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u25ff\u2605\u2606\u2640\u2642"
    "\u2e80-\ud7ff\uf900-\ufdff\ufe10-\ufefe\uff00-\uffef]"
)
"""What there is no sign for, or what turns and hides text: emoji above all."""


@cache
def _font() -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return FONT


def shown(text: str) -> str:
    """A text as the library takes it: nothing in it is read as markup, and what cannot be printed is left out.

    A rare Chinese character becomes 〓, as printers have it, so that a name is seen to lack one.
    """
    text = _ACCENTED.sub(lambda found: unicodedata.normalize("NFD", found[0])[0], text.translate(_LIKE))
    pieces = _LATIN.split(_BEYOND.sub("", _RARE.sub("〓", text)))
    return "".join(
        f'<font face="{LATIN}">{escape(piece)}</font>' if number % 2 else escape(piece)
        for number, piece in enumerate(pieces)
    )


def style(
    size: float,
    *,
    colour: Color = INK,
    align: Literal[0, 1, 2] = TA_LEFT,
    indent: float = 0,
    before: float = 0,
    after: float = 0,
) -> ParagraphStyle:
    """A style of text. All in points: the size, `indent` of the first line, space before and after."""
    return ParagraphStyle(
        "text",
        fontName=_font(),
        fontSize=size,
        leading=size * 1.7,
        textColor=colour,
        # Lines break between any two signs, as Chinese does: a text without a blank fits too.
        wordWrap="CJK",
        alignment=align,
        firstLineIndent=indent,
        spaceBefore=before,
        spaceAfter=after,
    )


def frame(canvas: Canvas, width: float, height: float) -> None:
    """The double line around a page of so many points."""
    canvas.setStrokeColor(GOLD)
    for gap, line in ((8 * mm, 1.2), (9.5 * mm, 0.4)):
        canvas.setLineWidth(line)
        canvas.roundRect(gap, gap, width - 2 * gap, height - 2 * gap, 3 * mm)


def section(heading: str, lines: Sequence[str]) -> list[Flowable]:
    """A heading on a band and its lines; nothing where they have no words."""
    every = [line for text in lines for line in text.splitlines() if line.strip()]
    if not every:
        return []
    room: Any = (5, 6, 0, 6)  # above, right, below, left; the stubs know one number for all
    plain = style(14, colour=_HEADING, before=6 * mm, after=2.5 * mm)
    head = ParagraphStyle("heading", plain, backColor=BAND, borderPadding=room, borderRadius=3)
    body = style(12, after=1 * mm)
    # A heading at a page's end has two lines under it, or goes on to the next page.
    return [CondPageBreak(30 * mm), Paragraph(shown(heading), head), *(Paragraph(shown(one), body) for one in every)]


def pages(
    story: list[Flowable], *, title: str, author: str, foot: str, first: bool = True, side: float = SIDE
) -> bytes:
    """The story as a PDF file on framed A4 pages; `foot` and the page's number stand on each, or on all but the first.

    Sheets of paper come apart: so each says whose it is. `side` is the left and right edge in points.
    """

    def plain(canvas: Canvas, _document: Any) -> None:
        frame(canvas, *A4)

    def footed(canvas: Canvas, document: Any) -> None:
        frame(canvas, *A4)
        line = Paragraph(shown(f"{foot} · {document.page}"), style(9, colour=SOFT, align=CENTRE))
        line.wrapOn(canvas, A4[0] - 2 * side, _EDGE)
        line.drawOn(canvas, side, 11.5 * mm)

    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=side,
        rightMargin=side,
        topMargin=_EDGE,
        bottomMargin=_EDGE,
        title=title,
        author=author,
        invariant=1,
    )
    document.build(story, onFirstPage=footed if first else plain, onLaterPages=footed)
    return out.getvalue()
