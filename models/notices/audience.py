"""Who is to get a notice: a description that can be kept, and the people it means today."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Engine, TextClause, bindparam, text

from models.notices.states import Whom
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Audience:
    """Which people; what is empty does not narrow it."""

    whom: str = Whom.GUARDIANS.value
    schools: tuple[int, ...] = ()
    """Empty: all schools of the deployment (the centre's)."""
    classes: tuple[int, ...] = ()
    mentor: int | None = None
    """The families of this mentor's pupils of today."""
    event: int | None = None
    """Those who have signed up for this event."""
    language: str | None = None
    unread: int | None = None
    """Those who have this notice and have not said that they read it."""
    unsigned: int | None = None
    """Those who have this notice and lack a slip for a child."""
    people: tuple[int, ...] = ()
    """These and no others: for a test or a few. Never shown."""

    @property
    def families(self) -> bool:
        """Whether guardians get it."""
        return self.whom == Whom.GUARDIANS

    def with_(self, **changes: Any) -> Audience:
        """The same with some of it changed."""
        return replace(self, **changes)

    def to_json(self) -> str:
        """What is kept."""
        return json.dumps({name: value for name, value in asdict(self).items() if value not in (None, (), [])})

    @staticmethod
    def from_json(raw: str) -> Audience:
        """What was kept."""
        found: dict[str, Any] = json.loads(raw)
        values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in found.items()}
        return Audience(**values)


_GUARDS = (
    "SELECT g.person_id FROM pupil pu JOIN guardianship g ON g.pupil_id = pu.id AND g.until IS NULL"
    " {more} WHERE pu.ended_at IS NULL AND {which}"
)
_NARROW = {
    "classes": "p.id IN (" + _GUARDS.format(more="", which="pu.school_class_id IN :classes") + ")",
    "mentor": "p.id IN ("
    + _GUARDS.format(more="JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL", which="m.mentor_id = :mentor")
    + ")",
    "event": "p.id IN (SELECT er.person_id FROM event_reply er WHERE er.event_id = :event"
    " AND er.reply IN ('come', 'online'))",
    "language": "a.language = :language",
    "unread": "p.id IN (SELECT nr.person_id FROM notice_recipient nr WHERE nr.notice_id = :unread"
    " AND nr.state IN ('sent', 'listed') AND nr.read_at IS NULL)",
    "unsigned": "p.id IN (SELECT nr.person_id FROM notice_recipient nr WHERE nr.notice_id = :unsigned"
    " AND nr.state IN ('sent', 'listed') AND EXISTS (SELECT 1 FROM guardianship ug JOIN pupil up ON up.id = ug.pupil_id"
    " AND up.ended_at IS NULL{child} WHERE ug.person_id = nr.person_id AND ug.until IS NULL AND ug.confirmed_at IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM notice_slip ns WHERE ns.notice_id = :unsigned AND ns.pupil_id = ug.pupil_id"
    " AND ns.person_id = ug.person_id AND ns.replaced_at IS NULL)))",
    "people": "p.id IN :people",
    "schools": "p.school_id IN :schools",
}
_IN_CLASSES = {
    Whom.MENTORS: "p.id IN (SELECT m.mentor_id FROM pupil pu JOIN mentorship m ON m.pupil_id = pu.id"
    " AND m.until IS NULL WHERE pu.ended_at IS NULL AND pu.school_class_id IN :classes)",
    Whom.STAFF: "p.id IN (SELECT m.mentor_id FROM pupil pu JOIN mentorship m ON m.pupil_id = pu.id"
    " AND m.until IS NULL WHERE pu.ended_at IS NULL AND pu.school_class_id IN :classes"
    " UNION SELECT c.chief_mentor_id FROM class_team c WHERE c.until IS NULL AND c.school_class_id IN :classes)",
}
_WHOM = {
    Whom.GUARDIANS: "p.staff_number IS NULL AND EXISTS (SELECT 1 FROM guardianship g JOIN pupil pu ON pu.id = g.pupil_id"
    " AND pu.ended_at IS NULL WHERE g.person_id = p.id AND g.until IS NULL)",
    Whom.MENTORS: "p.staff_number IS NOT NULL AND (EXISTS (SELECT 1 FROM role r WHERE r.person_id = p.id"
    " AND r.kind = 'mentor' AND r.until IS NULL) OR EXISTS (SELECT 1 FROM mentorship m WHERE m.mentor_id = p.id"
    " AND m.until IS NULL))",
    Whom.STAFF: "p.staff_number IS NOT NULL",
}
# A guardian who has joined for another child only has not joined for this one. Counted, not asked with EXISTS: PostgreSQL
# would read all guardianships for each part of a list.
_JOINED = (
    "(p.account_id IS NOT NULL AND (p.staff_number IS NOT NULL OR (SELECT COUNT(*) FROM guardianship g"
    " JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL{more} WHERE g.person_id = p.id AND g.until IS NULL"
    " AND g.confirmed_at IS NOT NULL{which}) > 0))"
)
_CLASS_OF = (
    "(SELECT MIN(pu.school_class_id) FROM guardianship g JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL{more}"
    " WHERE g.person_id = p.id AND g.until IS NULL{which})"
)
_OF_CHILD = {
    "classes": ("", " AND pu.school_class_id IN :classes"),
    "mentor": (" JOIN mentorship m ON m.pupil_id = pu.id AND m.until IS NULL", " AND m.mentor_id = :mentor"),
}
_FROM = "FROM person p LEFT JOIN account a ON a.id = p.account_id"
_CONCERNED = {
    "classes": " AND up.school_class_id IN :classes",
    "mentor": " AND EXISTS (SELECT 1 FROM mentorship um WHERE um.pupil_id = up.id AND um.until IS NULL"
    " AND um.mentor_id = :mentor)",
}
_LISTS = ("schools", "classes", "people")


# A school's or a city's families are counted from their children: each guardianship is read once, where {from} looks several
# times for each person.
_FAMILIES = (
    "FROM (SELECT g.person_id, MAX(CASE WHEN g.confirmed_at IS NOT NULL THEN 1 ELSE 0 END) AS confirmed"
    " FROM guardianship g JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL{which}"
    " WHERE g.until IS NULL GROUP BY g.person_id) k"
    " JOIN person p ON p.id = k.person_id AND p.staff_number IS NULL LEFT JOIN account a ON a.id = p.account_id WHERE "
)
# As in models/contact.FREE, asked once and not for each person.
_STOPPED = "SELECT nc.person_id FROM no_contact nc WHERE nc.until IS NULL"
_NOT_STOPPED = (
    f"(p.id NOT IN ({_STOPPED}) AND (p.staff_number IS NOT NULL OR p.account_id NOT IN"
    f" (SELECT np.account_id FROM person np WHERE np.id IN ({_STOPPED}) AND np.account_id IS NOT NULL)))"
)
_MANY = {"schools", "language"}
"""What narrows an audience and leaves it large."""


@cache
def _shape(whom: str, names: tuple[str, ...]) -> dict[str, str]:
    """The parts of the statement for an audience that is narrowed in these ways."""
    one = Whom(whom)
    guardians = one is Whom.GUARDIANS
    narrow = ["p.ended_at IS NULL"]
    for name in names:
        narrow.append(_IN_CLASSES[one] if name == "classes" and not guardians else _NARROW[name])
    # A slip is missing only for a child whom the notice concerns.
    concerned = "".join(_CONCERNED[name] for name in names if name in _CONCERNED)
    narrow = [condition.replace("{child}", concerned) for condition in narrow]
    child = [_OF_CHILD[name] for name in names if name in _OF_CHILD] if guardians else []
    more, which = "".join(one[0] for one in child), "".join(one[1] for one in child)
    shape = {
        "from": f"{_FROM} WHERE {' AND '.join([*narrow, _WHOM[one]])}",
        "perhaps": f"{_FROM} WHERE {' AND '.join(narrow)}",
        "joined": _JOINED.format(more=more, which=which),
        "class": _CLASS_OF.format(more=more, which=which) if guardians else "NULL",
    }
    if guardians and _MANY.issuperset(names):
        schools = " AND pu.school_id IN :schools" if "schools" in names else ""
        has = "(p.account_id IS NOT NULL AND k.confirmed = 1)"
        return shape | {"counted": _FAMILIES.format(which=schools) + " AND ".join(narrow), "has": has}
    return shape | {"counted": shape["from"], "has": shape["joined"]}


def _names(audience: Audience) -> tuple[str, ...]:
    return tuple(name for name in _NARROW if getattr(audience, name) not in (None, ()))


def _values(audience: Audience) -> dict[str, Any]:
    found = {name: getattr(audience, name) for name in _names(audience)}
    return {name: list(value) if name in _LISTS else value for name, value in found.items()}


@cache
def _statement(template: str, whom: str, names: tuple[str, ...]) -> TextClause:
    lists: list[BindParameter[Any]] = [bindparam(name, expanding=True) for name in names if name in _LISTS]
    shape = _shape(whom, names)
    statement = template
    for part, value in shape.items():
        statement = statement.replace("{" + part + "}", value)
    return text(statement).bindparams(*lists)


def statement(template: str, audience: Audience) -> tuple[TextClause, dict[str, Any]]:
    """A statement over the audience's people and its values. In `template` stand {from} (person `p`, account `a`, up to
    its conditions), {joined} and {class}; {counted} with {has} instead of these two for sums, where each family is read once;
    {perhaps} is {from} without what is asked of each person: a list is cut into parts by it, so that a part does not cost
    more the longer the list is."""
    return _statement(template, audience.whom, _names(audience)), _values(audience)


@dataclass(frozen=True, slots=True)
class Size:
    """How many people an audience means. `reached` have joined and can be written to."""

    everyone: int
    reached: int
    unjoined: int
    blocked: int


_COUNT = (
    "SELECT COUNT(*) AS everyone,"
    f" COUNT(DISTINCT CASE WHEN {{has}} AND a.reachable AND {_NOT_STOPPED} THEN a.id END) AS reached,"
    " COUNT(CASE WHEN NOT {has} THEN 1 END) AS unjoined,"
    " COUNT(DISTINCT CASE WHEN {has} AND NOT a.reachable THEN a.id END) AS blocked {counted}"
)


LARGE = 20_000
FRESH = 30_000
"""Milliseconds for which what was counted of a large audience is good: a city is not counted at each screen."""
_COUNTED: WeakKeyDictionary[Engine, dict[object, tuple[int, Any]]] = WeakKeyDictionary()
T = TypeVar("T")


def lately(unit: Unit, key: object, count: Callable[[], T], is_large: Callable[[T], bool]) -> T:
    """What was counted within the last half minute where that is of very many; else it is counted now."""
    known = _COUNTED.setdefault(unit.connection.engine, {})
    for old in [one for one, (at, _) in known.items() if not 0 <= unit.now_ms - at < FRESH]:
        del known[old]
    if key in known:
        kept: T = known[key][1]
        return kept
    found = count()
    if is_large(found):
        known[key] = unit.now_ms, found
    return found


def size(unit: Unit, audience: Audience) -> Size:
    """How many people it means at this moment: each one once, an account that is two of them once. Of a large audience
    as it was within the last half minute."""

    def count() -> Size:
        counting, values = statement(_COUNT, audience)
        row = unit.execute(counting, **values).one()
        return Size(int(row.everyone), int(row.reached), int(row.unjoined), int(row.blocked))

    return lately(unit, audience, count, lambda found: found.everyone >= LARGE)


_MEMBER = "SELECT p.id {from} AND p.id IN :those"


def holds(unit: Unit, audience: Audience, person_ids: list[int]) -> list[int]:
    """Which of these people it means at this moment."""
    if not person_ids:
        return []
    found, values = statement(_MEMBER, audience)
    return [
        row.id for row in unit.execute(found.bindparams(bindparam("those", expanding=True)), **values, those=person_ids)
    ]


# Somebody who is a guardian at two schools gets a notice once, for the children of both.
_CHILDREN = text(
    "SELECT q.id AS person_id, g.person_id AS guardian_id, pu.id, pu.sealed_name, pu.school_class_id, pu.school_id"
    " FROM person q JOIN person p ON p.account_id = q.account_id AND p.ended_at IS NULL"
    " JOIN guardianship g ON g.person_id = p.id AND g.until IS NULL AND g.confirmed_at IS NOT NULL"
    " JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL WHERE q.id IN :people ORDER BY pu.id, g.person_id"
).bindparams(bindparam("people", expanding=True))
_MENTORED = sql("SELECT pupil_id FROM mentorship WHERE mentor_id = :mentor AND until IS NULL")


@dataclass(frozen=True, slots=True)
class Child:
    """A child because of whom a guardian gets a notice."""

    pupil_id: int
    name: str
    guardian_id: int = 0
    """Which of the account's people is that child's guardian."""


def children(unit: Unit, audience: Audience, person_ids: list[int]) -> dict[int, list[Child]]:
    """Each guardian's own children whom the notice concerns. Raises VaultError where a name does not open."""
    found: dict[int, list[Child]] = {}
    if not person_ids or not audience.families:
        return found
    of_mentor = None
    if audience.mentor is not None:
        of_mentor = {row.pupil_id for row in unit.execute(_MENTORED, mentor=audience.mentor)}
    for row in unit.execute(_CHILDREN, people=person_ids):
        if audience.classes and row.school_class_id not in audience.classes:
            continue
        if audience.schools and row.school_id not in audience.schools:
            continue
        if of_mentor is not None and row.id not in of_mentor:
            continue
        own = found.setdefault(row.person_id, [])
        if not own or own[-1].pupil_id != row.id:
            own.append(Child(row.id, unit.vault.open("pupil", row.id, "name", row.sealed_name), row.guardian_id))
    return found
