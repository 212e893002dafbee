"""The page of a copy: all of it in words, in the person's language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template, select_autoescape

from handlers.copies import relation_word
from handlers.rights.copy_acts import acts, acts_of_child
from handlers.rights.copy_words import day, group, joined, when, word
from handlers.rights.seen import one_line
from handlers.texts import words
from models.rights.seen import Look


def page(found: dict[str, Any], zone: str, part: int, parts: int) -> bytes:
    """The page of a part, in the person's language."""
    language = found["language"]
    texts = {name: words(language, f"rexport.{name}") for name in ("title", "intro", "messages", "covered")}
    return (
        _template()
        .render(
            lang="zh-CN" if language == "zh_CN" else "en",
            t=texts,
            made=when(language, zone, found["made_at"]),
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


def _person(one: dict[str, Any], language: str, zone: str) -> dict[str, Any]:
    facts = [
        (words(language, "rexport.phone"), one["phone"] or "–"),
        (words(language, "rexport.school"), one["school"]),
        (words(language, "rexport.joined"), when(language, zone, one["joined_at"])),
    ]
    given = [
        words(
            language,
            "rexport.consent" if row["withdrawn_at"] is None else "rexport.consent_withdrawn",
            version=row["version"],
            day=when(language, zone, row["given_at"]),
            **({} if row["withdrawn_at"] is None else {"until": when(language, zone, row["withdrawn_at"])}),
        )
        for row in one["consents"]
    ]
    replies = [
        joined(
            row["title"],
            when(language, zone, row["starts_at"]),
            word(language, f"rexport.reply_{row['reply']}", row["reply"]),
        )
        for row in one["event_replies"]
    ]
    questions = [joined(when(language, zone, row["at"]), row["title"], row["text"]) for row in one["event_questions"]]
    notices = [_notice(row, language, zone) for row in one["notices"]]
    hours = [
        joined(day(language, row["day"]), row["name"], words(language, "rexport.minutes", count=row["minutes"]))
        for row in one.get("course_hours", ())
    ]
    groups = [
        *group(language, "consents", given),
        *group(language, "replies", replies),
        *group(language, "questions", questions),
        *group(language, "notices", notices),
        *group(language, "hours", hours),
        *acts(one, language, zone),
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
        facts.append((words(language, "rexport.agreed"), when(language, zone, one["agreed_at"])))
        mentors = [
            f"{row['name']} · {when(language, zone, row['since'])} – "
            + (words(language, "rexport.now") if row["until"] is None else when(language, zone, row["until"]))
            for row in one["mentors"]
        ]
        groups = [
            *group(language, "mentors", mentors),
            *group(language, "visits", [_visit(row, language, zone) for row in one["visits"]]),
            *group(language, "agreements", [_agreement(row, language, zone) for row in one["agreements"]]),
            *group(language, "notes", [f"{row['term']} · {row['text']}" for row in one["notes"]]),
            *group(language, "file", [_dated(row, language, zone) for row in one["file"]["entries"]]),
            *group(language, "goals", [_dated(row, language, zone) for row in one["file"]["goals"]]),
            *group(
                language,
                "slips",
                [joined(row["title"], when(language, zone, row["signed_at"]), row["name"]) for row in one["slips"]],
            ),
            *acts_of_child(one, language, zone),
            *group(language, "looks", [_look(row, language, zone) for row in one["looks"]]),
        ]
    shown = [_message(row, language, zone) for row in one["messages"]]
    return {"name": one["name"], "facts": facts, "groups": groups, "messages": shown}


def _dated(row: dict[str, Any], language: str, zone: str) -> str:
    return f"{when(language, zone, row['at'])} · {row['text']}"


def _visit(row: dict[str, Any], language: str, zone: str) -> str:
    said = [row["wish"], *(one["text"] for one in row["answers"])]
    if row["feedback"]:
        said += [words(language, "rexport.stars", stars=row["feedback"]["stars"]), row["feedback"]["comment"]]
    purpose = word(language, f"visit.purpose_{row['purpose']}", "")
    return joined(purpose, when(language, zone, row["starts_at"] or row["invited_at"]), *said)


def _notice(row: dict[str, Any], language: str, zone: str) -> str:
    if row["title"]:
        title = words(language, "rexport.notice_named", title=row["title"])
    else:
        title = words(language, "rexport.notice_gone")
    if row["sent_at"] is None:
        return title
    said = words(language, "rexport.notice", title=title, day=when(language, zone, row["sent_at"]))
    if row["read_at"] is None:
        return said
    return joined(said, words(language, "rexport.notice_read", day=when(language, zone, row["read_at"])))


def _agreement(row: dict[str, Any], language: str, zone: str) -> str:
    return words(
        language,
        "rexport.agreement",
        day=when(language, zone, row["confirmed_at"]),
        school=row["school"],
        family=row["family"],
    )


def _look(row: dict[str, Any], language: str, zone: str) -> str:
    look = Look(row["at"], row["name"], row["role"], row["what"], row["reason"])
    # The page has its own bullets, and says the year.
    return one_line(language, zone, look, when=when(language, zone, row["at"])).removeprefix("· ")


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
        "when": when(language, zone, row["at"]),
        "topic": row["topic"]["zh" if language == "zh_CN" else "en"] if row["topic"] else "",
        "note": note,
        "covered": row["private"],
        "text": "\n".join([row["text"], *row["captions"]]).strip(),
    }
