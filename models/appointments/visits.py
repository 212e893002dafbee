"""One appointment: read, planned, moved from state to state. Every move is guarded by the table in states.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, bindparam, text

from models.appointments.rules import VisitRules
from models.appointments.states import HOLDING, MOVES, OPEN, OUTSIDE, Form, Purpose, Reply, Says, VisitState, froms
from models.appointments.tables import Visit
from models.base import new_id
from models.standing import Reach, class_label
from models.unit import Unit, sql

CANCELLABLE = tuple(one for one in VisitState if VisitState.CANCELLED in MOVES[one])


@dataclass(frozen=True, slots=True)
class Guest:
    """A guardian who was invited. `reach` is empty for who has stopped the bot."""

    guardian_id: int
    reply: Reply
    relation: str
    reach: Reach | None
    quiet: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Names:
    """What an appointment's texts name."""

    child: str
    school_class: str
    mentor: str
    companion: str


def one(unit: Unit, visit_id: int) -> Visit | None:
    """An appointment as its row says now. Rights are the caller's to ask (`teaches`, `invited`).

    Each call gives an object of its own that no later change touches: what was true before a move has to be told after it.
    """
    found = unit.session.get(Visit, visit_id, populate_existing=True)
    if found is not None:
        unit.session.expunge(found)
    return found


def must(unit: Unit, visit_id: int) -> Visit:
    """The same for one that is surely there. Raises LookupError."""
    found = one(unit, visit_id)
    if found is None:
        raise LookupError(f"there is no visit {visit_id}")
    return found


_OPEN = sql(
    "SELECT id FROM visit WHERE pupil_id = :pupil AND purpose = :purpose AND state IN ({})".format(
        ", ".join(f"'{one.value}'" for one in OPEN)
    )
)
_INSERT = sql(
    "INSERT INTO visit (id, school_id, pupil_id, purpose, state, version, kind, aim, sealed_aim, asked_by_guardian,"
    " mentor_id, companion_id, companion_says, wish_proposed, sequence, area_hash, safety_step, why, created_at)"
    " VALUES (:id, :school, :pupil, :purpose, :state, 0, :kind, :aim, :sealed_aim, :asked, :mentor, :companion,"
    " :says, :no, 0, (SELECT area_hash FROM pupil_area WHERE pupil_id = :pupil), 0, '', :now)"
    " ON CONFLICT DO NOTHING"
)


def open_of(unit: Unit, pupil_id: int, purpose: Purpose) -> int | None:
    """The appointment of a pupil that is still to take place."""
    row = unit.execute(_OPEN, pupil=pupil_id, purpose=purpose.value).first()
    return None if row is None else int(row.id)


def plan(
    unit: Unit,
    *,
    school_id: int,
    pupil_id: int,
    mentor_id: int,
    purpose: Purpose,
    state: VisitState,
    actor: int,
    companion_id: int | None = None,
    kind: str = "routine",
    aim: str = "know",
    own_aim: str = "",
    asked_by_guardian: bool = False,
) -> tuple[int, bool]:
    """Makes an appointment, invited or asked for. Answers it and whether it is new: a pupil has one open at a time."""
    row = new_id()
    made = unit.write(
        _INSERT,
        id=row,
        school=school_id,
        pupil=pupil_id,
        purpose=purpose.value,
        state=state.value,
        kind=kind,
        aim=aim,
        sealed_aim=unit.vault.seal("visit", row, "aim", own_aim) if own_aim else None,
        asked=asked_by_guardian,
        mentor=mentor_id,
        companion=companion_id,
        says=Says.NOBODY.value,
        no=False,
        now=unit.now_ms,
    )
    if made == 1:
        log(unit, row, actor, state.value, state)
        return row, True
    known = open_of(unit, pupil_id, purpose)
    if known is None:
        raise RuntimeError("an appointment could be neither made nor found")
    return known, False


# --- moves ---

_COLUMNS = frozenset(Visit.model_fields) - {"id", "school_id", "pupil_id", "state", "version"}
BEGUN = (VisitState.IN_PROGRESS, VisitState.HELD, VisitState.NO_SHOW)
_OUT = ", ".join(f"'{one.value}'" for one in OUTSIDE)
# A wish for another time is over once it takes place; its second teacher is who agreed to the time of now.
_SETTLED = sql(
    "UPDATE visit SET wish_at = NULL, wish_form = NULL, wish_by = NULL, wish_proposed = :no,"
    f" companion_says = CASE WHEN form IN ({_OUT}) AND companion_id IS NOT NULL THEN 'yes' ELSE 'nobody' END,"
    f" companion_id = CASE WHEN form IN ({_OUT}) THEN companion_id END"
    " WHERE id = :id"
)
_LOG = sql(
    "INSERT INTO visit_log (id, visit_id, at, actor_id, what, state) VALUES (:id, :visit, :now, :actor, :what, :state)"
)


@lru_cache(maxsize=512)
def _guarded(to: VisitState | None, allowed: tuple[VisitState, ...], columns: tuple[str, ...]) -> TextClause:
    unknown = set(columns) - _COLUMNS
    if unknown:
        raise ValueError(f"no such columns: {sorted(unknown)}")
    sets = [f"{one} = :{one}" for one in columns]
    if to is not None:
        sets.append("state = :to")
    states = ", ".join(f"'{one.value}'" for one in allowed)
    return sql(f"UPDATE visit SET version = version + 1, {', '.join(sets)} WHERE id = :id AND state IN ({states})")


def move(
    unit: Unit,
    visit_id: int,
    to: VisitState,
    actor: int | None,
    what: str,
    *,
    only_from: tuple[VisitState, ...] | None = None,
    **values: Any,
) -> bool:
    """Moves it to a state, with other columns on the way. False where its state does not allow that (any more).

    `only_from` narrows the table's own word; `actor` is empty for the clock.
    """
    allowed = tuple(one for one in froms(to) if only_from is None or one in only_from)
    statement = _guarded(to, allowed, tuple(sorted(values)))
    if unit.write(statement, id=visit_id, to=to.value, **values) != 1:
        return False
    if to in BEGUN:
        unit.write(_SETTLED, id=visit_id, no=False)
    log(unit, visit_id, actor, what, to)
    return True


def change(unit: Unit, visit_id: int, states: tuple[VisitState, ...], **values: Any) -> bool:
    """Changes other columns while it is in one of these states."""
    return unit.write(_guarded(None, states, tuple(sorted(values))), id=visit_id, **values) == 1


def log(unit: Unit, visit_id: int, actor: int | None, what: str, state: VisitState) -> None:
    """Notes what happened."""
    unit.write(_LOG, id=new_id(), visit=visit_id, now=unit.now_ms, actor=actor, what=what, state=state.value)


# --- who takes part ---

_GUESTS = sql(
    "SELECT g.guardian_id, g.reply, s.relation, p.quiet_from, p.quiet_to, a.bot_id, a.user_id, a.language, a.reachable"
    " FROM visit_guest g JOIN visit v ON v.id = g.visit_id JOIN person p ON p.id = g.guardian_id AND p.ended_at IS NULL"
    " JOIN guardianship s ON s.pupil_id = v.pupil_id AND s.person_id = g.guardian_id AND s.until IS NULL"
    " AND s.confirmed_at IS NOT NULL"
    " LEFT JOIN account a ON a.id = p.account_id WHERE g.visit_id = :visit ORDER BY g.id"
)
_INVITE = sql(
    "INSERT INTO visit_guest (id, visit_id, guardian_id, reply, at) VALUES (:id, :visit, :guardian, :reply, :now)"
    " ON CONFLICT (visit_id, guardian_id) DO UPDATE SET reply = :reply, at = :now"
)
_NAMES = sql(
    "SELECT v.pupil_id, v.mentor_id, v.companion_id, pu.sealed_name AS child, sc.grade, sc.name, m.sealed_name AS mentor,"
    " c.sealed_name AS companion FROM visit v JOIN pupil pu ON pu.id = v.pupil_id"
    " JOIN school_class sc ON sc.id = pu.school_class_id JOIN person m ON m.id = v.mentor_id"
    " LEFT JOIN person c ON c.id = v.companion_id WHERE v.id = :visit"
)
_TEACHES = text(
    # Who was only named for later is asked nothing yet and sees nothing.
    "SELECT p.id FROM visit v JOIN mentorship m ON m.pupil_id = v.pupil_id AND m.mentor_id = v.mentor_id"
    " AND m.until IS NULL JOIN person p ON p.id = v.mentor_id OR (p.id = v.companion_id AND (v.companion_says IN ('asked', 'yes')"
    " OR (v.state IN ('confirmed', 'in_progress') AND v.form IN ('home', 'public')))) OR p.id IN"
    " (SELECT a.substitute_id FROM absence a WHERE a.mentor_id = v.mentor_id AND a.cancelled_at IS NULL"
    " AND a.starts_at <= :now AND a.ends_at > :now)"
    " WHERE v.id = :visit AND p.ended_at IS NULL AND p.id IN :people"
).bindparams(bindparam("people", expanding=True))


def guests(unit: Unit, visit_id: int) -> list[Guest]:
    """The guardians of today who were invited."""
    return [
        Guest(
            row.guardian_id,
            Reply(row.reply),
            row.relation,
            Reach(row.bot_id, row.user_id, row.language, True) if row.user_id is not None and row.reachable else None,
            (row.quiet_from, row.quiet_to),
        )
        for row in unit.execute(_GUESTS, visit=visit_id)
    ]


def says(unit: Unit, visit_id: int, guardian_id: int, reply: Reply) -> None:
    """What a guardian says now; who was not a guest becomes one."""
    unit.write(_INVITE, id=new_id(), visit=visit_id, guardian=guardian_id, reply=reply.value, now=unit.now_ms)


def invited(unit: Unit, visit_id: int, person_ids: list[int]) -> Guest | None:
    """As which of the guests somebody may act: a guardian of today who was invited."""
    return next((one for one in guests(unit, visit_id) if one.guardian_id in person_ids), None)


def teaches(unit: Unit, visit_id: int, person_ids: list[int]) -> int | None:
    """As which teacher somebody may act on it: the mentor, the second teacher, or who covers for the mentor now.

    All of it ends with the mentorship, for what is past too.
    """
    if not person_ids:
        return None
    row = unit.execute(_TEACHES, visit=visit_id, people=person_ids, now=unit.now_ms).first()
    return None if row is None else int(row.id)


def names(unit: Unit, visit_id: int) -> Names:
    """The names for its texts. Rights are the caller's to ask."""
    row = unit.execute(_NAMES, visit=visit_id).one()
    opened = unit.vault.open
    return Names(
        child=opened("pupil", row.pupil_id, "name", row.child),
        school_class=class_label(row.grade, row.name),
        mentor=opened("person", row.mentor_id, "name", row.mentor),
        companion=opened("person", row.companion_id, "name", row.companion) if row.companion is not None else "",
    )


def form_of(visit: Visit) -> Form | None:
    """The form as it was agreed."""
    return Form(visit.form) if visit.form else None


def host(visit: Visit) -> int | None:
    """The guardian who chose: the time of now, or the one that waits for somebody's word."""
    return visit.guardian_id if visit.state in HOLDING else visit.wish_by


def bound(visit: Visit) -> int | None:
    """The second teacher who comes. While a confirmed visit is to move that one stays bound to the old time; who was only
    asked to come, or named for later, is none."""
    if visit.companion_says == Says.YES or (visit.state in HOLDING and visit.form in OUTSIDE):
        return visit.companion_id
    return None


def form_now(visit: Visit) -> Form | None:
    """The form that the texts name: the confirmed one, otherwise the one that is asked for."""
    found = visit.form if visit.state in HOLDING or visit.wish_form is None else visit.wish_form
    return Form(found) if found else None


def own_aim(unit: Unit, visit: Visit) -> str:
    """The aim in the mentor's own words."""
    return unit.vault.open("visit", visit.id, "aim", visit.sealed_aim) if visit.sealed_aim else ""


def length(visit: Visit, rules: VisitRules) -> int:
    """Minutes."""
    return rules.length(Purpose(visit.purpose))
