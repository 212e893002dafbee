"""Faults on demand: what a network and a busy server do to calls."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

KINDS = frozenset(
    {
        "latency",
        "reset_before",
        "reset_after",
        "http_500",
        "http_502_html",
        "half_body",
        "timeout_after",
        "retry_after",
        "duplicate_update",
    }
)
AFTER = frozenset({"reset_after", "half_body", "timeout_after"})
"""Faults that come when the call has had its effect."""


@dataclass
class Rule:
    """A fault for a share of the calls of a method (* for all)."""

    method: str
    kind: str
    rate: float = 1.0
    seconds: float = 0.2
    retry_after: int = 1
    times: int | None = None
    met: int = 0


@dataclass
class Faults:
    """The rules in force."""

    rules: list[Rule] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - repeatable, no secret

    def set(self, rules: list[dict[str, Any]], seed: int) -> None:
        """Puts other rules in force. Raises ValueError for an unknown kind."""
        fresh = [Rule(**one) for one in rules]
        for rule in fresh:
            if rule.kind not in KINDS:
                raise ValueError(f"unknown fault {rule.kind}, known: {', '.join(sorted(KINDS))}")
        self.rules, self.dice = fresh, random.Random(seed)  # noqa: S311

    def meet(self, method: str) -> Rule | None:
        """The fault that this call meets."""
        for rule in self.rules:
            if rule.method not in ("*", method) or (rule.times is not None and rule.met >= rule.times):
                continue
            if self.dice.random() < rule.rate:
                rule.met += 1
                return rule
        return None
