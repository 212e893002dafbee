"""A file, or what is taken to another school, as pages to print: headings and sentences, nothing that is need to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer

from handlers import pdf
from handlers.pdf import shown


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
        story += pdf.section(heading, lines)
    story.append(Spacer(1, 8 * mm))
    story.append(Paragraph(shown(paper.foot), pdf.style(11, colour=pdf.SOFT, align=pdf.CENTRE)))
    return pdf.pages(story, title=paper.title, author=paper.school, foot=paper.title[:60], first=False)
