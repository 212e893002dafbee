"""What a message is about, by two means that can be read.

1. Terms (terms.txt): each speaks for an item of the default checklist, and so for its category. The longest are taken
   first, so that '考前焦虑' is not also '焦虑'.
2. Likeness: how often pairs of characters and words occur in each category's own sentences (items.csv, wordings.csv, the
   labelled examples.csv). It settles ties, and answers where no term stands.

Where neither speaks clearly the answer is none: a person corrects either with one tap.
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TERMS = Path(__file__).with_name("terms.txt")
LONGEST = 2000
"""Characters that are looked at."""
CLEAR = 3.0
"""The least weight of terms that counts as an answer by itself."""
SHARE = 0.6
"""What a unit of likeness (a natural logarithm) weighs beside the terms. Both numbers were chosen on examples.csv."""
ALONE = 2.0
"""The least sum that counts as an answer where the terms are not clear."""
LETTERS = "ABCDEFGH"
NEAR = 8
"""Characters between the parts of a term that has several."""
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f]")


# What people say around a message, whatever it is about.
_IDLE = re.compile(
    r"方便的时候|给我回|回我一下|回个电话|看到(?:消息|信息)|在吗|您好|你好|老师好|各位家长|好的?家长|打扰(?:您|了)*|辛苦(?:您|了)*"
    r"|谢谢(?:您|老师|了)*"
    r"|节日快乐|新年好|\bhappy (?:teachers?'? day|new year|holidays)\b|\bcall me\b"
    r"|\bgood (?:morning|evening|afternoon)\b|\bdear teacher\b"
)


@dataclass(frozen=True, slots=True)
class Term:
    """One term: what it is looked for as, the items that it speaks for, and its weight."""

    shown: str
    item: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Terms by how they begin, the longest first."""

    chinese: dict[str, list[str]]
    """By the first character."""
    english: dict[str, list[tuple[str, bool]]]
    """By the first two letters; True where any ending may follow."""
    parted: list[tuple[re.Pattern[str], str]]
    speaks: dict[str, list[Term]]


@cache
def _lexicon() -> _Lexicon:
    speaks: dict[str, list[Term]] = defaultdict(list)
    for line in TERMS.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        item, weight, *terms = line.split()
        for term in terms:
            # A long term says more than a short one.
            more = 0.4 * term.count("_") if term[0].isascii() else 0.5 * min(len(term) - 2, 3)
            found = Term(term, item, float(weight) * (1 + 0.15 * more))
            if all(one.item != item for one in speaks[term]):
                speaks[term].append(found)
    chinese: dict[str, list[str]] = defaultdict(list)
    english: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    parted = []
    for term in sorted(speaks, key=lambda one: (-len(one), one)):
        if "+" in term:
            between = f".{{0,{NEAR}}}"
            parted.append((re.compile(between.join(re.escape(part) for part in term.split("+"))), term))
        elif term[0].isascii():
            english[term[:2]].append((term, term.endswith("*")))
        else:
            chinese[term[0]].append(term)
    return _Lexicon(chinese, english, parted, speaks)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    return _IDLE.sub(" ", _HIDDEN.sub("", plain).replace("’", "'"))


def _found(text: str) -> list[str]:
    """The terms that stand in a text; where one begins within another only the longer one counts."""
    lexicon = _lexicon()
    found: list[str] = []
    at, size = 0, len(text)
    before = " "
    while at < size:
        char = text[at]
        step = 1
        if char.isascii():
            if char.isalnum() and not (before.isascii() and before.isalnum()):
                for term, any_ending in lexicon.english.get(text[at : at + 2], ()):
                    shown = term.rstrip("*").replace("_", " ")
                    end = at + len(shown)
                    if text.startswith(shown, at) and (
                        any_ending or not text[end : end + 1].isalpha() or text[end] > "z"
                    ):
                        found.append(term)
                        step = len(shown)
                        break
        else:
            for term in lexicon.chinese.get(char, ()):
                if text.startswith(term, at):
                    found.append(term)
                    step = len(term)
                    break
        before = text[at + step - 1]
        at += step
    found.extend(term for pattern, term in lexicon.parted if pattern.search(text))
    return found


def why(text: str) -> list[tuple[str, str, float]]:
    """The terms that were found, the item that each speaks for, and its weight."""
    speaks = _lexicon().speaks
    unique = dict.fromkeys(_found(_folded(text)))
    return [(one.shown, one.item, one.weight) for shown in unique for one in speaks[shown]]


def _scores(found: list[tuple[str, str, float]]) -> tuple[dict[str, float], dict[str, float]]:
    items: dict[str, float] = defaultdict(float)
    for _, item, weight in found:
        items[item] += weight
    categories: dict[str, float] = defaultdict(float)
    for item, weight in items.items():
        categories[item[0]] += weight
    return categories, items


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How often each gram stands in each category, as logarithms above the average of all categories."""

    above: dict[str, tuple[float, ...]]


_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z']+")
_GAP = re.compile(r"【[^】]*】|\[[^\]]*\]|\{child\}")


def _grams(folded: str) -> list[str]:
    found: list[str] = []
    for run in _RUN.findall(folded):
        if run[0] > "z":
            found.extend(run[at : at + 2] for at in range(len(run) - 1))
        else:
            found.append(run)
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with TERMS.with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _likeness() -> _Likeness:
    counts: dict[str, Counter[str]] = {letter: Counter() for letter in LETTERS}

    def add(letter: str, text: str, weight: int) -> None:
        for gram in _grams(_folded(_GAP.sub(" ", text))):
            counts[letter][gram] += weight

    for row in _rows("items.csv"):
        for name in ("zh", "en", "about_zh", "about_en"):
            add(row["category"], row[name], 1)
    for row in _rows("wordings.csv"):
        for name in ("fact", "school", "home"):
            add(row["item"][0], row[name], 1)
    for term, speaks in _lexicon().speaks.items():
        for one in speaks:
            add(one.item[0], term.replace("_", " ").replace("+", " ").rstrip("*"), 2)
    for row in _rows("examples.csv"):
        if row["category"]:
            add(row["category"], row["text"], 4)
    known = {gram for of_letter in counts.values() for gram in of_letter}
    totals = {letter: sum(of_letter.values()) + 0.3 * len(known) for letter, of_letter in counts.items()}
    above = {}
    for gram in known:
        logs = [math.log((counts[letter][gram] + 0.3) / totals[letter]) for letter in LETTERS]
        middle = sum(logs) / len(logs)
        above[gram] = tuple(one - middle for one in logs)
    return _Likeness(above)


def _weights(text: str) -> tuple[dict[str, float], dict[str, float], bool]:
    """Each category's and each item's weight, and whether they are clear enough to answer."""
    categories, items = _scores(why(text))
    by_terms = max(categories.values(), default=0.0)
    above = _likeness().above
    grams = [gram for gram in set(_grams(_folded(text))) if gram in above]
    for number, letter in enumerate(LETTERS):
        categories[letter] += SHARE * sum(above[gram][number] for gram in grams)
    clear = by_terms >= CLEAR or (len(grams) > 1 and max(categories.values()) >= ALONE)
    return categories, items, clear


def scores(text: str) -> dict[str, float]:
    """The weight of each category."""
    return dict(_weights(text)[0])


def propose(text: str) -> list[str]:
    """Up to three categories (letters), best first; none where nothing speaks clearly."""
    categories, _, clear = _weights(text)
    return sorted(categories, key=lambda one: (-categories[one], one))[:3] if clear else []


def propose_items(text: str) -> list[str]:
    """Up to five items (A1 to H4), best first, of the categories that are proposed."""
    categories, items, clear = _weights(text)
    letters = sorted(categories, key=lambda one: (-categories[one], one))[:3] if clear else []
    ordered = sorted(
        (one for one in items if one[0] in letters),
        key=lambda one: (-categories[one[0]], -items[one], one),
    )
    return ordered[:5]
