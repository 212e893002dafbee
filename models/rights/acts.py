"""What somebody asked for, offered, wished or handed in, as plain values of that person's own copy.

What became of a request for another mentor is not among it: it is said in the chat, to whom it may be said. Whom a mentor
named of the pupils is somebody else's: how many they are is told.
"""

from __future__ import annotations

import json
from typing import Any

from models.directory import cards, content, own
from models.events import events, kinds
from models.matching import choices, wishes
from models.notices import notices
from models.notices.states import NoticeState
from models.unit import Unit, sql

_OFFERS = sql(
    "SELECT id, sealed_about, suits, named, state, sealed_question, at FROM directory_offer WHERE person_id = :person ORDER BY id"
)
_ASKED = "SELECT id, reason, sealed_words, asked_at FROM mentor_request WHERE asked_by = :person"
_ASKED_FOR_CHILD = sql(f"{_ASKED} AND pupil_id = :pupil AND NOT by_mentor ORDER BY id")
_ASKED_AS_MENTOR = sql(f"{_ASKED} AND by_mentor ORDER BY id")
_WISHED = sql(
    "SELECT m.id, m.sealed_wish, m.wished_at, m.with_child, r.name FROM match_pupil m JOIN match_round r ON r.id = m.round_id"
    " WHERE m.pupil_id = :pupil AND m.wished_by = :person AND m.sealed_wish IS NOT NULL ORDER BY m.id"
)
_WISHED_AS_MENTOR = sql(
    "SELECT m.id, m.sealed_wish, m.wished_at, r.name FROM match_mentor m JOIN match_round r ON r.id = m.round_id"
    " WHERE m.person_id = :person AND m.sealed_wish IS NOT NULL ORDER BY m.id"
)
_SHEETS = sql(
    "SELECT id, sealed_content, handed_at, noted_at FROM evidence_sheet WHERE person_id = :person ORDER BY handed_at, id"
)
_SHEET_WORDS = sql("SELECT id, begins, sealed_text, at FROM evidence_words WHERE person_id = :person ORDER BY begins")


def _open(unit: Unit, table: str, row_id: int, column: str, kept: bytes | None) -> str:
    return "" if not kept else unit.vault.open(table, row_id, column, bytes(kept))


def offers(unit: Unit, person_id: int) -> list[dict[str, Any]]:
    """What a guardian offered to the directory, in the own words."""
    return [
        {
            "text": _open(unit, "directory_offer", row.id, "about", row.sealed_about),
            "suits": row.suits.split(),
            "named": bool(row.named),
            "state": row.state,
            "question": _open(unit, "directory_offer", row.id, "question", row.sealed_question),
            "at": row.at,
        }
        for row in unit.execute(_OFFERS, person=person_id).all()
    ]


def sign_ups(unit: Unit, person_id: int, language: str) -> list[dict[str, Any]]:
    """For what of the directory somebody asked for a place. What another parent offers is named by its kind alone."""
    return [
        {
            "title": _card(unit, one.card_id, language),
            "for_pupil": None if one.pupil_id is None else events.pupil_name(unit, one.pupil_id),
            "as_mentor": one.as_mentor,
            "word": one.word,
            "state": one.state.value,
            "answer": one.answer,
            "at": one.at,
        }
        for one in own.kept_of(unit, person_id)
    ]


def _card(unit: Unit, card_id: int, language: str) -> str:
    card = cards.whatever(unit, card_id)
    if card is None:
        return ""
    kind = content.kind_of(card.kind.code)
    return card.content.name(language) or ("" if kind is None else kind.title(language))


def asked_for_child(unit: Unit, person_id: int, pupil_id: int) -> list[dict[str, Any]]:
    """This guardian's own requests for another mentor of a child."""
    return _asked(unit, unit.execute(_ASKED_FOR_CHILD, person=person_id, pupil=pupil_id).all())


def asked_as_mentor(unit: Unit, person_id: int) -> list[dict[str, Any]]:
    """A mentor's own requests, without the pupils'."""
    return _asked(unit, unit.execute(_ASKED_AS_MENTOR, person=person_id).all())


def _asked(unit: Unit, rows: Any) -> list[dict[str, Any]]:
    return [
        {
            "reason": row.reason,
            "text": _open(unit, "mentor_request", row.id, "words", row.sealed_words),
            "at": row.asked_at,
        }
        for row in rows
    ]


def wished(unit: Unit, person_id: int, pupil_id: int) -> list[dict[str, Any]]:
    """The mentors whom this guardian wished for a child, in order, round by round."""
    return [
        {
            "round": row.name,
            "mentors": [choices.name_of(unit, one) for one in wishes.opened(unit, row.id, bytes(row.sealed_wish))],
            "with_child": bool(row.with_child),
            "at": row.wished_at,
        }
        for row in unit.execute(_WISHED, person=person_id, pupil=pupil_id).all()
    ]


def wished_as_mentor(unit: Unit, person_id: int) -> list[dict[str, Any]]:
    """A mentor's own wishes: whether to keep today's pupils, and how many were named."""
    found = []
    for row in unit.execute(_WISHED_AS_MENTOR, person=person_id).all():
        said = wishes.opened_mentor(unit, row.id, bytes(row.sealed_wish))
        found.append(
            {
                "round": row.name,
                "keep": said.keep,
                "liked": len(said.liked),
                "rather_not": len(said.refused),
                "at": row.wished_at,
            }
        )
    return found


def sheets(unit: Unit, person_id: int) -> list[dict[str, Any]]:
    """The sheets that a mentor handed in, as they were."""
    return [
        {
            **json.loads(_open(unit, "evidence_sheet", row.id, "content", row.sealed_content) or "{}"),
            "handed_at": row.handed_at,
            "noted_at": row.noted_at,
        }
        for row in unit.execute(_SHEETS, person=person_id).all()
    ]


def sheet_words(unit: Unit, person_id: int) -> list[dict[str, Any]]:
    """What a mentor wrote for the own sheets."""
    return [
        {
            "begins": str(row.begins),
            "text": _open(unit, "evidence_words", row.id, "text", row.sealed_text),
            "at": row.at,
        }
        for row in unit.execute(_SHEET_WORDS, person=person_id).all()
    ]


def event_title(unit: Unit, event_id: int | None, language: str) -> str:
    """What kind of event it was, and its topic; for one who was invited to it."""
    event = None if event_id is None else events.one(unit, event_id)
    if event is None:
        return ""
    topic = events.topic_title(unit, event, language)
    kind = kinds.kind_of(event.kind).title(language)
    return f"{kind} · {topic}" if topic else kind


def notice_title(unit: Unit, notice_id: int, language: str) -> str:
    """How a notice is called, for one who got it; empty where it was taken back."""
    notice = notices.one(unit, notice_id)
    if notice is None or notice.state == NoticeState.RECALLED or not bytes(notice.sealed_content):
        return ""
    return notices.content(unit, notice).called(language)
