"""Faults that only show between rows, or between rows and the database: unknown mentors and classes."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from models.people import RoleKind
from models.roster.cells import folded
from models.roster.faults import visible
from models.roster.places import Group, School, label
from models.roster.work import Work, table

_LISTED = 30
Chiefs = dict[tuple[str, Group], str]
"""(School's key, class) → staff number of its chief mentor."""


def cross_check(work: Work, schools: list[School], mentor_headings: dict[int, str]) -> Chiefs:
    """Puts the faults into the staging place; returns who is to be chief mentor of which class."""
    chiefs: Chiefs = {}
    for school in schools:
        _check_chiefs(work, school, chiefs)
        _check_mentors(work, school, mentor_headings)
    return chiefs


def _check_chiefs(work: Work, school: School, chiefs: Chiefs) -> None:
    told = work.staging.chiefs(school.key)
    if not told:
        return
    forms: defaultdict[str, set[Group]] = defaultdict(set)
    labels: dict[Group, str] = {group: school.labels[found] for group, found in school.groups.items()}
    for (key, *rest), (_stage, grade, name) in work.staging.classes.items():
        if key == school.key:
            labels[rest[0], rest[1], rest[2]] = label(grade, name)
    for group in labels:
        for form in (group[2], group[1] + group[2], "".join(group)):
            forms[form].add(group)
    first: dict[Group, tuple[str, int, int]] = {}
    for number, source, row, heading, written in told:
        groups = forms.get(folded(written), set())
        if len(groups) != 1:
            what = "several classes are called this" if groups else "there is no such class"
            names = sorted(labels[group] for group in groups) if groups else sorted(labels.values())
            if len({*names}) < len(names):  # classes of several stages with one label
                names = sorted("".join(group) for group in (groups or labels))
            more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
            expected = f"{what}. Expected one of: {', '.join(names[:_LISTED]) or 'none exists yet'}{more}"
            work.staging.fault(source, row, 60, heading, value=written, expected=expected)
            continue
        group = next(iter(groups))
        if group not in first:
            first[group] = (number, source, row)
            chiefs[school.key, group] = number
        elif first[group][0] != number:
            other, other_source, other_row = first[group]
            file, sheet = work.staging.sources[other_source]
            place = f"{file}{'' if sheet is None else f', sheet {sheet}'}, row {other_row}"
            expected = f"this class has a chief mentor already: {visible(other)} in {place}"
            work.staging.fault(source, row, 60, heading, value=written, expected=expected)


def _check_mentors(work: Work, school: School, mentor_headings: dict[int, str]) -> None:
    person, role = table("person"), table("role")
    whole_staff = school.key in work.staging.with_staff
    refused: list[tuple[str, str]] = []
    for chunk in work.staging.mentors_not_told(school.key):
        known: set[str] = set()
        mentors: set[str] = set()
        if not school.is_new:
            statement = (
                select(person.c.staff_number, role.c.id)
                .outerjoin(
                    role, (role.c.person_id == person.c.id) & (role.c.kind == RoleKind.MENTOR) & role.c.until.is_(None)
                )
                .where(
                    person.c.school_id == school.id,
                    person.c.staff_number.in_([number for number, _ in chunk]),
                    person.c.ended_at.is_(None),
                )
            )
            for row in work.rows(statement):
                known.add(row.staff_number)
                if row.id is not None:
                    mentors.add(row.staff_number)
        for number, has_row in chunk:
            if number in mentors and not (work.end_missing and whole_staff):
                continue
            if number in mentors:
                expected = "--end-missing would end this mentor (or the role): give the pupil another one"
            elif has_row or number in known:
                expected = "this member of staff has not the role mentor (导师)"
            else:
                expected = "expected the number of a mentor of this school: neither the files nor the database have it"
            refused.append((number, expected))
    if refused:
        work.staging.refuse_mentors(school.key, refused, mentor_headings)
