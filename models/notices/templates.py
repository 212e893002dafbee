"""Contents to begin from: those that come with the program, and those that a school keeps. Their blanks are filled first."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from models.base import new_id
from models.notices import checks
from models.notices.content import Content, Piece, Question
from models.notices.tables import NoticeTemplate
from models.unit import Unit, sql

READY = Path(__file__).with_name("ready.csv")
SURVEYS = Path(__file__).with_name("surveys.csv")
MOST = 30
"""Templates that a school keeps: more would not be looked through."""
LONGEST_NAME = 30
BLANK = re.compile(r"【([^【】\n]{1,20})】|\[([^\[\]\n]{1,30})\]")
_OPEN = re.compile(r"…|\.{3}|_{2,}|[?？X×xX]{1,2}\s*[月日点]|^(请?填|哪|什么|几|fill|enter)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ready:
    """One that comes with the program."""

    code: str
    title: dict[str, str]
    content: Content


@dataclass(frozen=True, slots=True)
class Kept:
    """One that a school keeps."""

    id: int
    name: str
    author_id: int


def question_of(zh: str, en: str) -> Question:
    """A question with its choices, as a line of the file has it: the question and each choice with bars between."""
    first, *choices = zh.split("|")
    second, *offered = en.split("|")
    return Question({"zh_CN": first, "en": second}, {"zh_CN": tuple(choices), "en": tuple(offered)})


@cache
def survey(name: str) -> tuple[Question, ...]:
    """The questions of a survey that comes with the program; none for an unknown name."""
    with SURVEYS.open(encoding="utf-8", newline="") as file:
        return tuple(
            question_of(f"{row['question_zh']}|{row['choices_zh']}", f"{row['question_en']}|{row['choices_en']}")
            for row in csv.DictReader(file)
            if row["survey"] == name
        )


@cache
def ready() -> tuple[Ready, ...]:
    """All that come with the program, in the order of their file."""
    with READY.open(encoding="utf-8", newline="") as file:
        return tuple(
            Ready(
                row["code"],
                {"zh_CN": row["title_zh"], "en": row["title_en"]},
                Content(
                    title={"zh_CN": row["title_zh"], "en": row["title_en"].partition(" (")[0]},
                    pieces={"zh_CN": (Piece(row["text_zh"]),), "en": (Piece(row["text_en"]),)},
                    read=row["read"] == "yes",
                    slip=question_of(row["slip_zh"], row["slip_en"]) if row["slip_zh"] else None,
                    questions=survey(row["questions"]),
                ),
            )
            for row in csv.DictReader(file)
        )


def ready_one(code: str) -> Ready | None:
    """One of them by its code."""
    return next((one for one in ready() if one.code == code), None)


# --- blanks ---


@cache
def _words() -> tuple[re.Pattern[str], ...]:
    return tuple(rule.word for rule in checks.rules() if rule.kind == "blank")


def is_blank(inside: str) -> bool:
    """Whether what stands in brackets is to be filled: 【日期】 is, the heading 【温馨提示】 is not."""
    plain = inside.strip()
    return any(word.fullmatch(plain) for word in _words()) or _OPEN.search(plain) is not None


def blanks(content: Content) -> list[str]:
    """The blanks that are to be filled, brackets included, each once, in the order of reading."""
    found = [one for one in BLANK.finditer(content.words) if is_blank(one[1] or one[2])]
    return list(dict.fromkeys(one.group() for one in found))


def fill(content: Content, blank: str, value: str) -> Content:
    """The same with these words wherever that blank stood; formatting behind it stays where it was."""
    return content.with_(
        title={language: one.replace(blank, value) for language, one in content.title.items()},
        pieces={
            language: tuple(_filled(one, blank, value) for one in pieces) for language, pieces in content.pieces.items()
        },
        slip=None if content.slip is None else _asked(content.slip, blank, value),
        questions=tuple(_asked(one, blank, value) for one in content.questions),
    )


def _asked(one: Question, blank: str, value: str) -> Question:
    return Question(
        {language: text.replace(blank, value) for language, text in one.text.items()},
        {language: tuple(text.replace(blank, value) for text in found) for language, found in one.choices.items()},
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _filled(piece: Piece, blank: str, value: str) -> Piece:
    text, spans = piece.text, [dict(one) for one in piece.spans]
    grows, size = _units(value) - _units(blank), _units(blank)
    at = text.find(blank)
    while at >= 0:
        begin = _units(text[:at])
        spans = [_moved(one, begin, size, grows) for one in spans]
        text = text[:at] + value + text[at + len(blank) :]
        at = text.find(blank, at + len(value))
    return replace(piece, text=text, spans=tuple(one for one in spans if one["length"] > 0))


def _moved(span: dict[str, Any], begin: int, size: int, grows: int) -> dict[str, Any]:
    first, last = span["offset"], span["offset"] + span["length"]
    if first >= begin + size:
        first += grows
    elif first > begin:
        first = begin
    if last >= begin + size:
        last += grows
    elif last > begin:
        last = begin + size + grows
    return {**span, "offset": first, "length": last - first}


# --- what a school keeps ---

_LIST = sql(
    "SELECT id, sealed_name, author_id FROM notice_template WHERE school_id = :school AND bot_id = :bot ORDER BY id"
)
_ONE = sql(
    "SELECT id, sealed_name, sealed_content, author_id FROM notice_template"
    " WHERE id = :id AND school_id = :school AND bot_id = :bot"
)
_RENAME = sql("UPDATE notice_template SET sealed_name = :name WHERE id = :id AND school_id = :school AND bot_id = :bot")
_DELETE = sql("DELETE FROM notice_template WHERE id = :id AND school_id = :school AND bot_id = :bot")


def kept(unit: Unit, school_id: int, bot_id: int) -> list[Kept]:
    """What a school keeps, the oldest first."""
    return [
        Kept(row.id, unit.vault.open("notice_template", row.id, "name", row.sealed_name), row.author_id)
        for row in unit.execute(_LIST, school=school_id, bot=bot_id)
    ]


def one(unit: Unit, template_id: int, school_id: int, bot_id: int) -> tuple[Kept, Content] | None:
    """One of a school's with its content."""
    row = unit.execute(_ONE, id=template_id, school=school_id, bot=bot_id).first()
    if row is None:
        return None
    name = unit.vault.open("notice_template", row.id, "name", row.sealed_name)
    content = unit.vault.open("notice_template", row.id, "content", row.sealed_content)
    return Kept(row.id, name, row.author_id), Content.from_json(content)


def keep(unit: Unit, school_id: int, bot_id: int, author_id: int, name: str, content: Content) -> int:
    """Keeps a content under a name; answers its id."""
    row = new_id()
    unit.session.add(
        NoticeTemplate(
            id=row,
            school_id=school_id,
            bot_id=bot_id,
            author_id=author_id,
            sealed_name=unit.vault.seal("notice_template", row, "name", name),
            sealed_content=unit.vault.seal("notice_template", row, "content", content.to_json()),
            created_at=unit.now_ms,
        )
    )
    unit.session.flush()
    return row


def rename(unit: Unit, template_id: int, school_id: int, bot_id: int, name: str) -> bool:
    """Another name for it. False where it is gone."""
    sealed = unit.vault.seal("notice_template", template_id, "name", name)
    return unit.write(_RENAME, id=template_id, school=school_id, bot=bot_id, name=sealed) == 1


def delete(unit: Unit, template_id: int, school_id: int, bot_id: int) -> bool:
    """Not kept any more. False where it was gone already."""
    return unit.write(_DELETE, id=template_id, school=school_id, bot=bot_id) == 1
