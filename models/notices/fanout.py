"""From a notice's description to its list: one row for each person, written part by part.

The list is written in order of person ids, and how far it has come stands in the notice, in the same transaction. So a
crash anywhere leaves nobody out and puts nobody in twice, and two processes do not write the same part.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.contact import FREE
from models.notices import audience
from models.notices.audience import Audience
from models.notices.states import With
from models.unit import Unit, sql

BATCH = 2_000
"""People written in one transaction: some 10 to 20 ms, so that messages pass in between."""

_BOUND = "SELECT MAX(id) AS last, COUNT(*) AS many FROM (SELECT p.id {perhaps} AND p.id > :after ORDER BY p.id LIMIT :most) b"
_ADD = (
    "INSERT INTO notice_recipient (notice_id, person_id, bot_id, user_id, class_id, family, state, due_at, places, version)"
    " SELECT :notice, p.id, CASE WHEN {joined} THEN a.bot_id END, CASE WHEN {joined} THEN a.user_id END, {class},"
    " p.staff_number IS NULL, CASE WHEN NOT {joined} THEN 'unjoined' WHEN NOT a.reachable THEN 'blocked'"
    " WHEN NOT (" + FREE + ") THEN 'withheld' ELSE 'waiting' END, :due, '', 0"
    # 'true' keeps SQLite from taking ON for the join's own word.
    " {from} AND p.id > :after AND p.id <= :last AND true ORDER BY p.id ON CONFLICT DO NOTHING"
)
_ONE_MORE = (
    "INSERT INTO notice_recipient (notice_id, person_id, bot_id, user_id, class_id, family, state, due_at, places, version)"
    " SELECT :notice, p.id, a.bot_id, a.user_id, {class}, p.staff_number IS NULL, CAST(:state AS VARCHAR), :due, '', 0"
    " {from} AND {joined} AND a.reachable AND p.id = :person AND " + FREE +
    # The account may have it by another of its people.
    " AND NOT EXISTS (SELECT 1 FROM notice_recipient o WHERE o.notice_id = :notice AND o.bot_id = a.bot_id"
    " AND o.user_id = a.user_id AND o.person_id <> p.id)"
    " ON CONFLICT (notice_id, person_id) DO UPDATE SET state = :state, due_at = :due, bot_id = excluded.bot_id,"
    " user_id = excluded.user_id, class_id = excluded.class_id"
    " WHERE notice_recipient.state IN ('unjoined', 'blocked', 'withheld')"
)
_NEXT = sql(
    "SELECT id, audience, cursor, starts_at FROM notice WHERE state IN ('planned', 'running') AND listed_at IS NULL"
    " AND (starts_at IS NULL OR starts_at <= :now) ORDER BY emergency DESC, id LIMIT 1"
)
_FAR = sql(
    "UPDATE notice SET cursor = :last, state = 'running', began_at = COALESCE(began_at, :now),"
    " listed_at = CASE WHEN :done THEN CAST(:now AS BIGINT) END"
    " WHERE id = :id AND cursor = :before AND state IN ('planned', 'running') AND listed_at IS NULL"
)


class Taken(Exception):
    """Another process writes the same part, or the notice was stopped: all of this transaction is to be taken back."""


def tick(unit: Unit) -> bool:
    """Writes the next part of the list of a notice whose time has come. True where there may be more to write.

    Raises Taken.
    """
    row = unit.execute(_NEXT, now=unit.now_ms).first()
    if row is None:
        return False
    whom = Audience.from_json(row.audience)
    bound, values = audience.statement(_BOUND, whom)
    part = unit.execute(bound, **values, after=row.cursor, most=BATCH).one()
    done = part.many < BATCH
    if part.many:
        add, values = audience.statement(_ADD, whom)
        unit.write(add, **values, notice=row.id, after=row.cursor, last=part.last, due=row.starts_at or 0)
    last = part.last or row.cursor
    if unit.write(_FAR, id=row.id, before=row.cursor, last=last, done=done, now=unit.now_ms) != 1:
        raise Taken(row.id)
    return True


NEWEST = 3
"""Notices that somebody who comes late gets as messages; older ones are named in one list."""
DAY = 86_400_000
_VALID = text(
    "SELECT id, audience FROM notice WHERE valid_until > :now AND state IN ('running', 'paused', 'done')"
    " AND (level = 'centre' OR school_id IN (SELECT school_id FROM person WHERE id IN :people))"
    # What was urgent yesterday frightens today.
    " AND NOT (emergency AND COALESCE(began_at, created_at) < :day_ago) ORDER BY id DESC"
).bindparams(bindparam("people", expanding=True))
_AGAIN = sql("UPDATE notice SET state = 'running' WHERE id = :id AND state = 'done'")


@dataclass(frozen=True, slots=True)
class Late:
    """Notices that somebody gets late, the newest first: as messages, and named in a list."""

    sent: list[int]
    named: list[int]


def late(unit: Unit, person_ids: list[int]) -> Late:
    """Somebody has joined, or can be reached again: gets the notices that still are valid.

    Nobody gets one that they have, and nobody one that is not for them. One whose list is still being written counts too:
    that part of it may be past.
    """
    found = Late([], [])
    if not person_ids:
        return found
    rows = unit.execute(_VALID, now=unit.now_ms, day_ago=unit.now_ms - DAY, people=person_ids).all()
    for row in rows:
        whom = Audience.from_json(row.audience)
        if whom.unread is not None or whom.unsigned is not None:
            continue  # a second round is for those who had the first
        more, values = audience.statement(_ONE_MORE, whom)
        state = With.WAITING if len(found.sent) < NEWEST else With.LISTED
        for person in audience.holds(unit, whom, person_ids):
            key = {"notice": row.id, "person": person, "due": unit.now_ms, "state": state.value}
            if unit.write(more, **values, **key) != 1:
                continue
            if state is With.LISTED:
                found.named.append(row.id)
            else:
                found.sent.append(row.id)
                unit.write(_AGAIN, id=row.id)
            break
    return found
