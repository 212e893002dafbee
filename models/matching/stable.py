"""A stable proposal: families ask in the order of their wishes, mentors keep the best set that their bounds allow.

Deferred acceptance with families asking (Gale and Shapley 1962; hospitals and residents), where a mentor chooses under
laminar bounds (problem.Bounds). Then no pupil and mentor would both rather have each other within the bounds, and of all
results of which that is true this is the best for every family (Hatfield and Milgrom 2005). Why no library does it:
docs/decisions/0020.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.matching.preferences import Ranks, asked_of, chosen, fixed_of, order_of
from models.matching.problem import BALANCE, FULL, NEVER, Problem, Tally, bounds_of

SLACKS: tuple[int | None, ...] = (0, 1, 2, 4, 8, None)
"""By how much bounds for balance are widened, one step after the other, until nobody is left over; at last there are none."""


class Why(StrEnum):
    """Why a pupil got this mentor."""

    MUST = "must"
    KEPT = "kept"
    """Both sides wished to go on."""
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    STAYED = "stayed"
    """The family said nothing, and the mentor of today had a place."""
    NAMED = "named"
    """None of the family's wishes could be met, or it had none; this mentor had named the pupil."""
    FILLED = "filled"
    """The same, and this mentor had most room."""
    HAND = "hand"
    """Somebody moved the pupil there."""


RANKS = (Why.FIRST, Why.SECOND, Why.THIRD)


@dataclass(frozen=True, slots=True)
class Place:
    """A pupil's mentor in a proposal, and why."""

    mentor: int
    why: Why
    unmet: str = ""
    """A letter for each wish that stood before it: FULL, BALANCE or NEVER."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Every pupil is in `places` or in `left`."""

    places: Mapping[int, Place]
    left: tuple[int, ...]
    """Pupils for whom every mentor with room is one that must not be."""
    slack: int | None


def propose(problem: Problem) -> Proposal:
    """The proposal. The same for the same problem. Call it where `problem.causes` finds nothing.

    A second for 2,000 pupils and 150 mentors at most (`bench/matching.py`).
    """
    # Without bounds first: who finds no place even then is kept out by pairs that must not be, not by balance.
    loose = Run(problem, None).done()
    for slack in SLACKS[:-1]:
        found = Run(problem, slack).done()
        if len(found.left) <= len(loose.left):
            return found
    return loose


class Run:
    """One run with the same bounds throughout."""

    def __init__(self, problem: Problem, slack: int | None) -> None:
        self.problem, self.slack = problem, slack
        self.bounds = bounds_of(problem, slack)
        self.ranks, self.asked = Ranks(problem), asked_of(problem)
        self.fixed = fixed_of(problem)
        self.held: dict[int, list[int]] = {mentor: [] for mentor in problem.rooms}
        """Who asked and is kept, most preferred first."""
        self.fillers: dict[int, list[int]] = {mentor: [] for mentor in problem.rooms}
        self.tallies: dict[int, Tally] = {}

    def done(self) -> Proposal:
        """Who gets whom under these bounds, and who is left over."""
        self._ask()
        self._tally()
        full = {mentor for mentor, tally in self.tallies.items() if tally.all >= self.problem.rooms[mentor]}
        got = {pupil: mentor for mentor, some in self.held.items() for pupil in some}
        left = self._fill([one for one in self.problem.pupils if one not in got and one not in self.fixed])
        filled = {pupil: mentor for mentor, some in self.fillers.items() for pupil in some}
        places = {
            pupil: self._place(pupil, mentor, full)
            for found in (self.fixed, got, filled)
            for pupil, mentor in found.items()
        }
        return Proposal(places, tuple(left), self.slack)

    # --- wishes ---

    def _ask(self) -> None:
        problem, asked = self.problem, self.asked
        kept: dict[int, list[int]] = {mentor: [] for mentor in problem.rooms}
        for pupil, mentor in self.fixed.items():
            kept[mentor].append(pupil)
        turn = dict.fromkeys(problem.pupils, 0)
        waiting = deque(pupil for pupil in problem.pupils if pupil not in self.fixed)
        while waiting:
            pupil = waiting.popleft()
            wishes = asked[pupil]
            while turn[pupil] < len(wishes) and not problem.possible(pupil, wishes[turn[pupil]]):
                turn[pupil] += 1
            if turn[pupil] == len(wishes):
                continue
            mentor = wishes[turn[pupil]]
            turn[pupil] += 1
            some = sorted([*self.held[mentor], pupil], key=lambda one, of=mentor: self.ranks.key(of, one))  # type: ignore[misc]
            self.held[mentor], refused = chosen(problem, self.bounds[mentor], kept[mentor], some)
            waiting.extend(refused)

    def _tally(self) -> None:
        for mentor, some in self.held.items():
            self.tallies[mentor] = tally = Tally(self.bounds[mentor], self.problem)
            for pupil in some:
                tally.add(pupil)
        for pupil, mentor in self.fixed.items():
            self.tallies[mentor].add(pupil)

    # --- who is left ---

    def _fill(self, left: list[int]) -> list[int]:
        problem = self.problem
        able = {pupil: [one for one in sorted(problem.rooms) if problem.possible(pupil, one)] for pupil in left}
        draw = order_of(problem)
        alone = []
        for pupil in sorted(left, key=lambda one: (len(able[one]), draw[one])):
            free = [mentor for mentor in able[pupil] if not self.tallies[mentor].refuses(pupil)]
            if free:
                self._put(pupil, min(free, key=lambda mentor, of=pupil: self._cost(of, mentor)))  # type: ignore[misc]
            elif not self._make_room(pupil, able):
                alone.append(pupil)
        return alone

    def _put(self, pupil: int, mentor: int) -> None:
        self.fillers[mentor].append(pupil)
        self.tallies[mentor].add(pupil)

    def _cost(self, pupil: int, mentor: int) -> tuple[bool, float, bool, int]:
        """Named by the mentor; the emptier; the mentor of today; then as drawn from the seed."""
        problem = self.problem
        return (
            pupil not in problem.likes.get(mentor, ()),
            self.tallies[mentor].all / problem.rooms[mentor],
            problem.present.get(pupil) != mentor,
            (mentor ^ problem.seed) * 2_654_435_761 % 4_294_967_291,
        )

    def _make_room(self, pupil: int, able: Mapping[int, list[int]]) -> bool:
        """Lets others who did not ask for their place go elsewhere, in a chain that ends at a free place."""
        came: dict[int, tuple[int, int]] = {}
        seen, waiting = set[int](), deque([pupil])
        while waiting:
            one = waiting.popleft()
            for mentor in able[one]:
                tally = self.tallies[mentor]
                if not tally.refuses(one):
                    self._shift(one, mentor, came)
                    return True
                if mentor in seen:
                    continue
                goes = [other for other in self.fillers[mentor] if other not in came and self._frees(tally, other, one)]
                if goes:
                    seen.add(mentor)
                for other in goes:
                    came[other] = (one, mentor)
                    waiting.append(other)
        return False

    @staticmethod
    def _frees(tally: Tally, goes: int, comes: int) -> bool:
        tally.add(goes, -1)
        free = not tally.refuses(comes)
        tally.add(goes)
        return free

    def _shift(self, last: int, mentor: int, came: Mapping[int, tuple[int, int]]) -> None:
        self._put(last, mentor)
        while last in came:
            before, at = came[last]
            self.fillers[at].remove(last)
            self.tallies[at].add(last, -1)
            self._put(before, at)
            last = before

    # --- why ---

    def _place(self, pupil: int, mentor: int, full: set[int]) -> Place:
        problem = self.problem
        wishes = tuple(dict.fromkeys(problem.wishes.get(pupil, ())))
        before = wishes[: wishes.index(mentor)] if mentor in wishes else wishes
        unmet = "".join(
            NEVER if not problem.possible(pupil, one) else FULL if one in full else BALANCE for one in before
        )
        if pupil in self.fixed:
            return Place(mentor, Why.MUST if (pupil, mentor) in problem.must else Why.KEPT)
        if mentor in wishes:
            return Place(mentor, RANKS[min(wishes.index(mentor), 2)], unmet)
        if not wishes and problem.present.get(pupil) == mentor:
            return Place(mentor, Why.STAYED)
        return Place(mentor, Why.NAMED if pupil in problem.likes.get(mentor, ()) else Why.FILLED, unmet)


def blocking(problem: Problem, slack: int | None, mentors: Mapping[int, int]) -> list[tuple[int, int]]:
    """Pairs that would both rather have each other than whom they have, and that the bounds would allow.

    Empty for a proposal; what somebody moves by hand may make some.
    """
    bounds, ranks, asked, fixed = bounds_of(problem, slack), Ranks(problem), asked_of(problem), fixed_of(problem)
    with_: dict[int, list[int]] = {mentor: [] for mentor in problem.rooms}
    for pupil, mentor in mentors.items():
        with_.setdefault(mentor, []).append(pupil)

    def key(mentor: int, pupil: int) -> tuple[bool, tuple[bool, int, bool, int]]:
        return mentor not in asked[pupil], ranks.key(mentor, pupil)

    found = []
    for pupil in problem.pupils:
        if pupil in fixed and mentors.get(pupil) == fixed[pupil]:
            continue
        for mentor in asked[pupil]:
            if mentor == mentors.get(pupil):
                break
            if not problem.possible(pupil, mentor):
                continue
            settled = [one for one in with_[mentor] if fixed.get(one) == mentor]
            others = [pupil, *(one for one in with_[mentor] if fixed.get(one) != mentor)]
            some = sorted(others, key=lambda one, of=mentor: key(of, one))  # type: ignore[misc]
            if pupil in chosen(problem, bounds[mentor], settled, some)[0]:
                found.append((pupil, mentor))
    return found
