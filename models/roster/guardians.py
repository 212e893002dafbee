"""Who a guardian's cell is: the same person as before, or a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.roster.staging import Guardian


@dataclass(slots=True)
class Known:
    """A person of the database, or one that this import has made."""

    id: int
    name_hash: bytes
    phone_hash: bytes | None
    is_staff: bool
    ended: bool


@dataclass(slots=True)
class Tie:
    """A current guardianship of the pupil."""

    id: int
    relation: str
    person: Known


StillTold = Callable[[bytes | None, bytes], bool]
"""Whether some row of these files still has this (phone, name): then a person must not be changed away from it."""


def match(
    cells: Sequence[Guardian],
    ties: Sequence[Tie],
    exact: Callable[[Guardian], list[Known]],
    still_told: StillTold,
) -> list[Known | None]:
    """The person of each cell of a pupil's row, None for a new one. Nobody stands for two cells.

    1. The same telephone and name: that person, first one who is this pupil's guardian already, then staff.
    2. This pupil's guardian of that name: the telephone has changed, or is not told.
    3. This pupil's guardian of that telephone and relation: the name is corrected.

    In 2 and 3 what the roster says elsewhere must not contradict: a member of staff keeps what the staff's row says,
    and while another row still has the former telephone and name, these are two people.
    """
    found: list[Known | None] = [None] * len(cells)
    taken: set[int] = set()
    own = {tie.person.id: tie.person for tie in ties}

    def take(index: int, person: Known) -> None:
        found[index] = person
        taken.add(person.id)

    for index, cell in enumerate(cells):
        if cell.phone_hash is None:
            continue
        people = [one for one in exact(cell) if one.id not in taken]
        if people:
            take(index, min(people, key=lambda one: (one.id not in own, one.ended, not one.is_staff, one.id)))
    by_id = sorted(ties, key=lambda tie: tie.person.id)
    for index, cell in enumerate(cells):
        if found[index] is not None:
            continue
        for tie in by_id:
            person = tie.person
            if person.id in taken or person.name_hash != cell.name_hash:
                continue
            another_phone = cell.phone_hash is not None and person.phone_hash is not None
            if another_phone and (person.is_staff or still_told(person.phone_hash, person.name_hash)):
                continue
            take(index, person)
            break
    for index, cell in enumerate(cells):
        if found[index] is not None or cell.phone_hash is None:
            continue
        for tie in by_id:
            person = tie.person
            if person.id in taken or person.phone_hash != cell.phone_hash or tie.relation != cell.relation:
                continue
            if person.is_staff or still_told(person.phone_hash, person.name_hash):
                continue
            take(index, person)
            break
    return found
