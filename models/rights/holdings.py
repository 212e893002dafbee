"""What is kept on somebody, kind by kind: how much, and since when. Asked by the person alone, of the own rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.rights.erasing import UNERASED, UNERASED_ENTRY
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Held:
    """One kind: its word (texts `mydata.kind_<kind>`), how many rows, and since when (ms since 1970)."""

    kind: str
    many: int
    since: int | None


_THREADS = "SELECT id FROM thread WHERE guardian_id = :person AND pupil_id = :pupil"
# What the mentor wrote and has not arrived is not this guardian's to see.
_SEEN = "(m.by_guardian OR m.state IN ('delivered', 'recalled'))"
_CHILD = {
    "messages": f"SELECT COUNT(*) AS many, MIN(m.written_at) AS since FROM message m WHERE m.thread_id IN ({_THREADS})"
    f" AND {_SEEN} AND {UNERASED} AND LENGTH(m.sealed_body) > 0",
    "dates": f"SELECT COUNT(*) AS many, MIN(m.written_at) AS since FROM message m WHERE m.thread_id IN ({_THREADS})"
    f" AND {_SEEN} AND (LENGTH(m.sealed_body) = 0 OR NOT {UNERASED})",
    "visits": "SELECT COUNT(*) AS many, MIN(g.at) AS since FROM visit_guest g JOIN visit v ON v.id = g.visit_id"
    " WHERE g.guardian_id = :person AND v.pupil_id = :pupil",
    "answers": "SELECT COUNT(*) AS many, MIN(a.at) AS since FROM visit_answer a JOIN visit v ON v.id = a.visit_id"
    " WHERE a.guardian_id = :person AND v.pupil_id = :pupil",
    "agreements": "SELECT COUNT(*) AS many, MIN(a.at) AS since FROM agreement a WHERE a.pupil_id = :pupil"
    " AND a.state = 'confirmed' AND a.visit_id IN (SELECT visit_id FROM visit_guest WHERE guardian_id = :person)",
    "notes": "SELECT COUNT(*) AS many, MIN(n.sent_at) AS since FROM written_note n WHERE n.pupil_id = :pupil"
    " AND n.id IN (SELECT note_id FROM note_card WHERE guardian_id = :person)",
    "file": "SELECT COUNT(*) AS many, MIN(e.at) AS since FROM file_entry e WHERE e.pupil_id = :pupil AND e.ended_at IS NULL"
    f" AND e.shown AND (NOT e.by_guardian OR e.author_id = :person) AND {UNERASED_ENTRY}",
    "slips": "SELECT COUNT(*) AS many, MIN(s.signed_at) AS since FROM notice_slip s WHERE s.pupil_id = :pupil"
    " AND s.person_id = :person",
    # As models/pupil_file/goals.of_guardian shows them.
    "goals": "SELECT COUNT(*) AS many, MIN(g.at) AS since FROM file_goal g WHERE g.pupil_id = :pupil AND g.state <> 'dropped'"
    " AND (g.state <> 'with_mentor' OR g.by_person = :person) AND (g.state <> 'with_family' OR EXISTS"
    " (SELECT 1 FROM mentorship m WHERE m.id = g.mentorship_id AND m.until IS NULL))",
    "wishes": "SELECT COUNT(*) AS many, MIN(wished_at) AS since FROM match_pupil WHERE pupil_id = :pupil"
    " AND wished_by = :person AND sealed_wish IS NOT NULL",
    "another": "SELECT COUNT(*) AS many, MIN(asked_at) AS since FROM mentor_request WHERE pupil_id = :pupil"
    " AND asked_by = :person AND NOT by_mentor",
}
_PERSON = {
    "consents": "SELECT COUNT(*) AS many, MIN(given_at) AS since FROM consent WHERE person_id = :person",
    "notices": "SELECT COUNT(*) AS many, MIN(sent_at) AS since FROM notice_recipient WHERE person_id = :person"
    " AND state IN ('sent', 'listed')",
    "replies": "SELECT COUNT(*) AS many, MIN(at) AS since FROM event_reply WHERE person_id = :person",
    "questions": "SELECT COUNT(*) AS many, MIN(at) AS since FROM event_question WHERE person_id = :person",
    "offers": "SELECT COUNT(*) AS many, MIN(at) AS since FROM directory_offer WHERE person_id = :person",
    "signups": "SELECT COUNT(*) AS many, MIN(at) AS since FROM directory_request WHERE person_id = :person",
    "liked": "SELECT COUNT(*) AS many, MIN(wished_at) AS since FROM match_mentor WHERE person_id = :person"
    " AND sealed_wish IS NOT NULL",
    "rematch": "SELECT COUNT(*) AS many, MIN(asked_at) AS since FROM mentor_request WHERE asked_by = :person AND by_mentor",
    "sheets": "SELECT COUNT(*) AS many, MIN(handed_at) AS since FROM evidence_sheet WHERE person_id = :person",
    "sheetwords": "SELECT COUNT(*) AS many, MIN(at) AS since FROM evidence_words WHERE person_id = :person",
    "hours": "SELECT COUNT(*) AS many, MIN(at) AS since FROM training_hours WHERE person_id = :person",
    "free": "SELECT COUNT(*) AS many, NULL AS since FROM availability WHERE person_id = :person",
    "written": "SELECT COUNT(*) AS many, MIN(m.written_at) AS since FROM message m JOIN thread t ON t.id = m.thread_id"
    " WHERE t.mentor_id = :person AND NOT m.by_guardian AND LENGTH(m.sealed_body) > 0",
}


def of_child(unit: Unit, person_id: int, pupil_id: int) -> list[Held]:
    """What a guardian may see of one child: own line, own answers, what is shown to guardians."""
    return _counted(unit, _CHILD, person=person_id, pupil=pupil_id)


def of_person(unit: Unit, person_id: int) -> list[Held]:
    """What is kept on a guardian or a member of staff as such."""
    return _counted(unit, _PERSON, person=person_id)


def _counted(unit: Unit, statements: dict[str, str], **values: Any) -> list[Held]:
    found = []
    for kind, statement in statements.items():
        row = unit.execute(sql(statement), **values).one()
        if row.many:
            found.append(Held(kind, int(row.many), row.since))
    return found


_PROFILE = sql(
    "SELECT p.id, p.school_id, s.name AS school, p.staff_number, p.sealed_name, p.sealed_phone, p.subject, p.joined_at"
    " FROM person p JOIN school s ON s.id = p.school_id WHERE p.id = :person"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the roster says of somebody."""

    person_id: int
    school_id: int
    school: str
    is_staff: bool
    number: str
    name: str
    phone: str
    subject: str
    joined_at: int | None


def profile(unit: Unit, person_id: int) -> Profile | None:
    """What the roster says of somebody; for that person alone, and for an admin of the school."""
    row = unit.execute(_PROFILE, person=person_id).first()
    if row is None:
        return None
    return Profile(
        row.id,
        row.school_id,
        row.school,
        row.staff_number is not None,
        row.staff_number or "",
        unit.vault.open("person", row.id, "name", bytes(row.sealed_name)),
        "" if row.sealed_phone is None else unit.vault.open("person", row.id, "phone", bytes(row.sealed_phone)),
        row.subject or "",
        row.joined_at,
    )
