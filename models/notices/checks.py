"""What a person should look at before a notice goes to many: rules over its words, and whose names stand in it.

Nothing here forbids anything: each finding says what was found and a person decides. Words and patterns are a file
(check_words.csv): `word` is a pattern, and a clause that `unless` meets too is no finding.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import bindparam, text

from models.notices import attention, audience
from models.notices.audience import Audience
from models.notices.content import Content
from models.notices.tables import Notice
from models.unit import Unit, sql
from models.vault import Vault

FILE = Path(__file__).with_name("check_words.csv")
OFTEN = 2
"""Notices of one author in a day; one more is worth a question."""
SHOWN = 3
"""So many examples of what was found are named."""
LONGEST_SHOWN = 60
"""Characters of an example: an address may be as long as a message."""
_PORTION = 900
"""Hashes asked for at once."""
_DAY = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at: its kind (pupil, marks, praise, money, absent, phone, card, link, week, day, bots), what was
    found in the author's own words, how many people it is about."""

    kind: str
    found: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the file."""

    kind: str
    word: re.Pattern[str]
    unless: re.Pattern[str] | None


@cache
def rules() -> tuple[Rule, ...]:
    """The file's lines. Raises re.error for a pattern that is none."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Rule(
                row["kind"],
                re.compile(row["word"], re.IGNORECASE),
                re.compile(row["unless"], re.IGNORECASE) if row["unless"] else None,
            )
            for row in csv.DictReader(file)
        )


_CLAUSE = re.compile(r"[。！？；!?;\n]+|\.(?=\s|$)")
WORDS = ("marks", "praise", "money", "absent")
"""Kinds of words that a notice to many has no business with."""


def words_in(written: str) -> list[Finding]:
    """Words about marks, praise or blame, who owes or is aided, who was away; one finding for each kind."""
    clauses = [one for one in _CLAUSE.split(written) if one.strip()]
    findings = []
    for kind in WORDS:
        found: list[str] = []
        for rule in rules():
            if rule.kind != kind:
                continue
            for clause in clauses:
                if rule.unless is None or not rule.unless.search(clause):
                    found += [one.group().strip() for one in rule.word.finditer(clause)]
        if found:
            findings.append(Finding(kind, _few(found)))
    return findings


def _few(found: Iterable[str]) -> str:
    some = list(dict.fromkeys(found))[:SHOWN]
    return "、".join(one if len(one) <= LONGEST_SHOWN else f"{one[: LONGEST_SHOWN - 1]}…" for one in some)


_CARD = re.compile(r"(?<!\d)\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dXx](?![\dXx])")
_PHONE = re.compile(
    r"(?<![\d.])(?:\+?86[- ]?)?(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]\d{7,8}|0\d{10,11})(?!\d)"
    r"|\+(?!86)\d{1,3}[- ]?\d[\d -]{6,12}\d(?!\d)"
)
_NO_DIGITS = re.compile(r"\D")


def numbers_in(written: str, known: Collection[str] = ()) -> list[Finding]:
    """Telephone and identity-card numbers. `known` are the school's own numbers, which may stand in a notice."""
    cards = [one for one in _CARD.finditer(written) if _is_day(one)]
    rest = _CARD.sub(" ", written)
    own = {_NO_DIGITS.sub("", one)[-8:] for one in known if one}
    phones = [one.group().strip() for one in _PHONE.finditer(rest)]
    phones = [one for one in phones if _NO_DIGITS.sub("", one)[-8:] not in own]
    found = [Finding("card", _few(one.group() for one in cards))] if cards else []
    return found + ([Finding("phone", _few(phones))] if phones else [])


def _is_day(found: re.Match[str]) -> bool:
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True


_OPEN_LINK = re.compile(
    r"\bhttp://[^\s，。；、）)】]+|(?<![\w@./])www\.[\w.-]+\.[a-z]{2,}[^\s，。；、）)】]*", re.IGNORECASE
)


def links_in(content: Content) -> list[Finding]:
    """Addresses that are not https, written out or behind a word."""
    found = [one.group() for one in _OPEN_LINK.finditer(content.words)]
    for pieces in content.pieces.values():
        for piece in pieces:
            found += [str(one["url"]) for one in piece.spans if str(one.get("url", "")).lower().startswith("http://")]
    return [Finding("link", _few(found))] if found else []


# --- names ---

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0002ebef·•]+")
_LATIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.ASCII)
_DOTS = "·•"
LONGEST_NAME = 4
_DOTTED = 6


def candidates(written: str) -> set[str]:
    """All that could be somebody's name in a text: every two to four Chinese characters beside each other, names with a
    dot in them, and two or three Latin words that stand together."""
    found: set[str] = set()
    for run in _HAN.findall(written):
        for start in range(len(run)):
            for size in range(2, LONGEST_NAME + 1):
                part = run[start : start + size]
                if len(part) == size and not any(dot in part for dot in _DOTS):
                    found.add(part)
        for at, sign in enumerate(run):
            if sign in _DOTS:
                found |= {
                    run[begin : end + 1]
                    for begin in range(max(0, at - _DOTTED), at)
                    for end in range(at + 1, min(len(run), at + _DOTTED + 1))
                }
    for line in written.splitlines():
        matches = list(_LATIN.finditer(line))
        for start, first in enumerate(matches):
            for last in matches[start + 1 : start + 3]:
                between = line[first.start() : last.end()]
                if re.fullmatch(r"[^\W\d_]+(?:['’ -]+[^\W\d_]+)*", between, re.ASCII):
                    found.add(" ".join(between.split()))
    plain = [rule.word for rule in rules() if rule.kind == "notname"]
    return {one for one in found if not any(word.fullmatch(one) for word in plain)}


_NAMED = "SELECT DISTINCT name_hash FROM pupil WHERE name_hash IN :hashes AND ended_at IS NULL"
_ANYWHERE = text(_NAMED).bindparams(bindparam("hashes", expanding=True))
_IN_SCHOOLS = text(_NAMED + " AND school_id IN :schools").bindparams(
    bindparam("hashes", expanding=True), bindparam("schools", expanding=True)
)


def hashes(vault: Vault, names: Iterable[str]) -> dict[bytes, str]:
    """The names by the hash under which a pupil of that name is found."""
    return {vault.lookup("name", one): one for one in names}


def pupils_in(unit: Unit, written: str, schools: Collection[int]) -> list[str]:
    """Names of pupils of these schools (none: of all) that stand in a text, in the author's own words: no name is opened."""
    by_hash = hashes(unit.vault, candidates(written))
    keys = sorted(by_hash)
    found: set[str] = set()
    for start in range(0, len(keys), _PORTION):
        some = keys[start : start + _PORTION]
        rows = (
            unit.execute(_IN_SCHOOLS, hashes=some, schools=list(schools))
            if schools
            else unit.execute(_ANYWHERE, hashes=some)
        )
        found |= {by_hash[bytes(row.name_hash)] for row in rows}
    # 张小 within 张小雨 is nobody's mention.
    whole = [one for one in found if _stands(one, written, found)]
    return sorted(whole, key=written.find)


def _stands(name: str, written: str, others: set[str]) -> bool:
    rest = written
    for other in sorted(others, key=len, reverse=True):
        if name != other and name in other:
            rest = rest.replace(other, " ")
    return name in rest or " " in name


_TODAY = sql(
    "SELECT COUNT(*) AS many FROM notice WHERE author_id = :author AND id <> :id AND created_at > :old"
    " AND state NOT IN ('draft', 'dropped') AND COALESCE(began_at, starts_at, asked_at, created_at) >= :begins"
    " AND COALESCE(began_at, starts_at, asked_at, created_at) < :ends"
)
_MONTHS = 200 * _DAY


def of_the_day(unit: Unit, notice: Notice, begins: int, ends: int) -> int:
    """How many other notices of this author go out between these moments (milliseconds since 1970)."""
    row = unit.execute(
        _TODAY, author=notice.author_id, id=notice.id, begins=begins, ends=ends, old=begins - _MONTHS
    ).one()
    return int(row.many)


_TWO_BOTS = sql("SELECT 1 FROM bot LIMIT 1 OFFSET 1")
_OTHER_BOTS = "SELECT COUNT(DISTINCT a.id) AS many {counted} AND {has} AND a.bot_id <> :bot"


def through_other_bots(unit: Unit, whom: Audience, bot_id: int) -> int:
    """How many people have joined by another bot of the deployment, which cannot send this one's files."""
    if unit.execute(_TWO_BOTS).first() is None:
        return 0
    counting, values = audience.statement(_OTHER_BOTS, whom)
    return int(unit.execute(counting, **values, bot=bot_id).one().many)


@dataclass(frozen=True, slots=True)
class Day:
    """When it is to go out: the day's bounds in milliseconds since 1970, the week as attention.week_of has it."""

    begins: int
    ends: int
    week: int


def found(
    unit: Unit,
    notice: Notice,
    content: Content,
    whom: Audience,
    *,
    day: Day,
    per_week: int,
    known: Collection[str] = (),
) -> list[Finding]:
    """All that a person should look at, the gravest first. `known` are numbers that may stand in it."""
    written = content.words if content.link is None else f"{content.words}\n{content.link[0]}"
    names = pupils_in(unit, written, schools_of(unit, whom))
    findings = [Finding("pupil", _few(names))] if names else []
    findings += words_in(written) + numbers_in(written, known) + links_in(content)
    if content.has_media:
        others = through_other_bots(unit, whom, notice.bot_id)
        findings += [Finding("bots", count=others)] if others else []
    if not notice.emergency:
        full = attention.full(unit, whom, day.week, per_week)
        findings += [Finding("week", count=full)] if full else []
    today = of_the_day(unit, notice, day.begins, day.ends)
    return findings + ([Finding("day", count=today)] if today >= OFTEN else [])


_SCHOOL_OF_CLASSES = text("SELECT DISTINCT school_id FROM school_class WHERE id IN :classes").bindparams(
    bindparam("classes", expanding=True)
)
_SCHOOL_OF = sql("SELECT school_id FROM person WHERE id = :id")


def schools_of(unit: Unit, whom: Audience) -> list[int]:
    """The schools that an audience is of; empty for all of the deployment."""
    if whom.schools:
        return list(whom.schools)
    if whom.classes:
        return [row.school_id for row in unit.execute(_SCHOOL_OF_CLASSES, classes=list(whom.classes))]
    if whom.mentor is not None:
        return [row.school_id for row in unit.execute(_SCHOOL_OF, id=whom.mentor)]
    return []
