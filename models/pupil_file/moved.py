"""A child that has moved to another school of the same deployment: another row, found by people who are guardians of both."""

from __future__ import annotations

from models.unit import Unit, sql

RECENT = 400 * 86_400_000
"""Milliseconds after a pupil has left within which the family is asked."""
_SAME = "pu.name_hash = po.name_hash AND pu.school_id <> po.school_id AND pu.ended_at IS NULL"
_BOTH = (
    # A guardian until the child left: not one whose guardianship had ended before that.
    " JOIN guardianship bo ON bo.pupil_id = po.id AND bo.confirmed_at IS NOT NULL"
    " AND (bo.until IS NULL OR bo.until >= po.ended_at) JOIN person qo ON qo.id = bo.person_id"
    " JOIN guardianship bn ON bn.pupil_id = pu.id AND bn.confirmed_at IS NOT NULL AND bn.until IS NULL"
    " JOIN person qn ON qn.id = bn.person_id AND qn.ended_at IS NULL"
    # The same phone and name by both schools' rosters (parents may have one phone on them), or the same account of the
    # messenger, whichever school's bot it speaks to.
    " AND (qn.phone_hash = qo.phone_hash AND qn.name_hash = qo.name_hash OR EXISTS"
    " (SELECT 1 FROM account an JOIN account ao ON ao.user_id = an.user_id"
    " WHERE an.id = qn.account_id AND ao.id = qo.account_id))"
)
_TO = sql(
    f"SELECT pu.id FROM pupil po JOIN pupil pu ON {_SAME}{_BOTH} WHERE po.id = :old AND po.ended_at IS NOT NULL"
    " ORDER BY pu.id DESC LIMIT 1"
)
_GUARDIANS = sql(
    f"SELECT bo.person_id AS old, bn.person_id AS new FROM pupil po JOIN pupil pu ON {_SAME}{_BOTH}"
    " WHERE po.id = :old AND pu.id = :new AND po.ended_at IS NOT NULL"
)


def to(unit: Unit, old_pupil: int) -> int | None:
    """The row of the same child at another school: the same name, and a confirmed guardian with the same account or phone."""
    row = unit.execute(_TO, old=old_pupil).first()
    return None if row is None else int(row.id)


def guardians(unit: Unit, old_pupil: int, new_pupil: int) -> dict[int, int]:
    """The people who were guardians there, and as whom they are guardians here."""
    return {row.old: row.new for row in unit.execute(_GUARDIANS, old=old_pupil, new=new_pupil)}
