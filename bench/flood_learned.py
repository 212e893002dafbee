"""How the bot learns what Telegram takes: python -m bench.flood_learned

The simulator takes 20 messages within any second instead of the 30 that the bot is set to, and says 429 above. After a minute
of learning a minute is measured. Then it takes 30 again, until that is used again.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.flood import PERMITTED, VARIANTS, Contestant, begun, run
from simulator.client import Telegram

LESS = 20
LEARNS = MEASURED = 60.0
PART = 10.0
LONGEST = 420.0


@dataclass
class Learned:
    """Messages a second and refusals, while less was allowed, and how long it took to find back (seconds)."""

    first_refused: int
    rate: float
    refused: int
    calls: int
    back_after: float | None


async def learned(telegram: Telegram, _bot: int, _seconds: float, _one: Contestant) -> Learned:
    """Less, and then as much as before."""
    await begun(telegram)
    await telegram.limits(per_second=LESS)
    _, first_refused = await _minute(telegram, LEARNS)
    taken, refused = await _minute(telegram, MEASURED)
    await telegram.limits(per_second=PERMITTED)
    began = time.monotonic()
    back = None
    while back is None and time.monotonic() < began + LONGEST:
        good, _ = await _minute(telegram, PART)
        if good / PART > 0.97 * PERMITTED:
            back = time.monotonic() - began
    return Learned(first_refused, taken / MEASURED, refused, taken + refused, back)


async def _minute(telegram: Telegram, seconds: float) -> tuple[int, int]:
    """How many were taken and refused within so many seconds from now."""
    before = await _counts(telegram)
    await asyncio.sleep(seconds)
    after = await _counts(telegram)
    return after[0] - before[0], after[1] - before[1]


async def _counts(telegram: Telegram) -> tuple[int, int]:
    counts = (await telegram.stats())["counts"]
    return counts.get("sendMessage 200", 0), counts.get("sendMessage 429", 0)


def main() -> None:
    """Prints one row in Markdown."""
    one = Contestant("ours, SQLite", "only counts", VARIANTS["only counts"])
    with tempfile.TemporaryDirectory(prefix="bench-flood-") as folder:
        found = asyncio.run(run(one, Path(folder), 20_000, 600.0, learned))
    print(
        "| refused while learning | then a second | of 20 | refused | of the calls | 30 a second again after | load |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|")
    back = "-" if found.back_after is None else f"{found.back_after:.0f} s"
    print(
        f"| {found.first_refused} | {found.rate:.2f} | {found.rate / LESS:.3f} | {found.refused}"
        f" | {found.refused / found.calls:.2%} | {back} | {os.getloadavg()[0]:.1f} |"
    )


if __name__ == "__main__":
    main()
