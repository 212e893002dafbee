"""Whom a freeze can be about and who may set or lift it: an admin for the own school, the centre for all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.freezing import ROLES, Frozen, Scope
from models.people import RoleKind
from models.standing import Reach, Standing, administers, roles
from models.unit import Unit, sql

MOST = 8
"""People that are offered at once."""

_SCHOOLS = sql("SELECT id, name FROM school ORDER BY name")
_SCHOOL = sql("SELECT name FROM school WHERE id = :id")
_SCHOOL_OF = sql("SELECT school_id FROM person WHERE id = :person")
_IS_CENTRE = sql("SELECT 1 FROM role WHERE person_id = :person AND kind = 'centre' AND until IS NULL")
_RECENT = text(
    "SELECT p.id, p.sealed_name FROM (SELECT n.author_id AS id, MAX(n.began_at) AS at FROM notice n"
    " WHERE n.school_id IN :schools AND n.began_at > :after GROUP BY n.author_id"
    " UNION ALL SELECT o.author_id, MAX(o.created_at) FROM outbox o WHERE o.author_id IS NOT NULL"
    " AND o.state IN ('waiting', 'frozen') GROUP BY o.author_id) w JOIN person p ON p.id = w.id AND p.ended_at IS NULL"
    " AND p.school_id IN :schools GROUP BY p.id, p.sealed_name ORDER BY MAX(w.at) DESC LIMIT :most"
).bindparams(bindparam("schools", expanding=True))
_TYPED = text(
    "SELECT p.id, p.sealed_name FROM person p WHERE p.school_id IN :schools AND p.ended_at IS NULL"
    " AND (p.name_hash = :hash OR p.staff_number = :typed OR p.id IN (SELECT g.person_id FROM guardianship g"
    " JOIN pupil pu ON pu.id = g.pupil_id WHERE g.until IS NULL AND pu.ended_at IS NULL AND pu.number = :typed"
    " AND pu.school_id IN :schools)) ORDER BY p.id LIMIT :most"
).bindparams(bindparam("schools", expanding=True))
_PERSON = text(
    "SELECT sealed_name FROM person WHERE id = :person AND school_id IN :schools AND ended_at IS NULL"
).bindparams(bindparam("schools", expanding=True))
_NAME = sql("SELECT sealed_name FROM person WHERE id = :person")
_TOLD = text(
    "SELECT DISTINCT a.bot_id, a.user_id, a.language FROM role r JOIN person p ON p.id = r.person_id"
    " AND p.ended_at IS NULL JOIN account a ON a.id = p.account_id AND a.reachable WHERE r.until IS NULL"
    " AND p.id <> :but AND (r.kind = 'centre' OR (r.kind = 'admin' AND p.school_id IN :schools)) ORDER BY a.bot_id, a.user_id"
).bindparams(bindparam("schools", expanding=True))
_WEEK = 7 * 86_400_000


@dataclass(frozen=True, slots=True)
class Power:
    """What this account may stop and lift: which schools, and whether everything."""

    schools: dict[int, str]
    everything: bool


def power(unit: Unit, who: Standing) -> Power | None:
    """Asked at every press; nothing where this account may not."""
    if who.staff is None:
        return None
    everything = RoleKind.CENTRE in roles(unit, who)
    own = administers(unit, who)
    if not everything and not own:
        return None
    rows = unit.execute(_SCHOOLS).all()
    return Power({row.id: row.name for row in rows if everything or row.id in own}, everything)


def may_set(unit: Unit, mine: Power, scope: Scope, person: int | None, role: str | None, school: int | None) -> bool:
    """Whether somebody of that power may stop this."""
    if scope is Scope.ALL:
        return mine.everything
    if scope is Scope.PERSON:
        return person is not None and person_name(unit, mine, person) is not None
    if scope is Scope.ROLE and role not in ROLES:
        return False
    return mine.everything if school is None else school in mine.schools


def may_lift(unit: Unit, mine: Power, freeze: Frozen) -> bool:
    """Whether somebody of that power may lift it: what the centre has stopped only the centre lifts."""
    if mine.everything:
        return True
    if unit.execute(_IS_CENTRE, person=freeze.set_by).first() is not None:
        return False
    return set(schools_of(unit, freeze)) <= set(mine.schools) and freeze.scope is not Scope.ALL


def schools_of(unit: Unit, freeze: Frozen) -> list[int]:
    """The schools that it is about."""
    if freeze.person_id is not None:
        return [row.school_id for row in unit.execute(_SCHOOL_OF, person=freeze.person_id)]
    if freeze.school_id is not None:
        return [freeze.school_id]
    return [row.id for row in unit.execute(_SCHOOLS)]


def recent(unit: Unit, mine: Power) -> list[tuple[int, str]]:
    """People whose notices and media went out last, or wait: with their names."""
    rows = unit.execute(_RECENT, schools=list(mine.schools), after=unit.now_ms - _WEEK, most=MOST)
    return [(row.id, unit.vault.open("person", row.id, "name", row.sealed_name)) for row in rows]


def typed(unit: Unit, mine: Power, written: str) -> list[tuple[int, str]]:
    """The people of that name, staff number or pupil's number."""
    word = written.strip()
    rows = unit.execute(_TYPED, schools=list(mine.schools), hash=unit.vault.lookup("name", word), typed=word, most=MOST)
    return [(row.id, unit.vault.open("person", row.id, "name", row.sealed_name)) for row in rows]


def person_name(unit: Unit, mine: Power, person: int) -> str | None:
    """Somebody's name, where that power reaches this person."""
    row = unit.execute(_PERSON, person=person, schools=list(mine.schools)).first()
    return None if row is None else unit.vault.open("person", person, "name", row.sealed_name)


def name(unit: Unit, person: int) -> str:
    """The name of who has set it, or whom it is about."""
    row = unit.execute(_NAME, person=person).first()
    return "" if row is None else unit.vault.open("person", person, "name", row.sealed_name)


def school_name(unit: Unit, school_id: int) -> str:
    """What a school is called."""
    row = unit.execute(_SCHOOL, id=school_id).first()
    return "" if row is None else str(row.name)


def told(unit: Unit, schools: list[int], but: int) -> list[Reach]:
    """The other admins of these schools and the centre, who have joined."""
    rows = unit.execute(_TOLD, schools=schools, but=but)
    return [Reach(row.bot_id, row.user_id, row.language, True) for row in rows]
