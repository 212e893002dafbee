"""Families that wait for a slot to become free: offered in the order in which they came, each for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from models.appointments import availability, booking, slots, visits
from models.appointments.rules import VisitRules
from models.appointments.slots import MINUTE, Slot
from models.appointments.states import Form, Reply, VisitState
from models.base import new_id
from models.unit import Unit, sql

HOUR = 60 * MINUTE
Opens = Callable[[int], int | None]
MOST_MENTORS = 50
"""Mentors that are looked after in one tick."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot that is kept for a family until a moment."""

    visit_id: int
    guardian_id: int
    slot: Slot
    until: int


_PUT = sql(
    "INSERT INTO visit_wait (visit_id, mentor_id, guardian_id, since, seen, look, looked_on)"
    " VALUES (:visit, :mentor, :guardian, :now, :seen, :no, :today)"
    " ON CONFLICT (visit_id) DO UPDATE SET guardian_id = :guardian, seen = :seen"
)
_LOOKED = sql("SELECT DISTINCT mentor_id FROM visit_wait WHERE look ORDER BY mentor_id LIMIT :most")
_DONE = sql("UPDATE visit_wait SET look = :no WHERE mentor_id = :mentor")
_EXPIRED = sql(
    "UPDATE visit_wait SET look = :yes WHERE look = :no AND mentor_id IN"
    " (SELECT o.mentor_id FROM visit_offer o WHERE o.open AND o.until <= :now)"
)
_CLOSED = sql("UPDATE visit_offer SET open = :no WHERE open AND until <= :now")
_QUEUE = sql("SELECT visit_id, guardian_id, seen FROM visit_wait WHERE mentor_id = :mentor ORDER BY since, visit_id")
_OFFERED = sql("SELECT starts_at, until FROM visit_offer WHERE visit_id = :visit")
_OFFER = sql(
    "INSERT INTO visit_offer (id, visit_id, mentor_id, starts_at, ends_at, until, open)"
    " VALUES (:id, :visit, :mentor, :starts, :ends, :until, :yes) ON CONFLICT (visit_id, starts_at) DO NOTHING"
)
_PASS = sql("UPDATE visit_offer SET until = :now WHERE visit_id = :visit AND until > :now")
_NO = sql("DELETE FROM visit_wait WHERE visit_id = :visit")
_IS = sql("SELECT guardian_id FROM visit_wait WHERE visit_id = :visit")
_MORNING = sql("UPDATE visit_wait SET look = :yes, looked_on = :today WHERE looked_on < :today")
MORNING = timedelta(hours=6)
"""From then on, by the school's clock, a new day is looked at."""


def wait(unit: Unit, visit_id: int, guardian_id: int, form: Form, rules: VisitRules, zone: str) -> bool:
    """A family waits for a slot to become free. What is free now was seen and is not offered. False where it is over."""
    visit = visits.one(unit, visit_id)
    if visit is None or visit.state not in (VisitState.PLANNED, VisitState.INVITED):
        return False
    wanted = booking.wanted_for(visit, form, guardian_id, rules, zone)
    seen = " ".join(str(one.starts_at // MINUTE) for one in slots.free(unit, wanted, rules))
    visits.change(unit, visit_id, (VisitState.PLANNED, VisitState.INVITED), form=form.value)
    visits.says(unit, visit_id, guardian_id, Reply.INVITED)
    unit.write(
        _PUT,
        visit=visit_id,
        mentor=visit.mentor_id,
        guardian=guardian_id,
        now=unit.now_ms,
        seen=seen,
        no=False,
        today=_today(unit, zone),
    )
    visits.log(unit, visit_id, guardian_id, "waits", VisitState(visit.state))
    return True


def waits(unit: Unit, visit_id: int) -> bool:
    """Whether this family waits."""
    return waiter(unit, visit_id) is not None


def waiter(unit: Unit, visit_id: int) -> int | None:
    """The guardian who waits, to whom slots are offered."""
    row = unit.execute(_IS, visit=visit_id).first()
    return None if row is None else int(row.guardian_id)


def leave(unit: Unit, visit_id: int) -> None:
    """It waits no longer; what was kept for it goes to the next."""
    visit = visits.one(unit, visit_id)
    unit.write(_NO, visit=visit_id)
    unit.write(_PASS, visit=visit_id, now=unit.now_ms)
    if visit is not None:
        availability.look(unit, visit.mentor_id)


def pass_over(unit: Unit, visit_id: int) -> None:
    """Not this one: the offer ends, the family goes on waiting."""
    visit = visits.one(unit, visit_id)
    unit.write(_PASS, visit=visit_id, now=unit.now_ms)
    if visit is not None:
        availability.look(unit, visit.mentor_id)


def _today(unit: Unit, zone: str) -> int:
    return (unit.now.astimezone(ZoneInfo(zone)) - MORNING).date().toordinal()


def due(unit: Unit, rules: VisitRules, zone: str, opens: Opens) -> list[Offer]:
    """The offers to be made now. `opens` answers when a guardian's quiet hours end (ms since 1970).

    A mentor's families are looked after where something became free, or an offer came to its end without an answer; and
    once a day, because one day more has come near enough.
    """
    unit.write(_MORNING, yes=True, today=_today(unit, zone))
    unit.write(_EXPIRED, yes=True, no=False, now=unit.now_ms)
    unit.write(_CLOSED, no=False, now=unit.now_ms)
    found: list[Offer] = []
    for row in unit.execute(_LOOKED, most=MOST_MENTORS).all():
        unit.write(_DONE, mentor=row.mentor_id, no=False)
        for waiter in unit.execute(_QUEUE, mentor=row.mentor_id).all():
            offer = _offer(unit, row.mentor_id, waiter.visit_id, waiter.guardian_id, waiter.seen, rules, zone, opens)
            if offer is not None:
                found.append(offer)
    return found


def _offer(
    unit: Unit,
    mentor_id: int,
    visit_id: int,
    guardian_id: int,
    seen: str,
    rules: VisitRules,
    zone: str,
    opens: Opens,
) -> Offer | None:
    visit = visits.one(unit, visit_id)
    if visit is None or visit.form is None or visit.state not in (VisitState.PLANNED, VisitState.INVITED):
        unit.write(_NO, visit=visit_id)
        return None
    guest = next((one for one in visits.guests(unit, visit_id) if one.guardian_id == guardian_id), None)
    if guest is None or guest.reach is None:
        # No guardian any more, or nobody who could be told: what is free goes to those who can take it.
        unit.write(_NO, visit=visit_id)
        visits.log(unit, visit_id, None, "waits_no_more", VisitState(visit.state))
        return None
    made = unit.execute(_OFFERED, visit=visit_id).all()
    if any(one.until > unit.now_ms for one in made):
        return None
    known = frozenset([int(one) * MINUTE for one in seen.split()] + [one.starts_at for one in made])
    wanted = booking.wanted_for(visit, Form(visit.form), guardian_id, rules, zone)
    free = slots.free(unit, wanted, rules, seen=known)
    until = max(unit.now_ms, opens(guardian_id) or 0) + rules.offer_hours * HOUR
    slot = next((one for one in free if one.starts_at > until), None)
    if slot is None:
        return None
    unit.write(
        _OFFER,
        id=new_id(),
        visit=visit_id,
        mentor=mentor_id,
        starts=slot.starts_at,
        ends=slot.ends_at,
        until=until,
        yes=True,
    )
    return Offer(visit_id, guardian_id, slot, until)
