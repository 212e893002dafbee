"""Signals of danger to a child in what people write: rules that can be read, each with an example of its own.

A rule is a pattern with what speaks against it. It counts unless it is said not to be so in the same clause ('no bullying
at all'), is a figure of speech ('the homework kills me'), or is told of a game, a film, a lesson or the news. Better a
false alarm than a miss: people look at every one, nothing is decided here.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).with_name("signals.toml")
LONGEST = 4000
"""Characters that are looked at."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What was found: the kind, the rule that found it, and where in the folded text."""

    kind: str
    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of signals.toml."""

    name: str
    kind: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    example: str


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in their order."""
    with RULES.open("rb") as file:
        found = tomllib.load(file)["rule"]
    return tuple(
        Rule(
            one["name"],
            one["kind"],
            re.compile(one["pattern"]),
            re.compile(one["unless"]) if "unless" in one else None,
            one["example"],
        )
        for one in found
    )


_TRADITIONAL = str.maketrans(
    "殺傷殘盡輕輩輪樓頂臺橋藥遺書這個還沒沒對來時過說話給與從誰讓壞強裡裏實學業師們麼為無離開間門關係聯絡絡繫親媽爺爾愛樂處歲"
    "買賣帶槍報復復復發髮現見視頻書寫廁錄錢費脅嚇壓頭臉膚腳體殘傷黃紅綠藍東車軍長頭風電話機動點燒燈爐熱愛總單嚴獨處變態護",
    "杀伤残尽轻辈轮楼顶台桥药遗书这个还没没对来时过说话给与从谁让坏强里里实学业师们么为无离开间门关系联络络系亲妈爷尔爱乐处岁"
    "买卖带枪报复复复发发现见视频书写厕录钱费胁吓压头脸肤脚体残伤黄红绿蓝东车军长头风电话机动点烧灯炉热爱总单严独处变态护",
)
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\ufe00-\ufe0f]")
_BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff])[ \t*·.\-_~/|、'\"“”‘’]+(?=[\u4e00-\u9fff])")
_LINE = re.compile(r"[ \t\u3000]+")


def folded(text: str) -> str:
    """The text as the rules read it: lower case, simplified, half width, without what hides between characters."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).lower().translate(_TRADITIONAL)
    plain = _HIDDEN.sub("", plain).replace("’", "'").replace("‘", "'")
    return _LINE.sub(" ", plain)


# Within one message a blank between two Chinese characters may end a clause or may hide a word: both readings are tried.
_SENTENCE = re.compile(r"[。！？!?;；\n…]+|\.(?=\s|$)")
_CLAUSE = re.compile(r"[，,:：]|\bbut\b|但是?|可是|不过|却")


@cache
def _context(name: str) -> re.Pattern[str]:
    """A pattern of what speaks against a rule (signals.toml says what each is for)."""
    with RULES.open("rb") as file:
        return re.compile(tomllib.load(file)["context"][name])


def find(text: str) -> Signal | None:
    """The first signal of a text, or nothing. Never raises."""
    whole = folded(text)
    if len(whole) < 2:
        return None
    joined = _BETWEEN.sub("", whole)
    for reading in (whole,) if joined == whole else (whole, joined):
        for sentence in _sentences(reading):
            found = _in(sentence)
            if found is not None:
                return found
    return None


def about_staff(text: str) -> bool:
    """Whether a text says that somebody of the school is the one who does it: a teacher, the mentor, a coach."""
    whole = folded(text)
    readings = (whole, _BETWEEN.sub("", whole))
    return any(_context("by_staff").search(one) is not None for one in readings)


def is_signal(text: str) -> bool:
    """Whether people of the school are to look at this text."""
    return find(text) is not None


def _sentences(text: str) -> list[str]:
    return [one for one in _SENTENCE.split(text) if one and len(one) > 1]


def _in(sentence: str) -> Signal | None:
    # A figure of speech is blanked, so that what else the sentence says still counts.
    clear = _context("figure_en").sub(_blank, _context("figure").sub(_blank, sentence))
    told = _context("told").search(sentence) is not None or _context("asked").search(sentence) is not None
    for rule in rules():
        for match in rule.pattern.finditer(clear):
            if rule.unless is not None and rule.unless.search(sentence):
                continue
            before = _clause_before(clear, match.start())
            if _denied(before, match.group()):
                continue
            if told and not _context("about_one").search(sentence):
                continue
            return Signal(rule.kind, rule.name, match.start(), match.end())
    return None


def _blank(match: re.Match[str]) -> str:
    return "□" * len(match.group())


def _clause_before(sentence: str, start: int) -> str:
    begin = 0
    for mark in _CLAUSE.finditer(sentence, 0, start):
        begin = mark.end()
    return sentence[begin:start]


def _denied(before: str, match: str) -> bool:
    if match[:1] in "不没" and not _context("not_said").search(before.removesuffix("不").removesuffix("没")):
        return False
    chinese = _context("not_said").search(before)
    if chinese is not None and not _context("not_not").search(before[max(chinese.start() - 2, 0) :]):
        return True
    english = _context("not_said_en").search(before)
    return english is not None and not _context("not_not_en").search(before[max(english.start() - 2, 0) :])
