"""Schools, stages, classes and terms: found again by name, made where they are new."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from models.base import new_id
from models.roster.cells import folded, folded_class
from models.roster.plan import What
from models.roster.work import Work, table

Group = tuple[str, str, str]
"""Folded stage, grade and class."""


@dataclass(slots=True)
class School:
    """A school of this import; `key` is its folded name, `groups` and `stages` hold ids."""

    key: str
    id: int
    zone: str
    is_new: bool
    groups: dict[Group, int] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    """Class id → grade and class as they are shown."""
    stages: dict[str, int] = field(default_factory=dict)


def find_places(work: Work) -> list[School]:
    """The schools of the files with the classes that the database knows. Nothing is written yet."""
    school, stage, group = table("school"), table("stage"), table("school_class")
    known: dict[str, tuple[int, str]] = {}
    for row in work.rows(select(school.c.id, school.c.name, school.c.zone).order_by(school.c.id)):
        exact = work.staging.schools.get(folded(row.name)) == row.name
        if exact or folded(row.name) not in known:
            known[folded(row.name)] = (row.id, row.zone)
    found = []
    for key in work.staging.schools:
        if key not in known:
            found.append(School(key, new_id(), "Asia/Shanghai", is_new=True))
            continue
        one = School(key, *known[key], is_new=False)
        for row in work.rows(select(stage.c.id, stage.c.name).where(stage.c.school_id == one.id)):
            one.stages.setdefault(folded(row.name), row.id)
        statement = (
            select(group.c.id, group.c.grade, group.c.name, stage.c.name.label("stage"))
            .join(stage, stage.c.id == group.c.stage_id)
            .where(group.c.school_id == one.id)
            .order_by(group.c.id)
        )
        for row in work.rows(statement):
            one.groups.setdefault(folded_class(row.stage, row.grade, row.name), row.id)
            one.labels[row.id] = label(row.grade, row.name)
        found.append(one)
    return found


def make_places(work: Work, schools: list[School]) -> None:
    """Writes the schools, stages, classes and terms that are new."""
    by_key = {one.key: one for one in schools}
    for one in schools:
        if one.is_new:
            name = work.staging.schools[one.key]
            work.insert("school", {"id": one.id, "name": name, "zone": one.zone})
            work.plan.add(What.SCHOOLS_NEW, name)
    for (school_key, *rest), (stage, grade, name) in sorted(work.staging.classes.items()):
        one = by_key[school_key]
        group = (rest[0], rest[1], rest[2])
        if group in one.groups:
            continue
        if group[0] not in one.stages:
            one.stages[group[0]] = new_id()
            work.insert("stage", {"id": one.stages[group[0]], "school_id": one.id, "name": stage})
        one.groups[group] = made = new_id()
        one.labels[made] = label(grade, name)
        values = {"id": made, "school_id": one.id, "stage_id": one.stages[group[0]], "grade": grade, "name": name}
        work.insert("school_class", values)
        work.plan.add(What.CLASSES_NEW, one.labels[made])
    for one in schools:
        _make_term(work, one)
    work.flush()


def label(grade: str, name: str) -> str:
    """A class as it is shown: the grade before the name, unless the name says it already."""
    return name if name.startswith(grade) else f"{grade}{' ' if grade.isascii() else ''}{name}"


def chinese_term(day: date) -> tuple[str, date, date]:
    """Name, first and last day of a Chinese school's term around a day: September to January, February to August."""
    if day.month == 1 or day.month >= 9:
        year = day.year - (day.month == 1)
        return f"{year}-{year + 1}学年第一学期", date(year, 9, 1), date(year + 1, 1, 31)
    return f"{day.year - 1}-{day.year}学年第二学期", date(day.year, 2, 1), date(day.year, 8, 31)


def _make_term(work: Work, school: School) -> None:
    """A term for today where the school has none, not overlapping those before and after."""
    term = table("term")
    today = work.now.astimezone(ZoneInfo(school.zone)).date()
    name, starts, ends = chinese_term(today)
    statement = select(term.c.name, term.c.starts_on, term.c.ends_on).where(term.c.school_id == school.id)
    for row in work.rows(statement):
        if row.name == name or row.starts_on <= today <= row.ends_on:
            return
        if row.ends_on < today:
            starts = max(starts, row.ends_on + timedelta(days=1))
        else:
            ends = min(ends, row.starts_on - timedelta(days=1))
    if starts < ends:
        values = {"id": new_id(), "school_id": school.id, "name": name, "starts_on": starts, "ends_on": ends}
        work.insert("term", values)
        work.plan.add(What.TERMS_NEW, name)
