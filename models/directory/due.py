"""Requests that the clock finds: too long unanswered, over, without their asker or their card; and what is forgotten."""

from __future__ import annotations

from datetime import date

from models.directory.offers import CHILD
from models.directory.requests import DAY, HOLDS, SELECT, STANDS, Request, opened
from models.unit import Unit, sql

REMIND = 3 * DAY
LAPSE = 14 * DAY
KEEP = 60 * DAY
MANY = 50
"""Requests that one look of the clock takes on."""
DRAFT = 2 * DAY
"""Milliseconds after which an offer that was never sent is deleted."""

_UNANSWERED = sql(f"{SELECT} WHERE r.state = 'open' AND r.at < :before ORDER BY r.at LIMIT :most")
_UNREMINDED = sql(
    f"{SELECT} WHERE r.state = 'open' AND r.at < :before AND r.reminded_at IS NULL ORDER BY r.at LIMIT :most"
)
_REMINDED = sql("UPDATE directory_request SET reminded_at = :now WHERE id = :id AND reminded_at IS NULL")
_PASSED = sql(f"{SELECT} WHERE r.state = 'approved' AND r.until < :now ORDER BY r.until LIMIT :most")
_LOST = sql(f"{SELECT} WHERE r.{HOLDS} AND NOT {STANDS} ORDER BY r.id LIMIT :most")
_CARDLESS = sql(
    f"{SELECT} JOIN directory_card c ON c.id = r.card_id AND c.ended_at IS NOT NULL AND c.taken > 0"
    f" WHERE r.{HOLDS} ORDER BY r.id LIMIT :most"
)
_PAST = sql(
    f"{SELECT} JOIN directory_card c ON c.id = r.card_id AND c.ended_at IS NULL AND c.valid_until < :today"
    " WHERE r.state = 'open' ORDER BY r.id LIMIT :most"
)
_FORGET = sql("DELETE FROM directory_request WHERE ended_at < :before")
_GONE = (
    # The last child has left the class: not even the words are kept.
    sql(
        "UPDATE directory_card AS c SET ended_at = :now WHERE c.ended_at IS NULL AND c.offered_by IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM directory_offer o JOIN person p ON p.id = o.person_id AND p.ended_at IS NULL"
        f" WHERE o.card_id = c.id AND {CHILD})"
    ),
    sql(
        "UPDATE directory_offer AS o SET state = 'withdrawn', ended_at = :now"
        f" WHERE o.state IN ('open', 'asked', 'approved') AND NOT {CHILD}"
    ),
)
_FORGET_OFFERS = (
    (sql("DELETE FROM directory_offer WHERE ended_at < :before"), KEEP),
    (sql("DELETE FROM directory_offer WHERE state = 'draft' AND at < :before"), DRAFT),
    (
        sql(
            "DELETE FROM directory_card WHERE ended_at < :before AND offered_by IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM directory_request r WHERE r.card_id = directory_card.id) AND NOT EXISTS"
            " (SELECT 1 FROM directory_offer o WHERE o.card_id = directory_card.id)"
        ),
        KEEP,
    ),
)


def unanswered(unit: Unit) -> list[Request]:
    """What nobody has answered for so long that it lapses."""
    return [opened(unit, row) for row in unit.execute(_UNANSWERED, before=unit.now_ms - LAPSE, most=MANY).all()]


def unreminded(unit: Unit) -> list[Request]:
    """What has waited for some days, each once."""
    rows = unit.execute(_UNREMINDED, before=unit.now_ms - REMIND, most=MANY).all()
    return [opened(unit, row) for row in rows if unit.write(_REMINDED, id=row.id, now=unit.now_ms) == 1]


def passed(unit: Unit) -> list[Request]:
    """Whose time has passed."""
    return [opened(unit, row) for row in unit.execute(_PASSED, now=unit.now_ms, most=MANY).all()]


def lost(unit: Unit) -> list[Request]:
    """Whose asker has no child, or no pupils, there any more."""
    return [opened(unit, row) for row in unit.execute(_LOST, most=MANY).all()]


def cardless(unit: Unit, today: date) -> list[Request]:
    """Whose card has ended, or is past its last day with nobody's answer: then a yes would be late."""
    ended = unit.execute(_CARDLESS, most=MANY).all()
    past = unit.execute(_PAST, today=today, most=MANY).all()
    return [opened(unit, row) for row in (*ended, *past)]


def forget(unit: Unit) -> int:
    """Deletes what ended long enough ago. Answers how many."""
    return unit.write(_FORGET, before=unit.now_ms - KEEP)


def forget_offers(unit: Unit) -> None:
    """Ends offers that lost their child, and deletes what ended long ago or was never sent."""
    for statement in _GONE:
        unit.write(statement, now=unit.now_ms)
    for statement, kept in _FORGET_OFFERS:
        unit.write(statement, before=unit.now_ms - kept)
