"""A mentor's course hours as pages to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer, Table, TableStyle

from handlers import pdf
from handlers.pdf import shown

_SIDE = 22 * mm
_WIDTHS = (26 * mm, 84 * mm, 22 * mm, 34 * mm)


@dataclass(frozen=True, slots=True)
class Paper:
    """The pages in words that are ready to be read."""

    school: str
    title: str
    person: str
    span: str
    total: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str


def drawn(paper: Paper) -> bytes:
    """The pages as a PDF file on A4; the headings stand on each of them."""
    plain, head = pdf.style(11), pdf.style(11, colour=pdf.SOFT)
    story: list[Flowable] = [
        Paragraph(shown(paper.school), pdf.style(12, colour=pdf.SOFT, align=pdf.CENTRE)),
        Paragraph(shown(paper.title), pdf.style(22, align=pdf.CENTRE, after=2 * mm)),
        HRFlowable("30%", 1, color=pdf.GOLD, spaceAfter=5 * mm),
        Paragraph(shown(f"{paper.person}  {paper.span}"), pdf.style(12)),
        Paragraph(shown(paper.total), pdf.style(12, after=3 * mm)),
    ]
    cells: list[list[Any]] = [[Paragraph(shown(one), head) for one in paper.headings]]
    cells += [[Paragraph(shown(one), plain) for one in row] for row in paper.rows]
    table = Table(cells, colWidths=_WIDTHS, repeatRows=1)
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, pdf.GOLD), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    story += [table, Spacer(1, 6 * mm), Paragraph(shown(paper.note), pdf.style(10, colour=pdf.SOFT))]
    foot = f"{paper.title} {paper.person}"[:60]
    return pdf.pages(story, title=paper.title, author=paper.school, foot=foot, side=_SIDE)
