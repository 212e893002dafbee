"""Whom each side prefers, what is settled before anybody asks, and whom a mentor takes of those who ask."""

from __future__ import annotations

import random
from collections.abc import Iterable

from models.matching.problem import Bounds, Problem, Tally


def order_of(problem: Problem) -> dict[int, int]:
    """Each pupil's number in the draw."""
    drawn = sorted(problem.pupils)
    random.Random(problem.seed).shuffle(drawn)  # noqa: S311 - a fair draw that can be repeated, no secret
    return {pupil: number for number, pupil in enumerate(drawn)}


class Ranks:
    """Whom a mentor prefers. Where pairs are kept, first of all the pupils of today whom the mentor wishes to keep, so that
    no family has to put the mentor of today first for fear of losing that one too. Then those the mentor named, in order; then,
    where pairs are kept, the others of today; then as drawn."""

    def __init__(self, problem: Problem) -> None:
        self._problem, self._draw = problem, order_of(problem)
        self._named = {mentor: {pupil: n for n, pupil in enumerate(some)} for mentor, some in problem.likes.items()}

    def key(self, mentor: int, pupil: int) -> tuple[bool, int, bool, int]:
        """Lower is preferred."""
        problem = self._problem
        stays = problem.keep and problem.present.get(pupil) == mentor
        named = self._named.get(mentor, {}).get(pupil, len(self._draw))
        return not (stays and mentor in problem.keeps), named, not stays, self._draw[pupil]


def asked_of(problem: Problem) -> dict[int, tuple[int, ...]]:
    """Whom each pupil's family asks, in order: its wishes; where it has none and pairs are kept, the mentor of today."""
    found = {}
    for pupil in problem.pupils:
        wishes = tuple(dict.fromkeys(problem.wishes.get(pupil, ())))
        if not wishes and problem.keep and pupil in problem.present:
            wishes = (problem.present[pupil],)
        found[pupil] = wishes
    return found


def fixed_of(problem: Problem) -> dict[int, int]:
    """What is settled before anybody asks: pairs that must be, then pairs of today that both sides wish to keep."""
    here = set(problem.pupils)
    found = {pupil: mentor for pupil, mentor in sorted(problem.must) if pupil in here}
    if not problem.keep:
        return found
    count = dict.fromkeys(problem.rooms, 0)
    for mentor in found.values():
        count[mentor] = count.get(mentor, 0) + 1
    ranks = Ranks(problem)
    both = [
        (mentor, pupil)
        for pupil in problem.pupils
        if pupil not in found and problem.wishes.get(pupil) and (mentor := problem.wishes[pupil][0])
        # Named, or kept with all the others: the mentor has said so.
        if problem.present.get(pupil) == mentor
        and problem.possible(pupil, mentor)
        and (mentor in problem.keeps or pupil in problem.likes.get(mentor, ()))
    ]
    for mentor, pupil in sorted(both, key=lambda one: (one[0], ranks.key(*one))):
        if count[mentor] < problem.rooms[mentor]:
            found[pupil] = mentor
            count[mentor] += 1
    return found


def chosen(
    problem: Problem, bounds: Bounds, settled: Iterable[int], some: Iterable[int]
) -> tuple[list[int], list[int]]:
    """Whom a mentor takes of `some`, most preferred first, beside those who are settled; and who is refused."""
    tally = Tally(bounds, problem)
    for pupil in settled:
        tally.add(pupil)
    taken, refused = [], []
    for pupil in some:
        if tally.refuses(pupil):
            refused.append(pupil)
        else:
            tally.add(pupil)
            taken.append(pupil)
    return taken, refused
