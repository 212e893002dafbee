"""A round as two tables: who is proposed to whom, by numbers. Neither wishes nor what balance knows is ever written out."""

from __future__ import annotations

from models.matching import proposals
from models.matching.importing import MENTOR_COLUMNS, PUPIL_COLUMNS
from models.matching.rounds import Round
from models.standing import class_label
from models.unit import Unit, sql

_NUMBERS = sql(
    "SELECT pu.id, pu.number, sc.grade, sc.name FROM match_pupil m JOIN pupil pu ON pu.id = m.pupil_id"
    " JOIN school_class sc ON sc.id = pu.school_class_id WHERE m.round_id = :round"
    " ORDER BY sc.grade, sc.name, pu.number, pu.id"
)
_STAFF = sql(
    "SELECT p.id, p.staff_number FROM match_mentor m JOIN person p ON p.id = m.person_id WHERE m.round_id = :round"
    " ORDER BY p.staff_number, p.id"
)


def tables(unit: Unit, round_: Round) -> dict[str, list[list[str]]]:
    """`pupils` and `mentors`: headings and rows, to be filled and imported again; the last columns are the proposal."""
    loaded = proposals.load(unit, round_)
    staff = {row.id: row.staff_number or "" for row in unit.execute(_STAFF, round=round_.id)}
    blank = [""] * (len(PUPIL_COLUMNS) - 1)
    pupils = [[*(names[0] for names in PUPIL_COLUMNS.values()), "班级", "导师"]]
    for row in unit.execute(_NUMBERS, round=round_.id).all():
        one = loaded.pupils.get(row.id)
        if one is not None:
            group = class_label(row.grade, row.name)
            # Not the reason: it would tell which wish a family gave.
            pupils.append([row.number, *blank, group, staff.get(one.mentor or 0, "")])
    mentors = [[names[0] for names in MENTOR_COLUMNS.values()]]
    for person, number in staff.items():
        if person in loaded.mentors:
            mentors.append([number, str(loaded.mentors[person].capacity), *[""] * (len(MENTOR_COLUMNS) - 2)])
    return {"pupils": pupils, "mentors": mentors}
