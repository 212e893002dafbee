"""Who is in the database but not in a full roster: listed, and ended only where that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table, select, update

from models.roster.places import School
from models.roster.plan import What
from models.roster.work import Work, table

_SOME = 500


def handle_missing(work: Work, schools: list[School]) -> None:
    """Lists the pupils and staff who are missing, and ends them with `end_missing`. Comes after all rows."""
    for school in schools:
        if school.is_new:
            continue
        if school.key in work.staging.with_pupils:
            _missing_pupils(work, school)
        if school.key in work.staging.with_staff:
            _missing_staff(work, school)
    if work.end_missing:
        for some in work.staging.seen_chunks("former mentor"):
            _end_mentorships(work, table("mentorship").c.mentor_id.in_(some))
        for some in work.staging.seen_chunks("former guardian"):
            _end_guardians(work, some)


def _missing_pupils(work: Work, school: School) -> None:
    pupil = table("pupil")
    for rows in _current(work, pupil, pupil.c.number, school):
        unseen = work.staging.unseen("pupil", [row.id for row in rows])
        missing = [row for row in rows if row.id in unseen]
        if not missing:
            continue
        what = What.PUPILS_ENDED if work.end_missing else What.PUPILS_MISSING
        for row in missing:
            work.plan.add(what, row.number)
        if work.end_missing:
            _end_pupils(work, [row.id for row in missing])


def _missing_staff(work: Work, school: School) -> None:
    person = table("person")
    for rows in _current(work, person, person.c.staff_number, school):
        unseen = work.staging.unseen("staff", [row.id for row in rows])
        missing = [row for row in rows if row.id in unseen]
        if not missing:
            continue
        what = What.STAFF_ENDED if work.end_missing else What.STAFF_MISSING
        for row in missing:
            work.plan.add(what, row.number)
        if work.end_missing:
            _end_staff(work, [row.id for row in missing])


def _current(work: Work, of: Table, number: Any, school: School) -> Iterator[list[Any]]:
    last = -1
    statement = select(of.c.id, number.label("number")).order_by(of.c.id).limit(_SOME)
    here = (of.c.school_id == school.id, of.c.ended_at.is_(None), number.is_not(None))
    while rows := work.rows(statement.where(*here, of.c.id > last)):
        yield rows
        last = rows[-1].id


def _end(work: Work, name: str, *where: ColumnElement[bool]) -> None:
    of = table(name)
    work.connection.execute(update(of).where(*where, of.c.until.is_(None)).values(until=work.now))


def _end_pupils(work: Work, ids: list[int]) -> None:
    pupil, tie, mentorship = table("pupil"), table("guardianship"), table("mentorship")
    statement = select(tie.c.person_id).where(tie.c.pupil_id.in_(ids), tie.c.until.is_(None))
    former = [row.person_id for row in work.rows(statement)]
    work.staging.see("former guardian", former)
    _end(work, "guardianship", tie.c.pupil_id.in_(ids))
    _end(work, "mentorship", mentorship.c.pupil_id.in_(ids))
    work.connection.execute(update(pupil).where(pupil.c.id.in_(ids)).values(ended_at=work.now))
    work.hooks.on_ended(work.connection, [], ids)


def _end_staff(work: Work, ids: list[int]) -> None:
    person, tie = table("person"), table("guardianship")
    _end_mentorships(work, table("mentorship").c.mentor_id.in_(ids))
    _end(work, "role", table("role").c.person_id.in_(ids))
    _end(work, "class_team", table("class_team").c.chief_mentor_id.in_(ids))
    statement = select(tie.c.person_id).where(tie.c.person_id.in_(ids), tie.c.until.is_(None))
    guardians = {row.person_id for row in work.rows(statement)}
    if guardians:  # they stay as guardians
        work.connection.execute(update(person).where(person.c.id.in_(guardians)).values(staff_number=None))
    if ended := [one for one in ids if one not in guardians]:
        work.connection.execute(update(person).where(person.c.id.in_(ended)).values(ended_at=work.now))
        work.hooks.on_ended(work.connection, ended, [])


def _end_mentorships(work: Work, of_whom: ColumnElement[bool]) -> None:
    """Ends the mentorships of people who are mentors no longer; their pupils have no mentor then."""
    mentorship, pupil = table("mentorship"), table("pupil")
    statement = (
        select(mentorship.c.pupil_id, mentorship.c.mentor_id, pupil.c.number)
        .join(pupil, pupil.c.id == mentorship.c.pupil_id)
        .where(of_whom, mentorship.c.until.is_(None))
        .order_by(mentorship.c.id)
    )
    rows = work.rows(statement)
    if not rows:
        return
    _end(work, "mentorship", of_whom)
    for row in rows:
        work.plan.add(What.MENTORS_ENDED, row.number)
    work.hooks.on_mentor_changes(work.connection, [(row.pupil_id, row.mentor_id, None) for row in rows])


def _end_guardians(work: Work, ids: list[int]) -> None:
    """Ends those who are guardians of nobody any more and not staff."""
    person, tie = table("person"), table("guardianship")
    still = select(tie.c.id).where(tie.c.person_id == person.c.id, tie.c.until.is_(None)).exists()
    statement = select(person.c.id).where(
        person.c.id.in_(ids), person.c.staff_number.is_(None), person.c.ended_at.is_(None), ~still
    )
    ended = [row.id for row in work.rows(statement)]
    if ended:
        work.connection.execute(update(person).where(person.c.id.in_(ended)).values(ended_at=work.now))
        work.plan.add(What.GUARDIANS_ENDED, count=len(ended))
        work.hooks.on_ended(work.connection, ended, [])
