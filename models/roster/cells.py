"""Single cells: what is stripped, what is refused, and the forms in which values are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from models.roster.faults import Refused

NAME, NUMBER, CLASS, SCHOOL = 60, 40, 40, 100
"""The longest values, in characters."""

_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_BRACKETS = re.compile(r"[\s()\[\]{}<>《》〈〉【】「」_.·-]+")
_PHONE_NOISE = re.compile(r"[\s().\-\u2010-\u2015\u2212]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0((?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8})")
_INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}")


def text_of(value: object) -> str:
    """A spreadsheet's cell as text. Raises Refused for formulas, dates, truth values, and numbers that were rounded."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        raise Refused("expected text, not true or false")
    if isinstance(value, float):
        if not value.is_integer():
            raise Refused("expected text or a whole number")
        value = int(value)
    if isinstance(value, int):
        if abs(value) >= 10**15:
            raise Refused("a number this long was rounded by the spreadsheet: format the cell as text, type it again")
        return str(value)
    if type(value).__name__ in ("datetime", "date", "time", "timedelta"):
        raise Refused("the spreadsheet made a date of it: format the cell as text, type it again")
    raise Refused("expected a value, not a formula")


def clean(text: str, *, form: Literal["NFC", "NFKC"] = "NFKC", signs: bool = False) -> str:
    """The text without blanks at its ends and without invisible characters, spaces made single.

    Raises Refused for control characters and for what a spreadsheet would take for a formula. `signs`: a number may
    begin with + or - (telephones). `form`: the Unicode form of the result; names keep theirs (NFC).
    """
    text = text.strip()
    if not text:
        return ""
    if not text.isprintable():
        text = _without_the_invisible(text)
        if not text:
            return ""
    if not text.isascii():
        if not signs and unicodedata.normalize("NFKC", text[0])[:1] in "=+@-":
            raise Refused("expected text: no cell may begin like a formula (= + - @)")
        if not unicodedata.is_normalized(form, text):
            text = unicodedata.normalize(form, text).strip()
    if text[0] in ("=@" if signs else "=+@-"):
        raise Refused("expected text: no cell may begin like a formula (= + - @)")
    if "  " in text:
        text = " ".join(text.split())
    if text[0] == "#" and text.upper() in _ERRORS:
        raise Refused("expected a value, not a spreadsheet's error")
    return text


def _without_the_invisible(text: str) -> str:
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category in ("Cc", "Cs", "Zl", "Zp"):
            raise Refused("expected text without control characters or line breaks")
        if category == "Zs":
            kept.append(" ")
        elif category != "Cf":  # Cf: bidirectional marks and overrides, zero-width characters, soft hyphens
            kept.append(character)
    return "".join(kept).strip()


@lru_cache(maxsize=4096)
def _cleaned(text: str, longest: int) -> str:
    return within(clean(text), longest)


def word(value: object, longest: int) -> str:
    """A cell of a column that repeats itself (school, class, subject …). Raises Refused."""
    return _cleaned(value if isinstance(value, str) else text_of(value), longest)


def name(value: object) -> str:
    """A person's name. Raises Refused."""
    return within(clean(text_of(value), form="NFC"), NAME)


def number(value: object) -> str:
    """A pupil's or a staff member's number; kept as written, letters and leading zeros too. Raises Refused."""
    found = within(clean(text_of(value)), NUMBER)
    if _ROUNDED.fullmatch(found) and "+" in found:
        raise Refused("the spreadsheet rounded this number: format the column as text, type it again")
    return found


def within(text: str, longest: int) -> str:
    """The text itself. Raises Refused where it is too long."""
    if len(text) > longest:
        raise Refused(f"expected at most {longest} characters, these are {len(text)}")
    return text


def phone(value: object) -> str:
    """A telephone number in E.164 form, '' for an empty cell. Raises Refused.

    Without a country code a number is taken for a Chinese one: a mobile of 11 digits or a landline with its area code.
    """
    written = clean(text_of(value), signs=True)
    if not written:
        return ""
    digits = _PHONE_NOISE.sub("", written)
    if _MOBILE.fullmatch(digits):
        return "+86" + digits
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif len(digits) == 13 and digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        digits = "+" + digits
    if digits.startswith("+86"):
        inland = digits[3:]
        landline = _LANDLINE.fullmatch(inland if inland.startswith("0") else "0" + inland)
        if _MOBILE.fullmatch(inland):
            return digits
        if landline:
            return "+86" + landline[1]
    elif _INTERNATIONAL.fullmatch(digits):
        return digits
    elif landline := _LANDLINE.fullmatch(digits):
        return "+86" + landline[1]
    raise Refused(
        "expected a telephone number: a mobile of 11 digits, a landline with its area code, or + and the country's code"
    )


def folded_name(text: str) -> str:
    """The form in which names are compared: width and spaces do not count."""
    normal = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return "".join(normal.split())


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """The form in which places and headings are compared: case, width, spaces and brackets do not count."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", text).casefold())


def folded_class(stage: str, grade: str, name: str) -> tuple[str, str, str]:
    """Stage, grade and class folded. A grade that the class's name repeats is left out: 五年级2班 of 五年级 is 2班."""
    first, second, third = folded(stage), folded(grade), folded(name)
    rest = third.removeprefix(second)
    # '1' before '12班' is no repeated grade, '高一' before '高一2班' is one
    if rest and len(second) > 1 and not second.isdigit() and not (second[-1].isdigit() and rest[0].isdigit()):
        third = rest
    return first, second, third
