"""Somebody's own requests, as that person sees them."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import bindparam, text

from models.contact import FREE
from models.directory.requests import SELECT, Request, State, opened
from models.unit import Unit, sql

_OF_PEOPLE = text(f"{SELECT} WHERE r.person_id IN :people ORDER BY r.id DESC").bindparams(
    bindparam("people", expanding=True)
)
_STOPPED = sql(f"SELECT 1 FROM person p WHERE p.id = :person AND NOT {FREE}")
_PUT_AWAY = sql(
    "UPDATE directory_request SET state = 'cancelled', ended_at = :now WHERE id = :id AND state IN ('declined', 'lapsed')"
)


def of_people(unit: Unit, person_ids: list[int]) -> list[Request]:
    """What these people have asked for, the newest first. To whom nothing may go, an answer is not shown either."""
    found = [opened(unit, row) for row in unit.execute(_OF_PEOPLE, people=person_ids).all()] if person_ids else []
    return [one for one in (_seen(unit, one) for one in found) if one.stands]


def kept_of(unit: Unit, person_id: int) -> list[Request]:
    """All that is kept of what somebody asked for, also what stands no more; for that person's own copy."""
    return [_seen(unit, opened(unit, row)) for row in unit.execute(_OF_PEOPLE, people=[person_id]).all()]


def _seen(unit: Unit, found: Request) -> Request:
    # A place that was taken at once is nobody's answer.
    answered = found.state in (State.DECLINED, State.LAPSED) or (found.state is State.APPROVED and found.decided)
    if not answered or unit.execute(_STOPPED, person=found.person_id).first() is None:
        return found
    return replace(found, state=State.OPEN, answer="")


def put_away(unit: Unit, request: Request) -> bool:
    """Cancels what was answered without its asker's being told (see _seen): it holds no place any more, and goes like
    every other one. False for everybody else."""
    if _seen(unit, request).state is not State.OPEN or request.state is State.OPEN:
        return False
    return unit.write(_PUT_AWAY, id=request.id, now=unit.now_ms) == 1
