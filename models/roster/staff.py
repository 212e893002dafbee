"""Staff: found again by number, else as the guardian of the same telephone and name; their roles; chief mentors."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from models.base import new_id
from models.people import RoleKind
from models.roster.crosscheck import Chiefs
from models.roster.places import School
from models.roster.plan import What
from models.roster.staging import Staff
from models.roster.work import Work, portions, table


def write_staff(work: Work, school: School) -> None:
    """Writes the staff rows of a school."""
    for chunk in work.staging.staff_chunks(school.key):
        _write_chunk(work, school, chunk)
        work.flush()


def _write_chunk(work: Work, school: School, chunk: list[Staff]) -> None:
    person, role = table("person"), table("role")
    here = person.c.school_id == school.id
    found: dict[str, Any] = {}
    adoptable: defaultdict[tuple[bytes, bytes], list[Any]] = defaultdict(list)
    roles: defaultdict[int, dict[str, int]] = defaultdict(dict)
    if not school.is_new:
        numbers = [one.number for one in chunk]
        for row in work.rows(select(person).where(here, person.c.staff_number.in_(numbers))):
            found[row.staff_number] = row
        hashes = [one.phone_hash for one in chunk if one.phone_hash is not None and one.number not in found]
        if hashes:
            statement = select(person).where(here, person.c.phone_hash.in_(hashes), person.c.staff_number.is_(None))
            for row in work.rows(statement.order_by(person.c.id)):
                adoptable[row.phone_hash, row.name_hash].append(row)
        ids = [row.id for row in found.values()]
        statement_roles = select(role.c.id, role.c.person_id, role.c.kind)
        for row in work.rows(statement_roles.where(role.c.person_id.in_(ids), role.c.until.is_(None))):
            roles[row.person_id][row.kind] = row.id
    for one in chunk:
        row = found.get(one.number)
        if row is None and one.phone_hash is not None and (twins := adoptable[one.phone_hash, one.name_hash]):
            row = min(twins, key=lambda twin: (twin.ended_at is not None, twin.id))
            twins.remove(row)
            work.update("person", row.id, staff_number=one.number)
            work.plan.add(What.STAFF_NEW, one.number)
            _change(work, row, one, tell=False)
        elif row is None:
            work.staging.see("staff", [_insert(work, school, one)])
            work.plan.add(What.STAFF_NEW, one.number)
            continue
        else:
            _change(work, row, one, tell=True)
        work.staging.see("staff", [row.id])
        _change_roles(work, row.id, one, roles[row.id])


def _insert(work: Work, school: School, one: Staff) -> int:
    made = new_id()
    told: dict[str, Any] = {
        "name": one.name,
        "name_hash": one.name_hash,
        "phone": one.phone,
        "phone_hash": one.phone_hash,
    }
    work.insert("person", new_person(work, school.id, made, **told, staff=one))
    for kind in sorted(one.roles):
        _add_role(work, made, one, kind)
    return made


def new_person(
    work: Work,
    school_id: int,
    made: int,
    *,
    name: str,
    name_hash: bytes,
    phone: str,
    phone_hash: bytes | None,
    staff: Staff | None = None,
) -> dict[str, Any]:
    """The values of a new row of `person`."""
    return {
        "id": made,
        "school_id": school_id,
        "staff_number": staff and staff.number,
        "sealed_name": work.vault.seal("person", made, "name", name),
        "name_hash": name_hash,
        "sealed_phone": work.vault.seal("person", made, "phone", phone) if phone else None,
        "phone_hash": phone_hash,
        "subject": (staff.subject or None) if staff else None,
        "hours_from": 450,
        "hours_to": 1110,
        "account_id": None,
        "joined_at": None,
        "ended_at": None,
    }


def _change(work: Work, row: Any, one: Staff, *, tell: bool) -> None:
    """Name, subject and telephone as the row has them; an empty telephone cell leaves what is known."""
    changed = False
    if row.ended_at is not None:
        work.update("person", row.id, ended_at=None)
        work.plan.add(What.STAFF_BACK, one.number)
    if row.name_hash != one.name_hash:
        work.update(
            "person", row.id, sealed_name=work.vault.seal("person", row.id, "name", one.name), name_hash=one.name_hash
        )
        changed = True
    if one.phone_hash is not None and row.phone_hash != one.phone_hash:
        sealed = work.vault.seal("person", row.id, "phone", one.phone)
        work.update("person", row.id, sealed_phone=sealed, phone_hash=one.phone_hash)
        changed = True
    if (row.subject or "") != one.subject:
        work.update("person", row.id, subject=one.subject or None)
        changed = True
    if changed and tell:
        work.plan.add(What.STAFF_CHANGED, one.number)


def _add_role(work: Work, person: int, one: Staff, kind: RoleKind) -> None:
    work.insert("role", {"id": new_id(), "person_id": person, "kind": kind.value, "since": work.now, "until": None})
    work.plan.add(What.ROLES_NEW, f"{one.number} ({kind.value})")


def _change_roles(work: Work, person: int, one: Staff, current: dict[str, int]) -> None:
    for kind in sorted(one.roles):
        if kind.value not in current:
            _add_role(work, person, one, kind)
    for name, row in sorted(current.items()):
        if name in {kind.value for kind in one.roles}:
            continue
        if not work.end_missing:
            work.plan.add(What.ROLES_MISSING, f"{one.number} ({name})")
            continue
        work.update("role", row, until=work.now)
        work.plan.add(What.ROLES_ENDED, f"{one.number} ({name})")
        if name == RoleKind.MENTOR:
            work.staging.see("former mentor", [person])


def write_chiefs(work: Work, school: School, chiefs: Chiefs) -> None:
    """Writes who is chief mentor of which class, after all staff of the school."""
    if school.key not in work.staging.with_staff:
        return
    person, team, group = table("person"), table("class_team"), table("school_class")
    wanted = {school.groups[of]: number for (key, of), number in chiefs.items() if key == school.key}
    ids: dict[str, int] = {}
    for some in portions(sorted(set(wanted.values()))):
        statement = select(person.c.id, person.c.staff_number)
        for row in work.rows(statement.where(person.c.school_id == school.id, person.c.staff_number.in_(some))):
            ids[row.staff_number] = row.id
    current = work.rows(
        select(team.c.id, team.c.school_class_id, team.c.chief_mentor_id, person.c.staff_number)
        .join(group, group.c.id == team.c.school_class_id)
        .join(person, person.c.id == team.c.chief_mentor_id)
        .where(group.c.school_id == school.id, team.c.until.is_(None))
        .order_by(team.c.id)
    )
    for row in current:
        number = wanted.get(row.school_class_id)
        shown = f"{row.staff_number} ({school.labels[row.school_class_id]})"
        if number is not None and ids[number] == row.chief_mentor_id:
            del wanted[row.school_class_id]
        elif number is not None:
            work.update("class_team", row.id, until=work.now)
        elif not work.staging.unseen("staff", [row.chief_mentor_id]):
            if work.end_missing:
                work.update("class_team", row.id, until=work.now)
                work.plan.add(What.CHIEFS_ENDED, shown)
            else:
                work.plan.add(
                    What.ROLES_MISSING, f"{row.staff_number} (chief mentor: {school.labels[row.school_class_id]})"
                )
    for group_id, number in sorted(wanted.items(), key=lambda item: school.labels[item[0]]):
        values = {"id": new_id(), "school_class_id": group_id, "chief_mentor_id": ids[number]}
        work.insert("class_team", {**values, "since": work.now, "until": None})
        work.plan.add(What.CHIEFS_NEW, f"{school.labels[group_id]}: {number}")
    work.flush()
