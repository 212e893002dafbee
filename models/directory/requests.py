"""Asking for a place on a card, and the answer. A place is held from the request on, so what was said yes to is never short.

The card's row is taken first, by every change: places are counted under it, and two changes never wait for each other in
a ring. What a request says of a child stays in its row; it goes to nobody outside the school.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, text

from models.base import new_id, to_ms
from models.contact import FREE
from models.directory.content import Card, SignUp
from models.unit import Unit, sql

LONGEST = 200
"""Signs of a word with a request, or with its answer."""
MOST_OF_MENTOR = 5
"""Requests of one mentor that one card holds: one for each of so many pupils."""
SECOND_PRESS = 10_000
"""Milliseconds within which a mentor who asks for the same with the same words has pressed twice."""
MOST_IN_A_DAY = 6
"""Requests of one person for one card, cancelled ones too."""
DAY = 86_400_000
HOLD = 120 * DAY
"""How long a place is held where the card has no last day: about a term."""


class State(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    """By who asked."""
    LAPSED = "lapsed"
    """Nobody answered."""
    OVER = "over"
    """Its time has passed, or who asked has no child (no pupil) there any more."""


HOLDING = (State.OPEN, State.APPROVED)
MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.APPROVED, State.DECLINED, State.CANCELLED, State.LAPSED, State.OVER}),
    State.APPROVED: frozenset({State.CANCELLED, State.OVER}),
    State.DECLINED: frozenset(),
    State.CANCELLED: frozenset(),
    State.LAPSED: frozenset(),
    State.OVER: frozenset(),
}


class Made(StrEnum):
    """What asking came to."""

    ASKED = "asked"
    """Somebody has to say yes."""
    TAKEN = "taken"
    """The place is taken: nobody has to."""
    FULL = "full"
    TWICE = "twice"
    MANY = "many"
    """A mentor has asked for as many pupils as one may."""
    OFTEN = "often"
    """Asked and cancelled again and again: somebody is told of each."""
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `stands`: who asked still has the child, or still is a mentor. `class_id`: the class in which the child
    (for the family: a child) is today. `decided`: somebody has answered it."""

    id: int
    card_id: int
    school_id: int
    person_id: int
    as_mentor: bool
    pupil_id: int | None
    class_id: int | None
    state: State
    word: str
    answer: str
    stands: bool
    decided: bool
    at: int


HOLDS = "state IN ('open', 'approved')"
STANDS = (
    "EXISTS (SELECT 1 FROM person p WHERE p.id = r.person_id AND p.ended_at IS NULL AND ("
    "(r.as_mentor AND (EXISTS (SELECT 1 FROM role ro WHERE ro.person_id = p.id AND ro.kind = 'mentor' AND ro.until IS NULL)"
    " OR EXISTS (SELECT 1 FROM mentorship m WHERE m.mentor_id = p.id AND m.until IS NULL)))"
    " OR (NOT r.as_mentor AND EXISTS (SELECT 1 FROM guardianship g JOIN pupil pu ON pu.id = g.pupil_id"
    " AND pu.ended_at IS NULL AND pu.school_id = r.school_id WHERE g.person_id = p.id AND g.until IS NULL"
    " AND g.confirmed_at IS NOT NULL AND (r.pupil_id IS NULL OR g.pupil_id = r.pupil_id)))))"
)
_TAKE = sql(
    "UPDATE directory_card SET taken = taken + 1 WHERE id = :card AND ended_at IS NULL"
    " AND (places IS NULL OR taken < places)"
)
CLASS_TODAY = (
    "CASE WHEN r.pupil_id IS NOT NULL THEN (SELECT pc.school_class_id FROM pupil pc WHERE pc.id = r.pupil_id)"
    " ELSE (SELECT MIN(pc.school_class_id) FROM guardianship gc JOIN pupil pc ON pc.id = gc.pupil_id AND pc.ended_at IS NULL"
    " WHERE gc.person_id = r.person_id AND gc.until IS NULL AND gc.confirmed_at IS NOT NULL"
    " AND pc.school_class_id = r.class_id) END"
)
# To whom nothing may go, an answer is not shown: for them what was answered is open still, here too.
_MINE = sql(
    f"SELECT COUNT(*) AS many FROM directory_request WHERE card_id = :card AND person_id = :person AND ({HOLDS}"
    f" OR (state IN ('declined', 'lapsed') AND EXISTS (SELECT 1 FROM person p WHERE p.id = :person AND NOT {FREE})))"
    " AND as_mentor = :mentor AND (pupil_id = :pupil OR (pupil_id IS NULL AND :family = 1))"
)
_JUST_NOW = sql(
    "SELECT id, sealed_word FROM directory_request WHERE card_id = :card AND person_id = :person AND as_mentor"
    " AND at > :after AND state IN ('open', 'approved')"
)
_LATELY = sql(
    "SELECT COUNT(*) AS many FROM directory_request WHERE card_id = :card AND person_id = :person AND at > :after"
)
_BACK = sql("UPDATE directory_card SET taken = taken - 1 WHERE id = :card AND taken > 0")
_LOCK = sql("UPDATE directory_card SET taken = taken WHERE id = :card")
_PUT = sql(
    "INSERT INTO directory_request (id, card_id, school_id, person_id, as_mentor, pupil_id, class_id, state, sealed_word,"
    " at, until) VALUES (:id, :card, :school, :person, :mentor, :pupil, :class, :state, :word, :now, :until)"
)
SELECT = (
    f"SELECT r.id, r.card_id, r.school_id, r.person_id, r.as_mentor, r.pupil_id, {CLASS_TODAY} AS class_id, r.state,"
    f" r.sealed_word, r.sealed_answer, r.decided_by, r.at, CASE WHEN {STANDS} THEN 1 ELSE 0 END AS stands"
    " FROM directory_request r"
)
_ONE = sql(f"{SELECT} WHERE r.id = :id")
_MOVE = text(
    "UPDATE directory_request SET state = :state, sealed_answer = :answer, decided_by = COALESCE(:by, decided_by),"
    " until = COALESCE(:until, until), ended_at = :ended WHERE id = :id AND state IN :froms"
).bindparams(bindparam("froms", expanding=True))


def _words(unit: Unit, request_id: int, column: str, kept: bytes | None) -> str:
    return "" if kept is None else unit.vault.open("directory_request", request_id, column, bytes(kept))


def opened(unit: Unit, row: Row[Any]) -> Request:
    """A row of SELECT with its words."""
    return Request(
        row.id,
        row.card_id,
        row.school_id,
        row.person_id,
        bool(row.as_mentor),
        row.pupil_id,
        row.class_id,
        State(row.state),
        _words(unit, row.id, "word", row.sealed_word),
        _words(unit, row.id, "answer", row.sealed_answer),
        bool(row.stands),
        row.decided_by is not None,
        row.at,
    )


def holds_until(unit: Unit, card: Card, zone: str) -> int:
    """Until when a place of this card is held, from now on; milliseconds since 1970."""
    longest = unit.now_ms + HOLD
    if card.valid_until is None:
        return longest
    after = datetime.combine(card.valid_until + timedelta(days=1), time(), ZoneInfo(zone))
    return min(longest, to_ms(after))


def make(
    unit: Unit,
    card: Card,
    school_id: int,
    person_id: int,
    zone: str,
    *,
    pupil_id: int | None = None,
    class_id: int | None = None,
    as_mentor: bool = False,
    word: str = "",
) -> tuple[Made, int | None]:
    """Asks for a place; what it came to, and the request. That the asker sees the card and has the child is the caller's to
    ask. A mentor's request names no pupil."""
    if unit.write(_TAKE, card=card.id) != 1:
        ended = card.places is None
        return (Made.GONE if ended else Made.FULL), None
    mine = unit.execute(
        _MINE, card=card.id, person=person_id, mentor=as_mentor, pupil=pupil_id, family=int(pupil_id is None)
    ).one()
    if mine.many >= (MOST_OF_MENTOR if as_mentor else 1):
        unit.write(_BACK, card=card.id)
        return (Made.MANY if as_mentor else Made.TWICE), None
    if as_mentor and _pressed_twice(unit, card.id, person_id, word[:LONGEST]):
        unit.write(_BACK, card=card.id)
        return Made.TWICE, None
    lately = unit.execute(_LATELY, card=card.id, person=person_id, after=unit.now_ms - DAY).one()
    if lately.many >= MOST_IN_A_DAY:
        unit.write(_BACK, card=card.id)
        return Made.OFTEN, None
    at_once = card.sign_up is SignUp.OPEN
    row = new_id()
    unit.write(
        _PUT,
        id=row,
        card=card.id,
        school=school_id,
        person=person_id,
        mentor=as_mentor,
        pupil=None if as_mentor else pupil_id,
        state=State.APPROVED if at_once else State.OPEN,
        word=unit.vault.seal("directory_request", row, "word", word[:LONGEST]) if word else None,
        now=unit.now_ms,
        until=holds_until(unit, card, zone) if at_once else None,
        **{"class": class_id},
    )
    return (Made.TAKEN if at_once else Made.ASKED), row


def _pressed_twice(unit: Unit, card_id: int, person_id: int, word: str) -> bool:
    rows = unit.execute(_JUST_NOW, card=card_id, person=person_id, after=unit.now_ms - SECOND_PRESS).all()
    return any(_words(unit, row.id, "word", row.sealed_word) == word for row in rows)


def move(
    unit: Unit,
    request: Request,
    to: State,
    *,
    by: int | None = None,
    answer: str = "",
    until: int | None = None,
) -> bool:
    """Moves a request, once: True for the one who did. What no longer holds a place gives it back in the same moment."""
    unit.write(_LOCK, card=request.card_id)
    froms = [one.value for one, goals in MOVES.items() if to in goals]
    kept = unit.vault.seal("directory_request", request.id, "answer", answer[:LONGEST]) if answer else None
    done = unit.write(
        _MOVE,
        id=request.id,
        state=to.value,
        answer=kept,
        by=by,
        until=until,
        ended=None if to in HOLDING else unit.now_ms,
        froms=froms,
    )
    if done != 1:
        return False
    if to not in HOLDING:
        unit.write(_BACK, card=request.card_id)
    _unsay(unit, request.id)
    return True


def one(unit: Unit, request_id: int) -> Request | None:
    """A request, whatever became of it. Rights are the caller's to ask."""
    row = unit.execute(_ONE, id=request_id).first()
    return None if row is None else opened(unit, row)


_CLASS = sql("SELECT school_class_id FROM pupil WHERE id = :id")


def class_of(unit: Unit, pupil_id: int) -> int | None:
    """The class in which a child is today."""
    row = unit.execute(_CLASS, id=pupil_id).first()
    return None if row is None else int(row.school_class_id)


_UNSAID = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'no longer true'"
    " WHERE state = 'waiting' AND dedupe_key LIKE :keys"
)


def _unsay(unit: Unit, request_id: int) -> None:
    """What waits to be told about it is no longer true: who was still to be asked is not, and nobody hears of a place that
    has been given back."""
    unit.flush()
    unit.write(_UNSAID, keys=f"dirreq:{request_id}:%", now=unit.now_ms)
