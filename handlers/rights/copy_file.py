"""The file of a copy: data.json for machines, index.html to read, in the person's language, without scripts or anything that
would have to be loaded. More than fits into one message comes in parts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from jinja2 import Environment, FileSystemLoader, Template, select_autoescape

from handlers.copies import relation_word
from handlers.rights.seen import one_line
from handlers.texts import catalogue, moment, words
from models.base import from_ms
from models.rights.seen import Look

PER_PART = 60_000
"""Messages in one file: far below the 50 MB that a bot may send (Telegram Bot API, sendDocument), also where each is long."""
_MADE = (2000, 1, 1, 0, 0, 0)


def zips(found: dict[str, Any], zone: str, per_part: int = PER_PART) -> Iterator[bytes]:
    """The ZIP files: one, or more where there are very many messages."""
    parts = list(_parts(found, per_part))
    for number, part in enumerate(parts, 1):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            for name, content in (
                ("index.html", _page(part, zone, number, len(parts))),
                ("data.json", orjson.dumps(part, option=orjson.OPT_INDENT_2)),
            ):
                packed.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
        yield out.getvalue()


def _parts(found: dict[str, Any], per_part: int) -> Iterator[dict[str, Any]]:
    """The first part has all but messages; each has at most so many of them, with the child whose they are."""
    slots: list[tuple[int, list[dict[str, Any]]]] = []
    for place, child in enumerate(found["children"]):
        every = child["messages"]
        slots += [(place, every[at : at + per_part]) for at in range(0, len(every), per_part)]
    bundles: list[list[tuple[int, list[dict[str, Any]]]]] = [[]]
    for slot in slots:
        if bundles[-1] and sum(len(one) for _, one in bundles[-1]) + len(slot[1]) > per_part:
            bundles.append([])
        bundles[-1].append(slot)
    for number, bundle in enumerate(bundles):
        own: dict[int, list[dict[str, Any]]] = {}
        for place, some in bundle:
            own.setdefault(place, []).extend(some)
        if number == 0:
            children = [{**child, "messages": own.get(at, [])} for at, child in enumerate(found["children"])]
            yield {**found, "part": 1, "parts": len(bundles), "children": children}
        else:
            names = ("name", "number", "class", "relation")
            children = [
                {**{name: found["children"][at][name] for name in names}, "messages": some} for at, some in own.items()
            ]
            whole = {"format": found["format"], "made_at": found["made_at"], "language": found["language"]}
            yield {**whole, "part": number + 1, "parts": len(bundles), "people": [], "children": children}


# --- the page ---


def _page(found: dict[str, Any], zone: str, part: int, parts: int) -> bytes:
    language = found["language"]
    texts = {name: words(language, f"rexport.{name}") for name in ("title", "intro", "messages", "covered")}
    return (
        _template()
        .render(
            lang="zh-CN" if language == "zh_CN" else "en",
            t=texts,
            made=_when(language, zone, found["made_at"]),
            part=part,
            parts=parts,
            people=[_person(one, language, zone) for one in found["people"]],
            children=[_child(one, language, zone) for one in found["children"]],
        )
        .encode()
    )


@cache
def _template() -> Template:
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=select_autoescape(["html"])).get_template("export.html")


def _when(language: str, zone: str, at: int | None) -> str:
    if at is None:
        return "–"
    moment_ = from_ms(at)
    return f"{moment_.astimezone(ZoneInfo(zone)).year} {moment(language, moment_, zone)}"


def _word(language: str, key: str, fallback: str) -> str:
    """A word of the catalogue for a code; the code itself where there is none."""
    return catalogue(language).get(key, fallback)


def _group(language: str, key: str, lines: list[str]) -> list[dict[str, Any]]:
    return [{"title": words(language, f"mydata.kind_{key}"), "lines": lines}] if lines else []


def _person(one: dict[str, Any], language: str, zone: str) -> dict[str, Any]:
    facts = [
        (words(language, "rexport.phone"), one["phone"] or "–"),
        (words(language, "rexport.school"), one["school"]),
        (words(language, "rexport.joined"), _when(language, zone, one["joined_at"])),
    ]
    given = [
        words(
            language,
            "rexport.consent" if row["withdrawn_at"] is None else "rexport.consent_withdrawn",
            version=row["version"],
            day=_when(language, zone, row["given_at"]),
            **({} if row["withdrawn_at"] is None else {"until": _when(language, zone, row["withdrawn_at"])}),
        )
        for row in one["consents"]
    ]
    replies = [
        f"{_when(language, zone, row['starts_at'])} · {_word(language, 'rexport.reply_' + row['reply'], row['reply'])}"
        for row in one["event_replies"]
    ]
    questions = [f"{_when(language, zone, row['at'])} · {row['text']}" for row in one["event_questions"]]
    notices = [_when(language, zone, row["sent_at"]) for row in one["notices"]]
    hours = [f"{row['day']} · {row['minutes']} min · {row['name']}" for row in one.get("course_hours", ())]
    groups = [
        *_group(language, "consents", given),
        *_group(language, "replies", replies),
        *_group(language, "questions", questions),
        *_group(language, "notices", notices),
        *_group(language, "hours", hours),
    ]
    return {"name": one["name"], "facts": facts, "groups": groups}


def _child(one: dict[str, Any], language: str, zone: str) -> dict[str, Any]:
    facts = [
        (words(language, "rexport.group"), one["class"]),
        (words(language, "rexport.number"), one["number"]),
        (words(language, "rexport.relation"), relation_word(language, one["relation"])),
    ]
    groups: list[dict[str, Any]] = []
    if "mentors" in one:
        facts.append((words(language, "rexport.agreed"), _when(language, zone, one["agreed_at"])))
        mentors = [
            f"{row['name']} · {_when(language, zone, row['since'])} – {_when(language, zone, row['until'])}"
            for row in one["mentors"]
        ]
        groups = [
            *_group(language, "mentors", mentors),
            *_group(language, "visits", [_visit(row, language, zone) for row in one["visits"]]),
            *_group(language, "agreements", [_agreement(row, language, zone) for row in one["agreements"]]),
            *_group(language, "notes", [f"{row['term']} · {row['text']}" for row in one["notes"]]),
            *_group(language, "file", [_dated(row, language, zone) for row in one["file"]["entries"]]),
            *_group(language, "goals", [_dated(row, language, zone) for row in one["file"]["goals"]]),
            *_group(
                language,
                "slips",
                [f"{_when(language, zone, row['signed_at'])} · {row['name']}" for row in one["slips"]],
            ),
            *_group(language, "looks", [_look(row, language, zone) for row in one["looks"]]),
        ]
    shown = [_message(row, language, zone) for row in one["messages"]]
    return {"name": one["name"], "facts": facts, "groups": groups, "messages": shown}


def _dated(row: dict[str, Any], language: str, zone: str) -> str:
    return f"{_when(language, zone, row['at'])} · {row['text']}"


def _visit(row: dict[str, Any], language: str, zone: str) -> str:
    said = [row["wish"], *(one["text"] for one in row["answers"])]
    if row["feedback"]:
        said += [f"{row['feedback']['stars']}/5", row["feedback"]["comment"]]
    return " · ".join([_when(language, zone, row["starts_at"] or row["invited_at"]), *filter(None, said)])


def _agreement(row: dict[str, Any], language: str, zone: str) -> str:
    return words(
        language,
        "rexport.agreement",
        day=_when(language, zone, row["confirmed_at"]),
        school=row["school"],
        family=row["family"],
    )


def _look(row: dict[str, Any], language: str, zone: str) -> str:
    return one_line(language, zone, Look(row["at"], row["name"], row["role"], row["what"], row["reason"]))


def _message(row: dict[str, Any], language: str, zone: str) -> dict[str, Any]:
    note = ""
    if row["state"] == "recalled":
        note = words(language, "rexport.recalled")
    elif row["in_chat_only"]:
        note = words(language, "rexport.in_chat")
    elif row["erased"]:
        note = words(language, "rexport.forgotten")
    elif row["media"]:
        kinds = [words(language, f"kind.{kind}") for kind in row["media"]]
        note = words(language, "rexport.media", kinds="、".join(kinds) if language == "zh_CN" else ", ".join(kinds))
    return {
        "mine": row["by"] == "me",
        "who": words(language, "rexport.me" if row["by"] == "me" else "rexport.mentor"),
        "when": _when(language, zone, row["at"]),
        "topic": row["topic"]["zh" if language == "zh_CN" else "en"] if row["topic"] else "",
        "note": note,
        "covered": row["private"],
        "text": "\n".join([row["text"], *row["captions"]]).strip(),
    }
