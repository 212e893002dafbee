"""What school and family agreed at a visit: versions that go back and forth until both have said yes to the same words.

proposed (by a teacher) -> confirmed, amended, replaced;  amended (by a guardian) -> confirmed, replaced. Each step is
guarded by the state it leaves, so of two presses one counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row

from models.appointments import visits
from models.appointments.states import VisitState
from models.appointments.tables import Visit
from models.base import as_day, new_id
from models.unit import Unit, sql

S = VisitState
PROPOSED, AMENDED, CONFIRMED, REPLACED = "proposed", "amended", "confirmed", "replaced"
SCHOOL, FAMILY = "school", "family"
MOST_A_DAY = 10
"""Wordings of one guardian about one visit in a day: each of them asks a teacher."""


@dataclass(frozen=True, slots=True)
class Version:
    """An agreement in one wording. `by_person` wrote it."""

    visit_id: int
    number: int
    school: str
    family: str
    state: str
    by_person: int
    at: int
    confirmed_at: int | None


@dataclass(frozen=True, slots=True)
class Past:
    """What was agreed at an earlier visit. `at` is when that was, ms since 1970."""

    visit_id: int
    at: int
    school: str
    family: str
    follow_up_on: date | None
    followed_up: bool


_FIELDS = "id, visit_id, number, sealed_school, sealed_family, state, by_person, at, confirmed_at"
_LATEST = sql(f"SELECT {_FIELDS} FROM agreement WHERE visit_id = :visit ORDER BY number DESC LIMIT 1")
_EVER = 2**62
_PAST = sql(
    "SELECT a.id, a.visit_id, a.sealed_school, a.sealed_family, COALESCE(v.starts_at, v.ended_at, a.at) AS at,"
    " v.follow_up_on, v.followed_up_at FROM agreement a JOIN visit v ON v.id = a.visit_id"
    " WHERE a.pupil_id = :pupil AND a.state = 'confirmed'"
    " AND COALESCE(v.starts_at, v.ended_at, a.at) < :before ORDER BY a.id DESC LIMIT :most"
)
_PUT = sql(
    "INSERT INTO agreement (id, visit_id, pupil_id, number, sealed_school, sealed_family, state, by_person, at)"
    " VALUES (:id, :visit, :pupil, :number, :school, :family, :state, :by, :now) ON CONFLICT DO NOTHING"
)
_REPLACE = sql(
    "UPDATE agreement SET state = 'replaced' WHERE visit_id = :visit AND number = :number AND state = :state"
)
_UNDO = sql(
    "UPDATE agreement SET state = :state, confirmed_by = NULL, confirmed_at = NULL"
    " WHERE visit_id = :visit AND number = :number AND state = 'confirmed'"
)
_TAKE_BACK = sql(
    "UPDATE outbox SET state = 'cancelled', sealed_payload = NULL, finished_at = :now, error = 'no longer true'"
    " WHERE state = 'waiting' AND dedupe_key LIKE :keys"
)
_AMENDED_TODAY = sql(
    "SELECT COUNT(*) AS many FROM visit_log WHERE visit_id = :visit AND actor_id = :guardian"
    " AND what = 'amended_agreement' AND at > :after"
)
_CONFIRM = sql(
    "UPDATE agreement SET state = 'confirmed', confirmed_by = :by, confirmed_at = :now"
    " WHERE visit_id = :visit AND number = :number AND state = :state"
)


def _version(unit: Unit, row: Row[tuple[object, ...]]) -> Version:
    r = row
    return Version(
        r.visit_id,
        r.number,
        unit.vault.open("agreement", r.id, "school", bytes(r.sealed_school)),
        unit.vault.open("agreement", r.id, "family", bytes(r.sealed_family)),
        r.state,
        r.by_person,
        r.at,
        r.confirmed_at,
    )


def _last(unit: Unit, visit_id: int) -> Version | None:
    row = unit.execute(_LATEST, visit=visit_id).first()
    return None if row is None else _version(unit, row)


def latest(unit: Unit, visit_id: int) -> Version | None:
    """The wording of now: proposed, amended or confirmed. Rights are the caller's to ask."""
    last = _last(unit, visit_id)
    return None if last is None or last.state == REPLACED else last


def _put(unit: Unit, visit: Visit, number: int, state: str, school: str, family: str, by: int) -> bool:
    row, seal = new_id(), unit.vault.seal
    done = unit.write(
        _PUT,
        id=row,
        visit=visit.id,
        pupil=visit.pupil_id,
        number=number,
        school=seal("agreement", row, "school", school),
        family=seal("agreement", row, "family", family),
        state=state,
        by=by,
        now=unit.now_ms,
    )
    return done == 1


def propose(unit: Unit, visit_id: int, school: str, family: str, by: int) -> Version | None:
    """A teacher's wording goes to the family. None where it is the one that the family has already, or it is too late."""
    visit, last = visits.must(unit, visit_id), _last(unit, visit_id)
    if visit.state != S.HELD or not (school or family):
        return None
    number = 1 if last is None else last.number + 1
    if last is not None and last.state != REPLACED:
        same = (last.school, last.family) == (school, family) and last.state == PROPOSED
        if same or not _replaced(unit, last):
            return None
    if not _put(unit, visit, number, PROPOSED, school, family, by):
        return None
    visits.log(unit, visit_id, by, "proposed_agreement", S.HELD)
    return latest(unit, visit_id)


def withdraw(unit: Unit, visit_id: int) -> None:
    """The record says no longer that anything was agreed: what had been proposed is not asked for any more."""
    last = latest(unit, visit_id)
    if last is not None and last.state in (PROPOSED, AMENDED):
        _replaced(unit, last)


def _replaced(unit: Unit, last: Version) -> bool:
    """A wording is none any more: what still waits to be said about it is not said."""
    if unit.write(_REPLACE, visit=last.visit_id, number=last.number, state=last.state) != 1:
        return False
    _take_back(unit, last.visit_id, "card", "agreement", "amended")
    return True


def _take_back(unit: Unit, visit_id: int, *kinds: str) -> None:
    """Of an agreement's messages (handlers/appointments/agreement_told.py) those of these kinds that have not gone out."""
    unit.flush()
    for kind in kinds:
        unit.write(_TAKE_BACK, keys=f"visit:{visit_id}:{kind}:%", now=unit.now_ms)


def too_often(unit: Unit, visit_id: int, guardian_id: int) -> bool:
    """Whether a guardian has worded it otherwise so often within a day that teachers are not to be asked again."""
    after = unit.now_ms - 86_400_000
    row = unit.execute(_AMENDED_TODAY, visit=visit_id, guardian=guardian_id, after=after).one()
    return int(row.many) >= MOST_A_DAY


def amend(unit: Unit, visit_id: int, number: int, side: str, words: str, guardian_id: int) -> Version | None:
    """A guardian would word one side otherwise: a version of its own, for the teachers. None where it is too late, or was
    done too often."""
    visit, last = visits.must(unit, visit_id), latest(unit, visit_id)
    if side not in (SCHOOL, FAMILY):
        raise ValueError(side)
    if visit.state != S.HELD or last is None or last.number != number:
        return None
    own = last.state == AMENDED and last.by_person == guardian_id
    if (last.state != PROPOSED and not own) or too_often(unit, visit_id, guardian_id):
        return None
    if not _replaced(unit, last):
        return None
    school, family = (words, last.family) if side == SCHOOL else (last.school, words)
    if not _put(unit, visit, number + 1, AMENDED, school, family, guardian_id):
        return None
    visits.log(unit, visit_id, guardian_id, "amended_agreement", S.HELD)
    return latest(unit, visit_id)


def confirm(unit: Unit, visit_id: int, number: int, guardian_id: int) -> bool:
    """A guardian says yes to a teacher's wording. False where it is not the one of now any more."""
    return _settle(unit, visit_id, number, PROPOSED, guardian_id)


def take(unit: Unit, visit_id: int, number: int, teacher_id: int) -> bool:
    """A teacher says yes to a guardian's wording."""
    return _settle(unit, visit_id, number, AMENDED, teacher_id)


def _settle(unit: Unit, visit_id: int, number: int, state: str, person_id: int) -> bool:
    if visits.must(unit, visit_id).state != S.HELD:
        return False
    if unit.write(_CONFIRM, visit=visit_id, number=number, state=state, by=person_id, now=unit.now_ms) != 1:
        return False
    if not visits.move(unit, visit_id, S.AGREED, person_id, "agreed", only_from=(S.HELD,)):
        # The visit was closed at this moment: the wording and the visit say the same, whichever came first.
        unit.write(_UNDO, visit=visit_id, number=number, state=state)
        return False
    # Nobody needs to be asked any more; a card that waits for somebody's morning tells that guardian what was agreed.
    _take_back(unit, visit_id, "agreement", "amended")
    return True


def past(unit: Unit, pupil_id: int, most: int = 3, *, before: int = _EVER) -> list[Past]:
    """What was agreed with a pupil's family at visits before a moment (ms since 1970), the newest first. Rights are the
    caller's to ask."""
    opened = unit.vault.open
    return [
        Past(
            row.visit_id,
            row.at,
            opened("agreement", row.id, "school", bytes(row.sealed_school)),
            opened("agreement", row.id, "family", bytes(row.sealed_family)),
            None if row.follow_up_on is None else as_day(row.follow_up_on),
            row.followed_up_at is not None,
        )
        for row in unit.execute(_PAST, pupil=pupil_id, most=most, before=before)
    ]


_WAITING = sql(
    f"SELECT {_FIELDS} FROM agreement WHERE state = 'proposed' AND reminded_at IS NULL AND at <= :before"
    " ORDER BY at LIMIT :most"
)
_REMINDED = sql("UPDATE agreement SET reminded_at = :now WHERE visit_id = :visit AND number = :number")


def unanswered(unit: Unit, before_ms: int, most: int) -> list[Version]:
    """Wordings that families were asked about before that moment and that nobody has been reminded of."""
    return [_version(unit, row) for row in unit.execute(_WAITING, before=before_ms, most=most)]


def reminded(unit: Unit, one: Version) -> None:
    """The family was reminded of it: once."""
    unit.write(_REMINDED, visit=one.visit_id, number=one.number, now=unit.now_ms)
