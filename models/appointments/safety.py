"""Teachers who went out are asked whether they are back; where nobody answers, people at school are told. All from rows.

1. 'left' is missing so many minutes after the planned end (rules.safety_minutes): the teachers are asked.
2. They do not answer (rules.safety_step_minutes): the duty leaders are told, and again three times.
3. Nobody answers at all: the operator is told.

Each step is one guarded update of the row, so that restarts, downtime and several processes neither lose nor double one.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.appointments import booking, party, visits
from models.appointments.rules import VisitRules
from models.appointments.states import HOLDING, OUTSIDE, VisitState
from models.appointments.tables import Visit
from models.people import RoleKind
from models.standing import Reach
from models.unit import Unit, sql

S = VisitState
MINUTE = 60_000
HOUR = 60 * MINUTE
ASKED, LEADERS, LAST, SILENT, EXPIRED = 1, 2, 5, 6, 9
"""Steps: the teachers were asked; the leaders were told, the last time; nobody answered; it is too long ago to ask."""
AGAIN = 30 * MINUTE
"""Until the leaders are told again; and so much longer the teachers may stay with one tap."""
MOST_STILL = 3
"""How often they may say that they stay on."""
TOO_LATE = 12 * HOUR
"""After the planned end: what nobody was asked by then, nobody is asked any more."""
EARLY = 60 * MINUTE
"""'Arrived' is taken from so long before the start."""
UNDO = 10 * MINUTE
OLDEST = 60 * 24 * HOUR
MOST = 50


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is to be made now, once."""

    visit_id: int
    step: int


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody at school who is told."""

    person_id: int
    reach: Reach


def next_step(ends_at: int, step: int, safety_at: int | None, rules: VisitRules, now: int) -> int | None:
    """The step that is due, or nothing. Times in milliseconds since 1970."""
    if step >= EXPIRED:
        return None
    if now > ends_at + TOO_LATE:
        return EXPIRED
    at = ends_at + rules.safety_minutes * MINUTE
    if step >= SILENT or now < max(at, safety_at or 0):
        return None
    return step + 1


# --- arrived, left ---


def arrive(unit: Unit, visit_id: int, person_id: int) -> bool:
    """A teacher is there."""
    return visits.move(
        unit, visit_id, S.IN_PROGRESS, person_id, "arrived", only_from=(S.CONFIRMED,), arrived_at=unit.now_ms
    )


def not_arrived(unit: Unit, visit: Visit, person_id: int) -> bool:
    """A wrong tap, taken back within ten minutes."""
    if visit.arrived_at is None or unit.now_ms > visit.arrived_at + UNDO:
        return False
    return visits.move(
        unit, visit.id, S.CONFIRMED, person_id, "arrived_undone", only_from=(S.IN_PROGRESS,), arrived_at=None
    )


def leave(unit: Unit, visit: Visit, person_id: int) -> bool:
    """The teachers have left: it was held, its time is let go, its place forgotten."""
    now = unit.now_ms
    done = visits.move(
        unit,
        visit.id,
        S.HELD,
        person_id,
        "left",
        only_from=HOLDING,
        left_at=now,
        ended_at=now,
        safe_at=now,
        sealed_place=None,
        **booking.NO_WISH,
    )
    if done:
        booking.release(unit, visit)
    return done


# --- the steps ---

_HOLD = ", ".join(f"'{one.value}'" for one in HOLDING)
_OUT = ", ".join(f"'{one.value}'" for one in OUTSIDE)
_DUE = sql(
    f"SELECT id, ends_at, safety_step, safety_at FROM visit WHERE state IN ({_HOLD}) AND starts_at > :oldest"
    f" AND starts_at <= :ended AND ends_at <= :ended AND form IN ({_OUT}) AND safe_at IS NULL"
    " AND ((safety_step < 6 AND (safety_at IS NULL OR safety_at <= :now)) OR (safety_step < 9 AND ends_at < :late))"
    " ORDER BY ends_at, id LIMIT :most"
)
_ADVANCE = sql(
    "UPDATE visit SET safety_step = :to, safety_at = :at WHERE id = :id AND safety_step = :step AND safe_at IS NULL"
    f" AND ends_at = :ends AND state IN ({_HOLD})"
)
_STILL = sql(
    f"UPDATE visit SET safety_step = 0, safety_at = :at WHERE id = :id AND state IN ({_HOLD}) AND safe_at IS NULL"
    " AND safety_step BETWEEN 1 AND 6"
)
_STILLS = sql("SELECT COUNT(*) AS many FROM visit_log WHERE visit_id = :id AND what = 'still_there' AND at >= :ends")
_REACHED = sql(
    f"UPDATE visit SET safe_at = :now WHERE id = :id AND state IN ({_HOLD}) AND safe_at IS NULL"
    " AND safety_step BETWEEN 2 AND 6"
)
_SILENT = sql(
    f"SELECT id FROM visit WHERE state IN ({_HOLD}) AND starts_at > :oldest AND safety_step = 6 AND safe_at IS NULL"
    " AND safety_at <= :now ORDER BY starts_at LIMIT :most"
)
_SAID = sql(
    "UPDATE visit SET safety_at = :at WHERE id = :id AND safety_step = 6 AND safety_at <= :now AND safe_at IS NULL"
)


def due(unit: Unit, rules: VisitRules) -> list[Step]:
    """The steps to be made now; who asks first has them. What is too long ago is noted, once."""
    now, found = unit.now_ms, []
    ended = now - rules.safety_minutes * MINUTE
    for row in unit.execute(_DUE, oldest=now - OLDEST, ended=ended, now=now, late=now - TOO_LATE, most=MOST).all():
        step = next_step(row.ends_at, row.safety_step, row.safety_at, rules, now)
        if step is None:
            continue
        wait = rules.safety_step_minutes * MINUTE if step == ASKED else 0 if step == SILENT else AGAIN
        values = {"id": row.id, "step": row.safety_step, "ends": row.ends_at}
        if unit.write(_ADVANCE, to=step, at=now + wait, **values) != 1:
            continue
        if step == EXPIRED:
            visits.log(unit, row.id, None, "safety_expired", S(visits.must(unit, row.id).state))
        elif step == SILENT:
            visits.log(unit, row.id, None, "safety_silent", S(visits.must(unit, row.id).state))
        else:
            found.append(Step(row.id, step))
    return found


def nobody(unit: Unit, visit: Visit) -> None:
    """There is nobody to be told: the operator is, at once."""
    unit.write(_ADVANCE, id=visit.id, step=visit.safety_step, ends=visit.ends_at, to=SILENT, at=unit.now_ms)


def unanswered(unit: Unit) -> list[int]:
    """Visits of whose teachers nobody has heard, each every half an hour: for the operator's log."""
    now = unit.now_ms
    rows = unit.execute(_SILENT, oldest=now - OLDEST, now=now, most=MOST).all()
    return [row.id for row in rows if unit.write(_SAID, id=row.id, at=now + AGAIN, now=now) == 1]


def stills(unit: Unit, visit: Visit) -> int:
    """How often they have said that they stay on."""
    return int(unit.execute(_STILLS, id=visit.id, ends=visit.ends_at).one().many)


def still(unit: Unit, visit: Visit, person_id: int) -> bool:
    """They stay half an hour longer. False where that was said often enough, or the question is over."""
    if stills(unit, visit) >= MOST_STILL or unit.write(_STILL, id=visit.id, at=unit.now_ms + AGAIN) != 1:
        return False
    visits.log(unit, visit.id, person_id, "still_there", S(visit.state))
    return True


def reached(unit: Unit, visit: Visit, person_id: int) -> bool:
    """A leader has reached them: nobody is asked any more. False where somebody has answered before."""
    if unit.write(_REACHED, id=visit.id, now=unit.now_ms) != 1:
        return False
    visits.log(unit, visit.id, person_id, "reached", S(visit.state))
    return True


# --- the people at school ---

_ROLE = sql(
    "SELECT DISTINCT p.id, a.bot_id, a.user_id, a.language FROM role r"
    " JOIN person p ON p.id = r.person_id AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id AND a.reachable"
    " WHERE r.kind = :kind AND r.until IS NULL AND p.school_id = :school ORDER BY p.id"
)
_CHIEF = sql(
    "SELECT p.id, a.bot_id, a.user_id, a.language FROM class_team c"
    " JOIN pupil u ON u.school_class_id = c.school_class_id"
    " JOIN person p ON p.id = c.chief_mentor_id AND p.ended_at IS NULL"
    " JOIN account a ON a.id = p.account_id AND a.reachable WHERE u.id = :pupil AND c.until IS NULL"
)


def leaders(unit: Unit, visit: Visit) -> list[Leader]:
    """Who is told: the duty leaders who have joined; where there is none, the class's chief mentor and the admins."""
    away = {visit.mentor_id, *party.teachers(unit, visit)}

    def role(kind: RoleKind) -> list[Leader]:
        rows = unit.execute(_ROLE, kind=kind.value, school=visit.school_id)
        return [Leader(r.id, Reach(r.bot_id, r.user_id, r.language, True)) for r in rows if r.id not in away]

    found = role(RoleKind.DUTY_LEADER)
    if found:
        return found
    chiefs = [
        Leader(r.id, Reach(r.bot_id, r.user_id, r.language, True))
        for r in unit.execute(_CHIEF, pupil=visit.pupil_id)
        if r.id not in away
    ]
    return [*chiefs, *(one for one in role(RoleKind.ADMIN) if one.person_id not in {c.person_id for c in chiefs})]


def is_open(visit: Visit) -> bool:
    """Whether leaders were told and nobody has answered yet."""
    return visit.state in HOLDING and visit.safe_at is None and LEADERS <= visit.safety_step <= SILENT


def leads(unit: Unit, visit: Visit, person_ids: list[int]) -> int | None:
    """As which leader somebody may act while nobody has answered."""
    if not is_open(visit):
        return None
    return next((one.person_id for one in leaders(unit, visit) if one.person_id in person_ids), None)
