"""The card of a written note: one page to print, in the school's name."""

from __future__ import annotations

import io

from babel.dates import format_date
from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, KeepInFrame, Paragraph, Spacer

from handlers import pdf
from handlers.pdf import shown
from handlers.texts import words
from models.duties.notes import Card

_SIZES, _SMALLEST = ((120, 18), (240, 16)), 14
"""Characters up to which the text is set so large, in points."""


def drawn(card: Card, language: str) -> bytes:
    """The card as a PDF file; a long text is set smaller until it fits its page."""
    width, height = landscape(A5)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1)
    title = words(language, "note.title", child=card.child)
    canvas.setTitle(title)
    canvas.setAuthor(card.school)
    pdf.frame(canvas, width, height)
    size = next((large for most, large in _SIZES if len(card.text) <= most), _SMALLEST)
    text = pdf.style(size, indent=2 * size if language == "zh_CN" else 0)
    head, small = pdf.style(20, align=pdf.CENTRE), pdf.style(11, colour=pdf.SOFT, align=pdf.CENTRE)
    foot = pdf.style(12, align=pdf.RIGHT)
    day = format_date(card.day, "y年M月d日" if language == "zh_CN" else "d MMMM y", locale=language)
    story: list[Flowable] = [
        Paragraph(shown(card.school), small),
        Paragraph(shown(title), head),
        Spacer(1, 6 * mm),
        *(Paragraph(shown(one), text) for one in card.text.splitlines() if one.strip()),
        Spacer(1, 4 * mm),
        Paragraph(shown(words(language, "note.signed", mentor=card.mentor)), foot),
        Paragraph(shown(f"{card.term}  {day}"), foot),
    ]
    inner = 16 * mm
    wide, high = width - 2 * inner, height - 2 * inner
    # A short note stands a little above the middle, not at the top of an empty page.
    free = high - sum(one.wrap(wide, high)[1] for one in story)
    story.insert(0, Spacer(1, max(free, 0) / 3))
    page = Frame(inner, inner, wide, high, 0, 0, 0, 0)
    page.addFromList([KeepInFrame(wide, high, story, mode="shrink")], canvas)
    canvas.save()
    return out.getvalue()
