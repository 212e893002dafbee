"""Faults on demand: what a network and a busy server do to calls, repeatable by a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

BEFORE = frozenset({"reset_before", "http_500", "http_502_html", "retry_after"})
"""Faults instead of the call's effect."""
AFTER = frozenset({"reset_after", "half_body", "timeout_after"})
"""Faults that come when the call has had its effect: only its answer is lost."""
DUPLICATE = "duplicate_update"
"""An update comes twice: in one answer of getUpdates, or posted again although it was taken."""
KINDS = BEFORE | AFTER | {"latency", DUPLICATE}


@dataclass(slots=True)
class Rule:
    """A fault for a share (`rate`) of the calls of a method (* for all), at most `times` times.

    `seconds` is the time of latency and timeout_after, `retry_after` the whole seconds that a 429 names.
    """

    method: str
    kind: str
    rate: float = 1.0
    seconds: float = 0.2
    retry_after: int = 1
    times: int | None = None
    met: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind}, known: {', '.join(sorted(KINDS))}")
        if not 0 <= self.rate <= 1:
            raise ValueError(f"rate {self.rate} is not between 0 and 1")
        self.method = self.method.lower()


@dataclass(slots=True)
class Faults:
    """The rules in force."""

    rules: list[Rule] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - repeatable, no secret

    def set(self, rules: list[dict[str, Any]], seed: int) -> None:
        """Puts other rules in force. Raises ValueError or TypeError for what is no rule."""
        fresh = [Rule(**one) for one in rules]
        self.rules, self.dice = fresh, random.Random(seed)  # noqa: S311

    def meet(self, method: str) -> tuple[float, Rule | None]:
        """Seconds of latency for this call (lower case), and the one other fault that it meets."""
        late = 0.0
        for rule in self.rules:
            if rule.kind == DUPLICATE or rule.method not in ("*", method) or not self._falls(rule):
                continue
            rule.met += 1
            if rule.kind != "latency":
                return late, rule
            late += rule.seconds
        return late, None

    def repeats(self, way: str) -> bool:
        """Whether an update comes twice; way is getupdates or webhook."""
        for rule in self.rules:
            if rule.kind == DUPLICATE and rule.method in ("*", way, DUPLICATE) and self._falls(rule):
                rule.met += 1
                return True
        return False

    def _falls(self, rule: Rule) -> bool:
        return (rule.times is None or rule.met < rule.times) and self.dice.random() < rule.rate
