"""python -m bench.rota: what a proposal of who gives the parent classes costs, for a school and for a town.

Classes of a grade share their mentors: four for each class, six in its team, so that a grade is one piece; and once with
every grade sharing some with the next, so that all is one piece. Some months are not wanted, some days nobody is there.
Beside it a plain way to do it by hand: slot by slot, to whoever of the team has given fewest lectures.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from statistics import median
from typing import TypeVar

from models.events.rota import Problem, Proposal, propose

MONTHS = (*(date(2026, month, 1) for month in (9, 10, 11, 12)), date(2027, 1, 1))
GRADE, TEAM, NEXT = 20, 6, 3
FRIDAY = 4
SIZES = ((200, 800, False, 5), (200, 800, True, 5), (5_000, 20_000, False, 1), (5_000, 20_000, True, 1))
"""Classes, mentors, whether all hangs together, rounds."""


def town(classes: int, mentors: int, *, one_piece: bool, seed: int = 1) -> Problem:
    """A term in which nothing stands yet."""
    some = random.Random(seed)
    each = mentors * GRADE // classes
    teams = {}
    for group in range(classes):
        grade = group // GRADE
        start, own = grade * each + 1, group % GRADE * (each // GRADE)
        theirs = [start + own + n for n in range(each // GRADE)]
        until = min(start + each + NEXT * one_piece, mentors + 1)
        others = [one for one in range(start, until) if one not in theirs]
        teams[group] = (*theirs, *some.sample(others, TEAM - len(theirs)))
    days = {
        month: tuple(day for day in (month + timedelta(n) for n in range(28)) if day.weekday() == FRIDAY)
        for month in MONTHS
    }
    every = [day for several in days.values() for day in several]
    return Problem(
        MONTHS,
        teams,
        {(group, month): days[month] for group in teams for month in MONTHS},
        {one: frozenset(some.sample(every, 3)) for one in range(1, mentors + 1)},
        {one: frozenset(some.sample(MONTHS, 1)) for one in range(1, mentors + 1) if some.random() < 0.2},
        {one: frozenset(some.sample(MONTHS, 1)) for one in range(1, mentors + 1) if some.random() < 0.5},
        {one: some.randrange(4) for one in range(1, mentors + 1)},
        {},
        frozenset(),
        {(group, group + 1): some.randrange(4) for group in range(classes - 1)},
    )


def by_hand(of: Problem) -> int:
    """Slot by slot, fewest lectures first; returns how many slots are left open."""
    count: Counter[int] = Counter()
    open_ = 0
    for (group, month), days in of.days.items():
        able = [
            one
            for one in of.teams[group]
            if count[one] < of.most and month not in of.cannot.get(one, ()) and not of.away[one].issuperset(days)
        ]
        if able:
            count[min(able, key=lambda one: of.given[one])] += 1
        else:
            open_ += 1
    return open_


T = TypeVar("T")


def timed(run: Callable[[Problem], T], of: Problem, rounds: int) -> tuple[float, T]:
    """The median of seconds of the processor (both run on one thread), and the answer."""
    took = []
    for _ in range(rounds):
        began = time.process_time()
        found = run(of)
        took.append(time.process_time() - began)
    return median(took), found


def _leave(of: Problem, found: Proposal) -> Problem:
    """All of it stands, and one mentor who gives a lecture goes on leave for the term."""
    gone = found.lectures[len(found.lectures) // 2].mentor_id
    kept = {(one.class_id, one.month): (one.mentor_id, one.day) for one in found.lectures}
    return replace(of, kept=kept, away={**of.away, gone: frozenset(chain.from_iterable(of.days.values()))})


def main() -> None:
    """Prints the table."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    propose(town(GRADE, 4 * GRADE, one_piece=False))  # Loads the solver.
    print(
        "| classes x months | mentors | pieces | proposal | open | a leave | changed | by hand | open | time beside by hand |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for classes, mentors, one_piece, rounds in SIZES:
        of = town(classes, mentors, one_piece=one_piece)
        took, found = timed(propose, of, rounds)
        again, after = timed(propose, _leave(of, found), rounds)
        plain, left = timed(by_hand, of, rounds)
        print(
            f"| {classes:,} x {len(MONTHS)} | {mentors:,} | {1 if one_piece else classes // GRADE} | {took:.3f} s |"
            f" {len(found.unmet):,} | {again:.3f} s | {len(after.changed)} | {plain:.3f} s | {left:,} | {took / plain:.0f} |",
            flush=True,
        )
    print(f"Peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
