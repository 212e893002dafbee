"""Feedback for one mentor in sum, of five people and five more: what is shown moves with five answers, never with one.

What was shown last is kept, so that an answer that is changed, or one more, cannot be reckoned out from two looks.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.evidence.terms import Term
from models.sums import FEWEST, in_steps
from models.unit import Unit, sql

VISITS = "visit_feedback"

_VISITS = sql(
    "SELECT f.guardian_id, f.stars FROM visit_feedback f JOIN visit v ON v.id = f.visit_id WHERE v.mentor_id = :mentor"
    " AND v.purpose = 'visit' AND v.starts_at >= :since AND v.starts_at < :until ORDER BY f.id"
)
_SHOWN = sql(
    "SELECT many, total FROM evidence_sum WHERE person_id = :mentor AND begins = :begins AND counter = :counter"
)
_SHOW = sql(
    "INSERT INTO evidence_sum (person_id, begins, counter, many, total) VALUES (:mentor, :begins, :counter, :many, :total)"
    " ON CONFLICT (person_id, begins, counter) DO UPDATE SET many = :many, total = :total WHERE evidence_sum.many < :many"
)
# An event's own sums move in steps already (models/events/feedback.py); only whole ones are put together.
_EVENTS = sql(
    "SELECT COALESCE(SUM(answers), 0) AS many, COALESCE(SUM(help_sum), 0) AS total FROM event WHERE host_id = :mentor"
    " AND state = 'held' AND answers >= :least AND starts_at >= :since AND starts_at < :until"
    " AND kind NOT IN ('consultation', 'training')"
)


@dataclass(frozen=True, slots=True)
class Sum:
    """So many answers and their sum; nothing of fewer than five people."""

    many: int = 0
    total: int = 0

    @property
    def mean(self) -> float | None:
        """The mean, with one decimal."""
        return round(self.total / self.many, 1) if self.many else None


def visits(unit: Unit, mentor_id: int, term: Term) -> Sum:
    """What families gave this mentor's visits of a term. It may move what is shown: call it within a writing unit."""
    key = {"mentor": mentor_id, "begins": term.begins, "counter": VISITS}
    row = unit.execute(_SHOWN, **key).first()
    shown = Sum() if row is None else Sum(int(row.many), int(row.total))
    rows = unit.execute(_VISITS, mentor=mentor_id, since=term.since, until=term.until).all()
    people = {one.guardian_id for one in rows}
    whole = in_steps(rows, lambda one: one.guardian_id)
    if len(people) < FEWEST or len(whole) < shown.many + FEWEST:
        return shown
    fresh = Sum(len(whole), sum(one.stars for one in whole))
    unit.write(_SHOW, many=fresh.many, total=fresh.total, **key)
    return fresh


def events(unit: Unit, mentor_id: int, term: Term) -> Sum:
    """What people gave this mentor's events of a term, of those from five answers up."""
    row = unit.execute(_EVENTS, mentor=mentor_id, since=term.since, until=term.until, least=FEWEST).one()
    return Sum(int(row.many), int(row.total))
