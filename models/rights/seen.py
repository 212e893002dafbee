"""Who looked at a child's data, as the family sees it: who, when, what, why.

Left out is what is another guardian's side, everything about the child's safety, and looks that such a case made necessary:
what somebody looked at while they were told of an open case. A guardian who must not be contacted sees no typed reasons, and no
look at the conversation of which others would have been told.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.safeguarding import cases
from models.unit import Unit, sql

PAGE = 8


@dataclass(frozen=True, slots=True)
class Look:
    """One line. `role` is a word (texts `seen.role_<role>`); `name` is empty where that person's data is erased."""

    at: int
    name: str
    role: str
    what: str
    reason: str


_LINES = sql(
    "SELECT a.id, a.at, a.what, a.sealed_reason, a.person_id, p.sealed_name, CASE"
    " WHEN EXISTS (SELECT 1 FROM mentorship m WHERE m.pupil_id = a.pupil_id AND m.mentor_id = a.person_id"
    " AND m.since <= a.at AND (m.until IS NULL OR m.until >= a.at)) THEN 'mentor'"
    " WHEN EXISTS (SELECT 1 FROM class_team c JOIN pupil u ON u.school_class_id = c.school_class_id WHERE u.id = a.pupil_id"
    " AND c.chief_mentor_id = a.person_id AND c.since <= a.at AND (c.until IS NULL OR c.until >= a.at)) THEN 'chief_mentor'"
    " WHEN EXISTS (SELECT 1 FROM role r WHERE r.person_id = a.person_id AND r.kind = 'admin' AND r.since <= a.at"
    " AND (r.until IS NULL OR r.until >= a.at)) THEN 'admin'"
    " WHEN EXISTS (SELECT 1 FROM role r WHERE r.person_id = a.person_id AND r.kind = 'counsellor' AND r.since <= a.at"
    " AND (r.until IS NULL OR r.until >= a.at)) THEN 'counsellor'"
    " WHEN EXISTS (SELECT 1 FROM role r WHERE r.person_id = a.person_id AND r.kind = 'duty_leader' AND r.since <= a.at"
    " AND (r.until IS NULL OR r.until >= a.at)) THEN 'duty_leader'"
    " ELSE 'teacher' END AS role"
    " FROM access a JOIN person p ON p.id = a.person_id JOIN guardianship g ON g.pupil_id = a.pupil_id"
    " AND g.person_id = :guardian AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " WHERE a.pupil_id = :pupil AND a.at >= g.since AND a.what <> 'case'"
    " AND (a.guardian_id IS NULL OR a.guardian_id = :guardian)"
    " AND NOT EXISTS (SELECT 1 FROM safety_case c JOIN case_step s ON s.case_id = c.id WHERE c.pupil_id = a.pupil_id"
    " AND s.person_id = a.person_id AND s.paged_at <= a.at AND (c.closed_at IS NULL OR c.closed_at >= a.at))"
    # Of a look at the conversation both sides are told at once, but for who must not be contacted: it must not show later.
    " AND NOT (a.what = 'thread' AND EXISTS (SELECT 1 FROM no_contact n WHERE n.person_id = :guardian AND n.since <= a.at"
    " AND (n.until IS NULL OR n.until >= a.at)))"
    " ORDER BY a.at DESC, a.id DESC LIMIT :most OFFSET :skip"
)


def looks(unit: Unit, guardian_id: int, pupil_id: int, *, page: int = 0, most: int = PAGE + 1) -> list[Look]:
    """A page of them, the newest first; one more than PAGE where there is another. Empty for who is not the child's confirmed
    guardian."""
    rows = unit.execute(_LINES, guardian=guardian_id, pupil=pupil_id, most=most, skip=page * PAGE).all()
    silent = cases.is_stopped(unit, guardian_id)
    found = []
    for row in rows:
        reason = ""
        if row.sealed_reason is not None and not silent:
            reason = unit.vault.open("access", row.id, "reason", bytes(row.sealed_reason))
        name = unit.vault.open("person", row.person_id, "name", bytes(row.sealed_name))
        found.append(Look(row.at, name, row.role, row.what, reason))
    return found
