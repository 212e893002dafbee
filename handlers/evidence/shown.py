"""How the lines of a sheet are said, on the screen and in files."""

from __future__ import annotations

from handlers.texts import words
from models.evidence import criteria
from models.evidence.sheet import Line, Sheet

STARS = "stars"


def number(value: float) -> str:
    """A number as people write it: 3, 4.5."""
    return f"{value:.1f}".removesuffix(".0")


def term_words(language: str, sheet: Sheet) -> str:
    """Which term a sheet is about."""
    if sheet.term_name:
        return words(language, "evidence.term", name=sheet.term_name, begins=sheet.begins, ends=sheet.ends)
    return words(language, "evidence.half_year", begins=sheet.begins, ends=sheet.ends)


def value(language: str, line: Line) -> str:
    """A line's number in words."""
    if line.done is None:
        return words(language, "evidence.unknown")
    unit = words(language, f"evidence.unit_{line.unit}")
    if line.unit == STARS:
        return words(language, "evidence.mean", mean=number(line.done), count=line.many)
    if line.due == 0:
        return words(language, "evidence.not_due")
    if line.due is not None:
        return words(language, "evidence.of_due", done=number(line.done), due=line.due, unit=unit)
    return words(language, "evidence.plain", done=number(line.done), unit=unit)


def wanted(language: str, line: Line) -> str:
    """What the school hopes for, as '90%' or '3 times'; empty where it names nothing."""
    found = criteria.number_of(line.wanted)
    if found is None:
        return ""
    if found[1]:
        return f"{number(found[0])}%"
    unit = words(language, f"evidence.unit_{line.unit}")
    return words(language, "evidence.plain", done=number(found[0]), unit=unit)


def spoken(language: str, line: Line) -> str:
    """A line of the screen."""
    said = words(language, "evidence.line", title=line.title(language), value=value(language, line))
    wish = wanted(language, line)
    return words(language, "evidence.line_wanted", line=said, wish=wish) if wish else said
