"""A file, or what is taken to another school, as pages to print: headings and sentences, nothing that is need to know."""

from __future__ import annotations

import io
from collections.abc import Sequence
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

_SIDE, _EDGE = 25 * mm, 20 * mm
_HEADING, _BAND = HexColor("#8a6420"), HexColor("#faf4e8")


@dataclass(frozen=True, slots=True)
class Paper:
    """Words that are ready to be read. `parts` are headings with their lines; empty parts are left out."""

    school: str
    title: str
    under: str
    parts: Sequence[tuple[str, Sequence[str]]]
    foot: str


def drawn(paper: Paper) -> bytes:
    """The paper as a PDF file on A4; a long text goes on to further pages."""
    story: list[Flowable] = [
        Paragraph(shown(paper.school), pdf.style(12, colour=pdf.SOFT, align=pdf.CENTRE)),
        Paragraph(shown(paper.title), pdf.style(22, align=pdf.CENTRE, after=1 * mm)),
        Paragraph(shown(paper.under), pdf.style(11, colour=pdf.SOFT, align=pdf.CENTRE, after=2 * mm)),
        HRFlowable("30%", 1, color=pdf.GOLD, spaceAfter=4 * mm),
    ]
    for heading, lines in paper.parts:
        story += _section(heading, lines)
    story.append(Spacer(1, 8 * mm))
    story.append(Paragraph(shown(paper.foot), pdf.style(11, colour=pdf.SOFT, align=pdf.CENTRE)))
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=_SIDE,
        rightMargin=_SIDE,
        topMargin=_EDGE,
        bottomMargin=_EDGE,
        title=paper.title,
        author=paper.school,
        invariant=1,
    )
    document.build(story, onFirstPage=_first, onLaterPages=partial(_later, title=paper.title))
    return out.getvalue()


def _section(heading: str, lines: Sequence[str]) -> list[Flowable]:
    every = [line for text in lines for line in text.splitlines() if line.strip()]
    if not every:
        return []
    room: Any = (5, 6, 0, 6)  # above, right, below, left; the stubs know one number for all
    plain = pdf.style(14, colour=_HEADING, before=6 * mm, after=2.5 * mm)
    head = ParagraphStyle("heading", plain, backColor=_BAND, borderPadding=room, borderRadius=3)
    body = pdf.style(12, after=1 * mm)
    # A heading at a page's end has two lines under it, or goes on to the next page.
    return [CondPageBreak(30 * mm), Paragraph(shown(heading), head), *(Paragraph(shown(one), body) for one in every)]


def _first(canvas: Canvas, _document: Any) -> None:
    pdf.frame(canvas, *A4)


def _later(canvas: Canvas, document: Any, title: str) -> None:
    """Whose page it is stands on every one: sheets of paper come apart."""
    pdf.frame(canvas, *A4)
    foot = Paragraph(shown(f"{title[:60]}  {document.page}"), pdf.style(9, colour=pdf.SOFT, align=pdf.CENTRE))
    foot.wrapOn(canvas, A4[0] - 2 * _SIDE, _EDGE)
    foot.drawOn(canvas, _SIDE, 11.5 * mm)
