"""Pupils in chunks: what the database has of them is fetched, compared, and what differs is written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from models.base import new_id
from models.roster.guardians import Known, Tie, match
from models.roster.places import School
from models.roster.plan import What
from models.roster.staff import new_person
from models.roster.staging import Guardian, Pupil
from models.roster.work import Work, table


@dataclass(slots=True)
class _Before:
    """What the database has of a chunk's pupils."""

    pupils: dict[str, Any] = field(default_factory=dict)
    ties: defaultdict[int, list[Tie]] = field(default_factory=lambda: defaultdict(list))
    mentors: dict[int, Any] = field(default_factory=dict)
    """Pupil → current mentorship."""
    staff: dict[str, int] = field(default_factory=dict)
    staff_numbers: dict[int, str] = field(default_factory=dict)
    people: dict[int, Known] = field(default_factory=dict)
    by_phone: defaultdict[bytes, list[Known]] = field(default_factory=lambda: defaultdict(list))

    def exact(self, cell: Guardian) -> list[Known]:
        """Everybody of this telephone and name."""
        if cell.phone_hash is None:
            return []
        here = self.by_phone.get(cell.phone_hash, [])
        return [one for one in here if one.phone_hash == cell.phone_hash and one.name_hash == cell.name_hash]


def write_pupils(work: Work, school: School, done: int, total: int) -> int:
    """Writes the pupils of a school; returns how many pupils are done in all."""
    for chunk in work.staging.pupil_chunks(school.key):
        before = _fetch(work, school, chunk)
        ids = [_write_pupil(work, school, pupil, before) for pupil in chunk]
        work.staging.see("pupil", [] if school.is_new else ids)
        work.flush()
        done += len(chunk)
        work.progress("Writing", done, total)
    return done


def _fetch(work: Work, school: School, chunk: list[Pupil]) -> _Before:
    before = _Before()
    run = work.rows
    person, pupil, tie, mentorship = table("person"), table("pupil"), table("guardianship"), table("mentorship")
    person_columns = (person.c.name_hash, person.c.phone_hash, person.c.staff_number, person.c.ended_at)

    def known(found: int, row: Any) -> Known:
        if found not in before.people:
            is_staff, ended = row.staff_number is not None, row.ended_at is not None
            one = before.people[found] = Known(found, row.name_hash, row.phone_hash, is_staff, ended)
            if one.phone_hash is not None:
                before.by_phone[one.phone_hash].append(one)
        return before.people[found]

    if not school.is_new:
        statement = select(
            pupil.c.id, pupil.c.number, pupil.c.name_hash, pupil.c.school_class_id, pupil.c.ended_at
        ).where(pupil.c.school_id == school.id, pupil.c.number.in_([one.number for one in chunk]))
        before.pupils = {row.number: row for row in run(statement)}
    if ids := [row.id for row in before.pupils.values()]:
        statement = (
            select(tie.c.id, tie.c.pupil_id, tie.c.person_id, tie.c.relation, *person_columns)
            .join(person, person.c.id == tie.c.person_id)
            .where(tie.c.pupil_id.in_(ids), tie.c.until.is_(None))
            .order_by(tie.c.id)
        )
        for row in run(statement):
            before.ties[row.pupil_id].append(Tie(row.id, row.relation, known(row.person_id, row)))
        statement = select(mentorship.c.id, mentorship.c.pupil_id, mentorship.c.mentor_id)
        for row in run(statement.where(mentorship.c.pupil_id.in_(ids), mentorship.c.until.is_(None))):
            before.mentors[row.pupil_id] = row
    phones = {cell.phone_hash for one in chunk for cell in one.guardians if cell.phone_hash is not None}
    if phones:
        statement = select(person.c.id, *person_columns)
        for row in run(statement.where(person.c.school_id == school.id, person.c.phone_hash.in_(phones))):
            known(row.id, row)
    numbers = {one.mentor for one in chunk if one.mentor}
    former = {row.mentor_id for row in before.mentors.values()}
    if numbers or former:
        statement = select(person.c.id, person.c.staff_number)
        # a former mentor's number is only told in examples
        for row in run(statement.where(person.c.school_id == school.id, person.c.staff_number.in_(numbers))):
            before.staff[row.staff_number] = row.id
            before.staff_numbers[row.id] = row.staff_number
        for row in run(statement.where(person.c.id.in_(former))):
            before.staff_numbers[row.id] = row.staff_number or "?"
    return before


def _write_pupil(work: Work, school: School, pupil: Pupil, before: _Before) -> int:
    row = before.pupils.get(pupil.number)
    group = school.groups[pupil.group]
    if row is None:
        pupil_id = new_id()
        values = {
            "id": pupil_id,
            "school_id": school.id,
            "school_class_id": group,
            "number": pupil.number,
            "sealed_name": work.vault.seal("pupil", pupil_id, "name", pupil.name),
            "name_hash": pupil.name_hash,
            "ended_at": None,
        }
        work.insert("pupil", values)
        work.plan.add(What.PUPILS_NEW, pupil.number)
    else:
        pupil_id = row.id
        if row.ended_at is not None:
            work.update("pupil", pupil_id, ended_at=None)
            work.plan.add(What.PUPILS_BACK, pupil.number)
        if row.name_hash != pupil.name_hash:
            sealed = work.vault.seal("pupil", pupil_id, "name", pupil.name)
            work.update("pupil", pupil_id, sealed_name=sealed, name_hash=pupil.name_hash)
            work.plan.add(What.PUPILS_CHANGED, pupil.number)
        if row.school_class_id != group:
            work.update("pupil", pupil_id, school_class_id=group)
            former = school.labels.get(row.school_class_id, "?")
            work.plan.add(What.PUPILS_MOVED, f"{pupil.number}: {former} → {school.labels[group]}")
    _write_mentor(work, pupil, pupil_id, before)
    _write_guardians(work, school, pupil, pupil_id, before)
    return pupil_id


def _write_mentor(work: Work, pupil: Pupil, pupil_id: int, before: _Before) -> None:
    current = before.mentors.get(pupil_id)
    old = current.mentor_id if current is not None else None
    new = before.staff[pupil.mentor] if pupil.mentor else None
    if new is None:
        work.plan.add(What.NO_MENTOR, pupil.number)
    if old == new:
        return
    if current is not None:
        work.update("mentorship", current.id, until=work.now)
    if new is not None:
        values = {"id": new_id(), "pupil_id": pupil_id, "mentor_id": new, "since": work.now, "until": None}
        work.insert("mentorship", values)
    work.mentor_changes.append((pupil_id, old, new))
    if old is None:
        work.plan.add(What.MENTORS_NEW, f"{pupil.number}: {pupil.mentor}")
    else:
        what = What.MENTORS_CHANGED if new is not None else What.MENTORS_ENDED
        work.plan.add(what, f"{pupil.number}: {before.staff_numbers[old]} → {pupil.mentor or '—'}")


def _write_guardians(work: Work, school: School, pupil: Pupil, pupil_id: int, before: _Before) -> None:
    ties = before.ties.get(pupil_id, [])
    if not pupil.guardians:
        work.plan.add(What.NO_GUARDIAN, pupil.number)
    people = match(
        pupil.guardians, ties, before.exact, lambda phone, name: work.staging.still_told(school.key, phone, name)
    )
    of_person = {tie.person.id: tie for tie in ties}
    for cell, person in zip(pupil.guardians, people, strict=True):
        if person is None:
            person_id = new_id()
            told: dict[str, Any] = {
                "name": cell.name,
                "name_hash": cell.name_hash,
                "phone": cell.phone,
                "phone_hash": cell.phone_hash,
            }
            work.insert("person", new_person(work, school.id, person_id, **told))
            work.plan.add(What.GUARDIANS_NEW)
            if cell.phone_hash is not None:
                one = Known(person_id, cell.name_hash, cell.phone_hash, is_staff=False, ended=False)
                before.by_phone[cell.phone_hash].append(one)
        else:
            person_id = person.id
            _correct(work, pupil, cell, person, before)
        tie = of_person.pop(person_id, None)
        if tie is None:
            values = {"id": new_id(), "pupil_id": pupil_id, "person_id": person_id, "relation": cell.relation}
            work.insert("guardianship", {**values, "since": work.now, "until": None, "confirmed_at": None})
            if person is not None:
                work.plan.add(What.LINKS_NEW, f"{pupil.number} ({cell.relation})")
        elif tie.relation != cell.relation:
            work.update("guardianship", tie.id, relation=cell.relation)
            work.plan.add(What.LINKS_CHANGED, f"{pupil.number} ({tie.relation} → {cell.relation})")
    for tie in of_person.values():
        if work.end_missing:
            work.update("guardianship", tie.id, until=work.now)
            work.staging.see("former guardian", [tie.person.id])
            work.plan.add(What.LINKS_ENDED, f"{pupil.number} ({tie.relation})")
        else:
            work.plan.add(What.GUARDIANS_MISSING, f"{pupil.number} ({tie.relation})")


def _correct(work: Work, pupil: Pupil, cell: Guardian, person: Known, before: _Before) -> None:
    """Brings a person to what the cell says; `match` has seen to it that nothing contradicts."""
    if person.ended:
        person.ended = False
        work.update("person", person.id, ended_at=None)
        work.plan.add(What.GUARDIANS_BACK, pupil.number)
        if person.is_staff:  # who ended as staff comes back as a guardian only
            person.is_staff = False
            work.update("person", person.id, staff_number=None)
    changed = False
    if person.name_hash != cell.name_hash:
        person.name_hash = cell.name_hash
        sealed = work.vault.seal("person", person.id, "name", cell.name)
        work.update("person", person.id, sealed_name=sealed, name_hash=cell.name_hash)
        changed = True
    if cell.phone_hash is not None and person.phone_hash != cell.phone_hash:
        person.phone_hash = cell.phone_hash
        before.by_phone[cell.phone_hash].append(person)
        sealed = work.vault.seal("person", person.id, "phone", cell.phone)
        work.update("person", person.id, sealed_phone=sealed, phone_hash=cell.phone_hash)
        changed = True
    if changed:
        work.plan.add(What.GUARDIANS_CHANGED, pupil.number)
