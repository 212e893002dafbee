"""What a copy has: only what that person may see.

What is need-to-know is in it, because it is that person's own, and stays covered on the page until it is tapped. Left out is
what belongs to a safeguarding case, pictures and files themselves (they are in the chat), and everything that is somebody
else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, text

from models.conversation import stored
from models.pupil_file import entries, goals
from models.rights import acts, consents, holdings, seen
from models.rights.erasing import UNERASED
from models.rights.exports import Wanted
from models.standing import Line, standing
from models.unit import Unit, sql

_COVERED = 2
"""From this level of an item on a text is covered until it is tapped, as in the chat."""

_MESSAGES = sql(
    "SELECT m.id, m.thread_id, m.by_guardian, m.author_id, m.kind, m.sealed_body, m.reply_to_id, m.state, m.held_for, m.due_at,"
    " m.hurried, m.item_id, m.item_by, m.written_at, m.edited_at, m.case_id, i.zh, i.en, i.level FROM message m"
    " LEFT JOIN checklist_item i ON i.id = m.item_id"
    " WHERE m.thread_id IN (SELECT id FROM thread WHERE guardian_id = :person AND pupil_id = :pupil)"
    f" AND (m.by_guardian OR m.state IN ('delivered', 'recalled')) AND {UNERASED} ORDER BY m.written_at, m.id"
)
_MENTORS = sql(
    "SELECT m.since, m.until, p.id, p.sealed_name FROM mentorship m JOIN person p ON p.id = m.mentor_id"
    " WHERE m.pupil_id = :pupil ORDER BY m.since"
)
_VISITS = sql(
    "SELECT v.id, v.purpose, v.state, v.form, v.starts_at, v.created_at, g.id AS guest, g.reply, g.topics, g.sealed_wish"
    " FROM visit_guest g JOIN visit v ON v.id = g.visit_id WHERE g.guardian_id = :person AND v.pupil_id = :pupil ORDER BY v.id"
)
_ANSWERS = sql(
    "SELECT id, visit_id, question, sealed_text, at FROM visit_answer WHERE guardian_id = :person AND visit_id IN"
    " (SELECT id FROM visit WHERE pupil_id = :pupil) ORDER BY id"
)
_FEEDBACK = sql(
    "SELECT id, visit_id, stars, sealed_comment, at FROM visit_feedback WHERE guardian_id = :person AND visit_id IN"
    " (SELECT id FROM visit WHERE pupil_id = :pupil) ORDER BY id"
)
_AGREEMENTS = sql(
    "SELECT a.id, a.visit_id, a.sealed_school, a.sealed_family, a.confirmed_at FROM agreement a WHERE a.pupil_id = :pupil"
    " AND a.state = 'confirmed' AND a.visit_id IN (SELECT visit_id FROM visit_guest WHERE guardian_id = :person) ORDER BY a.id"
)
_NOTES = sql(
    "SELECT n.id, n.sealed_text, n.sent_at, t.name AS term FROM written_note n JOIN term t ON t.id = n.term_id"
    " WHERE n.pupil_id = :pupil AND n.id IN (SELECT note_id FROM note_card WHERE guardian_id = :person) ORDER BY n.id"
)
_SLIPS = sql(
    "SELECT s.id, s.notice_id, s.choice, s.version, s.sealed_name, s.signed_at, s.replaced_at FROM notice_slip s"
    " WHERE s.person_id = :person AND s.pupil_id = :pupil ORDER BY s.id"
)
_CONSENTS = sql("SELECT version, given_at, withdrawn_at FROM consent WHERE person_id = :person ORDER BY id")
_REPLIES = sql(
    "SELECT e.id AS event_id, e.kind, e.starts_at, r.reply, r.people, r.at FROM event_reply r JOIN event e ON e.id = r.event_id"
    " WHERE r.person_id = :person ORDER BY e.starts_at"
)
_QUESTIONS = sql(
    "SELECT id, event_id, sealed_text, private, at FROM event_question WHERE person_id = :person ORDER BY id"
)
_NOTICES = sql(
    "SELECT n.id AS notice_id, n.level, r.sent_at, r.read_at FROM notice_recipient r JOIN notice n ON n.id = r.notice_id"
    " WHERE r.person_id = :person AND r.state IN ('sent', 'listed') ORDER BY r.sent_at"
)
_ROLES = sql("SELECT kind, since, until FROM role WHERE person_id = :person ORDER BY id")
_PUPILS = sql("SELECT COUNT(*) AS many, MIN(since) AS since FROM mentorship WHERE mentor_id = :person")
_FREE = sql("SELECT purpose, weekday, day, begins, ends, free FROM availability WHERE person_id = :person ORDER BY id")
_HOURS = sql(
    "SELECT id, event_id, minutes, day, sealed_name FROM training_hours WHERE person_id = :person ORDER BY day, id"
)
_SETTINGS = sql(
    "SELECT hours_from, hours_to, quiet_from, quiet_to, digest_day, digest_minute FROM person WHERE id = :person"
)
_NUMBERS = text("SELECT id, number FROM pupil WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))


def gather(unit: Unit, wanted: Wanted, language: str = "") -> dict[str, Any] | None:
    """All that the account may have, as plain values; times are milliseconds since 1970. Nothing where nobody stands behind
    it any more. The words of keys: docs/rights.md."""
    who = standing(unit, wanted.bot_id, wanted.user_id)
    if who is None or not who.has_joined:
        return None
    language = language or who.language
    numbers = {row.id: row.number for row in unit.execute(_NUMBERS, ids=[one.pupil_id for one in who.children] or [0])}
    return {
        "format": "mentor-bot-copy/1",
        "made_at": unit.now_ms,
        "language": language,
        "account": {"messenger": "Telegram", "account_id": who.user_id, "language": who.language},
        "people": [_person(unit, one.person_id, one.is_staff, language) for one in who.selves],
        "children": [_child(unit, line, numbers.get(line.pupil_id, ""), language) for line in who.children],
    }


def _person(unit: Unit, person_id: int, is_staff: bool, language: str) -> dict[str, Any]:
    profile = holdings.profile(unit, person_id)
    settings = unit.execute(_SETTINGS, person=person_id).one()
    found: dict[str, Any] = {
        "name": "" if profile is None else profile.name,
        "phone": "" if profile is None else profile.phone,
        "school": "" if profile is None else profile.school,
        "joined_at": None if profile is None else profile.joined_at,
        "is_staff": is_staff,
        "settings": dict(settings._mapping),
        "consents": _rows(unit, _CONSENTS, person_id),
        "event_replies": [
            {"title": acts.event_title(unit, one.pop("event_id"), language), **one}
            for one in _rows(unit, _REPLIES, person_id)
        ],
        "event_questions": [
            {
                "at": row.at,
                "text": unit.vault.open("event_question", row.id, "text", bytes(row.sealed_text)),
                "private": bool(row.private),
                "title": acts.event_title(unit, row.event_id, language),
            }
            for row in unit.execute(_QUESTIONS, person=person_id).all()
        ],
        "notices": [
            {"title": acts.notice_title(unit, one.pop("notice_id"), language), **one}
            for one in _rows(unit, _NOTICES, person_id)
        ],
        "offers": acts.offers(unit, person_id),
        "sign_ups": acts.sign_ups(unit, person_id, language),
    }
    if is_staff and profile is not None:
        mentoring = unit.execute(_PUPILS, person=person_id).one()
        found |= {
            "number": profile.number,
            "subject": profile.subject,
            "roles": _rows(unit, _ROLES, person_id),
            "mentorships": {"pupils": mentoring.many, "since": mentoring.since},
            "free_times": [{**one, "day": str(one["day"] or "")} for one in _rows(unit, _FREE, person_id)],
            "mentor_requests": acts.asked_as_mentor(unit, person_id),
            "wishes": acts.wished_as_mentor(unit, person_id),
            "sheets": acts.sheets(unit, person_id),
            "sheet_words": acts.sheet_words(unit, person_id),
            "course_hours": [
                {
                    "day": str(row.day),
                    "minutes": row.minutes,
                    "name": acts.event_title(unit, row.event_id, language)
                    if row.sealed_name is None
                    else unit.vault.open("training_hours", row.id, "name", bytes(row.sealed_name)),
                }
                for row in unit.execute(_HOURS, person=person_id).all()
            ],
        }
    return found


def _rows(unit: Unit, statement: Any, person_id: int) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in unit.execute(statement, person=person_id)]


def _child(unit: Unit, line: Line, number: str, language: str) -> dict[str, Any]:
    opened = unit.vault.open
    values = {"person": line.guardian_id, "pupil": line.pupil_id}
    answers: dict[int, list[dict[str, Any]]] = {}
    for row in unit.execute(_ANSWERS, **values):
        words = opened("visit_answer", row.id, "text", bytes(row.sealed_text))
        answers.setdefault(row.visit_id, []).append({"question": row.question, "text": words, "at": row.at})
    feedback = {
        row.visit_id: {
            "stars": row.stars,
            "comment": ""
            if row.sealed_comment is None
            else opened("visit_feedback", row.id, "comment", bytes(row.sealed_comment)),
        }
        for row in unit.execute(_FEEDBACK, **values)
    }
    return {
        "name": line.pupil_name,
        "number": number,
        "class": line.school_class,
        "relation": line.relation,
        "agreed_at": consents.since(unit, line.guardian_id, line.pupil_id),
        "mentors": [
            {"name": opened("person", row.id, "name", bytes(row.sealed_name)), "since": row.since, "until": row.until}
            for row in unit.execute(_MENTORS, pupil=line.pupil_id)
        ],
        "messages": list(_messages(unit, line)),
        "visits": [
            {
                "purpose": row.purpose,
                "state": row.state,
                "form": row.form,
                "starts_at": row.starts_at,
                "invited_at": row.created_at,
                "reply": row.reply,
                "wanted_topics": row.topics.split(),
                "wish": ""
                if row.sealed_wish is None
                else opened("visit_guest", row.guest, "wish", bytes(row.sealed_wish)),
                "answers": answers.get(row.id, []),
                "feedback": feedback.get(row.id),
            }
            for row in unit.execute(_VISITS, **values)
        ],
        "agreements": [
            {
                "school": opened("agreement", row.id, "school", bytes(row.sealed_school)),
                "family": opened("agreement", row.id, "family", bytes(row.sealed_family)),
                "confirmed_at": row.confirmed_at,
            }
            for row in unit.execute(_AGREEMENTS, **values)
        ],
        "notes": [
            {
                "term": row.term,
                "text": opened("written_note", row.id, "text", bytes(row.sealed_text)),
                "sent_at": row.sent_at,
            }
            for row in unit.execute(_NOTES, **values)
        ],
        "file": _file(unit, line),
        "wishes": acts.wished(unit, line.guardian_id, line.pupil_id),
        "mentor_requests": acts.asked_for_child(unit, line.guardian_id, line.pupil_id),
        "slips": [
            {
                "notice": row.notice_id,
                "title": acts.notice_title(unit, row.notice_id, language),
                "choice": row.choice,
                "name": opened("notice_slip", row.id, "name", bytes(row.sealed_name)),
                "signed_at": row.signed_at,
                "replaced_at": row.replaced_at,
            }
            for row in unit.execute(_SLIPS, **values).all()
        ],
        "looks": [
            {"at": one.at, "name": one.name, "role": one.role, "what": one.what, "reason": one.reason}
            for one in seen.looks(unit, line.guardian_id, line.pupil_id, most=2_000)
        ],
    }


def _messages(unit: Unit, line: Line) -> Iterator[dict[str, Any]]:
    values = {"person": line.guardian_id, "pupil": line.pupil_id}
    for row in unit.execute(_MESSAGES, **values).all():
        one = stored(unit, row)
        in_chat = row.case_id is not None
        yield {
            "at": one.written_at,
            "by": "me" if one.by_guardian else "school",
            "state": one.state.value,
            "kind": one.kind,
            "text": "" if in_chat else one.body.text,
            "in_chat_only": in_chat,
            "private": row.level is not None and row.level >= _COVERED,
            "erased": not bytes(row.sealed_body) and one.state.value != "recalled",
            "media": [] if in_chat else [piece["kind"] for piece in one.body.media],
            "captions": [] if in_chat else [piece["text"] for piece in one.body.media if piece.get("text")],
            "topic": None if in_chat or row.zh is None else {"zh": row.zh, "en": row.en},
            "edited_at": one.edited_at,
        }


def _file(unit: Unit, line: Line) -> dict[str, Any]:
    """What of the child's file this guardian may see: as models/pupil_file says, without what is another guardian's."""
    return {
        "entries": [
            {"kind": one.kind, "text": one.text, "mine": one.own, "private": one.level >= _COVERED, "at": one.at}
            for one in entries.of_guardian(unit, line.pupil_id, line.guardian_id)
        ],
        "goals": [
            {
                "text": one.text,
                "state": one.state.value,
                "mine": one.own,
                "at": one.at,
                "looked_back": [
                    {"by": "me" if review.own else "school", "result": review.result, "words": review.words}
                    for review in goals.reviews(unit, one, line.guardian_id, by_guardian=True)
                ],
            }
            for one in goals.of_guardian(unit, line.pupil_id, line.guardian_id)
        ],
    }
