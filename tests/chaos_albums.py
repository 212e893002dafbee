"""Albums of two to ten pictures, pieces up to five seconds apart, while the bot is killed: what arrived, and with what.

`python -m tests.chaos_albums --albums 500 --kills 60` prints the row.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from simulator.client import Person, Telegram
from tests.chaos import MENTORS, Town, _integrity, _phones, simulator

_PIECE = re.compile(r"A(\d+)P(\d+)\b")


@dataclass
class Result:
    """What came of a run: pieces, not albums, are counted."""

    albums: int = 0
    pieces: int = 0
    lost: int = 0
    doubled: int = 0
    torn: int = 0
    """Pieces that stand neither in their album's group nor as an answer."""
    integrity: str = ""
    seconds: float = 0.0


async def run(albums: int, kills: int, *, seed: int = 1, longest: float = 5.0) -> Result:
    """Every family sends albums one after the other, all families at once."""
    dice, result, begun = random.Random(seed), Result(albums), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        async with simulator() as url, Telegram(url) as telegram:
            town = Town(Path(name), url)
            process = town.start()
            try:
                phones = await _phones(telegram, town)
                sizes = {number: dice.randint(2, 10) for number in range(albums)}
                result.pieces = sum(sizes.values())
                share = [[n for n in sizes if n % len(town.guardians) == at] for at in range(len(town.guardians))]
                sending = [
                    asyncio.create_task(_send(phones[who], numbers, sizes, random.Random(seed + who), longest))
                    for who, numbers in zip(town.guardians, share, strict=True)
                ]
                for _ in range(kills):
                    await asyncio.sleep(dice.uniform(0.5, 2.5))
                    process.kill()
                    process.wait()
                    process = town.start()
                await asyncio.gather(*sending)
                seen = await _settled(telegram, town, result.pieces)
            finally:
                process.terminate()
                process.wait(15)
            times = Counter(piece for piece, _ in seen)
            result.lost = result.pieces - len(times)
            result.doubled = sum(count - 1 for count in times.values())
            result.torn = sum(1 for _, fits in seen if not fits)
            result.integrity = _integrity(town.database)
    result.seconds = time.monotonic() - begun
    return result


async def _send(person: Person, numbers: list[int], sizes: dict[int, int], dice: random.Random, longest: float) -> None:
    for number in numbers:
        group = f"g{number}x{dice.getrandbits(30)}"
        for piece in range(sizes[number]):
            one = {"kind": "photo", "caption": f"A{number}P{piece}"}
            await person.act("album", pieces=[one], media_group_id=group)
            if dice.random() < 0.15:
                await asyncio.sleep(dice.uniform(0, longest))
        await asyncio.sleep(dice.uniform(0, 0.3))


async def _settled(telegram: Telegram, town: Town, pieces: int) -> list[tuple[tuple[int, int], bool]]:
    """Each piece that a mentor sees, and whether it stands in an album or answers something."""
    last, since = -1, time.monotonic()
    found: list[tuple[tuple[int, int], bool]] = []
    while time.monotonic() - since < 60:
        found = []
        for mentor in town.mentors[:MENTORS]:
            for one in (await telegram.get("chat", person=mentor, bot=town.bot_id))["messages"]:
                match = _PIECE.search(one.get("caption") or "") if one["from"] == "bot" else None
                if match is not None:
                    whole = one["media_group_id"] is not None or one["reply_to"] is not None or bool(one["buttons"])
                    found.append(((int(match[1]), int(match[2])), whole))
        count = len({piece for piece, _ in found})
        if count == pieces:
            return found
        if count != last:
            last, since = count, time.monotonic()
        await asyncio.sleep(0.3)
    return found


def main() -> int:
    """Prints the row; answers 1 where a piece was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--albums", type=int, default=500)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = asyncio.run(run(given.albums, given.kills, seed=given.seed))
    print(
        "| albums | pieces | kills | lost | doubled | torn | integrity_check | time |\n|---|---|---|---|---|---|---|---|"
    )
    print(
        f"| {found.albums} | {found.pieces} | {given.kills} | {found.lost} | {found.doubled} | {found.torn} |"
        f" {found.integrity} | {found.seconds:.0f} s |"
    )
    return 1 if found.lost or found.torn else 0


if __name__ == "__main__":
    raise SystemExit(main())
