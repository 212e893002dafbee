"""A course elsewhere, as the mentor types it in one line: what, how long, when."""

from __future__ import annotations

import re
from calendar import month_name
from dataclasses import dataclass
from datetime import date

from models.school_year import days_in
from models.training.hours import LONGEST, MOST_MINUTES

_LENGTH = re.compile(
    r"(?:(\d{1,4}(?:[.,]\d{1,2})?)|(?<![一二三四五六七八九十])([一二两三四五六七八九十半])(?=\s*个?半?\s*(?:小时|钟头)))\s*个?(半)?\s*"
    r"(小时|钟头|分钟|分(?![会校部享])|hours?|hrs?|h|minutes?|mins?|min)(半)?(?![a-z])",
    re.I,
)
_NUMBERS = {"半": 0.5, "两": 2.0, **{sign: float(number) for number, sign in enumerate("一二三四五六七八九十", 1)}}
_PERIODS = re.compile(r"\d\s*个?\s*(?:学时|课时)")
"""How long one of them is differs from place to place: they are not converted, and nothing is guessed."""
_MONTHS = {name[:3]: number for number, name in enumerate(month_name) if name}
_MONTH = rf"({'|'.join(f'{name}|{name[:3]}' for name in month_name if name)}|Sept)\b\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_ENGLISH = re.compile(rf"\b(?:{_MONTH}\s*{_DAY}|{_DAY}\s*{_MONTH})(?:\s*,?\s*(\d{{4}}))?(?!\d)", re.I)
_YEAR = re.compile(r"\d{4}")
_MINUTES = ("分", "min")
_EDGE = " ,，、;；:：()（）|/-"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was understood."""

    name: str
    minutes: int
    day: date


class Unclear(ValueError):
    """What was typed is no entry; `key` says what is missing: length, period, name, day."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _in_digits(found: re.Match[str]) -> str:
    """12 October, or Oct 12, as the reader of days knows it."""
    month, day = _MONTHS[(found[1] or found[4])[:3].title()], found[2] or found[3]
    return f" {found[5]}-{month}-{day} " if found[5] else f" {month}-{day} "


def parse(text: str, today: date) -> Typed:
    """家庭教育讲座 3小时 10月12日. Without a day it is today; a day is always one that has been. Raises Unclear."""
    plain = " ".join(text.split())
    length = _LENGTH.search(plain)
    if length is None:
        raise Unclear("period" if _PERIODS.search(plain) else "length")
    number = _NUMBERS[length[2]] if length[2] else float(length[1].replace(",", "."))
    number += 0.5 if length[3] or length[5] else 0
    minutes = round(number * (1 if length[4].lower().startswith(_MINUTES) else 60))
    if not 0 < minutes <= MOST_MINUTES:
        raise Unclear("length")
    rest = _ENGLISH.sub(_in_digits, plain[: length.start()] + " " + plain[length.end() :])
    try:
        with_year = _YEAR.search(rest) is not None
        days, rest = days_in(rest, today)
        day = days[0] if days else today
        if day > today and not with_year:
            day = day.replace(year=day.year - 1)
    except ValueError:
        raise Unclear("day") from None
    if len(days) > 1 or day > today or day.year < today.year - 1:
        # What is older is shown nowhere.
        raise Unclear("day")
    name = " ".join(rest.split()).strip(_EDGE)
    if not name or len(name) > LONGEST:
        raise Unclear("name")
    return Typed(name, minutes, day)
