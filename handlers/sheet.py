"""What a family may see of a home visit, as pages to print: what was good, what each side does, when one looks again."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, HRFlowable, Paragraph, SimpleDocTemplate, Spacer

from handlers import pdf
from handlers.pdf import shown
from handlers.texts import words

_SIDE, _EDGE = 25 * mm, 20 * mm
_LABELS = {"zh_CN": 20 * mm, "en": 28 * mm}
"""How far what follows a label stands from the left, in points."""
_HEADING, _BAND = HexColor("#8a6420"), HexColor("#faf4e8")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visit in words that are ready to be read, in the reader's language; what is empty is left out."""

    school: str
    child: str
    day: str
    form: str
    people: str
    topics: tuple[str, ...]
    strengths: str
    school_does: str
    family_does: str
    follow_up: str
    confirmed: str


def drawn(sheet: Sheet, language: str) -> bytes:
    """The sheet as a PDF file on A4; a long text goes on to further pages. The language is that of the headings."""
    title = words(language, "sheet.title", child=sheet.child)
    story: list[Flowable] = [
        Paragraph(shown(sheet.school), pdf.style(12, colour=pdf.SOFT, align=pdf.CENTRE)),
        Paragraph(shown(title), pdf.style(24, align=pdf.CENTRE, after=2 * mm)),
        HRFlowable("30%", 1, color=pdf.GOLD, spaceAfter=6 * mm),
    ]
    fact = ParagraphStyle(
        "fact",
        pdf.style(12),
        leftIndent=_LABELS[language],
        bulletFontName=pdf.FONT if language == "zh_CN" else pdf.LATIN,
        bulletFontSize=12,
        bulletColor=pdf.SOFT,
    )
    for key, text in (
        ("sheet.day", sheet.day),
        ("sheet.form", sheet.form),
        ("sheet.people", sheet.people),
    ):
        if text.strip():
            story.append(Paragraph(shown(" ".join(text.split())), fact, bulletText=words(language, key)))
    for key, text in (
        ("sheet.strengths", sheet.strengths),
        ("sheet.topics", " · ".join(one for one in sheet.topics if one.strip())),
        ("sheet.school_does", sheet.school_does),
        ("sheet.family_does", sheet.family_does),
        ("sheet.follow_up", sheet.follow_up),
    ):
        story += _section(words(language, key), text)
    story.append(Spacer(1, 8 * mm))
    if sheet.confirmed.strip():
        story.append(Paragraph(shown(sheet.confirmed), pdf.style(12, align=pdf.RIGHT)))
    thanks = words(language, "sheet.thanks", child=sheet.child)
    story.append(Paragraph(shown(thanks), pdf.style(12, colour=pdf.SOFT, align=pdf.CENTRE, before=6 * mm)))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=_SIDE,
        rightMargin=_SIDE,
        topMargin=_EDGE,
        bottomMargin=_EDGE,
        title=title,
        author=sheet.school,
        invariant=1,
    )
    document.build(story, onFirstPage=_first, onLaterPages=partial(_later, title=title))
    return out.getvalue()


def _section(heading: str, text: str) -> list[Flowable]:
    lines = [one for one in text.splitlines() if one.strip()]
    if not lines:
        return []
    plain = pdf.style(14, colour=_HEADING, before=6 * mm, after=2.5 * mm)
    room: Any = (5, 6, 0, 6)  # above, right, below, left; the stubs know one number for all
    head = ParagraphStyle("heading", plain, backColor=_BAND, borderPadding=room, borderRadius=3)
    body = pdf.style(12, after=1 * mm)
    # A heading at a page's end has two lines under it, or goes on to the next page.
    return [CondPageBreak(30 * mm), Paragraph(shown(heading), head), *(Paragraph(shown(one), body) for one in lines)]


def _first(canvas: Canvas, _document: Any) -> None:
    pdf.frame(canvas, *A4)


def _later(canvas: Canvas, document: Any, title: str) -> None:
    """Whose page it is stands on every one: sheets of paper come apart."""
    pdf.frame(canvas, *A4)
    foot = Paragraph(shown(f"{title[:60]}  {document.page}"), pdf.style(9, colour=pdf.SOFT, align=pdf.CENTRE))
    foot.wrapOn(canvas, A4[0] - 2 * _SIDE, _EDGE)
    foot.drawOn(canvas, _SIDE, 11.5 * mm)
