"""Moving a pupil of a proposal by hand, or swapping two: what it would do, and then doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.matching import rounds
from models.matching.proposals import Load, Loaded, loads
from models.matching.stable import Why, blocking
from models.unit import Unit, sql

_MOVE = sql(
    "UPDATE match_pupil SET mentor_id = :mentor, why = :why, unmet = '', moved_by = :by, former_id = (SELECT ms.mentor_id"
    " FROM mentorship ms WHERE ms.pupil_id = match_pupil.pupil_id AND ms.until IS NULL) WHERE id = :id"
)
_PAIR = sql(
    "INSERT INTO match_pair (round_id, pupil_id, mentor_id, must, set_by) VALUES (:round, :pupil, :mentor, :must, :by)"
    " ON CONFLICT (round_id, pupil_id, mentor_id) DO UPDATE SET must = :must, set_by = :by"
)
_UNPAIR = sql("DELETE FROM match_pair WHERE round_id = :round AND pupil_id = :pupil AND mentor_id = :mentor")
_CAPACITY = sql("UPDATE match_mentor SET capacity = :capacity WHERE id = :id")


class Refusal(StrEnum):
    """Why a move cannot be."""

    NEVER = "never"
    """A pair that must not be, or must be another."""
    FULL = "full"
    SAME = "same"


class Broken(StrEnum):
    """Why a proposal fits no longer."""

    PAIR = "pair"
    """What must or must not be was said since."""
    FULL = "full"
    GONE = "gone"
    """The mentor is none any more."""


def broken(loaded: Loaded) -> list[tuple[Broken, int, int]]:
    """What of a proposal fits no longer what is true today, each with its pupil (0: nobody) and mentor.

    Empty for one that was just made: made anew, it can go live.
    """
    found = []
    told = {pupil for pupil, _ in loaded.must}
    after = dict[int, int]()
    for pupil, mentor in loaded.proposed.items():
        row = loaded.pupils[pupil]
        if row.stands:
            if row.present is not None:
                after[pupil] = row.present
            continue
        after[pupil] = mentor
        if mentor not in loaded.mentors:
            found.append((Broken.GONE, pupil, mentor))
        elif (pupil, mentor) in loaded.never or (pupil in told and (pupil, mentor) not in loaded.must):
            found.append((Broken.PAIR, pupil, mentor))
    over = [one.mentor for one in loads(loaded, after).values() if one.pupils > one.room]
    return found + [(Broken.FULL, 0, mentor) for mentor in over]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A pupil before and after: which of the family's wishes is met, from 0; None for none of them."""

    pupil: int
    wished: bool
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move would do. `apart`: pairs that would then both rather have each other, before and after."""

    pupils: tuple[Ranked, ...]
    loads: tuple[tuple[Load, Load], ...]
    apart: tuple[int, int]


def refusal(loaded: Loaded, changes: Mapping[int, int]) -> Refusal | None:
    """Why these pupils cannot go to these mentors, or nothing."""
    now = loaded.proposed
    if all(now.get(pupil) == mentor for pupil, mentor in changes.items()):
        return Refusal.SAME
    musts = dict(loaded.must)
    for pupil, mentor in changes.items():
        if mentor not in loaded.mentors or (pupil, mentor) in loaded.problem.never | loaded.never:
            return Refusal.NEVER
        if musts.get(pupil, mentor) != mentor:
            return Refusal.NEVER
    after = loads(loaded, {**now, **changes})
    gains = {mentor for pupil, mentor in changes.items() if now.get(pupil) != mentor}
    return Refusal.FULL if any(after[one].pupils > after[one].room for one in gains) else None


def effect(loaded: Loaded, changes: Mapping[int, int]) -> Effect:
    """What these moves would do, reckoned for the whole round."""
    now = loaded.proposed
    then = {**now, **changes}

    def rank(pupil: int, mentor: int | None) -> int | None:
        wished = loaded.pupils[pupil].wishes
        return wished.index(mentor) if mentor in wished else None

    touched = {*changes.values(), *(now[pupil] for pupil in changes if pupil in now)}
    before, after = loads(loaded), loads(loaded, then)
    slack = loaded.round.slack
    return Effect(
        tuple(
            Ranked(pupil, bool(loaded.pupils[pupil].wishes), rank(pupil, now.get(pupil)), rank(pupil, then.get(pupil)))
            for pupil in changes
        ),
        tuple((before[one], after[one]) for one in sorted(touched) if one in before),
        (len(blocking(loaded.problem, slack, now)), len(blocking(loaded.problem, slack, then))),
    )


def move(unit: Unit, loaded: Loaded, changes: Mapping[int, int], by: int) -> bool:
    """Makes the moves. False where the proposal was changed meanwhile, or they cannot be."""
    if refusal(loaded, changes) is not None or not rounds.take(unit, loaded.round):
        return False
    for pupil, mentor in changes.items():
        unit.write(_MOVE, id=loaded.pupils[pupil].id, mentor=mentor, why=Why.HAND.value, by=by)
    return True


def pair(unit: Unit, round_id: int, pupil_id: int, mentor_id: int, must: bool | None, by: int | None) -> None:
    """Says that these two must, or must not, come together; None: neither any more."""
    if must is None:
        unit.write(_UNPAIR, round=round_id, pupil=pupil_id, mentor=mentor_id)
    else:
        unit.write(_PAIR, round=round_id, pupil=pupil_id, mentor=mentor_id, must=must, by=by)


def set_room(unit: Unit, mentor_row: int, capacity: int | None) -> None:
    """How many pupils this mentor has at most; None: as the round says."""
    unit.write(_CAPACITY, id=mentor_row, capacity=None if capacity is None else min(max(capacity, 0), rounds.MOST))
