"""A round as the finding of pairs sees it: numbers only, nothing of a database. What cannot be is said first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Pair = tuple[int, int]
"""A pupil and a mentor."""


class Sex(StrEnum):
    """As far as the school has said it."""

    BOY = "m"
    GIRL = "f"
    UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class Facts:
    """What balance needs to know of a pupil."""

    sex: Sex = Sex.UNKNOWN
    priority: bool = False


UNKNOWN = Facts()


@dataclass(frozen=True)
class Problem:
    """All that a proposal depends on."""

    pupils: tuple[int, ...]
    rooms: Mapping[int, int]
    """How many pupils of the round each mentor can have."""
    wishes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """Mentors whom a pupil's family would like, the first first."""
    likes: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """Pupils whom a mentor would like, the first first."""
    keeps: frozenset[int] = frozenset()
    """Mentors who would like to keep the pupils of today."""
    must: frozenset[Pair] = frozenset()
    never: frozenset[Pair] = frozenset()
    """Pairs that must not be: the school's, and what a mentor asked for."""
    present: Mapping[int, int] = field(default_factory=dict)
    """The mentor of today."""
    facts: Mapping[int, Facts] = field(default_factory=dict)
    balance: bool = True
    priority: bool = True
    keep: bool = True
    seed: int = 0

    def facts_of(self, pupil: int) -> Facts:
        """What is known of a pupil."""
        return self.facts.get(pupil, UNKNOWN)

    def possible(self, pupil: int, mentor: int) -> bool:
        """Whether these two may come together at all."""
        return self.rooms.get(mentor, 0) > 0 and (pupil, mentor) not in self.never


class Trouble(StrEnum):
    """Why there can be no proposal."""

    TOO_FEW = "too_few"
    """`number` places are missing."""
    TWO_MUSTS = "two_musts"
    """A pupil must have two mentors."""
    MUST_NEVER = "must_never"
    """A pair must and must not be."""
    MUST_STRANGER = "must_stranger"
    """A mentor who must have a pupil is not among the round's."""
    MUST_FULL = "must_full"
    """A mentor must have `number` pupils more than there is room for."""
    NOBODY = "nobody"
    """The round has no pupils."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that stands in the way, and whom it is about (0: nobody)."""

    trouble: Trouble
    pupil: int = 0
    mentor: int = 0
    number: int = 0


def causes(problem: Problem) -> list[Cause]:
    """All that makes a proposal impossible; empty where one can be made."""
    if not problem.pupils:
        return [Cause(Trouble.NOBODY)]
    found: list[Cause] = []
    missing = len(problem.pupils) - sum(problem.rooms.values())
    if missing > 0:
        found.append(Cause(Trouble.TOO_FEW, number=missing))
    here = set(problem.pupils)
    musts = sorted(pair for pair in problem.must if pair[0] in here)
    seen: dict[int, int] = {}
    for pupil, mentor in musts:
        if pupil in seen:
            found.append(Cause(Trouble.TWO_MUSTS, pupil, mentor))
        seen[pupil] = mentor
        if (pupil, mentor) in problem.never:
            found.append(Cause(Trouble.MUST_NEVER, pupil, mentor))
        if mentor not in problem.rooms:
            found.append(Cause(Trouble.MUST_STRANGER, pupil, mentor))
    for mentor, many in sorted(Counter(mentor for _, mentor in musts).items()):
        if mentor in problem.rooms and many > problem.rooms[mentor]:
            found.append(Cause(Trouble.MUST_FULL, 0, mentor, many - problem.rooms[mentor]))
    return found


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many a mentor may have, all in all and of each kind: sets that lie within each other or apart (laminar).

    Under such bounds, taking the most wanted one after the other, wherever it still fits, is the best choice there is, and
    nobody is refused for somebody else's sake who is not taken. The proof that a stable result exists rests on that.
    """

    room: int
    of_sex: Mapping[Sex, int] | None
    of_priority: Mapping[Sex, int] | None
    """Priority pupils of each sex; all of them under UNKNOWN where sexes are not counted."""


class Tally:
    """How many of each kind a mentor has."""

    def __init__(self, bounds: Bounds, problem: Problem) -> None:
        self._bounds, self._problem = bounds, problem
        self.all = 0
        self._sex: Counter[Sex] = Counter()
        self._priority: Counter[Sex] = Counter()

    def _kinds(self, pupil: int) -> tuple[Sex, Sex | None]:
        facts = self._problem.facts_of(pupil)
        sex = facts.sex if self._bounds.of_sex is not None else Sex.UNKNOWN
        return sex, sex if facts.priority else None

    def refuses(self, pupil: int) -> str:
        """Why there is no place for this one: FULL, BALANCE, or empty where there is."""
        if self.all >= self._bounds.room:
            return FULL
        sex, priority = self._kinds(pupil)
        of_sex, of_priority = self._bounds.of_sex, self._bounds.of_priority
        if of_sex is not None and self._sex[sex] >= of_sex.get(sex, self._bounds.room):
            return BALANCE
        if of_priority is not None and priority is not None and self._priority[priority] >= of_priority[priority]:
            return BALANCE
        return ""

    def add(self, pupil: int, count: int = 1) -> None:
        """Takes one in, or lets one go with -1; whether there is room is the caller's to ask."""
        self.all += count
        sex, priority = self._kinds(pupil)
        self._sex[sex] += count
        if priority is not None:
            self._priority[priority] += count


FULL, BALANCE, NEVER = "F", "B", "N"
"""Why a wish is not met: no place left, no place left for the sake of balance, a pair that is not to be."""


def bounds_of(problem: Problem, slack: int | None) -> dict[int, Bounds]:
    """Every mentor's bounds. Each kind has its share of a mentor's room, rounded up, and `slack` more; None: no such bounds."""
    rooms, many = problem.rooms, len(problem.pupils)
    if slack is None or not (problem.balance or problem.priority) or not many:
        return {mentor: Bounds(room, None, None) for mentor, room in rooms.items()}
    facts = [problem.facts_of(pupil) for pupil in problem.pupils]
    sexes = Counter(one.sex for one in facts)
    urgent = Counter(one.sex if problem.balance else Sex.UNKNOWN for one in facts if one.priority)

    def shares(counts: Mapping[Sex, int], room: int, of: Iterable[Sex]) -> dict[Sex, int]:
        return {sex: min(room, -(-room * counts.get(sex, 0) // many) + slack) for sex in of}

    known = (Sex.BOY, Sex.GIRL)
    return {
        mentor: Bounds(
            room,
            # Of whom it is not known counts nowhere but in the whole.
            shares(sexes, room, known) if problem.balance else None,
            shares(urgent, room, Sex) if problem.priority else None,
        )
        for mentor, room in rooms.items()
    }
