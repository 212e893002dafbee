"""What the clock finds: files whose pupil has another mentor or another school by now, cards that wait, cards that are over.

All files are looked through in rounds, some thousand at each tick: whatever ended a mentorship (the roster, a matching round, an
admin) need not know that there are files.
"""

from __future__ import annotations

from functools import partial

from models.contact import FREE
from models.pupil_file import cards, preparing
from models.pupil_file.cards import DAY, LET_GO, Card
from models.pupil_file.moved import RECENT
from models.pupil_file.states import HandoverState
from models.unit import Unit, sql

LOOKED_AT = 2000
"""Files at a tick."""
MADE = 50
"""Cards that are made, told or closed at a tick."""
REMIND_DAYS = 7

_BEGIN = sql("INSERT INTO file_sweep (id, after) VALUES (1, 0) ON CONFLICT (id) DO NOTHING")
_AFTER = sql("SELECT after FROM file_sweep WHERE id = 1")
_ON = sql("UPDATE file_sweep SET after = :upto WHERE id = 1 AND after = :after")
_UPTO = sql(
    "SELECT MAX(pupil_id) AS upto, COUNT(*) AS many FROM"
    " (SELECT pupil_id FROM pupil_file WHERE pupil_id > :after ORDER BY pupil_id LIMIT :most) part"
)
_CHANGED = sql(
    "SELECT f.pupil_id, m.id AS mentorship, pu.ended_at FROM pupil_file f JOIN pupil pu ON pu.id = f.pupil_id"
    " LEFT JOIN mentorship m ON m.pupil_id = f.pupil_id AND m.until IS NULL AND pu.ended_at IS NULL"
    " WHERE f.pupil_id > :after AND f.pupil_id <= :upto AND ((m.id IS NOT NULL AND"
    " (f.mentorship_id IS NULL OR f.mentorship_id <> m.id)) OR (pu.ended_at > :recent AND f.moved_to IS NULL"
    # Of all who have left only those whose name is at another school are looked at closer: they fill no part of a round.
    " AND EXISTS (SELECT 1 FROM pupil n WHERE n.name_hash = pu.name_hash AND n.school_id <> pu.school_id"
    " AND n.ended_at IS NULL)))"
    " ORDER BY f.pupil_id LIMIT :most"
)
_SEEN = sql("UPDATE pupil_file SET mentorship_id = :mentorship WHERE pupil_id = :pupil")
_FOLLOW = sql(
    # What comes from another school and was not answered is for whoever is the mentor now.
    "UPDATE handover SET mentorship_id = :mentorship WHERE pupil_id = :pupil AND origin <> 'file'"
    " AND state IN ('prepared', 'with_family', 'declined')"
)
_OVERTAKEN = sql(
    "UPDATE handover SET state = 'expired' WHERE pupil_id = :pupil AND origin = 'file' AND mentorship_id <> :mentorship"
    " AND state IN ('prepared', 'with_family', 'declined')"
)
_WIPE_FORMER = sql(
    "UPDATE handover_item SET sealed_text = NULL WHERE sealed_text IS NOT NULL AND handover_id IN"
    " (SELECT id FROM handover WHERE pupil_id = :pupil AND origin = 'file' AND mentorship_id <> :mentorship)"
)


def look(unit: Unit) -> int:
    """Looks through the next part of all files and makes cards where a mentor or a school has changed. Answers how many."""
    unit.write(_BEGIN)
    after = unit.execute(_AFTER).one().after
    part = unit.execute(_UPTO, after=after, most=LOOKED_AT).one()
    if part.upto is None:
        unit.write(_ON, upto=0, after=after)
        return 0
    rows = unit.execute(_CHANGED, after=after, upto=part.upto, recent=unit.now_ms - RECENT, most=MADE).all()
    made = 0
    for row in rows:
        made += unit.attempt(partial(_changed, unit, row.pupil_id, row.mentorship))
    upto = rows[-1].pupil_id if len(rows) == MADE else part.upto
    unit.write(_ON, upto=0 if part.many < LOOKED_AT and upto == part.upto else upto, after=after)
    return made


def _changed(unit: Unit, pupil_id: int, mentorship_id: int | None) -> None:
    if mentorship_id is None:
        preparing.for_next_school(unit, pupil_id)
        return
    unit.write(_OVERTAKEN, pupil=pupil_id, mentorship=mentorship_id)
    unit.write(_FOLLOW, pupil=pupil_id, mentorship=mentorship_id)
    preparing.for_next_mentor(unit, pupil_id, mentorship_id)
    unit.write(_WIPE_FORMER, pupil=pupil_id, mentorship=mentorship_id)
    unit.write(_SEEN, pupil=pupil_id, mentorship=mentorship_id)


# --- cards that wait ---

_REACHABLE = (
    "EXISTS (SELECT 1 FROM guardianship g JOIN person p ON p.id = g.person_id AND p.ended_at IS NULL"
    " JOIN account a ON a.id = p.account_id AND a.reachable WHERE g.pupil_id = h.pupil_id AND g.until IS NULL"
    # The days begin with somebody who hears of it, and has something to read.
    f" AND g.confirmed_at IS NOT NULL AND {FREE} AND EXISTS (SELECT 1 FROM handover_item i WHERE i.handover_id = h.id"
    " AND (i.owner_id IS NULL OR i.owner_id = g.person_id)) AND NOT EXISTS"
    " (SELECT 1 FROM handover_answer a WHERE a.handover_id = h.id AND a.person_id = g.person_id))"
)
_LASTS = "JOIN mentorship m ON m.id = h.mentorship_id AND m.until IS NULL"
_TO_TELL = sql(
    f"SELECT h.id FROM handover h {_LASTS} WHERE h.state = 'prepared' AND h.closes_at > :now AND {_REACHABLE}"
    " ORDER BY h.closes_at LIMIT :most"
)
_TO_REMIND = sql(
    f"SELECT h.id FROM handover h {_LASTS} WHERE h.state = 'with_family' AND h.reminded_at IS NULL AND h.closes_at > :now"
    " AND h.closes_at <= :before ORDER BY h.closes_at LIMIT :most"
)
_REMINDED = sql("UPDATE handover SET reminded_at = :now WHERE id = :id AND reminded_at IS NULL")
_OVER = sql(
    "SELECT h.id FROM handover h WHERE h.state IN ('prepared', 'with_family', 'declined') AND h.closes_at <= :now"
    " ORDER BY h.closes_at LIMIT :most"
)
_WIPE = sql("UPDATE handover_item SET sealed_text = NULL WHERE handover_id = :card AND sealed_text IS NOT NULL")
_FOR_MENTOR = sql(
    f"SELECT h.id FROM handover h {_LASTS} JOIN person p ON p.id = m.mentor_id AND p.ended_at IS NULL"
    " JOIN account a ON a.id = p.account_id AND a.reachable"
    " WHERE h.state = 'consented' AND h.mentor_reminded_at IS NULL"
    " AND (h.mentor_told_at IS NULL OR h.mentor_told_at <= :before)"
    # Nobody is called to a card from which the family has taken everything back.
    f" AND EXISTS (SELECT 1 FROM handover_item i WHERE i.handover_id = h.id AND {LET_GO})"
    " ORDER BY h.consented_at LIMIT :most"
)
_MENTOR_TOLD = sql("UPDATE handover SET mentor_told_at = :now WHERE id = :id AND mentor_told_at IS NULL")
_MENTOR_REMINDED = sql(
    "UPDATE handover SET mentor_reminded_at = :now WHERE id = :id AND mentor_reminded_at IS NULL AND mentor_told_at <= :before"
)


def _cards(unit: Unit, ids: list[int]) -> list[Card]:
    found: list[Card | None] = []
    for one in ids:
        # A row that cannot be read keeps no other waiting.
        unit.attempt(lambda one=one: found.append(cards.one(unit, one)))  # type: ignore[misc]
    return [card for card in found if card is not None]


def to_tell(unit: Unit) -> list[Card]:
    """Cards of which nobody of the family could be told, and somebody now can."""
    return _cards(unit, [row.id for row in unit.execute(_TO_TELL, now=unit.now_ms, most=MADE)])


def to_remind(unit: Unit) -> list[Card]:
    """Cards that have been with the family for REMIND_DAYS."""
    before = unit.now_ms + (cards.DAYS - REMIND_DAYS) * DAY
    return _cards(unit, [row.id for row in unit.execute(_TO_REMIND, now=unit.now_ms, before=before, most=MADE)])


def reminded(unit: Unit, card: Card) -> bool:
    """True for the one who reminds."""
    return unit.write(_REMINDED, id=card.id, now=unit.now_ms) == 1


def close(unit: Unit) -> int:
    """Cards that nobody passed on in time: nothing goes over, and what stood on them is gone. Answers how many."""
    found = _cards(unit, [row.id for row in unit.execute(_OVER, now=unit.now_ms, most=MADE)])
    for card in found:
        if cards.move(unit, card, HandoverState.EXPIRED):
            unit.write(_WIPE, card=card.id)
    return len(found)


def for_mentors(unit: Unit) -> list[Card]:
    """Cards that were passed on and of which the mentor does not know, or has not confirmed for REMIND_DAYS."""
    before = unit.now_ms - REMIND_DAYS * DAY
    return _cards(unit, [row.id for row in unit.execute(_FOR_MENTOR, before=before, most=MADE)])


def mentor_told(unit: Unit, card: Card) -> str | None:
    """'told' for the one who tells the mentor first, 'reminded' for the one who reminds after REMIND_DAYS; None for others."""
    if unit.write(_MENTOR_TOLD, id=card.id, now=unit.now_ms) == 1:
        return "told"
    # Asked with the write: the family may have told the mentor in the very moment in which the clock was about to.
    before = unit.now_ms - REMIND_DAYS * DAY
    return "reminded" if unit.write(_MENTOR_REMINDED, id=card.id, now=unit.now_ms, before=before) == 1 else None


_IS_TOLD = sql("SELECT mentor_told_at FROM handover WHERE id = :id")


def is_mentor_told(unit: Unit, card: Card) -> bool:
    """Whether the mentor was told of it already."""
    return unit.execute(_IS_TOLD, id=card.id).one().mentor_told_at is not None
