"""Who gives the parent class of which school class in which month: a proposal, exact, and the same for the same input.

Slots on one side and mentors on the other with their months between make a network, so the best proposal is the optimum of
a linear program whose corners are whole numbers. What counts is ranked, and each rank is solved by itself among the optima
of those before: no weights that could overlap, and whole numbers throughout.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from highspy import Highs
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

Slot = tuple[int, date]
"""A school class and the first day of a month."""
Place = tuple[int, date]
"""A mentor and the first day of a month: room for one lecture at most."""
NOBODY = 0
"""In the place of a mentor: somebody from outside speaks."""


class Why(StrEnum):
    """Why a slot is left open."""

    NO_DAY = "no_day"
    """The month has no day for that class."""
    NO_TEAM = "no_team"
    """The class has no mentors."""
    ALL_AWAY = "all_away"
    """All mentors of the class are away on every day of that month, or do not want the month."""
    TOO_FEW = "too_few"
    """More slots than lectures that can be given in them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """All that a proposal depends on. Months are named by their first day."""

    months: tuple[date, ...]
    teams: Mapping[int, tuple[int, ...]]
    """The mentors of each class; a class that is neither here nor in `days` has no slots."""
    days: Mapping[Slot, tuple[date, ...]]
    """Days on which that class can have its parent class in that month, best first."""
    away: Mapping[int, frozenset[date]]
    """Days on which a mentor is not there."""
    cannot: Mapping[int, frozenset[date]]
    """Months that a mentor does not want."""
    prefers: Mapping[int, frozenset[date]]
    """Months that a mentor would like."""
    given: Mapping[int, int]
    """Lectures of a mentor in the terms before."""
    kept: Mapping[Slot, tuple[int, date]]
    """What stands already: mentor and day. Left alone unless it has become impossible."""
    fixed: frozenset[Slot]
    """Those of `kept` that stay whatever happens; the mentor may be `NOBODY`."""
    shared: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Guardians that two classes, the smaller number first, have in common."""
    most: int = 1
    """Lectures of a mentor in the term, over all classes; in a month it is one at most."""


@dataclass(frozen=True, slots=True, order=True)
class Lecture:
    """A slot that is filled. `mentor_id` is `NOBODY` where somebody from outside speaks."""

    class_id: int
    month: date
    mentor_id: int
    day: date


@dataclass(frozen=True, slots=True)
class Unmet:
    """A slot that is left open, and why."""

    class_id: int
    month: date
    why: Why
    others: tuple[Slot, ...] = ()
    """Of `TOO_FEW`: the slots, this one included, that compete for the same mentors."""
    mentors: tuple[int, ...] = ()
    """Of `TOO_FEW` all who could give one of `others`, of `ALL_AWAY` the class's mentors."""
    places: int = 0
    """Of `TOO_FEW`: how many of `others` those mentors can give at most, beside what is fixed; fewer than there are."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Every slot is in `lectures` or in `unmet`, both by class and month."""

    lectures: tuple[Lecture, ...]
    unmet: tuple[Unmet, ...]
    idle: tuple[int, ...]
    """Mentors of some class who give none."""
    changed: tuple[Slot, ...]
    """Slots of `kept` that are not as they were: another mentor, another day, or left open."""


def propose(problem: Problem) -> Proposal:
    """The best proposal; see `_costs` for what is best. Raises ValueError where something fixed does not stand.

    A tenth of a second for a school, some seconds for a town whose grades have their own mentors (`bench/rota.py`). The
    solver is loaded with the first call.
    """
    town = _Town(problem)
    chosen = _choose(town) if town.choices else {}
    lectures = tuple(sorted(_with_days(town, chosen)))
    now = {(one.class_id, one.month): (one.mentor_id, one.day) for one in lectures}
    busy = {one.mentor_id for one in lectures}
    return Proposal(
        lectures,
        tuple(_unmet(town, chosen)),
        tuple(sorted({mentor for team in problem.teams.values() for mentor in team} - busy)),
        tuple(sorted(slot for slot, stood in problem.kept.items() if now.get(slot) != stood)),
    )


class _Town:
    """A problem without what is fixed: slots to fill, who can, and how much everybody has left."""

    def __init__(self, problem: Problem) -> None:
        if not problem.fixed <= problem.kept.keys():
            raise ValueError("fixed, and does not stand")
        self.problem = problem
        self.fixed = {slot: problem.kept[slot] for slot in sorted(problem.fixed)}
        self.bound: set[Place] = {(mentor, slot[1]) for slot, (mentor, _) in self.fixed.items()}
        self._spoken = Counter(mentor for mentor, _ in self.fixed.values())
        classes = sorted(problem.teams.keys() | {group for group, _ in problem.days})
        months = sorted(set(problem.months))
        self.slots = [(group, month) for group in classes for month in months if (group, month) not in self.fixed]
        teams = {group: sorted(set(problem.teams.get(group, ()))) for group in classes}
        self.able: dict[Slot, list[int]] = {
            slot: [mentor for mentor in teams[slot[0]] if self._can(slot, mentor)] for slot in self.slots
        }
        """All who can give a slot, whether or not they have a lecture left."""
        self.choices: list[tuple[Slot, int]] = [
            (slot, mentor)
            for slot, able in self.able.items()
            for mentor in able
            if self.room(mentor) and (mentor, slot[1]) not in self.bound
        ]

    def _can(self, slot: Slot, mentor: int) -> bool:
        if slot[1] in self.problem.cannot.get(mentor, ()):
            return False
        return not self.problem.away.get(mentor, frozenset()).issuperset(self.problem.days.get(slot, ()))

    def room(self, mentor: int) -> int:
        """Lectures that a mentor can give beside what is fixed."""
        return max(self.problem.most - self._spoken[mentor], 0)

    def load(self, mentor: int) -> int:
        """Lectures of a mentor before those that are proposed."""
        return self.problem.given.get(mentor, 0) + self._spoken[mentor]

    def free(self, slot: Slot, mentor: int) -> Iterator[date]:
        """The days of a slot on which a mentor is there, best first."""
        away = self.problem.away.get(mentor, ())
        return (day for day in self.problem.days.get(slot, ()) if day not in away)


# --- who ---


def _choose(town: _Town) -> dict[Slot, int]:
    """The mentor of every slot that can be filled."""
    import numpy as np

    # A column for each choice, then one for each lecture of a mentor beyond the first; a row for each slot, mentor, and
    # (where that says more than the mentor's own row) month of a mentor. Every row holds one at most.
    rows: dict[tuple[str, object], int] = {}
    months: defaultdict[int, set[date]] = defaultdict(set)
    for slot, mentor in town.choices:
        months[mentor].add(slot[1])
    row: list[int] = []
    column: list[int] = []
    for number, (slot, mentor) in enumerate(town.choices):
        keys: list[tuple[str, object]] = [("slot", slot), ("mentor", mentor)]
        if min(town.room(mentor), len(months[mentor])) > 1:
            keys.append(("month", (mentor, slot[1])))
        row += [rows.setdefault(key, len(rows)) for key in keys]
        column += [number] * len(keys)
    entry = [1] * len(row)
    again: list[int] = []
    for mentor, theirs in months.items():
        for more in range(1, min(town.room(mentor), len(theirs))):
            row.append(rows["mentor", mentor])
            column.append(len(town.choices) + len(again))
            entry.append(-1)
            again.append(more)
    best = _best(np.array(row), np.array(column), np.array(entry), _costs(town, again))
    return {slot: mentor for (slot, mentor), taken in zip(town.choices, best, strict=False) if taken}


def _costs(town: _Town, again: list[int]) -> list[list[int]]:
    """What each column costs, in order of importance; the sum is to be as small as can be.

    Filled slots; of what stands those that stay as they are, then those that keep the mentor; loads even over the years;
    months wished for. Loads: each lecture costs what its mentor has given before it, which makes the sum of the squares
    smallest, and with it the largest load, then the next one, and so on.
    """
    problem, rest = town.problem, [0] * len(again)
    filled, same, speaker, even, wished = [], [], [], [], []
    for slot, mentor in town.choices:
        stood = problem.kept.get(slot)
        stays = stood is not None and stood[0] == mentor
        filled.append(-1)
        same.append(-int(stood is not None and stays and stood[1] in town.free(slot, mentor)))
        speaker.append(-int(stays))
        even.append(town.load(mentor))
        wished.append(-int(slot[1] in problem.prefers.get(mentor, ())))
    return [filled + rest, same + rest, speaker + rest, even + again, wished + rest]


def _best(row: Ints, column: Ints, entry: Ints, costs: list[list[int]]) -> list[bool]:
    """The columns to take, with one cost after the other at its smallest. Raises ArithmeticError if that is not proved.

    After each cost the program is narrowed to all its optima, which are those that complement the prices (dual values) of
    any one of them: a column whose reduced cost is not zero stays where it is, a row that has a price stays full. Prices
    are whole numbers, so that this is exact, and checked in whole numbers: the solver's tolerances decide nothing.
    """
    import highspy
    import numpy as np

    size, count = int(row.max()) + 1, len(costs[0])
    every = np.arange(count, dtype=np.int32)
    order = np.lexsort((row, column))
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = count, size
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.searchsorted(column[order], np.arange(count + 1)).astype(np.int32)
    program.a_matrix_.index_ = row[order].astype(np.int32)
    program.a_matrix_.value_ = entry[order].astype(np.float64)
    lower, upper = np.zeros(count), np.ones(count)
    least, most = np.full(size, -highspy.kHighsInf), np.ones(size)
    program.col_cost_, program.col_lower_, program.col_upper_ = np.zeros(count), lower, upper
    program.row_lower_, program.row_upper_ = least, most
    solver = _quiet()
    solver.passModel(program)
    taken = np.zeros(count)
    for wanted in costs:
        if not any(wanted):
            continue
        cost = np.array(wanted, dtype=np.float64)
        solver.changeColsCost(count, every, cost)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"not solved: {solver.getModelStatus()}")
        solution = solver.getSolution()
        taken, price = np.rint(solution.col_value), np.rint(solution.row_dual)
        # Weighted counts are sums of whole numbers far below 2**53.
        left = most - np.bincount(row, entry * taken[column], size)
        reduced = cost - np.bincount(column, entry * price[row], count)
        full = least == most
        proved = (
            (lower <= taken) & (taken <= upper),
            (left >= 0) & ((left == 0) | ~full),
            ((price <= 0) | full) & ((price == 0) | (left == 0)),
            ((reduced <= 0) | (taken == lower)) & ((reduced >= 0) | (taken == upper)),
        )
        if not all(each.all() for each in proved):
            raise ArithmeticError("the solver's answer is not the best")
        lower, upper = np.where(reduced < 0, upper, lower), np.where(reduced > 0, lower, upper)
        solver.changeColsBounds(count, every, lower, upper)
        for one in np.flatnonzero((price < 0) & ~full):
            least[one] = most[one]
            solver.changeRowBounds(int(one), most[one], most[one])
    return [bool(one) for one in taken]


def _quiet() -> Highs:
    """A solver that writes nothing, on one thread: several would do, but not always the same."""
    import highspy

    class Quiet(highspy.Highs):
        """Its own constructor sets up callbacks, nothing used here, and greets on the standard output before it can be told."""

        def __init__(self) -> None:
            super(highspy.Highs, self).__init__()
            self.setOptionValue("output_flag", False)

    solver = Quiet()
    for name, value in (("threads", 1), ("parallel", "off"), ("solver", "simplex"), ("presolve", "off")):
        solver.setOptionValue(name, value)
    return solver


# --- on which day ---


def _with_days(town: _Town, chosen: Mapping[Slot, int]) -> Iterator[Lecture]:
    """Everything that is held: fixed, on the day as before, then one by one with as few guardians as can be at two."""
    problem = town.problem
    near: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for (one, other), guardians in problem.shared.items():
        near[one][other] = near[other][one] = guardians
    held: set[tuple[int, date]] = set()
    for slot, (mentor, day) in town.fixed.items():
        held.add((slot[0], day))
        yield Lecture(*slot, mentor, day)
    moved = []
    for slot, mentor in sorted(chosen.items()):
        # Another mentor is no reason for the families to come on another day.
        if slot in problem.kept and problem.kept[slot][1] in town.free(slot, mentor):
            day = problem.kept[slot][1]
            held.add((slot[0], day))
            yield Lecture(*slot, mentor, day)
        else:
            moved.append((slot, mentor))
    for slot, mentor in moved:
        both = near[slot[0]]
        day = min(town.free(slot, mentor), key=lambda at: sum(n for o, n in both.items() if (o, at) in held))
        held.add((slot[0], day))
        yield Lecture(*slot, mentor, day)


# --- why not ---


def _unmet(town: _Town, chosen: Mapping[Slot, int]) -> Iterator[Unmet]:
    problem = town.problem
    open_ = [slot for slot in town.slots if slot not in chosen]
    short = _short(town, chosen, [slot for slot in open_ if town.able[slot]])
    for slot in open_:
        if not problem.days.get(slot):
            yield Unmet(*slot, Why.NO_DAY)
        elif not problem.teams.get(slot[0]):
            yield Unmet(*slot, Why.NO_TEAM)
        elif not town.able[slot]:
            yield Unmet(*slot, Why.ALL_AWAY, mentors=tuple(sorted(set(problem.teams[slot[0]]))))
        else:
            yield short[slot]


def _short(town: _Town, chosen: Mapping[Slot, int], open_: list[Slot]) -> dict[Slot, Unmet]:
    """For each open slot those that compete with it, and for whom: a set of slots with too few places (Hall).

    From an open slot to whoever could give it, from there to the slots that they give instead, and so on: if one of them
    had a lecture left, the open slot could be filled by moving lectures along that way. So all places found are used
    within the set, and it has one slot more. Open slots that reach the same compete with each other, and share their answer.
    """
    held: defaultdict[int, dict[date, Slot]] = defaultdict(dict)
    for slot, mentor in chosen.items():
        held[mentor][slot[1]] = slot

    def instead(slot: Slot) -> Iterator[Slot]:
        """The slots that those who could give this one give now."""
        for mentor in town.able[slot]:
            theirs = held.get(mentor)
            if theirs is None or (mentor, slot[1]) in town.bound:
                continue
            if slot[1] in theirs:
                yield theirs[slot[1]]
            else:
                yield from theirs.values()

    def around(slots: Iterable[Slot]) -> frozenset[Place]:
        """All places where these slots could go."""
        return frozenset((mentor, slot[1]) for slot in slots for mentor in town.able[slot])

    after = {slot: frozenset(instead(slot)) for slot in (*open_, *chosen)}
    reached: dict[frozenset[Slot], frozenset[Slot]] = {}
    known: dict[frozenset[Slot], frozenset[Place]] = {}
    groups: defaultdict[tuple[frozenset[Slot], frozenset[Place]], list[Slot]] = defaultdict(list)
    for slot in open_:
        first = after[slot]
        if first not in reached:
            whole, todo = set(first), list(first)
            while todo:
                new = after[todo.pop()] - whole
                whole |= new
                todo += new
            reached[first] = frozenset(whole)
        theirs = reached[first]
        if theirs not in known:
            known[theirs] = around(theirs)
        groups[theirs, around([slot]) - known[theirs]].append(slot)
    result = {}
    for (theirs, further), slots in groups.items():
        months: Counter[int] = Counter()
        for mentor, month in known[theirs] | further:
            months[mentor] += (mentor, month) not in town.bound
        count = sum(min(town.room(mentor), free) for mentor, free in months.items())
        others, mentors = tuple(sorted([*theirs, *slots])), tuple(sorted(months))
        result.update({slot: Unmet(*slot, Why.TOO_FEW, others, mentors, count) for slot in slots})
    return result
