"""After a while only sums of an event are kept: how many came, what was thought of it. Who, nobody can look up any more."""

from __future__ import annotations

from models.events import events, feedback, replies, signin
from models.events.rules import DAY, EventRules
from models.events.states import COMING
from models.unit import Unit, sql

MOST = 50

_DUE = sql("SELECT id FROM event WHERE closed_at IS NULL AND ends_at < :before ORDER BY ends_at LIMIT :most")
_CLOSE = sql(
    "UPDATE event SET closed_at = :now, people = :people, signed_up = :signed, answers = :answers, help_sum = :helped,"
    " use_sum = :usable, version = version + 1 WHERE id = :id AND closed_at IS NULL"
)
_FORGET = [
    sql(f"DELETE FROM {table} WHERE event_id = :event")
    for table in ("event_here", "event_feedback", "event_reply", "topic_vote")
] + [
    sql("DELETE FROM event_question WHERE event_id = :event AND (sealed_answer IS NULL OR private)"),
    sql("UPDATE event_question SET person_id = NULL WHERE event_id = :event"),
]


def close_due(unit: Unit, rules: EventRules) -> int:
    """Closes what ended long enough ago. Answers how many."""
    rows = unit.execute(_DUE, before=unit.now_ms - rules.keep_days * DAY, most=MOST).all()
    for row in rows:
        event = events.must(unit, row.id)
        count, helped, usable = feedback.counted(unit, row.id)
        came = signin.attendance(unit, event) or 0
        signed = sum(many for reply, (_, many) in replies.sums(unit, row.id).items() if reply in COMING)
        done = unit.write(
            _CLOSE,
            id=row.id,
            now=unit.now_ms,
            people=came,
            signed=signed,
            answers=count,
            helped=helped,
            usable=usable,
        )
        if done == 1:
            for statement in _FORGET:
                unit.write(statement, event=row.id)
            events.log(unit, row.id, None, "closed")
    return len(rows)
