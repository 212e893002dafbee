"""On a copy's page: what somebody asked for, offered, wished and handed in."""

from __future__ import annotations

from typing import Any

from handlers.evidence import shown
from handlers.rights.copy_words import day, group, joined, when, word
from handlers.texts import words
from models.evidence.sheet import Line


def acts(one: dict[str, Any], language: str, zone: str) -> list[dict[str, Any]]:
    """Of a guardian or a member of staff as such."""
    return [
        *group(language, "offers", [_offer(row, language, zone) for row in one["offers"]]),
        *group(language, "signups", [_sign_up(row, language, zone) for row in one["sign_ups"]]),
        *group(language, "liked", [_liked(row, language, zone) for row in one.get("wishes", ())]),
        *group(language, "rematch", [_asked(row, language, zone) for row in one.get("mentor_requests", ())]),
        *group(language, "sheets", [_sheet(row, language, zone) for row in one.get("sheets", ())]),
        *group(
            language,
            "sheetwords",
            [joined(day(language, row["begins"]), row["text"]) for row in one.get("sheet_words", ())],
        ),
    ]


def acts_of_child(one: dict[str, Any], language: str, zone: str) -> list[dict[str, Any]]:
    """Of a guardian about one child."""
    return [
        *group(language, "wishes", [_wished(row, language, zone) for row in one["wishes"]]),
        *group(language, "another", [_asked(row, language, zone) for row in one["mentor_requests"]]),
    ]


def _listed(language: str, said: list[str]) -> str:
    return ("、" if language == "zh_CN" else ", ").join(said)


def _school(language: str, said: str) -> str:
    return words(language, "rexport.school_said", words=said) if said else ""


def _offer(row: dict[str, Any], language: str, zone: str) -> str:
    suits = [word(language, f"directory.suits_{one}", one) for one in row["suits"]]
    said = _school(language, row["question"])
    return joined(when(language, zone, row["at"]), row["text"], _listed(language, suits), said)


def _sign_up(row: dict[str, Any], language: str, zone: str) -> str:
    state = word(language, f"directory.state_{row['state']}", "")
    name = row["for_pupil"] or ""
    said = _school(language, row["answer"])
    return joined(when(language, zone, row["at"]), row["title"], name, row["word"], state, said)


def _asked(row: dict[str, Any], language: str, zone: str) -> str:
    reason = word(language, f"rematch.reason_{row['reason']}", "") if row["reason"] else ""
    return joined(when(language, zone, row["at"]), reason, row["text"])


def _wished(row: dict[str, Any], language: str, zone: str) -> str:
    mentors = _listed(language, row["mentors"]) or words(language, "rexport.no_wish")
    child = words(language, "rexport.with_child") if row["with_child"] else ""
    return joined(when(language, zone, row["at"]), row["round"], mentors, child)


def _liked(row: dict[str, Any], language: str, zone: str) -> str:
    keep = words(language, "rexport.keep_pupils") if row["keep"] else ""
    named = words(language, "rexport.liked", liked=row["liked"], refused=row["rather_not"])
    return joined(when(language, zone, row["at"]), row["round"], keep, named)


def _sheet(row: dict[str, Any], language: str, zone: str) -> str:
    handed = words(language, "rexport.handed", day=when(language, zone, row["handed_at"]))
    lines = [Line(**one) for one in row.get("lines", ())]
    said = [
        words(language, "evidence.line", title=one.title(language), value=shown.value(language, one)) for one in lines
    ]
    return joined(row.get("term_name", ""), handed, *said, row.get("words", ""))
