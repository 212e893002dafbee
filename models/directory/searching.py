"""Finding cards by typed words, Chinese without spaces and English alike, small faults of typing included.

Each word of the query is looked for in each part of a card: as it stands first; where no card has it, with few faults
(a sign wrong, missing, too many, or two of them turned). A card that has none of the words is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from models.directory.content import Card

LONGEST = 40
"""Signs of a query; what is longer is a letter, not a search."""
_MOST_WORDS = 6
_BETWEEN = re.compile(r"[\W_]+")
_LATIN = re.compile("[a-z]{3,}")
_WEIGHTS = (100, 30, 40, 25)
"""Of the parts of a card: name, kind, use, place and number."""
_BONUS = 20
"""A name that begins with the word; the same again where it is the word."""


def folded(text: str) -> str:
    """The form in which texts are compared: width, case, spaces and punctuation do not count."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())


def query_words(query: str) -> list[str]:
    """The words of a query, folded, each once."""
    pieces = _BETWEEN.split(unicodedata.normalize("NFKC", query).casefold())
    return list(dict.fromkeys(one for one in pieces if one))[:_MOST_WORDS]


def _singular(word: str) -> str:
    """An English plural without its ending: libraries is looked for as library."""
    if not word.isascii() or len(word) < 5:
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1] if word[-1] == "s" and word[-2] != "s" else word


def faults_allowed(word: str) -> int:
    """How many slips a word of this length may have: in Chinese each sign counts for more, and a number is never near
    another one."""
    if any(one.isdigit() for one in word):
        return 0
    if word.isascii():
        return 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    return 0 if len(word) < 3 else 1 if len(word) < 6 else 2


@dataclass(frozen=True, slots=True)
class Indexed:
    """A card with its parts folded, and the Latin words of each part by themselves."""

    card: Card
    parts: tuple[str, ...]
    latin: tuple[frozenset[str], ...]


def indexed(card: Card) -> Indexed:
    """A card made ready to be searched, in both languages at once."""
    text = card.content
    parts = (
        f"{text.name_zh}\n{text.name_en}",
        f"{card.kind.zh}\n{card.kind.en}",
        f"{text.for_zh}\n{text.for_en}",
        f"{text.where}\n{text.contact}",
    )
    return Indexed(
        card, tuple(folded(one) for one in parts), tuple(frozenset(_LATIN.findall(one.lower())) for one in parts)
    )


@lru_cache(maxsize=20_000)
def slips(word: str, text: str, most: int) -> int | None:
    """The fewest faults with which the word stands somewhere in the text; None where they are more than `most`.

    Sellers' algorithm, with two neighbouring signs that changed places counted as one fault.
    """
    # What the text lacks is a fault each; told at once, so that no query is dear.
    if len(set(word) - set(text)) > most or (Counter(word) - Counter(text)).total() > most:
        return None
    before: list[int] | None = None
    row = [0] * (len(text) + 1)
    for number, sign in enumerate(word, 1):
        next_ = [number, *([0] * len(text))]
        for at, other in enumerate(text, 1):
            found = min(row[at] + 1, next_[at - 1] + 1, row[at - 1] + (sign != other))
            if (
                before is not None
                and at > 1
                and sign == text[at - 2]
                and word[number - 2] == other
                and found > before[at - 2] + 1
            ):
                found = before[at - 2] + 1
            next_[at] = found
        before, row = row, next_
    best = min(row)
    return best if best <= most else None


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _exact(word: str, one: Indexed) -> int:
    name = one.parts[0]
    bonus = _BONUS * (name.startswith(word) + (name == word))
    return bonus + max((weight for weight, part in zip(_WEIGHTS, one.parts, strict=True) if word in part), default=0)


def _near(word: str, one: Indexed) -> int:
    """With faults: a Latin word beside the words of a part, a Chinese one anywhere in it; the heaviest part decides."""
    most = faults_allowed(word)
    if word.isascii():
        for weight, words in zip(_WEIGHTS, one.latin, strict=True) if most else ():
            near = [slips(word, other, most) for other in words if abs(len(other) - len(word)) <= most]
            found = min((each for each in near if each is not None), default=None)
            if found is not None:
                return weight // (2 * max(found, 1))
        return 0
    for weight, part in zip(_WEIGHTS, one.parts, strict=True) if most else ():
        found = slips(word, part, most)
        if found is not None:
            return weight // (2 * max(found, 1))
    return _together(word, one)


def _together(word: str, one: Indexed) -> int:
    """Several Chinese words written without a space: by how many pairs of their signs are there, wherever they stand."""
    pairs = _pairs(word)
    if len(pairs) < 3:
        return 0
    there = [sum(pair in part for pair in pairs) / len(pairs) for part in one.parts]
    every = sum(any(pair in part for part in one.parts) for pair in pairs) / len(pairs)
    if every < 0.5:
        return 0
    best = max(weight * share / 2 if share >= 0.5 else 0 for weight, share in zip(_WEIGHTS, there, strict=True))
    return max(int(best), int(20 * every))


def search(cards: Sequence[Card], query: str) -> list[Card]:
    """The cards that a query finds, the best first; of equal ones in their own order."""
    words = query_words(query)
    every = [indexed(one) for one in cards]
    scores = [0] * len(every)
    hits = [0] * len(every)
    for word in words:
        found = [_exact(word, one) for one in every]
        if not any(found) and _singular(word) != word:
            found = [_exact(_singular(word), one) for one in every]
        if not any(found):
            found = [_near(word, one) for one in every]
        for at, score in enumerate(found):
            scores[at] += score
            hits[at] += score > 0
    best = max(hits, default=0)
    order = [at for at in range(len(every)) if hits[at] and hits[at] * 2 >= best]
    order.sort(key=lambda at: (-hits[at], -scores[at], at))
    return [every[at].card for at in order]
