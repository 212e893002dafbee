"""Texts: a key in the code, a sentence in each catalogue (handlers/locales/<language>/*.po), rendered to text and spans.

A template may hold <b>…</b> and {names}. Values are put in after the markup was read and are never read as markup, so a
name cannot change how a message looks; lengths are counted in UTF-16 units, as messengers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locales"
DEFAULT = "zh_CN"
LANGUAGES = ("zh_CN", "en")

_PIECE = re.compile(r"(</?b>|\{[a-z_]+\})")
# Controls that turn or hide text: bidi marks, embeddings, overrides, isolates, zero-width characters, ANSI and others.
_UNWANTED = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Rich:
    """A rendered text with its spans."""

    text: str
    spans: tuple[dict[str, Any], ...] = ()


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(value: object) -> str:
    """A value for a text: without controls that turn or hide what follows, on one line."""
    return _UNWANTED.sub("", str(value)).replace("\n", " ")


def language_for(code: str | None) -> str:
    """The language for an account's own setting: Chinese where it says so or says nothing, English otherwise."""
    return DEFAULT if not code or code.lower().startswith("zh") else "en"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All templates of a language by key, from all files of its folder.

    Raises FileNotFoundError for a language that has no catalogue, ValueError for a key that stands twice.
    """
    texts: dict[str, str] = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            found: Catalog = read_po(file, locale=language)
        for one in found:
            if one.id:
                if str(one.id) in texts:
                    raise ValueError(f"{path.name} says '{one.id}' a second time")
                texts[str(one.id)] = str(one.string)
    if not texts:
        raise FileNotFoundError(LOCALES / language)
    return texts


@cache
def _pieces(language: str, key: str) -> tuple[str, ...]:
    return tuple(piece for piece in _PIECE.split(catalogue(language)[key]) if piece)


def render(language: str, key: str, **values: object) -> Rich:
    """The text of a key in a language. Raises KeyError for an unknown key or a missing value."""
    parts: list[str] = []
    spans: list[dict[str, Any]] = []
    bold_from = -1
    for piece in _pieces(language, key):
        if piece == "<b>":
            bold_from = units("".join(parts))
            continue
        if piece == "</b>":
            length = units("".join(parts))
            if length > bold_from >= 0:
                spans.append({"type": "bold", "offset": bold_from, "length": length - bold_from})
            bold_from = -1
            continue
        value = values[piece[1:-1]] if piece[0] == "{" and piece[-1] == "}" else piece
        parts.append(piece if value is piece else _shown(value))
    return Rich("".join(parts), tuple(spans))


class Block(str):
    """A value of several lines that was made from texts (a list of pupils): kept as it is."""


def _shown(value: object) -> str:
    return str(value) if isinstance(value, Block) else plain(value)


def words(language: str, key: str, **values: object) -> str:
    """The text of a key without markup: for buttons and within other texts."""
    return render(language, key, **values).text if values else _constant(language, key)


@cache
def _constant(language: str, key: str) -> str:
    return render(language, key).text


def listed(language: str, names: Iterable[str]) -> str:
    """Names beside each other, as the language does it: 小雨、小阳 or Mo, Jo."""
    return ("、" if language == "zh_CN" else ", ").join(names)


def clock(minutes: int) -> str:
    """Minutes after midnight as 07:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@lru_cache(maxsize=4096)  # the same times are shown to many families, and Babel reads its locale anew each time
def moment(language: str, when: datetime, zone: str) -> str:
    """A moment with weekday, date and time in the school's zone, written out so that nobody can mistake it."""
    local = when.astimezone(ZoneInfo(zone))
    day = format_date(local, "M月d日 EEEE" if language == "zh_CN" else "EEEE, d MMMM", locale=language)
    return f"{day} {format_time(local, 'HH:mm', locale=language)}"


def missing() -> list[str]:
    """What the catalogues lack: keys of one that another has not, empty sentences, other names in braces."""
    faults = []
    every = {language: catalogue(language) for language in LANGUAGES}
    for key in sorted(set().union(*every.values())):
        names = {}
        for language, texts in every.items():
            if not texts.get(key):
                faults.append(f"{language}: no text for '{key}'")
            else:
                names[language] = set(re.findall(r"\{([a-z_]+)\}", texts[key]))
        if len({frozenset(found) for found in names.values()}) > 1:
            faults.append(f"'{key}' does not name the same values in every language: {names}")
    return faults
