"""Which requests for another mentor still wait to be decided, and ending those that do not, without a word."""

from __future__ import annotations

from models.unit import Unit, sql

STANDS = (
    " (COALESCE(r.mentor_id, 0) = COALESCE((SELECT ms.mentor_id FROM mentorship ms WHERE ms.pupil_id = r.pupil_id"
    " AND ms.until IS NULL), 0) AND (r.by_mentor = :yes OR EXISTS (SELECT 1 FROM guardianship og"
    " WHERE og.pupil_id = r.pupil_id AND og.person_id = r.asked_by AND og.until IS NULL)))"
)
"""SQL: what the request `r` asks for is still to be decided, as the mentor is the one it is about and who asked is a guardian."""
_SETTLE = (
    f"UPDATE mentor_request AS r SET outcome = 'changed', decided_at = :now WHERE r.decided_at IS NULL AND NOT {STANDS}"
)
_SETTLE_ALL = sql(_SETTLE)
_SETTLE_OF = sql(f"{_SETTLE} AND r.pupil_id = :pupil")


def settle(unit: Unit) -> None:
    """Ends what has nothing left to decide: the family has heard of another mentor, or who asked is no guardian any more."""
    unit.write(_SETTLE_ALL, now=unit.now_ms, yes=True)


def settle_of(unit: Unit, pupil_id: int) -> None:
    """The same for one pupil, so that an old request does not stand in the way of a new one."""
    unit.write(_SETTLE_OF, pupil=pupil_id, now=unit.now_ms, yes=True)
