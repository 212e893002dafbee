"""Wishes of both sides, sealed. Nobody but who gave one, and those who co-ordinate the round, reads it."""

from __future__ import annotations

from dataclasses import dataclass

from models.matching.problem import UNKNOWN, Facts, Sex
from models.unit import Unit, sql

MOST = 3
"""Mentors whom a family may name."""
MOST_LIKED, MOST_REFUSED = 5, 3
"""Pupils whom a mentor may name, and say of whom: rather not."""

_PUPIL = sql("SELECT sealed_wish, wished_by, wished_at, with_child FROM match_pupil WHERE id = :id")
_PUT = sql(
    "UPDATE match_pupil SET sealed_wish = :wish, wished_by = :by, wished_at = :at, with_child = :child WHERE id = :id"
)
_CHILD = sql("UPDATE match_pupil SET with_child = :child WHERE id = :id AND wished_by = :by")
_MENTOR = sql("SELECT sealed_wish, wished_at FROM match_mentor WHERE id = :id")
_PUT_MENTOR = sql("UPDATE match_mentor SET sealed_wish = :wish, wished_at = :at WHERE id = :id")
_PUT_FACTS = sql("UPDATE match_pupil SET sealed_facts = :facts WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Wish:
    """A family's wish: mentors in order."""

    mentors: tuple[int, ...] = ()
    by: int | None = None
    at: int | None = None
    with_child: bool = False


@dataclass(frozen=True, slots=True)
class MentorWish:
    """A mentor's wish."""

    keep: bool = False
    liked: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    given: bool = False


def _ids(written: str) -> tuple[int, ...]:
    return tuple(int(one) for one in written.split())


def opened(unit: Unit, row_id: int, sealed: bytes | None) -> tuple[int, ...]:
    """The mentors of a sealed family's wish."""
    return () if sealed is None else _ids(unit.vault.open("match_pupil", row_id, "wish", sealed))


def opened_mentor(unit: Unit, row_id: int, sealed: bytes | None) -> MentorWish:
    """A mentor's sealed wish."""
    if sealed is None:
        return MentorWish()
    keep, liked, refused = unit.vault.open("match_mentor", row_id, "wish", sealed).split("|")
    return MentorWish(keep == "1", _ids(liked), _ids(refused), True)


def opened_facts(unit: Unit, row_id: int, sealed: bytes | None) -> Facts:
    """What balance knows of a pupil."""
    if sealed is None:
        return UNKNOWN
    written = unit.vault.open("match_pupil", row_id, "facts", sealed)
    return Facts(Sex(written[0]), written[1:] == "1")


def of_pupil(unit: Unit, row_id: int) -> Wish:
    """The wish for a pupil; for those alone who may see it (see allowed.py), and `by` says whose it is."""
    row = unit.execute(_PUPIL, id=row_id).first()
    if row is None:
        return Wish()
    return Wish(opened(unit, row_id, row.sealed_wish), row.wished_by, row.wished_at, bool(row.with_child))


def put(unit: Unit, row_id: int, mentors: tuple[int, ...], by: int | None, with_child: bool = False) -> None:
    """Keeps a family's wish; whoever of two guardians speaks last counts. Without mentors: no wish, said so."""
    sealed = unit.vault.seal("match_pupil", row_id, "wish", " ".join(map(str, mentors[:MOST])))
    unit.write(_PUT, id=row_id, wish=sealed, by=by, at=unit.now_ms, child=with_child)


def put_child(unit: Unit, row_id: int, by: int, with_child: bool) -> None:
    """Whether the wish that this guardian gave was chosen with the child."""
    unit.write(_CHILD, id=row_id, by=by, child=with_child)


def of_mentor(unit: Unit, row_id: int) -> MentorWish:
    """A mentor's own wish."""
    row = unit.execute(_MENTOR, id=row_id).first()
    return MentorWish() if row is None else opened_mentor(unit, row_id, row.sealed_wish)


def put_mentor(unit: Unit, row_id: int, wish: MentorWish) -> None:
    """Keeps a mentor's wish."""
    parts = (
        "1" if wish.keep else "0",
        " ".join(map(str, wish.liked[:MOST_LIKED])),
        " ".join(map(str, wish.refused[:MOST_REFUSED])),
    )
    unit.write(
        _PUT_MENTOR, id=row_id, wish=unit.vault.seal("match_mentor", row_id, "wish", "|".join(parts)), at=unit.now_ms
    )


def put_facts(unit: Unit, row_id: int, facts: Facts) -> None:
    """Keeps what balance has to know of a pupil."""
    written = f"{facts.sex.value}{'1' if facts.priority else '0'}"
    unit.write(_PUT_FACTS, id=row_id, facts=unit.vault.seal("match_pupil", row_id, "facts", written))
