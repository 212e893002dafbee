"""'This is not right': what somebody says of the own roster data, until an admin has taken it over or answered.

What is taken over changes the row. The school's own lists are the source: the next import may change it back.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row, bindparam, text

from models.base import new_id
from models.relations import LONGEST as LONGEST_RELATION
from models.relations import relation_of
from models.roster import cells
from models.roster.faults import Refused
from models.standing import Reach, Standing, administers
from models.unit import Unit, sql

NAME, PHONE, RELATION, CHILD = "name", "phone", "relation", "child"
FIELDS = (NAME, PHONE, RELATION, CHILD)
MOST, MOST_A_DAY = 5, 10
"""Requests of one person that are open, and in a day: each of them asks an admin."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody says should stand there instead of `now`. `child` is the child's name, empty for the own data."""

    id: int
    school_id: int
    person_id: int
    pupil_id: int | None
    field: str
    state: str
    asker: str
    child: str
    now: str
    value: str


class Unfit(ValueError):
    """What was typed cannot be a value of that field."""


def value_of(field: str, written: str) -> str:
    """What was typed, as it would stand in the roster. Raises Unfit."""
    try:
        if field == PHONE:
            found = cells.phone(written)
        elif field == RELATION:
            found = relation_of(cells.word(written, LONGEST_RELATION))
        else:
            found = cells.name(written)
    except Refused as error:
        raise Unfit(str(error)) from None
    if not found or (field in (NAME, CHILD) and not any(sign.isalpha() for sign in found)):
        raise Unfit(field)
    return found


_MINE = sql(
    "SELECT 1 FROM guardianship WHERE pupil_id = :pupil AND person_id = :person AND until IS NULL"
    " AND confirmed_at IS NOT NULL"
)
_OPEN = sql(
    "SELECT COUNT(*) AS many FROM correction WHERE person_id = :person AND state = 'open'"
    " AND NOT (field = :field AND COALESCE(pupil_id, 0) = :pupil)"
)
_TODAY = sql("SELECT COUNT(*) AS many FROM correction WHERE person_id = :person AND at > :after")
_SAME = sql(
    "UPDATE correction SET state = 'withdrawn', sealed_value = NULL, decided_at = :now WHERE person_id = :person"
    " AND field = :field AND COALESCE(pupil_id, 0) = :pupil AND state = 'open'"
)
_PUT = sql(
    "INSERT INTO correction (id, school_id, person_id, pupil_id, field, sealed_value, state, at)"
    " VALUES (:id, :school, :person, :pupil, :field, :value, 'open', :now)"
)
_SCHOOL_OF = sql("SELECT school_id FROM person WHERE id = :person")
_ROW = (
    "SELECT c.id, c.school_id, c.person_id, c.pupil_id, c.field, c.sealed_value, c.state, p.sealed_name, p.sealed_phone,"
    " u.sealed_name AS child, (SELECT g.relation FROM guardianship g WHERE g.person_id = c.person_id"
    " AND g.pupil_id = c.pupil_id AND g.until IS NULL) AS relation"
    " FROM correction c JOIN person p ON p.id = c.person_id LEFT JOIN pupil u ON u.id = c.pupil_id WHERE "
)
_ONE = sql(f"{_ROW} c.id = :id")
_WAITING = text(f"{_ROW} c.state = 'open' AND c.school_id IN :schools ORDER BY c.id LIMIT 20").bindparams(
    bindparam("schools", expanding=True)
)


def ask(unit: Unit, who: Standing, person_id: int, pupil_id: int | None, field: str, value: str) -> int | None:
    """Keeps a request, in place of an open one about the same. None where it is not this account's, or too many wait."""
    if person_id not in who.person_ids or field not in FIELDS or (field in (RELATION, CHILD)) != (pupil_id is not None):
        return None
    if pupil_id is not None and unit.execute(_MINE, pupil=pupil_id, person=person_id).first() is None:
        return None
    same = {"person": person_id, "field": field, "pupil": pupil_id or 0}
    today = unit.execute(_TODAY, person=person_id, after=unit.now_ms - 86_400_000).one().many
    if today >= MOST_A_DAY or unit.execute(_OPEN, **same).one().many >= MOST:
        return None
    unit.write(_SAME, now=unit.now_ms, **same)
    row = new_id()
    unit.write(
        _PUT,
        id=row,
        school=unit.execute(_SCHOOL_OF, person=person_id).one().school_id,
        person=person_id,
        pupil=pupil_id,
        field=field,
        value=unit.vault.seal("correction", row, "value", value),
        now=unit.now_ms,
    )
    return row


def _read(unit: Unit, row: Row[tuple[object, ...]]) -> Request:
    r, opened = row, unit.vault.open
    asker = opened("person", r.person_id, "name", bytes(r.sealed_name))
    child = "" if r.child is None else opened("pupil", r.pupil_id, "name", bytes(r.child))
    phone = "" if r.sealed_phone is None else opened("person", r.person_id, "phone", bytes(r.sealed_phone))
    now = {NAME: asker, PHONE: phone, RELATION: r.relation or "", CHILD: child}[r.field]
    value = "" if r.sealed_value is None else opened("correction", r.id, "value", bytes(r.sealed_value))
    return Request(r.id, r.school_id, r.person_id, r.pupil_id, r.field, r.state, asker, child, now, value)


def waiting(unit: Unit, who: Standing) -> list[Request]:
    """The open requests of an admin's schools, the oldest first."""
    schools = administers(unit, who)
    return [_read(unit, row) for row in unit.execute(_WAITING, schools=schools).all()] if schools else []


def request(unit: Unit, who: Standing, request_id: int) -> Request | None:
    """One of them, for an admin of the school."""
    row = unit.execute(_ONE, id=request_id).first()
    found = None if row is None else _read(unit, row)
    if found is None or found.school_id not in administers(unit, who):
        return None
    return found


_DECIDE = sql(
    "UPDATE correction SET state = :state, sealed_value = NULL, decided_by = :by, decided_at = :now"
    " WHERE id = :id AND state = 'open'"
)
_NAME = sql("UPDATE person SET sealed_name = :sealed, name_hash = :hash WHERE id = :id")
_PHONE = sql("UPDATE person SET sealed_phone = :sealed, phone_hash = :hash WHERE id = :id")
_RELATION = sql(
    "UPDATE guardianship SET relation = :relation WHERE person_id = :id AND pupil_id = :pupil AND until IS NULL"
)
_CHILD = sql("UPDATE pupil SET sealed_name = :sealed, name_hash = :hash WHERE id = :id")
_REACH = sql(
    "SELECT a.bot_id, a.user_id, a.language, a.reachable FROM person p JOIN account a ON a.id = p.account_id"
    " WHERE p.id = :person"
)


def take_over(unit: Unit, one: Request, by: int) -> bool:
    """The roster says it from now on. True for the one press that decides."""
    if unit.write(_DECIDE, id=one.id, state="taken", by=by, now=unit.now_ms) != 1:
        return False
    seal, lookup = unit.vault.seal, unit.vault.lookup
    if one.field == NAME:
        hashed = lookup("name", cells.folded_name(one.value))
        unit.write(_NAME, id=one.person_id, sealed=seal("person", one.person_id, "name", one.value), hash=hashed)
    elif one.field == PHONE:
        sealed = seal("person", one.person_id, "phone", one.value)
        unit.write(_PHONE, id=one.person_id, sealed=sealed, hash=lookup("phone", one.value))
    elif one.field == RELATION:
        unit.write(_RELATION, id=one.person_id, pupil=one.pupil_id, relation=one.value)
    elif one.pupil_id is not None:
        hashed = lookup("name", cells.folded_name(one.value))
        unit.write(_CHILD, id=one.pupil_id, sealed=seal("pupil", one.pupil_id, "name", one.value), hash=hashed)
    return True


def answer(unit: Unit, one: Request, by: int) -> bool:
    """It stays as it is. True for the one press that decides."""
    return unit.write(_DECIDE, id=one.id, state="answered", by=by, now=unit.now_ms) == 1


def reach_of(unit: Unit, person_id: int) -> Reach | None:
    """How who asked is reached."""
    row = unit.execute(_REACH, person=person_id).first()
    return None if row is None or not row.reachable else Reach(row.bot_id, row.user_id, row.language, True)
