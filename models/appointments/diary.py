"""The people's diaries: whoever changes something about somebody's time locks them first, always in one order."""

from __future__ import annotations

from collections.abc import Iterable

from models.unit import Unit, sql

_LOCK = sql(
    "INSERT INTO diary (person_id, version) VALUES (:person, 1)"
    " ON CONFLICT (person_id) DO UPDATE SET version = diary.version + 1"
)


def lock(unit: Unit, subjects: Iterable[int]) -> None:
    """What others do about these people or pupils waits until this transaction ends.

    The pupil of an appointment is locked before anybody else, and then people by their ids: so nothing waits in a ring.
    """
    for one in sorted(set(subjects)):
        unit.write(_LOCK, person=one)
