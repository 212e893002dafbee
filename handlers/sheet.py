"""What a family may see of a home visit, as pages to print: what was good, what each side does, when one looks again."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer

from handlers import pdf
from handlers.pdf import shown
from handlers.texts import words

_LABELS = {"zh_CN": 20 * mm, "en": 28 * mm}
"""How far what follows a label stands from the left, in points."""


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
        story += pdf.section(words(language, key), [text])
    story.append(Spacer(1, 8 * mm))
    if sheet.confirmed.strip():
        story.append(Paragraph(shown(sheet.confirmed), pdf.style(12, align=pdf.RIGHT)))
    thanks = words(language, "sheet.thanks", child=sheet.child)
    story.append(Paragraph(shown(thanks), pdf.style(12, colour=pdf.SOFT, align=pdf.CENTRE, before=6 * mm)))
    return pdf.pages(story, title=title, author=sheet.school, foot=title[:60], first=False)
