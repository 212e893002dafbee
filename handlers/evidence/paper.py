"""A mentor's sheet as pages to print, with the code by which the paper and what was handed in can be compared."""

from __future__ import annotations

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer, Table, TableStyle

from handlers import pdf
from handlers.evidence.shown import term_words, value, wanted
from handlers.pdf import shown
from handlers.texts import words
from models.evidence.sheet import Sheet

_SIDE = 22 * mm
_WIDTHS = (62 * mm, 54 * mm, 50 * mm)
_RULE = HexColor("#e4d9c4")


def drawn(sheet: Sheet, language: str, *, school: str, name: str, foot: str) -> bytes:
    """The sheet as a PDF file on A4. `foot` stands on every page: its code, or that it was not handed in."""
    title = words(language, "evidence.file")
    heads = [words(language, f"evidence.col_{one}") for one in ("line", "done", "wanted")]
    cells = [[_cell(one, True) for one in heads]]
    cells += [
        [_cell(line.title(language)), _cell(value(language, line)), _cell(wanted(language, line))]
        for line in sheet.lines
    ]
    grid = Table(cells, colWidths=_WIDTHS, repeatRows=1)
    grid.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, _RULE),
                ("BACKGROUND", (0, 0), (-1, 0), pdf.BAND),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    story: list[Flowable] = [
        Paragraph(shown(school), pdf.style(12, colour=pdf.SOFT, align=pdf.CENTRE)),
        Paragraph(shown(title), pdf.style(22, align=pdf.CENTRE, after=2 * mm)),
        Paragraph(shown(name), pdf.style(14, align=pdf.CENTRE)),
        Paragraph(shown(term_words(language, sheet)), pdf.style(11, colour=pdf.SOFT, align=pdf.CENTRE, after=3 * mm)),
        HRFlowable("30%", 1, color=pdf.GOLD, spaceAfter=6 * mm),
        grid,
    ]
    if sheet.words:
        story.append(Spacer(1, 6 * mm))
        story.append(Paragraph(shown(words(language, "evidence.col_words")), pdf.style(12, colour=pdf.SOFT)))
        story += [Paragraph(shown(one), pdf.style(12)) for one in sheet.words.splitlines() if one.strip()]
    return pdf.pages(story, title=title, author=school, foot=foot, side=_SIDE)


def _cell(text: str, head: bool = False) -> Paragraph:
    return Paragraph(shown(text), pdf.style(11, colour=pdf.SOFT if head else pdf.INK))
