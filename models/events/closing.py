"""After a while only sums of an event are kept: how many came, what was thought of it. Who, nobody can look up any more."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from models.events import events, kinds, signin
from models.events.rules import DAY, EventRules
from models.unit import Unit, sql

MOST = 50

_DUE = sql("SELECT id FROM event WHERE closed_at IS NULL AND ends_at < :before ORDER BY ends_at LIMIT :most")
_CLOSE = sql(
    "UPDATE event SET closed_at = :now, people = :people, signed_up = :signed, version = version + 1"
    " WHERE id = :id AND closed_at IS NULL"
)
_SIGNED = sql(
    "SELECT COALESCE(SUM(people), 0) AS many FROM event_reply WHERE event_id = :event AND reply IN ('come', 'online')"
)
_FORGET = [
    sql(f"DELETE FROM {table} WHERE event_id = :event")
    for table in ("event_here", "event_feedback", "event_reply", "event_guest", "event_telling", "topic_vote")
] + [
    sql("DELETE FROM event_question WHERE event_id = :event AND (sealed_answer IS NULL OR private)"),
    sql("UPDATE event_question SET person_id = NULL WHERE event_id = :event"),
]
_PRIVATE = sql(
    "UPDATE event SET pupil_id = NULL, topic = '', sealed_topic = NULL, sealed_place = NULL WHERE id = :event"
)
"""Of a consultation: about whom it was and what stood in it."""
OFFERS_DAYS, WISHES_DAYS, DRAFTS_DAYS = 400, 400, 7
_OLD = {
    sql("DELETE FROM speaker_offer WHERE state IN ('declined', 'withdrawn') AND at < :before"): None,
    sql("DELETE FROM speaker_offer WHERE at < :before"): OFFERS_DAYS,
    sql("DELETE FROM event_draft WHERE at < :before"): DRAFTS_DAYS,
}
_OLD_WISHES = sql("DELETE FROM rota_wish WHERE month < :before")


def close_due(unit: Unit, rules: EventRules) -> int:
    """Closes what ended long enough ago, one by one. Answers how many were due."""
    rows = unit.execute(_DUE, before=unit.now_ms - rules.keep_days * DAY, most=MOST).all()
    for row in rows:
        unit.attempt(partial(_close, unit, row.id))
    return len(rows)


def _close(unit: Unit, event_id: int) -> None:
    event = events.must(unit, event_id)
    came = signin.attendance(unit, event) or 0
    signed = int(unit.execute(_SIGNED, event=event_id).one().many)
    if unit.write(_CLOSE, id=event_id, now=unit.now_ms, people=came, signed=signed) != 1:
        return
    for statement in _FORGET:
        unit.write(statement, event=event_id)
    if kinds.kind_of(event.kind).private:
        unit.write(_PRIVATE, event=event_id)
    events.log(unit, event_id, None, "closed")


def forget_old(unit: Unit, rules: EventRules) -> None:
    """Offers, drafts and wishes that nobody needs any more."""
    for statement, days in _OLD.items():
        unit.write(statement, before=unit.now_ms - (rules.keep_days if days is None else days) * DAY)
    unit.write(_OLD_WISHES, before=(unit.now - timedelta(days=WISHES_DAYS)).date().replace(day=1))
