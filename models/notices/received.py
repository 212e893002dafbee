"""A notice from the side of somebody who got it: the row, that it was read, which notice stands at a place of the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.notices.states import With
from models.unit import Unit, sql

MOST = 8
"""Notices in one list: more would not fit a small screen."""


@dataclass(frozen=True, slots=True)
class Received:
    """A notice with one of the people who have it, or who can open it."""

    notice_id: int
    person_id: int
    family: bool
    state: With
    place_id: int | None
    read_at: int | None


_COLUMNS = "SELECT r.notice_id, r.person_id, r.family, r.state, r.place_id, r.read_at FROM notice_recipient r"
# A press may come before delivery has noted that the message is there.
_OPEN = "r.state IN ('queued', 'sent', 'listed', 'digest')"
_OF = text(
    f"{_COLUMNS} WHERE r.notice_id = :notice AND r.person_id IN :people AND {_OPEN} ORDER BY r.person_id"
).bindparams(bindparam("people", expanding=True))
_AT = sql(f"{_COLUMNS} WHERE r.bot_id = :bot AND r.user_id = :user AND r.place_id = :place ORDER BY r.notice_id DESC")
_BESIDE = sql(
    f"{_COLUMNS} WHERE r.bot_id = :bot AND r.user_id = :user AND r.place_id IS NOT NULL AND r.places <> ''"
    " AND (r.places || ' ') LIKE :places ORDER BY r.notice_id DESC"
)
_READ = sql(
    "UPDATE notice_recipient SET read_at = :now WHERE notice_id = :notice AND person_id = :person AND read_at IS NULL"
)
# The older message stays in the chat: a notice that is taken back is taken away there too.
_AGAIN = sql(
    "UPDATE notice_recipient SET places = places || ' ' || place_id WHERE notice_id = :notice AND person_id = :person"
    " AND place_id IS NOT NULL"
)
_LISTED = sql(
    "UPDATE notice_recipient SET state = CASE WHEN state = 'digest' THEN 'listed' ELSE state END, version = :version"
    " WHERE notice_id = :notice AND person_id = :person"
)
_VALID = text(
    f"{_COLUMNS} JOIN notice n ON n.id = r.notice_id WHERE r.person_id IN :people"
    " AND r.state IN ('sent', 'listed', 'digest') AND n.state IN ('running', 'paused', 'done', 'stopped')"
    " AND (n.valid_until IS NULL OR n.valid_until > :now) ORDER BY r.notice_id DESC LIMIT :most"
).bindparams(bindparam("people", expanding=True))


_HAD = text(
    "SELECT 1 FROM notice_recipient WHERE notice_id = :notice AND person_id IN :people AND sent_at IS NOT NULL"
).bindparams(bindparam("people", expanding=True))
_READERS = text(
    "SELECT person_id FROM notice_recipient WHERE notice_id = :notice AND person_id IN :people AND read_at IS NOT NULL"
).bindparams(bindparam("people", expanding=True))


def _received(row: Row[Any]) -> Received:
    return Received(row.notice_id, row.person_id, bool(row.family), With(row.state), row.place_id, row.read_at)


def of(unit: Unit, notice_id: int, person_ids: Sequence[int]) -> Received | None:
    """As whom an account has a notice; nothing where it has not, or where it was taken back."""
    if not person_ids:
        return None
    row = unit.execute(_OF, notice=notice_id, people=list(person_ids)).first()
    return None if row is None else _received(row)


def had(unit: Unit, notice_id: int, person_ids: Sequence[int]) -> bool:
    """Whether an account had a notice, also one that was taken back since."""
    return bool(person_ids) and unit.execute(_HAD, notice=notice_id, people=list(person_ids)).first() is not None


def at_place(unit: Unit, bot_id: int, user_id: int, place_id: int) -> Received | None:
    """The notice to which a message in somebody's chat belongs, pictures above it among them."""
    row = unit.execute(_AT, bot=bot_id, user=user_id, place=place_id).first()
    if row is None:
        row = unit.execute(_BESIDE, bot=bot_id, user=user_id, places=f"% {place_id} %").first()
    return None if row is None else _received(row)


def read(unit: Unit, found: Received) -> bool:
    """Notes that it was read; False where that was said before."""
    return unit.write(_READ, notice=found.notice_id, person=found.person_id, now=unit.now_ms) == 1


def readers(unit: Unit, notice_id: int, person_ids: Sequence[int]) -> set[int]:
    """Which of these people have said that they read it."""
    if not person_ids:
        return set()
    return {row.person_id for row in unit.execute(_READERS, notice=notice_id, people=list(person_ids))}


def opened(unit: Unit, found: Received, version: int) -> None:
    """It is about to be shown, in another message than before where there was one: from now on it is no list's to name."""
    unit.write(_AGAIN, notice=found.notice_id, person=found.person_id)
    unit.write(_LISTED, notice=found.notice_id, person=found.person_id, version=version)


def valid(unit: Unit, person_ids: Sequence[int]) -> list[Received]:
    """The newest notices that somebody has, or can open, and that still hold."""
    if not person_ids:
        return []
    return [_received(row) for row in unit.execute(_VALID, people=list(person_ids), now=unit.now_ms, most=MOST)]
