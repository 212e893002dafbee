"""Giving a pupil another mentor, one at a time or many: the rows alone. Who is told of it stands in handlers/holding.py."""

from __future__ import annotations

from models.base import new_id
from models.unit import Unit, sql

Change = tuple[int, int | None, int | None]
"""Pupil, former mentor and new mentor (people's ids)."""

_NOW = sql("SELECT id, mentor_id FROM mentorship WHERE pupil_id = :pupil AND until IS NULL")
_END = sql("UPDATE mentorship SET until = :now WHERE id = :id AND until IS NULL")
_BEGIN = sql(
    "INSERT INTO mentorship (id, pupil_id, mentor_id, since) SELECT :id, pu.id, p.id, :now FROM pupil pu"
    " JOIN person p ON p.id = :mentor AND p.ended_at IS NULL AND p.school_id = pu.school_id"
    " JOIN role r ON r.person_id = p.id AND r.kind = 'mentor' AND r.until IS NULL"
    " WHERE pu.id = :pupil AND pu.ended_at IS NULL"
)


def change(unit: Unit, pupil_id: int, mentor_id: int | None) -> Change | None:
    """From now on this is the pupil's mentor; None ends the mentorship. The change, or nothing where it is so already.

    Raises LookupError where that is no mentor of the pupil's school today, or the pupil has left: the caller's part of the
    transaction is to be taken back then. The former mentor's access ends with the row.
    """
    now = unit.execute(_NOW, pupil=pupil_id).first()
    former = None if now is None else now.mentor_id
    if former == mentor_id:
        return None
    if now is not None:
        unit.write(_END, id=now.id, now=unit.now_ms)
    if (
        mentor_id is not None
        and unit.write(_BEGIN, id=new_id(), pupil=pupil_id, mentor=mentor_id, now=unit.now_ms) != 1
    ):
        raise LookupError(f"person {mentor_id} cannot mentor pupil {pupil_id}")
    return pupil_id, former, mentor_id
