"""'I can offer …' of a guardian. The chief mentor of the class says yes, no, or asks back; a yes makes a card of it.

Nobody changes a parent's words. An offer, and its card, count as long as the parent has a child in that class.
A parent who would give a class to parents offers that elsewhere (models/events/offers.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.base import new_id
from models.contact import FREE
from models.directory import content
from models.directory.content import PARENT, Content, SignUp
from models.events import audience, events
from models.events import offers as speakers
from models.events.audience import Invited
from models.events.offers import OwnClass
from models.standing import Standing, administers, class_label
from models.unit import Unit, sql

LONGEST = 300
MOST = 3
"""Offers of one guardian that are open or stand."""
SUITS = ("school_day", "evening", "weekend", "holiday", "online")
MOST_IN_A_DAY = 6
"""Offers that one guardian begins, those taken back too: somebody is told of each."""
DAY = 86_400_000
_NUMBER = re.compile(r"\d(?:[\s\-–—]?\d){6,}")


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer with its words."""

    id: int
    class_id: int
    school_id: int
    group: str
    person_id: int
    about: str
    suits: tuple[str, ...]
    named: bool
    state: str
    question: str
    card_id: int | None


_COLUMNS = (
    "SELECT o.id, o.class_id, sc.school_id, o.person_id, o.sealed_about, o.suits, o.named, o.state, o.sealed_question,"
    " o.card_id, sc.grade, sc.name FROM directory_offer o JOIN school_class sc ON sc.id = o.class_id"
    " JOIN person p ON p.id = o.person_id AND p.ended_at IS NULL"
)
CHILD = (
    "EXISTS (SELECT 1 FROM guardianship g JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL"
    " WHERE g.person_id = o.person_id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " AND pu.school_class_id = o.class_id)"
)
_OF_PERSON = sql(
    f"{_COLUMNS} WHERE o.person_id = :person AND o.state IN ('open', 'asked', 'approved') AND {CHILD} ORDER BY o.id"
)
_OWN = sql(f"{_COLUMNS} WHERE o.id = :id AND {CHILD}")
_STANDING = sql(f"{_COLUMNS} WHERE o.id = :id AND {CHILD} AND {FREE}")
_LED = sql(
    f"{_COLUMNS} WHERE o.state = 'open' AND {CHILD} AND {FREE} AND EXISTS (SELECT 1 FROM class_team c"
    " WHERE c.school_class_id = o.class_id AND c.until IS NULL AND c.chief_mentor_id = :person) ORDER BY o.id"
)
_WITHOUT_CHIEF = sql(
    f"{_COLUMNS} WHERE o.state = 'open' AND {CHILD} AND {FREE} AND sc.school_id = :school AND NOT EXISTS ("
    "SELECT 1 FROM class_team c JOIN person q ON q.id = c.chief_mentor_id AND q.ended_at IS NULL"
    # Nobody answers the own offer: a chief mentor who offers is as good as none.
    " AND q.account_id IS NOT NULL AND q.account_id <> p.account_id"
    " WHERE c.school_class_id = o.class_id AND c.until IS NULL) ORDER BY o.id"
)
_SAME_ACCOUNT = sql("SELECT q.id FROM person q JOIN person p ON p.account_id = q.account_id WHERE p.id = :person")
_CLASSES = text(
    "SELECT DISTINCT sc.id, sc.grade, sc.name, sc.school_id, g.person_id FROM guardianship g"
    " JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL JOIN school_class sc ON sc.id = pu.school_class_id"
    " WHERE g.until IS NULL AND g.confirmed_at IS NOT NULL AND g.person_id IN :people ORDER BY sc.id, g.person_id"
).bindparams(bindparam("people", expanding=True))
_LATELY = sql("SELECT COUNT(*) AS many FROM directory_offer WHERE person_id = :person AND at > :after")
_PUT = sql(
    "INSERT INTO directory_offer (id, class_id, person_id, sealed_about, suits, named, state, at)"
    " VALUES (:id, :class, :person, :about, '', :no, 'draft', :now)"
)
_SUITS = sql("UPDATE directory_offer SET suits = :suits, named = :named WHERE id = :id AND state = 'draft'")
_AGAIN = sql("UPDATE directory_offer SET sealed_about = :about, state = 'open' WHERE id = :id AND state = 'asked'")
_MOVE = {
    "open": sql("UPDATE directory_offer SET state = 'open', at = :now WHERE id = :id AND state = 'draft'"),
    "asked": sql(
        "UPDATE directory_offer SET state = 'asked', sealed_question = :question, decided_by = :by"
        " WHERE id = :id AND state = 'open'"
    ),
    "approved": sql(
        "UPDATE directory_offer SET state = 'approved', decided_by = :by, card_id = :card WHERE id = :id AND state = 'open'"
    ),
    "declined": sql(
        "UPDATE directory_offer SET state = 'declined', decided_by = :by, ended_at = :now WHERE id = :id AND state = 'open'"
    ),
    "withdrawn": sql(
        "UPDATE directory_offer SET state = 'withdrawn', ended_at = :now"
        " WHERE id = :id AND state IN ('draft', 'open', 'asked', 'approved')"
    ),
}
_CARD = sql(
    "INSERT INTO directory_card (id, school_id, kind, sealed_content, stages, taken, sign_up, class_id, offered_by, named,"
    " created_at) VALUES (:id, :school, :kind, :content, '', 0, :sign_up, :class, :person, :named, :now)"
)
_END_CARD = sql("UPDATE directory_card SET ended_at = :now WHERE id = :card AND ended_at IS NULL")
_UNSAID = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'no longer true'"
    " WHERE state = 'waiting' AND dedupe_key LIKE :keys"
)


def holds_number(about: str) -> bool:
    """Whether a text has something like a telephone number in it: nobody's own number goes on a card."""
    return _NUMBER.search(about) is not None


def _offer(unit: Unit, row: Row[Any]) -> Offer:
    asked = row.sealed_question
    return Offer(
        row.id,
        row.class_id,
        row.school_id,
        class_label(row.grade, row.name),
        row.person_id,
        unit.vault.open("directory_offer", row.id, "about", bytes(row.sealed_about)),
        tuple(str(row.suits).split()),
        bool(row.named),
        row.state,
        "" if asked is None else unit.vault.open("directory_offer", row.id, "question", bytes(asked)),
        row.card_id,
    )


def classes(unit: Unit, person_ids: list[int]) -> list[OwnClass]:
    """The classes in which these people have children, each once. Also for whom nothing may go: that one offers as everybody
    does, and nobody is asked."""
    found: dict[int, OwnClass] = {}
    for row in unit.execute(_CLASSES, people=person_ids) if person_ids else []:
        found.setdefault(row.id, OwnClass(row.id, class_label(row.grade, row.name), row.person_id, row.school_id))
    return list(found.values())


def begin(unit: Unit, class_id: int, person_id: int, about: str) -> int | None:
    """Keeps what was written, not sent yet; nothing where this guardian has MOST already, or began too many today."""
    lately = unit.execute(_LATELY, person=person_id, after=unit.now_ms - DAY).one()
    if len(of_person(unit, person_id)) >= MOST or lately.many >= MOST_IN_A_DAY:
        return None
    row = new_id()
    kept = unit.vault.seal("directory_offer", row, "about", about[:LONGEST])
    unit.write(_PUT, id=row, person=person_id, about=kept, no=False, now=unit.now_ms, **{"class": class_id})
    return row


def own(unit: Unit, offer_id: int, who: Standing) -> Offer | None:
    """An offer of this account's own."""
    row = unit.execute(_OWN, id=offer_id).first()
    return None if row is None or row.person_id not in who.person_ids else _offer(unit, row)


def of_person(unit: Unit, person_id: int) -> list[Offer]:
    """What a guardian has offered and what has not come to an end."""
    return [_offer(unit, row) for row in unit.execute(_OF_PERSON, person=person_id).all()]


def choose(unit: Unit, offer: Offer, suits: tuple[str, ...], *, named: bool) -> None:
    """When it suits, and whether the name may stand there; before it is sent."""
    unit.write(_SUITS, id=offer.id, suits=" ".join(one for one in SUITS if one in suits), named=named)


def send(unit: Unit, offer_id: int) -> bool:
    """It goes to the one who answers."""
    return unit.write(_MOVE["open"], id=offer_id, now=unit.now_ms) == 1


def answer(unit: Unit, offer: Offer, about: str) -> bool:
    """The parent has written it anew, because the chief mentor wanted to know more."""
    kept = unit.vault.seal("directory_offer", offer.id, "about", about[:LONGEST])
    return unit.write(_AGAIN, id=offer.id, about=kept) == 1


def withdraw(unit: Unit, offer: Offer) -> bool:
    """The parent takes it back: the card ends with it, and whoever was still to be asked is not."""
    if unit.write(_MOVE["withdrawn"], id=offer.id, now=unit.now_ms) != 1:
        return False
    if offer.card_id is not None:
        unit.write(_END_CARD, card=offer.card_id, now=unit.now_ms)
    _unsay(unit, offer.id)
    return True


def _unsay(unit: Unit, offer_id: int) -> None:
    """What waits to be told about it is no longer true."""
    unit.flush()
    unit.write(_UNSAID, keys=f"diroffer:{offer_id}:%", now=unit.now_ms)


def decides(unit: Unit, offer_id: int, who: Standing) -> tuple[Offer, int] | None:
    """An offer that this account may answer, and as whom; nobody answers the own one."""
    row = unit.execute(_STANDING, id=offer_id).first()
    person = None if row is None else audience.plans_class(unit, row.class_id, who)
    if row is None or person is None or row.person_id in who.person_ids:
        return None
    return _offer(unit, row), person


def open_for(unit: Unit, who: Standing) -> list[Offer]:
    """The offers that this account is to answer: of the classes it leads; for an admin, of those without a chief mentor."""
    if who.staff is None:
        return []
    rows = list(unit.execute(_LED, person=who.staff.person_id).all())
    for school in administers(unit, who):
        rows += unit.execute(_WITHOUT_CHIEF, school=school).all()
    return [_offer(unit, row) for row in {row.id: row for row in rows}.values() if row.person_id not in who.person_ids]


def deciders(unit: Unit, offer: Offer) -> list[Invited]:
    """Who is asked about an offer; nobody where nothing may come of it."""
    if unit.execute(_STANDING, id=offer.id).first() is None:
        return []
    own = {row.id for row in unit.execute(_SAME_ACCOUNT, person=offer.person_id)}
    found = [one for one in speakers.deciders(unit, offer.class_id)[0] if one.person_id not in own]
    admins = [] if found else [one for one in audience.admins_of(unit, offer.school_id) if one not in own]
    return found or speakers.person(unit, admins)


def ask_back(unit: Unit, offer: Offer, person_id: int, question: str) -> bool:
    """The one who answers wants to know more."""
    kept = unit.vault.seal("directory_offer", offer.id, "question", question[:LONGEST])
    done = unit.write(_MOVE["asked"], id=offer.id, by=person_id, question=kept) == 1
    if done:
        _unsay(unit, offer.id)
    return done


def decline(unit: Unit, offer: Offer, person_id: int) -> bool:
    """Not this time."""
    done = unit.write(_MOVE["declined"], id=offer.id, by=person_id, now=unit.now_ms) == 1
    if done:
        _unsay(unit, offer.id)
    return done


def approve(unit: Unit, offer: Offer, person_id: int) -> int | None:
    """Gladly: it becomes a card, in the parent's words. The card; nothing where it was answered or taken back before."""
    card = new_id()
    said = Content("", "", offer.about, "", hours="")
    unit.write(
        _CARD,
        id=card,
        school=offer.school_id,
        kind=PARENT,
        content=content.sealed(unit.vault, card, said),
        sign_up=SignUp.CHIEF.value,
        person=offer.person_id,
        named=offer.named,
        now=unit.now_ms,
        **{"class": offer.class_id},
    )
    if unit.write(_MOVE["approved"], id=offer.id, by=person_id, card=card) != 1:
        unit.write(_NEVER, id=card)
        return None
    _unsay(unit, offer.id)
    return card


_NEVER = sql("DELETE FROM directory_card WHERE id = :id")
_OF_CARD = sql("SELECT suits FROM directory_offer WHERE card_id = :card")


def suits_of(unit: Unit, card_id: int) -> tuple[str, ...]:
    """When what a card offers suits its parent."""
    row = unit.execute(_OF_CARD, card=card_id).first()
    return () if row is None else tuple(str(row.suits).split())


def parent_name(unit: Unit, offer: Offer) -> str:
    """Who offers it, for the one who answers."""
    return events.name_of(unit, offer.person_id)
