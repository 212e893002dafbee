"""Sums that name nobody: answers of five people and five more."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

FEWEST = 5
"""People of whom together something is shown: a sum of a few names its people, and so does one that grows by a few."""
_Row = TypeVar("_Row")


def in_steps(rows: Sequence[_Row], person: Callable[[_Row], Hashable]) -> list[_Row]:
    """The first answers up to the last one that completes five people more: who looks before and after one answer does not
    learn it from the difference."""
    step, upto = set[Hashable](), 0
    for number, row in enumerate(rows, 1):
        step.add(person(row))
        if len(step) == FEWEST:
            step, upto = set(), number
    return list(rows[:upto])
