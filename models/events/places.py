"""Places and answers of those who are still invited: whoever has left, or may not be told of it, keeps none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from models.events.audience import whom
from models.events.states import Audience
from models.events.tables import Event
from models.unit import Unit, sql

_STILL = {
    one: " FROM event_reply er JOIN person p ON p.id = er.person_id AND p.ended_at IS NULL"
    f" LEFT JOIN account a ON a.id = p.account_id WHERE er.event_id = :event AND {whom(one)}"
    for one in Audience
}
_TAKEN = {
    one: sql(
        f"SELECT COALESCE(SUM(er.people), 0) AS many{still} AND er.reply = 'come' AND er.person_id <> :person",
    )
    for one, still in _STILL.items()
}
_WAITERS = {
    one: sql(
        "SELECT er.person_id, er.people, er.since, CASE WHEN a.reachable THEN 1 ELSE 0 END AS reached"
        f"{still} AND er.reply = 'waiting' ORDER BY er.since, er.person_id"
    )
    for one, still in _STILL.items()
}
_SUMS = {
    one: sql(f"SELECT er.reply, COUNT(*) AS families, SUM(er.people) AS people{still} GROUP BY er.reply")
    for one, still in _STILL.items()
}
_EVERY = sql(
    "SELECT reply, COUNT(*) AS families, SUM(people) AS people FROM event_reply WHERE event_id = :event GROUP BY reply"
)


def waiters(unit: Unit, event: Event) -> Sequence[Row[Any]]:
    """Those who wait for a place, in their order: person_id, people, since, and whether the bot reaches them (`reached`)."""
    return unit.execute(_WAITERS[Audience(event.audience)], event=event.id).all()


def taken(unit: Unit, event: Event, without: int = 0) -> int:
    """How many places are taken, one person's left out."""
    return int(unit.execute(_TAKEN[Audience(event.audience)], event=event.id, person=without).one().many)


def sums(unit: Unit, event_id: int, event: Event | None) -> Sequence[Row[Any]]:
    """For each reply how many families and people: of those still invited to `event`; without it of all that was answered."""
    statement = _EVERY if event is None else _SUMS[Audience(event.audience)]
    return unit.execute(statement, event=event_id).all()
