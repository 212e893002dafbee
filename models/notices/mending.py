"""What was delivered of a notice is changed in place, or taken away again: person by person, from the lowest id up.

How far it has come stands in the notice, in the same transaction as what is queued for it. Somebody whose message is
still under way with the old words is waited for: their turn comes once the messenger has taken it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.notices import notices, running
from models.notices.content import Content
from models.notices.running import Crossed
from models.notices.states import HAVE, MOVES, NoticeState
from models.notices.tables import Notice
from models.standing import Reach
from models.unit import Unit, sql

BATCH = 200
"""People looked at in one transaction."""
MOST = 20
"""Notices that are mended beside each other."""
CORRECTABLE = frozenset({NoticeState.RUNNING, NoticeState.PAUSED, NoticeState.DONE, NoticeState.STOPPED})

_CORRECT = sql(
    "UPDATE notice SET sealed_content = :content, version = version + 1, mending = 0 WHERE id = :id"
    " AND version = :version AND state IN ('running', 'paused', 'done', 'stopped')"
)
_RECALL = sql("UPDATE notice SET mending = 0 WHERE id = :id")
# A correction that a freeze holds would come after the notice was taken away, and put its words there again.
_NO_CORRECTION = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'notice taken back'"
    " WHERE bot_id IN (SELECT id FROM bot) AND notice_id = :id AND state IN ('waiting', 'frozen') AND kind = 'amend'"
)
_OPEN = sql("SELECT id FROM notice WHERE mending IS NOT NULL ORDER BY id LIMIT :most")
_NEXT = sql(
    "SELECT r.person_id, r.bot_id, r.user_id, r.family, r.state, r.place_id, r.places, r.sent_at, r.version,"
    " a.language, a.reachable FROM notice_recipient r LEFT JOIN account a ON a.bot_id = r.bot_id AND a.user_id = r.user_id"
    " WHERE r.notice_id = :notice AND r.person_id > :after ORDER BY r.person_id LIMIT :most"
)
_AHEAD = sql(
    "SELECT COUNT(*) AS many FROM outbox o WHERE o.bot_id IN (SELECT id FROM bot) AND o.notice_id = :notice"
    " AND o.state IN ('waiting', 'frozen') AND o.state = 'waiting'"  # the first is what the index says
)
_FAR = sql(
    "UPDATE notice SET mending = :last WHERE id = :id AND mending = :before AND version = :version AND state = :state"
)
_SHOWS = text(
    "UPDATE notice_recipient SET version = :version WHERE notice_id = :notice AND person_id IN :people"
).bindparams(bindparam("people", expanding=True))
_RECALLED = text(
    "UPDATE notice_recipient SET state = 'recalled' WHERE notice_id = :notice AND person_id IN :people"
    " AND state IN ('sent', 'listed')"
).bindparams(bindparam("people", expanding=True))
_OLDER = sql(
    "SELECT COUNT(*) AS many FROM notice_recipient WHERE notice_id = :notice AND state = 'sent' AND sent_at < :before"
)


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody who has a notice."""

    person_id: int
    reach: Reach
    family: bool
    place_id: int | None
    """The message with the buttons; empty for who has seen its name in the week's list alone."""
    places: tuple[int, ...]
    """The other messages of it."""
    sent_at: int


@dataclass(frozen=True, slots=True)
class Part:
    """The next people to be mended. `last` is the person up to whom this comes; nothing where it is the end."""

    people: list[Held]
    last: int | None
    waits: bool
    """Nobody could be mended, because somebody's message is under way."""


def correct(unit: Unit, notice: Notice, said: Content) -> bool:
    """From now on it says this; what was delivered is changed in place. False where somebody else was quicker, or where
    it was taken back. Raises Crossed."""
    sealed = unit.vault.seal("notice", notice.id, "content", said.to_json())
    if unit.write(_CORRECT, id=notice.id, version=notice.version, content=sealed) != 1:
        return False
    unit.session.refresh(notice)
    running.take_back(unit, notice, end=notice.state == NoticeState.STOPPED)
    return True


def recall(unit: Unit, notice: Notice) -> bool:
    """Takes it back from everybody. False where somebody else has done so. Raises Crossed."""
    if NoticeState.RECALLED not in MOVES[NoticeState(notice.state)]:
        return False
    if not notices.move(unit, notice, NoticeState.RECALLED):
        return False
    unit.write(_RECALL, id=notice.id)
    unit.write(_NO_CORRECTION, id=notice.id, now=unit.now_ms)
    unit.session.refresh(notice)
    running.take_back(unit, notice, end=True)
    running.end_waiting(unit, notice)
    return True


def older(unit: Unit, notice_id: int, before: int) -> int:
    """How many got it before that moment (milliseconds since 1970)."""
    return int(unit.execute(_OLDER, notice=notice_id, before=before).one().many)


def open_ones(unit: Unit) -> list[int]:
    """The notices that are being corrected or taken back."""
    return [row.id for row in unit.execute(_OPEN, most=MOST)]


def ahead(unit: Unit, notice_id: int) -> int:
    """How many rows of it wait to be sent."""
    return int(unit.execute(_AHEAD, notice=notice_id).one().many)


def take(unit: Unit, notice: Notice) -> Part:
    """The next people of a notice that is mended."""
    rows = unit.execute(_NEXT, notice=notice.id, after=notice.mending, most=BATCH).all()
    recalled = notice.state == NoticeState.RECALLED
    there = running.under_way(unit, notice.id) if rows else set()
    found: list[Held] = []
    last = notice.mending or 0
    for row in rows:
        if (row.bot_id, row.user_id) in there and (recalled or row.version < notice.version):
            return Part(found, last, last == notice.mending)
        last = row.person_id
        if row.state not in HAVE or (not recalled and (row.version >= notice.version or row.place_id is None)):
            continue
        found.append(
            Held(
                row.person_id,
                Reach(row.bot_id, row.user_id, row.language, bool(row.reachable)),
                bool(row.family),
                row.place_id,
                tuple(int(one) for one in row.places.split()),
                row.sent_at or 0,
            )
        )
    return Part(found, last if len(rows) == BATCH else None, False)


def put(unit: Unit, notice: Notice, part: Part) -> None:
    """Keeps that these are mended, and how far it has come. Raises Crossed where another process did the same, or where it
    was corrected or taken back meanwhile."""
    moved = unit.write(
        _FAR, id=notice.id, before=notice.mending, last=part.last, version=notice.version, state=notice.state
    )
    if moved != 1:
        raise Crossed(notice.id)
    people = [one.person_id for one in part.people]
    if not people:
        return
    if notice.state == NoticeState.RECALLED:
        if unit.write(_RECALLED, notice=notice.id, people=people) != len(people):
            raise Crossed(notice.id)
    else:
        unit.write(_SHOWS, notice=notice.id, people=people, version=notice.version)
