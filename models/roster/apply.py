"""A roster into the database, within the caller's transaction."""

from __future__ import annotations

from models.roster.crosscheck import cross_check
from models.roster.ending import handle_missing
from models.roster.places import find_places, make_places
from models.roster.plan import Plan
from models.roster.pupils import write_pupils
from models.roster.staff import write_chiefs, write_staff
from models.roster.work import Work


def apply(work: Work, mentor_headings: dict[int, str]) -> Plan | None:
    """Compares and writes. None, and nothing is written, where there are faults (`work.staging.all_faults()`).

    The order is: schools and classes, staff, pupils with guardians and mentors, and at last who is missing.
    Commit or roll back is the caller's.
    """
    schools = find_places(work)
    chiefs = cross_check(work, schools, mentor_headings)
    if work.staging.faults:
        return None
    make_places(work, schools)
    for school in schools:
        write_staff(work, school)
        write_chiefs(work, school, chiefs)
    done, total = 0, work.staging.pupils
    for school in schools:
        done = write_pupils(work, school, done, total)
    handle_missing(work, schools)
    return work.plan
