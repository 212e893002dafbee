"""What is forgotten by age, kind by kind: which rows, when they are old, what is done to them.

`old` and `still` are conditions on the row `t`: that it is older than `:before`, and that there is something to forget.
"""

from __future__ import annotations

from dataclasses import dataclass

_CLOSED = "(SELECT id FROM safety_case WHERE state = 'closed' AND closed_at < :before)"
_LEFT = "(SELECT id FROM pupil WHERE ended_at < :before)"
_VISIT = (
    "t.visit_id IN (SELECT v.id FROM visit v WHERE v.ended_at < :before AND NOT EXISTS"
    " (SELECT 1 FROM safety_case c WHERE c.pupil_id = v.pupil_id AND c.state <> 'closed'))"
)
_CALM = " AND NOT EXISTS (SELECT 1 FROM safety_case c WHERE c.pupil_id = t.pupil_id AND c.state <> 'closed')"
"""What may be needed for a case in people's hands waits for it, as after an erasure (erasing.py)."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one table. Without `change` and `blank` the row goes."""

    kind: str
    """Its days are the setting of that name."""
    table: str
    at: str
    """Since when it counts, for the report."""
    old: str
    still: str = "1 = 1"
    change: str = ""
    blank: tuple[str, ...] = ()
    key: str = "id"
    first: tuple[str, ...] = ()
    """Statements for what hangs on the rows `:ids`."""

    @property
    def name(self) -> str:
        """What its progress is kept under."""
        return f"{self.kind}.{self.table}"


PARTS: tuple[Part, ...] = (
    Part("drafts", "composition", "t.started_at", "t.started_at < :before"),
    Part(
        "drafts",
        "choice",
        "t.asked_at",
        "t.asked_at < :before",
        first=("DELETE FROM draft WHERE choice_id IN :ids",),
    ),
    Part("drafts", "form", "t.asked_at", "t.asked_at < :before", key="account_id"),
    Part("drafts", "visit_draft", "t.at", "t.at < :before", key="account_id"),
    Part(
        "drafts",
        "album",
        "t.closed_at",
        "t.closed_at < :before",
        first=("DELETE FROM album_piece WHERE album_id IN :ids",),
    ),
    # What could not be handled holds what somebody wrote: the operator's look has a week.
    Part("drafts", "inbox", "t.received_at", "t.received_at < :before AND t.state = 'aside'"),
    Part("drafts", "data_export", "t.at", "t.at < :before"),
    Part(
        "visits",
        "visit",
        "t.ended_at",
        "t.ended_at < :before" + _CALM,
        "(t.sealed_aim IS NOT NULL OR t.area_hash IS NOT NULL)",
        "sealed_aim = NULL, area_hash = NULL, aim = CASE WHEN aim = 'own' THEN 'know' ELSE aim END",
    ),
    Part(
        "visits",
        "visit_guest",
        "t.at",
        _VISIT,
        "(t.sealed_wish IS NOT NULL OR t.topics <> '')",
        "sealed_wish = NULL, topics = ''",
    ),
    Part("visits", "visit_answer", "t.at", _VISIT),
    Part(
        "visits",
        "visit_feedback",
        "t.at",
        _VISIT,
        "t.sealed_comment IS NOT NULL",
        "sealed_comment = NULL",
    ),
    Part(
        "records",
        "visit_record",
        "t.begun_at",
        _VISIT,
        "(t.sealed_plain IS NOT NULL OR t.sealed_private IS NOT NULL)",
        "sealed_plain = NULL, sealed_private = NULL",
        key="visit_id",
    ),
    Part(
        "private",
        "visit_record",
        "t.begun_at",
        _VISIT,
        "t.sealed_private IS NOT NULL",
        "sealed_private = NULL",
        key="visit_id",
    ),
    Part("agreements", "agreement", "t.at", "t.at < :before" + _CALM, blank=("sealed_school", "sealed_family")),
    Part("notes", "written_note", "t.written_at", "t.written_at < :before" + _CALM, blank=("sealed_text",)),
    Part("file", "file_entry", "t.at", f"(t.ended_at < :before OR t.pupil_id IN {_LEFT}){_CALM}"),
    Part(
        "file",
        "file_goal",
        "t.at",
        f"t.pupil_id IN {_LEFT}{_CALM}",
        first=("DELETE FROM file_goal_review WHERE goal_id IN :ids",),
    ),
    Part(
        "file",
        "handover_item",
        "t.at",
        "t.handover_id IN (SELECT id FROM handover WHERE made_at < :before AND closes_at < :before)",
        "t.sealed_text IS NOT NULL",
        "sealed_text = NULL",
    ),
    Part("team", "team_decision", "t.made_at", "t.made_at < :before", blank=("sealed_text",)),
    Part("team", "team_review", "t.at", "t.at < :before" + _CALM, "t.sealed_step IS NOT NULL", "sealed_step = NULL"),
    Part(
        "requests",
        "mentor_request",
        "t.asked_at",
        "t.decided_at < :before",
        "t.sealed_words IS NOT NULL",
        "sealed_words = NULL",
    ),
    Part("slips", "notice_slip", "t.signed_at", "t.signed_at < :before"),
    Part(
        "cases",
        "no_contact",
        "t.since",
        "t.until < :before",
    ),
    Part(
        "cases",
        "safety_case",
        "t.closed_at",
        f"t.id IN {_CLOSED} AND NOT EXISTS (SELECT 1 FROM no_contact n WHERE n.case_id = t.id)",
        first=("DELETE FROM case_step WHERE case_id IN :ids", "DELETE FROM case_look WHERE case_id IN :ids"),
    ),
    Part("consents", "consent", "t.withdrawn_at", "t.withdrawn_at < :before"),
    Part("invites", "invite", "t.expires_at", "t.expires_at < :before"),
    Part("corrections", "correction", "t.at", "t.decided_at < :before"),
    Part("access", "thread_look", "t.asked_at", "t.asked_at < :before"),
    Part("access", "erasure", "t.at", "t.at < :before AND t.again_at IS NULL"),
)
"""All but messages and the log, which have rules of their own (retention.py)."""
KINDS = (
    "messages",
    "drafts",
    "visits",
    "records",
    "private",
    "agreements",
    "notes",
    "file",
    "team",
    "requests",
    "slips",
    "cases",
    "consents",
    "invites",
    "corrections",
    "access",
    "identity",
)
# Who has left long ago and is erased as by hand.
PUPILS = (
    "FROM pupil p WHERE p.ended_at < :before AND p.number NOT LIKE '~%' AND NOT EXISTS"
    " (SELECT 1 FROM safety_case c WHERE c.pupil_id = p.id AND c.state <> 'closed')"
)
_NO_CHILD = " AND NOT EXISTS (SELECT 1 FROM guardianship g WHERE g.person_id = p.id AND g.until IS NULL)"
STAFF = (
    "FROM person p WHERE p.ended_at < :before AND p.staff_number IS NOT NULL AND p.staff_number NOT LIKE '~%'"
    + _NO_CHILD
)
# Who is a guardian no more though the child is still here; not while a child has to be protected from them.
GUARDIANS = (
    "FROM person p WHERE p.ended_at < :before AND p.staff_number IS NULL AND LENGTH(p.name_hash) > 0"
    + _NO_CHILD
    + " AND NOT EXISTS (SELECT 1 FROM no_contact n WHERE n.person_id = p.id AND n.until IS NULL)"
    " AND NOT EXISTS (SELECT 1 FROM guardianship g JOIN safety_case c ON c.pupil_id = g.pupil_id"
    " WHERE g.person_id = p.id AND c.state <> 'closed')"
)
