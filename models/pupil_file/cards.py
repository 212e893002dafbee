"""A handover card between a family and the next mentor: read, struck out, passed on, received.

One rule says what the mentor sees, as a query over the guardians' own words (GOES_OVER): nothing that any guardian has
struck out; nothing of everybody's where any guardian said 'nothing'; nothing before one of those whose it is has said yes; of
level 2 only what that one has added. So a guardian may change something at any time, and it holds at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from models.pupil_file import allowed, moved
from models.pupil_file.allowed import Keeper
from models.pupil_file.states import ANSWERABLE, HANDOVER_MOVES, OPEN, HandoverState
from models.unit import Unit, sql

H = HandoverState
DAYS = 14
"""From the day on which the family is told: after so many nothing is handed over."""
DAY = 86_400_000
_WHOSE = "(i.owner_id IS NULL OR i.owner_id = a.person_id)"
LET_GO = (
    "i.sealed_text IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM handover_pick p WHERE p.item_id = i.id AND NOT p.goes)"
    f" AND NOT EXISTS (SELECT 1 FROM handover_answer a WHERE a.handover_id = h.id AND NOT a.passes AND {_WHOSE})"
    f" AND EXISTS (SELECT 1 FROM handover_answer a WHERE a.handover_id = h.id AND a.passes AND {_WHOSE}"
    " AND (i.level < 2 OR EXISTS"
    " (SELECT 1 FROM handover_pick p WHERE p.item_id = i.id AND p.person_id = a.person_id AND p.goes)))"
)
"""SQL on an item `i` of a handover `h`: the family lets it go over."""
GOES_OVER = f"h.state IN ('consented', 'received') AND {LET_GO}"
"""The same, and it has gone over."""


@dataclass(frozen=True, slots=True)
class Card:
    """A handover. `school` names another school that it comes from. Times are ms since 1970."""

    id: int
    pupil_id: int
    mentorship_id: int
    origin: str
    from_pupil: int | None
    school: str
    state: HandoverState
    closes_at: int
    consented_at: int | None
    received_at: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """A sentence of a card, as one guardian sees it. `goes`: that guardian lets it go over."""

    id: int
    number: int
    kind: str
    level: int
    text: str
    at: int
    own: bool = False
    goes: bool = True


_FIELDS = (
    "h.id, h.pupil_id, h.mentorship_id, h.origin, h.from_pupil, h.sealed_from, h.state, h.closes_at, h.consented_at,"
    " h.received_at"
)
_ONE = sql(f"SELECT {_FIELDS} FROM handover h WHERE h.id = :id")
_OF_PUPIL = sql(
    f"SELECT {_FIELDS} FROM handover h JOIN mentorship m ON m.id = h.mentorship_id AND m.until IS NULL"
    " WHERE h.pupil_id = :pupil ORDER BY h.id DESC"
)
_ITEMS = sql(
    "SELECT i.id, i.number, i.kind, i.level, i.sealed_text, i.at, i.owner_id, p.goes FROM handover_item i"
    " LEFT JOIN handover_pick p ON p.item_id = i.id AND p.person_id = :person"
    " WHERE i.handover_id = :card AND i.sealed_text IS NOT NULL AND (i.owner_id IS NULL OR i.owner_id = :person)"
    " ORDER BY i.number"
)
_OVER = sql(
    "SELECT i.id, i.number, i.kind, i.level, i.sealed_text, i.at, i.owner_id FROM handover_item i"
    f" JOIN handover h ON h.id = i.handover_id WHERE h.id = :card AND {GOES_OVER} ORDER BY i.number"
)


def _card(unit: Unit, row: Row[Any]) -> Card:
    school = "" if row.sealed_from is None else unit.vault.open("handover", row.id, "from", bytes(row.sealed_from))
    return Card(
        row.id,
        row.pupil_id,
        row.mentorship_id,
        row.origin,
        row.from_pupil,
        school,
        H(row.state),
        row.closes_at,
        row.consented_at,
        row.received_at,
    )


def _item(unit: Unit, row: Row[Any], own: bool, goes: bool) -> Item:
    text = unit.vault.open("handover_item", row.id, "text", bytes(row.sealed_text))
    return Item(row.id, row.number, row.kind, row.level, text, row.at, own, goes)


def one(unit: Unit, card_id: int) -> Card | None:
    """A card as its row says. Rights are the caller's to ask (`read`, `of_keeper`)."""
    row = unit.execute(_ONE, id=card_id).first()
    return None if row is None else _card(unit, row)


def readers(unit: Unit, card: Card) -> list[int]:
    """The guardians of today who may read it: of what comes from another school only those who were guardians there."""
    here = allowed.guardians(unit, card.pupil_id)
    if card.from_pupil is None:
        return here
    known = set(moved.guardians(unit, card.from_pupil, card.pupil_id).values())
    return [person for person in here if person in known]


def items(unit: Unit, card: Card, guardian_id: int) -> list[Item]:
    """What this guardian (one of `readers`) sees of it: what is everybody's, and the own."""
    return [
        _item(
            unit,
            row,
            own=row.owner_id == guardian_id,
            goes=bool(row.goes) if row.goes is not None else row.level < 2,
        )
        for row in unit.execute(_ITEMS, card=card.id, person=guardian_id)
    ]


def of_guardian(unit: Unit, pupil_id: int, person_ids: list[int]) -> list[Card]:
    """The cards that one of these people, as a guardian, may still say something to, the newest first."""
    me = allowed.guardian(unit, pupil_id, person_ids)
    if me is None:
        return []
    found = [_card(unit, row) for row in unit.execute(_OF_PUPIL, pupil=pupil_id)]
    return [card for card in found if card.state in ANSWERABLE and me in readers(unit, card) and items(unit, card, me)]


def read(unit: Unit, card_id: int, person_ids: list[int]) -> tuple[Card, int] | None:
    """The card and as which guardian these people may answer it; None where as none, or it is over."""
    card = one(unit, card_id)
    if card is None:
        return None
    mine = [found for found in of_guardian(unit, card.pupil_id, person_ids) if found.id == card_id]
    me = allowed.guardian(unit, card.pupil_id, person_ids)
    return (mine[0], me) if mine and me is not None else None


_BROUGHT = sql(
    f"SELECT {_FIELDS} FROM handover h WHERE h.pupil_id = :pupil AND h.origin <> 'file'"
    " AND h.state IN ('consented', 'received') ORDER BY h.id DESC"
)


def brought(unit: Unit, pupil_id: int, guardian_id: int) -> list[Item]:
    """What came from another school and was passed on, as this guardian saw it: it belongs to the file from then on."""
    found = [_card(unit, row) for row in unit.execute(_BROUGHT, pupil=pupil_id)]
    return [item for card in found if guardian_id in readers(unit, card) for item in items(unit, card, guardian_id)]


# --- what a guardian says ---

_PICK = sql(
    "INSERT INTO handover_pick (item_id, person_id, goes) VALUES (:item, :person, :goes)"
    " ON CONFLICT (item_id, person_id) DO UPDATE SET goes = :goes"
)
_UNPICK = sql("DELETE FROM handover_pick WHERE item_id = :item AND person_id = :person")
_ANSWER = sql(
    "INSERT INTO handover_answer (handover_id, person_id, passes, at) VALUES (:card, :person, :passes, :now)"
    " ON CONFLICT (handover_id, person_id) DO UPDATE SET passes = :passes, at = :now"
)
_ANSWERS = sql("SELECT person_id, passes FROM handover_answer WHERE handover_id = :card")
_LOCK = sql("UPDATE handover SET made_at = made_at WHERE id = :id")
_LEFT = sql(
    "SELECT COUNT(*) AS many FROM handover_item i JOIN handover h ON h.id = i.handover_id"
    f" WHERE h.id = :card AND {LET_GO}"
)
_MOVE = sql(
    "UPDATE handover SET state = :state, consented_at = COALESCE(consented_at, :consented),"
    " received_at = COALESCE(received_at, :received), closes_at = :closes WHERE id = :id AND state = :was"
)


def pick(unit: Unit, card: Card, guardian_id: int, item_id: int, *, goes: bool) -> Item | None:
    """A guardian strikes an item out, or takes it in again; of level 2: adds it, or takes it out again. The same twice is the
    same: who taps twice by mistake has not taken it back. None where there is no such item."""
    item = next((found for found in items(unit, card, guardian_id) if found.id == item_id), None)
    if item is None:
        return None
    if goes != (item.level < 2):
        unit.write(_PICK, item=item_id, person=guardian_id, goes=goes)
    else:
        unit.write(_UNPICK, item=item_id, person=guardian_id)
    settle(unit, card.id)
    return next(found for found in items(unit, card, guardian_id) if found.id == item_id)


def answer(unit: Unit, card: Card, guardian_id: int, *, passes: bool) -> HandoverState:
    """A guardian passes the card on, or nothing. Answers where it stands now."""
    unit.write(_ANSWER, card=card.id, person=guardian_id, passes=passes, now=unit.now_ms)
    return settle(unit, card.id)


def said(unit: Unit, card: Card, guardian_id: int) -> bool | None:
    """What this guardian has said to it: passed on, nothing, or not yet anything."""
    rows = {row.person_id: bool(row.passes) for row in unit.execute(_ANSWERS, card=card.id)}
    return rows.get(guardian_id)


def settle(unit: Unit, card_id: int) -> HandoverState:
    """Where a card stands by what its guardians have said so far. Its row is held: two who answer at once do so in turn."""
    unit.write(_LOCK, id=card_id)
    card = one(unit, card_id)
    if card is None:
        raise LookupError(card_id)
    if card.state not in OPEN:
        return card.state
    if unit.execute(_LEFT, card=card_id).one().many:
        move(unit, card, H.CONSENTED)
        return H.CONSENTED
    answered = {row.person_id for row in unit.execute(_ANSWERS, card=card_id)}
    if answered and answered >= set(readers(unit, card)) and card.state != H.DECLINED:
        move(unit, card, H.DECLINED)
        return H.DECLINED
    return card.state


def move(unit: Unit, card: Card, state: HandoverState) -> bool:
    """Moves a card along the table in states.py. False where it stands elsewhere by now."""
    if state not in HANDOVER_MOVES[card.state]:
        return False
    closes = unit.now_ms + DAYS * DAY if state == H.WITH_FAMILY else card.closes_at
    done = unit.write(
        _MOVE,
        id=card.id,
        state=state.value,
        was=card.state.value,
        consented=unit.now_ms if state == H.CONSENTED else None,
        received=unit.now_ms if state == H.RECEIVED else None,
        closes=closes,
    )
    return done == 1


# --- what the mentor sees ---


def of_keeper(unit: Unit, who: Keeper) -> list[Card]:
    """The cards that the family has passed on for this mentorship; none for who covers."""
    if who.covers:
        return []
    found = [_card(unit, row) for row in unit.execute(_OF_PUPIL, pupil=who.pupil_id)]
    return [
        card for card in found if card.mentorship_id == who.mentorship_id and card.state in (H.CONSENTED, H.RECEIVED)
    ]


def gone_over(unit: Unit, card: Card) -> list[Item]:
    """What of a card the mentor may see at this moment."""
    return [_item(unit, row, own=False, goes=True) for row in unit.execute(_OVER, card=card.id)]


def receive(unit: Unit, card: Card) -> bool:
    """The mentor confirms that it arrived: True for the first press."""
    return move(unit, card, H.RECEIVED)
