"""Slips that guardians sign, one for each child: what was signed stays as proof, the last signing counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models import access
from models.base import new_id
from models.notices import audience, notices
from models.notices.tables import Notice
from models.standing import class_label
from models.unit import Unit, sql

SHORTEST, LONGEST = 2, 30
"""Characters of a name."""

_REPLACE = sql(
    "UPDATE notice_slip SET replaced_at = :now WHERE notice_id = :notice AND pupil_id = :pupil AND person_id = :person"
    " AND replaced_at IS NULL"
)
_SIGN = sql(
    "INSERT INTO notice_slip (id, notice_id, pupil_id, person_id, choice, version, sealed_name, signed_at)"
    " VALUES (:id, :notice, :pupil, :person, :choice, :version, :name, :now)"
)
_OF = text(
    "SELECT p.id AS person_id, s.pupil_id, s.choice FROM person p JOIN person q ON q.account_id = p.account_id"
    " JOIN notice_slip s ON s.person_id = q.id AND s.notice_id = :notice AND s.replaced_at IS NULL WHERE p.id IN :people"
).bindparams(bindparam("people", expanding=True))
_NAME = sql("SELECT sealed_name FROM person WHERE id = :id")
_SUMS = sql(
    "SELECT sc.id, sc.grade, sc.name, s.choice, COUNT(*) AS many FROM notice_slip s JOIN pupil pu ON pu.id = s.pupil_id"
    " JOIN school_class sc ON sc.id = pu.school_class_id WHERE s.notice_id = :notice AND s.replaced_at IS NULL"
    " GROUP BY sc.id, sc.grade, sc.name, s.choice ORDER BY sc.grade, sc.name, sc.id, s.choice"
)
_DIFFER = sql(
    "SELECT COUNT(*) AS many FROM (SELECT pupil_id FROM notice_slip WHERE notice_id = :notice AND replaced_at IS NULL"
    " GROUP BY pupil_id HAVING MIN(choice) <> MAX(choice)) d"
)
_OPEN = "SELECT COUNT(*) AS many {from}"
_SIGNED = text(
    "SELECT s.id, s.pupil_id, s.person_id, s.choice, s.version, s.sealed_name, s.signed_at,"
    " pu.sealed_name AS child, pu.school_id, sc.grade, sc.name, p.sealed_name AS roster,"
    " (SELECT g.relation FROM guardianship g WHERE g.pupil_id = s.pupil_id AND g.person_id = s.person_id"
    " ORDER BY g.id DESC LIMIT 1) AS relation,"
    " (SELECT m.mentor_id FROM mentorship m WHERE m.pupil_id = s.pupil_id AND m.until IS NULL) AS mentor_id"
    " FROM notice_slip s JOIN pupil pu ON pu.id = s.pupil_id JOIN school_class sc ON sc.id = pu.school_class_id"
    " JOIN person p ON p.id = s.person_id WHERE s.notice_id = :notice AND s.replaced_at IS NULL"
    " AND (pu.school_id IN :schools OR EXISTS (SELECT 1 FROM mentorship o WHERE o.pupil_id = s.pupil_id AND o.until IS NULL"
    " AND o.mentor_id = :by) OR EXISTS (SELECT 1 FROM class_team c WHERE c.school_class_id = pu.school_class_id"
    " AND c.until IS NULL AND c.chief_mentor_id = :by))"
    " ORDER BY sc.grade, sc.name, sc.id, s.pupil_id, s.person_id LIMIT :most OFFSET :skip"
).bindparams(bindparam("schools", expanding=True))


@dataclass(frozen=True, slots=True)
class Signer:
    """A guardian who may sign for a child."""

    person_id: int
    pupil_id: int
    child: str


def signer(unit: Unit, notice: Notice, person_ids: Sequence[int], pupil_id: int) -> Signer | None:
    """As whom an account signs for a child whom the notice concerns today; nothing where it may not."""
    found = audience.children(unit, notices.audience(notice), list(person_ids))
    for person, own in sorted(found.items()):
        for one in own:
            if one.pupil_id == pupil_id and one.guardian_id in person_ids:
                return Signer(one.guardian_id or person, pupil_id, one.name)
    return None


def is_open(notice: Notice, now_ms: int) -> bool:
    """Whether it can be signed, or changed."""
    return notice.valid_until is None or now_ms < notice.valid_until


def is_name(text: str) -> bool:
    """Whether a typed text may be somebody's name: some letters, no sentence."""
    kept = text.strip()
    letters = all(one.isalpha() or one in " ·•・.'’-" for one in kept)
    return SHORTEST <= len(kept) <= LONGEST and letters and any(one.isalpha() for one in kept)


def matches(unit: Unit, person_id: int, name: str) -> bool:
    """Whether it is the name that the school holds, whatever the spaces and dots in it."""
    row = unit.execute(_NAME, id=person_id).first() if _bare(name) else None
    return row is not None and _bare(unit.vault.open("person", person_id, "name", row.sealed_name)) == _bare(name)


def _bare(name: str) -> str:
    return "".join(one for one in name.casefold() if one.isalpha())


def sign(unit: Unit, notice: Notice, who: Signer, choice: int, name: str) -> int:
    """Keeps a signature; one before it stays, as replaced. Answers its id. Rights are the caller's to ask."""
    row, key = new_id(), {"notice": notice.id, "pupil": who.pupil_id, "person": who.person_id}
    unit.write(_REPLACE, **key, now=unit.now_ms)
    sealed = unit.vault.seal("notice_slip", row, "name", name)
    unit.write(_SIGN, **key, id=row, choice=choice, version=notice.version, name=sealed, now=unit.now_ms)
    return row


def of(unit: Unit, notice_id: int, person_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """The number of the choice by pupil, for each of these people: what that person's account has signed."""
    found: dict[int, dict[int, int]] = {}
    for row in unit.execute(_OF, notice=notice_id, people=list(person_ids)) if person_ids else ():
        found.setdefault(row.person_id, {})[row.pupil_id] = row.choice
    return found


# --- for the sender ---


@dataclass(frozen=True, slots=True)
class Sums:
    """Slips in numbers: by class and choice, in how many families two guardians differ, how many guardians lack one."""

    classes: list[tuple[str, dict[int, int]]]
    differ: int
    unsigned: int

    def of(self, choice: int) -> int:
        """All slips with that choice."""
        return sum(counts.get(choice, 0) for _, counts in self.classes)

    @property
    def signed(self) -> int:
        """All slips."""
        return sum(sum(counts.values()) for _, counts in self.classes)


def sums(unit: Unit, notice: Notice) -> Sums:
    """How it stands with the slips of a notice."""
    classes: dict[int, tuple[str, dict[int, int]]] = {}
    for row in unit.execute(_SUMS, notice=notice.id):
        label = class_label(row.grade, row.name)
        classes.setdefault(row.id, (label, {}))[1][row.choice] = int(row.many)
    whom = notices.audience(notice).with_(unread=None, unsigned=notice.id)
    counting, values = audience.statement(_OPEN, whom)
    lack = int(unit.execute(counting, **values).one().many)
    return Sums(list(classes.values()), int(unit.execute(_DIFFER, notice=notice.id).one().many), lack)


@dataclass(frozen=True, slots=True)
class Signed:
    """One slip as the export shows it. `signed_at` in milliseconds since 1970."""

    pupil_id: int
    group: str
    child: str
    choice: int
    name: str
    relation: str
    signed_at: int
    version: int
    matches: bool


def signed(unit: Unit, notice: Notice, by: int, *, schools: list[int], skip: int, most: int) -> list[Signed]:
    """The slips that count, in order of classes and children: of these schools, and of those whose mentor or chief mentor
    `by` is today. That `by` looks at them is noted for each child who is not an own mentee. Rights are the caller's to ask.

    Raises VaultError where a name does not open.
    """
    found, noted = [], set()
    for row in unit.execute(_SIGNED, notice=notice.id, by=by, schools=schools, most=most, skip=skip).all():
        name = unit.vault.open("notice_slip", row.id, "name", row.sealed_name)
        held = unit.vault.open("person", row.person_id, "name", row.roster)
        found.append(
            Signed(
                row.pupil_id,
                class_label(row.grade, row.name),
                unit.vault.open("pupil", row.pupil_id, "name", row.child),
                row.choice,
                name,
                row.relation or "",
                row.signed_at,
                row.version,
                _bare(name) == _bare(held),
            )
        )
        if row.mentor_id != by:
            noted.add(row.pupil_id)
    access.note_all(unit, by, sorted(noted), "slips", within=0)
    return found
