"""Inviting families: what a mentor has put together so far, who of the families can be asked, and the invitation itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.appointments import visits
from models.appointments.states import OPEN, TOOK_PLACE, Purpose, Reply, VisitState
from models.safeguarding.cases import is_stopped
from models.standing import Line, Standing
from models.unit import Unit, sql

AIMS = ("know", "progress", "care", "follow_up", "own")
"""Why a family is invited; the texts are the catalogue's. 'own': in the mentor's words."""
KINDS = {"care": "priority", "follow_up": "follow_up"}
"""The kind of a visit by its aim; otherwise it is a new pupil's or a routine one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An invitation that is being put together."""

    pupils: tuple[int, ...]
    aim: str
    own_aim: str
    companion_id: int | None


_GET = sql("SELECT pupils, aim, sealed_aim, companion_id FROM visit_draft WHERE account_id = :account")
_PUT = sql(
    "INSERT INTO visit_draft (account_id, pupils, aim, sealed_aim, companion_id, at)"
    " VALUES (:account, :pupils, :aim, :sealed, :companion, :now) ON CONFLICT (account_id) DO UPDATE"
    " SET pupils = :pupils, aim = :aim, sealed_aim = :sealed, companion_id = :companion, at = :now"
)
_DROP = sql("DELETE FROM visit_draft WHERE account_id = :account")
_STATES = text(
    "SELECT pupil_id, state, COALESCE(ended_at, created_at) AS at FROM visit WHERE purpose = 'visit'"
    " AND pupil_id IN :pupils AND (state IN ({}) OR (state IN ({}) AND COALESCE(ended_at, created_at) >= :after))"
    " ORDER BY created_at".format(
        ", ".join(f"'{one.value}'" for one in OPEN if one is not VisitState.PLANNED),
        ", ".join(f"'{one.value}'" for one in (*TOOK_PLACE, VisitState.DECLINED)),
    )
).bindparams(bindparam("pupils", expanding=True))
_LATE = "({})".format(
    ", ".join(f"'{one.value}'" for one in (VisitState.INVITED, VisitState.ACCEPTED, VisitState.CONFIRMED))
)
_BEFORE = sql("SELECT 1 FROM visit WHERE pupil_id = :pupil AND mentor_id = :mentor AND purpose = 'visit' LIMIT 1")
_LAST = sql(
    "SELECT v.companion_id FROM visit v JOIN person p ON p.id = v.companion_id AND p.ended_at IS NULL"
    " AND p.account_id IS NOT NULL WHERE v.mentor_id = :mentor ORDER BY v.created_at DESC LIMIT 1"
)
_AREAS = text("SELECT pupil_id, area_hash, sealed_name FROM pupil_area WHERE pupil_id IN :pupils").bindparams(
    bindparam("pupils", expanding=True)
)


def draft(unit: Unit, who: Standing) -> Draft:
    """What this account has put together; empty where it has begun nothing."""
    row = unit.execute(_GET, account=who.account_id).first()
    if row is None:
        return Draft((), "", "", None)
    own = "" if row.sealed_aim is None else unit.vault.open("visit_draft", who.account_id, "aim", row.sealed_aim)
    return Draft(tuple(int(one) for one in row.pupils.split()), row.aim, own, row.companion_id)


def keep(unit: Unit, who: Standing, one: Draft) -> None:
    """Keeps it."""
    unit.write(
        _PUT,
        account=who.account_id,
        pupils=" ".join(str(pupil) for pupil in one.pupils),
        aim=one.aim,
        sealed=unit.vault.seal("visit_draft", who.account_id, "aim", one.own_aim) if one.own_aim else None,
        companion=one.companion_id,
        now=unit.now_ms,
    )


def drop(unit: Unit, who: Standing) -> None:
    """Nothing is being put together any more."""
    unit.write(_DROP, account=who.account_id)


def standing_of(unit: Unit, pupils: list[int], after: int) -> dict[int, VisitState]:
    """How each pupil stands since a moment (ms): an open visit, one that took place, or declined; absent: none of these."""
    if not pupils:
        return {}
    return {row.pupil_id: VisitState(row.state) for row in unit.execute(_STATES, pupils=pupils, after=after)}


def areas(unit: Unit, pupils: list[int]) -> dict[bytes, tuple[str, list[int]]]:
    """Pupils who live in one area, by its hash: its name and they; areas with one pupil alone are left out."""
    found: dict[bytes, tuple[str, list[int]]] = {}
    if not pupils:
        return {}
    for row in unit.execute(_AREAS, pupils=pupils):
        name = unit.vault.open("pupil_area", row.pupil_id, "name", row.sealed_name)
        found.setdefault(bytes(row.area_hash), (name, []))[1].append(row.pupil_id)
    return {key: one for key, one in found.items() if len(one[1]) > 1}


def last_companion(unit: Unit, mentor_id: int) -> int | None:
    """Who came along last."""
    row = unit.execute(_LAST, mentor=mentor_id).first()
    return None if row is None else row.companion_id


def askable(unit: Unit, lines: list[Line]) -> list[Line]:
    """The guardians of a family who have joined and may be written to."""
    return [
        one for one in lines if one.confirmed and one.guardian is not None and not is_stopped(unit, one.guardian_id)
    ]


_OPEN_FOR = sql(
    "SELECT v.id FROM visit v JOIN guardianship s ON s.pupil_id = v.pupil_id AND s.person_id = :guardian"
    " AND s.until IS NULL AND s.confirmed_at IS NOT NULL WHERE v.pupil_id = :pupil AND v.purpose = 'visit'"
    f" AND v.state IN {_LATE} AND NOT EXISTS (SELECT 1 FROM visit_guest g WHERE g.visit_id = v.id"
    " AND g.guardian_id = :guardian) ORDER BY v.id"
)


def joins_late(unit: Unit, pupil_id: int, guardian_id: int) -> None:
    """A guardian has just joined: to what the family was invited to before, this one is invited too."""
    if is_stopped(unit, guardian_id):
        return
    for row in unit.execute(_OPEN_FOR, pupil=pupil_id, guardian=guardian_id).all():
        visits.says(unit, row.id, guardian_id, Reply.INVITED)


def invite(unit: Unit, lines: list[Line], mentor_id: int, actor: int, one: Draft) -> int | None:
    """Invites a family (the lines of one pupil): the appointment, and its guests.

    Nothing where nobody can be asked, or where one is open already; one that a guardian had asked for and let lie
    becomes this invitation.
    """
    asked = askable(unit, lines)
    if not asked:
        return None
    pupil = lines[0].pupil_id
    known = visits.open_of(unit, pupil, Purpose.VISIT)
    first = unit.execute(_BEFORE, pupil=pupil, mentor=mentor_id).first() is None
    kind = KINDS.get(one.aim, "new" if first else "routine")
    companion = one.companion_id if one.companion_id != mentor_id else None
    if known is not None:
        own = unit.vault.seal("visit", known, "aim", one.own_aim) if one.own_aim else None
        values = {"aim": one.aim, "sealed_aim": own, "kind": kind, "companion_id": companion}
        if not visits.move(
            unit, known, VisitState.INVITED, actor, "invited", only_from=(VisitState.PLANNED,), **values
        ):
            return None
        visit = known
    else:
        visit, fresh = visits.plan(
            unit,
            school_id=lines[0].school_id,
            pupil_id=pupil,
            mentor_id=mentor_id,
            purpose=Purpose.VISIT,
            state=VisitState.INVITED,
            actor=actor,
            companion_id=companion,
            kind=kind,
            aim=one.aim,
            own_aim=one.own_aim,
        )
        if not fresh:
            return None
    for line in asked:
        visits.says(unit, visit, line.guardian_id, Reply.INVITED)
    return visit
