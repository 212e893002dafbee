"""Who is there: a button for those who are invited, a code or link shown in the room for everybody. For the number alone."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from models.events import events
from models.events.rules import MINUTE, EventRules
from models.events.states import AHEAD, EventState
from models.events.tables import Event
from models.training import hours
from models.unit import Unit, sql

LINK = "in_"
"""How the payload of a sign-in link begins: no joining link does, theirs have 43 characters."""
MOST_PEOPLE = 9
_DIGITS = 6

_PUT = sql(
    "INSERT INTO event_here (event_id, account_id, people, guest, how, at)"
    " VALUES (:event, :account, :people, :guest, :how, :now) ON CONFLICT (event_id, account_id)"
    " DO UPDATE SET people = :people"
)
_HERE = sql("SELECT people FROM event_here WHERE event_id = :event AND account_id = :account")
_SUM = sql(
    "SELECT COALESCE(SUM(people), 0) AS people, COUNT(*) AS accounts,"
    " COALESCE(SUM(CASE WHEN guest THEN people ELSE 0 END), 0) AS guests FROM event_here WHERE event_id = :event"
)
_NOW = sql(
    "SELECT id, sequence FROM event WHERE state IN ('planned', 'announced', 'held') AND starts_at <= :until"
    " AND ends_at >= :from AND closed_at IS NULL ORDER BY starts_at, id"
)


class Signed(StrEnum):
    """What signing in came to."""

    HERE = "here"
    EARLY = "early"
    OVER = "over"
    NONE = "none"
    """There is no such event, or no such code."""


def window(event: Event, rules: EventRules) -> tuple[int, int]:
    """From when until when one can sign in, milliseconds since 1970."""
    around = rules.sign_in_minutes * MINUTE
    return event.starts_at - around, event.ends_at + around


def stands(event: Event, now_ms: int, rules: EventRules) -> Signed:
    """Whether one can sign in now."""
    begins, ends = window(event, rules)
    if event.state not in (*AHEAD, EventState.HELD) or event.closed_at is not None:
        return Signed.NONE
    return Signed.EARLY if now_ms < begins else Signed.OVER if now_ms > ends else Signed.HERE


def _secret(unit: Unit, event_id: int, sequence: int) -> str:
    return unit.vault.sign(f"sign-in|{event_id}|{sequence}")


def code(unit: Unit, event: Event) -> str:
    """Six digits for typing: made from the event and a key, another one after each change of it."""
    return _code(unit, event.id, event.sequence)


def _code(unit: Unit, event_id: int, sequence: int) -> str:
    number = int.from_bytes(hashlib.sha256(_secret(unit, event_id, sequence).encode()).digest()[:6], "big")
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def payload(unit: Unit, event: Event) -> str:
    """The payload of the link that the QR code shows."""
    return f"{LINK}{event.id}_{_secret(unit, event.id, event.sequence)}"


def of_payload(unit: Unit, written: str) -> Event | None:
    """The event of a link that we made, or nothing."""
    number, _, secret = written.removeprefix(LINK).partition("_")
    if not written.startswith(LINK) or not number.isascii() or not number.isdigit() or len(number) > 19:
        return None
    event = events.one(unit, int(number)) if int(number) < 2**63 else None
    if event is None or not unit.vault.signed(f"sign-in|{event.id}|{event.sequence}", secret):
        return None
    return event


def is_code(written: str) -> bool:
    """Whether a text looks like a code."""
    plain = written.strip()
    return len(plain) == _DIGITS and plain.isascii() and plain.isdigit()


def of_code(unit: Unit, written: str, rules: EventRules) -> list[Event]:
    """The events of now that have this code: one, or none; with a thousand of one evening two may share a code."""
    around, wanted = rules.sign_in_minutes * MINUTE, written.strip()
    rows = unit.execute(_NOW, until=unit.now_ms + around, **{"from": unit.now_ms - around}).all()
    # Rows only, no objects: families type their codes in the same minute.
    return [events.must(unit, row.id) for row in rows if _code(unit, row.id, row.sequence) == wanted]


def sign(unit: Unit, event: Event, account_id: int, people: int, how: str, *, guest: bool) -> None:
    """Somebody is there, with so many; said again it is the last number that counts. Raises ValueError for a wrong number."""
    if not 1 <= people <= MOST_PEOPLE:
        raise ValueError(people)
    unit.write(_PUT, event=event.id, account=account_id, people=people, guest=guest, how=how, now=unit.now_ms)
    if event.kind == hours.KIND:
        # Who came is forgotten once it is added up; a mentor's own hours are not.
        hours.credit(unit, event.id, account_id)


def here(unit: Unit, event_id: int, account_id: int) -> int | None:
    """With how many this account has signed in."""
    row = unit.execute(_HERE, event=event_id, account=account_id).first()
    return None if row is None else int(row.people)


def attendance(unit: Unit, event: Event) -> int | None:
    """How many people came: as who gave it counted, otherwise as they signed in; nothing where nobody did either."""
    if event.counted is not None:
        return event.counted
    if event.closed_at is not None:
        return event.people or None
    return signed(unit, event.id)[0] or None


def signed(unit: Unit, event_id: int) -> tuple[int, int]:
    """How many people have signed in, and how many of them were guests."""
    row = unit.execute(_SUM, event=event_id).one()
    return int(row.people), int(row.guests)
