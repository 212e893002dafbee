"""Words that all lines of a copy's page are made with."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from handlers.texts import catalogue, words
from models.base import from_ms


def when(language: str, zone: str, at: int | None) -> str:
    """A moment (milliseconds since 1970) with its year, in the school's zone."""
    if at is None:
        return "–"
    shown = "yyyy年M月d日 EEEE HH:mm" if language == "zh_CN" else "EEEE, d MMMM yyyy HH:mm"
    return str(format_datetime(from_ms(at).astimezone(ZoneInfo(zone)), shown, locale=language))


def day(language: str, written: str) -> str:
    """A day that is written as 2026-11-26."""
    shown = "yyyy年M月d日" if language == "zh_CN" else "d MMMM yyyy"
    return str(format_date(date.fromisoformat(written[:10]), shown, locale=language))


def joined(*said: str) -> str:
    """What there is to say, on one line."""
    return " · ".join(one for one in said if one)


def word(language: str, key: str, fallback: str) -> str:
    """A word of the catalogue for a code; the code itself where there is none."""
    return catalogue(language).get(key, fallback)


def group(language: str, key: str, lines: list[str]) -> list[dict[str, Any]]:
    """Lines under the title of their kind; nothing where there are none."""
    return [{"title": words(language, f"mydata.kind_{key}"), "lines": lines}] if lines else []
