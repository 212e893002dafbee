"""How often the proposed topic is right, and how long it takes: python -m bench.topic

The labelled messages are tests/checklist/labelled.csv. Those marked `held_out` are not among the counted examples; their
mistakes were looked at once, after the measurement that docs/measured.md gives as the honest one. `none` is the answer where
no topic is clear.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path

from models.checklist import topic

LABELLED = Path(__file__).parent.parent / "tests" / "checklist" / "labelled.csv"
Row = dict[str, str]


def rows() -> list[Row]:
    """The labelled messages."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def accuracy(found: list[Row]) -> dict[str, tuple[int, int, int]]:
    """By category ('' for none): how many, how many right at first, how many right among three."""
    table: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in found:
        proposed, gold = topic.propose(row["text"]), row["category"]
        cell = table[gold]
        cell[0] += 1
        cell[1] += (proposed[0] if proposed else "") == gold
        cell[2] += gold in proposed if gold else not proposed
    return {key: (one[0], one[1], one[2]) for key, one in sorted(table.items())}


def main() -> None:
    """Prints the tables; with `-v` the tuning part's mistakes too."""
    every = rows()
    for name, part in (("tuning", "0"), ("held out", "1")):
        found = [row for row in every if row["held_out"] == part]
        table = accuracy(found)
        print(
            f"\n{len(found)} messages, {name}:\n\n| Category | messages | first right | among three |\n|---|---:|---:|---:|"
        )
        for key, (count, first, three) in table.items():
            print(f"| {key or 'none'} | {count} | {first / count:.0%} | {three / count:.0%} |")
        total = [sum(one[at] for one in table.values()) for at in range(3)]
        print(f"| all | {total[0]} | {total[1] / total[0]:.1%} | {total[2] / total[0]:.1%} |")
    took = []
    for row in every:
        started = time.perf_counter()
        topic.propose(row["text"])
        took.append((time.perf_counter() - started) * 1e6)
    print(f"\nA message takes {statistics.median(took):.0f} µs in the middle, {max(took):.0f} µs at most.")
    if "-v" in sys.argv:
        for row in every:
            proposed = topic.propose(row["text"])
            if row["held_out"] == "0" and (proposed[0] if proposed else "") != row["category"]:
                print(row["category"] or "-", proposed, row["text"], topic.why(row["text"]))


if __name__ == "__main__":
    main()
